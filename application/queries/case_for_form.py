"""What a form shows of a case: only the cells it lays out, and on record as exactly these."""

from uuid import UUID

import msgspec

from application.access import approach, disclose, view_of
from application.hub import Hub
from application.views import CaseView, View
from policies.editions import edition_in_force

BESIDE_HER_NAME = ("child.name", "safe_contact", "carer:")
"""What stands wherever the young person is named (design §6)."""


def case_for_form(hub: Hub, who: str, case: UUID, what: str, items: tuple[str, ...] = ()) -> CaseView:
    """The case with the cells whose item begins with one of `items`; its digest is that of the whole view.

    Raises:
        NotFound, NotRecorded
    """
    sight = approach(hub, who, case, what)
    cells = sight.cells()
    laid_out = {cell.item for cell in cells if cell.item.startswith((*BESIDE_HER_NAME, *items))}
    disclose(sight, what, tuple(cell for cell in cells if cell.item in laid_out))
    whole = view_of(sight, cells)
    return msgspec.structs.replace(whole, cells=tuple(cell for cell in whole.cells if cell.item in laid_out))


class Offers(View, frozen=True, kw_only=True):
    """What the edition says for a share with one kind of agency: coarse forms by item, and what its form proposes."""

    coarse: dict[str, str]
    proposed: tuple[str, ...]


def offers_for(hub: Hub, agency: str) -> Offers:
    """Raises: UnknownAgency."""
    edition = edition_in_force(hub.now())
    kind = hub.directory().require_agency(agency, "with").kind
    return Offers(coarse={one.item: one.shows for one in edition.coarse}, proposed=edition.proposes(kind))
