"""Duty, emergency, seal and interest beside role and team: the whole product of them (issue 4, design §3.1, §3.4)."""

from datetime import timedelta

import pytest

from domain.access import LiftSeal, OpenInEmergency, OpenOnDuty, SealCase, decide_open
from domain.case import evolve
from domain.directory import Person
from domain.duty import Shift
from domain.review import OpenReview
from domain.team import DeclareInterest, JoinTeam
from domain.vocabulary import Role
from policies.viewing import Way, emergency_beside, judge_access, judge_seal_met
from tests.domain.builders import AGENCIES, LEAD, POLICE, START, Story, an_act

# Columns: at the lead in the team · at the lead, not in it · at a partner in the team · at a partner whose colleague is
# in it · at a partner of which nobody is. T case team, M manager, D on duty, R review, E emergency, - no access.
#
# "A person on duty in the lead agency may come to any case, reason first, for the shift." "Emergency access for others
# of a statutory agency: one case, 60 minutes." "Administrators see no case whatever other role they hold."
ORDINARY = """
practitioner                          T - T - -
team_manager                          M M M M -
cse_prevention_manager                M M M M -
partnership_manager                   - - - - -
reviewer                              - - - - -
auditor                               - - - - -
administrator                         - - - - -
practitioner+team_manager             T M T M -
practitioner+auditor                  T - T - -
practitioner+administrator            - - - - -
team_manager+administrator            - - - - -
cse_prevention_manager+administrator  - - - - -
reviewer+administrator                - - - - -
"""
OPENED_ON_DUTY = """
practitioner                          T D T - -
team_manager                          M M M M -
cse_prevention_manager                M M M M -
partnership_manager                   - - - - -
reviewer                              - - - - -
auditor                               - - - - -
administrator                         - - - - -
practitioner+team_manager             T M T M -
practitioner+auditor                  T D T - -
practitioner+administrator            - - - - -
team_manager+administrator            - - - - -
cse_prevention_manager+administrator  - - - - -
reviewer+administrator                - - - - -
"""
OPENED_IN_AN_EMERGENCY = """
practitioner                          T - T E E
team_manager                          M M M M E
cse_prevention_manager                M M M M E
partnership_manager                   - - - - -
reviewer                              - - - - -
auditor                               - - - - -
administrator                         - - - - -
practitioner+team_manager             T M T M E
practitioner+auditor                  T - T E E
practitioner+administrator            - - - - -
team_manager+administrator            - - - - -
cse_prevention_manager+administrator  - - - - -
reviewer+administrator                - - - - -
"""
# "Who meets the seal: people who would otherwise come to the case (team members, the lead's practitioners, managers,
# duty) are shown the contact; for everybody else the case is as unknown." S the contact, - nothing.
MEETS_THE_SEAL = """
practitioner                          S S S - -
team_manager                          S S S S -
cse_prevention_manager                S S S S -
partnership_manager                   - - - - -
reviewer                              - - - - -
auditor                               - - - - -
administrator                         - - - - -
practitioner+team_manager             S S S S -
practitioner+auditor                  S S S - -
practitioner+administrator            - - - - -
team_manager+administrator            - - - - -
cse_prevention_manager+administrator  - - - - -
reviewer+administrator                - - - - -
"""
PLACES = [(LEAD, "in"), (LEAD, "out"), (POLICE, "in"), (POLICE, "colleague"), (POLICE, "out")]
LETTERS = {Way.TEAM: "T", Way.MANAGER: "M", Way.DUTY: "D", Way.REVIEW: "R", Way.EMERGENCY: "E"}
MANAGER = {"person": "tom", "role": Role.TEAM_MANAGER}
HOUR = timedelta(hours=1)
ON_DUTY, IN_AN_EMERGENCY = OpenOnDuty(id="A1", reason="r"), OpenInEmergency(id="A1", reason="r")
SITUATIONS = {
    "ordinary": (ORDINARY, None),
    "duty": (OPENED_ON_DUTY, ON_DUTY),
    "emergency": (OPENED_IN_AN_EMERGENCY, IN_AN_EMERGENCY),
}
ROWS = [
    (situation, *line.split(maxsplit=1))
    for situation, (table, _) in SITUATIONS.items() for line in table.split("\n") if line
]  # fmt: skip


