"""What a sharing decision may give: whose item it is, the originator's say, and the limits of section 2.3."""

from datetime import timedelta

import pytest

from domain.assessment import Answer, AnswerQuestions, StartAssessment
from domain.case import OpenCase
from domain.concerns import Place, RetractConcern, Vehicle
from domain.consents import WithdrawConsent
from domain.details import Carer, Child, RecordDetails
from domain.errors import (
    BadInput,
    ConcernRetractedAlready,
    ConsentNotInForce,
    LimitedShareExpiry,
    LimitedShareItem,
    LimitedShareLocator,
    MoreThanHeld,
    NotFound,
    OriginatorNotAgreed,
    SafeguardingError,
    UndoneTooLate,
)
from domain.people import RecordPersonOfConcern
from domain.plans import RecordPlan
from domain.risk import ProposeRisk
from domain.sharing import AgreeOnward, DecideSharing, UndoSharing
from domain.vocabulary import Onward, PersonKind, PlaceKind, Told
from policies.editions import editions
from policies.sharing import judge_item, judge_onward, judge_share, judge_undo
from tests.domain.builders import (
    AGENCIES,
    HEALTH,
    LEAD,
    POLICE,
    SCHOOL,
    YOUTH,
    Story,
    a_concern,
    a_consent,
    a_correction,
    a_justification,
    a_limited,
    a_refusal,
    a_share,
    by_consent,
    some_details,
)

(EDITION,) = editions()


def judged(story: Story, by: str, command: DecideSharing) -> type[SafeguardingError] | None:
    """The refusal, or None where the policy lets it pass."""
    try:
        judge_share(EDITION, story.case, command, AGENCIES[by], story.now, story.disclosures)
    except SafeguardingError as refused:
        return type(refused)
    return None


@pytest.fixture(scope="module")
def everything() -> Story:
    """The lead holds one of every kind of item."""
    story = Story().says(LEAD, a_justification("J1"), a_limited("J2"))
    child = Child(
        name="Maya Ellison", also_known_as="May", gender="Female", date_of_birth="2010-05-14",
        ethnicity="mixed_white_black_caribbean", disability="none", first_language="English", interpreter="no",
        nhs_number="999 000 0000", upn="X1", address="4 Larch Rise", postcode="ZX9 4QT", placement="home",
        school="Oakfield Academy", telephone="01632 960000", usual_places="the park", gp="Dr Shah",
    )  # fmt: skip
    mother = Carer(id="M1", name="Dana Ellison", relationship="mother", safe_to_inform=Told.YES)
    place = Place(id="P1", kind=PlaceKind.HOTSPOT, description="Station Road car park")
    return story.says(
        LEAD,
        RecordDetails(justification="J1", child=child, safe_contact="Reception.", has_social_worker="yes",
                      carers=(mother,)),
        a_concern("C1", "J1", places=(place,), vehicles=(Vehicle(id="V1", description="grey hatchback"),)),
        RecordPersonOfConcern(id="X1", justification="J1", kind=PersonKind.ASSOCIATE),
        RecordPlan(id="N1", justification="J1", for_agency=SCHOOL, text="999."),
        StartAssessment(justification="J1"),
        AnswerQuestions(justification="J1", answers=(Answer(question=1, option=3),)),
        ProposeRisk(id="A1", justification="J1", category=2, rationale="Weighed."),
    )  # fmt: skip


