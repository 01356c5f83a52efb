"""My work: what waits for this person, from the cases they may see and from what was sent to their agency."""

from collections.abc import Callable, Iterator
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

import msgspec

from application.access import put_on_record, shown_items, stamp
from application.corrections import due_corrections
from application.destruction import come_before, may
from application.ended_consents import to_look_at_again
from application.hub import Hub
from application.ledger import agency_stream
from application.projections.rows import AGENCY, LEAD, PLACING, SEALED, naming_key
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
from domain.times import day_of
from domain.vocabulary import CASE_ROLES, SIGNING_ROLES, Role
from domain.working_days import working_day_after
from policies.editions import Edition, edition_in_force
from policies.sealing import may_seal, seal_is_kept
from policies.viewing import MANAGERS, SEEN, Way, denied, judge_access

Entries = tuple[tuple[str, tuple[ShownItem, ...]], ...]
"""Per case what a list shows of it, as it goes on record."""


class Task(View, frozen=True, kw_only=True):
    """Something that waits: `kind` is a stable word, `reference` what it is about, `due` a day where there is one.

    Of a referral that was `escalated` to its recipient: why, and when last.
    """

    kind: str
    case: UUID | None
    name: Cell | None
    reference: str
    since: datetime
    due: date | None = None
    text: str = ""
    overdue: bool = False
    escalated: tuple[str, datetime] | None = None


class InboxView(View, frozen=True, kw_only=True):
    """Tasks, the most pressing first; `to_take_up` came to the agency and nobody works on it yet.

    `to_decide` are cases of which this agency is asked whether they may be destroyed: the reason, nothing of the case.
    `unreadable` counts the cases that cannot be read, in which something may wait.
    """

    tasks: tuple[Task, ...]
    to_take_up: tuple[Task, ...] = ()
    to_place: tuple[Task, ...] = ()
    to_decide: tuple[Task, ...] = ()
    to_seal: tuple[Task, ...] = ()
    unreadable: int = 0


def inbox(hub: Hub, who: str) -> InboxView:
    """What waits for me, with the list on record before it is shown.

    Raises:
        NotFound, NotRecorded
    """
    person, agency = hub.person(who)
    now = hub.now()
    roles = person.roles(now)
    today = day_of(now)
    found, unreadable = of_each_case(hub, who, lambda sight: waiting_in(sight, roles, today, sight.cells))
    work, disclosed = work_of(hub, person, agency, found, unreadable)
    mark = stamp(person, agency, now, "look:inbox")
    put_on_record(hub, agency_stream(agency.id), ListShown(what="inbox", entries=disclosed, **mark))
    return work


def work_of(
    hub: Hub, person: Person, agency: Agency, found: list["Waiting"], unreadable: set[UUID]
) -> tuple[InboxView, Entries]:
    """What waits in these cases of the person's own and beside them, with what is to be put on record first."""
    now = hub.now()
    roles = person.roles(now)
    to_decide = tuple(_to_decide(hub, person, agency, now))
    to_seal = tuple(_to_seal(hub, person, agency))
    disclosed = tuple((str(one.case), one.shown) for one in found if one.tasks)
    disclosed += tuple((str(task.case), ()) for task in (*to_decide, *to_seal))
    to_take_up: list[Task] = []
    if Role.PRACTITIONER in roles:
        to_take_up, shut = _to_take_up(hub, person, agency, {one.case for one in found}, now)
        unreadable |= shut
    work = InboxView(
        tasks=tuple(sorted((task for one in found for task in one.tasks), key=most_pressing)),
        to_take_up=tuple(to_take_up),
        to_place=tuple(_to_place(hub, agency)) if roles & CASE_ROLES else (),
        to_decide=to_decide,
        to_seal=to_seal,
        unreadable=len(unreadable),
    )
    return work, disclosed


class Waiting(NamedTuple):
    """What waits in one case, and what its name shows of it."""

    case: UUID
    tasks: tuple[Task, ...]
    shown: tuple[ShownItem, ...]


