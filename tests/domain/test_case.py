"""The case as a whole: opening, joining, routing each command to its part, and folding any history there can be."""

from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from domain.assessment import Answer, AnswerQuestions, EndAssessment, StartAssessment
from domain.case import (
    CASE_EVENTS,
    CONCERNED,
    PARTS,
    Case,
    CaseOpened,
    OpenCase,
    decide_join_case,
    decide_open_case,
    evolve,
    fold,
)
from domain.concerns import ConcernRecorded, RecordDisagreement
from domain.consents import ConsentRecorded
from domain.details import Carer, Child, DetailsRecorded, LocatorRecorded, RecordDetails
from domain.directory import PersonRegistered
from domain.disclosures import CorrectionTold
from domain.errors import BadInput, BasisDoesNotPermit, JustificationMissing, NotFound, SafeguardingError
from domain.justifications import JustificationGiven
from domain.people import RecordPersonOfConcern
from domain.plans import RecordPlan
from domain.record import Command, Growing
from domain.referrals import MakeReferral
from domain.requests import RequestInformation
from domain.risk import ProposeRisk
from domain.team import DeclareInterest, JoinTeam
from domain.vocabulary import ConsentDecision, PersonKind, Role, Told
from tests.domain.builders import (
    LEAD,
    POLICE,
    SCHOOL,
    START,
    Story,
    a_concern,
    a_consent,
    a_justification,
    a_refusal,
    a_share,
    an_act,
    by_consent,
    some_details,
    without_basis,
)
from tests.domain.histories import REST, SAID, whatever_is_taken

OPEN = OpenCase(
    justification=a_justification("J1"), child=Child(name="Maya Ellison", address="4 Larch Rise"),
    has_social_worker="unknown",
)  # fmt: skip


def test_a_case_is_opened_with_its_first_justification():
    """One command (design §2); locators by events of their own."""
    events = decide_open_case(OPEN, an_act(SCHOOL), LEAD)

    assert [CaseOpened, JustificationGiven, DetailsRecorded, LocatorRecorded] == [type(event) for event in events]


def test_a_case_knows_who_leads_and_when_it_was_opened():
    """The lead is the agency that holds the case."""
    story = Story()

    assert (LEAD, START, START, 3) == (
        story.case.lead, story.case.opened, story.case.last_recorded, story.case.version,
    )  # fmt: skip


def test_the_opening_is_not_moved_by_what_follows():
    """Only the newest record is."""
    story = Story().says(SCHOOL, a_justification("J1"))

    assert (START, story.at) == (story.case.opened, story.case.last_recorded)


def test_a_case_is_not_opened_without_a_basis():
    """A justification that names none permits only a refusal."""
    with pytest.raises(BasisDoesNotPermit):
        decide_open_case(OpenCase(justification=without_basis("J1"), child=OPEN.child), an_act(SCHOOL), LEAD)


def test_a_case_is_opened_about_somebody():
    """There must be something to know her by."""
    with pytest.raises(BadInput):
        decide_open_case(OpenCase(justification=a_justification("J1"), child=Child()), an_act(SCHOOL), LEAD)


AGREED = OpenCase(
    justification=by_consent("J2", "K1"), child=OPEN.child, consent=a_consent("K1"), concern=a_concern("C9", "J2"),
)  # fmt: skip


def test_what_she_told_and_agreed_to_is_one_act():
    """Consent, the reasoning that rests on it, and the concern that rests on that (design §2)."""
    events = decide_open_case(AGREED, an_act(SCHOOL), LEAD)

    assert [
        CaseOpened, ConsentRecorded, JustificationGiven, DetailsRecorded, LocatorRecorded, ConcernRecorded,
    ] == [type(event) for event in events]  # fmt: skip


def test_an_agency_comes_into_a_case_with_all_of_it():
    """The same command, for an agency that did not know of the case."""
    story = Story().joins(POLICE, AGREED)

    assert story.case.justification_in_force("J2", story.at)
    assert "concern:C9" in story.case.items
    assert {"K1"} == set(story.case.consents)


@pytest.mark.parametrize(
    ("wrong", "refusal"),
    [
        ({"concern": a_concern("C9", "J-open")}, BadInput),
        ({"consent": None}, SafeguardingError),
        ({"consent": a_consent("K1", decision=ConsentDecision.REFUSED)}, SafeguardingError),
    ],
)
def test_what_does_not_rest_on_what_comes_with_it_is_refused(wrong, refusal):
    """All of it or nothing: the concern under that reasoning, the reasoning on a consent that was given."""
    with pytest.raises(refusal):
        decide_open_case(replace(AGREED, **wrong), an_act(SCHOOL), LEAD)


