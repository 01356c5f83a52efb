"""Sharing decisions: share, share in part or refuse, withdrawal, and the originator's agreement to going further."""

from datetime import date, datetime
from functools import cached_property

import msgspec

from domain.consents import Consents
from domain.errors import AlreadyDone, AlreadyUsed, BadInput, NotFound
from domain.justifications import Justifications, require_in_force, require_own, require_reach
from domain.record import Act, Command, Event, Line, Moment, OptionalText, Reference, Text, put
from domain.requests import Requests
from domain.vocabulary import Outcome, Showing


class SharedItem(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One item given, and how much of it."""

    item: Line
    showing: Showing = Showing.FULL


class DecideSharing(Command, frozen=True, kw_only=True):
    """Share, share in part, or refuse; each on record with its section 2.3 reasoning."""

    id: Reference
    justification: str
    outcome: Outcome
    with_agency: Line = msgspec.field(name="with")
    persons: tuple[Line, ...] = ()
    items: tuple[SharedItem, ...] = ()
    expires: Moment | None = None
    continuing: bool = False
    review_by: date | None = None
    answers_request: str = ""
    reason: OptionalText = ""
    note: OptionalText = ""


class WithdrawSharing(Command, frozen=True, kw_only=True):
    """End a share; from then on the recipient sees nothing by it."""

    decision: str
    reason: Text


class UndoSharing(Command, frozen=True, kw_only=True):
    """Take a share back that one has just made by mistake; whoever opened it meanwhile did."""

    decision: str


class AgreeOnward(Command, frozen=True, kw_only=True):
    """The originator lets the lead give items to an agency that the originator did not name."""

    items: tuple[Line, ...]
    to: Line
    terms: OptionalText = ""


class Shared(Event, frozen=True, kw_only=True, tag="sharing.shared"):
    decision: str
    justification: str
    outcome: Outcome
    recipient: str
    persons: tuple[str, ...]
    items: tuple[SharedItem, ...]
    expires: datetime | None = None
    continuing: bool = False
    review_by: date | None = None
    answers_request: str = ""
    reason: str = ""
    note: str = ""


class SharingRefused(Event, frozen=True, kw_only=True, tag="sharing.refused"):
    decision: str
    justification: str
    recipient: str
    persons: tuple[str, ...]
    reason: str
    answers_request: str = ""
    note: str = ""


class SharingWithdrawn(Event, frozen=True, kw_only=True, tag="sharing.withdrawn"):
    decision: str
    reason: str


class OnwardAgreed(Event, frozen=True, kw_only=True, tag="sharing.onward_agreed"):
    items: tuple[str, ...]
    to: str
    terms: str = ""


UNDONE = "Undone by the person who shared it, at once."
"""The reason of a withdrawal that takes back a share just made."""


class Decision(msgspec.Struct, frozen=True):
    """A sharing decision with its place in the stream and its withdrawal, if any."""

    made: Shared | SharingRefused
    position: int
    withdrawn: SharingWithdrawn | None = None

    def gives(self, item: str, agency: str, at: datetime) -> SharedItem | None:
        """What the decision gives `agency` of `item` at that moment (`recorded <= at < end`), if anything."""
        made = self.made
        if not isinstance(made, Shared) or made.recipient != agency:
            return None
        found = next((given for given in made.items if given.item == item), None)
        return found if found is not None and self.in_force(at) else None

    def in_force(self, at: datetime) -> bool:
        if isinstance(self.made, SharingRefused) or at < self.made.recorded:
            return False
        ends = self.ends
        return ends is None or at < ends

    @property
    def ends(self) -> datetime | None:
        expires = self.made.expires if isinstance(self.made, Shared) else None
        ends = [end for end in (expires, self.withdrawn and self.withdrawn.recorded) if end]
        return min(ends) if ends else None


class Sharing(msgspec.Struct, frozen=True, dict=True):
    """Decisions by id, and the originators' agreements in order."""

    decisions: dict[str, Decision] = {}
    agreements: tuple[OnwardAgreed, ...] = ()

    def naming(self, item: str, recipient: str) -> list[Decision]:
        """The decisions that name an item to an agency, in order, whether in force or not."""
        return self._naming.get((item, recipient), [])

    @cached_property
    def _naming(self) -> dict[tuple[str, str], list[Decision]]:
        found: dict[tuple[str, str], list[Decision]] = {}
        for decision in self.decisions.values():
            if isinstance(decision.made, Shared):
                for item in dict.fromkeys(given.item for given in decision.made.items):
                    found.setdefault((item, decision.made.recipient), []).append(decision)
        return found

    @cached_property
    def requests_answered(self) -> frozenset[str]:
        """The requests that some decision answers."""
        return frozenset(decision.made.answers_request for decision in self.decisions.values())

    def onward_agreed(self, originator: str, item: str, to: str, at: datetime) -> bool:
        return any(
            agreed.by.agency == originator and item in agreed.items and agreed.to == to and agreed.recorded <= at
            for agreed in self.agreements
        )


def decide_sharing(
    sharing: Sharing,
    justifications: Justifications,
    consents: Consents,
    requests: Requests,
    command: DecideSharing,
    act: Act,
) -> list[Event]:
    if command.id in sharing.decisions:
        raise AlreadyUsed
    if command.with_agency == act.by.agency:
        raise BadInput("with", "Choose another agency than your own.")
    _answerable(requests, command, act)
    if command.outcome is Outcome.REFUSE:
        require_own(justifications, command.justification, act.by)
        return [_refusal(command, act)]
    justification = require_in_force(justifications, consents, command.justification, act.by, act.at)
    require_reach(justification, consents, command.with_agency)
    if not command.items:
        raise BadInput("items", "Choose what is shared, or refuse.")
    if len({given.item for given in command.items}) != len(command.items):
        raise BadInput("items", "An item is named twice. Choose each item once.")
    if any(given.showing is Showing.WITHHELD for given in command.items):
        raise BadInput("items", "Leave out what you do not share.")
    if command.expires is not None and command.expires <= act.at:
        raise BadInput("expires", "This share would have ended already. Give a later time, or none.")
    if command.review_by is not None and command.review_by < act.at.date():
        raise BadInput("review_by", "The review date has passed already. Give a later date.")
    return [
        Shared(
            decision=command.id,
            justification=command.justification,
            outcome=command.outcome,
            recipient=command.with_agency,
            persons=command.persons,
            items=command.items,
            expires=command.expires,
            continuing=command.continuing,
            review_by=command.review_by,
            answers_request=command.answers_request,
            reason=command.reason,
            note=command.note,
            **act.stamp,
        )
    ]


def _answerable(requests: Requests, command: DecideSharing, act: Act) -> None:
    if not command.answers_request:
        return
    request = requests.get(command.answers_request)
    if request is None or request.of != act.by.agency:
        raise NotFound
    if request.by.agency != command.with_agency:
        raise BadInput("with", "The request came from another agency. Answer the agency that asked.")


def _refusal(command: DecideSharing, act: Act) -> SharingRefused:
    if not command.reason:
        raise BadInput("reason", "Say why you do not share; the agency that asked reads it.")
    if command.items:
        raise BadInput("items", "A refusal gives nothing. Take the items out, or share in part.")
    return SharingRefused(
        decision=command.id,
        justification=command.justification,
        recipient=command.with_agency,
        persons=command.persons,
        reason=command.reason,
        answers_request=command.answers_request,
        note=command.note,
        **act.stamp,
    )


def decide_withdraw_sharing(sharing: Sharing, command: WithdrawSharing, act: Act, lead: str) -> list[Event]:
    decision = sharing.decisions.get(command.decision)
    if decision is None or act.by.agency not in (decision.made.by.agency, lead):
        raise NotFound
    if not decision.in_force(act.at):
        raise AlreadyDone("This share has ended already, or nothing was shared by it.")
    return [SharingWithdrawn(decision=command.decision, reason=command.reason, **act.stamp)]


def decide_undo_sharing(sharing: Sharing, command: UndoSharing, act: Act) -> list[Event]:
    """For who made it; within which time is judged by the caller, who knows the edition."""
    decision = sharing.decisions.get(command.decision)
    if decision is None or decision.made.by.person != act.by.person:
        raise NotFound
    if not decision.in_force(act.at):
        raise AlreadyDone("This share has ended already, or nothing was shared by it.")
    return [SharingWithdrawn(decision=command.decision, reason=UNDONE, **act.stamp)]


def decide_agree_onward(sharing: Sharing, command: AgreeOnward, act: Act) -> list[Event]:
    """That the items are the actor's agency's own is judged by the caller, who knows them."""
    if not command.items:
        raise BadInput("items", "Name what may go further.")
    if all(sharing.onward_agreed(act.by.agency, item, command.to, act.at) for item in command.items):
        raise AlreadyDone("Your agency has agreed to this already.")
    return [OnwardAgreed(items=command.items, to=command.to, terms=command.terms, **act.stamp)]


def evolve(sharing: Sharing, event: Event, position: int) -> Sharing:
    match event:
        case Shared() | SharingRefused():
            decision = Decision(event, position)
            return Sharing(put(sharing.decisions, event.decision, decision), sharing.agreements)
        case SharingWithdrawn():
            before = sharing.decisions[event.decision]
            ended = Decision(before.made, before.position, event)
            return Sharing(put(sharing.decisions, event.decision, ended), sharing.agreements)
        case OnwardAgreed():
            return Sharing(sharing.decisions, (*sharing.agreements, event))
        case _:
            return sharing
