"""Keeping a hub: checked, its keys changed, its heads held by witnesses, copied, and what is due destroyed."""

import base64
import json
import shutil
import sqlite3
import stat
import zipfile
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from click.testing import Result

from application.access import look
from application.commands.acts import act
from application.commands.destroying import destruction_act
from application.commands.people import keep_directory
from application.hub import Hub as TheHub
from application.ledger import case_stream, owner_of_case
from application.ports import SealBroken
from application.queries.caseload import caseload
from application.queries.receipts import decision_receipt
from interfaces.bootstrap import build_hub, build_keyring, running
from interfaces.demo.replay import ScenarioClock
from interfaces.settings import (
    add_master_key,
    changing_master_key,
    create_home,
    read_settings,
    remove_older_master_keys,
)
from interfaces.storage.keystore import KeyStore

Hub = Callable[..., Result]
CONCERN = {
    "justification": "J1", "occurred": "2026-05-01", "heading": "risk_taking_behaviours",
    "headline": "Late", "narrative": "Came in late three times.", "nature": "fact",
}  # fmt: skip


@pytest.fixture
def case(demo: Hub, home: Path) -> UUID:
    """The worked case's number."""
    hub = build_hub(read_settings(home))
    found = caseload(hub, "priya").entries[0].case
    hub.close()
    return found


def later(home: Path, do: Callable[[TheHub], Any], days: int = 0) -> Any:
    """Done in the hub of this folder, as many days after the demo stands still."""
    settings = read_settings(home)
    assert settings.demo_stands_at is not None
    with running(settings, ScenarioClock(settings.demo_stands_at + timedelta(days=days))) as started:
        return do(started.hub)


def a_concern(case: UUID, name: str) -> Callable[[TheHub], None]:
    def do(hub: TheHub) -> None:
        act(hub, "ben", case, "record_concern", {**CONCERN, "id": name}, command_id=uuid4().hex, named=True)

    return do


def a_receipt(home: Path, case: UUID, file: Path) -> dict[str, Any]:
    """The police's receipt of a share, in a file."""
    receipt: dict[str, Any] = later(home, lambda hub: decision_receipt(hub, "sam", case, "S1"))
    file.write_text(json.dumps(receipt), encoding="utf-8")
    return receipt


# ---- verify


def test_a_whole_hub_passes(demo: Hub) -> None:
    """The demo store: every row as it was sealed and signed."""
    verified = demo("verify")

    assert 0 == verified.exit_code, verified.output
    assert verified.output.splitlines()[-1].endswith("rows checked: all as they were sealed and signed.")


def test_verifying_answers_as_json(demo: Hub) -> None:
    """For a program that watches over a hub."""
    assert {"genuine": True, "faults": []} == {
        name: value for name, value in json.loads(demo("verify", "--json").stdout).items() if name != "notes"
    }


def test_the_log_alone_is_verified_without_any_key(demo: Hub, home: Path) -> None:
    """Whoever checks it need not be able to read a case."""
    (home / "keys" / "keys.sqlite").unlink()

    assert 0 == demo("verify", "--log-only").exit_code
    assert 1 == demo("verify").exit_code


def damage(home: Path, number: int) -> None:
    """One bit of a sealed row turned by somebody who can write to the file; the triggers are put back afterwards."""
    with closing(sqlite3.connect(home / "events.sqlite")) as connection, connection:
        (state,) = connection.execute("SELECT state FROM stored_events WHERE rowid = ?", (number,)).fetchone()
        (trigger,) = connection.execute(
            "SELECT sql FROM sqlite_master WHERE name = 'stored_events_no_UPDATE'"
        ).fetchone()
        connection.execute("DROP TRIGGER stored_events_no_UPDATE")
        changed = state[:-1] + bytes([state[-1] ^ 1])
        connection.execute("UPDATE stored_events SET state = ? WHERE rowid = ?", (changed, number))
        connection.execute(trigger)


