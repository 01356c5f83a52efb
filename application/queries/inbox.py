"""My work: what waits for this person, from the cases they may see and from what was sent to their agency."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import NamedTuple
from uuid import UUID

import msgspec

from application.access import put_on_record, shown_items, stamp
from application.corrections import due_corrections
from application.destruction import come_before, may
from application.hub import Hub
from application.ledger import agency_stream
from application.projections.rows import AGENCY, LEAD, PLACING, naming_key
from application.queries.caseload import of_each_case
from application.sight import Sight
from application.views import Cell, View
from domain.agency import ListShown, RequestReceived
from domain.case import Case
from domain.directory import Agency, Person
from domain.disclosures import ShownItem
from domain.errors import RecordUnreadable
from domain.items import label_of
from domain.record import Version
from domain.sharing import Decision, Shared
from domain.vocabulary import CASE_ROLES, SIGNING_ROLES, Role
from policies.editions import Edition, edition_in_force
from policies.viewing import SEEN, judge_access


class Task(View, frozen=True, kw_only=True):
    """Something that waits: `kind` is a stable word, `reference` what it is about, `due` a day where there is one."""

    kind: str
    case: UUID | None
    name: Cell | None
    reference: str
    since: datetime
    due: date | None = None
    text: str = ""
    overdue: bool = False


class InboxView(View, frozen=True, kw_only=True):
    """Tasks, the most pressing first; `to_take_up` came to the agency and nobody works on it yet.

    `to_decide` are cases of which this agency is asked whether they may be destroyed: the reason, nothing of the case.
    `unreadable` counts the cases that cannot be read, in which something may wait.
    """

    tasks: tuple[Task, ...]
    to_take_up: tuple[Task, ...] = ()
    to_place: tuple[Task, ...] = ()
    to_decide: tuple[Task, ...] = ()
    unreadable: int = 0


def inbox(hub: Hub, who: str) -> InboxView:
    """What waits for me, with the list on record before it is shown.

    Raises:
        NotFound, NotRecorded
    """
    person, agency = hub.person(who)
    now = hub.now()
    roles = person.roles(now)
    found, unreadable = of_each_case(hub, who, lambda sight: _waiting(sight, roles, now.date()))
    to_decide = tuple(_to_decide(hub, person, agency, now))
    disclosed = tuple((str(one.case), one.shown) for one in found if one.tasks)
    disclosed += tuple((str(task.case), ()) for task in to_decide)
    mark = stamp(person, agency, now, "look:inbox")
    put_on_record(hub, agency_stream(agency.id), ListShown(what="inbox", entries=disclosed, **mark))
    to_take_up: list[Task] = []
    if Role.PRACTITIONER in roles:
        to_take_up, shut = _to_take_up(hub, person, agency, {one.case for one in found}, now)
        unreadable |= shut
    return InboxView(
        tasks=tuple(sorted((task for one in found for task in one.tasks), key=_most_pressing)),
        to_take_up=tuple(to_take_up),
        to_place=tuple(_to_place(hub, agency)) if roles & CASE_ROLES else (),
        to_decide=to_decide,
        unreadable=len(unreadable),
    )


class _Waiting(NamedTuple):
    """What waits in one case, and what its name shows of it."""

    case: UUID
    tasks: tuple[Task, ...]
    shown: tuple[ShownItem, ...]


def _waiting(sight: Sight, roles: frozenset[Role], today: date) -> _Waiting:
    waiting = tasks_in(sight, roles) if roles & CASE_ROLES else []
    if not waiting:
        return _Waiting(sight.case.id, (), ())
    name = next((cell for cell in sight.cells() if cell.item == "child.name" and cell.showing in SEEN), None)
    face = sight.for_face((name,))[0] if name else None
    tasks = tuple(_named(task, face, today) for task in waiting)
    return _Waiting(sight.case.id, tasks, shown_items((name,) if name else ()))


def _most_pressing(task: Task) -> tuple[date, datetime]:
    return task.due or date.max, task.since


def tasks_in(sight: Sight, roles: frozenset[Role]) -> list[Task]:
    """What waits in one case for somebody of this agency with these roles."""
    case, edition = sight.case, sight.edition
    tasks = [*_sent_to(case, sight.agency, edition)]
    if roles & set(SIGNING_ROLES) and sight.agency.lead:
        tasks += _to_sign(case, sight.person, roles)
    if Role.PRACTITIONER in roles:
        tasks += _to_review(sight)
        tasks += _to_tell_the_child(case, sight.agency)
        tasks += _basis_fell_away(sight)
        if sight.agency.lead:
            tasks += _corrections(sight)
            tasks += _same_naming(sight)
    return tasks


def _sent_to(case: Case, agency: Agency, edition: Edition) -> list[Task]:
    tasks = []
    answered = {decision.made.answers_request for decision in case.sharing.decisions.values()}
    for request in case.requests.values():
        if request.of == agency.id and request.request not in answered:
            tasks.append(_task("answer_request", case, request.request, request.recorded, text=request.wanted))
    days = edition.clocks.referral_acknowledged_working_days
    for referral in case.referrals.values():
        if referral.made.to == agency.id and referral.acknowledged is None:
            due = working_day_after(referral.made.recorded.date(), days)
            tasks.append(
                _task("acknowledge_referral", case, referral.made.referral, referral.made.recorded, due,
                      referral.made.summary)
            )  # fmt: skip
        if referral.made.by.agency == agency.id and referral.acknowledged is None:
            due = working_day_after(referral.made.recorded.date(), days)
            tasks.append(_task("referral_not_acknowledged", case, referral.made.referral, referral.made.recorded, due))
    return tasks


def _to_sign(case: Case, person: Person, roles: frozenset[Role]) -> list[Task]:
    proposal = case.risk.pending
    if proposal is None:
        return []
    signed_elsewhere = any(s.by.person == person.id for s in proposal.stances.values())
    open_roles = [role for role in SIGNING_ROLES if role in roles and role not in proposal.stances]
    if not open_roles or signed_elsewhere:
        return []
    return [_task("agree_risk", case, proposal.id, proposal.recorded, text=f"category {proposal.category} proposed")]


def _purpose(case: Case, decision: Decision) -> str:
    return case.justifications[decision.made.justification].given.purpose


def _to_review(sight: Sight) -> list[Task]:
    case, agency = sight.case, sight.agency
    tasks = []
    for decision in case.sharing.decisions.values():
        made = decision.made
        if not isinstance(made, Shared) or made.by.agency != agency.id or decision.withdrawn is not None:
            continue
        if made.review_by is not None:
            text = f"with {sight.directory.agencies[made.recipient].name}: {_purpose(case, decision)}"
            tasks.append(_task("review_share", case, made.decision, made.recorded, made.review_by, text))
        tasks += [
            _task("share_later_locator", case, made.decision, version.recorded, text=version.item)
            for version in _later_locators(case, decision)
        ]
    return tasks


def _later_locators(case: Case, decision: Decision) -> list[Version]:
    """Locators recorded anew after a continuing share of them: each waits for a decision of its own (design §3.3)."""
    made = decision.made
    if not isinstance(made, Shared) or not made.continuing:
        return []
    newest = [case.items[given.item][-1] for given in made.items if given.item in case.items]
    return [
        version
        for version in newest
        if version.locator
        and version.position > decision.position
        and not any(
            later.position > version.position and later.gives(version.item, made.recipient, version.recorded)
            for later in case.sharing.decisions.values()
        )
    ]


def _to_tell_the_child(case: Case, agency: Agency) -> list[Task]:
    return [
        _task("tell_young_person", case, name, one.given.recorded, text=one.given.child_told)
        for name, one in case.justifications.items()
        if one.agency == agency.id and one.given.child_told.lower().startswith("not yet")
    ]


def _basis_fell_away(sight: Sight) -> list[Task]:
    """Holder and lead look again at what rested on a consent that ended (design §2, rule 3)."""
    case, agency = sight.case, sight.agency
    tasks = []
    for name, consent in case.consents.items():
        ended = consent.withdrawn.recorded if consent.withdrawn else None
        if ended is None or agency.id not in (consent.agency, case.lead):
            continue
        resting = [j for j in case.justifications.values() if j.given.consent == name]
        reaches = consent.agency == agency.id or any(j.reaches(agency.id) for j in resting)
        if reaches and resting:
            due = working_day_after(ended.date(), sight.edition.clocks.withdrawn_consent_working_days)
            tasks.append(_task("consent_withdrawn", case, name, ended, due))
    return tasks


def _corrections(sight: Sight) -> list[Task]:
    tasks = []
    for one in due_corrections(sight):
        if one.told is None:
            text = f"{label_of(one.item)}: {sight.directory.agencies[one.agency].name}"
            reference = f"{one.item}|{one.agency}"
            tasks.append(_task("tell_correction", sight.case, reference, one.corrected, text=text))
    return tasks


def _same_naming(sight: Sight) -> list[Task]:
    """Other cases that bear the same name and date of birth: for the lead to look at, nothing of them is shown."""
    key = naming_key(sight.case, sight.edition)
    if key is None:
        return []
    rows = sight.hub.rows.find(PLACING, sight.hub.blind.key(PLACING, key))
    since = sight.case.opened or sight.now
    return [_task("same_naming", sight.case, row.case, since) for row in rows if row.case != str(sight.case.id)]


def _task(kind: str, case: Case, reference: str, since: datetime, due: date | None = None, text: str = "") -> Task:
    return Task(kind=kind, case=case.id, name=None, reference=reference, since=since, due=due, text=text)


def _named(task: Task, name: Cell | None, today: date) -> Task:
    return msgspec.structs.replace(task, name=name, overdue=task.due is not None and task.due < today)


def _to_take_up(
    hub: Hub, person: Person, agency: Agency, mine: set[UUID], now: datetime
) -> tuple[list[Task], set[UUID]]:
    """What was sent to the agency in cases this person does not work on, and the cases that could not be read.

    The message is shown, nothing of the case.
    """
    table, key = (LEAD, agency.id) if agency.lead else (AGENCY, agency.id)
    tasks: list[Task] = []
    unreadable = set()
    for row in hub.rows.find(table, hub.blind.key(table, key)):
        try:
            case = hub.case(UUID(row.case)).case
        except RecordUnreadable:
            unreadable.add(UUID(row.case))
            continue
        if case.id in mine or case.team.declared(person.id, now) or judge_access(case, person, agency, now):
            continue
        if case.team.of_agency(agency.id) and not agency.lead:
            continue
        tasks += _sent_to(case, agency, edition_in_force(now))
    return [task for task in tasks if task.kind in ("answer_request", "acknowledge_referral")], unreadable


def _to_place(hub: Hub, agency: Agency) -> list[Task]:
    """What the hub could not place, for the lead, whichever agency was asked (design §3.7)."""
    received: list[RequestReceived] = list(hub.unplaced(agency.id).requests.values()) if agency.lead else []
    return [
        Task(kind="place_request", case=None, name=None, reference=one.request, since=one.recorded,
             text=f"{one.wanted} (about {one.about.name} {one.about.date_of_birth}".rstrip() + ")")
        for one in received
    ]  # fmt: skip


def _to_decide(hub: Hub, person: Person, agency: Agency, now: datetime) -> Iterator[Task]:
    """Whether a case may be destroyed, where this agency was asked and this person may answer."""
    destructions = hub.destructions()
    asked = destructions.asked(agency.id)
    if not asked or not may(edition_in_force(now), person, agency, "agree_destruction", now):
        return
    for case in asked:
        before = come_before(hub, person.id, UUID(case), destructions)
        proposed = before.destruction.proposal
        if before.comes and proposed is not None:
            yield Task(kind="agree_destruction", case=UUID(case), name=None, reference=proposed.proposal,
                       since=proposed.recorded, text=proposed.reason)  # fmt: skip


def working_day_after(day: date, days: int) -> date:
    """The day that many working days later (Monday to Friday; bank holidays are the lead's to know)."""
    while days > 0:
        day += timedelta(days=1)
        days -= day.weekday() < 5
    return day
