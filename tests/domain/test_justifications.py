"""The section 2.3 reasoning: what must be said, and when it is in force."""

from datetime import timedelta

import pytest

from domain.consents import WithdrawConsent
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
)
from domain.justifications import JustificationGiven
from domain.vocabulary import Basis, ConsentDecision, Ground
from tests.domain.builders import (
    HEALTH,
    LEAD,
    POLICE,
    SCHOOL,
    Story,
    a_concern,
    a_consent,
    a_justification,
    an_act,
    by_consent,
    without_basis,
)

PUBLIC, CONSENT, NO_DUTY, NONE = Basis.PUBLIC_INTEREST, Basis.CONSENT, Basis.NO_DUTY_OWED, Basis.NONE
CHILD, ADULT, FORCE, DECIDE = Ground

# basis, ground, consent named, duty of confidentiality owed: the refusal, or None where it is accepted (toolkit 2.3)
REASONING = [
    (CONSENT, None, "K1", True, None),
    (CONSENT, None, "K1", False, None),
    (CONSENT, None, "", True, ConsentMissing),
    (CONSENT, None, "", False, ConsentMissing),
    (CONSENT, CHILD, "K1", True, BadInput),
    (CONSENT, ADULT, "K1", True, BadInput),
    (CONSENT, FORCE, "K1", True, BadInput),
    (CONSENT, DECIDE, "K1", True, BadInput),
    (PUBLIC, None, "", True, GroundMissing),
    (PUBLIC, None, "", False, GroundMissing),
    (PUBLIC, CHILD, "", True, None),
    (PUBLIC, ADULT, "", True, None),
    (PUBLIC, FORCE, "", True, None),
    (PUBLIC, DECIDE, "", True, None),
    (PUBLIC, CHILD, "", False, None),
    (PUBLIC, ADULT, "", False, None),
    (PUBLIC, FORCE, "", False, None),
    (PUBLIC, DECIDE, "", False, None),
    (PUBLIC, CHILD, "K1", True, BadInput),
    (PUBLIC, DECIDE, "K1", True, BadInput),
    (NO_DUTY, None, "", False, None),
    (NO_DUTY, None, "", True, DutyContradictsBasis),
    (NO_DUTY, None, "K1", False, BadInput),
    (NO_DUTY, CHILD, "", False, BadInput),
    (NO_DUTY, ADULT, "", False, BadInput),
    (NO_DUTY, FORCE, "", False, BadInput),
    (NO_DUTY, DECIDE, "", False, BadInput),
    (NONE, None, "", True, None),
    (NONE, None, "", False, None),
    (NONE, None, "K1", True, BadInput),
    (NONE, CHILD, "", True, BadInput),
    (NONE, ADULT, "", True, BadInput),
    (NONE, FORCE, "", True, BadInput),
    (NONE, DECIDE, "", True, BadInput),
]


@pytest.mark.parametrize(("basis", "ground", "consent", "duty", "refusal"), REASONING)
def test_reasoning_holds_together_or_is_refused(basis, ground, consent, duty, refusal):
    """A ground belongs to public interest, a named consent to consent, and a duty is owed or not owed."""
    story = Story().says(HEALTH, a_consent("K1"))
    command = a_justification("J1", basis=basis, ground=ground, consent=consent, duty_of_confidentiality=duty)

    if refusal is None:
        assert [JustificationGiven] == [type(event) for event in story.would(HEALTH, command)]
    else:
        with pytest.raises(refusal):
            story.would(HEALTH, command)


def test_everything_said_is_in_the_event():
    """The fields of a justification are those of section 2.3, and none is lost."""
    story = Story()
    command = a_justification("J1", child_told="not yet", standing=True, recipients=(LEAD, POLICE))

    assert [
        JustificationGiven(
            justification="J1",
            purpose="keep her safe",
            duty_of_confidentiality=True,
            basis=Basis.PUBLIC_INTEREST,
            ground=Ground.SIGNIFICANT_HARM_TO_CHILD,
            facts="Seen leaving with a man staff do not know.",
            proportionality="What is needed, no more.",
            child_told="not yet",
            standing=True,
            recipients=(LEAD, POLICE),
            **an_act(HEALTH, story.now).stamp,
        )
    ] == story.would(HEALTH, command)


def test_a_reference_names_one_justification():
    """A reference in use is refused."""
    story = Story().says(SCHOOL, a_justification("J1"))

    with pytest.raises(AlreadyUsed):
        story.would(HEALTH, a_justification("J1"))


