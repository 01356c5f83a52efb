"""Every act of the worked case, tried in its place as it may not be done: refused for its reason, nothing stored."""

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from application.hub import Hub
from application.ledger import case_stream
from domain.errors import SafeguardingError
from interfaces.demo.replay import Replay
from interfaces.demo.scenario import read_scenario
from tests.builders import a_command_id, a_justification, copy_of, replayed, settings_in

ACTS_BY_N = {act["n"]: act for act in read_scenario().acts}
RESTING = {
    "open case", "record concern", "record details", "correct concern", "record person of concern", "record plan",
    "start assessment", "answer", "propose risk", "decide sharing", "make referral",
}  # fmt: skip
"""Acts that name a justification, retyped from the design (§2): what they record or share rests on one."""
SIGNING = {"agree risk", "dissent from risk"}
MANAGERS_ROLES = ("team_manager", "cse_prevention_manager")
NOT_THEIRS: dict[str, tuple[str, ...]] = {
    "view case": ("alex", "lee", "pat", "jo"),
    "search": ("alex", "lee", "pat", "jo"),
    "agree risk": ("priya", "sam", "mo", "alex", "jo", "pat", "lee"),
    "dissent from risk": ("priya", "sam", "mo", "alex", "jo", "pat", "lee"),
    "propose risk": ("sam", "helen", "ben", "asha", "alex", "jo", "pat", "lee"),
    "join team": ("sam", "priya", "alex", "jo", "pat", "lee"),
    "open review": ("priya", "tom", "alex", "jo", "lee"),
}
"""Who may not, by act; every other act is a practitioner's."""
NO_PRACTITIONERS = ("alex", "jo", "pat", "lee")
ERRORS = {"view case": "not_found", "search": "not_permitted"}

Tried = dict[tuple[int, str], tuple[str, str, int]]


def resting() -> list[int]:
    return [n for n, act in ACTS_BY_N.items() if act["act"] in RESTING]


def on_consent() -> list[int]:
    """What rests on a justification, but for the act that opens the case, when nobody can have consented yet, and for
    refusals, which give nothing and may rest on anything.
    """
    return [n for n in resting() if n != 1 and ACTS_BY_N[n].get("outcome") != "refuse"]


def strangers() -> list[tuple[int, str]]:
    return [(n, who) for n, act in ACTS_BY_N.items() for who in NOT_THEIRS.get(act["act"], NO_PRACTITIONERS)]


def signing() -> list[int]:
    return [n for n, act in ACTS_BY_N.items() if act["act"] in SIGNING]


@cache
def tried() -> Tried:
    """Before each act, on a copy of its own each time: every way in which it may not be done."""
    found: Tried = {}
    with TemporaryDirectory() as folder:
        home = Path(folder) / "main"

        def try_all(replay: Replay, entry: dict[str, Any]) -> None:
            with TemporaryDirectory() as beside:
                hub = copy_of(settings_in(home), Path(beside), replay.clock.at)
                copy = Replay(replay.scenario, hub, replay.clock)
                copy.case, copy.naming = replay.case, replay.naming
                ways(copy, entry, found)
                hub.close()

        replayed(read_scenario(), home, try_all)
    return found


def ways(copy: Replay, entry: dict[str, Any], found: Tried) -> None:
    n = entry["n"]
    if n in resting():
        found[n, "without"] = attempt(copy, {**entry, "justification": ""})
    for number, who in strangers():
        if number == n:
            found[n, who] = attempt(copy, {**entry, "by": who})
    if n in on_consent():
        everybody = ["csc", "police", "health", "school", "riverbank"]
        scope = {"to": everybody, "about": "everything"}
        copy.perform({"by": entry["by"], "act": "record consent", "id": "K9", "given_by": "child", "decision": "given",
                      "scope": scope, "method": "in person"}, "consent-given")  # fmt: skip
        given = a_justification("J99", basis="consent", consent="K9", ground=None)
        copy.perform({"by": entry["by"], "act": "give justification", **given}, "justification-given")
        copy.perform(
            {"by": entry["by"], "act": "withdraw consent", "consent": "K9", "reason": "No more."}, "consent-withdrawn"
        )
        found[n, "withdrawn"] = attempt(copy, {**entry, "justification": "J99"})
    if n in signing():
        found[n, "both"] = sign_both(copy, entry)


def attempt(copy: Replay, entry: dict[str, Any]) -> tuple[str, str, int]:
    """(error, message, events stored in any case)."""
    before = case_events(copy.hub)
    error, message = "accepted", ""
    try:
        copy.perform(entry, a_command_id())
    except SafeguardingError as refused:
        error, message = refused.code, refused.message
    return error, message, case_events(copy.hub) - before


def sign_both(copy: Replay, entry: dict[str, Any]) -> tuple[str, str, int]:
    """Kim, who holds both roles, signs in the one the act is about and then in the other."""
    agreement, act = entry["agreement"], {**entry, "act": "agree risk", "by": "kim"}
    for role in sorted(MANAGERS_ROLES, key=lambda role: role != entry["as_role"]):
        found = attempt(copy, {**act, "agreement": agreement, "as_role": role})
        if found[0] != "accepted":
            return found
    return found


def case_events(hub: Hub) -> int:
    return sum(owner == case_stream(stream).owner for _, stream, _, owner in hub.ledger.follow(0, 100_000))


@pytest.mark.parametrize("n", resting(), ids=lambda n: f"{n} {ACTS_BY_N[n]['act']}")
def test_no_act_without_its_justification(n: int) -> None:
    """Whatever is recorded or shared rests on a justification (design §2, toolkit 2.3)."""
    error, message, stored = tried()[n, "without"]

    assert ("justification_missing", 0) == (error, stored)
    assert "section 2.3" in message


@pytest.mark.parametrize("n", on_consent(), ids=lambda n: f"{n} {ACTS_BY_N[n]['act']}")
def test_no_act_on_a_withdrawn_consent(n: int) -> None:
    """A consent that was withdrawn carries nothing further (toolkit 2.3)."""
    error, message, stored = tried()[n, "withdrawn"]

    assert ("consent_not_in_force", 0) == (error, stored)
    assert "not in force" in message


@pytest.mark.parametrize(("n", "who"), strangers(), ids=lambda one: ACTS_BY_N[one]["act"] if one in ACTS_BY_N else one)
def test_no_act_by_a_person_whose_role_does_not_allow_it(n: int, who: str) -> None:
    """Role first (design §3.1): who works on no cases records, asks, looks and decides nothing."""
    error, message, stored = tried()[n, who]

    assert (ERRORS.get(ACTS_BY_N[n]["act"], "role_missing"), 0) == (error, stored)
    assert message


@pytest.mark.parametrize("n", signing(), ids=lambda n: f"{n} {ACTS_BY_N[n]['act']}")
def test_nobody_signs_in_both_roles(n: int) -> None:
    """A Team Manager and the CSE Prevention Manager are two people (toolkit 2.1 (5))."""
    error, message, stored = tried()[n, "both"]

    assert ("same_person", 0) == (error, stored)
    assert "One person cannot sign in both roles" in message


def test_every_act_of_the_worked_case_was_tried() -> None:
    """No act stands outside: each was tried in at least one way."""
    assert set(ACTS_BY_N) == {n for n, _ in tried()}


def test_every_act_that_takes_a_justification_is_among_those_that_rest_on_one() -> None:
    """The list here is retyped from the design; an act of the worked case that names one cannot be missing from it."""
    naming = {act["act"] for act in ACTS_BY_N.values() if "justification" in act}

    assert RESTING == naming
