"""The assessment tool: ticks of Section 1 B–F and, per question and agency, an answer or a reasoned blank."""

from typing import Annotated

import msgspec

from domain.errors import AlreadyDone, AssessmentNotStarted, BadInput, RiskNotAgreed, UnknownOption
from domain.instrument import CURRENT, instrument
from domain.record import Act, Command, Event, Line, OptionalText, Versions, next_version
from domain.vocabulary import BlankReason

Number = Annotated[int, msgspec.Meta(ge=1, le=100)]


class Answer(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """One answer as printed: option number and, where the print gives several, which alternative (from 1)."""

    question: Number
    option: Number
    alternative: Number | None = None
    evidence: OptionalText = ""
    note: OptionalText = ""


class BlankAnswer(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """A question left blank, with its reason (toolkit 2.1 (3), (4)); `whom` is the worker to ask."""

    question: Number
    reason: BlankReason
    whom: OptionalText = ""


class StartAssessment(Command, frozen=True, kw_only=True):
    """Open the tool for one's own agency and tick what applies; needs no agreement of hers or his (toolkit 2.2)."""

    justification: str
    ticks: dict[str, tuple[Line, ...]] = msgspec.field(default_factory=dict)
    ticks_other: dict[str, Line] = msgspec.field(default_factory=dict)


class AnswerQuestions(Command, frozen=True, kw_only=True):
    """Answer for one's own agency; what is not mentioned stays as it was."""

    justification: str
    answers: tuple[Answer, ...] = ()
    blanks: tuple[BlankAnswer, ...] = ()


class EndAssessment(Command, frozen=True, kw_only=True):
    """Close the tool; the level of risk must have been agreed (toolkit 2.1 (5))."""

    justification: str


class AssessmentStarted(Event, frozen=True, kw_only=True, tag="assessment.started"):
    justification: str
    ticks: dict[str, tuple[str, ...]]
    instrument: str
    ticks_other: dict[str, str] = msgspec.field(default_factory=dict)


class QuestionsAnswered(Event, frozen=True, kw_only=True, tag="assessment.answered"):
    justification: str
    answers: tuple[Answer, ...] = ()
    blanks: tuple[BlankAnswer, ...] = ()


class AssessmentEnded(Event, frozen=True, kw_only=True, tag="assessment.ended"):
    justification: str


class Ticks(msgspec.Struct, frozen=True):
    """Section 1 B–F as ticked, by list; with what was stated for "Other"."""

    ticked: dict[str, tuple[str, ...]]
    other: dict[str, str]


class AgencyAnswers(msgspec.Struct, frozen=True):
    """All answers and blanks of one agency, by question."""

    answers: dict[int, Answer]
    blanks: dict[int, BlankAnswer]


class Assessment(msgspec.Struct, frozen=True):
    """Versions of `answers:<agency>` and `ticks:<agency>`; the instrument version the answers were given on.

    `rests` says per item and question under which justification it was last answered or left blank.
    """

    instrument: str = ""
    ended_by: str = ""
    items: dict[str, Versions] = {}
    rests: dict[str, dict[int, str]] = {}

    @property
    def started(self) -> bool:
        return bool(self.instrument) and not self.ended_by


def decide_start_assessment(assessment: Assessment, command: StartAssessment, act: Act) -> list[Event]:
    if assessment.started and f"ticks:{act.by.agency}" in assessment.items:
        raise AlreadyDone("Your agency has started the assessment already. Answer its questions.")
    form = instrument()
    for key, ticked in command.ticks.items():
        if not form.has_tick_list(key):
            raise BadInput(f"ticks.{key}", "The form has no such list.")
        options = form.tick_list(key)
        for option in ticked:
            if not options.has_option(option):
                raise UnknownOption(f"ticks.{key}", "Choose from the options the form prints.")
            if options.option(option).free_text_required and not command.ticks_other.get(key):
                raise BadInput(f"ticks_other.{key}", "You ticked 'Other (please state)': state it.")
        if len(set(ticked)) != len(ticked):
            raise BadInput(f"ticks.{key}", "An option is ticked twice.")
    return [
        AssessmentStarted(
            justification=command.justification,
            ticks=command.ticks,
            ticks_other=command.ticks_other,
            instrument=form.version,
            **act.stamp,
        )
    ]


def decide_answer_questions(assessment: Assessment, command: AnswerQuestions, act: Act, leads: bool) -> list[Event]:
    """The lead answers between start and end; others always may: whether there is an assessment is not told them."""
    if leads and not assessment.started:
        raise AssessmentNotStarted
    _check(assessment.instrument or CURRENT, command)
    return [
        QuestionsAnswered(
            justification=command.justification, answers=command.answers, blanks=command.blanks, **act.stamp
        )
    ]


def decide_end_assessment(assessment: Assessment, command: EndAssessment, act: Act, agreed: bool) -> list[Event]:
    if not assessment.started:
        raise AssessmentNotStarted
    if not agreed:
        raise RiskNotAgreed
    return [AssessmentEnded(justification=command.justification, **act.stamp)]


def _check(version: str, command: AnswerQuestions) -> None:
    form = instrument(version)
    touched = [answer.question for answer in command.answers] + [blank.question for blank in command.blanks]
    if not touched:
        raise BadInput("answers", "Nothing was answered. Choose an option, or leave a question blank with its reason.")
    if len(set(touched)) != len(touched):
        raise BadInput("answers", "A question is answered twice. Give one answer, or one reason for leaving it blank.")
    printed = {question.number for question in form.questions}
    for number in touched:
        if number not in printed:
            raise BadInput("answers.question", f"The form has no question {number}; it has questions 1 to 11.")
    for answer in command.answers:
        question = form.question(answer.question)
        if not question.has_option(answer.option):
            numbers = ", ".join(str(number) for number in question.option_numbers)
            raise UnknownOption(
                "answers.option", f"Question {answer.question} has options {numbers}. Choose one of these."
            )
        alternatives = len(question.option(answer.option).alternatives)
        if answer.alternative is not None and answer.alternative > alternatives:
            raise UnknownOption(
                "answers.alternative",
                f"Option {answer.option} of question {answer.question} has {alternatives} alternatives. Choose one.",
            )
    for blank in command.blanks:
        if blank.reason is BlankReason.ASK_OTHER_WORKER and not blank.whom:
            raise BadInput("blanks.whom", "Say which worker should be asked.")


def evolve(assessment: Assessment, event: Event, position: int) -> Assessment:
    match event:
        case AssessmentStarted():
            item = f"ticks:{event.by.agency}"
            versions = next_version(
                assessment.items.get(item, ()), item, event, position,
                Ticks(event.ticks, event.ticks_other), justification=event.justification,
            )  # fmt: skip
            ended_by = "" if assessment.ended_by == event.by.agency else assessment.ended_by
            return Assessment(event.instrument, ended_by, {**assessment.items, item: versions}, assessment.rests)
        case QuestionsAnswered():
            return _answered(assessment, event, position)
        case AssessmentEnded():
            return Assessment(assessment.instrument, event.by.agency, assessment.items, assessment.rests)
        case _:
            return assessment


def _answered(assessment: Assessment, event: QuestionsAnswered, position: int) -> Assessment:
    item = f"answers:{event.by.agency}"
    versions = assessment.items.get(item, ())
    before: AgencyAnswers = versions[-1].content if versions else AgencyAnswers({}, {})
    answered = {answer.question: answer for answer in event.answers}
    left = {blank.question: blank for blank in event.blanks}
    answers = {number: answer for number, answer in before.answers.items() if number not in left} | answered
    blanks = {number: blank for number, blank in before.blanks.items() if number not in answered} | left
    rests = assessment.rests.get(item, {}) | dict.fromkeys((*answered, *left), event.justification)
    new = next_version(
        versions, item, event, position, AgencyAnswers(answers, blanks), justification=event.justification,
        rests_also=tuple(dict.fromkeys(name for name in rests.values() if name != event.justification)),
    )  # fmt: skip
    return Assessment(
        assessment.instrument, assessment.ended_by, {**assessment.items, item: new}, {**assessment.rests, item: rests}
    )
