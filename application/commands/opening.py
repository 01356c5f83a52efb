"""Open a case with its first justification, or come into the one that exists: the answer is the same (design §3.7)."""

from typing import Any
from uuid import UUID

from application.hub import Hub
from application.projections.catch_up import catch_up
from application.projections.rows import CASELOAD, PLACING
from application.reading import read_command, require_command_id
from domain.case import Case, OpenCase, decide_join_case, decide_open_case
from domain.details import Blank
from domain.directory import Agency
from domain.errors import ChangedMeanwhile, JustificationMissing, NotFound
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
    if isinstance(data, dict) and not data.get("justification"):
        raise JustificationMissing
    command = read_command(OpenCase, data)
    require_command_id(command_id)
    person, agency = hub.person(who)
    edition = edition_in_force(hub.now())
    role = judge_act(edition, "open_case", person.roles(hub.now()), lead=agency.lead, kind=agency.kind)
    directory = hub.directory()
    for one in command.justification.recipients:
        directory.require_agency(one, "justification.recipients")
    catch_up(hub)
    done = done_before(hub, person.id, command_id)
    if done is not None:
        return done
    for _ in range(TRIES):
        case = _place_for(hub, edition, command, command_id, agency)
        if (command_id, person.id) in hub.case(case.id).commands:
            return case.id
        if case.team.declared(person.id, hub.now()):
            raise NotFound
        act = Act(Actor(person.id, role, agency.id), hub.now_in(case), command_id)
        joining = case.version > 0
        events = decide_join_case(case, command, act) if joining else decide_open_case(command, act, directory.lead)
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


def done_before(hub: Hub, person: str, command_id: str) -> UUID | None:
    """The case in which this person's command took effect already, whatever the young person is called there by now."""
    for row in hub.rows.find(CASELOAD, hub.blind.key(CASELOAD, person)):
        if (command_id, person) in hub.case(UUID(row.case)).commands:
            return UUID(row.case)
    return None


def find_placed(hub: Hub, edition: Edition, name: str, date_of_birth: str) -> UUID | None:
    """The one case that the edition's exact match places a naming in, if exactly one."""
    key = placing_key(edition, name, date_of_birth)
    if key is None:
        return None
    rows = hub.rows.find(PLACING, hub.blind.key(PLACING, key))
    return UUID(rows[0].case) if len(rows) == 1 else None


def would_join(hub: Hub, naming: dict[str, str], case: UUID) -> bool:
    """Whether somebody who names her so would come into this case."""
    edition = edition_in_force(hub.now())
    return find_placed(hub, edition, naming.get("name", ""), naming.get("date_of_birth", "")) == case
