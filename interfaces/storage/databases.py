"""Connections to the databases beside the events: SQLite files or PostgreSQL, every call with a deadline."""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from threading import Lock, local
from typing import Any, Protocol

import psycopg
from eventsourcing.persistence import OperationalError
from sqlalchemy import MetaData, create_engine, event
from sqlalchemy.engine import Connection, Engine

from interfaces.storage.postgres_connections import DEADLINE, Connections, connection_string


def open_engine(where: Path | str, *, writes: bool = True, journal: str = "WAL") -> Engine:
    """An engine on a SQLite file (a path) or on PostgreSQL (a libpq connection string).

    On SQLite who will write takes the lock at the start of the transaction, so that reading first cannot lose the race.
    """
    if isinstance(where, str):
        return create_engine("postgresql+psycopg://", creator=partial(connect, where), pool_pre_ping=True, pool_size=8)
    engine = create_engine(f"sqlite:///{where}", creator=partial(_by_hand, where, journal))
    event.listen(engine, "begin", partial(_begin, "BEGIN IMMEDIATE" if writes else "BEGIN"))
    return engine


@dataclass(frozen=True)
class Database:
    """A database through two engines: reading takes no lock, and waits for nobody who writes."""

    writing: Engine
    reading: Engine

    def close(self) -> None:
        self.writing.dispose()
        self.reading.dispose()


def open_database(where: Path | str, *tables: MetaData) -> Database:
    """A database with these tables: made when it is a file, expected to be there on PostgreSQL."""
    found = Database(open_engine(where), open_engine(where, writes=False))
    if isinstance(where, Path):
        for some in tables:
            some.create_all(found.writing)
        where.chmod(0o600)
    return found


class SqliteConnections:
    """One connection that writes, under a lock, and one per thread that reads; none waits longer than the deadline."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._mine = local()
        self._opened: list[sqlite3.Connection] = []
        self._lock = Lock()
        self._writer: sqlite3.Connection | None = None

    def _open(self) -> sqlite3.Connection:
        connection = open_sqlite(self._name)
        self._opened.append(connection)
        return connection

    def reader(self) -> sqlite3.Connection:
        found: sqlite3.Connection | None = getattr(self._mine, "reader", None)
        if found is None:
            found = self._mine.reader = self._open()
        return found

    @contextmanager
    def writer(self) -> Iterator[sqlite3.Connection]:
        if not self._lock.acquire(timeout=DEADLINE):
            raise OperationalError("another entry is being written for too long")
        try:
            if self._writer is None:
                opened = self._open()
                opened.execute("PRAGMA journal_mode=WAL")
                opened.execute("PRAGMA synchronous=FULL")
                self._writer = opened
            yield self._writer
        finally:
            self._lock.release()

    def read(self, statement: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        return self.reader().execute(statement, values).fetchall()

    def close(self) -> None:
        for connection in self._opened:
            connection.close()
        self._opened.clear()
        self._writer, self._mine = None, local()


class Reader(Protocol):
    """Reads with the driver alone, one statement at a time, on whatever the database is; every call has an end."""

    def read(self, statement: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """The rows; values stand for question marks."""
        ...

    def close(self) -> None: ...


class PostgresReader:
    """Rows as bytes, by statements the server has prepared."""

    def __init__(self, conninfo: str) -> None:
        self._connections = Connections(conninfo)

    def read(self, statement: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        return self._connections.read(statement.replace("?", "%s"), values)

    def close(self) -> None:
        self._connections.close()


def open_reader(where: Path | str) -> Reader:
    """A reader of a SQLite file (a path) or of PostgreSQL (a libpq connection string)."""
    return SqliteConnections(where.as_uri()) if isinstance(where, Path) else PostgresReader(where)


class Bounded(psycopg.Connection[Any]):
    """A connection on which no call outlasts the deadline, whatever the server or the network do."""

    warning = ""

    def wait(self, gen: Any, interval: float = 0.1, timeout: float | None = None) -> Any:
        """Raises: OperationalError: when there was no answer in time, or one that the server itself doubts."""
        self.warning = ""
        try:
            found = super().wait(gen, interval, timeout or DEADLINE)
        except psycopg.OperationalError:
            if self.info.transaction_status is psycopg.pq.TransactionStatus.ACTIVE:
                self.close()  # the answer may come yet, and nobody waits for it
            raise
        if self.warning:
            self.close()
            raise psycopg.OperationalError(f"the database warned: {self.warning}")
        return found

    def note(self, diagnostic: psycopg.errors.Diagnostic) -> None:
        """A commit that was broken off while it waited for a standby comes back as done, with a warning."""
        if diagnostic.sqlstate and diagnostic.sqlstate[:2] in ("01", "57"):
            self.warning = diagnostic.sqlstate


def connect(conninfo: str) -> Bounded:
    """A connection with deadlines; what the connection string itself says of them wins."""
    connection = Bounded.connect(connection_string(conninfo, DEADLINE))
    connection.add_notice_handler(connection.note)
    return connection


def open_sqlite(name: str) -> sqlite3.Connection:
    """A connection to a SQLite file, by its URI, that can write; transactions begin where we say so.

    When opening a file for writing fails, SQLite opens it for reading only and says nothing. Of the shared memory
    beside a write-ahead log, what one connection opened is what all of this process have until the last is closed:
    the hub could not write again until it was started anew. So whatever cannot write is closed before it is used.

    Raises:
        sqlite3.Error: what was opened cannot write, or is no database, or nothing could be opened.
    """
    connection = sqlite3.connect(
        name, uri=True, timeout=0, isolation_level=None, check_same_thread=False, cached_statements=256
    )
    try:
        connection.execute("PRAGMA incremental_vacuum(1)")  # a transaction that writes, and here has nothing to write
    except sqlite3.Error as error:
        if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY:  # another is writing: so can we
            connection.close()
            raise
    connection.execute(f"PRAGMA busy_timeout={DEADLINE * 1000:.0f}")
    return connection


def _by_hand(where: Path, journal: str) -> sqlite3.Connection:
    """A connection whose commits reach the disk, and that leaves nothing of what was deleted.

    EXTRA, for without it a power cut can bring the journal of a committed transaction back, and undo it.
    """
    connection = open_sqlite(where.as_uri())
    connection.execute(f"PRAGMA journal_mode={journal}")
    connection.execute("PRAGMA synchronous=EXTRA")
    connection.execute("PRAGMA secure_delete=ON")
    return connection


def _begin(statement: str, connection: Connection) -> None:
    connection.exec_driver_sql(statement)
