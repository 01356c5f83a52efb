"""What somebody has typed and not sent: kept for them alone, apart from the record, while they come to the case."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from uuid import UUID

from application.access import approach
from application.hub import Hub
from application.ledger import agency_stream, owner_of_case
from application.ports import Draft, KeyDestroyed
from domain.errors import BadInput, NotFound, RecordUnreadable
from policies.viewing import Way, judge_access

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
    if _is_too_long(typed):
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


def rescue_draft(
    hub: Hub,
    who: str,
    places: Sequence[str],
    case_id: UUID | None,
    typed: Mapping[str, list[str]],
    *,
    command_id: str,
    may_begin: Callable[[], bool],
) -> bool:
    """Whether what came from somebody who has not shown who they are any more is kept, at the first place that is free.

    It goes on with the same form's draft, or begins one; another's place it never takes. Answered alike whether or not
    the person comes to the case: who does not keeps nothing there. Nothing goes on record, as the person did nothing.
    """
    if _is_too_long(typed):
        return False
    for page in places:
        stands = hub.drafts.find(who, page, hub.now())
        if stands is None and not may_begin():
            return False
        if stands is None or stands.typed.get("command_id") == [command_id]:
            with suppress(KeyDestroyed, RecordUnreadable):
                if case_id is None:
                    hub.drafts.keep(who, page, agency_stream(hub.person(who)[1].id).owner, typed, hub.now())
                elif _comes_to_forms(hub, who, case_id) and not _done(hub, who, case_id, command_id):
                    hub.drafts.keep(who, page, owner_of_case(case_id), typed, hub.now())
            return True
    return False


def _comes_to_forms(hub: Hub, who: str, case_id: UUID) -> bool:
    """Whether the person comes to the case by more than an emergency, which opens one page and no form."""
    case = hub.case(case_id).case
    came = judge_access(case, *hub.person(who), hub.now_in(case))
    return came is not None and came.way is not Way.EMERGENCY


def _is_too_long(typed: Mapping[str, list[str]]) -> bool:
    return sum(len(box) + sum(map(len, values)) for box, values in typed.items()) > LONGEST


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


def discard_begun(hub: Hub, who: str, reference: str) -> None:
    """Throw away one on the list of one's own, without coming to its page; what is not on it changes nothing."""
    for draft in hub.drafts.all_of(who, hub.now()):
        if reference == draft.reference:
            discard_draft(hub, who, draft.page)
