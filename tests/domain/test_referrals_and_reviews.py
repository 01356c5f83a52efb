"""Referrals: made, acknowledged, concluded, escalated; and reviews, which open a structured scope."""

from datetime import date

import pytest

from domain.errors import (
    AlreadyDone,
    AlreadyUsed,
    BadInput,
    JustificationMissing,
    NotFound,
    NotTheRecipient,
)
from domain.referrals import (
    AcknowledgeReferral,
    ConcludeReferral,
    EscalateReferral,
    MakeReferral,
    ReferralAcknowledged,
    ReferralConcluded,
    ReferralEscalated,
    ReferralMade,
)
from domain.review import OpenReview, ReviewOpened
from domain.risk import AgreeRisk, ProposeRisk
from domain.vocabulary import Role, Told
from tests.domain.builders import LEAD, POLICE, SCHOOL, Story, a_justification, an_act

REFER = MakeReferral(
    id="R1", justification="J1", to=LEAD, summary="Please assess.", carers_informed=Told.NOT_YET,
    carers_informed_why="Not known whether anyone at home is involved.",
)  # fmt: skip
ACKNOWLEDGE = AcknowledgeReferral(referral="R1", decision="Assessment opened.")
CONCLUDE = ConcludeReferral(referral="R1", outcome="A plan is in place.")
ESCALATE = EscalateReferral(referral="R1", reason="No answer for a week.")
REVIEW = OpenReview(
    id="V1", reviewer="jo", kind="audit", from_day=date(2025, 12, 1), until=date(2026, 4, 30),
    agencies=(LEAD, POLICE), locators=True, questions="Who knew what?",
)  # fmt: skip


@pytest.fixture
def story() -> Story:
    return Story().says(SCHOOL, a_justification("J1")).says(LEAD, a_justification("J2"))


@pytest.fixture
def referred(story) -> Story:
    return story.says(SCHOOL, REFER)


def test_a_referral_is_made_and_marked_as_before_agreement(story):
    """Never blocked, only marked as made before agreement (design §2)."""
    assert [
        ReferralMade(
            referral="R1", justification="J1", to=LEAD, summary="Please assess.", carers_informed=Told.NOT_YET,
            carers_informed_why="Not known whether anyone at home is involved.", before_agreement=True,
            **an_act(SCHOOL, story.now).stamp,
        )
    ] == story.would(SCHOOL, REFER)  # fmt: skip


def test_a_referral_after_agreement_is_not_marked(story):
    """Both managers have signed, and nothing newer waits."""
    story.says(LEAD, ProposeRisk(id="A1", justification="J2", category=2, rationale="Weighed."))
    for person, role in (("tom", Role.TEAM_MANAGER), ("ruth", Role.CSE_PREVENTION_MANAGER)):
        story.says(LEAD, AgreeRisk(agreement="A1", as_role=role), person=person, role=role)
    settled = story.would(SCHOOL, REFER)
    story.says(LEAD, ProposeRisk(id="A2", justification="J2", category=3, rationale="Worse."))

    assert [False, True] == [made.before_agreement for made in (*settled, *story.would(SCHOOL, REFER))]


def test_a_referral_rests_on_a_justification(story):
    """Toolkit 2.3."""
    with pytest.raises(JustificationMissing):
        story.would(SCHOOL, MakeReferral(id="R1", justification="", to=LEAD, summary="Help.", carers_informed=Told.YES))


def test_a_reference_names_one_referral(referred):
    """A reference in use is refused."""
    with pytest.raises(AlreadyUsed):
        referred.would(SCHOOL, REFER)


def test_nobody_refers_to_their_own_agency(story):
    """Refer to another agency than your own."""
    command = MakeReferral(id="R1", justification="J1", to=SCHOOL, summary="Help.", carers_informed=Told.YES)

    with pytest.raises(BadInput) as refused:
        story.would(SCHOOL, command)

    assert "to" == refused.value.field


