"""What a hub relies on from its store, whichever it is: SQLite and PostgreSQL keep the same contract."""

from collections.abc import Callable
from dataclasses import replace as replace_settings
from datetime import timedelta
from threading import Barrier, Thread
from types import SimpleNamespace
from typing import Any
from uuid import UUID, uuid4

import pytest
from eventsourcing.persistence import IntegrityError, StoredEvent
from msgspec.structs import asdict, replace
from sqlalchemy import insert

from application.hub import Hub
from application.ledger import TOPIC, case_stream, owner_of_case
from application.ports import KeyDestroyed, Row, SealBroken, Snapshot
from domain.concerns import ConcernRecorded
from domain.errors import ChangedMeanwhile
from interfaces.settings import add_master_key, read_settings, remove_older_master_keys
from interfaces.storage.keyring import KeyRing
from interfaces.storage.keystore import KEYS, MasterKeyChanged, WrappedKey
from tests.builders import MORNING, a_case, a_concern, a_partnership, do
from tests.contracts.conftest import Store

ONE, TWO, THREE = (UUID(int=number << 64) for number in (3, 1, 2))
THREADS = 8


@pytest.fixture
def recorder(store: Store) -> Any:
    return store.hub().ledger.recorder


def an_event(stream: UUID, version: int, state: bytes = b"sealed") -> StoredEvent:
    return StoredEvent(stream, version, TOPIC, state)


def some(stream: UUID, *versions: int) -> list[StoredEvent]:
    return [an_event(stream, version, b"\x00\xff state %d" % version) for version in versions]


