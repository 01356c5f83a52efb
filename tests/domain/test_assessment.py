"""The assessment: ticks, answers and reasoned blanks, per question and agency; nothing is summed."""

import pytest

from domain.assessment import (
    AgencyAnswers,
    Answer,
    AnswerQuestions,
    AnswersOf,
    AssessmentEnded,
    AssessmentStarted,
    BlankAnswer,
    EndAssessment,
    Given,
    Point,
    QuestionsAnswered,
    StartAssessment,
    Ticks,
)
from domain.case import evolve
from domain.errors import (
    AlreadyDone,
    AssessmentNotStarted,
    BadInput,
    JustificationMissing,
    RiskNotAgreed,
    UnknownOption,
)
from domain.record import Actor, Versions
from domain.risk import AgreeRisk, ProposeRisk
from domain.vocabulary import BlankReason, Role
from tests.domain.builders import HEALTH, LEAD, SCHOOL, Story, a_consent, a_justification, an_act, by_consent

START = StartAssessment(justification="J1", ticks={"basis_of_concerns": ("going_missing", "changed_behaviour")})


def answer(question: int, option: int, **more: object) -> Answer:
    return Answer(question=question, option=option, **more)


def blank(question: int, reason: BlankReason = BlankReason.NOT_KNOWN, whom: str = "") -> BlankAnswer:
    return BlankAnswer(question=question, reason=reason, whom=whom)


def answers(*given: Answer, blanks: tuple[BlankAnswer, ...] = (), justification: str = "J1") -> AnswerQuestions:
    return AnswerQuestions(justification=justification, answers=given, blanks=blanks)


@pytest.fixture
def story() -> Story:
    """The lead has started; health and school may answer."""
    told = Story().says(LEAD, a_justification("J1"), START).says(SCHOOL, a_justification("J2"))
    return told.says(HEALTH, a_justification("J3"))


def agree(story: Story) -> Story:
    """The level is proposed, and agreed by two people in the two roles."""
    story.says(LEAD, ProposeRisk(id="A1", justification="J1", category=2, rationale="Weighed."))
    story.says(LEAD, AgreeRisk(agreement="A1", as_role=Role.TEAM_MANAGER), person="tom", role=Role.TEAM_MANAGER)
    return story.says(
        LEAD, AgreeRisk(agreement="A1", as_role=Role.CSE_PREVENTION_MANAGER), person="ruth",
        role=Role.CSE_PREVENTION_MANAGER,
    )  # fmt: skip


def test_starting_ticks_what_applies_on_the_printed_form():
    """The version of the form is kept with it."""
    story = Story().says(LEAD, a_justification("J1"))
    command = StartAssessment(
        justification="J1", ticks={"basis_of_concerns": ("other",)}, ticks_other={"basis_of_concerns": "New phone"}
    )

    assert [
        AssessmentStarted(
            justification="J1", ticks={"basis_of_concerns": ("other",)}, instrument="hillingdon-2015-03",
            ticks_other={"basis_of_concerns": "New phone"}, **an_act(LEAD, story.now).stamp,
        )
    ] == story.would(LEAD, command)  # fmt: skip


def test_ticks_are_an_item_of_the_agency(story):
    """`ticks:<agency>`, as ticked."""
    ticked = Ticks({"basis_of_concerns": ("going_missing", "changed_behaviour")}, {})

    assert ticked == story.case.items["ticks:csc"][0].content


@pytest.mark.parametrize(
    ("ticks", "refusal", "field"),
    [
        ({"not printed": ()}, BadInput, "ticks.not printed"),
        ({"basis_of_concerns": ("not printed",)}, UnknownOption, "ticks.basis_of_concerns"),
        ({"basis_of_concerns": ("other",)}, BadInput, "ticks_other.basis_of_concerns"),
        ({"basis_of_concerns": ("going_missing", "going_missing")}, BadInput, "ticks.basis_of_concerns"),
    ],
)
def test_only_what_is_printed_is_ticked(ticks, refusal, field):
    """Lists and options as printed, each once; "Other (please state)" is stated."""
    story = Story().says(LEAD, a_justification("J1"))

    with pytest.raises(refusal) as refused:
        story.would(LEAD, StartAssessment(justification="J1", ticks=ticks))

    assert field == refused.value.field


def test_an_assessment_is_started_once(story):
    """Answer its questions, or end it first."""
    with pytest.raises(AlreadyDone):
        story.would(LEAD, START)


def test_after_its_end_a_new_one_may_be_started(story):
    """The answers given stay."""
    agree(story).says(LEAD, EndAssessment(justification="J1"))

    assert [AssessmentStarted] == [type(event) for event in story.would(LEAD, START)]


@pytest.mark.parametrize("command", [answers(answer(1, 3)), EndAssessment(justification="J1")])
def test_without_an_assessment_there_is_nothing_to_answer_or_end(command):
    """Start the assessment first."""
    with pytest.raises(AssessmentNotStarted):
        Story().says(LEAD, a_justification("J1")).would(LEAD, command)


