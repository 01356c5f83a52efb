"""The event store on SQLite: append-only by the table itself, numbered without re-use, on disk with every commit."""

import shutil
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from threading import Thread
from typing import Any
from uuid import UUID

import msgspec
import pytest

from application.hub import Hub
from application.ledger import TOPIC, UnknownTopic, case_stream, place_of
from application.projections.catch_up import catch_up
from domain.errors import RecordUnreadable
from domain.record import Event
from interfaces.storage.databases import open_sqlite
from interfaces.storage.sqlite import HubSQLiteRecorder
from tests.builders import a_case, a_concern, a_hub, a_partnership, settings_in

FULL, EXTRA = 2, 3


@pytest.fixture
def hub(tmp_path: Path) -> Hub:
    return a_partnership(a_hub(tmp_path))


@pytest.fixture
def raw(hub: Hub, tmp_path: Path) -> Iterator[sqlite3.Connection]:
    """The events' file, as anybody with the file has it."""
    with closing(sqlite3.connect(settings_in(tmp_path).events)) as connection:
        yield connection


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE stored_events SET state = X'00'",
        "UPDATE stored_events SET originator_version = originator_version + 1000",
        "UPDATE OR REPLACE stored_events SET topic = 'other' WHERE rowid = 1",
        "DELETE FROM stored_events",
        "DELETE FROM stored_events WHERE rowid = (SELECT max(rowid) FROM stored_events)",
    ],
)
def test_the_table_refuses_to_be_changed(statement: str, hub: Hub, raw: sqlite3.Connection) -> None:
    """Nothing is ever changed or deleted, not even by hand."""
    a_case(hub)
    before = rows(raw)
    with pytest.raises(sqlite3.IntegrityError, match="events are never changed or deleted"):
        raw.execute(statement)

    assert before == rows(raw)


def test_an_event_cannot_be_put_in_the_place_of_another(hub: Hub, raw: sqlite3.Connection) -> None:
    """A place in a stream is taken once, and REPLACE, which deletes unseen, does not get past the guard either."""
    case = a_case(hub)
    before = rows(raw)
    with pytest.raises(sqlite3.IntegrityError, match="this place is taken"):
        insert(raw, case, 1)
    with pytest.raises(sqlite3.IntegrityError, match="this place is taken"):
        raw.execute("INSERT OR REPLACE INTO stored_events SELECT 1, originator_id, 77, topic, state FROM stored_events")
    with pytest.raises(sqlite3.IntegrityError, match="this place is taken"):
        raw.execute("REPLACE INTO stored_events SELECT NULL, originator_id, 1, topic, X'00' FROM stored_events")

    assert before == rows(raw)


@pytest.mark.parametrize("column", ["originator_id", "originator_version", "topic", "state"])
def test_a_row_has_all_its_parts(column: str, hub: Hub, raw: sqlite3.Connection) -> None:
    """A row without its stream, place, kind or content cannot be written."""
    values = {"originator_id": "a", "originator_version": 1, "topic": TOPIC, "state": b"{}", column: None}
    with pytest.raises(sqlite3.IntegrityError, match="NOT NULL"):
        raw.execute(
            "INSERT INTO stored_events (originator_id, originator_version, topic, state) "
            "VALUES (:originator_id, :originator_version, :topic, :state)",
            values,
        )


def test_ids_never_come_back(hub: Hub, raw: sqlite3.Connection) -> None:
    """Even where somebody took the guard away and the newest rows with it, their numbers are not given again."""
    case = a_case(hub)
    newest = hub.ledger.recorder.max_notification_id()
    raw.execute("DROP TRIGGER stored_events_no_DELETE")
    raw.execute("DELETE FROM stored_events WHERE rowid > 5")
    raw.commit()
    insert(raw, case, 900)
    raw.commit()

    assert [newest + 1 if newest else 0] == [row[0] for row in rows(raw) if row[0] > 5]


