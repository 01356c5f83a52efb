"""The chronology as a table for spreadsheets: the timeline as this reader sees it, in the columns reviews work with."""

import csv
import io
from collections.abc import Callable
from zoneinfo import ZoneInfo

from application.laying_out import LONDON, NATURES, Names, kind_of, moment_in_words
from application.queries.timeline import TimelineEntry, TimelineView
from application.views import CaseView
from domain.vocabulary import Precision
from interfaces.exports.cells import Wording, neutral
from interfaces.exports.marking import Marking, marking_of
from interfaces.exports.typesetting import plain

CSV = "chronology.csv"
PRECISION = {
    Precision.MINUTE: "to the minute",
    Precision.DAY: "to the day",
    Precision.MONTH: "to the month",
    Precision.ABOUT: "about",
    Precision.UNKNOWN: "not known",
}
BYTE_ORDER_MARK = "utf-8-sig"    # without it a spreadsheet misreads accents


def lay_out(view: CaseView, timeline: TimelineView, *, names: Names, zone: ZoneInfo = LONDON) -> bytes:
    """One row for each entry, each bearing the marking; no cell can become a formula."""
    wording = Wording(names=names, zone=zone, partner=None)
    marking = marking_of(view, "chronology", view.now, zone)
    text = io.StringIO()
    table = csv.writer(text)
    table.writerow(COLUMNS)
    for number, entry in enumerate(timeline.entries, start=1):
        row = Row(entry, number, wording, marking)
        table.writerow([plain(neutral(column(row))) for column in COLUMNS.values()])
    return text.getvalue().encode(BYTE_ORDER_MARK)


class Row:
    """One entry with what is needed to put it in words."""

    def __init__(self, entry: TimelineEntry, number: int, wording: Wording, marking: Marking) -> None:
        self.entry = entry
        self.number = number
        self.wording = wording
        self.marking = marking
        self.occurred = entry.occurred
        self.cell = entry.cell
        concern = entry.cell is not None and kind_of(entry.cell) == "concern"
        self.concern = entry.cell.content if entry.cell is not None and concern else None

    def said(self, part: str) -> str:
        """A part of a concern; empty for everything else and for a concern given by its headline alone."""
        return str(getattr(self.concern, part, ""))

    def event(self) -> str:
        return self.said("headline") or (self.entry.text if self.cell is not None else self.entry.what.capitalize())

    def detail(self) -> str:
        if self.cell is None:
            return self.entry.text
        if self.concern is not None:
            return self.said("narrative")
        return "; ".join(f"{label}: {words}" for label, words in self.wording.lines(self.cell))

    def comment(self) -> str:
        return " ".join(self.wording.notes(self.cell)) if self.cell is not None else ""


def _day(text: str) -> str:
    return text.partition("T")[0]


def _time(text: str) -> str:
    return text.partition("T")[2][:5]


COLUMNS: dict[str, Callable[[Row], str]] = {
    "Sequence": lambda row: str(row.number),
    "Date from": lambda row: _day(row.occurred.start) if row.occurred else "",
    "Time from": lambda row: _time(row.occurred.start) if row.occurred else "",
    "Date to": lambda row: _day(row.occurred.until) if row.occurred else "",
    "Time to": lambda row: _time(row.occurred.until) if row.occurred else "",
    "How exactly known": lambda row: PRECISION[row.occurred.precision] if row.occurred else "",
    "Agency": lambda row: row.wording.agency(row.entry.by),
    "Source of information": lambda row: row.said("source"),
    "Event": Row.event,
    "Detail": Row.detail,
    "Fact or opinion": lambda row: NATURES[row.concern.nature] if row.concern and row.said("nature") else "",
    "Response or outcome": lambda row: row.said("response"),
    "Child's voice": lambda row: row.said("child_voice"),
    "Significant": lambda row: "yes" if row.said("significant") == "True" else "",
    "Comment": Row.comment,
    "Entered by": lambda row: row.entry.by_person,
    "Entered on": lambda row: moment_in_words(row.entry.at, row.wording.zone),
    "Entry": lambda row: row.entry.what,
    "Item": lambda row: row.cell.item if row.cell else "",
    "Version": lambda row: str(row.cell.version) if row.cell else "",
    "Marking": lambda row: row.marking.sensitivity,
    "Made for": lambda row: row.marking.reader,
    "Purpose": lambda row: row.marking.purpose,
    "Policy edition": lambda row: row.marking.edition,
    "Made": lambda row: row.marking.made,
}
