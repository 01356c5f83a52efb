"""The stored vocabulary in the words that people read, and times as this partnership's clock shows them."""

import calendar
import re
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from domain.errors import BadInput
from domain.instrument import instrument

WORDS: dict[str, dict[str, str]] = {
    "showing": {"full": "Full", "coarse": "In part", "ask_holder": "Ask the holder", "withheld": "Withheld"},
    "change": {"recorded": "Recorded", "updated": "Updated", "corrected": "Corrected", "retracted": "Retracted"},
    "basis": {
        "consent": "Consent",
        "public_interest": "Public interest",
        "no_duty_owed": "No duty of confidentiality owed",
        "none": "None: permits only a refusal",
    },
    "ground": {
        "significant_harm_to_child": "Clear risk of significant harm to a child",
        "serious_harm_to_adult": "Clear risk of serious harm to an adult",
        "sufficient_force": "Public interest of sufficient force on the facts",
        "decide_on_further_sharing": "So that it can be decided whether to share more",
    },
    "outcome": {"share": "Shared", "share_in_part": "Shared in part", "refuse": "Refused"},
    "told": {"yes": "Yes", "no": "No", "not_yet": "Not yet"},
    "blank": {
        "not_known": "Not known",
        "not_asked": "Not asked",
        "ask_other_worker": "Another worker should be asked",
        "not_appropriate_to_ask": "Not appropriate to ask",
    },
    "nature": {"fact": "Fact", "opinion": "Professional opinion"},
    "person_kind": {"alleged_perpetrator": "Alleged perpetrator", "associate": "Associate"},
    "age_basis": {"actual": "actual", "estimate": "estimate"},
    "place_kind": {"address": "Address", "hotspot": "Hotspot"},
    "given_by": {"child": "The young person", "parent": "A parent or carer"},
    "role": {
        "practitioner": "Practitioner",
        "team_manager": "Team Manager",
        "cse_prevention_manager": "CSE Prevention Manager",
        "partnership_manager": "Partnership manager",
        "reviewer": "Reviewer",
        "auditor": "Auditor",
        "administrator": "Administrator",
    },
    "kind": {
        "childrens_social_care": "Children's social care",
        "police": "Police",
        "health": "Health",
        "education": "Education",
        "voluntary": "Voluntary",
        "partnership": "Partnership office",
    },
    "way": {
        "team": "You are in the case team",
        "manager": "You manage people in the case team",
        "review": "You review this case",
    },
    "category": {"1": "Low", "2": "Medium", "3": "High"},
}
_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d{1,6})?)?(?:Z|[+-]\d{2}:\d{2})?)?", re.ASCII)


def word(value: object, kind: str) -> str:
    """A stored word as people read it; a word without a reading stands as it is, with spaces."""
    return WORDS[kind].get(str(value), str(value).replace("_", " "))


def ticked(key: str, options: str) -> str:
    """A box of Section 1 in the form's own words."""
    return instrument().tick_list(options).option(key).text


def ethnicity(key: str) -> str:
    """An ethnicity in the form's own words; never the bare printed code."""
    known = {row.key: row.description for row in instrument().ethnicities}
    return known.get(key, key)


def box(key: str) -> str:
    """A box of the analysis form as headed there."""
    return instrument().analysis_form.box(key).label


def day(value: date) -> str:
    return f"{value.day} {calendar.month_name[value.month]} {value.year}"


def clock_time(value: datetime) -> str:
    """A time of day as GOV.UK writes it."""
    hour, half = value.hour % 12 or 12, "am" if value.hour < 12 else "pm"
    return f"{hour}:{value.minute:02d}{half}"


def moment(value: datetime, zone: ZoneInfo) -> str:
    """A stored time as the partnership's clock shows it."""
    here = value.astimezone(zone)
    return f"{day(here)} at {clock_time(here)}"


def stated(text: str) -> str:
    """A stated local day, month or minute (`2026-01-05`) in words."""
    if len(text) == 7:
        return f"{calendar.month_name[int(text[5:7])]} {text[:4]}"
    if len(text) == 10:
        return day(date.fromisoformat(text))
    at = datetime.fromisoformat(text)
    return f"{day(at)} at {clock_time(at)}"


def read_moment(text: str, zone: ZoneInfo, field: str = "as_at") -> datetime | None:
    """A local date and time as a form or an address gives it, in UTC; a day alone means the end of that day.

    Raises:
        BadInput: naming the field.
    """
    text = text.strip()
    if not text:
        return None
    try:
        if not _MOMENT.fullmatch(text):
            raise ValueError(text)
        at = datetime.fromisoformat(f"{text}T23:59:59" if len(text) == 10 else text.replace("Z", "+00:00"))
        if not 1900 <= at.year <= 2200:
            raise ValueError(text)
        return (at if at.tzinfo else at.replace(tzinfo=zone)).astimezone(UTC)
    except ValueError:
        raise BadInput(field, "This is not a date and time in the calendar. Enter it like 2026-01-31 14:30.") from None


def for_input(value: datetime | None, zone: ZoneInfo) -> str:
    """A time as an input of kind datetime-local holds it."""
    return value.astimezone(zone).strftime("%Y-%m-%dT%H:%M:%S") if value else ""
