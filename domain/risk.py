"""The level of risk: proposed, agreed by two managers, dissented from, gone stale; never computed from answers."""

from collections.abc import Iterable
from datetime import datetime
from typing import Annotated

import msgspec
from msgspec.structs import replace

from domain.actions import (
    ActionDated,
    ActionOutcomeRecorded,
    Checklist,
    DateAction,
    RecordActionOutcome,
    RequiredAction,
    begun,
    decide_date_action,
    decide_record_action_outcome,
    required_at,
)
from domain.actions import evolve as evolve_actions
from domain.assessment import QuestionsAnswered
from domain.errors import (
    AlreadyDone,
    AlreadyUsed,
    BadInput,
    DowngradeReasonMissing,
    NotFound,
    ProposalSuperseded,
    SamePerson,
)
from domain.record import (
    Act,
    Actor,
    Command,
    Event,
    OptionalText,
    Placed,
    Reference,
    Text,
    Versions,
    next_version,
    put,
)
from domain.vocabulary import SIGNING_ROLES, Role

Level = Annotated[int, msgspec.Meta(ge=1, le=3)]


class ProposeRisk(Command, frozen=True, kw_only=True):
    """Propose the category the agencies should act on, with the reasoning; the form's "Risk Category"."""

    id: Reference
    justification: str
    category: Level
    rationale: Text
    downgrade_reason: OptionalText = ""


class AgreeRisk(Command, frozen=True, kw_only=True):
    """Sign a proposal in one of the two roles (toolkit 2.1 (5))."""

    agreement: str
    as_role: Role


class DissentFromRisk(Command, frozen=True, kw_only=True):
    """Hold another level than the one proposed, and say why."""

    agreement: str
    as_role: Role
    level: Level
    reason: Text


class RiskProposed(Event, frozen=True, kw_only=True, tag="risk.proposed"):
    agreement: str
    justification: str
    category: int
    rationale: str
    downgrade_reason: str = ""


class RiskAgreed(Event, frozen=True, kw_only=True, tag="risk.agreed"):
    """`required` stands in the second signature, which brings the level into force: what the guidance asks for then."""

    agreement: str
    justification: str
    as_role: Role
    required: tuple[RequiredAction, ...] = ()


class RiskDissented(Event, frozen=True, kw_only=True, tag="risk.dissented"):
    agreement: str
    justification: str
    as_role: Role
    level: int
    reason: str


class Stance(msgspec.Struct, frozen=True, kw_only=True):
    """Where one manager stands on a proposal."""

    by: Actor
    as_role: Role
    recorded: datetime
    agrees: bool
    level: int
    reason: str = ""


class Proposal(msgspec.Struct, frozen=True, kw_only=True):
    """A proposed level with the stances taken; agreed once both roles have signed."""

    id: str
    justification: str
    category: int
    rationale: str
    downgrade_reason: str
    by: Actor
    recorded: datetime
    position: int
    stances: dict[Role, Stance] = {}
    agreed: datetime | None = None


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """The item `risk`: what is in force, or "not agreed: act as N" (design §2).

    `act_as` is the highest level held by a proposer or signatory since the last agreement, and by what is in force.
    """

    in_force: int | None
    agreed: datetime | None
    signed_by: dict[Role, str]
    stale: bool
    act_as: int
    pending: int | None = None
    actions: Checklist = ()


class Reasons(msgspec.Struct, frozen=True):
    """The item `risk.reasons`: every proposal with its rationale, dissents and reasons for lowering; who does what of
    the required actions, and what came of it."""

    proposals: tuple[Proposal, ...]
    actions: Checklist = ()


