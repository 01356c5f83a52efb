"""How it stands with sealing a case: the seal that stands, and whom a new one may name."""

from datetime import datetime
from uuid import UUID

from application.access import load, put_on_record, refused, stamp
from application.hub import Hub, person_in
from application.ledger import disclosures_stream
from application.queries.acts_open_to_me import require_open
from application.views import View
from domain.case import Case
from domain.directory import Agency, Directory, Person
from domain.disclosures import CaseShown
from domain.errors import RecordUnreadable
from domain.links import Links
from policies.editions import edition_in_force
from policies.sealing import may_be_named, may_seal, people_left
from policies.viewing import judge_access


class Nameable(View, frozen=True, kw_only=True):
    """Somebody who comes to the case and may be named in a seal."""

    person: str
    name: str
    job: str
    agency_name: str


class LinkedCase(View, frozen=True, kw_only=True):
    """A case that was found to be of the same young person, and which a seal on this one does not shut."""

    case: UUID
    may_seal: bool


class SealView(View, frozen=True, kw_only=True):
    """The seal that stands, if one does; `left` are those of the named who are still there.

    `linked` are told to who comes to this case: those that bear a seal the reader is named in are not among them.
    """

    case: UUID
    sealed: bool
    contact: str = ""
    telephone: str = ""
    people: tuple[str, ...] = ()
    left: tuple[str, ...] = ()
    reason: str = ""
    by_person: str = ""
    placed: datetime | None = None
    nameable: tuple[Nameable, ...] = ()
    linked: tuple[LinkedCase, ...] = ()
    may_lift: bool = False


def seal_of(hub: Hub, who: str, case_id: UUID) -> SealView:
    """For the lead's managers; the look is on record.

    Raises:
        RoleMissing: the same for every case. NotFound, CaseSealed: with the try on record. NotRecorded.
    """
    require_open(hub, who, "seal_case")
    loaded = load(hub, who, case_id, "seal")
    person, agency = person_in(loaded.directory, who)
    case, directory, now = loaded.case, loaded.directory, hub.now_in(loaded.case)
    edition = edition_in_force(now)
    if not may_seal(case, person, agency, directory, now):
        raise refused(hub, loaded, person, agency, "seal")
    look = CaseShown(what="seal", items=(), edition=edition.edition, **stamp(person, agency, now, "look:seal"))
    put_on_record(hub, disclosures_stream(case_id), look)
    nameable = tuple(_nameable(directory, one) for one in may_be_named(case, directory, now))
    seal = case.access.seal(now)
    linked = _linked(hub, case, person, agency, directory)
    if seal is None:
        return SealView(case=case_id, sealed=False, nameable=nameable, linked=linked)
    return SealView(
        case=case_id,
        sealed=True,
        contact=seal.contact,
        telephone=seal.telephone,
        people=seal.people,
        left=people_left(case, directory, now),
        reason=seal.reason if person.id in seal.people else "",
        by_person=directory.people[seal.by.person].name,
        placed=seal.recorded,
        nameable=nameable,
        linked=linked,
        may_lift=person.id in seal.people,
    )


def _linked(hub: Hub, case: Case, person: Person, agency: Agency, directory: Directory) -> tuple[LinkedCase, ...]:
    if judge_access(case, person, agency, hub.now_in(case)) is None:
        return ()
    found = []
    for number in case.links.decided:
        if case.links.standing(number) != Links.LINKED:
            continue
        try:
            other = hub.case(UUID(number)).case
        except RecordUnreadable:
            found.append(LinkedCase(case=UUID(number), may_seal=False))
            continue
        now = hub.now_in(other)
        seal = other.access.seal(now)
        if seal is None or person.id not in seal.people:
            allowed = may_seal(other, person, agency, directory, now)
            found.append(LinkedCase(case=other.id, may_seal=allowed))
    return tuple(found)


def _nameable(directory: Directory, person: str) -> Nameable:
    one = directory.people[person]
    return Nameable(person=one.id, name=one.name, job=one.job, agency_name=directory.agencies[one.agency].name)
