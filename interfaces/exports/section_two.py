"""Section 2 of the assessment tool: the questions in the form's own words, and the risk category people agreed."""

import msgspec

from application.laying_out import blank_reason_in_words, item_in_words, standing_in_words
from application.queries.assessment import GivenAnswer, QuestionView
from application.queries.pack import Pack
from application.views import Cell
from domain.instrument import Action, Option, instrument
from interfaces.exports.cells import NO_ENTRY, Field, Wording


class OptionRow(msgspec.Struct, frozen=True, kw_only=True):
    """One wording of an option as printed, and the agencies that chose it."""

    number: str
    text: str
    chosen: tuple[str, ...]


class QuestionSheet(msgspec.Struct, frozen=True, kw_only=True):
    """A question with its options; blanks, withheld answers and remarks stand below, each in words of its own."""

    number: int
    title: str
    options: tuple[OptionRow, ...]
    blanks: tuple[str, ...]
    remarks: tuple[str, ...]
    unanswered: bool


class RiskBox(msgspec.Struct, frozen=True, kw_only=True):
    """The "Risk Category" box: the level people go by and what it requires."""

    label: str
    headings: tuple[str, str]
    mark: str = ""
    mark_text: str = ""
    level: str = ""
    category: str = ""
    guidance: str = ""
    outcome: str = ""
    external: str = ""
    facts: tuple[Field, ...] = ()
    required: tuple[str, ...] = ()
    reasons: tuple[Field, ...] = ()


class SectionTwo(msgspec.Struct, frozen=True, kw_only=True):
    title: str
    questions: tuple[QuestionSheet, ...]
    unanswered: str
    warning: str
    not_shown: tuple[Field, ...]
    risk: RiskBox


def section_two(pack: Pack, wording: Wording) -> SectionTwo:
    form = instrument().section_2
    assessment = pack.assessment
    answered = len(assessment.questions) - assessment.unanswered
    return SectionTwo(
        title=f"Section {form.number}: {form.title}",
        questions=tuple(_question(question, wording) for question in assessment.questions),
        unanswered=(
            f"{answered} of {len(assessment.questions)} questions are answered in this pack; "
            f"unanswered in what this reader may see: {assessment.unanswered}."
        ),
        warning=assessment.warning,
        not_shown=tuple(
            Field(label=item_in_words(cell.item, wording.names), mark=mark[0], text=mark[1])
            for cell in assessment.not_shown
            if (mark := wording.mark(cell))
        ),
        risk=_risk(pack, wording),
    )


def _question(question: QuestionView, wording: Wording) -> QuestionSheet:
    printed = instrument().question(question.number)
    return QuestionSheet(
        number=question.number,
        title=question.title,
        options=tuple(row for option in printed.options for row in _rows(option, question.answers, wording)),
        blanks=tuple(
            blank_reason_in_words(blank.reason, wording.agency(blank.whom), wording.agency(blank.agency))
            for blank in question.blanks
        ),
        remarks=tuple(remark for answer in question.answers for remark in _remarks(answer, wording)),
        unanswered=not question.answers,
    )


def _rows(option: Option, answers: tuple[GivenAnswer, ...], wording: Wording) -> list[OptionRow]:
    """A row for each alternative, as the print sets them apart by "or"."""
    rows = []
    for number, text in enumerate(option.alternatives, start=1):
        chosen = [
            wording.agency(answer.agency) + _which(option, answer)
            for answer in answers
            if answer.option == option.number and (answer.alternative or 1) == number
        ]
        shown = f"or {text}" if number > 1 else option.corrected or text
        rows.append(OptionRow(number=str(option.number) if number == 1 else "", text=shown, chosen=tuple(chosen)))
    return rows


def _which(option: Option, answer: GivenAnswer) -> str:
    stated = answer.alternative is not None or len(option.alternatives) == 1
    return "" if stated else f" (option {option.number}; which wording is not stated)"


def _remarks(answer: GivenAnswer, wording: Wording) -> list[str]:
    agency = wording.agency(answer.agency)
    remarks = []
    if answer.evidence:
        remarks.append(f"{agency}: rests on concern {answer.evidence}.")
    if answer.note:
        remarks.append(f"{agency}: {answer.note}")
    return remarks


def _risk(pack: Pack, wording: Wording) -> RiskBox:
    box = instrument().section_2.risk_category_box
    cell = pack.view.cell("risk")
    reasons = _reasons(pack.view.cell("risk.reasons"), wording)
    if cell is None:
        return RiskBox(label=box.label, headings=box.headings, mark=NO_ENTRY, reasons=reasons)
    if (mark := wording.mark(cell)) is not None:
        return RiskBox(label=box.label, headings=box.headings, mark=mark[0], mark_text=mark[1], reasons=reasons)
    category = instrument().risk_category(cell.content.act_as)
    _, *facts = wording.lines(cell)
    return RiskBox(
        label=box.label,
        headings=box.headings,
        level=standing_in_words(cell.content, wording.zone),
        category=f"Category {category.number} ({category.level}): {' / '.join(category.names)}",
        guidance=category.guidance,
        outcome=category.outcome_corrected or category.outcome,
        external=category.external_professionals,
        facts=tuple(Field(label=label, text=text) for label, text in facts),
        required=(
            *(action.corrected or action.text for action in category.required),
            *(choice.corrected or choice.text for choice in category.choices),
            *(_conditional(action) for action in category.conditional),
        ),
        reasons=reasons,
    )


def _conditional(action: Action) -> str:
    return f"If {action.when}: {action.corrected or action.text}" if action.when else action.text


def _reasons(cell: Cell | None, wording: Wording) -> tuple[Field, ...]:
    return tuple(Field(label=label, text=text) for label, text in wording.lines(cell)) if cell else ()