@pytest.mark.parametrize("more", [(), ("--log-only",), ("--json",)], ids=["all", "log only", "as JSON"])
def test_a_damaged_row_is_named(demo: Hub, home: Path, more: tuple[str, ...]) -> None:
    """One bit in one row: its number is said, and the exit code tells."""
    damage(home, 40)
    verified = demo("verify", *more)

    assert 1 == verified.exit_code
    assert "row 40" in verified.output
    assert "all as they were sealed" not in verified.output


def test_the_rows_of_one_case_are_found_in_the_log(demo: Hub, home: Path, case: UUID) -> None:
    """How many there are, and where they stand."""
    rows = later(home, lambda hub: hub.ledger.version_of(case_stream(case).id))
    verified = demo("verify", "--case", str(case))

    assert 0 == verified.exit_code, verified.output
    assert f"{case.hex}: {rows} rows, {rows} covered by the newest head" in verified.output


def test_a_case_that_is_not_there_is_not_whole(demo: Hub) -> None:
    """No rows is no pass."""
    verified = demo("verify", "--case", str(uuid4()))

    assert 1 == verified.exit_code
    assert "NOT WHOLE" in verified.output


def test_a_damaged_row_is_named_when_one_case_is_checked(demo: Hub, home: Path, case: UUID) -> None:
    """What is wrong anywhere in the log concerns every case in it."""
    damage(home, 40)
    verified = demo("verify", "--case", str(case))

    assert (1, True) == (verified.exit_code, "row 40" in verified.output)


def test_a_receipt_is_verified(demo: Hub, home: Path, case: UUID, tmp_path: Path) -> None:
    """What it proves is said; what stays shut is named."""
    a_receipt(home, case, tmp_path / "receipt.json")
    verified = demo("verify", "--receipt", tmp_path / "receipt.json")

    assert 0 == verified.exit_code, verified.output
    assert 'decision: "S1"' in verified.output
    assert "not opened: command, justification" in verified.output


def test_a_receipt_that_was_changed_is_refused(demo: Hub, home: Path, case: UUID, tmp_path: Path) -> None:
    """A share is not made out to be another agency's."""
    receipt = a_receipt(home, case, tmp_path / "receipt.json")
    receipt["opened"]["recipient"]["value"] = "school"
    (tmp_path / "receipt.json").write_text(json.dumps(receipt), encoding="utf-8")
    verified = demo("verify", "--receipt", tmp_path / "receipt.json")

    assert 1 == verified.exit_code
    assert "NOT GENUINE" in verified.output


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"opened": {"digest": "x"}}', '{"opened": [1]}', "\x00"])
def test_what_is_no_receipt_is_refused_in_one_line(demo: Hub, tmp_path: Path, content: str) -> None:
    """Never a traceback, with the file beside it or without."""
    file = tmp_path / "receipt.json"
    file.write_text(content, encoding="utf-8")
    refused = [demo("verify", "--receipt", file), demo("verify", "--receipt", file, "--of", file)]

    assert [1, 1] == [one.exit_code for one in refused]
    assert [1, 1] == [len(one.output.splitlines()) for one in refused]


def a_pack(demo: Hub, file: Path) -> Path:
    assert demo("export", "referral", "--referral", "R1", "--to", file, "--as", "ben").exit_code == 0
    return file


def test_a_pack_is_verified(demo: Hub, tmp_path: Path) -> None:
    """Its files by name, and the export it was."""
    verified = demo("verify", "--pack", a_pack(demo, tmp_path / "pack.zip"))

    assert 0 == verified.exit_code, verified.output
    assert "files as on record: assessment-and-analysis.pdf, pack.json" in verified.output


def test_a_pack_with_a_changed_file_is_refused(demo: Hub, tmp_path: Path) -> None:
    """The file is named."""
    with zipfile.ZipFile(a_pack(demo, tmp_path / "pack.zip")) as packed:
        files = {name: packed.read(name) for name in packed.namelist()}
    with zipfile.ZipFile(tmp_path / "changed.zip", "w", zipfile.ZIP_DEFLATED) as packed:
        for name, data in files.items():
            packed.writestr(name, data.replace(b"school", b"police") if name == "pack.json" else data)
    verified = demo("verify", "--pack", tmp_path / "changed.zip")

    assert 1 == verified.exit_code
    assert "pack.json was changed" in verified.output


