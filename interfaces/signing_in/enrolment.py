"""Invitations and resets: somebody else starts them, a link goes out, and the person alone chooses the credentials."""

import re
import secrets
from datetime import timedelta
from typing import Any

from application.commands.accounts import note
from application.commands.people import keep_directory, sent_before
from domain.errors import BadInput
from domain.vocabulary import AgencyKind
from interfaces.signing_in import codes
from interfaces.signing_in.door import Begun, Door, Refused, digest, normal_address
from interfaces.signing_in.mail import NotSent, send_link, send_word
from interfaces.signing_in.passwords import require_good
from interfaces.storage.accounts import AddressTaken, Pass, PassUsed

LINK, ENROL = "link", "enrol"
LINK_HOLDS = timedelta(hours=24)
ENROL_HOLDS = timedelta(minutes=30)
TRIES = 10
CREDENTIALS = ("password", "totp", "recovery", "passkey", "identity")
"""What a reset takes away: everything, since nobody knows whose hands it was in."""
ADDRESS = re.compile(r"[A-Za-z0-9._%+'-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63})+", re.ASCII)


class LinkOver(Exception):
    """The link was used, has run out, or never was: ask for another."""


def start(door: Door, by: str, person: str, email: str, *, command_id: str) -> str:
    """Begin an invitation, or a reset where there are credentials already; the token of the link.

    Asked for again under the same command id, nothing is begun anew, and there is no token.

    Raises:
        SafeguardingError: the refusal; then nothing has changed.
    """
    address = normal_address(email)
    if not ADDRESS.fullmatch(address):
        raise BadInput("email", "This is not an e-mail address. Enter it like name@example.org.")
    taken = door.accounts.person_with(address)
    if taken not in ("", person):
        raise BadInput("email", "Another account has this address. Every person has an address of their own.")
    if sent_before(door.hub, by, command_id) is not None:
        return ""
    has_some = bool(door.accounts.credentials(person, *CREDENTIALS))
    had = door.accounts.email_of(person)
    act = "reset_account" if has_some else "invite_account"
    keep_directory(door.hub, by, act, {"person": person}, command_id=command_id)
    door.accounts.put_in_place(person, CREDENTIALS, ())
    door.accounts.take_back_passes(person)
    door.end_all(person, "reset", by=by)
    try:
        door.accounts.put_email(person, address)
    except AddressTaken:
        raise BadInput("email", "Another account has this address. Every person has an address of their own.") from None
    if had and (has_some or had != address):
        _tell(door, by, person, had)
    return new_link(door, person)


def _tell(door: Door, by: str, person: str, had: str) -> None:
    """Word to the address the account had; where mail fails that is on record, and nothing waits for it."""
    mail = door.settings.mail
    if mail is None:
        return
    try:
        send_word(mail, door.settings.mail_password, to=had, partnership=partnership(door))
    except NotSent:
        note(door.hub, "account.address_told", person, by=by, sent=False)
    else:
        note(door.hub, "account.address_told", person, by=by, sent=True)


def new_link(door: Door, person: str) -> str:
    token = secrets.token_hex(32)
    until = door.clock.now() + LINK_HOLDS
    door.accounts.give_pass(Pass(token=digest(token), person=person, kind=LINK, until=until), alone=True)
    return token


def send(door: Door, by: str, person: str, address: str) -> None:
    """Send the link by e-mail to the person's own address.

    Raises:
        NotSent: also where no mail server is configured.
    """
    mail = door.settings.mail
    if mail is None:
        raise NotSent
    to = door.accounts.email_of(person)
    send_link(mail, door.settings.mail_password, to=to, link=address, partnership=partnership(door))
    note(door.hub, "account.link_sent", person, by=by, how="mail")


def partnership(door: Door) -> str:
    offices = (one.name for one in door.hub.directory().agencies.values() if one.kind is AgencyKind.PARTNERSHIP)
    return next(offices, "Safeguarding hub")


def followed(door: Door, token: str) -> Pass:
    """Raises: LinkOver."""
    found = door.accounts.find_pass(digest(token), LINK, door.clock.now())
    if found is None or door.is_shut(found.person):
        raise LinkOver
    return found


def begin(door: Door, token: str) -> str:
    """Go on from the link; it is used up only when the credentials are chosen, so that a mishap costs nothing."""
    link = followed(door, token)
    own = secrets.token_urlsafe(32)
    until = min(link.until, door.clock.now() + ENROL_HOLDS)
    data = {"link": link.token.hex(), "secret": codes.new_secret()}
    door.accounts.give_pass(Pass(token=digest(own), person=link.person, kind=ENROL, until=until, data=data))
    return own


def under_way(door: Door, own: str) -> Pass:
    """Raises: LinkOver."""
    found = door.accounts.find_pass(digest(own), ENROL, door.clock.now())
    if found is None or found.tries >= TRIES or door.is_shut(found.person):
        raise LinkOver
    return found


def picture(door: Door, person: str, secret: str) -> str:
    """The authenticator's key as a picture, under the hub's name and the person's address."""
    address = codes.address_of(secret, name=door.accounts.email_of(person), issuer=partnership(door))
    return codes.picture_of(address)


def choose_password(door: Door, own: str, password: str) -> None:
    """Raises: LinkOver, PasswordRefused."""
    found = under_way(door, own)
    require_good(password, not_in=door.names_of(found.person))
    door.accounts.change_pass(found, {**found.data, "password": door.passwords.hash(password)})


def finish(door: Door, own: str, code: str, *, browser: str) -> tuple[Begun, list[str]]:
    """The authenticator's first code: now the credentials count, and the person is in; with ten recovery codes.

    Raises:
        LinkOver, Refused
    """
    found = under_way(door, own)
    data: dict[str, Any] = found.data
    if "password" not in data:
        raise LinkOver
    door.accounts.count_try(found.token)
    step = codes.counter_of(data["secret"], code, door.clock.now(), after=0)
    if step is None:
        raise Refused
    fresh = codes.new_recovery_codes()
    credentials = [
        door.made(found.person, "password", hash=data["password"]),
        door.made(found.person, "totp", counter=step, secret=data["secret"]),
        *door.recovery_credentials(found.person, fresh),
    ]
    try:
        door.accounts.put_in_place(found.person, CREDENTIALS, credentials, by=bytes.fromhex(data["link"]))
    except PassUsed:
        raise LinkOver from None
    door.accounts.take_back_passes(found.person)
    note(door.hub, "account.enrolled", found.person)
    return door.begin(found.person, "totp", browser), fresh