def told(agency: str, team: str, opening: OpenOnDuty | OpenInEmergency | None) -> Story:
    """Pat stands so to the case, and comes in by this way, if by any."""
    story = Story()
    if team == "in":
        story.says(agency, JoinTeam(person="pat"), **MANAGER)
    if team == "colleague":
        story.says(agency, JoinTeam(person="somebody else"), **MANAGER)
    if opening is not None:
        story.at = story.now
        for event in decide_open(opening, an_act(agency, story.at, person="pat"), story.at + HOUR):
            story.case = evolve(story.case, event)
    return story


def sealed(story: Story, *people: str) -> Story:
    seal = SealCase(contact="Duty team", telephone="020 7946 0100", people=("tom", *people), reason="r")
    return story.says(LEAD, seal, **MANAGER)


def pat(agency: str, roles: str, *shifts: Shift) -> Person:
    return Person("pat", "Pat", agency, "", tuple((Role(one), START, None) for one in roles.split("+")),
                  shifts or (Shift("D1", START, START + 9 * HOUR),))  # fmt: skip


def ways(stories: list[tuple[Story, str]], roles: str) -> str:
    found = [judge_access(story.case, pat(agency, roles), AGENCIES[agency], story.at) for story, agency in stories]
    return " ".join(LETTERS[one.way] if one else "-" for one in found)


def everywhere(situation: str) -> list[tuple[Story, str]]:
    return [(told(agency, team, SITUATIONS[situation][1]), agency) for agency, team in PLACES]


@pytest.mark.parametrize(("situation", "roles", "written"), ROWS)
def test_a_person_comes_to_a_case_by_the_ways_written_down(situation, roles, written):
    """Role by place by way; being on duty alone opens nothing before a reason is given."""
    assert written == ways(everywhere(situation), roles)


@pytest.mark.parametrize(("situation", "roles", "written"), ROWS)
def test_a_seal_shuts_the_case_to_whoever_it_does_not_name(situation, roles, written):
    """Whatever the role, the team, the shift or the emergency."""
    stories = [(sealed(story), agency) for story, agency in everywhere(situation)]

    assert "- - - - -" == ways(stories, roles)


@pytest.mark.parametrize(("situation", "roles", "written"), ROWS)
def test_a_seal_gives_nothing_to_those_it_names(situation, roles, written):
    """They come as they came before, or not at all."""
    stories = [(sealed(story, "pat"), agency) for story, agency in everywhere(situation)]

    assert written == ways(stories, roles)


@pytest.mark.parametrize(("situation", "roles", "written"), ROWS)
def test_an_interest_shuts_the_case_whatever_names_or_opens_it(situation, roles, written):
    """Also to who is named in the seal, on duty, or in an emergency."""
    stories = [
        (sealed(story, "pat").says(agency, DeclareInterest(about="Related."), person="pat"), agency)
        for story, agency in everywhere(situation)
    ]

    assert "- - - - -" == ways(stories, roles)


@pytest.mark.parametrize(("roles", "written"), [line.split(maxsplit=1) for line in MEETS_THE_SEAL.split("\n") if line])
def test_the_contact_is_shown_to_who_would_come_but_for_the_seal(roles, written):
    """For everybody else the case is as unknown; nobody meets a seal that was lifted, or that names them."""
    met, lifted, named, interested = [], [], [], []
    for story, agency in everywhere("ordinary"):
        person, at = pat(agency, roles), AGENCIES[agency]
        sealed(story)
        met.append("S" if judge_seal_met(story.case, person, at, story.at) else "-")
        sealed(story, "pat")
        named.append(judge_seal_met(story.case, person, at, story.at))
        sealed(story).says(LEAD, LiftSeal(reason="Over."), **MANAGER)
        lifted.append(judge_seal_met(story.case, person, at, story.at))
        sealed(story).says(agency, DeclareInterest(about="Related."), person="pat")
        interested.append(judge_seal_met(story.case, person, at, story.at))

    assert written == " ".join(met)
    assert [None] * 15 == [*lifted, *named, *interested]