def test_a_receipt_goes_with_its_own_file_only(demo: Hub, tmp_path: Path) -> None:
    """The manifest out of a pack is what its receipt was given for; the other files are not."""
    with zipfile.ZipFile(a_pack(demo, tmp_path / "pack.zip")) as packed:
        packed.extractall(tmp_path / "pack")
    receipt = tmp_path / "pack" / "receipt.json"
    files = [tmp_path / "pack" / name for name in ("manifest.json", "pack.json")]
    verified = [demo("verify", "--receipt", receipt, "--of", file) for file in files]

    assert [0, 1] == [one.exit_code for one in verified]
    assert "is not the file this receipt was given for" in verified[1].output


@pytest.mark.parametrize(
    "words",
    [("--log-only", "--case", str(uuid4())), ("--of", __file__), ("--json", "--receipt", __file__)],
    ids=["two at once", "of without a receipt", "a receipt as JSON"],
)
def test_what_does_not_go_together_is_said(demo: Hub, words: tuple[str, ...]) -> None:
    """Nothing that was asked for is passed over in silence."""
    assert 2 == demo("verify", *words).exit_code


# ---- keys


def readable(home: Path, case: UUID) -> tuple[int, int]:
    """How much of the case opens: its events, locators too, and what its lead sees."""
    def all_of_it(hub: TheHub) -> tuple[int, int]:
        return len(hub.case_events(case)), len(look(hub, "priya", case, "case").cells)

    found: tuple[int, int] = later(home, all_of_it)
    return found


def test_the_state_of_the_keys_is_told_and_no_key_shown(demo: Hub, home: Path) -> None:
    """How many, under which master key, and that each opens."""
    said = json.loads(demo("keys", "status", "--json").stdout)
    secrets = [path.read_bytes() for path in (home / "keys").glob("*.key")]
    spelt = [text for one in secrets for text in (one.hex(), base64.b64encode(one).decode())]

    assert ([1], [], {"1": said["keys"]}, 0) == (said["master_keys"], said["faulty"], said["under"], said["destroyed"])
    assert [] == [text for text in spelt if text in demo("keys", "status").output]


def test_a_key_that_does_not_open_is_named(demo: Hub, home: Path, case: UUID) -> None:
    """A damaged wrapping; a master key is not changed then."""
    with closing(sqlite3.connect(home / "keys" / "keys.sqlite")) as connection, connection:
        connection.execute(
            "UPDATE keys SET wrapped = zeroblob(60) WHERE owner = ?", (owner_of_case(case),)
        )
    status, rotated = demo("keys", "status"), demo("keys", "rotate", "--master")

    assert (1, 1) == (status.exit_code, rotated.exit_code)
    assert f"DAMAGED: the key of {owner_of_case(case)} does not open" in status.output
    assert "no master key was removed" in rotated.output
    assert (home / "keys" / "master-1.key").exists()


def test_after_a_new_master_key_all_is_readable_and_the_old_one_gone(demo: Hub, home: Path, case: UUID) -> None:
    """Every key lies under the new one; the hub checks whole."""
    before = readable(home, case)
    old = (home / "keys" / "master-1.key").read_bytes()
    rotated = demo("keys", "rotate", "--master")
    said = json.loads(demo("keys", "status", "--json").stdout)

    assert 0 == rotated.exit_code, rotated.output
    assert "the old one is gone" in rotated.output
    assert ([2], {"2": said["keys"]}, []) == (said["master_keys"], said["under"], said["faulty"])
    assert before == readable(home, case)
    assert 0 == demo("verify").exit_code
    assert ["master-2.key"] == [path.name for path in (home / "keys").glob("master-*.key")]
    assert 0o600 == stat.S_IMODE((home / "keys" / "master-2.key").stat().st_mode)
    assert [] == [path.name for path in home.rglob("*") if path.is_file() and old in path.read_bytes()]


def test_a_change_of_master_key_that_was_broken_off_is_finished_by_the_next(
    demo: Hub, home: Path, case: UUID
) -> None:
    """A new master key was made and nothing wrapped by it yet: all is readable, and stays so."""
    before = readable(home, case)
    add_master_key(home)
    between = readable(home, case)
    demo("keys", "rotate", "--master")

    assert before == between == readable(home, case)
    assert ["master-3.key"] == [path.name for path in (home / "keys").glob("master-*.key")]


