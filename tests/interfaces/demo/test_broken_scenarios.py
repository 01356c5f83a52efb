"""What is not so is reported as not so: a check that could not fail would prove nothing."""

import sqlite3
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import msgspec
import pytest

from interfaces.demo.check import Report, run
from interfaces.demo.scenario import Scenario, ScenarioFaulty, read_scenario
from tests.builders import settings_in

E4 = {"child.name": "full", "child.date_of_birth": "full", "child.address": "full", "child.postcode": "full"}
LAG = {"item": "concern:C1", "agency": "police"}
BROKEN: dict[str, tuple[str, dict[str, Any]]] = {
    "sees, an item missing": ("E4", {"sees": E4}),
    "sees, an item too many": ("E4", {"sees": {**E4, "concern:C1": "full", "concern:C6": "full", "risk": "full"}}),
    "sees, another showing": ("E4", {"sees": {**E4, "concern:C1": "coarse"}}),
    "sees, nothing": ("E4", {"sees": {}}),
    "sees, something where nothing is": ("E23", {"sees": {"child.name": "full"}}),
    "contains": ("E5", {"contains": ["Station Road car park", "a purple car"]}),
    "never_contains": ("E8", {"never_contains": ["accepted follow-up", "Larch Rise"]}),
    "absent": ("E8", {"absent": ["concern:C3", "child.name"]}),
    "retained": ("E9", {"retained": ["concern:C3", "concern:C6"]}),
    "retained, of nothing": ("E9", {"retained": ["concern:C99"]}),
    "ask_holder": ("E9", {"ask_holder": ["concern:C3"]}),
    "withheld": ("E9", {"withheld": ["concern:C3"]}),
    "coarse": ("E4", {"coarse": ["concern:C1"]}),
    "full": ("E2", {"full": ["concern:C1"]}),
    "risk_in_force, none where one is": ("E16", {"risk_in_force": "none"}),
    "risk_in_force, another": ("E16", {"risk_in_force": 2}),
    "risk_in_force, one where none is": ("E15", {"risk_in_force": 3}),
    "act_as": ("E15", {"act_as": 2}),
    "act_as, nobody sees a level": ("E23", {"act_as": 3}),
    "stale, not": ("E17", {"stale": False}),
    "stale, though it is not": ("E18", {"stale": True}),
    "answers, another option": ("E19", {"question": 9, "answers": {"csc": 4, "school": 3}}),
    "answers, one missing": ("E19", {"question": 9, "answers": {"csc": 4}}),
    "answers, another question": ("E19", {"question": 8, "answers": {"csc": 4, "school": 2}}),
    "answers, no such question": ("E19", {"question": 99, "answers": {"csc": 4, "school": 2}}),
    "answers, of a case that is not there": ("E23", {"question": 9, "answers": {"csc": 4}}),
    "answers_in_order, reversed": ("E20", {"history_of": "question 1", "answers_in_order": [5, 3]}),
    "answers_in_order, the last missing": ("E20", {"history_of": "question 1", "answers_in_order": [3]}),
    "answers_in_order, another question": ("E20", {"history_of": "question 2", "answers_in_order": [3, 5]}),
    "answers_in_order, of nobody's": ("E23", {"history_of": "question 1", "answers_in_order": [3, 5]}),
    "told_or_due, nobody": ("E21", {"corrected_item": "concern:C2", "told_or_due": []}),
    "told_or_due, somebody else": ("E21", {"corrected_item": "concern:C2", "told_or_due": ["csc", "school"]}),
    "told_or_due, another item": ("E21", {"corrected_item": "concern:C1", "told_or_due": ["csc"]}),
    "knowledge_lag, occurred": ("E22", {"knowledge_lag": {**LAG, "occurred": "2026-01-06"}}),
    "knowledge_lag, recorded": ("E22", {"knowledge_lag": {**LAG, "recorded": "2026-01-12T15:49:00"}}),
    "knowledge_lag, entitled_coarse": ("E22", {"knowledge_lag": {**LAG, "entitled_coarse": "2026-01-14T14:37:00"}}),
    "knowledge_lag, opened_coarse": ("E22", {"knowledge_lag": {**LAG, "opened_coarse": "2026-01-15T09:01:00"}}),
    "knowledge_lag, entitled_full": ("E22", {"knowledge_lag": {**LAG, "entitled_full": "2026-01-16T11:31:00"}}),
    "knowledge_lag, opened_full": ("E22", {"knowledge_lag": {**LAG, "opened_full": "never"}}),
    "knowledge_lag, no such moment": ("E22", {"knowledge_lag": {**LAG, "guessed": "2026-01-16T11:31:00"}}),
    "knowledge_lag, an agency that never knew": (
        "E22", {"knowledge_lag": {"item": "concern:C1", "agency": "riverbank", "recorded": "2026-01-12T15:48:00"}},
    ),
    "unknown key": ("E4", {"sees": {**E4, "concern:C1": "full"}, "smells": ["petrol"]}),
    "a key misspelt": ("E6", {"never_contain": ["Marlow"]}),
    "nothing expected": ("E6", {}),
    "a key whose other half is missing": ("E19", {"answers": {"csc": 4, "school": 2}}),
    "half a key": ("E20", {"history_of": "question 1"}),
    "a text where a list is meant": ("E6", {"never_contains": "Marlow"}),
    "a list where a table is meant": ("E4", {"sees": ["child.name"]}),
}  # fmt: skip
"""Each by what is wrong with it: the expectation whose time and reader it takes, and what it expects instead."""
WHO_AND_WHEN = ("as_at", "now", "agency", "person")


