"""Keep the duty rota of one's own agency: put a person on duty for a shift, or end one."""

from typing import Any

from application.commands.people import sent_before
from application.hub import Hub, LostRace, person_in, require_same, sent_as, tried_again
from application.ledger import DIRECTORY_STREAM
from application.reading import read_command, require_command_id
from domain.directory import decide
from domain.duty import AssignDuty, EndDuty
from domain.errors import BadInput, ChangedMeanwhile
from domain.record import Act, Actor, Command
from policies.editions import edition_in_force
from policies.roles import judge_act

ROTA_ACTS: dict[str, type[Command]] = {"assign_duty": AssignDuty, "end_duty": EndDuty}


def keep_rota(hub: Hub, who: str, name: str, data: dict[str, Any], *, command_id: str) -> None:
    """Do an act of the rota; repeated with the same command id it has one effect.

    Raises:
        SafeguardingError: the refusal; then nothing was stored.
    """
    if name not in ROTA_ACTS:
        raise BadInput("act", "The rota knows no such act.")
    command = read_command(ROTA_ACTS[name], data)
    require_command_id(command_id)
    tried_again(lambda: _once(hub, who, name, command, command_id))


def _once(hub: Hub, who: str, name: str, command: Command, command_id: str) -> None:
    directory = hub.directory()
    _, last = hub.ledger.newest(DIRECTORY_STREAM)
    at = max(hub.now(), last) if last else hub.now()
    sent, held = sent_as(command_id, command), sent_before(hub, who, command_id)
    if held is not None:
        require_same(held, sent)
        return
    person, agency = person_in(directory, who)
    role = judge_act(edition_in_force(at), name, person.roles(at), lead=agency.lead, kind=agency.kind)
    act = Act(Actor(who, role, agency.id), at, sent)
    try:
        hub.append(DIRECTORY_STREAM, directory.version, decide(directory, command, act))
    except ChangedMeanwhile:
        raise LostRace from None
