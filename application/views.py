"""What a reader gets: cells and threads, judged already; pages, API and exports lay these out and can show no more."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

import msgspec

from domain.times import Occurred
from domain.vocabulary import Change, Showing


class View(msgspec.Struct, frozen=True, kw_only=True):
    """A value handed to a face; JSON of it is the API's answer."""


class Reader(View, frozen=True, kw_only=True):
    """Who is looking, for which agency, by which way, and until when where that way ends.

    `emergency_until` says that an emergency shows something beside it.
    """

    person: str
    name: str
    agency: str
    agency_name: str
    way: str
    lead: bool
    until: datetime | None = None
    emergency_until: datetime | None = None


class Cell(View, frozen=True, kw_only=True):
    """One item as this reader gets it; `content` is None when it is withheld, to be asked for, or retracted."""

    item: str
    label: str
    showing: Showing
    version: int
    content: Any = None
    recorded: datetime | None = None
    recorded_by: str = ""
    recorded_by_person: str = ""
    shared_by: str = ""
    shared_on: datetime | None = None
    decision: str = ""
    change: Change = Change.RECORDED
    change_reason: str = ""
    locator: bool = False
    own: bool = False
    retained: bool = False
    reason: str = ""
    rule: str = ""
    ask: str = ""
    occurred: Occurred | None = None


class RequestThread(View, frozen=True, kw_only=True):
    """A request as its two parties see it."""

    id: str
    made: datetime
    by: str
    by_person: str
    of: str
    wanted: str
    purpose: str
    answered: bool


class DecisionThread(View, frozen=True, kw_only=True):
    """A sharing decision as its two parties see it; the facts of its justification are not part of it (design §3.6)."""

    id: str
    made: datetime
    by: str
    by_person: str
    recipient: str
    persons: tuple[str, ...]
    purpose: str
    basis: str
    ground: str
    outcome: str
    items: tuple[tuple[str, str], ...]
    reason: str
    note: str
    expires: datetime | None
    continuing: bool
    review_by: date | None
    answers_request: str
    withdrawn: datetime | None = None
    withdrawn_reason: str = ""
    in_force: bool = False


class ReferralThread(View, frozen=True, kw_only=True):
    """A referral as its two parties see it.

    `before_agreement` is told to who sees the level of risk; for others it is nothing, since it would tell that there
    is a case and how far it has come.
    """

    id: str
    made: datetime
    by: str
    by_person: str
    to: str
    summary: str
    carers_informed: str
    before_agreement: bool | None
    acknowledged: datetime | None = None
    acknowledged_by: str = ""
    decision: str = ""
    concluded: datetime | None = None
    outcome: str = ""
    escalations: tuple[tuple[str, datetime], ...] = ()
    due: date | None = None
    overdue: bool = False


class JustificationThread(View, frozen=True, kw_only=True):
    """A justification with its facts: for its own agency and, in force and reaching it, the lead."""

    id: str
    given: datetime
    by: str
    by_person: str
    purpose: str
    duty_of_confidentiality: bool
    basis: str
    ground: str
    consent: str
    facts: str
    proportionality: str
    child_told: str
    standing: bool
    recipients: tuple[str, ...]
    in_force: bool
    own: bool


class ConsentThread(View, frozen=True, kw_only=True):
    """A consent: for its own agency and, in force and reaching it, the lead."""

    id: str
    recorded: datetime
    by: str
    by_person: str
    given_by: str
    decision: str
    to: tuple[str, ...]
    about: str
    method: str
    understanding: str
    in_force: bool
    withdrawn: datetime | None = None
    withdrawn_reason: str = ""
    own: bool


class Disagreement(View, frozen=True, kw_only=True):
    """Another agency sees a concern otherwise."""

    concern: str
    recorded: datetime
    by: str
    reason: str


class LinkThread(View, frozen=True, kw_only=True):
    """What was decided about this case and another, for the lead; `stands` until the next word about the same two."""

    other: UUID
    decided: str
    made: datetime
    by_person: str
    reason: str
    stands: bool


class AgreementThread(View, frozen=True, kw_only=True):
    """The originator let items go further."""

    made: datetime
    by: str
    items: tuple[str, ...]
    to: str
    terms: str


class WayInThread(View, frozen=True, kw_only=True):
    """Somebody came in on duty or in an emergency, as the lead sees it; `way` is duty or emergency."""

    id: str
    way: str
    opened: datetime
    until: datetime
    by: str
    by_person: str
    reason: str
    reviewed: datetime | None = None
    reviewed_by: str = ""
    outcome: str = ""
    note: str = ""


class SealThread(View, frozen=True, kw_only=True):
    """The seal that stands, as those see it whom it names."""

    placed: datetime
    contact: str
    telephone: str


class CaseView(View, frozen=True, kw_only=True):
    """The case as one reader may see it, as recorded by `as_at`, looked at `now`."""

    case: UUID
    reader: Reader
    now: datetime
    as_at: datetime | None
    edition: str
    cells: tuple[Cell, ...]
    requests: tuple[RequestThread, ...] = ()
    decisions: tuple[DecisionThread, ...] = ()
    referrals: tuple[ReferralThread, ...] = ()
    justifications: tuple[JustificationThread, ...] = ()
    consents: tuple[ConsentThread, ...] = ()
    agreements: tuple[AgreementThread, ...] = ()
    disagreements: tuple[Disagreement, ...] = ()
    links: tuple[LinkThread, ...] = ()
    ways_in: tuple[WayInThread, ...] = ()
    seal: SealThread | None = None
    team: tuple[str, ...] = ()
    digest: str = ""

    def cell(self, item: str) -> Cell | None:
        return next((cell for cell in self.cells if cell.item == item), None)

    def shown(self, prefix: str) -> tuple[Cell, ...]:
        """Cells of one kind that hold content for this reader, or the mark that they were retracted."""
        return tuple(
            cell
            for cell in self.cells
            if cell.item.startswith(prefix) and cell.showing in (Showing.FULL, Showing.COARSE)
        )

    @property
    def name(self) -> str:
        cell = self.cell("child.name")
        return cell.content if cell is not None and isinstance(cell.content, str) else ""
