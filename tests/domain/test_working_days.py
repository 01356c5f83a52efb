"""Working days: the bank holidays of England and Wales as the government lists them, retyped."""

from datetime import date

import pytest

from domain.working_days import bank_holidays, working_day_after

LISTED = {
    2021: "01-01 04-02 04-05 05-03 05-31 08-30 12-27 12-28",
    2023: "01-02 04-07 04-10 05-01 05-29 08-28 12-25 12-26",
    2024: "01-01 03-29 04-01 05-06 05-27 08-26 12-25 12-26",
    2026: "01-01 04-03 04-06 05-04 05-25 08-31 12-25 12-28",
    2027: "01-01 03-26 03-29 05-03 05-31 08-30 12-27 12-28",
    2028: "01-03 04-14 04-17 05-01 05-29 08-28 12-25 12-26",
}
"""Without what was proclaimed for one year alone, such as 8 May 2023."""


@pytest.mark.parametrize("year", LISTED)
def test_bank_holidays_are_those_listed(year):
    """New Year, Easter, three Mondays, Christmas; moved on from a weekend."""
    assert LISTED[year].split() == [f"{day:%m-%d}" for day in sorted(bank_holidays(year))]


def test_christmas_on_a_sunday_is_made_up_for_on_tuesday():
    """2022: Boxing Day on its Monday, Christmas on the Tuesday."""
    assert {date(2022, 12, 26), date(2022, 12, 27)} == {day for day in bank_holidays(2022) if day.month == 12}


@pytest.mark.parametrize(
    ("day", "days", "due"),
    [
        ("2026-01-12", 1, "2026-01-13"),
        ("2026-01-16", 1, "2026-01-19"),
        ("2026-04-02", 1, "2026-04-07"),
        ("2026-12-24", 1, "2026-12-29"),
        ("2026-12-31", 2, "2027-01-05"),
        ("2026-01-17", 0, "2026-01-17"),
    ],
)
def test_a_clock_of_working_days(day, days, due):
    """A weekend, Easter and Christmas do not count; no days later is that day."""
    assert date.fromisoformat(due) == working_day_after(date.fromisoformat(day), days)
