"""The acts of a scenario, each done by its person through the pages: the links they follow, the fields they fill in."""

import re
from collections.abc import Mapping
from typing import Any

from interfaces.demo.scenario import Scenario
from tests.browser.screen import Screen

RESTS_ON = "What does this rest on?"
ASK = "Ask another agency about a young person"
LABELS = {
    "gender": "Gender",
    "first_language": "First language",
    "address": "Address",
    "postcode": "Postcode",
    "school": "School",
    "basis_other": "If you ticked ‘Other’, please state",
    "headline": "Headline",
    "narrative": "What was seen, heard or said",
    "child_voice": "What the young person said, word for word",
    "source": "Source",
    "response": "What was done",
}
"""Texts of the record and the labels of their fields."""
TICKED = {
    "basis": "Section 1 D: Basis of CSE Concerns",
    "heading": "Box of the CSE Analysis Form",
    "nature": "Is this fact, or professional opinion?",
    "onward_sharing": "If another agency needs it",
}
ITEMS = {
    "child.name": "Name",
    "child.date_of_birth": "Date of birth",
    "child.address": "Address",
    "child.postcode": "Postcode",
    "safe_contact": "How to reach the young person safely",
    "risk": "Level of risk",
}
LISTS = {
    "looked_after_status": "B. Looked After Status",
    "education_status": "C. Education/Training/Employment Status",
    "basis_of_concerns": "D. Basis of CSE Concerns",
    "perpetrator_type": "E. Actual/Suspected Perpetrator of CSE",
    "method_of_coercion": "F. Actual/Suspected Method of Coercion",
}
"""The tick lists of Section 1 as their legends stand on the page."""


