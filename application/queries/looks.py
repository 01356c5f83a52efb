"""Who has looked at this case: shown, handed out, found by searching, and refused; for its lead.

What others hold and the reader does not see is not counted, nor is told which form another agency had before it.
"""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

import msgspec

from application.access import approach, disclose
from application.hub import Hub
from application.ledger import disclosures_stream
from application.views import View
from domain.agency import ListShown, LookRefused
from domain.case import Case
from domain.directory import Directory
from domain.disclosures import CaseExported, CaseShown, ShownItem
from domain.record import Event
from policies.roles import judge_act

FORM = "form: "


class Look(View, frozen=True, kw_only=True):
    """One look: `kind` is shown, exported, found, refused or sealed; `items` counts what was shown of what the reader
    sees too.
    """

    at: datetime
    person: str
    name: str
    agency: str
    agency_name: str
    role: str
    kind: str
    what: str
    items: int
    reason: str = ""
    recipient: str = ""
    as_at: datetime | None = None


class LooksView(View, frozen=True, kw_only=True):
    """Looks, newest first; `people` (id, name, agency) are all who ever looked, whomever the list is narrowed to."""

    looks: tuple[Look, ...]
    people: tuple[tuple[str, str, str], ...]
    person: str = ""


def looks_at(hub: Hub, who: str, case: UUID, person: str = "") -> LooksView:
    """Everybody's looks at a case, or one person's; this look is on record too.

    Raises:
        NotFound, CaseSealed, NotRecorded; RoleMissing: for who is not of the lead.
    """
    sight = approach(hub, who, case, "looks")
    judge_act(sight.edition, "see_looks", sight.person.roles(sight.now), lead=sight.agency.lead, kind=sight.agency.kind)
    disclose(sight, "looks", ())
    events: list[Event] = [*hub.ledger.read(disclosures_stream(case))]
    for agency in sight.directory.agencies:
        events += hub.looks_beside(agency, str(case))
    held = frozenset(cell.item for cell in sight.cells())
    looks = [
        _with_reason(sight.case, _as_told(sight.agency.id, look))
        for event in events if (look := _look(sight.directory, event, str(case), held)) is not None
    ]  # fmt: skip
    newest_first = sorted(looks, key=lambda look: look.at, reverse=True)
    return LooksView(
        looks=tuple(look for look in newest_first if person in ("", look.person)),
        people=tuple(dict.fromkeys((look.person, look.name, look.agency_name) for look in newest_first)),
        person=person,
    )


def _look(directory: Directory, event: Event, case: str, held: frozenset[str]) -> Look | None:
    match event:
        case CaseShown():
            shown = _count(event.items, held)
            return _made(directory, event, "shown", event.what, shown, event.reason, as_at=event.as_at)
        case CaseExported():
            agency = directory.agencies.get(event.recipient)
            to = agency.name if agency else event.recipient
            return _made(directory, event, "exported", event.what, _count(event.items, held), recipient=to)
        case ListShown():
            found = sum(_count(items, held) for of, items in event.entries if of == case)
            return _made(directory, event, "found", event.what, found)
        case LookRefused():
            return _made(directory, event, "sealed" if event.sealed else "refused", event.what, 0)
        case _:
            return None


def _count(items: Iterable[ShownItem], held: frozenset[str]) -> int:
    return sum(one.item in held for one in items)


def _as_told(reader: str, look: Look) -> Look:
    """Another agency's forms name whom it thinks of sharing with: that a form was open is told, and no more."""
    if look.agency == reader or not look.what.startswith(FORM):
        return look
    return msgspec.structs.replace(look, what="a form")


def _with_reason(case: Case, look: Look) -> Look:
    """Who was in on duty or in an emergency gave the reason when coming in."""
    ways_in = [case.access.open_to(look.person, look.agency, look.at, on_duty=duty) for duty in (False, True)]
    given = next((way.made.reason for way in ways_in if way is not None), "")
    return msgspec.structs.replace(look, reason=look.reason or given)


def _made(
    directory: Directory, event: Event, kind: str, what: str, items: int, reason: str = "", recipient: str = "",
    as_at: datetime | None = None,
) -> Look:  # fmt: skip
    person, agency = directory.people.get(event.by.person), directory.agencies.get(event.by.agency)
    return Look(
        at=event.recorded,
        person=event.by.person,
        name=person.name if person else event.by.person,
        agency=event.by.agency,
        agency_name=agency.name if agency else event.by.agency,
        role=event.by.role,
        kind=kind,
        what=what,
        items=items,
        reason=reason,
        recipient=recipient,
        as_at=as_at,
    )