def test_another_agencys_consent_is_not_there_for_this_one():
    """A consent is seen by its own agency; to others it does not exist."""
    story = Story().says(HEALTH, a_consent("K1"))

    with pytest.raises(NotFound):
        story.would(SCHOOL, by_consent("J1", "K1"))


def test_a_consent_that_was_never_recorded_carries_nothing():
    """A justification by consent names a consent on record."""
    with pytest.raises(NotFound):
        Story().would(HEALTH, by_consent("J1", "K9"))


def test_a_refused_consent_carries_nothing():
    """Toolkit 2.3: she said no."""
    story = Story().says(HEALTH, a_consent("K1", decision=ConsentDecision.REFUSED))

    with pytest.raises(ConsentNotInForce):
        story.would(HEALTH, by_consent("J1", "K1"))


def test_recipients_stay_within_the_consents_scope():
    """Consent reaches only those it names."""
    story = Story().says(HEALTH, a_consent("K1", to=(LEAD,)))

    with pytest.raises(ConsentOutOfScope):
        story.would(HEALTH, by_consent("J1", "K1", recipients=(LEAD, POLICE)))


def test_a_consents_scope_is_the_recipients_where_none_are_named():
    """By consent, nobody beyond its scope is reached."""
    story = Story().says(HEALTH, a_consent("K1", to=(LEAD, SCHOOL)))
    (given,) = story.would(HEALTH, by_consent("J1", "K1"))

    assert (LEAD, SCHOOL) == given.recipients


def test_recipients_may_be_fewer_than_the_consent_reaches():
    """The narrower of the two holds."""
    story = Story().says(HEALTH, a_consent("K1", to=(LEAD, SCHOOL)))
    (given,) = story.would(HEALTH, by_consent("J1", "K1", recipients=(SCHOOL,)))

    assert (SCHOOL,) == given.recipients


@pytest.mark.parametrize(
    ("recipients", "reached"),
    [((), True), ((LEAD,), True), ((LEAD, POLICE), True), ((POLICE,), False), ((POLICE, SCHOOL), False)],
)
def test_no_recipients_means_the_lead(recipients, reached):
    """`recipients` absent means the lead; otherwise those it names."""
    story = Story().says(HEALTH, a_justification("J1", recipients=recipients))

    assert reached is story.case.justifications["J1"].reaches(LEAD)


def test_a_justification_is_not_in_force_before_it_is_given():
    """`recorded <= t`."""
    story = Story().says(HEALTH, a_justification("J1"))
    given = story.case.justifications["J1"]
    moments = (story.at - timedelta(microseconds=1), story.at)

    assert [False, True] == [given.in_force(story.case.consents, at) for at in moments]


def test_withdrawal_ends_a_justification_at_that_moment():
    """`recorded <= t < withdrawn`."""
    story = Story().says(HEALTH, a_consent("K1"), by_consent("J1", "K1"))
    story.says(HEALTH, WithdrawConsent(consent="K1", reason="She telephoned."))
    given = story.case.justifications["J1"]
    moments = (story.at - timedelta(microseconds=1), story.at)

    assert [True, False] == [given.in_force(story.case.consents, at) for at in moments]


def test_only_consent_is_looked_for_behind_a_justification():
    """A public interest rests on no consent."""
    story = Story().says(HEALTH, a_consent("K1"), by_consent("J1", "K1"), a_justification("J2"))
    found = [story.case.justifications[name].consent_among(story.case.consents) for name in ("J1", "J2")]

    assert [story.case.consents["K1"], None] == found


@pytest.mark.parametrize(
    ("by", "justification", "refusal"),
    [
        (SCHOOL, "", JustificationMissing),
        (SCHOOL, "J9", NotFound),
        (SCHOOL, "J-health", NotFound),
        (HEALTH, "J-none", BasisDoesNotPermit),
        (HEALTH, "J-withdrawn", ConsentNotInForce),
    ],
)
def test_recording_rests_on_ones_own_justification_in_force(by, justification, refusal):
    """Named, of the actor's own agency, with a basis, in force (design §2)."""
    story = Story().says(HEALTH, a_justification("J-health"), without_basis("J-none"))
    story.says(HEALTH, a_consent("K1"), by_consent("J-withdrawn", "K1"))
    story.says(HEALTH, WithdrawConsent(consent="K1", reason="She telephoned."))

    with pytest.raises(refusal):
        story.would(by, a_concern("C1", justification))