def test_a_hub_that_runs_takes_a_new_master_key_up_by_itself(demo: Hub, home: Path) -> None:
    """Twice over: what it had not opened yet opens, and what it makes lies under the newest."""
    running_on = build_hub(read_settings(home))
    rotated = [demo("keys", "rotate", "--master") for _ in range(2)]
    people = running_on.directory().people
    running_on.ledger.seal.close(f"case:{uuid4().hex}", b"", b"")
    running_on.close()
    said = json.loads(demo("keys", "status", "--json").output)

    assert ["A hub that is running here goes on by itself." in one.output for one in rotated] == [True, True]
    assert "priya" in people
    assert ({"3": said["keys"]}, []) == (said["under"], said["faulty"])


def test_the_master_key_is_changed_by_one_at_a_time(demo: Hub, home: Path) -> None:
    """The second is told to wait; a master key newer than one's own is neither removed nor taken out of use."""
    with changing_master_key(home):
        refused = demo("keys", "rotate", "--master")
        left = sorted(path.name for path in (home / "keys").glob("master-*.key"))
    own, newer = build_keyring(read_settings(home)), add_master_key(home)
    both = build_keyring(read_settings(home))
    both.rotate_master()
    with pytest.raises(SealBroken):
        own.rotate_master()
    own.end()
    both.end()
    remove_older_master_keys(home, newer - 1)

    assert (1, ["master-1.key"]) == (refused.exit_code, left)
    assert "Wait until that is done" in refused.output
    assert ["master-1.key", "master-2.key"] == sorted(path.name for path in (home / "keys").glob("master-*.key"))
    assert [] == json.loads(demo("keys", "status", "--json").output)["faulty"]


def test_a_new_key_of_a_case_seals_what_comes_and_leaves_what_was(demo: Hub, home: Path, case: UUID) -> None:
    """New entries under the new key; everything stays readable."""
    before = readable(home, case)
    rotated = demo("keys", "rotate", "--case", str(case))
    later(home, a_concern(case, "C90"))
    after = readable(home, case)
    store = KeyStore(home / "keys" / "keys.sqlite")
    keys = [key.id for key in store.all() if key.owner == owner_of_case(case)]
    store.close()
    with closing(sqlite3.connect(home / "events.sqlite")) as connection:
        states = [state for (state,) in connection.execute(
            "SELECT state FROM stored_events WHERE originator_id = ? ORDER BY originator_version", (case.hex,)
        )]  # fmt: skip

    assert 0 == rotated.exit_code, rotated.output
    assert "lies under key 2. A hub that is running goes on, and takes it up when it is started" in rotated.output
    assert [keys[0]] * before[0] + [keys[1]] * (after[0] - before[0]) == [state[1:17] for state in states]
    assert before[0] < after[0]
    assert 0 == demo("verify").exit_code


@pytest.mark.parametrize("words", [(), ("--master", "--case", str(uuid4()))], ids=["neither", "both"])
def test_which_key_is_to_be_changed_must_be_said(demo: Hub, words: tuple[str, ...]) -> None:
    """Either, not both."""
    assert 2 == demo("keys", "rotate", *words).exit_code


def test_a_case_that_is_not_there_gets_no_key(demo: Hub) -> None:
    """Nothing is made for it."""
    before = json.loads(demo("keys", "status", "--json").stdout)
    refused = demo("keys", "rotate", "--case", str(uuid4()))

    assert (1, True) == (refused.exit_code, "There is no such case here, or it was destroyed." in refused.output)
    assert before == json.loads(demo("keys", "status", "--json").stdout)


# ---- heads and witnesses


def sizes(file: Path) -> int:
    """How many rows the head in a file is of."""
    return int(file.read_text(encoding="utf-8").splitlines()[1])


