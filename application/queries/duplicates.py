"""Possible duplicates: pairs of the lead's cases that may be of one young person, with why, for the lead to decide."""

from collections.abc import Iterator
from itertools import combinations
from uuid import UUID

import msgspec

from application.access import approach, disclose, put_on_record, shown_items, stamp
from application.hub import Hub
from application.ledger import agency_stream
from application.likeness import Likeness, Naming, keys_of, likeness, words_of
from application.queries.caseload import of_each_case
from application.queries.searching import Named, named_in, naming_in
from application.sight import Sight
from application.threads import links_of
from application.views import Cell, LinkThread, View
from domain.agency import ListShown
from domain.disclosures import ShownItem
from domain.errors import NotFound
from domain.links import Links
from policies.editions import edition_in_force
from policies.roles import judge_act
from policies.viewing import WORKING

SURE_BY_NAME = 97
"""Where one of the two has no date of birth, only the same names speak for one person."""


class Pair(View, frozen=True, kw_only=True):
    """Two cases that may be of one young person; `standing` is what was decided, if anything."""

    first: Named
    second: Named
    score: int
    why: tuple[str, ...]
    standing: str = ""


class DuplicatesView(View, frozen=True, kw_only=True):
    """Pairs still to be decided, the likest first, and those decided; `unreadable` counts cases that cannot be read."""

    open: tuple[Pair, ...]
    decided: tuple[Pair, ...]
    unreadable: int = 0


class PairView(View, frozen=True, kw_only=True):
    """Two cases side by side, with all that was decided about them."""

    first: Named
    second: Named
    why: tuple[str, ...]
    standing: str
    decided: tuple[LinkThread, ...]


class _Known(msgspec.Struct, frozen=True):
    """A case as the list compares it."""

    named: Named
    shown: tuple[ShownItem, ...]
    naming: Naming
    links: Links

    @property
    def keys(self) -> set[str]:
        """The keys under which it meets those it may be alike to; whole names for want of a date of birth."""
        names = [name for name in self.naming.names if name]
        keys = {key for name in names for key in keys_of(name, self.naming.born)}
        return keys | {f"name|{'|'.join(sorted(words_of(name)))}" for name in names}


def possible_duplicates(hub: Hub, who: str) -> DuplicatesView:
    """Pairs among the cases this person works on, judged by what the person's own view shows.

    Raises:
        RoleMissing, NotRecorded
    """
    person, agency = hub.person(who)
    now = hub.now()
    judge_act(edition_in_force(now), "link_cases", person.roles(now), lead=agency.lead, kind=agency.kind)
    known, unreadable = of_each_case(hub, who, _known)
    pairs = sorted(_pairs(known), key=lambda pair: -pair.score)
    listed = {named.case for pair in pairs for named in (pair.first, pair.second)}
    entries = tuple((str(one.named.case), one.shown) for one in known if one.named.case in listed)
    mark = stamp(person, agency, now, "look:possible duplicates")
    put_on_record(hub, agency_stream(agency.id), ListShown(what="possible duplicates", entries=entries, **mark))
    return DuplicatesView(
        open=tuple(pair for pair in pairs if not pair.standing),
        decided=tuple(pair for pair in pairs if pair.standing),
        unreadable=len(unreadable),
    )


def two_cases(hub: Hub, who: str, case: UUID, other: UUID) -> PairView:
    """Two cases side by side, each approached on its own and its look on record.

    Raises:
        RoleMissing, NotFound, NotRecorded
    """
    person, agency = hub.person(who)
    now = hub.now()
    judge_act(edition_in_force(now), "link_cases", person.roles(now), lead=agency.lead, kind=agency.kind)
    if case == other:
        raise NotFound
    what = "two cases beside each other"
    sights = [approach(hub, who, one, what) for one in (case, other)]
    cells = [{cell.item: cell for cell in sight.cells()} for sight in sights]
    named = [named_in(sight, of_case) for sight, of_case in zip(sights, cells, strict=True)]
    for sight, one in zip(sights, named, strict=True):
        disclose(sight, what, one.cells)
    alike = likeness_of(*(naming_in(of_case) for of_case in cells))
    return PairView(
        first=named[0],
        second=named[1],
        why=alike.why if alike else (),
        standing=sights[0].case.links.standing(str(other)),
        decided=tuple(one for one in links_of(sights[0], beside_the_other=True) if one.other == other),
    )


def _either_way(one: Naming, other: Naming) -> Likeness | None:
    """Each may go by the other's name."""
    both = [likeness(one, other), likeness(other, one)] if one.names and other.names else []
    return max((found for found in both if found), key=lambda found: (found.score, len(found.why)), default=None)


def likeness_of(one: Naming, other: Naming) -> Likeness | None:
    """How alike two cases are; without both dates of birth only by the same names."""
    if one.born and other.born:
        return _either_way(one, other)
    found = _either_way(Naming(one.names), Naming(other.names))
    return Likeness(found.score, (*found.why, "no_date")) if found and found.score >= SURE_BY_NAME else None


def _known(sight: Sight) -> _Known | None:
    if sight.access.way not in WORKING:
        return None
    cells: dict[str, Cell] = {cell.item: cell for cell in sight.cells()}
    named = named_in(sight, cells)
    return _Known(named, shown_items(named.cells), naming_in(cells), sight.case.links)


def _pairs(known: list[_Known]) -> Iterator[Pair]:
    """Every pair that is alike or decided about, once."""
    meeting: dict[str, list[int]] = {}
    places = {str(one.named.case): place for place, one in enumerate(known)}
    for place, one in enumerate(known):
        for key in one.keys:
            meeting.setdefault(key, []).append(place)
    met = {pair for places_here in meeting.values() for pair in combinations(places_here, 2)}
    for place, one in enumerate(known):
        others = [places[other] for other in one.links.decided if other in places and one.links.standing(other)]
        met |= {(min(place, other), max(place, other)) for other in others}
    for first, second in sorted(met):
        one, other = known[first], known[second]
        alike = likeness_of(one.naming, other.naming)
        standing = one.links.standing(str(other.named.case))
        if alike is not None or standing:
            score, why = (alike.score, alike.why) if alike else (0, ())
            yield Pair(first=one.named, second=other.named, score=score, why=why, standing=standing)
