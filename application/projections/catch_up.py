"""Bring the read models up to the newest event, in batches, each with its position in one transaction."""

from collections.abc import Callable
from uuid import UUID

from application.hub import Hub
from application.ports import Row
from application.projections.rows import rows_of
from policies.editions import edition_in_force

BATCH = 500


def catch_up(hub: Hub, progress: Callable[[int], None] | None = None, batch: int = BATCH) -> int:
    """Take in all events recorded since; the number taken in. Safe beside other workers: a position moves once."""
    taken = 0
    while True:
        after = hub.rows.position()
        notifications = hub.ledger.follow(after, batch)
        if not notifications:
            return taken
        cases = {stream for _, stream, of_case in notifications if of_case}
        moved = hub.rows.replace({case: _rows(hub, case) for case in sorted(cases)}, after, notifications[-1][0])
        if not moved:
            continue
        taken += len(notifications)
        if progress is not None:
            progress(len(notifications))
        if len(notifications) < batch:
            return taken


def rebuild(hub: Hub, progress: Callable[[int], None] | None = None, batch: int = BATCH) -> int:
    """Throw all rows away and make them again from the events; the number of events taken in."""
    hub.rows.clear()
    return catch_up(hub, progress, batch)


def _rows(hub: Hub, case_id: UUID) -> list[Row]:
    return rows_of(hub.case(case_id).case, edition_in_force(hub.now()), hub.blind)
