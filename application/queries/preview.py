"""The preview of a share: in the recipient's own layout, only what this decision gives or changes."""

from typing import Any
from uuid import UUID

import msgspec

from application.access import approach, disclose, view_of
from application.hub import Hub
from application.reading import read_command
from application.sight import referring_to_each_other
from application.views import CaseView
from domain.case import decide, evolve
from domain.directory import Agency
from domain.record import Act, Actor
from domain.sharing import DecideSharing
from policies.roles import judge_act
from policies.sharing import judge_share
from policies.viewing import judge_gift


def preview_share(hub: Hub, who: str, case: UUID, data: dict[str, Any]) -> CaseView:
    """What the recipient will see by this decision; nothing is decided yet.

    What the recipient holds beside it is not asked: each version is one that the sender holds, numbered as the sender
    sees them.

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
    after = sight.case
    for event in decide(sight.case, command, Act(actor, sight.now, "preview")):
        after = evolve(after, event)
    theirs, decision = sight.as_recipient(recipient, after), after.sharing.decisions[command.id]
    chosen = {given.item for given in command.items}
    judged = (judge_gift(sight.edition, after, decision, item, sight.now) for item in after.items if item in chosen)
    gifts = [gift for gift in judged if gift is not None]
    given = referring_to_each_other(tuple(theirs.cell(*gift) for gift in gifts))
    by_own_title = [sight.judge(version).rule for version, _ in gifts]
    shown = (msgspec.structs.replace(cell, rule=rule) for cell, rule in zip(given, by_own_title, strict=True))
    disclose(sight, "preview of a share", tuple(shown))
    whole = msgspec.structs.replace(view_of(theirs, given), cells=sight.for_face(given))
    return _only_this_decision(whole, command.id, recipient)


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
