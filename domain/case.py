"""The case: one young person, one stream, one order; composes the parts and routes each command to its part."""

from collections.abc import Callable, Iterable
from datetime import datetime
from functools import cached_property
from typing import Any
from uuid import UUID

import msgspec

from domain import (
    access,
    actions,
    assessment,
    concerns,
    consents,
    details,
    justifications,
    links,
    people,
    plans,
    referrals,
    requests,
    review,
    risk,
    sharing,
    team,
)
from domain.access import ACCESS_EVENTS, Access
from domain.assessment import Assessment
from domain.concerns import Concerns
from domain.consents import Consents
from domain.details import Details
from domain.errors import BadInput, NotFound
from domain.justifications import Justifications
from domain.links import LINK_EVENTS, Links
from domain.people import People
from domain.plans import Plans
from domain.record import Act, Command, Event, Growing, Placed, Versions
from domain.referrals import Referrals
from domain.requests import Requests
from domain.review import Reviews
from domain.risk import Risk
from domain.sharing import Sharing
from domain.team import Team


class OpenCase(Command, frozen=True, kw_only=True):
    """Open a case together with its first justification (design §2); also with the consent that this may rest on, and
    the concern to be told, so that whoever heard it can put all of it on record in one act."""

    justification: justifications.GiveJustification
    child: details.Child
    carers: tuple[details.Carer, ...] = ()
    has_social_worker: str | None = None
    consent: consents.RecordConsent | None = None
    concern: concerns.RecordConcern | None = None


class CaseOpened(Event, frozen=True, kw_only=True, tag="case.opened"):
    lead: str


class Case(msgspec.Struct, frozen=True, kw_only=True, dict=True):
    """The state of a case after `version` events; every part keeps the times it needs to be asked "at that moment"."""

    id: UUID
    version: int = 0
    lead: str = ""
    opened: datetime | None = None
    opened_by: str = ""
    last_recorded: datetime | None = None
    details: Details = {}
    justifications: Justifications = {}
    consents: Consents = {}
    team: Team = Team()
    concerns: Concerns = Concerns()
    people: People = {}
    plans: Plans = {}
    assessment: Assessment = Assessment()
    risk: Risk = Risk()
    requests: Requests = {}
    sharing: Sharing = Sharing()
    referrals: Referrals = {}
    reviews: Reviews = {}
    access: Access = Access()
    links: Links = Links()

    @cached_property
    def items(self) -> dict[str, Versions]:
        """Every item of the case with all its versions, in the order of the form."""
        return {
            **details.in_form_order(self.details),
            **self.concerns.items,
            **self.people,
            **self.assessment.items,
            **self.risk.items,
            **dict(sorted(self.plans.items())),
        }

    def justification_in_force(self, name: str, at: datetime) -> bool:
        """Whether what rests on `name` still rests on it; a private naming rests on nothing and always stands."""
        return not name or self.justifications[name].in_force(self.consents, at)


def decide_open_case(command: OpenCase, act: Act, lead: str) -> list[Event]:
    """The events of a new case.

    Raises:
        BadInput: when there is neither a name nor another detail to know her by.
    """
    given = _reasoned({}, {}, command, act)
    recorded = details.record_details(
        details.RecordDetails(
            justification=command.justification.id,
            child=command.child,
            carers=command.carers,
            has_social_worker=command.has_social_worker,
        ),
        act,
    )
    return [CaseOpened(lead=lead, **act.stamp), *given, *recorded, *_told(concerns.Concerns(), command, act)]


def _reasoned(known: Justifications, agreed: Consents, command: OpenCase, act: Act) -> list[Event]:
    """The consent, if she gave one, and the justification, which may rest on it; in force from now on."""
    consented = consents.decide_record_consent(agreed, command.consent, act) if command.consent else []
    for event in consented:
        agreed = consents.evolve(agreed, event)
    given = justifications.decide_give_justification(known, agreed, command.justification, act)
    for event in given:
        known = justifications.evolve(known, event)
    justifications.require_in_force(known, agreed, command.justification.id, act.by, act.at)
    return [*consented, *given]


def _told(known: Concerns, command: OpenCase, act: Act) -> list[Event]:
    """The concern, if there is one, under the justification that comes with it."""
    if command.concern is None:
        return []
    if command.concern.justification != command.justification.id:
        raise BadInput("concern.justification", "Rest the concern on the justification that is given with it.")
    return concerns.decide_record_concern(known, command.concern, act)


