"""The young person's consent: asked, given or refused, withdrawn, run out."""

from datetime import datetime

import msgspec

from domain.errors import AlreadyUsed, BadInput, ConsentNotInForce, NotFound
from domain.record import Act, Command, Event, Line, Moment, OptionalText, Reference, Text, put
from domain.vocabulary import ConsentDecision


class Scope(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Whom the consent reaches and what it is about."""

    to: tuple[str, ...]
    about: Text


class RecordConsent(Command, frozen=True, kw_only=True):
    """Put on record what she answered; needs no justification (design §2)."""

    id: Reference
    given_by: Line
    decision: ConsentDecision
    scope: Scope
    method: Line
    understanding: OptionalText = ""
    expires: Moment | None = None


class WithdrawConsent(Command, frozen=True, kw_only=True):
    """Put on record that consent was withdrawn; what rests on it stops at once."""

    consent: str
    reason: Text


class ConsentRecorded(Event, frozen=True, kw_only=True, tag="consent.recorded"):
    consent: str
    given_by: str
    decision: ConsentDecision
    scope: Scope
    method: str
    understanding: str = ""
    expires: datetime | None = None


class ConsentWithdrawn(Event, frozen=True, kw_only=True, tag="consent.withdrawn"):
    consent: str
    reason: str


class Consent(msgspec.Struct, frozen=True):
    """A consent and its withdrawal, if any."""

    recorded_as: ConsentRecorded
    withdrawn: ConsentWithdrawn | None = None

    @property
    def agency(self) -> str:
        return self.recorded_as.by.agency

    def in_force(self, at: datetime) -> bool:
        recorded = self.recorded_as
        if recorded.decision is not ConsentDecision.GIVEN or at < recorded.recorded:
            return False
        ends = self.ends
        return ends is None or at < ends

    @property
    def ends(self) -> datetime | None:
        ends = [e for e in (self.recorded_as.expires, self.withdrawn and self.withdrawn.recorded) if e]
        return min(ends) if ends else None


Consents = dict[str, Consent]


def decide_record_consent(consents: Consents, command: RecordConsent, act: Act) -> list[Event]:
    if command.id in consents:
        raise AlreadyUsed
    if not command.scope.to:
        raise BadInput("scope.to", "Say which agencies the consent reaches.")
    if command.expires is not None and command.expires <= act.at:
        raise BadInput("expires", "The consent would have run out already; give a later date or none.")
    return [
        ConsentRecorded(
            consent=command.id,
            given_by=command.given_by,
            decision=command.decision,
            scope=command.scope,
            method=command.method,
            understanding=command.understanding,
            expires=command.expires,
            **act.stamp,
        )
    ]


def decide_withdraw_consent(consents: Consents, command: WithdrawConsent, act: Act, lead: str) -> list[Event]:
    """For whom sees the consent: its own agency and, while it is in force and reaches it, the lead (design §3.6)."""
    consent = consents.get(command.consent)
    if consent is None or not (consent.agency == act.by.agency or _reaches_lead(consent, act, lead)):
        raise NotFound
    if not consent.in_force(act.at):
        raise ConsentNotInForce
    return [ConsentWithdrawn(consent=command.consent, reason=command.reason, **act.stamp)]


def _reaches_lead(consent: Consent, act: Act, lead: str) -> bool:
    return act.by.agency == lead and lead in consent.recorded_as.scope.to and consent.in_force(act.at)


def evolve(consents: Consents, event: Event) -> Consents:
    match event:
        case ConsentRecorded():
            return put(consents, event.consent, Consent(event))
        case ConsentWithdrawn():
            return put(consents, event.consent, Consent(consents[event.consent].recorded_as, event))
        case _:
            return consents
