"""The words of threads and lists as people read them, and moments as an address or a form gives them."""

import re
import textwrap
from datetime import UTC, datetime
from functools import lru_cache
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
        "referral_not_acknowledged_late": "Nobody has acknowledged your referral: escalate it",
        "agree_risk": "Agree the level of risk, or say what you hold",
        "date_actions": "Set dates for what the level of risk requires",
        "required_action": "What the level of risk requires is to be done",
        "review_share": "Look again at a share",
        "share_later_locator": "A new address or contact waits for a decision of its own",
        "tell_young_person": "Tell the young person what was shared, when it is safe",
        "consent_withdrawn": "A consent was withdrawn: look again at what rests on it",
        "tell_correction": "Tell those who saw what was put right",
        "same_naming": "Another case bears the same name and date of birth: tell the CSE Prevention Manager",
        "decide_duplicate": "Two cases bear the same name and date of birth: decide whether they are one young person",
        "place_request": "Place a request that the hub could not place",
        "agree_destruction": "Answer whether a case may be destroyed",
        "review_access": "Look at what was opened on duty or in an emergency",
        "access_opened": "This case was opened on duty or in an emergency",
        "seal_needs_people": "Name others in the seal: too few are left",
        "seal_has_nobody": "Seal a case anew: nobody is left who could lift the seal",
    },
    "opened": {"duty": "On duty", "emergency": "In an emergency"},
    "found": {"appropriate": "Appropriate", "to_be_followed_up": "To be followed up"},
    "look": {"exported": "File", "found": "Found by searching", "refused": "Refused", "sealed": "Met the seal"},
    "alike": {
        "name_same": "the same name",
        "names_exchanged": "the names exchanged",
        "name_in_part": "part of the name",
        "sounds_alike": "the name sounds alike",
        "spelt_alike": "the name is spelt alike",
        "one_name_alike": "one of the names is alike",
        "known_as": "a name the young person is known by",
        "born_same": "the same date of birth",
        "day_and_month_exchanged": "day and month exchanged",
        "year_differs": "the year of birth differs by a slip",
        "month_differs": "the month of birth differs by a slip",
        "day_differs": "the day of birth differs by a slip",
        "no_date": "one of them has no date of birth",
    },
    "link": {"linked": "Linked: one young person", "different": "Two young people", "undone": "Taken back"},
    "step": {
        "destruction.hold_lifted": "Legal hold lifted",
        "destruction.hold_placed": "Legal hold placed",
        "destruction.proposed": "Destruction proposed",
        "destruction.agreed": "Destruction agreed",
        "destruction.stopped": "Destruction stopped",
        "destruction.carried_out": "Destroyed",
    },
    "method": {
        "demo": "choosing in the demonstration",
        "totp": "password and authenticator app",
        "recovery_code": "password and recovery code",
        "passkey": "passkey",
        "oidc": "the agency's own sign-in",
    },
    "why_at_the_door": {
        "password": "the password was not right",
        "code": "the code was not right",
        "recovery_code": "the recovery code was not right",
        "too_many": "too much was tried",
        "signed_out": "signed out",
        "from_elsewhere": "ended from another browser",
        "everywhere": "ended everywhere",
        "password_changed": "the password was changed",
        "passkey": "the passkey was not right",
        "passkey_counter": "the passkey's counter went back: there may be a copy of it",
        "passkey_removed": "a passkey was removed",
        "one_factor": "no second factor was used there",
        "not_bound": "no account is bound to this sign-in",
        "other_agency": "the account is of another agency",
        "bound_to_another": "bound to another account",
        "identity_removed": "the agency's own sign-in was unlinked",
        "authenticator_replaced": "the authenticator app was replaced",
        "reset": "the account was reset",
        "may_not_enter": "the person may not be signed in any more",
    },
    "factor": {"identity": "the agency's own sign-in", "totp": "authenticator app"},
    "how": {"mail": "by e-mail", "printed": "printed on the machine"},
    "sent": {"True": "sent", "False": "the mail server did not take it"},
    "at_the_door": {
        "directory.person_registered": "Registered",
        "directory.role_given": "Role given",
        "directory.role_ended": "Role ended",
        "directory.membership_ended": "Left the agency",
        "account.invited": "Invited",
        "account.reset_started": "Reset started",
        "account.disabled": "Account disabled",
        "account.enabled": "Account enabled",
        "account.confirmed": "Account confirmed",
        "account.enrolled": "Chose what to sign in with",
        "account.link_sent": "Link sent",
        "account.address_told": "Told at the address the account had",
        "sign_in.succeeded": "Signed in",
        "sign_in.refused": "Sign-in refused",
        "agency_sign_in.refused": "Sign-in of an agency refused",
        "session.ended": "Session ended",
        "password.changed": "Password changed",
        "second_factor.added": "A way to sign in added",
        "second_factor.removed": "A way to sign in removed",
        "recovery_code.made": "New recovery codes made",
        "recovery_code.used": "Recovery code used",
    },
    "form": {
        "": "A form",
        "agreed.tell": "A young person told you, and agreed that it is shared",
        "agreeing.date": "Set a date for what the level of risk requires",
        "agreeing.outcome": "What became of what the level of risk requires",
        "agreeing.propose": "Propose the level of risk",
        "agreeing.sign": "Agree the level of risk",
        "asking.about": "Ask another agency about a young person",
        "asking.request_information": "Ask another agency",
        "assessing.end": "End the assessment",
        "assessing.question": "Assessment, question",
        "assessing.start": "Start the assessment",
        "coming_in.review": "Look at what was opened on duty or in an emergency",
        "justifying.consent": "Record consent, given or refused",
        "justifying.give": "Say why this may be recorded or shared",
        "justifying.withdraw": "Record that consent is withdrawn",
        "recording.begin": "Record about a young person",
        "recording.concern": "Record a concern",
        "recording.correct": "Correct a concern",
        "recording.details": "Details, safe contact and carers",
        "recording.disagree": "Record that you disagree",
        "recording.person_of_concern": "Record a person of concern",
        "recording.plan": "Write a plan for an agency",
        "recording.retract": "Take a concern back",
        "referring.acknowledge": "Acknowledge a referral",
        "referring.conclude": "Conclude a referral",
        "referring.escalate": "Escalate a referral",
        "referring.make": "Make a referral",
        "reviewing.open_review": "Open a review",
        "sealing.lift": "Lift the seal",
        "sharing.decide": "Decide what to share with",
        "sharing.onward": "Let what you recorded go further",
        "sharing.reasoning": "Why share with",
        "sharing.withdraw": "End a share",
        "team.add": "Add a person to the case team",
        "team.interest": "Declare an interest",
    },
    "way": {
        "team": "You are in the case team",
        "manager": "You manage people in the case team",
        "duty": "You are on duty",
        "review": "You review this case",
        "emergency": "You opened this in an emergency",
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


@lru_cache(maxsize=1024)
def breakable(text: str) -> Markup:
    """The text, escaped, with a place to break the line after a slash between words."""
    return Markup("<wbr>").join(re.split(r"(?<=\w/)(?=\w{3})", text))


def looked_for(kind: str, what: str) -> str:
    """What somebody looked at, or asked for and was not shown; a name in it keeps its capitals."""
    said = what.replace("_", " ")
    if kind in ("refused", "sealed"):
        return f"Asked for: {'the case' if said == 'case' else said}"
    return said[:1].upper() + said[1:]


def why_alike(why: tuple[str, ...]) -> str:
    """Why two namings are taken for one young person, as a sentence."""
    said = "; ".join(word(one, "alike") for one in why)
    return said[:1].upper() + said[1:]


def in_two(text: str, longest: int = 22) -> list[str]:
    """A name on one line, or on two where it is long; a name too long for two is cut, and said so."""
    lines = textwrap.wrap(text, longest, break_long_words=True)
    return lines if len(lines) <= 2 else [lines[0], f"{lines[1][: longest - 1]}…"]


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
