"""A share just made, for the person who made it: until when it can be undone, and what the other agency has opened."""

from datetime import datetime
from uuid import UUID

from application.access import approach, disclose, refuse_look, view_of
from application.hub import Hub
from application.sight import Sight
from application.views import CaseView, DecisionThread, View
from domain.errors import NotFound
from domain.items import label_of
from domain.sharing import Shared
from policies.sharing import undone_until


class OpenedItem(View, frozen=True, kw_only=True):
    """An item of the share that one of the recipient's people has opened since."""

    label: str
    at: datetime
    person: str


class ShareMadeView(View, frozen=True, kw_only=True):
    """The decision as its maker sees it; `until` is None once it cannot be undone any more, or was."""

    decision: DecisionThread
    until: datetime | None
    opened: tuple[OpenedItem, ...]


def share_made(hub: Hub, who: str, case: UUID, name: str) -> tuple[CaseView, ShareMadeView]:
    """Raises: NotFound: also for what another person decided, and for a refusal; NotRecorded."""
    sight = approach(hub, who, case, "a share just made")
    decision = sight.case.sharing.decisions.get(name)
    made = decision.made if decision is not None else None
    if decision is None or not isinstance(made, Shared) or made.by.person != sight.person.id:
        refuse_look(hub, sight.person, sight.agency, case, "a share just made")
        raise NotFound
    cells = tuple(cell for cell in sight.cells() if cell.item == "child.name")
    disclose(sight, "a share just made", cells)
    view = view_of(sight, cells)
    until = undone_until(sight.edition, made.recorded)
    standing = decision.in_force(sight.now) and sight.now < until
    thread = next(one for one in view.decisions if one.id == name)
    return view, ShareMadeView(decision=thread, until=until if standing else None, opened=_opened(sight, made))


def _opened(sight: Sight, made: Shared) -> tuple[OpenedItem, ...]:
    """What its people first opened after it was shared; what they had opened before, they knew before."""
    people = sight.directory.people
    return tuple(
        OpenedItem(
            label=label_of(given.item),
            at=opening.at,
            person=people[opening.person].name if opening.person in people else opening.person,
        )
        for given in made.items
        for opening in sight.disclosures.of(made.recipient, given.item)
        if opening.at >= made.recorded
    )
