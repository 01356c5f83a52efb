"""What the proof log costs those who append, and how far its head is behind them.

The worker is the one that runs in service: a thread beside a hub on SQLite, a process of its own beside PostgreSQL.
"""

import multiprocessing
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection
from pathlib import Path
from statistics import median, quantiles
from time import monotonic, process_time, sleep, thread_time
from typing import Any

from application.hub import Hub
from application.ledger import case_stream
from application.projections.catch_up import catch_up
from benchmarks.histories import BenchClock, set_up_partnership, write_case
from benchmarks.homes import new_home
from benchmarks.rounds import verdict
from domain.assessment import QuestionsAnswered
from interfaces.background import EVERY, Worker
from interfaces.bootstrap import build_hub, log_of
from interfaces.settings import Settings
from interfaces.storage.log import ProofLog
from interfaces.storage.verifying import Head
from tests.postgres import PrivateServer

CASES, LENGTH = 100, 20
ALONE, WITH_LOG, WITH_WORKER = "nothing follows", "the proof log follows", "the worker: the log, and the read models"
FAST, CALMLY = "as fast as they go", "one every 20 ms"
CALM = 0.02
LOSS, LAG = 0.05, 250.0
Seen = list[tuple[float, int]]
"""When which size of the log was signed and stored."""


class Watched:
    """A log that notes when each head was there."""

    def __init__(self, log: ProofLog, seen: Seen) -> None:
        self._log, self._seen = log, seen

    def follow(self) -> Head | None:
        head = self._log.follow()
        if head is not None and (not self._seen or self._seen[-1][1] < head.size):
            self._seen.append((monotonic(), head.size))
        return head


class LogAlone(Worker):
    """Follows with the log, and leaves the read models be."""

    def run(self) -> None:
        while not self._stopping.wait(EVERY):
            self._log.follow()


FOLLOWING: dict[str, type[Worker]] = {WITH_LOG: LogAlone, WITH_WORKER: Worker}


