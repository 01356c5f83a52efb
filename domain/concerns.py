"""Concerns: what an agency saw or heard, its corrections and retraction, who disagrees; with the places they name."""

from typing import Any

import msgspec

from domain.errors import AlreadyUsed, BadInput, ConcernRetractedAlready, NotFound, NotTheRecorder
from domain.instrument import instrument
from domain.record import (
    Act,
    Command,
    Event,
    Line,
    Moment,
    OptionalText,
    Reference,
    Text,
    Version,
    Versions,
    next_version,
    put,
)
from domain.times import Occurred, read_occurred
from domain.vocabulary import Change, Nature, Onward, PlaceKind, Precision


class Place(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An address or hotspot a concern names."""

    id: Reference
    kind: PlaceKind
    description: Line


class Vehicle(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A vehicle a concern names, with what is known of its index."""

    id: Reference
    description: Line


class RecordConcern(Command, frozen=True, kw_only=True):
    """Record what was seen or heard; `heading` is the analysis form's box, `basis` the form's Section 1 D."""

    id: Reference
    justification: str
    occurred: str = ""
    occurred_until: str = ""
    occurred_precision: Precision = Precision.DAY
    reported: Moment | None = None
    basis: tuple[str, ...] = ()
    basis_other: OptionalText = ""
    heading: str
    headline: Line
    narrative: Text
    nature: Nature
    source: OptionalText = ""
    response: OptionalText = ""
    child_voice: OptionalText = ""
    sensitive: OptionalText = ""
    significant: bool = False
    places: tuple[Place, ...] = ()
    vehicles: tuple[Vehicle, ...] = ()
    onward_sharing: Onward = Onward.LEAD_DECIDES


class ConcernChange(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a correction changes; what is left out stays."""

    occurred: str | None = None
    occurred_until: str | None = None
    occurred_precision: Precision | None = None
    basis: tuple[str, ...] | None = None
    basis_other: str | None = None
    heading: str | None = None
    headline: Line | None = None
    narrative: Text | None = None
    nature: Nature | None = None
    source: str | None = None
    response: str | None = None
    child_voice: str | None = None


class CorrectConcern(Command, frozen=True, kw_only=True):
    """Put a concern right; the old text stays in the history of recorder, lead and review (design §3.5)."""

    concern: str
    justification: str
    change: ConcernChange = ConcernChange()
    places: tuple[Place, ...] = ()
    vehicles: tuple[Vehicle, ...] = ()
    reason: Text


class RetractConcern(Command, frozen=True, kw_only=True):
    """Take a concern back; readers then see that it was retracted, and no content."""

    concern: str
    justification: str = ""
    reason: Text


class RecordDisagreement(Command, frozen=True, kw_only=True):
    """Say that one's agency sees it otherwise; the concern stays as its recorder wrote it."""

    concern: str
    justification: str
    reason: Text


class Concern(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a version of a concern says; `reported` is when the recorder learned of it."""

    occurred: Occurred
    basis: tuple[str, ...]
    heading: str
    headline: str
    narrative: str
    nature: Nature
    basis_other: str = ""
    source: str = ""
    response: str = ""
    child_voice: str = ""
    sensitive: str = ""
    significant: bool = False
    reported: str = ""


class ConcernRecorded(Event, frozen=True, kw_only=True, tag="concern.recorded"):
    concern: str
    justification: str
    content: Concern
    places: tuple[Place, ...] = ()
    vehicles: tuple[Vehicle, ...] = ()
    onward_sharing: Onward = Onward.LEAD_DECIDES


class ConcernCorrected(Event, frozen=True, kw_only=True, tag="concern.corrected"):
    concern: str
    justification: str
    content: Concern
    reason: str
    places: tuple[Place, ...] = ()
    vehicles: tuple[Vehicle, ...] = ()


class ConcernRetracted(Event, frozen=True, kw_only=True, tag="concern.retracted"):
    concern: str
    justification: str
    reason: str


class DisagreementRecorded(Event, frozen=True, kw_only=True, tag="concern.disagreement_recorded"):
    concern: str
    justification: str
    reason: str


class Concerns(msgspec.Struct, frozen=True):
    """Versions by item (`concern:…`, `place:…`, `vehicle:…`) and disagreements by concern."""

    items: dict[str, Versions] = {}
    disagreements: tuple[DisagreementRecorded, ...] = ()

    def latest(self, concern: str) -> Version:
        """Raises: NotFound."""
        versions = self.items.get(f"concern:{concern}")
        if not versions:
            raise NotFound
        return versions[-1]


def decide_record_concern(concerns: Concerns, command: RecordConcern, act: Act) -> list[Event]:
    if f"concern:{command.id}" in concerns.items:
        raise AlreadyUsed
    content = Concern(
        occurred=read_occurred(command.occurred, command.occurred_until, command.occurred_precision, act.at),
        basis=_basis(command.basis, command.basis_other),
        basis_other=command.basis_other,
        heading=_heading(command.heading),
        headline=command.headline,
        narrative=command.narrative,
        nature=command.nature,
        source=command.source,
        response=command.response,
        child_voice=command.child_voice,
        sensitive=command.sensitive,
        significant=command.significant,
        reported=command.reported.isoformat() if command.reported else "",
    )
    _own_things(concerns, (*command.places, *command.vehicles), act)
    return [
        ConcernRecorded(
            concern=command.id,
            justification=command.justification,
            content=content,
            places=command.places,
            vehicles=command.vehicles,
            onward_sharing=command.onward_sharing,
            **act.stamp,
        )
    ]


def decide_correct_concern(concerns: Concerns, command: CorrectConcern, act: Act) -> list[Event]:
    before = require_recorder(concerns, command.concern, act)
    change = {name: value for name, value in msgspec.structs.asdict(command.change).items() if value is not None}
    if not change and not command.places and not command.vehicles:
        raise BadInput("change", "Nothing is changed. Say what is put right.")
    stated: Occurred = before.content.occurred
    occurred = read_occurred(
        change.pop("occurred", stated.start),
        change.pop("occurred_until", stated.until),
        change.pop("occurred_precision", stated.precision),
        act.at,
        "change.occurred",
    )
    content = msgspec.structs.replace(before.content, occurred=occurred, **change)
    _basis(content.basis, content.basis_other)
    _heading(content.heading)
    _own_things(concerns, (*command.places, *command.vehicles), act)
    return [
        ConcernCorrected(
            concern=command.concern,
            justification=command.justification,
            content=content,
            reason=command.reason,
            places=command.places,
            vehicles=command.vehicles,
            **act.stamp,
        )
    ]


def decide_retract_concern(concerns: Concerns, command: RetractConcern, act: Act) -> list[Event]:
    before = require_recorder(concerns, command.concern, act)
    justification = command.justification or before.justification
    return [ConcernRetracted(concern=command.concern, justification=justification, reason=command.reason, **act.stamp)]


def decide_record_disagreement(concerns: Concerns, command: RecordDisagreement, act: Act) -> list[Event]:
    if concerns.latest(command.concern).change is Change.RETRACTED:
        raise ConcernRetractedAlready
    return [
        DisagreementRecorded(
            concern=command.concern, justification=command.justification, reason=command.reason, **act.stamp
        )
    ]


def require_recorder(concerns: Concerns, concern: str, act: Act) -> Version:
    """The newest version, if the actor's agency recorded it and it still stands (design §3.5).

    Raises:
        NotFound, NotTheRecorder, ConcernRetractedAlready
    """
    before = concerns.latest(concern)
    if before.by.agency != act.by.agency:
        raise NotTheRecorder
    if before.change is Change.RETRACTED:
        raise ConcernRetractedAlready
    return before


def _key(thing: Place | Vehicle) -> str:
    return f"{'place' if isinstance(thing, Place) else 'vehicle'}:{thing.id}"


def _own_things(concerns: Concerns, things: tuple[Place | Vehicle, ...], act: Act) -> None:
    """A place or vehicle named again is a new version of it, by the agency that named it first."""
    keys = [_key(thing) for thing in things]
    taken = [key for key in keys if key in concerns.items and concerns.items[key][-1].by.agency != act.by.agency]
    if len(set(keys)) != len(keys) or taken:
        raise AlreadyUsed


def _basis(keys: tuple[str, ...], other: str) -> tuple[str, ...]:
    options = instrument().tick_list("basis_of_concerns")
    for key in keys:
        if not options.has_option(key):
            raise BadInput("basis", "Choose from the form's Section 1 D, Basis of CSE Concerns.")
        if options.option(key).free_text_required and not other:
            raise BadInput("basis_other", "You chose 'Other (please state)': state it.")
    return keys


def _heading(key: str) -> str:
    if key not in {box.key for box in instrument().analysis_form.boxes}:
        raise BadInput("heading", "Choose one of the four boxes of the CSE Analysis Form.")
    return key


def evolve(concerns: Concerns, event: Event, position: int) -> Concerns:
    match event:
        case ConcernRecorded():
            ask = event.onward_sharing is Onward.ASK_ORIGINATOR
            return _with(concerns, event, position, event.content, Change.RECORDED, ask_originator=ask)
        case ConcernCorrected():
            before = concerns.items[f"concern:{event.concern}"][-1]
            return _with(
                concerns, event, position, event.content, Change.CORRECTED,
                reason=event.reason, ask_originator=before.ask_originator,
            )  # fmt: skip
        case ConcernRetracted():
            return _retracted(concerns, event, position)
        case DisagreementRecorded():
            return Concerns(concerns.items, (*concerns.disagreements, event))
        case _:
            return concerns


def _with(
    concerns: Concerns, event: ConcernRecorded | ConcernCorrected, position: int, content: Concern, change: Change,
    **more: Any,
) -> Concerns:  # fmt: skip
    items = concerns.items
    contents: list[tuple[str, Any]] = [(f"concern:{event.concern}", content)]
    contents += [(_key(place), place) for place in event.places]
    contents += [(_key(vehicle), vehicle) for vehicle in event.vehicles]
    for item, what in contents:
        versions = items.get(item, ())
        after = next_version(
            versions, item, event, position, what, event.justification,
            change=change if versions else Change.RECORDED, **more,
        )  # fmt: skip
        items = put(items, item, after)
    return Concerns(items, concerns.disagreements)


def _retracted(concerns: Concerns, event: ConcernRetracted, position: int) -> Concerns:
    """Takes back the concern, and the places and vehicles that it alone named."""
    positions = {version.position for version in concerns.items[f"concern:{event.concern}"]}
    named_alone = [
        (item, versions)
        for item, versions in concerns.items.items()
        if versions[-1].position in positions and positions.issuperset(version.position for version in versions)
    ]
    items = concerns.items
    for item, versions in named_alone:
        after = next_version(
            versions, item, event, position, None, event.justification,
            change=Change.RETRACTED, reason=event.reason, ask_originator=versions[-1].ask_originator,
        )  # fmt: skip
        items = put(items, item, after)
    return Concerns(items, concerns.disagreements)