def test_the_guard_comes_back_with_the_next_start(hub: Hub, raw: sqlite3.Connection, tmp_path: Path) -> None:
    """A hub that starts on a file without the guards puts them up."""
    for act in ("UPDATE", "DELETE"):
        raw.execute(f"DROP TRIGGER stored_events_no_{act}")
    raw.commit()
    a_hub(tmp_path).close()

    with pytest.raises(sqlite3.IntegrityError, match="never changed"):
        raw.execute("DELETE FROM stored_events")


def test_an_append_that_fails_leaves_nothing_of_itself(hub: Hub, raw: sqlite3.Connection) -> None:
    """All events of a command or none: where the last finds no room the first are not there either."""
    case = a_case(hub)
    before = rows(raw)
    version = hub.case(case).case.version
    raw.execute(
        f"CREATE TRIGGER full BEFORE INSERT ON stored_events WHEN NEW.originator_version = {version + 3} "
        "BEGIN SELECT RAISE(ABORT, 'no room'); END"
    )
    raw.commit()
    events = hub.case_events(case)[:3]
    with pytest.raises(Exception, match="changed"):
        hub.append(case_stream(case), version, events)

    assert before == rows(raw)


@pytest.mark.parametrize("topic", ["this", "this:d", "os:system", "domain.case:CaseOpened", "", "Hub.event.1"])
def test_an_unknown_topic_is_refused_and_nothing_is_imported(topic: str, hub: Hub, raw: sqlite3.Connection) -> None:
    """A row names a kind of record; nothing is looked up or imported because of it, also where its seal is good."""
    case = a_case(hub)
    version = hub.case(case).case.version + 1
    insert(raw, case, version, sealed(hub, case, version, of(hub.case_events(case)[-1])), topic)
    raw.commit()
    for module in ("this", "antigravity"):
        sys.modules.pop(module, None)
    known = set(sys.modules)
    with pytest.raises(RecordUnreadable) as refused:
        hub.case(case)
    catch_up(hub)

    assert isinstance(refused.value.__cause__, UnknownTopic)
    assert {case} == hub.rows.parked()
    assert known == set(sys.modules)


@pytest.mark.parametrize(
    "change", [{"event": "case.unheard_of"}, {"unheard_of": 1}, {"by": None}, {"recorded": "yesterday"}], ids=str
)
def test_an_unknown_event_is_refused(change: dict[str, Any], hub: Hub, raw: sqlite3.Connection) -> None:
    """Content is decoded strictly: an unknown tag or field is a fault, never passed over, though the seal is good."""
    case = a_case(hub)
    version = hub.case(case).case.version + 1
    insert(raw, case, version, sealed(hub, case, version, of(hub.case_events(case)[-1]) | change))
    raw.commit()
    with pytest.raises(RecordUnreadable) as refused:
        hub.case(case)

    assert isinstance(refused.value.__cause__, msgspec.MsgspecError)


def test_a_known_event_well_sealed_at_its_place_is_read(hub: Hub, raw: sqlite3.Connection) -> None:
    """What the two tests above refuse, they refuse for the topic and for the content alone."""
    case = a_case(hub)
    version = hub.case(case).case.version + 1
    newest = hub.case_events(case)[-1]
    insert(raw, case, version, sealed(hub, case, version, of(newest)))
    raw.commit()

    assert newest == hub.case_events(case)[-1]
    assert version == len(hub.case_events(case))


def test_no_row_tells_what_kind_of_event_it_is_by_its_topic(hub: Hub, raw: sqlite3.Connection) -> None:
    """The topic is the same for every event."""
    a_concern(hub, a_case(hub))

    assert [(TOPIC,)] == raw.execute("SELECT DISTINCT topic FROM stored_events").fetchall()


