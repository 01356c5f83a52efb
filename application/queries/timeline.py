"""The timeline: what the reader may see in the order in which it occurred, or in which it was recorded."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from application.access import approach, disclose, view_of
from application.hub import Hub
from application.queries.history import versions_of
from application.sight import Sight
from application.views import CaseView, Cell, View
from domain.times import Occurred

Order = Literal["occurred", "recorded"]


class TimelineEntry(View, frozen=True, kw_only=True):
    """One thing on the line; `cell` is set where the entry is a version of an item."""

    at: datetime
    occurred: Occurred | None
    what: str
    text: str
    by: str
    by_person: str
    cell: Cell | None = None


class TimelineView(View, frozen=True, kw_only=True):
    order: Order
    entries: tuple[TimelineEntry, ...]


def case_timeline(
    hub: Hub, who: str, case: UUID, as_at: datetime | None = None, order: Order = "occurred"
) -> tuple[CaseView, TimelineView]:
    """Everything of the case in order, as recorded by `as_at`.

    What did not occur at a time of its own stands where it was recorded.

    Raises:
        NotFound, NotRecorded
    """
    sight = approach(hub, who, case, "timeline", as_at)
    versions, cells = seen_versions(sight), sight.cells()
    listed = {(cell.item, cell.version) for cell in versions}
    others = tuple(cell for cell in cells if (cell.item, cell.version) not in listed)
    disclose(sight, "timeline", (*versions, *others))
    view = view_of(sight, cells)
    return view, timeline_in(view, sight.for_face(versions), order)


def seen_versions(sight: Sight) -> tuple[Cell, ...]:
    """Every version of every item that the reader may see."""
    return tuple(cell for item in sight.then.items for cell in versions_of(sight, item))


def timeline_in(view: CaseView, cells: tuple[Cell, ...], order: Order) -> TimelineView:
    """The line laid out from a view and its versions, judged already."""
    entries = [*(_of_cell(cell, cell.recorded) for cell in cells if cell.recorded), *_of_threads(view)]
    return TimelineView(order=order, entries=tuple(sorted(entries, key=lambda e: _key(e, order))))


def _key(entry: TimelineEntry, order: Order) -> tuple[str, str]:
    recorded = entry.at.isoformat()
    happened = entry.occurred.start if entry.occurred and entry.occurred.start else recorded[:19]
    return (happened, recorded) if order == "occurred" else (recorded, "")


def _of_cell(cell: Cell, recorded: datetime) -> TimelineEntry:
    return TimelineEntry(
        at=recorded,
        occurred=cell.occurred,
        what=str(cell.change),
        text=cell.label,
        by=cell.recorded_by,
        by_person=cell.recorded_by_person,
        cell=cell,
    )


def _of_threads(view: CaseView) -> list[TimelineEntry]:
    entries = []
    for request in view.requests:
        entries.append(_entry(request.made, "asked", request.wanted, request.by, request.by_person))
    for decision in view.decisions:
        did = {"share": "shared", "share_in_part": "shared in part", "refuse": "refused to share"}[decision.outcome]
        text = decision.reason or decision.purpose
        entries.append(_entry(decision.made, did, text, decision.by, decision.by_person))
        if decision.withdrawn is not None:
            entries.append(_entry(decision.withdrawn, "share withdrawn", decision.withdrawn_reason, decision.by, ""))
    for referral in view.referrals:
        entries.append(_entry(referral.made, "referred", referral.summary, referral.by, referral.by_person))
        if referral.acknowledged is not None:
            entries.append(
                _entry(
                    referral.acknowledged,
                    "referral acknowledged",
                    referral.decision,
                    referral.to,
                    referral.acknowledged_by,
                )
            )
        if referral.concluded is not None:
            entries.append(_entry(referral.concluded, "referral concluded", referral.outcome, referral.to, ""))
    for given in view.justifications:
        entries.append(_entry(given.given, "justification given", given.purpose, given.by, given.by_person))
    for consent in view.consents:
        entries.append(
            _entry(consent.recorded, f"consent {consent.decision}", consent.about, consent.by, consent.by_person)
        )
        if consent.withdrawn is not None:
            entries.append(_entry(consent.withdrawn, "consent withdrawn", consent.withdrawn_reason, consent.by, ""))
    return entries


def _entry(at: datetime, what: str, text: str, by: str, person: str) -> TimelineEntry:
    return TimelineEntry(at=at, occurred=None, what=what, text=text, by=by, by_person=person)