def test_joining_a_case_is_checked_like_giving_a_justification():
    """A reference in use is refused; the agency comes in with reasoning of its own."""
    with pytest.raises(SafeguardingError):
        decide_join_case(Story().case, OpenCase(justification=a_justification("J-open"), child=OPEN.child), an_act())


def test_joining_records_what_else_is_known_of_her():
    """Its naming is its own; address and carers are recorded under its reasoning."""
    mother = Carer(id="M1", name="Dana Ellison", relationship="mother", safe_to_inform=Told.NOT_YET)
    joining = OpenCase(justification=a_justification("J2"), child=OPEN.child, carers=(mother,))
    story = Story().joins(POLICE, joining)

    assert ["child.address", "carer:M1"] == list(story.case.items)[1:]


def test_a_carer_known_already_is_put_beside_not_over():
    """What another agency recorded stays as it was."""
    mother = Carer(id="M1", name="Dana Ellison", relationship="mother", safe_to_inform=Told.NOT_YET)
    story = Story().says(SCHOOL, a_justification("J1"), RecordDetails(justification="J1", carers=(mother,)))
    story.joins(POLICE, OpenCase(justification=a_justification("J2"), child=Child(name="Maya"), carers=(mother,)))

    assert ["carer:M1", "carer:police-M1"] == [item for item in story.case.items if item.startswith("carer:")]


def test_nobody_joins_without_a_basis():
    """A justification that names none permits only a refusal."""
    with pytest.raises(BasisDoesNotPermit):
        Story().joins(POLICE, OpenCase(justification=without_basis("J2"), child=OPEN.child))


def test_who_joins_by_naming_is_in_the_team():
    """By having recorded in it."""
    story = Story().joins(POLICE, OPEN)

    assert story.case.team.has("police-worker", POLICE)


def test_a_command_of_no_part_is_not_there():
    """Nothing is guessed."""
    with pytest.raises(NotFound):
        Story().would(LEAD, Command())


def test_what_carries_a_justification_must_name_one():
    """Concerns, answers, people, plans, details, risk proposals, referrals and sharing decisions (design §2)."""
    story = Story()
    commands = [
        some_details("", gender="Female"),
        a_concern("C1", ""),
        RecordPersonOfConcern(id="X1", justification="", kind=PersonKind.ASSOCIATE),
        RecordPlan(id="N1", justification="", for_agency=SCHOOL, text="999."),
        StartAssessment(justification=""),
        AnswerQuestions(justification="", answers=(Answer(question=1, option=1),)),
        EndAssessment(justification=""),
        ProposeRisk(id="A1", justification="", category=1, rationale="Weighed."),
        MakeReferral(id="R1", justification="", to=LEAD, summary="Help.", carers_informed=Told.YES),
        RecordDisagreement(concern="C1", justification="", reason="Not so."),
        a_share("S1", "", POLICE, "child.name"),
        a_refusal("S1", "", POLICE),
    ]
    for command in commands:
        with pytest.raises(JustificationMissing):
            story.would(SCHOOL, command)


def test_what_needs_no_justification_is_taken_without():
    """Asking, recording a consent, joining a team and declaring an interest need none (design §2)."""
    story = Story()
    commands = [
        RequestInformation(id="Q1", of=LEAD, wanted="All.", purpose="enquiry"),
        a_consent("K1"),
        JoinTeam(person="dan"),
        DeclareInterest(about="Related."),
    ]

    assert [1, 1, 1, 1] == [len(story.would(POLICE, command)) for command in commands]


def test_a_private_naming_always_stands():
    """It rests on nothing."""
    case = Story().case

    assert case.justification_in_force("", START)


def test_the_items_of_a_case_are_in_the_order_of_the_form():
    """Details, concerns, people, answers, risk, plans."""
    plan = RecordPlan(id="N1", justification="J1", for_agency=LEAD, text="999.")
    story = Story().says(SCHOOL, a_justification("J1"), plan)
    story.says(SCHOOL, ProposeRisk(id="A1", justification="J1", category=1, rationale="Weighed."), a_concern())

    assert ["child.name", "concern:C1", "risk", "risk.reasons", "plan:csc"] == list(story.case.items)


