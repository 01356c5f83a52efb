"""Destroy a case: the steps people take towards it or away from it, and what the hub carries out when it is due."""

from typing import Any
from uuid import UUID

import msgspec

from application.access import refuse_look
from application.destruction import Before, agencies_to_ask, come_before, now_among, require_role, under_review
from application.hub import Hub, command_of, require_same, sent_as
from application.ledger import DESTRUCTIONS_STREAM
from application.ports import KeyDestroyed
from application.reading import read_command, require_command_id
from domain.destruction import (
    AgreeDestruction,
    CarryOutDestruction,
    Destruction,
    LiftLegalHold,
    PlaceLegalHold,
    ProposeDestruction,
    StopDestruction,
    decide,
)
from domain.errors import AlreadyDestroyed, BadInput, ChangedMeanwhile, NotFound, OutcomeUnknown, SafeguardingError
from domain.record import Act, Actor, Command
from domain.vocabulary import Role

DESTRUCTION_ACTS: dict[str, type[Command]] = {
    "lift_legal_hold": LiftLegalHold,
    "place_legal_hold": PlaceLegalHold,
    "propose_destruction": ProposeDestruction,
    "agree_destruction": AgreeDestruction,
    "stop_destruction": StopDestruction,
}
TRIES = 10
LOST = (ChangedMeanwhile, KeyDestroyed)
"""Somebody else was first, or destroyed the case while it was being read: load and judge again."""


def destruction_act(hub: Hub, who: str, case_id: UUID, name: str, data: dict[str, Any], *, command_id: str) -> None:
    """Take a step towards destroying a case, or away from it; repeated with the same command id it has one effect.

    Raises:
        SafeguardingError: the refusal; then nothing was stored. NotFound is the same for a case that does not exist
            and for one that this person neither comes from nor was asked about.
    """
    if name not in DESTRUCTION_ACTS:
        raise BadInput("act", "Destroying a case knows no such act.")
    command = read_command(DESTRUCTION_ACTS[name], data)
    require_command_id(command_id)
    for _ in range(TRIES):
        try:
            _once(hub, who, case_id, name, command, command_id)
        except LOST:
            continue
        except OutcomeUnknown:
            if not _done_before(hub.destructions().of(str(case_id)), who, command_id, sent_as(command_id, command)):
                raise
        return
    raise ChangedMeanwhile


def _once(hub: Hub, who: str, case_id: UUID, name: str, command: Command, command_id: str) -> None:
    destructions = hub.destructions()
    sent = sent_as(command_id, command)
    if _done_before(destructions.of(str(case_id)), who, command_id, sent):
        return
    require_role(hub, who, name, destructions)
    before = come_before(hub, who, case_id, destructions)
    role = before.role_for(name)
    if not before.comes:
        refuse_look(hub, before.person, before.agency, case_id, name)
        raise NotFound
    _require_known_names(hub, before, command)
    act = Act(Actor(before.person.id, role, before.agency.id), before.at, sent)
    events = decide(
        before.destruction,
        str(case_id),
        command,
        act,
        cooling=hub.cooling,
        open_review=under_review(hub, before.case, before.at),
    )
    hub.append(DESTRUCTIONS_STREAM, destructions.version, events)


def _done_before(destruction: Destruction, person: str, command_id: str, sent: str) -> bool:
    """Raises: AlreadyUsed: when this person sent something else under the same command id."""
    for step in destruction.steps:
        key, held = command_of(step)
        if key == (command_id, person):
            require_same(held, sent)
            return True
    return False


def _require_known_names(hub: Hub, before: Before, command: Command) -> None:
    """Raises: UnknownAgency, BadInput: naming the field."""
    if not isinstance(command, ProposeDestruction) or command.asked == before.agency.id:
        return
    hub.directory().require_agency(command.asked, "asked")
    if all(command.asked != agency.id for agency in agencies_to_ask(hub, before.agency, before.at)):
        raise BadInput("asked", "Nobody of this agency holds a role that may agree. Choose another agency.")


class Attempt(msgspec.Struct, frozen=True):
    """What became of a destruction that was due; `refused` is empty where the case is destroyed."""

    case: UUID
    refused: str = ""


def carry_out_due(hub: Hub) -> list[Attempt]:
    """Destroy every case whose cooling-off period is over, for good, and forget again what was destroyed before.

    What is refused stays due, and is tried again when this is next called; the others go on.
    """
    forget_destroyed(hub)
    destructions = hub.destructions()
    return [_carry_out(hub, UUID(case)) for case in destructions.due(now_among(hub, destructions))]


def _carry_out(hub: Hub, case_id: UUID) -> Attempt:
    for _ in range(TRIES):
        try:
            _carry_out_once(hub, case_id)
        except LOST:
            continue
        except AlreadyDestroyed:
            pass
        except SafeguardingError as refusal:
            return Attempt(case_id, refusal.message)
        hub.forget(case_id)
        return Attempt(case_id)
    return Attempt(case_id, ChangedMeanwhile.what_to_do)


def _carry_out_once(hub: Hub, case_id: UUID) -> None:
    """Put the destruction on record first: what is on record is forgotten at the next start, whatever happens now."""
    destructions = hub.destructions()
    at = now_among(hub, destructions)
    act = Act(Actor("hub", Role.ADMINISTRATOR, ""), at, f"carry-out:{case_id}")
    open_review = under_review(hub, hub.case(case_id).case, at)
    destruction = destructions.of(str(case_id))
    events = decide(destruction, str(case_id), CarryOutDestruction(), act, cooling=hub.cooling, open_review=open_review)
    hub.append(DESTRUCTIONS_STREAM, destructions.version, events)


def forget_destroyed(hub: Hub) -> None:
    """Forget every destroyed case again: a key store brought back from before still held its keys."""
    for case in hub.destructions().destroyed:
        hub.forget(UUID(case))
