"""Measure several systems in one run: on one disk, turn about, and each against the same floor of the same round."""

import gc
import signal
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import NamedTuple

from tests.postgres import PrivateServer

Work = Callable[[int], object]
TURNS = 5


class Task(NamedTuple):
    """One system answering one question; `work(0)`, `work(1)` … over all rounds, each after an untimed `before`."""

    question: str
    system: str
    work: Work
    times: int
    before: Work | None = None


class Rounds:
    """Question by question; within a round the systems take turns, each a few times, another one first each turn.

    What is kept of a round is the median of each task's times in it.
    """

    def __init__(self, tasks: list[Task]) -> None:
        self.tasks: dict[str, list[Task]] = {}
        for task in tasks:
            self.tasks.setdefault(task.question, []).append(task)
        self.taken: dict[tuple[str, str], list[float]] = {(task.question, task.system): [] for task in tasks}
        self.rounds = 0

    def run(self, rounds: int = 1) -> None:
        """So many rounds more; runs on several databases can so be taken in turn."""
        for _ in range(rounds):
            for question, tasks in self.tasks.items():
                self._ask(question, tasks)
            self.rounds += 1

    def _ask(self, question: str, tasks: list[Task]) -> None:
        taken: dict[str, list[float]] = {task.system: [] for task in tasks}
        for turn in range(TURNS):
            first = (self.rounds + turn) % len(tasks)
            for task in (*tasks[first:], *tasks[:first]):
                gc.collect()    # what others left behind is not this one's to clear away
                for number in range(task.times * turn // TURNS, task.times * (turn + 1) // TURNS):
                    taken[task.system].append(_time(task, self.rounds * task.times + number))
        for system, times in taken.items():
            self.taken[question, system].append(median(times))

    def seconds(self, question: str, system: str) -> float:
        return median(self.taken[question, system])

    def ratios(self, question: str, system: str, base: str) -> tuple[float, float, float]:
        """Round by round: least, median and most; what disturbed one round disturbed both."""
        pairs = zip(self.taken[question, system], self.taken[question, base], strict=True)
        each = sorted(one / other for one, other in pairs)
        return each[0], median(each), each[-1]

    def line(self, question: str, system: str, base: str, at_most: float = 0.0) -> str:
        """Milliseconds at the median, how many times the base's that is, and whether a target for it is met."""
        line = f"    {system:<52}{self.seconds(question, system) * 1000:>10.3f} ms"
        if system == base:
            return line
        least, ratio, most = self.ratios(question, system, base)
        line += f"{ratio:>8.2f} x  ({least:.2f} to {most:.2f})"
        return f"{line}  target <= {at_most:g}: {verdict(ratio, at_most)}" if at_most else line


def _time(task: Task, number: int) -> float:
    if task.before:
        task.before(number)
    started = perf_counter()
    task.work(number)
    return perf_counter() - started


def verdict(found: float, at_most: float) -> str:
    """Whether a figure is within its target, and if not by how much it is beyond."""
    return "met" if found <= at_most else f"missed by {(found / at_most - 1):.0%}"


def verdict_at_least(found: float, at_least: float) -> str:
    return "met" if found >= at_least else f"missed by {(1 - found / at_least):.0%}"


@contextmanager
def disk(folder: Path) -> Iterator[tuple[Path, PrivateServer]]:
    """A folder on the disk to measure, and a PostgreSQL server whose data lie on it too; both are gone afterwards."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder, prefix="bench-", ignore_cleanup_errors=True) as name:
        place = Path(name).resolve()
        place.chmod(0o711)    # the server's account passes through, and can list nothing
        signal.signal(signal.SIGTERM, lambda *_: sys.exit("stopped"))    # so that the server goes too
        server = PrivateServer(place / "postgres")
        try:
            server.start()
            yield place, server
        finally:
            server.remove()


def durability(server: PrivateServer) -> str:
    """What the server says of when a commit counts, for the head of a report."""
    names = ("server_version", "fsync", "synchronous_commit", "full_page_writes", "data_checksums", "shared_buffers")
    return ", ".join(f"{name} {server.execute(f'SHOW {name}')[0][0]}" for name in names)
