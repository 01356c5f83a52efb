"""Histories of every kind of event: commands said in any order, of which the case takes what it does not refuse."""

from datetime import timedelta

from domain import case as cases
from domain.access import LiftSeal, OpenInEmergency, OpenOnDuty, ReviewAccess, SealCase, decide_open
from domain.actions import DateAction, RecordActionOutcome
from domain.assessment import Answer, AnswerQuestions, EndAssessment, StartAssessment
from domain.case import evolve
from domain.concerns import RecordDisagreement, RetractConcern
from domain.consents import WithdrawConsent
from domain.details import Carer, RecordDetails
from domain.errors import SafeguardingError
from domain.links import LinkCases, MarkDifferent, UndoLink
from domain.people import RecordPersonOfConcern
from domain.plans import RecordPlan
from domain.record import Act, Command, Event
from domain.referrals import AcknowledgeReferral, ConcludeReferral, EscalateReferral, MakeReferral
from domain.requests import RequestInformation
from domain.review import OpenReview
from domain.risk import AgreeRisk, DissentFromRisk, ProposeRisk
from domain.sharing import AgreeOnward, UndoSharing, WithdrawSharing
from domain.team import DeclareInterest, JoinTeam
from domain.vocabulary import AccessOutcome, PersonKind, Role, Told
from tests.domain.builders import (
    HEALTH,
    LEAD,
    POLICE,
    SCHOOL,
    START,
    Story,
    a_concern,
    a_consent,
    a_correction,
    a_justification,
    a_refusal,
    a_share,
    an_act,
    by_consent,
    some_details,
    without_basis,
)

