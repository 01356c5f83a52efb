"""Search: a name, a date of birth and a reason; answers alike whether or not a record exists (design §3.7)."""

from uuid import UUID

from application.access import put_on_record, shown_items, stamp
from application.hub import Hub
from application.ledger import agency_stream
from application.queries.caseload import beside_the_name, of_each_case
from application.reading import require_text
from application.sight import Sight
from application.views import Cell, View
from domain.agency import ListShown, SearchMade
from domain.disclosures import ShownItem
from domain.errors import BadInput, NotPermitted
from domain.requests import About
from domain.vocabulary import CASE_ROLES
from policies.editions import edition_in_force
from policies.matching import folded


class Found(View, frozen=True, kw_only=True):
    """A case of the reader's own that matches what the reader's view shows."""

    case: UUID
    name: Cell | None
    date_of_birth: Cell | None
    safe_contact: Cell | None
    carers: tuple[Cell, ...]

    @property
    def cells(self) -> tuple[Cell, ...]:
        """All that is shown of the case."""
        return tuple(
            cell for cell in (self.name, self.date_of_birth, self.safe_contact, *self.carers) if cell is not None
        )


class SearchAnswer(View, frozen=True, kw_only=True):
    """What a search answers: the reader's own cases, one sentence for everything else, and whom to ask.

    `unreadable` counts the reader's own cases that cannot be read, whatever was searched for.
    """

    found: tuple[Found, ...]
    answer: str
    ask: str
    unreadable: int = 0


def search(hub: Hub, who: str, terms: dict[str, str], reason: str) -> SearchAnswer:
    """Search, with the search and what it showed on record first.

    Raises:
        BadInput: naming the field; NotPermitted: for who works on no cases; NotRecorded.
    """
    person, agency = hub.person(who)
    now = hub.now()
    if not person.roles(now) & CASE_ROLES:
        raise NotPermitted("Searching is for those who work on cases. Ask a practitioner.")
    about = _about(terms)
    if not require_text(reason, "reason").strip():
        raise BadInput("reason", "Say why you search; it is kept with the search.")
    matching, unreadable = of_each_case(hub, who, lambda sight: _matching(sight, about))
    found, entries = tuple(one for one, _ in matching), tuple((str(one.case), shown) for one, shown in matching)
    mark = stamp(person, agency, now, "look:search")
    put_on_record(hub, agency_stream(agency.id), SearchMade(terms=about, reason=reason, matched=len(found), **mark))
    if found:
        put_on_record(hub, agency_stream(agency.id), ListShown(what="search", entries=entries, **mark))
    told = agency.kind in edition_in_force(now).searching.tell_whom_to_ask and not agency.lead
    return SearchAnswer(
        found=found,
        answer=edition_in_force(now).searching.answer,
        ask=hub.directory().lead if told else "",
        unreadable=len(unreadable),
    )


def _matching(sight: Sight, about: About) -> tuple[Found, tuple[ShownItem, ...]] | None:
    """A case that matches, and what is shown of it."""
    cells = {cell.item: cell for cell in sight.cells()}
    if not _matches(about, cells.get("child.name"), cells.get("child.date_of_birth")):
        return None
    face = {cell.item: cell for cell in sight.for_face(tuple(cells.values()))}
    return _found(sight, face), shown_items(_found(sight, cells).cells)


def _found(sight: Sight, cells: dict[str, Cell]) -> Found:
    safe_contact, carers = beside_the_name(cells)
    return Found(
        case=sight.case.id,
        name=cells.get("child.name"),
        date_of_birth=cells.get("child.date_of_birth"),
        safe_contact=safe_contact,
        carers=carers,
    )


def _about(terms: dict[str, str]) -> About:
    unknown = set(terms) - {"name", "date_of_birth"}
    if unknown:
        raise BadInput(f"terms.{sorted(unknown)[0]}", "Search by name and date of birth.")
    about = About(
        name=require_text(terms.get("name", ""), "terms.name", 500).strip(),
        date_of_birth=require_text(terms.get("date_of_birth", ""), "terms.date_of_birth", 40).strip(),
    )
    if not about.name and not about.date_of_birth:
        raise BadInput("terms.name", "Enter a name or a date of birth.")
    return about


def _matches(about: About, name: Cell | None, born: Cell | None) -> bool:
    asked, shown = folded(about.name), folded(str(name.content or "")) if name else ""
    by_name = bool(asked) and bool(shown) and (asked in shown or shown in asked)
    by_birth = bool(about.date_of_birth) and born is not None and born.content == about.date_of_birth
    return by_birth if not about.name else by_name and (by_birth or not about.date_of_birth)
