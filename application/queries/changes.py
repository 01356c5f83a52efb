"""What changed between two moments, from the reader's own two views of the case: nothing that neither of them shows."""

from datetime import datetime
from uuid import UUID

from application.access import approach, disclose, view_of
from application.hub import Hub
from application.queries.timeline import TimelineEntry, timeline_in
from application.sight import Sight
from application.views import CaseView, Cell, View
from domain.errors import BadInput
from policies.viewing import SEEN


class ChangesView(View, frozen=True, kw_only=True):
    """Items that came, that are otherwise, and that are shown no more; and what passed between agencies meanwhile."""

    earlier: datetime
    later: datetime
    added: tuple[Cell, ...]
    changed: tuple[tuple[Cell, Cell], ...]
    gone: tuple[Cell, ...]
    passed: tuple[TimelineEntry, ...]


def changes_between(
    hub: Hub, who: str, case: UUID, earlier: datetime, later: datetime | None
) -> tuple[CaseView, ChangesView]:
    """Both moments as looked back to now: never more than was held then and is held now (design §3.8).

    Raises:
        BadInput: when the first moment is not before the second.
        NotFound, NotRecorded
    """
    sight = approach(hub, who, case, "what changed")
    until = min(later or sight.now, sight.now)
    if earlier >= until:
        raise BadInput("earlier", "The first moment must be before the second, and before now.")
    then = sight.back_to(earlier)
    now = sight if until == sight.now else sight.back_to(until)
    before, after = _seen(then), _seen(now)
    added = tuple(cell for item, cell in after.items() if item not in before)
    kept = [(before[item], cell) for item, cell in after.items() if item in before]
    changed = [(old, new) for old, new in kept if _differ(old, new)]
    olds, news = tuple(old for old, _ in changed), tuple(new for _, new in changed)
    gone = tuple(cell for item, cell in before.items() if item not in after)
    disclose(then, "what changed", (*gone, *olds))
    disclose(now, "what changed", (*added, *news))
    view = view_of(now, now.cells())
    entries = timeline_in(view, (), "recorded").entries
    return view, ChangesView(
        earlier=earlier,
        later=until,
        added=now.for_face(added),
        changed=tuple(zip(then.for_face(olds), now.for_face(news), strict=True)),
        gone=then.for_face(gone),
        passed=tuple(entry for entry in entries if earlier < entry.at <= until),
    )


def _seen(sight: Sight) -> dict[str, Cell]:
    return {cell.item: cell for cell in sight.cells() if cell.showing in SEEN}


def _differ(before: Cell, after: Cell) -> bool:
    """Another version, shown otherwise, or another mark on it; the reason alone is no change."""
    told = ("version", "content", "showing", "change", "retained")
    return any(getattr(before, name) != getattr(after, name) for name in told)
