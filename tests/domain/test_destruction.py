"""Destroying a case: held by default, two people of two agencies, a cooling-off period, stopped at any time before."""

from datetime import timedelta

import pytest

from domain.agency import LookRefused
from domain.destruction import (
    HELD,
    NOTHING_DECIDED,
    AgreeDestruction,
    CarryOutDestruction,
    Destruction,
    DestructionAgreed,
    DestructionCarriedOut,
    DestructionProposed,
    Destructions,
    DestructionStopped,
    LegalHoldLifted,
    LegalHoldPlaced,
    LiftLegalHold,
    PlaceLegalHold,
    ProposeDestruction,
    StopDestruction,
    decide,
    evolve,
    fold,
)
from domain.errors import (
    AlreadyDestroyed,
    AlreadyDone,
    AlreadyUsed,
    BadInput,
    CoolingNotOver,
    DestructionNotAgreed,
    DestructionNotProposed,
    NeedsAnotherAgency,
    NotTheRecipient,
    ProposalSuperseded,
    SafeguardingError,
    SamePerson,
    UnderLegalHold,
    UnderReview,
)
from domain.record import Act, Command, Event
from tests.domain.builders import HEALTH, LEAD, POLICE, START, a_time, an_act

CASE, OTHER = "case-1", "case-2"
COOLING = timedelta(days=14)
LIFT = LiftLegalHold(reason="Opened at a training day.", basis="Retention schedule 4.2")
PLACE = PlaceLegalHold(reason="An inquiry asks for all records.")
PROPOSE = ProposeDestruction(
    id="D1", asked=POLICE, reason="Nothing in it is about anybody.", basis="Retention schedule 4.2"
)
AGREE = AgreeDestruction(proposal="D1")
STOP = StopDestruction(reason="It may be needed.")
CARRY_OUT = CarryOutDestruction()
BY_LEAD, BY_POLICE, BY_HEALTH = an_act(LEAD), an_act(POLICE), an_act(HEALTH)
BY_HUB = an_act("", a_time(26), person="hub")
"""START is the 12th; fourteen days later it is due to the minute."""

Step = tuple[Command, Act]
TO_LIFTED: list[Step] = [(LIFT, BY_LEAD)]
TO_PROPOSED: list[Step] = [*TO_LIFTED, (PROPOSE, BY_LEAD)]
TO_AGREED: list[Step] = [*TO_PROPOSED, (AGREE, BY_POLICE)]
TO_DESTROYED: list[Step] = [*TO_AGREED, (CARRY_OUT, BY_HUB)]
STATES: dict[str, list[Step]] = {
    "held": [],
    "lifted": TO_LIFTED,
    "proposed": TO_PROPOSED,
    "agreed": TO_AGREED,
    "stopped": [*TO_PROPOSED, (STOP, BY_POLICE)],
    "stopped when agreed": [*TO_AGREED, (STOP, BY_LEAD)],
    "held again": [*TO_AGREED, (PLACE, BY_POLICE)],
    "destroyed": TO_DESTROYED,
}


def told(steps: list[Step], case: str = CASE) -> Destructions:
    destructions = NOTHING_DECIDED
    for command, act in steps:
        destructions = fold(would(destructions.of(case), command, act, case=case), destructions)
    return destructions


def after(*steps: Step) -> Destruction:
    return told(list(steps)).of(CASE)


def would(
    destruction: Destruction, command: Command, act: Act, *, case: str = CASE, open_review: bool = False
) -> list[Event]:
    return decide(destruction, case, command, act, cooling=COOLING, open_review=open_review)


# state                 lift                 place                propose              agree
#                       stop                 carry out when due
WRITTEN: dict[str, tuple[type[Event | SafeguardingError], ...]] = {
    "held": (LegalHoldLifted, AlreadyDone, UnderLegalHold, DestructionNotProposed,
             DestructionNotProposed, UnderLegalHold),
    "lifted": (AlreadyDone, LegalHoldPlaced, DestructionProposed, DestructionNotProposed,
               DestructionNotProposed, DestructionNotAgreed),
    "proposed": (AlreadyDone, LegalHoldPlaced, AlreadyDone, DestructionAgreed,
                 DestructionStopped, DestructionNotAgreed),
    "agreed": (AlreadyDone, LegalHoldPlaced, AlreadyDone, AlreadyDone,
               DestructionStopped, DestructionCarriedOut),
    "stopped": (AlreadyDone, LegalHoldPlaced, DestructionProposed, DestructionNotProposed,
                DestructionNotProposed, DestructionNotAgreed),
    "stopped when agreed": (AlreadyDone, LegalHoldPlaced, DestructionProposed, DestructionNotProposed,
                            DestructionNotProposed, DestructionNotAgreed),
    "held again": (LegalHoldLifted, AlreadyDone, UnderLegalHold, DestructionNotProposed,
                   DestructionNotProposed, UnderLegalHold),
    "destroyed": (AlreadyDestroyed,) * 6,
}  # fmt: skip
STEPS: list[Step] = [
    (LIFT, BY_LEAD),
    (PLACE, BY_LEAD),
    (ProposeDestruction(id="D2", asked=POLICE, reason="Again.", basis="As before."), BY_LEAD),
    (AGREE, BY_POLICE),
    (STOP, BY_POLICE),
    (CARRY_OUT, BY_HUB),
]


