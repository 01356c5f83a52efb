"""Kills a primary under its writers, promotes the standby, and looks for every event that was acknowledged.

Run: python -m tests.faults.failover --rounds 3 [--writers 8] [--seconds 3]
"""

import argparse
import multiprocessing
import os
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from multiprocessing.synchronize import Event
from pathlib import Path
from time import monotonic, sleep
from uuid import UUID, uuid4

from eventsourcing.persistence import IntegrityError, OperationalError, StoredEvent

from application.ledger import TOPIC
from interfaces.storage.databases import open_engine
from interfaces.storage.log import META as LOG_TABLES
from interfaces.storage.log import HeadSigner, LogWentBack, ProofLog
from interfaces.storage.postgres import HubPostgresFactory, HubPostgresRecorder, OutcomeUnknown
from interfaces.storage.postgres_setup import WRITER, set_up
from tests.postgres import PATIENCE, PrivateServer, a_pair, until

DATABASE = "hub"
PAUSE = 0.2


@dataclass
class Told:
    """What one writer was told: under which number each command is stored, by its acknowledgement or when asked."""

    stored: dict[bytes, int] = field(default_factory=dict)
    unknown_then_found: int = 0
    unknown_then_sent_again: int = 0
    refused_but_stored: int = 0
    conflicts: int = 0
    failures: int = 0
    moments: list[float] = field(default_factory=list)

    @property
    def longest_gap(self) -> float:
        return max((after - before for before, after in zip(self.moments, self.moments[1:], strict=False)), default=0.0)


class Writer:
    """Appends commands to a stream it shares with others, each until it is told that it is stored."""

    def __init__(self, recorder: HubPostgresRecorder, stream: UUID) -> None:
        self._recorder = recorder
        self._stream = stream
        self._version = 0
        self.told = Told()

    def record(self, command: bytes) -> None:
        """Store a command once, however often that takes."""
        ever_in_doubt = False
        while True:
            unknown = False
            try:
                [number] = self._recorder.insert_events([StoredEvent(self._stream, self._version + 1, TOPIC, command)])
            except OutcomeUnknown:
                unknown = ever_in_doubt = True
            except IntegrityError:
                self.told.conflicts += 1
            except OperationalError:
                self.told.failures += 1
                sleep(PAUSE / 10)
                continue
            else:
                self._version += 1
                return self._acknowledge(command, number)
            found = self._look_up(command)
            if found:
                self.told.unknown_then_found += ever_in_doubt
                self.told.refused_but_stored += not ever_in_doubt
                return self._acknowledge(command, found)
            self.told.unknown_then_sent_again += unknown

    def _acknowledge(self, command: bytes, number: int) -> None:
        self.told.stored[command] = number
        self.told.moments.append(monotonic())

    def _look_up(self, command: bytes) -> int | None:
        """The number of a command in the stream behind what this writer knew, which it then knows."""
        while True:
            try:
                tail = self._recorder.tails([(self._stream, self._version)])
                if not any(stored.state == command for stored in tail):
                    self._version += len(tail)
                    return None
                numbers = [row[0] for row in self._recorder.sealed_rows(0, sys.maxsize) if row[4] == command]
                self._version += len(tail)
                return numbers[0]
            except OperationalError:
                self.told.failures += 1
                sleep(PAUSE / 10)


def keep_writing(dsn: str, stream: UUID, enough: Event, report: Connection) -> None:
    """One writer's process: says when its first command is stored, goes on until told, then says what it was told."""
    factory = HubPostgresFactory({"HUB_POSTGRES": dsn})
    writer = Writer(HubPostgresRecorder(factory.datastore), stream)
    try:
        writer.record(uuid4().bytes)
        report.send(None)
        while not enough.is_set():
            writer.record(uuid4().bytes)
        report.send(writer.told)
    finally:
        factory.close()
        report.close()


class Writers:
    """Processes that write until they are told to stop; two to a stream, so that there are lost races as well."""

    def __init__(self, dsn: str, how_many: int) -> None:
        spawning = multiprocessing.get_context("spawn")    # nothing of ours goes along, least of all a connection
        self._enough = spawning.Event()
        self._processes, self._reports = [], []
        stream = uuid4()
        for number in range(how_many):
            if number % 2 == 0:
                stream = uuid4()
            report, theirs = spawning.Pipe(duplex=False)
            process = spawning.Process(target=keep_writing, args=(dsn, stream, self._enough, theirs), daemon=True)
            process.start()
            theirs.close()
            self._processes.append(process)
            self._reports.append(report)
        try:
            self._hear()
        except BaseException:
            self._end()
            raise

    def stop(self) -> list[Told]:
        """Tell them that it is enough; what each was told.

        Raises:
            EOFError: when one of them died.
            TimeoutError: when one of them never ended its call.
        """
        self._enough.set()
        try:
            return self._hear()
        finally:
            self._end()

    def _hear(self) -> list[Told]:
        for report in self._reports:
            if not report.poll(PATIENCE):
                raise TimeoutError(f"a writer said nothing for {PATIENCE:.0f} s")
        return [report.recv() for report in self._reports]

    def _end(self) -> None:
        for process in self._processes:
            process.kill()
            process.join()
        for report in self._reports:
            report.close()


