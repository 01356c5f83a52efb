"""Put on record what happens at the door; the secrets people sign in with never come here."""

from collections.abc import Callable

from application.hub import Hub
from application.ledger import ACCOUNTS_STREAM
from domain.accounts import ACCOUNT_EVENTS
from domain.membership import THE_MACHINE
from domain.record import Actor, Event
from domain.vocabulary import Role

AT_THE_DOOR: dict[str, Callable[..., Event]] = {str(kind.__struct_config__.tag): kind for kind in ACCOUNT_EVENTS}


def note(hub: Hub, what: str, person: str, *, by: str = "", **more: object) -> None:
    """Record what happened to a person's account, in the order of the record's clock.

    `by` is who did it: the person, unless said otherwise; of strangers at the door it is the hub that writes it down.

    Raises:
        SafeguardingError: when it could not be put on record.
    """
    stamp = {"by": _actor(hub, by or person), "recorded": hub.now(), "command": f"door:{what}"}
    event = AT_THE_DOOR[what](person=person, **stamp, **more)
    hub.append_beside(ACCOUNTS_STREAM, event)


def _actor(hub: Hub, by: str) -> Actor:
    person = hub.directory().people.get(by)
    if person is None:
        return Actor(THE_MACHINE, Role.ADMINISTRATOR, "")
    held = sorted(person.roles(hub.now()) or person.held(hub.now()))
    role = Role.PRACTITIONER if Role.PRACTITIONER in held or not held else held[0]
    return Actor(person.id, role, person.agency)