def test_every_connection_of_the_store_reaches_the_disk(hub: Hub) -> None:
    """Write-ahead log and synchronous FULL on each connection: the writer's, every thread's, and the library's own."""
    recorder = hub.ledger.recorder
    assert isinstance(recorder, HubSQLiteRecorder)
    connections = [recorder.connections.reader()]
    threads = [Thread(target=lambda: connections.append(recorder.connections.reader())) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with recorder.connections.writer() as writer:
        found = {settings_of(one.cursor()) for one in (*connections, writer)}
    pool = recorder.datastore.pool
    kept = [pool.get_connection() for _ in range(pool.pool_size + pool.max_overflow)]
    found |= {settings_of(one.cursor()) for one in kept}
    for one in kept:
        pool.put_connection(one)

    assert 4 == len({id(one) for one in (*connections, writer)})
    assert {("wal", FULL)} == found


def test_every_connection_of_the_read_models_reaches_the_disk(hub: Hub) -> None:
    """Position and rows are as safe as the events they came from."""
    found = set()
    for engine in (hub.rows._engine, hub.rows._reading):  # type: ignore[attr-defined]
        with closing(engine.raw_connection()) as one, closing(engine.raw_connection()) as two:
            found |= {settings_of(connection.cursor()) for connection in (one, two)}

    assert {("wal", EXTRA)} == found


@pytest.mark.parametrize("only_reads", ["mode=ro", "readonly_shm=1"])
def test_what_cannot_write_is_closed_before_it_is_used(only_reads: str, hub: Hub, tmp_path: Path) -> None:
    """Kept open, a shared memory opened for reading only would be that of every later connection of this process."""
    for part in ("", "-wal", "-shm"):  # with the shared memory, as a process that was killed leaves it
        shutil.copy(f"{settings_in(tmp_path).events}{part}", tmp_path / f"left.sqlite{part}")
    where = (tmp_path / "left.sqlite").as_uri()
    with pytest.raises(sqlite3.OperationalError, match="readonly"):
        open_sqlite(f"{where}?{only_reads}")

    with closing(open_sqlite(where)) as connection:
        connection.execute("PRAGMA user_version = 7")
        assert [(7,)] == connection.execute("PRAGMA user_version").fetchall()
        assert rows(connection)


def test_while_another_writes_one_can_be_opened(hub: Hub, raw: sqlite3.Connection, tmp_path: Path) -> None:
    """Whoever reads does not wait for it."""
    raw.execute("BEGIN IMMEDIATE")

    with closing(open_sqlite(settings_in(tmp_path).events.as_uri())) as connection:
        assert len(rows(connection)) == len(rows(raw)) > 0


def test_a_position_that_moved_meanwhile_changes_no_rows(hub: Hub) -> None:
    """Rows and position move together or not at all."""
    case = a_case(hub)
    stood, position = hub.rows.everything(), hub.rows.position()
    moved = hub.rows.replace({case: []}, position - 1, position + 5)

    assert (False, stood, position) == (moved, hub.rows.everything(), hub.rows.position())


def settings_of(cursor: Any) -> tuple[Any, ...]:
    found = []
    for name in ("journal_mode", "synchronous"):
        cursor.execute(f"PRAGMA {name}")
        found.append(cursor.fetchone()[0])
    return tuple(found)


def rows(connection: sqlite3.Connection) -> list[tuple[int, str, int, str, bytes]]:
    return connection.execute("SELECT * FROM stored_events ORDER BY rowid").fetchall()


def of(event: Event) -> dict[str, Any]:
    """An event's fields, as they are sealed."""
    found: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(event))
    return found


def sealed(hub: Hub, case: UUID, version: int, fields: dict[str, Any]) -> bytes:
    """Fields as a state for this place, under the key of the case."""
    return hub.ledger.seal.close(case_stream(case).owner, place_of(case, version), msgspec.json.encode(fields))


def insert(
    connection: sqlite3.Connection, stream: UUID, version: int, state: bytes = b"{}", topic: str = TOPIC
) -> None:
    connection.execute(
        "INSERT INTO stored_events (originator_id, originator_version, topic, state) VALUES (?, ?, ?, ?)",
        (stream.hex, version, topic, state),
    )
