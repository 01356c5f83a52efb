"""The forms by which an agency records: who the young person is, what was seen or heard, people of concern, plans."""

from collections.abc import Callable
from typing import Any

from application.views import CaseView, Cell
from domain.instrument import instrument
from domain.vocabulary import BlankReason, Change, Precision
from interfaces.web.forms import options
from interfaces.web.forms.choosing import (
    agencies_to_choose,
    described,
    justification_choice,
    reasons_of_mine,
    sole_standing,
)
from interfaces.web.forms.form import Form, Section
from interfaces.web.forms.justifying import justification_rule, justification_sections, one_justification
from interfaces.web.forms.parts import (
    Choice,
    Choices,
    Day,
    Hidden,
    LongText,
    LooseMoment,
    Moment,
    Number,
    Option,
    Part,
    Text,
    Wrong,
    YesNo,
)

Directory = tuple[Option, ...]
Reference = Callable[[str], str]
"""The reference of a new thing, made from the command's id; the person never types or sees one."""

DETAILS: tuple[tuple[str, str], ...] = (
    ("also_known_as", "Also known as"),
    ("gender", "Gender"),
    ("ethnicity", "Ethnicity"),
    ("disability", "Disability (if known, please specify)"),
    ("first_language", "First language"),
    ("interpreter", "Interpreter needed"),
    ("nhs_number", "NHS number"),
    ("upn", "Unique pupil number"),
    ("address", "Address"),
    ("postcode", "Postcode"),
    ("placement", "Placement"),
    ("school", "School"),
    ("telephone", "Telephone"),
    ("usual_places", "Usual places"),
    ("gp", "GP"),
)
WHERE_SHE_IS = ("address", "postcode", "placement", "school", "telephone", "usual_places", "gp")
CARER = ("name", "relationship", "parental_responsibility", "safe_to_inform", "why")
NOT_RECORDED = "Not recorded"


def _detail(key: str, label: str) -> Part:
    if key == "ethnicity":
        return Choice(name=key, label=label, options=options.ETHNICITIES, dropdown=True, nothing=NOT_RECORDED)
    if key in ("address", "usual_places"):
        return LongText(name=key, label=label, rows=3)
    return Text(name=key, label=label)


def _detail_sections() -> tuple[Section, ...]:
    blank = tuple(Option(key, label.partition(" (")[0]) for key, label in DETAILS)
    return (
        Section(
            heading="More about the young person, if known",
            intro="Leave empty what you have nothing to say about.",
            parts=tuple(_detail(key, label) for key, label in DETAILS if key not in WHERE_SHE_IS),
            folded=True,
        ),
        Section(
            heading="Where the young person is, if known",
            intro="These say where someone can be found. They are kept apart and shared only one by one.",
            parts=tuple(_detail(key, label) for key, label in DETAILS if key in WHERE_SHE_IS),
            folded=True,
        ),
        Section(
            heading="What is not known",
            intro="A blank with its reason tells others that somebody looked.",
            parts=(
                Choices(name="not_known", label="Looked for, and not known", options=blank, small=True),
                Choices(name="not_asked", label="Not asked", options=blank, small=True),
                Choices(name="not_appropriate_to_ask", label="It did not feel right to ask", options=blank, small=True),
            ),
            folded=True,
        ),
    )


def _carer_section() -> Section:
    return Section(
        heading="A parent or carer, if known",
        intro="Say whether this person may be told: it stands wherever the young person is named.",
        parts=(
            Text(name="carer_name", label="Name of the parent or carer"),
            Text(
                name="carer_relationship",
                label="Relationship to the young person",
                hint="For example, parent, grandparent or foster carer.",
            ),
            YesNo(name="carer_parental_responsibility", label="Has parental responsibility?", unsaid="Not known"),
            Choice(
                name="carer_safe_to_inform",
                label="Is it safe to tell this person?",
                options=options.TOLD,
                dropdown=True,
                nothing=NOT_RECORDED,
            ),
            LongText(name="carer_why", label="Why, or why not", rows=2),
        ),
        folded=True,
    )


def _carer_complete(values: dict[str, Any]) -> None:
    if not any(f"carer_{key}" in values for key in CARER):
        return
    for key, needed in (
        ("name", "Enter the name of the parent or carer, or take out what you entered about them."),
        ("relationship", "Say how this person is related to the young person."),
        ("safe_to_inform", "Say whether it is safe to tell this person."),
    ):
        if f"carer_{key}" not in values:
            raise Wrong(f"carer_{key}", needed)


