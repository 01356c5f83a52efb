"""Open a case with its first justification, or come into the one that exists: the answer is the same (design §3.7)."""

from typing import Any
from uuid import UUID

from application.hub import Hub, require_same, sent_as
from application.projections.catch_up import catch_up
from application.projections.rows import CASELOAD, PLACING
from application.reading import read_command, require_command_id
from domain.agency import NamingClaimed
from domain.case import Case, OpenCase, decide_join_case, decide_open_case
from domain.directory import Agency
from domain.errors import ChangedMeanwhile, JustificationMissing, NotFound
from domain.record import Act, Actor, Event
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
    sent = sent_as(command_id, command)
    if done is not None:
        require_same(hub.case(done).commands[command_id, person.id], sent)
        return done
    for _ in range(TRIES):
        fresh = hub.id_from(f"{person.id}:{command_id}", "case")
        key = _key(edition, command)
        claimed = len(hub.ledger.read(_claims(hub, key))) if key else 0
        catch_up(hub)
        case = hub.case((find_by(hub, key, agency) if key else None) or fresh).case
        if (command_id, person.id) in hub.case(case.id).commands:
            return case.id
        if case.team.declared(person.id, hub.now()):
            raise NotFound
        act = Act(Actor(person.id, role, agency.id), hub.now_in(case), sent)
        joining = case.version > 0
        events = decide_join_case(case, command, act) if joining else decide_open_case(command, act, directory.lead)
        try:
            if joining or key is None:
                hub.append(case.id, case.version, events)
            else:
                _open_and_claim(hub, case, key, claimed, events, act)
        except ChangedMeanwhile:
            continue
        catch_up(hub)
        return case.id
    raise ChangedMeanwhile


def _key(edition: Edition, command: OpenCase) -> str | None:
    name, born = command.child.name, command.child.date_of_birth
    if not isinstance(name, str) or not isinstance(born, str):
        return None
    return placing_key(edition, name, born)


def _claims(hub: Hub, key: str) -> UUID:
    """The stream of a naming: who opened a case under it, in order."""
    return hub.id_from(key, "claim to a naming")


def _open_and_claim(hub: Hub, case: Case, key: str, claimed: int, events: list[Event], act: Act) -> None:
    """Open the case and claim its naming in one transaction, so that of two who open at once one comes to the other.

    `claimed` is how many had claimed it before the rows were looked at.

    Raises:
        ChangedMeanwhile: when somebody claimed the naming first.
    """
    claim = NamingClaimed(case=str(case.id), **act.stamp)
    hub.ledger.append_all([(case.id, case.version, events), (_claims(hub, key), claimed, [claim])])


def done_before(hub: Hub, person: str, command_id: str) -> UUID | None:
    """The case in which this person's command took effect already, whatever the young person is called there by now."""
    for row in hub.rows.find(CASELOAD, hub.blind.key(CASELOAD, person)):
        if (command_id, person) in hub.case(UUID(row.case)).commands:
            return UUID(row.case)
    return None


def find_placed(hub: Hub, edition: Edition, name: str, date_of_birth: str, agency: Agency) -> UUID | None:
    """The case in which the edition's exact match places a naming by this agency."""
    key = placing_key(edition, name, date_of_birth)
    return find_by(hub, key, agency) if key else None


def find_by(hub: Hub, key: str, agency: Agency) -> UUID | None:
    """Of the cases under a key: one the agency is in already, else one the lead works on, else the one opened first.

    The first rule makes the answer depend on nothing the agency cannot know (design §3.7).
    """
    rows = hub.rows.find(PLACING, hub.blind.key(PLACING, key))
    cases = [hub.case(UUID(row.case)).case for row in rows]

    def order(case: Case) -> tuple[bool, bool, str]:
        return not case.team.of_agency(agency.id), not case.team.of_agency(case.lead), str(case.opened)

    return min(cases, key=order).id if cases else None


def would_join(hub: Hub, who: str, naming: dict[str, str], case: UUID) -> bool:
    """Whether this person, naming her so, would come into this case."""
    edition, (_, agency) = edition_in_force(hub.now()), hub.person(who)
    return find_placed(hub, edition, naming.get("name", ""), naming.get("date_of_birth", ""), agency) == case
