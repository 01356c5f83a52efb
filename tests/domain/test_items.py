"""Items: their names, coarse forms, and what they say of items outside the view."""

from datetime import date

import pytest

from domain.assessment import AgencyAnswers, Answer, BlankAnswer
from domain.details import Blank
from domain.items import (
    CoarseConcern,
    age_on,
    coarse_content,
    label_of,
    without_references,
)
from domain.vocabulary import BlankReason
from tests.domain.builders import SCHOOL, START, Story, a_concern, a_justification


@pytest.mark.parametrize(
    ("item", "label"),
    [
        ("child.name", "Name"),
        ("safe_contact", "How to reach the young person safely"),
        ("risk.reasons", "Reasons for the level of risk"),
        ("concern:C1", "Concern C1"),
        ("answers:csc", "Answers csc"),
        ("plan:school", "Plan school"),
    ],
)
def test_an_item_has_a_name_on_the_page(item, label):
    """The part after the colon is its reference."""
    assert label == label_of(item)


@pytest.mark.parametrize(
    ("item", "content", "coarse"),
    [
        ("child.name", "Maya Ellison", "Maya"),
        ("child.name", "Maya", "Maya"),
        ("child.name", "", ""),
        ("child.date_of_birth", "2010-05-14", "15 years old"),
        ("child.postcode", "ZX9 4QT", "ZX9"),
        ("child.postcode", "ZX94QT", "ZX9"),
        ("child.address", "4 Larch Rise", ""),
        ("child.gender", "Female", ""),
        ("child.name", None, None),
        ("child.name", Blank(blank=BlankReason.NOT_KNOWN), Blank(blank=BlankReason.NOT_KNOWN)),
    ],
)
def test_coarse_exists_only_for_name_birth_postcode_and_concern(item, content, coarse):
    """First name, age, outward part of the postcode, headline; of the rest nothing (design §1)."""
    assert coarse == coarse_content(item, content, START)


def test_a_concern_coarsened_is_its_headline():
    """Nothing of who, where or how."""
    story = Story().says(SCHOOL, a_justification("J1"), a_concern())
    content = story.case.items["concern:C1"][0].content

    assert CoarseConcern("Repeated unexplained absence") == coarse_content("concern:C1", content, START)


@pytest.mark.parametrize(
    ("day", "age"),
    [(date(2026, 5, 13), 15), (date(2026, 5, 14), 16), (date(2026, 12, 31), 16), (date(2026, 1, 1), 15)],
)
def test_age_is_in_whole_years(day, age):
    """A year older on the birthday, not before."""
    assert age == age_on(date(2010, 5, 14), day)


def test_a_reference_to_what_is_outside_the_view_is_dropped():
    """References to items outside the view are dropped (design §3.6)."""
    blanks = {2: BlankAnswer(question=2, reason=BlankReason.NOT_KNOWN)}
    content = AgencyAnswers(
        {1: Answer(question=1, option=3, evidence="C1"), 4: Answer(question=4, option=3, evidence="C2"),
         5: Answer(question=5, option=1)},
        blanks,
    )  # fmt: skip

    assert AgencyAnswers(
        {1: Answer(question=1, option=3, evidence="C1"), 4: Answer(question=4, option=3),
         5: Answer(question=5, option=1)},
        blanks,
    ) == without_references(content, {"concern:C1"})  # fmt: skip


def test_what_refers_to_nothing_stays_as_it_is():
    """Only answers name evidence."""
    assert "Maya" == without_references("Maya", set())
