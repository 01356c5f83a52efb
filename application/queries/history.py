"""The history of an item: every version the reader may see, who recorded it and when it was put right."""

from datetime import datetime
from uuid import UUID

from application.access import approach, disclose, refuse_look
from application.hub import Hub
from application.sight import Sight
from application.views import Cell, View
from domain.assessment import AgencyAnswers
from domain.errors import NotFound
from policies.viewing import SEEN


class HistoryView(View, frozen=True, kw_only=True):
    """Versions oldest first."""

    item: str
    versions: tuple[Cell, ...]


def versions_of(sight: Sight, item: str) -> tuple[Cell, ...]:
    """Cells of every version the reader may see, oldest first."""
    judged = [(version, sight.judge(version)) for version in sight.then.items.get(item, ())]
    return tuple(sight.cell(version, judgement) for version, judgement in judged if judgement.showing in SEEN)


def history_of(hub: Hub, who: str, case: UUID, item: str, as_at: datetime | None = None) -> HistoryView:
    """Raises: NotFound: also for an item of which the reader sees no version; NotRecorded."""
    sight = approach(hub, who, case, "history", as_at)
    versions = versions_of(sight, item)
    if not versions:
        refuse_look(hub, sight.person, sight.agency, case, "history")
        raise NotFound
    disclose(sight, "history", versions)
    return HistoryView(item=item, versions=sight.for_face(versions))


def answers_in_order(
    hub: Hub, who: str, case: UUID, question: int, agency: str, as_at: datetime | None = None
) -> list[int]:
    """The options one agency chose for a question, oldest first, as far as the reader may see them."""
    chosen: list[int] = []
    for cell in history_of(hub, who, case, f"answers:{agency}", as_at).versions:
        answer = cell.content.answers.get(question) if isinstance(cell.content, AgencyAnswers) else None
        if answer is not None and (not chosen or chosen[-1] != answer.option):
            chosen.append(answer.option)
    return chosen