def a_broken(name: str) -> dict[str, Any]:
    like, expected = BROKEN[name]
    original = next(one for one in read_scenario().expectations if one["id"] == like)
    return {**{key: original[key] for key in WHO_AND_WHEN if key in original}, "id": name, **expected}


@cache
def broken_report() -> Report:
    """The worked case with every expectation broken and every refusal awaiting another error, replayed once."""
    scenario = read_scenario()
    broken = msgspec.structs.replace(
        scenario,
        expectations=[a_broken(name) for name in BROKEN],
        refusals=[{**refusal, "error": "something_else"} for refusal in scenario.refusals],
    )
    with TemporaryDirectory() as folder:
        return run(broken, settings_in(Path(folder)))


@pytest.mark.parametrize("name", BROKEN)
def test_a_wrong_expectation_is_reported_with_its_fault(name: str) -> None:
    """Whatever is expected wrongly fails, and the report says what is not so."""
    found = next(one for one in broken_report().expectations if one.id == name)

    assert not found.passed
    assert all(found.faults)


@pytest.mark.parametrize("number", range(1, 18))
def test_a_refusal_with_another_error_is_reported(number: int) -> None:
    """A refusal passes only with the very error that is named."""
    found = next(one for one in broken_report().refusals if one.number == number)

    assert ("something_else", False) == (found.expected, found.passed)


def test_one_fault_fails_the_whole_report() -> None:
    """The report as a whole passes only where everything does."""
    report = broken_report()

    assert not report.passed


def test_an_act_that_should_have_been_refused_is_reported() -> None:
    """What is accepted although a refusal was expected fails, and the events it stored are counted."""
    accepted = {
        "after": 2, "by": "ben", "act": "record concern", "id": "C8", "error": "justification_missing",
    }  # fmt: skip
    found = reported(refusals=[accepted]).refusals[0]

    assert ("accepted", 1, False) == (found.error, found.stored, found.passed)


def test_an_act_that_is_refused_is_reported_and_the_rest_goes_on() -> None:
    """Acts must be accepted: one that is not stands in the report with its message, and the replay goes on."""
    acts = [dict(act) for act in read_scenario().acts[:3]]
    acts[1]["heading"] = "no such box"
    report = reported(acts=acts)

    assert 2 == report.acts
    assert [("accepted", "bad_input", False)] == [(r.expected, r.error, r.passed) for r in report.refusals]
    assert "heading: " in report.refusals[0].message


def test_a_case_that_cannot_be_opened_is_a_fault_of_the_file() -> None:
    """Without a case there is nothing to go on with; the message says why it was not opened."""
    first = {**read_scenario().acts[0], "child": {"name": "Maya Ellison", "date_of_birth": "2010-02-30"}}

    with pytest.raises(ScenarioFaulty, match=r"act 1 did not open the case: child\.date_of_birth: "):
        reported(acts=[first])


def test_an_expectation_before_there_is_a_case_is_a_fault_of_the_file() -> None:
    """Nothing is expected of a case that is not opened yet."""
    early = {"id": "E0", "as_at": "2026-01-12T15:00:00", "agency": "police", "sees": {}}

    with pytest.raises(ScenarioFaulty, match="E0 stands before the act that opens the case"):
        reported(expectations=[early])


def reported(**changed: Any) -> Report:
    """The report of the first two acts of the worked case, with something changed."""
    scenario: Scenario = read_scenario()
    plain = {"acts": scenario.acts[:2], "refusals": [], "expectations": [], **changed}
    with TemporaryDirectory() as folder:
        return run(msgspec.structs.replace(scenario, **plain), settings_in(Path(folder)))


def test_checking_leaves_no_trace_in_the_record(tmp_path: Path) -> None:
    """Expectations are read on copies: the hub holds the same events with and without them."""
    scenario = msgspec.structs.replace(read_scenario(), refusals=[])
    counted = []
    for folder, expectations in (("with", scenario.expectations), ("without", [])):
        settings = settings_in(tmp_path / folder)
        run(msgspec.structs.replace(scenario, expectations=expectations), settings)
        counted.append(len(events_in(settings.events)))

    assert counted[0] == counted[1]


def events_in(path: Path) -> list[Any]:
    connection = sqlite3.connect(path)
    try:
        return connection.execute("SELECT originator_id FROM stored_events").fetchall()
    finally:
        connection.close()
