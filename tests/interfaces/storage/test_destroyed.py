"""A case destroyed for good: end to end on files, against older copies, other processes and everybody's eyes."""

import base64
import re
import shutil
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import Enum
from pathlib import Path
from types import FunctionType, ModuleType
from typing import Any
from uuid import UUID, uuid4

import msgspec
import pytest
from click.testing import CliRunner, Result

from application.access import look
from application.commands.acts import act
from application.commands.destroying import Attempt, carry_out_due, destruction_act
from application.commands.opening import open_case
from application.commands.people import keep_directory
from application.hub import Hub
from application.ledger import case_stream, disclosures_stream, owner_of_case, owner_of_locators
from application.ports import KeyDestroyed
from application.projections.catch_up import catch_up
from application.queries.caseload import caseload
from application.queries.inbox import inbox
from application.queries.searching import search
from domain.details import LocatorRecorded
from domain.errors import ChangedMeanwhile, NotFound, SafeguardingError
from interfaces.bootstrap import build_hub, running
from interfaces.cli.main import main
from interfaces.demo.replay import Replay, ScenarioClock
from interfaces.demo.scenario import read_scenario
from interfaces.inspection import inspect
from interfaces.settings import Settings, create_home, read_settings
from interfaces.storage import verifying
from interfaces.storage.keyring import KeyRing
from interfaces.storage.keystore import KeyStore
from interfaces.storage.log import LogWentBack
from interfaces.web.app import create_app
from tests.interfaces.web.exits import addresses, csrf, signed_in

SCENARIO = read_scenario()
END = SCENARIO.moment(SCENARIO.demo_stands_at)
FORTNIGHT = timedelta(days=14)
LIFTED = {"reason": "Kept longer than the schedule asks.", "basis": "Retention schedule 4.2"}
PROPOSED = {"id": "D1", "asked": "police", "reason": "It is about nobody.", "basis": "Retention schedule 4.2"}
NOBODYS = "00000000-0000-4000-8000-000000000000"


@dataclass(frozen=True)
class Stood:
    """A hub's folder as it stood, to be copied; the case that is destroyed, the other, and what was recorded of it."""

    home: Path
    case: UUID
    other: UUID
    texts: frozenset[str]
    secrets: tuple[bytes, ...]

    def copy(self, folder: Path) -> Settings:
        shutil.copytree(self.home, folder)
        return read_settings(folder)


@dataclass(frozen=True)
class Kept:
    """Older copies that somebody kept: of the data as `hub backup` made it, and of the key store."""

    data: Path
    keys: Path


def command(name: str) -> str:
    return f"destroyed-{name}"


def step(hub: Hub, who: str, case: UUID, name: str, **data: str) -> None:
    destruction_act(hub, who, case, name, data, command_id=uuid4().hex)


def everybody(hub: Hub) -> list[str]:
    return list(hub.directory().people)


@pytest.fixture(scope="module")
def stood(tmp_path_factory: pytest.TempPathFactory) -> Stood:
    """A hub with the worked case, long enough for snapshots, and with another case beside it."""
    home = tmp_path_factory.mktemp("destroyed") / "home"
    create_home(home, END)
    clock = ScenarioClock(SCENARIO.moment(SCENARIO.acts[0]["recorded"]))
    with running(read_settings(home), clock) as started:
        hub = started.hub
        replay = Replay(SCENARIO, hub, clock)
        replay.set_up()
        for entry in SCENARIO.acts:
            replay.do(entry)
        case = replay.case
        assert case is not None
        clock.at = END
        for number in range(90):
            data = {"id": f"M{number}", "of": "csc", "wanted": f"Anything new, {number}", "purpose": "keep her safe"}
            act(hub, "sam", case, "request_information", data, command_id=command(f"asked-{number}"))
            for who in ("priya", "ben"):
                look(hub, who, case, "case")
        other = open_case(hub, "ben", {
            "justification": {
                "id": "J1", "purpose": "keep him safe", "duty_of_confidentiality": False, "basis": "no_duty_owed",
                "facts": "Seen at the gate.", "proportionality": "What was seen.",
            },
            "child": {"name": "Another Child", "date_of_birth": "2011-03-02"},
        }, command_id=command("other"))  # fmt: skip
        keep_directory(hub, "alex", "end_role", {"person": "jo", "role": "reviewer"}, command_id=command("review"))
        texts = frozenset(texts_of(hub, case))
        ring = hub.ledger.seal
        assert isinstance(ring, KeyRing)
        look(hub, "priya", case, "case")
        held = [key for key in ring._by_id.values() if key.owner in (owner_of_case(case), owner_of_locators(case))]
        secrets = [key.secret for key in held]
    store = KeyStore(home / "keys" / "keys.sqlite")
    wrapped = [key.wrapped for key in store.all() if key.owner in (owner_of_case(case), owner_of_locators(case))]
    store.close()
    assert len(secrets) == len(wrapped) == 2
    return Stood(home, case, other, texts, (*secrets, *(one for one in wrapped if one)))


