"""The assessment tool: ticks of Section 1 B–F and, per question and agency, an answer or a reasoned blank."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from itertools import chain, islice
from typing import Annotated, overload

import msgspec

from domain.errors import AlreadyDone, AssessmentNotStarted, BadInput, RiskNotAgreed, UnknownOption
from domain.instrument import CURRENT, instrument
from domain.record import Act, Actor, Command, Event, Line, OptionalText, Placed, Version, Versions, next_version, put
from domain.vocabulary import BlankReason, Change

Number = Annotated[int, msgspec.Meta(ge=1, le=100)]


class Answer(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True, gc=False
):
    """One answer as printed: option number and, where the print gives several, which alternative (from 1)."""

    question: Number
    option: Number
    alternative: Number | None = None
    evidence: OptionalText = ""
    note: OptionalText = ""


class BlankAnswer(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True, gc=False
):
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


class AgencyAnswers(msgspec.Struct, frozen=True, gc=False):
    """All answers and blanks of one agency, by question."""

    answers: dict[int, Answer]
    blanks: dict[int, BlankAnswer]


class Given(msgspec.Struct, frozen=True, gc=False):
    """Of the act by which an answer was given, or left blank: its position in the stream, when, who, resting on what.
    """

    position: int
    recorded: datetime
    by: Actor
    justification: str


class Point(msgspec.Struct, frozen=True, gc=False):
    """Where an agency stands after `count` acts; `given` says per question by which act it was last told."""

    count: int = 0
    answers: AgencyAnswers = AgencyAnswers({}, {})
    given: dict[int, Given] = {}


BEGINNING = Point()
Answering = tuple[int, QuestionsAnswered]
"""An act of answering with its position in the stream."""


class AnswersOf(Sequence[Version]):
    """The versions of `answers:<agency>`, one per act of answering; kept as the acts and made when looked at.

    Nothing is ever changed in it: more acts make new ones. Those that grew from one another share one list, which only
    ever gets longer, and each reads as far as it knows. `earlier` acts may lie packed, and where they led is asked of
    `after_them` when it is wanted.
    """

    __slots__ = ("_known", "_made", "_newest", "_point", "_since", "after_them", "earlier", "item")

    def __init__(
        self, item: str, earlier: Sequence[Answering] = (), after_them: Callable[[], Point] = Point
    ) -> None:
        self.item = item
        self.earlier = earlier
        self._since: list[Answering] = []
        self._known = 0
        self.after_them = after_them
        self._point: Point | None = None
        self._made: tuple[tuple[Version, ...], Point] = ((), BEGINNING)
        self._newest: Version | None = None

    def with_more(self, acts: Sequence[Answering]) -> "AnswersOf":
        """These and more. The list is shared only where they came to lie just behind what is known here."""
        since, known = self._since, self._known
        if len(since) == known:
            since.extend(acts)
        if since[known] is not acts[0]:
            since = [*since[:known], *acts]
        more = AnswersOf(self.item, self.earlier, self.after_them)
        more._since, more._known, more._point, more._made = since, known + len(acts), self._point, self._made
        return more

    @property
    def since(self) -> Sequence[Answering]:
        """The acts after the earlier ones."""
        return self._since[: self._known]

    @property
    def point(self) -> Point:
        """Where the agency stands after all of them."""
        point = self._point or self.after_them()
        if point.count < len(self):
            point = _gone_on(point, self._since[point.count - len(self.earlier) : self._known])
        self._point = point
        return point

    def __len__(self) -> int:
        return len(self.earlier) + self._known

    @overload
    def __getitem__(self, place: int) -> Version: ...
    @overload
    def __getitem__(self, place: slice) -> tuple[Version, ...]: ...
    def __getitem__(self, place: int | slice) -> Version | tuple[Version, ...]:
        if isinstance(place, slice):
            return self._all()[place]
        place = range(len(self))[place]
        return self._last() if place == len(self) - 1 else self._all()[place]

    def __iter__(self) -> Iterator[Version]:
        return iter(self._all())

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Sequence):
            return NotImplemented
        if isinstance(other, AnswersOf):
            return self.item == other.item and self._told() == other._told() and self.point == other.point
        return self._all() == tuple(other)

    __hash__ = None  # type: ignore[assignment]  # how Python says that what may change has no hash

    def _told(self) -> list[tuple[object, ...]]:
        """All of the acts that any version is made of."""
        return [
            (position, event.recorded, event.by, event.justification, event.answers, event.blanks)
            for position, event in (*self.earlier, *self.since)
        ]

    def _last(self) -> Version:
        if self._newest is None:
            act = self._since[self._known - 1] if self._known else self.earlier[-1]
            self._newest = _version(self.item, act, self.point)
        return self._newest

    def _all(self) -> tuple[Version, ...]:
        made, point = self._made
        if point.count < len(self):
            versions = list(made)
            for act in islice(chain(self.earlier, self.since), point.count, None):
                point = _gone_on(point, (act,))
                versions.append(_version(self.item, act, point))
            made = tuple(versions)
            self._made = made, point
        return made


def _gone_on(point: Point, acts: Sequence[Answering]) -> Point:
    """Where the agency stands after more acts: a question is answered or left blank, and untouched stays as it was."""
    answers, blanks, given = dict(point.answers.answers), dict(point.answers.blanks), dict(point.given)
    for position, event in acts:
        act = Given(position, event.recorded, event.by, event.justification)
        for answer in event.answers:
            blanks.pop(answer.question, None)
        for blank in event.blanks:
            answers.pop(blank.question, None)
        for answer in event.answers:
            answers[answer.question] = answer
            given[answer.question] = act
        for blank in event.blanks:
            blanks[blank.question] = blank
            given[blank.question] = act
    return Point(point.count + len(acts), AgencyAnswers(answers, blanks), given)


def _version(item: str, act: Answering, point: Point) -> Version:
    """The version an act made, of where it led."""
    position, event = act
    names = dict.fromkeys(given.justification for given in point.given.values())
    names.pop(event.justification, None)
    return Version(
        item=item,
        number=point.count,
        position=position,
        recorded=event.recorded,
        by=event.by,
        justification=event.justification,
        content=point.answers,
        change=Change.RECORDED if point.count == 1 else Change.UPDATED,
        rests_also=tuple(names),
    )


class Assessment(msgspec.Struct, frozen=True):
    """Versions of `answers:<agency>` and `ticks:<agency>`; the instrument version the answers were given on."""

    instrument: str = ""
    ended_by: str = ""
    items: dict[str, Versions] = {}

    @property
    def started(self) -> bool:
        return bool(self.instrument) and not self.ended_by


def decide_start_assessment(assessment: Assessment, command: StartAssessment, act: Act, leads: bool) -> list[Event]:
    """The lead starts once until the end; others tick anew whenever they say: whether it has ended is not told them."""
    if leads and assessment.started and f"ticks:{act.by.agency}" in assessment.items:
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


def evolve_all(assessment: Assessment, placed: Iterable[Placed]) -> Assessment:
    """The assessment after some events; what an agency answers between two others of them is taken together."""
    answered: dict[str, list[Answering]] = {}
    for position, event in placed:
        if type(event) is QuestionsAnswered:
            answered.setdefault(event.by.agency, []).append((position, event))
            continue
        assessment = _started_or_ended(_all_answered(assessment, answered), event, position)
        answered = {}
    return _all_answered(assessment, answered)


def _started_or_ended(assessment: Assessment, event: Event, position: int) -> Assessment:
    match event:
        case AssessmentStarted():
            item = f"ticks:{event.by.agency}"
            ticks = Ticks(event.ticks, event.ticks_other)
            versions = next_version(assessment.items.get(item, ()), item, event, position, ticks, event.justification)
            ended_by = "" if assessment.ended_by == event.by.agency else assessment.ended_by
            return Assessment(event.instrument, ended_by, put(assessment.items, item, versions))
        case AssessmentEnded():
            return Assessment(assessment.instrument, event.by.agency, assessment.items)
        case _:
            return assessment


def _all_answered(assessment: Assessment, answered: dict[str, list[Answering]]) -> Assessment:
    for agency, acts in answered.items():
        assessment = _answered(assessment, agency, acts)
    return assessment


def _answered(assessment: Assessment, agency: str, acts: list[Answering]) -> Assessment:
    item = f"answers:{agency}"
    before = assessment.items.get(item)
    answers = before if isinstance(before, AnswersOf) else AnswersOf(item)
    items = put(assessment.items, item, answers.with_more(acts))
    return Assessment(assessment.instrument, assessment.ended_by, items)
