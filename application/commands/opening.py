"""Open a case with its first justification, or come into the one that exists: the answer is the same (design §3.7)."""

from typing import Any
from uuid import UUID

from application.commands.reading import read_command
from application.hub import Hub
from application.projections.catch_up import catch_up
from application.projections.rows import PLACING
from domain.case import Case, OpenCase, decide_join_case, decide_open_case
from domain.details import Blank
from domain.directory import Agency
from domain.errors import ChangedMeanwhile, NotFound
from domain.record import Act, Actor
from policies.editions import Edition, edition_in_force
from policies.matching import placing_key
from policies.roles import judge_act

TRIES = 10


def open_case(hub: Hub, who: str, data: dict[str, Any], *, command_id: str) -> UUID:
    """Open a case; where name and date of birth match one exactly, the agency comes into that one instead.

    Raises:
        SafeguardingError: the refusal; then nothing was stored.
    """
    command = read_command(OpenCase, data)
    person, agency = hub.person(who)
    edition = edition_in_force(hub.now())
    role = judge_act(edition, "open_case", person.roles(hub.now()), lead=agency.lead, kind=agency.kind)
    directory = hub.directory()
    for one in command.justification.recipients:
        directory.require_agency(one, "justification.recipients")
    for _ in range(TRIES):
        case = _place_for(hub, edition, command, command_id, agency)
        if (command_id, person.id) in hub.case(case.id).commands:
            return case.id
        if case.team.declared(person.id, hub.now()):
            raise NotFound
        now = hub.now()
        at = max(now, case.last_recorded) if case.last_recorded else now
        act = Act(Actor(person.id, role, agency.id), at, command_id)
        events = decide_join_case(case, command, act) if case.version else decide_open_case(command, act, directory.lead)
        try:
            hub.append(case.id, case.version, events)
        except ChangedMeanwhile:
            continue
        catch_up(hub)
        return case.id
    raise ChangedMeanwhile


def _place_for(hub: Hub, edition: Edition, command: OpenCase, command_id: str, agency: Agency) -> Case:
    fresh = hub.case(hub.id_from(f"{agency.id}:{command_id}", "case")).case
    if fresh.version:
        return fresh
    name, born = command.child.name, command.child.date_of_birth
    if name is None or born is None or isinstance(name, Blank) or isinstance(born, Blank):
        return fresh
    found = find_placed(hub, edition, name, born)
    return hub.case(found).case if found else fresh


def find_placed(hub: Hub, edition: Edition, name: str, date_of_birth: str) -> UUID | None:
    """The one case that the edition's exact match places a naming in, if exactly one."""
    key = placing_key(edition, name, date_of_birth)
    if key is None:
        return None
    rows = hub.rows.find(PLACING, hub.blind.key(PLACING, key))
    return UUID(rows[0].case) if len(rows) == 1 else None
