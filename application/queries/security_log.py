"""Who signed in, what was refused, and what became of accounts and roles: the newest first."""

from datetime import datetime

import msgspec

from application.hub import Hub
from application.ledger import ACCOUNTS_STREAM, DIRECTORY_STREAM, Stream
from application.queries.acts_open_to_me import require_open
from domain.directory import PersonRegistered
from domain.membership import AccountMark, RoleEnded, RoleGiven
from domain.record import Event

AT_ONCE = 500
MINE = 2_000
"""How far back a person's own part is looked for."""


class LogEntry(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that happened to an account; `what` is the tag of its event, `details` its words."""

    recorded: datetime
    what: str
    person: str
    by: str
    details: tuple[tuple[str, str], ...] = ()


class LogPage(msgspec.Struct, frozen=True):
    """Entries, the newest first, and the place from which older ones go on; 0 when there are none."""

    entries: tuple[LogEntry, ...]
    earlier: int = 0


def security_log(hub: Hub, who: str, before: int = 0) -> LogPage:
    """What happened at the door, five hundred at a time, with what was done to roles and accounts meanwhile.

    Raises:
        RoleMissing
    """
    require_open(hub, who, "see_security_log")
    newest, _ = hub.ledger.newest(ACCOUNTS_STREAM)
    until = min(before - 1, newest) if before else newest
    after = max(0, until - AT_ONCE)
    since, upto = _recorded(hub, after), _recorded(hub, until) if until < newest else None
    marks, _ = hub.ledger.newest(DIRECTORY_STREAM)
    meanwhile = [
        entry
        for entry in _entries(hub, DIRECTORY_STREAM, 0, marks)
        if (since is None or since < entry.recorded) and (upto is None or entry.recorded <= upto)
    ]
    return LogPage(_newest_first(_entries(hub, ACCOUNTS_STREAM, after, until) + meanwhile), after + 1 if after else 0)


def _recorded(hub: Hub, number: int) -> datetime | None:
    """When the entry of this number was recorded at the door; nothing for none."""
    return next((event.recorded for event in hub.ledger.read(ACCOUNTS_STREAM, number - 1, number)), None)


def my_part(hub: Hub, who: str) -> tuple[LogEntry, ...]:
    """What happened to this person's own account lately."""
    newest, _ = hub.ledger.newest(ACCOUNTS_STREAM)
    marks, _ = hub.ledger.newest(DIRECTORY_STREAM)
    found = _entries(hub, ACCOUNTS_STREAM, max(0, newest - MINE), newest)
    found += _entries(hub, DIRECTORY_STREAM, 0, marks)
    mine = [entry for entry in found if entry.person == who]
    return _newest_first(mine)[:50]


def _newest_first(found: list[LogEntry]) -> tuple[LogEntry, ...]:
    """By when they were recorded; of those of one moment the later is the newer."""
    return tuple(sorted(reversed(found), key=lambda entry: entry.recorded, reverse=True))


def _entries(hub: Hub, stream: Stream, after: int, until: int) -> list[LogEntry]:
    if until <= after:
        return []
    events = hub.ledger.read(stream, after, until)
    of_people = (AccountMark, RoleGiven, RoleEnded, PersonRegistered)
    return [_entry(event) for event in events if stream is ACCOUNTS_STREAM or isinstance(event, of_people)]


def _entry(event: Event) -> LogEntry:
    said = msgspec.to_builtins(event)
    known = ("event", "by", "recorded", "command", "person")
    return LogEntry(
        recorded=event.recorded,
        what=said["event"],
        person=said["person"],
        by=event.by.person,
        details=tuple((name, str(value)) for name, value in said.items() if name not in known),
    )
