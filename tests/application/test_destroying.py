"""Destroying a case: two managers of two agencies, days in which it can be stopped, and then for good."""

import shutil
from collections.abc import Callable, Sequence
from copy import copy
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest

from application.access import look
from application.commands.destroying import Attempt, carry_out_due, destruction_act, forget_destroyed
from application.commands.people import keep_directory
from application.hub import Hub
from application.ledger import DESTRUCTIONS_STREAM, Stream, agency_stream
from application.queries.destructions import destroyed, destruction_of, destructions_asked, due
from domain.agency import ListShown, LookRefused
from domain.destruction import DestructionAgreed, DestructionCarriedOut
from domain.errors import (
    AlreadyDestroyed,
    AlreadyDone,
    AlreadyUsed,
    BadInput,
    ChangedMeanwhile,
    NeedsAnotherAgency,
    NotFound,
    NotTheRecipient,
    OutcomeUnknown,
    RoleMissing,
    SafeguardingError,
    UnderLegalHold,
    UnderReview,
    UnknownAgency,
)
from domain.record import Actor, Event
from domain.vocabulary import Role
from tests.application.test_two_at_once import at_once
from tests.builders import MORNING, a_case, a_command_id, a_hub, a_justification, a_partnership, do

DATA: dict[str, dict[str, str]] = {
    "lift_legal_hold": {"reason": "Opened at a training day.", "basis": "Retention schedule 4.2"},
    "place_legal_hold": {"reason": "An inquiry asks for all records."},
    "propose_destruction": {
        "id": "D1", "asked": "police", "reason": "It is about nobody.", "basis": "Retention schedule 4.2",
    },
    "agree_destruction": {"proposal": "D1"},
    "stop_destruction": {"reason": "It may be needed."},
}  # fmt: skip
REVIEW = {"id": "V1", "reviewer": "jo", "kind": "audit", "from": "2025-12-01", "until": "2026-01-11",
          "agencies": ["csc"], "questions": "Who knew?"}  # fmt: skip
FORTNIGHT = timedelta(days=14)


def take(hub: Hub, who: str, case: UUID, name: str, command_id: str = "", **more: str) -> None:
    destruction_act(hub, who, case, name, DATA[name] | more, command_id=command_id or a_command_id())


def proposed(hub: Hub, asked: str = "police") -> UUID:
    """A case of which the lead's managers propose that it is destroyed."""
    case = a_case(hub)
    take(hub, "tom", case, "lift_legal_hold")
    take(hub, "ruth", case, "propose_destruction", asked=asked)
    return case


def agreed(hub: Hub) -> UUID:
    case = proposed(hub)
    take(hub, "mo", case, "agree_destruction")
    return case


def gone(hub: Hub) -> UUID:
    case = agreed(hub)
    passes(hub, FORTNIGHT)
    carry_out_due(hub)
    return case


def passes(hub: Hub, time: timedelta) -> None:
    hub.clock.at += time  # type: ignore[attr-defined]


def steps(hub: Hub) -> list[Event]:
    return hub.ledger.read(DESTRUCTIONS_STREAM)


def kinds(hub: Hub) -> list[str]:
    return [str(step.__struct_config__.tag).partition(".")[2] for step in steps(hub)]


def outcome(doing: Callable[[], Any]) -> tuple[str, str]:
    """What a person is answered."""
    try:
        doing()
    except SafeguardingError as refusal:
        return refusal.code, refusal.message
    return "done", ""


def test_two_managers_of_two_agencies_destroy_a_case_after_a_fortnight(hub: Hub) -> None:
    """The lead lifts the hold and proposes, the agency asked agrees without seeing the case, and a fortnight passes."""
    case = agreed(hub)
    passes(hub, FORTNIGHT - timedelta(seconds=1))
    early = carry_out_due(hub)
    passes(hub, timedelta(seconds=1))

    assert [] == early
    assert [Attempt(case)] == carry_out_due(hub)
    assert ["hold_lifted", "proposed", "agreed", "carried_out"] == kinds(hub)


