"""Cells on paper: a field of a form says what it holds, or which kind of nothing stands there."""

import re
import unicodedata
from zoneinfo import ZoneInfo

import msgspec

from application.laying_out import Line, Names, agency_name, day_in_words, lines_of, mark_of, notes_of
from application.views import Cell
from domain.vocabulary import AgencyKind

NO_ENTRY = "No entry in this pack"
FORMULA = frozenset("=+-@\t\0")
BREAKS = re.compile("\r\n|[\n\v\f\r\x1c-\x1e\x85\u2028\u2029]")
UNSEEN = frozenset(("Cc", "Cf", "Cn", "Cs", "Zl", "Zp", "Zs"))
"""Kinds of characters that a spreadsheet may skip, or an export leave out, before what it takes for the first."""


class Wording(msgspec.Struct, frozen=True, kw_only=True):
    """How a cell is put in words for one partner: names, local time, its kind of ethnicity code."""

    names: Names
    zone: ZoneInfo
    partner: AgencyKind | None

    def lines(self, cell: Cell) -> tuple[Line, ...]:
        return lines_of(cell, self.names, zone=self.zone, partner=self.partner)

    def mark(self, cell: Cell) -> Line | None:
        return mark_of(cell, self.names, self.zone)

    def notes(self, cell: Cell) -> tuple[str, ...]:
        return notes_of(cell, self.names, self.zone)

    def agency(self, agency: str) -> str:
        return agency_name(self.names, agency)

    def origin(self, cell: Cell) -> str:
        """Who recorded it, where the reader may know; else who shared it."""
        if cell.recorded_by and cell.recorded:
            by = ", ".join(name for name in (cell.recorded_by_person, self.agency(cell.recorded_by)) if name)
            return f"Recorded by {by}, {day_in_words(cell.recorded, self.zone)}."
        if cell.shared_by and cell.shared_on:
            return f"Shared by {self.agency(cell.shared_by)}, {day_in_words(cell.shared_on, self.zone)}."
        return ""


class Field(msgspec.Struct, frozen=True, kw_only=True):
    """A labelled place on a form; `mark` is set where words stand in the place of content."""

    label: str
    text: str = ""
    mark: str = ""
    notes: tuple[str, ...] = ()


def field(label: str, cell: Cell | None, wording: Wording) -> Field:
    """The field as filled from a cell of one line; without a cell it says that this pack holds no entry."""
    if cell is None:
        return Field(label=label, mark=NO_ENTRY)
    if (mark := wording.mark(cell)) is not None:
        return Field(label=label, mark=mark[0], text=mark[1])
    ((_, text),) = wording.lines(cell)
    return Field(label=label, text=text, notes=wording.notes(cell))


def fields(cell: Cell, wording: Wording) -> tuple[Field, ...]:
    """A cell of several lines as fields; its notes stand at the last."""
    if (mark := wording.mark(cell)) is not None:
        return (Field(label=cell.label, mark=mark[0], text=mark[1]),)
    *before, (label, text) = wording.lines(cell)
    last = Field(label=label, text=text, notes=wording.notes(cell))
    return (*(Field(label=one, text=words) for one, words in before), last)


def neutral(text: str) -> str:
    """One line that a spreadsheet takes for text: what would begin a formula gets a quote before it."""
    line = BREAKS.sub(" / ", text)
    return f"'{line}" if _first(text) in FORMULA else line


def _first(text: str) -> str:
    """The character by which the text begins for a spreadsheet, wide and small forms of it folded to the plain one."""
    for one in unicodedata.normalize("NFKC", text):
        if one in FORMULA or unicodedata.category(one) not in UNSEEN:
            return one
    return ""
