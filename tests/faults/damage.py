"""Damage copies of three stores at random, and see that `hub verify` names what was done, or prove it without effect.

Each copy has one damage. Where the check passes, every table of every database must say what it said before, or differ
in one of the ways listed here, each with its reason; and every answer to everybody must be what it was.
"""

import argparse
import hashlib
import multiprocessing
import random
import re
import shutil
import sqlite3
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any

import msgspec

from application.hub import Hub
from application.queries.analysis_form import analysis_form
from application.queries.case_as_seen import case_as_seen
from application.queries.caseload import caseload
from application.queries.inbox import inbox
from application.queries.searching import search
from application.queries.timeline import case_timeline
from application.queries.who_knew import who_knew
from domain.errors import SafeguardingError
from interfaces.bootstrap import running
from interfaces.cli.refusing import SAID
from interfaces.demo.replay import ScenarioClock
from interfaces.inspection import inspect
from interfaces.settings import SettingsDamaged, SettingsMissing, read_existing, read_settings
from interfaces.storage.damage import UNREADABLE
from tests.faults.harm import DATABASES, Harm, harm
from tests.faults.victims import Victim, copy_home, victims_in

NAMED, HARMLESS, WITNESSED, SILENT, BROKE = "named", "without effect", "a witness tells", "SILENT", "BROKE"
KINDS = (NAMED, HARMLESS, WITNESSED, SILENT, BROKE)
SHARES = {"worked case": 6, "long record": 1, "destroyed case": 2}
"""How often each store is drawn: the demo store most, the long one seldom, since it takes longest to check."""
MEMORY = "/dev/shm"  # noqa: S108
STARTED_EVERY = 50
"""Of the copies whose damage is named, every how manyth is also started."""
ASKED_EVERY = 5
"""Of the copies that say in every table and file what they said, every how manyth is also asked everything.

The answers are worked out of nothing else; where anything differs, every copy is asked.
"""
CLEAR = (*SAID, *UNREADABLE, OSError)
"""What a hub may refuse to start with: the command line says each of these in one line."""
CONCRETE = re.compile(
    r"index -?\d|row -?\d|tile \d|\w+\.(sqlite|key|head|id|pub)\b|the keys? of \S|[Cc]ase [0-9a-f-]{36}"
    r"|rows of no case|the snapshots?\b|the read models|the key store|in the log:|the log's head|the head of \d+ rows"
    r"|the log holds|the (log|events) file|(events|log): |stored_events|log_tiles|log_head|master-<number>"
)
"""A row, an index, a table, a key, a case, or a file: what somebody who mends needs to know."""

Content = dict[str, Any]
Answers = dict[str, str]


class Outcome(msgspec.Struct, frozen=True):
    """What became of one copy; `why` is what was said of it, or the rule by which it is without effect."""

    number: int
    victim: str
    harm: Harm
    became: str
    why: tuple[str, ...] = ()
    start: str = ""
    answered: bool = False


# ---- what a store says


def content_of(home: Path) -> Content:
    """Everything a home keeps, by part: each table's rows with the type of each value, each schema, each plain file."""
    found: Content = {}
    for name in DATABASES:
        found |= _tables_of(home / name, name)
    for path in sorted((*home.glob("keys/*.key"), *home.glob("keys/log.*"), *home.glob("witnesses/*"))):
        found[str(path.relative_to(home))] = path.read_bytes()
    for name in ("store.id", "demo"):
        if (home / name).exists():
            found[name] = (home / name).read_bytes()
    return found


def _tables_of(path: Path, name: str) -> Content:
    if not path.exists() or not path.stat().st_size:
        return {}
    with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as db:
        db.text_factory = bytes
        schema = db.execute("SELECT type, name, tbl_name, sql FROM sqlite_master ORDER BY 1, 2").fetchall()
        found: Content = {f"{name}: schema": schema}
        for kind, table, _, _ in schema:
            if kind == b"table":
                found[f"{name}: {table.decode()}"] = _rows_of(db, table.decode())
    return found


def _rows_of(db: sqlite3.Connection, table: str) -> list[Any]:
    columns = [column[1].decode() for column in db.execute(f'PRAGMA table_info("{table}")')]
    asked = ", ".join(f'"{column}", typeof("{column}")' for column in columns)
    return sorted(db.execute(f'SELECT {asked} FROM "{table}"').fetchall(), key=repr)  # noqa: S608 - its own names


