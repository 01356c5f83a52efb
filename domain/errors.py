"""Refusals: each is a name, a code that is stored nowhere, and a sentence that says what to do next."""


class SafeguardingError(Exception):
    """Something was refused; nothing of it was stored."""

    code = "refused"
    what_to_do = "Check what you entered and try again."

    def __init__(self, message: str = "") -> None:
        super().__init__(message or self.what_to_do)

    @property
    def message(self) -> str:
        return str(self)


class BadInput(SafeguardingError):
    """A field cannot be read as it stands; `field` names it."""

    code = "bad_input"

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


class UnknownOption(BadInput):
    """The form does not print this option for this question."""

    code = "unknown_option"


class UnknownAgency(BadInput):
    """No agency of the partnership has this name."""

    code = "unknown_agency"


class NotFound(SafeguardingError):
    """There is no such thing for this person: unknown, hidden and foreign ids answer alike (design §3.9)."""

    code = "not_found"
    what_to_do = (
        "There is nothing here for you to see or decide about. Check the address, or ask the agency that told "
        "you."
    )


class NotPermitted(SafeguardingError):
    """This person may not do this."""

    code = "not_permitted"


class RoleMissing(NotPermitted):
    """The act belongs to a role this person does not hold."""

    code = "role_missing"


class NotTheirs(NotPermitted):
    """An account is confirmed by a manager of the person's own agency, who did not start this."""

    code = "not_theirs"
    what_to_do = (
        "Another manager of this person's agency confirms the account: not the person, nor whoever started this. "
        "Ask that manager."
    )


class OwnAccount(NotPermitted):
    """Nobody changes their own roles or account."""

    code = "own_account"
    what_to_do = (
        "Nobody changes their own roles or account here. Ask another administrator, or whoever keeps the hub's machine."
    )


class NotConfirmedYet(NotPermitted):
    """The account was given or reset by an administrator, or its roles were, and no manager has confirmed it yet."""

    code = "not_confirmed_yet"
    what_to_do = (
        "Your account is new or was reset, and your manager has not confirmed yet that it is in your hands and in what "
        "role. Until then it opens no case. Ask your manager to confirm it; if something cannot wait, telephone."
    )


class CaseSealed(NotPermitted):
    """The case is sealed, and the seal does not name this person, who would come to the case but for it."""

    code = "case_sealed"
    what_to_do = "This case is sealed. Telephone the contact named in the seal; they answer day and night."

    def __init__(self, contact: str = "", telephone: str = "") -> None:
        super().__init__(f"Telephone {contact}: {telephone}. They answer day and night." if contact else "")


class NotOnDuty(NotPermitted):
    """By the rota this person is not on duty now."""

    code = "not_on_duty"
    what_to_do = "By the rota you are not on duty now. Ask a manager of your agency to put you on duty, or telephone."


class RuleBroken(SafeguardingError):
    """A rule of the toolkit or of the partnership forbids this as it stands."""

    code = "rule_broken"


class ChangedMeanwhile(SafeguardingError):
    """Someone else changed this between the look and the act; nothing was lost."""

    code = "changed_meanwhile"
    what_to_do = (
        "Someone else changed this while you were working. Look at the case again, then repeat your step if it is "
        "still right."
    )


class NotRecorded(SafeguardingError):
    """The look could not be put on record, so nothing is shown."""

    code = "not_recorded"
    what_to_do = "The hub cannot record that you looked, so it shows nothing. Telephone the lead agency instead."


class OutcomeUnknown(SafeguardingError):
    """The store did not answer: what was sent may be saved or not; sent again it has one effect."""

    code = "outcome_unknown"
    what_to_do = (
        "The hub could not make sure that this was saved. Send it again: if it was saved already, it will not be there "
        "twice. If it goes on, telephone the lead agency."
    )


class RecordUnreadable(SafeguardingError):
    """A record does not open as it was sealed; nothing of it is shown, other records go on."""

    code = "record_unreadable"
    what_to_do = (
        "This record cannot be read just now and is being repaired. Nothing of it is shown. Telephone the lead agency "
        "for what you need to know."
    )


