"""Agencies and people, and which role each held when."""

from datetime import datetime, timedelta

import pytest

from domain.agency import LookRefused
from domain.directory import (
    Agency,
    AgencyRegistered,
    Directory,
    EndRole,
    PersonRegistered,
    RegisterAgency,
    RegisterPerson,
    RoleEnded,
    RoleGiven,
    decide,
    evolve,
)
from domain.errors import AlreadyUsed, BadInput, UnknownAgency
from domain.record import Act, Command
from domain.vocabulary import AgencyKind, Role
from tests.domain.builders import LEAD, POLICE, START, an_act

LEADING = RegisterAgency(id=LEAD, name="Children's Social Care", kind=AgencyKind.CHILDRENS_SOCIAL_CARE, lead=True)
POLICING = RegisterAgency(id=POLICE, name="Police", kind=AgencyKind.POLICE)
TOM = RegisterPerson(
    id="tom", name="Tom Adeyemi", agency=LEAD, roles=(Role.PRACTITIONER, Role.TEAM_MANAGER), job="Team Manager"
)
LATER = START + timedelta(days=1)


def by_the_machine(at: datetime = START) -> Act:
    return an_act("hub", at, person="hub")


def told(*commands: Command) -> Directory:
    directory = Directory()
    for command in commands:
        for event in decide(directory, command, by_the_machine()):
            directory = evolve(directory, event)
    return directory


def test_an_agency_is_registered():
    """With its kind, of which the policy tables speak."""
    stamp = by_the_machine().stamp
    event = AgencyRegistered(
        agency=LEAD, name="Children's Social Care", kind=AgencyKind.CHILDRENS_SOCIAL_CARE, lead=True, **stamp
    )

    assert [event] == decide(Directory(), LEADING, by_the_machine())


def test_a_person_is_registered_with_the_roles_held_from_now_on():
    """One event for the person and one for each role."""
    stamp = by_the_machine().stamp

    assert [
        PersonRegistered(person="tom", name="Tom Adeyemi", agency=LEAD, job="Team Manager", **stamp),
        RoleGiven(person="tom", role=Role.PRACTITIONER, **stamp),
        RoleGiven(person="tom", role=Role.TEAM_MANAGER, **stamp),
    ] == decide(told(LEADING), TOM, by_the_machine())


def test_a_role_ends():
    """It is never taken back for the time it was held."""
    event = RoleEnded(person="tom", role=Role.TEAM_MANAGER, **by_the_machine(LATER).stamp)

    assert [event] == decide(told(LEADING, TOM), EndRole(person="tom", role=Role.TEAM_MANAGER), by_the_machine(LATER))


@pytest.mark.parametrize(
    ("command", "refusal"),
    [
        (LEADING, AlreadyUsed),
        (TOM, AlreadyUsed),
        (RegisterPerson(id="hub", name="Hub", agency=LEAD, roles=()), AlreadyUsed),
        (RegisterAgency(id="other", name="Other", kind=AgencyKind.HEALTH, lead=True), BadInput),
        (RegisterPerson(id="ann", name="Ann", agency="nowhere", roles=()), UnknownAgency),
        (EndRole(person="nobody", role=Role.PRACTITIONER), BadInput),
        (EndRole(person="tom", role=Role.REVIEWER), BadInput),
        (Command(), BadInput),
    ],
)
def test_what_does_not_fit_the_directory_is_refused(command, refusal):
    """Names once, one lead, known agencies, roles that are held."""
    with pytest.raises(refusal):
        decide(told(LEADING, TOM), command, by_the_machine())


def test_a_role_is_held_from_when_it_was_given_until_it_ended():
    """`given <= t < ended`: who could see what on a day depends on who held which role that day."""
    directory = told(LEADING, TOM)
    directory = evolve(directory, RoleEnded(person="tom", role=Role.TEAM_MANAGER, **by_the_machine(LATER).stamp))
    tom, second = directory.people["tom"], timedelta(seconds=1)
    moments = (START - second, START, LATER - second, LATER)
    both, one = {Role.PRACTITIONER, Role.TEAM_MANAGER}, {Role.PRACTITIONER}

    assert [set(), both, both, one] == [tom.roles(at) for at in moments]


def test_a_role_may_be_given_again():
    """The earlier span stays as it was."""
    directory = told(LEADING, TOM)
    week = START + timedelta(days=7)
    directory = evolve(directory, RoleEnded(person="tom", role=Role.PRACTITIONER, **by_the_machine(LATER).stamp))
    directory = evolve(directory, RoleGiven(person="tom", role=Role.PRACTITIONER, **by_the_machine(week).stamp))
    held = [Role.PRACTITIONER in directory.people["tom"].roles(at) for at in (START, LATER, week)]

    assert [True, False, True] == held


def test_the_lead_is_the_agency_that_leads():
    """Without one there is none."""
    assert ["", "", LEAD] == [directory.lead for directory in (told(), told(POLICING), told(POLICING, LEADING))]


def test_an_agency_named_is_one_of_the_directory():
    """Unknown ones are refused by the field that named them."""
    directory = told(POLICING)

    assert Agency(POLICE, "Police", AgencyKind.POLICE, False) == directory.require_agency(POLICE, "to")
    with pytest.raises(UnknownAgency) as refused:
        directory.require_agency("nowhere", "to")
    assert "to" == refused.value.field


def test_a_person_named_works_for_the_agency_named():
    """A decision names people of the agency it is made to."""
    directory = told(LEADING, POLICING, TOM)

    assert "tom" == directory.require_person("tom", LEAD, "persons").id
    for person, agency in (("tom", POLICE), ("nobody", LEAD)):
        with pytest.raises(BadInput, match="does not work for"):
            directory.require_person(person, agency, "persons")


def test_an_event_of_another_stream_changes_nothing_but_the_count():
    """`evolve` cannot fail."""
    stray = LookRefused(what="case", case="", **by_the_machine().stamp)

    assert Directory(1) == evolve(Directory(), stray)
