"""Pages: hands views to templates, with names from the directory and words people read; never asks who is looking."""

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID, uuid4

from flask import Flask, Response, g, render_template, request, url_for

from application.hub import Hub
from application.laying_out import (
    AT_ITS_HEAD,
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
from application.queries.inbox import InboxView, Task, most_pressing
from application.queries.timeline import Order
from application.queries.who_knew import Knowledge, WhoKnewView
from application.views import CaseView, Cell
from domain.errors import BadInput
from domain.instrument import instrument
from domain.vocabulary import AgencyKind, Change
from interfaces.settings import Settings
from interfaces.web import words
from interfaces.web.lanes import drawing_of

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
    ("level", "Risk", True, ("risk",)),
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


GRAVEST = ("concern:", "risk", "plan:")
"""What who knew what, when begins with."""


def by_item(knew: WhoKnewView) -> list[tuple[str, list[Knowledge]]]:
    """The rows of each item: concerns, risk and plans before particulars, each in the order of being recorded."""
    rows: dict[str, list[Knowledge]] = {}
    for row in sorted(knew.rows, key=lambda row: (not row.item.startswith(GRAVEST), row.recorded)):
        rows.setdefault(row.item, []).append(row)
    return list(rows.items())


WORK: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("referrals", "Referrals to acknowledge", ("acknowledge_referral",)),
    ("not-acknowledged", "Your referrals that nobody acknowledged in time", ("referral_not_acknowledged",)),
    ("reviews", "Consents and shares to look at again", ("consent_withdrawn", "review_share", "share_later_locator")),
    ("requests", "Requests to answer", ("answer_request",)),
    ("to-place", "Requests to place", ("place_request",)),
    ("ways-in", "Ways into cases to look at", ("review_access", "access_opened")),
    ("agreements", "Agreements to sign", ("agree_risk",)),
    ("actions", "What the level of risk requires", ("required_action", "date_actions")),
    ("corrections", "Corrections to tell", ("tell_correction",)),
    ("telling", "What to tell the young person", ("tell_young_person",)),
)
"""The kinds of work, the gravest first; whatever is of no kind named here stands under the last heading."""
NOT_YET = timedelta(days=14)
"""How long before its day something waits; before that it is only coming up."""
WAITS_FOR_OTHERS = ("referral_not_acknowledged",)
"""What is one's own only once it is overdue."""


@dataclass(frozen=True)
class Work:
    """Tasks of one sort under one heading."""

    key: str
    heading: str
    tasks: tuple[Task, ...]

    @property
    def by_case(self) -> list[tuple[UUID | None, list[Task]]]:
        """The tasks case by case, the case of the most pressing first: each young person stands there once."""
        cases: dict[UUID | None, list[Task]] = {}
        for task in self.tasks:
            cases.setdefault(task.case, []).append(task)
        return list(cases.items())


def by_kind(work: InboxView, today: date) -> tuple[list[Work], Work]:
    """What waits, grouped, what is overdue before what is due and that before the rest; and what is only coming up."""
    tasks = sorted((*work.tasks, *work.to_take_up, *work.to_place, *work.to_decide, *work.to_seal), key=most_pressing)
    coming_up = [task for task in tasks if _only_coming_up(task, today)]
    waiting = [task for task in tasks if task not in coming_up]
    named = {kind for _, _, kinds in WORK for kind in kinds}
    kinds = (*WORK, ("others", "Other decisions", tuple({task.kind for task in waiting} - named)))
    groups = [Work(key, heading, tuple(one for one in waiting if one.kind in of)) for key, heading, of in kinds]
    pressing = sorted((one for one in groups if one.tasks), key=lambda one: one.tasks[0].due or date.max)
    return pressing, Work("coming-up", "Coming up, or waiting for others", tuple(coming_up))


def _only_coming_up(task: Task, today: date) -> bool:
    return not task.overdue and (
        task.kind in WAITS_FOR_OTHERS or (task.due is not None and task.due > today + NOT_YET)
    )


def install(app: Flask, hub: Hub, settings: Settings) -> None:
    """Give templates their words: filters for cells, names and times, and what stands on every page."""
    zone = settings.zone

    def directory() -> Names:
        """Read once for each page, so that all of it speaks of the same people."""
        found: Names | None = g.get("directory")
        if found is None:
            found = g.directory = hub.directory()
        return found

    def lines(cell: Cell) -> tuple[tuple[str, str], ...]:
        return lines_of(cell, directory(), zone=zone)

    def lines_below(cell: Cell) -> list[tuple[str, str]]:
        return [line for line in lines(cell) if line[0] not in AT_ITS_HEAD]

    def mark(cell: Cell) -> tuple[str, str] | None:
        return mark_of(cell, directory(), zone)

    def history_address(item: str, case_id: UUID, at: datetime | None) -> str:
        """Made once for each page, which has hundreds of them: an item's name needs no quoting."""
        made: dict[tuple[UUID, datetime | None], str] = g.setdefault("history_addresses", {})
        if (address := made.get((case_id, at))) is None:
            moment = words.for_input(at, zone) or None
            address = made[case_id, at] = url_for("reading.history", case_id=case_id, item="ITEM", as_at=moment)
        return address.replace("/history/ITEM", f"/history/{item}")

    def partnership() -> str:
        """Stands on every page, and so on the one that says that nothing can be read."""
        try:
            agencies = list(directory().agencies.values())
        except Exception as error:
            app.logger.error("The name at the head of the page cannot be read: %s", type(error).__name__)
            agencies = []
        return next((one.name for one in agencies if one.kind is AgencyKind.PARTNERSHIP), "Safeguarding hub")

    app.jinja_env.filters.update(
        indent=lambda markup, *_, **__: markup,  # for who reads the source: a third of the time that a form takes
        lines=lines,
        lines_below=lines_below,
        mark=mark,
        notes=lambda cell: notes_of(cell, directory(), zone),
        tags=tags_of,
        item=lambda value: item_in_words(value, directory()),
        title_of=lambda cell: title_of(cell, directory(), zone),
        agency=lambda value: agency_name(directory(), value),
        person=lambda value: person_name(directory(), value),
        local=lambda value: moment_in_words(value, zone),
        clock=lambda value: f"{value.astimezone(zone):%H:%M:%S}",
        for_input=lambda value: words.for_input(value, zone),
        occurred=occurred_in_words,
        standing=lambda value: standing_in_words(value, zone),
        day=date_in_words,
        ticked=ticked_in_words,
        blank=lambda value: blank_reason_in_words(value.reason, agency_name(directory(), value.whom)),
        grouped=grouped,
        by_item=by_item,
        drawing=lambda rows: drawing_of(rows, zone),
        in_two=words.in_two,
        word=words.word,
        why_alike=words.why_alike,
        looked_for=lambda look: words.looked_for(look.kind, look.what),
        plain=lambda text: _OF_THE_DESIGN.sub("", text),
        breakable=words.breakable,
        unreadable=words.unreadable,
    )
    app.jinja_env.globals.update(
        new_command_id=new_command_id,
        history_address=history_address,
        instrument=instrument(),
        partnership=partnership,
        lead_agency=lambda: directory().lead,
        configured_contacts=bool(settings.contacts),
        contacts=settings.contacts or (instrument().take_action_now.contacts if settings.demo_stands_at else ()),
        demo=moment_in_words(settings.demo_stands_at, zone) if settings.demo_stands_at else "",
    )
