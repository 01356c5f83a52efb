"""My caseload: candidates from the rows, each judged again before it is shown."""

from collections.abc import Callable
from datetime import datetime
from typing import TypeVar
from uuid import UUID

from application.access import candidates, put_on_record, shown_items, stamp
from application.hub import Hub
from application.ledger import agency_stream
from application.projections.rows import LEAD
from application.sight import Sight
from application.views import Cell, View
from domain.agency import ListShown
from domain.disclosures import ShownItem
from domain.errors import RecordUnreadable
from domain.risk import Standing
from domain.vocabulary import Role
from policies.viewing import SEEN, denied, judge_access

Made = TypeVar("Made")


class CaseloadEntry(View, frozen=True, kw_only=True):
    """One case on a list: name and level where the reader sees them, and how to reach her safely beside the name."""

    case: UUID
    name: Cell | None
    safe_contact: Cell | None
    carers: tuple[Cell, ...]
    risk: Standing | None
    newest: datetime | None
    way: str
    until: datetime | None = None


class CaseloadView(View, frozen=True, kw_only=True):
    """The list; `unreadable` counts the candidates that cannot be read, of which nothing can be said."""

    entries: tuple[CaseloadEntry, ...]
    to_open: tuple[UUID, ...] = ()
    unreadable: int = 0


def of_each_case(
    hub: Hub, who: str, make: Callable[[Sight], Made | None], among: set[UUID] | None = None
) -> tuple[list[Made], set[UUID]]:
    """What is made of every case this person may see, as it stands, and the candidates that could not be read.

    Rows only propose, access decides. `among` narrows what the rows propose.
    """
    person, agency = hub.person(who)
    found, unreadable = [], set()
    for candidate in sorted(candidates(hub, person, agency) if among is None else among):
        try:
            case = hub.case(candidate).case
            access = judge_access(case, person, agency, hub.now_in(case))
            made = make(Sight.now_of(hub, person, agency, access, case)) if access is not None else None
        except RecordUnreadable:
            unreadable.add(candidate)
            continue
        if made is not None:
            found.append(made)
    return found, unreadable


def caseload(hub: Hub, who: str) -> CaseloadView:
    """The cases I work on, with the list on record before it is shown; cases of which I only asked are not on it.

    Raises:
        NotFound, NotRecorded
    """
    person, agency = hub.person(who)
    found, unreadable = of_each_case(hub, who, lambda sight: entry_of(sight, sight.cells()))
    disclosed = tuple((str(entry.case), shown) for entry, shown in found)
    mark = stamp(person, agency, hub.now(), "look:caseload")
    put_on_record(hub, agency_stream(agency.id), ListShown(what="caseload", entries=disclosed, **mark))
    to_open, shut = cases_to_open(hub, who, {entry.case for entry, _ in found})
    return CaseloadView(
        entries=tuple(entry for entry, _ in found), to_open=to_open, unreadable=len(unreadable | shut)
    )


def entry_of(sight: Sight, of_case: tuple[Cell, ...]) -> tuple[CaseloadEntry, tuple[ShownItem, ...]] | None:
    """A case on the list, with what the list shows of it; none where nothing of it is the reader's."""
    cells = {cell.item: cell for cell in of_case}
    recorded_here = any(one.agency == sight.agency.id for one in sight.case.justifications.values())
    if not cells and not recorded_here:
        return None
    name, risk = cells.get("child.name"), cells.get("risk")
    safe_contact, carers = beside_the_name(cells)
    shown = tuple(cell for cell in (name, risk, safe_contact, *carers) if cell and cell.showing in SEEN)
    face = {cell.item: cell for cell in sight.for_face(tuple(cells.values()))}
    safe_contact, carers = beside_the_name(face)
    entry = CaseloadEntry(
        case=sight.case.id,
        name=face.get("child.name"),
        safe_contact=safe_contact,
        carers=carers,
        risk=risk.content if risk in shown and isinstance(risk.content, Standing) else None,
        newest=max((cell.recorded for cell in cells.values() if cell.recorded), default=None),
        way=sight.access.way,
        until=sight.access.until,
    )
    return entry, shown_items(shown)


def beside_the_name(cells: dict[str, Cell]) -> tuple[Cell | None, tuple[Cell, ...]]:
    """How to reach her safely, and her carers with whether they may be told: wherever she is named (design §6)."""
    return cells.get("safe_contact"), tuple(cell for item, cell in cells.items() if item.startswith("carer:"))


def cases_to_open(hub: Hub, who: str, mine: set[UUID]) -> tuple[tuple[UUID, ...], set[UUID]]:
    """Cases a practitioner of the lead may open with a reason, of which nothing is shown here; those unreadable."""
    person, agency = hub.person(who)
    if not agency.lead or Role.PRACTITIONER not in person.roles(hub.now()):
        return (), set()
    to_open, unreadable = [], set()
    others = {UUID(row.case) for row in hub.rows.find(LEAD, hub.blind.key(LEAD, agency.id))} - mine
    for candidate in sorted(others):
        try:
            case = hub.case(candidate).case
            if not denied(case, person.id, hub.now_in(case)):
                to_open.append(candidate)
        except RecordUnreadable:
            unreadable.add(candidate)
    return tuple(to_open), unreadable
