"""My caseload: candidates from the rows, each judged again before it is shown."""

from collections.abc import Iterator
from datetime import datetime
from uuid import UUID

from application.access import put_on_record, shown_items, stamp
from application.hub import Hub
from application.ledger import agency_stream
from application.projections.rows import AGENCY, CASELOAD, LEAD, REVIEWER
from application.sight import Sight
from application.views import Cell, View
from domain.agency import ListShown
from domain.risk import Standing
from domain.vocabulary import CASE_ROLES, Role
from policies.viewing import MANAGERS, SEEN, judge_access


class CaseloadEntry(View, frozen=True, kw_only=True):
    """One case on a list: name and level where the reader sees them, and how to reach her safely beside the name."""

    case: UUID
    name: Cell | None
    safe_contact: Cell | None
    carers: tuple[Cell, ...]
    risk: Standing | None
    newest: datetime | None
    way: str


class CaseloadView(View, frozen=True, kw_only=True):
    entries: tuple[CaseloadEntry, ...]
    to_open: tuple[UUID, ...] = ()


def cases_of(hub: Hub, who: str, what: str) -> Iterator[Sight]:
    """Every case this person may see, as it stands; rows only propose, access decides."""
    person, agency = hub.person(who)
    now = hub.now()
    roles = person.roles(now)
    wanted = []
    if roles & CASE_ROLES:
        wanted.append((CASELOAD, person.id))
    if roles & MANAGERS:
        wanted.append((LEAD, agency.id) if agency.lead else (AGENCY, agency.id))
    if Role.REVIEWER in roles:
        wanted.append((REVIEWER, person.id))
    candidates = {row.case for table, key in wanted for row in hub.rows.find(table, hub.blind.key(table, key))}
    for candidate in sorted(candidates):
        case = hub.case(UUID(candidate)).case
        access = judge_access(case, person, agency, now)
        if access is not None:
            yield Sight.now_of(hub, person, agency, access, case)


def caseload(hub: Hub, who: str) -> CaseloadView:
    """The cases I work on, with the list on record before it is shown; cases of which I only asked are not on it.

    Raises:
        NotFound, NotRecorded
    """
    person, agency = hub.person(who)
    entries = []
    disclosed = []
    for sight in cases_of(hub, who, "caseload"):
        cells = {cell.item: cell for cell in sight.cells()}
        recorded_here = any(one.agency == agency.id for one in sight.case.justifications.values())
        if not cells and not recorded_here:
            continue
        name, risk = cells.get("child.name"), cells.get("risk")
        safe_contact, carers = beside_the_name(cells)
        shown = tuple(cell for cell in (name, risk, safe_contact, *carers) if cell and cell.showing in SEEN)
        face = {cell.item: cell for cell in sight.for_face(tuple(cells.values()))}
        safe_contact, carers = beside_the_name(face)
        entries.append(
            CaseloadEntry(
                case=sight.case.id,
                name=face.get("child.name"),
                safe_contact=safe_contact,
                carers=carers,
                risk=risk.content if risk in shown and isinstance(risk.content, Standing) else None,
                newest=max((cell.recorded for cell in cells.values() if cell.recorded), default=None),
                way=sight.access.way,
            )
        )
        disclosed.append((str(sight.case.id), shown_items(shown)))
    mark = stamp(person, agency, hub.now(), "look:caseload")
    put_on_record(hub, agency_stream(agency.id), ListShown(what="caseload", entries=tuple(disclosed), **mark))
    return CaseloadView(entries=tuple(entries), to_open=_to_open(hub, who, {entry.case for entry in entries}))


def beside_the_name(cells: dict[str, Cell]) -> tuple[Cell | None, tuple[Cell, ...]]:
    """How to reach her safely, and her carers with whether they may be told: wherever she is named (design §6)."""
    return cells.get("safe_contact"), tuple(cell for item, cell in cells.items() if item.startswith("carer:"))


def _to_open(hub: Hub, who: str, mine: set[UUID]) -> tuple[UUID, ...]:
    """Cases a practitioner of the lead may open with a reason; nothing of them is shown here."""
    person, agency = hub.person(who)
    if not agency.lead or Role.PRACTITIONER not in person.roles(hub.now()):
        return ()
    rows = hub.rows.find(LEAD, hub.blind.key(LEAD, agency.id))
    closed = {UUID(row.case) for row in rows if hub.case(UUID(row.case)).case.team.declared(person.id, hub.now())}
    return tuple(sorted({UUID(row.case) for row in rows} - mine - closed))
