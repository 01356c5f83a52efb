"""A cell in words for people: label and value lines that pages and exports set in their own ways."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime
from typing import Literal
from zoneinfo import ZoneInfo

from application.views import Cell
from domain.actions import Checked, Checklist
from domain.assessment import AgencyAnswers, Answer, BlankAnswer, Ticks
from domain.concerns import Concern, Place, Vehicle
from domain.details import Blank, Carer
from domain.directory import Directory
from domain.instrument import PartnerCode, instrument
from domain.items import CoarseConcern, label_of
from domain.people import PersonOfConcern
from domain.risk import Proposal, Reasons, Stance, Standing
from domain.times import Occurred
from domain.vocabulary import (
    AgencyKind,
    BlankReason,
    Change,
    Nature,
    PersonKind,
    PlaceKind,
    Precision,
    Role,
    Showing,
    Told,
)

Line = tuple[str, str]
Lines = tuple[Line, ...]
Kind = Literal["nothing", "child", "carer", "concern", "person", "place", "answers", "ticks", "risk", "reasons"]

Names = Directory  # read for names only; faces may not know the directory itself

LONDON = ZoneInfo("Europe/London")
NOBODY = Names()
BLANKS = {
    BlankReason.NOT_KNOWN: "not known",
    BlankReason.NOT_ASKED: "not asked",
    BlankReason.ASK_OTHER_WORKER: "ask another worker",
    BlankReason.NOT_APPROPRIATE_TO_ASK: "not appropriate to ask",
}
MAY_BE_TOLD = {Told.YES: "yes", Told.NO: "no", Told.NOT_YET: "not yet"}
NATURES = {Nature.FACT: "Fact", Nature.OPINION: "Professional opinion"}
PERSONS = {PersonKind.ALLEGED_PERPETRATOR: "Alleged perpetrator", PersonKind.ASSOCIATE: "Associate"}
PLACES = {PlaceKind.ADDRESS: "Address", PlaceKind.HOTSPOT: "Hotspot"}
ROLES = {
    Role.PRACTITIONER: "Practitioner",
    Role.TEAM_MANAGER: "Team Manager",
    Role.CSE_PREVENTION_MANAGER: "CSE Prevention Manager",
    Role.PARTNERSHIP_MANAGER: "Partnership manager",
    Role.REVIEWER: "Reviewer",
    Role.AUDITOR: "Auditor",
    Role.ADMINISTRATOR: "Administrator",
}
CODE_SETS = {AgencyKind.POLICE: "police 18+1", AgencyKind.HEALTH: "NHS"}


def lines_of(
    cell: Cell, directory: Directory = NOBODY, *, zone: ZoneInfo = LONDON, partner: AgencyKind | None = None
) -> Lines:
    """What a cell says, line by line; `directory` gives names, `partner` the ethnicity code of that kind of agency.

    A cell without content says which kind of nothing it is: withheld, to be asked for, or retracted.
    """
    if (mark := mark_of(cell, directory, zone)) is not None:
        return (mark,)
    return tuple(_lines(cell, directory, zone, partner))


def mark_of(cell: Cell, directory: Directory = NOBODY, zone: ZoneInfo = LONDON) -> Line | None:
    """The words that stand where content does not: never mistaken for a blank."""
    ask = f" Ask {agency_name(directory, cell.ask)}." if cell.ask else ""
    match cell.showing:
        case Showing.WITHHELD:
            return "Withheld", f"{cell.reason}{ask}".strip()
        case Showing.ASK_HOLDER:
            return "Ask the holder", f"{cell.reason}{ask}".strip()
    if cell.change is Change.RETRACTED:
        on = f" on {day_in_words(cell.recorded, zone)}" if cell.recorded else ""
        return "Retracted", f"Taken back by its recorder{on}; its content is not shown."
    return None


def notes_of(cell: Cell, directory: Directory = NOBODY, zone: ZoneInfo = LONDON) -> tuple[str, ...]:
    """What must be said beside the content: kept after withdrawal, given in part, put right, whose it is."""
    notes = []
    if cell.retained:
        notes.append(f"Retained. {cell.reason}")
    elif cell.showing is Showing.COARSE:
        ask = agency_name(directory, cell.ask or cell.shared_by)
        notes.append(f"Given in part.{f' For more, ask {ask}.' if ask else ''}")
    if cell.change is Change.CORRECTED and cell.recorded:
        because = f": {cell.change_reason}" if cell.change_reason else "."
        notes.append(f"Corrected on {day_in_words(cell.recorded, zone)}{because}")
    return tuple(notes)


def kind_of(cell: Cell) -> Kind:
    """What sort of thing the content is, for faces that set the sorts apart."""
    match cell.content:
        case None:
            return "nothing"
        case Concern() | CoarseConcern():
            return "concern"
        case PersonOfConcern():
            return "person"
        case Place() | Vehicle():
            return "place"
        case Carer():
            return "carer"
        case AgencyAnswers():
            return "answers"
        case Ticks():
            return "ticks"
        case Standing():
            return "risk"
        case Reasons():
            return "reasons"
        case _:
            return "child"


def _lines(cell: Cell, directory: Directory, zone: ZoneInfo, partner: AgencyKind | None) -> Iterable[Line]:
    match cell.content:
        case Concern() as concern:
            return _concern(concern, zone)
        case CoarseConcern():
            return (("Headline", cell.content.headline),)
        case PersonOfConcern() as person:
            return _person(person, partner)
        case Place():
            return ((PLACES[cell.content.kind], cell.content.description),)
        case Vehicle():
            return (("Vehicle", cell.content.description),)
        case Carer() as carer:
            return _carer(carer)
        case Blank():
            return ((cell.label, f"Left blank: {BLANKS[cell.content.blank]}"),)
        case str() as text:
            return ((cell.label, _detail(cell.item, text, partner)),)
    return _of_the_tool(cell, directory, zone)


def _of_the_tool(cell: Cell, directory: Directory, zone: ZoneInfo) -> Iterable[Line]:
    match cell.content:
        case AgencyAnswers() as given:
            return _answers(given, directory)
        case Ticks() as ticks:
            return (
                (instrument().tick_list(key).title, "; ".join(ticked_in_words(ticks, key, one) for one in options))
                for key, options in ticks.ticked.items()
            )
        case Standing() as standing:
            return _standing(standing, directory, zone)
        case Reasons():
            return (*_proposals(cell.content, directory, zone), *_of_actions(cell.content.actions))
    raise TypeError(f"{cell.item} holds content that has no words yet")


def _answers(given: AgencyAnswers, directory: Directory) -> Iterator[Line]:
    for number in sorted({*given.answers, *given.blanks}):
        answer = given.answers.get(number)
        words = answer_in_words(answer) if answer else blank_in_words(given.blanks[number], directory)
        yield f"{number}. {instrument().question(number).title}", words


def _detail(item: str, value: str, partner: AgencyKind | None) -> str:
    if not value:
        return "There is an entry; it has no shorter form to show."
    match item:
        case "child.ethnicity":
            return ethnicity_in_words(value, partner)
        case "child.date_of_birth" if _is_date(value):
            return date_in_words(date.fromisoformat(value))
        case "child.has_social_worker":
            return {"unknown": "Not known"}.get(value, value.capitalize())
    return value


def _concern(concern: Concern, zone: ZoneInfo) -> Iterator[Line]:
    yield "Headline", concern.headline
    yield "When", occurred_in_words(concern.occurred)
    yield NATURES[concern.nature], concern.narrative
    if concern.basis:
        yield "Basis of concern", "; ".join(basis_in_words(key, concern.basis_other) for key in concern.basis)
    for label, text in (
        ("The young person's voice", concern.child_voice),
        ("Source", concern.source),
        ("Response", concern.response),
        ("Reported to us", _moment_or_text(concern.reported, zone)),
        ("Sensitive", concern.sensitive.replace("_", " ")),
    ):
        if text:
            yield label, text
    if concern.significant:
        yield "Significant", "Marked as significant by its recorder"


def _person(person: PersonOfConcern, partner: AgencyKind | None) -> Iterator[Line]:
    yield PERSONS[person.kind], person.name or "name not known"
    if person.age is not None:
        basis = f" ({person.age_basis})" if person.age_basis else ""
        yield "Age", f"{person.age}{basis}"
    if person.ethnicity:
        view = f" ({person.ethnicity_view})" if person.ethnicity_view else ""
        yield "Ethnicity", ethnicity_in_words(person.ethnicity, partner) + view
    for label, text in (("Vehicle", person.vehicle), ("Description", person.description)):
        if text:
            yield label, text
    if person.perpetrator_type:
        yield "Type", "; ".join(perpetrator_type_in_words(one) for one in person.perpetrator_type)


def _carer(carer: Carer) -> Iterator[Line]:
    yield "Name", carer.name
    yield "Relationship", carer.relationship
    responsible = {True: "yes", False: "no", None: "not known"}[carer.parental_responsibility]
    yield "Parental responsibility", responsible
    why = f": {carer.why}" if carer.why else ""
    yield "Safe to inform", f"{MAY_BE_TOLD[carer.safe_to_inform]}{why}"


def _standing(standing: Standing, directory: Directory, zone: ZoneInfo) -> Iterator[Line]:
    yield "Level of risk", standing_in_words(standing, zone)
    for role, person in standing.signed_by.items():
        yield f"Signed as {ROLES[role]}", person_name(directory, person)
    required = "Required" if standing.act_as == standing.in_force else f"Required at category {standing.in_force}"
    for one in standing.actions:
        yield required, required_in_words(one)
    if standing.pending is not None:
        yield "Proposed", f"Category {standing.pending}, not agreed by both yet"
    if standing.stale:
        yield "Out of date", "An answer has changed since; it stays in force until the next agreement"


def required_in_words(one: Checked) -> str:
    """A required action with its date, or with what became of it."""
    if one.done is None:
        by = f" By {date_in_words(one.due)}." if one.due else " No date set yet."
    else:
        on = f" {date_in_words(one.on)}" if one.on else ""
        by = f" {'Done' if one.done else 'Decided not to be done'}{on}."
    return f"{one.text.rstrip('.')}.{by}"


def standing_in_words(standing: Standing, zone: ZoneInfo = LONDON) -> str:
    """The level in force, or whom to go by until two managers agree."""
    if standing.in_force is None:
        return f"Not agreed: act as category {standing.act_as}"
    agreed = f", agreed {day_in_words(standing.agreed, zone)}" if standing.agreed else ""
    higher = f". Act as category {standing.act_as}" if standing.act_as != standing.in_force else ""
    return f"Category {standing.in_force}{agreed}{higher}"


def _proposals(reasons: Reasons, directory: Directory, zone: ZoneInfo) -> Iterator[Line]:
    for proposal in reasons.proposals:
        yield from _proposal(proposal, directory, zone)


def _of_actions(checklist: Checklist) -> Iterator[Line]:
    for one in checklist:
        if one.who or one.outcome:
            who = f"{one.who}. " if one.who else ""
            yield one.text.rstrip("."), f"{who}{one.outcome}".strip()


def _proposal(proposal: Proposal, directory: Directory, zone: ZoneInfo) -> Iterator[Line]:
    by = person_name(directory, proposal.by.person)
    state = "agreed" if proposal.agreed else "not agreed by both"
    yield f"Category {proposal.category} proposed", f"{by}, {day_in_words(proposal.recorded, zone)}, {state}"
    yield "Rationale", proposal.rationale
    if proposal.downgrade_reason:
        yield "Why lower", proposal.downgrade_reason
    for stance in proposal.stances.values():
        yield _stance(stance, directory)


def _stance(stance: Stance, directory: Directory) -> Line:
    who = f"{person_name(directory, stance.by.person)}, {ROLES[stance.as_role]}"
    if stance.agrees:
        return "Agreed", who
    return "Dissented", f"{who}, holds category {stance.level}: {stance.reason}"


def answer_in_words(answer: Answer) -> str:
    """The option in the form's own words, with what it rests on."""
    option = instrument().question(answer.question).option(answer.option)
    text = option.alternative(answer.alternative) if answer.alternative else option.text
    evidence = f" Rests on concern {answer.evidence}." if answer.evidence else ""
    note = f" Note: {answer.note}" if answer.note else ""
    return f"{answer.option}. {text}{evidence}{note}"


