"""Who knew what, when: entitlement joined with disclosures; occurred, recorded, entitled, opened."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from uuid import UUID

import msgspec

from application.access import approach, disclose
from application.corrections import Correction, due_corrections
from application.hub import Hub
from application.sight import Sight
from application.views import Cell, View
from domain.concerns import Concern
from domain.directory import Agency
from domain.disclosures import Opening
from domain.items import CoarseConcern, label_of
from domain.record import Version
from domain.times import Occurred
from domain.vocabulary import Change, Showing
from policies.editions import edition_in_force
from policies.sealing import named_of
from policies.viewing import SEEN, judge_in_emergency, judge_version


class Knowledge(View, frozen=True, kw_only=True):
    """What one agency could know and did open of one item, all versions taken together.

    `seen` says that the reader may see the item now, and so may look it up; of a concern its `headline` is shown then,
    and whether it was `corrected`. Who `recorded_itself` knew it without opening it. What was opened in part after it
    was opened in full told its readers nothing new.
    """

    item: str
    label: str
    agency: str
    recorded_by: str
    occurred: Occurred | None
    recorded: datetime
    entitled_coarse: datetime | None = None
    entitled_full: datetime | None = None
    opened_coarse: datetime | None = None
    opened_full: datetime | None = None
    opened_by: tuple[str, ...] = ()
    seen: bool = False
    headline: str = ""
    corrected: bool = False
    recorded_itself: bool = False


class WhoKnewView(View, frozen=True, kw_only=True):
    """Rows by item and agency; `scope` says whose knowledge this reader may look at (design §3.8)."""

    rows: tuple[Knowledge, ...]
    agencies: tuple[str, ...]
    scope: str

    def of(self, item: str, agency: str) -> Knowledge | None:
        return next((row for row in self.rows if row.item == item and row.agency == agency), None)


def who_knew(hub: Hub, who: str, case: UUID, as_at: datetime | None = None) -> WhoKnewView:
    """For the lead and a review every agency; for others their own agency's rows of what they may still see.

    Raises:
        NotFound, NotRecorded
    """
    sight = approach(hub, who, case, "who knew what", as_at)
    cells = sight.cells()
    everyone = sight.agency.lead or sight.reviewing
    agencies = _agencies(sight) if everyone else (sight.agency,)
    rows = [row for cell in cells for agency in agencies if (row := _knowledge(sight, cell, agency)) is not None]
    named = {row.item for row in rows if row.headline}
    disclose(sight, "who knew what", tuple(_in_part(cell) for cell in cells if cell.item in named))
    scope = "every agency" if everyone else "your agency"
    return WhoKnewView(rows=tuple(rows), agencies=tuple(agency.id for agency in agencies), scope=scope)


def _in_part(cell: Cell) -> Cell:
    """As it goes on record: the headline of a concern is its coarse form, whatever else its reader may see."""
    return msgspec.structs.replace(cell, showing=Showing.COARSE)


def _agencies(sight: Sight) -> tuple[Agency, ...]:
    scope = sight.access.review
    within = scope.agencies if scope else tuple(sight.directory.agencies)
    involved = {
        *(way.made.by.agency for way in sight.then.access.ways_in),
        *sight.then.team.members.values(),
        *(decision.made.recipient for decision in sight.then.sharing.decisions.values()),
    }
    return tuple(sight.directory.agencies[name] for name in within if name in involved)


def _knowledge(sight: Sight, cell: Cell, agency: Agency) -> Knowledge | None:
    """One agency's row of an item; who recorded it and when it occurred only as the reader's own cell says."""
    item = cell.item
    versions = _told_of(sight, item)
    if not versions:
        return None
    first = versions[0]
    entitled = [_entitled(sight, version, agency) for version in versions]
    numbers = {version.number for version in versions}
    opened = [o for o in sight.disclosures.of(agency.id, item) if o.at <= sight.at and o.version in numbers]
    if not any(any(moments.values()) for moments in entitled) and not opened:
        return None
    in_part, in_full = (
        _first(o.at for o in opened if o.showing is showing) for showing in (Showing.COARSE, Showing.FULL)
    )
    concern = cell.content if isinstance(cell.content, Concern | CoarseConcern) else None
    return Knowledge(
        item=item,
        label=label_of(item),
        agency=agency.id,
        recorded_by=first.by.agency if sight.sees_all_versions else cell.recorded_by,
        occurred=_occurred(first) if sight.sees_all_versions else cell.occurred,
        recorded=first.recorded,
        entitled_coarse=_first(moments[Showing.COARSE] for moments in entitled),
        entitled_full=_first(moments[Showing.FULL] for moments in entitled),
        opened_coarse=in_part if in_part and (in_full is None or in_part < in_full) else None,
        opened_full=in_full,
        opened_by=tuple(dict.fromkeys(_name(sight, o) for o in opened)),
        seen=cell.showing in SEEN,
        headline=concern.headline if concern else "",
        corrected=cell.change is Change.CORRECTED,
        recorded_itself=first.by.agency == agency.id,
    )


def _told_of(sight: Sight, item: str) -> list[Version]:
    """The versions of which this reader gets anything, their own agency's naming among them; no other is counted."""
    versions = (v for v in sight.then.items[item] if not v.private or v.by.agency == sight.agency.id)
    return [version for version in versions if sight.judge(version).showing is not None]


