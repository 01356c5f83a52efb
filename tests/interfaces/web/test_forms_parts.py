"""The kinds of questions: what each reads, and what it says when it cannot."""

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from domain.errors import BadInput
from interfaces.web.forms.form import Form, Section, Unreadable
from interfaces.web.forms.parts import (
    Choice,
    Choices,
    Day,
    LooseMoment,
    Moment,
    Number,
    Option,
    Part,
    Text,
    YesNo,
)
from interfaces.web.forms.wording import advice_on
from tests.interfaces.web.browsing import day

LONDON = ZoneInfo("Europe/London")
TWO = (Option("one", "One"), Option("two", "Two"))


def read(part: Part, **typed: str | list[str]) -> Any:
    """What a form of this one part reads from boxes named after the part (`x`, or `day`, `month` … of `x`)."""
    boxes = {key.replace("_", "-"): [one] if isinstance(one, str) else one for key, one in typed.items()}
    return Form(sections=(Section(parts=(part,)),)).read(boxes, LONDON).get("x")


def faults(part: Part, **typed: str | list[str]) -> list[tuple[str, str]]:
    with pytest.raises(Unreadable) as refused:
        read(part, **typed)
    return [(fault.box, fault.message) for fault in refused.value.faults]


def at(time: str, text: str) -> dict[str, Any]:
    return {key.replace("-", "_"): value for key, value in day("x", text, time).items()}


def test_a_local_time_is_read_with_its_zone() -> None:
    """Times are typed as the clock on the wall shows them, in winter and in summer."""
    part = Moment(name="x")
    told = [read(part, **at("10:00", text)) for text in ("2026-01-16", "2026-07-16")]

    assert ["2026-01-16T10:00:00+00:00", "2026-07-16T10:00:00+01:00"] == told


def test_a_time_that_the_clocks_skipped_is_refused() -> None:
    """In the night of 29 March 2026 there was no half past one."""
    assert [("x-time", "The clocks went forward over this time; it did not exist. Check it.")] == faults(
        Moment(name="x"), **at("1:30", "2026-03-29")
    )


@pytest.mark.parametrize("time", ["25:00", "12:60", "noon", "1", "12:3"])
def test_a_time_that_is_no_time_of_the_day_is_refused(time: str) -> None:
    """The error leads to the box of the time."""
    assert [("x-time", "This is not a time of the day. Enter it as 14:30.")] == faults(
        Moment(name="x"), **at(time, "2026-01-16")
    )


def test_a_moment_on_record_is_typed_back_as_the_clock_on_the_wall_shows_it() -> None:
    """What a form begins with reads again as what it was."""
    part = Moment(name="x")
    typed = part.typed_for(datetime(2026, 7, 16, 9, 30, tzinfo=UTC), LONDON)

    assert day("x", "2026-07-16", "10:30") == {box: values[0].lstrip("0") for box, values in typed.items()}


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ({"x_month": "1", "x_year": "2026"}, "2026-01"),
        ({"x_day": "9", "x_month": "1", "x_year": "2026"}, "2026-01-09"),
        ({"x_day": "9", "x_month": "1", "x_year": "2026", "x_time": "9:05"}, "2026-01-09T09:05:00"),
        ({}, None),
    ],
)
def test_a_time_is_read_as_exactly_as_it_is_given(typed: dict[str, Any], told: str | None) -> None:
    """A month, a day, or a day with its time."""
    assert told == read(LooseMoment(name="x"), **typed)


def test_a_time_without_its_day_is_refused() -> None:
    """The error leads to the day."""
    assert ["x-day"] == [box for box, _ in faults(LooseMoment(name="x"), x_month="1", x_year="2026", x_time="9:05")]


def test_what_is_needed_is_asked_for_at_its_first_box() -> None:
    """An empty needed date leads to the box of the day."""
    assert [("x-day", "Enter the day.")] == faults(Day(name="x", needed="Enter the day."))


@pytest.mark.parametrize(("typed", "told"), [("yes", True), ("no", False), ("unsaid", None)])
def test_yes_and_no_may_be_left_open(typed: str, told: bool | None) -> None:
    """Not known is neither yes nor no."""
    assert told is read(YesNo(name="x", unsaid="Not known"), x=typed)


@pytest.mark.parametrize(
    ("part", "typed"),
    [
        (Choice(name="x", options=TWO), "three"),
        (Choices(name="x", options=TWO), ["one", "three"]),
        (Choices(name="x", options=TWO), ["one", "one"]),
        (YesNo(name="x"), "maybe"),
        (YesNo(name="x"), "unsaid"),
        (Number(name="x"), "-1"),
        (Number(name="x"), "131"),
        (Number(name="x"), "٣"),
        (Number(name="x"), "9" * 50),
        (Text(name="x"), "x" * 501),
    ],
)
def test_what_is_no_answer_is_refused_at_its_box(part: Part, typed: str | list[str]) -> None:
    """No guess is made at what was meant."""
    assert ["x"] == [box for box, _ in faults(part, x=typed)]


def test_every_fault_of_a_form_is_told_at_once_in_the_order_of_the_page() -> None:
    """Nobody mends one thing to be told of the next."""
    form = Form(
        sections=(
            Section(parts=(Day(name="a", needed="A is missing."), Choice(name="b", options=TWO), Text(name="c"))),
        )
    )
    with pytest.raises(Unreadable) as refused:
        form.read({"c": ["x" * 501], "b": ["three"], "d": ["unknown"]}, LONDON)

    assert ["d", "a-day", "b", "c"] == [fault.named for fault in refused.value.faults]


@pytest.mark.parametrize(
    ("field", "box"),
    [
        ("child.date_of_birth", "date_of_birth-day"),
        ("carers[0].name", "carer_name"),
        ("name", "name"),
        ("elsewhere", ""),
    ],
)
def test_what_the_hub_refuses_is_told_at_the_box_that_asked_for_it(field: str, box: str) -> None:
    """A field of the command has its box on the page; one without a box is told above the form."""
    parts = (Text(name="name"), Day(name="date_of_birth"), Text(name="carer_name"))
    form = Form(sections=(Section(parts=parts),), also={"carers.name": "carer_name"})

    assert box == form.fault(BadInput(field, "Not so.")).box


@pytest.mark.parametrize(
    "text",
    [
        "She is PROMISCUOUS.",
        "a lifestyle choice",
        "her lifestyle",
        "she asked for it",
        "putting herself at risk",
        "attention-seeking",
        "refuses to engage",
    ],
)
def test_words_that_blame_are_advised_on(text: str) -> None:
    """HMICFRS 2023: victim-blaming language is to go; the prompt helps, and alters nothing."""
    assert 1 == len(advice_on([text]))


@pytest.mark.parametrize(
    "text", ["She was found at the station with two adults.", "An older boyfriend buys gifts.", "She chose a drink."]
)
def test_plain_words_are_not_advised_on(text: str) -> None:
    """Advice given without cause is soon not read."""
    assert () == advice_on([text])
