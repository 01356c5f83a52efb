"""What `hub verify` says of a damaged store: a drawn sample of `make damage`, and what that run once found silent."""

import os
import re
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from application.ledger import DESTRUCTIONS_STREAM, DIRECTORY_STREAM
from application.queries.caseload import caseload
from interfaces.bootstrap import running
from interfaces.demo.replay import ScenarioClock
from interfaces.inspection import inspect
from interfaces.settings import Settings
from tests.builders import MORNING, a_case, a_concern, a_partnership, settings_in

ROOT = Path(__file__).parents[3]
TAIL = """
INSERT INTO stored_events (originator_id, originator_version, topic, state)
SELECT originator_id, originator_version + 1, topic, state FROM stored_events ORDER BY rowid DESC LIMIT 1
"""


def run_of(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "tests.faults.damage", *arguments],
        cwd=ROOT, env=dict(os.environ), capture_output=True, text=True, timeout=600, check=False,
    )  # fmt: skip


def figures(run: subprocess.CompletedProcess[str]) -> dict[str, int]:
    """The closing line's figures by what they count."""
    closing_line = run.stdout.splitlines()[-1]
    return {what: int(number) for number, what in re.findall(r"(\d+) ([a-z][a-z ]*)", closing_line)}


def test_no_damage_passes_in_silence() -> None:
    """Each is named, with its row where it has one, or shown to change no answer to anybody."""
    run = run_of("--copies", "300", "--seed", "11")
    found = figures(run)

    assert run.returncode == 0, run.stdout + run.stderr
    assert (300, 0, 0) == (found["copies"], found["silent"], found["broke off"])
    assert found["named"] > 150
    assert found["without effect"] > 10


def test_a_check_that_looks_away_is_found_out() -> None:
    """Where nothing is named, the content and the answers show that something was done."""
    run = run_of("--copies", "12", "--seed", "11", "--blind")

    assert run.returncode == 1, run.stdout + run.stderr
    assert figures(run)["silent"] > 3


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """A hub that was closed, with a case that holds a locator, and a list somebody looked at last."""
    found = settings_in(tmp_path)
    with running(found, ScenarioClock(MORNING)) as started:
        case = a_case(a_partnership(started.hub), address="3 Quay Street")
        a_concern(started.hub, case)
        caseload(started.hub, "ben")
    return found


def changed(path: Path, *statements: str) -> None:
    with closing(sqlite3.connect(path)) as db:
        for statement in statements:
            db.execute(statement)
        db.commit()


def rows(settings: Settings) -> int:
    with closing(sqlite3.connect(settings.events)) as db:
        return int(db.execute("SELECT count(*) FROM stored_events").fetchone()[0])


def test_an_undamaged_hub_passes(settings: Settings) -> None:
    """Nothing is named where nothing was done."""
    assert [] == inspect(settings).faults


def test_an_entry_put_behind_the_newest_head_is_named(settings: Settings) -> None:
    """No head covers it yet, but it does not open where it stands, whichever stream that is."""
    changed(settings.events, TAIL)
    (fault,) = inspect(settings).faults

    assert fault.startswith(f"row {rows(settings)}: version ")
    assert fault.endswith("does not open where it stands")


def test_an_entry_of_another_stream_put_behind_the_newest_head_is_named(settings: Settings) -> None:
    """By whose key it lies under: so it is told even where that key was destroyed and nobody can open it."""
    changed(settings.events, """
        INSERT INTO stored_events (originator_id, originator_version, topic, state)
        SELECT last.originator_id, last.originator_version + 1, other.topic, other.state
        FROM stored_events AS other, (SELECT * FROM stored_events ORDER BY rowid DESC LIMIT 1) AS last
        WHERE other.originator_id != last.originator_id ORDER BY other.rowid DESC LIMIT 1
    """)  # fmt: skip
    (fault,) = inspect(settings).faults

    assert re.match(rf"row {rows(settings)}: it lies under the key of case:\w+, the rest of its stream", fault)


