"""Section 2.3 as a short conversation: why this may be recorded or shared; and the consent it may rest on."""

from collections.abc import Callable
from typing import Any

from application.views import CaseView, ConsentThread
from domain.instrument import instrument
from domain.vocabulary import Basis
from interfaces.web.forms.choosing import agencies_to_tick, consent_choice
from interfaces.web.forms.form import Form, Section
from interfaces.web.forms.parts import Choice, LongText, Moment, Option, Part, Text, Wrong, YesNo

Directory = tuple[Option, ...]

CONSENT_ONLY_WHERE_NO_IS_RESPECTED = (
    "Consent is a basis only where you would respect “no”. If you would share anyway, do not ask for consent: "
    "tell the young person, record their views, and choose public interest."
)
WHAT_WAS_AGREED: tuple[Part, ...] = (
    LongText(name="about", label="What may be shared?", needed="Say what the consent is about.", rows=3),
    Text(
        name="method",
        label="How was it given?",
        hint="For example, in person or by telephone, and where.",
        needed="Say how it was given.",
    ),
    LongText(
        name="understanding",
        label="How you judged that the young person understood what would be shared, with whom and why",
        rows=3,
    ),
)
FIELDS = (
    "purpose",
    "duty_of_confidentiality",
    "basis",
    "ground",
    "consent",
    "facts",
    "proportionality",
    "child_told",
    "standing",
    "recipients",
)


def _bases(consents: bool) -> tuple[Option, ...]:
    told = tuple(
        Option(one.key, one.statement) for one in instrument().sharing.bases if one.key != Basis.CONSENT or consents
    )
    return (
        *told,
        Option(
            Basis.NONE, "None of these.", "Permits only a refusal: choose it to put on record why nothing is shared."
        ),
    )


NO_GROUND = "does_not_apply"


def _grounds() -> tuple[Option, ...]:
    grounds = tuple(
        Option(
            one.key,
            one.statement,
            "A limited share: name, date of birth, gender and headlines only, for 14 days at most."
            if one.limited
            else "",
        )
        for one in instrument().sharing.grounds
    )
    return (*grounds, Option(NO_GROUND, "Does not apply: the basis is another one."))


def justification_sections(directory: Directory, consents: tuple[ConsentThread, ...] | None) -> tuple[Section, ...]:
    """The conversation; `consents` is None where there can be none yet."""
    rules = {rule.id: rule.statement for rule in instrument().rules_of("2.3")}
    which: tuple[Part, ...] = () if consents is None else (consent_choice(consents),)
    return (
        Section(
            heading="Why this may be recorded or shared",
            parts=(
                Text(
                    name="purpose",
                    label="For what purpose?",
                    hint="For example, tell Children's Social Care what school has seen.",
                    needed="Say for what purpose this is recorded or shared.",
                    width="govuk-!-width-full",
                ),
                YesNo(
                    name="duty_of_confidentiality",
                    label="Do you owe the young person a duty of confidentiality for this?",
                    hint=rules["2.3-duty"],
                    needed="Say whether a duty of confidentiality is owed.",
                ),
            ),
        ),
        Section(
            heading="On what basis",
            intro=rules["2.3-lawful"],
            warning=CONSENT_ONLY_WHERE_NO_IS_RESPECTED if consents is not None else "",
            parts=(
                Choice(name="basis", label="Basis", options=_bases(consents is not None), needed="Choose the basis."),
                Choice(
                    name="ground",
                    label="If public interest: on what ground?",
                    hint=rules["2.3-judgement"],
                    options=_grounds(),
                ),
                *which,
            ),
        ),
        Section(
            heading="This case",
            parts=(
                LongText(
                    name="facts",
                    label="The facts of this case that make it so",
                    needed="Give the facts of this case on which you judge.",
                ),
                LongText(
                    name="proportionality",
                    label="Why it is proportionate",
                    hint=rules["2.3-proportionate"],
                    needed="Say why it is proportionate: what is shared, and what is not.",
                ),
                LongText(
                    name="child_told",
                    label="Has the young person been told? If not, why not?",
                    hint="For example, “yes: …” or “not yet: …”. Include what they think of it.",
                    needed="Say whether the young person has been told, or why not.",
                    rows=3,
                ),
            ),
        ),
        Section(
            heading="How far it reaches",
            parts=(
                YesNo(
                    name="standing",
                    label="Will you record under this again?",
                    hint="If yes, it is offered first from now on, so that recording takes one button.",
                    yes="Yes, it is a standing justification",
                    no="No, once only",
                ),
                agencies_to_tick(
                    "recipients",
                    "Who gets what rests on this without a further decision?",
                    directory,
                    hint="Leave empty for the lead agency. With consent, it is whom the young person agreed to.",
                ),
            ),
        ),
    )


def justification_rule(values: dict[str, Any]) -> None:
    """What does not go together, said at its box."""
    basis, ground = values["basis"], values.get("ground", NO_GROUND)
    if basis == Basis.PUBLIC_INTEREST and ground == NO_GROUND:
        raise Wrong("ground", "Name the ground on which the public interest rests.")
    if basis != Basis.PUBLIC_INTEREST and ground != NO_GROUND:
        raise Wrong("ground", "A ground belongs to public interest only. Choose 'Does not apply', or public interest.")
    if basis == Basis.CONSENT and "consent" not in values:
        raise Wrong(
            "basis", "Record the consent first, then name it; or choose public interest if you would share anyway."
        )
    if basis != Basis.CONSENT and "consent" in values:
        raise Wrong("consent", "You named a consent. Choose consent as the basis, or name none.")
    if basis == Basis.NO_DUTY_OWED and values.get("duty_of_confidentiality"):
        raise Wrong(
            "basis", "You said a duty of confidentiality is owed, and that none is owed. Correct one of the two."
        )


def justification_form(view: CaseView | None, directory: Directory) -> Form:
    consents = tuple(one for one in view.consents if one.own and one.in_force) if view else ()
    return Form(sections=justification_sections(directory, consents), rule=justification_rule)


def one_justification(values: dict[str, Any], reference: Callable[[str], str]) -> dict[str, Any]:
    given = {key: values[key] for key in FIELDS if key in values and values[key] != NO_GROUND}
    return {"id": reference(""), **given}


def consent_form(directory: Directory) -> Form:
    return Form(
        sections=(
            Section(
                warning=CONSENT_ONLY_WHERE_NO_IS_RESPECTED,
                parts=(
                    Choice(
                        name="given_by",
                        label="Who was asked?",
                        options=(Option("child", "The young person"), Option("parent", "A parent or carer")),
                        needed="Say who was asked.",
                    ),
                    Choice(
                        name="decision",
                        label="What was the answer?",
                        options=(Option("given", "Consent was given"), Option("refused", "Consent was refused")),
                        needed="Say what the answer was.",
                    ),
                    agencies_to_tick(
                        "to", "Which agencies may it be shared with?", directory, "Say which agencies it reaches."
                    ),
                    *WHAT_WAS_AGREED,
                    Moment(
                        name="expires", label="When it runs out, if it does", hint="For example, 31 3 2026 at 17:00"
                    ),
                ),
            ),
        ),
        also={"scope": "to", "scope.to": "to", "scope.about": "about"},
    )


def to_record_consent(values: dict[str, Any], reference: Callable[[str], str]) -> dict[str, Any]:
    data = {key: value for key, value in values.items() if key not in ("to", "about")}
    return data | {"id": reference(""), "scope": {"to": values["to"], "about": values["about"]}}