def test_the_record_says_who_decided_in_which_role_and_when_it_is_due(hub: Hub) -> None:
    """`by` is the whole person as they were; the hub itself carries out."""
    case = gone(hub)
    by = [step.by for step in steps(hub)]
    (agreement,) = [step for step in steps(hub) if isinstance(step, DestructionAgreed)]

    assert [
        Actor("tom", Role.TEAM_MANAGER, "csc"),
        Actor("ruth", Role.CSE_PREVENTION_MANAGER, "csc"),
        Actor("mo", Role.TEAM_MANAGER, "police"),
        Actor("hub", Role.ADMINISTRATOR, ""),
    ] == by
    assert (str(case), "D1", MORNING + FORTNIGHT) == (agreement.case, agreement.proposal, agreement.due)


def test_a_destroyed_case_is_gone_for_everybody(hub: Hub) -> None:
    """For who recorded in it too; what was decided stays."""
    case = gone(hub)

    for who in ("ben", "tom", "mo"):
        with pytest.raises(NotFound):
            look(hub, who, case, "case")
    assert 0 == hub.case(case).case.version
    assert case not in set(hub.ledger.cases())
    assert [case] == list(destroyed(hub))
    assert isinstance(destroyed(hub)[case], DestructionCarriedOut)


def test_carrying_out_again_destroys_nothing_more(hub: Hub) -> None:
    """It is on record once."""
    gone(hub)

    assert [] == carry_out_due(hub)
    assert 1 == kinds(hub).count("carried_out")


def test_deciding_leaves_the_cases_own_stream_alone(hub: Hub) -> None:
    """Every step stands in one stream of the hub, which outlives the case."""
    case = a_case(hub)
    before = hub.ledger.version_of(case)
    take(hub, "tom", case, "lift_legal_hold")
    take(hub, "tom", case, "propose_destruction")
    take(hub, "mo", case, "agree_destruction")
    take(hub, "tom", case, "stop_destruction")
    take(hub, "tom", case, "place_legal_hold")

    assert before == hub.ledger.version_of(case)
    assert 5 == len(steps(hub))


def test_every_case_is_held_until_somebody_lifts_the_hold(hub: Hub) -> None:
    """Silence is a hold."""
    case = a_case(hub)

    with pytest.raises(UnderLegalHold):
        take(hub, "tom", case, "propose_destruction")
    assert [] == steps(hub)


# who, act -> whether the role is missing, whatever the case; typed from the partnership's people and the written table
NOT_THEIRS = {
    "lift_legal_hold": ("priya", "ada", "sam", "mo", "helen", "ben", "asha", "pat", "jo", "alex"),
    "propose_destruction": ("priya", "ada", "sam", "mo", "helen", "ben", "asha", "pat", "jo", "alex"),
    "agree_destruction": ("priya", "ada", "sam", "helen", "ben", "asha", "jo", "alex"),
    "stop_destruction": ("priya", "ada", "sam", "helen", "ben", "asha", "jo", "alex"),
    "place_legal_hold": ("priya", "ada", "sam", "helen", "ben", "asha", "jo", "alex"),
}


@pytest.mark.parametrize("name", NOT_THEIRS)
def test_whose_role_it_is_not_is_told_the_same_of_any_case(hub: Hub, name: str) -> None:
    """Practitioners, reviewers and administrators decide nothing here."""
    case, nowhere = proposed(hub), uuid4()
    for who in NOT_THEIRS[name]:
        answers = [outcome(lambda one=one, who=who: take(hub, who, one, name)) for one in (case, nowhere)]

        assert "role_missing" == answers[0][0]
        assert answers[0] == answers[1]


def test_an_administrator_decides_nothing_whatever_other_role_they_hold(hub: Hub) -> None:
    """Asked or not."""
    case = proposed(hub)
    data = {"id": "max", "name": "Max", "agency": "police", "roles": ["team_manager", "administrator"]}
    keep_directory(hub, "hub", "register_person", data, command_id=a_command_id())

    with pytest.raises(RoleMissing):
        take(hub, "max", case, "agree_destruction")


