"""Register the partnership's agencies and people, and end roles."""

from typing import Any

from application.hub import Hub
from application.ledger import DIRECTORY_STREAM
from application.reading import read_command
from domain.directory import EndRole, RegisterAgency, RegisterPerson, decide
from domain.record import Act, Actor, Command
from domain.vocabulary import Role

DIRECTORY_ACTS: dict[str, type[Command]] = {
    "register_agency": RegisterAgency,
    "register_person": RegisterPerson,
    "end_role": EndRole,
}


def keep_directory(hub: Hub, by: str, name: str, data: dict[str, Any], *, command_id: str) -> None:
    """Do an act of the directory; `by` is the administrator, or `hub` while a hub is being set up.

    Raises:
        SafeguardingError: the refusal; then nothing was stored.
    """
    command = read_command(DIRECTORY_ACTS[name], data)
    directory = hub.directory()
    agency = directory.people[by].agency if by in directory.people else ""
    _, last = hub.ledger.newest(DIRECTORY_STREAM)
    at = max(hub.now(), last) if last else hub.now()
    act = Act(Actor(by, Role.ADMINISTRATOR, agency), at, command_id)
    hub.append(DIRECTORY_STREAM, directory.version, decide(directory, command, act))
