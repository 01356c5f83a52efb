"""An agency's own stream: searches, refused looks, and requests that are not placed in a case yet."""

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
    """A person tried to look at or act on something that is not theirs to see, or that does not exist."""

    what: str
    case: str


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


AGENCY_EVENTS: tuple[type[Event], ...] = (
    SearchMade,
    ListShown,
    LookRefused,
    RequestReceived,
    RequestPlaced,
    NamingClaimed,
)
