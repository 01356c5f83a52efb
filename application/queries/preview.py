"""The preview of a share: in the recipient's own layout, only what this decision gives or changes."""

from typing import Any
from uuid import UUID

import msgspec

from application.access import approach, disclose, view_of
from application.hub import Hub
from application.reading import read_command
from application.sight import referring_to_each_other
from application.views import CaseView, Cell
from domain.case import Case, decide, evolve
from domain.directory import Agency
from domain.record import Act, Actor, Event
from domain.sharing import DecideSharing, Sharing
from policies.roles import judge_act
from policies.sharing import judge_share


def preview_share(hub: Hub, who: str, case: UUID, data: dict[str, Any]) -> CaseView:
    """What the recipient will see by this decision, whatever else it holds; nothing is decided yet.

    Raises:
        SafeguardingError: the refusal that the decision itself would meet.
    """
    command = read_command(DecideSharing, data)
    sight = approach(hub, who, case, "preview of a share")
    recipient = sight.directory.require_agency(command.with_agency, "with")
    for person in command.persons:
        sight.directory.require_person(person, recipient.id, "persons")
    role = judge_act(
        sight.edition, "decide_sharing", sight.person.roles(sight.now), lead=sight.agency.lead, kind=sight.agency.kind
    )
    judge_share(sight.edition, sight.case, command, sight.agency, sight.now, sight.disclosures)
    actor = Actor(sight.person.id, role, sight.agency.id)
    after = _with_this_decision_alone(sight.case, decide(sight.case, command, Act(actor, sight.now, "preview")))
    seen_after = sight.as_recipient(recipient, after)
    chosen = {given.item for given in command.items}
    given = referring_to_each_other(tuple(cell for cell in seen_after.cells() if cell.item in chosen))
    disclose(sight, "preview of a share", _known_to_sender(sight.cells(), given))
    whole = view_of(seen_after, given)
    return _only_this_decision(whole, command.id, recipient)


def _with_this_decision_alone(case: Case, events: list[Event]) -> Case:
    """What else the recipient was given, and by whom, is not the sender's to see."""
    alone = msgspec.structs.replace(case, sharing=Sharing(agreements=case.sharing.agreements))
    for event in events:
        alone = evolve(alone, event)
    return alone


def _known_to_sender(own: tuple[Cell, ...], given: tuple[Cell, ...]) -> tuple[Cell, ...]:
    items = {cell.item for cell in given}
    return tuple(cell for cell in own if cell.item in items)


def _only_this_decision(view: CaseView, decision: str, recipient: Agency) -> CaseView:
    """The recipient's other threads are not the sender's to see."""
    reader = msgspec.structs.replace(
        view.reader, person="", name="", agency=recipient.id, agency_name=recipient.name, way="preview"
    )
    return msgspec.structs.replace(
        view,
        reader=reader,
        decisions=tuple(thread for thread in view.decisions if thread.id == decision),
        requests=(),
        referrals=(),
        justifications=(),
        consents=(),
        agreements=(),
        disagreements=(),
        links=(),
        ways_in=(),
        seal=None,
        team=(),
        digest="",
    )
