"""What hub.toml may say of signing in, mail, the address of the hub, and how long things wait; all of it checked."""

from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar, get_args

import msgspec

LEAST_MEMORY_MIB = 46
"""The floor of Argon2id with one pass (OWASP ASVS 5.0, appendix C)."""

Short = Annotated[
    str,
    msgspec.Meta(min_length=1, max_length=200, pattern=r"^[^\x00-\x20\x7f]+$(?!\n)", description="text with no space"),
]
Address = Annotated[
    str,
    msgspec.Meta(
        max_length=200,
        pattern=r"^[^\x00-\x20\x7f<>@]+@[^\x00-\x20\x7f<>@]+$(?!\n)",
        description='an address alone, like "hub@example.org"',
    ),
]
Origin = Annotated[
    str,
    msgspec.Meta(
        max_length=200,
        pattern=r"^https://[A-Za-z0-9.-]+(:[0-9]{1,5})?$(?!\n)",
        description='like "https://hub.example.org", with no slash at the end',
    ),
]
Host = Annotated[
    str,
    msgspec.Meta(
        min_length=1,
        max_length=200,
        pattern=r"^[A-Za-z0-9.-]+$(?!\n)",
        description='a name alone, like "mail.example.org", without https:// or a port',
    ),
]
Hosts = Annotated[tuple[Host, ...], msgspec.Meta(description='a list of names alone, like ["hub.example.org"]')]


class OptionsWrong(ValueError):
    """A section says something that cannot be; the message says what."""


class _Section(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A section of the file."""


class SigningIn(_Section, frozen=True, kw_only=True):
    """How long a session lasts, and what it costs to try a password."""

    idle_minutes: Annotated[int, msgspec.Meta(ge=1, le=60)] = 15
    hours: Annotated[int, msgspec.Meta(ge=1, le=24)] = 8
    argon2_memory_mib: Annotated[int, msgspec.Meta(ge=LEAST_MEMORY_MIB, le=1024)] = 64
    argon2_passes: Annotated[int, msgspec.Meta(ge=1, le=10)] = 2

    @property
    def idle(self) -> timedelta:
        return timedelta(minutes=self.idle_minutes)

    @property
    def longest(self) -> timedelta:
        return timedelta(hours=self.hours)


class Destruction(_Section, frozen=True, kw_only=True):
    """How long a case whose destruction was agreed can still be saved."""

    cooling_days: Annotated[int, msgspec.Meta(ge=1, le=365)] = 14


class Drafts(_Section, frozen=True, kw_only=True):
    """How long what was typed and not sent is kept after it was last touched."""

    kept_days: Annotated[int, msgspec.Meta(ge=1, le=90)] = 14


class Mail(_Section, frozen=True, kw_only=True):
    """The mail server that takes invitations; a password lies in a file of its own."""

    host: Host
    port: Annotated[int, msgspec.Meta(ge=1, le=65535)] = 587
    sender: Address = msgspec.field(name="from")
    tls: Annotated[
        Literal["starttls", "implicit", "none"], msgspec.Meta(description="one of: starttls, implicit, none")
    ] = "starttls"
    user: Short | None = None
    password_file: str = ""


class Web(_Section, frozen=True, kw_only=True):
    """The address under which people reach the hub, behind https; without it, this machine only."""

    origin: Origin | Literal[""] = ""
    trusted_hosts: Hosts = ()


Issuer = Annotated[
    str,
    msgspec.Meta(
        max_length=200,
        pattern=r"^(https://|http://(localhost|127\.0\.0\.1)(:|/|$))[^\s|?#@]*$(?!\n)",
        description='like "https://login.example.org", with no ?, # or @ in it',
    ),
]


class SingleSignOn(_Section, frozen=True, kw_only=True):
    """An agency's own sign-in (OpenID Connect): `mfa` says which `amr` or `acr` of it count as more than one factor."""

    agency: Short
    issuer: Issuer
    client_id: Short
    client_secret_file: str = ""
    mfa: Annotated[tuple[Short, ...], msgspec.Meta(min_length=1)]


PRINTABLE = r"^[^\x00-\x1f\x7f]*\S[^\x00-\x1f\x7f]*$(?!\n)"
Line = Annotated[
    str, msgspec.Meta(min_length=1, max_length=200, pattern=PRINTABLE, description="one line of text, and not empty")
]


class EmergencyContact(_Section, frozen=True, kw_only=True):
    """Whom to telephone when a young person is at risk now; stands on every page."""

    telephone: Line
    name: Line
    when: Line


CONTACTS_BEGUN = """\
# Whom to telephone when a young person is at risk now: take out the hash signs, and put in your own numbers.
# They stand on every page of the hub, and in what it hands over.
#
# [[contact]]
# telephone = ""
# name = "Children's Social Care"
# when = "office hours"
#
# [[contact]]
# telephone = ""
# name = "Emergency Duty Team"
# when = "out of office hours"
#
# [[contact]]
# telephone = "999"
# name = "Police"
# when = "in an emergency"
"""

S = TypeVar("S", bound=_Section)


def section(kind: type[S], given: Any, name: str) -> S:
    """Raises: OptionsWrong."""
    try:
        return msgspec.convert(given, kind, strict=True)
    except msgspec.ValidationError as error:
        raise OptionsWrong(f"[{name}]: {_in_words(kind, given) or error}") from None


def _in_words(kind: type[S], given: Any) -> str:
    """Which field is wrong and what it must be, where its form says it; else nothing."""
    for one in msgspec.structs.fields(kind):
        form = _form(one.type)
        if form and isinstance(given, dict) and one.encode_name in given:
            try:
                msgspec.convert(given[one.encode_name], one.type, strict=True)
            except msgspec.ValidationError:
                return f"{one.encode_name} must be {form}"
    return ""


def _form(kind: Any) -> str:
    """What a type says of its own form, or one of those it is made of."""
    parts = get_args(kind)
    said = [one.description for one in parts if isinstance(one, msgspec.Meta) and one.description]
    return next(iter(said), "") or next(filter(None, map(_form, parts)), "")


def contacts_in(given: Any) -> tuple[EmergencyContact, ...]:
    """Raises: OptionsWrong: also when they are not a list of [[contact]] parts."""
    if not isinstance(given, list):
        raise OptionsWrong("[contact]: write each under a heading of its own, [[contact]]")
    return tuple(section(EmergencyContact, one, "[contact]") for one in given)


def sign_ons_in(given: Any) -> tuple[SingleSignOn, ...]:
    """Raises: OptionsWrong: also for an agency with two."""
    if not isinstance(given, list):
        raise OptionsWrong("[single_sign_on]: write each under a heading of its own, [[single_sign_on]]")
    found = tuple(section(SingleSignOn, one, "[single_sign_on]") for one in given)
    if len({one.agency for one in found}) < len(found):
        raise OptionsWrong("[[single_sign_on]]: an agency has one sign-in of its own at most")
    return found


def password_of(mail: Mail, home: Path) -> str:
    """Raises: OptionsWrong: when the file that is named is not there."""
    return _secret(home, mail.password_file, "[mail]")


def secrets_of(sign_ons: tuple[SingleSignOn, ...], home: Path) -> dict[str, str]:
    """By agency. Raises: OptionsWrong: when a file that is named is not there."""
    return {one.agency: _secret(home, one.client_secret_file, "[[single_sign_on]]") for one in sign_ons}


def _secret(home: Path, file: str, of: str) -> str:
    if not file:
        return ""
    path = home / file
    try:
        return path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError):
        raise OptionsWrong(f"{of}: {path} cannot be read") from None