def waiting_in(
    sight: Sight, roles: frozenset[Role], today: date, cells: Callable[[], tuple[Cell, ...]]
) -> Waiting:
    """What waits in one case; its cells are asked for only where something does."""
    waiting = tasks_in(sight, roles) if roles & CASE_ROLES else []
    if not waiting:
        return Waiting(sight.case.id, (), ())
    name = next((cell for cell in cells() if cell.item == "child.name" and cell.showing in SEEN), None)
    face = sight.for_face((name,))[0] if name else None
    tasks = tuple(_named(task, face, today) for task in waiting)
    return Waiting(sight.case.id, tasks, shown_items((name,) if name else ()))


def most_pressing(task: Task) -> tuple[date, datetime]:
    """By what tasks are put in order: the day by which, then how long they have waited."""
    return task.due or date.max, task.since


def tasks_in(sight: Sight, roles: frozenset[Role]) -> list[Task]:
    """What waits in one case for somebody of this agency with these roles; nothing for who came in an emergency."""
    if sight.access.way is Way.EMERGENCY:
        return []
    case, edition = sight.case, sight.edition
    tasks = [*_sent_to(case, sight.agency, edition)]
    if roles & set(SIGNING_ROLES) and sight.agency.lead:
        tasks += _to_sign(case, sight.person, roles)
    if sight.agency.lead:
        tasks += _required(case)
        tasks += _ways_in(sight, roles)
        tasks += _too_few_named(sight)
        tasks += _same_naming(sight, roles)
    if Role.PRACTITIONER in roles:
        tasks += _to_review(sight)
        tasks += _to_tell_the_child(case, sight.agency)
        tasks += _basis_fell_away(sight)
        if sight.agency.lead:
            tasks += _corrections(sight)
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
            due = working_day_after(day_of(referral.made.recorded), days)
            made = referral.made
            task = _task("acknowledge_referral", case, made.referral, made.recorded, due, made.summary)
            last = referral.escalated[-1] if referral.escalated else None
            tasks.append(msgspec.structs.replace(task, escalated=(last.reason, last.recorded) if last else None))
        if referral.made.by.agency == agency.id and referral.acknowledged is None:
            due = working_day_after(day_of(referral.made.recorded), days)
            made = referral.made
            said = "Escalated already." if referral.escalated else ""
            tasks.append(_task("referral_not_acknowledged", case, made.referral, made.recorded, due, said))
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


def _required(case: Case) -> list[Task]:
    """What the level in force requires: one task for what has no date yet, one for each that has."""
    in_force = case.risk.in_force
    waiting = [one for one in case.risk.actions if one.done is None]
    if in_force is None or in_force.agreed is None:
        return []
    undated = [one for one in waiting if one.due is None]
    tasks = [_task("required_action", case, one.key, in_force.agreed, one.due, one.text) for one in waiting if one.due]
    if undated:
        tasks.append(_task("date_actions", case, in_force.id, in_force.agreed, text=f"{len(undated)} without a date"))
    return tasks


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
            for version in _later_locators(sight, decision)
        ]
    return tasks


def _later_locators(sight: Sight, decision: Decision) -> list[Version]:
    """Locators recorded anew after a continuing share of them: each waits for a decision of its own (design §3.3).

    Of one that is not this reader's to see nothing is told: not that there is a new one either.
    """
    case, made = sight.case, decision.made
    if not isinstance(made, Shared) or not made.continuing:
        return []
    newest = [found for given in made.items if (found := sight.best(given.item)) is not None]
    return [
        version
        for version, judgement in newest
        if version.locator
        and judgement.showing in SEEN
        and version.position > decision.position
        and not any(
            later.position > version.position and later.gives(version.item, made.recipient, version.recorded)
            for later in case.sharing.decisions.values()
            if sight.agency.lead or later.made.by.agency == sight.agency.id
        )
    ]


def _to_tell_the_child(case: Case, agency: Agency) -> list[Task]:
    return [
        _task("tell_young_person", case, name, one.given.recorded, text=one.given.child_told)
        for name, one in case.justifications.items()
        if one.agency == agency.id and one.given.child_told.lower().startswith("not yet")
    ]


