"""Required actions: set by the second signature, dated, done or decided against; never more than the guidance says."""

from datetime import date

import pytest

from domain.actions import ActionDated, ActionOutcomeRecorded, DateAction, RecordActionOutcome, required_at
from domain.errors import AlreadyDone, BadInput, NotFound, ProposalSuperseded
from domain.risk import AgreeRisk, ProposeRisk
from domain.vocabulary import Role
from tests.domain.builders import LEAD, Story, a_justification, an_act

MEETING = "strategy_meeting"
# The response guidance of the toolkit's risk table, retyped: what each category requires.
PRINTED = {
    1: [
        "Strategy Meeting to be held.",
        "Monitor the young person's situation",
        "Decision to be made regarding a CIN plan for 12 weeks due to minimal risk or an Early Help Assessment due to "
        "no risk, but as preventative measures.",
    ],
    2: [
        "Strategy Meeting to be held.",
        "Joint Section 47 with Police to be completed.",
        "Child and Family Assessment to be completed.",
        "Child in Need Plan for at least 12 weeks or Initial Child Protection Conference.",
    ],
    3: ["Strategy Meeting to be held.", "Joint Section 47 with Police.", "Initial Child Protection Conference."],
}


@pytest.fixture
def story() -> Story:
    return Story().says(LEAD, a_justification("J1"))


def agreed(story: Story, name: str, level: int, **more: str) -> Story:
    story.says(LEAD, ProposeRisk(id=name, justification="J1", category=level, rationale="Weighed.", **more))
    for person, role in (("tom", Role.TEAM_MANAGER), ("ruth", Role.CSE_PREVENTION_MANAGER)):
        story.says(LEAD, AgreeRisk(agreement=name, as_role=role), person=person, role=role)
    return story


def checklist(story: Story, item: str = "risk") -> list[tuple[str, date | None, bool | None, str, str]]:
    found = story.case.items[item][-1].content.actions
    return [(one.key, one.due, one.done, one.who, one.outcome) for one in found]


def outcome(agreement: str = "A1", action: str = MEETING, done: bool = True, on: str = "2026-01-12") -> object:
    return RecordActionOutcome(
        agreement=agreement, action=action, done=done, on=date.fromisoformat(on), outcome="Held by telephone."
    )


def dated(agreement: str = "A1", action: str = MEETING, due: str = "2026-01-15") -> DateAction:
    return DateAction(agreement=agreement, action=action, due=date.fromisoformat(due), who="Duty team")


@pytest.mark.parametrize("level", [1, 2, 3])
def test_each_level_requires_what_the_guidance_prints(level):
    """The words of the form, put right where the print is a misprint."""
    assert sorted(PRINTED[level]) == sorted(one.text for one in required_at(level))


def test_the_second_signature_brings_the_checklist(story):
    """Until both have signed, nothing is required."""
    story.says(LEAD, ProposeRisk(id="A1", justification="J1", category=3, rationale="Weighed."))
    story.says(LEAD, AgreeRisk(agreement="A1", as_role=Role.TEAM_MANAGER), person="tom", role=Role.TEAM_MANAGER)
    before = checklist(story)
    role = Role.CSE_PREVENTION_MANAGER
    story.says(LEAD, AgreeRisk(agreement="A1", as_role=role), person="ruth", role=role)

    assert [] == before
    assert {(MEETING, None, None, "", "")} < set(checklist(story))
    assert 3 == len(checklist(story))


def test_a_required_action_is_dated(story):
    """By a day, and by somebody; it rests on what the agreement rests on."""
    agreed(story, "A1", 3)
    act = an_act(LEAD, story.now)

    assert [
        ActionDated(
            agreement="A1", justification="J1", action=MEETING, due=date(2026, 1, 15), who="Duty team", **act.stamp
        )
    ] == story.would(LEAD, dated())


def test_what_came_of_it_is_recorded(story):
    """Done, or why not, and on which day."""
    agreed(story, "A1", 3)
    act = an_act(LEAD, story.now)

    assert [
        ActionOutcomeRecorded(
            agreement="A1", justification="J1", action=MEETING, done=True, on=date(2026, 1, 12),
            outcome="Held by telephone.", **act.stamp,
        )
    ] == story.would(LEAD, outcome())  # fmt: skip


def test_who_and_what_came_of_it_are_reasons(story):
    """The level tells what is required, by when and whether it was done; the rest is in its reasons (design §1)."""
    agreed(story, "A1", 3).says(LEAD, dated(), outcome())

    assert (MEETING, date(2026, 1, 15), True, "", "") in checklist(story)
    assert (MEETING, date(2026, 1, 15), True, "Duty team", "Held by telephone.") in checklist(story, "risk.reasons")


@pytest.mark.parametrize(
    ("command", "refusal"),
    [
        (dated(action="knit"), NotFound),
        (dated(agreement="A0"), ProposalSuperseded),
        (dated(due="2026-01-11"), BadInput),
        (outcome(action="knit"), NotFound),
        (outcome(agreement="A0"), ProposalSuperseded),
        (outcome(on="2026-01-13"), BadInput),
    ],
)
def test_what_does_not_fit_is_refused(story, command, refusal):
    """An action of the level in force, a day to come for the date, a day that has come for the outcome."""
    agreed(story, "A1", 3)

    with pytest.raises(refusal):
        story.would(LEAD, command)


@pytest.mark.parametrize("command", [dated(), outcome()])
def test_what_is_concluded_stays_so(story, command):
    """Its outcome is on record; a new level brings a new checklist."""
    agreed(story, "A1", 3).says(LEAD, outcome())

    with pytest.raises(AlreadyDone):
        story.would(LEAD, command)


def test_nothing_is_required_without_a_level(story):
    """No level in force, no checklist."""
    with pytest.raises(NotFound):
        story.would(LEAD, dated())


def test_a_new_level_keeps_the_date_of_what_is_still_open(story):
    """What is required again keeps its day; what was concluded is required anew; the rest stands in the history."""
    agreed(story, "A1", 3).says(LEAD, dated(), dated(action="joint_section_47"), outcome(action="joint_section_47"))
    agreed(story, "A2", 2, downgrade_reason="Better.")

    assert [
        (MEETING, date(2026, 1, 15), None),
        ("joint_section_47", None, None),
        ("child_and_family_assessment", None, None),
        ("medium_plan", None, None),
    ] == [one[:3] for one in checklist(story)]