@pytest.mark.parametrize("name", ["agree_destruction", "stop_destruction", "place_legal_hold"])
@pytest.mark.parametrize("who", ["mo", "pat"])
def test_who_neither_comes_from_the_case_nor_was_asked_is_answered_alike(hub: Hub, who: str, name: str) -> None:
    """A case that does not exist, one that nobody proposes to destroy, and one about which another agency was asked."""
    elsewhere = proposed(hub, asked="office" if who == "mo" else "police")
    undecided = a_case(hub, name="Another Child")
    agency = agency_stream("police" if who == "mo" else "office")
    before = len(hub.ledger.read(agency))
    answers = [outcome(lambda one=one: take(hub, who, one, name)) for one in (uuid4(), undecided, elsewhere)]
    refused = hub.ledger.read(agency)[before:]

    assert {"not_found"} == {code for code, _ in answers}
    assert 1 == len(set(answers))
    assert [name] * 3 == [event.what for event in refused if isinstance(event, LookRefused)]


def test_the_partnership_manager_agrees_where_their_office_was_asked(hub: Hub) -> None:
    """The other agency may be the partnership's office."""
    case = proposed(hub, asked="office")
    take(hub, "pat", case, "agree_destruction")

    assert ["hold_lifted", "proposed", "agreed"] == kinds(hub)


def test_a_partner_in_the_case_that_was_not_asked_may_stop_but_not_agree(hub: Hub) -> None:
    """It comes from the case; the answer is another agency's."""
    case = proposed(hub, asked="office")
    do(hub, "sam", case, "give_justification", **a_justification("J2"))

    with pytest.raises(NotTheRecipient):
        take(hub, "mo", case, "agree_destruction")
    take(hub, "mo", case, "stop_destruction")
    assert "stopped" == kinds(hub)[-1]


@pytest.mark.parametrize("name", ["stop_destruction", "place_legal_hold"])
@pytest.mark.parametrize("who", ["tom", "mo"])
def test_either_side_stops_it_to_the_last_moment(hub: Hub, who: str, name: str) -> None:
    """By stopping what was agreed, or by placing the hold again; then nothing is due, however long it waits."""
    case = agreed(hub)
    passes(hub, FORTNIGHT)
    take(hub, who, case, name)
    passes(hub, timedelta(days=1000))

    assert [] == carry_out_due(hub)
    assert 0 < hub.case(case).case.version


def test_a_declared_interest_bars_the_one_who_is_asked(hub: Hub) -> None:
    """A deny beats everything, also for the agency asked."""
    case = a_case(hub)
    do(hub, "sam", case, "give_justification", **a_justification("J2"))
    do(hub, "mo", case, "declare_interest", about="A relative.")
    take(hub, "tom", case, "lift_legal_hold")
    take(hub, "tom", case, "propose_destruction")

    for name in ("agree_destruction", "stop_destruction", "place_legal_hold"):
        with pytest.raises(NotFound):
            take(hub, "mo", case, name)
    assert () == destructions_asked(hub, "mo")


def test_a_reviewer_who_manages_elsewhere_does_not_come_from_the_case(hub: Hub) -> None:
    """A review gives reading, and nothing to decide."""
    keep_directory(
        hub, "hub", "register_person",
        {"id": "rae", "name": "Rae", "agency": "health", "roles": ["reviewer", "team_manager"]},
        command_id=a_command_id(),
    )  # fmt: skip
    case = proposed(hub)
    do(hub, "pat", case, "open_review", **(REVIEW | {"reviewer": "rae"}))

    with pytest.raises(NotFound):
        take(hub, "rae", case, "stop_destruction")


@pytest.mark.parametrize(
    ("asked", "refusal"),
    [("csc", NeedsAnotherAgency), ("nowhere", UnknownAgency), ("health", BadInput)],
)
def test_the_agency_asked_is_another_one_where_somebody_may_agree(
    hub: Hub, asked: str, refusal: type[SafeguardingError]
) -> None:
    """Not one's own, not an unknown one, not one without a manager: nobody there could ever answer."""
    case = a_case(hub)
    take(hub, "tom", case, "lift_legal_hold")

    with pytest.raises(refusal):
        take(hub, "tom", case, "propose_destruction", asked=asked)


