"""The assessment tool as data: one frozen, dated value per printed version, and look-ups in it.

The numbers of options name them and are not marks. Nothing here adds them up or leads from answers to a risk category,
for the toolkit prints no such rule: people agree the level.
"""

import tomllib
from collections.abc import Hashable, Iterable, Mapping
from datetime import date
from functools import cache
from importlib import resources
from typing import Literal, TypeVar

import msgspec

CURRENT = "hillingdon-2015-03"

FieldKind = Literal["text", "multiline", "date", "ethnicity", "age_with_basis", "yes_no_unknown"]
Level = Literal["low", "medium", "high"]
Match = Literal["exact", "nearest"]
NotKnownReason = Literal["prefer_not_to_say", "not_known"]

_Key = TypeVar("_Key", bound=Hashable)
_Part = TypeVar("_Part")


class UnknownVersion(LookupError):
    """No instrument of this version is held; take one of those that are."""

    def __init__(self, version: str, held: tuple[str, ...]) -> None:
        super().__init__(f"There is no instrument {version!r}; there is {_listed(held)}.")
        self.version = version
        self.held = held


class NotPrinted(LookupError):
    """The instrument prints no such part; take one of those it prints."""

    def __init__(self, what: str, asked: object, printed: tuple[object, ...]) -> None:
        super().__init__(f"{what} {asked!r} is not printed; printed are {_listed(printed)}.")
        self.what = what
        self.asked = asked
        self.printed = printed


def _listed(values: Iterable[object]) -> str:
    return ", ".join(str(value) for value in values)


def _pick(printed: Mapping[_Key, _Part], asked: _Key, what: str) -> _Part:
    if asked not in printed:
        raise NotPrinted(what, asked, tuple(printed))
    return printed[asked]


def _each_once(what: str, values: Iterable[Hashable]) -> None:
    seen: set[Hashable] = set()
    for value in values:
        if value in seen:
            raise ValueError(f"{what} {value!r} stands twice")
        seen.add(value)