def test_another_agency_answers_and_starts_whether_or_not_there_is_an_assessment():
    """Design §3.7: it is not told whether the lead has started one."""
    bare = Story().says(SCHOOL, a_justification("J2"))
    given, start = answers(answer(1, 3), justification="J2"), StartAssessment(justification="J2")

    assert [QuestionsAnswered] == [type(event) for event in bare.would(SCHOOL, given)]
    assert [AssessmentStarted] == [type(event) for event in bare.would(SCHOOL, start)]


def test_another_agency_ticks_anew_whether_or_not_the_lead_has_ended(story):
    """Design §3.7: a refusal that comes and goes with the lead's end would tell of it."""
    start = StartAssessment(justification="J9")
    agree(story).says(SCHOOL, a_justification("J9"), start)
    before = story.would(SCHOOL, start)
    story.says(LEAD, EndAssessment(justification="J1"))

    assert [[AssessmentStarted], [AssessmentStarted]] == [
        [type(event) for event in events] for events in (before, story.would(SCHOOL, start))
    ]


def test_an_answer_is_an_option_as_printed(story):
    """Option, alternative, evidence and note, with the blanks and their reasons."""
    given = answer(1, 3, alternative=2, evidence="C1", note="Twice.")
    left = blank(2, BlankReason.ASK_OTHER_WORKER, "Oakfield Academy")

    assert [
        QuestionsAnswered(justification="J1", answers=(given,), blanks=(left,), **an_act(LEAD, story.now).stamp)
    ] == story.would(LEAD, answers(given, blanks=(left,)))


@pytest.mark.parametrize(
    ("command", "refusal", "field"),
    [
        (answers(), BadInput, "answers"),
        (answers(answer(1, 3), answer(1, 2)), BadInput, "answers"),
        (answers(answer(1, 3), blanks=(blank(1),)), BadInput, "answers"),
        (answers(answer(12, 1)), BadInput, "answers.question"),
        (answers(blanks=(blank(12),)), BadInput, "answers.question"),
        (answers(answer(11, 2)), UnknownOption, "answers.option"),
        (answers(answer(1, 3, alternative=3)), UnknownOption, "answers.alternative"),
        (answers(answer(1, 1, alternative=2)), UnknownOption, "answers.alternative"),
        (answers(blanks=(blank(2, BlankReason.ASK_OTHER_WORKER),)), BadInput, "blanks.whom"),
    ],
)
def test_what_the_form_does_not_print_is_no_answer(story, command, refusal, field):
    """Questions 1 to 11 once each, options and alternatives as printed, and whom to ask."""
    with pytest.raises(refusal) as refused:
        story.would(LEAD, command)

    assert field == refused.value.field


@pytest.mark.parametrize("option", [1, 4, 5])
def test_question_eleven_has_options_one_four_and_five(story, option):
    """The scenario: question 11 has options 1, 4 and 5."""
    assert 1 == len(story.would(LEAD, answers(answer(11, option))))


def test_two_agencies_answers_stand_side_by_side(story):
    """Question 9 is about the answering agency's own service: both stand."""
    story.says(LEAD, answers(answer(9, 4))).says(SCHOOL, answers(answer(9, 2), justification="J2"))
    given = [story.case.items[f"answers:{agency}"][-1].content.answers[9].option for agency in (LEAD, SCHOOL)]

    assert [4, 2] == given


def test_what_is_not_mentioned_stays_as_it_was(story):
    """An answer replaces a blank, a blank an answer, and the rest stands."""
    story.says(LEAD, answers(answer(1, 3), answer(4, 3), blanks=(blank(2), blank(3))))
    story.says(LEAD, answers(answer(2, 1), blanks=(blank(4),)))
    content = story.case.items["answers:csc"][-1].content

    assert AgencyAnswers({1: answer(1, 3), 2: answer(2, 1)}, {3: blank(3), 4: blank(4)}) == content


def test_answers_rest_on_every_justification_they_carry_on(story):
    """An answer given by consent is not re-based by answering another question under a public interest."""
    story.says(HEALTH, a_consent("K1"), by_consent("J4", "K1"), answers(answer(10, 3), justification="J4"))
    story.says(HEALTH, answers(answer(7, 2), justification="J3"))

    assert ("J3", "J4") == story.case.items["answers:health"][-1].rests_on


@pytest.mark.parametrize(
    "command",
    [answers(answer(10, 3), justification="J3"), answers(blanks=(blank(10),), justification="J3")],
    ids=["answered again", "left blank"],
)
def test_answering_a_question_again_bases_it_anew(story, command):
    """The holder re-bases on another ground, or takes the answer out."""
    story.says(HEALTH, a_consent("K1"), by_consent("J4", "K1"), answers(answer(10, 3), justification="J4"), command)

    assert ("J3",) == story.case.items["answers:health"][-1].rests_on


def test_ending_is_blocked_without_an_agreed_level(story):
    """Toolkit 2.1 (5): the level is agreed before progressing."""
    with pytest.raises(RiskNotAgreed):
        story.would(LEAD, EndAssessment(justification="J1"))


