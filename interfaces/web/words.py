"""The words of threads and lists as people read them, and moments as an address or a form gives them."""

import re
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from markupsafe import Markup

from domain.errors import BadInput

WORDS: dict[str, dict[str, str]] = {
    "showing": {"full": "In full", "coarse": "In part", "ask_holder": "Ask the holder", "withheld": "Withheld"},
    "basis": {
        "consent": "Consent",
        "public_interest": "Public interest",
        "no_duty_owed": "No duty of confidentiality owed",
        "none": "None: permits only a refusal",
        "": "None",
    },
    "ground": {
        "significant_harm_to_child": "Clear risk of significant harm to a child",
        "serious_harm_to_adult": "Clear risk of serious harm to an adult",
        "sufficient_force": "Public interest of sufficient force on the facts",
        "decide_on_further_sharing": "So that it can be decided whether to share more",
    },
    "outcome": {"share": "Shared", "share_in_part": "Shared in part", "refuse": "Refused"},
    "told": {"yes": "Yes", "no": "No", "not_yet": "Not yet"},
    "given_by": {"child": "The young person", "parent": "A parent or carer"},
    "consent": {"given": "Given", "refused": "Refused"},
    "kind": {
        "childrens_social_care": "Children's social care",
        "police": "Police",
        "health": "Health",
        "education": "Education",
        "voluntary": "Voluntary",
        "partnership": "Partnership office",
    },
    "by": {"any": "Any agency", "lead": "The lead agency", "partnership": "The partnership office"},
    "role": {
        "practitioner": "Practitioner",
        "team_manager": "Team Manager",
        "cse_prevention_manager": "CSE Prevention Manager",
        "partnership_manager": "Partnership manager",
        "reviewer": "Reviewer",
        "auditor": "Auditor",
        "administrator": "Administrator",
    },
    "task": {
        "answer_request": "Answer a request for information",
        "acknowledge_referral": "Acknowledge a referral",
        "referral_not_acknowledged": "A referral of yours is not acknowledged yet",
        "agree_risk": "Agree the level of risk, or say what you hold",
        "review_share": "Look again at a share",
        "share_later_locator": "A new address or contact waits for a decision of its own",
        "tell_young_person": "Tell the young person what was shared, when it is safe",
        "consent_withdrawn": "A consent was withdrawn: look again at what rests on it",
        "tell_correction": "Tell those who saw what was put right",
        "same_naming": "Another case bears the same name and date of birth: tell the CSE Prevention Manager",
        "place_request": "Place a request that the hub could not place",
        "agree_destruction": "Answer whether a case may be destroyed",
    },
    "step": {
        "destruction.hold_lifted": "Legal hold lifted",
        "destruction.hold_placed": "Legal hold placed",
        "destruction.proposed": "Destruction proposed",
        "destruction.agreed": "Destruction agreed",
        "destruction.stopped": "Destruction stopped",
        "destruction.carried_out": "Destroyed",
    },
    "way": {
        "team": "You are in the case team",
        "manager": "You manage people in the case team",
        "review": "You review this case",
    },
}
_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d{1,6})?)?(?:Z|[+-]\d{2}:\d{2})?)?", re.ASCII)


def unreadable(count: int) -> str:
    """What a list says of the records it leaves out because they do not open."""
    if count == 1:
        return "One record on this list cannot be read just now and is being repaired. Telephone the lead agency."
    return f"{count} records on this list cannot be read just now and are being repaired. Telephone the lead agency."


def word(value: object, kind: str) -> str:
    """A stored word as people read it; a word without a reading stands as it is, with spaces."""
    return WORDS[kind].get(str(value), str(value).replace("_", " "))


def breakable(text: str) -> Markup:
    """The text, escaped, with a place to break the line after a slash between words."""
    return Markup("<wbr>").join(re.split(r"(?<=\w/)(?=\w{3})", text))


def read_moment(text: str, zone: ZoneInfo, field: str = "as_at") -> datetime | None:
    """A local date and time as a form or an address gives it, in UTC; a day alone means the end of that day.

    Raises:
        BadInput: naming the field.
    """
    text = text.strip()
    if not text:
        return None
    try:
        if not _MOMENT.fullmatch(text):
            raise ValueError(text)
        at = datetime.fromisoformat(f"{text}T23:59:59" if len(text) == len("2026-01-31") else text)
        if not 1900 <= at.year <= 2200:
            raise ValueError(text)
        return (at if at.tzinfo else at.replace(tzinfo=zone)).astimezone(UTC)
    except ValueError:
        raise BadInput(field, "This is not a date and time in the calendar. Enter it like 2026-01-31 14:30.") from None


def for_input(value: datetime | None, zone: ZoneInfo) -> str:
    """A time as an input of kind datetime-local and an address hold it; empty for now."""
    return value.astimezone(zone).replace(tzinfo=None).isoformat() if value else ""