YES, ITEM, WHERE = None, LimitedShareItem, LimitedShareLocator
# "`decide_on_further_sharing` is a limited share: name, date of birth, gender and coarse concerns only, no locator,
# expiring within 14 days" (design §2, section 2.3 rule 2). A coarse form exists for four items only (design §1).
#
# item: full, coarse, ask_holder
LIMITED = {
    "child.name": (YES, YES, YES),
    "child.also_known_as": (ITEM, ITEM, ITEM),
    "child.gender": (YES, BadInput, YES),
    "child.date_of_birth": (YES, YES, YES),
    "child.ethnicity": (ITEM, ITEM, ITEM),
    "child.disability": (ITEM, ITEM, ITEM),
    "child.first_language": (ITEM, ITEM, ITEM),
    "child.interpreter": (ITEM, ITEM, ITEM),
    "child.nhs_number": (ITEM, ITEM, ITEM),
    "child.upn": (ITEM, ITEM, ITEM),
    "child.has_social_worker": (ITEM, ITEM, ITEM),
    "child.address": (WHERE, WHERE, WHERE),
    "child.postcode": (WHERE, WHERE, WHERE),
    "child.placement": (WHERE, WHERE, WHERE),
    "child.school": (WHERE, WHERE, WHERE),
    "child.telephone": (WHERE, WHERE, WHERE),
    "child.usual_places": (WHERE, WHERE, WHERE),
    "child.gp": (WHERE, WHERE, WHERE),
    "safe_contact": (ITEM, ITEM, ITEM),
    "carer:M1": (ITEM, ITEM, ITEM),
    "concern:C1": (ITEM, YES, YES),
    "place:P1": (ITEM, ITEM, ITEM),
    "vehicle:V1": (ITEM, ITEM, ITEM),
    "person:X1": (ITEM, ITEM, ITEM),
    "plan:school": (ITEM, ITEM, ITEM),
    "ticks:csc": (ITEM, ITEM, ITEM),
    "answers:csc": (ITEM, ITEM, ITEM),
    "risk": (ITEM, ITEM, ITEM),
    "risk.reasons": (ITEM, ITEM, ITEM),
}
DAY = timedelta(days=1)
ENDS = {
    "in 13 days 23:59": (14 * DAY - timedelta(minutes=1), True),
    "in 14 days": (14 * DAY, True),
    "in 14 days and a second": (14 * DAY + timedelta(seconds=1), False),
    "never": (None, False),
}


def test_the_list_names_every_kind_of_item(everything):
    """Nothing escapes the product."""
    assert set(LIMITED) == set(everything.case.items)


@pytest.mark.parametrize("ends", ENDS)
@pytest.mark.parametrize("item", LIMITED)
def test_a_share_in_order_to_decide_on_more_is_limited(everything, item, ends):
    """Every item, every showing, and every expiry: what may not be given is refused whatever the expiry."""
    after, in_time = ENDS[ends]
    expires = None if after is None else everything.now + after
    found = tuple(
        judged(everything, LEAD, a_share("S1", "J2", POLICE, f"{item}={showing}", expires=expires))
        for showing in ("full", "coarse", "ask_holder")
    )
    kept_out = (LimitedShareItem, LimitedShareLocator)

    assert tuple(one if in_time or one in kept_out else LimitedShareExpiry for one in LIMITED[item]) == found


def test_a_limited_share_that_has_ended_already_is_refused(everything):
    """An expiry in the past lets nobody see anything; the case says so."""
    command = a_share("S1", "J2", POLICE, "child.name", expires=everything.at)

    with pytest.raises(BadInput) as refused:
        everything.would(LEAD, command)

    assert "expires" == refused.value.field


def test_one_locator_spoils_a_limited_share(everything):
    """However harmless the rest is."""
    command = a_share("S1", "J2", POLICE, "child.name", "child.address", expires=everything.now + DAY)

    assert LimitedShareLocator is judged(everything, LEAD, command)


COARSE_EXISTS = {"child.name", "child.date_of_birth", "child.postcode", "concern:C1"}


@pytest.mark.parametrize("item", LIMITED)
def test_on_another_ground_everything_held_may_be_given(everything, item):
    """In full without an expiry; coarse only where a coarse form exists (design §1)."""
    found = [judged(everything, LEAD, a_share("S1", "J1", POLICE, f"{item}={how}")) for how in ("full", "coarse")]

    assert [None, None if item in COARSE_EXISTS else BadInput] == found


def test_a_refusal_is_never_refused_by_policy():
    """It gives nothing."""
    assert judged(Story(), POLICE, a_refusal("S1", "J9", SCHOOL)) is None


def test_a_justification_that_is_not_there_is_the_cases_to_refuse():
    """The policy judges what is given; the case, what it rests on."""
    story = Story().says(SCHOOL, a_justification("J1"), a_concern())

    assert judged(story, SCHOOL, a_share("S1", "J9", POLICE, "concern:C1")) is None


# ----------------------------------------------------------------------- only the originator or the lead (design §3.3)


