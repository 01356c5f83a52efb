"""Passwords: Argon2id, checked at the same cost whether or not there is such an account."""

import base64
import re
import secrets
import unicodedata
from functools import cache
from importlib import resources
from threading import BoundedSemaphore

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from interfaces.options import SigningIn

SHORTEST, LONGEST = 15, 200
FEWEST_CHARACTERS = 6
PARTS = re.compile(r"[\s@.]+")
AT_ONCE = BoundedSemaphore(2)
"""Each check takes its memory for a tenth of a second: a storm of them waits, and the rest of the hub goes on."""


class PasswordRefused(ValueError):
    """The password cannot be taken; the message says why and what to choose instead."""


class Passwords:
    """Makes and checks hashes with the parameters of the day."""

    def __init__(self, cost: SigningIn) -> None:
        self._hasher = PasswordHasher(
            time_cost=cost.argon2_passes, memory_cost=cost.argon2_memory_mib * 1024, parallelism=1
        )
        salt, digest = (base64.b64encode(secrets.token_bytes(length)).decode().rstrip("=") for length in (16, 32))
        self._nobodys = (
            f"$argon2id$v=19$m={cost.argon2_memory_mib * 1024},t={cost.argon2_passes},p=1${salt}${digest}"
        )

    def hash(self, password: str) -> str:
        with AT_ONCE:
            return self._hasher.hash(normal(password))

    def check(self, held: str, password: str) -> bool:
        """Whether this is the password of `held`; an empty one is nobody's, and costs the same."""
        with AT_ONCE:
            try:
                return self._hasher.verify(held or self._nobodys, normal(password)) and bool(held)
            except (VerificationError, InvalidHashError):
                return False

    def is_outdated(self, held: str) -> bool:
        return self._hasher.check_needs_rehash(held)


def normal(password: str) -> str:
    """The same password from every keyboard: letters with their marks composed; nothing else is changed."""
    return unicodedata.normalize("NFC", password)


def require_good(password: str, *, not_in: tuple[str, ...] = ()) -> None:
    """Length above all; any characters; none that are guessed first, nor made of the person's own name or address.

    Raises:
        PasswordRefused
    """
    text = normal(password)
    if len(text) < SHORTEST:
        raise PasswordRefused(f"Choose at least {SHORTEST} characters: four words that do not belong together will do.")
    if len(text) > LONGEST:
        raise PasswordRefused(f"Choose at most {LONGEST} characters.")
    plain = _letters(text)
    guessed = {*common_passwords(), *(_letters(part) for whole in not_in for part in PARTS.split(whole))}
    left = plain
    for piece in sorted((piece for piece in guessed if len(piece) > 3), key=len, reverse=True):
        left = left.replace(piece, "")
    if len(set(plain)) < FEWEST_CHARACTERS or _repeats(plain) or (left != plain and len(left) < SHORTEST // 2):
        raise PasswordRefused("This would be guessed early, or is your own name. Choose other words.")


def _letters(text: str) -> str:
    return "".join(character for character in text.casefold() if character.isalnum())


def _repeats(plain: str) -> bool:
    """Whether it is one short piece over and over."""
    return any(plain == (plain[:size] * len(plain))[: len(plain)] for size in range(1, 8))


@cache
def common_passwords() -> tuple[str, ...]:
    """Long passwords that are tried first, in small letters without spaces; one a line."""
    text = resources.files(__package__).joinpath("common_passwords.txt").read_text(encoding="utf-8")
    return tuple(line for line in text.splitlines() if line and not line.startswith("#"))
