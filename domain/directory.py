"""The partnership's agencies and people, which role each held when, and whose account is to be confirmed first."""

from datetime import datetime

import msgspec

from domain import duty, membership
from domain.duty import DUTY_EVENTS, AssignDuty, DutyAssigned, DutyEnded, EndDuty, Shift, Shifts
from domain.errors import AlreadyUsed, BadInput, NotFound, UnknownAgency
from domain.membership import (
    ACCOUNT_MARKS,
    THE_MACHINE,
    AccountMark,
    GiveRole,
    MembershipEnded,
    OfAnAccount,
    RoleGiven,
    RoleSpans,
    Standing,
    within,
)
from domain.record import Act, Command, Event, Line, Reference
from domain.vocabulary import CASE_ROLES, SIGNING_ROLES, AgencyKind, Role


class RegisterAgency(Command, frozen=True, kw_only=True):
    """Add an agency to the partnership; exactly one leads."""

    id: Reference
    name: Line
    kind: AgencyKind
    lead: bool = False


class RegisterPerson(Command, frozen=True, kw_only=True):
    """Add a person of an agency with the roles held from now on."""

    id: Reference
    name: Line
    agency: str
    roles: tuple[Role, ...]
    job: str = ""


class EndRole(Command, frozen=True, kw_only=True):
    """A person ceases to hold a role."""

    person: str
    role: Role


class AgencyRegistered(Event, frozen=True, kw_only=True, tag="directory.agency_registered"):
    agency: str
    name: str
    kind: AgencyKind
    lead: bool = False


class PersonRegistered(Event, frozen=True, kw_only=True, tag="directory.person_registered"):
    person: str
    name: str
    agency: str
    job: str = ""


class RoleEnded(Event, frozen=True, kw_only=True, tag="directory.role_ended"):
    person: str
    role: Role


class Agency(msgspec.Struct, frozen=True):
    id: str
    name: str
    kind: AgencyKind
    lead: bool


class Person(msgspec.Struct, frozen=True):
    """A person with the spans (from, until) in which each role was held."""

    id: str
    name: str
    agency: str
    job: str
    spans: RoleSpans = ()
    shifts: Shifts = ()
    standing: Standing = Standing()

    def on_duty(self, at: datetime) -> Shift | None:
        """The shift that covers a moment, by the duty rota."""
        return next((shift for shift in self.shifts if shift.covers(at)), None)

    def held(self, at: datetime) -> frozenset[Role]:
        """The roles given to the person."""
        return frozenset(role for role, start, end in self.spans if within(start, at, end))

    def roles(self, at: datetime) -> frozenset[Role]:
        """The roles the person can use: none that comes near a case while the account is unconfirmed."""
        return self.held(at) if self.confirmed(at) else self.held(at) & {Role.ADMINISTRATOR}

    def confirmed(self, at: datetime) -> bool:
        """Whether the account is known to be in the right hands: until then it comes to no case."""
        return self.standing.confirmed(at)

    def may_enter(self, at: datetime) -> bool:
        """Whether the person may be signed in at all."""
        return not self.standing.disabled and bool(self.held(at))


class Directory(msgspec.Struct, frozen=True):
    """Agencies and people by id; `version` counts the stream's events."""

    version: int = 0
    agencies: dict[str, Agency] = {}
    people: dict[str, Person] = {}

    @property
    def lead(self) -> str:
        """The agency that holds the cases."""
        return next((agency.id for agency in self.agencies.values() if agency.lead), "")

    def require_agency(self, agency: str, field: str) -> Agency:
        """Raises: UnknownAgency: naming the field."""
        if agency not in self.agencies:
            raise UnknownAgency(field, "No agency of the partnership has this name. Choose one from the list.")
        return self.agencies[agency]

    def require_person(self, person: str, agency: str, field: str) -> Person:
        """Raises: BadInput: when the person is not of that agency."""
        found = self.people.get(person)
        if found is None or found.agency != agency or found.standing.left is not None:
            raise BadInput(field, "This person does not work for that agency. Choose one from the list.")
        return found

    def confirmers(self, person: str, at: datetime) -> frozenset[str]:
        """Who may confirm an account: a manager of the person's agency; else the partnership's; else the lead's.

        Never the person, nor who started it, nor an administrator, nor somebody who waits to be confirmed.
        """
        found = self.people[person]
        others = [
            other
            for other in self.people.values()
            if other.id not in (person, found.standing.started_by)
            and other.may_enter(at)
            and Role.ADMINISTRATOR not in other.roles(at)
        ]
        signing = [other for other in others if other.roles(at) & {*SIGNING_ROLES}]
        groups = (
            [other.id for other in signing if other.agency == found.agency],
            [other.id for other in others if Role.PARTNERSHIP_MANAGER in other.roles(at)],
            [other.id for other in signing if other.agency == self.lead],
        )
        return frozenset(next((group for group in groups if group), ()))


