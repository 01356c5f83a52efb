"""The CSE Analysis Form: its four boxes built from concerns, people, places and police activity."""

from datetime import datetime
from uuid import UUID

from application.access import look
from application.hub import Hub
from application.views import CaseView, Cell, View
from domain.concerns import Concern
from domain.instrument import instrument
from domain.items import CoarseConcern
from domain.people import PersonOfConcern
from domain.vocabulary import PersonKind


class BoxView(View, frozen=True, kw_only=True):
    """A box of the form with the cells that belong in it, concerns in the order in which they occurred."""

    key: str
    label: str
    cells: tuple[Cell, ...]


class AnalysisFormView(View, frozen=True, kw_only=True):
    """The form as printed: name, date of birth, date of analysis, four boxes."""

    name: Cell | None
    date_of_birth: Cell | None
    date_of_analysis: datetime
    boxes: tuple[BoxView, ...]


def analysis_form(hub: Hub, who: str, case: UUID, as_at: datetime | None = None) -> tuple[CaseView, AnalysisFormView]:
    """Raises: NotFound, NotRecorded."""
    view = look(hub, who, case, "analysis form", as_at)
    return view, analysis_form_in(view)


def analysis_form_in(view: CaseView) -> AnalysisFormView:
    """The form laid out from a view already on record; a concern given by its headline stands in the first box."""
    boxes = instrument().analysis_form.boxes
    placed: dict[str, list[Cell]] = {box.key: [] for box in boxes}
    for cell in sorted(view.shown(""), key=_occurred):
        key = _box_of(cell)
        if key is not None:
            placed[key].append(cell)
    return AnalysisFormView(
        name=view.cell("child.name"),
        date_of_birth=view.cell("child.date_of_birth"),
        date_of_analysis=view.as_at or view.now,
        boxes=tuple(BoxView(key=box.key, label=box.label, cells=tuple(placed[box.key])) for box in boxes),
    )


def _occurred(cell: Cell) -> str:
    return cell.occurred.start if cell.occurred else ""


def _box_of(cell: Cell) -> str | None:
    match cell.content:
        case Concern():
            return cell.content.heading
        case CoarseConcern():
            return "risk_taking_behaviours"
        case PersonOfConcern():
            alleged = cell.content.kind is PersonKind.ALLEGED_PERPETRATOR
            return "alleged_perpetrators" if alleged else "associates_addresses_hotspots"
    return "associates_addresses_hotspots" if cell.item.startswith(("place:", "vehicle:")) else None
