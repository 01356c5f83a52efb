"""Whose account or roles wait for this manager's word, what waits of them, and who began it when?"""

from datetime import datetime

from application.hub import Hub
from application.views import View
from domain.directory import Directory, Person
from domain.membership import RoleGiven
from domain.vocabulary import Role


class Begun(View, frozen=True, kw_only=True):
    """One thing that waits, an account given out or reset, or a role; `what` is the event's stable tag."""

    what: str
    role: Role | None
    by: str
    recorded: datetime


class ToConfirm(View, frozen=True, kw_only=True):
    """A person of whom something waits, oldest first; the `confirmers` are of an `agency`, where there are any."""

    person: str
    begun: tuple[Begun, ...]
    confirmers: tuple[str, ...]
    agency: str

    @property
    def seen(self) -> datetime:
        """When the newest of it was begun."""
        return self.begun[-1].recorded


def accounts_to_confirm(hub: Hub, who: str) -> tuple[ToConfirm, ...]:
    """In the order in which people were registered; nobody for who may not confirm."""
    return tuple(one for one in all_that_waits(hub).values() if who in one.confirmers)


def all_that_waits(hub: Hub) -> dict[str, ToConfirm]:
    """By person, for the administrator's pages."""
    directory, now = hub.directory(), hub.now()
    return {one.id: _of(directory, one, now) for one in directory.people.values() if one.standing.waits(now)}


def _of(directory: Directory, one: Person, now: datetime) -> ToConfirm:
    begun = tuple(
        Begun(
            what=str(event.__struct_config__.tag),
            role=event.role if isinstance(event, RoleGiven) else None,
            by=event.by.person,
            recorded=event.recorded,
        )
        for event in one.standing.waits(now)
    )
    confirmers = tuple(sorted(directory.confirmers(one.id, now)))
    agency = directory.people[confirmers[0]].agency if confirmers else ""
    return ToConfirm(person=one.id, begun=begun, confirmers=confirmers, agency=agency)


def administers(hub: Hub, who: str) -> bool:
    """Whether this person keeps people and agencies."""
    return Role.ADMINISTRATOR in hub.person(who)[0].roles(hub.now())
