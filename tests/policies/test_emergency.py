"""What an emergency shows: of what the lead holds, at most what the table lets through; retyped from ADR 11."""

import msgspec
import pytest

from domain.concerns import RetractConcern
from domain.consents import WithdrawConsent
from domain.details import Carer, RecordDetails
from domain.people import RecordPersonOfConcern
from domain.plans import RecordPlan
from domain.vocabulary import AgencyKind, PersonKind, Told
from policies.editions import edition_in_force, read
from policies.viewing import judge_in_emergency
from tests.domain.builders import (
    AGENCIES,
    LEAD,
    POLICE,
    SCHOOL,
    START,
    Story,
    a_concern,
    a_consent,
    a_correction,
    a_justification,
    by_consent,
    some_details,
)
from tests.policies.test_editions import changed

EDITION = edition_in_force(START)
# "Who she is, how to reach her safely, who must not be told, the level and what must be done, concerns in one line, and
# where she is now; nothing of others, of plans, of answers, no telephone."
WRITTEN = """
child.name           full
child.date_of_birth  full
child.address        full
child.postcode       full
child.placement      full
child.school         full
safe_contact         full
carer:M1             full
concern:C1           coarse
child.gender         -
child.disability     -
child.nhs_number     -
child.upn            -
child.telephone      -
child.usual_places   -
child.gp             -
person:X1            -
plan:csc             -
"""
CHILD = {
    "date_of_birth": "2010-05-14", "gender": "female", "disability": "None known", "nhs_number": "943 476 5919",
    "upn": "A1", "address": "4 Larch Rise", "postcode": "UB8 1AA", "placement": "Foster home", "school": "Oakfield",
    "telephone": "07700 900123", "usual_places": "The park", "gp": "The surgery",
}  # fmt: skip
MOTHER = Carer(id="M1", name="Dana", relationship="mother", safe_to_inform=Told.NO, why="r")


def told(justification=None) -> Story:
    """The school recorded everything there is, under one justification."""
    story = Story().says(SCHOOL, justification or a_justification("J1"), some_details("J1", **CHILD))
    return story.says(
        SCHOOL,
        RecordDetails(justification="J1", safe_contact="Text, never ring.", carers=(MOTHER,)),
        a_concern(),
        RecordPersonOfConcern(id="X1", justification="J1", kind=PersonKind.ASSOCIATE),
        RecordPlan(id="N1", justification="J1", for_agency=LEAD, text="999."),
    )


def shown(story: Story, item: str, version: int = -1) -> str:
    one = story.case.items[item][version]
    judged = judge_in_emergency(EDITION, story.case, one, AGENCIES[LEAD], story.now, story.disclosures)
    return str(judged.showing) if judged.showing else "-"


@pytest.mark.parametrize(("item", "written"), [line.split() for line in WRITTEN.split("\n") if line])
def test_an_emergency_shows_what_is_written_down(item, written):
    """Item by item; what has no row is absent."""
    assert written == shown(told(), item)


def test_every_item_of_the_case_was_looked_at():
    """Those of the story, beside the level of risk."""
    assert sorted(told().case.items) == sorted(line.split()[0] for line in WRITTEN.split("\n") if line)


@pytest.mark.parametrize("item", ["child.address", "concern:C1", "safe_contact"])
def test_what_the_lead_does_not_hold_is_not_shown(item):
    """The justification reaches others only."""
    assert "-" == shown(told(a_justification("J1", recipients=(POLICE,))), item)


def test_what_the_lead_only_retains_is_not_shown():
    """Kept after a withdrawal, it is not passed on."""
    story = Story().says(SCHOOL, a_consent("K1", to=(LEAD,)), by_consent("J1", "K1"), a_concern())
    story.opens(LEAD, "concern:C1").says(SCHOOL, WithdrawConsent(consent="K1", reason="r"))

    assert "-" == shown(story, "concern:C1")


def test_what_was_taken_back_or_put_right_is_not_shown():
    """Neither the retraction nor the text before it; of a correction the new text."""
    retracted = told().says(SCHOOL, RetractConcern(concern="C1", reason="r"))
    corrected = told().says(SCHOOL, a_correction())

    assert ["-", "-"] == [shown(retracted, "concern:C1", version) for version in (0, 1)]
    assert ["-", "coarse"] == [shown(corrected, "concern:C1", version) for version in (0, 1)]


def test_it_says_what_it_is_needed_for_and_whom_to_ask():
    """Every cell carries its reason and its rule."""
    story = told()
    newest = [story.case.items[item][-1] for item in ("concern:C1", "child.name")]
    concern, name = (
        judge_in_emergency(EDITION, story.case, one, AGENCIES[LEAD], story.now, story.disclosures) for one in newest
    )

    assert ("emergency access", "To know in one line what is feared.", LEAD) == (
        concern.rule, concern.reason, concern.ask
    )  # fmt: skip
    assert ("emergency access", "To know that it is the young person.", "") == (name.rule, name.reason, name.ask)


def test_sixty_minutes_twenty_characters_statutory_partners():
    """Never the voluntary sector, never the office."""
    emergency = EDITION.emergency

    assert (60, 20) == (emergency.minutes, emergency.shortest_reason)
    assert {AgencyKind.CHILDRENS_SOCIAL_CARE, AgencyKind.POLICE, AgencyKind.HEALTH, AgencyKind.EDUCATION} == set(
        emergency.kinds
    )


@pytest.mark.parametrize(
    "text",
    [
        changed("minutes = 60", "minutes = 0"),
        changed("shortest_reason = 20", "shortest_reason = 0"),
        changed("[[emergency.item]]", '[[emergency.item]]\nitem = "risk"\nat_most = "full"\nbecause = "r"\n\n'
                                      "[[emergency.item]]"),
        changed("minutes = 60", "minutes = 60\nhours = 1"),
    ],
    ids=["minutes", "reason", "twice", "unknown"],
)  # fmt: skip
def test_a_table_that_would_mean_something_else_is_refused(text):
    """Unknown, doubled or empty clauses."""
    with pytest.raises(msgspec.ValidationError):
        read(text)
