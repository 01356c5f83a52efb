"""The case as I may see it."""

from datetime import datetime
from uuid import UUID

from application.access import look
from application.hub import Hub
from application.views import CaseView


def case_as_seen(hub: Hub, who: str, case: UUID, as_at: datetime | None = None, what: str = "case") -> CaseView:
    """The one view that pages, API and exports lay out; the look is on record before it is returned.

    Raises:
        NotFound, NotRecorded
    """
    return look(hub, who, case, what, as_at)
