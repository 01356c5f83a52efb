"""Bring the read models up to the newest event, in batches, each with its position in one transaction."""

from collections.abc import Callable
from contextlib import suppress
from itertools import groupby
from uuid import UUID

from application.hub import Hub, kept_at
from application.ledger import Stream, case_stream, disclosures_stream, owner_of_case
from application.ports import KeyDestroyed, Row, Snapshot
from application.projections.rows import made_of, rows_of
from domain.case import Case
from domain.errors import RecordUnreadable
from policies.editions import edition_in_force

BATCH = 500


def catch_up(hub: Hub, progress: Callable[[int], object] | None = None, batch: int = BATCH) -> int:
    """Take in all events recorded since; the number taken in. Safe beside other workers: a position moves once.

    A case that cannot be read is parked, with the rows it had; the others go on.
    """
    taken = 0
    while True:
        after = hub.rows.position()
        touched = hub.ledger.follow(after, batch)
        if not touched:
            return taken
        cases = {stream for _, stream, _, owner in touched if owner == owner_of_case(stream)}
        of_nobody = {stream for _, stream, _, owner in touched if not owner}
        if of_nobody:
            cases |= of_nobody.intersection(hub.ledger.cases())
        rows, made, parked, due = _rows_of(hub, cases, after)
        _keep_snapshots(hub, touched, due)
        last = touched[-1][0]
        if not hub.rows.replace(rows, after, last, parked, made.keys()):
            continue
        hub.remember_projected(made, after, last)
        taken += len(touched)
        if progress is not None:
            progress(len(touched))
        if len(touched) < batch:
            return taken


def settle(hub: Hub, before: Case, after: Case) -> None:
    """Make one's own act show in the next list; where it changes none of the case's rows, there is nothing to do."""
    if made_of(before) != made_of(after) and rows_now(hub, before) != rows_now(hub, after):
        catch_up(hub)


def rebuild(hub: Hub, progress: Callable[[int], None] | None = None) -> int:
    """Make all rows and snapshots anew from the events; the number of events there are."""
    newest = hub.ledger.recorder.max_notification_id() or 0
    hub.rows.clear()
    rows: dict[UUID, list[Row]] = {}
    parked = []
    for case_id in hub.ledger.cases():
        try:
            hub.keep_snapshots(case_stream(case_id), case_id)
            hub.keep_snapshots(disclosures_stream(case_id), case_id)
            case = hub.case(case_id).case
        except RecordUnreadable:
            parked.append(case_id)
            continue
        if case.version:
            rows[case_id] = rows_now(hub, case)
        if progress is not None:
            progress(case.version)
    hub.rows.replace_all(rows, newest, parked)
    return hub.ledger.count()


def rows_now(hub: Hub, case: Case) -> list[Row]:
    return rows_of(case, edition_in_force(hub.now()), hub.blind) if case.version else []


def _rows_of(
    hub: Hub, touched: set[UUID], position: int
) -> tuple[dict[UUID, list[Row]], dict[UUID, object], list[UUID], list[Snapshot]]:
    """Rows of the cases that may have others; what those of all are made of; which cannot be read; snapshots due."""
    cases, parked, due = hub.cases(sorted(touched))
    edition = edition_in_force(hub.now())
    made: dict[UUID, object] = {case.id: (edition.edition, made_of(case)) for case in cases}
    changed = [case for case in cases if not hub.projected(case.id, made[case.id], position)]
    return {case.id: rows_of(case, edition, hub.blind) for case in changed}, made, parked, due


def _keep_snapshots(hub: Hub, touched: list[tuple[int, UUID, int, str]], due: list[Snapshot]) -> None:
    """Those that came due in reading the cases; and a stream that was past one in memory already gets what it lacks."""
    for case_id, passed in groupby(due, key=lambda one: one.stream):
        with suppress(KeyDestroyed):
            hub.rows.keep_snapshots(owner_of_case(case_id), list(passed))
    kept = {(one.stream, one.version) for one in due}
    lacking = {
        stream: (version, owner)
        for _, stream, version, owner in touched
        if kept_at(version) and owner.startswith("case:") and (stream, version) not in kept
    }
    for stream, (version, owner) in lacking.items():
        case_id = UUID(owner.partition(":")[2])
        if stream in (case_id, disclosures_stream(case_id).id):
            with suppress(RecordUnreadable, KeyDestroyed):
                hub.keep_snapshots(Stream(stream, owner), case_id, version)
