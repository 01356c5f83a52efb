"""The duty rota: who of an agency is on duty from when until when."""

from datetime import datetime, timedelta

import msgspec

from domain.errors import AlreadyDone, AlreadyUsed, BadInput
from domain.record import Act, Command, Event, Line, Moment, Reference

LONGEST_SHIFT = timedelta(hours=24)


class AssignDuty(Command, frozen=True, kw_only=True):
    """Put a person on duty for one shift."""

    id: Reference
    person: Line
    starts: Moment = msgspec.field(name="from")
    until: Moment


class EndDuty(Command, frozen=True, kw_only=True):
    """End a shift before its time, or call it off."""

    duty: Line


class DutyAssigned(Event, frozen=True, kw_only=True, tag="duty.assigned"):
    duty: str
    person: str
    starts: datetime
    until: datetime


class DutyEnded(Event, frozen=True, kw_only=True, tag="duty.ended"):
    duty: str
    person: str


class Shift(msgspec.Struct, frozen=True):
    """A shift as it was given, or as it was ended early."""

    duty: str
    starts: datetime
    until: datetime

    def covers(self, at: datetime) -> bool:
        return self.starts <= at < self.until


Shifts = tuple[Shift, ...]


def decide_assign_duty(shifts: Shifts, taken: bool, command: AssignDuty, act: Act) -> list[Event]:
    """`shifts` are the person's own; `taken` says that a shift of this reference is there already."""
    if taken:
        raise AlreadyUsed
    if command.until <= max(command.starts, act.at):
        raise BadInput("until", "The shift ends before it begins, or is over already. Check both times.")
    if command.until - command.starts > LONGEST_SHIFT:
        raise BadInput("until", "A shift lasts 24 hours at most. Enter another shift for the rest.")
    starts = max(command.starts, act.at)
    if any(shift.starts < command.until and starts < shift.until for shift in shifts):
        raise BadInput("from", "This person is on duty at this time already. End that shift first, or choose another.")
    return [DutyAssigned(duty=command.id, person=command.person, starts=starts, until=command.until, **act.stamp)]


def decide_end_duty(shifts: Shifts, person: str, command: EndDuty, act: Act) -> list[Event]:
    """`shifts` are those of the `person` who has this one."""
    if any(shift.duty == command.duty and shift.until <= act.at for shift in shifts):
        raise AlreadyDone("This shift is over already.")
    return [DutyEnded(duty=command.duty, person=person, **act.stamp)]


def evolve(shifts: Shifts, event: DutyAssigned | DutyEnded) -> Shifts:
    if isinstance(event, DutyAssigned):
        return (*shifts, Shift(event.duty, event.starts, event.until))
    return tuple(
        Shift(one.duty, one.starts, min(one.until, event.recorded)) if one.duty == event.duty else one
        for one in shifts
    )


DUTY_EVENTS: tuple[type[Event], ...] = (DutyAssigned, DutyEnded)