def _blanks_only_where_empty(values: dict[str, Any]) -> None:
    seen: set[str] = set()
    for reason in ("not_known", "not_asked", "not_appropriate_to_ask"):
        for key in values.get(reason, []):
            if key in values or key in seen:
                label = dict(DETAILS)[key].partition(" (")[0]
                raise Wrong(reason, f"{label} is filled in or left blank already. Give either an entry or one reason.")
            seen.add(key)


def _details_rule(values: dict[str, Any]) -> None:
    _carer_complete(values)
    _blanks_only_where_empty(values)


def child_of(values: dict[str, Any]) -> dict[str, Any]:
    """The details of the young person, with reasoned blanks."""
    child = {key: values[key] for key in ("name", "date_of_birth", *dict(DETAILS)) if key in values}
    for reason in (BlankReason.NOT_KNOWN, BlankReason.NOT_ASKED, BlankReason.NOT_APPROPRIATE_TO_ASK):
        child |= {key: {"blank": str(reason)} for key in values.get(reason, [])}
    return child


def carers_of(values: dict[str, Any], reference: Reference) -> list[dict[str, Any]]:
    carer = {key: values[f"carer_{key}"] for key in CARER if f"carer_{key}" in values}
    return [{"id": reference("carer"), **carer}] if carer else []


def young_person_form(directory: Directory) -> Form:
    """Who she is as far as known, with the first justification: opens her case, or comes into it."""
    return Form(
        sections=(
            Section(
                heading="Who the young person is",
                intro="Enter what you know. The hub answers the same whether or not a record exists.",
                parts=(
                    Text(
                        name="name",
                        label="Name",
                        hint="First name and surname, as you know them.",
                        needed="Enter the young person's name as you know it.",
                    ),
                    Day(name="date_of_birth", label="Date of birth, if known", hint="For example, 14 5 2010"),
                    Choice(
                        name="has_social_worker",
                        label="Does the young person have a social worker?",
                        options=options.YES_NO_UNKNOWN,
                    ),
                ),
            ),
            *_detail_sections(),
            _carer_section(),
            *justification_sections(directory, consents=None),
        ),
        rule=_opening_rule,
        also={"child": "name", "carers.name": "carer_name", "carers.why": "carer_why"},
    )


def _opening_rule(values: dict[str, Any]) -> None:
    _details_rule(values)
    justification_rule(values)


def to_open_case(values: dict[str, Any], reference: Reference) -> dict[str, Any]:
    data: dict[str, Any] = {"justification": one_justification(values, reference), "child": child_of(values)}
    data["carers"] = carers_of(values, reference)
    return data | ({"has_social_worker": values["has_social_worker"]} if "has_social_worker" in values else {})


def details_form(view: CaseView | None) -> Form:
    return Form(
        sections=(
            Section(parts=(justification_choice(view),)),
            Section(
                heading="How to reach the young person safely",
                parts=(
                    LongText(
                        name="safe_contact",
                        label="Safe contact",
                        hint="What is safe and what is not: who may see the phone, when, through whom.",
                        rows=3,
                    ),
                ),
            ),
            Section(
                heading="Who the young person is",
                parts=(
                    Text(name="name", label="Name"),
                    Day(name="date_of_birth", label="Date of birth", hint="For example, 14 5 2010"),
                    Choice(
                        name="has_social_worker",
                        label="Does the young person have a social worker?",
                        options=options.YES_NO_UNKNOWN,
                    ),
                ),
                folded=True,
            ),
            *_detail_sections(),
            _carer_section(),
            Section(
                parts=(
                    LongText(name="reason", label="Why this is recorded or changed now, if it needs saying", rows=2),
                )
            ),
        ),
        rule=_details_rule,
        also={"child": "safe_contact", "carers.name": "carer_name", "carers.why": "carer_why"},
    )


def to_record_details(values: dict[str, Any], reference: Reference) -> dict[str, Any]:
    kept = ("justification", "safe_contact", "has_social_worker", "reason")
    data = {key: values[key] for key in kept if key in values}
    return data | {"child": child_of(values), "carers": carers_of(values, reference)}