class NotProvenYet(SafeguardingError):
    """The log of proofs does not cover this entry yet; it follows the record within a moment."""

    code = "not_proven_yet"
    what_to_do = "The proof of this is not ready yet. It is on record; ask for the receipt again in a moment."


class EmergencyNotReviewed(RuleBroken):
    """The last emergency access of this person still waits for another person's look."""

    code = "emergency_not_reviewed"
    what_to_do = (
        "Nobody has looked yet at what you opened in an emergency before, so this opens nothing. Telephone the lead "
        "agency: the numbers are at the foot of every page."
    )


class JustificationMissing(RuleBroken):
    """Toolkit 2.3: every concern, answer, agreement and share rests on a recorded reasoning."""

    code = "justification_missing"
    what_to_do = (
        "Say why this may be recorded or shared (section 2.3) and name that justification; "
        "one you gave earlier for this case will do if it still fits."
    )


class BasisDoesNotPermit(RuleBroken):
    """Toolkit 2.3: without consent, public interest or the absence of a duty nothing may be shared."""

    code = "basis_does_not_permit"
    what_to_do = (
        "This justification names no basis, so the only decision it permits is to refuse. "
        "Refuse, or give a new justification that names consent or a public interest."
    )


class GroundMissing(RuleBroken):
    """Toolkit 2.3: public interest is judged on the facts, and the ground is named."""

    code = "ground_missing"
    what_to_do = (
        "Name the ground on which the public interest rests: harm to the child, to an adult, or another of "
        "sufficient force."
    )


class DutyContradictsBasis(RuleBroken):
    """A duty of confidentiality is either owed or not."""

    code = "duty_contradicts_basis"
    what_to_do = "You said a duty of confidentiality is owed, and that none is owed. Correct one of the two."


class ConsentMissing(RuleBroken):
    """A justification by consent names the consent."""

    code = "consent_missing"
    what_to_do = "Record the consent first, then name it here; or choose public interest if you would share anyway."


class ConsentNotInForce(RuleBroken):
    """Consent that was refused, withdrawn or has run out carries nothing (toolkit 2.3)."""

    code = "consent_not_in_force"
    what_to_do = (
        "The consent this rests on is not in force. Tell the young person and record her views, "
        "then give a new justification on another ground if sharing is still needed; otherwise leave it."
    )


class ConsentOutOfScope(RuleBroken):
    """Consent reaches only those it names (toolkit 2.3)."""

    code = "consent_out_of_scope"
    what_to_do = (
        "The young person's consent does not reach this agency. Ask her, or give a justification on another "
        "ground."
    )


class OutsideRecipients(RuleBroken):
    """A justification reaches only the recipients it names."""

    code = "outside_recipients"
    what_to_do = "This justification names other recipients. Give a new one that says why this agency needs it."


class NotTheRecorder(RuleBroken):
    """Only the recording agency corrects or retracts (design §3.5)."""

    code = "not_the_recorder"
    what_to_do = "Only the agency that recorded this can correct it. You can record that you disagree, and tell them."


class ConcernRetractedAlready(RuleBroken):
    """A retracted concern accepts nothing further."""

    code = "concern_retracted"
    what_to_do = "This concern was retracted. Record a new concern if there is something to say."


class AlreadyUsed(RuleBroken):
    """This reference is taken in this case."""

    code = "reference_in_use"
    what_to_do = "This reference is in use already. Reload the page and try again."


class AlreadyDone(RuleBroken):
    """The act answers something that was answered already."""

    code = "already_done"
    what_to_do = "This was done already; look at the case to see by whom and when."


class UndoneTooLate(RuleBroken):
    """A share is undone at once or not at all; later it is ended, with a reason."""

    code = "undone_too_late"
    what_to_do = "The time for undoing this is over. End the share instead, and say why."


class AssessmentNotStarted(RuleBroken):
    """Answers belong to an assessment."""

    code = "assessment_not_started"
    what_to_do = "Start the assessment first; the lead agency does."


class RiskNotAgreed(RuleBroken):
    """Toolkit 2.1 (5): the level is agreed before progressing."""

    code = "risk_not_agreed"
    what_to_do = "A Team Manager and the CSE Prevention Manager must agree the level of risk first."


