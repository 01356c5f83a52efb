"""Ask another agency about a young person: placed on an exact match, else by the lead; the answer is alike."""

from typing import Any
from uuid import UUID

import msgspec

from application.access import refused, stamp
from application.commands.acts import act, act_once
from application.commands.opening import done_before, find_placed
from application.hub import Hub, LostRace, tried_again
from application.ledger import Stream, agency_stream
from application.projections.catch_up import catch_up
from application.reading import read_command, require_command_id, require_text
from domain.agency import RequestPlaced, RequestReceived, fold
from domain.directory import Agency, Person
from domain.errors import BadInput, ChangedMeanwhile, NotFound
from domain.record import Event
from domain.requests import About, RequestInformation
from policies.editions import edition_in_force
from policies.roles import judge_act
from policies.viewing import denied


def ask_about(hub: Hub, who: str, about: dict[str, str], data: dict[str, Any], *, command_id: str) -> None:
    """Send a request about a young person named by the asker.

    Where its reference is taken, the hub gives it another: a refusal would tell that there is a record.

    Raises:
        SafeguardingError: the refusal; then nothing was stored.
    """
    person, agency = hub.person(who)
    now = hub.now()
    edition = edition_in_force(now)
    judge_act(edition, "request_information", person.roles(now), lead=agency.lead, kind=agency.kind)
    command = read_command(RequestInformation, data)
    require_command_id(command_id)
    hub.directory().require_agency(command.of, "of")
    if command.of == agency.id:
        raise BadInput("of", "Ask another agency than your own.")
    naming = _naming(about)
    lead, own = agency_stream(hub.directory().lead), agency_stream(agency.id)
    catch_up(hub)
    if done_before(hub, person.id, command_id) is not None or _holds(hub, own, person.id, command_id):
        return
    placed = find_placed(hub, edition, naming.name, naming.date_of_birth, agency)
    if placed is not None and not hub.case(placed).case.team.declared(person.id, now):
        taken = command.id in hub.case(placed).case.requests
        reference = hub.reference_from(f"{agency.id}:{command_id}") if taken else command.id
        act(hub, who, placed, "request_information", {**data, "id": reference}, command_id=command_id, named=True)
        return
    taken = command.id in hub.unplaced(hub.directory().lead).requests
    event = RequestReceived(
        request=hub.reference_from(f"{agency.id}:{command_id}") if taken else command.id,
        of=command.of, wanted=command.wanted, purpose=command.purpose, about=naming,
        **stamp(person, agency, now, command_id),
    )  # fmt: skip
    for stream in dict.fromkeys((lead, own)):
        if not _holds(hub, stream, person.id, command_id):
            hub.append_beside(stream, event)


def _holds(hub: Hub, stream: Stream, person: str, command_id: str) -> bool:
    """Whether the stream has taken this command of this person already."""
    return _among(hub.ledger.read(stream), person, command_id)


def _among(events: list[Event], person: str, command_id: str) -> bool:
    received = [event for event in events if isinstance(event, RequestReceived | RequestPlaced)]
    return any((event.command, event.by.person) == (command_id, person) for event in received)


def _naming(about: dict[str, str]) -> About:
    unknown = set(about) - {"name", "date_of_birth"}
    if unknown:
        raise BadInput(f"about.{sorted(unknown)[0]}", "There is no such field here. Take it out.")
    name = require_text(about.get("name", ""), "about.name", 500)
    if not name.strip():
        raise BadInput("about.name", "Say whom you ask about, by the name you know.")
    return About(name=name, date_of_birth=require_text(about.get("date_of_birth", ""), "about.date_of_birth", 40))


def place_request(hub: Hub, who: str, request: str, case_id: UUID | None, *, command_id: str) -> None:
    """The lead places a request in a case, or marks that it concerns nobody known: once, whoever else tries it.

    Raises:
        NotFound: when there is no such request any more, or no such case for this person.
    """
    person, agency = hub.person(who)
    now = hub.now()
    judge_act(edition_in_force(now), "place_request", person.roles(now), lead=agency.lead, kind=agency.kind)
    require_command_id(command_id)
    event = RequestPlaced(request=request, case=str(case_id or ""), **stamp(person, agency, now, command_id))
    known: list[Event] = []
    tried_again(lambda: _place_once(hub, person, agency, event, known))
    catch_up(hub)


def _place_once(hub: Hub, person: Person, agency: Agency, event: RequestPlaced, known: list[Event]) -> None:
    """In the case and off the list in one append, or neither. `known` is what was read of the list; it grows.

    Raises: NotFound, LostRace.
    """
    stream = agency_stream(agency.id)
    known += hub.ledger.read(stream, after=len(known))
    if _among(known, person.id, event.command):
        return
    received = fold(known).requests.get(event.request)
    if received is None:
        raise NotFound
    placed = msgspec.structs.replace(event, recorded=max(event.recorded, known[-1].recorded))
    off_the_list = (stream, len(known), [placed])
    loaded = hub.case(UUID(event.case)) if event.case else None
    if loaded is not None and (loaded.case.version == 0 or denied(loaded.case, person.id, hub.now_in(loaded.case))):
        raise refused(hub, loaded, person, agency, "place_request")
    if loaded is None or (received.command, received.by.person) in loaded.commands:
        try:
            hub.ledger.append_all([off_the_list])
        except ChangedMeanwhile:
            raise LostRace from None
        return
    taken = event.request in loaded.case.requests
    reference = hub.reference_from(f"{received.by.agency}:{received.command}") if taken else event.request
    asked = RequestInformation(id=reference, of=received.of, wanted=received.wanted, purpose=received.purpose)
    asker = received.by.person
    act_once(hub, asker, loaded.case.id, asked, received.command, named=True, beside=[off_the_list])
