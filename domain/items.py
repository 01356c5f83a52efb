"""Items, the smallest things that can be shared: their names on the page, coarse forms, the references they hold."""

from datetime import date, datetime
from typing import Any

import msgspec

from domain.assessment import AgencyAnswers
from domain.concerns import Concern

LABELS = {
    "child.name": "Name",
    "child.also_known_as": "Also known as",
    "child.gender": "Gender",
    "child.date_of_birth": "Date of birth",
    "child.ethnicity": "Ethnicity",
    "child.disability": "Disability",
    "child.first_language": "First language",
    "child.interpreter": "Interpreter",
    "child.nhs_number": "NHS number",
    "child.upn": "Unique pupil number",
    "child.has_social_worker": "Has a social worker",
    "child.address": "Address",
    "child.postcode": "Postcode",
    "child.placement": "Placement",
    "child.school": "School",
    "child.telephone": "Telephone",
    "child.usual_places": "Usual places",
    "child.gp": "GP",
    "safe_contact": "How to reach the young person safely",
    "risk": "Level of risk",
    "risk.reasons": "Reasons for the level of risk",
}
KINDS = {
    "concern": "Concern",
    "person": "Person of concern",
    "place": "Place",
    "vehicle": "Vehicle",
    "carer": "Parent or carer",
    "answers": "Answers",
    "ticks": "Section 1, B to F",
    "plan": "Plan",
}


def label_of(item: str) -> str:
    """What the item is called on a page; the part after the colon is its reference."""
    kind, _, reference = item.partition(":")
    return LABELS.get(item) or f"{KINDS[kind]} {reference}"


class CoarseConcern(msgspec.Struct, frozen=True):
    """A concern coarsened: its headline, nothing of who, where or how."""

    headline: str


def coarse_content(item: str, content: Any, at: datetime) -> Any:
    """The coarse form of an item (design §1): first name, age, outward postcode, headline."""
    if isinstance(content, Concern):
        return CoarseConcern(content.headline)
    if not isinstance(content, str):
        return content
    match item:
        case "child.name":
            return content.split()[0] if content.split() else ""
        case "child.date_of_birth":
            return f"{age_on(date.fromisoformat(content), at.date())} years old"
        case "child.postcode":
            return content.split()[0] if " " in content else content[:-3]
        case _:
            return ""


def age_on(born: date, day: date) -> int:
    """Whole years on a day."""
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def without_references(content: Any, seen: set[str]) -> Any:
    """`content` without what it says of items the reader does not see (design §3.6)."""
    if not isinstance(content, AgencyAnswers):
        return content
    answers = {
        number: answer
        if not answer.evidence or f"concern:{answer.evidence}" in seen
        else msgspec.structs.replace(answer, evidence="")
        for number, answer in content.answers.items()
    }
    return AgencyAnswers(answers, content.blanks)