def at_once(*doing: Callable[[], Any]) -> list[Any]:
    """Do all of these at the same moment; what each returned or raised."""
    barrier, found = Barrier(len(doing)), [None] * len(doing)

    def started(number: int) -> None:
        barrier.wait()
        try:
            found[number] = doing[number]()
        except Exception as error:
            found[number] = error

    threads = [Thread(target=started, args=(number,)) for number in range(len(doing))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


# ---------------------------------------------------------------- events


def test_what_was_appended_is_read_as_it_was(recorder: Any) -> None:
    """Stream, version, topic and every byte of the state, in the order of the versions."""
    events = some(ONE, 1, 2, 3)
    numbers = recorder.insert_events(events)

    assert events == list(recorder.select_events(ONE))
    assert list(numbers) == sorted(set(numbers))
    assert [] == list(recorder.select_events(TWO))


@pytest.mark.parametrize(
    ("asked", "versions"),
    [
        ({}, [1, 2, 3, 4, 5]),
        ({"gt": 2}, [3, 4, 5]),
        ({"lte": 2}, [1, 2]),
        ({"gt": 1, "lte": 4}, [2, 3, 4]),
        ({"gt": 5}, []),
        ({"desc": True}, [5, 4, 3, 2, 1]),
        ({"desc": True, "limit": 1}, [5]),
        ({"desc": True, "gt": 1, "lte": 3, "limit": 5}, [3, 2]),
        ({"limit": 2}, [1, 2]),
        ({"gt": 3, "limit": 9}, [4, 5]),
    ],
    ids=str,
)
def test_a_part_of_a_stream_is_read(asked: dict[str, Any], versions: list[int], recorder: Any) -> None:
    """Behind a version, up to one, the newest first, so many."""
    recorder.insert_events(some(ONE, 1, 2, 3, 4, 5))

    assert versions == [one.originator_version for one in recorder.select_events(ONE, **asked)]


def test_a_place_that_is_taken_is_refused(recorder: Any) -> None:
    """Of two who append behind the same version the second is told, and what stood stands."""
    recorder.insert_events(some(ONE, 1))
    with pytest.raises(IntegrityError):
        recorder.insert_events([an_event(ONE, 1, b"another")])

    assert some(ONE, 1) == list(recorder.select_events(ONE))


@pytest.mark.parametrize(
    "refused",
    [
        [(ONE, 2), (ONE, 3), (ONE, 1)],
        [(ONE, 2), (TWO, 1), (THREE, 1), (ONE, 1)],
        [(TWO, 1), (TWO, 1)],
        [(ONE, 1), (TWO, 1)],
    ],
    ids=str,
)
def test_events_of_several_streams_are_stored_all_or_none(refused: list[tuple[UUID, int]], recorder: Any) -> None:
    """Where one finds its place taken, none of the others is there either, in no stream."""
    recorder.insert_events(some(ONE, 1))
    with pytest.raises(IntegrityError):
        recorder.insert_events([an_event(*place) for place in refused])

    assert 1 == recorder.count()
    assert some(ONE, 1) == [*recorder.select_events(ONE), *recorder.select_events(TWO), *recorder.select_events(THREE)]


def test_events_of_several_streams_are_stored_together(recorder: Any) -> None:
    """In the order in which they were given, across streams."""
    recorder.insert_events([an_event(ONE, 1), an_event(TWO, 1), an_event(ONE, 2), an_event(THREE, 1)])

    assert [(ONE, 1), (TWO, 1), (ONE, 2), (THREE, 1)] == [
        (UUID(bytes=stream), version) for _, stream, version, _, _ in recorder.sealed_rows(0, 100)
    ]


def test_the_store_keeps_places_and_leaves_their_order_to_the_ledger(recorder: Any) -> None:
    """A version beyond the next is not refused by the store: the ledger only ever appends behind what it has read."""
    recorder.insert_events(some(ONE, 1, 5))

    assert [1, 5] == [one.originator_version for one in recorder.select_events(ONE)]


def test_nothing_appended_is_nothing_stored(recorder: Any) -> None:
    """An act that changes nothing leaves nothing."""
    assert [] == list(recorder.insert_events([]))
    assert 0 == recorder.count()
    assert recorder.max_notification_id() is None


@pytest.mark.parametrize("size", [0, 1, 255, 256, 70_000, 1_200_000])
def test_a_state_of_any_size_comes_back_whole(size: int, recorder: Any) -> None:
    """Short or long, every byte of it."""
    state = bytes(number % 256 for number in range(size))
    recorder.insert_events([an_event(ONE, 1, state)])

    assert state == recorder.select_events(ONE)[0].state
    assert state == recorder.tails([(ONE, 0)])[0].state
    assert state == recorder.sealed_rows(0, 1)[0][4]


def test_tails_of_several_streams_come_in_one_answer(recorder: Any) -> None:
    """By stream and version, whatever the order in which they are asked for; streams without rows are not there."""
    recorder.insert_events([*some(ONE, 1, 2, 3), *some(TWO, 1, 2), *some(THREE, 1)])
    found = recorder.tails([(ONE, 1), (uuid4(), 0), (TWO, 0), (THREE, 1)])

    assert [*some(TWO, 1, 2), *some(ONE, 2, 3)] == found
    assert some(THREE, 1) == recorder.tails([(THREE, 0)])
    assert [] == recorder.tails([(ONE, 3), (TWO, 2)])


def test_the_record_is_followed_by_number(recorder: Any) -> None:
    """Each row once, in the order of the numbers, in portions of any size; the first bytes are those of the state."""
    recorder.insert_events(some(ONE, 1, 2))
    recorder.insert_events([an_event(TWO, 1, bytes(range(40)))])
    recorder.insert_events(some(ONE, 3))
    rows = recorder.sealed_rows(0, 100)
    numbers = [row[0] for row in rows]
    portions = [row for after in (0, *numbers) for row in recorder.sealed_rows(after, 1)]

    assert [(ONE, 1), (ONE, 2), (TWO, 1), (ONE, 3)] == [(UUID(bytes=row[1]), row[2]) for row in rows]
    assert {TOPIC} == {row[3] for row in rows}
    assert numbers == sorted(set(numbers))
    assert rows == portions
    assert [(n, UUID(bytes=s), v, state[:17]) for n, s, v, _, state in rows] == recorder.touched(0, 100)
    assert bytes(range(17)) == recorder.touched(numbers[1], 1)[0][3]
    assert numbers[-1] == recorder.max_notification_id()
    assert [] == recorder.sealed_rows(numbers[-1], 100)
    assert [] == recorder.touched(numbers[-1], 100)


def test_one_row_is_found_by_its_place(recorder: Any) -> None:
    """As the proof log hashes it; None where there is none."""
    recorder.insert_events(some(ONE, 1, 2))
    second = recorder.sealed_rows(0, 100)[1]

    assert second == recorder.sealed_row(ONE, 2)
    assert (ONE.bytes, 2, TOPIC) == second[1:4]
    assert recorder.sealed_row(ONE, 3) is None
    assert recorder.sealed_row(TWO, 1) is None


def test_rows_are_counted(recorder: Any) -> None:
    """A refused append counts for nothing."""
    recorder.insert_events(some(ONE, 1, 2))
    with pytest.raises(IntegrityError):
        recorder.insert_events(some(ONE, 2, 3))
    recorder.insert_events(some(TWO, 1))

    assert 3 == recorder.count()


def test_of_eight_at_once_exactly_one_has_each_place(recorder: Any) -> None:
    """No place is taken twice, no place is lost, and everybody is told which it was."""
    won = []
    for version in range(1, 26):
        found = at_once(*(
            lambda version=version, number=number: recorder.insert_events([an_event(ONE, version, b"%d" % number)])
            for number in range(THREADS)
        ))  # fmt: skip
        kept = [number for number, one in enumerate(found) if not isinstance(one, Exception)]
        won += kept

        assert 1 == len(kept)
        assert {IntegrityError} == {type(one) for one in found if isinstance(one, Exception)}

    stored = list(recorder.select_events(ONE))

    assert [b"%d" % number for number in won] == [one.state for one in stored]
    assert list(range(1, 26)) == [one.originator_version for one in stored]


def test_who_follows_while_eight_write_misses_nothing(store: Store) -> None:
    """Rows become visible in the order of their numbers: what a reader has passed never gets a row before it."""
    writing, reading = store.hub().ledger.recorder, store.hub().ledger.recorder
    streams = [UUID(int=number) for number in range(1, THREADS + 1)]
    seen: list[int] = []

    def write(stream: UUID) -> None:
        for version in range(1, 41):
            writing.insert_events([an_event(stream, 2 * version - 1), an_event(stream, 2 * version)])

    threads = [Thread(target=write, args=(stream,)) for stream in streams]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        seen += [row[0] for row in reading.sealed_rows(seen[-1] if seen else 0, 7)]  # type: ignore[attr-defined]
    for thread in threads:
        thread.join()
    while portion := reading.sealed_rows(seen[-1] if seen else 0, 100):  # type: ignore[attr-defined]
        seen += [row[0] for row in portion]

    assert THREADS * 80 == len(seen)
    assert [row[0] for row in reading.sealed_rows(0, 10_000)] == seen  # type: ignore[attr-defined]


def test_what_one_process_stored_another_reads_at_once(store: Store) -> None:
    """An acknowledged append is there for everybody."""
    first, second = store.hub().ledger.recorder, store.hub().ledger.recorder
    for version in range(1, 11):
        first.insert_events([an_event(ONE, version)])

        assert version == second.select_events(ONE, desc=True, limit=1)[0].originator_version


# ---------------------------------------------------------------- the ledger and acts on it


def test_two_hubs_on_one_store_never_lose_an_entry(store: Store) -> None:
    """Each lost race is loaded, judged and decided again: all entries are there, each once."""
    first = a_partnership(store.hub())
    second = store.hub()
    case = a_case(first)
    for number in range(8):
        found = at_once(
            lambda number=number: a_concern(first, case, f"A{number}"),
            lambda number=number: a_concern(second, case, f"B{number}"),
        )

        assert [f"concern:A{number}", f"concern:B{number}"] == found

    entries = [one.concern for one in store.hub().case_events(case) if isinstance(one, ConcernRecorded)]

    assert sorted(f"{side}{number}" for side in "AB" for number in range(8)) == sorted(entries)


def test_who_appends_behind_what_has_grown_is_told(store: Store) -> None:
    """The ledger's own word for it, and nothing is stored."""
    hub = a_partnership(store.hub())
    case = a_case(hub)
    loaded = hub.case(case)
    a_concern(hub, case)
    before = hub.ledger.count()
    with pytest.raises(ChangedMeanwhile):
        hub.record(loaded, hub.case_events(case)[-1:])

    assert before == hub.ledger.count()


# ---------------------------------------------------------------- read models


def test_two_cases_take_events_together_or_not_at_all(store: Store) -> None:
    """Where somebody came first in one of them, neither has any of it (design §1)."""
    hub = a_partnership(store.hub())
    first, second = a_case(hub), a_case(hub, name="Jonah Pike", born="2010-11-20")
    before = hub.case(second)
    a_concern(hub, second)
    last = hub.case_events(first)[-1:]
    lengths = [[hub.case(one).case.version for one in (first, second)]]
    with pytest.raises(ChangedMeanwhile):
        hub.record_together([(hub.case(first), last), (before, last)])
    lengths.append([len(hub.case_events(one)) for one in (first, second)])
    hub.record_together([(hub.case(first), last), (hub.case(second), last)])
    lengths.append([len(store.hub().case_events(one)) for one in (first, second)])

    assert lengths[0] == lengths[1]
    assert [length + 1 for length in lengths[0]] == lengths[2]
    assert lengths[2] == [hub.case(one).case.version for one in (first, second)]


CASES = [UUID(int=number) for number in range(1, 6)]


@pytest.fixture
def hub(store: Store) -> Hub:
    return store.hub()


def rows_for(hub: Hub, case: UUID, *found_by: str) -> list[Row]:
    return sorted(Row("caseload", hub.blind.key("caseload", name), str(case)) for name in found_by)


def test_rows_are_found_by_what_they_are_kept_under(hub: Hub) -> None:
    """In order, of the table asked for, and of no other."""
    given = {case: rows_for(hub, case, "ann", f"of-{case.int}") for case in CASES}
    moved = hub.rows.replace(given, 0, 7)
    found = hub.rows.find("caseload", hub.blind.key("caseload", "ann"))

    assert moved
    assert [str(case) for case in CASES] == [row.case for row in found]
    assert given[CASES[2]][:1] == [r for r in given[CASES[2]] if r in hub.rows.find("caseload", given[CASES[2]][0].key)]
    assert [] == hub.rows.find("lead", hub.blind.key("caseload", "ann"))
    assert [] == hub.rows.find("caseload", hub.blind.key("caseload", "nobody"))
    assert 7 == hub.rows.position()
    assert sorted(row for rows in given.values() for row in rows) == hub.rows.everything()


def test_which_of_some_cases_have_a_row_under_one_of_several_keys(hub: Hub) -> None:
    """Only of the table asked for, and only of the cases asked about: of others no row is opened."""
    hub.rows.replace({case: rows_for(hub, case, "ann" if case.int < 4 else "ben") for case in CASES}, 0, 7)
    opened = hub.ledger.seal.open
    seen: list[bytes] = []

    def watched(place: bytes, sealed: bytes) -> bytes:
        seen.append(place)
        return opened(place, sealed)

    hub.rows._seal = SimpleNamespace(open=watched)  # type: ignore[attr-defined]
    keys = {key_of(hub, name) for name in ("ann", "ben", "nobody")}

    assert {CASES[1], CASES[4]} == hub.rows.found_among([CASES[1], CASES[4]], "caseload", keys)
    assert 2 == len(seen)
    assert {CASES[2]} == hub.rows.found_among([CASES[2], CASES[3]], "caseload", {key_of(hub, "ann")})
    assert set() == hub.rows.found_among(CASES, "lead", keys)
    assert set() == hub.rows.found_among([], "caseload", keys)
    assert set() == hub.rows.found_among(CASES, "caseload", ())
    many = {key_of(hub, str(number)) for number in range(700)} | {key_of(hub, "ann")}
    assert set(CASES[:3]) == hub.rows.found_among(CASES, "caseload", many)


def test_a_case_has_the_rows_it_was_given_last(hub: Hub) -> None:
    """The old ones go; other cases keep theirs."""
    hub.rows.replace({case: rows_for(hub, case, "ann") for case in CASES}, 0, 1)
    hub.rows.replace({CASES[0]: rows_for(hub, CASES[0], "ben"), CASES[1]: []}, 1, 2)

    assert [str(case) for case in CASES[2:]] == [r.case for r in hub.rows.find("caseload", key_of(hub, "ann"))]
    assert [str(CASES[0])] == [r.case for r in hub.rows.find("caseload", key_of(hub, "ben"))]


def key_of(hub: Hub, name: str) -> str:
    return hub.blind.key("caseload", name)


@pytest.mark.parametrize("after", [0, 4, 6, 99])
def test_rows_whose_position_moved_meanwhile_are_not_taken(after: int, hub: Hub) -> None:
    """Rows and position move together or not at all."""
    hub.rows.replace({CASES[0]: rows_for(hub, CASES[0], "ann")}, 0, 5)
    stood = hub.rows.everything()
    moved = hub.rows.replace({CASES[0]: [], CASES[1]: rows_for(hub, CASES[1], "ben")}, after, 9, [CASES[2]])

    assert (False, 5, stood, set()) == (moved, hub.rows.position(), hub.rows.everything(), hub.rows.parked())


def test_of_two_workers_at_once_one_moves_the_position(store: Store) -> None:
    """Exactly one, each time; the rows are the winner's."""
    hubs = [store.hub(), store.hub()]
    for after in range(15):
        given = [{CASES[0]: rows_for(hub, CASES[0], f"{after}-{number}")} for number, hub in enumerate(hubs)]
        found = at_once(*(
            lambda hub=hub, rows=rows, after=after: hub.rows.replace(rows, after, after + 1)
            for hub, rows in zip(hubs, given, strict=True)
        ))  # fmt: skip

        assert [False, True] == sorted(found)
        assert given[found.index(True)][CASES[0]] == hubs[0].rows.everything() == hubs[1].rows.everything()
        assert after + 1 == hubs[0].rows.position() == hubs[1].rows.position()


def test_all_rows_can_be_put_in_the_place_of_all_that_stood(hub: Hub) -> None:
    """As a rebuild does; what was marked as unreadable is told anew."""
    hub.rows.replace({case: rows_for(hub, case, "ann") for case in CASES}, 0, 5, [CASES[0]])
    anew = {CASES[1]: rows_for(hub, CASES[1], "ben")}
    hub.rows.replace_all(anew, 3, [CASES[4]])

    assert (anew[CASES[1]], 3, {CASES[4]}) == (hub.rows.everything(), hub.rows.position(), hub.rows.parked())


def test_a_parked_case_keeps_its_rows_until_it_can_be_read_again(hub: Hub) -> None:
    """Others go on beside it; once it is taken in again it is parked no more."""
    hub.rows.replace({case: rows_for(hub, case, "ann") for case in CASES[:2]}, 0, 1)
    hub.rows.replace({CASES[1]: rows_for(hub, CASES[1], "ben")}, 1, 2, [CASES[0]])
    parked, kept = hub.rows.parked(), hub.rows.find("caseload", key_of(hub, "ann"))
    hub.rows.replace({}, 2, 3, [CASES[0]])
    still = hub.rows.parked()
    hub.rows.replace({CASES[0]: rows_for(hub, CASES[0], "cat")}, 3, 4)

    assert ({CASES[0]}, [str(CASES[0])], {CASES[0]}) == (parked, [row.case for row in kept], still)
    assert set() == hub.rows.parked()


def test_a_forgotten_case_leaves_nothing(hub: Hub) -> None:
    """No row, no mark, no snapshot of its streams; those of others stay, and so does the position."""
    hub.rows.replace({case: rows_for(hub, case, "ann") for case in CASES[:2]}, 0, 1, [CASES[0]])
    for case in CASES[:2]:
        hub.rows.keep_snapshots(case_stream(case).owner, [snapshot(case, 100, earlier=b"before")])
    hub.rows.forget(CASES[0], [CASES[0]])

    assert rows_for(hub, CASES[1], "ann") == hub.rows.everything()
    assert (set(), 1) == (hub.rows.parked(), hub.rows.position())
    assert {CASES[1]} == set(hub.rows.newest_snapshots(CASES[:2]))
    assert [b"", b"before"] == [hub.rows.earlier(case, 100) for case in CASES[:2]]
    assert [(CASES[1], 100)] == [kept[:2] for kept in hub.rows.all_snapshots()]


def test_everything_can_be_cleared(hub: Hub) -> None:
    """Then it is as it was before the first event."""
    hub.rows.replace({CASES[0]: rows_for(hub, CASES[0], "ann")}, 0, 5, [CASES[1]])
    hub.rows.keep_snapshots(case_stream(CASES[0]).owner, [snapshot(CASES[0], 100, earlier=b"before")])
    hub.rows.clear()

    assert ([], 0, set()) == (hub.rows.everything(), hub.rows.position(), hub.rows.parked())
    assert ({}, []) == (hub.rows.newest_snapshots(CASES), list(hub.rows.all_snapshots()))


def test_rows_of_a_destroyed_case_are_there_no_more(hub: Hub) -> None:
    """Without its key a row opens for nobody, and stops nobody's list."""
    hub.rows.replace({case: rows_for(hub, case, "ann") for case in CASES[:2]}, 0, 1)
    hub.rows.keep_snapshots(case_stream(CASES[0]).owner, [snapshot(CASES[0], 100, earlier=b"before")])
    hub.ledger.seal.destroy(case_stream(CASES[0]).owner)

    assert [str(CASES[1])] == [row.case for row in hub.rows.find("caseload", key_of(hub, "ann"))]
    assert rows_for(hub, CASES[1], "ann") == hub.rows.everything()
    assert ({}, b"") == (hub.rows.newest_snapshots(CASES), hub.rows.earlier(CASES[0], 100))


def snapshot(stream: UUID, version: int, state: bytes = b"", earlier: bytes = b"") -> Snapshot:
    """The state after so many events, one a minute, and a part of a second."""
    moment = MORNING + timedelta(minutes=version, microseconds=1)
    return Snapshot(stream, version, moment, state or b"after %d" % version, earlier)


def test_the_newest_snapshot_of_each_stream_is_found(hub: Hub) -> None:
    """With the version, the moment to the microsecond and the state it was kept with."""
    for case, versions in ((CASES[0], (100, 300, 200)), (CASES[1], (100,))):
        hub.rows.keep_snapshots(case_stream(case).owner, [snapshot(case, version) for version in versions])
    hub.rows.keep_snapshots(case_stream(CASES[2]).owner, [])

    assert {CASES[0]: snapshot(CASES[0], 300), CASES[1]: snapshot(CASES[1], 100)} == hub.rows.newest_snapshots(CASES)


def test_what_lies_beside_a_snapshot_is_handed_out_alone(hub: Hub) -> None:
    """Of just that stream and version; with the snapshot only when all are checked."""
    first, second = snapshot(CASES[0], 100, earlier=b"before 100"), snapshot(CASES[0], 200)
    hub.rows.keep_snapshots(case_stream(CASES[0]).owner, [first, second])
    again = replace(first, earlier=b"of another")
    hub.rows.keep_snapshots(case_stream(CASES[0]).owner, [again])
    asked = [(CASES[0], 100), (CASES[0], 200), (CASES[1], 100)]

    assert {CASES[0]: second} == hub.rows.newest_snapshots(CASES)
    assert snapshot(CASES[0], 100) == hub.rows.snapshot_at(CASES[0], first.recorded)
    assert [b"before 100", b"", b""] == [hub.rows.earlier(*one) for one in asked]
    assert [(CASES[0], 100, first), (CASES[0], 200, second)] == list(hub.rows.all_snapshots())


def test_the_newest_snapshot_comes_with_what_followed_it_where_they_lie_together(store: Store) -> None:
    """In order, and with what followed a version in other streams; SQLite keeps the two in two files."""
    hub = store.hub()
    recorder, owner = hub.ledger.recorder, case_stream(ONE).owner
    recorder.insert_events([*some(TWO, 1, 2), *some(ONE, 2, 3, 1), *some(THREE, 1)])
    hub.rows.keep_snapshots(owner, [snapshot(ONE, 1), snapshot(ONE, 2)])
    found = [hub.rows.newest_with_tails(stream, [(TWO, 1), (THREE, 1)]) for stream in (ONE, UUID(int=9))]
    followed = [[*some(ONE, 3), *some(TWO, 2)], some(TWO, 2)] if store.kind == "postgresql" else [None, None]

    assert [(snapshot(ONE, 2), followed[0]), (None, followed[1])] == found

    hub.ledger.seal.destroy(owner)

    assert (None, None) == hub.rows.newest_with_tails(ONE, [(TWO, 1)])


@pytest.mark.parametrize(
    ("minutes", "microseconds", "version"),
    [(99, 0, None), (100, 0, None), (100, 1, 100), (100, 2, 100), (250, 0, 200), (300, 1, 300), (9_999, 0, 300)],
)
def test_the_snapshot_nearest_before_a_moment_is_found(
    minutes: int, microseconds: int, version: int | None, hub: Hub
) -> None:
    """Never one that holds what was recorded after it."""
    hub.rows.keep_snapshots(case_stream(ONE).owner, [snapshot(ONE, version) for version in (100, 200, 300)])
    found = hub.rows.snapshot_at(ONE, MORNING + timedelta(minutes=minutes, microseconds=microseconds))

    assert version == (found.version if found else None)
    assert hub.rows.snapshot_at(TWO, MORNING + timedelta(days=9)) is None


def test_a_snapshot_that_is_kept_already_stays(store: Store) -> None:
    """Two workers that come past the same event keep one."""
    first, second = store.hub(), store.hub()
    owner = case_stream(ONE).owner
    first.rows.keep_snapshots(owner, [snapshot(ONE, 100, b"first")])
    second.rows.keep_snapshots(owner, [snapshot(ONE, 100, b"second"), snapshot(ONE, 200, b"next")])

    assert snapshot(ONE, 200, b"next") == second.rows.newest_snapshots([ONE])[ONE]
    assert snapshot(ONE, 100, b"first") == second.rows.snapshot_at(ONE, MORNING + timedelta(minutes=101))


# ---------------------------------------------------------------- keys


def a_key(owner: str, number: int = 1, master: int = 1, key_id: bytes = b"") -> WrappedKey:
    return WrappedKey(key_id or uuid4().bytes, owner, number, master, b"wrapped " + uuid4().bytes)


def test_keys_are_found_by_owner_and_by_id(store: Store) -> None:
    """The newest of an owner is the one with the highest number."""
    keys = store.keystore()
    first, second, other = a_key("case:a"), a_key("case:a", 2), a_key("case:b")
    for key in (second, first, other):
        assert key == keys.add(key)

    assert (second, other, None) == (keys.newest("case:a"), keys.newest("case:b"), keys.newest("case:c"))
    assert (first, None) == (keys.by_id(first.id), keys.by_id(b"\0" * 16))
    assert [first, second, other] == keys.all()
    assert ["case:a", "case:b"] == keys.owners()
    assert (3, 0, {1: 3}) == keys.counts()


def test_of_two_first_keys_of_one_owner_one_is_kept(store: Store) -> None:
    """Both makers go on with that one: no event is sealed under a key that is nowhere."""
    stores = [store.keystore(), store.keystore()]
    for number in range(10):
        made = [a_key(f"case:{number}") for _ in stores]
        found = at_once(*(
            lambda keys=keys, key=key: keys.add(key) for keys, key in zip(stores, made, strict=True)
        ))  # fmt: skip

        assert found[0] == found[1]
        assert found[0] in made
        assert found[0] == stores[0].newest(f"case:{number}") == stores[1].newest(f"case:{number}")


def test_what_rings_seal_at_once_all_of_them_open(store: Store) -> None:
    """Eight processes that seal the first event of one owner at once agree on its key."""
    rings = [store.ring() for _ in range(4)]
    sealed = at_once(*(lambda ring=ring: ring.close("case:a", b"here", b"plain") for ring in rings))

    assert [] == [one for one in sealed if isinstance(one, Exception)]
    assert [[b"plain"] * 4] * 4 == [[ring.open(b"here", one) for one in sealed] for ring in rings]
    assert 1 == len({one[1:17] for one in sealed})


def test_keys_are_wrapped_anew_all_or_none(store: Store) -> None:
    """What is destroyed stays so; where one fails the others keep their old wrapping."""
    keys = store.keystore()
    held, gone = [keys.add(a_key(f"case:{number}")) for number in range(5)], keys.add(a_key("case:gone"))
    keys.destroy("case:gone")
    again = [a_key(key.owner, key.number, 2, key.id) for key in (*held, gone)]
    keys.rewrap(again)

    assert again[:5] == [key for key in keys.all() if key.owner != "case:gone"]
    assert WrappedKey(gone.id, "case:gone", 1, 1, None) == keys.newest("case:gone")
    assert (5, 1, {2: 5}) == keys.counts()

    broken = [a_key(key.owner, key.number, 3, key.id) for key in held]
    broken[4] = WrappedKey(held[4].id, held[4].owner, 1, None, b"")  # type: ignore[arg-type]
    with pytest.raises(Exception, match=r"(?i)null"):
        keys.rewrap(broken)

    assert (5, 1, {2: 5}) == keys.counts()


def test_a_destroyed_owner_has_names_and_no_keys(store: Store) -> None:
    """All of its keys, for every process; nobody makes it a new one."""
    keys, ring, other = store.keystore(), store.ring(), store.ring()
    sealed = ring.close("case:a", b"here", b"plain")
    ring.rotate("case:a")
    ring.destroy("case:a")

    assert [(1, None), (2, None)] == [(key.number, key.wrapped) for key in keys.all()]
    assert [] == keys.owners()
    for doing in (lambda: other.open(b"here", sealed), lambda: other.close("case:a", b"here", b"")):
        with pytest.raises(KeyDestroyed):
            doing()


def test_after_rotation_only_the_new_master_key_opens(store: Store) -> None:
    """On both stores the old one may go then."""
    ring = store.ring()
    sealed = ring.close("case:a", b"here", b"plain")
    old = store.settings.masters
    both = store.ring(old | {2: b"n" * 32})

    assert 1 == both.rotate_master()
    assert b"plain" == store.ring({2: b"n" * 32}).open(b"here", sealed)
    with pytest.raises(SealBroken):
        store.ring(old).open(b"here", sealed)


def test_a_ring_takes_up_the_master_key_that_came_meanwhile(store: Store) -> None:
    """To open, and to wrap what it makes: only once it has opened a key, and nothing is kept under the old one."""
    old, new, fresh = store.settings.masters, {2: b"n" * 32}, store.keystore()
    sealed = store.ring().close("case:a", b"here", b"plain")
    read = [KeyRing(store.settings.store, store.keystore(), old, found.get) for found in (new, new, {2: bytes(32)}, {})]
    store.ring(old | new).rotate_master()
    opening, making, another, none = read

    assert b"plain" == opening.open(b"here", sealed)
    assert b"more" == store.ring(new).open(b"here", making.close("case:b", b"here", b"more"))
    for ring in (another, none):
        with pytest.raises(SealBroken):
            ring.open(b"here", sealed)
        with pytest.raises(MasterKeyChanged, match=r"master-2\.key"):
            ring.close("case:c", b"here", b"")
    assert (2, 0, {2: 2}) == fresh.counts()


def test_no_key_is_kept_under_a_master_key_that_goes(store: Store) -> None:
    """One that is just being added while all are wrapped anew: the change waits for it, then wraps it too."""
    keys, old, new = store.keystore(), store.settings.masters, {2: b"n" * 32}
    ring, changing = KeyRing(store.settings.store, store.keystore(), old, new.get), store.ring(old | new)
    ring.close("case:a", b"here", b"")

    def change() -> None:
        while changing.rotate_master():
            pass

    doing = [Thread(target=ring.close, args=("case:b", b"here", b"")), Thread(target=change)]
    with keys._engine.connect() as by_hand, by_hand.begin() as same:
        by_hand.execute(insert(KEYS), asdict(a_key("case:b")))
        for one in doing:
            one.start()
            one.join(0.4)
        same.rollback()
    for one in doing:
        one.join()

    assert (2, 0, {2: 2}) == keys.counts()


# ---------------------------------------------------------------- a hub on it


def test_a_running_hub_goes_on_when_keys_are_changed(store: Store) -> None:
    """A new key of the case, then a new master key on disk: a hub that had looked at nothing yet reads and records."""
    first = a_partnership(store.hub())
    case = a_case(first)
    running, held = store.hub(), store.hub()
    held.case(case)
    store.ring().rotate(owner_of_case(case))
    number = add_master_key(store.settings.home)
    store.ring(read_settings(store.settings.home).masters).rotate_master()
    remove_older_master_keys(store.settings.home, number)
    for hub, who in ((running, "R"), (held, "H")):
        a_concern(hub, case, id=f"C-{who}")
        a_case(hub, name=f"Another {who}")
    store.settings = replace_settings(store.settings, masters=read_settings(store.settings.home).masters)
    again = store.hub()

    assert {"concern:C-R", "concern:C-H"} <= again.case(case).case.items.keys()
    assert again.case(case).case == running.case(case).case == held.case(case).case


def test_a_case_is_there_after_a_restart(store: Store) -> None:
    """Record, lists, keys and locators, on either store, for a hub that starts on it."""
    first = a_partnership(store.hub())
    case = a_case(first, address="4 Larch Rise")
    a_concern(first, case)
    do(first, "ben", case, "record_details", justification="J1", child={"gender": "Female"})
    again = store.hub()
    position = next(version.position for version in again.case(case).case.items["child.address"])

    assert first.case_events(case) == again.case_events(case)
    assert first.case(case) == again.case(case)
    assert "4 Larch Rise" == again.locator(case, position)
    assert first.rows.everything() == again.rows.everything()
    assert first.directory() == again.directory()

