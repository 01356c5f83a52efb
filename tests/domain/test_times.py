"""When something happened: checked against the calendar and against the time of recording."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import BadInput
from domain.times import Occurred, day_of, read_date, read_occurred
from domain.vocabulary import Precision
from tests.domain.builders import START, a_time

DAY, MONTH, MINUTE, ABOUT, UNKNOWN = (
    Precision.DAY, Precision.MONTH, Precision.MINUTE, Precision.ABOUT, Precision.UNKNOWN,
)  # fmt: skip


@pytest.mark.parametrize(
    ("start", "until", "precision"),
    [
        ("2026-01-05", "", DAY),
        ("2026-01-05", "2026-01-12", DAY),
        ("2026-01-05T21:40", "2026-01-06T03:10:00", MINUTE),
        ("2025-12", "", MONTH),
        ("2025-12", "2026-01", MONTH),
        ("2025-12-18", "", ABOUT),
        ("2026-01-13", "", DAY),
    ],
)
def test_a_time_is_kept_as_exactly_as_it_is_known(start, until, precision):
    """From, until and precision: minute, day, month, about (design §2); a day's grace for the zone."""
    assert Occurred(start=start, until=until, precision=precision) == read_occurred(start, until, precision, START)


def test_not_known_when_is_an_answer():
    """What was typed beside "not known" is not kept."""
    assert Occurred(precision=UNKNOWN) == read_occurred("2026-01-05", "", UNKNOWN, START)


@pytest.mark.parametrize(
    ("start", "until", "precision", "field"),
    [
        ("", "", DAY, "occurred"),
        ("2026-02-30", "", DAY, "occurred"),
        ("2025-13", "", MONTH, "occurred"),
        ("2026-01", "", MINUTE, "occurred"),
        ("2026-01-05T25:00", "", MINUTE, "occurred"),
        ("yesterday", "", DAY, "occurred"),
        ("2026-01-05\n", "", DAY, "occurred"),
        ("2026-01-05", "2026-02-30", DAY, "occurred"),
        ("2026-01-05", "2026-01-04", DAY, "occurred_until"),
        ("2026-01-14", "", DAY, "occurred"),
        ("2026-02", "", MONTH, "occurred"),
        ("2026-01-05", "2026-01-14", DAY, "occurred_until"),
        ("2026-01-05", "2026-02-01", DAY, "occurred_until"),
    ],
)
def test_an_impossible_time_is_refused_by_its_field(start, until, precision, field):
    """Missing, not in the calendar, ahead of now, or ending before it begins."""
    with pytest.raises(BadInput) as refused:
        read_occurred(start, until, precision, START)

    assert refused.value.field.startswith(field)


@given(st.dates(max_value=START.date()), st.integers(0, 400))
def test_any_span_that_has_happened_is_taken_and_sorts_as_text(start: date, days: int):
    """Times sort as text, so that a chronology can be sorted by what was stated."""
    until = min(start + timedelta(days=days), START.date())
    occurred = read_occurred(start.isoformat(), until.isoformat(), DAY, START)

    assert (start <= until) is (occurred.start <= occurred.until)


@given(st.dates(min_value=START.date() + timedelta(days=2)), st.sampled_from([DAY, ABOUT]))
def test_nothing_ahead_is_ever_taken(ahead: date, precision: Precision):
    """Only what has happened is recorded."""
    with pytest.raises(BadInput):
        read_occurred(ahead.isoformat(), "", precision, START)


@given(st.text())
def test_a_text_is_a_day_of_the_calendar_or_is_refused(text: str):
    """Whatever is typed, a date comes out or a refusal, never another error."""
    try:
        read = read_date(text, "child.date_of_birth").isoformat()
    except BadInput as refused:
        read = refused.field

    assert read in (text, "child.date_of_birth")


@given(st.dates())
def test_every_day_of_the_calendar_is_read(day: date):
    """A date is written as 2010-01-31."""
    assert day == read_date(day.isoformat(), "child.date_of_birth")


@pytest.mark.parametrize(
    ("at", "day"),
    [
        (a_time(31, "23:59", month=1), date(2026, 1, 31)),
        (a_time(30, "22:59", month=4), date(2026, 4, 30)),
        (a_time(30, "23:00", month=4), date(2026, 5, 1)),
    ],
)
def test_a_day_is_the_day_people_there_would_say(at, day):
    """Stored in UTC, days counted local: in summer the day ends an hour earlier."""
    assert day == day_of(at)
