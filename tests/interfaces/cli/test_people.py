"""`hub people`: how a real partnership begins, and what the machine may do beside its administrator."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

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
    assert "Ann Lee (csc): Practitioner; not set up yet\n" in begun("people", "list").output


def test_roles_are_given_and_ended(begun: Hub):
    """From a day until a day, or now."""
    begun("people", "add", "ann", "--name", "Ann Lee", "--agency", "csc", "--role", "practitioner")
    later = begun("people", "role", "ann", "reviewer", "--from", "2100-01-01", "--until", "2100-02-01")
    twice = begun("people", "role", "ann", "practitioner")
    ended = begun("people", "role", "ann", "practitioner", "--end")

    assert (0, 1, 0) == (later.exit_code, twice.exit_code, ended.exit_code)
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