def decide_join_case(case: Case, command: OpenCase, act: Act) -> list[Event]:
    """The events by which an agency that did not know of the case comes into it: its own naming, its own reasoning."""
    name, born = command.child.name, command.child.date_of_birth
    named = details.YoungPersonNamed(
        name=name if isinstance(name, str) else "", date_of_birth=born if isinstance(born, str) else "", **act.stamp
    )
    given = _reasoned(case.justifications, case.consents, command, act)
    rest = details.RecordDetails(
        justification=command.justification.id,
        child=msgspec.structs.replace(command.child, name=None, date_of_birth=None),
        carers=tuple(_beside(case, carer, act.by.agency) for carer in command.carers),
        has_social_worker=command.has_social_worker,
    )
    nothing_more = rest == details.RecordDetails(justification=command.justification.id)
    more = [] if nothing_more else details.record_details(rest, act)
    return [named, *given, *more, *_told(case.concerns, command, act)]


def _beside(case: Case, carer: details.Carer, agency: str) -> details.Carer:
    """The same carer under a reference of the agency's own where another is known by this one already."""
    taken = f"carer:{carer.id}" in case.details
    return msgspec.structs.replace(carer, id=f"{agency}-{carer.id}"[:40]) if taken else carer


def decide(case: Case, command: Command, act: Act) -> list[Event]:
    """The events `command` comes to in this case as it stands.

    Raises:
        SafeguardingError: the refusal, with a message that says what to do next.
    """
    _rests_on_something(case, command, act)
    match command:
        case justifications.GiveJustification():
            return justifications.decide_give_justification(case.justifications, case.consents, command, act)
        case consents.RecordConsent():
            return consents.decide_record_consent(case.consents, command, act)
        case consents.WithdrawConsent():
            return consents.decide_withdraw_consent(case.consents, command, act, case.lead)
        case team.JoinTeam():
            return team.decide_join_team(case.team, command, act)
        case team.DeclareInterest():
            return team.decide_declare_interest(case.team, command, act)
        case _:
            return _decide_on_what_is_known(case, command, act)


def _decide_on_what_is_known(case: Case, command: Command, act: Act) -> list[Event]:
    match command:
        case details.RecordDetails():
            return details.record_details(command, act)
        case plans.RecordPlan():
            return plans.decide_record_plan(case.plans, command, act)
        case people.RecordPersonOfConcern():
            return people.decide_record_person_of_concern(case.people, command, act)
        case concerns.RecordConcern():
            return concerns.decide_record_concern(case.concerns, command, act)
        case concerns.CorrectConcern():
            return concerns.decide_correct_concern(case.concerns, command, act)
        case concerns.RetractConcern():
            return concerns.decide_retract_concern(case.concerns, command, act)
        case concerns.RecordDisagreement():
            return concerns.decide_record_disagreement(case.concerns, command, act)
        case _:
            return _decide_on_assessment(case, command, act)


def _decide_on_assessment(case: Case, command: Command, act: Act) -> list[Event]:
    match command:
        case assessment.StartAssessment():
            return assessment.decide_start_assessment(case.assessment, command, act, act.by.agency == case.lead)
        case assessment.AnswerQuestions():
            return assessment.decide_answer_questions(case.assessment, command, act, act.by.agency == case.lead)
        case assessment.EndAssessment():
            return assessment.decide_end_assessment(case.assessment, command, act, case.risk.settled)
        case risk.ProposeRisk():
            return risk.decide_propose_risk(case.risk, command, act)
        case risk.AgreeRisk():
            return risk.decide_agree_risk(case.risk, command, act)
        case risk.DissentFromRisk():
            return risk.decide_dissent_from_risk(case.risk, command, act)
        case actions.DateAction() | actions.RecordActionOutcome():
            return risk.decide_on_action(case.risk, command, act)
        case _:
            return _decide_between_agencies(case, command, act)


def _decide_between_agencies(case: Case, command: Command, act: Act) -> list[Event]:
    match command:
        case requests.RequestInformation():
            return requests.decide_request_information(case.requests, command, act)
        case review.OpenReview():
            return review.decide_open_review(case.reviews, command, act)
        case sharing.DecideSharing():
            return sharing.decide_sharing(
                case.sharing, case.justifications, case.consents, case.requests, command, act
            )
        case sharing.WithdrawSharing():
            return sharing.decide_withdraw_sharing(case.sharing, command, act, case.lead)
        case sharing.UndoSharing():
            return sharing.decide_undo_sharing(case.sharing, command, act)
        case sharing.AgreeOnward():
            return sharing.decide_agree_onward(case.sharing, command, act)
        case referrals.MakeReferral():
            return referrals.decide_make_referral(case.referrals, command, act, case.risk.settled)
        case _:
            return _decide_on_answers(case, command, act)


