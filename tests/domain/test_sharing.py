"""Sharing decisions as decisions of the case: what holds together, what is refused, when they end."""

from datetime import timedelta

import pytest

from domain.case import evolve
from domain.consents import WithdrawConsent
from domain.errors import (
    AlreadyDone,
    AlreadyUsed,
    BadInput,
    BasisDoesNotPermit,
    ConsentNotInForce,
    ConsentOutOfScope,
    JustificationMissing,
    NotFound,
    OutsideRecipients,
)
from domain.requests import About, InformationRequested, RequestInformation, decide_request_information
from domain.sharing import (
    AgreeOnward,
    OnwardAgreed,
    Shared,
    SharedItem,
    SharingRefused,
    SharingWithdrawn,
    UndoSharing,
    WithdrawSharing,
)
from domain.vocabulary import Basis, Ground, Outcome, Showing
from tests.domain.builders import (
    HEALTH,
    LEAD,
    POLICE,
    SCHOOL,
    START,
    YOUTH,
    Story,
    a_consent,
    a_justification,
    a_refusal,
    a_share,
    an_act,
    by_consent,
    without_basis,
)

ASK = RequestInformation(id="Q1", of=LEAD, wanted="Current concerns.", purpose="decide on an investigation")
SHARE, PART, REFUSE = Outcome
LATER = START + timedelta(days=10)


@pytest.fixture
def story() -> Story:
    """The lead may share under J1, health under J2; police have asked the lead."""
    return Story().says(LEAD, a_justification("J1")).says(HEALTH, a_justification("J2")).says(POLICE, ASK)


def test_a_share_is_recorded_whole(story):
    """With whom, what, how much, until when, and as the answer to what."""
    command = a_share(
        "S1", "J1", POLICE, "child.name", "concern:C1=coarse", persons=("sam",), expires=LATER, continuing=True,
        review_by=LATER.date(), answers_request="Q1", reason="As asked.", note="Telephone first.",
    )  # fmt: skip

    assert [
        Shared(
            decision="S1",
            justification="J1",
            outcome=Outcome.SHARE_IN_PART,
            recipient=POLICE,
            persons=("sam",),
            items=(SharedItem("child.name", Showing.FULL), SharedItem("concern:C1", Showing.COARSE)),
            expires=LATER,
            continuing=True,
            review_by=LATER.date(),
            answers_request="Q1",
            reason="As asked.",
            note="Telephone first.",
            **an_act(LEAD, story.now).stamp,
        )
    ] == story.would(LEAD, command)


def test_a_refusal_is_recorded_like_a_share(story):
    """With its reason, which the agency that asked reads."""
    command = a_refusal(
        "S1", "J1", POLICE, persons=("sam",), answers_request="Q1", reason="Not now.", note="Ask again."
    )  # fmt: skip

    assert [
        SharingRefused(
            decision="S1", justification="J1", recipient=POLICE, persons=("sam",), reason="Not now.",
            answers_request="Q1", note="Ask again.", **an_act(LEAD, story.now).stamp,
        )
    ] == story.would(LEAD, command)  # fmt: skip