class DowngradeReasonMissing(RuleBroken):
    """A lower level than the one in force needs its reason (design §2)."""

    code = "downgrade_reason_missing"
    what_to_do = "You propose a lower level than the one in force: say why it is safe to lower it."


class SamePerson(RuleBroken):
    """Toolkit 2.1 (5): the two managers are two people."""

    code = "same_person"
    what_to_do = "One person cannot sign in both roles. Ask the other manager, or a deputy, to sign."


class ProposalSuperseded(RuleBroken):
    """Only the newest proposal can be agreed."""

    code = "proposal_superseded"
    what_to_do = "A newer proposal has been made; agree or disagree with that one."


class NotTheRecipient(RuleBroken):
    """Only the agency a referral or request was made to answers it."""

    code = "not_the_recipient"
    what_to_do = "Only the agency this was sent to can answer it."


class LimitedShareLocator(RuleBroken):
    """Toolkit 2.3: a share in order to decide on more is limited."""

    code = "limited_share_locator"
    what_to_do = (
        "A share made in order to decide on sharing more carries nothing that says where she is. "
        "Take the address, postcode, school or telephone out, or give a fuller justification."
    )


class LimitedShareItem(RuleBroken):
    """Toolkit 2.3: a share in order to decide on more gives some information only."""

    code = "limited_share_item"
    what_to_do = (
        "A share made in order to decide on sharing more gives name, date of birth, gender and the headline "
        "of concerns, no more. Take the rest out, or give a fuller justification."
    )


class LimitedShareExpiry(RuleBroken):
    """Toolkit 2.3: a share in order to decide on more ends by itself."""

    code = "limited_share_expiry"
    what_to_do = (
        "A share made in order to decide on sharing more must end: give an expiry within the days the policy "
        "allows."
    )


class OriginatorNotAgreed(RuleBroken):
    """The recorder named who gets this, or asked to be asked first (design §3.3)."""

    code = "originator_not_agreed"
    what_to_do = (
        "The agency that recorded this must agree before it goes further. Ask them; share it once they have "
        "agreed."
    )


class MoreThanHeld(RuleBroken):
    """Nobody gives more than they hold at that moment (design §3.3)."""

    code = "more_than_held"
    what_to_do = (
        "Your agency does not hold this in full, so it cannot give it in full. Share what you hold, or ask the "
        "holder."
    )


class UnderLegalHold(RuleBroken):
    """Every case is under legal hold until it is lifted for that case; nothing held is destroyed."""

    code = "under_legal_hold"
    what_to_do = (
        "This case is under legal hold, as every case is unless somebody lifted it. Lift the hold first, on the basis "
        "that permits it; without one, the case is kept."
    )


class UnderReview(RuleBroken):
    """Nothing under review is destroyed."""

    code = "under_review"
    what_to_do = (
        "A review of this case is open: its days have not passed, or its reviewer still holds that role. "
        "Wait until the review is over; the administrator then ends the reviewer's role."
    )


class NeedsAnotherAgency(RuleBroken):
    """A case is destroyed only when two agencies decide it."""

    code = "needs_another_agency"
    what_to_do = "It takes two agencies to destroy a case. Ask another agency, and let one of its managers agree."


class DestructionNotProposed(RuleBroken):
    """There is nothing to agree to or to stop."""

    code = "destruction_not_proposed"
    what_to_do = "Nobody proposes to destroy this case, or it was stopped. Look at what was decided so far."


class DestructionNotAgreed(RuleBroken):
    """Nothing is destroyed that two people of two agencies have not agreed on."""

    code = "destruction_not_agreed"
    what_to_do = "The agency that was asked has not agreed that this case is destroyed. Wait for them, or stop it."


class CoolingNotOver(RuleBroken):
    """Between the decision and the destruction lie days in which anybody who decides may stop it."""

    code = "cooling_not_over"
    what_to_do = "The days in which this can be stopped are not over. Wait until the day it is due."


class AlreadyDestroyed(RuleBroken):
    """A destroyed case is destroyed for ever."""

    code = "already_destroyed"
    what_to_do = "This case was destroyed, and nothing brings it back. Open a new case if there is a new concern."
