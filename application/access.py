"""The one way to a case: fold, judge the view, put the disclosure on record, and only then hand the view over."""

import hashlib
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from application.hub import Hub, Loaded, person_in
from application.ledger import Stream, agency_stream, disclosures_stream
from application.projections.rows import AGENCY, CASELOAD, LEAD, REVIEWER
from application.sight import Sight
from application.threads import threads_of
from application.views import CaseView, Cell, Reader
from domain.agency import LookRefused
from domain.directory import Agency, Person
from domain.disclosures import CaseShown, ShownItem
from domain.errors import CaseSealed, NotFound, NotRecorded, RecordUnreadable, SafeguardingError
from domain.record import Actor, Event
from domain.vocabulary import CASE_ROLES, Role
from policies.viewing import (
    IN_AN_EMERGENCY,
    MANAGERS,
    SEEN,
    Way,
    emergency_beside,
    judge_access,
    judge_seal_met,
)

SHOWN_IN_AN_EMERGENCY = "case"
"""The one page that an emergency opens, or adds to: no history, no form, no file, no looking back."""


EVERYTHING = ("",)


def view_of(sight: Sight, cells: tuple[Cell, ...] | None = None) -> CaseView:
    """The view made of these cells, or of all the reader gets, with the threads that concern the reader."""
    cells = sight.cells() if cells is None else cells
    view = CaseView(
        case=sight.case.id,
        reader=Reader(
            person=sight.person.id,
            name=sight.person.name,
            agency=sight.agency.id,
            agency_name=sight.agency.name,
            way=sight.access.way,
            lead=sight.agency.lead,
            until=sight.access.until,
            emergency_until=sight.emergency_until,
        ),
        now=sight.now,
        as_at=sight.at if sight.looking_back else None,
        edition=sight.edition.edition,
        cells=sight.for_face(cells),
        **threads_of(sight, {cell.item for cell in cells if cell.showing in SEEN and cell.rule != IN_AN_EMERGENCY}),
    )
    if sight.emergency_until is not None:  # nobody acts on what an emergency adds
        own = msgspec.structs.replace(sight, emergency_until=None)
        return msgspec.structs.replace(view, digest=view_of(own).digest)
    return msgspec.structs.replace(view, digest=digest_of(view))


def digest_of(view: CaseView, watching: Sequence[str] = EVERYTHING) -> str:
    """A digest of what the reader gets, the time of looking left out; never of the stream (design §3.9).

    `watching` are the items it is limited to, as `is_named` reads them; `answers:school#3` is one question of an item.
    """
    plain = msgspec.to_builtins(view, str_keys=True)
    for of_the_look in ("now", "digest"):
        del plain[of_the_look]
    if tuple(watching) != EVERYTHING:
        plain = [_watched(cell, one) for cell in plain["cells"] for one in watching if is_named(cell["item"], one)]
    return hashlib.sha256(msgspec.json.encode(plain, order="deterministic")).hexdigest()


def is_named(item: str, named: str) -> bool:
    """Whether an item is meant: `concern:C1` is that one, `concern:` is each of its sort, "" is every one."""
    named = named.partition("#")[0]
    return item.startswith(named) if named == "" or named.endswith((":", ".")) else item == named


def _watched(cell: dict[str, Any], watched: str) -> Any:
    """A cell, or only what it says of one question."""
    question, content = watched.partition("#")[2], cell["content"]
    if not question or not isinstance(content, dict):
        return cell
    return [cell["item"], cell["showing"], *(content.get(part, {}).get(question) for part in ("answers", "blanks"))]


def approach(hub: Hub, who: str, case_id: UUID, what: str, as_at: datetime | None = None) -> Sight:
    """Come before a case; a refused look is put on record too (design §3.9).

    Raises:
        NotFound: the same for a case that does not exist, is hidden or is closed to this person.
        CaseSealed: with whom to telephone, for who would come to the case but for its seal.
        NotRecorded: when the refusal could not be put on record.
        RecordUnreadable
    """
    loaded = load(hub, who, case_id, what)
    person, agency = person_in(loaded.directory, who)
    now = hub.now_in(loaded.case)
    access = judge_access(loaded.case, person, agency, now)
    if access is None or (access.way is Way.EMERGENCY and not (what == SHOWN_IN_AN_EMERGENCY and as_at is None)):
        raise refused(hub, loaded, person, agency, what)
    sight = Sight.now_of(hub, person, agency, access, loaded.case)
    if as_at is not None and as_at < now:
        return sight.back_to(as_at)
    if what == SHOWN_IN_AN_EMERGENCY and as_at is None:
        until = emergency_beside(loaded.case, person, agency, access, now)
        return msgspec.structs.replace(sight, emergency_until=until)
    return sight


