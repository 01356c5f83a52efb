"""Every scenario held here replays; each refusal and each expectation is a test with its own name."""

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from interfaces.demo.check import Checked, Report, run
from interfaces.demo.replay import Refused
from interfaces.demo.scenario import WORKED_CASE, read_scenario
from tests.builders import SCENARIOS, settings_in

FILES = sorted(path.name for path in SCENARIOS.glob("*.toml"))
BY_REVIEW = {
    "first_case.toml": ["E20 by review", "E22 by review"],
    "a_consent_that_ends.toml": ["A21 by review", "A27 by review", "A28 by review", "A29 by review"],
    "the_school_saw_most.toml": ["B23 by review"],
    "nobody_knows_her_name.toml": [],
}


@cache
def report_of(name: str) -> Report:
    with TemporaryDirectory() as folder:
        return run(read_scenario(SCENARIOS / name), settings_in(Path(folder)))


def refusals() -> list[object]:
    found = []
    for name in FILES:
        for number, refusal in enumerate(read_scenario(SCENARIOS / name).refusals, start=1):
            what = f"{refusal['by']} may not {refusal['act']} after {refusal['after']}, {refusal['error']}"
            found.append(pytest.param(name, number, id=f"{Path(name).stem}, refusal {number}: {what}"))
    return found


def expectations() -> list[object]:
    found = []
    for name in FILES:
        ids = [expectation["id"] for expectation in read_scenario(SCENARIOS / name).expectations]
        found += [pytest.param(name, one, id=f"{Path(name).stem}, {one}") for one in [*ids, *BY_REVIEW[name]]]
    return found


@pytest.mark.parametrize(("name", "number"), refusals())
def test_what_is_refused_is_refused_for_its_reason_and_leaves_nothing(name: str, number: int) -> None:
    """A refusal has its error and a message that says what to do, and stores nothing in the case."""
    found: Refused = next(one for one in report_of(name).refusals if one.number == number)

    assert (found.expected, 0, True, True) == (found.error, found.stored, found.message != "", found.passed)


@pytest.mark.parametrize(("name", "expected"), expectations())
def test_what_must_be_true_is_true(name: str, expected: str) -> None:
    """An expectation has no faults."""
    found: Checked = next(one for one in report_of(name).expectations if one.id == expected)

    assert ((), True) == (found.faults, found.passed)


@pytest.mark.parametrize("name", FILES)
def test_every_act_is_accepted_and_the_whole_passes(name: str) -> None:
    """Acts are accepted without exception; nothing stands in the report that was not asked for."""
    scenario, report = read_scenario(SCENARIOS / name), report_of(name)

    assert len(scenario.acts) == report.acts
    assert [r.number for r in report.refusals] == sorted(r.number for r in report.refusals)
    assert len(scenario.refusals) == len(report.refusals)
    assert len(scenario.expectations) + len(BY_REVIEW[name]) == len(report.expectations)
    assert report.passed


def test_the_worked_case_is_the_one_the_hub_ships() -> None:
    """The copy beside the tests is the file itself, byte for byte."""
    shipped = WORKED_CASE.read_bytes()

    assert shipped == (SCENARIOS / "first_case.toml").read_bytes()


def test_the_worked_case_has_its_seventeen_refusals_and_twenty_seven_expectations() -> None:
    """None can fall out of the file unnoticed."""
    scenario = read_scenario()

    assert (62, 17) == (len(scenario.acts), len(scenario.refusals))
    assert [f"E{number}" for number in range(1, 28)] == [one["id"] for one in scenario.expectations]
