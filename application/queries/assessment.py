"""The current assessment: per question what each agency answered, in what this reader may see."""

from datetime import datetime
from uuid import UUID

from application.access import approach, disclose, look
from application.hub import Hub
from application.queries.history import versions_of
from application.views import CaseView, Cell, View
from domain.assessment import AgencyAnswers, Answer, BlankAnswer, Ticks
from domain.instrument import instrument
from domain.vocabulary import Showing


class GivenAnswer(View, frozen=True, kw_only=True):
    """One agency's answer, in the form's words."""

    agency: str
    option: int
    text: str
    alternative: int | None
    evidence: str
    note: str
    retained: bool


class GivenBlank(View, frozen=True, kw_only=True):
    """One agency's reasoned blank."""

    agency: str
    reason: str
    whom: str


class QuestionView(View, frozen=True, kw_only=True):
    """A question with everybody's answers that the reader may see; a withheld answer is not a blank."""

    number: int
    title: str
    answers: tuple[GivenAnswer, ...]
    blanks: tuple[GivenBlank, ...]


class AssessmentView(View, frozen=True, kw_only=True):
    """The tool as it stands; `unanswered` counts in what the reader may see."""

    questions: tuple[QuestionView, ...]
    ticks: tuple[tuple[str, Ticks], ...]
    not_shown: tuple[Cell, ...]
    unanswered: int
    warning: str


def current_assessment(
    hub: Hub, who: str, case: UUID, as_at: datetime | None = None
) -> tuple[CaseView, AssessmentView]:
    """Raises: NotFound, NotRecorded."""
    view = look(hub, who, case, "assessment", as_at)
    return view, assessment_in(view)


class EarlierAnswer(View, frozen=True, kw_only=True):
    """What my own agency once said to a question: an answer or a reasoned blank, by whom and when."""

    recorded: datetime
    by_person: str
    answer: GivenAnswer | None
    blank: GivenBlank | None


def my_answers(hub: Hub, who: str, case: UUID) -> dict[int, tuple[EarlierAnswer, ...]]:
    """Per question what my own agency said, newest first; the first of them is what stands.

    Raises:
        NotFound, NotRecorded
    """
    sight = approach(hub, who, case, "own answers")
    cells = versions_of(sight, f"answers:{sight.agency.id}")
    disclose(sight, "own answers", cells)
    said: dict[int, list[EarlierAnswer]] = {}
    before = AgencyAnswers({}, {})
    for cell in cells:
        now = cell.content if isinstance(cell.content, AgencyAnswers) else before
        for number in {*now.answers, *now.blanks}:
            answer, blank = now.answers.get(number), now.blanks.get(number)
            if (answer, blank) != (before.answers.get(number), before.blanks.get(number)) and cell.recorded:
                entry = EarlierAnswer(
                    recorded=cell.recorded,
                    by_person=cell.recorded_by_person,
                    answer=_answer(cell, answer) if answer else None,
                    blank=_blank(cell, blank) if blank else None,
                )
                said.setdefault(number, []).insert(0, entry)
        before = now
    return {number: tuple(entries) for number, entries in said.items()}


def assessment_in(view: CaseView) -> AssessmentView:
    """The assessment laid out from a view already on record."""
    form = instrument()
    held = [(cell, cell.content) for cell in view.shown("answers:") if isinstance(cell.content, AgencyAnswers)]
    questions = tuple(
        QuestionView(
            number=question.number,
            title=question.title,
            answers=tuple(
                _answer(cell, content.answers[question.number])
                for cell, content in held
                if question.number in content.answers
            ),
            blanks=tuple(
                _blank(cell, content.blanks[question.number])
                for cell, content in held
                if question.number in content.blanks
            ),
        )
        for question in form.questions
    )
    unanswered = sum(1 for question in questions if not question.answers)
    return AssessmentView(
        questions=questions,
        ticks=tuple((_agency(cell), cell.content) for cell in view.shown("ticks:") if isinstance(cell.content, Ticks)),
        not_shown=tuple(
            cell
            for cell in view.cells
            if cell.item.startswith("answers:") and cell.showing in (Showing.WITHHELD, Showing.ASK_HOLDER)
        ),
        unanswered=unanswered,
        warning=form.rule("2.1-how-4").statement if unanswered else "",
    )


def _agency(cell: Cell) -> str:
    return cell.item.partition(":")[2]


def _answer(cell: Cell, answer: Answer) -> GivenAnswer:
    option = instrument().question(answer.question).option(answer.option)
    text = option.alternative(answer.alternative) if answer.alternative else option.text
    return GivenAnswer(
        agency=_agency(cell),
        option=answer.option,
        text=text,
        alternative=answer.alternative,
        evidence=answer.evidence,
        note=answer.note,
        retained=cell.retained,
    )


def _blank(cell: Cell, blank: BlankAnswer) -> GivenBlank:
    return GivenBlank(agency=_agency(cell), reason=blank.reason, whom=blank.whom)
