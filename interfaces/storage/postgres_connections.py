"""Connections to PostgreSQL on which every call ends: answered, failed, or cut off at its deadline."""

import os
import select
import socket
from collections.abc import Sequence
from concurrent.futures import Future
from concurrent.futures import TimeoutError as FutureTimeout
from contextlib import suppress
from threading import Event, Lock, Semaphore, Thread
from time import monotonic, sleep
from typing import Any
from weakref import WeakSet

import psycopg
from eventsourcing.persistence import (
    DatabaseError,
    DataError,
    IntegrityError,
    InterfaceError,
    InternalError,
    NotSupportedError,
    OperationalError,
    PersistenceError,
    ProgrammingError,
)
from psycopg.conninfo import conninfo_to_dict, make_conninfo

DEADLINE = 5.0
CONNECTIONS = 10
# A time limit on statements would end the wait for a standby by reporting success; one on locks ends before a commit.
SESSION = """
SELECT set_config('statement_timeout', '0', false), set_config('lock_timeout', %s, false),
    CASE WHEN current_setting('synchronous_commit') IN ('off', 'local')
    THEN set_config('synchronous_commit', 'on', false) END
"""


class OutcomeUnknown(OperationalError):
    """The events may have been stored or not: the answer did not come, or did not vouch for it. Look them up."""


TRANSLATED: tuple[tuple[type[psycopg.Error], type[PersistenceError]], ...] = (
    (psycopg.InterfaceError, InterfaceError),
    (psycopg.OperationalError, OperationalError),
    (psycopg.DataError, DataError),
    (psycopg.IntegrityError, IntegrityError),
    (psycopg.InternalError, InternalError),
    (psycopg.ProgrammingError, ProgrammingError),
    (psycopg.NotSupportedError, NotSupportedError),
    (psycopg.DatabaseError, DatabaseError),
    (psycopg.Error, PersistenceError),
)


def translated(error: psycopg.Error) -> PersistenceError:
    """What the driver raised, as the library's callers know it."""
    return next(ours for theirs, ours in TRANSLATED if isinstance(error, theirs))(str(error))


def connection_string(given: str, deadline: float = DEADLINE) -> str:
    """What the operator gave, and where that is silent: only a server that takes writes, and no endless waiting."""
    defaults: dict[str, str | int | None] = {
        "application_name": "safeguarding-hub",
        "client_encoding": "utf8",
        "target_session_attrs": "read-write",
        "gssencmode": "disable",
        "connect_timeout": 2,
        "tcp_user_timeout": round(deadline * 1000),
        "keepalives_idle": 10,
        "keepalives_interval": 5,
        "keepalives_count": 3,
    }
    return make_conninfo("", **(defaults | conninfo_to_dict(given)))


class Cutoff:
    """Shuts a connection's socket when the call on it has gone on for too long; the call then fails."""

    def __init__(self, fileno: int) -> None:
        # A descriptor of our own: the driver may close its one, and the number may then be somebody else's.
        self._socket = socket.socket(fileno=os.dup(fileno))
        self._guard = Lock()
        self._due: float | None = None
        self.fell = False

    def set(self, due: float) -> None:
        self._due = due

    def lift(self) -> None:
        with self._guard:
            self._due = None

    def fall_if_due(self, now: float) -> None:
        with self._guard:
            if self._due is not None and self._due <= now and not self.fell:
                self.fell = True
                with suppress(OSError):
                    self._socket.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        with self._guard:
            self._due = None
            self._socket.close()


