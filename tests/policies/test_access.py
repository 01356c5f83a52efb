"""Who comes to a case at all: role first, then team; a declared interest beats everything (design §3.1, §3.4)."""

from datetime import date, timedelta
from uuid import UUID

import msgspec
import pytest

from domain.case import Case
from domain.directory import Person
from domain.membership import RoleGiven, Standing
from domain.review import OpenReview
from domain.team import DeclareInterest, JoinTeam
from domain.vocabulary import Role
from policies.viewing import Access, Way, judge_access
from tests.domain.builders import AGENCIES, LEAD, POLICE, START, Story, a_time, an_act

# Columns: at the lead in the team · at the lead, not in it · at a partner in the team · at a partner whose colleague is
# in it · at a partner of which nobody is. T case team, M manager, R review, - no access.
#
# "Practitioners: in the case team by having recorded or asked, by being named, or by their manager's adding; managers
# see their agency's cases (the lead's all); reviewer reads what the review's scope gives; auditor no case by this way;
# administrator, beside whatever other role, sees no case. Colleagues outside the team see nothing."
WITHOUT_A_REVIEW = """
practitioner                                  T - T - -
team_manager                                  M M M M -
cse_prevention_manager                        M M M M -
partnership_manager                           - - - - -
reviewer                                      - - - - -
auditor                                       - - - - -
administrator                                 - - - - -
practitioner+team_manager                     T M T M -
practitioner+cse_prevention_manager           T M T M -
practitioner+reviewer                         T - T - -
practitioner+administrator                    - - - - -
team_manager+administrator                    - - - - -
reviewer+administrator                        - - - - -
practitioner+partnership_manager+auditor      T - T - -
"""
WITH_A_REVIEW = """
practitioner                                  T - T - -
team_manager                                  M M M M -
cse_prevention_manager                        M M M M -
partnership_manager                           - - - - -
reviewer                                      R R R R R
auditor                                       - - - - -
administrator                                 - - - - -
practitioner+team_manager                     T M T M -
practitioner+cse_prevention_manager           T M T M -
practitioner+reviewer                         T R T R R
practitioner+administrator                    - - - - -
team_manager+administrator                    - - - - -
reviewer+administrator                        - - - - -
practitioner+partnership_manager+auditor      T - T - -
"""
PLACES = [(LEAD, "in"), (LEAD, "out"), (POLICE, "in"), (POLICE, "colleague"), (POLICE, "out")]
LETTERS = {Way.TEAM: "T", Way.MANAGER: "M", Way.REVIEW: "R"}
MANAGING = {"person": "manager", "role": Role.TEAM_MANAGER}


def a_review(name: str = "V1", reviewer: str = "pat") -> OpenReview:
    return OpenReview(id=name, reviewer=reviewer, kind="audit", from_day=date(2026, 1, 1), until=date(2026, 1, 31),
                      agencies=(LEAD,), questions="Who knew?")  # fmt: skip


def told(agency: str, team: str, reviewed: bool) -> Story:
    story = Story()
    if team == "in":
        story.says(agency, JoinTeam(person="pat"), **MANAGING)
    if team == "colleague":
        story.says(agency, JoinTeam(person="somebody else"), **MANAGING)
    if reviewed:
        story.says("partnership", a_review(), role=Role.PARTNERSHIP_MANAGER)
    return story


def a_person(agency: str, roles: str) -> Person:
    return Person("pat", "Pat", agency, "", tuple((Role(role), START, None) for role in roles.split("+")))


def access(story: Story, agency: str, roles: str) -> Access | None:
    return judge_access(story.case, a_person(agency, roles), AGENCIES[agency], story.now)


ROWS = [
    (line.split(maxsplit=1)[0], line.split(maxsplit=1)[1], reviewed)
    for table, reviewed in ((WITHOUT_A_REVIEW, False), (WITH_A_REVIEW, True))
    for line in table.split("\n")
    if line
]


