"""A sealed case never stands with nobody: whom a seal may name, and who is left when somebody goes."""

import msgspec
import pytest

from domain.access import OpenOnDuty, SealCase, decide_open
from domain.case import evolve
from domain.directory import Directory, Person
from domain.duty import Shift
from domain.errors import BadInput
from domain.membership import Standing
from domain.team import DeclareInterest, JoinTeam
from domain.vocabulary import Role
from policies.sealing import judge_seal, may_be_named, may_seal, named_of, nobody_left, people_left, seal_is_kept
from tests.domain.builders import AGENCIES, HEALTH, LEAD, POLICE, START, Story, a_time, an_act

PEOPLE = {
    "tom": (LEAD, Role.TEAM_MANAGER),
    "ruth": (LEAD, Role.CSE_PREVENTION_MANAGER),
    "priya": (LEAD, Role.PRACTITIONER),
    "ada": (LEAD, Role.PRACTITIONER),
    "sam": (POLICE, Role.PRACTITIONER),
    "dan": (POLICE, Role.PRACTITIONER),
}
MANAGER = {"person": "tom", "role": Role.TEAM_MANAGER}
GONE = a_time(13)


def directory(*gone: str) -> Directory:
    """Everybody; those `gone` hold their role until the thirteenth."""
    people = {
        who: Person(who, who.title(), agency, "", ((role, START, GONE if who in gone else None),),
                    (Shift("D1", START, GONE),))
        for who, (agency, role) in PEOPLE.items()
    }  # fmt: skip
    return Directory(1, AGENCIES, people)


def told() -> Story:
    """Priya and Sam work on the case."""
    return Story().says(LEAD, JoinTeam(person="priya"), **MANAGER).says(POLICE, JoinTeam(person="sam"), person="mo")


def a_seal(*people: str) -> SealCase:
    return SealCase(contact="Duty team", telephone="020 7946 0100", people=people, reason="r")


@pytest.mark.parametrize("people", [("tom", "ruth"), ("tom", "priya"), ("tom", "priya", "sam")])
def test_a_seal_names_two_of_the_lead_and_whoever_else_comes(people):
    """One of the two a manager; others may be of any agency."""
    story = told()
    judge_seal(story.case, a_seal(*people), directory(), story.now, "tom")
    story.says(LEAD, a_seal(*people), **MANAGER)

    assert people == people_left(story.case, directory(), story.now)
    assert seal_is_kept(story.case, directory(), story.now)


@pytest.mark.parametrize(
    ("people", "words"),
    [
        (("tom",), "at least two people of the lead"),
        (("tom", "sam"), "at least two people of the lead"),
        (("priya", "sam"), "at least two people of the lead"),
        (("tom", "ada"), "Ada does not come to this case"),
        (("tom", "priya", "dan"), "Dan does not come to this case"),
        (("tom", "nobody"), "no such person"),
    ],
)
def test_a_seal_is_refused_that_would_leave_too_few_or_give_anything(people, words):
    """It takes away and never gives."""
    story = told()

    with pytest.raises(BadInput, match=words):
        judge_seal(story.case, a_seal(*people), directory(), story.now, "tom")


def test_who_is_in_for_a_shift_only_is_not_named():
    """When the shift is over nobody would be left."""
    story = told()
    act = an_act(LEAD, story.now, person="ada")
    for event in decide_open(OpenOnDuty(id="A1", reason="r"), act, GONE):
        story.case = evolve(story.case, event)

    with pytest.raises(BadInput, match="Ada does not come"):
        judge_seal(story.case, a_seal("tom", "ada"), directory(), story.now, "tom")


# Named are Tom and Ruth, who manage, and Priya. Gone: those who hold no role any more. Kept: two of the lead are left,
# one a manager. Nobody: no manager is left who could lift it.
@pytest.mark.parametrize(
    ("gone", "left", "kept", "nobody"),
    [
        ((), ("tom", "ruth", "priya"), True, False),
        (("priya",), ("tom", "ruth"), True, False),
        (("tom",), ("ruth", "priya"), True, False),
        (("tom", "ruth"), ("priya",), False, True),
        (("tom", "priya"), ("ruth",), False, False),
        (("tom", "ruth", "priya"), (), False, True),
    ],
)
def test_who_is_left_when_named_people_lose_their_role(gone, left, kept, nobody):
    """A task for those who remain; where no manager remains, the lead's other managers seal it anew."""
    story = told().says(LEAD, a_seal("tom", "ruth", "priya"), **MANAGER)
    people = directory(*gone)

    assert left == people_left(story.case, people, GONE)
    assert (kept, nobody) == (seal_is_kept(story.case, people, GONE), nobody_left(story.case, people, GONE))