def end_review(hub: Hub) -> None:
    keep_directory(hub, "alex", "end_role", {"person": "jo", "role": "reviewer"}, command_id=a_command_id())


def test_an_open_review_stops_a_proposal(hub: Hub) -> None:
    """It is open while its reviewer may read by it, though the days it reads lie behind."""
    case = a_case(hub)
    do(hub, "pat", case, "open_review", **REVIEW)
    take(hub, "tom", case, "lift_legal_hold")

    with pytest.raises(UnderReview):
        take(hub, "tom", case, "propose_destruction")
    end_review(hub)
    take(hub, "tom", case, "propose_destruction")
    assert ["hold_lifted", "proposed"] == kinds(hub)


def test_a_review_whose_days_have_not_passed_is_open(hub: Hub) -> None:
    """Its last day counts, also when the reviewer was released and another is to follow."""
    case = a_case(hub)
    do(hub, "pat", case, "open_review", **(REVIEW | {"until": "2026-01-20"}))
    take(hub, "tom", case, "lift_legal_hold")
    end_review(hub)
    passes(hub, timedelta(days=8))

    with pytest.raises(UnderReview):
        take(hub, "tom", case, "propose_destruction")
    passes(hub, timedelta(days=1))
    take(hub, "tom", case, "propose_destruction")
    assert ["hold_lifted", "proposed"] == kinds(hub)


def test_a_review_opened_while_it_cools_off_keeps_the_case_until_it_is_over(hub: Hub) -> None:
    """The operator is told why; what else is due goes on; it stays due."""
    case = agreed(hub)
    other = a_case(hub, name="Another Child")
    take(hub, "tom", other, "lift_legal_hold")
    take(hub, "tom", other, "propose_destruction", id="D2")
    take(hub, "mo", other, "agree_destruction", proposal="D2")
    do(hub, "pat", case, "open_review", **REVIEW)
    passes(hub, FORTNIGHT)

    assert {Attempt(case, UnderReview.what_to_do), Attempt(other)} == set(carry_out_due(hub))
    assert (case,) == due(hub)
    end_review(hub)
    assert [Attempt(case)] == carry_out_due(hub)


@pytest.mark.parametrize("name", DATA)
def test_a_step_repeated_has_one_effect(hub: Hub, name: str) -> None:
    """Repeated at once, and again when the case is destroyed."""
    case = proposed(hub)
    who = "mo" if name == "agree_destruction" else "tom"
    if name in ("lift_legal_hold", "propose_destruction"):
        take(hub, "tom", case, "place_legal_hold")
    if name == "propose_destruction":
        take(hub, "tom", case, "lift_legal_hold")
    more = {"id": "D2"} if name == "propose_destruction" else {}
    for _ in range(2):
        take(hub, who, case, name, "the-same-command", **more)

    assert 1 == [step.command.partition("~")[0] for step in steps(hub)].count("the-same-command")


def test_a_step_repeated_after_the_case_was_destroyed_is_answered_like_the_first_time(hub: Hub) -> None:
    """A retry that comes late adds nothing and is no refusal."""
    case = proposed(hub)
    take(hub, "mo", case, "agree_destruction", "agreed-by-mo")
    passes(hub, FORTNIGHT)
    carry_out_due(hub)
    take(hub, "mo", case, "agree_destruction", "agreed-by-mo")

    assert 4 == len(steps(hub))


def test_something_else_under_the_same_command_id_is_refused(hub: Hub) -> None:
    """It is not swallowed."""
    case = a_case(hub)
    take(hub, "tom", case, "lift_legal_hold", "lifted-by-tom")

    with pytest.raises(AlreadyUsed):
        take(hub, "tom", case, "lift_legal_hold", "lifted-by-tom", reason="Another reason.")


def test_a_command_id_is_one_persons_own(hub: Hub) -> None:
    """Two people with the same one both have their effect."""
    case = a_case(hub)
    take(hub, "tom", case, "lift_legal_hold", "the-same-command")
    take(hub, "ruth", case, "propose_destruction", "the-same-command")

    assert ["hold_lifted", "proposed"] == kinds(hub)


