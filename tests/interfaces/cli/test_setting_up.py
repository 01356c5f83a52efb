"""A hub is there as a whole or not at all, for its owner's eyes only, and what cannot be opened says what to do."""

import os
import signal
import socket
import stat
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

from interfaces.settings import HomeTaken, new_home
from tests.builders import SCENARIOS
from tests.postgres import a_free_port

Hub = Callable[..., Result]
SMALL = SCENARIOS / "nobody_knows_her_name.toml"
OTHER = SCENARIOS / "the_school_saw_most.toml"
PARTNERSHIP = """
[[agency]]
id = "csc"
name = "Social care"
kind = "childrens_social_care"
lead = true

[[person]]
id = "priya"
name = "Priya"
agency = "csc"
roles = ["practitioner"]

[[person]]
id = "first"
name = "First administrator"
agency = "csc"
roles = ["administrator"]
"""


@pytest.fixture
def partnership(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A partnership's file."""
    file = tmp_path_factory.mktemp("given") / "partnership.toml"
    file.write_text(PARTNERSHIP, encoding="utf-8")
    return file


def traces(home: Path) -> list[str]:
    """What stands in the folder the store would be in."""
    return sorted(path.name for path in home.parent.iterdir() if path.name.startswith(home.name))


def test_only_the_owner_can_read_a_store(hub: Hub, home: Path):
    """Folders 0700 and files 0600: on a shared machine nobody else reads the record or its keys."""
    os.umask(os.umask(0o022))
    hub("demo", "--load", "--scenario", SMALL)

    modes = {str(path.relative_to(home)): stat.S_IMODE(path.stat().st_mode) for path in [home, *home.rglob("*")]}

    assert {name for name, mode in modes.items() if mode != (0o700 if (home / name).is_dir() else 0o600)} == set()
    assert "events.sqlite" in modes


def test_a_store_that_is_filled_says_so(hub: Hub, home: Path):
    """Loading twice fills once, and says how to start afresh."""
    first = hub("demo", "--load", "--scenario", SMALL)
    second = hub("demo", "--load", "--scenario", SMALL)

    assert "The demo store is filled." in first.output
    assert f"filled already. To start afresh, remove {home}" in second.output


def test_another_scenario_is_refused(hub: Hub):
    """A store holds one scenario; asking for another is not answered with the one that is there."""
    hub("demo", "--load", "--scenario", SMALL)

    other = hub("demo", "--load", "--scenario", OTHER)

    assert other.exit_code == 1
    assert "another scenario file" in other.output
    assert "To start afresh, remove" in other.output


def test_loading_answers_as_json(hub: Hub, home: Path):
    """A program that loads the demo reads nothing but JSON."""
    answers = [hub("demo", "--load", "--json", "--scenario", SMALL).stdout for _ in range(2)]

    assert answers == [f'{{"home": "{home}", "filled_already": {word}}}\n' for word in ("false", "true")]


def test_a_faulty_scenario_leaves_no_store(hub: Hub, home: Path, tmp_path: Path):
    """An act the hub does not take stops the loading, is named, and leaves nothing that looks like a demo."""
    faulty = tmp_path / "faulty.toml"
    text = SMALL.read_text(encoding="utf-8")
    faulty.write_text(
        text.replace("duty_of_confidentiality = true", 'duty_of_confidentiality = "perhaps"'), encoding="utf-8"
    )

    loaded = hub("demo", "--load", "--scenario", faulty)

    assert loaded.exit_code == 1
    assert "Act 1 (open case, by " in loaded.output
    assert traces(home) == []


def test_a_load_that_was_killed_is_begun_again(hub: Hub, home: Path):
    """After kill -9 the next load fills the store from the beginning."""
    command = "from interfaces.cli.main import main; main()"
    environment = {**os.environ, "HUB_HOME": str(home)}
    loading = subprocess.Popen(
        [sys.executable, "-c", command, "demo", "--load"], env=environment, stdout=subprocess.PIPE
    )
    unfinished = home.with_name("store.unfinished")
    while not (unfinished / "events.sqlite").exists() and loading.poll() is None:
        time.sleep(0.01)
    loading.send_signal(signal.SIGKILL)
    loading.communicate()
    assert not home.exists()

    again = hub("demo", "--load", "--scenario", SMALL)

    assert "The demo store is filled." in again.output
    assert traces(home) == ["store"]


def test_a_load_that_is_stopped_leaves_nothing(home: Path):
    """Ctrl-C while a store is being filled: there is no store, and nothing of it."""

    def filled() -> None:
        with new_home(home) as unfinished:
            (unfinished / "events.sqlite").touch()
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        filled()

    assert traces(home) == []


def test_two_people_do_not_fill_one_store_at_once(home: Path):
    """The second is told to wait; the first goes on undisturbed."""
    with new_home(home) as unfinished:
        (unfinished / "first").touch()
        with pytest.raises(HomeTaken, match="Wait until that is done"), new_home(home):
            pass

    assert [path.name for path in home.iterdir()] == ["first"]


def test_a_folder_with_other_things_in_it_is_left_alone(hub: Hub, home: Path, partnership: Path):
    """A hub is not mixed into somebody's files."""
    home.mkdir()
    (home / "letter.txt").write_text("mine", encoding="utf-8")

    refused = [hub("init", "--from", partnership), hub("demo", "--load", "--scenario", SMALL)]

    assert [result.exit_code for result in refused] == [1, 1]
    assert all("Let HUB_HOME name a folder that is new or empty." in result.output for result in refused)
    assert [path.name for path in home.iterdir()] == ["letter.txt"]


def test_a_hub_without_a_partnership_is_not_begun(hub: Hub, home: Path):
    """It would hold nobody who could let anybody in."""
    refused = hub("init")

    assert refused.exit_code == 2
    assert "'--from'" in refused.output
    assert traces(home) == []


def test_a_partnership_is_set_up_from_its_file(hub: Hub, partnership: Path):
    """The end of it is not a dead end: it says how the first administrator comes in."""
    made = hub("init", "--from", partnership)
    asked = hub("case", "--as", "priya")

    assert made.exit_code == 0, made.output
    assert "hub people invite" in made.output
    assert asked.exit_code == 1
    assert "only in a demo store" in asked.output


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"= = =", "Invalid"),
        (b'[[agency]]\nname = "\xff"', "utf-8"),
        (b'[[agency]]\nid = "csc"', "missing required field"),
        (PARTNERSHIP.replace("lead = true", "").encode(), "exactly one [[agency]] must have lead = true"),
        (PARTNERSHIP.replace('agency = "csc"', 'agency = "cs"').encode(), "there is no agency 'cs'"),
        (b"", "missing required field `agency`"),
        (
            PARTNERSHIP.replace('"childrens_social_care"', '"social care"').encode(),
            "[[agency]] 'csc': 'social care' is none of its kind: childrens_social_care, police, health, education, "
            "voluntary, partnership",
        ),
        (PARTNERSHIP.replace("practitioner", "boss").encode(), "[[person]] 'priya': 'boss' is none of its roles: "),
        (PARTNERSHIP.replace("lead =", "leed = 1\nlead =").encode(), "'csc': there is no 'leed' in this form"),
        (PARTNERSHIP.replace('["administrator"]', '["auditor"]').encode(), "must be an administrator"),
    ],
    ids=["not TOML", "not UTF-8", "a field missing", "no lead", "no such agency", "empty", "no such kind",
         "no such role", "no such word", "nobody to let others in"],
)
def test_a_bad_partnership_file_makes_no_hub(hub: Hub, home: Path, tmp_path: Path, content: bytes, said: str):
    """The file is checked before anything is made, so that a mended one can be tried at once."""
    file = tmp_path / "partnership.toml"
    file.write_bytes(content)

    refused = hub("init", "--from", file)

    assert refused.exit_code == 1
    assert said in refused.output
    assert len(refused.output.splitlines()) == 1
    assert traces(home) == []


