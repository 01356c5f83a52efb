"""Section 1 of the assessment tool, A to F, filled with what the recipient may see."""

from datetime import datetime
from zoneinfo import ZoneInfo

import msgspec

from application.laying_out import (
    basis_in_words,
    day_in_words,
    item_in_words,
    perpetrator_type_in_words,
    ticked_in_words,
)
from application.queries.pack import Pack
from application.views import Cell
from domain.instrument import FieldGroup, TickList, instrument
from domain.vocabulary import PersonKind
from interfaces.exports.cells import NO_ENTRY, Field, Wording, field, fields

CLIENT = {
    "client_name": "child.name",
    "client_gender": "child.gender",
    "client_date_of_birth": "child.date_of_birth",
    "client_address": "child.address",
    "client_postcode": "child.postcode",
    "client_ethnicity": "child.ethnicity",
    "client_disability": "child.disability",
}
SOCIAL_WORKER = "child.has_social_worker"
NOT_IN_THE_HUB = "Not held by the hub: reply through it, or ring the agency."


class Group(msgspec.Struct, frozen=True, kw_only=True):
    """A titled group of fields."""

    title: str
    fields: tuple[Field, ...]


class Box(msgspec.Struct, frozen=True, kw_only=True):
    """A box to tick; `by` says who ticked it."""

    text: str
    column: int
    by: tuple[str, ...]


class Boxes(msgspec.Struct, frozen=True, kw_only=True):
    """A list of boxes as printed; `mark` stands in their place where nobody's ticks are in the pack."""

    letter: str
    title: str
    instruction: str
    boxes: tuple[Box, ...]
    mark: str


class SectionOne(msgspec.Struct, frozen=True, kw_only=True):
    """A as groups of fields, B to F as boxes; and what the pack holds beyond the form."""

    title: str
    letter: str
    heading: str
    groups: tuple[Group, ...]
    lists: tuple[Boxes, ...]
    beyond: tuple[Group, ...]


def section_one(pack: Pack, wording: Wording) -> SectionOne:
    form = instrument().section_1
    client, perpetrator, agency = form.personal_information.groups
    return SectionOne(
        title=f"Section {form.number}: {form.title}",
        letter=form.personal_information.letter,
        heading=form.personal_information.title,
        groups=(
            _client(pack, client, wording),
            *_perpetrators(pack, perpetrator, wording),
            _agency(pack, agency, wording),
        ),
        lists=tuple(_boxes(pack, ticks, wording) for ticks in form.tick_lists),
        beyond=_beyond(pack, wording),
    )


def _label(printed: str) -> str:
    """The printed label without its pointer to the table of codes, which never leaves the hub."""
    return printed.partition(" (see ")[0]


def _client(pack: Pack, group: FieldGroup, wording: Wording) -> Group:
    return Group(
        title=group.title,
        fields=tuple(
            field(_label(one.corrected or one.label), pack.view.cell(CLIENT[one.key]), wording) for one in group.fields
        ),
    )


def _perpetrators(pack: Pack, group: FieldGroup, wording: Wording) -> tuple[Group, ...]:
    """One group for each alleged perpetrator; the form as printed where there is none."""
    people = [cell for cell in pack.view.cells if cell.item.startswith("person:") and not _associate(cell)]
    if not people:
        return (Group(title=group.title, fields=tuple(Field(label=one.label, mark=NO_ENTRY) for one in group.fields)),)
    return tuple(Group(title=f"{group.title}: {cell.label}", fields=fields(cell, wording)) for cell in people)


def _associate(cell: Cell) -> bool:
    return getattr(cell.content, "kind", None) is PersonKind.ASSOCIATE


def _agency(pack: Pack, group: FieldGroup, wording: Wording) -> Group:
    filled = {
        "worker_name": pack.referral.by_person,
        "agency_name": wording.agency(pack.referral.by),
        "agency_address": NOT_IN_THE_HUB,
        "agency_phone_email": NOT_IN_THE_HUB,
        "date_form_completed": _completed(pack, wording.zone),
    }
    return Group(
        title=group.title,
        fields=tuple(
            Field(label=one.label, text=filled[one.key], mark="" if filled[one.key] else NO_ENTRY)
            if one.key in filled
            else field(one.label, pack.view.cell(SOCIAL_WORKER), wording)
            for one in group.fields
        ),
    )


def _completed(pack: Pack, zone: ZoneInfo) -> str:
    """The day of the newest answer or tick in the pack."""
    days: list[datetime] = [
        cell.recorded for prefix in ("answers:", "ticks:") for cell in pack.view.shown(prefix) if cell.recorded
    ]
    return day_in_words(max(days), zone) if days else ""


def _boxes(pack: Pack, ticks: TickList, wording: Wording) -> Boxes:
    ticked = _ticked(pack, ticks.key, wording)
    return Boxes(
        letter=ticks.letter,
        title=ticks.title,
        instruction=ticks.instruction or "",
        boxes=tuple(
            Box(text=_stated(option.key, option.corrected or option.text, ticked), column=option.column, by=by)
            for option in ticks.options
            for by in [tuple(dict.fromkeys(who for key, _, who in ticked if key == option.key))]
        ),
        mark="" if ticked or _any_ticks(pack, ticks.key) else NO_ENTRY,
    )


def _any_ticks(pack: Pack, key: str) -> bool:
    return any(key in ticks.ticked for _, ticks in pack.assessment.ticks)


def _stated(option: str, printed: str, ticked: list[tuple[str, str, str]]) -> str:
    """The text as printed, followed by what was stated for "Other"."""
    stated = [words for key, words, _ in ticked if key == option and words != printed]
    return "; ".join(dict.fromkeys(stated)) or printed


def _ticked(pack: Pack, key: str, wording: Wording) -> list[tuple[str, str, str]]:
    """(option, its words, who): from the agencies' ticks; D and E also from concerns and people in the pack."""
    found = [
        (option, ticked_in_words(ticks, key, option), wording.agency(agency))
        for agency, ticks in pack.assessment.ticks
        for option in ticks.ticked.get(key, ())
    ]
    if key == "basis_of_concerns":
        found += [
            (option, basis_in_words(option, cell.content.basis_other), cell.label)
            for cell in pack.view.shown("concern:")
            for option in getattr(cell.content, "basis", ())
        ]
    if key == "perpetrator_type":
        found += [
            (option, perpetrator_type_in_words(option), cell.label)
            for cell in pack.view.shown("person:")
            for option in getattr(cell.content, "perpetrator_type", ())
        ]
    return found


def _beyond(pack: Pack, wording: Wording) -> tuple[Group, ...]:
    """What is shared and has no place on the printed form: further details, safe contact, carers, plans."""
    placed = {*CLIENT.values(), SOCIAL_WORKER}
    single = [
        cell
        for cell in pack.view.cells
        if cell.item.startswith(("child.", "safe_contact", "plan:")) and cell.item not in placed
    ]
    groups = []
    if single:
        details = tuple(field(item_in_words(cell.item, wording.names), cell, wording) for cell in single)
        groups.append(Group(title="Further details and plans", fields=details))
    for cell in pack.view.cells:
        if cell.item.startswith("carer:"):
            groups.append(Group(title="Parent or carer", fields=fields(cell, wording)))
    return tuple(groups)