def test_a_decision_that_nobody_made_is_named(settings: Settings) -> None:
    """Which keys may be gone is asked of the decisions, and those must open first."""
    changed(settings.events, f"""
        INSERT INTO stored_events (originator_id, originator_version, topic, state)
        SELECT '{DESTRUCTIONS_STREAM.id.hex}', 1, topic, state FROM stored_events
        WHERE originator_id = '{DIRECTORY_STREAM.id.hex}' AND originator_version = 1
    """)  # fmt: skip # noqa: S608
    (fault,) = inspect(settings).faults

    assert f"row {rows(settings)}: version 1 of stream {DESTRUCTIONS_STREAM.id} does not open where it stands" == fault


@pytest.mark.parametrize("file", ["events.sqlite", "rows.sqlite", "log.sqlite", "keys/keys.sqlite"])
def test_a_file_that_can_only_be_read_is_named(settings: Settings, file: str) -> None:
    """Byte 18 says which SQLite may write it; of one that is newer than any, every word can still be read."""
    with (settings.home / file).open("r+b") as held:
        held.seek(18)
        held.write(b"\x21")
    faults = inspect(settings).faults

    assert len(faults) == 1
    assert faults[0].startswith(f"{Path(file).name}: cannot be ")


def test_a_locator_without_its_key_is_named(settings: Settings) -> None:
    """No row of the record names a locator's key: it lies within the sealed entry."""
    changed(settings.keys / "keys.sqlite", "DELETE FROM keys WHERE owner LIKE 'locators:%'")
    (fault,) = inspect(settings).faults

    assert re.fullmatch(r"row \d+: the locator in it does not open", fault)


def test_keys_that_took_each_others_names_are_named(settings: Settings) -> None:
    """A key that is destroyed opens nothing that could tell; but no row of the record lies under a locator's key."""
    for change in (
        "UPDATE keys SET wrapped = NULL WHERE owner LIKE 'case:%' OR owner LIKE 'locators:%'",
        "UPDATE keys SET owner = 'x' || owner WHERE owner LIKE 'case:%'",
        "UPDATE keys SET owner = 'case:' || substr(owner, 10) WHERE owner LIKE 'locators:%'",
        "UPDATE keys SET owner = 'locators:' || substr(owner, 7) WHERE owner LIKE 'xcase:%'",
    ):
        changed(settings.keys / "keys.sqlite", change)

    assert any("says that its key is for locators" in fault for fault in inspect(settings).faults)


def test_a_head_taken_away_is_named(settings: Settings) -> None:
    """It is kept before the log holds it, so it must be there; without it an older copy of both would start."""
    (settings.keys / "log.head").unlink()
    (fault,) = inspect(settings).faults

    assert fault.startswith("keys/log.head is missing")


def test_a_head_put_back_is_named(settings: Settings) -> None:
    """It would allow the copy of its own day."""
    older = (settings.keys / "log.head").read_bytes()
    with running(settings, ScenarioClock(MORNING)) as started:
        caseload(started.hub, "ben")
    (settings.keys / "log.head").write_bytes(older)
    (fault,) = inspect(settings).faults

    assert fault.startswith("keys/log.head holds the head of ")


def test_another_public_key_is_named(settings: Settings) -> None:
    """Who checks with it would call genuine receipts false, or false ones genuine."""
    key = settings.keys / "log.pub"
    inspect(settings)
    key.write_text(key.read_text(encoding="ascii").replace("safeguarding", "Safeguarding"), encoding="ascii")

    assert any(fault.startswith("keys/log.pub and keys/log.key") for fault in inspect(settings).faults)


@pytest.mark.parametrize(
    ("file", "statement", "named"),
    [
        ("rows.sqlite", "INSERT INTO position VALUES (2, 0)", "the read models"),
        ("rows.sqlite", "DROP INDEX rows_of", "rows.sqlite: the index rows_of"),
        ("rows.sqlite", "CREATE TRIGGER t DELETE ON rows BEGIN SELECT RAISE(IGNORE); END", "rows.sqlite: the trigger"),
        ("keys/keys.sqlite", "UPDATE keys SET owner = x'00' WHERE owner = 'hub'", "the key store"),
    ],
)
def test_what_the_tables_beside_the_record_should_not_hold_is_named(
    settings: Settings, file: str, statement: str, named: str
) -> None:
    """Whatever it makes the check itself break off with."""
    changed(settings.home / file, statement)
    faults = inspect(settings).faults

    assert faults
    assert all(fault.startswith(named) for fault in faults)