def derived_of(home: Path, victim: Victim) -> Content:
    """What a hub has derived once it was started and has caught up: opened rows, and the log with its heads."""
    with running(read_existing(home), ScenarioClock(victim.at)) as started:
        rows, position = started.hub.rows.everything(), started.hub.rows.position()
        parked, snapshots = started.hub.rows.parked(), list(started.hub.rows.all_snapshots())
        faults = inspect(started.settings).faults
    kept = {name: value for name, value in content_of(home).items() if name.startswith(("log.sqlite", "keys/log.head"))}
    taken = content_of(home)["rows.sqlite: taken"]
    keys = content_of(home)["keys/keys.sqlite: keys"]
    kept["destroyed keys"] = {row[0] for row in keys if row[8] is None}
    return kept | {"rows": rows, "position": position, "parked": parked, "taken": taken, "faults": faults,
                   "snapshots": {(one[0], one[1]): one[2] for one in snapshots}}  # fmt: skip


def answers_of(home: Path, victim: Victim) -> Answers:
    """Every answer to everybody, each as a digest or as the refusal it is, always asked in the same order."""
    with running(read_existing(home), ScenarioClock(victim.at)) as started:
        return {name: _answer(ask) for name, ask in _questions(started.hub, victim)}


def _questions(hub: Hub, victim: Victim) -> Iterator[tuple[str, Callable[[], Any]]]:
    for who in victim.people:
        yield f"{who}: caseload", partial(caseload, hub, who)
        yield f"{who}: inbox", partial(inbox, hub, who)
        yield f"{who}: search", partial(search, hub, who, victim.terms, "To compare.")
        for case in victim.cases:
            yield f"{who}: {case}", partial(case_as_seen, hub, who, case)
            yield f"{who}: {case}, timeline", partial(case_timeline, hub, who, case)
            yield f"{who}: {case}, form", partial(analysis_form, hub, who, case)
            for at in victim.moments:
                yield f"{who}: {case}, as at {at}", partial(case_as_seen, hub, who, case, at)
            yield f"{who}: {case}, who knew", partial(who_knew, hub, who, case)


def _answer(ask: Callable[[], Any]) -> str:
    try:
        plain = msgspec.to_builtins(ask(), str_keys=True)
    except SafeguardingError as refusal:
        return f"refused: {refusal.code}"
    except CLEAR as error:
        return f"refused: {type(error).__name__}"
    except Exception as error:
        return f"broke: {type(error).__name__}"
    return hashlib.sha256(msgspec.json.encode(plain, order="deterministic")).hexdigest()


# ---- differences that are without effect

Differing = dict[str, tuple[Any, Any]]
Proof = Callable[[], Content]


def differing(before: Content, after: Content) -> Differing:
    names = sorted(before.keys() | after.keys())
    return {name: (before.get(name), after.get(name)) for name in names if before.get(name) != after.get(name)}


def _nothing(found: Differing, _: Proof, __: Content) -> str:
    """Free space, and header fields that SQLite keeps for itself."""
    return "" if found else "every table and file says what it said"


def _session(found: Differing, _: Proof, __: Content) -> str:
    """It signs cookies of who is signed in: with another they sign in again, and no answer rests on it."""
    return "session key: sign in again" if set(found) == {"keys/session.key"} and found["keys/session.key"][1] else ""


def _public_key_gone(found: Differing, _: Proof, __: Content) -> str:
    """It is worked out from log.key whenever it is not there."""
    gone = set(found) == {"keys/log.pub"} and found["keys/log.pub"][1] is None
    return "log.pub is gone; made again from log.key" if gone else ""


def _witness(found: Differing, _: Proof, __: Content) -> str:
    """The file here is a copy of what the witness keeps; a genuine head, or none, in its place changes no answer."""
    alone = set(found) == {"witnesses/auditor.head"}
    return "a witness's copy is gone or older; the witness has its own" if alone else ""


def _store_in_capitals(found: Differing, _: Proof, __: Content) -> str:
    """Hexadecimal digits mean the same in capitals."""
    if set(found) != {"store.id"}:
        return ""
    before, after = found["store.id"]
    return "store.id in capitals" if after and before.lower() == after.lower() else ""


def _fewer_snapshots(found: Differing, _: Proof, __: Content) -> str:
    """A snapshot only saves folding; what has none is folded from an older one or from the start."""
    if set(found) != {"rows.sqlite: snapshots"}:
        return ""
    before, after = found["rows.sqlite: snapshots"]
    return "a snapshot is missing; folded instead" if set(after or ()) < set(before) else ""


def _number_of_the_only_row(found: Differing, _: Proof, __: Content) -> str:
    """`position` holds one row; nothing asks for the number it stands under."""
    if set(found) != {"rows.sqlite: position"}:
        return ""
    before, after = found["rows.sqlite: position"]
    alike = len(after) == len(before) == 1 and after[0][2:] == before[0][2:]
    return "the number beside the position; nothing reads it" if alike else ""


