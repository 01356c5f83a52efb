"""A form: its sections and parts, read all at once into a plain dict, or answered by faults each at its box."""

import re
from collections.abc import Callable, Mapping
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
from werkzeug.datastructures import MultiDict

from domain.errors import BadInput
from interfaces.web.forms.boxes import Box, load
from interfaces.web.forms.parts import LongText, Part, Shown, Typed, Wrong

CARRIED = ("csrf_token", "command_id", "seen", "step", "as_written", "draft")
"""What every form's page carries besides its questions."""

LIST_PLACE = re.compile(r"\[[^\]]*\]")


class Fault(msgspec.Struct, frozen=True):
    """Something wrong, said in words; `box` is the id it links to, empty when no box on the page is meant."""

    box: str
    message: str
    named: str = ""


class Unreadable(Exception):
    """A posted form cannot be read; every fault names its box."""

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__("; ".join(fault.message for fault in faults))
        self.faults = faults


class Section(msgspec.Struct, frozen=True, kw_only=True):
    """Questions under one heading; `folded` ones are opened on demand, or stand `open` and can be folded."""

    heading: str = ""
    intro: str = ""
    warning: str = ""
    parts: tuple[Part, ...] = ()
    folded: bool = False
    open: bool = False


class LaidOut(msgspec.Struct, frozen=True, kw_only=True):
    """A section as its template gets it."""

    heading: str
    intro: str
    warning: str
    folded: bool
    open: bool
    parts: tuple[Shown, ...]


def nothing_further(values: dict[str, Any]) -> None:
    """No rule between the answers of this form."""


class Form(msgspec.Struct, frozen=True, kw_only=True):
    """Sections of questions; `rule` raises `Wrong` for answers that do not go together; `also` says at which part a
    field of the command stands when its name differs."""

    sections: tuple[Section, ...]
    rule: Callable[[dict[str, Any]], None] = nothing_further
    also: dict[str, str] = {}

    @property
    def parts(self) -> tuple[Part, ...]:
        return tuple(part for section in self.sections for part in section.parts)

    @property
    def long(self) -> bool:
        """Whether it takes a while to fill in: then it can be saved on the way."""
        return any(isinstance(part, LongText) for part in self.parts)

    def read(self, posted: Typed, zone: ZoneInfo) -> dict[str, Any]:
        """The answers by part; a part left empty is not among them.

        Raises:
            Unreadable: with every fault, in the order of the page.
        """
        boxes = {box: field for part in self.parts for box, field in part.boxes.items()}
        given, wrong = load({**{name: Box(500) for name in CARRIED}, **boxes}, posted)
        faults = [Fault(box if box in boxes else "", f"{_named(box, boxes)}{told}", box) for box, told in wrong.items()]
        values: dict[str, Any] = {}
        for part in self.parts:
            if wrong.keys() & part.boxes.keys():
                continue
            try:
                value = part.read(given, zone)
            except Wrong as fault:
                faults.append(Fault(fault.box, fault.message, fault.box))
            else:
                if value is not None:
                    values[part.name] = value
        if not faults:
            try:
                self.rule(values)
            except Wrong as fault:
                faults.append(Fault(fault.box, fault.message, fault.box))
        if faults:
            order = list(boxes)
            raise Unreadable(sorted(faults, key=lambda fault: order.index(fault.box) if fault.box else -1))
        return values

    def fault(self, error: BadInput) -> Fault:
        """The fault of a field that the hub refused, at the box that asked for it."""
        path = LIST_PLACE.sub("", error.field).removesuffix(".")
        names = {part.name: part for part in self.parts}
        for name in (self.also.get(path, ""), path, path.rpartition(".")[2], path.partition(".")[0]):
            if name in names:
                return Fault(names[name].first_box, error.message, error.field)
        return Fault("", error.message, error.field)

    def laid_out(self, typed: Typed, faults: list[Fault]) -> tuple[LaidOut, ...]:
        errors = {fault.box: fault.message for fault in reversed(faults) if fault.box}
        return tuple(
            LaidOut(
                heading=section.heading,
                intro=section.intro,
                warning=section.warning,
                folded=section.folded,
                open=section.open or any(_touched(part, typed, errors) for part in section.parts),
                parts=tuple(part.shown(typed, errors) for part in section.parts),
            )
            for section in self.sections
        )

    def in_words(self, typed: Typed) -> tuple[tuple[str, str], ...]:
        """What was typed, question by question, as people read it; what was left empty is not among it."""
        found = ((part.label, part.said(typed)) for part in self.parts if part.label)
        return tuple((label, said) for label, said in found if said)

    def typed_for(self, values: Mapping[str, Any], zone: ZoneInfo) -> dict[str, list[str]]:
        """The boxes as they stand with these answers."""
        typed: dict[str, list[str]] = {}
        for part in self.parts:
            if part.name in values:
                typed |= part.typed_for(values[part.name], zone)
        return typed


def _touched(part: Part, typed: Typed, errors: Mapping[str, str]) -> bool:
    """Whether something was typed into the part or is wrong with it: then its section stands open."""
    return any(box in errors or any(typed.get(box, ())) for box in part.boxes)


def typed_in(posted: MultiDict[str, str]) -> dict[str, list[str]]:
    """What was posted, as lists by key."""
    return {key: posted.getlist(key) for key in posted}


def _named(box: str, boxes: Mapping[str, object]) -> str:
    return "" if box in boxes else f"{box[:60]!r}: "