class Watchdog:
    """One thread that looks at every cutoff ten times in the length of a deadline."""

    def __init__(self, deadline: float) -> None:
        self._every = deadline / 10
        self._cutoffs: set[Cutoff] = set()
        self._guard = Lock()
        self._over = Event()
        self._thread: Thread | None = None

    def watch(self, fileno: int) -> Cutoff:
        cutoff = Cutoff(fileno)
        with self._guard:
            self._cutoffs.add(cutoff)
            if self._thread is None:
                self._thread = Thread(target=self._look, name="database deadlines", daemon=True)
                self._thread.start()
        return cutoff

    def forget(self, cutoff: Cutoff) -> None:
        with self._guard:
            self._cutoffs.discard(cutoff)
        cutoff.close()

    def end(self) -> None:
        self._over.set()

    def _look(self) -> None:
        while not self._over.wait(self._every):
            now = monotonic()
            with self._guard:
                cutoffs = list(self._cutoffs)
            for cutoff in cutoffs:
                cutoff.fall_if_due(now)


class Line:
    """One connection to the database, one call at a time."""

    def __init__(self, connection: "psycopg.Connection[tuple[Any, ...]]", watchdog: Watchdog) -> None:
        self._connection = connection
        self._cursor = connection.cursor(binary=True)
        self._watchdog = watchdog
        self._cutoff = watchdog.watch(connection.fileno())
        self._poll = select.poll()
        self._poll.register(connection.fileno(), select.POLLIN)
        self.warning: str | None = None
        connection.add_notice_handler(self._note)

    def call(self, statement: str, values: Sequence[Any], due: float) -> list[tuple[Any, ...]]:
        """Run one statement, committed by itself, and fetch its rows."""
        self.warning = None
        self._cutoff.set(due)
        try:
            return self._cursor.execute(statement.encode(), values, prepare=True).fetchall()
        finally:
            self._cutoff.lift()

    @property
    def cut(self) -> bool:
        """Whether a call on this line outlasted its deadline."""
        return self._cutoff.fell

    @property
    def usable(self) -> bool:
        """Whether the connection stands, with nothing under way."""
        return not self._cutoff.fell and self._connection.info.transaction_status == psycopg.pq.TransactionStatus.IDLE

    def quiet(self) -> bool:
        """Whether the server has said nothing since the last call; a server that went away has said goodbye."""
        return not self._poll.poll(0)

    def close(self) -> None:
        self._connection.close()
        self._watchdog.forget(self._cutoff)

    def _note(self, diagnostic: psycopg.errors.Diagnostic) -> None:
        """Keep warnings (class 01) and what an operator broke off (class 57); a mere notice has class 00."""
        if diagnostic.sqlstate and diagnostic.sqlstate[:2] in ("01", "57"):
            self.warning = diagnostic.sqlstate