def blank_in_words(blank: BlankAnswer, directory: Directory = NOBODY) -> str:
    return blank_reason_in_words(blank.reason, agency_name(directory, blank.whom))


def blank_reason_in_words(reason: str, whom: str = "", by: str = "") -> str:
    """A blank with its reason, the worker to ask where one is named, and whose it is."""
    return f"Left blank{f' by {by}' if by else ''}: {BLANKS[BlankReason(reason)]}{f' ({whom})' if whom else ''}"


def ticked_in_words(ticks: Ticks, key: str, option: str) -> str:
    """A ticked box as printed, with what was stated for "Other"."""
    printed = instrument().tick_list(key).option(option)
    stated = ticks.other.get(key, "") if printed.free_text_required else ""
    return f"{printed.corrected or printed.text}{f': {stated}' if stated else ''}"


def basis_in_words(key: str, other: str = "") -> str:
    return ticked_in_words(Ticks({}, {"basis_of_concerns": other}), "basis_of_concerns", key)


def perpetrator_type_in_words(key: str) -> str:
    types = instrument().tick_list("perpetrator_type")
    return types.option(key).text if types.has_option(key) else key


def partner_code(key: str, partner: AgencyKind | None) -> PartnerCode | None:
    """The code of the partner's own set; None where it has none, or has several and nothing recorded chooses."""
    row = instrument().ethnicity(key)
    return {AgencyKind.POLICE: row.police_18_1, AgencyKind.HEALTH: row.nhs_2001}.get(partner) if partner else None


