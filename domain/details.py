"""Who the young person is, where she is (locators apart), how to reach her safely, and who cares for her."""

from typing import Any

import msgspec

from domain.errors import AlreadyUsed, BadInput
from domain.instrument import instrument
from domain.record import (
    Act,
    Command,
    Event,
    Line,
    OptionalText,
    Reference,
    Text,
    Versions,
    next_version,
    put,
)
from domain.times import read_date
from domain.vocabulary import BlankReason, Told

LOCATORS = ("address", "postcode", "placement", "school", "telephone", "usual_places", "gp")


class Blank(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A detail left blank, with its reason."""

    blank: BlankReason


Detail = Line | Blank


class Child(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Form Section 1 A, "Client", with what a referral also needs; each may be blank with a reason."""

    name: Detail | None = None
    also_known_as: Detail | None = None
    gender: Detail | None = None
    date_of_birth: Detail | None = None
    ethnicity: Detail | None = None
    disability: Detail | None = None
    first_language: Detail | None = None
    interpreter: Detail | None = None
    nhs_number: Detail | None = None
    upn: Detail | None = None
    address: Detail | None = None
    postcode: Detail | None = None
    placement: Detail | None = None
    school: Detail | None = None
    telephone: Detail | None = None
    usual_places: Detail | None = None
    gp: Detail | None = None


class Carer(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A parent or carer, and whether she may be told (toolkit 2.4)."""

    id: Reference
    name: Line
    relationship: Line
    parental_responsibility: bool | None = None
    safe_to_inform: Told
    why: OptionalText = ""


class RecordDetails(Command, frozen=True, kw_only=True):
    """Record or update details of the young person, how to reach her safely, and her carers."""

    justification: str
    child: Child = Child()
    safe_contact: Text | None = None
    has_social_worker: Line | None = None
    carers: tuple[Carer, ...] = ()
    reason: OptionalText = ""


class DetailsRecorded(Event, frozen=True, kw_only=True, tag="details.recorded"):
    """`details` maps items (`child.name`, `safe_contact` …) to a value or a reasoned blank."""

    details: dict[str, str | Blank]
    justification: str
    reason: str = ""


class LocatorRecorded(Event, frozen=True, kw_only=True, tag="details.locator_recorded"):
    """Where to find her: an event of its own, so that it can lie under a key of its own (design §2)."""

    item: str
    value: str | Blank
    justification: str
    reason: str = ""


class CarerRecorded(Event, frozen=True, kw_only=True, tag="details.carer_recorded"):
    carer: Carer
    justification: str


class YoungPersonNamed(Event, frozen=True, kw_only=True, tag="details.young_person_named"):
    """An agency joined this case by naming her; the naming is that agency's own and nobody else's version."""

    name: str
    date_of_birth: str


Details = dict[str, Versions]
FORM = (*(f"child.{field}" for field in Child.__struct_fields__), "child.has_social_worker", "safe_contact")
PLACES = {item: place for place, item in enumerate(FORM)}


def in_form_order(details: Details) -> Details:
    """As the form has them, carers last: an order that tells nobody which of them another agency recorded first."""
    return dict(sorted(details.items(), key=lambda one: (PLACES.get(one[0], len(FORM)), one[0])))


def record_details(command: RecordDetails, act: Act) -> list[Event]:
    """The events of the details given, locators each by themselves; the justification is checked by the caller.

    Raises:
        BadInput: naming the detail that cannot be right, or when nothing is given at all.
    """
    given: dict[str, str | Blank] = {}
    locators: dict[str, str | Blank] = {}
    for field in Child.__struct_fields__:
        value = getattr(command.child, field)
        if value is not None:
            (locators if field in LOCATORS else given)[f"child.{field}"] = value
    if command.safe_contact is not None:
        given["safe_contact"] = command.safe_contact
    if command.has_social_worker is not None:
        given["child.has_social_worker"] = command.has_social_worker
    _check(given, act)
    rests = {"justification": command.justification, **act.stamp}
    events: list[Event] = []
    if given:
        events.append(DetailsRecorded(details=given, reason=command.reason, **rests))
    events += [
        LocatorRecorded(item=item, value=value, reason=command.reason, **rests) for item, value in locators.items()
    ]
    events += [CarerRecorded(carer=carer, **rests) for carer in command.carers]
    if not events:
        raise BadInput("child", "Nothing was entered. Give at least one detail.")
    if len({carer.id for carer in command.carers}) != len(command.carers):
        raise AlreadyUsed
    return events


def _check(given: dict[str, str | Blank], act: Act) -> None:
    born = given.get("child.date_of_birth")
    if isinstance(born, str):
        day = read_date(born, "child.date_of_birth")
        if day > act.at.date() or day.year < act.at.year - 30:
            raise BadInput("child.date_of_birth", "This date of birth cannot be a young person's. Check the year.")
    ethnicity = given.get("child.ethnicity")
    if isinstance(ethnicity, str):
        require_ethnicity(ethnicity, "child.ethnicity")


def require_ethnicity(key: str, field: str) -> None:
    """Raises: BadInput: when the form's table has no such description."""
    if key not in instrument().ethnicity_keys:
        raise BadInput(field, "Choose a description from the form's ethnicity table.")


def evolve(details: Details, event: Event, position: int) -> Details:
    match event:
        case DetailsRecorded():
            new = details
            for item, value in event.details.items():
                new = _with(new, item, event, position, value, justification=event.justification, reason=event.reason)
            return new
        case LocatorRecorded():
            return _with(
                details, event.item, event, position, None,
                justification=event.justification, reason=event.reason, locator=True,
            )  # fmt: skip
        case CarerRecorded():
            item = f"carer:{event.carer.id}"
            return _with(details, item, event, position, event.carer, justification=event.justification)
        case YoungPersonNamed():
            named = _with(details, "child.name", event, position, event.name, private=True)
            if not event.date_of_birth:
                return named
            return _with(named, "child.date_of_birth", event, position, event.date_of_birth, private=True)
        case _:
            return details


def _with(details: Details, item: str, event: Event, position: int, content: Any, **more: Any) -> Details:
    versions = details.get(item, ())
    return put(details, item, next_version(versions, item, event, position, content, **more))
