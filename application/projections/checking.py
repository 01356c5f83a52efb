"""Compares what was derived with what the record comes to, folded from its start; mends nothing."""

from collections.abc import Generator, Iterator, Mapping
from contextlib import suppress
from functools import partial
from uuid import UUID

from application import snapshots
from application.hub import Hub
from application.ledger import Stream, case_stream, disclosures_stream
from application.ports import KeyDestroyed, Snapshot
from application.projections.catch_up import rows_now
from application.snapshots import SnapshotOutdated
from domain import disclosures as shown
from domain.case import Case, fold
from domain.details import LocatorRecorded
from domain.disclosures import NOTHING_SHOWN
from domain.errors import RecordUnreadable
from domain.record import Event

AT_ONCE = 5_000


def every_row(hub: Hub, after: int = 0) -> Iterator[tuple[int, UUID, int, bytes]]:
    """(number, stream, version, first bytes of the state) of the record behind a number, in order, a part at a time."""
    while part := hub.ledger.rows.touched(after, AT_ONCE):
        yield from part
        after = part[-1][0]


def faulty_entries(hub: Hub, owners: Mapping[UUID, str]) -> Iterator[str]:
    """Where an entry beside the cases does not open in its place, whether or not a signed head covers it already.

    Those of cases are opened when what was derived from them is compared. `owners` tells whose every stream is.
    """
    for stream, owner in owners.items():
        if owner != case_stream(stream).owner:
            try:
                hub.ledger.read(Stream(stream, owner))
            except KeyDestroyed:
                continue
            except RecordUnreadable:
                yield from _unopened(hub, Stream(stream, owner))


def _unopened(hub: Hub, stream: Stream) -> Iterator[str]:
    """The entries of a stream that do not open or are missing, one by one."""
    for version in range(1, hub.ledger.version_of(stream.id) + 1):
        try:
            if not hub.ledger.read(stream, version - 1, version):
                yield f"version {version} of stream {stream.id} is missing"
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


def faulty_derived(hub: Hub) -> Iterator[str]:
    """Where rows or snapshots are not those a rebuild would make; each case is folded once, past its snapshots.

    The rows of cases with newer entries are about to be made again anyway.
    """
    newest, position = hub.ledger.recorder.max_notification_id() or 0, hub.rows.position()
    if not 0 <= position <= newest:
        yield f"the read models say they reach {position}, the record ends at {newest}: run `hub rebuild`"
    touched = {stream for _, stream, _, _ in every_row(hub, max(0, min(position, newest)))}
    readable, unreadable = set(), set()
    kept = _Kept(hub.rows.all_snapshots())
    for stream, case_id in _streams_of_cases(hub):
        yield from kept.strange_before(stream)
        if stream != case_id:
            yield from _faulty_shown(hub, case_id, kept)
            continue
        try:
            events = hub.case_events(case_id)
        except RecordUnreadable:
            unreadable.add(case_id)
            kept.pass_over(case_id)
            yield f"case {case_id} does not open"
            yield from _unopened(hub, case_stream(case_id))
            continue
        yield from _locators(hub, case_id, events)
        case = yield from _folded(case_id, events, kept)
        if case.version and case_id not in touched:
            readable.add(case_id)
            if not hub.rows.as_made(case_id, rows_now(hub, case)):
                yield f"the rows of case {case_id} are not as the record makes them: run `hub rebuild`"
    yield from kept.strange_before(None)
    beside = touched | unreadable
    for what in hub.rows.of_no_case(readable | beside):
        yield f"{what} are not as the record makes them: run `hub rebuild`"
    for case_id in sorted(hub.rows.parked() - beside):
        yield f"case {case_id} is marked as unreadable, and it is not: run `hub rebuild`"


def _streams_of_cases(hub: Hub) -> list[tuple[UUID, UUID]]:
    """(stream, case) of every case and of what was shown of it, in the order of the snapshots."""
    cases = list(hub.ledger.cases())
    return sorted([(case, case) for case in cases] + [(disclosures_stream(case).id, case) for case in cases])


class _Kept:
    """All snapshots in the order of their streams, each opened when it is its turn."""

    def __init__(self, every: Iterator[tuple[UUID, int, Snapshot | None]]) -> None:
        self._every = every
        self._next = next(every, None)

    def of(self, stream: UUID) -> Iterator[tuple[int, Snapshot | None]]:
        while self._next is not None and self._next[0] == stream:
            yield self._next[1:]
            self._next = next(self._every, None)

    def any_of(self, stream: UUID) -> bool:
        return self._next is not None and self._next[0] == stream

    def pass_over(self, stream: UUID) -> None:
        for _ in self.of(stream):
            pass

    def strange_before(self, stream: UUID | None) -> Iterator[str]:
        """Those that are of no case's stream."""
        while self._next is not None and (stream is None or self._next[0] < stream):
            yield _shut(self._next[0], self._next[1])
            self._next = next(self._every, None)


def _shut(stream: UUID, version: int) -> str:
    return f"the snapshot of {stream} at {version} does not open where it stands: run `hub rebuild`"


def _other(stream: UUID, version: int) -> str:
    return f"the snapshot of {stream} at {version} is not what the record comes to: run `hub rebuild`"


def _folded(case_id: UUID, events: list[Event], kept: _Kept) -> Generator[str, None, Case]:
    """The case after all of its events, having told of the snapshots that are not what it was on the way."""
    case = fold(case_id, ())
    for version, snapshot in kept.of(case_id):
        if snapshot is None:
            yield _shut(case_id, version)
            continue
        case = fold(case_id, events[case.version : version], case)
        if case.version != version or not _comes_to(snapshot, case):
            yield _other(case_id, version)
    return fold(case_id, events[case.version :], case)


def _comes_to(snapshot: Snapshot, case: Case) -> bool:
    """Whether a snapshot, with what lies beside it, is this case."""
    try:
        found, _ = snapshots.case_in(snapshot.state, partial(snapshots.earlier_in, snapshot.earlier))
    except SnapshotOutdated:  # left by another version of the hub, and not used
        return True
    try:
        return found == case
    except SnapshotOutdated:  # what lies beside it is missing, or belongs to another
        return False


def _faulty_shown(hub: Hub, case_id: UUID, kept: _Kept) -> Iterator[str]:
    stream = disclosures_stream(case_id)
    if not kept.any_of(stream.id):
        return
    try:
        events = hub.ledger.read(stream)
    except RecordUnreadable:
        kept.pass_over(stream.id)
        yield from _unopened(hub, stream)
        return
    seen = NOTHING_SHOWN
    for version, snapshot in kept.of(stream.id):
        if snapshot is None:
            yield _shut(stream.id, version)
            continue
        seen = shown.fold(events[seen.version : version], seen)
        with suppress(SnapshotOutdated):
            if seen.version != version or snapshots.shown_in(snapshot.state) != seen:
                yield _other(stream.id, version)
