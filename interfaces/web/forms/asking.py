"""The forms by which one agency asks another, and the lead places what the hub could not."""

from typing import Any

from application.views import CaseView, Cell
from domain.instrument import instrument
from interfaces.web.forms.choosing import agencies_to_choose
from interfaces.web.forms.form import Form, Section
from interfaces.web.forms.parts import Choice, Day, LongText, Option, Part, Text

NOBODY = "nobody"


def worker_to_ask(view: CaseView, question: str) -> str:
    """Whom my own agency's blank to this question names, if it has one."""
    cell = view.cell(f"answers:{view.reader.agency}")
    blanks = cell.content.blanks if cell is not None and cell.content is not None else {}
    blank = blanks.get(int(question)) if question.isdecimal() and len(question) < 4 else None
    return blank.whom if blank is not None else ""


def agency_named(text: str, directory: tuple[Option, ...], workers: dict[str, str]) -> str:
    """The agency of the directory that a name stands for: its own, or where a worker of that name is; else none."""
    known = {one.text.casefold(): one.value for one in directory} | {one.value: one.value for one in directory}
    at = {name.casefold(): agency for name, agency in workers.items()}
    named = at.get(text.casefold(), text.casefold())
    return known.get(named, "")


def wanted_of(cell: Cell | None, question: str) -> str:
    """A request begun: about an item by its label, or a question of the assessment in the form's words."""
    if question.isdecimal() and len(question) < 4 and instrument().has_question(int(question)):
        return f"Question {question} of the assessment, {instrument().question(int(question)).title}: what you know."
    return f"What you hold on: {cell.label}." if cell is not None else ""



def _request_parts(directory: tuple[Option, ...]) -> tuple[Part, ...]:
    return (
        agencies_to_choose("of", "Which agency do you ask?", directory, "Choose the agency you ask."),
        LongText(
            name="wanted",
            label="What do you need to know?",
            hint="Ask for what you need and no more; it is easier to answer.",
            needed="Say what you need to know.",
        ),
        LongText(name="purpose", label="For what purpose?", needed="Say for what purpose you need it.", rows=3),
    )


def request_form(directory: tuple[Option, ...]) -> Form:
    """Ask from within a case."""
    return Form(sections=(Section(parts=_request_parts(directory)),))


def naming_form(directory: tuple[Option, ...]) -> Form:
    """Ask about a young person who is not known to the asker."""
    return Form(
        sections=(
            Section(
                heading="Whom you ask about",
                intro="Who asks works on the case from then on, if there is one: you come into your agency's case "
                "team, and your colleagues there see that you do.",
                parts=(
                    Text(name="name", label="Name", needed="Say whom you ask about, by the name you know."),
                    Day(name="date_of_birth", label="Date of birth, if known", hint="For example, 14 5 2010"),
                ),
            ),
            Section(heading="What you ask", parts=_request_parts(directory)),
        ),
        also={"about.name": "name", "about.date_of_birth": "date_of_birth"},
    )


def about_of(values: dict[str, Any]) -> dict[str, str]:
    return {key: values[key] for key in ("name", "date_of_birth") if key in values}


def placing_form(cases: tuple[Option, ...]) -> Form:
    """Which of the lead's cases a request belongs to, if any."""
    nobody = Option(NOBODY, "Nobody we know", "The request is closed; the agency that asked is told nothing more.")
    return Form(
        sections=(
            Section(
                parts=(
                    Choice(
                        name="case",
                        label="Whom is it about?",
                        options=(*cases, nobody),
                        needed="Say whom it is about, or that it is nobody you know.",
                    ),
                )
            ),
        ),
    )