@pytest.mark.parametrize(
    ("name", "data", "field"),
    [
        ("erase_case", {}, "act"),
        ("lift_legal_hold", {"reason": "R"}, "basis"),
        ("lift_legal_hold", {"reason": "", "basis": "B"}, "reason"),
        ("place_legal_hold", {"reason": "R" * 501}, "reason"),
        ("stop_destruction", {"reason": "R", "by": "tom"}, "by"),
        ("agree_destruction", {"proposal": "../D1"}, "proposal"),
    ],
)
def test_what_no_form_sends_is_refused(hub: Hub, name: str, data: dict[str, str], field: str) -> None:
    """Unknown acts and fields, missing and overlong ones: 500 characters are enough to say why."""
    with pytest.raises(BadInput) as refused:
        destruction_act(hub, "tom", a_case(hub), name, data, command_id=a_command_id())

    assert field == refused.value.field


def test_a_step_without_a_command_id_is_refused(hub: Hub) -> None:
    """A repetition could not be told from a new act."""
    with pytest.raises(BadInput):
        destruction_act(hub, "tom", a_case(hub), "lift_legal_hold", DATA["lift_legal_hold"], command_id="")


def test_a_clock_put_back_reorders_nothing(hub: Hub) -> None:
    """A step is never recorded before the one that it follows, and nothing becomes due any sooner."""
    case = a_case(hub)
    passes(hub, timedelta(days=1))
    take(hub, "tom", case, "lift_legal_hold")
    passes(hub, timedelta(days=-3))
    take(hub, "ruth", case, "propose_destruction")
    take(hub, "mo", case, "agree_destruction")

    assert [MORNING + timedelta(days=1)] * 3 == [step.recorded for step in steps(hub)]
    assert MORNING + timedelta(days=15) == destruction_of(hub, "tom", case).due


def test_who_decided_is_told_that_it_is_destroyed_and_nobody_else(hub: Hub) -> None:
    """For anybody else there is nothing, as for a case that never was."""
    case = gone(hub)

    for who, name in (("tom", "place_legal_hold"), ("ruth", "lift_legal_hold"), ("mo", "stop_destruction")):
        with pytest.raises(AlreadyDestroyed):
            take(hub, who, case, name)
    with pytest.raises(NotFound):
        take(hub, "pat", case, "stop_destruction")


@pytest.mark.parametrize("forget", [forget_destroyed, carry_out_due])
def test_an_older_key_store_brings_nothing_back(hub: Hub, tmp_path: Path, forget: Callable[[Hub], Any]) -> None:
    """What is on record as destroyed is forgotten again, at a start and whenever due destructions are carried out."""
    case = agreed(hub)
    shutil.copytree(tmp_path / "hub" / "keys", tmp_path / "older keys")
    passes(hub, FORTNIGHT)
    carry_out_due(hub)
    hub.close()
    shutil.rmtree(tmp_path / "hub" / "keys")
    shutil.copytree(tmp_path / "older keys", tmp_path / "hub" / "keys")
    again = a_hub(tmp_path / "hub", MORNING + FORTNIGHT)
    forget(again)
    left = set(again.ledger.cases())
    again.close()

    assert case not in left


@pytest.fixture
def hubs(tmp_path: Path) -> tuple[Hub, Hub]:
    """Two hubs, as two workers of a server have them, over the same files."""
    first = a_partnership(a_hub(tmp_path / "shared"))
    return first, a_hub(tmp_path / "shared")


def test_of_two_who_propose_at_once_one_is_told_that_it_is_proposed(hubs: tuple[Hub, Hub]) -> None:
    """A lost race is decided again on what was decided meanwhile."""
    first, second = hubs
    for number in range(10):
        case = a_case(first, name=f"Child {number}")
        take(first, "tom", case, "lift_legal_hold")
        found = at_once(
            lambda case=case: take(first, "tom", case, "propose_destruction", id="DA"),
            lambda case=case: take(second, "ruth", case, "propose_destruction", id="DB"),
        )

        assert [AlreadyDone, type(None)] == sorted((type(one) for one in found), key=lambda kind: kind.__name__)


