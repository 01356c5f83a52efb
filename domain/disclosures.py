"""What was shown or handed to whom: a stream beside each case, so that reading never collides with writing."""

from datetime import datetime
from functools import cached_property

import msgspec

from domain.record import Event
from domain.vocabulary import Showing


class ShownItem(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
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


class Opening(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """The first time one agency's person was shown one version of an item that fully."""

    agency: str
    person: str
    item: str
    version: int
    showing: Showing
    at: datetime

    @property
    def key(self) -> "_Key":
        return self.agency, self.person, self.item, self.version, self.showing


_Key = tuple[str, str, str, int, Showing]


class Disclosures(msgspec.Struct, frozen=True, dict=True):
    """What was shown of one case: first openings in order, so that looking again and again does not weigh it down."""

    version: int = 0
    first: dict[_Key, Opening] = {}
    told: tuple[CorrectionTold, ...] = ()

    @property
    def openings(self) -> tuple[Opening, ...]:
        return tuple(self.first.values())

    def of(self, agency: str, item: str) -> tuple[Opening, ...]:
        """One agency's openings of one item."""
        return tuple(self._of.get((agency, item), ()))

    @cached_property
    def _of(self) -> dict[tuple[str, str], list[Opening]]:
        found: dict[tuple[str, str], list[Opening]] = {}
        for opening in self.first.values():
            found.setdefault((opening.agency, opening.item), []).append(opening)
        return found


NOTHING_SHOWN = Disclosures()


def fold(events: list[Event], before: Disclosures = NOTHING_SHOWN) -> Disclosures:
    """`before` with what `events` add."""
    first = dict(before.first)
    told = list(before.told)
    for event in events:
        match event:
            case CaseShown():
                _open(first, event, event.by.agency)
            case CaseExported():
                _open(first, event, event.recipient)
            case CorrectionTold():
                told.append(event)
    return Disclosures(before.version + len(events), first, tuple(told))


def _open(first: dict[_Key, Opening], event: CaseShown | CaseExported, agency: str) -> None:
    for shown in event.items:
        if shown.showing in (Showing.FULL, Showing.COARSE):
            key = (agency, event.by.person, shown.item, shown.version, shown.showing)
            if key not in first:
                first[key] = Opening(agency, event.by.person, shown.item, shown.version, shown.showing, event.recorded)


DISCLOSURE_EVENTS: tuple[type[Event], ...] = (CaseShown, CaseExported, CorrectionTold)
