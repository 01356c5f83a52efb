"""The forms by which it is decided whether a case is kept or destroyed; what is typed here outlives the case."""


from interfaces.web.forms.choosing import agencies_to_choose
from interfaces.web.forms.form import Form, Section
from interfaces.web.forms.parts import Hidden, LongText, Option, Part, Text

OUTLIVES = "Name no person: this outlives the record."


def _reason(label: str, needed: str) -> Part:
    return LongText(name="reason", label=label, hint=f"{OUTLIVES} At most 500 characters.", needed=needed, rows=3)


def _basis() -> Part:
    return Text(
        name="basis",
        label="On what basis?",
        hint=f"The retention rule or the order of a court, with its number. {OUTLIVES}",
        needed="Say on what basis: the retention rule, or the order of a court.",
    )


def lifting_form() -> Form:
    return Form(
        sections=(
            Section(
                intro="Every case is held until somebody of the lead agency says that it need be kept no longer. "
                "Lifting the hold destroys nothing.",
                parts=(
                    _reason("Why need this case be kept no longer?", "Say why this case need be kept no longer."),
                    _basis(),
                ),
            ),
        ),
    )


def holding_form() -> Form:
    return Form(
        sections=(
            Section(
                intro="The case is kept, and whatever was proposed or agreed is stopped.",
                parts=(_reason("Why must this case be kept?", "Say why this case must be kept."),),
            ),
        ),
    )


def proposing_form(directory: tuple[Option, ...]) -> Form:
    """`directory` holds the agencies in which somebody may agree."""
    return Form(
        sections=(
            Section(
                warning="A destroyed case can never be read again, by anybody. "
                "Another agency must agree; then some days pass in which either of you can stop it.",
                parts=(
                    agencies_to_choose(
                        "asked",
                        "Which agency do you ask to agree?",
                        directory,
                        "Choose the agency you ask to agree.",
                        "They are shown what you write here, and nothing of the case.",
                    ),
                    _reason("Why is the case to be destroyed?", "Say why the case is to be destroyed."),
                    _basis(),
                ),
            ),
        ),
    )


def agreeing_form() -> Form:
    """Carries which proposal was read, so that nobody agrees to another one."""
    return Form(
        sections=(
            Section(
                warning="Once it is carried out, nobody can ever read this case again. "
                "Until then any manager of the two agencies can stop it.",
                parts=(Hidden(name="proposal"),),
            ),
        ),
    )


def stopping_form() -> Form:
    return Form(
        sections=(
            Section(
                intro="The case is kept for now. It can be proposed again, until somebody places the legal hold.",
                parts=(_reason("Why is this stopped?", "Say why this is stopped."),),
            ),
        ),
    )
