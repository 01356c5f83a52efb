"""The case team: who comes into it, and who declared an interest."""

from datetime import timedelta

import pytest

from domain.errors import AlreadyDone
from domain.requests import RequestInformation
from domain.review import OpenReview
from domain.team import DeclareInterest, InterestDeclared, JoinTeam, TeamJoined
from domain.vocabulary import Role
from tests.domain.builders import (
    LEAD,
    POLICE,
    SCHOOL,
    START,
    Story,
    a_justification,
    a_refusal,
    a_share,
    an_act,
    without_basis,
)

ASK = RequestInformation(id="Q1", of=LEAD, wanted="Current concerns.", purpose="decide on an investigation")
INTEREST = DeclareInterest(about="Related by marriage.")


def test_who_opens_or_records_is_in_the_team():
    """By having recorded in it (design §3.1)."""
    assert Story().case.team.has("school-worker", SCHOOL)


def test_who_asks_is_in_the_team():
    """By having asked about it (design §3.1)."""
    assert Story().says(POLICE, ASK).case.team.has("police-worker", POLICE)


def test_colleagues_are_not_in_the_team():
    """Colleagues outside the team see nothing."""
    assert ("school-worker",) == Story().says(POLICE, ASK).case.team.of_agency(SCHOOL)


@pytest.mark.parametrize("reason", ["share", "refusal"])
def test_who_is_named_in_a_decision_is_in_the_team(reason):
    """By being named in a decision to their agency, be it a refusal."""
    story = Story().says(SCHOOL, a_justification("J1"), without_basis("J2"))
    share = a_share("S1", "J1", POLICE, "child.name", persons=("sam",))
    refusal = a_refusal("S1", "J2", POLICE, persons=("sam",))
    story.says(SCHOOL, share if reason == "share" else refusal)

    assert story.case.team.has("sam", POLICE)


def test_a_manager_adds_a_person():
    """By their manager's adding; the event says why."""
    story = Story()

    assert [
        TeamJoined(person="dan", reason="Added by a manager.", **an_act(POLICE, story.now, person="mo").stamp)
    ] == story.would(POLICE, JoinTeam(person="dan"), person="mo")


def test_the_person_added_is_in_the_team():
    """For the agency of the one who added."""
    assert Story().says(POLICE, JoinTeam(person="dan"), person="mo").case.team.has("dan", POLICE)


def test_nobody_joins_twice():
    """Who is in the team need not be added."""
    story = Story().says(POLICE, JoinTeam(person="dan"))

    with pytest.raises(AlreadyDone):
        story.would(POLICE, JoinTeam(person="dan"))


def test_who_moves_to_another_agency_is_in_its_team_and_no_longer_in_the_old():
    """A person is in the team of the agency they joined for last."""
    story = Story().says(POLICE, JoinTeam(person="dan")).says(LEAD, JoinTeam(person="dan"))

    assert (False, True) == (story.case.team.has("dan", POLICE), story.case.team.has("dan", LEAD))


def test_opening_a_review_makes_nobody_a_member():
    """Only practitioners and managers work on a case."""
    review = OpenReview(id="V1", reviewer="jo", kind="audit", from_day=START.date(), until=START.date(),
                        agencies=(LEAD,), questions="Who knew?")  # fmt: skip
    story = Story().says("partnership", review, role=Role.PARTNERSHIP_MANAGER)

    assert () == story.case.team.of_agency("partnership")


def test_an_interest_is_declared():
    """It says what the interest is."""
    story = Story()

    assert [
        InterestDeclared(about="Related by marriage.", **an_act(POLICE, story.now).stamp)
    ] == story.would(POLICE, INTEREST)


def test_an_interest_counts_from_when_it_is_declared():
    """From then on the case is closed to that person."""
    story = Story().says(POLICE, INTEREST)
    moments = (story.at - timedelta(seconds=1), story.at)

    assert [False, True] == [story.case.team.declared("police-worker", at) for at in moments]


def test_others_have_declared_nothing():
    """An interest is one person's."""
    story = Story().says(POLICE, INTEREST)

    assert not story.case.team.declared("school-worker", story.at)


def test_declaring_an_interest_brings_nobody_into_the_team():
    """It is the opposite of working on the case."""
    assert not Story().says(POLICE, INTEREST).case.team.has("police-worker", POLICE)


def test_an_interest_is_declared_once():
    """It stands."""
    story = Story().says(POLICE, INTEREST)

    with pytest.raises(AlreadyDone):
        story.would(POLICE, INTEREST)
