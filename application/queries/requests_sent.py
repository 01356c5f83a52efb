"""What I have asked other agencies, and what was answered: alike whether or not a request has been placed."""

from datetime import datetime
from uuid import UUID

from application.access import put_on_record, stamp
from application.hub import Hub
from application.ledger import agency_stream
from application.queries.caseload import of_each_case
from application.sight import Sight
from application.threads import threads_of
from application.views import DecisionThread, RequestThread, View
from domain.agency import ListShown
from domain.directory import Agency, Person


class Sent(View, frozen=True, kw_only=True):
    """One request and the decisions that answer it; `case` is given once something was answered."""

    id: str
    made: datetime
    of: str
    wanted: str
    purpose: str
    answers: tuple[DecisionThread, ...] = ()
    case: UUID | None = None


class RequestsSent(View, frozen=True, kw_only=True):
    """Requests, newest first; `unreadable` counts the cases that cannot be read, in which there may be others."""

    requests: tuple[Sent, ...]
    unreadable: int = 0


def requests_sent(hub: Hub, who: str) -> RequestsSent:
    """My requests in my cases, and those that nobody has placed yet.

    Raises:
        NotFound, NotRecorded
    """
    person, agency = hub.person(who)
    found, unreadable = of_each_case(hub, who, lambda sight: sent_in(sight, person.id))
    mark = stamp(person, agency, hub.now(), "look:requests sent")
    put_on_record(hub, agency_stream(agency.id), ListShown(what="requests sent", entries=(), **mark))
    return RequestsSent(requests=all_sent(hub, person, agency, found), unreadable=len(unreadable))


def all_sent(hub: Hub, person: Person, agency: Agency, found: list[list[Sent]]) -> tuple[Sent, ...]:
    """Those found in each case and those that nobody has placed yet, newest first."""
    sent = [one for of_case in found for one in of_case]
    placed = {one.id for one in sent}
    for waiting in hub.unplaced(agency.id).requests.values():
        if waiting.by.person == person.id and waiting.by.agency == agency.id and waiting.request not in placed:
            sent.append(
                Sent(
                    id=waiting.request,
                    made=waiting.recorded,
                    of=waiting.of,
                    wanted=waiting.wanted,
                    purpose=waiting.purpose,
                )
            )
    return tuple(sorted(sent, key=lambda one: one.made, reverse=True))


def sent_in(sight: Sight, person: str) -> list[Sent]:
    """The requests this person made in one case."""
    if not sight.working:
        return []
    threads = threads_of(sight, set())
    answers: tuple[DecisionThread, ...] = threads["decisions"]
    requests: tuple[RequestThread, ...] = threads["requests"]
    mine = {name for name, one in sight.case.requests.items() if one.by.person == person}
    return [
        _sent(sight, request, tuple(answer for answer in answers if answer.answers_request == request.id))
        for request in requests
        if request.id in mine
    ]


def _sent(sight: Sight, request: RequestThread, given: tuple[DecisionThread, ...]) -> Sent:
    return Sent(
        id=request.id,
        made=request.made,
        of=request.of,
        wanted=request.wanted,
        purpose=request.purpose,
        answers=given,
        case=sight.case.id if any(answer.items for answer in given) else None,
    )
