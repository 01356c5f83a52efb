"""The library as it comes: eventsourcing's aggregate, JSON transcoder, repository and recorders, nothing sealed."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from eventsourcing.application import Application
from eventsourcing.domain import Aggregate, event
from eventsourcing.persistence import Tracking
from eventsourcing.postgres import PostgresFactory, PostgresTrackingRecorder
from eventsourcing.sqlite import SQLiteFactory, SQLiteTrackingRecorder
from eventsourcing.utils import Environment
from psycopg.conninfo import conninfo_to_dict

from benchmarks.peers import CASES, CHANGES, Change, Where, change

SAVED_AT_ONCE = 100
PAGE = 500
CURRENT = "CREATE TABLE current_answers (stream {id}, place text, version bigint, PRIMARY KEY (stream, place))"
ANSWERED = """
INSERT INTO current_answers (stream, place, version) VALUES (?, ?, ?)
ON CONFLICT (stream, place) DO UPDATE SET version = excluded.version
"""


class BareCase(Aggregate):
    """A case whose events are answers of about 300 bytes of JSON."""

    @event("Opened")
    def __init__(self) -> None:
        self.answers: dict[str, dict[str, Any]] = {}

    @event("Answered")
    def answer(self, answer: dict[str, Any]) -> None:
        self.answers[f"{answer['agency']}/{answer['question']}/{answer['slot']}"] = answer


class Bare(Application[UUID]):
    """Named so that its table on PostgreSQL is called as the hub's."""

    name = "stored"


class Library:
    """An application with the library's own settings, on one database; without a table of its own it reads another's.
    """

    def __init__(self, where: Where, *, create_table: bool = True) -> None:
        self.where = where
        self.application = Bare(_environment(where, create_table))
        self.cases: list[UUID] = []
        self.held: BareCase | None = None

    def fill(self, case_count: int = CASES, changes: int = CHANGES) -> None:
        """Cases that grow side by side; after this each has its opening and so many answers."""
        cases = [BareCase() for _ in range(case_count)]
        self.cases = [case.id for case in cases]
        for first in range(0, changes, SAVED_AT_ONCE):
            for number, case in enumerate(cases):
                for one in range(first, min(first + SAVED_AT_ONCE, changes)):
                    _answer(case, change(number, one))
                self.application.save(case)

    def append(self, number: int) -> None:
        """One event of a case held in hand, saved; a new case every hundred events, so that it stays as it began."""
        if self.held is None or self.held.version > 100:
            self.held = BareCase()
            self.application.save(self.held)
        _answer(self.held, change(0, number))
        self.application.save(self.held)

    def command(self, case: int, number: int) -> None:
        """A whole command: the case out of the repository, which keeps none in memory, one event, saved."""
        found = self.read(case)
        _answer(found, change(case, number))
        self.application.save(found)

    def read(self, case: int) -> BareCase:
        """A case folded from all its events."""
        found: BareCase = self.application.repository.get(self.cases[case])
        return found

    def read_current(self, case: int) -> Sequence[Sequence[Any]]:
        """The answers of a case so read, in the order of a change's fields."""
        found = self.read(case).answers.values()
        return [tuple((answer | {"recorded": datetime.fromisoformat(answer["recorded"])}).values()) for answer in found]

    def select(self, stream: UUID) -> Sequence[Any]:
        """The rows of a stream by the library's own recorder, and nothing made of them."""
        return self.application.recorder.select_events(stream)

    def size_of_state(self) -> int:
        """Bytes of an answer as the library stores it."""
        return len(self.application.recorder.select_events(self.cases[0], desc=True, limit=1)[0].state)

    def close(self) -> None:
        self.application.close()


class Projection:
    """The library's way of projecting: each event read as a notification, opened, and a transaction of its own.

    Position and row are written together by the library's tracking recorder.
    """

    def __init__(self, library: Library) -> None:
        self._library, self._position = library, 0
        factory, kind = _tracking(library.where)
        self._recorder: Any = factory.tracking_recorder(kind)
        sqlite = isinstance(library.where, Path)
        self._answered = ANSWERED if sqlite else ANSWERED.replace("?", "%s")
        with self._recorder.datastore.transaction(commit=True) as cursor:
            cursor.execute(CURRENT.format(id="text" if sqlite else "uuid"))

    def project(self, events: int) -> int:
        """Take so many events in; how many there were."""
        done = 0
        application = self._library.application
        while done < events:
            page = application.recorder.select_notifications(self._position + 1, min(PAGE, events - done))
            for notification in page:
                self._take_in(notification.id, application.mapper.to_domain_event(notification))
                self._position = notification.id
            done += len(page)
            if not page:
                break
        return done

    def _take_in(self, number: int, found: Any) -> None:
        told = getattr(found, "answer", None)
        place = f"{told['agency']}/{told['question']}" if told else ""
        stream = found.originator_id.hex if isinstance(self._library.where, Path) else found.originator_id
        with self._recorder.datastore.transaction(commit=True) as cursor:
            self._recorder._insert_tracking(cursor, Tracking("current", number))
            cursor.execute(self._answered, (stream, place, found.originator_version))

    def close(self) -> None:
        self._recorder.datastore.close()


def _tracking(where: Where) -> tuple[Any, Any]:
    environment = Environment("current", _environment(where, create_table=True))
    if isinstance(where, Path):
        return SQLiteFactory(environment), SQLiteTrackingRecorder
    return PostgresFactory(environment), PostgresTrackingRecorder


def _answer(case: BareCase, one: Change) -> None:
    case.answer(one._asdict() | {"recorded": one.recorded.isoformat()})


def _environment(where: Where, create_table: bool) -> dict[str, str]:
    create = "y" if create_table else "n"
    if isinstance(where, Path):
        return {"PERSISTENCE_MODULE": "eventsourcing.sqlite", "SQLITE_DBNAME": str(where), "CREATE_TABLE": create}
    given = conninfo_to_dict(where)
    named = {"dbname": "DBNAME", "host": "HOST", "port": "PORT", "user": "USER", "password": "PASSWORD"}
    return {
        "PERSISTENCE_MODULE": "eventsourcing.postgres",
        "CREATE_TABLE": create,
        **{f"POSTGRES_{setting}": str(given.get(name, "")) for name, setting in named.items()},
    }
