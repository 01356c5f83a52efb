"""Working days: Monday to Friday, less the bank holidays of England and Wales that the calendar alone decides."""

from datetime import date, timedelta
from functools import cache

MONDAY, SATURDAY, SUNDAY = 0, 5, 6


def working_day_after(day: date, days: int) -> date:
    """The day that many working days later; a holiday proclaimed for one year alone is not known here."""
    while days > 0:
        day += timedelta(days=1)
        days -= day.weekday() < SATURDAY and day not in bank_holidays(day.year)
    return day


@cache
def bank_holidays(year: int) -> frozenset[date]:
    """Good Friday and Easter Monday; Mondays of May and August; New Year and Christmas, moved on from a weekend."""
    easter = easter_sunday(year)
    christmas = date(year, 12, 25)
    return frozenset(
        {
            _from_weekend(date(year, 1, 1)),
            easter - timedelta(days=2),
            easter + timedelta(days=1),
            _monday_from(date(year, 5, 1)),
            _monday_from(date(year, 5, 25)),
            _monday_from(date(year, 8, 25)),
            *_christmas(christmas),
        }
    )


def _christmas(day: date) -> tuple[date, date]:
    """Christmas and Boxing Day, each moved to the next day that is no weekend and not the other's."""
    boxing = day + timedelta(days=1)
    if day.weekday() == SUNDAY:
        return boxing, boxing + timedelta(days=1)
    if day.weekday() == SATURDAY:
        return day + timedelta(days=2), day + timedelta(days=3)
    return day, _from_weekend(boxing)


def _from_weekend(day: date) -> date:
    return _monday_from(day) if day.weekday() >= SATURDAY else day


def _monday_from(day: date) -> date:
    return day + timedelta(days=(MONDAY - day.weekday()) % 7)


def easter_sunday(year: int) -> date:
    """By the Gregorian reckoning (Meeus, Jones, Butcher)."""
    golden, century, in_century = year % 19, year // 100, year % 100
    shift = (century - (century + 8) // 25 + 1) // 3
    epact = (19 * golden + century - century // 4 - shift + 15) % 30
    weekday = (32 + 2 * (century % 4) + 2 * (in_century // 4) - epact - in_century % 4) % 7
    late = (golden + 11 * epact + 22 * weekday) // 451
    month, day = divmod(epact + weekday - 7 * late + 114, 31)
    return date(year, month, day + 1)
