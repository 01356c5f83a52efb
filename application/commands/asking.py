"""Ask another agency about a young person: placed on an exact match, else by the agency asked; the answer is alike."""

from typing import Any
from uuid import UUID

from application.access import stamp
from application.commands.acts import act
from application.commands.opening import find_placed
from application.commands.reading import read_command
from application.hub import Hub
from application.ledger import agency_stream
from application.projections.catch_up import catch_up
from domain.agency import RequestPlaced, RequestReceived
from domain.errors import BadInput, NotFound
from domain.requests import About, RequestInformation
from policies.editions import edition_in_force
from policies.roles import judge_act


def ask_about(hub: Hub, who: str, about: dict[str, str], data: dict[str, Any], *, command_id: str) -> None:
    """Send a request about a young person named by the asker.

    Raises:
        SafeguardingError: the refusal; then nothing was stored.
    """
    person, agency = hub.person(who)
    now = hub.now()
    edition = edition_in_force(now)
    judge_act(edition, "request_information", person.roles(now), lead=agency.lead, kind=agency.kind)
    command = read_command(RequestInformation, data)
    hub.directory().require_agency(command.of, "of")
    if command.of == agency.id:
        raise BadInput("of", "Ask another agency than your own.")
    naming = _naming(about)
    placed = find_placed(hub, edition, naming.name, naming.date_of_birth)
    if placed is not None and not hub.case(placed).case.team.declared(person.id, now):
        act(hub, who, placed, "request_information", data, command_id=command_id, named=True)
        return
    received = hub.unplaced(command.of).requests
    if command.id in received:
        return
    event = RequestReceived(
        request=command.id, of=command.of, wanted=command.wanted, purpose=command.purpose, about=naming,
        **stamp(person, agency, now, command_id),
    )  # fmt: skip
    hub.append_beside(agency_stream(command.of), event)
    hub.append_beside(agency_stream(agency.id), event) if agency.id != command.of else None


def _naming(about: dict[str, str]) -> About:
    unknown = set(about) - {"name", "date_of_birth"}
    if unknown:
        raise BadInput(f"about.{sorted(unknown)[0]}", "There is no such field here. Take it out.")
    if not about.get("name"):
        raise BadInput("about.name", "Say whom you ask about, by the name you know.")
    return About(name=about["name"][:500], date_of_birth=about.get("date_of_birth", ""))


def place_request(hub: Hub, who: str, request: str, case_id: UUID | None, *, command_id: str) -> None:
    """The agency asked places a request in a case, or marks that it concerns nobody known.

    Raises:
        NotFound: when there is no such request to that agency, or no such case for this person.
    """
    person, agency = hub.person(who)
    now = hub.now()
    judge_act(edition_in_force(now), "place_request", person.roles(now), lead=agency.lead, kind=agency.kind)
    received = hub.unplaced(agency.id).requests.get(request)
    if received is None:
        raise NotFound
    if case_id is not None:
        if hub.case(case_id).case.version == 0:
            raise NotFound
        data = {"id": received.request, "of": received.of, "wanted": received.wanted, "purpose": received.purpose}
        act(hub, received.by.person, case_id, "request_information", data, command_id=command_id, named=True)
    event = RequestPlaced(request=request, case=str(case_id or ""), **stamp(person, agency, now, command_id))
    hub.append_beside(agency_stream(agency.id), event)
    catch_up(hub)
