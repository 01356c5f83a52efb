"""Come to a case on duty or in an emergency: reason first, for a time, on record before anything is seen."""

from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from application.access import load, put_on_record, refuse_look, refused, stamp
from application.commands.opening import find_placed
from application.hub import Hub, LostRace, command_of, person_in, require_same, sent_as, tried_again
from application.ledger import Stream, agency_stream, case_stream
from application.projections.catch_up import catch_up
from application.projections.rows import PLACING
from application.reading import read_command, require_command_id, require_text
from application.views import View
from domain.access import OpenInEmergency, OpenOnDuty, decide_open
from domain.agency import EmergencyAsked, SearchMade
from domain.case import Case
from domain.directory import Agency, Person
from domain.errors import BadInput, ChangedMeanwhile, EmergencyNotReviewed, NotOnDuty, NotPermitted
from domain.record import Act, Actor, Command, Event, Line
from domain.requests import About
from policies.editions import Edition, edition_in_force
from policies.matching import placing_key
from policies.roles import judge_act
from policies.viewing import WORKING, Access, Way, denied, emergency_beside, judge_access

NOTHING_OPENED = "This opens nothing to you. We do not confirm whether a record exists. Telephone the lead agency."


class _Naming(Command, frozen=True, kw_only=True):
    """Whom it is about, named exactly."""

    name: Line
    date_of_birth: Line


class EmergencyAnswer(View, frozen=True, kw_only=True):
    """What asking came to: the case with the end of access to it, or one sentence whatever the cause."""

    case: UUID | None = None
    until: datetime | None = None
    answer: str = ""


class _Asking(NamedTuple):
    """Who asks to come in, in which role, why."""

    person: Person
    agency: Agency
    edition: Edition
    actor: Actor
    reason: str
    command_id: str


def open_on_duty(hub: Hub, who: str, case_id: UUID, reason: str, *, command_id: str) -> UUID:
    """Come to a case until the end of one's shift in the lead agency; repeated it has one effect.

    Raises:
        RoleMissing, NotOnDuty: the same for every case; BadInput; NotFound, CaseSealed; NotRecorded
    """
    asking = _asking(hub, who, "open_on_duty", reason, command_id)
    if asking.person.on_duty(hub.now()) is None:
        raise NotOnDuty
    tried_again(lambda: _on_duty_once(hub, asking, case_id))
    return case_id


def open_on_duty_by_name(hub: Hub, who: str, about: dict[str, Any], reason: str, *, command_id: str) -> UUID | None:
    """The same for the case that name and date of birth match exactly, if there is one; the naming is on record.

    Raises as `open_on_duty` does.
    """
    asking = _asking(hub, who, "open_on_duty", reason, command_id)
    if asking.person.on_duty(hub.now()) is None:
        raise NotOnDuty
    naming = _naming(about)
    catch_up(hub)
    found = find_placed(hub, asking.edition, naming.name, naming.date_of_birth, asking.agency)
    mark = stamp(asking.person, asking.agency, hub.now(), "look:on duty")
    search = SearchMade(terms=naming, reason=asking.reason, matched=1 if found else 0, **mark)
    put_on_record(hub, agency_stream(asking.agency.id), search)
    return open_on_duty(hub, who, found, reason, command_id=command_id) if found else None


def _on_duty_once(hub: Hub, asking: _Asking, case_id: UUID) -> None:
    loaded = load(hub, asking.person.id, case_id, "open_on_duty")
    person, agency = person_in(loaded.directory, asking.person.id)
    case, now = loaded.case, hub.now_in(loaded.case)
    shift, access = person.on_duty(now), judge_access(loaded.case, person, agency, now)
    command = OpenOnDuty(id=hub.reference_from(f"{person.id}:{asking.command_id}"), reason=asking.reason)
    sent = sent_as(asking.command_id, command)
    if (asking.command_id, person.id) in loaded.commands:
        require_same(loaded.commands[asking.command_id, person.id], sent)
    elif shift is None:
        raise NotOnDuty
    elif case.version == 0 or denied(case, person.id, now):
        raise refused(hub, loaded, person, agency, "open_on_duty")
    elif access is None or access.way not in WORKING:
        events = decide_open(command, Act(asking.actor, now, sent), shift.until)
        try:
            hub.record(loaded, events)
        except ChangedMeanwhile:
            raise LostRace from None
    catch_up(hub)


def open_in_emergency(
    hub: Hub, who: str, about: dict[str, Any], reason: str, *, command_id: str
) -> EmergencyAnswer:
    """Come to the one case that name and date of birth match exactly, for the minutes the edition gives.

    The answer is the same where there is none, more than one, or one that is sealed or closed to this person; asking
    is on record either way.

    Raises:
        RoleMissing, NotPermitted: the same whether or not there is a case; BadInput
        EmergencyNotReviewed: while an earlier one of this person waits for another's look
    """
    require_emergency_access(hub, who)
    asking = _asking(hub, who, "open_in_emergency", reason, command_id)
    naming = _naming(about)
    catch_up(hub)
    return tried_again(lambda: _in_an_emergency_once(hub, asking, naming))


