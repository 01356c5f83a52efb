"""One agency asks another: what is wanted, and for what purpose."""

import msgspec

from domain.errors import AlreadyUsed, BadInput
from domain.record import Act, Command, Event, Line, OptionalText, Reference, Text, put


class About(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Whom it is about, as the asking worker knows her."""

    name: OptionalText = ""
    date_of_birth: OptionalText = ""


class RequestInformation(Command, frozen=True, kw_only=True):
    """Ask an agency; the answer to the asker is the same whether or not a case exists (design §3.7)."""

    id: Reference
    of: Line
    wanted: Text
    purpose: Text


class InformationRequested(Event, frozen=True, kw_only=True, tag="request.made"):
    request: str
    of: str
    wanted: str
    purpose: str
    about: About | None = None


Requests = dict[str, InformationRequested]


def decide_request_information(
    requests: Requests, command: RequestInformation, act: Act, about: About | None = None
) -> list[Event]:
    if command.id in requests:
        raise AlreadyUsed
    if command.of == act.by.agency:
        raise BadInput("of", "Ask another agency than your own.")
    return [
        InformationRequested(
            request=command.id, of=command.of, wanted=command.wanted, purpose=command.purpose, about=about, **act.stamp
        )
    ]


def evolve(requests: Requests, event: Event) -> Requests:
    match event:
        case InformationRequested():
            return put(requests, event.request, event)
        case _:
            return requests
