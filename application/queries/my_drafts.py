"""My drafts: the forms I began and have not sent, each with its case as far as I come to it now."""

from datetime import datetime
from uuid import UUID

from application.hub import Hub
from application.ledger import case_of_owner
from application.queries.caseload import of_each_case
from application.sight import Sight
from application.snapshots import Commands
from application.views import View
from policies.viewing import Way

NONE = Commands()


class Begun(View, frozen=True, kw_only=True):
    """A form begun. Its page is named only while its author comes to its case; some forms are about no case yet."""

    reference: str
    kept: datetime
    page: str
    case: UUID | None


def my_drafts(hub: Hub, who: str) -> tuple[Begun, ...]:
    """The last kept first; those of cases that cannot be read just now are left out, and stay.

    Raises: NotFound: when nobody of that name has an account.
    """
    drafts = [(draft, case_of_owner(draft.owner)) for draft in hub.drafts.all_of(who, hub.now())]
    cases = {case for _, case in drafts if case}
    reached, unreadable = of_each_case(hub, who, _open_to_forms, among=cases)
    done: dict[UUID | None, Commands] = {case: hub.case(case).commands for case in reached}
    return tuple(
        Begun(
            reference=draft.reference,
            kept=draft.kept,
            page=draft.page if case is None or case in done else "",
            case=case if case in done else None,
        )
        for draft, case in drafts
        if case not in unreadable
        and not any((command, who) in done.get(case, NONE) for command in draft.typed.get("command_id", ()))
    )


def _open_to_forms(sight: Sight) -> UUID | None:
    """An emergency opens one page, and no form."""
    return None if sight.access.way is Way.EMERGENCY else sight.case.id