def test_a_witness_takes_the_first_head_and_then_newer_ones(
    demo: Hub, home: Path, case: UUID, tmp_path: Path
) -> None:
    """The first on its signature, each newer one with the proof that it continues the one held."""
    held = tmp_path / "police.head"
    first = demo("witness", held)
    before = sizes(held)
    later(home, a_concern(case, "C90"))
    newer = demo("witness", held)

    assert [0, 0] == [first.exit_code, newer.exit_code], (first.output, newer.output)
    assert before < sizes(held)
    assert f"{held} holds the head of {sizes(held)} rows." == newer.output.strip()


def test_a_witness_without_a_hub_takes_what_was_sent(demo: Hub, home: Path, case: UUID, tmp_path: Path) -> None:
    """Bundle and public key are all it needs."""
    held, key = tmp_path / "auditor.head", home / "keys" / "log.pub"
    shutil.copy2(key, tmp_path / "log.pub")
    bundles = []
    for number, words in enumerate([("head",), ("head", "--from", held)]):
        bundle = tmp_path / f"bundle-{number}.json"
        bundle.write_text(demo(*words).stdout, encoding="utf-8")
        taken = demo("witness", held, "--new", bundle, "--key", tmp_path / "log.pub")
        bundles.append((taken.exit_code, sizes(held)))
        later(home, a_concern(case, f"C9{number}"))

    assert [0, 0] == [code for code, _ in bundles]
    assert bundles[0][1] < bundles[1][1]


def test_an_older_head_is_refused(demo: Hub, home: Path, case: UUID, tmp_path: Path) -> None:
    """A log does not shrink: the head held stays as it was."""
    held, older = tmp_path / "police.head", tmp_path / "older.json"
    older.write_text(demo("head").stdout, encoding="utf-8")
    later(home, a_concern(case, "C90"))
    demo("witness", held)
    before = held.read_bytes()
    refused = demo("witness", held, "--new", older)

    assert 1 == refused.exit_code
    assert "the log went back" in refused.output
    assert before == held.read_bytes()


def test_a_forked_head_is_refused(
    demo: Hub, home: Path, case: UUID, tmp_path: Path
) -> None:
    """Two histories from one store, of one length: both are signed, and the witness keeps the first it saw."""
    held, forked = tmp_path / "police.head", tmp_path / "forked"
    shutil.copytree(home, forked)
    later(home, a_concern(case, "C90"))
    later(forked, a_concern(case, "C91"))
    demo("witness", held)
    before = held.read_bytes()
    shutil.rmtree(home)
    shutil.copytree(forked, home)
    other = tmp_path / "other.json"
    other.write_text(demo("head").stdout, encoding="utf-8")
    refused = demo("witness", held, "--new", other)

    assert sizes(held) == int(json.loads(other.read_text(encoding="utf-8"))["head"].splitlines()[1])
    assert (1, True) == (refused.exit_code, "the log was forked" in refused.output)
    assert before == held.read_bytes()


def test_a_longer_fork_is_refused_for_want_of_a_proof(
    demo: Hub, home: Path, case: UUID, tmp_path: Path
) -> None:
    """It cannot be shown to continue what the witness holds, whatever proof it comes with."""
    held, forked = tmp_path / "police.head", tmp_path / "forked"
    shutil.copytree(home, forked)
    later(home, a_concern(case, "C90"))
    demo("witness", held)
    for name in ("C91", "C92", "C93"):
        later(forked, a_concern(case, name))
    shutil.rmtree(home)
    shutil.copytree(forked, home)
    refused = demo("witness", held)

    assert (1, True) == (refused.exit_code, "nothing proves that" in refused.output)


def test_a_witness_s_head_stops_an_older_store(demo: Hub, home: Path, case: UUID, tmp_path: Path) -> None:
    """The whole folder put back from before, keys and heads too: the witness's file is what notices."""
    shutil.copytree(home, tmp_path / "older")
    later(home, a_concern(case, "C90"))
    demo("witness", tmp_path / "police.head")
    shutil.rmtree(home)
    shutil.copytree(tmp_path / "older", home)
    (home / "witnesses").mkdir()
    shutil.copy2(tmp_path / "police.head", home / "witnesses" / "police.head")
    refused = [demo("case", "--as", "priya"), demo("head")]

    assert [1, 1] == [one.exit_code for one in refused]
    assert all("rows are missing" in one.output for one in refused)
    assert 1 == demo("verify").exit_code


