"""The case team: who of each agency works on this case, and who declared a personal interest."""

from datetime import datetime

import msgspec

from domain.errors import AlreadyDone
from domain.record import Act, Command, Event, Line, Text, put
from domain.vocabulary import CASE_ROLES


class JoinTeam(Command, frozen=True, kw_only=True):
    """Add a person of one's own agency; a practitioner of the lead adds herself by opening the case with a reason."""

    person: Line
    reason: Text = "Added by a manager."


class DeclareInterest(Command, frozen=True, kw_only=True):
    """Say that one has a personal interest; from then on the case is closed to that person."""

    about: Text


class TeamJoined(Event, frozen=True, kw_only=True, tag="team.joined"):
    person: str
    reason: str


class InterestDeclared(Event, frozen=True, kw_only=True, tag="team.interest_declared"):
    about: str


class Team(msgspec.Struct, frozen=True):
    """Members by person with the agency they joined for; interests by person with the time declared."""

    members: dict[str, str] = {}
    interests: dict[str, datetime] = {}

    def has(self, person: str, agency: str) -> bool:
        return self.members.get(person) == agency

    def of_agency(self, agency: str) -> tuple[str, ...]:
        return tuple(person for person, joined_for in self.members.items() if joined_for == agency)

    def declared(self, person: str, at: datetime) -> bool:
        return person in self.interests and self.interests[person] <= at


def decide_join_team(team: Team, command: JoinTeam, act: Act) -> list[Event]:
    if team.has(command.person, act.by.agency):
        raise AlreadyDone("This person is in the case team already.")
    return [TeamJoined(person=command.person, reason=command.reason, **act.stamp)]


def decide_declare_interest(team: Team, command: DeclareInterest, act: Act) -> list[Event]:
    if team.declared(act.by.person, act.at):
        raise AlreadyDone("You have declared an interest in this case already.")
    return [InterestDeclared(about=command.about, **act.stamp)]


def evolve(team: Team, event: Event, named: tuple[tuple[str, str], ...] = ()) -> Team:
    """Who records, asks or is added joins, and so do the (person, agency) pairs `named` in the event (design §3.1)."""
    match event:
        case InterestDeclared():
            return Team(team.members, put(team.interests, event.by.person, event.recorded))
        case TeamJoined():
            named = (*named, (event.person, event.by.agency))
    by = event.by
    if by.role in CASE_ROLES:
        if not named and team.members.get(by.person) == by.agency:
            return team
        named = ((by.person, by.agency), *named)
    new = {person: agency for person, agency in named if team.members.get(person) != agency}
    for person, agency in new.items():
        team = Team(put(team.members, person, agency), team.interests)
    return team
