"""How fast a case is recorded, opened, looked back into and listed again, on SQLite files, beside the bare database.

Run: python -m benchmarks.case [--quick] [--dir FOLDER]
"""

import argparse
import platform
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

from application.access import approach, view_of
from application.commands.acts import act
from application.hub import Hub
from application.ledger import case_stream
from application.projections.catch_up import catch_up, rebuild
from application.queries.case_as_seen import case_as_seen
from benchmarks.floors import SqliteFloor
from benchmarks.histories import LEAD, POLICE, BenchClock, answer, case_id, set_up_partnership, worker, write_case
from benchmarks.homes import new_home
from benchmarks.rounds import Rounds, Task, Work
from interfaces.bootstrap import build_hub
from interfaces.settings import Settings

SIZES = (100, 1_000)
LIST_CASE = 20
RECORDING, LISTING = "recording (the bare row: same size, no rules, no read models)", "lists"
INSERT, SELECT, SELECT_ALL = "floor: one row, committed", "floor: its rows read", "floor: all rows read"
OFTEN, SELDOM = 20, 5


class Bench:
    """A hub in a folder with a case for every round, so that each round finds one of the stated length; and a second.

    The second hub holds many short cases, for the lists.
    """

    def __init__(self, folder: Path, rounds: int, acts: int, cases: int, sizes: tuple[int, ...] = SIZES) -> None:
        self.clock, self.acts = BenchClock(), acts
        self.opened, self.listed = new_home(folder / "case"), new_home(folder / "lists")
        self.hub = build_hub(self.opened, self.clock)
        set_up_partnership(self.hub)
        self.written = {
            size: [write_case(self.hub, self.clock, size + number, size, looks=True) for number in range(rounds)]
            for size in sizes
        }
        self.read = {size: write_case(self.hub, self.clock, 20_000 + size, size, looks=True) for size in sizes}
        self.middle = {size: self.hub.case_events(case)[size // 2].recorded for size, case in self.read.items()}
        catch_up(self.hub)
        lists = build_hub(self.listed, self.clock)
        set_up_partnership(lists)
        for number in range(cases):
            write_case(lists, self.clock, number, LIST_CASE, looks=False)
        catch_up(lists)
        self.rows_of_lists = len(lists.rows.everything())
        lists.close()
        newest = self.hub.case_events(self.read[sizes[0]])[-2:-1]
        stream = case_stream(case_id(30_000))
        self.hub.append(stream, 0, newest)
        size = len(self.hub.ledger.recorder.select_events(stream.id)[0].state)
        self.floor = SqliteFloor(folder / "floor.sqlite", size, self.opened.events)
        self.list_floor = SqliteFloor(folder / "list-floor.sqlite", size, self.listed.events)
        self.clock.at += timedelta(days=1)
        self.fresh: Hub | None = None
        self.rounds = Rounds([
            Task(RECORDING, INSERT, self.floor.insert, 10 * acts),
            Task(RECORDING, "one event, appended", lambda n: self.hub.append(stream, n + 1, newest), acts),
            *(Task(RECORDING, f"an answer, case of {size:,}", self._record(size), acts) for size in sizes),
            *(task for size in sizes for task in self._opening(size)),
            Task(LISTING, SELECT_ALL, self._select_all, SELDOM),
            Task(LISTING, "all read models rebuilt", self._on_fresh(rebuild), 1, self._start(self.listed)),
        ])  # fmt: skip

    def _record(self, size: int) -> Work:
        def record(number: int) -> None:
            self.clock.at += timedelta(seconds=1)
            case = self.written[size][number // self.acts]
            act(self.hub, worker(LEAD), case, "answer_questions", answer(LEAD, number), command_id=f"{case}-{number}")

        return record

    def _opening(self, size: int) -> Iterator[Task]:
        case, then, question = self.read[size], self.middle[size], f"opening a case of {size:,} events"
        yield Task(question, SELECT, lambda _: self.floor.select(case), OFTEN)
        yield self._cold(question, "cold: loaded", lambda hub: hub.case(case))
        for reader in (LEAD, POLICE):
            for what, look in (("judged", judged(reader, case)), ("and the look on record", shown(reader, case))):
                yield self._cold(question, f"cold: {what}, {reader}", look)
                yield Task(question, f"warm: {what}, {reader}", self._on_warm(look), SELDOM)
            yield self._cold(question, f"cold: as at its middle, {reader}", shown(reader, case, then))

    def _cold(self, question: str, name: str, work: Callable[[Hub], object]) -> Task:
        return Task(question, name, self._on_fresh(work), SELDOM, self._start(self.opened))

    def _start(self, settings: Settings) -> Work:
        """A hub just started on the same files; starting it is not counted."""

        def start(_: int) -> None:
            if self.fresh is not None:
                self.fresh.close()
            self.fresh = build_hub(settings, self.clock)

        return start

    def _on_fresh(self, work: Callable[[Hub], object]) -> Work:
        return lambda _: work(self.fresh) if self.fresh else None

    def _on_warm(self, work: Callable[[Hub], object]) -> Work:
        return lambda _: work(self.hub)

    def _select_all(self, _: int) -> None:
        self.list_floor.reading.execute("SELECT * FROM stored_events ORDER BY rowid").fetchall()

    def show(self) -> None:
        print(f"\n{self.rows_of_lists:,} rows in the lists.")
        for question, tasks in self.rounds.tasks.items():
            print(f"  {question}")
            for task in tasks:
                print(self.rounds.line(question, task.system, tasks[0].system))

    def close(self) -> None:
        for one in (self.floor, self.list_floor, self.hub, self.fresh):
            if one is not None:
                one.close()


def judged(reader: str, case: UUID) -> Callable[[Hub], object]:
    return lambda hub: view_of(approach(hub, worker(reader), case, "bench"))


def shown(reader: str, case: UUID, at: datetime | None = None) -> Callable[[Hub], object]:
    return lambda hub: case_as_seen(hub, worker(reader), case, at)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.case", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="two short rounds, and 100 cases for the lists")
    parser.add_argument("--dir", type=Path, default=Path(__file__).parents[1] / "build", help="the disk to measure on")
    chosen = parser.parse_args()
    rounds, acts, cases = (2, 5, 100) if chosen.quick else (7, 20, 1_000)
    chosen.dir.mkdir(parents=True, exist_ok=True)
    print(f"Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}, WAL, every commit on disk.")
    print(f"{rounds} interleaved rounds; the median, and the median of the rounds' ratios to the floor above it.")
    print(f"{cases:,} cases of {LIST_CASE} events for the lists; cases of 100 and 1,000 events for the rest.")
    with tempfile.TemporaryDirectory(dir=chosen.dir, prefix="bench-") as folder:
        bench = Bench(Path(folder), rounds, acts, cases)
        bench.rounds.run(rounds)
        bench.show()
        bench.close()


if __name__ == "__main__":
    main()