def test_a_head_of_a_longer_log_is_no_start_for_a_proof(demo: Hub, home: Path, case: UUID, tmp_path: Path) -> None:
    """The hub says that its log does not reach so far."""
    shutil.copytree(home, tmp_path / "older")
    later(home, a_concern(case, "C90"))
    demo("witness", tmp_path / "police.head")
    shutil.rmtree(home)
    shutil.copytree(tmp_path / "older", home)
    refused = [demo("head", "--from", tmp_path / "police.head"), demo("witness", tmp_path / "police.head")]

    assert [1, 1] == [one.exit_code for one in refused]
    assert all("This log does not reach the head of" in one.output for one in refused)


def test_an_empty_hub_has_no_head_yet(hub: Hub, home: Path, tmp_path: Path) -> None:
    """Said in one line."""
    create_home(home)
    with running(read_settings(home)):
        pass
    refused = [hub("head"), hub("witness", tmp_path / "police.head")]

    assert [1, 1] == [one.exit_code for one in refused]
    assert all("Nothing is on record yet" in one.output for one in refused)
    assert not (tmp_path / "police.head").exists()


@pytest.mark.parametrize("what", ["held", "bundle", "key"])
def test_a_file_that_is_none_of_this_is_refused_in_one_line(demo: Hub, home: Path, tmp_path: Path, what: str) -> None:
    """Never a traceback."""
    files = {"held": tmp_path / "held.head", "bundle": tmp_path / "bundle.json", "key": tmp_path / "log.pub"}
    demo("witness", files["held"])
    files["bundle"].write_text(demo("head").stdout, encoding="utf-8")
    shutil.copy2(home / "keys" / "log.pub", files["key"])
    files[what].write_bytes(b"\xff\x00nothing of the kind")
    refused = demo("witness", files["held"], "--new", files["bundle"], "--key", files["key"])

    assert (1, 1) == (refused.exit_code, len(refused.output.splitlines()))


def test_a_key_without_a_bundle_is_not_passed_over(demo: Hub, home: Path, tmp_path: Path) -> None:
    """Its own head the hub checks with its own key."""
    assert 2 == demo("witness", tmp_path / "mine.head", "--key", home / "keys" / "log.pub").exit_code


# ---- copies, destructions, the projector


def test_a_copy_holds_record_and_log_and_nothing_to_open_them_with(demo: Hub, home: Path, tmp_path: Path) -> None:
    """It verifies by itself; folder and files are for their owner alone; an existing folder is left alone."""
    copied, again = demo("backup", tmp_path / "copy"), demo("backup", tmp_path / "copy")
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "copy").iterdir()}
    verified = demo("verify", "--log-only")

    assert (0, 1, 0) == (copied.exit_code, again.exit_code, verified.exit_code)
    assert {"desk.sqlite": 0o600, "events.sqlite": 0o600, "log.sqlite": 0o600, "store.id": 0o600} == modes
    assert 0o700 == stat.S_IMODE((tmp_path / "copy").stat().st_mode)
    assert "exists already" in again.output


def test_a_copy_put_back_with_the_keys_is_the_hub_again(demo: Hub, home: Path, case: UUID, tmp_path: Path) -> None:
    """Keys from where they are kept, record and log from the copy, read models made anew."""
    before = readable(home, case)
    demo("backup", tmp_path / "copy")
    for name in ("events.sqlite", "log.sqlite", "rows.sqlite"):
        for path in home.glob(f"{name}*"):
            path.unlink()
    for name in ("events.sqlite", "log.sqlite"):
        shutil.copy2(tmp_path / "copy" / name, home / name)
    rebuilt = demo("rebuild")

    assert 0 == rebuilt.exit_code, rebuilt.output
    assert before == readable(home, case)
    assert 0 == demo("verify").exit_code


