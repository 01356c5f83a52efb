"""People of concern: alleged perpetrators and associates."""

from typing import Annotated

import msgspec

from domain.details import require_ethnicity
from domain.errors import AlreadyUsed
from domain.record import (
    Act,
    Command,
    Event,
    Line,
    OptionalText,
    Reference,
    Versions,
    next_version,
    put,
)
from domain.vocabulary import AgeBasis, Onward, PersonKind


class RecordPersonOfConcern(Command, frozen=True, kw_only=True):
    """Form Section 1 A, "Perpetrator": what is known of one person, each part only if known."""

    id: Reference
    justification: str
    kind: PersonKind
    name: OptionalText = ""
    age: Annotated[int, msgspec.Meta(ge=0, le=120)] | None = None
    age_basis: AgeBasis | None = None
    ethnicity: str = ""
    ethnicity_view: OptionalText = ""
    vehicle: OptionalText = ""
    description: OptionalText = ""
    perpetrator_type: tuple[Line, ...] = ()
    onward_sharing: Onward = Onward.LEAD_DECIDES


class PersonOfConcern(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What was recorded of a person; `ethnicity_view` says whose view the ethnicity is."""

    kind: PersonKind
    name: str = ""
    age: int | None = None
    age_basis: AgeBasis | None = None
    ethnicity: str = ""
    ethnicity_view: str = ""
    vehicle: str = ""
    description: str = ""
    perpetrator_type: tuple[str, ...] = ()


class PersonOfConcernRecorded(Event, frozen=True, kw_only=True, tag="person_of_concern.recorded"):
    person: str
    justification: str
    content: PersonOfConcern
    onward_sharing: Onward = Onward.LEAD_DECIDES


People = dict[str, Versions]


def decide_record_person_of_concern(people: People, command: RecordPersonOfConcern, act: Act) -> list[Event]:
    if f"person:{command.id}" in people:
        raise AlreadyUsed
    if command.ethnicity:
        require_ethnicity(command.ethnicity, "ethnicity")
    content = PersonOfConcern(**{name: getattr(command, name) for name in PersonOfConcern.__struct_fields__})
    return [
        PersonOfConcernRecorded(
            person=command.id,
            justification=command.justification,
            content=content,
            onward_sharing=command.onward_sharing,
            **act.stamp,
        )
    ]


def evolve(people: People, event: Event, position: int) -> People:
    match event:
        case PersonOfConcernRecorded():
            item = f"person:{event.person}"
            versions = next_version(
                people.get(item, ()), item, event, position, event.content, justification=event.justification,
                ask_originator=event.onward_sharing is Onward.ASK_ORIGINATOR,
            )  # fmt: skip
            return put(people, item, versions)
        case _:
            return people
