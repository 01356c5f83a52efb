"""Codes of an authenticator, each good once, and recovery codes, shown once and kept as keyed hashes."""

import base64
import secrets
from datetime import datetime

import pyotp
import segno

STEP = 30
RECOVERY_CODES = 10
_GROUP = 4


def new_secret() -> str:
    return pyotp.random_base32()


def address_of(secret: str, *, name: str, issuer: str) -> str:
    """What an authenticator app reads from the picture."""
    return pyotp.TOTP(secret).provisioning_uri(name=name, issuer_name=issuer)


def picture_of(address: str) -> str:
    """The address as a QR code, drawn as SVG, black on white whatever the colours of the page."""
    drawn = segno.make(address, error="m")
    return drawn.svg_inline(
        scale=1, border=4, dark="#000", light="#fff", omitsize=True, svgclass="hub-qr", lineclass=None,
        title="QR code for your authenticator app; the key below it says the same",
    )  # fmt: skip


def in_groups(secret: str) -> str:
    return " ".join(secret[start : start + _GROUP] for start in range(0, len(secret), _GROUP))


def counter_of(secret: str, code: str, at: datetime, *, after: int) -> int | None:
    """The number of the step whose code this is: now or one step beside it, and later than the last one used.

    A clock put back makes no old code good, since steps up to `after` are used up for ever.
    """
    typed = "".join(code.split())
    if len(typed) != 6 or not (typed.isascii() and typed.isdigit()):
        return None
    now = int(at.timestamp()) // STEP
    made = pyotp.TOTP(secret, interval=STEP)
    matching = [step for step in (now - 1, now, now + 1) if secrets.compare_digest(made.generate_otp(step), typed)]
    return next((step for step in matching if step > after), None)


def new_recovery_codes() -> list[str]:
    """Ten codes of eighty bits, in groups that can be read out."""
    made = []
    for _ in range(RECOVERY_CODES):
        plain = base64.b32encode(secrets.token_bytes(10)).decode().lower()
        made.append("-".join(plain[start : start + _GROUP] for start in range(0, len(plain), _GROUP)))
    return made


def as_typed(recovery_code: str) -> str:
    """A recovery code however it was typed: capitals, spaces and hyphens say nothing."""
    return "".join(character for character in recovery_code.casefold() if character.isalnum())[:64]
