"""The event store on SQLite: the library's recorder with ids that never come back, every commit on disk."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from eventsourcing.persistence import StoredEvent
from eventsourcing.sqlite import (
    SQLiteApplicationRecorder,
    SQLiteConnection,
    SQLiteConnectionPool,
    SQLiteCursor,
    SQLiteFactory,
)
from eventsourcing.utils import Environment, EnvType

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


class HubConnectionPool(SQLiteConnectionPool):
    """Connections that reach the disk on every commit (WAL, synchronous FULL)."""

    def _create_connection(self) -> SQLiteConnection:
        connection = super()._create_connection()
        connection.cursor().execute("PRAGMA synchronous=FULL")
        return connection


class HubRecorder(SQLiteApplicationRecorder):
    """Rows are numbered without re-use, and the table refuses to be changed."""

    def construct_create_table_statements(self) -> list[str]:
        return [CREATE, *(APPEND_ONLY.format(act=act) for act in ("UPDATE", "DELETE")), NEVER_REPLACED]

    def _insert_events(self, c: SQLiteCursor, stored_events: Sequence[StoredEvent], **_: Any) -> Sequence[int]:
        numbers = []
        for stored in stored_events:
            originator = stored.originator_id
            c.execute(
                "INSERT INTO stored_events (originator_id, originator_version, topic, state) VALUES (?, ?, ?, ?)",
                (
                    originator.hex if isinstance(originator, UUID) else originator,
                    stored.originator_version,
                    stored.topic,
                    stored.state,
                ),
            )
            numbers.append(c.lastrowid)
        return numbers


class HubSQLiteFactory(SQLiteFactory):
    """The library's factory with our recorder and connections."""

    application_recorder_class = HubRecorder

    def __init__(self, env: Environment | EnvType | None) -> None:
        super().__init__(env)
        pool = self.datastore.pool
        self.datastore.pool = HubConnectionPool(db_name=pool.db_name, lock_timeout=30)
        pool.close()