def test_an_account_that_waits_to_be_confirmed_takes_nobody_out_of_a_seal():
    """It was reset: its person is still there, and whom the seal is against does not get in by that."""
    story = told().says(LEAD, a_seal("tom", "priya"), **MANAGER)
    people = directory()
    reset = msgspec.structs.replace(people.people["tom"], standing=Standing(unconfirmed=((START, None),)))
    people.people["tom"] = reset

    assert ("tom", "priya") == people_left(story.case, people, GONE)
    assert (True, False) == (seal_is_kept(story.case, people, GONE), nobody_left(story.case, people, GONE))
    assert not may_seal(story.case, people.people["ruth"], AGENCIES[LEAD], people, GONE)
    judge_seal(story.case, a_seal("tom", "priya", "sam"), people, GONE, "priya")


def test_who_seals_anew_unseen_keeps_everybody_who_is_still_there():
    """Priya was named and stays so; one of the named may leave her out."""
    story = told().says(LEAD, a_seal("tom", "priya"), **MANAGER)
    story.says(LEAD, JoinTeam(person="ada"), person="priya")
    people = directory("tom")

    with pytest.raises(BadInput, match="Name each of them again"):
        judge_seal(story.case, a_seal("ruth", "ada"), people, GONE, "ruth")
    judge_seal(story.case, a_seal("ruth", "priya"), people, GONE, "ruth")
    judge_seal(story.case, a_seal("ruth", "ada"), people, GONE, "priya")


def test_who_declares_an_interest_is_left_out():
    """A deny beats the seal's naming."""
    story = told().says(LEAD, a_seal("tom", "priya"), **MANAGER).says(LEAD, DeclareInterest(about="x"), person="tom")

    assert ("priya",) == people_left(story.case, directory(), story.now)
    assert nobody_left(story.case, directory(), story.now)


def test_everybody_who_comes_by_a_way_that_lasts_may_be_named():
    """The lead's managers and the case team; whoever declared an interest is left out."""
    story = told().says(LEAD, DeclareInterest(about="x"), person="ruth")

    assert ("tom", "priya", "sam") == may_be_named(story.case, directory(), story.now)


# Sealed by Tom for himself and Priya. Ruth may seal anew once Tom manages nobody any more; who sees no case never.
@pytest.mark.parametrize(
    ("who", "gone", "may"),
    [
        ("tom", (), True),
        ("priya", (), True),
        ("ruth", (), False),
        ("ruth", ("tom",), True),
        ("ada", ("tom",), False),
        ("sam", ("tom",), False),
        ("administrator", ("tom",), False),
        ("interested", ("tom",), False),
    ],
)
def test_who_may_seal_a_sealed_case(who, gone, may):
    """Who works on it; and where nobody is left who could lift it, another manager of the lead, unseen."""
    story = told().says(LEAD, a_seal("tom", "priya"), **MANAGER)
    story.says(LEAD, DeclareInterest(about="x"), person="interested")
    people = directory(*gone)
    roles = {"administrator": (Role.TEAM_MANAGER, Role.ADMINISTRATOR), "interested": (Role.TEAM_MANAGER,)}
    person = people.people.get(who) or Person(who, who, LEAD, "", tuple((one, START, None) for one in roles[who]))

    assert may is may_seal(story.case, person, AGENCIES[person.agency], people, GONE)


def test_without_a_seal_nothing_is_amiss():
    """There is nobody to be left."""
    story = told()

    assert (True, False, ()) == (
        seal_is_kept(story.case, directory(), story.now),
        nobody_left(story.case, directory(), story.now),
        people_left(story.case, directory(), story.now),
    )


def test_an_agency_could_see_while_one_of_its_people_was_named():
    """Looking back: who could see then."""
    story = told()
    before = story.at
    story.says(LEAD, a_seal("tom", "priya", "sam"), **MANAGER)
    agencies = (LEAD, POLICE, HEALTH)

    assert [True, True, True] == [named_of(story.case, one, directory(), before) for one in agencies]
    assert [True, True, False] == [named_of(story.case, one, directory(), story.at) for one in agencies]