# basis and ground against outcome: what is permitted, retyped from section 2.3 and design §2
BASES = {
    "consent": {"basis": Basis.CONSENT, "ground": None, "consent": "K1"},
    "harm to the child": {"ground": Ground.SIGNIFICANT_HARM_TO_CHILD},
    "harm to an adult": {"ground": Ground.SERIOUS_HARM_TO_ADULT},
    "sufficient force": {"ground": Ground.SUFFICIENT_FORCE},
    "to decide on more": {"ground": Ground.DECIDE_ON_FURTHER_SHARING},
    "no duty owed": {"basis": Basis.NO_DUTY_OWED, "ground": None, "duty_of_confidentiality": False},
    "none": {"basis": Basis.NONE, "ground": None},
}
PERMITTED = [
    ("consent", SHARE, True),
    ("consent", PART, True),
    ("consent", REFUSE, True),
    ("harm to the child", SHARE, True),
    ("harm to the child", PART, True),
    ("harm to the child", REFUSE, True),
    ("harm to an adult", SHARE, True),
    ("harm to an adult", PART, True),
    ("harm to an adult", REFUSE, True),
    ("sufficient force", SHARE, True),
    ("sufficient force", PART, True),
    ("sufficient force", REFUSE, True),
    ("to decide on more", SHARE, True),
    ("to decide on more", PART, True),
    ("to decide on more", REFUSE, True),
    ("no duty owed", SHARE, True),
    ("no duty owed", PART, True),
    ("no duty owed", REFUSE, True),
    ("none", SHARE, False),
    ("none", PART, False),
    ("none", REFUSE, True),
]


@pytest.mark.parametrize(("basis", "outcome", "permitted"), PERMITTED)
def test_without_a_basis_the_only_decision_is_to_refuse(story, basis, outcome, permitted):
    """Every basis permits every outcome, but `none` permits only a refusal (toolkit 2.3)."""
    story.says(LEAD, a_consent("K1", to=(POLICE,)), a_justification("J3", **BASES[basis]))
    share = a_share("S1", "J3", POLICE, "child.name", outcome=outcome)
    command = a_refusal("S1", "J3", POLICE) if outcome is REFUSE else share

    if permitted:
        assert 1 == len(story.would(LEAD, command))
    else:
        with pytest.raises(BasisDoesNotPermit):
            story.would(LEAD, command)


@pytest.mark.parametrize(
    ("command", "refusal"),
    [
        (a_share("S1", "", POLICE, "child.name"), JustificationMissing),
        (a_refusal("S1", "", POLICE), JustificationMissing),
        (a_share("S1", "J2", POLICE, "child.name"), NotFound),
        (a_refusal("S1", "J2", POLICE), NotFound),
        (a_share("S1", "J9", POLICE, "child.name"), NotFound),
        (a_share("S1", "J-gone", POLICE, "child.name"), ConsentNotInForce),
        (a_share("S1", "J-consent", SCHOOL, "child.name"), ConsentOutOfScope),
        (a_share("S1", "J-named", SCHOOL, "child.name"), OutsideRecipients),
        (a_share("S1", "J-fewer", YOUTH, "child.name"), OutsideRecipients),
    ],
)
def test_outside_its_justification_nothing_is_shared(story, command, refusal):
    """Without one in force, or outside its recipients or the consent's scope: refused (section 2.3, rule 1)."""
    story.says(LEAD, a_justification("J-named", recipients=(POLICE,)))
    story.says(LEAD, a_consent("K1", to=(POLICE, YOUTH)), by_consent("J-consent", "K1"))
    story.says(LEAD, by_consent("J-fewer", "K1", recipients=(POLICE,)))
    story.says(LEAD, a_consent("K2", to=(POLICE,)), by_consent("J-gone", "K2"))
    story.says(LEAD, WithdrawConsent(consent="K2", reason="She telephoned."))

    with pytest.raises(refusal):
        story.would(LEAD, command)


def test_a_refusal_may_rest_on_a_consent_that_is_gone(story):
    """A refusal is never blocked for want of a basis."""
    story.says(LEAD, a_consent("K1", to=(POLICE,)), by_consent("J3", "K1"))
    story.says(LEAD, WithdrawConsent(consent="K1", reason="She telephoned."))

    assert [SharingRefused] == [type(event) for event in story.would(LEAD, a_refusal("S1", "J3", POLICE))]


