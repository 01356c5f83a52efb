"""Details: who she is, where she is (locators apart), how to reach her safely, who cares for her."""

import pytest

from domain.case import OpenCase
from domain.details import (
    Blank,
    Carer,
    CarerRecorded,
    Child,
    DetailsRecorded,
    LocatorRecorded,
    RecordDetails,
    YoungPersonNamed,
)
from domain.errors import AlreadyUsed, BadInput
from domain.vocabulary import BlankReason, Change, Told
from tests.domain.builders import POLICE, SCHOOL, Story, a_justification, an_act, some_details

UNKNOWN = Blank(blank=BlankReason.NOT_KNOWN)
MOTHER = Carer(id="M1", name="Dana Ellison", relationship="mother", safe_to_inform=Told.NOT_YET)


@pytest.fixture
def story() -> Story:
    return Story(date_of_birth="2010-05-14").says(SCHOOL, a_justification("J1"))


def test_locators_are_recorded_by_events_of_their_own(story):
    """So that they can lie under a key of their own (design §2)."""
    command = RecordDetails(
        justification="J1",
        child=Child(gender="Female", address="4 Larch Rise", postcode="ZX9 4QT", school=UNKNOWN),
        safe_contact="Through school reception.",
        has_social_worker="unknown",
        carers=(MOTHER,),
        reason="She told us.",
    )
    rests = {"justification": "J1", **an_act(SCHOOL, story.now).stamp}
    known = {
        "child.gender": "Female",
        "safe_contact": "Through school reception.",
        "child.has_social_worker": "unknown",
    }

    assert [
        DetailsRecorded(details=known, reason="She told us.", **rests),
        LocatorRecorded(item="child.address", value="4 Larch Rise", reason="She told us.", **rests),
        LocatorRecorded(item="child.postcode", value="ZX9 4QT", reason="She told us.", **rests),
        LocatorRecorded(item="child.school", value=UNKNOWN, reason="She told us.", **rests),
        CarerRecorded(carer=MOTHER, **rests),
    ] == story.would(SCHOOL, command)


@pytest.mark.parametrize(
    "detail", ["address", "postcode", "placement", "school", "telephone", "usual_places", "gp"]
)
def test_the_case_folds_without_the_value_of_a_locator(story, detail):
    """It holds a placeholder (design §2)."""
    story.says(SCHOOL, some_details(**{detail: "somewhere"}))
    (version,) = story.case.items[f"child.{detail}"]

    assert (True, None) == (version.locator, version.content)


def test_a_detail_recorded_again_is_an_update(story):
    """Nothing is changed: there is one version more, with its reason."""
    story.says(SCHOOL, RecordDetails(justification="J1", child=Child(name="Maya Grace Ellison"), reason="Full name."))
    version = story.case.items["child.name"][-1]

    assert (2, Change.UPDATED, "Maya Grace Ellison", "Full name.") == (
        version.number, version.change, version.content, version.reason,
    )  # fmt: skip


def test_a_carer_is_an_item(story):
    """With whether she may be told (toolkit 2.4)."""
    story.says(SCHOOL, RecordDetails(justification="J1", carers=(MOTHER,)))

    assert MOTHER == story.case.items["carer:M1"][0].content


def test_a_carer_is_given_once(story):
    """Two entries for one carer contradict each other."""
    with pytest.raises(AlreadyUsed):
        story.would(SCHOOL, RecordDetails(justification="J1", carers=(MOTHER, MOTHER)))


@pytest.mark.parametrize(
    ("child", "field"),
    [
        ({}, "child"),
        ({"date_of_birth": "14 May 2010"}, "child.date_of_birth"),
        ({"date_of_birth": "2026-01-13"}, "child.date_of_birth"),
        ({"date_of_birth": "1995-12-31"}, "child.date_of_birth"),
        ({"ethnicity": "not printed"}, "child.ethnicity"),
    ],
)
def test_what_cannot_be_right_is_refused_by_its_field(story, child, field):
    """Nothing given, a date that is none or not a young person's, an ethnicity the form does not print."""
    with pytest.raises(BadInput) as refused:
        story.would(SCHOOL, some_details(**child))

    assert field == refused.value.field


@pytest.mark.parametrize(
    "child",
    [
        {"date_of_birth": "2026-01-12"},
        {"date_of_birth": "1996-01-01"},
        {"date_of_birth": Blank(blank=BlankReason.NOT_ASKED)},
        {"ethnicity": "mixed_white_black_caribbean"},
        {"ethnicity": Blank(blank=BlankReason.NOT_APPROPRIATE_TO_ASK)},
    ],
)
def test_what_can_be_right_is_taken(story, child):
    """A reasoned blank is an answer."""
    assert 1 == len(story.would(SCHOOL, some_details(**child)))


def test_an_agency_that_joins_names_her_for_itself(story):
    """Its own naming, its own reasoning; nobody else's version (design §3.7)."""
    joining = OpenCase(justification=a_justification("J2"), child=Child(name="Maya Elison", date_of_birth="2010-05-14"))
    story.joins(POLICE, joining)
    named = [story.case.items[item][-1] for item in ("child.name", "child.date_of_birth")]

    assert [("Maya Elison", True), ("2010-05-14", True)] == [(version.content, version.private) for version in named]


def test_a_naming_without_a_date_of_birth_names_only(story):
    """What was not said is not recorded."""
    story.joins(POLICE, OpenCase(justification=a_justification("J2"), child=Child(name="Maya Elison")))

    assert [1, 2] == [len(story.case.items[item]) for item in ("child.date_of_birth", "child.name")]


def test_a_naming_with_reasoned_blanks_says_nothing(story):
    """A blank is not a name."""
    blank = Blank(blank=BlankReason.NOT_KNOWN)
    joining = OpenCase(justification=a_justification("J2"), child=Child(name=blank, date_of_birth=blank))
    event = YoungPersonNamed(name="", date_of_birth="", **an_act(POLICE, story.now).stamp)
    story.joins(POLICE, joining)

    assert event == story.events[-2]


def test_a_private_naming_rests_on_nothing(story):
    """Asking and naming need no justification."""
    story.joins(POLICE, OpenCase(justification=a_justification("J2"), child=Child(name="Maya Elison")))

    assert [("J-open",), ()] == [version.rests_on for version in story.case.items["child.name"]]
