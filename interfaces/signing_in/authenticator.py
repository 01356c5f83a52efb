"""An authenticator app in the place of the one a person has: a new telephone, while the old one still works."""

from datetime import timedelta

from application.commands.accounts import note
from interfaces.signing_in import codes
from interfaces.signing_in.door import Door, Refused, digest
from interfaces.storage.accounts import Pass, PassUsed

HOLDS = timedelta(minutes=10)
TOTP = "totp"
REPLACING = "authenticator_replaced"


def is_replaceable(door: Door, person: str) -> bool:
    return bool(door.accounts.credentials(person, TOTP))


def under_way(door: Door, token: str) -> Pass | None:
    """The new key that this session was shown; it counts for nothing until a code of it was entered."""
    return door.accounts.find_pass(_mark(token), REPLACING, door.clock.now())


def begin(door: Door, person: str, token: str) -> Pass:
    """Make a new key, for this session alone; whatever was begun elsewhere is taken back."""
    until, data = door.clock.now() + HOLDS, {"secret": codes.new_secret()}
    made = Pass(token=_mark(token), person=person, kind=REPLACING, until=until, data=data)
    door.accounts.give_pass(made, alone=True)
    return made


def replace(door: Door, begun: Pass, code: str, *, but: str) -> None:
    """The new app shows the right code: from now on it alone counts, and every other session ends.

    Raises:
        Refused: then the old app goes on working.
    """
    step = codes.counter_of(begun.data["secret"], code, door.clock.now(), after=0)
    if step is None:
        raise Refused
    new = door.made(begun.person, TOTP, counter=step, secret=begun.data["secret"])
    try:
        door.accounts.put_in_place(begun.person, [TOTP], [new], by=begun.token)
    except PassUsed:
        raise Refused from None
    note(door.hub, "second_factor.removed", begun.person, kind=TOTP)
    note(door.hub, "second_factor.added", begun.person, kind=TOTP)
    door.end_all(begun.person, "authenticator_replaced", but=but)


def _mark(token: str) -> bytes:
    return digest(f"authenticator|{token}")
