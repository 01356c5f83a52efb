"""The floors: the same rows written and read by hand with the bare driver, on SQLite and on PostgreSQL.

Nothing is sealed, decided or proven. An insert is one statement and one commit, and promises no order without gaps;
a select hands over the rows as the driver has them; a projection is one transaction for each event, as the library's
tracking recorders do it, with the SQL written by hand and the event left unread.
"""

import os
import sqlite3
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol
from uuid import UUID, uuid4

import psycopg

from benchmarks.peers import Where

TOPIC = "hub.event.1"
NAME = "current"
PLACES = 121
PAGE = 500

SQLITE_TABLES = """
CREATE TABLE stored_events (
    "rowid" INTEGER PRIMARY KEY AUTOINCREMENT, originator_id TEXT NOT NULL, originator_version INTEGER NOT NULL,
    topic TEXT NOT NULL, state BLOB NOT NULL, UNIQUE (originator_id, originator_version)) STRICT;
CREATE TABLE tracking (application_name TEXT PRIMARY KEY, notification_id INTEGER) WITHOUT ROWID;
CREATE TABLE current_rows (stream TEXT, place INTEGER, version INTEGER, value BLOB, PRIMARY KEY (stream, place)) STRICT;
"""
POSTGRES_TABLES = """
CREATE TABLE stored_events (
    originator_id uuid NOT NULL, originator_version bigint NOT NULL, topic text, state bytea,
    notification_id bigserial, PRIMARY KEY (originator_id, originator_version));
CREATE UNIQUE INDEX stored_events_notification_id_idx ON stored_events (notification_id ASC);
CREATE TABLE tracking (application_name text PRIMARY KEY, notification_id bigint);
CREATE TABLE current_rows (stream uuid, place int, version int, value bytea, PRIMARY KEY (stream, place));
"""
INSERT = "INSERT INTO stored_events (originator_id, originator_version, topic, state) VALUES (?, ?, ?, ?)"
SELECT = """
SELECT originator_id, originator_version, topic, state FROM stored_events
WHERE originator_id = ? ORDER BY originator_version
"""
NEXT = """
SELECT {number}, originator_id, originator_version, state FROM stored_events
WHERE {number} > ? ORDER BY {number} LIMIT ?
"""
TRACK = """
INSERT INTO tracking (application_name, notification_id) VALUES (?, ?)
ON CONFLICT (application_name) DO UPDATE SET notification_id = excluded.notification_id
WHERE tracking.notification_id < excluded.notification_id
"""
UPSERT = """
INSERT INTO current_rows (stream, place, version, value) VALUES (?, ?, ?, ?)
ON CONFLICT (stream, place) DO UPDATE SET version = excluded.version, value = excluded.value
"""


class Floor(Protocol):
    """A database written and read with its driver alone."""

    def fill(self, streams: int, length: int) -> list[UUID]:
        """Streams of so many rows, turn about, as cases that grow side by side leave them."""

    def insert(self, number: int) -> None:
        """One row of the stated size, committed; the number is its version in the floor's own stream."""

    def select(self, stream: UUID) -> Sequence[Any]:
        """All rows of a stream, in order."""

    def project(self, events: int) -> int:
        """Bring one read model this many events on, a transaction for each; how many there were."""

    def close(self) -> None: ...


def floor(where: Where, size: int, rows: Where | None = None) -> Floor:
    """A floor in a new database, rows of `size` bytes; its selects read `rows` instead, if given: the hub's own."""
    return SqliteFloor(where, size, rows) if isinstance(where, Path) else PostgresFloor(where, size, rows)