def _when(prefix: str) -> tuple[Part, ...]:
    return (
        Choice(
            name=f"{prefix}_precision",
            label="How exactly is it known when it happened?",
            options=options.PRECISIONS,
            needed="Say how exactly it is known when it happened.",
        ),
        LooseMoment(
            name=prefix,
            label="When it happened, or began",
            hint="For example, 9 1 2026. The time only if it is known, for example 21:40",
        ),
        LooseMoment(name=f"{prefix}_until", label="When it ended, if it went on"),
    )


def _times_fit(values: dict[str, Any]) -> None:
    """The boxes say as much as the chosen exactness asks for, and no more."""
    precision = values.get("occurred_precision", Precision.DAY)
    for box in ("occurred", "occurred_until"):
        text = values.get(box, "")
        if precision == Precision.UNKNOWN and text:
            raise Wrong(
                f"{box}-day", "You said it is not known when. Take the date out, or say how exactly it is known."
            )
        if precision != Precision.UNKNOWN and not text and box == "occurred":
            raise Wrong(f"{box}-day", "Say when it happened, or choose 'Not known when'.")
        if text:
            _fits(box, text, precision)


def _fits(box: str, text: str, precision: str) -> None:
    if precision == Precision.MINUTE and "T" not in text:
        raise Wrong(f"{box}-time", "You said it is known to the minute. Enter the time, or choose 'The day'.")
    if precision != Precision.MINUTE and "T" in text:
        raise Wrong(f"{box}-time", "You gave a time. Choose 'To the minute', or take the time out.")
    if precision == Precision.DAY and len(text) == len("2026-01"):
        raise Wrong(f"{box}-day", "You said the day is known. Enter the day, or choose 'The month only'.")
    if precision == Precision.MONTH and len(text) > len("2026-01"):
        raise Wrong(f"{box}-day", "You said only the month is known. Take the day out, or choose 'The day'.")


def _what_happened() -> tuple[Section, ...]:
    return (
        Section(heading="When", parts=_when("occurred")),
        Section(
            heading="What",
            parts=(
                Choices(
                    name="basis",
                    label=f"Section 1 D: {instrument().tick_list('basis_of_concerns').title}",
                    hint=f"Tick all that apply. {options.PRINTED}",
                    options=options.ticks_of(instrument().tick_list("basis_of_concerns")),
                    small=True,
                ),
                Text(name="basis_other", label="If you ticked ‘Other’, please state"),
                Choice(
                    name="heading",
                    label="Box of the CSE Analysis Form",
                    options=options.BOXES,
                    needed="Choose one of the four boxes of the CSE Analysis Form.",
                ),
                Text(
                    name="headline",
                    label="Headline",
                    hint="One line that can be shared by itself: nothing of who, where or how.",
                    needed="Enter a headline of one line.",
                    width="govuk-!-width-full",
                ),
                LongText(
                    name="narrative",
                    label="What was seen, heard or said",
                    hint="In plain words, what happened and who did it. It is kept exactly as you write it.",
                    needed="Say what was seen, heard or said.",
                    rows=6,
                ),
                Choice(
                    name="nature",
                    label="Is this fact, or professional opinion?",
                    hint="Record them apart: enter an opinion on its own.",
                    options=options.NATURES,
                    needed="Say whether this is fact or professional opinion.",
                ),
                LongText(
                    name="child_voice",
                    label="What the young person said, word for word",
                    hint="Leave empty if nothing was asked or said.",
                    rows=3,
                ),
                Text(name="source", label="Source", hint="Who or what this comes from.", longest=20_000),
                Text(
                    name="response",
                    label="What was done",
                    hint="For example, lead agency told the same day.",
                    longest=20_000,
                ),
            ),
        ),
    )


def _place_parts() -> tuple[Part, ...]:
    return (
        Choice(name="place_kind", label="Kind of place", options=options.PLACES, dropdown=True),
        Text(name="place", label="The place", hint="As people there would name it: a street, a park, a shop."),
    )


def _place_complete(values: dict[str, Any]) -> None:
    if "place" in values and "place_kind" not in values:
        raise Wrong("place_kind", "Say what kind of place this is.")
    if "place_kind" in values and "place" not in values:
        raise Wrong("place", "Say which place this is, or leave its kind out.")


def _concern_rule(values: dict[str, Any]) -> None:
    _times_fit(values)
    _place_complete(values)


