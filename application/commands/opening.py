"""Open a case with its first justification, or come into the one that exists: the answer is the same (design §3.7)."""

from contextlib import suppress
from typing import Any
from uuid import UUID

from application.hub import SENT, Hub, LostRace, require_same, sent_as, tried_again
from application.ledger import Stream, case_stream, owner_of_case
from application.projections.catch_up import catch_up
from application.projections.rows import CASELOAD, PLACING
from application.reading import read_command, require_command_id
from domain.agency import NamingClaimed
from domain.case import Case, OpenCase, decide_join_case, decide_open_case
from domain.directory import Agency
from domain.errors import ChangedMeanwhile, JustificationMissing, NotFound, RecordUnreadable
from domain.record import Act, Actor, Event
from domain.vocabulary import Role
from policies.editions import Edition, edition_in_force
from policies.matching import placing_key
from policies.roles import judge_act


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
    for one in command.consent.scope.to if command.consent else ():
        directory.require_agency(one, "consent.scope.to")
    catch_up(hub)
    done = done_before(hub, person.id, command_id)
    sent = sent_as(command_id, command)
    if done is not None:
        require_same(hub.case(done).commands[command_id, person.id], sent)
        return done
    return tried_again(lambda: _once(hub, person.id, agency, role, edition, command, sent))


def _once(
    hub: Hub, person: str, agency: Agency, role: Role, edition: Edition, command: OpenCase, sent: str
) -> UUID:
    command_id = sent.partition(SENT)[0]
    fresh = hub.id_from(f"{person}:{command_id}", "case")
    key = _key(edition, command)
    claimed = hub.ledger.version_of(_claims(hub, key)) if key else 0
    catch_up(hub)
    loaded = hub.case((find_by(hub, key, agency) if key else None) or fresh)
    case = loaded.case
    if (command_id, person) in loaded.commands:
        return case.id
    if case.team.declared(person, hub.now()):
        raise NotFound
    act = Act(Actor(person, role, agency.id), hub.now_in(case), sent)
    joining = case.version > 0
    lead = loaded.directory.lead
    events = decide_join_case(case, command, act) if joining else decide_open_case(command, act, lead)
    try:
        if joining or key is None:
            hub.record(loaded, events)
        else:
            _open_and_claim(hub, case, key, claimed, events, act)
    except ChangedMeanwhile:
        raise LostRace from None
    catch_up(hub)
    return case.id


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
    claims = Stream(_claims(hub, key), owner_of_case(case.id))
    hub.ledger.append_all([(case_stream(case.id), case.version, events), (claims, claimed, [claim])])


def done_before(hub: Hub, person: str, command_id: str) -> UUID | None:
    """The case in which this person's command took effect already, whatever the young person is called there by now.

    A case that cannot be read stops nobody's other work.
    """
    for row in hub.rows.find(CASELOAD, hub.blind.key(CASELOAD, person)):
        with suppress(RecordUnreadable):
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
