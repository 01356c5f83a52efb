"""Keep the directory: agencies, people, roles from when until when, and how each account stands."""

from datetime import datetime
from typing import Any

from application.hub import Hub, LostRace, command_of, require_same, sent_as, tried_again
from application.ledger import DIRECTORY_STREAM
from application.reading import read_command, require_command_id
from domain.directory import Directory, RegisterAgency, RegisterPerson, decide
from domain.errors import ChangedMeanwhile, NotFound
from domain.membership import (
    THE_MACHINE,
    ConfirmAccount,
    DisableAccount,
    EnableAccount,
    EndMembership,
    EndRole,
    GiveRole,
    InviteAccount,
    ResetAccount,
)
from domain.record import Act, Actor, Command
from domain.vocabulary import Role
from policies.editions import edition_in_force
from policies.roles import judge_act

DIRECTORY_ACTS: dict[str, type[Command]] = {
    "register_agency": RegisterAgency,
    "register_person": RegisterPerson,
    "give_role": GiveRole,
    "end_role": EndRole,
    "end_membership": EndMembership,
    "invite_account": InviteAccount,
    "reset_account": ResetAccount,
    "disable_account": DisableAccount,
    "enable_account": EnableAccount,
    "confirm_account": ConfirmAccount,
}


def keep_directory(hub: Hub, by: str, name: str, data: dict[str, Any], *, command_id: str) -> None:
    """Do an act of the directory; `by` is who does it, or `hub` where it is done on the machine.

    Repeated with the same command id it has one effect.

    Raises:
        SafeguardingError: the refusal; then nothing was stored.
    """
    command = read_command(DIRECTORY_ACTS[name], data)
    require_command_id(command_id)
    tried_again(lambda: _once(hub, by, name, command, command_id))


def _once(hub: Hub, by: str, name: str, command: Command, command_id: str) -> None:
    directory = hub.directory()
    sent, held = sent_as(command_id, command), sent_before(hub, by, command_id)
    if held is not None:
        require_same(held, sent)
        return
    _, last = hub.ledger.newest(DIRECTORY_STREAM)
    at = max(hub.now(), last) if last else hub.now()
    act = Act(actor_for(directory, by, name, at), at, sent)
    try:
        hub.append(DIRECTORY_STREAM, directory.version, decide(directory, command, act))
    except ChangedMeanwhile:
        raise LostRace from None


def sent_before(hub: Hub, by: str, command_id: str) -> str | None:
    """The digest of what this person sent under this number and what came of it is on record; nothing for nothing."""
    found = (command_of(event) for event in hub.ledger.read(DIRECTORY_STREAM))
    return next((held for key, held in found if key == (command_id, by)), None)


def actor_for(directory: Directory, by: str, name: str, at: datetime) -> Actor:
    """Who acts, in the role that lets them.

    Raises:
        RoleMissing, NotFound
    """
    if by == THE_MACHINE:
        return Actor(by, Role.ADMINISTRATOR, "")
    person = directory.people.get(by)
    if person is None:
        raise NotFound
    agency = directory.agencies[person.agency]
    role = judge_act(edition_in_force(at), name, person.roles(at), lead=agency.lead, kind=agency.kind)
    return Actor(by, role, agency.id)
