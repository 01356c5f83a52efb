"""Connections to the databases beside the events: SQLite files or PostgreSQL, every call with a deadline."""

import sqlite3
from functools import partial
from pathlib import Path
from typing import Any

import psycopg
from sqlalchemy import create_engine, event
from sqlalchemy.engine import Connection, Engine, ExceptionContext

from interfaces.storage.postgres_connections import DEADLINE, connection_string


def open_engine(where: Path | str, *, writes: bool = True, journal: str = "WAL") -> Engine:
    """An engine on a SQLite file (a path) or on PostgreSQL (a libpq connection string).

    On SQLite who will write takes the lock at the start of the transaction, so that reading first cannot lose the race.
    """
    if isinstance(where, str):
        return create_engine("postgresql+psycopg://", creator=partial(connect, where), pool_pre_ping=True, pool_size=8)
    engine = create_engine(f"sqlite:///{where}", connect_args={"timeout": DEADLINE})
    event.listen(engine, "connect", partial(_by_hand, journal))
    event.listen(engine, "handle_error", _open_anew)
    event.listen(engine, "begin", partial(_begin, "BEGIN IMMEDIATE" if writes else "BEGIN"))
    return engine


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


def _by_hand(journal: str, connection: sqlite3.Connection, _record: object) -> None:
    """Transactions begin where we say so, reach the disk on commit, and leave nothing of what was deleted.

    EXTRA, for without it a power cut can bring the journal of a committed transaction back, and undo it.
    """
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA journal_mode={journal}")
    cursor.execute("PRAGMA synchronous=EXTRA")
    cursor.execute("PRAGMA secure_delete=ON")
    cursor.close()


def _open_anew(context: ExceptionContext) -> None:
    """What was opened while the disk was full can only read; it is let go, so that the next try can write."""
    if is_read_only(context.original_exception):
        context.is_disconnect = True


def is_read_only(error: BaseException) -> bool:
    """Whether SQLite says that this connection cannot write."""
    return getattr(error, "sqlite_errorcode", 0) & 0xFF == sqlite3.SQLITE_READONLY


def _begin(statement: str, connection: Connection) -> None:
    connection.exec_driver_sql(statement)
