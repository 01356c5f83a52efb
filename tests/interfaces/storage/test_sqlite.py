"""The event store on SQLite: append-only by the table itself, numbered without re-use, on disk with every commit."""

import sqlite3
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from application.hub import Hub
from application.ledger import TOPIC, UnknownTopic
from application.projections.catch_up import catch_up
from interfaces.storage.sqlite import HubRecorder
from tests.builders import a_case, a_concern, a_hub, a_partnership, settings_in


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
        hub.append(case, version, events)

    assert before == rows(raw)


@pytest.mark.parametrize("topic", ["this", "os:system", "domain.case:CaseOpened", "", TOPIC + "0", "HUB.EVENT.1"])
def test_an_unknown_topic_is_refused_and_nothing_is_imported(topic: str, hub: Hub, raw: sqlite3.Connection) -> None:
    """A row names a kind of record; nothing is looked up or imported because of it."""
    case = a_case(hub)
    insert(raw, case, hub.case(case).case.version + 1, topic)
    raw.commit()
    for module in ("this", "antigravity"):
        sys.modules.pop(module, None)
    with pytest.raises(UnknownTopic):
        hub.case(case)
    with pytest.raises(UnknownTopic):
        catch_up(hub)

    assert "this" not in sys.modules


def test_an_unknown_event_is_refused(hub: Hub, raw: sqlite3.Connection) -> None:
    """Content is decoded strictly: an unknown tag or field is a fault, never passed over."""
    case = a_case(hub)
    insert(raw, case, hub.case(case).case.version + 1)
    raw.commit()
    with pytest.raises(Exception, match="event"):
        hub.case(case)


def test_no_row_tells_what_kind_of_event_it_is_by_its_topic(hub: Hub, raw: sqlite3.Connection) -> None:
    """The topic is the same for every event."""
    a_concern(hub, a_case(hub))

    assert [(TOPIC,)] == raw.execute("SELECT DISTINCT topic FROM stored_events").fetchall()


def test_every_connection_of_the_store_reaches_the_disk(hub: Hub) -> None:
    """Write-ahead log and synchronous FULL on each connection the pool can make, not only on the first."""
    recorder = hub.ledger.recorder
    assert isinstance(recorder, HubRecorder)
    pool = recorder.datastore.pool
    connections = [pool.get_connection() for _ in range(pool.pool_size + pool.max_overflow)]
    found = {tuple(asked(one.cursor(), pragma) for pragma in ("journal_mode", "synchronous")) for one in connections}
    for one in connections:
        pool.put_connection(one)

    assert {("wal", 2)} == found


def test_every_connection_of_the_read_models_reaches_the_disk(hub: Hub) -> None:
    """Position and rows are as safe as the events they came from."""
    found = set()
    for engine in (hub.rows._engine, hub.rows._reading):  # type: ignore[attr-defined]
        with closing(engine.raw_connection()) as one, closing(engine.raw_connection()) as two:
            found |= {
                tuple(asked(connection.cursor(), pragma) for pragma in ("journal_mode", "synchronous"))
                for connection in (one, two)
            }

    assert {("wal", 2)} == found


def test_a_position_that_moved_meanwhile_changes_no_rows(hub: Hub) -> None:
    """Rows and position move together or not at all."""
    case = a_case(hub)
    stood, position = hub.rows.everything(), hub.rows.position()
    moved = hub.rows.replace({case: []}, position - 1, position + 5)

    assert (False, stood, position) == (moved, hub.rows.everything(), hub.rows.position())


def asked(cursor: Any, pragma: str) -> Any:
    cursor.execute(f"PRAGMA {pragma}")
    return cursor.fetchone()[0]


def rows(connection: sqlite3.Connection) -> list[tuple[int, str, int, str, bytes]]:
    return connection.execute("SELECT * FROM stored_events ORDER BY rowid").fetchall()


def insert(connection: sqlite3.Connection, stream: UUID, version: int, topic: str = TOPIC) -> None:
    connection.execute(
        "INSERT INTO stored_events (originator_id, originator_version, topic, state) VALUES (?, ?, ?, ?)",
        (stream.hex, version, topic, b'{"event":"case.unheard_of"}'),
    )
