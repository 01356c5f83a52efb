"""Words that would be markup, code, a formula or a trick of the eye, if anything took them for more than words."""

WORDS = (
    "<script>window.canary = 1</script>",
    "</title><script>window.canary = 2</script>",
    "</textarea><script>window.canary = 3</script>",
    "\"><script>window.canary = 4</script>",
    "'><img src=x onerror=window.canary=5>",
    "\" onfocus=\"window.canary=6\" autofocus x=\"",
    "' onmouseover='window.canary=7",
    "<svg onload=window.canary=8>",
    "<svg><animate onbegin=window.canary=9 attributeName=x dur=1s>",
    "<math><mtext></form><form><mglyph><style></math><img src onerror=window.canary=10>",
    "<iframe srcdoc=\"<script>parent.canary=11</script>\"></iframe>",
    "<body onload=window.canary=12>",
    "<details open ontoggle=window.canary=13>",
    "<a href=\"javascript:window.canary=14\">press</a>",
    "javascript:window.canary=15",
    "java\tscript:window.canary=16",
    "data:text/html,<script>window.canary=17</script>",
    "<base href=\"https://elsewhere.example/\">",
    "<meta http-equiv=refresh content=\"0;url=https://elsewhere.example/\">",
    "<link rel=stylesheet href=https://elsewhere.example/x.css>",
    "<img src=https://elsewhere.example/x.png>",
    "<form action=https://elsewhere.example/><button>Sign out</button></form>",
    "<style>* { display: none }</style>",
    "<!-- swallowed --!>",
    "<![CDATA[ swallowed ]]>",
    "<plaintext>",
    "&lt;b&gt; &amp;lt; &#60;script&#62; &nbsp;&zwnj;&quot;",
    "%3Cscript%3Ewindow.canary=28%3C/script%3E",
    "{{ 7*7 }} {{ config }} {% raw %}",
    "{% include 'base.html' %} {# gone #}",
    "${7*7} #{7*7} <%= 7*7 %> [[${7*7}]]",
    "%s %(name)s {0} {name} %n",
    "=HYPERLINK(\"https://elsewhere.example\",\"x\")",
    "+1+1|calc",
    "-2+3+cmd|' /C calc'!A0",
    "@SUM(1+1)*cmd|' /C calc'!A0",
    "=cmd|'/C calc'!A1",
    "' OR '1'='1' --",
    "Robert'); DROP TABLE stored_events; --",
    "\" UNION SELECT sealed FROM stored_events --",
    "$(touch canary) `touch canary` | touch canary ; touch canary",
    "../../../../etc/passwd file:///etc/passwd",
    "#eval(\"1+1\") #read(\"/etc/passwd\") $x^2$ @ref <label>",
    "*bold* _italic_ `code` ~~struck~~ [link](javascript:1)",
    "\\input{/etc/passwd} \\write18{touch canary}",
    "${jndi:ldap://elsewhere.example/a}",
    "first\r\nSet-Cookie: hub=stolen\r\n\r\n<b>last</b>",
    "True False None null undefined NaN",
    "0x41 1e309 -0 00012 1/2/2026",
    "' \" ` \\ / \\' \\\" \\u003cscript\\u003e",
    "\u202egnp.exe\u202c \u2066isolated\u2069",
    "\u05e9\u05dc\u05d5\u05dd \u0645\u0631\u062d\u0628\u0627 (abc) 123",
    "zero\u200bwidth\u200djoined\ufeffmarked",
    "e\u0301 e\u0323\u0307 Z\u0351\u036b\u0343a\u0334l\u0335g\u0336o\u0337",
    "\U0001f468\u200d\U0001f469\u200d\U0001f467 \U0001f3f4\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",
    "\uff1cscript\uff1ewindow.canary=56\uff1c/script\uff1e \u2039b\u203a",
    "\u0130\u0131\u017f\u212a \u00df \ufb03 \u01c5",
    "W" * 300,
    "Llanfairpwllgwyngyllgogerychwyrndrobwllllantysiliogogogoch-" * 5,
    "NULL\u00a0with\u2003spaces\u3000wide",
)
UNREADABLE = (
    "nul\x00", "bell\x07", "escape\x1b[31m", "backspace\x08", "delete\x7f", "form\x0cfeed", "vertical\x0btab",
    "surrogate\ud800", "no character\ufffd",
)  # fmt: skip
"""Characters that no page can show: refused at their field."""


def packed(longest: int) -> list[str]:
    """All the words, as many together as go into one box of that length."""
    boxes = [WORDS[0]]
    for word in WORDS[1:]:
        more = f"{boxes[-1]} \u00a6 {word}"
        if len(more) <= longest:
            boxes[-1] = more
        else:
            boxes.append(word)
    return boxes


def plain(text: str) -> str:
    """Text as it is compared: white space of any width and length is one blank."""
    return " ".join(text.split())