class Piece(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What every part of the instrument is: immutable, and refusing what it does not know."""


class Field(Piece, frozen=True):
    key: str
    label: str
    kind: FieldKind
    corrected: str | None = None
    if_known: bool = False
    bases: tuple[str, ...] = ()


class FieldGroup(Piece, frozen=True):
    key: str
    title: str
    fields: tuple[Field, ...]
    repeats: bool = False

    def field(self, key: str) -> Field:
        return _pick({field.key: field for field in self.fields}, key, f"{self.title}: field")


class PersonalInformation(Piece, frozen=True):
    letter: str
    title: str
    groups: tuple[FieldGroup, ...]

    def __post_init__(self) -> None:
        _each_once("group", (group.key for group in self.groups))
        _each_once("field", (field.key for group in self.groups for field in group.fields))


class TickOption(Piece, frozen=True):
    key: str
    text: str
    column: Literal[1, 2]
    corrected: str | None = None
    free_text_required: bool = False


class TickList(Piece, frozen=True):
    """A list of boxes; the form lets several be ticked, so nothing here refuses it."""

    letter: str
    key: str
    title: str
    options: tuple[TickOption, ...]
    instruction: str | None = None

    def __post_init__(self) -> None:
        _each_once(f"{self.key}: option", (option.key for option in self.options))

    def has_option(self, key: str) -> bool:
        return any(option.key == key for option in self.options)

    def option(self, key: str) -> TickOption:
        return _pick({option.key: option for option in self.options}, key, f"{self.title}: option")

    @property
    def free_text_options(self) -> tuple[str, ...]:
        return tuple(option.key for option in self.options if option.free_text_required)


class SectionOne(Piece, frozen=True):
    number: int
    title: str
    personal_information: PersonalInformation
    tick_lists: tuple[TickList, ...]

    def __post_init__(self) -> None:
        _each_once("tick list", (ticks.key for ticks in self.tick_lists))
        _each_once("letter", (self.personal_information.letter, *(ticks.letter for ticks in self.tick_lists)))


class PartnerCode(Piece, frozen=True):
    """A code in a partner's own set, how well it fits, and the words that must travel with it."""

    code: str
    match: Match
    description: str


class MappedCode(Piece, frozen=True):
    code: str
    match: Match = "exact"
    description: str | None = None


class CodesByReason(Piece, frozen=True):
    prefer_not_to_say: MappedCode
    not_known: MappedCode


class MappedCodes(Piece, frozen=True):
    police_16_1: MappedCode
    police_18_1: MappedCode
    nhs_2001: MappedCode | None = None
    nhs_2001_by_reason: CodesByReason | None = None

    def __post_init__(self) -> None:
        if (self.nhs_2001 is None) == (self.nhs_2001_by_reason is None):
            raise ValueError("an ethnicity has either one NHS code or one for each reason")


class Ethnicity(Piece, frozen=True):
    """One row of the ethnicity table, known by its key; its printed code belongs to no partner's set.

    `printed_label` is for showing the form and must never be exported: sent bare, the printed code reads as another
    group. What may leave is a `PartnerCode`.
    """

    key: str
    printed_label: str
    description: str
    mapped: MappedCodes
    note: str | None = None

    @property
    def police_16_1(self) -> PartnerCode:
        return self._described(self.mapped.police_16_1)

    @property
    def police_18_1(self) -> PartnerCode:
        return self._described(self.mapped.police_18_1)

    @property
    def nhs_2001(self) -> PartnerCode | None:
        """None where NHS keeps apart what the form prints as one row: see `nhs_2001_by_reason`."""
        return None if self.mapped.nhs_2001 is None else self._described(self.mapped.nhs_2001)

    @property
    def nhs_2001_by_reason(self) -> Mapping[NotKnownReason, PartnerCode]:
        codes = self.mapped.nhs_2001_by_reason
        if codes is None:
            return {}
        return {
            "prefer_not_to_say": self._described(codes.prefer_not_to_say),
            "not_known": self._described(codes.not_known),
        }

    def _described(self, mapped: MappedCode) -> PartnerCode:
        return PartnerCode(mapped.code, mapped.match, mapped.description or self.description)


class EthnicityTable(Piece, frozen=True):
    code_heading: str
    description_heading: str
    rows: tuple[Ethnicity, ...]

    def __post_init__(self) -> None:
        _each_once("ethnicity", (row.key for row in self.rows))


class Option(Piece, frozen=True):
    number: int
    alternatives: tuple[str, ...]
    corrected: str | None = None

    def __post_init__(self) -> None:
        if not self.alternatives:
            raise ValueError(f"option {self.number} has no wording")

    @property
    def text(self) -> str:
        return " or ".join(self.alternatives)

    def alternative(self, number: int) -> str:
        """The wording of one alternative, counted from 1 as a reader would."""
        return _pick(dict(enumerate(self.alternatives, start=1)), number, f"Option {self.number}: alternative")


class Question(Piece, frozen=True):
    number: int
    key: str
    title: str
    options: tuple[Option, ...]

    def __post_init__(self) -> None:
        _each_once(f"question {self.number}: option", self.option_numbers)

    @property
    def option_numbers(self) -> tuple[int, ...]:
        """As printed: question 11 has 1, 4 and 5 only."""
        return tuple(option.number for option in self.options)

    def has_option(self, number: int) -> bool:
        return number in self.option_numbers

    def option(self, number: int) -> Option:
        return _pick({option.number: option for option in self.options}, number, f"Question {self.number}: option")


class Action(Piece, frozen=True):
    """Something the response guidance names: to be done, to be chosen among others, or to be done `when`."""

    key: str
    text: str
    corrected: str | None = None
    when: str | None = None
    purpose: str | None = None
    jointly_with: str | None = None
    share_with: str | None = None
    weeks: int | None = None
    weeks_at_least: int | None = None


class Choice(Piece, frozen=True):
    """A decision the guidance requires, between the actions it offers."""

    key: str
    text: str
    actions: tuple[Action, ...]
    corrected: str | None = None


class RiskCategory(Piece, frozen=True):
    number: Literal[1, 2, 3]
    level: Level
    names: tuple[str, ...]
    printed_name: str
    guidance: str
    outcome: str
    external_professionals: str
    required: tuple[Action, ...]
    choices: tuple[Choice, ...] = ()
    conditional: tuple[Action, ...] = ()
    outcome_corrected: str | None = None

    def __post_init__(self) -> None:
        _each_once(f"category {self.number}: choice", (choice.key for choice in self.choices))
        _each_once(f"category {self.number}: action", (action.key for action in self.actions))

    @property
    def actions(self) -> tuple[Action, ...]:
        offered = (action for choice in self.choices for action in choice.actions)
        return (*self.required, *offered, *self.conditional)

    def action(self, key: str) -> Action:
        return _pick({action.key: action for action in self.actions}, key, f"Risk category {self.number}: action")


class RiskCategoryBox(Piece, frozen=True):
    label: str
    placeholder: str
    headings: tuple[str, str]


class SectionTwo(Piece, frozen=True):
    number: int
    title: str
    questions: tuple[Question, ...]
    risk_category_box: RiskCategoryBox
    risk_categories: tuple[RiskCategory, ...]

    def __post_init__(self) -> None:
        _each_once("question", (question.number for question in self.questions))
        _each_once("question", (question.key for question in self.questions))
        _each_once("risk category", (category.number for category in self.risk_categories))
        _each_once("level", (category.level for category in self.risk_categories))


class Contact(Piece, frozen=True):
    key: str
    name: str
    telephone: str
    when: str


class TakeActionNow(Piece, frozen=True):
    """The box as printed; its contacts are defaults that a live partnership's settings replace."""

    text: str
    contacts_as_of: date
    contacts: tuple[Contact, ...]

    def __post_init__(self) -> None:
        _each_once("contact", (contact.key for contact in self.contacts))

    def contact(self, key: str) -> Contact:
        return _pick({contact.key: contact for contact in self.contacts}, key, "Take action now: contact")


class Box(Piece, frozen=True):
    key: str
    label: str
    row: int
    column: int


class AnalysisForm(Piece, frozen=True):
    title: str
    header: tuple[Field, ...]
    boxes: tuple[Box, ...]

    def __post_init__(self) -> None:
        _each_once("analysis form: field or box", [*(field.key for field in self.header), *self.box_keys])
        places = [(box.row, box.column) for box in self.boxes]
        _each_once("analysis form: place", places)
        if places != sorted(places):
            raise ValueError("analysis form: the boxes do not stand in the order of the grid")

    @property
    def box_keys(self) -> tuple[str, ...]:
        return tuple(box.key for box in self.boxes)

    def box(self, key: str) -> Box:
        return _pick({box.key: box for box in self.boxes}, key, "Analysis form: box")


class ChecklistItem(Piece, frozen=True):
    key: str
    text: str
    detail: str | None = None


class Checklist(Piece, frozen=True):
    """A list to think with; `caveat` names the rule that is shown wherever the list is."""

    section: str
    lead_in: str
    caveat: str
    items: tuple[ChecklistItem, ...]

    def __post_init__(self) -> None:
        _each_once(f"{self.section}: item", (item.key for item in self.items))

    def item(self, key: str) -> ChecklistItem:
        return _pick({item.key: item for item in self.items}, key, f"{self.section}: item")


class PlainList(Piece, frozen=True):
    section: str
    lead_in: str
    items: tuple[str, ...]


class ToolkitSection(Piece, frozen=True):
    number: str
    title: str


class Rule(Piece, frozen=True):
    """What the toolkit asks of the worker, in the hub's own words."""

    id: str
    section: str
    topic: str
    statement: str
    destinations: tuple[str, ...] = ()
    agreed_with: tuple[str, ...] = ()


class Basis(Piece, frozen=True):
    key: str
    statement: str


class Ground(Piece, frozen=True):
    """A ground of public interest; a `limited` one allows only what is needed to decide on sharing more."""

    key: str
    statement: str
    almost_certainly_met: bool = False
    limited: bool = False


class Sharing(Piece, frozen=True):
    section: str
    bases: tuple[Basis, ...]
    grounds: tuple[Ground, ...]

    def __post_init__(self) -> None:
        _each_once("basis", (basis.key for basis in self.bases))
        _each_once("ground", (ground.key for ground in self.grounds))

    def basis(self, key: str) -> Basis:
        return _pick({basis.key: basis for basis in self.bases}, key, "Sharing: basis")

    def ground(self, key: str) -> Ground:
        return _pick({ground.key: ground for ground in self.grounds}, key, "Sharing: ground")


class OpinionWording(Piece, frozen=True):
    text: str
    corrected: str


class Instrument(Piece, frozen=True):
    version: str
    in_force_from: date
    title: str
    board: str
    toolkit_title: str
    toolkit_kind: str
    toolkit_edition: str
    section_1: SectionOne
    ethnicity_table: EthnicityTable = msgspec.field(name="ethnicity")
    section_2: SectionTwo
    take_action_now: TakeActionNow
    analysis_form: AnalysisForm
    vulnerabilities: Checklist
    indicators: Checklist
    linked_crimes: PlainList
    linked_welfare_factors: PlainList
    sections: tuple[ToolkitSection, ...]
    rules: tuple[Rule, ...]
    sharing: Sharing
    opinion: OpinionWording

    def __post_init__(self) -> None:
        _each_once("section", (section.number for section in self.sections))
        _each_once("rule", (rule.id for rule in self.rules))
        checklists = (self.vulnerabilities, self.indicators)
        plain_lists = (self.linked_crimes, self.linked_welfare_factors)
        try:
            for section in (
                self.sharing.section,
                *(rule.section for rule in self.rules),
                *(checklist.section for checklist in checklists),
                *(plain_list.section for plain_list in plain_lists),
            ):
                self.section(section)
            for checklist in checklists:
                self.rule(checklist.caveat)
        except NotPrinted as nothing_there:
            raise ValueError(str(nothing_there)) from nothing_there

    def group(self, key: str) -> FieldGroup:
        groups = self.section_1.personal_information.groups
        return _pick({group.key: group for group in groups}, key, "Section 1 A: group")

    @property
    def tick_lists(self) -> tuple[TickList, ...]:
        return self.section_1.tick_lists

    def has_tick_list(self, key: str) -> bool:
        return any(ticks.key == key for ticks in self.tick_lists)

    def tick_list(self, key: str) -> TickList:
        return _pick({ticks.key: ticks for ticks in self.tick_lists}, key, "Tick list")

    @property
    def ethnicities(self) -> tuple[Ethnicity, ...]:
        return self.ethnicity_table.rows

    @property
    def ethnicity_keys(self) -> tuple[str, ...]:
        return tuple(row.key for row in self.ethnicities)

    def ethnicity(self, key: str) -> Ethnicity:
        return _pick({row.key: row for row in self.ethnicities}, key, "Ethnicity")

    @property
    def questions(self) -> tuple[Question, ...]:
        return self.section_2.questions

    def has_question(self, number: int) -> bool:
        return any(question.number == number for question in self.questions)

    def question(self, number: int) -> Question:
        return _pick({question.number: question for question in self.questions}, number, "Question")

    @property
    def risk_categories(self) -> tuple[RiskCategory, ...]:
        return self.section_2.risk_categories

    def risk_category(self, number: int) -> RiskCategory:
        categories: dict[int, RiskCategory] = {category.number: category for category in self.risk_categories}
        return _pick(categories, number, "Risk category")

    def section(self, number: str) -> ToolkitSection:
        return _pick({section.number: section for section in self.sections}, number, "Toolkit section")

    def rule(self, id: str) -> Rule:
        return _pick({rule.id: rule for rule in self.rules}, id, "Rule")

    def rules_of(self, section: str) -> tuple[Rule, ...]:
        number = self.section(section).number
        return tuple(rule for rule in self.rules if rule.section == number)

    def caveat_of(self, checklist: Checklist) -> str:
        return self.rule(checklist.caveat).statement


msgspec.json.Decoder(Instrument)
"""Works the type out while one thread imports it; msgspec crashes where two threads are the first to read a type."""


def versions() -> tuple[str, ...]:
    """The versions held, by name."""
    files = (resources.files("domain") / "instruments").iterdir()
    return tuple(sorted(file.name.removesuffix(".toml") for file in files if file.name.endswith(".toml")))


def read(text: str) -> Instrument:
    """An instrument from its TOML text.

    Raises: tomllib.TOMLDecodeError or msgspec.ValidationError for faulty data, a reference to nothing included.
    """
    return msgspec.convert(tomllib.loads(text), Instrument)


@cache
def _load(version: str) -> Instrument:
    held = versions()
    if version not in held:
        raise UnknownVersion(version, held)
    return read((resources.files("domain") / "instruments" / f"{version}.toml").read_text(encoding="utf-8"))


def instrument(version: str = CURRENT) -> Instrument:
    """The instrument of this version, read once.

    Raises: UnknownVersion, naming the versions held.
    """
    return _load(version)
