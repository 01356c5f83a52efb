"""The marking every page of an export bears: how sensitive, for whom, what for, under which rules, when."""

from datetime import datetime
from zoneinfo import ZoneInfo

import msgspec

from application.laying_out import moment_in_words
from application.views import CaseView

SENSITIVITY = "OFFICIAL-SENSITIVE"


class Marking(msgspec.Struct, frozen=True, kw_only=True):
    """Who may read the page, and why it exists."""

    reader: str
    purpose: str
    edition: str
    made: str
    sensitivity: str = SENSITIVITY


def marking_of(view: CaseView, purpose: str, made: datetime, zone: ZoneInfo) -> Marking:
    """The marking of a view; the reader is the agency it was made for."""
    return Marking(
        reader=view.reader.agency_name, purpose=purpose, edition=view.edition, made=moment_in_words(made, zone)
    )