def test_a_reviewer_in_scope_and_who_opened_in_an_emergency_meet_the_seal():
    """They came to the case before."""
    review = OpenReview(id="V1", reviewer="pat", kind="audit", from_day=START.date(), until=START.date(),
                        agencies=(LEAD,), questions="Who knew?")  # fmt: skip
    reviewed = told(POLICE, "out", None).says("partnership", review, role=Role.PARTNERSHIP_MANAGER)
    opened = told(POLICE, "out", IN_AN_EMERGENCY)
    before = [
        judge_access(story.case, pat(POLICE, roles), AGENCIES[POLICE], story.at).way
        for story, roles in ((reviewed, "reviewer"), (opened, "practitioner"))
    ]
    met = [
        judge_seal_met(sealed(story).case, pat(POLICE, roles), AGENCIES[POLICE], story.at)
        for story, roles in ((reviewed, "reviewer"), (opened, "practitioner"))
    ]

    assert [Way.REVIEW, Way.EMERGENCY] == before
    assert ["Duty team", "Duty team"] == [one.contact for one in met]


@pytest.mark.parametrize(
    ("roles", "written"),
    [("practitioner", "- - E - -"), ("practitioner+team_manager", "- - E E -"), ("reviewer", "- - - - -")],
)
def test_an_emergency_adds_to_what_other_agencies_see_already(roles, written):
    """Beside the team's way and the manager's, until it ends; nothing of the lead's, nothing where it is the way."""
    found, ended = [], []
    for story, agency in everywhere("emergency"):
        person, of = pat(agency, roles), AGENCIES[agency]
        came = judge_access(story.case, person, of, story.at)
        found.append(came and emergency_beside(story.case, person, of, came, story.at))
        ended.append(came and emergency_beside(story.case, person, of, came, story.at + HOUR))

    assert written == " ".join("E" if one else "-" for one in found)
    assert {None} == set(ended)


# When the way is open, in hours after it was opened at 12:01; the shift lasts from 12:00 to 21:00, the opening an hour.
@pytest.mark.parametrize(
    ("shift", "hours", "open_then"),
    [
        (Shift("D1", START, START + 9 * HOUR), 0, True),
        (Shift("D1", START, START + 9 * HOUR), 0.99, True),
        (Shift("D1", START, START + 9 * HOUR), 1, False),
        (Shift("D1", START, START + HOUR / 2), 0.4, True),
        (Shift("D1", START, START + HOUR / 2), 0.5, False),
        (Shift("D2", START + HOUR / 2, START + 9 * HOUR), 0.6, False),
        (Shift("D0", START - 9 * HOUR, START), 0, False),
    ],
    ids=["begun", "lasting", "over", "in a short shift", "ended early", "a later shift", "never on duty"],
)
def test_duty_opens_for_that_shift_only(shift, hours, open_then):
    """Ended early, it ends early; the next shift asks for a reason again."""
    story = told(LEAD, "out", ON_DUTY)
    at = story.at + hours * HOUR
    found = judge_access(story.case, pat(LEAD, "practitioner", shift), AGENCIES[LEAD], at)

    assert open_then is (found is not None)


def test_the_way_says_until_when():
    """A page says at its top by which way one is in, and for how long."""
    duty, emergency = told(LEAD, "out", ON_DUTY), told(POLICE, "out", IN_AN_EMERGENCY)
    found = [
        judge_access(story.case, pat(agency, "practitioner"), AGENCIES[agency], story.at).until
        for story, agency in ((duty, LEAD), (emergency, POLICE))
    ]

    assert [START + 9 * HOUR, emergency.at + HOUR] == found


def test_an_emergency_is_over_after_its_time():
    """Sixty minutes, and not one more."""
    story = told(POLICE, "out", IN_AN_EMERGENCY)
    moments = [story.at, story.at + HOUR - timedelta(seconds=1), story.at + HOUR]
    person = pat(POLICE, "practitioner")

    assert [True, True, False] == [
        judge_access(story.case, person, AGENCIES[POLICE], at) is not None for at in moments
    ]