MANAGER = Role.TEAM_MANAGER
# One of each command, under references that collide on purpose; which of them are refused depends on the order.
SAID: list[tuple[str, Command, Role]] = [
    (agency, command, Role.PRACTITIONER)
    for agency in (LEAD, SCHOOL, HEALTH)
    for command in (
        a_justification(f"J-{agency}"),
        without_basis(f"J-none-{agency}"),
        a_consent(f"K-{agency}", to=(LEAD, POLICE)),
        by_consent(f"J-by-consent-{agency}", f"K-{agency}"),
        WithdrawConsent(consent=f"K-{agency}", reason="She telephoned."),
        some_details(f"J-{agency}", name="Maya", address="4 Larch Rise"),
        a_concern("C1", f"J-{agency}"),
        a_concern(f"C-{agency}", f"J-by-consent-{agency}"),
        a_correction("C1", f"J-{agency}"),
        RetractConcern(concern="C1", reason="Not so."),
        RecordDisagreement(concern="C1", justification=f"J-{agency}", reason="Not so."),
        RecordPersonOfConcern(id="X1", justification=f"J-{agency}", kind=PersonKind.ASSOCIATE),
        RecordPlan(id="N1", justification=f"J-{agency}", for_agency=SCHOOL, text="999."),
        StartAssessment(justification=f"J-{agency}"),
        AnswerQuestions(justification=f"J-{agency}", answers=(Answer(question=1, option=1),)),
        AnswerQuestions(justification=f"J-by-consent-{agency}", answers=(Answer(question=2, option=1),)),
        EndAssessment(justification=f"J-{agency}"),
        RequestInformation(id="Q1", of=POLICE, wanted="All.", purpose="enquiry"),
        a_share("S1", f"J-{agency}", POLICE, "child.name", continuing=True),
        a_refusal("S2", f"J-none-{agency}", POLICE),
        UndoSharing(decision="S1"),
        WithdrawSharing(decision="S1", reason="Ended."),
        AgreeOnward(items=("concern:C1",), to=POLICE),
        MakeReferral(id="R1", justification=f"J-{agency}", to=POLICE, summary="Help.", carers_informed=Told.NO),
        EscalateReferral(referral="R1", reason="No answer."),
        JoinTeam(person="dan"),
        DeclareInterest(about="Related."),
        OpenReview(id="V1", reviewer="jo", kind="audit", from_day=START.date(), until=START.date(), agencies=(LEAD,),
                   questions="Who?"),
    )
]  # fmt: skip
SAID += [
    (LEAD, ProposeRisk(id="A1", justification="J-csc", category=2, rationale="Weighed."), Role.PRACTITIONER),
    (LEAD, ProposeRisk(id="A2", justification="J-by-consent-csc", category=3, rationale="Worse."), Role.PRACTITIONER),
    (LEAD, AgreeRisk(agreement="A1", as_role=MANAGER), MANAGER),
    (LEAD, AgreeRisk(agreement="A1", as_role=Role.CSE_PREVENTION_MANAGER), Role.CSE_PREVENTION_MANAGER),
    (LEAD, DateAction(agreement="A1", action="strategy_meeting", due=START.date() + timedelta(days=3)), MANAGER),
    (
        LEAD,
        RecordActionOutcome(
            agreement="A1", action="strategy_meeting", done=True, on=START.date(), outcome="Held by telephone."
        ),
        Role.PRACTITIONER,
    ),
    (LEAD, DissentFromRisk(agreement="A2", as_role=MANAGER, level=1, reason="Better."), MANAGER),
    (POLICE, AcknowledgeReferral(referral="R1", decision="Opened."), Role.PRACTITIONER),
    (POLICE, ConcludeReferral(referral="R1", outcome="Done."), Role.PRACTITIONER),
    (LEAD, OpenOnDuty(id="E1", reason="She is missing."), Role.PRACTITIONER),
    (POLICE, OpenInEmergency(id="E2", reason="She is here."), Role.PRACTITIONER),
    (LEAD, ReviewAccess(access="E2", outcome=AccessOutcome.APPROPRIATE, note="Well."), MANAGER),
    (LEAD, ReviewAccess(access="E1", outcome=AccessOutcome.TO_BE_FOLLOWED_UP, note="Ask."), MANAGER),
    (LEAD, SealCase(contact="Duty team", telephone="020 7946 0100", people=("csc-team_manager",), reason="r"), MANAGER),
    (LEAD, LiftSeal(reason="Over."), MANAGER),
    (LEAD, LinkCases(other="another-case", reason="Same mother."), MANAGER),
    (LEAD, MarkDifferent(other="a-third-case", reason="Cousins."), MANAGER),
    (LEAD, UndoLink(other="another-case", reason="The wrong pair."), MANAGER),
]


MOTHER = Carer(id="M1", name="Dana Ellison", relationship="mother", safe_to_inform=Told.NOT_YET)
REST: list[tuple[str, Command, Role]] = [
    (LEAD, RecordDetails(justification="J-csc", carers=(MOTHER,)), Role.PRACTITIONER),
    (LEAD, a_concern("C9", "J-csc"), Role.PRACTITIONER),
    (HEALTH, RecordDisagreement(concern="C9", justification="J-health", reason="Not so."), Role.PRACTITIONER),
    (LEAD, ProposeRisk(id="A3", justification="J-csc", category=3, rationale="Worse."), Role.PRACTITIONER),
    (LEAD, DissentFromRisk(agreement="A3", as_role=MANAGER, level=1, reason="Better."), MANAGER),
]


def whatever_is_taken(story: Story, said: list[tuple[str, Command, Role]]) -> list[Event]:
    """The events of those commands that the case does not refuse, one a minute."""
    for number, (agency, command, role) in enumerate(said):
        act = an_act(agency, START + timedelta(minutes=number), person=f"{agency}-{role}", role=role)
        try:
            events = _decided(story, command, act)
        except SafeguardingError:
            continue
        for event in events:
            story.events.append(event)
            story.case = evolve(story.case, event)
    return story.events


def _decided(story: Story, command: Command, act: Act) -> list[Event]:
    """Coming in ends an hour later."""
    if isinstance(command, OpenOnDuty | OpenInEmergency):
        return decide_open(command, act, act.at + timedelta(hours=1))
    return cases.decide(story.case, command, act)
