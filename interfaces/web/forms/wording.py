"""Advice on words that put the blame on a young person: shown once at entry, never altering what is written."""

import re
from collections.abc import Iterable

import msgspec


class Wording(msgspec.Struct, frozen=True):
    """Words to look for, what to consider instead, and whose advice that is."""

    pattern: str
    instead: str
    source: str


class Advice(msgspec.Struct, frozen=True):
    """Words that were found, as they were written; what to consider instead; whose advice that is."""

    found: str
    instead: str
    source: str


LANGUAGE_GUIDE = "In our own words, after the Children's Society's guide to language on child exploitation"
INSPECTORATE = "In our own words, after HMICFRS 2023 on language that blames children"

WORDINGS: tuple[Wording, ...] = (
    Wording(
        r"promiscuous|promiscuity|sexualised behaviour",
        "Say what happened to the young person and who did it.",
        LANGUAGE_GUIDE,
    ),
    Wording(
        r"child prostitut\w*|prostitut(?:ing|es) (?:her|him|them)sel\w+",
        "A child is sexually exploited; say by whom, if known.",
        LANGUAGE_GUIDE,
    ),
    Wording(
        r"life[ -]?style(?: choices?)?|life choices?|chos?e(?:s|n)? to (?:go|stay|be|sleep|see)|choosing to",
        "A child does not freely choose exploitation; say what drew or kept them there.",
        LANGUAGE_GUIDE,
    ),
    Wording(
        r"plac(?:es|ed|ing) (?:her|him|them)sel\w+ at risk|put(?:s|ting)? (?:her|him|them)sel\w+ at risk",
        "The risk comes from those who exploit; say what they did.",
        INSPECTORATE,
    ),
    Wording(
        r"attention[ -]?seek\w*",
        "Say what they did, and what they may have needed.",
        LANGUAGE_GUIDE,
    ),
    Wording(
        r"street ?wise|mature for (?:her|his|their) age|knows what (?:she|he|they)(?:'s| is| are) doing",
        "A child who seems older is still a child; say what you saw.",
        LANGUAGE_GUIDE,
    ),
    Wording(
        r"consent(?:ed|ing|ual) (?:sex|relationship|to sex)|sexually active with",
        "Coercion, age and power matter; say who, how old, and what was said.",
        LANGUAGE_GUIDE,
    ),
    Wording(
        r"manipulative|troubled child|problem child|wayward",
        "Describe what happened rather than what they are.",
        LANGUAGE_GUIDE,
    ),
    Wording(
        r"(?:fail|refus)(?:s|ed|es|ing|al)? to engage|won't engage|not engaging|did not engage|hard to reach",
        "Say what was offered, and what made it hard to take up.",
        LANGUAGE_GUIDE,
    ),
    Wording(
        r"ask(?:s|ed|ing) for it|brought (?:it|this) on (?:her|him|them)sel\w+|only (?:her|him|them)sel\w+ to blame",
        "Nothing a child does puts the blame on them.",
        INSPECTORATE,
    ),
)
_COMPILED = tuple((re.compile(rf"\b(?:{one.pattern})\b", re.IGNORECASE), one) for one in WORDINGS)


def advice_on(texts: Iterable[str]) -> tuple[Advice, ...]:
    """What was found in the texts, each wording once, in the order of the list."""
    whole = "\n".join(texts).replace("\u2019", "'")
    return tuple(
        Advice(found.group(0), one.instead, one.source)
        for pattern, one in _COMPILED
        if (found := pattern.search(whole)) is not None
    )


def for_scripts() -> str:
    """The same list for a page's script, which gives the advice while somebody types."""
    return msgspec.json.encode(WORDINGS).decode()