class Risk(msgspec.Struct, frozen=True):
    """Proposals in order; the position of the newest answer; versions of the two items; the required actions."""

    proposals: tuple[Proposal, ...] = ()
    answered: int = 0
    items: dict[str, Versions] = {}
    actions: Checklist = ()

    @property
    def in_force(self) -> Proposal | None:
        for proposal in reversed(self.proposals):
            if proposal.agreed:
                return proposal
        return None

    @property
    def stale(self) -> bool:
        """Whether an answer changed after the level in force was proposed; it stays in force until the next."""
        in_force = self.in_force
        return in_force is not None and self.answered > in_force.position

    @property
    def settled(self) -> bool:
        """Whether a level is agreed by both and nothing newer waits for them."""
        return self.in_force is not None and self.pending is None

    @property
    def pending(self) -> Proposal | None:
        return self.proposals[-1] if self.proposals and not self.proposals[-1].agreed else None


def decide_propose_risk(risk: Risk, command: ProposeRisk, act: Act) -> list[Event]:
    if any(p.id == command.id for p in risk.proposals):
        raise AlreadyUsed
    in_force = risk.in_force
    if in_force is not None and command.category < in_force.category and not command.downgrade_reason:
        raise DowngradeReasonMissing
    return [
        RiskProposed(
            agreement=command.id,
            justification=command.justification,
            category=command.category,
            rationale=command.rationale,
            downgrade_reason=command.downgrade_reason,
            **act.stamp,
        )
    ]


def decide_agree_risk(risk: Risk, command: AgreeRisk, act: Act) -> list[Event]:
    proposal = _signable(risk, command.agreement, command.as_role, act)
    stance = proposal.stances.get(command.as_role)
    if stance is not None and stance.agrees:
        raise AlreadyDone("This was signed in that role already; look at the risk page to see by whom.")
    others = [stance for role, stance in proposal.stances.items() if role is not command.as_role]
    comes_into_force = any(stance.agrees for stance in others)
    return [
        RiskAgreed(
            agreement=proposal.id,
            justification=proposal.justification,
            as_role=command.as_role,
            required=required_at(proposal.category) if comes_into_force else (),
            **act.stamp,
        )
    ]


def decide_dissent_from_risk(risk: Risk, command: DissentFromRisk, act: Act) -> list[Event]:
    proposal = _signable(risk, command.agreement, command.as_role, act)
    if command.level == proposal.category:
        raise BadInput("level", "This is the level proposed. Agree with it, or give the level you hold.")
    return [
        RiskDissented(
            agreement=proposal.id,
            justification=proposal.justification,
            as_role=command.as_role,
            level=command.level,
            reason=command.reason,
            **act.stamp,
        )
    ]


def decide_on_action(risk: Risk, command: DateAction | RecordActionOutcome, act: Act) -> list[Event]:
    """Raises: NotFound: also while no level is in force."""
    in_force = risk.in_force
    if in_force is None:
        raise NotFound
    if isinstance(command, DateAction):
        return decide_date_action(risk.actions, in_force.id, in_force.justification, command, act)
    return decide_record_action_outcome(risk.actions, in_force.id, in_force.justification, command, act)


def _signable(risk: Risk, agreement: str, as_role: Role, act: Act) -> Proposal:
    if as_role not in SIGNING_ROLES:
        raise BadInput("as_role", "Sign as Team Manager or as CSE Prevention Manager.")
    proposal = next((p for p in risk.proposals if p.id == agreement), None)
    if proposal is None:
        raise NotFound
    if proposal is not risk.proposals[-1]:
        raise ProposalSuperseded
    if any(s.by.person == act.by.person for role, s in proposal.stances.items() if role is not as_role):
        raise SamePerson
    if proposal.agreed:
        raise AlreadyDone("This level is agreed by both already. Propose a new one if it is no longer right.")
    return proposal


def evolve(risk: Risk, event: Event, position: int) -> Risk:
    match event:
        case RiskProposed():
            proposal = Proposal(
                id=event.agreement, justification=event.justification, category=event.category,
                rationale=event.rationale, downgrade_reason=event.downgrade_reason, by=event.by,
                recorded=event.recorded, position=position,
            )  # fmt: skip
            return _moved(replace(risk, proposals=(*risk.proposals, proposal)), event, position)
        case RiskAgreed():
            return _moved(_signed(risk, event), event, position)
        case RiskDissented():
            stance = Stance(
                by=event.by, as_role=event.as_role, recorded=event.recorded, agrees=False,
                level=event.level, reason=event.reason,
            )  # fmt: skip
            return _moved(_with_stance(risk, stance), event, position)
        case ActionDated() | ActionOutcomeRecorded():
            return _moved(replace(risk, actions=evolve_actions(risk.actions, event)), event, position)
        case QuestionsAnswered():
            answered = replace(risk, answered=position)
            return _moved(answered, event, position) if answered.stale and not risk.stale else answered
        case _:
            return risk