def decide(directory: Directory, command: Command, act: Act) -> list[Event]:
    match command:
        case RegisterAgency():
            if command.id in directory.agencies:
                raise AlreadyUsed
            if command.lead and directory.lead:
                raise BadInput("lead", "Another agency leads already; one agency holds the cases.")
            return [
                AgencyRegistered(
                    agency=command.id, name=command.name, kind=command.kind, lead=command.lead, **act.stamp
                )
            ]
        case RegisterPerson():
            if command.id in directory.people:
                raise AlreadyUsed
            directory.require_agency(command.agency, "agency")
            person = PersonRegistered(
                person=command.id, name=command.name, agency=command.agency, job=command.job, **act.stamp
            )
            return [person, *(RoleGiven(person=command.id, role=role, **act.stamp) for role in command.roles)]
        case GiveRole() | EndRole() | OfAnAccount():
            return [_of_a_member(directory, command, act)]
        case AssignDuty():
            return _decide_assign_duty(directory, command, act)
        case EndDuty():
            return _decide_end_duty(directory, command, act)
        case _:
            raise BadInput("act", "The directory knows no such act.")


def _of_a_member(directory: Directory, command: GiveRole | EndRole | OfAnAccount, act: Act) -> Event:
    found = directory.people.get(command.person)
    if found is None:
        raise BadInput("person", "Nobody of this name works for an agency of the partnership. Choose from the list.")
    match command:
        case GiveRole():
            return membership.decide_give_role(found.spans, found.standing, command, act)
        case EndRole():
            if not any(role is command.role and (end is None or act.at < end) for role, _, end in found.spans):
                raise BadInput("role", "This person does not hold this role.")
            return RoleEnded(person=command.person, role=command.role, **act.stamp)
        case OfAnAccount():
            theirs = act.by.person in (THE_MACHINE, *directory.confirmers(found.id, act.at))
            return membership.decide_account(found.standing, command, act, theirs=theirs)


def _decide_assign_duty(directory: Directory, command: AssignDuty, act: Act) -> list[Event]:
    """A manager puts the agency's own people on duty."""
    found = directory.require_person(command.person, act.by.agency, "person")
    if not found.roles(act.at) & CASE_ROLES:
        raise BadInput("person", "This person does not work on cases. Choose somebody who does.")
    taken = any(shift.duty == command.id for person in directory.people.values() for shift in person.shifts)
    return duty.decide_assign_duty(found.shifts, taken, command, act)


def _decide_end_duty(directory: Directory, command: EndDuty, act: Act) -> list[Event]:
    for person in directory.people.values():
        if person.agency == act.by.agency and any(shift.duty == command.duty for shift in person.shifts):
            return duty.decide_end_duty(person.shifts, person.id, command, act)
    raise NotFound


def evolve(directory: Directory, event: Event) -> Directory:
    agencies, people = directory.agencies, directory.people
    match event:
        case AgencyRegistered():
            new = Agency(event.agency, event.name, event.kind, event.lead)
            agencies = {**agencies, event.agency: new}
        case PersonRegistered():
            people = {**people, event.person: Person(event.person, event.name, event.agency, event.job)}
        case RoleGiven():
            person = people[event.person]
            spans = (*person.spans, (event.role, event.starts or event.recorded, event.ends))
            people = {**people, event.person: msgspec.structs.replace(person, spans=spans)}
        case RoleEnded():
            person = people[event.person]
            spans = membership.ended(person.spans, event.recorded, event.role)
            people = {**people, event.person: msgspec.structs.replace(person, spans=spans)}
        case AccountMark():
            person = people[event.person]
            left = isinstance(event, MembershipEnded)
            spans = membership.ended(person.spans, event.recorded) if left else person.spans
            standing = membership.evolve(person.standing, event)
            people = {**people, event.person: msgspec.structs.replace(person, spans=spans, standing=standing)}
        case DutyAssigned() | DutyEnded():
            person = people[event.person]
            shifts = duty.evolve(person.shifts, event)
            people = {**people, event.person: msgspec.structs.replace(person, shifts=shifts)}
    return Directory(directory.version + 1, agencies, people)


DIRECTORY_EVENTS: tuple[type[Event], ...] = (
    AgencyRegistered,
    PersonRegistered,
    RoleGiven,
    RoleEnded,
    *DUTY_EVENTS,
    *ACCOUNT_MARKS,
)
