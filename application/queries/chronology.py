"""The chronology as a file: the timeline without what is retained, on record as handed out before it leaves."""

from collections.abc import Callable
from uuid import UUID

from application.access import approach, put_on_record, shown_items, stamp, view_of
from application.hub import Hub
from application.ledger import disclosures_stream
from application.queries.pack import sha256
from application.queries.timeline import TimelineView, seen_versions, timeline_in
from application.views import CaseView
from domain.disclosures import CaseExported


def chronology(hub: Hub, who: str, case: UUID, lay_out: Callable[[CaseView, TimelineView], bytes]) -> bytes:
    """The file of the chronology as this person may take it out of the hub; retained items stay in (design §2, rule 3).

    Raises:
        NotFound, NotRecorded
    """
    sight = approach(hub, who, case, "chronology")
    cells = tuple(cell for cell in seen_versions(sight) if not cell.retained)
    view = view_of(sight, tuple(cell for cell in sight.cells() if not cell.retained))
    file = lay_out(view, timeline_in(view, sight.for_face(cells), "occurred"))
    event = CaseExported(
        what="chronology",
        recipient=sight.agency.id,
        items=shown_items(cells),
        edition=sight.edition.edition,
        digest=sha256(file),
        **stamp(sight.person, sight.agency, sight.now, "export:chronology"),
    )
    put_on_record(hub, disclosures_stream(case), event)
    return file
