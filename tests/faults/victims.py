"""The stores that are damaged: the worked case, a long record, and one with a destroyed case, at several moments."""

import json
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from uuid import UUID

import msgspec

from application.commands.destroying import carry_out_due, destruction_act
from application.hub import Hub
from application.projections.catch_up import rebuild
from application.queries.case_as_seen import case_as_seen
from application.queries.caseload import caseload
from application.queries.chronology import chronology
from application.queries.inbox import inbox
from application.queries.pack import referral_pack
from domain.errors import SafeguardingError
from interfaces.bootstrap import Running, build_keyring, log_of, running, signer_of
from interfaces.demo.replay import Replay, ScenarioClock
from interfaces.demo.scenario import read_scenario
from interfaces.exports import chronology as chronology_file
from interfaces.exports.pack import lay_out
from interfaces.settings import Settings, add_master_key, create_home, read_settings, remove_older_master_keys
from interfaces.storage.keyring import KeyRing
from interfaces.storage.verifying import accept_head, read_bundle
from tests.builders import (
    MORNING,
    a_case,
    a_command_id,
    a_concern,
    a_partnership,
    a_share,
    a_worker_of_the_lead,
    do,
)

WITNESS = "auditor.head"


class Victim(msgspec.Struct, frozen=True):
    """A store that nothing is done to; copies of it are damaged. `earlier` are its folders as they were before."""

    name: str
    home: str
    earlier: tuple[str, ...]
    at: datetime
    moments: tuple[datetime, ...]
    people: tuple[str, ...]
    cases: tuple[UUID, ...]
    terms: dict[str, str]


class Maker:
    """A hub being filled; of some moments its folder is kept."""

    def __init__(self, folder: Path, at: datetime, demo_stands_at: datetime | None = None) -> None:
        self.folder = folder
        self.home = folder / "settled"
        create_home(self.home, demo_stands_at)
        self.clock = ScenarioClock(at)
        self.earlier: list[Path] = []
        self.moments: list[datetime] = []
        self.people: tuple[str, ...] = ()

    @contextmanager
    def open(self) -> Iterator[Hub]:
        """What the folder held just before the hub was closed is kept as `live`, with all write-ahead logs."""
        with running(read_settings(self.home), self.clock) as started:
            yield started.hub
            started.keep_up()
            self.people = tuple(sorted(started.hub.directory().people))
            live = self.folder / "live"
            shutil.rmtree(live, ignore_errors=True)
            copy_home(self.home, live)

    def moment(self, hub: Hub) -> None:
        """Keep the folder as it is now; what comes after it goes into write-ahead logs begun anew."""
        Running(hub, log_of(hub), read_settings(self.home)).keep_up()
        kept = self.folder / f"earlier-{len(self.earlier)}"
        copy_home(self.home, kept)
        self.earlier.append(kept)
        self.moments.append(self.clock.at)
        for database in sorted(self.home.glob("*.sqlite")):
            with closing(sqlite3.connect(database)) as connection:
                connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def witness(self, hub: Hub) -> None:
        """A witness takes the newest head into a file that lies in the home."""
        settings, log = read_settings(self.home), log_of(hub)
        Running(hub, log, settings).keep_up()
        settings.witnesses.mkdir(exist_ok=True)
        bundle = read_bundle(json.dumps(log.bundle(0)).encode())
        accept_head(settings.witnesses / WITNESS, *bundle, signer_of(settings).public_key)

    def passes(self, **time: int) -> None:
        self.clock.at += timedelta(**time)

    def made(self, name: str, cases: tuple[UUID, ...], terms: dict[str, str]) -> list[Victim]:
        """Twice: with everything checkpointed, and with its write-ahead logs beside it."""
        found = []
        moments = (*self.moments[:2], self.clock.at - timedelta(minutes=1))
        for state in ("settled", "live"):
            earlier = []
            for one in self.earlier:
                kept = one.with_name(f"{one.name}-{state}")
                copy_home(one, kept)
                if state == "settled":
                    settle(kept)
                earlier.append(str(kept))
            found.append(Victim(
                f"{name}, {state}", str(self.folder / state), tuple(earlier), self.clock.at, moments, self.people,
                cases, terms,
            ))  # fmt: skip
        return found


def victims_in(folder: Path) -> list[Victim]:
    """The victims made in a folder before, or else made there now, so that a run can be repeated on the same bytes."""
    told = folder / "victims.json"
    if not told.exists():
        made = [*_worked_case(folder / "worked"), *_long_record(folder / "long"), *_destroyed_case(folder / "gone")]
        told.write_bytes(msgspec.json.encode(made))
    return msgspec.json.decode(told.read_bytes(), type=list[Victim])


def copy_home(home: Path, target: Path) -> None:
    """All files of a home but those SQLite makes anew when it opens one."""
    shutil.copytree(home, target, ignore=shutil.ignore_patterns("*-shm"), copy_function=shutil.copy)


def settle(home: Path) -> None:
    """Write-ahead logs taken in, as after a hub was closed."""
    for database in (*home.glob("*.sqlite"), *home.glob("keys/*.sqlite")):
        with closing(sqlite3.connect(database)) as connection:
            connection.execute("SELECT count(*) FROM sqlite_master").fetchone()


