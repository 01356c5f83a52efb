"""Pages: hands views to templates, with names from the directory and words people read; never asks who is looking."""

import re
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from flask import Flask, Response, g, render_template, request

from application.hub import Hub
from application.laying_out import (
    Names,
    agency_name,
    blank_reason_in_words,
    date_in_words,
    item_in_words,
    lines_of,
    mark_of,
    moment_in_words,
    notes_of,
    occurred_in_words,
    person_name,
    standing_in_words,
    ticked_in_words,
    title_of,
)
from application.queries.caseload import CaseloadView
from application.queries.inbox import InboxView, Task
from application.queries.timeline import Order
from application.queries.who_knew import Knowledge, WhoKnewView
from application.views import CaseView, Cell
from domain.errors import BadInput
from domain.instrument import instrument
from domain.vocabulary import AgencyKind, Change
from interfaces.settings import Settings
from interfaces.web import words

_OF_THE_DESIGN = re.compile(r" \(design §[0-9.–]+\)")
"""What an edition says to those who keep it, and to nobody who reads the page."""


def page(template: str, /, status: int = 200, **context: object) -> Response:
    """A rendered page; `errors` maps the id of a field (or "") to what to put right there."""
    return Response(render_template(template, **context), status)


def new_command_id() -> str:
    """A number for one form as shown once; sent again, it has one effect."""
    return uuid4().hex


def as_at(settings: Settings) -> datetime | None:
    """The moment to look back to, from the address; None is now.

    Raises:
        BadInput
    """
    return words.read_moment(request.args.get("as_at", ""), settings.zone)


def order() -> Order:
    """By what a timeline is ordered, from the address.

    Raises:
        BadInput
    """
    match request.args.get("order", "occurred"):
        case "occurred":
            return "occurred"
        case "recorded":
            return "recorded"
    raise BadInput("order", "Order by what occurred, or by what was recorded.")


@dataclass(frozen=True)
class AgencyPeople:
    """An agency and who works there: (id, name, job)."""

    name: str
    people: tuple[tuple[str, str, str], ...]


def people_by_agency(hub: Hub) -> list[AgencyPeople]:
    """Everybody by agency, in the order in which they were registered."""
    directory = hub.directory()
    return [
        AgencyPeople(
            agency.name,
            tuple((one.id, one.name, one.job) for one in directory.people.values() if one.agency == agency.id),
        )
        for agency in directory.agencies.values()
    ]


@dataclass(frozen=True)
class Group:
    """Cells of one sort under one heading; `each` says that every cell is a thing of its own, not a line of one."""

    key: str
    heading: str
    each: bool
    cells: tuple[Cell, ...]


GROUPS: tuple[tuple[str, str, bool, tuple[str, ...]], ...] = (
    ("risk", "Level of risk", True, ("risk",)),
    ("concerns", "Concerns", True, ("concern:",)),
    ("who", "Who the young person is", False, ("child.",)),
    ("where", "Where to find the young person", False, ("child.",)),
    ("reach", "Reaching the young person and home", True, ("safe_contact", "carer:")),
    ("people", "People, places and vehicles", True, ("person:", "place:", "vehicle:")),
    ("assessment", "Assessment", True, ("ticks:", "answers:")),
    ("plans", "Plans", True, ("plan:",)),
)


def grouped(view: CaseView) -> list[Group]:
    """Every cell of the view under its heading; headings with nothing under them are left out."""
    groups = []
    for key, heading, each, items in GROUPS:
        locators = {"who": False, "where": True}
        cells = tuple(
            cell
            for cell in view.cells
            if cell.item.startswith(items) and locators.get(key, cell.locator) is cell.locator
        )
        if cells:
            groups.append(Group(key, heading, each, cells))
    return groups


@dataclass(frozen=True)
class Tag:
    """A word in colour; the word alone says it."""

    text: str
    colour: str


COLOURS = {"full": "grey", "coarse": "blue", "ask_holder": "yellow", "withheld": "red"}


def tags_of(cell: Cell) -> list[Tag]:
    """How much of an item is shown, and what became of it."""
    tags = []
    if cell.change is Change.RETRACTED:
        tags.append(Tag("Retracted", "orange"))
    else:
        tags.append(Tag(words.word(cell.showing, "showing"), COLOURS[cell.showing]))
    if cell.change is Change.CORRECTED:
        tags.append(Tag("Corrected", "turquoise"))
    if cell.retained:
        tags.append(Tag("Retained", "purple"))
    return tags


def by_item(knew: WhoKnewView) -> list[tuple[str, list[Knowledge]]]:
    """The rows of each item, in the order in which items were recorded."""
    rows: dict[str, list[Knowledge]] = {}
    for row in sorted(knew.rows, key=lambda row: row.recorded):
        rows.setdefault(row.item, []).append(row)
    return list(rows.items())


def by_case(mine: CaseloadView, work: InboxView) -> tuple[dict[UUID, list[Task]], list[Task]]:
    """What waits, under the cases on the list, and whatever else waits."""
    waiting: dict[UUID, list[Task]] = {entry.case: [] for entry in mine.entries}
    elsewhere: list[Task] = []
    for task in (*work.tasks, *work.to_take_up, *work.to_place, *work.to_decide):
        held = waiting.get(task.case) if task.case else None
        (elsewhere if held is None else held).append(task)
    return waiting, elsewhere


def install(app: Flask, hub: Hub, settings: Settings) -> None:
    """Give templates their words: filters for cells, names and times, and what stands on every page."""
    zone = settings.zone

    def directory() -> Names:
        """Read once for each page, so that all of it speaks of the same people."""
        if "directory" not in g:
            g.directory = hub.directory()
        found: Names = g.directory
        return found

    def lines(cell: Cell) -> tuple[tuple[str, str], ...]:
        return lines_of(cell, directory(), zone=zone)

    def mark(cell: Cell) -> tuple[str, str] | None:
        return mark_of(cell, directory(), zone)

    def partnership() -> str:
        named = (one.name for one in directory().agencies.values() if one.kind is AgencyKind.PARTNERSHIP)
        return next(named, "Safeguarding hub")

    app.jinja_env.filters.update(
        lines=lines,
        mark=mark,
        notes=lambda cell: notes_of(cell, directory(), zone),
        tags=tags_of,
        item=lambda value: item_in_words(value, directory()),
        title_of=lambda cell: title_of(cell, directory()),
        agency=lambda value: agency_name(directory(), value),
        person=lambda value: person_name(directory(), value),
        local=lambda value: moment_in_words(value, zone),
        for_input=lambda value: words.for_input(value, zone),
        occurred=occurred_in_words,
        standing=lambda value: standing_in_words(value, zone),
        day=date_in_words,
        ticked=ticked_in_words,
        blank=lambda value: blank_reason_in_words(value.reason, agency_name(directory(), value.whom)),
        grouped=grouped,
        by_item=by_item,
        word=words.word,
        plain=lambda text: _OF_THE_DESIGN.sub("", text),
        breakable=words.breakable,
        unreadable=words.unreadable,
    )
    app.jinja_env.globals.update(
        new_command_id=new_command_id,
        instrument=instrument(),
        partnership=partnership,
        lead_agency=lambda: directory().lead,
        contacts=instrument().take_action_now.contacts,
        demo=moment_in_words(settings.demo_stands_at, zone) if settings.demo_stands_at else "",
    )
