"""Choices that come from the case or the directory: justifications, consents, agencies, people."""

from application.views import CaseView, ConsentThread, JustificationThread
from domain.vocabulary import Basis
from interfaces.web.forms.parts import Choice, Choices, Option, Part
from interfaces.web.words import word


def reasons_of_mine(view: CaseView) -> list[JustificationThread]:
    """My agency's justifications in force that permit something, the standing ones first, then the newest."""
    mine = [one for one in view.justifications if one.own and one.in_force and one.basis != Basis.NONE]
    return sorted(mine, key=lambda one: (one.standing, one.given), reverse=True)


def sole_standing(view: CaseView) -> str:
    """The one standing justification of mine; where there are several, or none, nothing is chosen beforehand."""
    standing = [one.id for one in reasons_of_mine(view) if one.standing]
    return standing[0] if len(standing) == 1 else ""


def justification_choice(view: CaseView | None, *, refusing: bool = False) -> Part:
    """Which of my agency's justifications this rests on; `refusing` also offers those that permit only a refusal."""
    offered = reasons_of_mine(view) if view else []
    if view and refusing:
        offered += [one for one in view.justifications if one.own and one.in_force and one.basis == Basis.NONE]
    return Choice(
        name="justification",
        label="What does this rest on?",
        hint="Your agency's own reasoning under section 2.3. If none fits, give a new justification first.",
        needed="Choose the justification this rests on. If none fits, give a new one first.",
        options=tuple(Option(one.id, one.purpose, described(one)) for one in offered),
        open=True,
    )


def described(one: JustificationThread) -> str:
    basis = word(one.basis, "basis") + (f": {word(one.ground, 'ground').lower()}" if one.ground else "")
    standing = "Standing. " if one.standing else ""
    return f"{standing}{basis}. Given by {one.by_person}."


def consent_choice(consents: tuple[ConsentThread, ...]) -> Part:
    return Choice(
        name="consent",
        label="If consent: which consent?",
        dropdown=True,
        hint="Record the consent first if it is not here.",
        options=tuple(Option(one.id, f"{one.about} ({one.method})") for one in consents),
        open=True,
    )


def agencies_to_choose(name: str, label: str, directory: tuple[Option, ...], needed: str = "", hint: str = "") -> Part:
    return Choice(name=name, label=label, hint=hint, needed=needed, options=directory, open=True, directory=True)


def agencies_to_tick(name: str, label: str, directory: tuple[Option, ...], needed: str = "", hint: str = "") -> Part:
    return Choices(name=name, label=label, hint=hint, needed=needed, options=directory, open=True, directory=True)
