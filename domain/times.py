"""When something happened: from, until and how exactly it is known; apart from when it was recorded."""

import re
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import msgspec

from domain.errors import BadInput
from domain.vocabulary import Precision

LOCAL = ZoneInfo("Europe/London")
"""Where days begin and end for the partnership; what is stored stays UTC."""
_MONTH = re.compile(r"^\d{4}-\d{2}$")
_DAY = re.compile(r"^\d{4}-\d{2}-\d{2}$")
_MINUTE = re.compile(r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2})?$")


class Occurred(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A local time or span; `start` and `until` are ISO text as exact as `precision` says, so they sort as text."""

    start: str = ""
    until: str = ""
    precision: Precision = Precision.DAY


def read_occurred(
    start: str, until: str, precision: Precision, recorded: datetime, field: str = "occurred"
) -> Occurred:
    """Check a stated local time against the calendar and against the time of recording (a day's grace for the zone).

    Raises:
        BadInput: naming the field, when a date is impossible, missing, later than now or before its start.
    """
    if precision is Precision.UNKNOWN:
        return Occurred(start="", until="", precision=precision)
    if not start:
        raise BadInput(field, "Say when it happened, or choose 'not known'.")
    _read(start, precision, field)
    if until:
        _read(until, precision, f"{field}_until")
        if until < start:
            raise BadInput(f"{field}_until", "The end is before the beginning.")
    for text, named in ((start, field), (until, f"{field}_until")):
        if text[:10] > (recorded + timedelta(days=1)).date().isoformat():
            raise BadInput(named, "This is in the future; only what has happened is recorded. Check the date.")
    return Occurred(start=start, until=until, precision=precision)


def _read(text: str, precision: Precision, field: str) -> None:
    try:
        if _MONTH.match(text) and precision is not Precision.MINUTE:
            date.fromisoformat(f"{text}-01")
        elif _DAY.match(text):
            date.fromisoformat(text)
        elif _MINUTE.match(text):
            datetime.fromisoformat(text)
        else:
            raise ValueError(text)
    except ValueError:
        raise BadInput(field, "This is not a date in the calendar; write it as 2026-01-31.") from None


def read_date(text: str, field: str) -> date:
    """Raises: BadInput: when the text is not a date in the calendar."""
    try:
        if not _DAY.match(text):
            raise ValueError(text)
        return date.fromisoformat(text)
    except ValueError:
        raise BadInput(field, "This is not a date in the calendar; write it as 2010-01-31.") from None


def day_of(at: datetime) -> date:
    """The day on which something happened, as people there would say it."""
    return at.astimezone(LOCAL).date()
