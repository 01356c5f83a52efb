"""The CSE Analysis Form on paper: its header, and four boxes in a grid of two by two."""

import msgspec

from application.laying_out import Line, day_in_words, kind_of
from application.queries.pack import Pack
from application.views import Cell
from domain.instrument import instrument
from interfaces.exports.cells import Field, Wording, field


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """One thing in a box: what it is, its lines, what must be said beside it, whose it is."""

    label: str
    head: str
    lines: tuple[Line, ...]
    notes: tuple[str, ...]
    origin: str


class Quarter(msgspec.Struct, frozen=True, kw_only=True):
    """A box of the form."""

    label: str
    entries: tuple[Entry, ...]


class AnalysisSheet(msgspec.Struct, frozen=True, kw_only=True):
    title: str
    header: tuple[Field, ...]
    quarters: tuple[Quarter, ...]
    elsewhere: tuple[Field, ...]


def analysis_sheet(pack: Pack, wording: Wording) -> AnalysisSheet:
    form = instrument().analysis_form
    analysis = pack.analysis
    name, born, day = form.header
    return AnalysisSheet(
        title=form.title,
        header=(
            field(name.label, analysis.name, wording),
            field(born.label, analysis.date_of_birth, wording),
            Field(label=day.label, text=day_in_words(analysis.date_of_analysis, wording.zone)),
        ),
        quarters=tuple(
            Quarter(label=box.label, entries=tuple(_entry(cell, wording) for cell in box.cells))
            for box in analysis.boxes
        ),
        elsewhere=_elsewhere(pack, wording),
    )


def _entry(cell: Cell, wording: Wording) -> Entry:
    lines = wording.lines(cell)
    head = ""
    if kind_of(cell) == "concern":
        (_, head), *rest = lines
        lines = tuple(rest)
    return Entry(label=cell.label, head=head, lines=lines, notes=wording.notes(cell), origin=wording.origin(cell))


def _elsewhere(pack: Pack, wording: Wording) -> tuple[Field, ...]:
    """What belongs in the boxes and is not given here: withheld, with its holder, or taken back."""
    kinds = ("concern:", "person:", "place:", "vehicle:")
    found = [(cell, wording.mark(cell)) for cell in pack.view.cells if cell.item.startswith(kinds)]
    return tuple(Field(label=cell.label, mark=mark[0], text=mark[1]) for cell, mark in found if mark)