class Connections:
    """Lines to one database, made when needed and kept for the next call; every call ends within the deadline."""

    def __init__(self, conninfo: str, deadline: float = DEADLINE, most: int = CONNECTIONS) -> None:
        self._conninfo = connection_string(conninfo, deadline)
        self._deadline = deadline
        self._most = most
        self._inherited: list[Line] = []
        self.begin()
        OPEN.add(self)

    def read(self, statement: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """The rows of a query; one that lost its connection is asked once more."""
        due = monotonic() + self._deadline
        asked = False
        while True:
            try:
                return self._call(statement, values, due)[0]
            except OutcomeUnknown as error:
                if asked or monotonic() >= due:
                    raise OperationalError(str(error)) from error
                asked = True

    def write(self, statement: str, values: Sequence[Any]) -> list[tuple[Any, ...]]:
        """The rows of a statement that changes something: sent once, never again.

        Raises:
            OutcomeUnknown: when it was sent, and whether it holds is not known.
        """
        rows, warning = self._call(statement, values, monotonic() + self._deadline)
        if warning is not None:
            raise OutcomeUnknown(f"the database warned ({warning}): stored here, perhaps not on the standby")
        return rows

    def close(self) -> None:
        """Close what is idle, and what comes back from now on."""
        self._closed = True
        self._drop_idle()
        self._watchdog.end()

    def __del__(self) -> None:
        with suppress(AttributeError):
            self.close()

    def begin_again(self) -> None:
        """In a forked process: the parent's connections are not ours to use, nor to close."""
        self._inherited += self._idle
        self.begin()

    def begin(self) -> None:
        """As if new: no line made yet."""
        self._idle: list[Line] = []
        self._free = Semaphore(self._most)
        self._watchdog = Watchdog(self._deadline)
        self._closed = False
        self._waited_in_vain = False

    def _call(self, statement: str, values: Sequence[Any], due: float) -> tuple[list[tuple[Any, ...]], str | None]:
        line = self._take(due)
        try:
            return line.call(statement, values, due), line.warning
        except psycopg.Error as error:
            if line.cut:
                raise OutcomeUnknown(f"no answer from the database within {self._deadline:g} s") from error
            # Class 57: an operator broke it off, or the server went down, perhaps a moment after the commit.
            if not line.usable or (error.sqlstate or "").startswith("57"):
                raise OutcomeUnknown(str(error)) from error
            raise translated(error) from error
        finally:
            self._give_back(line)

    def _take(self, due: float) -> Line:
        if self._closed:
            raise InterfaceError("the connections to the database are closed")
        if not self._free.acquire(timeout=max(0.0, due - monotonic())):
            raise OperationalError(f"no connection to the database came free within {self._deadline:g} s")
        try:
            return self._kept() or self._new(due)
        except BaseException:
            self._free.release()
            raise

    def _kept(self) -> Line | None:
        while True:
            try:
                line = self._idle.pop()
            except IndexError:
                return None
            if line.quiet():
                return line
            line.close()

    def _new(self, due: float) -> Line:
        """A new line. While no server takes writes it tries again until the deadline, as during a failover; once a
        whole deadline went by in vain, calls try once each until one succeeds.
        """
        pause = 0.02
        while True:
            try:
                connection = self._dial(due)
            except psycopg.Error as error:
                if self._waited_in_vain or monotonic() + pause >= due:
                    self._waited_in_vain = True
                    raise OperationalError(str(error)) from error
                sleep(pause)
                pause = min(2 * pause, 0.2)
            else:
                self._waited_in_vain = False
                return Line(connection, self._watchdog)

    def _dial(self, due: float) -> "psycopg.Connection[tuple[Any, ...]]":
        """Connect in a thread of its own: looking up a name and the handshake know no deadline of ours."""
        coming: Future[psycopg.Connection[tuple[Any, ...]]] = Future()
        Thread(target=connect_for, args=(self._conninfo, self._deadline, coming), daemon=True).start()
        try:
            return coming.result(timeout=max(0.0, due - monotonic()))
        except FutureTimeout:
            coming.add_done_callback(close_late)
            raise psycopg.OperationalError(f"no connection to the database within {self._deadline:g} s") from None

    def _give_back(self, line: Line) -> None:
        if line.usable and not self._closed:
            self._idle.append(line)
        else:
            if line.cut:    # the others may hang on the same server
                self._drop_idle()
            line.close()
        self._free.release()

    def _drop_idle(self) -> None:
        with suppress(IndexError):
            while True:
                self._idle.pop().close()


OPEN: WeakSet[Connections] = WeakSet()


def begin_again() -> None:
    for connections in OPEN:
        connections.begin_again()


os.register_at_fork(after_in_child=begin_again)


def connect_for(conninfo: str, deadline: float, coming: "Future[psycopg.Connection[tuple[Any, ...]]]") -> None:
    """Make a connection with its session's settings, or pass on why not."""
    try:
        connection = psycopg.connect(conninfo, autocommit=True)
        try:
            connection.execute(SESSION, (f"{max(1, round(deadline * 800))}ms",))
        except BaseException:
            connection.close()
            raise
    except BaseException as error:
        coming.set_exception(error)
    else:
        coming.set_result(connection)


def close_late(coming: "Future[psycopg.Connection[tuple[Any, ...]]]") -> None:
    if coming.exception() is None:
        coming.result().close()
