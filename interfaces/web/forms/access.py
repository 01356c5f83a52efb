"""The forms by which a case is sealed, opened on duty or in an emergency, and looked at afterwards; and the rota's."""

from interfaces.web.forms.form import Form, Section
from interfaces.web.forms.parts import Choice, Choices, Day, LongText, Moment, Option, Part, Text

KEPT = "It is kept with the case, and the lead is told at once."


def _reason(label: str, needed: str, hint: str = "") -> Part:
    return LongText(name="reason", label=label, hint=hint, needed=needed, rows=3)


def _kept(shortest: int) -> str:
    return f"At least {shortest} characters. {KEPT}"


def _naming() -> tuple[Part, ...]:
    return (
        Text(name="name", label="Name", needed="Enter the young person's name."),
        Day(
            name="date_of_birth",
            label="Date of birth",
            hint="For example, 14 5 2010",
            needed="Enter the date of birth; name and date of birth together find the record.",
        ),
    )


def sealing_form(people: tuple[Option, ...]) -> Form:
    """`people` come to the case, and may be named."""
    return Form(
        sections=(
            Section(
                warning="From then on nobody else sees this case: not their own agency's records, not on duty, not in "
                "an emergency. Whoever worked on it and opens one of its pages again, or opens it on duty, is shown "
                "the contact and nothing else. A search, or an opening in an emergency, answers as if there were none.",
            ),
            Section(
                heading="Who answers day and night",
                parts=(
                    Text(
                        name="contact",
                        label="Service or role",
                        hint="For example, emergency duty team manager. It is shown to whoever meets the seal.",
                        needed="Name the service or role that answers day and night.",
                    ),
                    Text(
                        name="telephone",
                        label="Telephone",
                        width="govuk-input--width-20",
                        needed="Enter the telephone number that is answered day and night.",
                    ),
                ),
            ),
            Section(
                heading="Who may still see it",
                parts=(
                    Choices(
                        name="people",
                        label="Name yourself and at least one more of the lead agency",
                        options=people,
                        open=True,
                        directory=True,
                        needed="Choose who may still see this case.",
                    ),
                    _reason("Why is it sealed?", "Say why this case is sealed."),
                ),
            ),
        ),
    )


def lifting_form() -> Form:
    return Form(
        sections=(
            Section(
                intro="Everybody who came to this case before comes to it again.",
                parts=(_reason("Why is the seal lifted?", "Say why the seal is lifted."),),
            ),
        ),
    )


def reviewing_form() -> Form:
    return Form(
        sections=(
            Section(
                parts=(
                    Choice(
                        name="outcome",
                        label="Was it right to come to this case?",
                        options=(
                            Option("appropriate", "Yes, it was appropriate"),
                            Option("to_be_followed_up", "It is to be followed up"),
                        ),
                        needed="Say whether it was appropriate.",
                    ),
                    LongText(name="note", label="What you found", needed="Say in a sentence what you found.", rows=3),
                ),
            ),
        ),
    )


def duty_form(shortest: int) -> Form:
    return Form(
        sections=(
            Section(
                intro="You see the case as the lead holds it until your shift ends.",
                parts=(_reason("Why do you open it?", "Say why you open this case.", _kept(shortest)),),
            ),
        ),
    )


def duty_by_name_form(shortest: int) -> Form:
    return Form(
        sections=(
            Section(heading="Who the young person is", parts=_naming()),
            Section(
                heading="Why now",
                intro="You see the case as the lead holds it until your shift ends.",
                parts=(_reason("Why do you open it?", "Say why you open this case.", _kept(shortest)),),
            ),
        ),
    )


def emergency_form(minutes: int, shortest: int) -> Form:
    return Form(
        sections=(
            Section(
                warning="If a child is at risk now, telephone first: 999, or the numbers at the foot of this page.",
                intro=f"This opens one case for {minutes} minutes: who the young person is, where to find them, how to "
                "reach them safely and what is feared, of what the lead holds. Another person looks at it afterwards.",
            ),
            Section(
                heading="Who the young person is",
                intro="Spelling and date of birth must be as recorded: search first if you are not sure.",
                parts=_naming(),
            ),
            Section(
                heading="Why it cannot wait",
                parts=(_reason("What is happening?", "Say why this cannot wait.", _kept(shortest)),),
            ),
        ),
    )


def shift_form(people: tuple[Option, ...]) -> Form:
    return Form(
        sections=(
            Section(
                parts=(
                    Choice(
                        name="person",
                        label="Who is on duty?",
                        options=people,
                        dropdown=True,
                        directory=True,
                        needed="Choose who is on duty.",
                    ),
                    Moment(name="from", label="From", hint="For example, 27 3 2026, 18:00", needed="Enter from when."),
                    Moment(
                        name="until",
                        label="Until",
                        hint="At most 24 hours later. For example, 28 3 2026, 08:00",
                        needed="Enter until when.",
                    ),
                ),
            ),
        ),
    )