def _numbers_above_the_leaves(found: Differing, _: Proof, __: Content) -> str:
    """Tiles above the leaves number no rows; what stands there is never read."""
    if set(found) != {"log.sqlite: log_tiles"}:
        return ""
    before, after = found["log.sqlite: log_tiles"]
    level, rows = slice(0, 2), slice(6, 8)
    changed = [(one, other) for one, other in zip(before, after, strict=False) if one != other]
    alike = len(before) == len(after) and all(one[:6] == other[:6] for one, other in changed)
    above = all(one[level][0] > 0 and one[rows][0] == b"" for one, _ in changed)
    return "row numbers beside a tile above the leaves" if alike and above else ""


def _of_a_destroyed_key(found: Differing, _: Proof, __: Content) -> str:
    """A destroyed key opens nothing: all that is asked of it is whose it was, where a row of the record names it."""
    if set(found) != {"keys/keys.sqlite: keys"}:
        return ""
    before, after = (sorted(_keys_asked(rows or ()), key=repr) for rows in found["keys/keys.sqlite: keys"])
    return "numbers of a destroyed key, or an empty row of locators" if before == after else ""


def _keys_asked(rows: Sequence[Any]) -> Iterator[Any]:
    for row in rows:
        key, owner, wrapped = row[0:2], row[2:4], row[8]
        if wrapped is not None:
            yield row
        elif not owner[0].startswith(b"locators:"):
            yield key, owner


def _under_a_destroyed_key(found: Differing, _: Proof, whole: Content) -> str:
    """What is put behind the record under a key that was destroyed: nobody can open it, and no answer asks for it."""
    if set(found) != {"events.sqlite: sqlite_sequence", "events.sqlite: stored_events"}:
        return ""
    before, after = (set(rows or ()) for rows in found["events.sqlite: stored_events"])
    states = [row[8] for row in after - before]
    gone = all(state[1:17] in whole["destroyed keys"] for state in states)
    return "a row under a destroyed key, before any head covers it" if before < after and gone else ""


def _other_counter(found: Differing, _: Proof, __: Content) -> str:
    """SQLite counts by table; a counter of a table that is not there counts nothing."""
    if set(found) != {"events.sqlite: sqlite_sequence"}:
        return ""
    before, after = (set(rows or ()) for rows in found["events.sqlite: sqlite_sequence"])
    return "a counter of no table" if before < after and all(row[0] == b"x" for row in after - before) else ""


def _behind(found: Differing, proof: Proof, whole: Content) -> str:
    """Read models, or the log and its head, as of an earlier moment: the hub takes in what is newer when it starts.

    Shown by starting it: then rows, marks and position, opened, and the log to its last byte, are what they were.
    """
    if not all(name.startswith(("rows.sqlite", "log.sqlite", "keys/log.head")) for name in found):
        return ""
    healed = proof()
    snapshots = healed.pop("snapshots").items() <= whole["snapshots"].items()
    rest = {name: value for name, value in whole.items() if name != "snapshots"}
    return "an earlier moment of what is derived; caught up at the start" if snapshots and healed == rest else ""


RULES: tuple[Callable[[Differing, Proof, Content], str], ...] = (
    _nothing,
    _session,
    _witness,
    _store_in_capitals,
    _fewer_snapshots,
    _number_of_the_only_row,
    _numbers_above_the_leaves,
    _of_a_destroyed_key,
    _under_a_destroyed_key,
    _public_key_gone,
    _other_counter,
    _behind,
)


# ---- one copy


