"""Two cases that may be one young person: linked, or marked as different, by a decision that can be undone.

Streams are never merged: each of the two bears a pointer to the other (design §1). What it gives is the other's number.
"""

from typing import ClassVar

import msgspec

from domain.errors import AlreadyDone, BadInput
from domain.record import Act, Command, Event, Line, Text, put


class DecideOnOther(Command, frozen=True, kw_only=True):
    """What is decided about this case and another, with the reason."""

    other: Line
    reason: Text


class LinkCases(DecideOnOther, frozen=True, kw_only=True):
    """Say that the two cases are of one young person."""


class MarkDifferent(DecideOnOther, frozen=True, kw_only=True):
    """Say that the two cases are of two young people, however alike they look."""


class UndoLink(DecideOnOther, frozen=True, kw_only=True):
    """Take back what was decided about the two cases last."""


class CasesLinked(Event, frozen=True, kw_only=True, tag="case.linked"):
    other: str
    reason: str


class CasesMarkedDifferent(Event, frozen=True, kw_only=True, tag="case.marked_different"):
    other: str
    reason: str


class CasesUnlinked(Event, frozen=True, kw_only=True, tag="case.unlinked"):
    """What was decided about the two before holds no longer, whichever it was."""

    other: str
    reason: str


LinkEvent = CasesLinked | CasesMarkedDifferent | CasesUnlinked
LINK_EVENTS: tuple[type[Event], ...] = (CasesLinked, CasesMarkedDifferent, CasesUnlinked)


class Links(msgspec.Struct, frozen=True):
    """All that was decided about this case and others, oldest first; the last word about each other case stands."""

    LINKED: ClassVar[str] = "linked"
    DIFFERENT: ClassVar[str] = "different"

    decided: dict[str, tuple[LinkEvent, ...]] = {}

    def standing(self, other: str) -> str:
        """`linked`, `different`, or nothing where nothing was decided or what was is undone."""
        match self.decided.get(other, (None,))[-1]:
            case CasesLinked():
                return self.LINKED
            case CasesMarkedDifferent():
                return self.DIFFERENT
        return ""


DONE_BY: dict[type[Command], tuple[str, type[LinkEvent]]] = {
    LinkCases: (Links.LINKED, CasesLinked),
    MarkDifferent: (Links.DIFFERENT, CasesMarkedDifferent),
    UndoLink: ("", CasesUnlinked),
}


def decide_on_other(links: Links, case: str, command: DecideOnOther, act: Act) -> list[Event]:
    """The pointer to the other case; the other case gets one to this.

    Raises:
        BadInput: for a case and itself. AlreadyDone: where it stands so already.
    """
    if command.other == case:
        raise BadInput("other", "This is the same case. Choose another.")
    leading_to, event = DONE_BY[type(command)]
    if links.standing(command.other) == leading_to:
        raise AlreadyDone
    return [event(other=command.other, reason=command.reason, **act.stamp)]


def evolve(links: Links, event: Event) -> Links:
    match event:
        case CasesLinked() | CasesMarkedDifferent() | CasesUnlinked():
            return Links(put(links.decided, event.other, (*links.decided.get(event.other, ()), event)))
        case _:
            return links