class Proving:
    """Appends to a hundred cases in turn, as fast as they go or at a calm pace, with and without somebody following."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        clock = BenchClock()
        self.hub = build_hub(settings, clock)
        self.keeper = build_hub(settings, clock, role="projector") if settings.postgres else self.hub
        set_up_partnership(self.hub)
        self.cases = [write_case(self.hub, clock, number, LENGTH, looks=False) for number in range(CASES)]
        told = self.hub.case_events(self.cases[0])
        self.answered = next(event for event in told if isinstance(event, QuestionsAnswered))
        self.appended = 0
        self.rates: dict[str, list[float]] = {ALONE: [], WITH_LOG: [], WITH_WORKER: []}
        self.lags: dict[tuple[str, str], list[float]] = {}
        self.spent: dict[str, list[float]] = {way: [] for way in FOLLOWING}
        self.used = 0.0
        self.failures = 0

    def run(self, rounds: int, seconds: float) -> None:
        for number in range(rounds):
            ways = list(self.rates)
            first = number % len(ways)
            for way in (*ways[first:], *ways[:first]):
                self._rest()
                if way == ALONE:
                    self.rates[way].append(len(self._append(seconds)) / seconds)
                else:
                    for pace, pause in ((FAST, 0.0), (CALMLY, CALM)):
                        self._followed(way, pace, seconds, pause)

    def _followed(self, way: str, pace: str, seconds: float, pause: float) -> None:
        before = self.hub.ledger.count()
        with self._following(way) as seen:
            moments = self._append(seconds, pause)
            if pace == FAST:
                self.rates[way].append(len(moments) / seconds)
            after = self.hub.ledger.count()
            while (head := log_of(self.hub).head()) is None or head.size < after:
                sleep(0.01)
        if pace == FAST:
            self.spent[way].append(self.used / len(moments))
        heads = iter(seen)
        covered = 0
        for size, appended in enumerate(moments, start=before + 1):
            while covered < size:
                at, covered = next(heads)
            self.lags.setdefault((way, pace), []).append(max(0.0, at - appended) * 1000)

    def _rest(self) -> None:
        log_of(self.keeper).follow()
        catch_up(self.keeper)

    def _append(self, seconds: float, pause: float = 0.0) -> list[float]:
        """When each append had returned."""
        moments = []
        until = monotonic() + seconds
        while monotonic() < until:
            lap, place = divmod(self.appended, CASES)
            self.hub.append(case_stream(self.cases[place]), LENGTH + lap, [self.answered])
            self.appended += 1
            moments.append(monotonic())
            if pause:
                sleep(pause)
        return moments

    @contextmanager
    def _following(self, way: str) -> Iterator[Seen]:
        """Fills what it gives when it ends; then `used` says what processor time following took."""
        seen: Seen = []
        if self.settings.postgres is None:
            begun = process_time() - thread_time()    # of all threads but the one that appends
            worker = following(way, self.hub, seen)
            try:
                yield seen
            finally:
                worker.stop()
            self.used = process_time() - thread_time() - begun
            self.failures += worker.failures
            return
        spawned = multiprocessing.get_context("spawn")
        ours, theirs = spawned.Pipe()
        process = spawned.Process(target=follow_in_a_process, args=(self.settings, way, theirs))
        process.start()
        theirs.close()    # so that a process that dies is noticed
        try:
            ours.recv()
            yield seen
            ours.send("stop")
            noted, failures, self.used = ours.recv()
        except BaseException:
            process.terminate()
            raise
        finally:
            process.join()
        seen += noted
        self.failures += failures

    def show(self) -> None:
        print("  The proof log following: appends a second by one writer, and the time until a head covers an append")
        alone = self.rates[ALONE]
        print(f"    {ALONE:<52}{median(alone):>10,.0f} appends/s")
        for way in FOLLOWING:
            rates = self.rates[way]
            loss = median(1 - rate / other for rate, other in zip(rates, alone, strict=True))
            target = f"target <= {LOSS:.0%}: {'met' if loss <= LOSS else f'missed by {loss - LOSS:.1%} of all'}"
            print(f"    {way:<52}{median(rates):>10,.0f} appends/s  lost {loss:.1%}  {target}")
            spent = median(self.spent[way]) * 1e6
            print(f"      {FAST:<50}  {spent:.0f} us of processor time an append in the follower itself")
            for pace in (FAST, CALMLY):
                lags = self.lags[way, pace]
                p99 = quantiles(lags, n=100)[98]
                said = f"behind {median(lags):.0f} ms p50, {p99:.0f} ms p99, {max(lags):.0f} ms at most"
                print(f"      {pace:<50}  {said}  target p99 <= {LAG:g} ms: {verdict(p99, LAG)}")
        if self.failures:
            print(f"    THE WORKER FAILED {self.failures} TIMES")

    def close(self) -> None:
        for hub in {self.hub, self.keeper}:
            hub.close()


def following(way: str, hub: Hub, seen: Seen) -> Worker:
    watched: Any = Watched(log_of(hub), seen)
    worker = FOLLOWING[way](hub, watched)
    worker.start()
    return worker


def follow_in_a_process(settings: Settings, way: str, told: Connection) -> None:
    """Until told to stop; then what was seen, how often the worker failed, and the processor time it took."""
    hub = build_hub(settings, BenchClock(), role="projector")
    seen: Seen = []
    worker = following(way, hub, seen)
    begun = process_time()
    told.send("started")
    told.recv()
    worker.stop()
    told.send((seen, worker.failures, process_time() - begun))
    hub.close()


def show_proving(folder: Path, name: str, server: PrivateServer | None, rounds: int, seconds: float) -> None:
    proving = Proving(new_home(folder / f"{name}-proving", server))
    proving.run(rounds, seconds)
    proving.show()
    proving.close()