class Judge:
    """Damages one copy after another and judges what the check said."""

    def __init__(self, victims: Sequence[Victim], seed: int, blind: bool = False) -> None:
        self.victims, self.seed, self.blind = victims, seed, blind
        self._held: dict[tuple[str, str], Any] = {}

    def outcome(self, number: int) -> Outcome:
        with tempfile.TemporaryDirectory(prefix="hub-damage-", dir=_fast()) as folder:
            home = Path(folder) / "home"
            victim, done = self._damaged(home, number)
            became, answered = NAMED, False
            why: tuple[str, ...] = ()
            try:
                said = self._checked(home)
                if said:
                    became, why = self._as_named(said, done)
                else:
                    became, why, answered = self._proven(Path(folder), number, victim)
            except Exception:
                became, why = BROKE, tuple(traceback.format_exc().strip().splitlines()[-6:])
            start = ""
            if became == NAMED and number % STARTED_EVERY == 0:
                start = self._started(Path(folder) / "started", number)
                if start.startswith("broke"):
                    became, why = BROKE, (start,)
            return Outcome(number, victim.name, done, became, why, start, answered)

    def _damaged(self, home: Path, number: int) -> tuple[Victim, Harm]:
        """The same number gives the same damage, again and again."""
        draw = random.Random(f"{self.seed}:{number}")  # noqa: S311 - drawn again from its seed, no secret
        weights = [SHARES[one.name.partition(",")[0]] for one in self.victims]
        (victim,) = draw.choices(self.victims, weights)

        def pristine() -> None:
            shutil.rmtree(home, ignore_errors=True)
            copy_home(Path(victim.home), home)

        pristine()
        return victim, harm(home, victim, draw, pristine)

    def _checked(self, home: Path) -> list[str]:
        """What `hub verify` says; nothing at all when it is told to look away, so that this program can be tested."""
        if self.blind:
            return []
        try:
            return inspect(read_settings(home)).faults
        except (SettingsMissing, SettingsDamaged) as error:
            return [str(error)]

    @staticmethod
    def _as_named(said: list[str], done: Harm) -> tuple[str, tuple[str, ...]]:
        placed = any(CONCRETE.search(one) for one in said)
        text = "\n".join(said)
        places = [rf"row {row}\b|index {row - 1}\b" for row in done.rows]
        if not placed or (places and not any(re.search(place, text) for place in places)):
            return SILENT, ("said, but not where:", *said[:3])
        return NAMED, tuple(said[:3])

    def _proven(self, folder: Path, number: int, victim: Victim) -> tuple[str, tuple[str, ...], bool]:
        """The check passed: the content by a rule, and the answers one by one."""
        again, healed, asked = folder / "again", folder / "healed", folder / "asked"
        _, done = self._damaged(again, number)

        def proof() -> Content:
            copy_home(again, healed)
            return derived_of(healed, victim)

        found = differing(self._of(victim, "content"), content_of(again))
        told = self._rolled_back(again, victim, done, folder / "witnessed")
        if told is not None:
            return *told, False
        rule = next((why for one in RULES if (why := one(found, proof, self._of(victim, "derived")))), "")
        if not rule:
            return SILENT, ("passed, though these differ:", *found), False
        if not found and number % ASKED_EVERY:
            return HARMLESS, (rule,), False
        copy_home(again, asked)
        given = answers_of(asked, victim)
        other = [name for name, answer in self._of(victim, "answers").items() if given.get(name) != answer]
        if other:
            return SILENT, (f"passed ({rule}), though these answers differ:", *other[:5]), True
        return HARMLESS, (rule,), True

    def _rolled_back(
        self, again: Path, victim: Victim, done: Harm, witnessed: Path
    ) -> tuple[str, tuple[str, ...]] | None:
        """Record, log and the head beside the keys, all of one earlier moment, are that moment's store: nothing in it
        can tell. A witness with a newer head can; here one is given the newest, and then the check must name it.
        """
        if not all(name in done.what for name in ("events.sqlite", "log.sqlite", "keys/log.head")):
            return None
        copy_home(again, witnessed)
        (witnessed / "witnesses").mkdir(exist_ok=True)
        shutil.copy(Path(victim.home) / "keys" / "log.head", witnessed / "witnesses" / "another.head")
        said = self._checked(witnessed)
        return (WITNESSED, tuple(said[:3])) if any("tail cut" in one for one in said) else None

    def _of(self, victim: Victim, what: str) -> Any:
        """What the undamaged store says, worked out once."""
        if (victim.name, what) not in self._held:
            with tempfile.TemporaryDirectory(prefix="hub-whole-", dir=_fast()) as folder:
                home = Path(folder) / "home"
                copy_home(Path(victim.home), home)
                found: Any = (
                    content_of(home) if what == "content"
                    else derived_of(home, victim) if what == "derived"
                    else answers_of(home, victim)
                )  # fmt: skip
            self._held[victim.name, what] = found
        return self._held[victim.name, what]

    def _started(self, home: Path, number: int) -> str:
        """What a hub does that is started on a damage that the check names."""
        victim, _ = self._damaged(home, number)
        try:
            given = answers_of(home, victim)
        except CLEAR:
            return "refused to start"
        except Exception as error:
            return f"broke at the start: {''.join(traceback.format_exception(error)[-3:])}"
        wanted = self._of(victim, "answers")
        other = {name: answer for name, answer in given.items() if wanted[name] != answer}
        if not other:
            return "started, all answers the same"
        for name, answer in other.items():
            if answer.startswith("broke"):
                return f"broke at an answer: {name}: {answer}"
        if all(answer.startswith("refused") for answer in other.values()):
            return "started, some answers refused"
        return "started, some answers other"