def test_ending_is_blocked_while_a_newer_level_waits(story):
    """What waits for two signatures is not agreed."""
    agree(story).says(LEAD, ProposeRisk(id="A2", justification="J1", category=3, rationale="Worse."))

    with pytest.raises(RiskNotAgreed):
        story.would(LEAD, EndAssessment(justification="J1"))


def test_an_assessment_ends_once_the_level_is_agreed(story):
    """Toolkit 2.1 (5)."""
    agree(story)

    assert [AssessmentEnded(justification="J1", **an_act(LEAD, story.now).stamp)] == story.would(
        LEAD, EndAssessment(justification="J1")
    )


@pytest.mark.parametrize(
    "command",
    [StartAssessment(justification=""), answers(answer(1, 3), justification=""), EndAssessment(justification="")],
)
def test_answers_rest_on_a_justification(story, command):
    """Toolkit 2.3."""
    with pytest.raises(JustificationMissing):
        story.would(LEAD, command)


def options(versions: Versions) -> list[int]:
    """What question 1 was answered with, version by version."""
    return [version.content.answers[1].option for version in versions]


def test_two_ways_to_go_on_from_one_state_know_nothing_of_each_other(story):
    """A preview goes on from the case as it stands, and so does what is recorded meanwhile."""
    before = story.says(LEAD, answers(answer(1, 1))).case
    first, second = (
        evolve(before, story.would(LEAD, answers(answer(1, option)))[0]).items["answers:csc"] for option in (2, 3)
    )

    assert [[1], [1, 2], [1, 3]] == [options(one) for one in (before.items["answers:csc"], first, second)]


def test_versions_of_answers_are_numbered_dated_and_told_apart(story):
    """The first is recorded, the others update it; each bears the place and time of its act."""
    moments = [story.says(LEAD, answers(answer(1, option))).at for option in (1, 2, 3)]
    versions = story.case.items["answers:csc"]
    last = story.case.version

    assert [(1, "recorded"), (2, "updated"), (3, "updated")] == [(one.number, one.change) for one in versions]
    assert [(last - 2, moments[0]), (last - 1, moments[1]), (last, moments[2])] == [
        (one.position, one.recorded) for one in versions
    ]


def test_any_version_of_answers_is_found_by_its_place(story):
    """From either end, in a run, newest first; and there is none further on."""
    for option in (1, 2, 3, 4):
        story.says(LEAD, answers(answer(1, option)))
    versions = story.case.items["answers:csc"]

    assert [4, 1, 4] == options([versions[3], versions[0], versions[-1]])
    assert ([2, 3], [4, 3, 2, 1]) == (options(versions[1:3]), options(list(reversed(versions))))
    with pytest.raises(IndexError):
        _ = versions[4]


def test_versions_looked_at_before_are_the_same_afterwards(story):
    """What is made once for looking is not made again, and goes on with the case."""
    first = story.says(LEAD, answers(answer(1, 1))).case.items["answers:csc"]
    looked_at = (first[0], *first)
    after = story.says(LEAD, answers(answer(1, 2)), answers(answer(1, 3))).case.items["answers:csc"]

    assert ([1, 1], [1, 2, 3], 3) == (options(looked_at), options(after), after[-1].content.answers[1].option)


def test_versions_of_answers_are_compared_one_by_one(story):
    """With any sequence of versions, and with nothing else."""
    versions = story.says(LEAD, answers(answer(1, 1)), answers(answer(1, 2))).case.items["answers:csc"]

    assert (True, False, False, False) == (
        versions == tuple(versions), versions == versions[:1], versions == (versions[0], versions[0]), versions == 2,
    )  # fmt: skip


def test_the_same_acts_said_to_have_led_elsewhere_are_not_the_same(story):
    """Where they led may have been kept, and then is compared as well."""
    versions = story.says(LEAD, answers(answer(1, 1))).case.items["answers:csc"]
    kept = AnswersOf("answers:csc", versions.since, lambda: versions.point)
    other = Point(1, AgencyAnswers({1: answer(1, 2)}, {}), versions.point.given)

    assert (True, False) == (kept == versions, AnswersOf("answers:csc", versions.since, lambda: other) == versions)


def test_where_an_agency_stands_is_told_from_all_its_acts(story):
    """How many acts, what they left answered or blank, and which act said so of each; asked again, the same."""
    story.says(HEALTH, answers(answer(1, 1), answer(3, 1), justification="J3"))
    first = Given(8, story.at, Actor("health-worker", Role.PRACTITIONER, "health"), "J3")
    story.says(HEALTH, a_justification("J4"))
    story.says(HEALTH, answers(answer(2, 1), blanks=(blank(1),), justification="J4"), person="ann")
    second = Given(10, story.at, Actor("ann", Role.PRACTITIONER, "health"), "J4")
    versions = story.case.items["answers:health"]
    led_to = AgencyAnswers({2: answer(2, 1), 3: answer(3, 1)}, {1: blank(1)})
    expected = Point(2, led_to, {1: second, 2: second, 3: first})

    assert expected == versions.point == versions.point