@dataclass(frozen=True)
class Outcome:
    """One round: what the writers were told, beside what the promoted server and the old primary hold."""

    told: Sequence[Told]
    held: Counter[bytes]
    numbers: dict[bytes, int]
    old_primary: Counter[bytes]
    old_newest: int
    written_after: int
    refusal: str

    @property
    def acknowledged(self) -> dict[bytes, int]:
        return {command: number for one in self.told for command, number in one.stored.items()}

    @property
    def lost(self) -> int:
        """Acknowledged commands that are not there, are there twice, or not under the number that was told."""
        return sum(
            self.held[command] != 1 or self.numbers[command] != number for command, number in self.acknowledged.items()
        )

    @property
    def unacknowledged(self) -> int:
        """Rows nobody was told of: no writer may leave one behind, since each asks until it knows."""
        return sum(command not in self.acknowledged for command in self.held)

    @property
    def old_primary_lacks(self) -> int:
        return sum(command not in self.old_primary for command in self.acknowledged)

    @property
    def old_primary_is_behind(self) -> bool:
        return self.old_newest < max(self.acknowledged.values())

    @property
    def passed(self) -> bool:
        refused_but_stored = sum(one.refused_but_stored for one in self.told)
        in_doubt = self.lost or self.unacknowledged or refused_but_stored
        return not in_doubt and self.written_after > 0 and bool(self.refusal)


def a_round(writers: int, seconds: float) -> Outcome:
    """Kill the primary under its writers, promote the standby, let them go on, start the old primary again."""
    with a_pair() as (primary, standby):
        set_up(primary.create_database(DATABASE))
        hosts = f"host=127.0.0.1,127.0.0.1 port={primary.port},{standby.port} dbname={DATABASE} user={WRITER}"
        running = Writers(hosts, writers)
        try:
            sleep(seconds / 2)
            primary.kill()
            sleep(PAUSE)
            standby.promote()
            promoted = newest(standby)
            until(lambda: newest(standby) > promoted, "a write on the promoted server")
            sleep(seconds / 2)
        finally:
            told = running.stop()
        held = rows(standby)
        with a_log() as log:
            log(standby.dsn(DATABASE, WRITER)).follow()
            primary.start()
            old = rows(primary)
            refusal = ""
            try:
                log(primary.dsn(DATABASE, WRITER)).check_start()
            except LogWentBack as error:
                refusal = str(error)
        return Outcome(
            told=told,
            held=Counter(state for _, state in held),
            numbers={state: number for number, state in held},
            old_primary=Counter(state for _, state in old),
            old_newest=old[-1][0],
            written_after=sum(number > promoted for number, _ in held),
            refusal=refusal,
        )


@contextmanager
def a_log() -> Iterator[Callable[[str], ProofLog]]:
    """One proof log beside the databases, that can be put to either of them, as a hub's start puts it."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "log.key").write_bytes(os.urandom(32))
        engine = open_engine(folder / "log.sqlite")
        LOG_TABLES.create_all(engine)
        signer = HeadSigner(folder / "log.key", folder / "log.head", "failover")
        recorders: list[HubPostgresRecorder] = []

        def of(dsn: str) -> ProofLog:
            recorders.append(HubPostgresRecorder(HubPostgresFactory({"HUB_POSTGRES": dsn}).datastore))
            return ProofLog(engine, recorders[-1], signer, "failover")

        try:
            yield of
        finally:
            for recorder in recorders:
                recorder.datastore.close()
            engine.dispose()


def newest(server: PrivateServer) -> int:
    return int(server.execute("SELECT coalesce(max(notification_id), 0) FROM stored_events", DATABASE)[0][0])


def rows(server: PrivateServer) -> list[tuple[int, bytes]]:
    """What a server holds, by number, read without the hub's own code."""
    statement = "SELECT notification_id, state FROM stored_events ORDER BY notification_id"
    return [(number, bytes(state)) for number, state in server.execute(statement, DATABASE)]


COLUMNS: tuple[tuple[str, Callable[[Outcome], object]], ...] = (
    ("acknowledged", lambda one: len(one.acknowledged)),
    ("LOST", lambda one: one.lost),
    ("nobody told", lambda one: one.unacknowledged),
    ("unknown, found", lambda one: sum(told.unknown_then_found for told in one.told)),
    ("unknown, sent again", lambda one: sum(told.unknown_then_sent_again for told in one.told)),
    ("refused, yet stored", lambda one: sum(told.refused_but_stored for told in one.told)),
    ("conflicts", lambda one: sum(told.conflicts for told in one.told)),
    ("failed calls", lambda one: sum(told.failures for told in one.told)),
    ("longest gap s", lambda one: f"{max(told.longest_gap for told in one.told):.2f}"),
    ("written after", lambda one: one.written_after),
    ("old primary lacks", lambda one: one.old_primary_lacks),
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the rounds and print a table; 1 when anything acknowledged was lost."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--writers", type=int, default=8)
    parser.add_argument("--seconds", type=float, default=3.0)
    given = parser.parse_args(arguments)
    say = sys.stdout.write
    say("| round | " + " | ".join(name for name, _ in COLUMNS) + " |\n" + "|---:" * (len(COLUMNS) + 1) + "|\n")
    outcomes = []
    for number in range(1, given.rounds + 1):
        outcome = a_round(given.writers, given.seconds)
        outcomes.append(outcome)
        say(f"| {number} | " + " | ".join(str(figure(outcome)) for _, figure in COLUMNS) + " |\n")
        sys.stdout.flush()
    for number, outcome in enumerate(outcomes, start=1):
        state = "is behind" if outcome.old_primary_is_behind else "is NOT behind"
        say(
            f"Round {number}: the old primary, started again, {state}: its newest row is {outcome.old_newest}, "
            f"the highest acknowledged {max(outcome.acknowledged.values())}; "
            f"it lacks {outcome.old_primary_lacks} acknowledged events.\n"
            f"  The hub's start says to it: {outcome.refusal or 'nothing, IT WOULD WORK ON IT'}\n"
        )
    return 0 if all(outcome.passed for outcome in outcomes) else 1


if __name__ == "__main__":
    sys.exit(main())
