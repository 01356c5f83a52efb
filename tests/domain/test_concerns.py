"""Concerns: recorded, put right or taken back by their recorder only, disagreed with by others."""

import msgspec
import pytest

from domain.concerns import (
    Concern,
    ConcernChange,
    ConcernCorrected,
    ConcernRecorded,
    ConcernRetracted,
    DisagreementRecorded,
    Place,
    RecordDisagreement,
    RetractConcern,
    Vehicle,
)
from domain.consents import WithdrawConsent
from domain.errors import (
    AlreadyUsed,
    BadInput,
    ConcernRetractedAlready,
    ConsentNotInForce,
    JustificationMissing,
    NotFound,
    NotTheRecorder,
)
from domain.times import Occurred
from domain.vocabulary import Change, Nature, Onward, PlaceKind
from tests.domain.builders import (
    HEALTH,
    POLICE,
    SCHOOL,
    START,
    Story,
    a_concern,
    a_consent,
    a_correction,
    a_justification,
    an_act,
    by_consent,
)

CAR_PARK = Place(id="P1", kind=PlaceKind.HOTSPOT, description="Station Road car park")
MILL_LANE = Place(id="P1", kind=PlaceKind.HOTSPOT, description="Mill Lane car park")
CAR = Vehicle(id="V1", description="grey hatchback")
RETRACT = RetractConcern(concern="C1", reason="Another girl was meant.")


@pytest.fixture
def story() -> Story:
    """School and police each have a justification; nothing is recorded yet."""
    return Story().says(SCHOOL, a_justification("J1")).says(POLICE, a_justification("J2"))


def retracted(story: Story) -> Story:
    return story.says(SCHOOL, a_concern(), RETRACT)


def changes(story: Story, item: str) -> list[Change]:
    return [version.change for version in story.case.items[item]]


def test_a_concern_is_recorded_in_its_own_words(story):
    """What was seen, when, by whom, and under which reasoning."""
    command = a_concern(
        "C1", "J1", reported=START, source="Form tutor", response="Lead told", child_voice="Scared.",
        sensitive="sexual_health", significant=True, basis=("other",), basis_other="In touch with a service",
        places=(CAR_PARK,), vehicles=(CAR,), onward_sharing=Onward.ASK_ORIGINATOR,
    )  # fmt: skip

    assert [
        ConcernRecorded(
            concern="C1",
            justification="J1",
            content=Concern(
                occurred=Occurred(start="2026-01-05"),
                basis=("other",),
                basis_other="In touch with a service",
                heading="risk_taking_behaviours",
                headline="Repeated unexplained absence",
                narrative="Absent four afternoons since term began.",
                nature=Nature.FACT,
                source="Form tutor",
                response="Lead told",
                child_voice="Scared.",
                sensitive="sexual_health",
                significant=True,
                reported="2026-01-12T12:00:00+00:00",
            ),
            places=(CAR_PARK,),
            vehicles=(CAR,),
            onward_sharing=Onward.ASK_ORIGINATOR,
            **an_act(SCHOOL, story.now).stamp,
        )
    ] == story.would(SCHOOL, command)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"basis": ("not printed",)}, "basis"),
        ({"basis": ("other",)}, "basis_other"),
        ({"heading": "not printed"}, "heading"),
        ({"occurred": ""}, "occurred"),
    ],
)
def test_what_the_form_does_not_print_is_refused(story, change, field):
    """Section 1 D and the analysis form's four boxes, as printed."""
    with pytest.raises(BadInput) as refused:
        story.would(SCHOOL, a_concern("C1", "J1", **change))

    assert field == refused.value.field


def test_a_reference_names_one_concern(story):
    """A reference in use is refused, whoever used it."""
    story.says(SCHOOL, a_concern())

    with pytest.raises(AlreadyUsed):
        story.would(POLICE, a_concern("C1", "J2"))


def test_a_place_is_named_once_in_an_entry(story):
    """Two descriptions of one place in one entry contradict each other."""
    with pytest.raises(AlreadyUsed):
        story.would(SCHOOL, a_concern(places=(CAR_PARK, MILL_LANE)))