def _fast() -> str | None:
    """Copies need no disk: they lie in memory where there is a folder for that."""
    return MEMORY if Path(MEMORY).is_dir() else None


# ---- the run

_judge: list[Judge] = []


def _begin(victims: Sequence[Victim], seed: int, blind: bool) -> None:
    _judge[:] = [Judge(victims, seed, blind)]


def _one(number: int) -> Outcome:
    return _judge[0].outcome(number)


def run(
    numbers: Sequence[int], victims: Sequence[Victim], seed: int, jobs: int, *, blind: bool = False
) -> Iterator[Outcome]:
    context = multiprocessing.get_context("spawn")
    with context.Pool(jobs, _begin, (victims, seed, blind)) as pool:
        yield from pool.imap_unordered(_one, numbers, chunksize=8)


def table(outcomes: Sequence[Outcome]) -> str:
    lines = [f"| damage | copies | {' | '.join(KINDS)} |", f"|---|---:|{'---:|' * len(KINDS)}"]
    for name in sorted({one.harm.kind for one in outcomes}):
        counts = Counter(one.became for one in outcomes if one.harm.kind == name)
        lines.append(f"| {name} | {counts.total()} | {_cells(counts)} |")
    total = Counter(one.became for one in outcomes)
    lines.append(f"| all | {total.total()} | {_cells(total)} |")
    return "\n".join(lines)


def _cells(counts: Counter[str]) -> str:
    return " | ".join(str(counts[kind] or "") for kind in KINDS)


def _complain(one: Outcome, seed: int) -> None:
    say(f"{one.became}: copy {one.number} of seed {seed} ({one.victim}): {one.harm.kind}: {one.harm.what}")
    for line in one.why:
        say(f"    {line}")


def report(outcomes: Sequence[Outcome], seed: int, took: float) -> int:
    ordered = sorted(outcomes, key=lambda one: one.number)
    bad = [one for one in ordered if one.became in (SILENT, BROKE)]
    say(f"\n{table(ordered)}\n")
    rules = Counter(one.why[0] for one in ordered if one.became == HARMLESS)
    for why, count in rules.most_common():
        say(f"without effect, {count}: {why}")
    for start, count in Counter(one.start for one in ordered if one.start).most_common():
        say(f"a hub started on damage that was named, {count}: {start}")
    answered = sum(one.answered for one in ordered)
    say(f"{answered} copies that passed gave every answer to everybody as before; {took:.0f} s")
    silent, broke = (sum(one.became == kind for one in bad) for kind in (SILENT, BROKE))
    total = Counter(one.became for one in ordered)
    say(
        f"seed {seed}: {len(ordered)} copies, {total[NAMED]} named, {total[HARMLESS]} without effect, "
        f"{total[WITNESSED]} told by a witness alone, "
        f"{silent} silent, {broke} broke off"
    )
    return int(bool(bad))


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="tests.faults.damage", description=__doc__)
    parser.add_argument("--copies", type=int, default=10_000, help="how many copies are damaged")
    parser.add_argument("--seed", type=int, help="draws the damages; by chance unless said, and printed")
    parser.add_argument("--jobs", type=int, default=2, help="how many at a time")
    parser.add_argument("--only", type=int, nargs="*", help="these copies alone, to look at them again")
    parser.add_argument("--victims", type=Path, help="a folder that keeps the stores, so that a run repeats")
    parser.add_argument("--blind", action="store_true", help="never ask the check: the program must then complain")
    given = parser.parse_args(arguments)
    seed = random.SystemRandom().randrange(10**6) if given.seed is None else given.seed
    numbers = given.only or range(given.copies)
    say(f"{len(numbers)} copies, seed {seed}")
    with tempfile.TemporaryDirectory(prefix="hub-victims-", dir=_fast()) as folder:
        kept = given.victims or Path(folder)
        kept.mkdir(parents=True, exist_ok=True)
        victims = victims_in(kept)
        began = time.monotonic()
        outcomes: list[Outcome] = []
        for outcome in run(numbers, victims, seed, given.jobs, blind=given.blind):
            outcomes.append(outcome)
            if outcome.became in (SILENT, BROKE):
                _complain(outcome, seed)
            if len(outcomes) % 500 == 0:
                say(f"{len(outcomes)} copies done")
    return report(outcomes, seed, time.monotonic() - began)


if __name__ == "__main__":
    raise SystemExit(main())
