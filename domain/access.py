"""Beside the case team: a seal shuts the case to all but those named; a shift or an emergency opens it for a time."""

from datetime import datetime

import msgspec

from domain.errors import AlreadyDone, BadInput, NotFound, SamePerson
from domain.record import Act, Command, Event, Line, Reference, Text
from domain.vocabulary import AccessOutcome

DIGITS_OF_A_NUMBER = 3


class SealCase(Command, frozen=True, kw_only=True):
    """Shut the case to everybody not named; whoever meets the seal is shown the contact, day and night."""

    contact: Line
    telephone: Line
    people: tuple[Line, ...]
    reason: Text


class LiftSeal(Command, frozen=True, kw_only=True):
    """Open the case again to those who come to it otherwise."""

    reason: Text


class OpenOnDuty(Command, frozen=True, kw_only=True):
    """Come to a case for as long as one's shift lasts."""

    id: Reference
    reason: Text


class OpenInEmergency(Command, frozen=True, kw_only=True):
    """Come to a case for a short time, because it cannot wait."""

    id: Reference
    reason: Text


class ReviewAccess(Command, frozen=True, kw_only=True):
    """Say afterwards whether somebody came to the case on duty or in an emergency with good reason."""

    access: Line
    outcome: AccessOutcome
    note: Text


class SealPlaced(Event, frozen=True, kw_only=True, tag="seal.placed"):
    contact: str
    telephone: str
    people: tuple[str, ...]
    reason: str


class SealLifted(Event, frozen=True, kw_only=True, tag="seal.lifted"):
    reason: str


class DutyOpened(Event, frozen=True, kw_only=True, tag="access.duty_opened"):
    access: str
    reason: str
    until: datetime


class EmergencyOpened(Event, frozen=True, kw_only=True, tag="access.emergency_opened"):
    access: str
    reason: str
    until: datetime


class AccessReviewed(Event, frozen=True, kw_only=True, tag="access.reviewed"):
    access: str
    outcome: AccessOutcome
    note: str


class Seal(msgspec.Struct, frozen=True):
    """A seal with its end: lifted, or replaced by another."""

    placed: SealPlaced
    ended: datetime | None = None

    def stands(self, at: datetime) -> bool:
        return self.placed.recorded <= at and (self.ended is None or at < self.ended)


class WayIn(msgspec.Struct, frozen=True):
    """Somebody's coming in on duty or in an emergency, and what another person said of it afterwards."""

    made: DutyOpened | EmergencyOpened
    reviewed: AccessReviewed | None = None

    @property
    def on_duty(self) -> bool:
        return isinstance(self.made, DutyOpened)

    def open(self, at: datetime) -> bool:
        return self.made.recorded <= at < self.made.until


class Access(msgspec.Struct, frozen=True):
    """All seals and ways in, oldest first."""

    seals: tuple[Seal, ...] = ()
    ways_in: tuple[WayIn, ...] = ()

    def seal(self, at: datetime) -> SealPlaced | None:
        """The seal that stands at a moment."""
        return next((seal.placed for seal in self.seals if seal.stands(at)), None)

    def shut_to(self, person: str, at: datetime) -> bool:
        """Whether a seal stands that does not name this person."""
        seal = self.seal(at)
        return seal is not None and person not in seal.people

    def open_to(self, person: str, agency: str, at: datetime, *, on_duty: bool) -> WayIn | None:
        """The newest way in of this person, for this agency, that is open at a moment."""
        return next(
            (
                way for way in reversed(self.ways_in)
                if (way.made.by.person, way.made.by.agency) == (person, agency)
                and way.on_duty is on_duty and way.open(at)
            ),
            None,
        )  # fmt: skip


def decide_seal_case(command: SealCase, act: Act) -> list[Event]:
    """Sealing a sealed case again puts the new seal in the place of the old one."""
    contact, telephone = command.contact.strip(), command.telephone.strip()
    if not contact:
        raise BadInput("contact", "Name the service or role that answers day and night.")
    if sum(character.isdigit() for character in telephone) < DIGITS_OF_A_NUMBER:
        raise BadInput("telephone", "Enter the telephone number that is answered day and night.")
    if act.by.person not in command.people:
        raise BadInput("people", "Name yourself too: a seal that shuts out who places it cannot be lifted by them.")
    if len(set(command.people)) < len(command.people):
        raise BadInput("people", "Name each person once.")
    placed = SealPlaced(
        contact=contact, telephone=telephone, people=command.people, reason=command.reason, **act.stamp
    )
    return [placed]


def decide_lift_seal(access: Access, command: LiftSeal, act: Act) -> list[Event]:
    if access.seal(act.at) is None:
        raise AlreadyDone("This case is not sealed; nothing is to be lifted.")
    return [SealLifted(reason=command.reason, **act.stamp)]


def decide_open(command: OpenOnDuty | OpenInEmergency, act: Act, until: datetime) -> list[Event]:
    """`until` is the end of the shift, or of the minutes that the edition gives."""
    kind = DutyOpened if isinstance(command, OpenOnDuty) else EmergencyOpened
    return [kind(access=command.id, reason=command.reason.strip(), until=until, **act.stamp)]


def decide_review_access(access: Access, command: ReviewAccess, act: Act) -> list[Event]:
    found = next((way for way in access.ways_in if way.made.access == command.access), None)
    if found is None:
        raise NotFound
    if found.made.by.person == act.by.person:
        raise SamePerson("Nobody looks at what they opened themselves. Ask another manager of the lead agency.")
    if found.reviewed is not None:
        raise AlreadyDone
    return [AccessReviewed(access=command.access, outcome=command.outcome, note=command.note, **act.stamp)]


def evolve(access: Access, event: Event) -> Access:
    match event:
        case SealPlaced():
            return Access((*_ended(access.seals, event.recorded), Seal(event)), access.ways_in)
        case SealLifted():
            return Access(_ended(access.seals, event.recorded), access.ways_in)
        case DutyOpened() | EmergencyOpened():
            return Access(access.seals, (*access.ways_in, WayIn(event)))
        case AccessReviewed():
            ways_in = tuple(
                WayIn(way.made, event) if way.made.access == event.access else way for way in access.ways_in
            )
            return Access(access.seals, ways_in)
        case _:
            return access


def _ended(seals: tuple[Seal, ...], at: datetime) -> tuple[Seal, ...]:
    return tuple(seal if seal.ended else Seal(seal.placed, at) for seal in seals)


ACCESS_EVENTS: tuple[type[Event], ...] = (SealPlaced, SealLifted, DutyOpened, EmergencyOpened, AccessReviewed)
"""They make nobody a member of the case team."""
