"""The partnership's agencies and people, and which role each held when: who could see what depends on it."""

from datetime import datetime

import msgspec

from domain.errors import AlreadyUsed, BadInput, UnknownAgency
from domain.record import Act, Command, Event, Line, Reference
from domain.vocabulary import AgencyKind, Role


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


class RoleGiven(Event, frozen=True, kw_only=True, tag="directory.role_given"):
    person: str
    role: Role


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
    spans: tuple[tuple[Role, datetime, datetime | None], ...] = ()

    def roles(self, at: datetime) -> frozenset[Role]:
        return frozenset(role for role, start, end in self.spans if start <= at and (end is None or at < end))


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
        if found is None or found.agency != agency:
            raise BadInput(field, "This person does not work for that agency. Choose one from the list.")
        return found


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
        case EndRole():
            found = directory.people.get(command.person)
            if found is None or command.role not in found.roles(act.at):
                raise BadInput("role", "This person does not hold this role.")
            return [RoleEnded(person=command.person, role=command.role, **act.stamp)]
        case _:
            raise BadInput("act", "The directory knows no such act.")


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
            spans = (*person.spans, (event.role, event.recorded, None))
            people = {**people, event.person: msgspec.structs.replace(person, spans=spans)}
        case RoleEnded():
            person = people[event.person]
            ended = tuple(
                (role, start, event.recorded if role is event.role and end is None else end)
                for role, start, end in person.spans
            )
            people = {**people, event.person: msgspec.structs.replace(person, spans=ended)}
    return Directory(directory.version + 1, agencies, people)


DIRECTORY_EVENTS: tuple[type[Event], ...] = (AgencyRegistered, PersonRegistered, RoleGiven, RoleEnded)
