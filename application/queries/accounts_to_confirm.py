"""Whose accounts wait for this manager to say that they are in the right hands?"""

from application.hub import Hub
from domain.vocabulary import Role


def accounts_to_confirm(hub: Hub, who: str) -> tuple[str, ...]:
    """The people, in the order in which they were registered; nobody for who may not confirm."""
    directory, now = hub.directory(), hub.now()
    waiting = [one for one in directory.people.values() if one.standing.left is None and not one.confirmed(now)]
    return tuple(one.id for one in waiting if who in directory.confirmers(one.id, now))


def administers(hub: Hub, who: str) -> bool:
    """Whether this person keeps people and agencies."""
    return Role.ADMINISTRATOR in hub.person(who)[0].roles(hub.now())
