"""Which browser this is, in words, and whether a person has signed in from it before."""

import re
import secrets
from typing import Any

from itsdangerous import BadSignature, URLSafeTimedSerializer

FAMILIES = (
    ("Edge", r"Edg(?:e|A|iOS)?/"),
    ("Opera", r"OPR/"),
    ("Samsung Internet", r"SamsungBrowser/"),
    ("Firefox", r"Firefox/|FxiOS/"),
    ("Chrome", r"Chrome/|CriOS/|Chromium/"),
    ("Safari", r"Safari/"),
)
MACHINES = (
    ("iPhone", r"iPhone"),
    ("iPad", r"iPad"),
    ("Android", r"Android"),
    ("Windows", r"Windows"),
    ("Mac", r"Mac OS X|Macintosh"),
    ("Chromebook", r"CrOS"),
    ("Linux", r"Linux"),
)
KNOWN_FOR = 180 * 24 * 60 * 60
MOST_PEOPLE = 8


def in_words(user_agent: str) -> str:
    """The family of browser and machine, and nothing finer."""
    family = next((name for name, mark in FAMILIES if re.search(mark, user_agent[:400])), "Another browser")
    machine = next((name for name, mark in MACHINES if re.search(mark, user_agent[:400])), "")
    return f"{family} on {machine}" if machine else family


class KnownBrowsers:
    """A signed mark in browsers from which somebody has signed in: each has tries of its own, apart from strangers'."""

    def __init__(self, key: bytes) -> None:
        self._signer = URLSafeTimedSerializer(key, salt="hub.known-browser.1")

    def known_to(self, mark: str, person: str) -> str:
        """The browser's number, if this person has signed in from it; else empty."""
        held = self._read(mark)
        return held[0] if person in held[1] else ""

    def marked(self, mark: str, person: str) -> str:
        """The mark that says that this person has signed in from it too; `person` is a keyed hash."""
        number, people = self._read(mark)
        return self._signer.dumps([number or secrets.token_hex(8), [person, *(p for p in people if p != person)]])

    def _read(self, mark: str) -> tuple[str, list[str]]:
        try:
            held: Any = self._signer.loads(mark[:4000], max_age=KNOWN_FOR)
        except BadSignature:
            return "", []
        return held[0], held[1][:MOST_PEOPLE]
