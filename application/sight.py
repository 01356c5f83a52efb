"""A person before a case, at a moment: judges each item version and makes the cells that the person gets."""

from datetime import datetime
from uuid import UUID

import msgspec

from application.hub import Hub
from application.views import Cell
from domain.case import Case
from domain.concerns import Concern
from domain.directory import Agency, Directory, Person
from domain.disclosures import Disclosures
from domain.errors import RecordUnreadable
from domain.items import coarse_content, label_of, without_references
from domain.record import Actor, Version
from domain.vocabulary import Change, Showing
from policies.editions import Edition, edition_in_force
from policies.sealing import named_of
from policies.viewing import (
    RANK,
    SEEN,
    WORKING,
    Access,
    Judgement,
    Way,
    denied,
    judge_for_review,
    judge_in_emergency,
    judge_version,
    least,
)


class Sight(msgspec.Struct, frozen=True, kw_only=True):
    """A person before a case: everything a judgement needs, at the moment looked back to and now.

    `emergency_until` is set for the one page on which an emergency adds to what a person sees of the case already.
    """

    hub: Hub
    person: Person
    agency: Agency
    access: Access
    case: Case
    then: Case
    at: datetime
    now: datetime
    looking_back: bool
    disclosures: Disclosures
    edition: Edition
    edition_then: Edition
    directory: Directory
    emergency_until: datetime | None = None

    @classmethod
    def now_of(cls, hub: Hub, person: Person, agency: Agency, access: Access, case: Case) -> "Sight":
        """The sight of a case as it stands now."""
        now = hub.now_in(case)
        edition = edition_in_force(now)
        return cls(
            hub=hub, person=person, agency=agency, access=access, case=case, then=case, at=now, now=now,
            looking_back=False, disclosures=hub.disclosures(case.id), edition=edition, edition_then=edition,
            directory=hub.directory(),
        )  # fmt: skip

    def as_recipient(self, agency: Agency, case: Case) -> "Sight":
        """The sight of `case` that another agency's case team has, for a preview or a pack made for it."""
        return msgspec.structs.replace(
            self,
            agency=agency,
            access=Access(Way.TEAM, "recipient"),
            case=case,
            then=case,
            at=self.now,
            looking_back=False,
            emergency_until=None,
        )

    def back_to(self, at: datetime) -> "Sight":
        """The same sight, looking back to what had been recorded by `at`."""
        return msgspec.structs.replace(
            self,
            then=self.hub.case_at(self.case.id, at),
            at=at,
            looking_back=True,
            emergency_until=None,
            edition_then=edition_in_force(at),
        )

    @property
    def reviewing(self) -> bool:
        return self.access.way is Way.REVIEW

    @property
    def working(self) -> bool:
        """Whether this person works on the case, and does not only read it."""
        return self.access.way in WORKING

    @property
    def sees_all_versions(self) -> bool:
        """Recorder, lead and review keep the old text in their history (design §3.5); recorders by own title."""
        return self.agency.lead or self.reviewing

    def judge(self, version: Version) -> Judgement:
        """Title at the moment looked back to, and never more than now (design §3.8)."""
        if self.access.review is not None:
            return self._marked(version, judge_for_review(self.edition, version, self.access.review))
        if self.access.way is Way.EMERGENCY:
            return self._in_emergency(version)
        now = judge_version(self.edition, self.case, version, self.agency, self.now, self.disclosures)
        if not self.looking_back:
            return now
        if not named_of(self.case, self.agency.id, self.directory, self.at):
            return msgspec.structs.replace(now, showing=None, reason="", rule="sealed then")
        then = judge_version(self.edition_then, self.then, version, self.agency, self.at, self.disclosures)
        return least(then, now)

    def _in_emergency(self, version: Version) -> Judgement:
        lead = self.directory.agencies[self.case.lead]
        return judge_in_emergency(self.edition, self.case, version, lead, self.now, self.disclosures)

    def _marked(self, version: Version, judgement: Judgement) -> Judgement:
        """A review reads on after a consent has ended, and is told that it has."""
        if all(self.case.justification_in_force(name, self.now) for name in version.rests_on):
            return judgement
        return msgspec.structs.replace(
            judgement, reason=f"{judgement.reason} The consent this rested on is not in force any more."
        )

    def best(self, item: str) -> tuple[Version, Judgement] | None:
        """What the reader gets of an item: by own title or by the emergency open beside it, whichever shows more."""
        own = self._by_own_way(item)
        if self.emergency_until is None:
            return own
        for version in reversed(self.then.items.get(item, ())):
            added = self._in_emergency(version)
            if added.showing is not None:
                return (version, added) if own is None or _weight(version, added) > _weight(*own) else own
        return own

    def _by_own_way(self, item: str) -> tuple[Version, Judgement] | None:
        """The newest version that is the reader's to see; else what stands in its place; else None (design §3.2)."""
        versions = self.then.items.get(item, ())
        common = any(not version.private for version in reversed(versions))
        best: tuple[Version, Judgement] | None = None
        fallback: tuple[Version, Judgement] | None = None
        for version in reversed(versions):
            judgement = self.judge(version)
            if judgement.showing in SEEN:
                if not (version.private and common):
                    return version, judgement
                fallback = fallback or (version, judgement)
            elif judgement.showing is not None and (best is None or RANK[judgement.showing] > RANK[best[1].showing]):
                best = version, judgement
        return fallback or best

    def cells(self) -> tuple[Cell, ...]:
        """A cell for every item of which the reader gets anything, numbered as in the record."""
        found = [self.best(item) for item in self.then.items]
        return referring_to_each_other(tuple(self.cell(*one) for one in found if one is not None))

    def for_face(self, cells: tuple[Cell, ...]) -> tuple[Cell, ...]:
        """Cells numbered by what the reader may see: how many versions are hidden is not told (design §3.9)."""
        return tuple(self._renumbered(cell) for cell in cells)

    def _renumbered(self, cell: Cell) -> Cell:
        if cell.version == 1:
            return cell
        earlier = self.then.items[cell.item][: cell.version - 1]
        number = 1 + sum(self.judge(version).showing in SEEN for version in earlier)
        first = number == 1 and cell.change is Change.UPDATED
        return msgspec.structs.replace(cell, version=number, change=Change.RECORDED if first else cell.change)

    def cell(self, version: Version, judgement: Judgement) -> Cell:
        """A cell holding as much of the version as the judgement lets through."""
        showing = judgement.showing
        if showing is None:
            raise ValueError("what is absent has no cell")
        full = showing is Showing.FULL
        content = self._content(version, showing)
        own = version.by.agency == self.agency.id
        knows_recorder = own or self.sees_all_versions or (full and version.item.startswith("concern:"))
        decision = self.case.sharing.decisions.get(judgement.decision)
        concern = content if isinstance(content, Concern) else None
        return Cell(
            item=version.item,
            label=label_of(version.item),
            showing=showing,
            version=version.number,
            content=content,
            recorded=version.recorded if showing in SEEN else None,
            recorded_by=version.by.agency if knows_recorder and showing in SEEN else "",
            recorded_by_person=self.name_of(version.by) if knows_recorder and showing in SEEN else "",
            shared_by=decision.made.by.agency if decision else "",
            shared_on=decision.made.recorded if decision else None,
            decision=judgement.decision,
            change=version.change if showing in SEEN else Change.RECORDED,
            change_reason=version.reason if full and knows_recorder else "",
            locator=version.locator,
            own=own,
            retained=judgement.retained,
            reason=judgement.reason,
            rule=judgement.rule,
            ask=judgement.ask,
            occurred=concern.occurred if concern else None,
        )

    def _content(self, version: Version, showing: Showing) -> object:
        if showing not in SEEN:
            return None
        content = self.hub.locator(self.case.id, version.position) if version.locator else version.content
        return coarse_content(version.item, content, self.at) if showing is Showing.COARSE else content

    def is_shut(self, other: UUID) -> bool:
        """Whether a seal or a declared interest shuts another case to this person; so is one that cannot be read."""
        try:
            case = self.hub.case(other).case
        except RecordUnreadable:
            return True
        return denied(case, self.person.id, self.hub.now_in(case))

    def name_of(self, actor: Actor) -> str:
        person = self.directory.people.get(actor.person)
        return person.name if person else actor.person


def _weight(version: Version, judgement: Judgement) -> tuple[int, int]:
    """How much is shown; of the same, the newer."""
    return RANK[judgement.showing], version.number


def referring_to_each_other(cells: tuple[Cell, ...]) -> tuple[Cell, ...]:
    """The cells without what they say of items that are not among them (design §3.6)."""
    seen = {cell.item for cell in cells if cell.showing in SEEN}
    return tuple(
        msgspec.structs.replace(cell, content=without_references(cell.content, seen)) if cell.content else cell
        for cell in cells
    )
