"""My work: what waits for me, what is new, my cases and what I asked others, in one pass over my cases."""

from datetime import datetime
from uuid import UUID

from application.access import put_on_record, stamp
from application.hub import Hub
from application.ledger import agency_stream
from application.queries.caseload import CaseloadEntry, CaseloadView, cases_to_open, entry_of, of_each_case
from application.queries.inbox import Entries, InboxView, Waiting, waiting_in, work_of
from application.queries.requests_sent import Sent, all_sent, sent_in
from application.sight import Sight
from application.views import Cell, View
from domain.agency import ListShown
from domain.directory import Person
from domain.disclosures import ShownItem
from domain.times import day_of
from domain.vocabulary import Role
from policies.viewing import SEEN


class News(View, frozen=True, kw_only=True):
    """How many entries of a case its reader may see and was never shown, and when the newest of them came."""

    case: UUID
    count: int
    newest: datetime


class MyWork(View, frozen=True, kw_only=True):
    """One person's work; `unreadable` counts the cases that cannot be read, of which nothing can be said."""

    caseload: CaseloadView
    inbox: InboxView
    news: tuple[News, ...]
    asked: tuple[Sent, ...]
    unreadable: int


class _Found(View, frozen=True, kw_only=True):
    """What one case gives to each part of the page."""

    entry: CaseloadEntry | None
    shown: tuple[ShownItem, ...]
    waiting: Waiting
    news: News | None
    asked: list[Sent]


def my_work(hub: Hub, who: str) -> MyWork:
    """What waits for me and all I work on, with the list on record before it is shown.

    Raises:
        NotFound, NotRecorded
    """
    person, agency = hub.person(who)
    now = hub.now()
    roles = person.roles(now)
    found, unreadable = of_each_case(hub, who, lambda sight: _of_case(sight, person, roles))
    entries = tuple(one.entry for one in found if one.entry)
    work, beside = work_of(hub, person, agency, [one.waiting for one in found], set(unreadable))
    to_open, shut = cases_to_open(hub, who, {entry.case for entry in entries})
    mark = stamp(person, agency, now, "look:my work")
    put_on_record(hub, agency_stream(agency.id), ListShown(what="my work", entries=_listed(found, beside), **mark))
    return MyWork(
        caseload=CaseloadView(entries=entries, to_open=to_open, unreadable=len(unreadable | shut)),
        inbox=work,
        news=tuple(one.news for one in found if one.news),
        asked=all_sent(hub, person, agency, [one.asked for one in found]),
        unreadable=max(len(unreadable | shut), work.unreadable),
    )


def _of_case(sight: Sight, person: Person, roles: frozenset[Role]) -> _Found:
    cells = sight.cells()
    entry = entry_of(sight, cells)
    return _Found(
        entry=entry[0] if entry else None,
        shown=entry[1] if entry else (),
        waiting=waiting_in(sight, roles, day_of(sight.now), lambda: cells),
        news=_news(sight, cells) if entry and not sight.reviewing else None,
        asked=sent_in(sight, person.id),
    )


def _news(sight: Sight, cells: tuple[Cell, ...]) -> News | None:
    """What this person's own view holds and no page or form has shown this person yet; one's own entries are known."""
    opened = sight.disclosures.first
    unseen = [
        cell
        for cell in cells
        if cell.showing in SEEN
        and (sight.agency.id, sight.person.id, cell.item, cell.version, cell.showing) not in opened
        and sight.then.items[cell.item][cell.version - 1].by.person != sight.person.id
    ]
    if not unseen:
        return None
    came = max(max(filter(None, (cell.recorded, cell.shared_on))) for cell in unseen)
    return News(case=sight.case.id, count=len(unseen), newest=came)


def _listed(found: list[_Found], beside: Entries) -> Entries:
    """What goes on record: each case once, with all that the list shows of it."""
    shown = {str(one.entry.case): one.shown for one in found if one.entry}
    return (*shown.items(), *((case, items) for case, items in beside if case not in shown))
