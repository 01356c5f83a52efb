"""Time and memory of `hub verify` and `hub rebuild` at 10^6 sealed events, each command a process of its own.

Run: python -m benchmarks.million [--quick] [--dir FOLDER]
"""

import argparse
import os
import platform
import sqlite3
import subprocess
import tempfile
from collections.abc import Iterator
from datetime import timedelta
from itertools import islice
from pathlib import Path
from time import perf_counter
from typing import cast
from uuid import UUID

import msgspec
from eventsourcing.domain import DomainEventProtocol
from sqlalchemy import insert

from application.ledger import StreamEvent, case_stream, owner_of_case, owner_of_locators
from benchmarks.histories import BenchClock, case_id, set_up_partnership, story
from benchmarks.homes import command, in_home, new_home
from benchmarks.rounds import verdict
from domain.case import Case
from domain.record import Event
from interfaces.bootstrap import build_hub
from interfaces.settings import Settings
from interfaces.storage.keyring import KeyRing
from interfaces.storage.keystore import KEYS
from interfaces.storage.sqlite import INSERT

LENGTH = 100
SIDE_BY_SIDE = 500
OPENING = 10
MEBIBYTE = 1024
MEMORY = 300
VERIFY, REBUILD = 60, 600
APART = timedelta(seconds=1)


def write_home(settings: Settings, cases: int) -> int:
    """A hub of so many cases of a hundred events, sealed one by one; five hundred at a time grow side by side.

    Each case decides its own opening; what follows was decided once and is given each case's own times and commands.
    """
    hub = build_hub(settings, BenchClock())
    set_up_partnership(hub)
    _make_keys(hub.ledger.seal, cases)
    template = [event for event, _ in islice(story(Case(id=case_id(0)), 0), LENGTH)]
    seal = hub.ledger.mapper.to_stored_event
    writing = sqlite3.connect(settings.events, isolation_level=None)
    for first in range(0, cases, SIDE_BY_SIDE):
        numbers = range(first, min(first + SIDE_BY_SIDE, cases))
        told = {case_id(number): _told(number, template) for number in numbers}
        writing.execute("BEGIN")
        for version in range(1, LENGTH + 1):
            for case, events in told.items():
                placed = StreamEvent(case, version, next(events), case_stream(case).owner)
                row = seal(cast(DomainEventProtocol[UUID], placed))
                writing.execute(INSERT, (case.hex, version, row.topic, row.state))
        writing.execute("COMMIT")
    writing.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    writing.close()
    written = hub.ledger.count()
    hub.close()
    return written


def _make_keys(seal: object, cases: int) -> None:
    """The keys of all cases in one transaction; made one by one, each waits for the disk."""
    if not isinstance(seal, KeyRing):
        raise TypeError(type(seal).__name__)
    owners = [owner(case_id(number)) for number in range(cases) for owner in (owner_of_case, owner_of_locators)]
    made = [msgspec.structs.asdict(seal._made(owner, 1)) for owner in owners]
    with seal._keystore._engine.begin() as connection:
        connection.execute(insert(KEYS), made)


def _told(number: int, template: list[Event]) -> Iterator[Event]:
    later = APART * number
    opening = [event for event, _ in islice(story(Case(id=case_id(number)), number), OPENING)]
    for step, event in enumerate((*opening, *template[OPENING:])):
        yield msgspec.structs.replace(event, recorded=event.recorded + later, command=f"bench-{number}-{step}")


def measured(settings: Settings, *arguments: str) -> tuple[float, float]:
    """Seconds, and mebibytes at most, that a command took; the run ends where it fails."""
    started = perf_counter()
    process = subprocess.Popen(  # noqa: S603 - our own command
        command(*arguments), env=in_home(settings.home), stdout=subprocess.PIPE, text=True
    )
    said = process.stdout.read() if process.stdout else ""
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"hub {' '.join(arguments)} failed:\n{said}")
    return perf_counter() - started, used.ru_maxrss / MEBIBYTE


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.million", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="200 cases instead of 10,000")
    parser.add_argument("--dir", type=Path, default=Path(__file__).parents[1] / "build", help="the disk to measure on")
    chosen = parser.parse_args()
    cases = 200 if chosen.quick else 10_000
    chosen.dir.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=chosen.dir, prefix="bench-") as folder:
        settings = new_home(Path(folder).resolve() / "hub")
        started = perf_counter()
        written = write_home(settings, cases)
        size = settings.events.stat().st_size / 2**20
        print(f"Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}, {os.cpu_count()} processors.")
        print(f"{written:,} sealed events of {cases:,} cases, {size:,.0f} MiB, in {perf_counter() - started:.0f} s.")
        for said, arguments, limit in (
            ("the log follows, the read models catch up, from nothing", ("head",), 0),
            ("hub verify --log-only", ("verify", "--log-only"), VERIFY),
            ("hub verify", ("verify",), VERIFY),
            ("hub rebuild", ("rebuild", "--json"), REBUILD),
        ):
            seconds, memory = measured(settings, *arguments)
            line = f"  {said:<58}{seconds:>8.1f} s{memory:>8.0f} MiB at most"
            if limit:
                line += f"  target <= {limit} s: {verdict(seconds, limit)}"
            if limit == VERIFY:
                line += f"; <= {MEMORY} MiB: {verdict(memory, MEMORY)}"
            print(line, flush=True)


if __name__ == "__main__":
    main()
