"""How fast a case is recorded, opened, looked back into and listed again, on SQLite files, beside the bare database.

Run: python -m benchmarks.case [--quick] [--dir FOLDER]
"""

import argparse
import platform
import sqlite3
import tempfile
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from uuid import UUID, uuid4

from application.access import approach, view_of
from application.commands.acts import act
from application.hub import Hub
from application.projections.catch_up import catch_up, rebuild
from application.queries.case_as_seen import case_as_seen
from benchmarks.floor import Floor
from benchmarks.histories import LEAD, POLICE, BenchClock, answer, set_up_partnership, worker, write_case
from benchmarks.measuring import Measurements
from interfaces.bootstrap import build_hub
from interfaces.settings import Settings

SIZES = (100, 1_000)
LIST_CASE = 20
INSERT = "floor: one row, committed"
READ_ALL = "floor: all rows read"
REBUILD = "all read models rebuilt"


class Bench:
    """A hub in a folder, with one pair of cases per round so that each round finds them at their stated length."""

    def __init__(self, folder: Path, rounds: int, acts: int, cases: int, sizes: tuple[int, ...] = SIZES) -> None:
        self.clock = BenchClock()
        self.rounds, self.acts, self.sizes = rounds, acts, sizes
        self.folder = folder
        self.open = self._settings("case")
        self.listed = self._settings("lists")
        self.hub = build_hub(self.open, self.clock)
        set_up_partnership(self.hub)
        self.written = {
            size: [write_case(self.hub, self.clock, size + number, size, looks=True) for number in range(rounds)]
            for size in sizes
        }
        self.read = {size: write_case(self.hub, self.clock, 20_000 + size, size, looks=True) for size in sizes}
        self.middle = {size: self.hub.case_events(case)[size // 2].recorded for size, case in self.read.items()}
        catch_up(self.hub)
        self.lists = build_hub(self.listed, self.clock)
        set_up_partnership(self.lists)
        for number in range(cases):
            write_case(self.lists, self.clock, number, LIST_CASE, looks=False)
        catch_up(self.lists)
        self.floor = Floor(folder, self.open.events, b"x" * self._size_of_an_answer())
        self.list_floor = Floor(folder, self.listed.events, b"")
        self.clock.at += timedelta(days=1)
        self.measured = Measurements()

    def _settings(self, name: str) -> Settings:
        return Settings(home=self.folder / name, index_key=b"b" * 32, session_key=b"s" * 32)

    def _size_of_an_answer(self) -> int:
        newest = self.hub.ledger.recorder.select_events(self.read[self.sizes[0]], desc=True, limit=8)
        return sorted(len(stored.state) for stored in newest)[4]

    def run(self) -> None:
        for number in range(self.rounds):
            self.measured.time(INSERT, 10 * self.acts, self.floor.insert)
            self._append()
            for size in self.sizes:
                self._record(size, self.written[size][number])
                self._open(size, self.read[size])
            self.measured.time(READ_ALL, 1, lambda _: self.list_floor.select_all())
            self._rebuild()

    def _append(self) -> None:
        """An event of an answer behind the newest of a stream of nobody's."""
        stream = uuid4()
        newest = self.hub.case_events(self.read[self.sizes[0]])[-2:-1]
        self.measured.time("one event, appended by the ledger", self.acts, lambda n: self.hub.append(stream, n, newest))

    def _rebuild(self) -> None:
        """By a hub just started, so that every case is folded anew."""
        hub = build_hub(self.listed, self.clock)
        self.measured.time(REBUILD, 1, lambda _: rebuild(hub))
        hub.close()

    def _record(self, size: int, case: UUID) -> None:
        case_as_seen(self.hub, worker(LEAD), case)

        def record(number: int) -> None:
            self.clock.at += timedelta(seconds=1)
            act(self.hub, worker(LEAD), case, "answer_questions", answer(LEAD, number), command_id=f"{case}-{number}")

        self.measured.time(f"an answer recorded, case of {size:,}", self.acts, record)

    def _open(self, size: int, case: UUID) -> None:
        self.measured.time(_rows(size), 20, lambda _: self.floor.select(case))
        for reader in (LEAD, POLICE):
            who = worker(reader)

            def judged(hub: Hub, who: str = who) -> object:
                return view_of(approach(hub, who, case, "bench"))

            def shown(hub: Hub, who: str = who) -> object:
                return case_as_seen(hub, who, case)

            def as_then(hub: Hub, who: str = who) -> object:
                return case_as_seen(hub, who, case, self.middle[size])

            if reader == LEAD:
                self._cold(f"cold: folded, {size:,}", lambda hub: hub.case(case))
            self._cold(f"cold: folded, judged for {reader}, {size:,}", judged)
            self._cold(f"cold: and the look on record, {reader}, {size:,}", shown)
            self._warm(f"warm: judged for {reader}, {size:,}", judged)
            self._warm(f"warm: and the look on record, {reader}, {size:,}", shown)
            self._cold(f"cold: as at its middle, {reader}, {size:,}", as_then)

    def _cold(self, name: str, work: Callable[[Hub], object]) -> None:
        """A hub just started on the same files; starting it is not counted."""
        hub = build_hub(self.open, self.clock)
        self.measured.time(name, 1, lambda _: work(hub))
        hub.close()

    def _warm(self, name: str, work: Callable[[Hub], object]) -> None:
        work(self.hub)
        self.measured.time(name, 3, lambda _: work(self.hub))

    def show(self) -> None:
        show, names = self.measured.show, tuple(self.measured.rounds)
        recorded = tuple(name for name in names if name.endswith("ledger") or name.startswith("an answer"))
        show("Recording (the bare row: same size, no rules, no read models)", INSERT, recorded)
        for size in self.sizes:
            opened = tuple(name for name in names if name.startswith(("cold", "warm")) and name.endswith(f" {size:,}"))
            show(f"Opening a case of {size:,} events", _rows(size), opened)
        show(f"Lists of {len(self.lists.rows.everything()):,} rows", READ_ALL, (REBUILD,))

    def close(self) -> None:
        for one in (self.floor, self.list_floor, self.hub, self.lists):
            one.close()


def _rows(size: int) -> str:
    return f"floor: its rows read, {size:,}"


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.case", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="two short rounds, and 100 cases for the lists")
    parser.add_argument("--dir", type=Path, default=Path(__file__).parents[1] / "build", help="the disk to measure on")
    chosen = parser.parse_args()
    rounds, acts, cases = (2, 5, 100) if chosen.quick else (7, 20, 1_000)
    chosen.dir.mkdir(parents=True, exist_ok=True)
    print(f"Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}, WAL, every commit on disk.")
    print(f"{rounds} interleaved rounds; the median, and the median of the rounds' ratios to the floor above it.")
    with tempfile.TemporaryDirectory(dir=chosen.dir, prefix="bench-") as folder:
        bench = Bench(Path(folder), rounds, acts, cases)
        print(f"{cases:,} cases of {LIST_CASE} events for the lists; cases of 100 and 1,000 events for the rest.")
        bench.run()
        bench.show()
        bench.close()


if __name__ == "__main__":
    main()
