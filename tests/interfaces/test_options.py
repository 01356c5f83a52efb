"""What hub.toml says is checked before the hub starts: the section and the field that cannot be right are named."""

from datetime import timedelta
from pathlib import Path

import pytest

from interfaces.bootstrap import build_hub
from interfaces.options import Mail
from interfaces.settings import Settings, SettingsDamaged, create_home, read_settings
from tests.builders import MORNING

MAIL = '[mail]\nhost = "mail.example"\nfrom = "hub@partnership.example"\n'
POSTGRES = '[postgres]\nwriter = "a"\nprojector = "b"\nauditor = "c"\nkeys = "d"\n'
WRONG = [
    ("signing_in", "idle_minutes", "[signing_in]\nidle_minutes = 0"),
    ("signing_in", "idle_minutes", "[signing_in]\nidle_minutes = 61"),
    ("signing_in", "idle_minutes", '[signing_in]\nidle_minutes = "15"'),
    ("signing_in", "hours", "[signing_in]\nhours = 25"),
    ("signing_in", "hours", "[signing_in]\nhours = true"),
    ("signing_in", "argon2_memory_mib", "[signing_in]\nargon2_memory_mib = 45"),
    ("signing_in", "argon2_passes", "[signing_in]\nargon2_passes = 0"),
    ("signing_in", "idle_minuts", "[signing_in]\nidle_minuts = 15"),
    ("web", "origin", '[web]\norigin = "http://hub.example"'),
    ("web", "origin", '[web]\norigin = "https://hub.example/"'),
    ("web", "origin", '[web]\norigin = "https://hub.example\\n"'),
    ("web", "origin", '[web]\norigin = "https://name@hub.example"'),
    ("web", "trusted_hosts", '[web]\ntrusted_hosts = "hub.example"'),
    ("web", "trusted_hosts", '[web]\ntrusted_hosts = ["hub.example", "*"]'),
    ("web", "port", '[web]\nport = 443'),
    ("mail", "host", '[mail]\nfrom = "hub@partnership.example"'),
    ("mail", "from", '[mail]\nhost = "mail.example"'),
    ("mail", "from", MAIL.replace("hub@", "hub\\n@")),
    ("mail", "host", MAIL.replace("mail.example", "mail.example:25")),
    ("mail", "port", MAIL + "port = 0"),
    ("mail", "port", MAIL + "port = 65536"),
    ("mail", "tls", MAIL + 'tls = "ssl"'),
    ("mail", "user", MAIL + 'user = ""'),
    ("mail", "password", MAIL + 'password = "in the open"'),
    ("mail", "lost.secret", MAIL + 'password_file = "lost.secret"'),
    ("drafts", "kept_days", "[drafts]\nkept_days = 0"),
    ("drafts", "kept_days", "[drafts]\nkept_days = 91"),
    ("drafts", "kept_days", "[drafts]\nkept_days = true"),
    ("drafts", "kept_days", '[drafts]\nkept_days = "3"'),
    ("drafts", "keep_days", "[drafts]\nkeep_days = 3"),
    ("drafts", "drafts", "drafts = 3"),
    ("destruction", "cooling_days", "[destruction]\ncooling_days = 0"),
    ("destruction", "cooling_days", "[destruction]\ncooling_days = 366"),
    ("destruction", "cooling_days", "[destruction]\ncooling_days = 1.5"),
    ("destruction", "days", "[destruction]\ndays = 20"),
    ("destruction", "destruction", "destruction = [20]"),
    ("postgres", "auditor", POSTGRES.replace('auditor = "c"\n', "")),
    ("postgres", "auditor", POSTGRES.replace('"c"', "3")),
    ("postgres", "postgres", POSTGRES + 'password = "in the open"'),
    ("posgres", "posgres", "[posgres]\n"),
    ("hub.toml", "line 1", "[mail\n"),
]
"""Section and field that are named, and what was written."""


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A hub's folder; each test writes another hub.toml into it."""
    made = tmp_path_factory.mktemp("home")
    create_home(made)
    return made