@pytest.mark.parametrize(
    ("state", "step", "outcome"),
    [(state, step, one) for state, row in WRITTEN.items() for step, one in zip(STEPS, row, strict=True)],
)
def test_every_step_in_every_state_is_taken_or_refused_as_written(state, step, outcome):
    """The whole product: what is held, undecided, stopped or destroyed already is never destroyed."""
    try:
        (event,) = would(after(*STATES[state]), *step)
        came = type(event)
    except SafeguardingError as refusal:
        came = type(refusal)

    assert outcome is came


def test_silence_is_a_hold():
    """Legal hold is on for every case of which nothing was ever said."""
    assert HELD == NOTHING_DECIDED.of(CASE)
    assert HELD.held is True


def test_each_step_says_what_was_decided_and_why():
    """Who, in which role, of which agency stands in every one."""
    steps = list(after(*TO_DESTROYED).steps)

    assert [
        LegalHoldLifted(
            case=CASE, reason="Opened at a training day.", basis="Retention schedule 4.2", **BY_LEAD.stamp
        ),
        DestructionProposed(
            case=CASE, proposal="D1", asked=POLICE, reason="Nothing in it is about anybody.",
            basis="Retention schedule 4.2", **BY_LEAD.stamp,
        ),
        DestructionAgreed(case=CASE, proposal="D1", due=a_time(26), **BY_POLICE.stamp),
        DestructionCarriedOut(case=CASE, proposal="D1", **BY_HUB.stamp),
    ] == steps  # fmt: skip


def test_what_keeps_a_case_says_why_too():
    """A hold and a stop have their reasons."""
    destruction = after(*TO_PROPOSED)

    assert [LegalHoldPlaced(case=CASE, reason="An inquiry asks for all records.", **BY_HEALTH.stamp)] == would(
        destruction, PLACE, BY_HEALTH
    )
    assert [DestructionStopped(case=CASE, proposal="D1", reason="It may be needed.", **BY_HEALTH.stamp)] == would(
        destruction, STOP, BY_HEALTH
    )


@pytest.mark.parametrize(
    ("act", "refusal"),
    [
        (BY_LEAD, SamePerson),
        (an_act(LEAD, person="another"), NeedsAnotherAgency),
        (an_act(POLICE, person=f"{LEAD}-worker"), SamePerson),
        (BY_HEALTH, NotTheRecipient),
    ],
)
def test_only_another_person_of_the_agency_asked_agrees(act, refusal):
    """Two people of two agencies: not oneself, whatever agency one works for by now, nor a colleague, nor a third."""
    with pytest.raises(refusal):
        would(after(*TO_PROPOSED), AGREE, act)


def test_ones_own_agency_is_not_asked():
    """It takes two agencies."""
    with pytest.raises(NeedsAnotherAgency):
        would(after(*TO_LIFTED), ProposeDestruction(id="D1", asked=LEAD, reason="R", basis="B"), BY_LEAD)


def test_an_agreement_is_to_the_proposal_that_was_read():
    """Where it was stopped and another made meanwhile, the reason may be another."""
    again = ProposeDestruction(id="D2", asked=POLICE, reason="Another reason.", basis="Another basis.")
    destruction = after(*TO_PROPOSED, (STOP, BY_LEAD), (again, BY_LEAD))

    with pytest.raises(ProposalSuperseded):
        would(destruction, AGREE, BY_POLICE)


def test_a_proposals_reference_is_used_once():
    """Also when the one that had it was stopped."""
    with pytest.raises(AlreadyUsed):
        would(after(*TO_PROPOSED, (STOP, BY_LEAD)), PROPOSE, BY_LEAD)