@pytest.fixture
def recorded() -> Story:
    """Health recorded C1; the lead sees it, and police and school have it by the lead's decision."""
    story = Story().says(HEALTH, a_justification("J1"), a_concern())
    story.says(LEAD, a_justification("J2"))
    return story.says(LEAD, a_share("S1", "J2", POLICE, "concern:C1"), a_share("S2", "J2", SCHOOL, "concern:C1=coarse"))


@pytest.mark.parametrize(
    ("by", "refusal"), [(HEALTH, None), (LEAD, None), (POLICE, NotFound), (SCHOOL, NotFound), (YOUTH, NotFound)]
)
def test_only_the_originator_or_the_lead_decides_about_an_item(recorded, by, refusal):
    """A recipient passes nothing on; to a stranger it does not exist."""
    assert refusal is judged(recorded, by, a_share("S9", "J1", YOUTH if by != YOUTH else POLICE, "concern:C1"))


@pytest.mark.parametrize("by", [HEALTH, LEAD])
def test_an_item_that_does_not_exist_is_nobodys_to_share(recorded, by):
    """Unknown ids answer alike."""
    assert NotFound is judged(recorded, by, a_share("S9", "J1", YOUTH, "concern:C9"))


# what the lead holds: what it asks to give -> refusal
HELD = [
    ("full", "full", None),
    ("full", "coarse", None),
    ("full", "ask_holder", None),
    ("coarse", "full", MoreThanHeld),
    ("coarse", "coarse", None),
    ("coarse", "ask_holder", None),
    ("ask_holder", "full", NotFound),
    ("ask_holder", "coarse", NotFound),
    ("ask_holder", "ask_holder", NotFound),
]


@pytest.mark.parametrize(("held", "given", "refusal"), HELD)
def test_nobody_gives_more_than_they_hold(held, given, refusal):
    """Never more than it holds at that moment, and nothing that it does not hold."""
    story = Story().says(HEALTH, a_justification("J1", recipients=(POLICE,)), a_concern(), a_justification("J3"))
    story.says(HEALTH, a_share("S1", "J3", LEAD, f"concern:C1={held}"), AgreeOnward(items=("concern:C1",), to=SCHOOL))
    story.says(LEAD, a_justification("J2"))

    assert refusal is judged(story, LEAD, a_share("S9", "J2", SCHOOL, f"concern:C1={given}"))


def test_the_lead_gives_nothing_it_cannot_see(recorded):
    """Health's recipients leave the lead out."""
    recorded.says(HEALTH, a_justification("J3", recipients=(POLICE,)), a_concern("C2", "J3"))

    assert NotFound is judged(recorded, LEAD, a_share("S9", "J2", POLICE, "concern:C2"))


def test_an_originator_shares_its_own_version_though_another_agency_recorded_later():
    """Title is judged per version."""
    story = Story().says(POLICE, a_justification("J1"), some_details("J1", name="Maya E."))

    assert judged(story, SCHOOL, a_share("S9", "J-open", YOUTH, "child.name")) is None


def test_a_mere_naming_is_not_shared():
    """An agency that only named her records the name as a detail before it shares it."""
    story = Story().joins(POLICE, OpenCase(justification=a_justification("J1"), child=Child(name="Maya Ellison")))

    assert BadInput is judged(story, POLICE, a_share("S9", "J1", YOUTH, "child.name"))


def test_beside_its_naming_an_agency_sees_the_common_name_and_may_not_pass_it_on():
    """It is the lead's or the recorder's to share."""
    story = Story().joins(POLICE, OpenCase(justification=a_justification("J1"), child=Child(name="Maya Ellison")))
    story.says(SCHOOL, a_share("S1", "J-open", POLICE, "child.name"))

    assert NotFound is judged(story, POLICE, a_share("S9", "J1", YOUTH, "child.name"))


@pytest.mark.parametrize("by", [HEALTH, LEAD])
def test_a_retracted_concern_is_not_shared(recorded, by):
    """There is nothing left to give."""
    recorded.says(HEALTH, RetractConcern(concern="C1", reason="Another girl was meant."))

    assert ConcernRetractedAlready is judged(recorded, by, a_share("S9", "J1", YOUTH, "concern:C1"))


# ----------------------------------------------------------------------------------- the originator's say (design §3.3)

