"""Passkeys: made and used in the browser, bound to the hub's address; the hub keeps the half that is no secret."""

import hashlib
import json
import secrets
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import msgspec
import webauthn
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from application.commands.accounts import note
from domain.errors import BadInput
from interfaces.signing_in.door import NOBODY, WAITING, Begun, Door, Refused, digest
from interfaces.signing_in.enrolment import partnership
from interfaces.signing_in.sure import require_another_way_in
from interfaces.storage.accounts import Credential, MarkTaken, Pass

HOLDS = timedelta(minutes=5)
PASSKEY = "passkey"
MAKING, ENTERING = "passkey_made", "passkey_used"
MOST = 10
UNREADABLE = (WebAuthnException, ValueError, TypeError, KeyError, AttributeError, RecursionError)
"""What the library raises at an answer that is not what was asked for, or none at all."""


class Site(msgspec.Struct, frozen=True):
    """To which address passkeys are bound: its origin, and the domain in it."""

    origin: str
    domain: str


def site_of(origin: str, asked_at: str) -> Site | None:
    """The hub's own address; without one this machine's under its name, since a number is no domain (WebAuthn)."""
    where = urlsplit((origin or asked_at).casefold())
    if not origin and where.hostname != "localhost":
        return None
    return Site(f"{where.scheme}://{where.netloc.removesuffix(':443')}", where.hostname or "")


# ---- making one


def asked_to_make(door: Door, site: Site, person: str) -> tuple[str, str]:
    """What the browser holds, and what it is asked: a passkey that knows by itself whose it is, and checks who uses it.

    Raises:
        BadInput: when the person has as many as anybody may.
    """
    held = door.accounts.credentials(person, PASSKEY)
    if len(held) >= MOST:
        raise BadInput("", f"You have {MOST} passkeys. Remove one that you do not use any more first.")
    token, challenge = _challenge(door, MAKING, person)
    name = door.hub.person(person)[0].name
    options = webauthn.generate_registration_options(
        rp_id=site.domain,
        rp_name=partnership(door),
        user_id=_handle(door, person),
        user_name=door.accounts.email_of(person) or name,
        user_display_name=name,
        challenge=challenge,
        timeout=int(HOLDS.total_seconds() * 1000),
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED,
            user_verification=UserVerificationRequirement.REQUIRED,
        ),
        exclude_credentials=[PublicKeyCredentialDescriptor(id=base64url_to_bytes(one.found)) for one in held],
    )
    return token, webauthn.options_to_json(options)


def keep(door: Door, site: Site, person: str, token: str, answer: str, name: str) -> None:
    """Raises: Refused."""
    challenge = _used(door, MAKING, person, token)
    try:
        made = webauthn.verify_registration_response(
            credential=answer,
            expected_challenge=challenge,
            expected_rp_id=site.domain,
            expected_origin=site.origin,
            require_user_verification=True,
        )
    except UNREADABLE as error:
        raise Refused from error
    found, key = bytes_to_base64url(made.credential_id), bytes_to_base64url(made.credential_public_key)
    passkey = door.made(person, PASSKEY, found=found, counter=made.sign_count, called=name, key=key)
    try:
        door.accounts.add_credential(passkey)
    except MarkTaken:
        raise Refused from None
    note(door.hub, "second_factor.added", person, kind=PASSKEY, name=name)


def reference(passkey: Credential) -> str:
    """By what a passkey is called in an address."""
    return hashlib.sha256(passkey.id).hexdigest()


def find(door: Door, person: str, ref: str) -> Credential | None:
    """One of the person's own."""
    return next((one for one in door.accounts.credentials(person, PASSKEY) if reference(one) == ref), None)


def remove(door: Door, person: str, passkey: Credential, *, but: str) -> None:
    """Every other session ends, since one may have been begun with it.

    Raises:
        BadInput: for the last way in.
    """
    require_another_way_in(door, person, passkey)
    if door.accounts.remove_credential(person, passkey.id):
        note(door.hub, "second_factor.removed", person, kind=PASSKEY, name=passkey.name)
        door.end_all(person, "passkey_removed", but=but)


# ---- using one


def asked_to_enter(door: Door, site: Site) -> tuple[str, str]:
    """What the browser holds, and what it is asked: any passkey of this hub; nobody is named."""
    token, challenge = _challenge(door, ENTERING, NOBODY)
    options = webauthn.generate_authentication_options(
        rp_id=site.domain,
        challenge=challenge,
        timeout=int(HOLDS.total_seconds() * 1000),
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    return token, webauthn.options_to_json(options)


def enter(door: Door, site: Site, token: str, answer: str, *, browser: str) -> Begun:
    """Both factors at once: the device is what the person has, and it checked who holds it.

    Raises:
        Refused: on record where it was an account's passkey.
    """
    challenge = _used(door, ENTERING, NOBODY, token)
    held, handle = _named(door, answer)
    try:
        verified = webauthn.verify_authentication_response(
            credential=answer,
            expected_challenge=challenge,
            expected_rp_id=site.domain,
            expected_origin=site.origin,
            credential_public_key=base64url_to_bytes(held.value["key"]),
            credential_current_sign_count=0,  # judged below, with those who come at the same moment
            require_user_verification=True,
        )
        if not secrets.compare_digest(handle, _handle(door, held.person)):
            raise ValueError("another person's handle")
    except UNREADABLE as error:
        door.refused(held.person, PASSKEY, browser)
        raise Refused from error
    if not door.may_enter(held.person):
        door.refused(held.person, "may_not_enter", browser)
        raise Refused
    if not _goes_on(door, held, verified.new_sign_count):
        door.refused(held.person, "passkey_counter", browser)
        raise Refused
    return door.begin(held.person, PASSKEY, browser)


def _named(door: Door, answer: str) -> tuple[Credential, bytes]:
    """The passkey an answer names, and the handle of its owner that came with it. Raises: Refused."""
    try:
        said: dict[str, Any] = json.loads(answer)
        held = door.accounts.find_credential(PASSKEY, str(said["id"]))
        handle = base64url_to_bytes(said["response"]["userHandle"])
    except UNREADABLE as error:
        raise Refused from error
    if held is None:
        raise Refused
    return held, handle


def _goes_on(door: Door, held: Credential, counter: int) -> bool:
    """Whether the passkey counts on from where it was: a copy of it would come with a number already seen.

    Passkeys that several devices share do not count; they stay at nought for ever.
    """
    at = door.clock.now()
    if counter == held.counter == 0:
        door.accounts.was_used(held.id, at)
        return True
    return door.accounts.advance(held.id, counter, at)


# ---- what is asked, once


def _challenge(door: Door, kind: str, person: str) -> tuple[str, bytes]:
    token, challenge = secrets.token_urlsafe(32), secrets.token_bytes(32)
    until = door.clock.now() + HOLDS
    data = {"challenge": bytes_to_base64url(challenge)}
    door.accounts.give_pass(Pass(token=digest(token), person=person, kind=kind, until=until, data=data), most=WAITING)
    return token, challenge


def _used(door: Door, kind: str, person: str, token: str) -> bytes:
    """The challenge, used up by being asked for. Raises: Refused."""
    found = door.accounts.find_pass(digest(token), kind, door.clock.now())
    if found is None or found.person != person or not door.accounts.use_pass(found.token):
        raise Refused
    return base64url_to_bytes(found.data["challenge"])


def _handle(door: Door, person: str) -> bytes:
    """By what a device knows whose passkey it is; it tells nobody anything."""
    return bytes.fromhex(door.hub.blind.key("person of a passkey", person))