@pytest.fixture(scope="module")
def kept(stood: Stood, tmp_path_factory: pytest.TempPathFactory) -> Kept:
    """Copies from before the destruction."""
    folder = tmp_path_factory.mktemp("kept")
    assert hub_command(stood.home, "backup", folder / "data").exit_code == 0
    shutil.copy2(stood.home / "keys" / "keys.sqlite", folder / "keys.sqlite")
    return Kept(folder / "data", folder / "keys.sqlite")


@pytest.fixture(scope="module")
def after(stood: Stood, kept: Kept, tmp_path_factory: pytest.TempPathFactory) -> Stood:
    """The same hub after the whole sequence."""
    settings = stood.copy(tmp_path_factory.mktemp("after") / "home")
    clock = ScenarioClock(END)
    with running(settings, clock) as started:
        agree_on_it(started.hub, stood.case)
        clock.at += FORTNIGHT
        assert carry_out_due(started.hub) == [Attempt(stood.case)]
    return replace(stood, home=settings.home)


def agree_on_it(hub: Hub, case: UUID) -> None:
    step(hub, "tom", case, "lift_legal_hold", **LIFTED)
    step(hub, "ruth", case, "propose_destruction", **PROPOSED)
    step(hub, "mo", case, "agree_destruction", proposal="D1")


def hub_command(home: Path, *words: str | Path) -> Result:
    return CliRunner().invoke(main, [str(word) for word in words], env={"HUB_HOME": str(home)})


def late(settings: Settings, at: datetime = END + FORTNIGHT) -> Hub:
    return build_hub(settings, ScenarioClock(at))


# ---- what was recorded


def texts_of(hub: Hub, case: UUID) -> Iterator[str]:
    """Every text of six letters or more recorded in a case, with its locators, and in what was shown of it."""
    for position, event in enumerate(hub.case_events(case), start=1):
        yield from _texts(event)
        if isinstance(event, LocatorRecorded):
            yield from _texts(hub.locator(case, position))
    for event in hub.ledger.read(disclosures_stream(case)):
        yield from _texts(event)


def _texts(part: Any) -> Iterator[str]:
    match part:
        case Enum():
            return
        case str() if len(re.findall(r"[^\W\d_]", part)) >= 6:
            yield part
        case msgspec.Struct():
            yield from _texts([getattr(part, name) for name in part.__struct_fields__])
        case dict():
            yield from _texts([*part, *part.values()])
        case list() | tuple():
            for one in part:
                yield from _texts(one)


def spellings(text: str) -> list[bytes]:
    """A text as bytes of a file might hold it: UTF-8, UTF-16 either way, and each in base64 wherever it begins."""
    plain = [text.encode(), text.encode("utf-16-le"), text.encode("utf-16-be")]
    return [*plain, *(encoded for one in plain for encoded in _in_base64(one))]