def test_two_operators_at_once_destroy_a_case_once(hubs: tuple[Hub, Hub]) -> None:
    """Both find it destroyed; it is on record once."""
    first, second = hubs
    case = agreed(first)
    for hub in hubs:
        passes(hub, FORTNIGHT)
    found = at_once(lambda: carry_out_due(first), lambda: carry_out_due(second))

    assert {Attempt(case)} == {attempt for attempts in found for attempt in attempts}
    assert 1 == kinds(first).count("carried_out")


class Forestalled(Hub):
    """A hub in whose every append another operator comes first and carries out what is due."""

    def append(self, stream: Stream, after: int, events: Sequence[Event]) -> None:
        carry_out_due(over(self, Hub))
        super().append(stream, after, events)


def test_what_another_operator_has_just_destroyed_is_destroyed(hub: Hub) -> None:
    """It is no refusal, and on record once."""
    case = agreed(hub)
    passes(hub, FORTNIGHT)

    assert [Attempt(case)] == carry_out_due(over(hub, Forestalled))
    assert 1 == kinds(hub).count("carried_out")


def test_a_destruction_of_which_nobody_knows_whether_it_is_on_record_is_finished_by_the_next_run(hub: Hub) -> None:
    """The operator is told; where it is on record, the keys go then."""
    case = agreed(hub)
    passes(hub, FORTNIGHT)

    assert [Attempt(case, OutcomeUnknown.what_to_do)] == carry_out_due(over(hub, Unheard))
    assert case in set(hub.ledger.cases())
    assert [] == carry_out_due(hub)
    assert case not in set(hub.ledger.cases())


def over(hub: Hub, kind: type[Hub]) -> Any:
    """Another kind of hub over the same store."""
    double = copy(hub)
    double.__class__ = kind
    return double


class Unheard(Hub):
    """A hub whose store takes what is appended, or not, and does not say so."""

    taken = True

    def append(self, stream: Stream, after: int, events: Sequence[Event]) -> None:
        if self.taken:
            super().append(stream, after, events)
        raise OutcomeUnknown


def test_an_outcome_lost_with_the_connection_is_looked_up(hub: Hub) -> None:
    """It is on record, so it is answered as done."""
    case = a_case(hub)
    unheard = over(hub, Unheard)
    take(unheard, "tom", case, "lift_legal_hold")

    assert ["hold_lifted"] == kinds(hub)


def test_an_outcome_that_is_not_on_record_is_said_to_be_unknown(hub: Hub) -> None:
    """The person sends it again."""
    case = a_case(hub)
    unheard = over(hub, Unheard)
    unheard.taken = False

    with pytest.raises(OutcomeUnknown):
        take(unheard, "tom", case, "lift_legal_hold")
    assert [] == steps(hub)


class Overtaken(Hub):
    """A hub whose every append finds that somebody else was first."""

    def append(self, stream: Stream, after: int, events: Sequence[Event]) -> None:
        raise ChangedMeanwhile


def test_who_is_overtaken_every_time_is_told_so(hub: Hub) -> None:
    """Nothing is stored, and what is due stays due."""
    case = agreed(hub)
    passes(hub, FORTNIGHT)
    overtaken = over(hub, Overtaken)

    with pytest.raises(ChangedMeanwhile):
        take(overtaken, "tom", case, "stop_destruction")
    assert [Attempt(case, ChangedMeanwhile.what_to_do)] == carry_out_due(overtaken)
    assert (case,) == due(hub)


def test_who_comes_from_the_case_sees_every_step_and_whom_to_ask(hub: Hub) -> None:
    """The lead's manager before proposing: police and the office have somebody who may agree, health has not."""
    case = a_case(hub)
    take(hub, "tom", case, "lift_legal_hold")
    view = destruction_of(hub, "ruth", case)

    assert (False, "", False, None, None, False) == (
        view.held, view.proposal, view.agreed, view.due, view.destroyed, view.review_open,
    )  # fmt: skip
    assert ["police", "office"] == [agency.id for agency in view.ask]
    assert [("destruction.hold_lifted", "Csc", "Tom", "Opened at a training day.", "Retention schedule 4.2")] == [
        (step.kind, step.by_name, step.by_person, step.reason, step.basis) for step in view.steps
    ]
    assert ("propose_destruction", "place_legal_hold") == view.acts