def test_a_place_belongs_to_the_agency_that_named_it_first(story):
    """Another agency names it anew under a reference of its own."""
    story.says(SCHOOL, a_concern(places=(CAR_PARK,)))

    with pytest.raises(AlreadyUsed):
        story.would(POLICE, a_concern("C2", "J2", places=(MILL_LANE,)))


def test_a_place_named_again_is_a_new_version_of_it(story):
    """Two concerns of one agency may name one place."""
    story.says(SCHOOL, a_concern(places=(CAR_PARK,)), a_concern("C2", places=(MILL_LANE,)))

    assert [Change.RECORDED, Change.RECORDED] == changes(story, "place:P1")


def test_a_vehicle_is_an_item(story):
    """The analysis form asks for vehicles."""
    story.says(SCHOOL, a_concern(vehicles=(CAR,)))

    assert CAR == story.case.items["vehicle:V1"][0].content


def test_the_wish_to_be_asked_marks_concern_and_place(story):
    """`ask_originator` goes with everything the entry names."""
    story.says(SCHOOL, a_concern(places=(CAR_PARK,), onward_sharing=Onward.ASK_ORIGINATOR))

    assert [True, True] == [story.case.items[item][0].ask_originator for item in ("concern:C1", "place:P1")]


def test_a_correction_changes_what_is_put_right_and_keeps_the_rest(story):
    """Readers get the new version; what is left out stays."""
    story.says(SCHOOL, a_concern(places=(CAR_PARK,)))
    before = story.case.items["concern:C1"][0].content
    change = ConcernChange(narrative="Absent three afternoons.", occurred="2026-01-06")
    command = a_correction("C1", "J1", change=change, places=(MILL_LANE,), vehicles=(CAR,))
    content = msgspec.structs.replace(
        before, narrative="Absent three afternoons.", occurred=Occurred(start="2026-01-06")
    )

    assert [
        ConcernCorrected(
            concern="C1",
            justification="J1",
            content=content,
            reason="The register was misread.",
            places=(MILL_LANE,),
            vehicles=(CAR,),
            **an_act(SCHOOL, story.now).stamp,
        )
    ] == story.would(SCHOOL, command)


@pytest.mark.parametrize("change", [{"places": (MILL_LANE,)}, {"vehicles": (CAR,)}])
def test_a_correction_may_name_places_alone(story, change):
    """A wrong place is put right without a word of the text."""
    story.says(SCHOOL, a_concern(places=(CAR_PARK,)))

    assert 1 == len(story.would(SCHOOL, a_correction(change=ConcernChange(), **change)))


def test_a_correction_that_changes_nothing_is_refused(story):
    """Say what is put right."""
    story.says(SCHOOL, a_concern())

    with pytest.raises(BadInput) as refused:
        story.would(SCHOOL, a_correction(change=ConcernChange()))

    assert "change" == refused.value.field


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"basis": ("not printed",)}, "basis"),
        ({"heading": "not printed"}, "heading"),
        ({"occurred": "2026-13-01"}, "change.occurred"),
        ({"occurred_until": "2025-01-01"}, "change.occurred_until"),
    ],
)
def test_a_correction_is_checked_like_the_entry(story, change, field):
    """What could not be recorded cannot be corrected to."""
    story.says(SCHOOL, a_concern())

    with pytest.raises(BadInput) as refused:
        story.would(SCHOOL, a_correction(change=ConcernChange(**change)))

    assert field == refused.value.field


def test_a_correction_keeps_the_wish_to_be_asked_and_says_why(story):
    """The new version carries the reason and what its recorder asked of the lead."""
    story.says(SCHOOL, a_concern(onward_sharing=Onward.ASK_ORIGINATOR), a_correction())
    version = story.case.items["concern:C1"][-1]

    assert (Change.CORRECTED, "The register was misread.", True) == (
        version.change, version.reason, version.ask_originator,
    )  # fmt: skip


@pytest.mark.parametrize(
    "command",
    [a_correction("C1", "J2"), RetractConcern(concern="C1", justification="J2", reason="Not so.")],
    ids=["correct", "retract"],
)
def test_only_the_recording_agency_corrects_or_retracts(story, command):
    """Others may record that they disagree (design §3.5)."""
    story.says(SCHOOL, a_concern())

    with pytest.raises(NotTheRecorder):
        story.would(POLICE, command)


