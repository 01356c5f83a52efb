"""Referrals: made, acknowledged within one working day, concluded with an outcome the referrer reads, escalated."""

import msgspec

from domain.errors import AlreadyDone, AlreadyUsed, BadInput, NotFound, NotTheRecipient
from domain.record import Act, Command, Event, Line, OptionalText, Reference, Text, put
from domain.vocabulary import Told


class MakeReferral(Command, frozen=True, kw_only=True):
    """Refer the young person to an agency; never blocked, only marked when made before the level was agreed."""

    id: Reference
    justification: str
    to: Line
    summary: Text
    carers_informed: Told
    carers_informed_why: OptionalText = ""


class AcknowledgeReferral(Command, frozen=True, kw_only=True):
    """Tell the referrer what was decided on receipt."""

    referral: str
    decision: Text


class ConcludeReferral(Command, frozen=True, kw_only=True):
    """Tell the referrer what came of it."""

    referral: str
    outcome: Text


class EscalateReferral(Command, frozen=True, kw_only=True):
    """The referrer asks for the decision, or its absence, to be looked at by a manager."""

    referral: str
    reason: Text


class ReferralMade(Event, frozen=True, kw_only=True, tag="referral.made"):
    referral: str
    justification: str
    to: str
    summary: str
    carers_informed: Told
    before_agreement: bool
    carers_informed_why: str = ""


class ReferralAcknowledged(Event, frozen=True, kw_only=True, tag="referral.acknowledged"):
    referral: str
    decision: str


class ReferralConcluded(Event, frozen=True, kw_only=True, tag="referral.concluded"):
    referral: str
    outcome: str


class ReferralEscalated(Event, frozen=True, kw_only=True, tag="referral.escalated"):
    referral: str
    reason: str


class Referral(msgspec.Struct, frozen=True, kw_only=True):
    """A referral and what was answered."""

    made: ReferralMade
    acknowledged: ReferralAcknowledged | None = None
    concluded: ReferralConcluded | None = None
    escalated: tuple[ReferralEscalated, ...] = ()


Referrals = dict[str, Referral]


def decide_make_referral(referrals: Referrals, command: MakeReferral, act: Act, agreed: bool) -> list[Event]:
    if command.id in referrals:
        raise AlreadyUsed
    if command.to == act.by.agency:
        raise BadInput("to", "Refer to another agency than your own.")
    return [
        ReferralMade(
            referral=command.id,
            justification=command.justification,
            to=command.to,
            summary=command.summary,
            carers_informed=command.carers_informed,
            carers_informed_why=command.carers_informed_why,
            before_agreement=not agreed,
            **act.stamp,
        )
    ]


def decide_acknowledge_referral(referrals: Referrals, command: AcknowledgeReferral, act: Act) -> list[Event]:
    referral = _received(referrals, command.referral, act)
    if referral.acknowledged:
        raise AlreadyDone
    return [ReferralAcknowledged(referral=command.referral, decision=command.decision, **act.stamp)]


def decide_conclude_referral(referrals: Referrals, command: ConcludeReferral, act: Act) -> list[Event]:
    referral = _received(referrals, command.referral, act)
    if referral.concluded:
        raise AlreadyDone
    return [ReferralConcluded(referral=command.referral, outcome=command.outcome, **act.stamp)]


def decide_escalate_referral(referrals: Referrals, command: EscalateReferral, act: Act) -> list[Event]:
    referral = _party(referrals, command.referral, act)
    if referral.made.by.agency != act.by.agency:
        raise NotFound("Only the agency that made a referral escalates it.")
    return [ReferralEscalated(referral=command.referral, reason=command.reason, **act.stamp)]


def _party(referrals: Referrals, name: str, act: Act) -> Referral:
    referral = referrals.get(name)
    if referral is None or act.by.agency not in (referral.made.by.agency, referral.made.to):
        raise NotFound
    return referral


def _received(referrals: Referrals, name: str, act: Act) -> Referral:
    referral = _party(referrals, name, act)
    if referral.made.to != act.by.agency:
        raise NotTheRecipient
    return referral


def evolve(referrals: Referrals, event: Event) -> Referrals:
    match event:
        case ReferralMade():
            return put(referrals, event.referral, Referral(made=event))
        case ReferralAcknowledged():
            return _with(referrals, event.referral, acknowledged=event)
        case ReferralConcluded():
            return _with(referrals, event.referral, concluded=event)
        case ReferralEscalated():
            return _with(referrals, event.referral, escalated=(*referrals[event.referral].escalated, event))
        case _:
            return referrals


def _with(referrals: Referrals, name: str, **change: object) -> Referrals:
    return put(referrals, name, msgspec.structs.replace(referrals[name], **change))