class ByHand:
    """Does acts at the screens of their people; knows what each thing on record is called on the pages."""

    def __init__(self, scenario: Scenario, screens: Mapping[str, Screen]) -> None:
        self.screens = screens
        self.agencies = {one.id: one.name for one in scenario.agencies}
        self.called: dict[str, str] = {}
        self.case = ""

    def does(self, entry: dict[str, Any]) -> Screen:
        """Does the act, as far as its last button; what came of it stands on the person's screen."""
        at = self.screens[entry["by"]]
        if not at.inside:
            at.signs_in()
        getattr(self, "_" + entry["act"].replace(" ", "_"))(at, entry)
        return at

    def to_case(self, at: Screen) -> bool:
        """By My work to her case, where it is among theirs."""
        at.follows("My work")
        mine = at.page.get_by_role("region", name="My cases").get_by_role("heading", level=3).get_by_role("link")
        if mine.count() == 0:
            return False
        with at.page.expect_navigation():
            mine.click()
        return True

    def into_case(self, at: Screen) -> None:
        """To her case; whoever does not work on it says first why they open it."""
        if not self.to_case(at):
            at.follows(re.compile(r"^Case [0-9a-f]{8}$"))
            at.writes("Why do you open this case?", "Working on this case.")
            at.presses("Open the case")

    def named(self, at: Screen) -> None:
        """The young person, as the person who writes knows her."""
        at.writes("Name", "Maya Ellison")
        at.dates("Date of birth, if known", "2010-05-14")

    def _rests(self, at: Screen, entry: dict[str, Any]) -> None:
        at.chooses(RESTS_ON, self.called[entry["justification"]])

    def _reasons(self, at: Screen, given: dict[str, Any]) -> None:
        """Section 2.3."""
        at.writes("For what purpose?", given["purpose"])
        duty = "Yes" if given["duty_of_confidentiality"] else "No"
        at.chooses("Do you owe the young person a duty of confidentiality for this?", duty)
        at.chooses("Basis", given["basis"])
        if "ground" in given:
            at.chooses("If public interest: on what ground?", given["ground"])
        if "consent" in given:
            option = at.field("If consent: which consent?").locator("option", has_text=self.called[given["consent"]])
            at.picks("If consent: which consent?", option.get_attribute("value") or "")
        at.writes("The facts of this case that make it so", given["facts"])
        at.writes("Why it is proportionate", given["proportionality"])
        at.writes("Has the young person been told? If not, why not?", given.get("child_told", "not asked"))
        if given.get("standing"):
            at.chooses("Will you record under this again?", "Yes, it is a standing justification")
        at.chooses("Who gets what rests on this without a further decision?", *given.get("recipients", ()))
        self.called[given["id"]] = given["purpose"]

    def _open_case(self, at: Screen, entry: dict[str, Any]) -> None:
        child, carer = entry["child"], entry["carers"][0]
        at.follows("Record about a young person")
        self.named(at)
        at.chooses("Does the young person have a social worker?", entry["has_social_worker"])
        for key in (one for one in LABELS if one in child):
            at.writes(LABELS[key], child[key])
        at.picks("Ethnicity", child["ethnicity"])
        at.chooses("Looked for, and not known", "Disability")
        at.writes("Name of the parent or carer", carer["name"])
        at.writes("Relationship to the young person", carer["relationship"])
        at.chooses("Has parental responsibility?", "Yes")
        at.picks("Is it safe to tell this person?", carer["safe_to_inform"])
        at.writes("Why, or why not", carer["why"])
        self._reasons(at, entry["justification"])
        at.presses("Continue to the first concern")
        self.case = at.page.url.partition("/cases/")[2].partition("/")[0]

    def _give_justification(self, at: Screen, entry: dict[str, Any]) -> None:
        """Whoever does not work on her case yet comes into it by naming her."""
        if self.to_case(at):
            at.follows("Say why this may be recorded or shared")
            button = "Give this justification"
        else:
            at.follows("Record about a young person")
            self.named(at)
            button = "Continue to the first concern"
        self._reasons(at, entry)
        at.presses(button)

    def _record_concern(self, at: Screen, entry: dict[str, Any]) -> None:
        self.to_case(at)
        at.follows("Record a concern")
        if at.asked(RESTS_ON).count():
            self._rests(at, entry)
        elif f"This rests on: {self.called[entry['justification']]}" not in at.main.inner_text():
            at.follows(re.compile(rf"^{re.escape(self.called[entry['justification']])} \("))
        self._what_happened(at, entry)
        for place in entry.get("places", ()):
            self._place(at, place)
        if "sensitive" in entry:
            at.picks("Is it about something especially private?", entry["sensitive"])
        at.presses(re.compile("^Record"))
        self.called[entry["id"]] = entry["headline"]

    def _what_happened(self, at: Screen, entry: dict[str, Any]) -> None:
        at.chooses("How exactly is it known when it happened?", entry["occurred_precision"])
        at.dates("When it happened, or began", entry["occurred"])
        if "occurred_until" in entry:
            at.dates("When it ended, if it went on", entry["occurred_until"])
        for key in (one for one in TICKED if one in entry):
            at.chooses(TICKED[key], *([entry[key]] if isinstance(entry[key], str) else entry[key]))
        for key in (one for one in LABELS if one in entry):
            at.writes(LABELS[key], entry[key])

    def _place(self, at: Screen, place: dict[str, Any]) -> None:
        at.picks("Kind of place", place["kind"])
        at.writes("The place", place["description"])
        self.called[place["id"]] = place["description"]

    def _correct_concern(self, at: Screen, entry: dict[str, Any]) -> None:
        (place,) = entry["places"]
        self.to_case(at)
        at.follows(f"Correct: {self.called[entry['concern']]}")
        self._rests(at, entry)
        at.writes("Why it is corrected", entry["reason"])
        at.writes(LABELS["narrative"], entry["change"]["narrative"])
        at.field("Which place?").select_option(label=self.called[place["id"]])
        self._place(at, place)
        at.presses("Correct it")

    def _record_details(self, at: Screen, entry: dict[str, Any]) -> None:
        self.to_case(at)
        at.follows("Details, safe contact and carers")
        self._rests(at, entry)
        at.writes("Safe contact", entry["safe_contact"])
        at.presses("Record these details")

    def _record_person_of_concern(self, at: Screen, entry: dict[str, Any]) -> None:
        self.to_case(at)
        at.follows("Record a person of concern")
        self._rests(at, entry)
        at.chooses("Who is this?", entry["kind"])
        at.writes("Name", entry["name"])
        at.writes("Age", str(entry["age"]))
        at.picks("The age is", entry["age_basis"])
        at.picks("Ethnicity", entry["ethnicity"])
        at.writes("Whose view of the ethnicity that is", entry["ethnicity_view"])
        at.writes("Vehicle", entry["vehicle"])
        at.chooses("If another agency needs this", entry["onward_sharing"])
        at.presses("Record this person")
        self.called[entry["id"]] = entry["name"]

    def _record_plan(self, at: Screen, entry: dict[str, Any]) -> None:
        self.to_case(at)
        at.follows("Write a plan for an agency")
        self._rests(at, entry)
        at.chooses("Whose staff is the plan for?", entry["for"])
        at.writes("What its staff must do to keep the young person safe", entry["text"])
        at.presses("Record the plan")

    def _record_consent(self, at: Screen, entry: dict[str, Any]) -> None:
        self.to_case(at)
        at.follows("Record consent, given or refused")
        at.chooses("Who was asked?", entry["given_by"])
        at.chooses("What was the answer?", entry["decision"])
        at.chooses("Which agencies may it be shared with?", *entry["scope"]["to"])
        at.writes("What may be shared?", entry["scope"]["about"])
        at.writes("How was it given?", entry["method"])
        understood = "How you judged that the young person understood what would be shared, with whom and why"
        at.writes(understood, entry["understanding"])
        at.presses("Record the answer")
        self.called[entry["id"]] = entry["scope"]["about"]

    def _withdraw_consent(self, at: Screen, entry: dict[str, Any]) -> None:
        self.to_case(at)
        at.follows(f"Record that consent is withdrawn: {self.called[entry['consent']]}")
        at.writes("What the young person said", entry["reason"])
        at.presses("Record the withdrawal")

    def _search(self, at: Screen, entry: dict[str, Any]) -> None:
        at.follows("Find or open a case")
        at.writes("Name", entry["terms"]["name"])
        at.dates("Date of birth, if you know it", entry["terms"]["date_of_birth"])
        at.writes("Why do you search?", entry["reason"])
        at.presses("Search")

    def _view_case(self, at: Screen, entry: dict[str, Any]) -> None:
        self.into_case(at)

    def _request_information(self, at: Screen, entry: dict[str, Any]) -> None:
        if self.to_case(at):
            at.follows("Ask another agency")
        else:
            at.follows(ASK)
            self.named(at)
        at.chooses("Which agency do you ask?", entry["of"])
        at.writes("What do you need to know?", entry["wanted"])
        at.writes("For what purpose?", entry["purpose"])
        at.presses("Send the request")
        self.called[entry["id"]] = entry["wanted"]

    def to_share(self, at: Screen, agency: str) -> None:
        """To the page on which a share with an agency is decided."""
        self.to_case(at)
        at.follows("Decide what to share")
        at.follows(self.agencies[agency])

    def _decide_sharing(self, at: Screen, entry: dict[str, Any]) -> None:
        """Fills in, looks at what they will see, and confirms; a refusal of the hub comes before there is a preview."""
        self.to_share(at, entry["with"])
        at.chooses("Your decision", entry["outcome"])
        self._rests(at, entry)
        at.chooses("Who is to have it?", *entry["persons"])
        if "answers_request" in entry:
            at.chooses("Which request does it answer?", self.called[entry["answers_request"]])
        for one in entry.get("items", ()):
            self.gives(at, one["item"], one["showing"])
        if entry.get("continuing"):
            at.chooses("Does it go on?", "Yes, later versions follow")
        if "expires" in entry:
            at.dates("It ends by itself on", entry["expires"])
        if "review_by" in entry:
            at.dates("Look at it again by", entry["review_by"])
        if "reason" in entry:
            at.writes("Your reason", entry["reason"])
        at.presses("See what they will see")
        if not at.refused:
            refuses = entry["outcome"] == "refuse"
            at.presses(re.compile("^Refuse: tell " if refuses else "^Share this with "))
            self.called[entry["id"]] = f"{self.agencies[entry['with']]}: {self.called[entry['justification']]}"

    def gives(self, at: Screen, item: str, showing: str) -> None:
        """Ticks an item, where the page has it: in full, or by its shorter form."""
        label = re.escape(self.label_of(item))
        words = re.compile(rf"^\s*{label}\s*$" if showing == "full" else rf"^\s*{label}: .+ only\s*$")
        at.opened(at.page.locator('input[type="checkbox"]').and_(at.main.get_by_label(words))).check()

    def label_of(self, item: str) -> str:
        """How an item is called where it is chosen."""
        kind, _, name = item.partition(":")
        match kind:
            case "concern":
                return f"Concern: {self.called[name]}"
            case "person":
                return f"Person of concern: {self.called[name]}"
            case "plan":
                return f"Plan for {self.agencies[name]}"
            case "answers":
                return f"Answers of {self.agencies[name]}"
            case _:
                return ITEMS[item]

    def _withdraw_sharing(self, at: Screen, entry: dict[str, Any]) -> None:
        self.to_case(at)
        at.follows(re.compile(rf"^End the share with {re.escape(self.called[entry['decision']])} \("))
        at.writes("Why it ends", entry["reason"])
        at.presses("End this share")

    def _make_referral(self, at: Screen, entry: dict[str, Any]) -> None:
        self.to_case(at)
        at.follows("Make a referral")
        self._rests(at, entry)
        at.chooses("To which agency?", entry["to"])
        at.writes("What you ask of them, and why", entry["summary"])
        at.chooses("Have parents or carers been told of the referral?", entry["carers_informed"])
        at.presses("Send the referral")
        self.called[entry["id"]] = entry["by"]

    def _acknowledge_referral(self, at: Screen, entry: dict[str, Any]) -> None:
        self.to_case(at)
        at.follows(re.compile("^Acknowledge the referral by "))
        at.writes("What you decided on receipt", entry["decision"])
        at.presses("Tell the referrer")

    def _start_assessment(self, at: Screen, entry: dict[str, Any]) -> None:
        self.to_case(at)
        at.follows("Start the assessment")
        self._rests(at, entry)
        for key, ticked in entry["ticks"].items():
            under = at.main.get_by_role("group", name=LISTS[key], exact=True)
            for one in ticked:
                under.locator(f'input[value="{one}"]').check()
        at.presses("Start the assessment")

    def to_question(self, at: Screen, number: int) -> None:
        at.follows(re.compile(rf"^\s*{number}\. "))

    def _answer(self, at: Screen, entry: dict[str, Any]) -> None:
        """Question by question, from the task list and back to it."""
        self.to_case(at)
        at.follows("Answer the assessment")
        for one in (*entry["answers"], *entry["blanks"]):
            self.to_question(at, one["question"])
            chosen = f"blank:{one['reason']}" if "reason" in one else str(one["option"])
            chosen += f".{one['alternative']}" if "alternative" in one else ""
            at.main.locator(f'input[value="{chosen}"]').check()
            if "whom" in one:
                at.writes("If another worker should be asked: whom?", one["whom"])
            if "evidence" in one:
                resting = at.field("What it rests on: a concern in this case, if any")
                resting.select_option(label=self.called[one["evidence"]])
            self._rests(at, entry)
            at.presses("Record the answer")

    def _propose_risk(self, at: Screen, entry: dict[str, Any]) -> None:
        self.to_case(at)
        at.follows("Propose the level of risk")
        self._rests(at, entry)
        at.chooses("Risk Category", str(entry["category"]))
        at.writes("Why this category", entry["rationale"])
        if "downgrade_reason" in entry:
            at.writes("If it is lower than the level in force: why it is safe to lower it", entry["downgrade_reason"])
        at.presses("Propose this category")

    def to_proposal(self, at: Screen) -> None:
        self.into_case(at)
        at.follows("Agree the level of risk")

    def _agree_risk(self, at: Screen, entry: dict[str, Any]) -> None:
        self.to_proposal(at)
        at.chooses("In which role do you sign?", entry["as_role"])
        at.chooses("Where do you stand?", "agree")
        at.presses("Sign")

    def _dissent_from_risk(self, at: Screen, entry: dict[str, Any]) -> None:
        self.to_proposal(at)
        at.chooses("In which role do you sign?", entry["as_role"])
        at.chooses("Where do you stand?", "I hold another level")
        at.picks("If you hold another level: which?", str(entry["level"]))
        at.writes("If you hold another level: why?", entry["reason"])
        at.presses("Sign")

    def _join_team(self, at: Screen, entry: dict[str, Any]) -> None:
        self.to_case(at)
        at.follows("Add a person to the case team")
        at.chooses("Whom do you add?", entry["person"])
        at.writes("Why", "Added by a manager.")
        at.presses("Add to the case team")

    def _declare_interest(self, at: Screen, entry: dict[str, Any]) -> None:
        self.to_case(at)
        at.follows("Declare a personal interest")
        at.writes("What is your interest?", entry["about"])
        at.presses("Declare it: this closes the case to me")

    def _open_review(self, at: Screen, entry: dict[str, Any]) -> None:
        at.follows("My work")
        at.follows("Open a review")
        at.writes("Name", "Maya Ellison")
        at.dates("Date of birth", "2010-05-14")
        at.chooses("Who reviews?", entry["reviewer"])
        at.writes("Kind of review", entry["kind"])
        at.writes("What the review asks", entry["questions"])
        at.dates("Recorded from", entry["from"])
        at.dates("Recorded until", entry["until"])
        at.chooses("Records of which agencies?", *entry["agencies"])
        at.chooses("Does the review need to know where the young person lived or was placed?", "No")
        at.presses("Open the review")