@pytest.mark.parametrize(
    "command",
    [a_correction("C9"), RetractConcern(concern="C9", reason="Not so."),
     RecordDisagreement(concern="C9", justification="J1", reason="We saw it otherwise.")],
    ids=["correct", "retract", "disagree"],
)  # fmt: skip
def test_a_concern_nobody_recorded_is_not_there(story, command):
    """Unknown ids answer alike."""
    with pytest.raises(NotFound):
        story.would(SCHOOL, command)


@pytest.mark.parametrize(
    "command",
    [a_correction(), RETRACT, RecordDisagreement(concern="C1", justification="J1", reason="We saw it otherwise.")],
    ids=["correct", "retract", "disagree"],
)
def test_a_retracted_concern_accepts_nothing_further(story, command):
    """Record a new concern if there is something to say."""
    retracted(story)

    with pytest.raises(ConcernRetractedAlready):
        story.would(SCHOOL, command)


def test_a_retraction_rests_on_the_concerns_own_justification(story):
    """Acts that answer another rest on that one's (design §2)."""
    story.says(SCHOOL, a_concern())

    assert [
        ConcernRetracted(
            concern="C1", justification="J1", reason="Another girl was meant.", **an_act(SCHOOL, story.now).stamp
        )
    ] == story.would(SCHOOL, RETRACT)


def test_a_retraction_may_name_another_justification_of_ones_own(story):
    """Where one is named, it must be in force and the actor's."""
    story.says(SCHOOL, a_concern(), a_justification("J3"))
    (event,) = story.would(SCHOOL, RetractConcern(concern="C1", justification="J3", reason="Not so."))

    assert "J3" == event.justification


def test_a_retraction_does_not_rest_on_another_agencys_reasoning(story):
    """A named justification is one's own."""
    story.says(SCHOOL, a_concern())

    with pytest.raises(NotFound):
        story.would(SCHOOL, RetractConcern(concern="C1", justification="J2", reason="Not so."))


def test_a_retracted_concern_has_no_content(story):
    """After a retraction "retracted", without content (design §3.5)."""
    retracted(story)
    version = story.case.items["concern:C1"][-1]

    assert (Change.RETRACTED, None, "Another girl was meant.") == (version.change, version.content, version.reason)


def test_a_place_only_a_retracted_concern_named_is_taken_back_with_it(story):
    """What was never seen there is not left standing as a hotspot."""
    story.says(SCHOOL, a_concern(places=(CAR_PARK,)), RETRACT)

    assert [Change.RECORDED, Change.RETRACTED] == changes(story, "place:P1")


def test_a_place_another_concern_names_too_stays(story):
    """It still rests on the other."""
    story.says(SCHOOL, a_concern(places=(CAR_PARK,)), a_concern("C2", places=(CAR_PARK,)), RETRACT)

    assert Change.RETRACTED not in changes(story, "place:P1")


def test_disagreement_leaves_the_concern_as_it_is(story):
    """The concern stays as its recorder wrote it."""
    story.says(SCHOOL, a_concern())
    story.says(POLICE, RecordDisagreement(concern="C1", justification="J2", reason="We saw it otherwise."))

    assert [Change.RECORDED] == changes(story, "concern:C1")


def test_disagreement_is_kept_with_whose_it_is(story):
    """Others may record that they disagree."""
    story.says(SCHOOL, a_concern())
    said = RecordDisagreement(concern="C1", justification="J2", reason="We saw it otherwise.")
    event = DisagreementRecorded(
        concern="C1", justification="J2", reason="We saw it otherwise.", **an_act(POLICE, story.now).stamp
    )
    story.says(POLICE, said)

    assert (event,) == story.case.concerns.disagreements


def test_every_concern_carries_a_justification(story):
    """Toolkit 2.3."""
    with pytest.raises(JustificationMissing):
        story.would(SCHOOL, a_concern("C1", ""))


def test_a_correction_rests_on_a_justification_in_force(story):
    """As recording does."""
    story.says(HEALTH, a_consent("K1"), by_consent("J3", "K1"), a_concern("C3", "J3"))
    story.says(HEALTH, WithdrawConsent(consent="K1", reason="She telephoned."))

    with pytest.raises(ConsentNotInForce):
        story.would(HEALTH, a_correction("C3", "J3"))
