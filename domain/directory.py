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
    EndRole,
    GiveRole,
    OfAnAccount,
    RoleEnded,
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
        """The roles given to the person, confirmed or not."""
        spans = (*self.spans, *(one.span for one in self.standing.asked(at)))
        return frozenset(role for role, start, end in spans if within(start, at, end))

    def roles(self, at: datetime) -> frozenset[Role]:
        """The roles the person can use: none that waits to be confirmed, and beside administrator no other."""
        if not self.confirmed(at):
            return frozenset()
        confirmed = frozenset(role for role, start, end in self.spans if within(start, at, end))
        return frozenset({Role.ADMINISTRATOR}) if Role.ADMINISTRATOR in confirmed else confirmed

    def confirmed(self, at: datetime) -> bool:
        """Whether the account is known to be in the right hands: until then it has no role."""
        return self.standing.confirmed(at)

    @property
    def once_confirmed(self) -> "Person":
        """The same person when the account is in the right hands again; roles that wait are not among theirs yet."""
        return msgspec.structs.replace(self, standing=Standing())

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
        """Who may confirm: managers of the agency; where there are none, the partnership's; else the lead's.

        Never the person, nor who began what waits, nor an administrator, nor somebody who waits or is shut out: their
        place is not taken by another group, or whoever shuts people out would choose who confirms.
        """
        found = self.people[person]
        others = [(other, other.once_confirmed.roles(at)) for other in self.people.values() if other.id != person]
        signing = [other for other, roles in others if roles & {*SIGNING_ROLES}]
        groups = (
            [other for other in signing if other.agency == found.agency],
            [other for other, roles in others if Role.PARTNERSHIP_MANAGER in roles],
            [other for other in signing if other.agency == self.lead],
        )
        asked = next((group for group in groups if group), [])
        began = {one.by.person for one in found.standing.waiting}
        return frozenset(one.id for one in asked if one.id not in began and one.may_enter(at) and one.confirmed(at))


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
            if command.id in (THE_MACHINE, *directory.people):
                raise AlreadyUsed
            directory.require_agency(command.agency, "agency")
            person = PersonRegistered(
                person=command.id, name=command.name, agency=command.agency, job=command.job, **act.stamp
            )
            roles = (GiveRole(person=command.id, role=role) for role in command.roles)
            return [person, *(membership.role_given(role, act) for role in roles)]
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
            return membership.decide_end_role(found.spans, found.standing, command, act)
        case _:
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
        case RoleGiven() | RoleEnded() | AccountMark():
            person = people[event.person]
            spans = membership.spans_after(person.spans, person.standing, event)
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
