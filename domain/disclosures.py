"""What was shown or handed to whom: a stream beside each case, so that reading never collides with writing."""

from datetime import datetime

import msgspec

from domain.record import Event
from domain.vocabulary import Showing


class ShownItem(msgspec.Struct, frozen=True, array_like=True):
    """One version of an item as shown, and the rule under which it was."""

    item: str
    version: int
    showing: Showing
    rule: str


class CaseShown(Event, frozen=True, kw_only=True, tag="disclosure.shown"):
    """A view was shown; `what` names the page or answer, `as_at` the moment looked back to."""

    what: str
    items: tuple[ShownItem, ...]
    edition: str
    as_at: datetime | None = None
    reason: str = ""


class CaseExported(Event, frozen=True, kw_only=True, tag="disclosure.exported"):
    """A view left the hub as a file for `recipient`; `digest` is the SHA-256 of the manifest handed over."""

    what: str
    recipient: str
    items: tuple[ShownItem, ...]
    edition: str
    digest: str
    referral: str = ""


class CorrectionTold(Event, frozen=True, kw_only=True, tag="disclosure.correction_told"):
    """The lead told an agency that something it had seen was corrected."""

    item: str
    agency: str
    how: str


class Opening(msgspec.Struct, frozen=True):
    """One agency's person was shown one version of an item at one time."""

    agency: str
    person: str
    item: str
    version: int
    showing: Showing
    at: datetime


class Disclosures(msgspec.Struct, frozen=True):
    """Everything shown of one case, in order."""

    version: int = 0
    openings: tuple[Opening, ...] = ()
    told: tuple[CorrectionTold, ...] = ()

    def opened(self, agency: str, item: str, version: int, before: datetime) -> Showing | None:
        """How fully `agency` had opened that version by then, if at all."""
        shown = {
            o.showing
            for o in self.openings
            if o.agency == agency and o.item == item and o.version == version and o.at <= before
        }
        return next((showing for showing in (Showing.FULL, Showing.COARSE) if showing in shown), None)


def fold(events: list[Event]) -> Disclosures:
    openings: list[Opening] = []
    told: list[CorrectionTold] = []
    for event in events:
        match event:
            case CaseShown():
                openings += _openings(event, event.by.agency)
            case CaseExported():
                openings += _openings(event, event.recipient)
            case CorrectionTold():
                told.append(event)
    return Disclosures(len(events), tuple(openings), tuple(told))


def _openings(event: CaseShown | CaseExported, agency: str) -> list[Opening]:
    return [
        Opening(agency, event.by.person, shown.item, shown.version, shown.showing, event.recorded)
        for shown in event.items
        if shown.showing in (Showing.FULL, Showing.COARSE)
    ]


DISCLOSURE_EVENTS: tuple[type[Event], ...] = (CaseShown, CaseExported, CorrectionTold)
