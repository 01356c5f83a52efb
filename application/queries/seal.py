"""How it stands with sealing a case: the seal that stands, and whom a new one may name."""

from datetime import datetime
from uuid import UUID

from application.access import load, put_on_record, refused, stamp
from application.destruction import role_for
from application.hub import Hub, person_in
from application.ledger import disclosures_stream
from application.views import View
from domain.directory import Directory
from domain.disclosures import CaseShown
from policies.editions import edition_in_force
from policies.sealing import may_be_named, may_seal, people_left


class Nameable(View, frozen=True, kw_only=True):
    """Somebody who comes to the case and may be named in a seal."""

    person: str
    name: str
    job: str
    agency_name: str


class SealView(View, frozen=True, kw_only=True):
    """The seal that stands, if one does; `left` are those of the named who are still there."""

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
    may_lift: bool = False


def seal_of(hub: Hub, who: str, case_id: UUID) -> SealView:
    """For the lead's managers; the look is on record.

    Raises:
        RoleMissing: the same for every case. NotFound, CaseSealed: with the try on record. NotRecorded.
    """
    role_for(edition_in_force(hub.now()), *hub.person(who), "seal_case", hub.now())
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
    if seal is None:
        return SealView(case=case_id, sealed=False, nameable=nameable)
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
        may_lift=person.id in seal.people,
    )


def _nameable(directory: Directory, person: str) -> Nameable:
    one = directory.people[person]
    return Nameable(person=one.id, name=one.name, job=one.job, agency_name=directory.agencies[one.agency].name)
