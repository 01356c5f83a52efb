"""The assessment tool's forms: Section 1 B to F as tick lists, and a question with its options or a blank."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from application.queries.assessment import EarlierAnswer
from application.views import CaseView
from domain.instrument import Question, TickList, instrument
from domain.vocabulary import BlankReason
from interfaces.web.forms import options
from interfaces.web.forms.choosing import justification_choice
from interfaces.web.forms.form import Form, Section
from interfaces.web.forms.parts import Choice, Choices, LongText, Option, Part, Text, Wrong

BLANK = "blank:"


def start_form(view: CaseView | None) -> Form:
    """Section 1 B to F; what is ticked is what the form prints."""
    return Form(
        sections=(
            Section(
                intro=instrument().rule("2.1-how-2").statement
                + " "
                + instrument().rule("2.2-no-agreement-needed").statement,
                parts=(justification_choice(view),),
            ),
            *(
                Section(
                    parts=(
                        Choices(
                            name=ticks.key,
                            label=f"{ticks.letter}. {ticks.title}",
                            hint=_how(ticks),
                            options=options.ticks_of(ticks),
                            small=True,
                            heads=True,
                        ),
                        *_other(ticks),
                    ),
                )
                for ticks in instrument().tick_lists
            ),
        ),
        also={
            f"{field}.{ticks.key}": f"{ticks.key}{end}"
            for ticks in instrument().tick_lists
            for field, end in (("ticks", ""), ("ticks_other", "_other"))
        },
    )


def _how(ticks: TickList) -> str:
    instruction = f"{ticks.instruction or 'tick those that apply'}.".capitalize()
    return f"{instruction} {options.PRINTED}" if ticks.key == "basis_of_concerns" else instruction


def _other(ticks: TickList) -> tuple[Part, ...]:
    label = f"If you ticked ‘Other’ in {ticks.letter}, please state"
    return (Text(name=f"{ticks.key}_other", label=label),) if ticks.free_text_options else ()


def to_start_assessment(values: dict[str, Any], reference: Callable[[str], str]) -> dict[str, Any]:
    keys = [ticks.key for ticks in instrument().tick_lists]
    return {
        "justification": values["justification"],
        "ticks": {key: values[key] for key in keys if values.get(key)},
        "ticks_other": {key: values[f"{key}_other"] for key in keys if f"{key}_other" in values},
    }


def question_form(question: Question, view: CaseView | None) -> Form:
    """One question in the form's own words: an option, with its alternatives apart, or a blank with its reason."""
    seen = tuple(
        Option(cell.item.partition(":")[2], cell.content.headline)
        for cell in (view.shown("concern:") if view else ())
        if cell.content is not None
    )
    return Form(
        sections=(
            Section(
                parts=(
                    Choice(
                        name="answer",
                        label=f"{question.number}. {question.title}",
                        options=(*_printed(question), Option("", "or"), *_blanks()),
                        needed="Choose an answer, or leave the question blank with its reason.",
                    ),
                    Text(
                        name="whom",
                        label="If another worker should be asked: whom?",
                        hint="A person or an agency, by the name your agency knows.",
                    ),
                    Choice(
                        name="evidence",
                        label="What it rests on: a concern in this case, if any",
                        options=seen,
                        open=True,
                        dropdown=True,
                    ),
                    LongText(name="note", label="Anything to add, if needed", rows=2),
                    justification_choice(view),
                ),
            ),
        ),
        rule=_question_rule,
        also={
            "answers": "answer",
            "answers.option": "answer",
            "answers.alternative": "answer",
            "answers.question": "answer",
            "blanks.whom": "whom",
            "blanks": "answer",
        },
    )


def _printed(question: Question) -> tuple[Option, ...]:
    found = []
    for option in question.options:
        several = len(option.alternatives) > 1
        for number, text in enumerate(option.alternatives, start=1):
            printed = option.corrected or text
            found.append(
                Option(f"{option.number}.{number}" if several else str(option.number), f"{option.number}. {printed}")
            )
    return tuple(found)


def _blanks() -> tuple[Option, ...]:
    return tuple(
        Option(f"{BLANK}{one.value}", f"Leave it blank: {one.text[0].lower()}{one.text[1:]}", one.hint)
        for one in options.BLANKS
    )


def _question_rule(values: dict[str, Any]) -> None:
    asked = values["answer"] == f"{BLANK}{BlankReason.ASK_OTHER_WORKER}"
    if asked and "whom" not in values:
        raise Wrong("whom", "Say which worker should be asked.")
    if "whom" in values and not asked:
        raise Wrong("whom", "You named a worker to ask. Choose 'Another worker should be asked', or take the name out.")
    if values["answer"].startswith(BLANK) and values.keys() & {"evidence", "note"}:
        raise Wrong(
            "note", "A question left blank has nothing to rest on. Take the note and the concern out, or answer it."
        )


def to_answer(number: int) -> Callable[[dict[str, Any], Callable[[str], str]], dict[str, Any]]:
    def data(values: dict[str, Any], reference: Callable[[str], str]) -> dict[str, Any]:
        chosen, resting = values["answer"], {"justification": values["justification"]}
        if chosen.startswith(BLANK):
            blank = {"question": number, "reason": chosen.removeprefix(BLANK)}
            return {**resting, "blanks": [blank | ({"whom": values["whom"]} if "whom" in values else {})]}
        option, _, alternative = chosen.partition(".")
        answer: dict[str, Any] = {"question": number, "option": int(option)}
        if alternative:
            answer["alternative"] = int(alternative)
        return {**resting, "answers": [answer | {key: values[key] for key in ("evidence", "note") if key in values}]}

    return data


def stands(said: EarlierAnswer, agreed: datetime | None) -> str:
    """Where my agency stands on a question, seen from the level in force: answered, blank, or changed since agreed."""
    if agreed is not None and said.recorded > agreed:
        return "changed"
    return "answered" if said.answer is not None else "blank"


def end_form(view: CaseView | None) -> Form:
    return Form(sections=(Section(parts=(justification_choice(view),)),))