def settings_with(text: str, home: Path) -> Settings:
    (home / "hub.toml").write_text(text, encoding="utf-8")
    return read_settings(home)


@pytest.mark.parametrize(("section", "field", "text"), WRONG, ids=[text.replace("\n", " ") for *_, text in WRONG])
def test_what_cannot_be_right_stops_the_start(section: str, field: str, text: str, home: Path) -> None:
    """With the file, the section and the field, and without what was written there where it may be a secret."""
    with pytest.raises(SettingsDamaged) as refused:
        settings_with(text, home)

    told = str(refused.value).replace(str(home), "")
    assert "hub.toml" in told
    assert section in told
    assert field in told
    assert "in the open" not in told


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[web]\norigin = "hub.example"', 'origin must be like "https://hub.example.org", with no slash at the end'),
        ('[web]\norigin = "https://hub.example/"', 'origin must be like "https://hub.example.org", with no slash at'),
        ('[web]\ntrusted_hosts = ["*"]', 'trusted_hosts must be a list of names alone, like ["hub.example.org"]'),
        (MAIL.replace("hub@partnership.example", "Hub <hub@p.example>"), 'from must be an address alone, like "hub@'),
        (MAIL.replace("mail.example", "https://mail.example"), "host must be a name alone, like"),
        (MAIL + 'tls = "ssl"', "tls must be one of: starttls, implicit, none"),
        ('[[contact]]\ntelephone = ""\nname = "Police"\nwhen = "always"', "telephone must be one line of text"),
        ('[[single_sign_on]]\nagency = "csc"\nissuer = "login.example"\nclient_id = "a"\nmfa = ["mfa"]',
         'issuer must be like "https://login.example.org"'),
    ],
)  # fmt: skip
def test_what_it_must_be_is_said_in_words(text: str, said: str, home: Path) -> None:
    """By an example; no pattern of ours is shown."""
    with pytest.raises(SettingsDamaged) as refused:
        settings_with(text, home)

    assert said in str(refused.value)
    assert "regex" not in str(refused.value)


def test_what_may_be_said_is_said(home: Path) -> None:
    """Each section is read; what is left out stands as the documents say."""
    text = (
        "[signing_in]\nidle_minutes = 5\n[drafts]\nkept_days = 3\n[destruction]\ncooling_days = 30\n"
        '[web]\norigin = "https://hub.example:8443"\ntrusted_hosts = ["hub.internal"]\n'
        f'{MAIL}password_file = "mail.secret"\n'
    )
    (home / "mail.secret").write_text("for tests only\n", encoding="utf-8")
    found, plain = settings_with(text, home), settings_with("", home)

    assert (timedelta(minutes=5), timedelta(hours=8)) == (found.signing_in.idle, found.signing_in.longest)
    assert (timedelta(days=3), timedelta(days=30)) == (found.drafts_kept, found.cooling)
    assert ("https://hub.example:8443", ("hub.internal",)) == (found.web.origin, found.web.trusted_hosts)
    assert found.mail == Mail(host="mail.example", sender="hub@partnership.example", password_file="mail.secret")
    assert ("starttls", 587) == (found.mail.tls, found.mail.port)
    assert "for tests only" == found.mail_password
    assert "for tests only" not in repr(found)
    assert [timedelta(minutes=15), timedelta(days=14), timedelta(days=14)] == [
        plain.signing_in.idle, plain.drafts_kept, plain.cooling,
    ]  # fmt: skip


def test_a_draft_is_kept_for_as_many_days_as_the_file_says(home: Path) -> None:
    """Counted from when it was last touched."""
    hub = build_hub(settings_with("[drafts]\nkept_days = 3\n", home))
    days = timedelta(days=1)
    hub.drafts.keep("ben", "/record", "hub", {"name": ["typed"]}, MORNING)
    hub.drafts.keep("ben", "/record", "hub", {"name": ["typed again"]}, MORNING + 2 * days)
    found = [hub.drafts.find("ben", "/record", MORNING + after * days) is not None for after in (5, 5.1)]
    hub.close()

    assert [True, False] == found
