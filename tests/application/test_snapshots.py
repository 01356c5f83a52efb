"""Snapshots: what comes out is what went in, at any length of any history, and everybody may see the same of it."""

import subprocess
import sys
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, timezone
from functools import partial
from pathlib import Path
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from application.hub import Hub, command_of
from application.snapshots import (
    HEAD,
    Commands,
    SnapshotOutdated,
    case_in,
    earlier_in,
    earlier_of,
    of_case,
    of_shown,
    shown_in,
)
from domain.assessment import Answer, AnswerQuestions, AnswersOf, Given, StartAssessment
from domain.case import Case, evolve, fold
from domain.consents import ConsentRecorded, Scope
from domain.disclosures import NOTHING_SHOWN, CorrectionTold
from domain.disclosures import fold as fold_shown
from domain.record import Actor, Event, Version
from domain.vocabulary import ConsentDecision, Role, Showing
from interfaces.demo.scenario import read_scenario
from policies.editions import edition_in_force
from policies.viewing import Judgement, judge_version
from tests.builders import SCENARIOS, replayed
from tests.domain.builders import HEALTH, LEAD, POLICE, SCHOOL, Story, a_concern, a_correction, a_justification, an_act
from tests.domain.histories import REST, SAID, whatever_is_taken

FILES = sorted(path.name for path in SCENARIOS.glob("*.toml"))
NOBODY: dict[tuple[str, str], str] = {}