@pytest.mark.parametrize(
    ("by", "command", "event"),
    [
        (LEAD, ACKNOWLEDGE, lambda stamp: ReferralAcknowledged(referral="R1", decision="Assessment opened.", **stamp)),
        (LEAD, CONCLUDE, lambda stamp: ReferralConcluded(referral="R1", outcome="A plan is in place.", **stamp)),
        (SCHOOL, ESCALATE, lambda stamp: ReferralEscalated(referral="R1", reason="No answer for a week.", **stamp)),
    ],
)
def test_each_party_does_its_part(referred, by, command, event):
    """The recipient acknowledges and concludes; the referrer escalates."""
    assert [event(an_act(by, referred.now).stamp)] == referred.would(by, command)


@pytest.mark.parametrize(
    ("by", "command", "refusal"),
    [
        (SCHOOL, ACKNOWLEDGE, NotTheRecipient),
        (SCHOOL, CONCLUDE, NotTheRecipient),
        (LEAD, ESCALATE, NotFound),
        (POLICE, ACKNOWLEDGE, NotFound),
        (POLICE, CONCLUDE, NotFound),
        (POLICE, ESCALATE, NotFound),
        (LEAD, AcknowledgeReferral(referral="R9", decision="Opened."), NotFound),
    ],
)
def test_nobody_does_anothers_part(referred, by, command, refusal):
    """A referral is seen by its two parties; to others it is not there."""
    with pytest.raises(refusal):
        referred.would(by, command)


@pytest.mark.parametrize("command", [ACKNOWLEDGE, CONCLUDE])
def test_what_was_answered_is_not_answered_again(referred, command):
    """Look at the case to see by whom and when."""
    referred.says(LEAD, command)

    with pytest.raises(AlreadyDone):
        referred.would(LEAD, command)


def test_a_referral_keeps_all_that_was_answered(referred):
    """It may be escalated more than once."""
    referred.says(LEAD, ACKNOWLEDGE, CONCLUDE).says(SCHOOL, ESCALATE, ESCALATE)
    referral = referred.case.referrals["R1"]

    assert ("Assessment opened.", "A plan is in place.", 2) == (
        referral.acknowledged.decision, referral.concluded.outcome, len(referral.escalated),
    )  # fmt: skip


def test_a_review_opens_a_structured_scope():
    """From, until, agencies, locators yes or no (design §3.1)."""
    story = Story()

    assert [
        ReviewOpened(
            review="V1", reviewer="jo", kind="audit", from_day=date(2025, 12, 1), until=date(2026, 4, 30),
            agencies=(LEAD, POLICE), locators=True, questions="Who knew what?",
            **an_act("partnership", story.now).stamp,
        )
    ] == story.would("partnership", REVIEW)  # fmt: skip


def test_a_review_gives_no_locators_unless_it_says_so():
    """Locators never unless given."""
    command = OpenReview(id="V1", reviewer="jo", kind="audit", from_day=date(2026, 1, 1), until=date(2026, 1, 1),
                         agencies=(LEAD,), questions="Who knew?")  # fmt: skip
    (event,) = Story().would("partnership", command)

    assert event.locators is False


def test_a_reference_names_one_review():
    """A reference in use is refused."""
    with pytest.raises(AlreadyUsed):
        Story().says("partnership", REVIEW).would("partnership", REVIEW)


def test_whoever_opens_a_review_does_not_read_by_it():
    """Else one person would let themselves into a case."""
    with pytest.raises(BadInput) as refused:
        Story().would("partnership", REVIEW, person="jo")

    assert "reviewer" == refused.value.field


@pytest.mark.parametrize(
    ("scope", "field"),
    [
        ({"from_day": date(2026, 5, 1), "until": date(2026, 4, 30), "agencies": (LEAD,)}, "until"),
        ({"from_day": date(2026, 4, 1), "until": date(2026, 4, 30), "agencies": ()}, "agencies"),
    ],
)
def test_a_scope_that_holds_nothing_is_refused(scope, field):
    """Days in their order, and at least one agency."""
    with pytest.raises(BadInput) as refused:
        Story().would("partnership", OpenReview(id="V1", reviewer="jo", kind="audit", questions="Who?", **scope))

    assert field == refused.value.field
