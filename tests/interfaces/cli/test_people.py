"""`hub people`: how a real partnership begins, and what the machine may do beside its administrator."""

import re
from collections.abc import Callable
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from click.testing import Result

from application.ledger import ACCOUNTS_STREAM
from domain.accounts import SessionEnded
from interfaces.bootstrap import build_door, running
from interfaces.settings import read_settings

from .test_setting_up import PARTNERSHIP

Hub = Callable[..., Result]


@pytest.fixture
def begun(hub: Hub, tmp_path: Path) -> Hub:
    """`hub …` on a partnership that was just set up."""
    file = tmp_path / "partnership.toml"
    file.write_text(PARTNERSHIP, encoding="utf-8")
    assert hub("init", "--from", file).exit_code == 0
    return hub


def test_a_person_is_registered_and_invited(begun: Hub):
    """The link is all that is printed to be handed over; whoever was registered here waits for nobody."""
    added = begun("people", "add", "ann", "--name", "Ann Lee", "--agency", "csc", "--role", "practitioner")
    asked = begun("people", "invite", "ann")
    invited = begun("people", "invite", "ann", "--email", "ann@agency.example")

    assert (0, 1, 0) == (added.exit_code, asked.exit_code, invited.exit_code)
    assert "Give the person's work e-mail" in asked.output
    assert re.search(r"^http://127\.0\.0\.1:8000/enrol/[0-9a-f]{64}$", invited.output, re.MULTILINE)
    assert "Ann Lee (csc): Practitioner; invited under ann@agency.example; nothing is chosen yet\n" in begun(
        "people", "list"
    ).output
    refused = [
        begun("people", "add", "ann", "--name", "Another", "--agency", "csc", "--role", "practitioner"),
        begun("people", "add", "bo", "--name", "Another", "--agency", "polis", "--role", "practitioner"),
    ]

    assert [1, 1] == [one.exit_code for one in refused]
    assert "'ann' is Ann Lee. Choose another reference for Another." in refused[0].output
    assert "There is no agency 'polis' in the directory. There are:\n  csc          Social care\n" in refused[1].output


def test_everybody_is_signed_out_at_once(begun: Hub, home: Path):
    """However many sessions there are: they end, each person's on record as done on the machine."""
    settings = read_settings(home)
    with running(settings) as started, closing(build_door(started.hub, settings)) as door:
        tokens = [door.begin(who, "password", "a test").token for who in ("priya", "priya", "first")]
    done, again, unsaid = begun("people", "sign-out", "--all"), begun("people", "sign-out", "--all"), begun(
        "people", "sign-out"
    )  # fmt: skip
    with running(settings) as started, closing(build_door(started.hub, settings)) as door:
        found = [door.session(token) for token in tokens]
        ended = [
            (one.person, one.why, one.sessions, one.by.person)
            for one in started.hub.ledger.read(ACCOUNTS_STREAM)
            if isinstance(one, SessionEnded)
        ]

    assert "3 sessions of 2 people have ended." in done.output
    assert "0 sessions of 0 people have ended." in again.output
    assert 2 == unsaid.exit_code
    assert [None, None, None] == found
    assert [("priya", "everywhere", 2, "hub"), ("first", "everywhere", 1, "hub")] == ended


def test_roles_are_given_and_ended(begun: Hub):
    """From a day until a day, or now; from today is from now."""
    begun("people", "add", "ann", "--name", "Ann Lee", "--agency", "csc", "--role", "practitioner")
    later = begun("people", "role", "ann", "reviewer", "--from", "2100-01-01", "--until", "2100-02-01")
    today = datetime.now(ZoneInfo("Europe/London")).date()
    at_once = begun("people", "role", "ann", "auditor", "--from", f"{today}", "--until", f"{today + timedelta(days=1)}")
    assert "Ann Lee (csc): Auditor, Practitioner;" in begun("people", "list").output
    begun("people", "role", "ann", "auditor", "--end")
    twice = begun("people", "role", "ann", "practitioner")
    ended = begun("people", "role", "ann", "practitioner", "--end")

    assert (0, 0, 1, 0) == (later.exit_code, at_once.exit_code, twice.exit_code, ended.exit_code)
    assert "Ann Lee (csc): no role; not set up yet\n" in begun("people", "list").output


@pytest.mark.parametrize(
    ("typed", "said"), [(["disable"], "disabled"), (["disable", "enable"], "not set up yet"), (["end"], "left")]
)
def test_an_account_is_shut_and_opened(begun: Hub, typed: list[str], said: str):
    """Each is on record as done on the machine."""
    begun("people", "add", "ann", "--name", "Ann Lee", "--agency", "csc", "--role", "practitioner")
    for word in typed:
        assert begun("people", word, "ann").exit_code == 0

    assert f"Practitioner; {said}\n".replace("Practitioner; left", "no role; left") in begun("people", "list").output


def test_a_name_nobody_has_is_answered_with_those_there_are(begun: Hub):
    """And nothing is done; nor is what stands already done again."""
    begun("people", "add", "ann", "--name", "Ann Lee", "--agency", "csc", "--role", "practitioner")
    unknown = begun("people", "end", "nobody")
    stands = begun("people", "confirm", "ann")

    assert (1, 1) == (unknown.exit_code, stands.exit_code)
    assert "Ann Lee" in unknown.output
    assert "stands like this already" in stands.output
