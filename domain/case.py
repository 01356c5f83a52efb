"""The case: one young person, one stream, one order; composes the parts and routes each command to its part."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

import msgspec

from domain import (
    assessment,
    concerns,
    consents,
    details,
    justifications,
    people,
    plans,
    referrals,
    requests,
    review,
    risk,
    sharing,
    team,
)
from domain.assessment import Assessment
from domain.concerns import Concerns
from domain.consents import Consents
from domain.details import Details
from domain.errors import NotFound
from domain.justifications import Justifications
from domain.people import People
from domain.plans import Plans
from domain.record import Act, Command, Event, Versions
from domain.referrals import Referrals
from domain.requests import Requests
from domain.review import Reviews
from domain.risk import Risk
from domain.sharing import Sharing
from domain.team import Team


class OpenCase(Command, frozen=True, kw_only=True):
    """Open a case together with its first justification (design §2)."""

    justification: justifications.GiveJustification
    child: details.Child
    carers: tuple[details.Carer, ...] = ()
    has_social_worker: str | None = None


class CaseOpened(Event, frozen=True, kw_only=True, tag="case.opened"):
    lead: str


class Case(msgspec.Struct, frozen=True, kw_only=True):
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

    @property
    def items(self) -> dict[str, Versions]:
        """Every item of the case with all its versions, in the order of the form."""
        return {
            **self.details,
            **self.concerns.items,
            **self.people,
            **self.assessment.items,
            **self.risk.items,
            **self.plans,
        }

    def justification_in_force(self, name: str, at: datetime) -> bool:
        """Whether what rests on `name` still rests on it; a private naming rests on nothing and always stands."""
        return not name or self.justifications[name].in_force(self.consents, at)


def decide_open_case(command: OpenCase, act: Act, lead: str) -> list[Event]:
    """The events of a new case.

    Raises:
        BadInput: when there is neither a name nor another detail to know her by.
    """
    given = justifications.decide_give_justification({}, {}, command.justification, act)
    justifications.require_in_force(
        justifications.evolve({}, given[0]), {}, command.justification.id, act.by, act.at
    )
    recorded = details.record_details(
        details.RecordDetails(
            justification=command.justification.id,
            child=command.child,
            carers=command.carers,
            has_social_worker=command.has_social_worker,
        ),
        act,
    )
    return [CaseOpened(lead=lead, **act.stamp), *given, *recorded]


def decide_join_case(case: Case, command: OpenCase, act: Act) -> list[Event]:
    """The events by which an agency that did not know of the case comes into it: its own naming, its own reasoning."""
    name, born = command.child.name, command.child.date_of_birth
    named = details.YoungPersonNamed(
        name=name if isinstance(name, str) else "", date_of_birth=born if isinstance(born, str) else "", **act.stamp
    )
    given = justifications.decide_give_justification(case.justifications, case.consents, command.justification, act)
    known = justifications.evolve(case.justifications, given[0])
    justifications.require_in_force(known, case.consents, command.justification.id, act.by, act.at)
    rest = details.RecordDetails(
        justification=command.justification.id,
        child=msgspec.structs.replace(command.child, name=None, date_of_birth=None),
        carers=tuple(_beside(case, carer, act.by.agency) for carer in command.carers),
        has_social_worker=command.has_social_worker,
    )
    nothing_more = rest == details.RecordDetails(justification=command.justification.id)
    return [named, *given, *([] if nothing_more else details.record_details(rest, act))]


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
            return consents.decide_withdraw_consent(case.consents, command, act)
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
            return assessment.decide_start_assessment(case.assessment, command, act)
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


def evolve(case: Case, event: Event) -> Case:
    """`case` after one more event; cannot fail."""
    position = case.version + 1
    opened = isinstance(event, CaseOpened)
    return Case(
        id=case.id,
        version=position,
        lead=event.lead if isinstance(event, CaseOpened) else case.lead,
        opened=event.recorded if opened else case.opened,
        opened_by=event.by.agency if opened else case.opened_by,
        last_recorded=event.recorded,
        details=details.evolve(case.details, event, position),
        justifications=justifications.evolve(case.justifications, event),
        consents=consents.evolve(case.consents, event),
        team=team.evolve(case.team, event, _named_in(event)),
        concerns=concerns.evolve(case.concerns, event, position),
        people=people.evolve(case.people, event, position),
        plans=plans.evolve(case.plans, event, position),
        assessment=assessment.evolve(case.assessment, event, position),
        risk=risk.evolve(case.risk, event, position),
        requests=requests.evolve(case.requests, event),
        sharing=sharing.evolve(case.sharing, event, position),
        referrals=referrals.evolve(case.referrals, event),
        reviews=review.evolve(case.reviews, event),
    )


def _named_in(event: Event) -> tuple[tuple[str, str], ...]:
    """Persons a decision names to their agency; they join its case team (design §3.1)."""
    match event:
        case sharing.Shared() | sharing.SharingRefused():
            return tuple((person, event.recipient) for person in event.persons)
        case _:
            return ()


def fold(case_id: UUID, events: Iterable[Event]) -> Case:
    case = Case(id=case_id)
    for event in events:
        case = evolve(case, event)
    return case


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
)
"""Every event a case stream may hold; nothing is ever taken out of this list."""