def ethnicity_in_words(key: str, partner: AgencyKind | None = None) -> str:
    """The form's description, with the partner's own code for a partner that has one; never the bare printed code."""
    row = instrument().ethnicity(key)
    code = partner_code(key, partner)
    if partner is None or code is None:
        return row.description
    nearest = ", nearest" if code.match == "nearest" else ""
    return f"{row.description} ({CODE_SETS[partner]} code {code.code}{nearest})"


def occurred_in_words(occurred: Occurred | None) -> str:
    """When it happened and how exactly that is known."""
    if occurred is None or occurred.precision is Precision.UNKNOWN or not occurred.start:
        return "not known when"
    start = _stated(occurred.start, occurred.precision)
    until = _stated(occurred.until, occurred.precision) if occurred.until else ""
    span = f"{start} to {until}" if until and until != start else start
    match occurred.precision:
        case Precision.ABOUT:
            return f"about {span}"
        case Precision.MONTH:
            return f"some time in {span}"
    return span


def _stated(text: str, precision: Precision) -> str:
    if len(text) == len("2026-01"):
        return f"{date.fromisoformat(text + '-01'):%B %Y}"
    at = datetime.fromisoformat(text)
    if precision is Precision.MONTH:
        return f"{at:%B %Y}"
    day = date_in_words(at.date())
    return f"{day} at {at:%H:%M}" if "T" in text else day