# recipients the originator named, asked to be asked, to whom the lead shares -> whether the originator must agree
SAY = [
    ((), Onward.LEAD_DECIDES, POLICE, False),
    ((), Onward.ASK_ORIGINATOR, POLICE, True),
    ((LEAD,), Onward.LEAD_DECIDES, POLICE, True),
    ((LEAD,), Onward.ASK_ORIGINATOR, POLICE, True),
    ((LEAD, POLICE), Onward.LEAD_DECIDES, POLICE, False),
    ((LEAD, POLICE), Onward.LEAD_DECIDES, SCHOOL, True),
    ((LEAD, POLICE), Onward.ASK_ORIGINATOR, POLICE, True),
    ((LEAD, POLICE, SCHOOL), Onward.LEAD_DECIDES, SCHOOL, False),
    ((LEAD,), Onward.ASK_ORIGINATOR, HEALTH, False),
]


@pytest.mark.parametrize("showing", ["full", "coarse", "ask_holder"])
@pytest.mark.parametrize(("recipients", "onward", "to", "must_agree"), SAY)
def test_beyond_its_recipients_the_originator_must_agree(recipients, onward, to, must_agree, showing):
    """Or where it set `ask_originator`; naming it as the holder is giving, too."""
    story = Story().says(HEALTH, a_justification("J1", recipients=recipients), a_concern(onward_sharing=onward))
    story.says(LEAD, a_justification("J2"))
    command = a_share("S9", "J2", to, f"concern:C1={showing}")
    before = judged(story, LEAD, command)
    story.says(HEALTH, AgreeOnward(items=("concern:C1",), to=to))

    assert (OriginatorNotAgreed if must_agree else None, None) == (before, judged(story, LEAD, command))


def test_the_lead_asks_about_the_newest_version_it_sees_though_an_older_is_its_own():
    """What is given is the newest that the lead sees."""
    story = Story(opened_by=LEAD).says(HEALTH, a_justification("J1", recipients=(LEAD,)))
    story.says(HEALTH, some_details("J1", name="Maya E."))

    assert OriginatorNotAgreed is judged(story, LEAD, a_share("S9", "J-open", POLICE, "child.name"))


def test_the_originators_own_say_needs_no_agreement():
    """It decides about what it recorded."""
    story = Story().says(HEALTH, a_justification("J1", recipients=(LEAD,)), a_justification("J2"))
    story.says(HEALTH, a_concern(onward_sharing=Onward.ASK_ORIGINATOR))

    assert judged(story, HEALTH, a_share("S9", "J2", SCHOOL, "concern:C1")) is None


def test_the_wish_to_be_asked_outlives_a_correction():
    """The lead asks about the corrected version, too."""
    story = Story().says(HEALTH, a_justification("J1"), a_concern(onward_sharing=Onward.ASK_ORIGINATOR), a_correction())

    assert OriginatorNotAgreed is judged(story, LEAD, a_share("S9", "J2", SCHOOL, "concern:C1"))


def test_answers_go_no_further_than_the_narrowest_of_their_reasons():
    """One answer meant for the lead alone keeps all that stand beside it from going on without agreement."""
    story = Story().says(HEALTH, a_justification("J1", recipients=(LEAD,)), a_justification("J2"))
    story.says(LEAD, a_justification("J3"), StartAssessment(justification="J3"))
    story.says(HEALTH, AnswerQuestions(justification="J1", answers=(Answer(question=10, option=3),)))
    story.says(HEALTH, AnswerQuestions(justification="J2", answers=(Answer(question=1, option=3),)))

    assert OriginatorNotAgreed is judged(story, LEAD, a_share("S9", "J3", POLICE, "answers:health"))


# ------------------------------------------------------------------------------------------- consent that is gone


@pytest.fixture
def withdrawn() -> Story:
    """Health recorded C1 by consent, the lead opened it, the consent was withdrawn."""
    story = Story().says(HEALTH, a_consent("K1"), by_consent("J1", "K1"), a_concern())
    story.says(LEAD, a_justification("J2")).says(HEALTH, a_justification("J3")).opens(LEAD, "concern:C1")
    return story.says(HEALTH, WithdrawConsent(consent="K1", reason="She telephoned."))


