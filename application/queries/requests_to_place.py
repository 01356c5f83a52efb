"""Requests about a young person whom the hub could not place in a case: they wait for the lead, whoever was asked."""

from application.access import put_on_record, stamp
from application.hub import Hub
from application.ledger import agency_stream
from application.views import View
from domain.agency import ListShown, RequestReceived
from domain.errors import NotFound
from policies.editions import edition_in_force
from policies.roles import judge_act


class UnplacedRequest(View, frozen=True, kw_only=True):
    """A request with the naming its sender gave."""

    id: str
    by: str
    by_person: str
    name: str
    date_of_birth: str
    wanted: str
    purpose: str


def requests_to_place(hub: Hub, who: str) -> tuple[UnplacedRequest, ...]:
    """What waits to be placed, oldest first; the look is on record.

    Raises:
        RoleMissing: when placing is not this person's; NotRecorded.
    """
    person, agency = hub.person(who)
    now = hub.now()
    judge_act(edition_in_force(now), "place_request", person.roles(now), lead=agency.lead, kind=agency.kind)
    waiting = hub.unplaced(agency.id).requests.values()
    mark = stamp(person, agency, now, "look:requests to place")
    put_on_record(hub, agency_stream(agency.id), ListShown(what="requests to place", entries=(), **mark))
    return tuple(_unplaced(hub, one) for one in waiting)


def request_to_place(hub: Hub, who: str, request: str) -> UnplacedRequest:
    """Raises: NotFound, RoleMissing, NotRecorded."""
    for one in requests_to_place(hub, who):
        if one.id == request:
            return one
    raise NotFound


def _unplaced(hub: Hub, one: RequestReceived) -> UnplacedRequest:
    asker = hub.directory().people.get(one.by.person)
    return UnplacedRequest(
        id=one.request,
        by=one.by.agency,
        by_person=asker.name if asker else one.by.person,
        name=one.about.name,
        date_of_birth=one.about.date_of_birth,
        wanted=one.wanted,
        purpose=one.purpose,
    )