@pytest.mark.parametrize(
    ("command", "field"),
    [
        (a_share("S1", "J1", LEAD, "child.name"), "with"),
        (a_share("S1", "J1", POLICE), "items"),
        (a_share("S1", "J1", POLICE, "child.name", "child.name=coarse"), "items"),
        (a_share("S1", "J1", POLICE, "child.name=withheld"), "items"),
        (a_share("S1", "J1", POLICE, "child.name", expires=START), "expires"),
        (a_share("S1", "J1", POLICE, "child.name", review_by=START.date() - timedelta(days=1)), "review_by"),
        (a_share("S1", "J1", SCHOOL, "child.name", answers_request="Q1"), "with"),
        (a_refusal("S1", "J1", POLICE, reason=""), "reason"),
        (a_refusal("S1", "J1", POLICE, items=(SharedItem("child.name"),)), "items"),
    ],
)
def test_a_decision_that_does_not_hold_together_is_refused_by_its_field(story, command, field):
    """To another agency, of items each named once, ending ahead, answering who asked; a refusal with its reason."""
    with pytest.raises(BadInput) as refused:
        story.would(LEAD, command)

    assert field == refused.value.field


def test_a_review_date_may_be_today(story):
    """`review_by` makes a task and narrows nothing."""
    command = a_share("S1", "J1", POLICE, "child.name", review_by=START.date())

    assert 1 == len(story.would(LEAD, command))


@pytest.mark.parametrize("request_", ["Q9", "Q2"])
def test_only_a_request_to_ones_own_agency_is_answered(story, request_):
    """Another agency's request is not there to be answered."""
    story.says(POLICE, RequestInformation(id="Q2", of=HEALTH, wanted="All.", purpose="enquiry"))

    with pytest.raises(NotFound):
        story.would(LEAD, a_share("S1", "J1", POLICE, "child.name", answers_request=request_))


def test_a_reference_names_one_decision(story):
    """A reference in use is refused."""
    story.says(LEAD, a_share("S1", "J1", POLICE, "child.name"))

    with pytest.raises(AlreadyUsed):
        story.would(LEAD, a_refusal("S1", "J1", POLICE))


def shared(story: Story, **more: object) -> Story:
    return story.says(LEAD, a_share("S1", "J1", POLICE, "child.name", **more))


@pytest.mark.parametrize("by", [HEALTH, LEAD])
def test_who_shared_or_the_lead_withdraws(story, by):
    """To narrow, withdraw."""
    story.says(HEALTH, a_share("S1", "J2", POLICE, "child.name"))

    assert [
        SharingWithdrawn(decision="S1", reason="Outreach ended.", **an_act(by, story.now).stamp)
    ] == story.would(by, WithdrawSharing(decision="S1", reason="Outreach ended."))


@pytest.mark.parametrize(("by", "decision"), [(POLICE, "S1"), (SCHOOL, "S1"), (LEAD, "S9")])
def test_to_others_there_is_no_such_decision(story, by, decision):
    """Neither the recipient nor a stranger ends a share."""
    shared(story)

    with pytest.raises(NotFound):
        story.would(by, WithdrawSharing(decision=decision, reason="Ended."))


def test_what_has_ended_is_not_withdrawn(story):
    """Withdrawn already, run out, or a refusal that gave nothing."""
    shared(story, expires=LATER).says(LEAD, a_refusal("S2", "J1", POLICE), a_share("S3", "J1", POLICE, "child.name"))
    story.says(LEAD, WithdrawSharing(decision="S3", reason="Ended."))

    for decision, at in (("S1", LATER), ("S2", story.now), ("S3", story.now)):
        with pytest.raises(AlreadyDone):
            story.would(LEAD, WithdrawSharing(decision=decision, reason="Ended."), at=at)


def test_a_share_gives_from_its_record_until_it_expires(story):
    """`recorded <= t < expires`, to the very second."""
    shared(story, expires=LATER)
    decision, second = story.case.sharing.decisions["S1"], timedelta(seconds=1)
    moments = (story.at - second, story.at, LATER - second, LATER)
    given = SharedItem("child.name")

    assert [None, given, given, None] == [decision.gives("child.name", POLICE, at) for at in moments]