@pytest.mark.parametrize(("roles", "written", "reviewed"), ROWS)
def test_a_person_comes_to_a_case_by_role_and_team(roles, written, reviewed):
    """Role first, then team."""
    found = [access(told(agency, team, reviewed), agency, roles) for agency, team in PLACES]

    assert written == " ".join(LETTERS[one.way] if one else "-" for one in found)


@pytest.mark.parametrize(("roles", "written", "reviewed"), ROWS)
def test_a_declared_interest_closes_the_case_to_whatever_role(roles, written, reviewed):
    """A deny beats every grant, and the reader's own agency's records."""
    found = []
    for agency, team in PLACES:
        story = told(agency, team, reviewed)
        story.says(agency, DeclareInterest(about="Related."), person="pat")
        found.append(access(story, agency, roles))

    assert [None] * len(PLACES) == found


@pytest.mark.parametrize(("roles", "written", "reviewed"), ROWS)
def test_an_account_nobody_has_confirmed_comes_to_no_case(roles, written, reviewed):
    """Whatever role and team; from when it was given out or reset until a manager said whose hands it is in."""
    found = []
    for agency, team in PLACES:
        story = told(agency, team, reviewed)
        for unconfirmed in ((START, None), (START, story.now)):
            standing = Standing(unconfirmed=(unconfirmed,))
            person = msgspec.structs.replace(a_person(agency, roles), standing=standing)
            found.append(judge_access(story.case, person, AGENCIES[agency], story.now))

    assert [None] * len(PLACES) == found[::2]
    assert written == " ".join(LETTERS[one.way] if one else "-" for one in found[1::2])


@pytest.mark.parametrize(("roles", "written", "reviewed"), ROWS)
def test_a_role_nobody_has_confirmed_comes_to_no_case(roles, written, reviewed):
    """Whatever role and team: an administrator gives it, and a manager says that it counts."""
    found = []
    for agency, team in PLACES:
        given = tuple(
            RoleGiven(person="pat", role=Role(role), to_confirm=True, **an_act("office", START, person="alex").stamp)
            for role in roles.split("+")
        )
        person = Person("pat", "Pat", agency, "", standing=Standing(waiting=given))
        found.append(judge_access(told(agency, team, reviewed).case, person, AGENCIES[agency], a_time(20)))

    assert [None] * len(PLACES) == found


def test_an_interest_closes_the_case_from_when_it_is_declared():
    """Not before."""
    story = told(POLICE, "in", False).says(POLICE, DeclareInterest(about="Related."), person="pat")
    person, agency = a_person(POLICE, "practitioner"), AGENCIES[POLICE]
    moments = (story.at - timedelta(seconds=1), story.at)

    assert [True, False] == [judge_access(story.case, person, agency, at) is not None for at in moments]


def test_a_case_that_does_not_exist_is_nobodys():
    """Answered as for a hidden one."""
    person = a_person(LEAD, "team_manager")

    assert judge_access(Case(id=UUID(int=2)), person, AGENCIES[LEAD], START) is None


def test_a_role_counts_on_the_days_it_is_held():
    """Who could see what on a day depends on who held which role that day."""
    story = told(POLICE, "in", False)
    ended = Person("pat", "Pat", POLICE, "", ((Role.PRACTITIONER, START, story.at),))

    assert judge_access(story.case, ended, AGENCIES[POLICE], story.at) is None


def test_membership_is_for_the_agency_one_joined_for():
    """Who moved to another agency does not take the case along."""
    story = told(POLICE, "in", False)

    assert access(story, LEAD, "practitioner") is None


def test_a_reviewer_reads_under_the_newest_scope_given_to_her():
    """Another's review gives her nothing."""
    story = Story()
    for review in (a_review("V1"), a_review("V2"), a_review("V3", "somebody else")):
        story.says("partnership", review, role=Role.PARTNERSHIP_MANAGER)
    found = access(story, POLICE, "reviewer")

    assert found is not None
    assert "V2" == found.review.review