def _in_base64(plain: bytes) -> Iterator[bytes]:
    for shift in range(3):
        whole = base64.b64encode(bytes(shift) + plain)
        start, end = -(-8 * shift // 6), (8 * (shift + len(plain))) // 6
        yield whole[start:end]


def every_byte(home: Path) -> dict[str, bytes]:
    return {str(path.relative_to(home)): path.read_bytes() for path in home.rglob("*") if path.is_file()}


def without_a_case(tmp_path: Path) -> bytes:
    """What the files of a hub with the same people, and no case, hold: those words tell nothing of a case."""
    home = tmp_path / "empty"
    create_home(home, END)
    clock = ScenarioClock(END)
    with running(read_settings(home), clock) as started:
        Replay(SCENARIO, started.hub, clock).set_up()
        for agency in started.hub.directory().agencies:
            started.hub.ledger.seal.close(f"agency:{agency}", b"", b"")
    return b"\n".join(every_byte(home).values())


def test_nothing_that_was_recorded_stands_in_any_file(after: Stood, tmp_path: Path) -> None:
    """Neither in UTF-8 nor UTF-16 nor base64, in any byte of any file of the hub."""
    known = without_a_case(tmp_path)
    files = every_byte(after.home)
    wanted = {text for text in after.texts if text.encode() not in known}
    found = {
        (name, text) for text in wanted for one in spellings(text) for name, data in files.items() if one in data
    }  # fmt: skip

    assert 100 < len(wanted)
    assert [True, True] == [any(text in one for one in wanted) for text in ("Maya Ellison", "4 Larch Rise")]
    assert set() == found


@pytest.mark.parametrize("text", ["Maya Ellison", "Große Straße", "abcdef"])
def test_a_text_is_found_however_it_is_spelt(text: str) -> None:
    """The search of the files finds what it looks for, wherever base64 begins."""
    held = [text.encode(), text.encode("utf-16-le"), text.encode("utf-16-be")]
    held += [base64.b64encode(b"x" * shift + one + b"yz") for shift in range(3) for one in held[:3]]

    assert [True] * 12 == [any(one in data for one in spellings(text)) for data in held]


def test_no_byte_of_its_keys_is_left_in_any_file(stood: Stood, after: Stood) -> None:
    """Neither open nor wrapped, also not in pages that a database has given up; before, the wrapped ones were there."""
    before, now = b"".join(every_byte(stood.home).values()), b"".join(every_byte(after.home).values())

    assert [False, False, True, True] == [secret in before for secret in stood.secrets]
    assert [False] * 4 == [secret in now for secret in after.secrets]


def test_its_rows_stay_in_their_places_and_none_opens(after: Stood, tmp_path: Path) -> None:
    """Nothing is cut out of the record: versions run from 1 without a gap, and every one is shut for ever."""
    settings = after.copy(tmp_path / "home")
    hub = late(settings)
    streams = {case_stream(after.case).id, disclosures_stream(after.case).id}
    outcomes: dict[UUID, list[tuple[int, type[Exception] | None]]] = {stream: [] for stream in streams}
    for stream in streams:
        for stored in hub.ledger.recorder.select_events(stream):
            try:
                hub.ledger.opened(stored)
            except (KeyDestroyed, SafeguardingError) as error:
                outcomes[stream].append((stored.originator_version, type(error)))
            else:
                outcomes[stream].append((stored.originator_version, None))
    hub.close()

    assert [len(found) > 100 for found in outcomes.values()] == [True, True]
    for found in outcomes.values():
        assert [(number, KeyDestroyed) for number in range(1, len(found) + 1)] == found


def rows_and_snapshots(home: Path, blind: str, streams: Sequence[UUID]) -> tuple[int, int, int]:
    """How many rows, digests of rows, and snapshots (with what lies beside them) of a case stand in the tables."""
    of = bytes.fromhex(blind)
    with closing(sqlite3.connect(home / "rows.sqlite")) as connection:
        rows = connection.execute('SELECT count(*) FROM rows WHERE "of" = ?', (of,)).fetchone()[0]
        taken = connection.execute('SELECT count(*) FROM taken WHERE "of" = ?', (of,)).fetchone()[0]
        kept = [
            stream
            for table in ("snapshots", "earlier")
            for (stream,) in connection.execute(f"SELECT stream FROM {table}")  # noqa: S608
        ]
    return rows, taken, sum(kept.count(stream.hex) for stream in streams)


def test_its_rows_and_snapshots_are_gone_from_the_read_models(stood: Stood, after: Stood, tmp_path: Path) -> None:
    """Before there were some of each; of the other case they still stand."""
    hub = late(after.copy(tmp_path / "home"))
    blind = {case: hub.blind.key("rows of a case", case.hex) for case in (after.case, after.other)}
    hub.close()
    streams = [after.case, disclosures_stream(after.case).id]
    before = rows_and_snapshots(stood.home, blind[after.case], streams)

    assert [True, True, True] == [count > 0 for count in before]
    assert (0, 0, 0) == rows_and_snapshots(after.home, blind[after.case], streams)
    assert 0 < rows_and_snapshots(after.home, blind[after.other], [after.other])[0]


# ---- memory


def texts_in(root: object) -> set[str]:
    """Every text reachable from an object: its parts, and theirs."""
    found: set[str] = set()
    seen: set[int] = set()
    waiting = [root]
    while waiting:
        one = waiting.pop()
        if id(one) in seen or isinstance(one, type | ModuleType | FunctionType):
            continue
        seen.add(id(one))
        match one:
            case str():
                found.add(one)
            case bytes():
                found.add(one.decode("utf-8", "replace"))
            case dict():
                waiting += [*one.keys(), *one.values()]
            case list() | tuple() | set() | frozenset():
                waiting += one
            case msgspec.Struct():
                waiting += [getattr(one, name) for name in one.__struct_fields__]
            case _:
                waiting += [*getattr(one, "__dict__", {}).values()]
                waiting += [getattr(one, name, None) for name in getattr(type(one), "__slots__", ())]
    return found


def distinctive(after: Stood, hub: Hub) -> set[str]:
    """The texts of the case that are not words of the directory, nor of what was decided about it."""
    beside = texts_in(hub.directory()) | texts_in(hub.destructions())
    return {text for text in after.texts if text not in beside and " " in text}


def test_a_process_that_had_it_in_memory_holds_nothing_of_it_any_more(stood: Stood, tmp_path: Path) -> None:
    """In the hub that carried it out: no state, no key, no word."""
    settings = stood.copy(tmp_path / "home")
    clock = ScenarioClock(END)
    with running(settings, clock) as started:
        hub = started.hub
        for who in ("priya", "ben", "sam"):
            look(hub, who, stood.case, "case")
        hub.disclosures(stood.case)
        agree_on_it(hub, stood.case)
        words = distinctive(stood, hub)
        before = texts_in(hub) & words
        clock.at += FORTNIGHT
        carry_out_due(hub)
        left = texts_in(hub) & words
        ring = hub.ledger.seal
        assert isinstance(ring, KeyRing)
        owners = {key.owner for key in (*ring._by_id.values(), *ring._current.values())}

        assert 50 < len(before)
        assert set() == left
        assert set() == owners & {owner_of_case(stood.case), owner_of_locators(stood.case)}
        assert stood.case not in {*hub._cases, *hub._shown, *hub._projected}


def test_another_process_answers_nothing_from_its_next_read_on(stood: Stood, tmp_path: Path) -> None:
    """It had the case and its keys in memory when this one destroyed it."""
    settings = stood.copy(tmp_path / "home")
    clock = ScenarioClock(END)
    with running(settings, clock) as started:
        other = late(settings)
        look(other, "priya", stood.case, "case")
        agree_on_it(started.hub, stood.case)
        words = distinctive(stood, started.hub)
        clock.at += FORTNIGHT
        carry_out_due(started.hub)
        held = texts_in(other) & words
        with pytest.raises(NotFound):
            look(other, "priya", stood.case, "case")
        left = texts_in(other) & words
        other.close()

    assert 50 < len(held)
    assert set() == left


def test_another_process_that_lagged_behind_makes_no_rows_of_it_again(stood: Stood, tmp_path: Path) -> None:
    """Its worker takes in what was recorded before the destruction, with the keys still in its memory."""
    settings = stood.copy(tmp_path / "home")
    clock = ScenarioClock(END)
    with running(settings, clock) as started:
        lagging = late(settings)
        look(lagging, "priya", stood.case, "case")
        agree_on_it(started.hub, stood.case)
        clock.at += FORTNIGHT
        carry_out_due(started.hub)
        with closing(sqlite3.connect(settings.rows)) as connection, connection:
            connection.execute("UPDATE position SET last = 0")
        catch_up(lagging)
        blind = lagging.blind.key("rows of a case", stood.case.hex)
        lagging.close()

    assert (0, 0, 0) == rows_and_snapshots(settings.home, blind, [stood.case, disclosures_stream(stood.case).id])
    assert [] == inspect(settings).faults


# ---- everybody's eyes


def test_lists_and_searches_hold_nothing_of_it_for_anybody(stood: Stood, after: Stood, tmp_path: Path) -> None:
    """Caseload, inbox and search of every person; before, some of them held it."""
    before, now = (_listed(one, tmp_path / name) for one, name in ((stood, "before"), (after, "after")))

    assert {"priya", "tom", "sam", "mo", "ben", "helen"} <= before
    assert set() == now


def _listed(one: Stood, folder: Path) -> set[str]:
    hub = late(one.copy(folder))
    found = set()
    for who in everybody(hub):
        lists: list[Any] = [caseload(hub, who), inbox(hub, who)]
        try:
            lists.append(search(hub, who, {"name": "Maya"}, "Asked about her."))
        except SafeguardingError:
            lists.append("searching is not theirs")
        said = msgspec.json.encode(lists).decode()
        if str(one.case) in said or "Maya" in said:
            found.add(who)
    hub.close()
    return found


def test_every_page_answers_as_for_a_case_that_never_was(stood: Stood, after: Stood, tmp_path: Path) -> None:
    """Case, history, who knew, API and exports, for everybody, also who once reviewed it, led it or recorded in it.

    What was decided about destroying it stays open to the two agencies that decided, and is tested with them.
    """
    before = stood.copy(tmp_path / "before")
    whole = late(before)
    walked = _one_of_each(addresses(create_app(whole, before), whole, stood.case), stood.case)
    whole.close()
    settings = after.copy(tmp_path / "after")
    hub = late(settings)
    app = create_app(hub, settings)
    differing = []
    for who in everybody(hub):
        client = signed_in(app, who)
        token = {"csrf_token": csrf(client)}
        posted = [f"/cases/{after.case}/referrals/R1/pack", f"/cases/{after.case}/chronology"]
        for address in [*walked, *posted]:
            ask = client.post if address in posted else client.get
            answers = [
                ask(one, **({"data": token} if address in posted else {}))
                for one in (address, address.replace(str(after.case), NOBODYS))
            ]
            here, nowhere = ((answer.status_code, _alike(answer.text)) for answer in answers)
            empty = here[0] in (401, 403, 404) or address.endswith(("/open-with-a-reason", "/open-on-duty"))
            if here != nowhere or not empty:
                differing.append((who, address, here[0], nowhere[0]))
    hub.close()

    assert 25 < len(walked)
    assert [] == differing


def _one_of_each(every: Iterator[str], case: UUID) -> list[str]:
    """One address of each shape that names the case."""
    shapes: dict[str, str] = {}
    reference = re.compile(r"(?<=/)([A-Z]\w*|\d+|[a-z_]+[:.][\w.]+|[0-9a-f]{64})(?=/|$)")
    for address in every:
        if str(case) in address and "/destruction" not in address:
            shapes.setdefault(reference.sub("*", address), address)
    return list(shapes.values())


def _alike(page: str) -> str:
    """A page without what is new each time, and without the address it answers."""
    of_a_case = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
    return re.sub(rf'value="[^"]{{20,}}"|{of_a_case}|\bCase [0-9a-f]{{8}}\b', "", page)


def test_the_other_case_is_untouched(stood: Stood, after: Stood, tmp_path: Path) -> None:
    """It reads as before, and is written to as before."""
    views = []
    for one, name in ((stood, "before"), (after, "after")):
        hub = late(one.copy(tmp_path / name))
        views.append(look(hub, "ben", one.other, "case").cells)
        data = {"justification": "J1", "safe_contact": {"how": "By telephone."}}
        if name == "after":
            with pytest.raises(SafeguardingError):
                act(hub, "ben", one.case, "record_details", data, command_id=command("gone"))
        hub.close()

    assert views[0] == views[1]
    assert 0 < len(views[0])


def test_a_young_person_whose_case_was_destroyed_gets_a_new_one(after: Stood, tmp_path: Path) -> None:
    """The naming is free again, and nothing of the old case comes into the new one."""
    hub = late(after.copy(tmp_path / "home"))
    data = _opening()
    fresh = open_case(hub, "ben", data, command_id=command("again"))
    view = look(hub, "ben", fresh, "case")
    hub.close()

    assert fresh != after.case
    assert {"child.name", "child.date_of_birth"} == {cell.item for cell in view.cells}


def test_the_command_that_opened_it_sent_again_is_refused_in_words(after: Stood, tmp_path: Path) -> None:
    """A client that repeats an old command is told so; the id it makes is that of the destroyed case."""
    hub = late(after.copy(tmp_path / "home"))
    opened = hub.ledger.version_of(after.case)
    with pytest.raises(ChangedMeanwhile):
        open_case(hub, "ben", _opening(), command_id="scenario-act-1")
    stood = hub.ledger.version_of(after.case)
    made_again = hub.id_from("ben:scenario-act-1", "case")
    hub.close()

    assert after.case == made_again
    assert opened == stood


def _opening() -> dict[str, Any]:
    return {
        "justification": {
            "id": "J1", "purpose": "keep her safe", "duty_of_confidentiality": False, "basis": "no_duty_owed",
            "facts": "A new concern.", "proportionality": "What was seen.",
        },
        "child": {"name": "Maya Ellison", "date_of_birth": "2010-05-14"},
    }  # fmt: skip


# ---- proof


def test_the_hub_is_whole_and_says_what_was_destroyed(after: Stood, tmp_path: Path) -> None:
    """No damage, and one note: when, by which decision, of which agencies."""
    found = inspect(after.copy(tmp_path / "home"))
    day = END + FORTNIGHT

    assert [] == found.faults
    assert f"Case {after.case}: destroyed on {day:%Y-%m-%d} by decision D1 of csc and police." in found.notes


def test_the_log_still_verifies_for_whoever_has_no_hub(after: Stood, tmp_path: Path) -> None:
    """With the public key alone, and with the head that a witness took before the destruction."""
    home = after.copy(tmp_path / "home").home
    script = Path(verifying.__file__)
    checks = [
        ["log", home / "events.sqlite", home / "log.sqlite"],
        ["case", home / "events.sqlite", home / "log.sqlite", after.case.hex],
    ]
    done = [
        subprocess.run(
            [sys.executable, str(script), *map(str, words), "--key", str(home / "keys" / "log.pub")],
            capture_output=True, text=True, check=False, cwd=tmp_path,
        )
        for words in checks
    ]  # fmt: skip

    assert [(0, "genuine")] * 2 == [(one.returncode, one.stdout.splitlines()[-1]) for one in done], done
    assert "0 not covered yet" in done[0].stdout


# ---- older copies


def put_back_data(settings: Settings, kept: Kept) -> None:
    """The older copy of the record in the place of the newer, as a restore puts it there."""
    for name in ("events.sqlite", "log.sqlite"):
        for stale in settings.home.glob(f"{name}*"):
            stale.unlink()
        shutil.copy2(kept.data / name, settings.home / name)


def test_an_older_copy_of_the_data_is_refused_at_the_start(after: Stood, kept: Kept, tmp_path: Path) -> None:
    """The newest head signed lies with the keys, and knows of more."""
    settings = after.copy(tmp_path / "home")
    put_back_data(settings, kept)

    with pytest.raises(LogWentBack), running(settings, ScenarioClock(END + FORTNIGHT)):
        pass
    assert not inspect(settings).genuine


def test_an_older_copy_of_the_data_opens_nothing_of_it_even_by_force(
    stood: Stood, after: Stood, kept: Kept, tmp_path: Path
) -> None:
    """Where the start was got round, the record knows nothing of a destruction; the keys are gone all the same."""
    settings = after.copy(tmp_path / "home")
    put_back_data(settings, kept)
    hub = late(settings)
    decided = hub.destructions().destroyed
    answers = []
    for who in everybody(hub):
        try:
            look(hub, who, after.case, "case")
        except SafeguardingError as refused:
            answers.append(type(refused))
    people = everybody(hub)
    version = hub.case(after.case).case.version
    hub.close()

    assert {} == decided
    assert [NotFound] * len(people) == answers
    assert 0 == version


def put_back_keys(settings: Settings, kept: Kept) -> None:
    shutil.copy2(kept.keys, settings.keys / "keys.sqlite")


def test_an_older_key_store_is_noticed_and_its_keys_are_forgotten_again(
    after: Stood, kept: Kept, tmp_path: Path
) -> None:
    """Checking names them before anything is started; the start destroys them again."""
    settings = after.copy(tmp_path / "home")
    put_back_keys(settings, kept)
    before = inspect(settings).faults
    with running(settings, ScenarioClock(END + FORTNIGHT)) as started, pytest.raises(NotFound):
        look(started.hub, "priya", after.case, "case")
    again = b"".join(every_byte(settings.home).values())

    assert {
        f"the keys of {owner} came back after the case was destroyed"
        for owner in (owner_of_case(after.case), owner_of_locators(after.case))
    } == set(before)
    assert [] == inspect(settings).faults
    assert [False] * 4 == [secret in again for secret in after.secrets]


def test_an_older_key_store_answers_nothing_even_where_nothing_was_started(
    after: Stood, kept: Kept, tmp_path: Path
) -> None:
    """What is on record as destroyed is shut, whatever keys there are."""
    settings = after.copy(tmp_path / "home")
    put_back_keys(settings, kept)
    hub = late(settings)
    with pytest.raises(NotFound):
        look(hub, "priya", after.case, "case")
    version = hub.case(after.case).case.version
    hub.close()

    assert 0 == version


def test_after_the_master_key_was_changed_an_older_key_store_opens_nothing(
    after: Stood, kept: Kept, tmp_path: Path
) -> None:
    """Not even where both older copies are put back together: the master key that wrapped those keys is gone."""
    settings = after.copy(tmp_path / "home")
    rotated = hub_command(settings.home, "keys", "rotate", "--master")
    put_back_data(settings, kept)
    put_back_keys(settings, kept)
    again = read_settings(settings.home)
    store = KeyStore(again.keys / "keys.sqlite")
    ring = KeyRing(again.store, store, again.masters)
    living, faulty = ring.living(), set(ring.faulty())
    ring.end()

    assert 0 == rotated.exit_code, rotated.output
    assert owner_of_case(after.case) in living
    assert living == faulty


def test_both_older_copies_with_the_older_master_key_are_what_the_hub_warns_of(
    after: Stood, kept: Kept, tmp_path: Path
) -> None:
    """Until the master key is changed they open the case: this is why status tells to change it."""
    settings = after.copy(tmp_path / "home")
    said = hub_command(settings.home, "keys", "status").output
    put_back_data(settings, kept)
    put_back_keys(settings, kept)
    hub = late(settings)
    version = hub.case(after.case).case.version
    hub.close()

    assert 0 < version
    assert "Rotate the master key after a destruction: then older copies of the key store open nothing." in said


def test_a_copy_of_the_data_holds_no_key_and_is_for_its_owner_alone(stood: Stood, kept: Kept) -> None:
    """Neither any key file's bytes nor any wrapped key; folders 0700, files 0600."""
    store = KeyStore(stood.home / "keys" / "keys.sqlite")
    secrets = [key.wrapped for key in store.all() if key.wrapped] + list(stood.secrets)
    store.close()
    secrets += [path.read_bytes() for path in (stood.home / "keys").glob("*.key")]
    held = b"".join(every_byte(kept.data).values())
    modes = {str(path.relative_to(kept.data)): stat.S_IMODE(path.stat().st_mode)
             for path in (kept.data, *kept.data.rglob("*"))}  # fmt: skip

    assert 14 < len(secrets)
    assert [] == [number for number, secret in enumerate(secrets) if secret in held]
    files = ("desk.sqlite", "events.sqlite", "log.sqlite", "store.id")
    assert {".": 0o700, **dict.fromkeys(files, 0o600)} == modes


# ---- what does not suffice


def refused(hub: Hub, who: str, case: UUID, name: str, **data: str) -> str:
    with pytest.raises(SafeguardingError) as refusal:
        step(hub, who, case, name, **data)
    return refusal.value.code


def test_nothing_less_destroys_it(stood: Stood, tmp_path: Path) -> None:
    """Under hold, by one person, by two of one agency, before the days are over: refused, and all of it readable."""
    settings = stood.copy(tmp_path / "home")
    clock = ScenarioClock(END)
    with running(settings, clock) as started:
        hub = started.hub
        whole = _readable(hub, stood.case)
        seen = [("under hold", refused(hub, "tom", stood.case, "propose_destruction", **PROPOSED))]
        step(hub, "tom", stood.case, "lift_legal_hold", **LIFTED)
        seen.append(("one's own agency", refused(hub, "tom", stood.case, "propose_destruction",
                                                 **(PROPOSED | {"asked": "csc"}))))  # fmt: skip
        step(hub, "tom", stood.case, "propose_destruction", **PROPOSED)
        seen += [
            (who, refused(hub, who, stood.case, "agree_destruction", proposal="D1")) for who in ("tom", "ruth", "sam")
        ]
        clock.at += 3 * FORTNIGHT
        unagreed = carry_out_due(hub)
        step(hub, "mo", stood.case, "agree_destruction", proposal="D1")
        clock.at += FORTNIGHT - timedelta(seconds=1)
        early = carry_out_due(hub)
        step(hub, "mo", stood.case, "stop_destruction", reason="An inquiry has begun.")
        clock.at += FORTNIGHT
        stopped = carry_out_due(hub)
        step(hub, "ruth", stood.case, "place_legal_hold", reason="An inquiry has begun.")
        held = carry_out_due(hub)
        still = _readable(hub, stood.case)

    assert [
        ("under hold", "under_legal_hold"),
        ("one's own agency", "needs_another_agency"),
        ("tom", "same_person"),
        ("ruth", "needs_another_agency"),
        ("sam", "role_missing"),
    ] == seen
    assert [[], [], [], []] == [unagreed, early, stopped, held]
    assert whole == still
    assert [] == inspect(settings).faults


def _readable(hub: Hub, case: UUID) -> tuple[set[str], int]:
    """Every text of the case, opened row by row, and how many items its lead sees."""
    texts = {text for position, event in enumerate(hub.case_events(case), start=1) for text in (
        *_texts(event), *(_texts(hub.locator(case, position)) if isinstance(event, LocatorRecorded) else ()),
    )}  # fmt: skip
    return texts, len(look(hub, "priya", case, "case").cells)
