"""Search: a name, a date of birth and a reason; answers alike whether or not a record exists (design §3.7).

With a date of birth the blind index proposes which of the reader's own cases to open; all that is judged alike by what
the reader's view shows is among them, so what the view hides changes no answer.
"""

from typing import Any
from uuid import UUID

from application.access import candidates, put_on_record, shown_items, stamp
from application.hub import Hub
from application.ledger import agency_stream
from application.likeness import Naming, keys_of, likeness, names_in
from application.projections.rows import FINDING, KNOWN_AS
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


class Named(View, frozen=True, kw_only=True):
    """A case as far as it tells who the young person is, and how to reach her safely beside the name."""

    case: UUID
    name: Cell | None
    known_as: Cell | None
    date_of_birth: Cell | None
    safe_contact: Cell | None
    carers: tuple[Cell, ...]

    @property
    def cells(self) -> tuple[Cell, ...]:
        """All that is shown of the case."""
        named = (self.name, self.known_as, self.date_of_birth)
        return tuple(cell for cell in (*named, self.safe_contact, *self.carers) if cell is not None)


class Found(Named, frozen=True, kw_only=True):
    """A case of the reader's own that matches what the reader's view shows; `why` says in stable words how."""

    score: int
    why: tuple[str, ...]


class SearchAnswer(View, frozen=True, kw_only=True):
    """What a search answers: the reader's own cases, one sentence for everything else, and whom to ask.

    `unreadable` counts the reader's own cases that cannot be read, whatever was searched for.
    """

    found: tuple[Found, ...]
    answer: str
    ask: str
    unreadable: int = 0


def works_on_cases(hub: Hub, who: str) -> bool:
    """Whether this person holds a role that works on cases: then there is something to search."""
    return bool(hub.person(who)[0].roles(hub.now()) & CASE_ROLES)


def require_searching(hub: Hub, who: str) -> None:
    """Raises: NotPermitted: for who works on no cases."""
    if not works_on_cases(hub, who):
        raise NotPermitted("Searching is for those who work on cases. Ask a practitioner.")


def search(hub: Hub, who: str, terms: dict[str, str], reason: str) -> SearchAnswer:
    """Search, with the search and what it showed on record first.

    Raises:
        BadInput: naming the field; NotPermitted: for who works on no cases; NotRecorded.
    """
    require_searching(hub, who)
    person, agency = hub.person(who)
    now = hub.now()
    about = _about(terms)
    if not require_text(reason, "reason").strip():
        raise BadInput("reason", "Say why you search; it is kept with the search.")
    own = candidates(hub, person, agency)
    matching, unreadable = of_each_case(hub, who, lambda sight: _matching(sight, about), _proposed(hub, own, about))
    matching.sort(key=lambda one: -one[0].score)
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
        unreadable=len(unreadable | (hub.rows.parked() & own)),
    )


def _proposed(hub: Hub, own: set[UUID], about: About) -> set[UUID]:
    """Which of the reader's own cases may match: by name alone any of them, for no name is indexed without a date."""
    if not about.date_of_birth:
        return own
    keys = keys_of(about.name, about.date_of_birth)
    return hub.rows.found_among(own, FINDING, {hub.blind.key(FINDING, key) for key in keys})


def _matching(sight: Sight, about: About) -> tuple[Found, tuple[ShownItem, ...]] | None:
    """A case that matches, and what is shown of it."""
    cells = {cell.item: cell for cell in sight.cells()}
    asked = Naming((about.name,) if about.name else (), about.date_of_birth)
    alike = likeness(asked, naming_in(cells))
    if alike is None:
        return None
    face = {cell.item: cell for cell in sight.for_face(tuple(cells.values()))}
    found = Found(**_of_her(sight, face), score=alike.score, why=alike.why)
    return found, shown_items(named_in(sight, cells).cells)


def named_in(sight: Sight, cells: dict[str, Cell]) -> Named:
    """A case with those of these cells that tell who the young person is."""
    return Named(**_of_her(sight, cells))


def naming_in(cells: dict[str, Cell]) -> Naming:
    """The names and the date of birth that these cells show; her name first."""
    name, known_as = _shown(cells, "child.name"), _shown(cells, KNOWN_AS)
    return Naming((name, *names_in(known_as)), _shown(cells, "child.date_of_birth"))


def _shown(cells: dict[str, Cell], item: str) -> str:
    cell = cells.get(item)
    return cell.content if cell is not None and isinstance(cell.content, str) else ""


def _of_her(sight: Sight, cells: dict[str, Cell]) -> dict[str, Any]:
    safe_contact, carers = beside_the_name(cells)
    return {
        "case": sight.case.id,
        "name": cells.get("child.name"),
        "known_as": cells.get(KNOWN_AS),
        "date_of_birth": cells.get("child.date_of_birth"),
        "safe_contact": safe_contact,
        "carers": carers,
    }


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
