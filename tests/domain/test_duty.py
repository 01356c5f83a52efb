"""The duty rota: shifts of at most a day, assigned and ended by the agency's own managers."""

from datetime import timedelta

import pytest

from domain.directory import Directory, EndRole, RegisterAgency, RegisterPerson, decide, evolve
from domain.duty import AssignDuty, DutyAssigned, DutyEnded, EndDuty
from domain.errors import AlreadyDone, AlreadyUsed, BadInput, NotFound
from domain.vocabulary import AgencyKind, Role
from tests.domain.builders import START, an_act

HOUR = timedelta(hours=1)
MANAGER = {"person": "tom", "role": Role.TEAM_MANAGER}


def told(*said, at=START) -> Directory:
    """A lead with two workers and an auditor, police with one, by the machine; the rota by the lead's manager."""
    directory = Directory()
    commands = [
        RegisterAgency(id="csc", name="C", kind=AgencyKind.CHILDRENS_SOCIAL_CARE, lead=True),
        RegisterAgency(id="police", name="P", kind=AgencyKind.POLICE),
        RegisterPerson(id="priya", name="Priya", agency="csc", roles=(Role.PRACTITIONER,)),
        RegisterPerson(id="ada", name="Ada", agency="csc", roles=(Role.PRACTITIONER,)),
        RegisterPerson(id="kim", name="Kim", agency="csc", roles=(Role.AUDITOR,)),
        RegisterPerson(id="sam", name="Sam", agency="police", roles=(Role.PRACTITIONER,)),
        *said,
    ]
    for command in commands:
        by = MANAGER if isinstance(command, AssignDuty | EndDuty) else {"person": "hub"}
        for event in decide(directory, command, an_act("csc", at, **by)):
            directory = evolve(directory, event)
    return directory


def a_shift(person: str = "priya", id: str = "D1", starts=START + HOUR, until=START + 9 * HOUR) -> AssignDuty:
    return AssignDuty(id=id, person=person, starts=starts, until=until)


def would(directory: Directory, command, at=START, agency: str = "csc"):
    return decide(directory, command, an_act(agency, at, **MANAGER))


def test_a_person_is_put_on_duty():
    """The event says who, from when, until when."""
    assert [
        DutyAssigned(duty="D1", person="priya", starts=START + HOUR, until=START + 9 * HOUR,
                     **an_act("csc", START, **MANAGER).stamp)
    ] == would(told(), a_shift())  # fmt: skip


def test_a_person_is_on_duty_for_the_shift():
    """From its first moment to before its last; nobody else."""
    directory = told(a_shift())
    moments = (START, START + HOUR, START + 9 * HOUR - timedelta(seconds=1), START + 9 * HOUR)

    assert [False, True, True, False] == [directory.people["priya"].on_duty(at) is not None for at in moments]
    assert directory.people["ada"].on_duty(START + HOUR) is None


def test_a_shift_that_began_before_counts_from_when_it_is_assigned():
    """What was looked at before is not made right afterwards."""
    directory = told(a_shift(starts=START - HOUR))

    assert [False, True] == [directory.people["priya"].on_duty(at) is not None for at in (START - HOUR, START)]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"until": START + HOUR}, "until"),
        ({"starts": START - 2 * HOUR, "until": START}, "until"),
        ({"until": START + 25 * HOUR + timedelta(seconds=1)}, "until"),
        ({"person": "sam"}, "person"),
        ({"person": "kim"}, "person"),
        ({"person": "nobody"}, "person"),
    ],
)
def test_a_shift_is_refused_by_its_field(change, field):
    """Ends before it begins, is over, longer than a day; of another agency, of somebody who works on no case."""
    with pytest.raises(BadInput) as refused:
        would(told(), a_shift(**change))

    assert field == refused.value.field


def test_a_shift_may_last_a_whole_day():
    """At most 24 hours each."""
    assert 1 == len(would(told(), a_shift(until=START + 25 * HOUR)))


def test_nobody_is_on_duty_twice_at_a_time():
    """Shifts of one person do not overlap; another's may, and one may follow the other."""
    directory = told(a_shift())
    after = a_shift(id="D2", starts=START + 9 * HOUR, until=START + 12 * HOUR)

    with pytest.raises(BadInput):
        would(directory, a_shift(id="D2", starts=START + 8 * HOUR, until=START + 12 * HOUR))
    assert [1, 1] == [len(would(directory, one)) for one in (after, a_shift("ada", "D2"))]


def test_a_reference_is_used_once():
    """Also by another person's shift."""
    with pytest.raises(AlreadyUsed):
        would(told(a_shift()), a_shift("ada"))


def test_a_shift_is_ended_early():
    """Whoever is on duty no longer is."""
    at = START + 3 * HOUR
    directory = told(a_shift(), a_shift(id="D2", starts=START + 10 * HOUR, until=START + 11 * HOUR))
    (event,) = would(directory, EndDuty(duty="D1"), at)
    after = evolve(directory, event).people["priya"]

    assert DutyEnded(duty="D1", person="priya", **an_act("csc", at, **MANAGER).stamp) == event
    assert [True, False, True] == [after.on_duty(one) is not None
                                   for one in (at - HOUR, at, START + 10 * HOUR)]  # fmt: skip


def test_a_shift_that_is_over_is_not_ended_again():
    """Nor one ended already."""
    with pytest.raises(AlreadyDone):
        would(told(a_shift()), EndDuty(duty="D1"), START + 9 * HOUR)


@pytest.mark.parametrize(("duty", "agency"), [("D9", "csc"), ("D1", "police")])
def test_a_shift_of_nobody_or_of_another_agency_is_not_there(duty, agency):
    """Managers keep their own agency's rota."""
    with pytest.raises(NotFound):
        would(told(a_shift()), EndDuty(duty=duty), agency=agency)


def test_roles_and_shifts_stand_beside_each_other():
    """Ending a role leaves the shift as it is; what it opens needs the role as well."""
    directory = told(a_shift(), EndRole(person="priya", role=Role.PRACTITIONER))

    assert directory.people["priya"].on_duty(START + HOUR) is not None
