"""What a form shows of a case: only the cells it lays out, and on record as exactly these."""

from datetime import datetime
from uuid import UUID

import msgspec

from application.access import EVERYTHING, approach, digest_of, disclose, is_named, view_of
from application.hub import Hub
from application.views import CaseView, Cell, View
from domain.assessment import AgencyAnswers
from policies.editions import edition_in_force
from policies.sharing import judge_item
from policies.viewing import originator_agrees

BESIDE_HER_NAME = ("child.name", "safe_contact", "carer:")
"""What stands wherever the young person is named (design §6)."""


def case_for_form(
    hub: Hub,
    who: str,
    case: UUID,
    what: str,
    items: tuple[str, ...] = (),
    watching: tuple[str, ...] = EVERYTHING,
) -> CaseView:
    """The case with the cells that `items` name (see `is_named`); its digest is of what is watched.

    Raises:
        NotFound, NotRecorded
    """
    sight = approach(hub, who, case, what)
    cells = sight.cells()
    wanted = (*BESIDE_HER_NAME, *items)
    laid_out = {cell.item for cell in cells if any(is_named(cell.item, one) for one in wanted)}
    disclose(sight, what, tuple(cell for cell in cells if cell.item in laid_out))
    whole = view_of(sight, cells)
    shown = tuple(cell for cell in whole.cells if cell.item in laid_out)
    return msgspec.structs.replace(whole, cells=shown, digest=digest_of(whole, watching))


def to_be_agreed_first(hub: Hub, who: str, case: UUID, agency: str) -> frozenset[str]:
    """Of what this person could give to that agency: the items whose originator must agree first (design §3.3).

    Raises:
        NotFound, NotRecorded
    """
    sight = approach(hub, who, case, "form: decide a share")
    newest = ((item, judge_item(sight.edition, sight.case, item, sight.agency, sight.now, sight.disclosures))
              for item in sight.case.items)  # fmt: skip
    return frozenset(
        item for item, held in newest
        if held and not originator_agrees(sight.case, held[0], agency, sight.agency.id, sight.now)
    )  # fmt: skip


def changed_since(view: CaseView, watching: tuple[str, ...], opened: datetime | None) -> tuple[Cell, ...]:
    """What of the watched was recorded since a form was opened; all of it where that cannot be told."""
    watched = [_of_one_question(cell, one) for cell in view.cells for one in watching if is_named(cell.item, one)]
    newer = [cell for cell in watched if opened is not None and cell.recorded is not None and cell.recorded >= opened]
    return tuple(newer or watched)


def _of_one_question(cell: Cell, watched: str) -> Cell:
    """Of an agency's answers only the one that is watched."""
    question = watched.partition("#")[2]
    if not question or not isinstance(cell.content, AgencyAnswers):
        return cell
    answers = {number: one for number, one in cell.content.answers.items() if str(number) == question}
    blanks = {number: one for number, one in cell.content.blanks.items() if str(number) == question}
    return msgspec.structs.replace(cell, content=AgencyAnswers(answers, blanks))


class Offers(View, frozen=True, kw_only=True):
    """What the edition says for a share with one kind of agency: coarse forms by item, and what its form proposes."""

    coarse: dict[str, str]
    proposed: tuple[str, ...]


def offers_for(hub: Hub, agency: str) -> Offers:
    """Raises: UnknownAgency."""
    edition = edition_in_force(hub.now())
    kind = hub.directory().require_agency(agency, "with").kind
    return Offers(coarse={one.item: one.shows for one in edition.coarse}, proposed=edition.proposes(kind))