def test_a_home_that_cannot_be_made_is_named(home: Path, hub: Hub, partnership: Path):
    """A file where a folder should be is said in one line."""
    home.parent.joinpath("store.unfinished").write_text("", encoding="utf-8")

    refused = hub("init", "--from", partnership)

    assert refused.exit_code == 1
    assert "store.unfinished" in refused.output
    assert "Check the path" in refused.output


def test_a_lost_record_is_not_replaced_by_an_empty_one(demo: Hub, home: Path):
    """Only `init` and `demo` make a record; every other command says that it is missing."""
    (home / "events.sqlite").unlink()

    refused = [demo(*words) for words in (["case", "--as", "priya"], ["rebuild"], ["serve"])]

    assert [result.exit_code for result in refused] == [1, 1, 1]
    assert all("The record is missing" in result.output for result in refused)
    assert not (home / "events.sqlite").exists()


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("index.key", "index.key is missing. Put it back"),
        ("session.key", "session.key is missing. Put it back"),
        ("log.key", "log.key is missing. Put it back"),
        ("keys.sqlite", "keys.sqlite is missing, or empty. Put it back"),
    ],
)
def test_a_lost_key_is_not_replaced_by_a_new_one(demo: Hub, home: Path, name: str, said: str):
    """A hub that is there says which file is missing; nobody is sent to make a new one in its place."""
    (home / "keys" / name).unlink()

    refused = [demo(*words) for words in (["case", "--as", "priya"], ["keys", "status"], ["serve"])]

    assert [result.exit_code for result in refused] == [1, 1, 1]
    assert [said in result.output for result in refused] == [True, True, True]
    assert "hub init" not in refused[0].output
    assert not (home / "keys" / name).exists()


