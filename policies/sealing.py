"""Who a seal may name, so that a sealed case never stands with nobody; and who of those named is still there.

An account that was reset and waits to be confirmed is still its person's: nobody is gone by that.
"""

from datetime import datetime

from domain.access import SealCase
from domain.case import Case
from domain.directory import Agency, Directory, Person
from domain.errors import BadInput
from policies.viewing import MANAGERS, STANDING, WORKING, judge_access, judge_way

FEWEST_OF_THE_LEAD = 2


def judge_seal(case: Case, command: SealCase, directory: Directory, at: datetime, by: str) -> None:
    """A seal takes away and never gives: whom it names must come to the case without it.

    Who seals anew without being named keeps everybody who was named and is still there.

    Raises:
        BadInput: naming the field, with what is missing.
    """
    for person in command.people:
        if person not in directory.people:
            raise BadInput("people", "The hub knows no such person. Choose from the list.")
        if not _comes(case, person, directory, at):
            name = directory.people[person].name
            raise BadInput("people", f"{name} does not come to this case. Add them to the case team first.")
    if case.access.shut_to(by, at) and not {*people_left(case, directory, at)} <= {*command.people}:
        raise BadInput("people", "The seal names people who are still there. Name each of them again.")
    if not _enough(case, command.people, directory, at):
        raise BadInput(
            "people", "Name at least two people of the lead agency, one of them a manager: the case must not be left "
            "with nobody."
        )  # fmt: skip


def may_be_named(case: Case, directory: Directory, at: datetime) -> tuple[str, ...]:
    """Everybody who comes to the case by a way that lasts."""
    return tuple(one for one in directory.people if _comes(case, one, directory, at))


def people_left(case: Case, directory: Directory, at: datetime) -> tuple[str, ...]:
    """Of those whom the seal names, who still comes to the case; nobody where there is no seal."""
    seal = case.access.seal(at)
    return tuple(one for one in seal.people if _comes(case, one, directory, at)) if seal else ()


def seal_is_kept(case: Case, directory: Directory, at: datetime) -> bool:
    """Whether enough of those named are still there: two of the lead, one of them a manager."""
    return case.access.seal(at) is None or _enough(case, people_left(case, directory, at), directory, at)


def nobody_left(case: Case, directory: Directory, at: datetime) -> bool:
    """Whether no manager of the lead whom the seal names is there any more, so that nobody could lift it."""
    if case.access.seal(at) is None:
        return False
    return not any(_manages(one, case, directory, at) for one in people_left(case, directory, at))


def may_seal(case: Case, person: Person, agency: Agency, directory: Directory, at: datetime) -> bool:
    """Who works on the case; and where a seal left nobody who could lift it, the lead's other managers, unseen."""
    access = judge_access(case, person, agency, at)
    if access is not None:
        return access.way in WORKING
    manages = agency.lead and bool(person.roles(at) & MANAGERS)
    return manages and not case.team.declared(person.id, at) and nobody_left(case, directory, at)


def named_of(case: Case, agency: str, directory: Directory, at: datetime) -> bool:
    """Whether an agency could see the case at a moment: nobody sealed it, or one of its people was named."""
    seal = case.access.seal(at)
    return seal is None or any(directory.people[one].agency == agency for one in seal.people)


def _comes(case: Case, person: str, directory: Directory, at: datetime) -> bool:
    found = directory.people[person].once_confirmed
    way = judge_way(case, found, directory.agencies[found.agency], at)
    return way is not None and way.way in STANDING and not case.team.declared(person, at)


def _enough(case: Case, people: tuple[str, ...], directory: Directory, at: datetime) -> bool:
    of_the_lead = [one for one in people if directory.people[one].agency == case.lead]
    managers = [one for one in of_the_lead if _manages(one, case, directory, at)]
    return len(of_the_lead) >= FEWEST_OF_THE_LEAD and bool(managers)


def _manages(person: str, case: Case, directory: Directory, at: datetime) -> bool:
    found = directory.people[person].once_confirmed
    return found.agency == case.lead and bool(found.roles(at) & MANAGERS)