def evolve_all(risk: Risk, placed: Iterable[Placed]) -> Risk:
    """Like `evolve`, one event after another; where an answer cannot make the level stale, it is only counted."""
    answered = 0
    for position, event in placed:
        if type(event) is QuestionsAnswered and (risk.in_force is None or risk.stale):
            answered = position
        else:
            risk, answered = evolve(_answered(risk, answered), event, position), 0
    return _answered(risk, answered)


def _answered(risk: Risk, position: int) -> Risk:
    return replace(risk, answered=position) if position else risk


def _signed(risk: Risk, event: RiskAgreed) -> Risk:
    proposal = risk.proposals[-1]
    stance = Stance(
        by=event.by, as_role=event.as_role, recorded=event.recorded, agrees=True, level=proposal.category
    )
    risk = _with_stance(risk, stance)
    proposal = risk.proposals[-1]
    if all(role in proposal.stances and proposal.stances[role].agrees for role in SIGNING_ROLES):
        agreed = replace(proposal, agreed=event.recorded)
        return replace(risk, proposals=(*risk.proposals[:-1], agreed), actions=begun(risk.actions, event.required))
    return risk


def _with_stance(risk: Risk, stance: Stance) -> Risk:
    proposal = risk.proposals[-1]
    new = replace(proposal, stances={**proposal.stances, stance.as_role: stance})
    return replace(risk, proposals=(*risk.proposals[:-1], new))


def _moved(risk: Risk, event: Event, position: int) -> Risk:
    """`risk` with a new version of each of its two items that the event changed.

    Both are the lead's: another agency's answer makes the level stale, and does not make the version that agency's own.
    """
    newest = risk.proposals[-1]
    by = event.by if event.by.agency == newest.by.agency else newest.by
    standing_now = tuple(proposal for proposal in (risk.in_force, risk.pending) if proposal)
    items = risk.items
    for item, content, told in (
        ("risk", standing(risk), standing_now),
        ("risk.reasons", Reasons(risk.proposals, risk.actions), risk.proposals),
    ):
        versions = items.get(item, ())
        if not versions or versions[-1].content != content:
            names = dict.fromkeys(p.justification for p in told if p.justification != newest.justification)
            after = next_version(
                versions, item, event, position, content, newest.justification, tuple(names), by=by
            )
            items = put(items, item, after)
    return replace(risk, items=items)


def standing(risk: Risk) -> Standing:
    in_force, pending = risk.in_force, risk.pending
    held = [in_force.category] if in_force else []
    held += _held_since_agreed(risk)
    return Standing(
        in_force=in_force.category if in_force else None,
        agreed=in_force.agreed if in_force else None,
        signed_by={role: s.by.person for role, s in in_force.stances.items()} if in_force else {},
        stale=risk.stale,
        act_as=max(held),
        pending=pending.category if pending else None,
        actions=tuple(one.in_short for one in risk.actions),
    )


def _held_since_agreed(risk: Risk) -> list[int]:
    """The newest level of each proposer and signing role since the last agreement; a new proposal takes none back."""
    proposers: dict[str, int] = {}
    signatories: dict[Role, int] = {}
    for proposal in risk.proposals:
        if proposal.agreed:
            proposers, signatories = {}, {}
            continue
        proposers[proposal.by.person] = proposal.category
        for role, stance in proposal.stances.items():
            signatories[role] = stance.level
            if stance.by.person != proposal.by.person:
                proposers.pop(stance.by.person, None)
    return [*proposers.values(), *signatories.values()]