def _decide_on_answers(case: Case, command: Command, act: Act) -> list[Event]:
    match command:
        case referrals.AcknowledgeReferral():
            return referrals.decide_acknowledge_referral(case.referrals, command, act)
        case referrals.ConcludeReferral():
            return referrals.decide_conclude_referral(case.referrals, command, act)
        case referrals.EscalateReferral():
            return referrals.decide_escalate_referral(case.referrals, command, act)
        case access.SealCase():
            return access.decide_seal_case(command, act)
        case access.LiftSeal():
            return access.decide_lift_seal(case.access, command, act)
        case access.ReviewAccess():
            return access.decide_review_access(case.access, command, act)
        case links.DecideOnOther():
            return links.decide_on_other(case.links, str(case.id), command, act)
        case _:
            raise NotFound


RESTING_ON_ONE = (
    details.RecordDetails,
    concerns.RecordConcern,
    people.RecordPersonOfConcern,
    plans.RecordPlan,
    assessment.StartAssessment,
    assessment.AnswerQuestions,
    assessment.EndAssessment,
    risk.ProposeRisk,
    referrals.MakeReferral,
    concerns.CorrectConcern,
    concerns.RecordDisagreement,
)
"""Commands that name a justification of the actor's own agency, in force (design §2)."""


def _rests_on_something(case: Case, command: Command, act: Act) -> None:
    match command:
        case concerns.CorrectConcern() | concerns.RetractConcern():
            concerns.require_recorder(case.concerns, command.concern, act)
        case risk.AgreeRisk() | risk.DissentFromRisk():
            _proposal_still_rests(case, command.agreement, act.at)
        case sharing.DecideSharing() if command.justification == "":
            justifications.require_own(case.justifications, "", act.by)
    if isinstance(command, RESTING_ON_ONE) or (isinstance(command, concerns.RetractConcern) and command.justification):
        justifications.require_in_force(
            case.justifications, case.consents, command.justification, act.by, act.at
        )


def _proposal_still_rests(case: Case, agreement: str, at: datetime) -> None:
    """An agreement rests on the justification of the proposal it answers."""
    for proposal in case.risk.proposals:
        if proposal.id == agreement:
            author = proposal.by
            justifications.require_in_force(case.justifications, case.consents, proposal.justification, author, at)


CASE_EVENTS: tuple[type[Event], ...] = (
    CaseOpened,
    details.YoungPersonNamed,
    details.DetailsRecorded,
    details.LocatorRecorded,
    details.CarerRecorded,
    justifications.JustificationGiven,
    consents.ConsentRecorded,
    consents.ConsentWithdrawn,
    team.TeamJoined,
    team.InterestDeclared,
    concerns.ConcernRecorded,
    concerns.ConcernCorrected,
    concerns.ConcernRetracted,
    concerns.DisagreementRecorded,
    people.PersonOfConcernRecorded,
    plans.PlanRecorded,
    assessment.AssessmentStarted,
    assessment.QuestionsAnswered,
    assessment.AssessmentEnded,
    risk.RiskProposed,
    risk.RiskAgreed,
    risk.RiskDissented,
    actions.ActionDated,
    actions.ActionOutcomeRecorded,
    requests.InformationRequested,
    sharing.Shared,
    sharing.SharingRefused,
    sharing.SharingWithdrawn,
    sharing.OnwardAgreed,
    referrals.ReferralMade,
    referrals.ReferralAcknowledged,
    referrals.ReferralConcluded,
    referrals.ReferralEscalated,
    review.ReviewOpened,
    *ACCESS_EVENTS,
    *LINK_EVENTS,
)
"""Every event a case stream may hold; nothing is ever taken out of this list."""

Fold = Callable[[Any, Iterable[Placed]], Any]


def _by(evolve_part: Callable[[Any, Any, int], Any]) -> Fold:
    """One event after another."""

    def fold_part(part: Any, placed: Iterable[Placed]) -> Any:
        for position, event in placed:
            part = evolve_part(part, event, position)
        return part

    return fold_part


def _by_alone(evolve_part: Callable[[Any, Any], Any]) -> Fold:
    """One event after another, for a part to which it is nothing where they stand."""
    return _by(lambda part, event, _: evolve_part(part, event))


NOT_JOINING = frozenset((*ACCESS_EVENTS, *LINK_EVENTS))
"""What people do about a case without coming into its team by it."""


def _fold_team(members: Team, placed: Iterable[Placed]) -> Team:
    """Who records is in the team; so are persons whom a decision names to their agency (design §3.1)."""
    for _, event in placed:
        if type(event) in NOT_JOINING:
            continue
        by = event.by
        if members.members.get(by.person) != by.agency or type(event) in NAMING_PEOPLE:
            members = team.evolve(members, event, _named_in(event))
    return members


def _named_in(event: Event) -> tuple[tuple[str, str], ...]:
    match event:
        case sharing.Shared() | sharing.SharingRefused():
            return tuple((person, event.recipient) for person in event.persons)
        case _:
            return ()