def _basis_fell_away(sight: Sight) -> list[Task]:
    """Where something in the reader's view rested on a consent withdrawn: the holder decides anew, the lead asks it."""
    tasks = []
    for one in to_look_at_again(sight):
        holder = sight.directory.agencies[one.holder]
        todo = (
            "share on another ground, refuse, correct it or take it back."
            if holder.id == sight.agency.id
            else f"kept, and not to be passed on. Ask {holder.name} about it."
        )
        due = working_day_after(day_of(one.ended), sight.edition.clocks.withdrawn_consent_working_days)
        text = f"{', '.join(label_of(item) for item in one.items)}: {todo}"
        tasks.append(_task("consent_withdrawn", sight.case, one.items[0], one.ended, due, text))
    return tasks


def _corrections(sight: Sight) -> list[Task]:
    """Whom else to tell; one's own agency reads the new text in the case, and is told by that."""
    tasks = []
    for one in due_corrections(sight):
        if one.told is None and one.agency != sight.agency.id:
            text = f"{label_of(one.item)}: {sight.directory.agencies[one.agency].name}"
            reference = f"{one.item}|{one.agency}"
            tasks.append(_task("tell_correction", sight.case, reference, one.corrected, text=text))
    return tasks


def _same_naming(sight: Sight, roles: frozenset[Role]) -> list[Task]:
    """Other cases that bear the same name and date of birth: for the lead to look at, nothing of them is shown.

    Nothing waits where somebody has decided; a manager, who comes to both cases, is asked once about the two.
    """
    key = naming_key(sight.case, sight.edition)
    if key is None:
        return []
    rows = sight.hub.rows.find(PLACING, sight.hub.blind.key(PLACING, key))
    since = sight.case.opened or sight.now
    others = [UUID(row.case) for row in rows if row.case != str(sight.case.id)]
    others = [one for one in others if not sight.case.links.standing(str(one)) and not sight.is_shut(one)]
    if roles & MANAGERS:
        return [_task("decide_duplicate", sight.case, str(one), since) for one in others if sight.case.id < one]
    return [_task("same_naming", sight.case, str(one), since) for one in others]


def _ways_in(sight: Sight, roles: frozenset[Role]) -> list[Task]:
    """Who came in on duty or in an emergency: told to the lead at once, until another manager has looked at it."""
    days = sight.edition.clocks.way_in_reviewed_working_days
    tasks = []
    for way in sight.case.access.ways_in:
        made = way.made
        if way.reviewed is None and made.by.person != sight.person.id:
            agency = sight.directory.agencies[made.by.agency].name
            how = "on duty" if way.on_duty else "in an emergency"
            kind = "review_access" if roles & MANAGERS else "access_opened"
            due = working_day_after(made.recorded.date(), days)
            text = f"{sight.name_of(made.by)}, {agency}, {how}: {made.reason}"
            tasks.append(_task(kind, sight.case, made.access, made.recorded, due, text))
    return tasks


def _too_few_named(sight: Sight) -> list[Task]:
    """Somebody whom the seal names is gone: those who remain name others, so that the case is not left with nobody."""
    seal = sight.case.access.seal(sight.now)
    if seal is None or seal_is_kept(sight.case, sight.directory, sight.now):
        return []
    return [_task("seal_needs_people", sight.case, "seal", seal.recorded, text="Too few of those named are left.")]


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
    others = {UUID(row.case) for row in hub.rows.find(table, hub.blind.key(table, key))} - mine
    for one in sorted(others):
        try:
            case = hub.case(one).case
        except RecordUnreadable:
            unreadable.add(one)
            continue
        then = hub.now_in(case)
        if denied(case, person.id, then) or judge_access(case, person, agency, then):
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


def _to_seal(hub: Hub, person: Person, agency: Agency) -> Iterator[Task]:
    """Sealed cases that no manager is left to open: another manager of the lead seals them anew, seeing nothing."""
    if not agency.lead:
        return
    directory = hub.directory()
    for row in hub.rows.find(SEALED, hub.blind.key(SEALED, agency.id)):
        try:
            case = hub.case(UUID(row.case)).case
        except RecordUnreadable:
            continue
        now = hub.now_in(case)
        seal = case.access.seal(now)
        unseen = judge_access(case, person, agency, now) is None
        if seal is not None and unseen and may_seal(case, person, agency, directory, now):
            yield Task(kind="seal_has_nobody", case=case.id, name=None, reference="seal", since=seal.recorded,
                       text="No manager whom the seal names is left.")  # fmt: skip


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
