"""The form by which the lead decides whether two cases are of one young person."""

from interfaces.web.forms.form import Form, Section
from interfaces.web.forms.parts import Choice, LongText, Option

LINK = Option("link_cases", "One young person", "Each case bears the number of the other. Neither shows what is in it.")
DIFFERENT = Option("mark_different", "Two young people", "They are not listed as alike any more.")
UNDO = Option("undo_link", "Take back what was decided", "Both cases are as before.")
STANDS = {"linked": (DIFFERENT, UNDO), "different": (LINK, UNDO), "": (LINK, DIFFERENT)}
"""What may be decided, by what stands."""


def deciding_form(standing: str | None) -> Form:
    """With all that could be decided where it is only read."""
    options = (LINK, DIFFERENT, UNDO) if standing is None else STANDS[standing]
    return Form(
        sections=(
            Section(
                parts=(
                    Choice(
                        name="decision",
                        label="Whom are the two cases about?",
                        options=options,
                        needed="Say whether they are about one young person or two.",
                    ),
                    LongText(
                        name="reason",
                        label="Why?",
                        hint="The lead agency reads it where both cases are seen.",
                        needed="Say why.",
                    ),
                )
            ),
        )
    )