NAMING_PEOPLE = frozenset({sharing.Shared, sharing.SharingRefused, team.TeamJoined, team.InterestDeclared})
PARTS: dict[str, tuple[Fold, tuple[type[Event], ...]]] = {
    "details": (
        _by(details.evolve),
        (details.YoungPersonNamed, details.DetailsRecorded, details.LocatorRecorded, details.CarerRecorded),
    ),
    "justifications": (_by_alone(justifications.evolve), (justifications.JustificationGiven,)),
    "consents": (_by_alone(consents.evolve), (consents.ConsentRecorded, consents.ConsentWithdrawn)),
    "team": (_fold_team, tuple(kind for kind in CASE_EVENTS if kind not in NOT_JOINING)),
    "concerns": (
        _by(concerns.evolve),
        (
            concerns.ConcernRecorded,
            concerns.ConcernCorrected,
            concerns.ConcernRetracted,
            concerns.DisagreementRecorded,
        ),
    ),
    "people": (_by(people.evolve), (people.PersonOfConcernRecorded,)),
    "plans": (_by(plans.evolve), (plans.PlanRecorded,)),
    "assessment": (
        assessment.evolve_all,
        (assessment.AssessmentStarted, assessment.QuestionsAnswered, assessment.AssessmentEnded),
    ),
    "risk": (
        risk.evolve_all,
        (
            risk.RiskProposed,
            risk.RiskAgreed,
            risk.RiskDissented,
            actions.ActionDated,
            actions.ActionOutcomeRecorded,
            assessment.QuestionsAnswered,
        ),
    ),
    "requests": (_by_alone(requests.evolve), (requests.InformationRequested,)),
    "sharing": (
        _by(sharing.evolve),
        (sharing.Shared, sharing.SharingRefused, sharing.SharingWithdrawn, sharing.OnwardAgreed),
    ),
    "referrals": (
        _by_alone(referrals.evolve),
        (
            referrals.ReferralMade,
            referrals.ReferralAcknowledged,
            referrals.ReferralConcluded,
            referrals.ReferralEscalated,
        ),
    ),
    "reviews": (_by_alone(review.evolve), (review.ReviewOpened,)),
    "access": (_by_alone(access.evolve), ACCESS_EVENTS),
    "links": (_by_alone(links.evolve), LINK_EVENTS),
}
"""The parts of a case: how each folds, and the only events that can change it. No part looks at another."""
CONCERNED: dict[type[Event], tuple[str, ...]] = {
    kind: tuple(part for part, (_, kinds) in PARTS.items() if kind in kinds) for kind in CASE_EVENTS
}
"""Per type of event the parts it concerns."""


def evolve(case: Case, event: Event) -> Case:
    """`case` after one more event; cannot fail."""
    position = case.version + 1
    placed = ((position, event),)
    opening = _opening(event) if type(event) is CaseOpened else {}
    parts = {name: PARTS[name][0](getattr(case, name), placed) for name in CONCERNED.get(type(event), ())}
    return msgspec.structs.replace(case, version=position, last_recorded=event.recorded, **opening, **parts)


def fold(case_id: UUID, events: Iterable[Event], before: Case | None = None) -> Case:
    """The case after all of `events`, starting from nothing or from what was known `before`.

    Like `evolve`, one event after another, but part by part, and each dict of a part is copied once.
    """
    case = before or Case(id=case_id)
    concerning: dict[str, list[Placed]] = {name: [] for name in PARTS}
    opening: dict[str, Any] = {}
    position, recorded = case.version, case.last_recorded
    for position, event in enumerate(events, start=case.version + 1):
        recorded, placed = event.recorded, (position, event)
        for name in CONCERNED.get(type(event), ()):
            concerning[name].append(placed)
        if type(event) is CaseOpened:
            opening = _opening(event)
    parts = {
        name: _with_dicts(PARTS[name][0](_with_dicts(getattr(case, name), Growing), placed_here), dict)
        for name, placed_here in concerning.items()
        if placed_here
    }
    return msgspec.structs.replace(case, version=position, last_recorded=recorded, **opening, **parts)


def _opening(event: CaseOpened) -> dict[str, Any]:
    return {"lead": event.lead, "opened": event.recorded, "opened_by": event.by.agency}


def _with_dicts(part: Any, kind: type[dict[Any, Any]]) -> Any:
    """A part with its dicts copied into dicts of a kind."""
    if isinstance(part, dict):
        return kind(part)
    held = {name: getattr(part, name) for name in part.__struct_fields__}
    return type(part)(**{name: kind(one) if isinstance(one, dict) else one for name, one in held.items()})
