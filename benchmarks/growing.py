"""What a large store costs: append and read at 10^4 and at 10^6 events, and the longest append during a VACUUM of 10^6.

Between the events that are read lie rows of the same size that nobody could open: random bytes, loaded in bulk.
"""

import os
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import count, islice
from pathlib import Path
from threading import Thread
from time import perf_counter, sleep
from typing import cast
from uuid import UUID, uuid4

import psycopg
from eventsourcing.domain import DomainEventProtocol

from application.hub import Loaded, grown
from application.ledger import TOPIC, StreamEvent, case_stream
from benchmarks.floors import INSERT
from benchmarks.histories import BenchClock, case_id, set_up_partnership, story
from benchmarks.homes import database, new_home
from benchmarks.library_bare import Library
from benchmarks.rounds import Rounds, Task, verdict
from domain.case import Case
from interfaces.bootstrap import build_hub
from tests.postgres import PrivateServer

LENGTH, CASES, ROUNDS, TIMES = 100, 20, 7, 100
APPEND, READ = "append one event", f"read a case of {LENGTH} events"
AT_MOST = 1.15
LONGEST = 100.0
VACUUM = "VACUUM (FREEZE, DISABLE_PAGE_SKIPPING) stored_events"
COPY = b"COPY stored_events (originator_id, originator_version, topic, state) FROM STDIN (FORMAT BINARY)"
UNDISTURBED = "ALTER TABLE stored_events SET (autovacuum_enabled = off)"

Row = tuple[UUID, int, str, bytes]


class Grown:
    """A hub on a store of so many events; twenty cases of a hundred events lie spread over it."""

    def __init__(self, folder: Path, name: str, server: PrivateServer | None, events: int, size: int) -> None:
        self.name, self.events = name, events
        settings = new_home(folder / name, server)
        self.hub = build_hub(settings, BenchClock())
        set_up_partnership(self.hub)
        self.cases = [case_id(number) for number in range(CASES)]
        told = [[event for event, _ in islice(story(Case(id=case), n), LENGTH)] for n, case in enumerate(self.cases)]
        self.answered = told[0][-1]
        self.growing, self.version = case_stream(case_id(CASES)), 0
        self.append()
        sealed = [
            [self._sealed(StreamEvent(case, place, event, case_stream(case).owner)) for place, event in events_of_it]
            for case, events_of_it in zip(self.cases, (list(enumerate(one, 1)) for one in told), strict=True)
        ]
        _load(settings.events if server is None else server.dsn(name), spread(sealed, events, size))

    def _sealed(self, event: StreamEvent) -> Row:
        stored = self.hub.ledger.mapper.to_stored_event(cast(DomainEventProtocol[UUID], event))
        return cast(UUID, stored.originator_id), stored.originator_version, stored.topic, stored.state

    def append(self, _: int = 0) -> None:
        self.hub.append(self.growing, self.version, [self.answered])
        self.version += 1

    def read(self, number: int) -> None:
        case = self.cases[number % CASES]
        grown(Loaded(Case(id=case)), self.hub.ledger.read(case_stream(case)))


def show_growth(folder: Path, name: str, server: PrivateServer | None, small: int, large: int, size: int) -> None:
    """The smaller store and the larger, turn about; on PostgreSQL first what a VACUUM of the larger does to appends."""
    least, most = f"{small:,} events", f"{large:,} events"
    stores = {
        least: Grown(folder, f"{name}-{small}", server, small, size),
        most: Grown(folder, f"{name}-{large}", server, large, size),
    }
    if server is not None:
        show_vacuum(folder, server, stores[most])
    rounds = Rounds(
        [Task(APPEND, events, one.append, TIMES) for events, one in stores.items()]
        + [Task(READ, events, one.read, TIMES) for events, one in stores.items()]
    )
    rounds.run(ROUNDS)
    print(f"  Growth from {small:,} to {large:,} events; {ROUNDS} rounds")
    for question in (APPEND, READ):
        print(f"   {question}")
        for events in stores:
            print(rounds.line(question, events, least, AT_MOST))
    for one in stores.values():
        one.hub.close()


def show_vacuum(folder: Path, server: PrivateServer, store: Grown) -> None:
    bare = "vacuumed-library"
    library = Library(database(folder, bare, server))
    library.fill(1, 1)
    _load(str(library.where), spread([], store.events, library.size_of_state()))
    numbers = count(1)
    print(f"  The longest append while a VACUUM of {store.events:,} events goes on that freezes every page")
    for who, dbname, work in (
        ("the hub", store.name, store.append),
        ("library bare", bare, lambda: library.append(next(numbers))),
    ):
        calm, _, _ = longest(work, lambda: sleep(3))
        most, appends, took = longest(work, partial(server.execute, VACUUM, dbname))
        said = f"{most:>10.1f} ms, of {appends:,} in {took:.1f} s; without VACUUM {calm:.1f} ms"
        target = f"  target <= {LONGEST:g} ms: {verdict(most, LONGEST)}" if who == "the hub" else ""
        print(f"    {who:<52}{said}{target}")
    library.close()


def longest(work: Callable[[], object], beside: Callable[[], object]) -> tuple[float, int, float]:
    """Do `work` again and again while something goes on: the longest in milliseconds, how many, and for how long."""
    thread = Thread(target=beside)
    began = perf_counter()
    thread.start()
    taken = []
    while thread.is_alive():
        started = perf_counter()
        work()
        taken.append(perf_counter() - started)
    return max(taken) * 1000, len(taken), perf_counter() - began


def spread(sealed: Sequence[Sequence[Row]], events: int, size: int) -> Iterator[Row]:
    """So many rows in all: version after version of many streams, and with each the next of every sealed one."""
    streams = [uuid4() for _ in range(events // LENGTH - len(sealed))]
    for version in range(1, LENGTH + 1):
        for stream in streams:
            yield stream, version, TOPIC, os.urandom(size)
        for rows in sealed:
            yield rows[version - 1]


def _load(where: Path | str, rows: Iterator[Row]) -> None:
    """In bulk, on disk, and with nothing left to be tidied up while something is measured."""
    if isinstance(where, Path):
        connection = sqlite3.connect(where, isolation_level=None)
        connection.execute("BEGIN")
        connection.executemany(INSERT, ((stream.hex, version, topic, state) for stream, version, topic, state in rows))
        connection.execute("COMMIT")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.close()
        return
    with psycopg.connect(where, autocommit=True) as owner:
        owner.execute(UNDISTURBED)
        with owner.cursor() as cursor, cursor.copy(COPY) as copy:
            copy.set_types(["uuid", "int8", "text", "bytea"])
            for row in rows:
                copy.write_row(row)
        owner.execute("ANALYZE stored_events")
        owner.execute("CHECKPOINT")
