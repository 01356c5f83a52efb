"""A young person told something and agreed that it is shared: consent, its reasoning and the concern in one form."""

from typing import Any

from domain.vocabulary import Basis, ConsentDecision
from interfaces.web.forms.choosing import agencies_to_tick
from interfaces.web.forms.form import Form, Section
from interfaces.web.forms.justifying import CONSENT_ONLY_WHERE_NO_IS_RESPECTED, WHAT_WAS_AGREED
from interfaces.web.forms.parts import Day, LongText, Text
from interfaces.web.forms.recording import Directory, Reference, concern_form, to_record_concern

CONSENT = ("method", "understanding")
REASONING = ("purpose", "facts", "proportionality")
WHO = ("name", "date_of_birth")


def agreed_form(directory: Directory) -> Form:
    """Who the young person is, what was agreed to, and what was told; the hub answers alike for everyone."""
    happened = concern_form()
    return Form(
        sections=(
            Section(
                heading="Who the young person is",
                intro="Enter what you know. The hub answers the same whether or not a record exists.",
                parts=(
                    Text(name="name", label="Name", needed="Enter the young person's name as you know it."),
                    Day(name="date_of_birth", label="Date of birth, if known", hint="For example, 14 5 2010"),
                ),
            ),
            Section(
                heading="What the young person agreed to",
                warning=CONSENT_ONLY_WHERE_NO_IS_RESPECTED,
                parts=(
                    agencies_to_tick(
                        "to",
                        "Which agencies may it be shared with?",
                        directory,
                        "Say which agencies it reaches.",
                        hint="The lead agency, if you tick it, sees it at once. To others it goes by a decision to "
                        "share.",
                    ),
                    *WHAT_WAS_AGREED,
                ),
            ),
            Section(
                heading="Why it is shared",
                parts=(
                    Text(
                        name="purpose",
                        label="For what purpose?",
                        needed="Say for what purpose it is shared.",
                        width="govuk-!-width-full",
                    ),
                    LongText(
                        name="facts",
                        label="The facts of this case that make it so",
                        needed="Give the facts of this case on which you judge.",
                        rows=2,
                    ),
                    LongText(
                        name="proportionality",
                        label="Why it is proportionate",
                        needed="Say why it is proportionate: what is shared, and what is not.",
                        rows=2,
                    ),
                ),
            ),
            *happened.sections[1:],
        ),
        rule=happened.rule,
        also={
            **happened.also,
            "child": "name",
            "consent.scope": "to",
            "consent.scope.to": "to",
            "consent.scope.about": "about",
        },
    )


def to_open_case_agreed(values: dict[str, Any], reference: Reference) -> dict[str, Any]:
    """One command: the consent, the justification resting on it, the concern resting on that."""
    apart = (*WHO, *CONSENT, *REASONING, "to", "about")
    happened = {key: value for key, value in values.items() if key not in apart}
    consent, justification = reference("consent"), reference("justification")
    return {
        "child": {key: values[key] for key in WHO if key in values},
        "consent": {
            "id": consent,
            "given_by": "child",
            "decision": str(ConsentDecision.GIVEN),
            "scope": {"to": values["to"], "about": values["about"]},
            **{key: values[key] for key in CONSENT if key in values},
        },
        "justification": {
            "id": justification,
            **{key: values[key] for key in REASONING},
            "duty_of_confidentiality": True,
            "basis": str(Basis.CONSENT),
            "consent": consent,
            "recipients": values["to"],
            "child_told": f"yes: agreed, {values['method']}",
        },
        "concern": to_record_concern({**happened, "justification": justification}, reference),
    }
