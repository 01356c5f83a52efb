"""Required actions: what the guidance asks for at the level agreed, as a checklist with dates and outcomes."""

from datetime import date

import msgspec

from domain.errors import AlreadyDone, BadInput, NotFound, ProposalSuperseded
from domain.instrument import Action, Choice, instrument
from domain.record import Act, Command, Event, OptionalText, Text
from domain.times import day_of


class RequiredAction(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One thing the guidance requires, in its words of that day; where it offers several, the choice between them."""

    key: str
    text: str


class DateAction(Command, frozen=True, kw_only=True):
    """Say by when a required action is to be done, and by whom."""

    agreement: str
    action: str
    due: date
    who: OptionalText = ""


class RecordActionOutcome(Command, frozen=True, kw_only=True):
    """Say what came of a required action: done, or why it will not be."""

    agreement: str
    action: str
    done: bool
    on: date
    outcome: Text


class ActionDated(Event, frozen=True, kw_only=True, tag="action.dated"):
    agreement: str
    justification: str
    action: str
    due: date
    who: str = ""


class ActionOutcomeRecorded(Event, frozen=True, kw_only=True, tag="action.outcome_recorded"):
    agreement: str
    justification: str
    action: str
    done: bool
    on: date
    outcome: str


class Checked(msgspec.Struct, frozen=True, kw_only=True):
    """A required action as it stands; `done` is None while it is open, and False where it will not be done."""

    key: str
    text: str
    due: date | None = None
    done: bool | None = None
    on: date | None = None
    who: str = ""
    outcome: str = ""

    @property
    def in_short(self) -> "Checked":
        """Without who does it and what came of it: those are reasons, not part of the level."""
        return msgspec.structs.replace(self, who="", outcome="")


Checklist = tuple[Checked, ...]


def required_at(category: int) -> tuple[RequiredAction, ...]:
    """What the guidance requires at a level: each action, and each decision between several."""
    printed = instrument().risk_category(category)
    listed: tuple[Action | Choice, ...] = (*printed.required, *printed.choices)
    return tuple(RequiredAction(one.key, one.corrected or one.text) for one in listed)


def decide_date_action(
    checklist: Checklist, agreement: str, justification: str, command: DateAction, act: Act
) -> list[Event]:
    _open(checklist, agreement, command.agreement, command.action)
    if command.due < day_of(act.at):
        raise BadInput("due", "This day has passed already. Give the day by which it is to be done.")
    return [
        ActionDated(
            agreement=agreement, justification=justification, action=command.action, due=command.due, who=command.who,
            **act.stamp,
        )
    ]  # fmt: skip


def decide_record_action_outcome(
    checklist: Checklist, agreement: str, justification: str, command: RecordActionOutcome, act: Act
) -> list[Event]:
    _open(checklist, agreement, command.agreement, command.action)
    if command.on > day_of(act.at):
        raise BadInput("on", "This day has not come yet. Give the day on which it was done, or decided.")
    return [
        ActionOutcomeRecorded(
            agreement=agreement, justification=justification, action=command.action, done=command.done, on=command.on,
            outcome=command.outcome, **act.stamp,
        )
    ]  # fmt: skip


def _open(checklist: Checklist, in_force: str, agreement: str, key: str) -> None:
    found = next((one for one in checklist if one.key == key), None)
    if found is None:
        raise NotFound
    if agreement != in_force:
        raise ProposalSuperseded
    if found.done is not None:
        raise AlreadyDone("What came of this is on record already; the reasons for the level say it.")


def begun(before: Checklist, required: tuple[RequiredAction, ...]) -> Checklist:
    """The checklist of a level newly agreed; what was open before and is required again keeps its date."""
    still_open = {one.key: one for one in before if one.done is None}
    fresh = (Checked(key=one.key, text=one.text) for one in required)
    return tuple(
        msgspec.structs.replace(one, due=still_open[one.key].due, who=still_open[one.key].who)
        if one.key in still_open
        else one
        for one in fresh
    )


def evolve(checklist: Checklist, event: ActionDated | ActionOutcomeRecorded) -> Checklist:
    change: dict[str, object] = (
        {"due": event.due, "who": event.who}
        if isinstance(event, ActionDated)
        else {"done": event.done, "on": event.on, "outcome": event.outcome}
    )
    return tuple(msgspec.structs.replace(one, **change) if one.key == event.action else one for one in checklist)
