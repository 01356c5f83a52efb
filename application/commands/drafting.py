"""What somebody has typed and not sent: kept for them alone, apart from the record, while they come to the case."""

from collections.abc import Mapping
from uuid import UUID

from application.access import approach
from application.hub import Hub
from application.ledger import agency_stream, owner_of_case
from application.ports import Draft, KeyDestroyed
from domain.errors import BadInput, NotFound

LONGEST = 200_000
"""Signs in one draft, with the names of its boxes: several times the longest form filled to the brim."""


def keep_draft(
    hub: Hub, who: str, page: str, case_id: UUID | None, typed: Mapping[str, list[str]], *, command_id: str = ""
) -> None:
    """Keep what was typed into a page's form; what was done under this command id already is no draft any more.

    Raises:
        NotFound: when this person does not come to the case; the try is on record, like a refused look.
        BadInput: when it is longer than any form.
    """
    if sum(len(box) + sum(map(len, values)) for box, values in typed.items()) > LONGEST:
        raise BadInput("", "This is too long to be kept. Shorten it.")
    owner = agency_stream(hub.person(who)[1].id).owner
    if case_id is not None:
        owner = owner_of_case(approach(hub, who, case_id, "keep a draft").case.id)
        if _done(hub, who, case_id, command_id):
            hub.drafts.discard(who, page)
            return
    try:
        hub.drafts.keep(who, page, owner, typed, hub.now())
    except KeyDestroyed:  # by another process, since the case was approached
        raise NotFound from None


def draft_of(hub: Hub, who: str, page: str, case_id: UUID | None) -> Draft | None:
    """This person's draft for a page; for a page of a case only after its view was handed over."""
    found = hub.drafts.find(who, page, hub.now())
    if found is None or case_id is None:
        return found
    if _done(hub, who, case_id, *found.typed.get("command_id", ())):
        hub.drafts.discard(who, page)
        return None
    return found


def _done(hub: Hub, who: str, case_id: UUID, *command_ids: str) -> bool:
    """Whether this person's command is in the case: its answer may have been lost, or a copy of its form come late."""
    commands = hub.case(case_id).commands
    return any((command_id, who) in commands for command_id in command_ids)


def discard_draft(hub: Hub, who: str, page: str) -> None:
    hub.drafts.discard(who, page)
