"""Kill a recording command at each of its writes, or let its disk fail there, and check what it leaves behind.

A point is one system call of one thread, by its number, and one fault: SIGKILL before the call, or EIO or ENOSPC in
its place, once or from then on. Faults are put in by strace; every point starts from a copy of the same hub.
"""

import argparse
import json
import multiprocessing
import os
import random
import re
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, suppress
from functools import partial
from pathlib import Path
from typing import Any

import msgspec

from application.hub import SENT
from application.projections.catch_up import catch_up, rebuild
from domain.agency import LookRefused
from domain.record import Event
from interfaces.background import keep_up
from interfaces.bootstrap import log_of
from interfaces.inspection import inspect
from interfaces.settings import read_settings
from tests.faults.recording_child import (
    LOOK,
    MAIN,
    Plan,
    Said,
    case_of,
    do,
    opened,
    prepare,
    recorded,
    start,
    the_commands,
)

TAKES_SPACE = ("pwrite64", "write", "pwritev", "pwritev2", "writev", "ftruncate", "truncate", "fallocate")
REACHES_THE_DISK = ("fdatasync", "fsync", "sync_file_range", "msync")
NAMES_FILES = ("rename", "renameat", "renameat2", "unlink", "unlinkat", "link", "linkat")
MAKES_FILES = "openat"
CALLS = (*TAKES_SPACE, *REACHES_THE_DISK, *NAMES_FILES, MAKES_FILES)
KILL, EIO, ENOSPC = "KILL", "EIO", "ENOSPC"
LATER = "a thread begun later"
PATIENCE = 120.0
CHECKPOINT_SOON = 970  # SQLite takes its write-ahead log in at 1,000 pages: that then falls into the commands
HOW_MANY_PAGES = "how long the write-ahead log is to begin with; a short one makes a quicker run"

Footprint = dict[str, Counter[str]]


class Point(msgspec.Struct, frozen=True, order=True):
    """The `number`-th `call` of a thread meets a fault; `stays` when every later one does too."""

    call: str
    number: int
    fault: str
    stays: bool = False
    thread: str = MAIN

    def __str__(self) -> str:
        where = "" if self.thread == MAIN else f" of {self.thread}"
        return f"{self.fault}{' from' if self.stays else ' at'} {self.call} {self.number}{where}"

    @property
    def options(self) -> tuple[str, ...]:
        what = "signal=KILL" if self.fault == KILL else f"error={self.fault}"
        put_in = f"inject={self.call}:{what}:when={self.number}{'+' if self.stays else ''}"
        return "-s", "0", "-e", f"trace={self.call}", "-e", put_in


class Base(msgspec.Struct, frozen=True):
    """What every point starts from, and what an undisturbed run leaves."""

    home: str
    before: list[str]
    footprint: Footprint
    plan: Plan = Plan()


class Seen(msgspec.Struct):
    """What the watcher of one run was told, and how the process ended."""

    done: list[str] = []
    gave_up: list[str] = []
    refused: list[tuple[str, str]] = []
    unread: int = 0
    threads: dict[str, str] = {}
    ended: bool = False
    killed: bool = False
    hung: bool = False
    fired: bool = False
    trace: str = ""


class Outcome(msgspec.Struct):
    """One point: whether the fault came, what became of the command it met, and what was wrong afterwards."""

    point: Point
    fired: bool
    became: str
    acknowledged: int
    refusals: list[str]
    unread: int
    wrong: list[str]


