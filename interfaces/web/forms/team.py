"""The forms of the case team and of reviews."""

from typing import Any

from interfaces.web.forms.form import Form, Section
from interfaces.web.forms.parts import Choice, Choices, Day, LongText, Option, Text, Wrong, YesNo


def adding_form(people: tuple[Option, ...]) -> Form:
    """A manager adds one of the agency's own people."""
    return Form(
        sections=(
            Section(
                intro="" if people else "Everybody of your agency is in the case team already.",
                parts=(
                    Choice(
                        name="person",
                        label="Whom do you add?",
                        options=people,
                        open=True,
                        directory=True,
                        needed="Choose the person you add.",
                    ),
                    LongText(name="reason", label="Why", needed="Say why this person is added.", rows=3),
                ),
            ),
        ),
    )


def opening_form() -> Form:
    """Somebody who works for an agency of the case comes into its team."""
    return Form(
        sections=(
            Section(
                parts=(
                    LongText(
                        name="reason",
                        label="Why do you open this case?",
                        hint="For example: I take over from a colleague",
                        needed="Say why you open this case; it is kept with your look.",
                    ),
                ),
            ),
        ),
    )


def interest_form() -> Form:
    return Form(
        sections=(
            Section(
                warning="Declaring an interest closes this case to you at once, with everything you recorded in it. "
                "Your manager and colleagues in the case keep it. Telephone them first if something is urgent.",
                parts=(
                    LongText(
                        name="about",
                        label="What is your interest?",
                        hint="For example, related to someone named in it.",
                        needed="Say what your interest is.",
                        rows=3,
                    ),
                ),
            ),
        ),
    )


def review_form(reviewers: tuple[Option, ...], directory: tuple[Option, ...]) -> Form:
    """The young person named as in the record, and the scope in which a reviewer may read."""
    return Form(
        sections=(
            Section(
                heading="Whose case",
                intro="You see no case. Name the young person exactly. The answer is always alike.",
                parts=(
                    Text(name="name", label="Name", needed="Enter the young person's name."),
                    Day(
                        name="date_of_birth",
                        label="Date of birth",
                        hint="For example, 14 5 2010",
                        needed="Enter the date of birth; name and date of birth together find the record.",
                    ),
                ),
            ),
            Section(
                heading="The review",
                parts=(
                    Choice(
                        name="reviewer",
                        label="Who reviews?",
                        options=reviewers,
                        directory=True,
                        needed="Choose who reviews.",
                    ),
                    Text(
                        name="kind",
                        label="Kind of review",
                        hint="For example, a rapid review or a practice review.",
                        needed="Say what kind of review it is.",
                    ),
                    LongText(name="questions", label="What the review asks", needed="Say what the review asks."),
                ),
            ),
            Section(
                heading="What the reviewer may read",
                parts=(
                    Day(
                        name="from", label="Recorded from", hint="For example, 1 12 2025", needed="Enter the first day."
                    ),
                    Day(
                        name="until",
                        label="Recorded until",
                        hint="For example, 30 4 2026",
                        needed="Enter the last day.",
                    ),
                    Choices(
                        name="agencies",
                        label="Records of which agencies?",
                        options=directory,
                        directory=True,
                        needed="Choose the agencies whose records the review reads.",
                    ),
                    YesNo(
                        name="locators",
                        label="Does the review need to know where the young person lived or was placed?",
                        needed="Say whether the review needs addresses and the like.",
                    ),
                ),
            ),
        ),
        rule=_review_rule,
    )


def _review_rule(values: dict[str, Any]) -> None:
    if values["until"] < values["from"]:
        raise Wrong("until-day", "The last day is before the first. Check both.")