def test_the_agency_asked_sees_what_it_is_asked_and_no_more(hub: Hub) -> None:
    """No step from before it was asked, no review, nobody else to ask."""
    case = proposed(hub)
    do(hub, "pat", case, "open_review", **REVIEW)
    (view,) = destructions_asked(hub, "mo")

    assert view == destruction_of(hub, "mo", case)
    assert (case, "D1", "police", "Police", False, ()) == (
        view.case, view.proposal, view.asked, view.asked_name, view.review_open, view.ask,
    )  # fmt: skip
    assert ["destruction.proposed"] == [step.kind for step in view.steps]
    assert ("agree_destruction", "stop_destruction", "place_legal_hold") == view.acts
    assert destruction_of(hub, "tom", case).review_open


def test_what_was_answered_waits_for_nobody(hub: Hub) -> None:
    """Neither for the agency that agreed, nor ever for another."""
    agreed(hub)

    assert ((), ()) == (destructions_asked(hub, "mo"), destructions_asked(hub, "pat"))


# state -> acts offered to the lead's manager, and to the agency asked
OFFERED: dict[str, tuple[tuple[str, ...], tuple[str, ...] | None]] = {
    "held": (("lift_legal_hold",), None),
    "proposed": (("stop_destruction", "place_legal_hold"),
                 ("agree_destruction", "stop_destruction", "place_legal_hold")),
    "agreed": (("stop_destruction", "place_legal_hold"), ("stop_destruction", "place_legal_hold")),
    "destroyed": ((), ()),
}  # fmt: skip
MAKING = {"held": a_case, "proposed": proposed, "agreed": agreed, "destroyed": gone}


@pytest.mark.parametrize("state", OFFERED)
def test_the_acts_offered_are_those_that_may_be_done(hub: Hub, state: str) -> None:
    """Each is judged again when it is done."""
    case = MAKING[state](hub)
    lead, asked = OFFERED[state]

    assert lead == destruction_of(hub, "tom", case).acts
    if asked is None:
        with pytest.raises(NotFound):
            destruction_of(hub, "mo", case)
    else:
        assert asked == destruction_of(hub, "mo", case).acts


def test_who_decided_sees_when_it_was_destroyed(hub: Hub) -> None:
    """By the hub, when it was due; the reasons stay, the case does not."""
    case = gone(hub)
    view = destruction_of(hub, "mo", case)

    assert MORNING + FORTNIGHT == view.destroyed
    assert ["destruction.proposed", "destruction.agreed", "destruction.carried_out"] == [
        step.kind for step in view.steps
    ]
    assert ("", "", "hub") == (view.steps[-1].by, view.steps[-1].by_name, view.steps[-1].by_person)
    with pytest.raises(NotFound):
        destruction_of(hub, "pat", case)


def test_looking_is_put_on_record(hub: Hub) -> None:
    """At one, at the list, and a refused look too."""
    case = proposed(hub)
    before = len(hub.ledger.read(agency_stream("police")))
    destruction_of(hub, "mo", case)
    destructions_asked(hub, "mo")
    with pytest.raises(NotFound):
        destruction_of(hub, "mo", uuid4())
    shown, listed, refused = hub.ledger.read(agency_stream("police"))[before:]

    assert isinstance(shown, ListShown)
    assert isinstance(listed, ListShown)
    assert isinstance(refused, LookRefused)
    assert ("destruction", "destructions asked", "destruction") == (shown.what, listed.what, refused.what)
    assert ((str(case), ()),) == shown.entries == listed.entries


@pytest.mark.parametrize("who", ["priya", "sam", "jo", "alex"])
def test_whose_role_decides_nothing_is_shown_nothing(hub: Hub, who: str) -> None:
    """The same for any case, and whether or not anything waits."""
    case = proposed(hub)
    answers = [outcome(lambda one=one: destruction_of(hub, who, one)) for one in (case, uuid4())]

    assert {"role_missing"} == {code for code, _ in answers}
    assert 1 == len(set(answers))
    with pytest.raises(RoleMissing):
        destructions_asked(hub, who)
