"""Decide whether two cases are of one young person: both get the pointer in one transaction, or neither does."""

from typing import Any
from uuid import UUID

import msgspec

from application.access import load, refused
from application.hub import Hub, Loaded, LostRace, person_in, require_same, sent_as, tried_again
from application.reading import read_command, require_command_id
from domain.case import decide
from domain.directory import Agency, Person
from domain.errors import BadInput, ChangedMeanwhile, NotFound
from domain.links import DecideOnOther, LinkCases, MarkDifferent, UndoLink
from domain.record import Act, Actor
from policies.editions import edition_in_force
from policies.roles import judge_act
from policies.viewing import WORKING, judge_access

LINK_ACTS: dict[str, type[DecideOnOther]] = {
    "link_cases": LinkCases,
    "mark_different": MarkDifferent,
    "undo_link": UndoLink,
}


def link_act(hub: Hub, who: str, case_id: UUID, name: str, data: dict[str, Any], *, command_id: str) -> None:
    """Decide about a case and another; repeated with the same command id it has one effect.

    Raises:
        SafeguardingError: the refusal; then nothing was stored in either case. Of the two it is not told which one does
            not exist or is not for this person to see.
    """
    if name not in LINK_ACTS:
        raise BadInput("act", "The hub knows no such decision about two cases.")
    command = read_command(LINK_ACTS[name], data)
    require_command_id(command_id)
    other = case_named(command.other)
    tried_again(lambda: _once(hub, who, (case_id, other), name, command, command_id))


def case_named(text: str) -> UUID:
    """Raises: NotFound: what is no number of a case is the number of none."""
    try:
        return UUID(text)
    except ValueError:
        raise NotFound from None


def _once(hub: Hub, who: str, both: tuple[UUID, UUID], name: str, command: DecideOnOther, command_id: str) -> None:
    loaded = [load(hub, who, one, name) for one in both]
    person, agency = person_in(loaded[0].directory, who)
    roles = person.roles(hub.now())
    role = judge_act(edition_in_force(hub.now()), name, roles, lead=agency.lead, kind=agency.kind)
    _require_sight(hub, person, agency, loaded, name)
    sent = sent_as(command_id, command)
    if (command_id, person.id) in loaded[0].commands:
        require_same(loaded[0].commands[command_id, person.id], sent)
        return
    act = Act(Actor(person.id, role, agency.id), max(hub.now_in(one.case) for one in loaded), sent)
    decided = [
        decide(one.case, msgspec.structs.replace(command, other=str(other)), act)
        for one, other in zip(loaded, reversed(both), strict=True)
    ]
    try:
        hub.record_together(list(zip(loaded, decided, strict=True)))
    except ChangedMeanwhile:
        raise LostRace from None


def _require_sight(hub: Hub, person: Person, agency: Agency, loaded: list[Loaded], what: str) -> None:
    """Raises: NotFound, CaseSealed: where the person does not work on one of the two; each try is on record."""
    ways = [judge_access(one.case, person, agency, hub.now()) for one in loaded]
    shut = [one for one, access in zip(loaded, ways, strict=True) if access is None or access.way not in WORKING]
    refusals = [refused(hub, one, person, agency, what) for one in shut]
    if refusals:
        raise refusals[0]
