"""Destroying a case: held unless said otherwise, decided by two people of two agencies, carried out after cooling off.

What is written here outlives the case, so reasons say why and on what authority, and name no person.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

import msgspec

from domain.errors import (
    AlreadyDestroyed,
    AlreadyDone,
    AlreadyUsed,
    BadInput,
    CoolingNotOver,
    DestructionNotAgreed,
    DestructionNotProposed,
    NeedsAnotherAgency,
    NotTheRecipient,
    ProposalSuperseded,
    SamePerson,
    UnderLegalHold,
    UnderReview,
)
from domain.record import Act, Command, Event, Line, Reference


class LiftLegalHold(Command, frozen=True, kw_only=True):
    """Say why this case need be kept no longer, and on what basis (a retention rule, a court's order); name nobody."""

    reason: Line
    basis: Line


class PlaceLegalHold(Command, frozen=True, kw_only=True):
    """Say why this case must be kept; stops whatever was proposed; name nobody."""

    reason: Line


class ProposeDestruction(Command, frozen=True, kw_only=True):
    """Ask one other agency to agree that the case is destroyed; they read this reason and no case: name nobody."""

    id: Reference
    asked: Line
    reason: Line
    basis: Line


class AgreeDestruction(Command, frozen=True, kw_only=True):
    """Agree, for the agency asked, to the proposal that was read."""

    proposal: Reference


class StopDestruction(Command, frozen=True, kw_only=True):
    """Stop what was proposed or agreed, at any time before it is carried out; name nobody."""

    reason: Line


class CarryOutDestruction(Command, frozen=True, kw_only=True):
    """Destroy the case for ever; the hub does this itself once the cooling-off period is over."""


class LegalHoldLifted(Event, frozen=True, kw_only=True, tag="destruction.hold_lifted"):
    case: str
    reason: str
    basis: str


class LegalHoldPlaced(Event, frozen=True, kw_only=True, tag="destruction.hold_placed"):
    case: str
    reason: str


class DestructionProposed(Event, frozen=True, kw_only=True, tag="destruction.proposed"):
    """`asked` is the agency that may agree."""

    case: str
    proposal: str
    asked: str
    reason: str
    basis: str


class DestructionAgreed(Event, frozen=True, kw_only=True, tag="destruction.agreed"):
    """`due` is when the cooling-off period of that day's settings is over."""

    case: str
    proposal: str
    due: datetime


class DestructionStopped(Event, frozen=True, kw_only=True, tag="destruction.stopped"):
    case: str
    proposal: str
    reason: str


class DestructionCarriedOut(Event, frozen=True, kw_only=True, tag="destruction.carried_out"):
    case: str
    proposal: str


class Destruction(msgspec.Struct, frozen=True, kw_only=True):
    """What was decided about destroying one case, and every step in order; silence is a legal hold."""

    held: bool = True
    proposal: DestructionProposed | None = None
    agreement: DestructionAgreed | None = None
    carried_out: DestructionCarriedOut | None = None
    steps: tuple[Event, ...] = ()


HELD = Destruction()


class Destructions(msgspec.Struct, frozen=True):
    """Destructions by case; `version` counts the stream's events."""

    version: int = 0
    last_recorded: datetime | None = None
    cases: dict[str, Destruction] = {}

    def of(self, case: str) -> Destruction:
        return self.cases.get(case, HELD)

    def due(self, at: datetime) -> tuple[str, ...]:
        """The cases whose cooling-off period is over and that are not destroyed yet."""
        return tuple(
            case for case, one in self.cases.items()
            if one.agreement is not None and one.carried_out is None and one.agreement.due <= at
        )  # fmt: skip

    def asked(self, agency: str) -> tuple[str, ...]:
        """The cases of which an agency is asked to agree that they are destroyed, and has not answered."""
        return tuple(
            case for case, one in self.cases.items()
            if one.proposal is not None and one.agreement is None and one.proposal.asked == agency
        )  # fmt: skip

    def cooling(self, agency: str) -> tuple[str, ...]:
        """The cases of which an agency has agreed that they are destroyed, while that can still be stopped."""
        return tuple(
            case for case, one in self.cases.items()
            if one.agreement is not None and one.carried_out is None and one.agreement.by.agency == agency
        )  # fmt: skip

    @property
    def destroyed(self) -> dict[str, DestructionCarriedOut]:
        return {case: one.carried_out for case, one in self.cases.items() if one.carried_out is not None}


NOTHING_DECIDED = Destructions()


def decide(
    destruction: Destruction, case: str, command: Command, act: Act, *, cooling: timedelta, open_review: bool
) -> list[Event]:
    """The events of a step towards destroying `case`, or away from it.

    Raises:
        SafeguardingError: the refusal.
    """
    if destruction.carried_out is not None:
        raise AlreadyDestroyed
    match command:
        case LiftLegalHold():
            if not destruction.held:
                raise AlreadyDone
            return [LegalHoldLifted(case=case, reason=command.reason, basis=command.basis, **act.stamp)]
        case PlaceLegalHold():
            if destruction.held:
                raise AlreadyDone
            return [LegalHoldPlaced(case=case, reason=command.reason, **act.stamp)]
        case ProposeDestruction():
            return _propose(destruction, case, command, act, open_review)
        case AgreeDestruction():
            return _agree(destruction, case, command, act, cooling)
        case StopDestruction():
            proposal = _proposed(destruction)
            return [DestructionStopped(case=case, proposal=proposal.proposal, reason=command.reason, **act.stamp)]
        case CarryOutDestruction():
            return _carry_out(destruction, case, act, open_review)
        case _:
            raise BadInput("act", "Destroying a case knows no such act.")


def _propose(
    destruction: Destruction, case: str, command: ProposeDestruction, act: Act, open_review: bool
) -> list[Event]:
    _require_free(destruction, open_review)
    if destruction.proposal is not None:
        raise AlreadyDone
    if any(isinstance(step, DestructionProposed) and step.proposal == command.id for step in destruction.steps):
        raise AlreadyUsed
    if command.asked == act.by.agency:
        raise NeedsAnotherAgency
    return [
        DestructionProposed(
            case=case, proposal=command.id, asked=command.asked, reason=command.reason, basis=command.basis, **act.stamp
        )
    ]


def _agree(destruction: Destruction, case: str, command: AgreeDestruction, act: Act, cooling: timedelta) -> list[Event]:
    proposal = _proposed(destruction)
    if command.proposal != proposal.proposal:
        raise ProposalSuperseded
    if destruction.agreement is not None:
        raise AlreadyDone
    if act.by.person == proposal.by.person:
        raise SamePerson("You proposed this yourself. It takes another person, of the agency that was asked, to agree.")
    if act.by.agency == proposal.by.agency:
        raise NeedsAnotherAgency
    if act.by.agency != proposal.asked:
        raise NotTheRecipient
    return [DestructionAgreed(case=case, proposal=proposal.proposal, due=act.at + cooling, **act.stamp)]


def _carry_out(destruction: Destruction, case: str, act: Act, open_review: bool) -> list[Event]:
    _require_free(destruction, open_review)
    agreement = destruction.agreement
    if agreement is None:
        raise DestructionNotAgreed
    if act.at < agreement.due:
        raise CoolingNotOver
    return [DestructionCarriedOut(case=case, proposal=agreement.proposal, **act.stamp)]


def _require_free(destruction: Destruction, open_review: bool) -> None:
    """Raises: UnderLegalHold, UnderReview."""
    if destruction.held:
        raise UnderLegalHold
    if open_review:
        raise UnderReview


def _proposed(destruction: Destruction) -> DestructionProposed:
    """Raises: DestructionNotProposed: also when what was proposed is stopped."""
    if destruction.proposal is None:
        raise DestructionNotProposed
    return destruction.proposal


def evolve(destructions: Destructions, event: Event) -> Destructions:
    cases = destructions.cases
    if isinstance(event, DESTRUCTION_EVENTS):
        cases = {**cases, event.case: _after(destructions.of(event.case), event)}
    return Destructions(destructions.version + 1, event.recorded, cases)


def _after(before: Destruction, event: Event) -> Destruction:
    """`before` with one more step; once destroyed, no step changes anything."""
    after = msgspec.structs.replace(before, steps=(*before.steps, event))
    if before.carried_out is not None:
        return after
    match event:
        case LegalHoldLifted():
            return msgspec.structs.replace(after, held=False)
        case LegalHoldPlaced():
            return msgspec.structs.replace(after, held=True, proposal=None, agreement=None)
        case DestructionProposed():
            return msgspec.structs.replace(after, proposal=event, agreement=None)
        case DestructionAgreed():
            return msgspec.structs.replace(after, agreement=event)
        case DestructionCarriedOut():
            return msgspec.structs.replace(after, carried_out=event)
        case _:
            return msgspec.structs.replace(after, proposal=None, agreement=None)


def fold(events: Iterable[Event], before: Destructions = NOTHING_DECIDED) -> Destructions:
    """`before` with what `events` add."""
    for event in events:
        before = evolve(before, event)
    return before


DESTRUCTION_EVENTS = (
    LegalHoldLifted,
    LegalHoldPlaced,
    DestructionProposed,
    DestructionAgreed,
    DestructionStopped,
    DestructionCarriedOut,
)
