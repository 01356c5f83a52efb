"""Single sign-on: an agency's own provider vouches for its people, each bound beforehand by their own doing."""

import secrets
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from application.commands.accounts import note
from interfaces.signing_in import enrolment
from interfaces.signing_in.door import NOBODY, WAITING, Begun, Door, digest
from interfaces.signing_in.providers import NotVouched, Vouched
from interfaces.signing_in.sure import require_another_way_in
from interfaces.storage.accounts import Credential, MarkTaken, Pass, PassUsed

HOLDS = timedelta(minutes=10)
AWAY = "agency_sign_in"
IDENTITY, METHOD = "identity", "oidc"
ENTER, LINK, ENROL = "enter", "link", "enrol"
"""What for: to come in; to bind it to one's account; to bind it instead of choosing a password."""


class NotLetIn(Exception):
    """The agency's own sign-in lets this browser not in; `why` is a word of the security log, or empty."""

    def __init__(self, why: str = "") -> None:
        super().__init__(why or "begin again")
        self.why = why


def offering(door: Door) -> tuple[str, ...]:
    """The agencies whose people may come in by their own sign-in."""
    agencies = door.hub.directory().agencies
    return tuple(one for one in door.providers if one in agencies)


def agency_of(door: Door, person: str) -> str:
    """The person's agency, if it has a sign-in of its own here; else empty."""
    agency = door.hub.person(person)[0].agency
    return agency if agency in offering(door) else ""


def identity_of(door: Door, person: str) -> Credential | None:
    return next(iter(door.accounts.credentials(person, IDENTITY)), None)


# ---- there and back


def start(
    door: Door, agency: str, back: str, purpose: str, *, person: str = NOBODY, onward: str = ""
) -> tuple[str, str]:
    """What this browser holds meanwhile, and where it goes; which agency was started is kept here (mix-up).

    Raises:
        NotVouched: when the provider does not answer.
    """
    made = door.providers[agency].started(back)
    data = {"agency": agency, "purpose": purpose, "nonce": made.nonce, "verifier": made.verifier, "onward": onward}
    until = door.clock.now() + HOLDS
    away = Pass(token=digest(made.state), person=person, kind=AWAY, until=until, data=data)
    door.accounts.give_pass(away, most=WAITING)
    return made.state, made.address


def come_back(door: Door, agency: str, held: str, answer: Mapping[str, str], back: str) -> tuple[Pass, Vouched]:
    """Whom the provider vouches for, and what for; the way there is used up by it.

    Raises:
        NotLetIn: also for an answer this browser did not ask for, or that was given before.
    """
    state = answer.get("state", "")
    if not state or not secrets.compare_digest(held.encode(), state.encode()):
        raise NotLetIn
    found = door.accounts.find_pass(digest(state), AWAY, door.clock.now())
    if found is None or not door.accounts.use_pass(found.token) or found.data["agency"] != agency:
        raise NotLetIn
    try:
        vouched = door.providers[agency].vouched(answer, back, found.data["nonce"], found.data["verifier"])
    except NotVouched as error:
        raise NotLetIn from error
    return found, vouched


# ---- what for


def enter(door: Door, agency: str, vouched: Vouched, *, browser: str) -> Begun:
    """The account bound to this identity, of this agency; never one that is only called alike.

    Raises:
        NotLetIn
    """
    held = door.accounts.find_credential(IDENTITY, _mark(vouched))
    person = held.person if held is not None else ""
    if not vouched.strong:
        raise _refused(door, agency, person, "one_factor", browser)
    if held is None:
        raise _refused(door, agency, "", "not_bound", browser)
    if door.hub.person(person)[0].agency != agency:
        raise _refused(door, agency, person, "other_agency", browser)
    if not door.may_enter(person):
        raise _refused(door, agency, person, "may_not_enter", browser)
    door.accounts.was_used(held.id, door.clock.now())
    return door.begin(person, METHOD, browser)


def bind(door: Door, found: Pass, vouched: Vouched, who: str, *, browser: str) -> None:
    """Bind the identity to the person signed in, who set out from this account; in the place of an older one.

    Raises:
        NotLetIn
    """
    agency = found.data["agency"]
    if found.person != who or agency_of(door, who) != agency:
        raise NotLetIn
    _put(door, agency, vouched, who, (IDENTITY,), browser=browser)
    note(door.hub, "second_factor.added", who, kind=IDENTITY)


def enrol(door: Door, found: Pass, vouched: Vouched, own: str, *, browser: str) -> Begun:
    """Behind a link: bind the identity instead of choosing a password; the link is used up by it.

    Raises:
        NotLetIn, LinkOver
    """
    agency, held = found.data["agency"], enrolment.under_way(door, own)
    if found.person != held.person or agency_of(door, held.person) != agency:
        raise NotLetIn
    link = bytes.fromhex(held.data["link"])
    try:
        _put(door, agency, vouched, held.person, enrolment.CREDENTIALS, by=link, browser=browser)
    except PassUsed:
        raise enrolment.LinkOver from None
    door.accounts.take_back_passes(held.person)
    note(door.hub, "account.enrolled", held.person)
    note(door.hub, "second_factor.added", held.person, kind=IDENTITY)
    return door.begin(held.person, METHOD, browser)


def remove(door: Door, person: str, *, but: str) -> None:
    """Every other session ends, since one may have been begun with it.

    Raises:
        BadInput: for the last way in.
    """
    held = identity_of(door, person)
    if held is None:
        return
    require_another_way_in(door, person, held)
    if door.accounts.remove_credential(person, held.id):
        note(door.hub, "second_factor.removed", person, kind=IDENTITY)
        door.end_all(person, "identity_removed", but=but)


def _put(
    door: Door, agency: str, vouched: Vouched, person: str, kinds: tuple[str, ...], *, by: bytes = b"", browser: str
) -> None:
    """Raises: NotLetIn, PassUsed."""
    if not vouched.strong:
        raise _refused(door, agency, person, "one_factor", browser)
    made = door.made(person, IDENTITY, found=_mark(vouched), issuer=vouched.issuer)
    try:
        door.accounts.put_in_place(person, kinds, [made], by=by)
    except MarkTaken:
        raise _refused(door, agency, person, "bound_to_another", browser) from None


def _refused(door: Door, agency: str, person: str, why: str, browser: str) -> NotLetIn:
    """On record, since a provider stood for somebody who is not let in: with the account, where there is one."""
    more: dict[str, Any] = {"agency": agency, "why": why, "browser": browser}
    note(door.hub, "agency_sign_in.refused", person, by=NOBODY, **more)
    return NotLetIn(why)


def _mark(vouched: Vouched) -> str:
    """By what an identity is found: the provider's own number for somebody, at that provider."""
    return f"{vouched.issuer}|{vouched.subject}"