def concern_form(resting: Part | None = None) -> Form:
    """What was seen or heard; what it rests on was chosen when the page was opened, or is asked for by `resting`."""
    chosen = Hidden(name="justification", needed="Choose what this rests on: open the page again.")
    return Form(
        sections=(
            Section(parts=(resting or chosen,)),
            *_what_happened(),
            Section(
                heading="A place or vehicle it names, if any",
                parts=(
                    *_place_parts(),
                    Text(name="vehicle", label="Vehicle", hint="What is known of it and of its index."),
                ),
                folded=True,
            ),
            Section(
                heading="How it is to be treated",
                parts=(
                    Choice(
                        name="sensitive",
                        label="Is it about something especially private?",
                        options=options.SENSITIVITIES,
                        dropdown=True,
                        nothing="No",
                    ),
                ),
            ),
            Section(
                heading="More about how it is to be treated",
                parts=(
                    YesNo(name="significant", label="Is it a significant event for the chronology?"),
                    Choice(name="onward_sharing", label="If another agency needs it", options=options.ONWARD),
                    Moment(
                        name="reported",
                        label="When you learned of it, if not today",
                        hint="For example, 12 1 2026 at 15:40",
                    ),
                ),
                folded=True,
            ),
        ),
        rule=_concern_rule,
        also={"places.description": "place", "vehicles.description": "vehicle"},
    )


def to_record_concern(values: dict[str, Any], reference: Reference) -> dict[str, Any]:
    data = {key: value for key, value in values.items() if key not in ("place", "place_kind", "vehicle")}
    data["id"] = reference("")
    if "place" in values:
        data["places"] = [{"id": reference("place"), "kind": values["place_kind"], "description": values["place"]}]
    if "vehicle" in values:
        data["vehicles"] = [{"id": reference("vehicle"), "description": values["vehicle"]}]
    return data


def correction_form(view: CaseView | None) -> Form:
    """The concern as it stands, to be put right; the earlier text stays in the history."""
    places = tuple(
        Option(
            cell.item.partition(":")[2],
            cell.content.description,
            "Its kind and description below replace the earlier ones.",
        )
        for cell in (view.shown("place:") if view else ())
        if cell.own and cell.content is not None
    )
    return Form(
        sections=(
            Section(
                parts=(
                    justification_choice(view),
                    LongText(name="reason", label="Why it is corrected", rows=2, needed="Say why it is corrected."),
                )
            ),
            *_what_happened(),
            Section(
                heading="A place to put right or to add, if any",
                parts=(
                    Choice(
                        name="which_place",
                        label="Which place?",
                        open=True,
                        dropdown=True,
                        options=(
                            *places,
                            Option("new", "A place not named before", "Give its kind and description below."),
                        ),
                    ),
                    *_place_parts(),
                ),
                folded=True,
            ),
        ),
        rule=_correction_rule,
        also={"places.description": "place", "change": "narrative"},
    )


def _correction_rule(values: dict[str, Any]) -> None:
    _concern_rule(values)
    if ("place" in values) != ("which_place" in values):
        raise Wrong(
            "which_place" if "place" in values else "place", "Say which place, and what is right about it; or neither."
        )


CORRECTED = ("occurred", "occurred_until", "basis_other", "source", "response", "child_voice")
"""Texts that a correction may also empty."""


def to_correct_concern(concern: str) -> Callable[[dict[str, Any], Reference], dict[str, Any]]:
    def data(values: dict[str, Any], reference: Reference) -> dict[str, Any]:
        kept = ("occurred_precision", "basis", "heading", "headline", "narrative", "nature")
        change = {key: values.get(key, "") for key in CORRECTED} | {key: values[key] for key in kept}
        corrected: dict[str, Any] = {"concern": concern, "change": change}
        corrected |= {key: values[key] for key in ("justification", "reason")}
        if "place" in values:
            named = reference("place") if values["which_place"] == "new" else values["which_place"]
            corrected["places"] = [{"id": named, "kind": values["place_kind"], "description": values["place"]}]
        return corrected

    return data


def as_it_stands(cell: Cell) -> dict[str, Any]:
    """A concern's content as the answers of the correction form."""
    content = cell.content
    told = {
        name: getattr(content, name)
        for name in (
            "basis",
            "basis_other",
            "heading",
            "headline",
            "narrative",
            "nature",
            "source",
            "response",
            "child_voice",
        )
    }
    when = content.occurred
    return {**told, "occurred": when.start, "occurred_until": when.until, "occurred_precision": when.precision}


