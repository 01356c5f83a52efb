"""The forms by which one agency asks another, and the lead places what the hub could not."""

from typing import Any

from interfaces.web.forms.choosing import agencies_to_choose
from interfaces.web.forms.form import Form, Section
from interfaces.web.forms.parts import Choice, Day, LongText, Option, Part, Text

NOBODY = "nobody"


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