def test_an_agency_nobody_knows_has_no_sign_in_of_its_own(demo: Hub, home: Path):
    """A slip in its reference stops the start, or that agency's people would be sent nowhere."""
    text = '[[single_sign_on]]\nagency = "policee"\nissuer = "https://id.example"\nclient_id = "hub"\nmfa = ["mfa"]\n'
    (home / "hub.toml").write_text(text, encoding="utf-8")

    refused = demo("serve", "--port", str(a_free_port()))

    assert refused.exit_code == 1
    assert "there is no agency 'policee'; there are csc, police, " in refused.output


def test_a_database_that_is_not_there_is_called_by_its_name(hub: Hub, home: Path, partnership: Path):
    """On PostgreSQL no file of SQLite is to blame."""
    nowhere = f"host=127.0.0.1 port={a_free_port()} dbname=nowhere connect_timeout=2"
    refused = hub("init", "--from", partnership, "--postgres", nowhere, "--keys", nowhere)

    assert refused.exit_code == 1
    assert "PostgreSQL did not answer as it should" in refused.output
    assert "sqlite" not in refused.output
    assert traces(home) == []


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("events.sqlite", b"", "is empty"),
        ("events.sqlite", b"not a database" * 400, "A damaged events.sqlite must be put back from a copy"),
        ("rows.sqlite", b"not a database" * 400, "a damaged rows.sqlite you remove, then run: hub rebuild"),
        ("keys/index.key", b"", "is damaged"),
        ("keys/session.key", b"short", "is damaged"),
        ("demo", b"tomorrow", "does not hold a time"),
        ("demo", b"\xff", "does not hold a time"),
        ("demo", b"2026-06-02T12:00", "does not hold a time"),
    ],
)
def test_what_is_damaged_is_named_with_what_to_do(demo: Hub, home: Path, name: str, content: bytes, said: str):
    """A damaged file is one clear line, never a traceback."""
    (home / name).write_bytes(content)

    refused = demo("case", "--as", "priya")

    assert refused.exit_code == 1
    assert said in refused.output


def test_damaged_rows_are_made_again_as_the_message_says(demo: Hub, home: Path):
    """Remove them, rebuild, and the case is there; until then the check says what to run, and no more than is so."""
    (home / "rows.sqlite").unlink()

    checked, rebuilt, shown = demo("verify"), demo("rebuild"), demo("case", "--as", "priya")

    assert checked.exit_code == 1
    assert "rows.sqlite is not there, as after a copy was put back: run hub rebuild, then hub verify" in checked.output
    assert "taken in; there were no rows before, and now there are." in rebuilt.output
    assert "the rows are equal to those before." in demo("rebuild").output
    assert rebuilt.exit_code == 0
    assert "Maya Ellison" in shown.output


def test_a_taken_port_is_refused_before_an_address_is_printed(demo: Hub):
    """Nobody is sent to an address where something else answers."""
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        refused = demo("serve", "--port", str(port))

    assert refused.exit_code == 1
    assert refused.output == f"Error: Port {port} is taken; choose another with --port.\n"


@pytest.mark.parametrize("port", ["0", "-1", "99999", "http"])
def test_a_port_that_cannot_be_is_refused(hub: Hub, port: str):
    """Ports go from 1 to 65535."""
    assert hub("serve", "--port", port).exit_code == 2