@pytest.mark.parametrize(("step", "steps"), [((PROPOSE, BY_LEAD), TO_LIFTED), ((CARRY_OUT, BY_HUB), TO_AGREED)])
def test_an_open_review_stops_it(step, steps):
    """What a review reads is neither proposed for destruction nor destroyed."""
    with pytest.raises(UnderReview):
        would(after(*steps), *step, open_review=True)


@pytest.mark.parametrize(
    ("step", "steps"),
    [((LIFT, BY_LEAD), []), ((PLACE, BY_LEAD), TO_AGREED), ((AGREE, BY_POLICE), TO_PROPOSED), ((STOP, BY_LEAD),
     TO_AGREED)],
)  # fmt: skip
def test_an_open_review_is_no_reason_against_keeping_a_case_or_answering(step, steps):
    """A hold, a stop and an answer destroy nothing."""
    assert 1 == len(would(after(*steps), *step, open_review=True))


def test_cooling_off_is_over_to_the_second():
    """`now >= due`: fourteen days after the agreement was recorded, not a second before."""
    destruction, second = after(*TO_AGREED), timedelta(seconds=1)

    with pytest.raises(CoolingNotOver):
        would(destruction, CARRY_OUT, an_act("", a_time(26) - second, person="hub"))
    assert [DestructionCarriedOut(case=CASE, proposal="D1", **BY_HUB.stamp)] == would(destruction, CARRY_OUT, BY_HUB)


@pytest.mark.parametrize("days", [1, 14, 90])
def test_the_cooling_off_period_is_the_settings_on_the_day_of_the_agreement(days):
    """It is stored with the agreement, so that a later setting shortens nothing that runs."""
    (event,) = decide(after(*TO_PROPOSED), CASE, AGREE, BY_POLICE, cooling=timedelta(days=days), open_review=False)

    assert START + timedelta(days=days) == event.due


def test_an_act_nobody_knows_is_refused():
    """Silence is no."""
    with pytest.raises(BadInput):
        would(HELD, Command(), BY_LEAD)


@pytest.mark.parametrize("state", STATES)
def test_a_case_is_due_only_when_it_may_be_destroyed(state):
    """Agreed, not stopped, not held, not destroyed already, and the days over."""
    destructions, second = told(STATES[state]), timedelta(seconds=1)

    assert ((CASE,) if state == "agreed" else ()) == destructions.due(a_time(26))
    assert () == destructions.due(a_time(26) - second)


@pytest.mark.parametrize("state", STATES)
def test_the_agency_asked_is_asked_until_it_answers_or_it_is_stopped(state):
    """And no other agency is."""
    destructions = told(STATES[state])

    assert ((CASE,) if state == "proposed" else ()) == destructions.asked(POLICE)
    assert () == destructions.asked(HEALTH)


@pytest.mark.parametrize("state", STATES)
def test_who_agreed_may_stop_it_while_it_cools_off(state):
    """And nobody else agreed."""
    destructions = told(STATES[state])

    assert ((CASE,) if state == "agreed" else ()) == destructions.cooling(POLICE)
    assert () == destructions.cooling(LEAD)


def test_what_is_decided_about_one_case_touches_no_other():
    """Each is held until its own hold is lifted."""
    destructions = fold(would(HELD, LIFT, BY_HEALTH, case=OTHER), told(TO_DESTROYED))

    assert [True, False, 5] == [destructions.of(CASE).steps == told(TO_DESTROYED).of(CASE).steps,
                                destructions.of(OTHER).held, destructions.version]  # fmt: skip
    assert {CASE: DestructionCarriedOut(case=CASE, proposal="D1", **BY_HUB.stamp)} == destructions.destroyed


def test_a_destroyed_case_stays_destroyed_whatever_is_read_after_it():
    """`evolve` cannot fail, and brings nothing back."""
    destroyed = told(TO_DESTROYED)
    later = fold([LegalHoldPlaced(case=CASE, reason="Too late.", **an_act(LEAD, a_time(27)).stamp)], destroyed)

    assert destroyed.destroyed == later.destroyed
    assert destroyed.of(CASE).agreement == later.of(CASE).agreement
    assert 5 == len(later.of(CASE).steps)


def test_the_stream_counts_its_events_and_keeps_the_time_of_the_last():
    """What is appended next is not recorded before it."""
    destructions = told(TO_DESTROYED)

    assert (4, a_time(26)) == (destructions.version, destructions.last_recorded)


def test_an_event_of_another_stream_changes_nothing_but_the_count():
    """`evolve` cannot fail."""
    stray = LookRefused(what="case", case="", **BY_LEAD.stamp)

    assert Destructions(1, START) == evolve(NOTHING_DECIDED, stray)