def _occurred(version: Version) -> Occurred | None:
    return version.content.occurred if isinstance(version.content, Concern) else None


def _entitled(sight: Sight, version: Version, agency: Agency) -> dict[Showing, datetime | None]:
    """When the agency first could see the version, coarse and full; title changes only when something is recorded.

    While a seal names none of its people an agency sees nothing; who came in an emergency saw what that shows.
    """
    case, directory = sight.then, sight.directory
    moments = {version.recorded} | {
        decision.made.recorded
        for decision in sight.then.sharing.decisions.values()
        if decision.made.recipient == agency.id and decision.made.recorded >= version.recorded
    }
    moments |= {seal.ended for seal in case.access.seals if seal.ended and seal.ended >= version.recorded}
    first: dict[Showing, datetime | None] = {Showing.COARSE: None, Showing.FULL: None}
    for at in sorted(moments):
        if not named_of(case, agency.id, directory, at):
            continue
        judged = judge_version(edition_in_force(at), case, version, agency, at, sight.disclosures)
        if judged.showing in first and not judged.retained and first[judged.showing] is None:
            first[judged.showing] = at
    for at, showing in _in_emergencies(sight, version, agency):
        before = first[showing]
        first[showing] = at if before is None else min(before, at)
    return first


def _in_emergencies(sight: Sight, version: Version, agency: Agency) -> Iterator[tuple[datetime, Showing]]:
    """Each time somebody of the agency came in an emergency and was shown the version."""
    case, lead = sight.then, sight.directory.agencies[sight.then.lead]
    for way in case.access.ways_in:
        made = way.made
        if not way.on_duty and made.by.agency == agency.id:
            at = max(made.recorded, version.recorded)
            judged = judge_in_emergency(edition_in_force(at), case, version, lead, at, sight.disclosures)
            if at < made.until and judged.showing is not None:
                yield at, judged.showing


def _first(moments: Iterable[datetime | None]) -> datetime | None:
    return min((moment for moment in moments if moment is not None), default=None)


def _name(sight: Sight, opening: Opening) -> str:
    """Who opened it; what another agency's person handed over in an export is said so."""
    person = sight.directory.people.get(opening.person)
    name = person.name if person else opening.person
    handed_over = person is not None and person.agency != opening.agency
    return f"handed over by {name}" if handed_over else name


def corrections(hub: Hub, who: str, case: UUID, as_at: datetime | None = None) -> tuple[Correction, ...]:
    """For the lead and a review: who had seen what was put right, each told or still to be told (design §3.5).

    Raises:
        NotFound: also for whom it is not; NotRecorded
    """
    sight = approach(hub, who, case, "corrections", as_at)
    disclose(sight, "corrections", ())
    return due_corrections(sight)