@pytest.fixture(scope="module", params=FILES)
def told(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[Hub, UUID, list[Event]]:
    """A scenario to its end: the hub, its case and the events of the case."""
    folder: Path = tmp_path_factory.mktemp("told")
    scenario = replayed(read_scenario(SCENARIOS / request.param), folder / "first")
    hub = scenario.copy(folder / "second")
    return hub, scenario.case, hub.case_events(scenario.case)


def kept(case: Case, commands: Mapping[tuple[str, str], str] = NOBODY) -> tuple[Case, Commands]:
    """The case out of its snapshot and what lies beside that."""
    state, beside = of_case(case, commands)
    return case_in(state, partial(earlier_in, beside))


def versions_in(case: Case) -> list[Version]:
    return [version for versions in case.items.values() for version in versions]


def test_every_prefix_of_a_scenario_comes_back(told):
    """The case, and the commands its stream has seen."""
    _, case, events = told
    for length in range(len(events) + 1):
        folded, commands = fold(case, events[:length]), dict(map(command_of, events[:length]))
        found, seen = kept(folded, commands)

        assert (folded, commands, list(folded.items)) == (found, dict(seen), list(found.items))


def test_a_scenario_read_on_from_any_snapshot_comes_to_its_end(told):
    """Snapshot, the events since, another snapshot: the same as from the start, and the same as of the other."""
    _, case, events = told
    folded = fold(case, events)
    for length in range(len(events) + 1):
        before, since = events[:length], events[length:]
        start, seen = kept(fold(case, before), dict(map(command_of, before)))
        found, commands = kept(fold(case, since, start), seen | dict(map(command_of, since)))

        assert (folded, dict(map(command_of, events))) == (found, dict(commands))


def test_everybody_may_see_the_same_of_a_case_from_a_snapshot(told):
    """Every version, judged for every agency at the moment of every event, from the folded case and from the other."""
    hub, case, events = told
    folded = fold(case, events)
    found, _ = kept(folded)
    shown, agencies = hub.disclosures(case), hub.directory().agencies.values()

    def judged(one: Case) -> list[Judgement]:
        return [
            judge_version(edition_in_force(event.recorded), one, version, agency, event.recorded, shown)
            for event in events[:: max(1, len(events) // 10)]
            for version in versions_in(one)
            for agency in agencies
        ]

    assert judged(folded) == judged(found)


def test_what_was_shown_in_a_scenario_comes_back(told):
    """Openings in order."""
    hub, case, _ = told
    shown = hub.disclosures(case)
    found = shown_in(of_shown(shown))

    assert (shown, list(shown.first)) == (found, list(found.first))


def test_what_was_shown_comes_back_and_is_read_on_from():
    """Openings, coarse and full, and who was told of what was put right."""
    story = Story().opens(POLICE, "concern:C1", showing=Showing.COARSE).opens(POLICE, "concern:C1", 2)
    told_of = CorrectionTold(item="concern:C1", agency=POLICE, how="telephone", **an_act(SCHOOL).stamp)
    shown = fold_shown([told_of], story.disclosures)
    found = shown_in(of_shown(shown))
    story.opens(SCHOOL, "child.name")

    assert (2, 3, (told_of,)) == (len(found.openings), found.version, found.told)
    assert (shown, fold_shown(story.looks[2:], shown)) == (found, fold_shown(story.looks[2:], found))


@settings(deadline=None)
@given(st.lists(st.sampled_from(SAID + REST), max_size=60), st.integers(0, 60), st.integers(0, 60))
def test_any_history_goes_on_from_any_snapshots(said, first, second):
    """Two snapshots on the way, events between and behind them one by one, and a third at the end."""
    events = whatever_is_taken(Story(), said)
    case = Case(id=UUID(int=1))
    for number, event in enumerate(events):
        if number in (first, second):
            case, _ = kept(case)
        case = evolve(case, event)

    assert fold(UUID(int=1), events) == case == kept(case)[0]


def test_the_newest_version_is_had_without_the_others():
    """And the others by their place, in runs, from either end."""
    story = Story().says(SCHOOL, a_justification("J1"), a_concern())
    for number in range(4):
        story.says(SCHOOL, a_correction(reason=f"Reason {number}."))
    folded = story.case.items["concern:C1"]
    found = kept(story.case)[0].items["concern:C1"]

    assert (5, folded[-1], folded[0], folded[1:3]) == (len(found), found[-1], found[0], found[1:3])
    assert (found[-1] is found[4], list(reversed(folded))) == (True, list(reversed(found)))
    assert (True, True, False, False) == (found == folded, folded == found, found == folded[:4], found == 2)
    with pytest.raises(IndexError):
        _ = found[5]


def test_what_lies_beside_is_fetched_once_and_only_for_what_is_older_than_the_newest():
    """Not for the newest version of anything, nor for where an agency's answers stand, nor to go on from there."""
    story = Story().says(SCHOOL, a_justification("J1"), a_concern(), a_correction(), a_concern("C2"))
    story.says(LEAD, a_justification("J2"), StartAssessment(justification="J2"), _answers("J2", 1), _answers("J2", 2))
    state, beside = of_case(story.case, NOBODY)
    asked = []

    def fetch(actors: tuple[Actor, ...]) -> Mapping[str, bytes]:
        asked.append(actors)
        return earlier_in(beside, actors)

    found, _ = case_in(state, fetch)
    newest = {item: versions[-1] for item, versions in found.items.items()}
    first, longer = list(found.items["concern:C1"]), fold(story.case.id, story.events[-1:] * 2, found)
    before = list(asked)

    assert ({item: versions[-1] for item, versions in story.case.items.items()}, []) == (newest, before)
    assert list(story.case.items["concern:C1"]) == first
    assert (2, 4) == (len(found.items["answers:csc"]), len(longer.items["answers:csc"]))
    assert story.case.items == found.items
    assert 1 == len(asked)


def test_nothing_lies_beside_a_case_in_which_no_agency_answered_twice():
    story = Story().says(SCHOOL, a_justification("J1"), a_concern(), a_correction())
    state, beside = of_case(story.case, NOBODY)

    assert (b"", story.case) == (beside, case_in(state, dict)[0])


def test_what_lies_beside_another_snapshot_is_refused():
    """It tells of actors by their places in a list, which may differ between snapshots of the same version."""
    story = Story().says(SCHOOL, a_justification("J1"), a_concern()).says(LEAD, a_justification("J2"))
    story.says(LEAD, StartAssessment(justification="J2"), _answers("J2", 1), _answers("J2", 2))
    _, beside = of_case(story.case, NOBODY)
    ours = Actor("school-worker", Role.PRACTITIONER, "school"), Actor("csc-worker", Role.PRACTITIONER, "csc")

    assert ["answers:csc"] == list(earlier_in(beside, ours))
    with pytest.raises(SnapshotOutdated):
        earlier_in(beside, ours[::-1])


def test_what_lies_beside_is_made_again_from_the_record(told):
    """At any length, of a case read on from a snapshot as well, told with the actors in the order of that snapshot."""
    _, case, events = told
    for length in range(len(events) + 1):
        start, _ = kept(fold(case, events[: length // 2]))
        for one in (fold(case, events[:length]), fold(case, events[length // 2 : length], start)):
            state, beside = of_case(one, NOBODY)
            again = case_in(state, partial(earlier_of, fold(case, events[:length])))[0]

            assert one == again
            assert (of_case(again, NOBODY)[1], beside) == (beside, of_case(kept(one)[0], NOBODY)[1])


def test_by_which_act_each_answer_was_given_comes_back():
    """From a snapshot, from one after it in which another agency answered too, and told on behind it."""
    story = Story().says(LEAD, a_justification("J1"), StartAssessment(justification="J1"))
    story.says(HEALTH, a_justification("J2")).says(LEAD, _answers("J1", 1, 2), _answers("J1", 2))
    first, _ = kept(story.case)
    lead = Actor("csc-worker", Role.PRACTITIONER, "csc")
    before, since = story.at - timedelta(minutes=1), story.at
    stood = {1: Given(7, before, lead, "J1"), 2: Given(8, since, lead, "J1")}
    story.says(HEALTH, _answers("J2", 2))
    second, _ = kept(evolve(first, story.events[-1]))
    health = Given(9, story.at, Actor("health-worker", Role.PRACTITIONER, "health"), "J2")
    story.says(LEAD, _answers("J1", 1))
    told_on = evolve(second, story.events[-1])

    assert ({"answers:csc": stood}, {"answers:csc": stood, "answers:health": {2: health}}) == (
        _given(first), _given(second),
    )  # fmt: skip
    assert {1: Given(10, story.at, lead, "J1"), 2: stood[2]} == _given(told_on)["answers:csc"]


def _answers(justification: str, *questions: int) -> AnswerQuestions:
    return AnswerQuestions(
        justification=justification, answers=tuple(Answer(question=one, option=1) for one in questions)
    )


def _given(case: Case) -> dict[str, dict[int, Given]]:
    return {item: kept.point.given for item, kept in case.items.items() if isinstance(kept, AnswersOf)}


def test_a_time_keeps_the_offset_it_was_stated_with():
    """An end stated in summer time is printed as it was stated."""
    ends = datetime(2026, 7, 1, 9, tzinfo=timezone(timedelta(hours=1)))
    said = ConsentRecorded(
        consent="K1", given_by="child", decision=ConsentDecision.GIVEN, scope=Scope(("csc",), "help"), method="asked",
        expires=ends, by=Actor("ben", Role.PRACTITIONER, "school"), recorded=datetime(2026, 6, 1, tzinfo=UTC),
        command="c",
    )  # fmt: skip
    found, _ = kept(fold(UUID(int=1), [said]))

    assert ends.isoformat() == found.consents["K1"].recorded_as.expires.isoformat()


def test_commands_seen_go_on_from_those_in_a_snapshot():
    """Whatever command ids and digests look like; the newest of what is said twice holds."""
    first = {("0f" * 16, "ben"): "ab" * 8, ("0F", "ben"): "", ("by hand", "tom"): "short", ("", "tom"): "0"}
    _, seen = kept(Case(id=UUID(int=1)), first)
    more = seen | {("later", "ben"): "1", ("by hand", "tom"): "2"}
    _, found = kept(Case(id=UUID(int=1)), more)

    assert first == dict(seen)
    assert first | {("later", "ben"): "1", ("by hand", "tom"): "2"} == dict(more) == dict(found)
    assert (4, 5, 5) == (len(seen), len(more), len(found))
    assert (True, False) == (("0F", "ben") in found, ("0f", "ben") in found)


@pytest.mark.parametrize(
    "state",
    [b"", b"\x00" + HEAD[1:], HEAD[:1] + bytes(8), HEAD, of_case(Case(id=UUID(int=1)), NOBODY)[0][:-1]],
    ids=["nothing", "another format", "other shapes", "no more", "cut short"],
)
def test_a_snapshot_of_another_format_is_refused(state):
    """The hub folds from the start instead."""
    with pytest.raises(SnapshotOutdated):
        case_in(state, dict)
    with pytest.raises(SnapshotOutdated):
        earlier_in(state, ())
    with pytest.raises(SnapshotOutdated):
        shown_in(state)


def test_nothing_shown_comes_back_as_nothing():
    assert NOTHING_SHOWN == shown_in(of_shown(NOTHING_SHOWN))


def test_snapshots_are_read_by_every_process_of_the_same_hub():
    """The digest of the shapes tells the code, not the process it runs in."""
    program = "from application.snapshots import HEAD; print(HEAD.hex())"
    elsewhere = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True, text=True)

    assert HEAD.hex() == elsewhere.stdout.strip()