def require_emergency_access(hub: Hub, who: str) -> None:
    """Raises: RoleMissing; NotPermitted: for the lead's own people, and for agencies that are not statutory."""
    person, agency = hub.person(who)
    edition = edition_in_force(hub.now())
    roles = person.roles(hub.now())
    judge_act(edition, "open_in_emergency", roles, lead=agency.lead, kind=agency.kind)
    if agency.lead or agency.kind not in edition.emergency.kinds:
        raise NotPermitted(
            "Emergency access is for statutory agencies other than the lead. Telephone the lead agency: the numbers "
            "are at the foot of every page."
        )


def _in_an_emergency_once(hub: Hub, asking: _Asking, naming: About) -> EmergencyAnswer:
    """Asking goes into a stream of this person's own, in one transaction with the opening: of two at once one comes."""
    person, agency = asking.person, asking.agency
    stream = Stream(hub.id_from(f"{agency.id}:{person.id}", "emergencies of a person"), agency_stream(agency.id).owner)
    version, last = hub.ledger.newest(stream)
    earlier = [event for event in hub.ledger.read(stream, 0, version) if isinstance(event, EmergencyAsked)]
    command = OpenInEmergency(id=hub.reference_from(f"{person.id}:{asking.command_id}"), reason=asking.reason)
    sent = sent_as(asking.command_id, command)
    for event in earlier:
        (command_id, _), held = command_of(event)
        if command_id == asking.command_id:
            require_same(held, sent)
            return _answered(hub, event, person, agency)
    loaded = hub.case(_only_match(hub, asking.edition, naming) or hub.id_from(sent, "case that nobody has"))
    case, now = loaded.case, hub.now_in(loaded.case)
    access = judge_access(case, person, agency, now)
    comes = not _is_open(case, person, agency, access, now)
    blocked = comes and any(_waits(hub, event, person.id) for event in earlier)
    opens = case.version > 0 and not denied(case, person.id, now) and not blocked
    asked_at = max(now, last) if last else now
    asked = EmergencyAsked(
        about=naming, reason=asking.reason, case=str(case.id) if opens else "",
        by=asking.actor, recorded=asked_at, command=sent,
    )  # fmt: skip
    appends: list[tuple[Stream, int, list[Event]]] = [(stream, version, [asked])]
    if opens and comes:
        until = now + timedelta(minutes=asking.edition.emergency.minutes)
        events = decide_open(command, Act(asking.actor, now, sent), until)
        appends.append((case_stream(case.id), case.version, events))
    try:
        hub.ledger.append_all(appends)
    except ChangedMeanwhile:
        raise LostRace from None
    catch_up(hub)
    if not opens:
        hub.level(loaded)
        seal = case.access.seal(now)
        refuse_look(hub, person, agency, case.id, "emergency access", sealed=seal is not None)
    if blocked:
        raise EmergencyNotReviewed
    return _answered(hub, asked, person, agency)


def _answered(hub: Hub, asked: EmergencyAsked, person: Person, agency: Agency) -> EmergencyAnswer:
    """What is open now by what was asked; nothing where that is over."""
    if asked.case:
        case = hub.case(UUID(asked.case)).case
        now = hub.now_in(case)
        access = judge_access(case, person, agency, now)
        if access is not None:
            until = access.until or emergency_beside(case, person, agency, access, now)
            return EmergencyAnswer(case=case.id, until=until)
    return EmergencyAnswer(answer=NOTHING_OPENED)


def _is_open(case: Case, person: Person, agency: Agency, access: Access | None, now: datetime) -> bool:
    """Whether an emergency would add nothing: it is open already, or a review reads more than it shows."""
    if access is None or access.way in (Way.REVIEW, Way.EMERGENCY):
        return access is not None
    return emergency_beside(case, person, agency, access, now) is not None


def _only_match(hub: Hub, edition: Edition, naming: About) -> UUID | None:
    key = placing_key(edition, naming.name, naming.date_of_birth)
    rows = hub.rows.find(PLACING, hub.blind.key(PLACING, key)) if key else []
    return UUID(rows[0].case) if len(rows) == 1 else None


def _waits(hub: Hub, asked: EmergencyAsked, person: str) -> bool:
    """Whether what this asking opened still waits for another person's look."""
    if not asked.case:
        return False
    ways_in = hub.case(UUID(asked.case)).case.access.ways_in
    return any(way.reviewed is None and not way.on_duty and way.made.by.person == person for way in ways_in)


def _asking(hub: Hub, who: str, act: str, reason: str, command_id: str) -> _Asking:
    """Raises: RoleMissing, BadInput."""
    person, agency = hub.person(who)
    now = hub.now()
    edition = edition_in_force(now)
    role = judge_act(edition, act, person.roles(now), lead=agency.lead, kind=agency.kind)
    require_command_id(command_id)
    given = require_text(reason, "reason").strip()
    if len(given) < edition.emergency.shortest_reason:
        shortest = edition.emergency.shortest_reason
        raise BadInput("reason", f"Say why in at least {shortest} characters; it is kept.")
    return _Asking(person, agency, edition, Actor(person.id, role, agency.id), given, command_id)


def _naming(about: dict[str, Any]) -> About:
    """Raises: BadInput: naming the field; name and date of birth are both needed."""
    naming = read_command(_Naming, about)
    if not naming.name.strip():
        raise BadInput("name", "Enter the young person's name.")
    if not naming.date_of_birth.strip():
        raise BadInput("date_of_birth", "Enter the date of birth; name and date of birth together find the record.")
    return About(name=naming.name.strip(), date_of_birth=naming.date_of_birth.strip())
