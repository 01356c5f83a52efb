"""The forms by which the level of risk is proposed, agreed, or another level is held."""

from collections.abc import Callable
from typing import Any

from application.views import CaseView
from domain.instrument import instrument
from interfaces.web.forms.choosing import justification_choice
from interfaces.web.forms.form import Form, Section
from interfaces.web.forms.options import PRINTED
from interfaces.web.forms.parts import Choice, Day, LongText, Option, Text, Wrong, YesNo
from interfaces.web.words import word

LEVELS = {"low": "Low", "medium": "Medium", "high": "High"}


def categories() -> tuple[Option, ...]:
    """The three categories with the form's names and guidance."""
    return tuple(
        Option(str(one.number), f"{one.number}. {LEVELS[one.level]}: {' or '.join(one.names)}", one.guidance)
        for one in instrument().section_2.risk_categories
    )


def proposal_form(view: CaseView | None) -> Form:
    return Form(
        sections=(
            Section(
                intro=instrument().rule("2.1-how-5").statement,
                parts=(
                    justification_choice(view),
                    Choice(
                        name="category",
                        label=instrument().section_2.risk_category_box.label,
                        hint=PRINTED,
                        options=categories(),
                        numbers=True,
                        needed="Choose the category you propose.",
                    ),
                    LongText(
                        name="rationale",
                        label="Why this category",
                        needed="Say why you propose this category.",
                    ),
                    LongText(
                        name="downgrade_reason",
                        label="If it is lower than the level in force: why it is safe to lower it",
                        rows=3,
                    ),
                ),
            ),
        ),
    )


def stance_form(roles: tuple[str, ...], category: int | None) -> Form:
    """Agree with the proposal in one's role, or hold another level and say why."""
    proposed = f"I agree with category {category}" if category else "I agree"
    return Form(
        sections=(
            Section(
                parts=(
                    Choice(
                        name="as_role",
                        label="In which role do you sign?",
                        options=tuple(Option(role, word(role, "role")) for role in roles),
                        open=True,
                        needed="Say in which role you sign.",
                    ),
                    Choice(
                        name="stance",
                        label="Where do you stand?",
                        options=(Option("agree", proposed), Option("dissent", "I hold another level")),
                        needed="Say whether you agree, or hold another level.",
                    ),
                    Choice(
                        name="level",
                        label="If you hold another level: which?",
                        hint=PRINTED,
                        options=tuple(Option(one.value, one.text) for one in categories()),
                        numbers=True,
                        dropdown=True,
                    ),
                    LongText(
                        name="reason",
                        label="If you hold another level: why?",
                        hint="It stands on the record beside the proposal.",
                    ),
                ),
            ),
        ),
        rule=_stance_rule,
    )


def _stance_rule(values: dict[str, Any]) -> None:
    if values["stance"] == "agree" and values.keys() & {"level", "reason"}:
        box = "level" if "level" in values else "reason"
        raise Wrong(
            box,
            "You agree with the proposal. Take the other level and its reason out, or choose 'I hold another level'.",
        )
    if values["stance"] == "dissent":
        for box, needed in (("level", "Say which level you hold."), ("reason", "Say why you hold another level.")):
            if box not in values:
                raise Wrong(box, needed)


def to_stance(agreement: str) -> Callable[[dict[str, Any], Callable[[str], str]], dict[str, Any]]:
    def data(values: dict[str, Any], reference: Callable[[str], str]) -> dict[str, Any]:
        signed = {"agreement": agreement, "as_role": values["as_role"]}
        return signed | {key: values[key] for key in ("level", "reason") if key in values}

    return data


def dating_form() -> Form:
    """By when a required action is to be done, and by whom."""
    return Form(
        sections=(
            Section(
                parts=(
                    Day(
                        name="due",
                        label="By when?",
                        hint="For example, 26 4 2026",
                        needed="Give the day by which it is to be done.",
                    ),
                    Text(name="who", label="Who sees to it, if that is known?", hint="A person or a team."),
                ),
            ),
        ),
    )


def outcome_form() -> Form:
    """What came of a required action: done, or why it will not be."""
    return Form(
        sections=(
            Section(
                parts=(
                    YesNo(
                        name="done",
                        label="Was it done?",
                        no="No, and it will not be",
                        needed="Say whether it was done.",
                    ),
                    Day(
                        name="on",
                        label="On which day was it done, or decided?",
                        hint="For example, 26 4 2026",
                        needed="Give the day on which it was done, or decided.",
                    ),
                    LongText(
                        name="outcome",
                        label="What came of it, or why it will not be done",
                        hint="It stands with the reasons for the level, and is shared only with them.",
                        needed="Say what came of it, or why it will not be done.",
                    ),
                ),
            ),
        ),
    )


def to_action(agreement: str, action: str) -> Callable[[dict[str, Any], Callable[[str], str]], dict[str, Any]]:
    def data(values: dict[str, Any], reference: Callable[[str], str]) -> dict[str, Any]:
        return {"agreement": agreement, "action": action, **values}

    return data