def test_a_share_gives_until_it_is_withdrawn(story):
    """From then on the recipient sees nothing by it."""
    shared(story, expires=LATER).says(LEAD, WithdrawSharing(decision="S1", reason="Ended."))
    decision = story.case.sharing.decisions["S1"]

    assert [SharedItem("child.name"), None] == [
        decision.gives("child.name", POLICE, at) for at in (story.at - timedelta(seconds=1), story.at)
    ]


def test_a_share_gives_what_it_names_to_whom_it_names(story):
    """Nothing else, and to nobody else; a refusal gives nothing."""
    shared(story).says(LEAD, a_refusal("S2", "J1", POLICE))
    share, refusal = story.case.sharing.decisions.values()

    assert [None, None, None] == [
        share.gives("child.address", POLICE, story.at),
        share.gives("child.name", SCHOOL, story.at),
        refusal.gives("child.name", POLICE, story.at),
    ]


def test_a_refusal_is_never_in_force_and_has_no_end(story):
    """It gives nothing."""
    story.says(LEAD, a_refusal("S1", "J1", POLICE))
    refusal = story.case.sharing.decisions["S1"]

    assert (False, None) == (refusal.in_force(story.at), refusal.ends)


def test_the_originator_agrees_to_going_further(story):
    """An event, with its terms."""
    command = AgreeOnward(items=("concern:C1",), to=SCHOOL, terms="Headline only.")

    assert [
        OnwardAgreed(items=("concern:C1",), to=SCHOOL, terms="Headline only.", **an_act(HEALTH, story.now).stamp)
    ] == story.would(HEALTH, command)


def test_agreement_names_what_may_go_further(story):
    """Nothing named is nothing agreed."""
    with pytest.raises(BadInput) as refused:
        story.would(HEALTH, AgreeOnward(items=(), to=SCHOOL))

    assert "items" == refused.value.field


def test_what_was_agreed_is_not_agreed_again(story):
    """An agreement stands; a further item may be added."""
    story.says(HEALTH, AgreeOnward(items=("concern:C1",), to=SCHOOL))

    with pytest.raises(AlreadyDone):
        story.would(HEALTH, AgreeOnward(items=("concern:C1",), to=SCHOOL))

    assert 1 == len(story.would(HEALTH, AgreeOnward(items=("concern:C1", "concern:C2"), to=SCHOOL)))


@pytest.mark.parametrize(
    ("originator", "item", "to", "agreed"),
    [
        (HEALTH, "concern:C1", SCHOOL, True),
        (POLICE, "concern:C1", SCHOOL, False),
        (HEALTH, "concern:C2", SCHOOL, False),
        (HEALTH, "concern:C1", YOUTH, False),
    ],
)
def test_an_agreement_is_of_one_agency_for_items_to_one_agency(story, originator, item, to, agreed):
    """Nothing beyond what was agreed."""
    story.says(HEALTH, AgreeOnward(items=("concern:C1",), to=SCHOOL))

    assert agreed is story.case.sharing.onward_agreed(originator, item, to, story.at)


def test_an_agreement_counts_from_when_it_is_given(story):
    """`recorded <= t`."""
    story.says(HEALTH, AgreeOnward(items=("concern:C1",), to=SCHOOL))
    before = story.at - timedelta(seconds=1)

    assert not story.case.sharing.onward_agreed(HEALTH, "concern:C1", SCHOOL, before)


def test_a_request_says_what_is_wanted_and_for_what():
    """Asking needs no justification (design §2)."""
    story = Story()

    assert [
        InformationRequested(
            request="Q1", of=LEAD, wanted="Current concerns.", purpose="decide on an investigation",
            **an_act(POLICE, story.now).stamp,
        )
    ] == story.would(POLICE, ASK)  # fmt: skip


