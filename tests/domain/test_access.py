"""Seals, and ways into a case on duty or in an emergency: what they are, when they stand, who may say what of them."""

from datetime import timedelta

import pytest

from domain.access import (
    Access,
    AccessReviewed,
    DutyOpened,
    EmergencyOpened,
    LiftSeal,
    OpenInEmergency,
    OpenOnDuty,
    ReviewAccess,
    SealCase,
    SealLifted,
    SealPlaced,
    decide_open,
    evolve,
)
from domain.case import evolve as case_after
from domain.errors import AlreadyDone, BadInput, NotFound, SamePerson
from domain.team import DeclareInterest
from domain.vocabulary import AccessOutcome, Role
from tests.domain.builders import LEAD, POLICE, START, Story, an_act

MANAGER = {"person": "tom", "role": Role.TEAM_MANAGER}
ANOTHER = {"person": "ruth", "role": Role.CSE_PREVENTION_MANAGER}
HOUR = timedelta(hours=1)


def a_seal(**more) -> SealCase:
    said = {"contact": "Emergency duty team", "telephone": "020 7946 0100", "people": ("tom", "ruth"), "reason": "r"}
    return SealCase(**(said | more))


def sealed(**more) -> Story:
    return Story().says(LEAD, a_seal(**more), **MANAGER)


def opened(by: str = POLICE, person: str = "sam", command: OpenOnDuty | OpenInEmergency | None = None) -> Story:
    """Sam comes in, for an hour."""
    story = Story()
    act = an_act(by, story.now, person=person)
    for event in decide_open(command or OpenInEmergency(id="A1", reason=" She is here. "), act, story.now + HOUR):
        story.case = case_after(story.case, event)
    return story


def test_a_seal_is_placed():
    """It names the contact, the people who still come, and why."""
    story = Story()

    assert [
        SealPlaced(contact="Emergency duty team", telephone="020 7946 0100", people=("tom", "ruth"), reason="r",
                   **an_act(LEAD, story.now, **MANAGER).stamp)
    ] == story.would(LEAD, a_seal(contact=" Emergency duty team ", telephone=" 020 7946 0100 "), **MANAGER)  # fmt: skip


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("contact", "  "),
        ("telephone", "  "),
        ("telephone", "ask at the desk"),
        ("telephone", "99"),
        ("people", ("ruth", "priya")),
        ("people", ()),
        ("people", ("tom", "tom")),
    ],
)
def test_a_seal_is_refused_by_its_field(field, value):
    """Never without a named contact with a number, never without who seals, nobody twice."""
    with pytest.raises(BadInput) as refused:
        Story().would(LEAD, a_seal(**{field: value}), **MANAGER)

    assert field == refused.value.field


def test_a_seal_shuts_the_case_to_all_but_those_named_from_when_it_is_placed():
    """Also to who works on it; not before."""
    story = sealed()
    at, before = story.at, story.at - timedelta(seconds=1)
    access = story.case.access

    assert [False, False, True] == [access.shut_to(one, at) for one in ("tom", "ruth", "school-worker")]
    assert (False, None) == (access.shut_to("school-worker", before), access.seal(before))


def test_a_lifted_seal_shuts_nothing_and_its_time_is_kept():
    """Looking back can say who could see then."""
    story = sealed()
    placed = story.at
    story.says(LEAD, LiftSeal(reason="Over."), **MANAGER)
    access = story.case.access

    assert (True, False) == (access.shut_to("ada", placed), access.shut_to("ada", story.at))
    assert [(placed, story.at)] == [(seal.placed.recorded, seal.ended) for seal in access.seals]


def test_lifting_says_why():
    """An event of the case."""
    story = sealed()

    assert [SealLifted(reason="Over.", **an_act(LEAD, story.now, **MANAGER).stamp)] == story.would(
        LEAD, LiftSeal(reason="Over."), **MANAGER
    )


def test_only_a_sealed_case_is_unsealed():
    """There must be something to lift."""
    with pytest.raises(AlreadyDone):
        Story().would(LEAD, LiftSeal(reason="Over."), **MANAGER)


