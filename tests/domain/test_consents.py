"""Consent: asked, given or refused, withdrawn, run out."""

from datetime import timedelta

import pytest

from domain.consents import ConsentRecorded, ConsentWithdrawn, Scope, WithdrawConsent
from domain.errors import AlreadyUsed, BadInput, ConsentNotInForce, NotFound
from domain.vocabulary import ConsentDecision
from tests.domain.builders import HEALTH, LEAD, POLICE, SCHOOL, START, Story, a_consent, an_act

WITHDRAW = WithdrawConsent(consent="K1", reason="She telephoned.")
LATER = START + timedelta(days=10)


def test_what_she_answered_is_on_record():
    """Recording a consent needs no justification (design §2)."""
    story = Story()
    command = a_consent("K1", to=(LEAD, SCHOOL), understanding="Understood.", expires=LATER)

    assert [
        ConsentRecorded(
            consent="K1",
            given_by="child",
            decision=ConsentDecision.GIVEN,
            scope=Scope(to=(LEAD, SCHOOL), about="that she gets help"),
            method="in person",
            understanding="Understood.",
            expires=LATER,
            **an_act(HEALTH, story.now).stamp,
        )
    ] == story.would(HEALTH, command)


def test_a_reference_names_one_consent():
    """A reference in use is refused."""
    story = Story().says(HEALTH, a_consent("K1"))

    with pytest.raises(AlreadyUsed):
        story.would(SCHOOL, a_consent("K1"))


def test_a_consent_reaches_somebody():
    """Consent names whom it reaches."""
    with pytest.raises(BadInput, match="which agencies") as refused:
        Story().would(HEALTH, a_consent("K1", to=()))

    assert "scope.to" == refused.value.field


@pytest.mark.parametrize("late", [timedelta(0), timedelta(seconds=1)])
def test_a_consent_that_has_run_out_already_is_refused(late):
    """An expiry lies ahead."""
    story = Story()

    with pytest.raises(BadInput, match="run out already"):
        story.would(HEALTH, a_consent("K1", expires=story.now - late))


@pytest.mark.parametrize("by", [HEALTH, LEAD])
def test_whoever_she_tells_records_the_withdrawal(by):
    """The asking agency, and the lead where the consent reaches it."""
    story = Story().says(HEALTH, a_consent("K1", to=(LEAD,)))

    assert [
        ConsentWithdrawn(consent="K1", reason="She telephoned.", **an_act(by, story.now).stamp)
    ] == story.would(by, WITHDRAW)


@pytest.mark.parametrize(("by", "to"), [(POLICE, (LEAD,)), (POLICE, (LEAD, POLICE)), (LEAD, (POLICE,))])
def test_to_others_the_consent_does_not_exist(by, to):
    """Design §3.6: a consent is seen by its own agency and, where it reaches it, the lead; not by others it names."""
    story = Story().says(HEALTH, a_consent("K1", to=to))

    with pytest.raises(NotFound):
        story.would(by, WITHDRAW)


def test_to_the_lead_a_consent_that_has_ended_does_not_exist():
    """Design §3.6: the lead sees it while it is in force."""
    story = Story().says(HEALTH, a_consent("K1", to=(LEAD,)), WITHDRAW)

    with pytest.raises(NotFound):
        story.would(LEAD, WITHDRAW)


def test_an_unknown_consent_is_not_withdrawn():
    """There is nothing to withdraw."""
    with pytest.raises(NotFound):
        Story().would(HEALTH, WITHDRAW)


def test_a_withdrawn_consent_is_not_withdrawn_again():
    """It is not in force any more."""
    story = Story().says(HEALTH, a_consent("K1"), WITHDRAW)

    with pytest.raises(ConsentNotInForce):
        story.would(HEALTH, WITHDRAW)


def test_a_refused_consent_cannot_be_withdrawn():
    """It was never in force."""
    story = Story().says(HEALTH, a_consent("K1", decision=ConsentDecision.REFUSED))

    with pytest.raises(ConsentNotInForce):
        story.would(HEALTH, WITHDRAW)


def test_an_expiry_is_a_time_compared_not_an_event():
    """`recorded <= t < expires` (design §2)."""
    story = Story().says(HEALTH, a_consent("K1", expires=LATER))
    consent, second = story.case.consents["K1"], timedelta(seconds=1)
    moments = (story.at - second, story.at, LATER - second, LATER, LATER + second)

    assert [False, True, True, False, False] == [consent.in_force(at) for at in moments]


def test_withdrawal_before_the_expiry_ends_it():
    """The earlier of the two ends it."""
    story = Story().says(HEALTH, a_consent("K1", expires=LATER), WITHDRAW)

    assert story.at == story.case.consents["K1"].ends


def test_a_consent_without_expiry_has_no_end():
    """It is in force until it is withdrawn."""
    story = Story().says(HEALTH, a_consent("K1"))

    assert story.case.consents["K1"].ends is None
