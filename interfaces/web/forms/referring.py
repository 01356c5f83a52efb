"""The forms of a referral and of what is answered to it."""

from collections.abc import Callable
from typing import Any

from application.views import CaseView
from domain.instrument import instrument
from interfaces.web.forms import options
from interfaces.web.forms.choosing import agencies_to_choose, justification_choice
from interfaces.web.forms.form import Form, Section
from interfaces.web.forms.parts import Choice, LongText, Option


def referral_form(view: CaseView | None, directory: tuple[Option, ...]) -> Form:
    return Form(
        sections=(
            Section(
                intro=instrument().rule("2.1-how-1").statement,
                parts=(
                    justification_choice(view),
                    agencies_to_choose("to", "To which agency?", directory, "Choose the agency you refer to."),
                    LongText(
                        name="summary",
                        label="What you ask of them, and why",
                        hint="What worries you, what has been tried, what goes well.",
                        needed="Say what you ask of them, and why.",
                        rows=6,
                    ),
                    Choice(
                        name="carers_informed",
                        label="Have parents or carers been told of the referral?",
                        options=options.TOLD,
                        needed="Say whether parents or carers have been told.",
                    ),
                    LongText(name="carers_informed_why", label="If not, why not", rows=2),
                ),
            ),
        ),
    )


def answer_form(field: str, label: str, hint: str = "") -> Form:
    """One text that answers a referral."""
    return Form(
        sections=(Section(parts=(LongText(name=field, label=label, hint=hint, needed="Enter what you tell them."),)),)
    )


def to_answer(referral: str) -> Callable[[dict[str, Any], Callable[[str], str]], dict[str, Any]]:
    def data(values: dict[str, Any], reference: Callable[[str], str]) -> dict[str, Any]:
        return {"referral": referral, **values}

    return data