def test_a_new_seal_takes_the_place_of_the_old():
    """So that people and contact can be changed while the case stays shut."""
    story = sealed().says(LEAD, a_seal(people=("tom", "ada")), **MANAGER)
    access = story.case.access

    assert (True, False) == (access.shut_to("ruth", story.at), access.shut_to("ada", story.at))
    assert [story.at, None] == [seal.ended for seal in access.seals]


@pytest.mark.parametrize(
    ("command", "kind"),
    [(OpenOnDuty(id="A1", reason=" Why. "), DutyOpened), (OpenInEmergency(id="A1", reason=" Why. "), EmergencyOpened)],
)
def test_coming_in_says_why_and_until_when(command, kind):
    """A way in is an event of the case."""
    act = an_act(POLICE, START, person="sam")

    assert [kind(access="A1", reason="Why.", until=START + HOUR, **act.stamp)] == decide_open(
        command, act, START + HOUR
    )


def test_a_way_in_is_open_from_then_until_its_end_to_that_person_for_that_agency():
    """Nobody else, not elsewhere, not a moment longer."""
    story = opened()
    access, at = story.case.access, story.now
    asked = [
        ("sam", POLICE, at, False),
        ("sam", POLICE, at + HOUR - timedelta(seconds=1), False),
        ("sam", POLICE, at + HOUR, False),
        ("sam", POLICE, at - timedelta(seconds=1), False),
        ("dan", POLICE, at, False),
        ("sam", LEAD, at, False),
        ("sam", POLICE, at, True),
    ]
    found = [access.open_to(who, agency, when, on_duty=duty) is not None for who, agency, when, duty in asked]

    assert [True, True, False, False, False, False, False] == found


def test_seals_and_ways_in_make_nobody_a_member():
    """Coming for an hour is not working on the case."""
    story = opened().says(LEAD, a_seal(), ReviewAccess(access="A1", outcome=AccessOutcome.APPROPRIATE, note="Well."),
                          LiftSeal(reason="Over."), **MANAGER)  # fmt: skip

    assert ((), ()) == (story.case.team.of_agency(POLICE), story.case.team.of_agency(LEAD))


def test_another_person_looks_at_it_afterwards():
    """Appropriate or to be followed up, with a note."""
    story = opened()
    command = ReviewAccess(access="A1", outcome=AccessOutcome.TO_BE_FOLLOWED_UP, note="Ask why.")
    (event,) = story.would(LEAD, command, **MANAGER)
    story.says(LEAD, command, **MANAGER)

    assert AccessReviewed(access="A1", outcome=AccessOutcome.TO_BE_FOLLOWED_UP, note="Ask why.",
                          **an_act(LEAD, event.recorded, **MANAGER).stamp) == event  # fmt: skip
    assert [event] == [way.reviewed for way in story.case.access.ways_in]


def test_one_review_touches_no_other_way_in():
    """Each is looked at by itself."""
    story = opened(person="dan", command=OpenInEmergency(id="A2", reason="r"))
    first = opened().case.access.ways_in
    access = Access(ways_in=(*first, *story.case.access.ways_in))
    review = ReviewAccess(access="A2", outcome=AccessOutcome.APPROPRIATE, note="Well.")
    story.says(LEAD, review, **MANAGER)
    (event,) = [way.reviewed for way in story.case.access.ways_in]

    assert [None, event] == [way.reviewed for way in evolve(access, event).ways_in]


@pytest.mark.parametrize(
    ("who", "access", "refusal"),
    [({"person": "sam", "role": Role.TEAM_MANAGER}, "A1", SamePerson), (ANOTHER, "A9", NotFound)],
)
def test_who_may_not_look_at_it_afterwards(who, access, refusal):
    """Nobody at their own; nothing that is not there."""
    with pytest.raises(refusal):
        opened().would(LEAD, ReviewAccess(access=access, outcome=AccessOutcome.APPROPRIATE, note="n"), **who)


def test_it_is_looked_at_once():
    """The first answer stands."""
    command = ReviewAccess(access="A1", outcome=AccessOutcome.APPROPRIATE, note="n")

    with pytest.raises(AlreadyDone):
        opened().says(LEAD, command, **MANAGER).would(LEAD, command, **ANOTHER)


def test_other_events_change_nothing_of_it():
    """Parts do not look at each other."""
    story = Story().says(POLICE, DeclareInterest(about="A neighbour."))

    assert Access() == evolve(Access(), story.events[-1])