def test_what_is_only_retained_is_not_passed_on(withdrawn):
    """Withdrawal at once stops onward sharing."""
    assert ConsentNotInForce is judged(withdrawn, LEAD, a_share("S9", "J2", POLICE, "concern:C1"))


def test_what_was_not_opened_in_time_is_not_passed_on_either():
    """The basis fell away before the lead had it."""
    story = Story().says(HEALTH, a_consent("K1"), by_consent("J1", "K1"), a_concern())
    story.says(HEALTH, WithdrawConsent(consent="K1", reason="She telephoned."))

    assert ConsentNotInForce is judged(story, LEAD, a_share("S9", "J2", POLICE, "concern:C1"))


def test_the_holder_may_base_it_anew(withdrawn):
    """Re-base on another ground, retain, or consider erasure."""
    assert judged(withdrawn, HEALTH, a_share("S9", "J3", LEAD, "concern:C1")) is None


# -------------------------------------------------------------------------------------------------- agreeing onward


@pytest.mark.parametrize(
    ("by", "items", "passes"),
    [
        (HEALTH, ("concern:C1",), True),
        (SCHOOL, ("child.name",), True),
        (POLICE, ("child.name",), True),
        (LEAD, ("concern:C1",), False),
        (HEALTH, ("concern:C1", "child.name"), False),
        (HEALTH, ("concern:C9",), False),
        (YOUTH, ("child.name",), False),
    ],
)
def test_only_the_originator_lets_its_items_go_further(by, items, passes):
    """Of what it recorded, be there a newer version by another; a mere naming is no record of it."""
    story = Story().says(HEALTH, a_justification("J1"), a_concern())
    story.says(POLICE, a_justification("J2"), some_details("J2", name="Maya E."))
    story.joins(YOUTH, OpenCase(justification=a_justification("J3"), child=Child(name="Maya Ellison")))
    command = AgreeOnward(items=items, to="partnership")

    try:
        judge_onward(story.case, command, AGENCIES[by])
        passed = True
    except NotFound:
        passed = False

    assert passes is passed


# ---------------------------------------------------------------------------------------------- which version is meant


def test_the_newest_version_an_agency_may_see_is_the_one_meant():
    """Where the newest is not the reader's to see, the newest that is, is meant (design §3.2)."""
    story = Story().says(POLICE, a_justification("J1", recipients=(SCHOOL,)), some_details("J1", name="Maya E."))
    found = judge_item(EDITION, story.case, "child.name", AGENCIES[LEAD], story.now, story.disclosures)

    assert found is not None
    assert 1 == found[0].number


@pytest.mark.parametrize(("by", "rule"), [(LEAD, "basis fell away"), (POLICE, None)])
def test_what_stands_in_an_items_place_is_found_where_the_item_is_not(by, rule):
    """`ask_holder` for the lead; for a stranger nothing at all."""
    story = Story().says(HEALTH, a_consent("K1"), by_consent("J1", "K1"), a_concern(), a_justification("J2"))
    story.says(HEALTH, WithdrawConsent(consent="K1", reason="She telephoned."))
    found = judge_item(EDITION, story.case, "concern:C1", AGENCIES[by], story.now, story.disclosures)

    assert rule == (found[1].rule if found else None)


@pytest.mark.parametrize(("seconds", "refused"), [(59, False), (60, True), (61, True)])
def test_a_share_is_undone_within_sixty_seconds(recorded, seconds, refused):
    """Later it is ended, with a reason; one of others is the case's to refuse, like one that is not there (§3.9)."""
    recorded.says(LEAD, a_justification("J-undo"), a_share("S-undo", "J-undo", POLICE, "child.name"))
    at = recorded.at + timedelta(seconds=seconds)

    undo = UndoSharing(decision="S-undo")
    maker = recorded.case.sharing.decisions["S-undo"].made.by.person

    judge_undo(EDITION, recorded.case, UndoSharing(decision="S-none"), maker, at)
    judge_undo(EDITION, recorded.case, undo, "somebody-else", at)
    if refused:
        with pytest.raises(UndoneTooLate):
            judge_undo(EDITION, recorded.case, undo, maker, at)
    else:
        judge_undo(EDITION, recorded.case, undo, maker, at)
