"""Tell an agency that something it had seen was put right, and put on record how (design §3.5)."""

from uuid import UUID

from application.access import approach, put_on_record, stamp
from application.corrections import due_corrections
from application.hub import Hub
from application.ledger import disclosures_stream
from application.reading import require_command_id, require_text
from domain.disclosures import CorrectionTold
from domain.errors import BadInput, NotFound
from policies.roles import judge_act


def tell_correction(hub: Hub, who: str, case: UUID, item: str, agency: str, how: str, *, command_id: str) -> None:
    """The lead records that it told an agency; only where that agency had seen the old text.

    Raises:
        RoleMissing, NotFound, BadInput, NotRecorded
    """
    sight = approach(hub, who, case, "corrections")
    judge_act(
        sight.edition, "tell_correction", sight.person.roles(sight.now), lead=sight.agency.lead, kind=sight.agency.kind
    )
    require_command_id(command_id)
    if not require_text(how, "how", 500).strip():
        raise BadInput("how", "Say in a few words how they were told: by telephone, in person, in writing.")
    due = [one for one in due_corrections(sight) if one.item == item and one.agency == agency]
    if not due:
        raise NotFound
    if any(told.command == command_id for told in sight.disclosures.told):
        return
    event = CorrectionTold(
        item=item, agency=agency, how=how, **stamp(sight.person, sight.agency, sight.now, command_id)
    )
    put_on_record(hub, disclosures_stream(case), event)