def own_and_standing(cell: Cell | None) -> Cell | None:
    """The concern, where it is the reader's own agency's and was not taken back."""
    stands = cell is not None and cell.own and cell.content is not None and cell.change is not Change.RETRACTED
    return cell if stands else None


def of_others(cell: Cell | None) -> Cell | None:
    """The concern, where another agency recorded it: one's own is corrected or taken back."""
    return cell if cell is not None and not cell.own else None


def reason_form(view: CaseView | None, label: str, hint: str = "", rests: bool = True) -> Form:
    """A reason, and what it rests on where it rests on something."""
    parts: tuple[Part, ...] = (LongText(name="reason", label=label, hint=hint, needed="Say why.", rows=4),)
    return Form(sections=(Section(parts=((justification_choice(view),) if rests else ()) + parts),))


def person_form(view: CaseView | None) -> Form:
    types = instrument().tick_list("perpetrator_type")
    return Form(
        sections=(
            Section(parts=(justification_choice(view),)),
            Section(
                heading="What is known of this person",
                intro="Each part only if known. Say whose view it is where it is a view.",
                parts=(
                    Choice(name="kind", label="Who is this?", options=options.PERSONS, needed="Say who this is."),
                    Text(name="name", label="Name"),
                    Number(name="age", label="Age"),
                    Choice(
                        name="age_basis",
                        label="The age is",
                        options=options.AGE_BASES,
                        dropdown=True,
                        nothing=NOT_RECORDED,
                    ),
                    _detail("ethnicity", "Ethnicity"),
                    Text(name="ethnicity_view", label="Whose view of the ethnicity that is"),
                    Text(name="vehicle", label="Vehicle"),
                    LongText(name="description", label="Description", rows=3),
                    Choices(
                        name="perpetrator_type",
                        label=f"Section 1 E: {types.title}",
                        options=options.ticks_of(types),
                        small=True,
                    ),
                    Choice(name="onward_sharing", label="If another agency needs this", options=options.ONWARD),
                ),
            ),
        ),
        rule=_person_rule,
    )


def _person_rule(values: dict[str, Any]) -> None:
    if ("age" in values) != ("age_basis" in values):
        raise Wrong(
            "age_basis" if "age" in values else "age", "Give the age and say whether it is actual or an estimate."
        )
    if not values.keys() & {"name", "vehicle", "description", "age"}:
        raise Wrong("name", "Give at least one thing that is known: a name, an age, a vehicle or a description.")


def plan_form(view: CaseView | None, directory: Directory) -> Form:
    return Form(
        sections=(
            Section(
                parts=(
                    justification_choice(view),
                    agencies_to_choose(
                        "for", "Whose staff is the plan for?", directory, "Choose the agency the plan is for."
                    ),
                    LongText(
                        name="text",
                        label="What its staff must do to keep the young person safe",
                        hint="Short, plain instructions. The agency sees it once you share it.",
                        needed="Write what its staff must do.",
                        rows=6,
                    ),
                )
            ),
        ),
    )


def with_reference(values: dict[str, Any], reference: Reference) -> dict[str, Any]:
    """The answers as they are, for a new thing."""
    return {**values, "id": reference("")}


def as_they_are(values: dict[str, Any], reference: Reference) -> dict[str, Any]:
    return dict(values)


def resting_choice(view: CaseView, seen: dict[str, tuple[str, ...]], names: dict[str, str]) -> Part | None:
    """Which of several justifications a concern rests on, each with its basis and who will see the entry by it."""
    mine = reasons_of_mine(view)
    if not mine:
        return None
    return Choice(
        name="justification",
        label="What does this rest on?",
        needed="Choose the justification this rests on. If none fits, give a new one first.",
        options=tuple(
            Option(one.id, one.purpose, f"{described(one)} Seen by {seen_by_words(seen.get(one.id, ()), names)}.")
            for one in mine
        ),
        open=True,
    )


def seen_by_words(seen: tuple[str, ...], names: dict[str, str]) -> str:
    """The agencies that will see an entry, by name."""
    return " and ".join(names.get(agency, agency) for agency in seen)


def rests_on(view: CaseView, asked: str) -> str:
    """The justification the concern page opens with: the one asked for, else the only standing one, else none."""
    return next((one.id for one in reasons_of_mine(view) if one.id == asked), sole_standing(view))
