"""The words that get stored: closed lists of the toolkit and of UK safeguarding practice."""

from enum import StrEnum


class AgencyKind(StrEnum):
    """What sort of organisation an agency is; the policy tables speak of kinds, never of agencies."""

    CHILDRENS_SOCIAL_CARE = "childrens_social_care"
    POLICE = "police"
    HEALTH = "health"
    EDUCATION = "education"
    VOLUNTARY = "voluntary"
    PARTNERSHIP = "partnership"


class Role(StrEnum):
    """The role a person used when acting (design §3.1, toolkit 2.1 (5))."""

    PRACTITIONER = "practitioner"
    TEAM_MANAGER = "team_manager"
    CSE_PREVENTION_MANAGER = "cse_prevention_manager"
    PARTNERSHIP_MANAGER = "partnership_manager"
    REVIEWER = "reviewer"
    AUDITOR = "auditor"
    ADMINISTRATOR = "administrator"


CASE_ROLES = frozenset({Role.PRACTITIONER, Role.TEAM_MANAGER, Role.CSE_PREVENTION_MANAGER})
SIGNING_ROLES = (Role.TEAM_MANAGER, Role.CSE_PREVENTION_MANAGER)


class Basis(StrEnum):
    """On what a recording or a share rests (toolkit 2.3)."""

    CONSENT = "consent"
    PUBLIC_INTEREST = "public_interest"
    NO_DUTY_OWED = "no_duty_owed"
    NONE = "none"


class Ground(StrEnum):
    """Why the public interest is of sufficient force (toolkit 2.3)."""

    SIGNIFICANT_HARM_TO_CHILD = "significant_harm_to_child"
    SERIOUS_HARM_TO_ADULT = "serious_harm_to_adult"
    SUFFICIENT_FORCE = "sufficient_force"
    DECIDE_ON_FURTHER_SHARING = "decide_on_further_sharing"


class ConsentDecision(StrEnum):
    """What was answered when consent was asked."""

    GIVEN = "given"
    REFUSED = "refused"


class Outcome(StrEnum):
    """What a sharing decision came to; a refusal is recorded like a share."""

    SHARE = "share"
    SHARE_IN_PART = "share_in_part"
    REFUSE = "refuse"


class Showing(StrEnum):
    """How an item appears to a reader; what is not shown at all has no showing (design §1)."""

    FULL = "full"
    COARSE = "coarse"
    ASK_HOLDER = "ask_holder"
    WITHHELD = "withheld"


class BlankReason(StrEnum):
    """Why a question or a detail is left blank (toolkit 2.1 (3) and (4))."""

    NOT_KNOWN = "not_known"
    NOT_ASKED = "not_asked"
    ASK_OTHER_WORKER = "ask_other_worker"
    NOT_APPROPRIATE_TO_ASK = "not_appropriate_to_ask"


class Precision(StrEnum):
    """How exactly the time something happened is known."""

    MINUTE = "minute"
    DAY = "day"
    MONTH = "month"
    ABOUT = "about"
    UNKNOWN = "unknown"


class Nature(StrEnum):
    """Fact and professional opinion are kept apart (toolkit 1.6)."""

    FACT = "fact"
    OPINION = "opinion"


class PersonKind(StrEnum):
    """How a person of concern comes into the case."""

    ALLEGED_PERPETRATOR = "alleged_perpetrator"
    ASSOCIATE = "associate"


class AgeBasis(StrEnum):
    """The form's "actual/estimate"."""

    ACTUAL = "actual"
    ESTIMATE = "estimate"


class PlaceKind(StrEnum):
    """The analysis form's "associates/addresses/hotspots"."""

    ADDRESS = "address"
    HOTSPOT = "hotspot"


class Told(StrEnum):
    """Whether a carer may be told, or has been (toolkit 2.4)."""

    YES = "yes"
    NO = "no"
    NOT_YET = "not_yet"


class Onward(StrEnum):
    """What a recorder asks of the lead before an item goes further."""

    LEAD_DECIDES = "lead_decides"
    ASK_ORIGINATOR = "ask_originator"


class AccessOutcome(StrEnum):
    """What another person said afterwards of somebody's coming to a case on duty or in an emergency."""

    APPROPRIATE = "appropriate"
    TO_BE_FOLLOWED_UP = "to_be_followed_up"


class Change(StrEnum):
    """What an item version did to the one before."""

    RECORDED = "recorded"
    UPDATED = "updated"
    CORRECTED = "corrected"
    RETRACTED = "retracted"
