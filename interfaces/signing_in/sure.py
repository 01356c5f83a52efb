"""Who sits there, asked once more before what a stranger at an open desk must not do; and the last way in stays."""

from datetime import timedelta

from domain.errors import BadInput
from interfaces.signing_in.door import Door, digest
from interfaces.storage.accounts import Credential, Pass

HOLDS = timedelta(minutes=5)
SURE = "sure"


def is_sure(door: Door, token: str) -> bool:
    """Whether the person of this session signed in, or gave the password again, within the last minutes."""
    at = door.clock.now()
    held = door.session(token)
    if held is None:
        return False
    return at - held.begun < HOLDS or door.accounts.find_pass(_mark(token), SURE, at) is not None


def make_sure(door: Door, person: str, token: str, password: str, *, mark: str, browser: str) -> None:
    """Raises: Refused, TooMany."""
    door.require_own_password(person, password, mark=mark, browser=browser)
    until = door.clock.now() + HOLDS
    door.accounts.give_pass(Pass(token=_mark(token), person=person, kind=SURE, until=until), alone=True)


def require_another_way_in(door: Door, person: str, but: Credential) -> None:
    """Password and authenticator together are one way in; each passkey, and the agency's own sign-in, are one.

    Raises:
        BadInput: when the person could not sign in any more without this one.
    """
    held = door.accounts.credentials(person)
    kinds = {one.kind for one in held if one.id != but.id}
    if not (kinds >= {"password", "totp"} or kinds & {"passkey", "identity"}):
        raise BadInput("", "Without this you could not sign in any more. Add another way first, then remove this one.")


def _mark(token: str) -> bytes:
    return digest(f"sure|{token}")
