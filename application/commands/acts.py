"""Acts in a case: one way for all of them — load, policy judges, the same case decides, append; a lost race again."""

import re
from collections.abc import Sequence
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

import msgspec

from application.access import EVERYTHING, digest_of, load, refused, view_of
from application.hub import Hub, Loaded, LostRace, person_in, require_same, sent_as, tried_again
from application.ledger import Append
from application.projections.catch_up import catch_up, settle
from application.reading import read_command, require_command_id
from application.sight import Sight
from domain import (
    access,
    actions,
    assessment,
    concerns,
    consents,
    details,
    people,
    plans,
    referrals,
    requests,
    review,
    risk,
    sharing,
    team,
)
from domain.case import Case, decide
from domain.directory import Agency, Directory, Person
from domain.errors import BadInput, ChangedMeanwhile, NotFound
from domain.justifications import GiveJustification
from domain.record import Act, Actor, Command
from domain.vocabulary import Role
from policies.editions import Edition, edition_in_force
from policies.roles import judge_act
from policies.sealing import judge_seal, may_seal
from policies.sharing import judge_item, judge_onward, judge_share, judge_undo
from policies.viewing import SEEN, WORKING, denied, judge_access

COMMANDS: tuple[type[Command], ...] = (
    GiveJustification,
    details.RecordDetails,
    consents.RecordConsent,
    consents.WithdrawConsent,
    team.JoinTeam,
    team.DeclareInterest,
    concerns.RecordConcern,
    concerns.CorrectConcern,
    concerns.RetractConcern,
    concerns.RecordDisagreement,
    people.RecordPersonOfConcern,
    plans.RecordPlan,
    assessment.StartAssessment,
    assessment.AnswerQuestions,
    assessment.EndAssessment,
    risk.ProposeRisk,
    risk.AgreeRisk,
    risk.DissentFromRisk,
    actions.DateAction,
    actions.RecordActionOutcome,
    requests.RequestInformation,
    sharing.DecideSharing,
    sharing.WithdrawSharing,
    sharing.UndoSharing,
    sharing.AgreeOnward,
    referrals.MakeReferral,
    referrals.AcknowledgeReferral,
    referrals.ConcludeReferral,
    referrals.EscalateReferral,
    review.OpenReview,
    access.SealCase,
    access.LiftSeal,
    access.ReviewAccess,
)


@cache
def act_name(kind: type[Command]) -> str:
    """`RecordConcern` is the act `record_concern` of the edition's table."""
    return re.sub(r"(?<!^)(?=[A-Z])", "_", kind.__name__).lower()


ACTS: dict[str, type[Command]] = {act_name(kind): kind for kind in COMMANDS}


def act(
    hub: Hub,
    who: str,
    case_id: UUID,
    name: str,
    data: dict[str, Any],
    *,
    command_id: str,
    seen: str = "",
    watching: tuple[str, ...] = EVERYTHING,
    named: bool = False,
) -> UUID:
    """Do the act `name` with `data` in a case; repeated with the same command id it has one effect.

    `seen` is the digest of the view the person acted on, or of the items in it that are watched; where these differ
    meanwhile, the act is refused.
    `named` says that the person named the young person instead of coming from the case (design §3.7).

    Raises:
        SafeguardingError: the refusal; then nothing was stored in the case.
    """
    if name not in ACTS:
        raise BadInput("act", "The hub knows no such act.")
    command = read_command(ACTS[name], data)
    require_command_id(command_id)
    tried_again(lambda: act_once(hub, who, case_id, command, command_id, seen=(seen, watching), named=named))
    return case_id


def act_once(
    hub: Hub,
    who: str,
    case_id: UUID,
    command: Command,
    command_id: str,
    *,
    seen: tuple[str, tuple[str, ...]] = ("", EVERYTHING),
    named: bool = False,
    beside: Sequence[Append] = (),
) -> None:
    """The act, tried once; `beside` is what is appended to other streams with it, all or none.

    Raises:
        LostRace: somebody appended first, here or beside.
        SafeguardingError: the refusal; then nothing was stored in the case.
    """
    loaded = load(hub, who, case_id, act_name(type(command)))
    person, agency = person_in(loaded.directory, who)
    case = loaded.case
    sent = sent_as(command_id, command)
    if (command_id, person.id) in loaded.commands:
        require_same(loaded.commands[command_id, person.id], sent)
        catch_up(hub)  # the first answer may have been lost before the lists were brought up
        return
    now = hub.now_in(case)
    edition = edition_in_force(now)
    role = _role(edition, person, agency, command, now)
    barred = case.version == 0 or case.team.declared(person.id, now)
    if barred or not (named or _may_act(loaded, command, person, agency, now)):
        raise refused(hub, loaded, person, agency, act_name(type(command)))
    _unchanged(hub, person, agency, loaded, *seen)
    require_known_names(command, loaded.directory, agency)
    _judge(hub, edition, case, command, person, agency, now)
    events = decide(case, command, Act(Actor(person.id, role, agency.id), now, sent))
    try:
        recorded = hub.record(loaded, events, beside)
    except ChangedMeanwhile:
        raise LostRace from None
    settle(hub, case, recorded.case)