def test_the_order_of_items_does_not_tell_who_recorded_which_first():
    """What one agency records lies as the form has it, whatever others recorded before."""
    for_school = RecordPlan(id="N1", justification="J1", for_agency=SCHOOL, text="999.")
    for_the_lead = RecordPlan(id="N2", justification="J1", for_agency=LEAD, text="999.")
    story = Story().says(SCHOOL, a_justification("J1"), for_school, for_the_lead, some_details("J1", gp="Dr Clinic"))
    child = Child(name="M.", gender="Female", gp="Dr Shah")
    story.joins(POLICE, OpenCase(justification=a_justification("J2"), child=child))

    assert ["child.name", "child.gender", "child.gp", "plan:csc", "plan:school"] == list(story.case.items)


def test_events_of_other_streams_change_no_part():
    """`evolve` cannot fail: what a part does not know leaves it as it was."""
    case = Story().case
    told = CorrectionTold(item="concern:C1", agency=POLICE, how="telephone", **an_act("hub", role=Role.AUDITOR).stamp)
    known = PersonRegistered(person="tom", name="Tom", agency=LEAD, **an_act("hub", role=Role.AUDITOR).stamp)
    after = evolve(evolve(case, told), known)

    assert (case.items, case.justifications, case.version + 2) == (after.items, after.justifications, after.version)


def test_every_event_reaches_every_part_it_can_change():
    """No part that is passed over would have changed; and a history of every type of event was looked at.

    Each is by another person, for whoever acts joins the team.
    """
    events = whatever_is_taken(Story().joins(POLICE, OPEN), SAID + SAID + REST)
    case = Case(id=UUID(int=1))
    passed_over: list[tuple[str, str]] = []
    for number, said in enumerate(events):
        event = replace(said, by=replace(said.by, person=f"person-{number}"))
        everywhere = {name: fold_part(getattr(case, name), [(case.version + 1, event)])
                      for name, (fold_part, _) in PARTS.items()}  # fmt: skip
        case = evolve(case, event)
        passed_over += [
            (type(event).__name__, name) for name, part in everywhere.items() if part != getattr(case, name)
        ]

    assert [] == passed_over
    assert set(CASE_EVENTS) == {type(event) for event in events} == set(CONCERNED)


@settings(deadline=None)
@given(st.lists(st.sampled_from(SAID + REST), max_size=60), st.integers(0, 60))
def test_reading_on_from_a_state_comes_to_the_same(said, until):
    """`fold` may go on from any state, many events at once or one by one, and leaves that state as it was."""
    events = whatever_is_taken(Story(), said)
    before = fold(UUID(int=1), events[:until])
    one_by_one = before
    for event in events[until:]:
        one_by_one = evolve(one_by_one, event)
    at_once = fold(UUID(int=1), events[until:], before)

    assert fold(UUID(int=1), events) == one_by_one == at_once
    assert fold(UUID(int=1), events[:until]) == before
    assert not any(type(one) is Growing for one in dicts_in(at_once))


def dicts_in(case: Case) -> list[dict[Any, Any]]:
    """The dicts of a case's parts."""
    parts = [getattr(case, name) for name in PARTS]
    within = [
        getattr(part, field) for part in parts if not isinstance(part, dict) for field in part.__struct_fields__
    ]
    return [one for one in (*parts, *within) if isinstance(one, dict)]


@settings(deadline=None)
@given(st.lists(st.sampled_from(SAID), max_size=60))
def test_any_order_of_commands_folds_and_every_prefix_with_it(said):
    """`evolve` never fails on what the case decided, and a fold of the first n events is the case as it stood then."""
    story = Story()
    stood = [story.case]
    opened = story.case.version
    for event in whatever_is_taken(story, said)[opened:]:
        stood.append(evolve(stood[-1], event))

    assert stood[-1] == story.case
    assert all(fold(UUID(int=1), story.events[: case.version]) == case for case in stood)
    assert all(
        [1 + n for n in range(len(versions))] == [version.number for version in versions]
        and all(name in story.case.justifications for version in versions for name in version.rests_on)
        for versions in story.case.items.values()
    )


def test_a_case_nobody_opened_has_nothing():
    """It has version 0 and no items."""
    case = fold(UUID(int=2), [])

    assert (Case(id=UUID(int=2)), {}) == (case, case.items)