class SqliteFloor:
    """The standard library's sqlite3; WAL, synchronous FULL, every statement a commit."""

    def __init__(self, where: Path, size: int, rows: Where | None = None) -> None:
        self.connection = _sqlite(where)
        self.connection.executescript(SQLITE_TABLES)
        self.reading = _sqlite(Path(rows)) if rows else self.connection
        self.state, self.stream, self.position = os.urandom(size), uuid4(), 0

    def fill(self, streams: int, length: int) -> list[UUID]:
        made = [uuid4() for _ in range(streams)]
        rows = ((one.hex, version, TOPIC, self.state) for version in range(1, length + 1) for one in made)
        self.connection.execute("BEGIN")
        self.connection.executemany(INSERT, rows)
        self.connection.execute("COMMIT")
        return made

    def insert(self, number: int) -> None:
        self.connection.execute(INSERT, (self.stream.hex, number, TOPIC, self.state))

    def select(self, stream: UUID) -> Sequence[Any]:
        return self.reading.execute(SELECT, (stream.hex,)).fetchall()

    def project(self, events: int) -> int:
        execute, done = self.connection.execute, 0
        while done < events:
            page = execute(NEXT.format(number="rowid"), (self.position, min(PAGE, events - done))).fetchall()
            if not page:
                break
            for number, stream, version, state in page:
                execute("BEGIN")
                execute(TRACK, (NAME, number))
                execute(UPSERT, (stream, version % PLACES, version, state))
                execute("COMMIT")
            self.position = number
            done += len(page)
        return done

    def close(self) -> None:
        self.reading.close()
        self.connection.close()


class PostgresFloor:
    """psycopg 3 with prepared statements and binary rows, which hands bytes over without decoding them."""

    def __init__(self, where: str, size: int, rows: Where | None = None) -> None:
        self.connection = _postgres(where)
        self.connection.execute(POSTGRES_TABLES.encode(), prepare=False)
        self.reading = _postgres(str(rows)) if rows else self.connection
        self.state, self.stream, self.position = os.urandom(size), uuid4(), 0

    def fill(self, streams: int, length: int) -> list[UUID]:
        made = [uuid4() for _ in range(streams)]
        columns = b"COPY stored_events (originator_id, originator_version, topic, state) FROM STDIN"
        with self.connection.cursor() as cursor, cursor.copy(columns) as copy:
            for version in range(1, length + 1):
                for one in made:
                    copy.write_row((one, version, TOPIC, self.state))
        self.connection.execute(b"ANALYZE")
        return made

    def insert(self, number: int) -> None:
        row = (self.stream, number, TOPIC, self.state)
        self.connection.execute(INSERT_RETURNING, row, prepare=True, binary=True).fetchone()

    def select(self, stream: UUID) -> Sequence[Any]:
        return self.reading.execute(SELECT_PREPARED, (stream,), prepare=True, binary=True).fetchall()

    def project(self, events: int) -> int:
        execute, done = self.connection.execute, 0
        while done < events:
            wanted = (self.position, min(PAGE, events - done))
            page = execute(NEXT_PREPARED, wanted, prepare=True, binary=True).fetchall()
            if not page:
                break
            for number, stream, version, state in page:
                with self.connection.transaction():
                    execute(TRACK_PREPARED, (NAME, number), prepare=True)
                    execute(UPSERT_PREPARED, (stream, version % PLACES, version, state), prepare=True)
            self.position = number
            done += len(page)
        return done

    def close(self) -> None:
        self.reading.close()
        self.connection.close()


def _for_psycopg(statement: str) -> bytes:
    return statement.replace("?", "%s").encode()


INSERT_RETURNING = _for_psycopg(f"{INSERT} RETURNING notification_id")
SELECT_PREPARED = _for_psycopg(SELECT)
NEXT_PREPARED = _for_psycopg(NEXT.format(number="notification_id"))
TRACK_PREPARED, UPSERT_PREPARED = _for_psycopg(TRACK), _for_psycopg(UPSERT)


def _sqlite(where: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(where, isolation_level=None)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    return connection


def _postgres(where: str) -> psycopg.Connection[Any]:
    return psycopg.connect(where, autocommit=True)