def _role(edition: Edition, person: Person, agency: Agency, command: Command, now: datetime) -> Role:
    name = act_name(type(command))
    if isinstance(command, team.JoinTeam) and command.person == person.id:
        name = "open_with_reason"
    as_role = command.as_role if isinstance(command, risk.AgreeRisk | risk.DissentFromRisk) else None
    return judge_act(edition, name, person.roles(now), lead=agency.lead, kind=agency.kind, as_role=as_role)


def _may_act(loaded: Loaded, command: Command, person: Person, agency: Agency, now: datetime) -> bool:
    """Whether the person comes to the case at all; otherwise it is not there for them."""
    case = loaded.case
    came = judge_access(case, person, agency, now)
    if isinstance(command, review.OpenReview) or (came is not None and came.way in WORKING):
        return True
    if isinstance(command, access.SealCase):
        return may_seal(case, person, agency, loaded.directory, now)
    if denied(case, person.id, now):
        return False
    sent_here = any(one.made.to == agency.id for one in case.referrals.values()) or any(
        one.of == agency.id for one in case.requests.values()
    )
    taking_up = isinstance(command, team.JoinTeam | referrals.AcknowledgeReferral | referrals.ConcludeReferral)
    return taking_up and (agency.lead or sent_here)


def _unchanged(
    hub: Hub, person: Person, agency: Agency, loaded: Loaded, seen: str, watching: tuple[str, ...]
) -> None:
    if not seen:
        return
    came = judge_access(loaded.case, person, agency, hub.now_in(loaded.case))
    if came is not None:
        view = view_of(Sight.now_of(hub, person, agency, came, loaded.case))
    if came is None or seen != digest_of(view, watching):
        raise ChangedMeanwhile


def require_known_names(command: Command, directory: Directory, agency: Agency) -> None:
    """Check every agency and person the command names against the directory.

    Raises:
        UnknownAgency, BadInput: naming the field.
    """
    for field, named in _agencies_in(command):
        directory.require_agency(named, field)
    match command:
        case sharing.DecideSharing():
            for one in command.persons:
                directory.require_person(one, command.with_agency, "persons")
        case team.JoinTeam():
            directory.require_person(command.person, agency.id, "person")
        case review.OpenReview():
            reviewer = directory.people.get(command.reviewer)
            if reviewer is None or not any(span[0] is Role.REVIEWER for span in reviewer.spans):
                raise BadInput("reviewer", "Choose a person who holds the role of reviewer.")


def _agencies_in(command: Command) -> list[tuple[str, str]]:
    """The agencies a command names, each with its field."""
    match command:
        case sharing.DecideSharing():
            return [("with", command.with_agency)]
        case requests.RequestInformation():
            return [("of", command.of)]
        case referrals.MakeReferral() | sharing.AgreeOnward():
            return [("to", command.to)]
        case plans.RecordPlan():
            return [("for", command.for_agency)]
        case consents.RecordConsent():
            return [("scope.to", one) for one in command.scope.to]
        case GiveJustification():
            return [("recipients", one) for one in command.recipients]
        case review.OpenReview():
            return [("agencies", one) for one in command.agencies]
        case _:
            return []


def _judge(
    hub: Hub, edition: Edition, case: Case, command: Command, person: Person, agency: Agency, now: datetime
) -> None:
    """Policy: title to what the act names, and what a share may give.

    Raises:
        SafeguardingError: the refusal.
    """
    for item in _named_items(command):
        found = judge_item(edition, case, item, agency, now, hub.disclosures(case.id))
        if found is None or found[1].showing not in SEEN:
            raise NotFound
    match command:
        case sharing.DecideSharing():
            judge_share(edition, case, command, agency, now, hub.disclosures(case.id))
        case sharing.UndoSharing():
            judge_undo(edition, case, command, person.id, now)
        case sharing.AgreeOnward():
            judge_onward(case, command, agency)
        case access.SealCase():
            judge_seal(case, command, hub.directory(), now, person.id)


def _named_items(command: Command) -> list[str]:
    match command:
        case concerns.CorrectConcern() | concerns.RetractConcern() | concerns.RecordDisagreement():
            return [f"concern:{command.concern}"]
        case assessment.AnswerQuestions():
            return [f"concern:{answer.evidence}" for answer in command.answers if answer.evidence]
        case _:
            return []


def fields_of(name: str, part: str = "") -> tuple[str, ...]:
    """The field names an act takes, or those of one of its parts, such as `child` of `record_details`."""
    fields = msgspec.structs.fields(ACTS[name])
    if part:
        fields = msgspec.structs.fields(next(field.type for field in fields if field.encode_name == part))
    return tuple(field.encode_name for field in fields)
