"""A person before the destruction of a case: coming from the case, as the agency asked, or not at all."""

from datetime import datetime
from uuid import UUID

import msgspec

from application.hub import Hub
from domain.case import Case
from domain.destruction import Destruction, Destructions
from domain.directory import Agency, Person
from domain.errors import RoleMissing
from domain.times import day_of
from domain.vocabulary import Role
from policies.editions import Edition, edition_in_force
from policies.roles import judge_act
from policies.viewing import WORKING, denied, judge_access


class Before(msgspec.Struct, frozen=True, kw_only=True):
    """Who comes to it and how, at a moment; a destroyed case is an empty one, and nobody comes from it any more."""

    person: Person
    agency: Agency
    destruction: Destruction
    case: Case
    from_case: bool
    at: datetime
    edition: Edition

    @property
    def asked(self) -> bool:
        """Whether this agency was asked to agree, by what stands."""
        return self.destruction.proposal is not None and self.destruction.proposal.asked == self.agency.id

    @property
    def decided(self) -> bool:
        """Whether this agency was one of the two that decided what was carried out."""
        proposal = self.destruction.proposal if self.destruction.carried_out is not None else None
        return proposal is not None and self.agency.id in (proposal.by.agency, proposal.asked)

    @property
    def barred(self) -> bool:
        """Whether a declared interest or a seal closes the case to this person, asked or not."""
        return denied(self.case, self.person.id, self.at)

    @property
    def comes(self) -> bool:
        return not self.barred and (self.from_case or self.asked or self.decided)

    def role_for(self, act: str) -> Role:
        """The role in which this person does an act.

        Raises: RoleMissing: the same whether or not there is a case.
        """
        roles = self.person.roles(self.at)
        return judge_act(self.edition, act, roles, lead=self.agency.lead, kind=self.agency.kind)

    def may(self, act: str) -> bool:
        return may(self.edition, self.person, self.agency, act, self.at)


def require_role(hub: Hub, who: str, act: str, destructions: Destructions) -> None:
    """Asked before any case is read, so that whoever holds no role that decides learns nothing by the work of it.

    Raises: NotFound: when nobody of that name has an account. RoleMissing.
    """
    person, agency = hub.person(who)
    at = now_among(hub, destructions)
    judge_act(edition_in_force(at), act, person.roles(at), lead=agency.lead, kind=agency.kind)


def come_before(hub: Hub, who: str, case_id: UUID, destructions: Destructions) -> Before:
    """What is asked of the databases is the same for whoever does not come to it, whatever there is or was in memory.

    Raises: NotFound: when nobody of that name has an account.
    """
    person, agency = hub.person(who)
    loaded = hub.case(case_id)
    case = loaded.case
    at = max(now_among(hub, destructions), hub.now_in(case))
    access = judge_access(case, person, agency, at)
    before = Before(
        person=person,
        agency=agency,
        destruction=destructions.of(str(case_id)),
        case=case,
        from_case=access is not None and access.way in WORKING,
        at=at,
        edition=edition_in_force(at),
    )
    if not before.comes:
        hub.level(loaded)
    return before


def now_among(hub: Hub, destructions: Destructions) -> datetime:
    """Now, but never before the last step that was recorded: a clock that was put back reorders nothing."""
    now = hub.now()
    return max(now, destructions.last_recorded) if destructions.last_recorded else now


def may(edition: Edition, person: Person, agency: Agency, act: str, at: datetime) -> bool:
    try:
        judge_act(edition, act, person.roles(at), lead=agency.lead, kind=agency.kind)
    except RoleMissing:
        return False
    return True


def agencies_to_ask(hub: Hub, of: Agency, at: datetime) -> tuple[Agency, ...]:
    """The other agencies in which somebody may agree."""
    edition, directory = edition_in_force(at), hub.directory()
    able = {
        person.agency
        for person in directory.people.values()
        if may(edition, person, directory.agencies[person.agency], "agree_destruction", at)
    }
    return tuple(agency for agency in directory.agencies.values() if agency.id in able - {of.id})


def under_review(hub: Hub, case: Case, at: datetime) -> bool:
    """Whether a review of the case is open: its days have not passed, or its reviewer may still read by it.

    The days of a review are those of what it reads, and mostly lie behind it when it is opened.
    """
    people = hub.directory().people
    return any(
        day_of(at) <= review.until or Role.REVIEWER in people[review.reviewer].roles(at)
        for review in case.reviews.values()
    )
