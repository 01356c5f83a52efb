"""The event store on SQLite: the library's recorder with ids that never come back, every commit on disk."""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, cast
from uuid import UUID

from eventsourcing.persistence import IntegrityError, OperationalError, StoredEvent
from eventsourcing.sqlite import SQLiteApplicationRecorder, SQLiteDatastore, SQLiteFactory

from interfaces.storage.databases import SqliteConnections

CREATE = """
CREATE TABLE IF NOT EXISTS stored_events (
    "rowid" INTEGER PRIMARY KEY AUTOINCREMENT,
    originator_id TEXT NOT NULL,
    originator_version INTEGER NOT NULL,
    topic TEXT NOT NULL,
    state BLOB NOT NULL,
    UNIQUE (originator_id, originator_version)
) STRICT
"""
APPEND_ONLY = """
CREATE TRIGGER IF NOT EXISTS stored_events_no_{act} BEFORE {act} ON stored_events
BEGIN SELECT RAISE(ABORT, 'events are never changed or deleted'); END
"""
NEVER_REPLACED = """
CREATE TRIGGER IF NOT EXISTS stored_events_no_replace BEFORE INSERT ON stored_events
WHEN EXISTS (
    SELECT 1 FROM stored_events
    WHERE rowid = NEW.rowid OR (originator_id = NEW.originator_id AND originator_version = NEW.originator_version)
)
BEGIN SELECT RAISE(ABORT, 'events are never changed or deleted: this place is taken'); END
"""
STATEMENTS = [CREATE, *(APPEND_ONLY.format(act=act) for act in ("UPDATE", "DELETE")), NEVER_REPLACED]
INSERT = "INSERT INTO stored_events (originator_id, originator_version, topic, state) VALUES (?, ?, ?, ?)"
OF_A_STREAM = (
    "SELECT originator_version, topic, state FROM stored_events "
    "WHERE originator_id = ? AND originator_version > ? AND originator_version <= ? ORDER BY originator_version "
)
NEWEST_FIRST = OF_A_STREAM + "DESC LIMIT ?"
ALL_TO_COME = 2**62


@contextmanager
def as_the_library_says() -> Iterator[None]:
    """The driver's errors under the names of the library."""
    try:
        yield
    except sqlite3.IntegrityError as error:
        raise IntegrityError(error) from error
    except sqlite3.Error as error:
        raise OperationalError(error) from error


class HubSQLiteRecorder(SQLiteApplicationRecorder):
    """Rows are numbered without re-use, and the table refuses to be changed."""

    def __init__(self, datastore: SQLiteDatastore, events_table_name: str = "stored_events", **more: Any) -> None:
        super().__init__(datastore, events_table_name, **more)
        self.connections = SqliteConnections(datastore.pool.db_name)
        self.connections.reader()  # before the library's own, which would keep what cannot write

    def construct_create_table_statements(self) -> list[str]:
        return STATEMENTS

    def insert_events(self, stored_events: Sequence[StoredEvent], **_: Any) -> Sequence[int]:
        rows = [
            (cast(UUID, one.originator_id).hex, one.originator_version, one.topic, one.state) for one in stored_events
        ]
        with as_the_library_says(), self.connections.writer() as writer:
            if len(rows) == 1:
                return [writer.execute(INSERT, rows[0]).lastrowid or 0]
            writer.execute("BEGIN IMMEDIATE")
            try:
                numbers = [writer.execute(INSERT, row).lastrowid or 0 for row in rows]
                writer.execute("COMMIT")
            except BaseException:
                if writer.in_transaction:
                    writer.execute("ROLLBACK")
                raise
            return numbers

    def select_events(
        self,
        originator_id: UUID | str,
        *,
        gt: int | None = None,
        lte: int | None = None,
        desc: bool = False,
        limit: int | None = None,
    ) -> Sequence[StoredEvent]:
        stream = originator_id if isinstance(originator_id, UUID) else UUID(originator_id)
        chosen = (stream.hex, gt or 0, ALL_TO_COME if lte is None else lte)
        with as_the_library_says():
            if desc or limit is not None:
                wanted = NEWEST_FIRST if desc else OF_A_STREAM + "LIMIT ?"
                rows = self.connections.reader().execute(wanted, (*chosen, -1 if limit is None else limit)).fetchall()
            else:
                rows = self.connections.reader().execute(OF_A_STREAM, chosen).fetchall()
        return [StoredEvent(stream, version, topic, state) for version, topic, state in rows]

    def tails(self, wanted: Sequence[tuple[UUID, int]]) -> list[StoredEvent]:
        if not wanted:
            return []
        values = ",".join(["(?,?)"] * len(wanted))
        asked = (
            f"WITH wanted(stream, after) AS (VALUES {values}) "  # noqa: S608 - nothing but question marks is put in
            "SELECT originator_id, originator_version, topic, state FROM wanted CROSS JOIN stored_events "
            "ON originator_id = stream AND originator_version > after ORDER BY originator_id, originator_version"
        )
        streams = {stream.hex: stream for stream, _ in wanted}
        given = [part for stream, after in wanted for part in (stream.hex, after)]
        with as_the_library_says():
            rows = self.connections.reader().execute(asked, given).fetchall()
        return [StoredEvent(streams[stream], version, topic, state) for stream, version, topic, state in rows]

    def sealed_rows(self, after: int, limit: int) -> list[tuple[int, bytes, int, str, bytes]]:
        asked = (
            "SELECT rowid, originator_id, originator_version, topic, state FROM stored_events "
            "WHERE rowid > ? ORDER BY rowid LIMIT ?"
        )
        with as_the_library_says():
            rows = self.connections.reader().execute(asked, (after, limit)).fetchall()
        return [(number, bytes.fromhex(stream), *rest) for number, stream, *rest in rows]

    def touched(self, after: int, limit: int) -> list[tuple[int, UUID, int, bytes]]:
        asked = (
            "SELECT rowid, originator_id, originator_version, substr(state, 1, 17) FROM stored_events "
            "WHERE rowid > ? ORDER BY rowid LIMIT ?"
        )
        with as_the_library_says():
            rows = self.connections.reader().execute(asked, (after, limit)).fetchall()
        return [(number, UUID(stream), version, head) for number, stream, version, head in rows]

    def sealed_row(self, stream: UUID, version: int) -> tuple[int, bytes, int, str, bytes] | None:
        asked = "SELECT rowid, topic, state FROM stored_events WHERE originator_id = ? AND originator_version = ?"
        with as_the_library_says():
            found = self.connections.reader().execute(asked, (stream.hex, version)).fetchone()
        return (found[0], stream.bytes, version, found[1], found[2]) if found else None

    def count(self) -> int:
        with as_the_library_says():
            return int(self.connections.reader().execute("SELECT count(*) FROM stored_events").fetchone()[0])


class HubSQLiteFactory(SQLiteFactory):
    """The library's factory with our recorder."""

    application_recorder_class = HubSQLiteRecorder

    def close(self) -> None:
        recorder = getattr(self, "_recorder", None)
        if recorder is not None:
            recorder.connections.close()
        super().close()

    def application_recorder(self) -> HubSQLiteRecorder:
        recorder = super().application_recorder()
        if not isinstance(recorder, HubSQLiteRecorder):
            raise TypeError(type(recorder).__name__)
        self._recorder = recorder
        return recorder
