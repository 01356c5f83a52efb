"""The store's figures in one run, turn about on one disk, on SQLite and on PostgreSQL: floor, library bare, hub.

Run: python -m benchmarks.store [--quick] [--dir FOLDER]
"""

import argparse
import os
import platform
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from uuid import UUID

from application.commands.acts import act
from application.hub import Loaded, grown
from application.ledger import case_stream
from application.projections.catch_up import catch_up
from application.reading import read_command
from benchmarks.floors import floor
from benchmarks.growing import show_growth
from benchmarks.histories import LEAD, BenchClock, answer, case_id, set_up_partnership, worker, write_case
from benchmarks.homes import database, new_home, rows_of
from benchmarks.library_bare import Library
from benchmarks.projecting import show_projecting
from benchmarks.proving import show_proving
from benchmarks.rounds import Rounds, Task, Work, disk, durability, verdict
from domain.assessment import AnswerQuestions
from domain.case import Case, decide
from domain.record import Act, Actor
from domain.vocabulary import Role
from interfaces.bootstrap import build_hub
from tests.postgres import PrivateServer

PACKAGES = ("eventsourcing", "psycopg", "sqlalchemy", "cryptography", "msgspec")

APPEND, COMMAND, READ, WARM = "append", "command", "read", "warm"
FLOOR, BARE, SEALED = "floor: one row by the bare driver, committed", "library bare", "the hub, sealed"
DECIDED, ACTED = "the hub: load, decide, append", "the hub: the whole act, policy and lists too"
SELECT, RECORDER = "floor: its rows selected by the bare driver", "its rows selected by the library's recorder"
FOLDED, SNAPPED = "the hub: opened and folded from the start", "the hub: a cold case, from its snapshot"
HELD = "a warm case of {:,} events"
SHORT, LONG = 100, 1_000
COLD = 10


@dataclass(frozen=True)
class Sizes:
    """How much is measured."""

    rounds: int
    times: int
    warm: tuple[int, ...]
    projected: tuple[int, int]
    one_by_one: int
    seconds: float
    small: int
    large: int


FULL = Sizes(7, 200, (100, 1_000, 10_000), (200, 100), 2_000, 2.0, 10_000, 1_000_000)
QUICK = Sizes(2, 30, (100, 1_000), (40, 100), 300, 0.5, 5_000, 20_000)


