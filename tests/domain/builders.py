"""Words to tell a case in: what was said before, what somebody says now, and what comes of it."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from domain import case as cases
from domain import concerns, consents, details, directory, justifications, sharing
from domain.case import Case, OpenCase
from domain.disclosures import CaseShown, Disclosures, ShownItem, fold
from domain.record import Act, Actor, Command, Event
from domain.vocabulary import AgencyKind, Basis, ConsentDecision, Ground, Nature, Outcome, Role, Showing

START = datetime(2026, 1, 12, 12, 0, tzinfo=UTC)
LEAD, POLICE, HEALTH, SCHOOL, YOUTH = "csc", "police", "health", "school", "riverbank"
AGENCIES = {
    LEAD: directory.Agency(LEAD, "Children's Social Care", AgencyKind.CHILDRENS_SOCIAL_CARE, True),
    POLICE: directory.Agency(POLICE, "Police", AgencyKind.POLICE, False),
    HEALTH: directory.Agency(HEALTH, "Sexual Health Service", AgencyKind.HEALTH, False),
    SCHOOL: directory.Agency(SCHOOL, "Oakfield Academy", AgencyKind.EDUCATION, False),
    YOUTH: directory.Agency(YOUTH, "Riverbank Youth Project", AgencyKind.VOLUNTARY, False),
}


def a_time(day: int, clock: str = "12:00", month: int = 1) -> datetime:
    """A moment of 2026 in UTC."""
    return datetime.fromisoformat(f"2026-{month:02}-{day:02}T{clock}").replace(tzinfo=UTC)


def an_act(by: str = LEAD, at: datetime = START, *, person: str = "", role: Role = Role.PRACTITIONER) -> Act:
    """`by` names an agency; the person is its worker unless another is named."""
    return Act(Actor(person or f"{by}-worker", role, by), at, "command-1")


def a_justification(name: str = "J1", **more: Any) -> justifications.GiveJustification:
    """A public interest in preventing significant harm to the child, unless something else is said."""
    said: dict[str, Any] = {
        "id": name,
        "purpose": "keep her safe",
        "duty_of_confidentiality": True,
        "basis": Basis.PUBLIC_INTEREST,
        "ground": Ground.SIGNIFICANT_HARM_TO_CHILD,
        "facts": "Seen leaving with a man staff do not know.",
        "proportionality": "What is needed, no more.",
    }
    return justifications.GiveJustification(**(said | more))


def by_consent(name: str, consent: str, **more: Any) -> justifications.GiveJustification:
    return a_justification(name, basis=Basis.CONSENT, ground=None, consent=consent, **more)


def without_basis(name: str) -> justifications.GiveJustification:
    return a_justification(name, basis=Basis.NONE, ground=None)


def a_limited(name: str) -> justifications.GiveJustification:
    return a_justification(name, ground=Ground.DECIDE_ON_FURTHER_SHARING)


def a_consent(name: str = "K1", to: tuple[str, ...] = (LEAD,), **more: Any) -> consents.RecordConsent:
    said: dict[str, Any] = {
        "id": name,
        "given_by": "child",
        "decision": ConsentDecision.GIVEN,
        "scope": consents.Scope(to=to, about="that she gets help"),
        "method": "in person",
    }
    return consents.RecordConsent(**(said | more))


def a_concern(name: str = "C1", justification: str = "J1", **more: Any) -> concerns.RecordConcern:
    said: dict[str, Any] = {
        "id": name,
        "justification": justification,
        "occurred": "2026-01-05",
        "basis": ("changed_behaviour",),
        "heading": "risk_taking_behaviours",
        "headline": "Repeated unexplained absence",
        "narrative": "Absent four afternoons since term began.",
        "nature": Nature.FACT,
    }
    return concerns.RecordConcern(**(said | more))


def a_correction(name: str = "C1", justification: str = "J1", **more: Any) -> concerns.CorrectConcern:
    said: dict[str, Any] = {
        "concern": name,
        "justification": justification,
        "change": concerns.ConcernChange(narrative="Absent three afternoons."),
        "reason": "The register was misread.",
    }
    return concerns.CorrectConcern(**(said | more))


def some_details(justification: str = "J1", **child: Any) -> details.RecordDetails:
    return details.RecordDetails(justification=justification, child=details.Child(**child))


def a_share(name: str, justification: str, to: str, *items: str, **more: Any) -> sharing.DecideSharing:
    """Items are given in full unless written `item=coarse`."""
    given = tuple(sharing.SharedItem(one.split("=")[0], Showing(one.partition("=")[2] or "full")) for one in items)
    said: dict[str, Any] = {
        "id": name,
        "justification": justification,
        "outcome": Outcome.SHARE_IN_PART,
        "with_agency": to,
        "items": given,
    }
    return sharing.DecideSharing(**(said | more))


def a_refusal(name: str, justification: str, to: str, **more: Any) -> sharing.DecideSharing:
    return a_share(name, justification, to, outcome=Outcome.REFUSE, **({"reason": "Not needed."} | more))


class Story:
    """A case as it is told: `says` decides and goes on, `would` only decides."""

    def __init__(self, *, opened_by: str = SCHOOL, lead: str = LEAD, **child: Any) -> None:
        self.at = START
        self.events: list[Event] = []
        self.case = Case(id=UUID(int=1))
        self.looks: list[Event] = []
        command = OpenCase(
            justification=a_justification("J-open"), child=details.Child(name="Maya Ellison", **child)
        )
        self._take(cases.decide_open_case(command, an_act(opened_by, START), lead))

    def says(self, by: str, *commands: Command, at: datetime | None = None, **who: Any) -> "Story":
        """`by` says each of these, a minute after what came before unless `at` is given."""
        for command in commands:
            self.at = at or self.at + timedelta(minutes=1)
            self._take(cases.decide(self.case, command, an_act(by, self.at, **who)))
        return self

    def would(self, by: str, command: Command, at: datetime | None = None, **who: Any) -> list[Event]:
        """What would come of it, a minute from now unless `at` is given; a refusal is raised."""
        return cases.decide(self.case, command, an_act(by, at or self.now, **who))

    def joins(self, by: str, command: OpenCase) -> "Story":
        self.at += timedelta(minutes=1)
        self._take(cases.decide_join_case(self.case, command, an_act(by, self.at)))
        return self

    def opens(
        self, by: str, item: str, version: int = 1, showing: Showing = Showing.FULL, at: datetime | None = None
    ) -> "Story":
        """A person of `by` is shown that version."""
        self.at = at or self.at + timedelta(minutes=1)
        shown = (ShownItem(item, version, showing, "as shown"),)
        self.looks.append(CaseShown(what="case", items=shown, edition="2026-01", **an_act(by, self.at).stamp))
        return self

    @property
    def now(self) -> datetime:
        return self.at + timedelta(minutes=1)

    @property
    def disclosures(self) -> Disclosures:
        return fold(self.looks)

    def _take(self, events: Iterable[Event]) -> None:
        for event in events:
            self.events.append(event)
            self.case = cases.evolve(self.case, event)