def test_a_request_keeps_whom_the_asker_named():
    """As the asking worker knows her."""
    about = About(name="Maya Elison", date_of_birth="2010-05-14")
    (event,) = decide_request_information({}, ASK, an_act(POLICE), about)

    assert about == event.about


def test_a_reference_names_one_request(story):
    """A reference in use is refused."""
    with pytest.raises(AlreadyUsed):
        story.would(SCHOOL, ASK)


def test_nobody_asks_their_own_agency():
    """Ask another agency than your own."""
    with pytest.raises(BadInput) as refused:
        Story().would(LEAD, ASK)

    assert "of" == refused.value.field


def test_a_refusal_without_basis_is_the_answer_to_a_request(story):
    """The worked case: S4 refuses Riverbank under a justification that names no basis."""
    story.says(LEAD, without_basis("J3"), a_refusal("S1", "J3", POLICE, answers_request="Q1"))

    assert "Q1" == story.case.sharing.decisions["S1"].made.answers_request


def test_decisions_are_found_by_item_and_recipient(story):
    """In the order they were made, withdrawn ones too; a refusal names no item."""
    first = a_share("S1", "J1", POLICE, "child.name", "child.gender")
    story.says(LEAD, first, a_share("S2", "J1", HEALTH, "child.name"), a_refusal("S3", "J1", POLICE))
    story.says(LEAD, a_share("S4", "J1", POLICE, "child.name"), WithdrawSharing(decision="S1", reason="Ended."))
    asked = [("child.name", POLICE), ("child.gender", POLICE), ("child.name", HEALTH), ("child.name", SCHOOL)]
    found = [[one.made.decision for one in story.case.sharing.naming(*about)] for about in asked]

    assert [["S1", "S4"], ["S1"], ["S2"], []] == found


def test_an_item_named_twice_in_a_decision_is_found_once(story):
    """Nobody decides so, and a stream that holds it reads all the same."""
    twice = Shared(
        decision="S1", justification="J1", outcome=SHARE, recipient=POLICE, persons=(),
        items=(SharedItem("child.name", Showing.COARSE), SharedItem("child.name")), **an_act(LEAD).stamp,
    )  # fmt: skip

    assert 1 == len(evolve(story.case, twice).sharing.naming("child.name", POLICE))


def test_a_request_is_answered_by_a_decision_that_says_so(story):
    """Shared or refused."""
    before = story.case.sharing
    story.says(LEAD, a_refusal("S1", "J1", POLICE, answers_request="Q1"))

    assert (False, True) == ("Q1" in before.requests_answered, "Q1" in story.case.sharing.requests_answered)


def test_who_shared_undoes_it(story):
    """By mistake, at once: a withdrawal like any other, whose reason says so."""
    story.says(LEAD, a_share("S1", "J1", POLICE, "child.name"))
    act = an_act(LEAD, story.now)

    assert [
        SharingWithdrawn(decision="S1", reason="Undone by the person who shared it, at once.", **act.stamp)
    ] == story.would(LEAD, UndoSharing(decision="S1"))


@pytest.mark.parametrize("undo", [{"person": "tom"}, {"decision": "S9"}])
def test_to_others_there_is_nothing_to_undo(story, undo):
    """A colleague, the lead, or a decision nobody made: they end a share, with a reason."""
    story.says(LEAD, a_share("S1", "J1", POLICE, "child.name"))

    with pytest.raises(NotFound):
        story.would(LEAD, UndoSharing(decision=undo.get("decision", "S1")), person=undo.get("person", ""))


def test_what_has_ended_is_not_undone(story):
    """Nor a refusal, by which nothing was shared."""
    story.says(LEAD, a_share("S1", "J1", POLICE, "child.name"), UndoSharing(decision="S1"))
    story.says(LEAD, a_refusal("S2", "J1", POLICE))

    for decision in ("S1", "S2"):
        with pytest.raises(AlreadyDone):
            story.would(LEAD, UndoSharing(decision=decision))