@pytest.mark.parametrize("damaged", ["log.sqlite", "store.id"])
def test_half_a_copy_is_none(demo: Hub, home: Path, tmp_path: Path, damaged: str) -> None:
    """What cannot be copied whole leaves nothing behind that looks like a copy."""
    if damaged == "log.sqlite":
        (home / damaged).unlink()
    else:
        (home / "events.sqlite").write_bytes(b"not a database" * 400)
    refused = demo("backup", tmp_path / "copy")

    assert 1 == refused.exit_code
    assert not (tmp_path / "copy").exists()


def agree_on_it(hub: TheHub, case: UUID) -> None:
    keep_directory(hub, "alex", "end_role", {"person": "jo", "role": "reviewer"}, command_id="review-is-over")
    why = {"reason": "Kept longer than the schedule asks.", "basis": "Retention schedule 4.2"}
    for who, name, data in (
        ("tom", "lift_legal_hold", why),
        ("ruth", "propose_destruction", why | {"id": "D1", "asked": "police"}),
        ("mo", "agree_destruction", {"proposal": "D1"}),
    ):
        destruction_act(hub, who, case, name, data, command_id=f"{name}-1")


def a_review(hub: TheHub, case: UUID) -> None:
    rae = {"id": "rae", "name": "Rae", "agency": "partnership", "roles": ["reviewer"]}
    keep_directory(hub, "hub", "register_person", rae, command_id="register-rae")
    scope = {"id": "V9", "reviewer": "rae", "kind": "audit", "from": "2026-01-01", "until": "2026-04-30",
             "agencies": ["csc"], "questions": "Who knew?"}  # fmt: skip
    act(hub, "pat", case, "open_review", scope, command_id="open-a-review", named=True)


def stands_at(home: Path, days: int) -> None:
    """The demo's clock so many days on."""
    at = read_settings(home).demo_stands_at
    assert at is not None
    (home / "demo").write_text((at + timedelta(days=days)).isoformat(), encoding="utf-8")


def test_what_is_due_is_destroyed_when_it_is_told(demo: Hub, home: Path, case: UUID) -> None:
    """Listed first, destroyed on request, and said with its day and decision ever after."""
    later(home, lambda hub: agree_on_it(hub, case))
    early = demo("destructions", "--carry-out")
    stands_at(home, 15)
    listed, done, again = demo("destructions"), demo("destructions", "--carry-out"), demo("destructions", "--carry-out")
    day = read_settings(home).demo_stands_at

    assert day is not None
    assert ("", f"{case}: due to be destroyed\n") == (early.output, listed.output)
    assert f"{case}: destroyed on {day:%Y-%m-%d} by decision D1\n" == done.output == again.output
    assert [0, 0, 0, 0] == [one.exit_code for one in (early, listed, done, again)]
    assert "Rotate the master key after a destruction" in demo("keys", "status").output
    assert f"Case {case}: destroyed on {day:%Y-%m-%d} by decision D1 of csc and police." in demo("verify").output


def test_what_could_not_be_destroyed_is_said_and_told_by_the_exit_code(demo: Hub, home: Path, case: UUID) -> None:
    """A review was opened meanwhile: it stays due, and whoever runs this at night hears of it."""
    later(home, lambda hub: agree_on_it(hub, case))
    later(home, lambda hub: a_review(hub, case))
    stands_at(home, 15)
    refused = demo("destructions", "--carry-out")

    assert 1 == refused.exit_code
    assert f"{case}: not destroyed. A review of this case is open" in refused.output
    assert f"{case}: due to be destroyed" in refused.output


def test_an_embedded_hub_needs_no_projector(demo: Hub) -> None:
    """It keeps up by itself."""
    refused = demo("project")

    assert (1, True) == (refused.exit_code, "use `hub serve`" in refused.output)


def test_the_case_of_another_person_is_not_opened_by_these_commands(demo: Hub, home: Path, case: UUID) -> None:
    """Whoever keeps a hub reads no case by it: neither name nor narrative is in anything it prints."""
    later(home, lambda hub: agree_on_it(hub, case))
    stands_at(home, 15)
    said = "".join(
        demo(*words).output
        for words in (("verify",), ("keys", "status"), ("head",), ("destructions",), ("verify", "--case", str(case)))
    )

    assert [] == [word for word in ("Maya", "Ellison", "Larch Rise", "Mill Lane") if word in said]