class Traced:
    """strace on one thread of a process, or with -f on all, in its place before this returns."""

    def __init__(self, thread: int, log: Path, *options: str) -> None:
        self._process = subprocess.Popen(
            ["strace", "-y", "-e", "signal=none", "-o", str(log), *options, "-p", str(thread)],
            stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        said = self._process.stderr.readline() if self._process.stderr else ""
        if "attached" not in said:
            self._process.kill()
            raise RuntimeError(f"strace cannot trace here: {said.strip()}")

    def end(self) -> None:
        self._process.communicate(timeout=PATIENCE)


NOTING = ("-f", "-s", "0", "-e", f"trace={','.join(CALLS)}")


def watched(home: Path, log: Path, point: Point | None, plan: Plan, noting: Sequence[str] = NOTING) -> Seen:
    """One run of the recording process with one fault in it, or with none and every call noted."""
    pid, line = start(home, plan)
    seen, tracer = Seen(), None
    with closing(line):
        line.settimeout(PATIENCE)
        try:
            if point is None:
                tracer = Traced(pid, log, *noting)
            elif point.thread == MAIN:
                tracer = Traced(pid, log, *point.options)
            line.send(b"g")
            for told in _messages(line):
                if told[0] == "threads":
                    seen.threads = told[1]
                    if point is not None and point.thread != MAIN:
                        wanted = [int(one) for one, name in told[1].items() if name == point.thread]
                        tracer = Traced(wanted[0], log, *point.options)
                    line.send(b"g")
                else:
                    _note(seen, told)
        except TimeoutError:
            seen.hung = True
        finally:
            if seen.hung or sys.exc_info()[0] is not None:
                os.kill(pid, signal.SIGKILL)
            _, status = os.waitpid(pid, 0)
            if tracer is not None:
                tracer.end()
    seen.killed = os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL and not seen.hung
    seen.trace = log.read_text(encoding="utf-8", errors="replace") if tracer is not None else ""
    seen.fired = "(INJECTED)" in seen.trace or (point is not None and point.fault == KILL and seen.killed)
    return seen


def _messages(line: socket.socket) -> Iterator[list[Any]]:
    with suppress(ConnectionError):
        while message := line.recv(1 << 16):
            yield json.loads(message)


def _note(seen: Seen, told: list[Any]) -> None:
    match told:
        case ["done", command]:
            seen.done.append(command)
        case ["refused", what, kind]:
            seen.refused.append((what, kind))
        case ["gave up", what]:
            seen.gave_up.append(what)
        case ["unread", _]:
            seen.unread += 1
        case ["ended"]:
            seen.ended = True


def calls_of(seen: Seen, home: Path) -> dict[tuple[str, str, int], str]:
    """Every call that changes a file of the home in a run without faults, by thread, call and number, with its name.

    Other calls are counted on, since the tracer counts them too, and left out. A thread that works beside the commands
    is traced from when the hub is open, so its numbers begin a little later in a run with a fault.
    """
    numbers: Counter[tuple[str, str]] = Counter()
    found = {}
    for traced in re.finditer(r"^(?:(\d+) +)?(\w+)\((.*)$", seen.trace, re.MULTILINE):
        thread = seen.threads.get(traced[1], LATER) if traced[1] else MAIN
        call, rest = traced[2], traced[3]
        numbers[thread, call] += 1
        file = re.search(re.escape(str(home)) + r"(?:/([^\">]*))?[\">]", rest)
        if file and (call != MAKES_FILES or "O_CREAT" in rest or "O_TRUNC" in rest):
            found[thread, call, numbers[thread, call]] = file[1] or "the folder"
    return found


def points_of(calls: Sequence[tuple[str, str, int]]) -> list[Point]:
    """Every fault at every call: killed there; EIO once and from then on; where space is taken, ENOSPC likewise.

    Opening fails once only: were it to fail for good, the process could not read its own program either.
    """
    points = []
    for thread, call, number in calls:
        points.append(Point(call, number, KILL, thread=thread))
        for fault in (EIO, ENOSPC) if call in TAKES_SPACE or call == MAKES_FILES else (EIO,):
            for stays in (False,) if call == MAKES_FILES else (False, True):
                points.append(Point(call, number, fault, stays, thread))
    return points


def chosen(points: list[Point], wanted: int, seed: int) -> list[Point]:
    """All points when so many are wanted; else every kill, if they leave room, or half of each, drawn by the seed."""
    if wanted >= len(points):
        return points
    drawn = random.Random(seed)  # noqa: S311 - drawn again from its seed, no secret
    kills = [point for point in points if point.fault == KILL]
    others = [point for point in points if point.fault != KILL]
    if len(kills) * 4 > wanted * 3:
        kills = drawn.sample(kills, wanted // 2)
    return [*kills, *drawn.sample(others, wanted - len(kills))]


def footprint_of(events: list[tuple[str, Event]]) -> Footprint:
    """What each command has left: how many events of which kind in which stream. A look goes by what was looked at.

    A look that was refused, because what would have allowed it could not be recorded, is on record beside it.
    """
    found: Footprint = {}
    for stream, event in events:
        if not isinstance(event, LookRefused):
            found.setdefault(event.command.partition(SENT)[0], Counter())[f"{stream} {type(event).__name__}"] += 1
    return found


def written(events: list[tuple[str, Event]]) -> list[str]:
    return [f"{stream} {msgspec.json.encode(event).decode()}" for stream, event in events]


def left_behind(home: Path, base: Base, seen: Seen, wrong: list[str]) -> str:
    """Open the home anew, note in `wrong` whatever breaks a promise, and say what became of the interrupted command."""
    wrong += _damaged(home)
    hub = opened(home)
    events = recorded(hub)
    found = footprint_of(events)
    if lost := Counter(base.before) - Counter(written(events)):
        wrong.append(f"lost: {lost.total()} events from before the run")
    became = "nothing in hand"
    commands = the_commands()
    for said in commands:
        left, whole = found.get(_mark(said), Counter()), base.footprint[_mark(said)]
        if said.command_id in seen.done and not left:
            wrong.append(f"lost: {said.command_id} ({said.name}) was acknowledged and is not there")
        elif left and not _whole(said, left, whole):
            wrong.append(f"not whole: {said.command_id} ({said.name}) left {dict(left)} instead of {dict(whole)}")
        if said.command_id not in seen.done and became == "nothing in hand":
            became = "wholly there" if left else "wholly absent"
    _again(hub, commands, base, wrong)
    catch_up(hub)
    stood = hub.rows.everything()
    rebuild(hub)
    if stood != hub.rows.everything():
        wrong.append("rows: what stood differs from a rebuild")
    keep_up(hub, log_of(hub))
    hub.close()
    wrong += _damaged(home)
    wrong += [f"verify: {fault}" for fault in inspect(read_settings(home)).faults]
    return became


def _mark(said: Said) -> str:
    return f"look:{said.command_id}" if said.name == LOOK else said.command_id


def _whole(said: Said, left: Counter[str], whole: Counter[str]) -> bool:
    """A look sent again is another look; every other command has one effect."""
    return left.keys() == whole.keys() if said.name == LOOK else left == whole


def _again(hub: Any, commands: list[Said], base: Base, wrong: list[str]) -> None:
    """Send everything once more under the ids it had: what is missing is done now, what is there stays single."""
    for said in commands:
        try:
            do(hub, said, case_of(hub, commands))
        except Exception as error:
            wrong.append(f"refused afterwards: {said.command_id} ({said.name}): {type(error).__name__}")
    found = footprint_of(recorded(hub))
    for said in commands:
        left, whole = found.get(_mark(said), Counter()), base.footprint[_mark(said)]
        if not _whole(said, left, whole):
            wrong.append(f"not single: {said.command_id} ({said.name}) sent again left {dict(left)}")


def _damaged(home: Path) -> list[str]:
    """What SQLite finds wrong with the databases of the home, whichever they are."""
    wrong = []
    for path in sorted(home.rglob("*")):
        if path.is_file() and path.read_bytes()[:15] == b"SQLite format 3":
            with closing(sqlite3.connect(path)) as connection:
                said = [row[0] for row in connection.execute("PRAGMA integrity_check")]
            if said != ["ok"]:
                wrong.append(f"integrity: {path.name}: {said[0]}")
    return wrong


def apart(work: Callable[[], Any]) -> Any:
    """What `work` answers in a process of its own, where nothing of this one is open or remembered."""
    reading, writing = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(reading)
        answer: dict[str, Any] = {}
        try:
            answer = {"answer": work()}
        except Exception as error:
            answer = {"error": f"{type(error).__name__}: {error}"}
        finally:
            with os.fdopen(writing, "wb") as out:
                out.write(json.dumps(answer).encode())
            os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as line:
        told = line.read()
    os.waitpid(pid, 0)
    answered = json.loads(told or b'{"error": "it died"}')
    if "error" in answered:
        raise RuntimeError(answered["error"])
    return answered["answer"]


def run_point(point: Point, base: Base) -> Outcome:
    """One point from a fresh copy to what it left behind."""
    with tempfile.TemporaryDirectory(prefix="hub-crash-") as folder:
        home = Path(folder, "home")
        shutil.copytree(base.home, home)
        seen = watched(home, Path(folder, "trace"), point, base.plan)
        wrong = list(_misbehaved(point, seen))

        def look() -> tuple[str, list[str]]:
            found: list[str] = []
            return left_behind(home, base, seen, found), found

        try:
            became, found = apart(look)
            wrong += found
        except RuntimeError as error:
            became = "not opened"
            wrong.append(f"not opened again: {error}")
    refusals = [kind for _, kind in seen.refused]
    return Outcome(point, seen.fired, _became(point, seen, became), len(seen.done), refusals, seen.unread, wrong)


def _misbehaved(point: Point, seen: Seen) -> Iterator[str]:
    if seen.hung:
        yield f"hung: no word for {PATIENCE:.0f} s"
    elif point.fault != KILL and not seen.ended and "open" not in seen.gave_up:
        yield "died: a failing disk ended the process"
    if not point.stays and point.fault != KILL and seen.gave_up:
        yield f"did not go on: one failed call, and {', '.join(seen.gave_up)} could not be done in three tries"


def _became(point: Point, seen: Seen, became: str) -> str:
    if point.fault == KILL or became == "not opened":
        return became
    if not seen.refused:
        return "not noticed"
    return "refused, told" if seen.gave_up else "refused, then done"


def prepared(folder: Path, pages: int, plan: Plan) -> tuple[Base, dict[tuple[str, str, int], str]]:
    """The hub every point starts from, what a run without faults leaves, and the calls it makes."""
    origin, whole = folder / "origin", folder / "whole"

    def make() -> None:
        held.append(prepare(origin, pages))

    held: list[Any] = []
    apart(make)
    shutil.copytree(origin, whole)
    seen = watched(whole, folder / "trace", None, Plan())
    if not seen.ended or seen.refused:
        raise RuntimeError(f"a run without any fault did not go well: {seen.refused[:3]}")
    shutil.copytree(origin, folder / "before")
    before = apart(lambda: written(recorded(opened(folder / "before"))))
    footprint = {
        command: Counter(left) for command, left in apart(lambda: footprint_of(recorded(opened(whole)))).items()
    }
    return Base(str(origin), before, footprint, plan), calls_of(seen, whole)


def inject(points: list[Point], base: Base, jobs: int, progress: Callable[[int], None]) -> list[Outcome]:
    with multiprocessing.get_context("fork").Pool(jobs) as pool:
        outcomes = []
        for outcome in pool.imap_unordered(partial(run_point, base=base), points):
            outcomes.append(outcome)
            progress(len(outcomes))
    return outcomes


def table(outcomes: list[Outcome]) -> str:
    """The points by call and fault, and what became of the command that met it."""
    kinds = ("nothing in hand", "wholly absent", "wholly there", "not noticed", "refused, then done", "refused, told")
    rows: dict[tuple[str, str], Counter[str]] = {}
    for one in outcomes:
        if one.fired:
            fault = f"{one.point.fault}{', stays' if one.point.stays else ''}"
            rows.setdefault((one.point.call, fault), Counter())[one.became] += 1
    lines = [f"| call | fault | points | {' | '.join(kinds)} |", f"|---|---|--:{'|--:' * len(kinds)}|"]
    total: Counter[str] = Counter()
    for (call, fault), counts in sorted(rows.items()):
        total += counts
        lines.append(f"| {call} | {fault} | {counts.total()} | {_cells(counts, kinds)} |")
    lines.append(f"| all | | {total.total()} | {_cells(total, kinds)} |")
    return "\n".join(lines)


def _cells(counts: Counter[str], kinds: Sequence[str]) -> str:
    return " | ".join(str(counts[kind] or "") for kind in kinds)


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="tests.faults.crash", description=__doc__)
    parser.add_argument("--points", type=int, default=1_000_000, help="how many points; all of them unless said")
    parser.add_argument("--seed", type=int, default=1, help="draws the points where not all are wanted")
    parser.add_argument("--only", choices=CALLS, help="the points of one call alone")
    parser.add_argument("--fault", choices=(KILL, EIO, ENOSPC), help="the points of one fault alone")
    parser.add_argument("--jobs", type=int, default=2, help="how many points at a time")
    parser.add_argument(
        "--err", choices=("early", "halves"), help="record wrongly on purpose; the check must then find it"
    )
    parser.add_argument("--pages", type=int, default=CHECKPOINT_SOON, help=HOW_MANY_PAGES)
    said = parser.parse_args(arguments)
    if shutil.which("strace") is None:
        sys.stderr.write("strace is missing, and no fault can be put in without it: apt-get install strace" + "\n")
        return 2
    plan = Plan(answers_early=said.err == "early", writes_by_halves=said.err == "halves")
    with tempfile.TemporaryDirectory(prefix="hub-crash-") as folder:
        base, calls = prepared(Path(folder), said.pages, plan)
        every = [
            point
            for point in points_of([call for call in calls if call[0] != LATER])
            if said.only in (None, point.call) and said.fault in (None, point.fault)
        ]
        points = chosen(every, said.points, said.seed)
        files = Counter((call, file) for (_, call, _), file in calls.items())
        say(f"{len(calls)} calls: " + ", ".join(f"{n} {call} {file}" for (call, file), n in sorted(files.items())))
        if later := sum(thread == LATER for thread, _, _ in calls):
            say(f"{later} of them by a thread that began after the hub was open: no fault is put in there")
        say(f"{len(points)} of {len(every)} points, seed {said.seed}, {len(the_commands())} commands")
        began = time.monotonic()
        outcomes = inject(points, base, said.jobs, _shown(len(points)))
    return report(outcomes, time.monotonic() - began)


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def _shown(of: int) -> Callable[[int], None]:
    def progress(number: int) -> None:
        if number % 200 == 0:
            sys.stderr.write(f"  {number} of {of}\n")

    return progress


def report(outcomes: list[Outcome], took: float) -> int:
    """Print the figures; 1 when any promise was broken."""
    wrong = [(one.point, what) for one in outcomes for what in one.wrong]
    kinds = Counter(what.partition(":")[0] for _, what in wrong)
    fired = sum(one.fired for one in outcomes)
    say(table(outcomes))
    refusals = Counter(kind for one in outcomes for kind in one.refusals)
    say("refusals: " + (", ".join(f"{kind} {n}" for kind, n in refusals.most_common()) or "none"))
    say(f"{sum(one.acknowledged for one in outcomes)} commands acknowledged, {took:.0f} s")
    say(f"{sum(one.unread for one in outcomes)} times what was there could not be read while the disk failed")
    if unfired := [one.point for one in outcomes if not one.fired]:
        say(f"{len(unfired)} points were not reached and are not counted, the first: {unfired[0]}")
    for point, what in sorted(wrong)[:40]:
        say(f"WRONG {point}: {what}")
    say(
        f"{fired} points: {kinds['lost']} lost, {kinds['not whole']} half-commands, {kinds['not single']} not single, "
        f"{len(wrong)} violations in all"
    )
    return 1 if wrong or not fired else 0


if __name__ == "__main__":
    sys.exit(main())