def refused(hub: Hub, loaded: Loaded, person: Person, agency: Agency, what: str) -> SafeguardingError:
    """What to raise, once the refused look is on record: the contact for who meets a seal, else there is no case.

    Raises: NotRecorded.
    """
    seal = judge_seal_met(loaded.case, person, agency, hub.now_in(loaded.case))
    hub.level(loaded)
    refuse_look(hub, person, agency, loaded.case.id, what, sealed=seal is not None)
    return CaseSealed(seal.contact, seal.telephone) if seal is not None else NotFound()


def load(hub: Hub, who: str, case_id: UUID, what: str) -> Loaded:
    """The case as it stands, for a person whose access is still to be judged.

    Raises:
        RecordUnreadable: where it cannot be read, for those who had it on a list; for others NotFound, as if there
            were none (design §3.9), with the look on record.
    """
    try:
        return hub.case(case_id)
    except RecordUnreadable:
        person, agency = hub.person(who)
        if case_id in candidates(hub, person, agency, (LEAD, agency.id)):
            raise
        refuse_look(hub, person, agency, case_id, what)
        raise NotFound from None


def candidates(hub: Hub, person: Person, agency: Agency, *more: tuple[str, str]) -> set[UUID]:
    """The cases that the rows propose for this person's lists; each is to be judged before it is shown."""
    roles = person.roles(hub.now())
    wanted = list(more)
    if roles & CASE_ROLES:
        wanted.append((CASELOAD, person.id))
    if roles & MANAGERS:
        wanted.append((LEAD, agency.id) if agency.lead else (AGENCY, agency.id))
    if Role.REVIEWER in roles:
        wanted.append((REVIEWER, person.id))
    return {UUID(row.case) for table, key in wanted for row in hub.rows.find(table, hub.blind.key(table, key))}


def refuse_look(
    hub: Hub, person: Person, agency: Agency, case_id: UUID, what: str, *, sealed: bool = False
) -> None:
    mark = stamp(person, agency, hub.now(), f"look:{what}")
    event = LookRefused(what=what, case=str(case_id), sealed=sealed, **mark)
    put_on_record(hub, agency_stream(agency.id), event)


def stamp(person: Person, agency: Agency, at: datetime, command: str) -> dict[str, Any]:
    """Who and when, for events that are not acts in a case; the role is the first one held."""
    roles = sorted(person.roles(at))
    role = Role.PRACTITIONER if Role.PRACTITIONER in roles or not roles else roles[0]
    return {"by": Actor(person.id, role, agency.id), "recorded": at, "command": command}


def put_on_record(hub: Hub, stream: Stream, event: Event) -> int:
    """At which version of the stream the event stands now.

    Raises: NotRecorded: when the store does not take it; then nothing may be shown.
    """
    try:
        return hub.append_beside(stream, event)
    except Exception as error:
        raise NotRecorded from error


def disclose(sight: Sight, what: str, cells: tuple[Cell, ...], reason: str = "") -> None:
    """Put on record what is about to be shown, before any of it leaves (design §3.9).

    Raises:
        NotRecorded
    """
    event = CaseShown(
        what=what,
        items=shown_items(cells),
        edition=sight.edition.edition,
        as_at=sight.at if sight.looking_back else None,
        reason=reason,
        **stamp(sight.person, sight.agency, sight.now, f"look:{what}"),
    )
    put_on_record(sight.hub, disclosures_stream(sight.case.id), event)


def shown_items(cells: tuple[Cell, ...]) -> tuple[ShownItem, ...]:
    return tuple(ShownItem(cell.item, cell.version, cell.showing, cell.rule) for cell in cells)


def look(hub: Hub, who: str, case_id: UUID, what: str, as_at: datetime | None = None, reason: str = "") -> CaseView:
    """The case as this person may see it, with the look on record.

    Raises:
        NotFound, NotRecorded
    """
    sight = approach(hub, who, case_id, what, as_at)
    cells = sight.cells()
    disclose(sight, what, cells, reason)
    return view_of(sight, cells)
