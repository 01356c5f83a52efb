"""What one decision gives by itself, for its preview: nothing that its recipient holds beside it (design §3.9)."""

import pytest

from domain.record import Version
from domain.sharing import WithdrawSharing
from domain.vocabulary import Showing
from policies.editions import editions
from policies.viewing import Judgement, judge_gift
from tests.domain.builders import (
    HEALTH,
    LEAD,
    POLICE,
    SCHOOL,
    YOUTH,
    Story,
    a_concern,
    a_correction,
    a_justification,
    a_share,
    some_details,
)

(EDITION,) = editions()
HERE, NEWER = "1 Old Road", "9 Refuge Road"


def gift(story: Story, item: str, decision: str = "S1") -> tuple[Version, Judgement] | None:
    return judge_gift(EDITION, story.case, story.case.sharing.decisions[decision], item, story.now)


@pytest.mark.parametrize("recipient", [LEAD, POLICE, HEALTH])
def test_a_gift_is_the_makers_version_whatever_newer_one_the_recipient_holds(recipient):
    """Be it the recipient's own record, or one that reaches it by another's justification."""
    story = Story().says(SCHOOL, a_justification("J1"), some_details("J1", gender="Female", address=HERE))
    story.says(recipient, a_justification("J2"), some_details("J2", gender="Male", address=NEWER))
    story.says(SCHOOL, a_share("S1", "J1", recipient, "child.gender", "child.address"))
    found = [gift(story, item) for item in ("child.gender", "child.address")]

    assert [(1, SCHOOL, Showing.FULL, "S1")] * 2 == [
        (version.number, version.by.agency, judged.showing, judged.decision) for version, judged in found
    ]
    assert "Female" == found[0][0].content


def test_a_gift_in_part_is_in_part_whatever_else_was_given():
    """An earlier share in full is another decision."""
    story = Story().says(SCHOOL, a_justification("J1"), a_concern())
    story.says(SCHOOL, a_share("S0", "J1", YOUTH, "concern:C1"), a_share("S1", "J1", YOUTH, "concern:C1=coarse"))

    assert Showing.COARSE is gift(story, "concern:C1")[1].showing


@pytest.mark.parametrize(("showing", "rule"), [("full", "corrected"), ("ask_holder", "sharing decision")])
def test_a_text_put_right_since_is_given_to_nobody(showing, rule):
    """The lead holds the old words; the new ones are not for it (design §3.5)."""
    story = Story().says(SCHOOL, a_justification("J1"), a_concern())
    story.says(SCHOOL, a_justification("J3", recipients=(POLICE,)), a_correction("C1", "J3"))
    story.says(LEAD, a_justification("J2"), a_share("S1", "J2", YOUTH, f"concern:C1={showing}"))
    version, judged = gift(story, "concern:C1")

    assert (1, rule) == (version.number, judged.rule)


def test_nothing_is_given_of_what_the_decision_does_not_name_its_maker_does_not_hold_or_was_ended():
    """However it came to be on record."""
    story = Story().says(POLICE, a_justification("J1", recipients=(HEALTH,)), a_concern())
    story.says(LEAD, a_justification("J2"), a_share("S1", "J2", YOUTH, "concern:C1", "child.name"))

    assert [None, None, None] == [gift(story, item) for item in ("concern:C1", "child.gender", "concern:C9")]
    assert gift(story, "child.name") is not None
    story.says(LEAD, WithdrawSharing(decision="S1", reason="The wrong agency."))
    assert gift(story, "child.name") is None
