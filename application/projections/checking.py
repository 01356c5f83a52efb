"""Compares what was derived with what the record comes to, folded from its start; mends nothing."""

from collections.abc import Iterator
from uuid import UUID

from application import snapshots
from application.hub import Hub
from application.ledger import Stream, case_stream, disclosures_stream
from application.ports import KeyDestroyed, Row
from application.projections.catch_up import rows_now
from domain import disclosures as shown
from domain.case import fold
from domain.details import LocatorRecorded
from domain.errors import RecordUnreadable
from domain.record import Event

MANY = 1_000_000_000
AT_ONCE = 5_000


def every_row(hub: Hub) -> Iterator[tuple[int, UUID, int, str]]:
    """(number, stream, version, whose key seals it) of the whole record, in order, a part at a time."""
    after = 0
    while part := hub.ledger.follow(after, AT_ONCE):
        yield from part
        after = part[-1][0]


def faulty_entries(hub: Hub) -> Iterator[str]:
    """Where an entry beside the cases does not open in its place, whether or not a signed head covers it already.

    Those of cases are opened when their rows are compared.
    """
    owners = {stream: owner for _, stream, _, owner in every_row(hub)}
    for stream, owner in owners.items():
        if owner != case_stream(stream).owner:
            try:
                hub.ledger.read(Stream(stream, owner))
            except KeyDestroyed:
                continue
            except RecordUnreadable:
                yield from _unopened(hub, Stream(stream, owner))


def _unopened(hub: Hub, stream: Stream) -> Iterator[str]:
    """The entries of a stream that do not open, one by one."""
    for version in range(1, hub.ledger.version_of(stream.id) + 1):
        try:
            hub.ledger.read(stream, version - 1, version)
        except RecordUnreadable:
            row = hub.ledger.rows.sealed_row(stream.id, version)
            number = row[0] if row else "?"
            yield f"row {number}: version {version} of stream {stream.id} does not open where it stands"


def _locators(hub: Hub, case_id: UUID, events: list[Event]) -> Iterator[str]:
    for position, event in enumerate(events, start=1):
        if isinstance(event, LocatorRecorded):
            try:
                hub.locator(case_id, position)
            except (RecordUnreadable, KeyDestroyed):
                row = hub.ledger.rows.sealed_row(case_id, position)
                number = row[0] if row else "?"
                yield f"row {number}: the locator in it does not open"


def faulty_rows(hub: Hub) -> Iterator[str]:
    """Where the rows are not those a rebuild would make; cases with newer entries are about to be taken in anyway."""
    newest, position = hub.ledger.recorder.max_notification_id() or 0, hub.rows.position()
    if not 0 <= position <= newest:
        yield f"the read models say they reach {position}, the record ends at {newest}: run `hub rebuild`"
    touched = {stream for _, stream, _, _ in hub.ledger.follow(max(0, min(position, newest)), MANY)}
    expected: dict[UUID, list[Row]] = {}
    unreadable = set()
    for case_id in hub.ledger.cases():
        try:
            events = hub.case_events(case_id)
        except RecordUnreadable:
            unreadable.add(case_id)
            yield f"case {case_id} does not open"
            yield from _unopened(hub, case_stream(case_id))
            continue
        yield from _locators(hub, case_id, events)
        case = fold(case_id, events)
        if case.version and case_id not in touched:
            expected[case_id] = rows_now(hub, case)
    beside = touched | unreadable
    for what in hub.rows.differing(expected, beside):
        yield f"{what} are not as the record makes them: run `hub rebuild`"
    for case_id in sorted(hub.rows.parked() - beside):
        yield f"case {case_id} is marked as unreadable, and it is not: run `hub rebuild`"


def faulty_snapshots(hub: Hub) -> Iterator[str]:
    """Where a snapshot does not open, or holds other than what folding to its version comes to."""
    kinds: dict[UUID, tuple[UUID, bool]] = {}
    for case_id in hub.ledger.cases():
        kinds[case_id] = (case_id, True)
        kinds[disclosures_stream(case_id).id] = (case_id, False)
    for stream, version, snapshot in hub.rows.all_snapshots():
        named = f"the snapshot of {stream} at {version}"
        if snapshot is None or stream not in kinds:
            yield f"{named} does not open where it stands: run `hub rebuild`"
        elif not _as_folded(hub, *kinds[stream], version, snapshot.state):
            yield f"{named} is not what the record comes to: run `hub rebuild`"


def _as_folded(hub: Hub, case_id: UUID, of_case: bool, version: int, state: bytes) -> bool:
    try:
        if of_case:
            events = hub.ledger.read(case_stream(case_id), until=version)
            return fold(case_id, events) == snapshots.case_in(state)[0]
        return shown.fold(hub.ledger.read(disclosures_stream(case_id), until=version)) == snapshots.shown_in(state)
    except snapshots.SnapshotOutdated:
        return True  # left by another version of the hub, and not used