class Store:
    """Floor, library bare and hub on one kind of database, each with cases of the same lengths."""

    def __init__(self, folder: Path, name: str, server: PrivateServer | None, sizes: Sizes) -> None:
        self.sizes = sizes
        self.name = name
        self.settings, self.clock = new_home(folder / f"{name}-hub", server), BenchClock()
        self.hub = build_hub(self.settings, self.clock)
        set_up_partnership(self.hub)
        lengths = (LONG, *(SHORT for _ in range(2 * sizes.rounds)), *sizes.warm)
        written = [write_case(self.hub, self.clock, n, length, looks=False) for n, length in enumerate(lengths)]
        self.long, self.decided = written[0], written[1 : sizes.rounds + 1]
        self.acted, self.warm = written[sizes.rounds + 1 : 2 * sizes.rounds + 1], written[2 * sizes.rounds + 1 :]
        catch_up(self.hub)
        sample = write_case(self.hub, self.clock, len(lengths), SHORT, looks=False)
        act(self.hub, worker(LEAD), sample, "answer_questions", answer(LEAD, 0), command_id=f"acted-{sample}")
        (self.answered,) = self.hub.ledger.read(case_stream(sample), SHORT)
        self.growing = case_stream(case_id(len(lengths) + 1))
        self.hub.append(self.growing, 0, [self.answered])
        self.size = len(self.hub.ledger.recorder.select_events(self.growing.id)[0].state)
        self.floor = floor(database(folder, f"{name}-floor", server), self.size, rows_of(self.settings))
        self.library = Library(database(folder, f"{name}-library", server))
        self.library.fill(sizes.rounds, SHORT)
        self.reading = Library(rows_of(self.settings), create_table=False)
        self.rounds = Rounds([*self._writing(), *self._reading()])

    def _writing(self) -> Sequence[Task]:
        times = self.sizes.times
        return (
            Task(APPEND, FLOOR, lambda n: self.floor.insert(n + 1), times),
            Task(APPEND, BARE, self.library.append, times),
            Task(APPEND, SEALED, lambda n: self.hub.append(self.growing, n + 1, [self.answered]), times),
            Task(COMMAND, FLOOR, lambda n: self.floor.insert(n + 10_000_000), times),
            Task(COMMAND, BARE, lambda n: self.library.command(n // times, n), times),
            Task(COMMAND, DECIDED, self._decide, times),
            Task(COMMAND, ACTED, self._act, times),
        )

    def _decide(self, number: int) -> None:
        loaded = self.hub.case(self.decided[number // self.sizes.times])
        who = Act(Actor(worker(LEAD), Role.PRACTITIONER, LEAD), self.hub.now_in(loaded.case), f"decided-{number}")
        self.hub.record(loaded, decide(loaded.case, read_command(AnswerQuestions, answer(LEAD, number)), who))

    def _act(self, number: int) -> None:
        case = self.acted[number // self.sizes.times]
        act(self.hub, worker(LEAD), case, "answer_questions", answer(LEAD, number), command_id=f"acted-{case}-{number}")

    def _reading(self) -> Sequence[Task]:
        stream, hub = case_stream(self.long), self.hub
        return (
            Task(READ, SELECT, lambda _: self.floor.select(self.long), COLD),
            Task(READ, RECORDER, lambda _: self.reading.select(self.long), COLD),
            Task(READ, FOLDED, lambda _: grown(Loaded(Case(id=self.long)), hub.ledger.read(stream)), COLD),
            Task(READ, SNAPPED, lambda _: hub.case(self.long), COLD, lambda _: hub._let_go(self.long)),
            *(
                Task(WARM, HELD.format(size), self._warm(case), self.sizes.times)
                for size, case in zip(self.sizes.warm, self.warm, strict=True)
            ),
        )

    def _warm(self, case: UUID) -> Work:
        return lambda _: self.hub.case(case)

    def show(self) -> None:
        line = self.rounds.line
        print(f"\n{self.name}; {self.rounds.rounds} rounds")
        bare = self.library.size_of_state()
        print(f"  Append one event ({self.size} bytes of state; the library's {bare}, in the clear)")
        print(line(APPEND, FLOOR, FLOOR), line(APPEND, BARE, FLOOR), line(APPEND, SEALED, FLOOR, 2.0), sep="\n")
        print(f"  A whole command on a case of {SHORT} events (the library folds it each time)")
        print(line(COMMAND, FLOOR, FLOOR), line(COMMAND, BARE, FLOOR), sep="\n")
        print(line(COMMAND, DECIDED, FLOOR, 2.7), line(COMMAND, ACTED, FLOOR, 2.7), sep="\n")
        print(f"  Read {LONG:,} sealed events into a case")
        print(line(READ, SELECT, SELECT), line(READ, RECORDER, SELECT), sep="\n")
        print(line(READ, FOLDED, SELECT, 2.0), line(READ, FOLDED, RECORDER, 2.0), sep="\n")
        print(line(READ, SNAPPED, SELECT))
        print("    (the first line of the fold is against the bare driver, the second against the library's recorder)")
        print("  A warm case, before the view")
        for size in self.sizes.warm:
            taken = self.rounds.seconds(WARM, HELD.format(size)) * 1000
            print(f"    {HELD.format(size):<52}{taken:>10.3f} ms  target <= 1 ms: {verdict(taken, 1.0)}")

    def close(self) -> None:
        for one in (self.floor, self.library, self.reading, self.hub):
            one.close()


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.store", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a few short rounds, and a store of 20,000 events")
    parser.add_argument("--dir", type=Path, default=Path(__file__).parents[1] / "build", help="the disk to measure on")
    chosen = parser.parse_args()
    sizes = QUICK if chosen.quick else FULL
    with disk(chosen.dir) as (folder, server):
        versions = ", ".join(f"{name} {version(name)}" for name in PACKAGES)
        print(f"Python {platform.python_version()}, {versions}, {os.cpu_count()} processors.")
        print(f"SQLite {sqlite3.sqlite_version}, WAL, synchronous FULL. PostgreSQL: {durability(server)}.")
        print(f"{sizes.times} appends and commands a round. Medians; ratios round by round, then their median (least")
        print("to most of any round). The proof log's worker stands still until it is measured itself.")
        servers = {"SQLite": None, "PostgreSQL": server}
        stores = {name: Store(folder, name, of, sizes) for name, of in servers.items()}
        for _ in range(sizes.rounds):
            for store in stores.values():
                store.rounds.run()
        for name, store in stores.items():
            store.show()
            store.close()
            show_projecting(folder, name, servers[name], *sizes.projected, sizes.one_by_one, store.size)
            show_proving(folder, name, servers[name], sizes.rounds, sizes.seconds)
            show_growth(folder, name, servers[name], sizes.small, sizes.large, store.size)


if __name__ == "__main__":
    main()
