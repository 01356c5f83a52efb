"""Two cases linked, marked different, and both undone: pointers in each, of which nothing else in the case is moved."""

import pytest

from domain.case import CASE_EVENTS, fold
from domain.errors import AlreadyDone, BadInput
from domain.links import CasesLinked, CasesMarkedDifferent, CasesUnlinked, LinkCases, MarkDifferent, UndoLink
from domain.record import Command
from domain.vocabulary import Role
from tests.domain.builders import LEAD, Story, an_act

OTHER = "0c1d2e3f-0000-4000-8000-000000000002"
THIRD = "0c1d2e3f-0000-4000-8000-000000000003"
LINK = LinkCases(other=OTHER, reason="Same mother.")
DIFFERENT = MarkDifferent(other=OTHER, reason="Cousins of one name.")
UNDO = UndoLink(other=OTHER, reason="The wrong pair.")


def decided(*commands: Command) -> Story:
    story = Story()
    for command in commands:
        story = story.says(LEAD, command, role=Role.CSE_PREVENTION_MANAGER)
    return story


@pytest.mark.parametrize(
    ("before", "command", "event", "standing"),
    [
        ([], LINK, CasesLinked, "linked"),
        ([], DIFFERENT, CasesMarkedDifferent, "different"),
        ([LINK], DIFFERENT, CasesMarkedDifferent, "different"),
        ([DIFFERENT], LINK, CasesLinked, "linked"),
        ([LINK], UNDO, CasesUnlinked, ""),
        ([DIFFERENT], UNDO, CasesUnlinked, ""),
        ([LINK, UNDO], LINK, CasesLinked, "linked"),
    ],
)
def test_the_last_word_about_the_other_case_stands(before, command, event, standing):
    """Linked, different, or as if nothing had been decided; about a third case nothing is said."""
    story = decided(*before, command)
    links = story.case.links

    said = event(other=OTHER, reason=command.reason, **an_act(LEAD, story.at, role=Role.CSE_PREVENTION_MANAGER).stamp)

    assert said == story.events[-1]
    assert standing == links.standing(OTHER)
    assert "" == links.standing(THIRD)
    assert len(before) + 1 == len(links.decided[OTHER])


@pytest.mark.parametrize(
    ("before", "command"),
    [([LINK], LINK), ([DIFFERENT], DIFFERENT), ([], UNDO), ([LINK, UNDO], UNDO)],
)
def test_what_stands_already_is_not_decided_again(before, command):
    """A second decision of the same kind says nothing."""
    with pytest.raises(AlreadyDone):
        decided(*before, command)


def test_a_case_is_not_another_than_itself():
    """A case points to others only."""
    case = Story().case
    with pytest.raises(BadInput) as refused:
        decided(LinkCases(other=str(case.id), reason="The same."))

    assert "other" == refused.value.field


def test_deciding_about_two_cases_moves_nothing_else_of_the_case():
    """Who decides does not come into the team by it, and every other part stays as it was."""
    story = decided(LINK, DIFFERENT, UNDO)
    before, after = Story().case, story.case
    parts = set(type(before).__struct_fields__) - {"links", "version", "last_recorded"}

    assert {name: getattr(before, name) for name in parts} == {name: getattr(after, name) for name in parts}


def test_links_are_the_same_however_they_are_folded():
    """One event after another, or all at once."""
    story = decided(LINK, UNDO)

    assert fold(story.case.id, story.events).links == story.case.links
    assert {CasesLinked, CasesMarkedDifferent, CasesUnlinked} <= set(CASE_EVENTS)