def _worked_case(folder: Path) -> list[Victim]:
    """The demo store, looked at by everybody, with exports; a witness holds its newest head."""
    scenario = read_scenario()
    stands_at = scenario.moment(scenario.demo_stands_at)
    maker = Maker(folder, scenario.moment(scenario.acts[0]["recorded"]), stands_at)
    with maker.open() as hub:
        replay = Replay(scenario, hub, maker.clock)
        replay.set_up()
        for number, entry in enumerate(scenario.acts):
            if number in (len(scenario.acts) // 3, 2 * len(scenario.acts) // 3):
                maker.moment(hub)
            replay.do(entry)
        case = replay.case
        if case is None:
            raise AssertionError("the scenario opened no case")
        maker.clock.at = stands_at
        for person in scenario.people:
            for query in (caseload, inbox, partial(case_as_seen, case=case)):
                with suppress(SafeguardingError):
                    query(hub, person.id)
        _export(hub, case, read_settings(maker.home))
        maker.witness(hub)
    return maker.made("worked case", (case,), replay.naming)


def _export(hub: Hub, case: UUID, settings: Settings) -> None:
    for referral, made in hub.case(case).case.referrals.items():
        referral_pack(hub, made.made.by.person, case, referral,
                      partial(lay_out, names=hub.directory(), zone=settings.zone))  # fmt: skip
        as_table = partial(chronology_file.lay_out, names=hub.directory(), zone=settings.zone)
        chronology(hub, made.made.by.person, case, as_table)


def _long_record(folder: Path) -> list[Victim]:
    """Three cases with snapshots and three tiles of the log, a rotated case key and master key; an old witness."""
    maker = Maker(folder, MORNING)
    with maker.open() as hub:
        cases = [_a_fuller_case(a_partnership(hub), maker, "Maya Ellison", 130)]
        maker.witness(hub)
        maker.moment(hub)
        cases.append(_a_fuller_case(hub, maker, "Rosa Lindqvist", 70))
        hub.ledger.seal.rotate(f"case:{cases[0].hex}")  # type: ignore[attr-defined]
        _concerns(hub, maker, cases[0], 130, 210)
        maker.moment(hub)
    number = add_master_key(maker.home)
    with _ring(maker.home) as ring:
        ring.rotate_master()
    remove_older_master_keys(maker.home, number)
    with maker.open() as hub:
        cases.append(_a_fuller_case(hub, maker, "Ines Okafor", 60))
        for _ in range(104):
            maker.passes(minutes=1)
            case_as_seen(hub, "priya", cases[0])
        rebuild(hub)
        _concerns(hub, maker, cases[1], 70, 120)
    return maker.made("long record", tuple(cases), {"name": "Rosa Lindqvist", "date_of_birth": "2010-05-14"})


@contextmanager
def _ring(home: Path) -> Iterator[KeyRing]:
    ring = build_keyring(read_settings(home))
    try:
        yield ring
    finally:
        ring.end()


def _a_fuller_case(hub: Hub, maker: Maker, name: str, concerns: int) -> UUID:
    case = a_case(hub, name=name, address=f"{len(name)} Quay Street", postcode="UB8 1AA", school="The school")
    a_worker_of_the_lead(hub, case)
    _concerns(hub, maker, case, 0, concerns)
    a_share(hub, case, "concern:C1", "child.name", to="police", by="priya", justification="JL", persons=["sam"])
    do(hub, "priya", case, "start_assessment", justification="JL")
    do(hub, "priya", case, "answer_questions", justification="JL", answers=[{"question": 1, "option": 1}])
    case_as_seen(hub, "sam", case)
    return case


def _concerns(hub: Hub, maker: Maker, case: UUID, first: int, last: int) -> None:
    for number in range(first, last):
        maker.passes(minutes=1)
        a_concern(hub, case, f"C{number}")


def _destroyed_case(folder: Path) -> list[Victim]:
    """One case destroyed, long enough to have had snapshots, and one that lives; no witness."""
    maker = Maker(folder, MORNING)
    with maker.open() as hub:
        gone = _a_fuller_case(a_partnership(hub), maker, "Maya Ellison", 105)
        maker.moment(hub)
        lives = _a_fuller_case(hub, maker, "Rosa Lindqvist", 20)
        take: Callable[..., None] = partial(_destruction, hub, gone)
        take("tom", "lift_legal_hold", reason="Opened at a training day.", basis="Retention schedule 4.2")
        take("ruth", "propose_destruction", id="D1", asked="police", reason="It is about nobody.",
             basis="Retention schedule 4.2")  # fmt: skip
        take("mo", "agree_destruction", proposal="D1")
        maker.moment(hub)
        maker.passes(days=14)
        carry_out_due(hub)
        _concerns(hub, maker, lives, 20, 30)
    return maker.made("destroyed case", (gone, lives), {"name": "Rosa Lindqvist", "date_of_birth": "2010-05-14"})


def _destruction(hub: Hub, case: UUID, who: str, name: str, **data: str) -> None:
    destruction_act(hub, who, case, name, data, command_id=a_command_id())