def date_in_words(day: date) -> str:
    return f"{day.day} {day:%B %Y}"


def day_in_words(at: datetime, zone: ZoneInfo = LONDON) -> str:
    return date_in_words(at.astimezone(zone).date())


def moment_in_words(at: datetime, zone: ZoneInfo = LONDON) -> str:
    """A time of recording as it was on the clock on the wall."""
    here = at.astimezone(zone)
    return f"{here.day} {here:%B %Y, %H:%M}"


def _moment_or_text(text: str, zone: ZoneInfo) -> str:
    return moment_in_words(datetime.fromisoformat(text), zone) if text else ""


def _is_date(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def item_in_words(item: str, directory: Directory = NOBODY) -> str:
    """What an item is called where it stands for itself; one that belongs to an agency bears its name."""
    kind, _, reference = item.partition(":")
    match kind:
        case "answers":
            return f"Answers of {agency_name(directory, reference)}"
        case "plan":
            return f"Plan for {agency_name(directory, reference)}"
        case "ticks":
            return f"Section 1, B to F, as ticked by {agency_name(directory, reference)}"
    return label_of(item)


AT_ITS_HEAD = ("Headline", "Level of risk")
"""Lines of a cell that its title says."""


def title_of(cell: Cell, directory: Directory = NOBODY, zone: ZoneInfo = LONDON) -> str:
    """What a cell is called at its head: a concern by its headline, a person by name, the level of risk with what it
    is; else as its item is called."""
    content = cell.content
    if isinstance(content, Standing):
        words = standing_in_words(content, zone)
        return f"Level of risk{':' if content.in_force else ''} {words[0].lower()}{words[1:]}"
    if isinstance(content, Concern | CoarseConcern):
        return f"Concern: {content.headline}"
    if isinstance(content, PersonOfConcern) and content.name:
        return f"Person of concern: {content.name}"
    return item_in_words(cell.item, directory)


def agency_name(directory: Directory, agency: str) -> str:
    found = directory.agencies.get(agency)
    return found.name if found else agency


def person_name(directory: Directory, person: str) -> str:
    found = directory.people.get(person)
    return found.name if found else person
