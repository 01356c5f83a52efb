"""The section 2.3 reasoning under which something is recorded or shared, and whether it is in force."""

from datetime import datetime

import msgspec

from domain.consents import Consent, Consents
from domain.errors import (
    AlreadyUsed,
    BadInput,
    BasisDoesNotPermit,
    ConsentMissing,
    ConsentNotInForce,
    ConsentOutOfScope,
    DutyContradictsBasis,
    GroundMissing,
    JustificationMissing,
    NotFound,
    OutsideRecipients,
)
from domain.record import Act, Actor, Command, Event, Line, OptionalText, Reference, Text, put
from domain.vocabulary import Basis, Ground


class GiveJustification(Command, frozen=True, kw_only=True):
    """State why this may be recorded or shared; `standing` lets one button rest on it again."""

    id: Reference
    purpose: Line
    duty_of_confidentiality: bool
    basis: Basis
    ground: Ground | None = None
    consent: str = ""
    facts: Text
    proportionality: Text
    child_told: OptionalText = ""
    standing: bool = False
    recipients: tuple[str, ...] = ()


class JustificationGiven(Event, frozen=True, kw_only=True, tag="justification.given"):
    justification: str
    purpose: str
    duty_of_confidentiality: bool
    basis: Basis
    facts: str
    proportionality: str
    ground: Ground | None = None
    consent: str = ""
    child_told: str = ""
    standing: bool = False
    recipients: tuple[str, ...] = ()


class Justification(msgspec.Struct, frozen=True):
    """A justification as given; whether it is in force depends on its consent and on the time asked about."""

    given: JustificationGiven

    @property
    def agency(self) -> str:
        return self.given.by.agency

    def reaches(self, agency: str) -> bool:
        """Whether `agency` gets what rests on this without a further decision; no recipients named means: the lead."""
        return not self.given.recipients or agency in self.given.recipients

    def in_force(self, consents: Consents, at: datetime) -> bool:
        """Toolkit 2.3: withdrawn, refused or expired consent carries nothing from then on."""
        if self.given.recorded > at:
            return False
        consent = self.consent_among(consents)
        return consent is None or consent.in_force(at)

    def consent_among(self, consents: Consents) -> Consent | None:
        """The consent this rests on, where consent is its basis."""
        return consents[self.given.consent] if self.given.basis is Basis.CONSENT else None


Justifications = dict[str, Justification]


def decide_give_justification(
    justifications: Justifications, consents: Consents, command: GiveJustification, act: Act
) -> list[Event]:
    if command.id in justifications:
        raise AlreadyUsed
    if command.basis is Basis.PUBLIC_INTEREST and command.ground is None:
        raise GroundMissing
    if command.basis is not Basis.PUBLIC_INTEREST and command.ground is not None:
        raise BadInput("ground", "A ground belongs to public interest only. Leave it out, or choose public interest.")
    if command.basis is Basis.NO_DUTY_OWED and command.duty_of_confidentiality:
        raise DutyContradictsBasis
    recipients = command.recipients
    if command.basis is Basis.CONSENT:
        recipients = _recipients_by_consent(consents, command, act)
    elif command.consent:
        raise BadInput("consent", "A consent is named only where consent is the basis.")
    return [
        JustificationGiven(
            justification=command.id,
            purpose=command.purpose,
            duty_of_confidentiality=command.duty_of_confidentiality,
            basis=command.basis,
            ground=command.ground,
            consent=command.consent,
            facts=command.facts,
            proportionality=command.proportionality,
            child_told=command.child_told,
            standing=command.standing,
            recipients=recipients,
            **act.stamp,
        )
    ]


def _recipients_by_consent(consents: Consents, command: GiveJustification, act: Act) -> tuple[str, ...]:
    if not command.consent:
        raise ConsentMissing
    consent = consents.get(command.consent)
    if consent is None or consent.agency != act.by.agency:
        raise NotFound
    if not consent.in_force(act.at):
        raise ConsentNotInForce
    reached = consent.recorded_as.scope.to
    if any(agency not in reached for agency in command.recipients):
        raise ConsentOutOfScope
    return command.recipients or reached


def evolve(justifications: Justifications, event: Event) -> Justifications:
    match event:
        case JustificationGiven():
            return put(justifications, event.justification, Justification(event))
        case _:
            return justifications


def require_in_force(
    justifications: Justifications, consents: Consents, name: str, actor: Actor, at: datetime
) -> Justification:
    """The justification an act rests on: named, of the actor's own agency, with a basis, in force (toolkit 2.3).

    Raises:
        JustificationMissing, NotFound, BasisDoesNotPermit, ConsentNotInForce
    """
    justification = require_own(justifications, name, actor)
    if justification.given.basis is Basis.NONE:
        raise BasisDoesNotPermit
    if not justification.in_force(consents, at):
        raise ConsentNotInForce
    return justification


def require_own(justifications: Justifications, name: str, actor: Actor) -> Justification:
    """Raises: JustificationMissing when none is named, NotFound when it is not of the actor's agency."""
    if not name:
        raise JustificationMissing
    justification = justifications.get(name)
    if justification is None or justification.agency != actor.agency:
        raise NotFound(
            "There is no such justification of your agency in this case. Choose one of yours, or give a new one."
        )
    return justification


def require_reach(justification: Justification, consents: Consents, recipient: str) -> None:
    """Raises: ConsentOutOfScope, OutsideRecipients (toolkit 2.3: outside its recipients or the consent's scope)."""
    given = justification.given
    if given.basis is Basis.CONSENT and recipient not in consents[given.consent].recorded_as.scope.to:
        raise ConsentOutOfScope
    if given.recipients and recipient not in given.recipients:
        raise OutsideRecipients
