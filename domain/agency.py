"""An agency's own stream: searches, refused looks, and requests that are not placed in a case yet."""

from collections.abc import Iterable

import msgspec

from domain.disclosures import ShownItem
from domain.record import Event
from domain.requests import About


class SearchMade(Event, frozen=True, kw_only=True, tag="agency.search_made"):
    """A person searched, with a reason; `matched` counts what the person's own view answered."""

    terms: About
    reason: str
    matched: int


class ListShown(Event, frozen=True, kw_only=True, tag="agency.list_shown"):
    """A list was shown: per case the items on it."""

    what: str
    entries: tuple[tuple[str, tuple[ShownItem, ...]], ...]


class LookRefused(Event, frozen=True, kw_only=True, tag="agency.look_refused"):
    """A person tried to look at or act on something that is not theirs to see, or that does not exist.

    `sealed` says that the person met a seal, and was shown its contact.
    """

    what: str
    case: str
    sealed: bool = False


class EmergencyAsked(Event, frozen=True, kw_only=True, tag="agency.emergency_asked"):
    """A person asked to come to a case in an emergency, naming her; `case` is the one it opened, if any."""

    about: About
    reason: str
    case: str = ""


class RequestReceived(Event, frozen=True, kw_only=True, tag="agency.request_received"):
    """A request about a young person whom the hub could not place; the asked agency places it."""

    request: str
    of: str
    wanted: str
    purpose: str
    about: About


class RequestPlaced(Event, frozen=True, kw_only=True, tag="agency.request_placed"):
    """The request was placed in a case, or found to concern nobody known (`case` empty)."""

    request: str
    case: str


class NamingClaimed(Event, frozen=True, kw_only=True, tag="placing.claimed"):
    """A case was opened under this naming; in a stream of its own per naming, so that two at once cannot both be."""

    case: str


class Unplaced(msgspec.Struct, frozen=True):
    """Requests received and not placed, by id."""

    requests: dict[str, RequestReceived] = {}


def fold(events: list[Event]) -> Unplaced:
    requests: dict[str, RequestReceived] = {}
    for event in events:
        match event:
            case RequestReceived():
                requests[event.request] = event
            case RequestPlaced():
                requests.pop(event.request, None)
    return Unplaced(requests)


LooksBeside = dict[str, tuple[ListShown | LookRefused, ...]]
"""By case: the looks that stand in an agency's stream and not beside the case."""


def fold_looks(events: Iterable[Event], before: LooksBeside) -> LooksBeside:
    """`before` with what `events` add: refused looks, and what searches found."""
    found = dict(before)
    for event in events:
        match event:
            case LookRefused():
                found[event.case] = (*found.get(event.case, ()), event)
            case ListShown(what="search"):
                for case, _ in event.entries:
                    found[case] = (*found.get(case, ()), event)
    return found


AGENCY_EVENTS: tuple[type[Event], ...] = (
    SearchMade,
    ListShown,
    LookRefused,
    EmergencyAsked,
    RequestReceived,
    RequestPlaced,
    NamingClaimed,
)
