"""The level of risk: proposed, agreed by two people, dissented from, stale; never computed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.assessment import Answer, AnswerQuestions, StartAssessment
from domain.consents import WithdrawConsent
from domain.errors import (
    AlreadyDone,
    AlreadyUsed,
    BadInput,
    ConsentNotInForce,
    DowngradeReasonMissing,
    JustificationMissing,
    NotFound,
    ProposalSuperseded,
    SafeguardingError,
    SamePerson,
)
from domain.risk import AgreeRisk, DissentFromRisk, ProposeRisk, RiskAgreed, RiskDissented, RiskProposed
from domain.vocabulary import Role
from tests.domain.builders import LEAD, SCHOOL, Story, a_consent, a_justification, an_act, by_consent

TM, CPM = Role.TEAM_MANAGER, Role.CSE_PREVENTION_MANAGER
PEOPLE = {TM: "tom", CPM: "ruth"}


@pytest.fixture
def story() -> Story:
    return Story().says(LEAD, a_justification("J1"))


def propose(name: str, level: int, **more: str) -> ProposeRisk:
    return ProposeRisk(id=name, justification="J1", category=level, rationale="Weighed.", **more)


def sign(story: Story, name: str, role: Role, person: str = "") -> Story:
    return story.says(LEAD, AgreeRisk(agreement=name, as_role=role), person=person or PEOPLE[role], role=role)


def dissent(story: Story, name: str, role: Role, level: int, person: str = "") -> Story:
    command = DissentFromRisk(agreement=name, as_role=role, level=level, reason="Adults and gifts.")
    return story.says(LEAD, command, person=person or PEOPLE[role], role=role)


def agreed(story: Story, name: str, level: int, **more: str) -> Story:
    return sign(sign(story.says(LEAD, propose(name, level, **more)), name, TM), name, CPM)


def standing(story: Story) -> tuple[int | None, int]:
    """(the level in force, the level to act as)."""
    content = story.case.items["risk"][-1].content
    return content.in_force, content.act_as


def test_a_level_is_proposed_with_its_reasoning(story):
    """People say the level; nothing suggests one."""
    event = RiskProposed(
        agreement="A1", justification="J1", category=2, rationale="Weighed.", **an_act(LEAD, story.now).stamp
    )

    assert [event] == story.would(LEAD, propose("A1", 2))


def test_a_reference_names_one_proposal(story):
    """A reference in use is refused."""
    story.says(LEAD, propose("A1", 2))

    with pytest.raises(AlreadyUsed):
        story.would(LEAD, propose("A1", 3))


def test_a_proposal_rests_on_a_justification(story):
    """Toolkit 2.3."""
    with pytest.raises(JustificationMissing):
        story.would(LEAD, ProposeRisk(id="A1", justification="", category=2, rationale="Weighed."))


def test_a_manager_signs_in_the_role_named(story):
    """An agreement rests on the justification of the proposal."""
    story.says(LEAD, propose("A1", 2))
    act = an_act(LEAD, story.now, person="tom", role=TM)

    assert [RiskAgreed(agreement="A1", justification="J1", as_role=TM, **act.stamp)] == story.would(
        LEAD, AgreeRisk(agreement="A1", as_role=TM), person="tom", role=TM
    )


def test_dissent_is_recorded_with_the_level_held(story):
    """And with its reason."""
    story.says(LEAD, propose("A1", 2))
    act = an_act(LEAD, story.now, person="ruth", role=CPM)

    assert [
        RiskDissented(
            agreement="A1", justification="J1", as_role=CPM, level=3, reason="Adults and gifts.", **act.stamp
        )
    ] == story.would(
        LEAD, DissentFromRisk(agreement="A1", as_role=CPM, level=3, reason="Adults and gifts."), person="ruth", role=CPM
    )


@pytest.mark.parametrize(
    ("command", "person", "refusal"),
    [
        (AgreeRisk(agreement="A2", as_role=Role.PRACTITIONER), "tom", BadInput),
        (AgreeRisk(agreement="A9", as_role=TM), "tom", NotFound),
        (AgreeRisk(agreement="A1", as_role=TM), "tom", ProposalSuperseded),
        (AgreeRisk(agreement="A2", as_role=CPM), "tom", SamePerson),
        (AgreeRisk(agreement="A2", as_role=TM), "tom", AlreadyDone),
        (AgreeRisk(agreement="A2", as_role=TM), "kim", AlreadyDone),
        (DissentFromRisk(agreement="A2", as_role=CPM, level=2, reason="So."), "ruth", BadInput),
        (DissentFromRisk(agreement="A2", as_role=CPM, level=3, reason="So."), "tom", SamePerson),
        (DissentFromRisk(agreement="A1", as_role=CPM, level=3, reason="So."), "ruth", ProposalSuperseded),
    ],
)
def test_a_signature_that_does_not_fit_is_refused(story, command, person, refusal):
    """Two people, two roles, the newest proposal, once; dissent holds another level."""
    story.says(LEAD, propose("A1", 1), propose("A2", 2))
    sign(story, "A2", TM, "tom")

    with pytest.raises(refusal):
        story.would(LEAD, command, person=person, role=command.as_role)


def test_what_both_agreed_is_not_signed_again(story):
    """Propose a new one if it is no longer right."""
    agreed(story, "A1", 2)

    with pytest.raises(AlreadyDone):
        story.would(LEAD, AgreeRisk(agreement="A1", as_role=TM), person="tom", role=TM)


def test_nothing_is_signed_once_the_proposals_consent_is_gone(story):
    """An agreement rests on the justification of the proposal it answers."""
    story.says(LEAD, a_consent("K1"), by_consent("J2", "K1"))
    story.says(LEAD, ProposeRisk(id="A1", justification="J2", category=2, rationale="Weighed."))
    story.says(LEAD, WithdrawConsent(consent="K1", reason="She telephoned."))

    with pytest.raises(ConsentNotInForce):
        story.would(LEAD, AgreeRisk(agreement="A1", as_role=TM), person="tom", role=TM)


def test_a_level_comes_into_force_when_both_roles_have_signed(story):
    """A Team Manager and the CSE Prevention Manager of the lead."""
    story.says(LEAD, propose("A1", 3))
    before = standing(story)
    sign(story, "A1", TM)
    between = standing(story)
    sign(story, "A1", CPM)

    assert [(None, 3), (None, 3), (3, 3)] == [before, between, standing(story)]


def test_a_manager_who_dissented_may_agree_after_all(story):
    """The newest stance of a role counts."""
    dissent(story.says(LEAD, propose("A1", 2)), "A1", CPM, 3)
    sign(sign(story, "A1", CPM), "A1", TM)

    assert (2, 2) == standing(story)


def test_until_both_agree_the_highest_level_held_is_acted_on(story):
    """Not agreed: act as N, the highest level held by proposer or signatory."""
    dissent(sign(story.says(LEAD, propose("A1", 2)), "A1", TM), "A1", CPM, 3)

    assert (None, 3) == standing(story)


def test_a_new_proposal_takes_back_no_level_a_signatory_holds(story):
    """Proposing again does not outvote the manager who dissented."""
    dissent(story.says(LEAD, propose("A1", 2)), "A1", CPM, 3).says(LEAD, propose("A2", 2))

    assert (None, 3) == standing(story)


def test_a_new_proposal_takes_back_no_level_another_worker_proposed(story):
    """Until both agree, the highest level held by a proposer counts."""
    story.says(LEAD, propose("A1", 3), person="priya").says(LEAD, propose("A2", 2), person="anna")

    assert (None, 3) == standing(story)


def test_a_worker_may_change_her_own_proposal(story):
    """The level she holds is the newest she gave."""
    story.says(LEAD, propose("A1", 3), propose("A2", 2))

    assert (None, 2) == standing(story)


def test_a_proposer_who_signs_another_level_holds_that_one(story):
    """The newest stance of a person counts."""
    story.says(LEAD, propose("A1", 3), person="tom").says(LEAD, propose("A2", 2), person="priya")
    sign(story, "A2", TM, "tom")

    assert (None, 2) == standing(story)


def test_an_agreement_settles_what_was_held_before(story):
    """Once both agree, older views are history."""
    dissent(story.says(LEAD, propose("A1", 2)), "A1", CPM, 3)
    agreed(story, "A2", 2)

    assert (2, 2) == standing(story)


def test_a_lower_level_than_the_one_in_force_needs_its_reason(story):
    """Section 2 of the design; the same or a higher level needs none."""
    agreed(story, "A1", 2)

    with pytest.raises(DowngradeReasonMissing):
        story.would(LEAD, propose("A2", 1))

    assert [1, 1, 1] == [
        len(story.would(LEAD, command))
        for command in (propose("A2", 2), propose("A2", 3), propose("A2", 1, downgrade_reason="Plan completed."))
    ]


def test_the_level_in_force_is_acted_on_while_a_lower_one_waits(story):
    """It stays in force until the next agreement."""
    agreed(story, "A1", 3).says(LEAD, propose("A2", 1, downgrade_reason="Plan completed."))

    assert (3, 3) == standing(story)


def test_a_level_may_be_lowered_by_both(story):
    """With its reason, and two signatures."""
    agreed(agreed(story, "A1", 3), "A2", 2, downgrade_reason="Plan completed.")

    assert (2, 2) == standing(story)


def answered(story: Story) -> Story:
    story.says(SCHOOL, a_justification("J2")).says(LEAD, StartAssessment(justification="J1"))
    answers = AnswerQuestions(justification="J2", answers=(Answer(question=2, option=2),))
    return story.says(SCHOOL, answers)


def test_a_changed_answer_makes_an_agreement_stale_and_leaves_it_in_force(story):
    """It stays in force until the next."""
    answered(agreed(story, "A1", 3))
    content = story.case.items["risk"][-1].content

    assert (True, 3, "ruth") == (content.stale, content.in_force, content.signed_by[CPM])


def test_a_level_agreed_after_the_answers_is_not_stale(story):
    """Staleness compares with the proposal."""
    agreed(answered(story), "A1", 3)

    assert not story.case.items["risk"][-1].content.stale


def test_another_agencys_answer_does_not_make_the_level_its_own(story):
    """The level and its reasons stay the lead's record, whoever's answer made them stale."""
    answered(agreed(story, "A1", 3))

    assert {LEAD} == {version.by.agency for item in ("risk", "risk.reasons") for version in story.case.items[item]}


def test_answers_before_any_proposal_make_no_level(story):
    """Nothing is computed."""
    assert "risk" not in answered(story).case.items


def test_reasons_are_another_item_and_hold_every_proposal(story):
    """Proposals, rationales, dissents, downgrade reasons."""
    dissent(story.says(LEAD, propose("A1", 2)), "A1", CPM, 3).says(LEAD, propose("A2", 3))
    proposals = story.case.items["risk.reasons"][-1].content.proposals

    assert [("A1", "Adults and gifts."), ("A2", None)] == [
        (one.id, one.stances[CPM].reason if one.stances else None) for one in proposals
    ]


def test_reasons_rest_on_the_justifications_of_all_their_proposals(story):
    """The level rests on what stands; its reasons on everything they tell."""
    story.says(LEAD, a_justification("J3")).says(LEAD, propose("A1", 2))
    story.says(LEAD, ProposeRisk(id="A2", justification="J3", category=3, rationale="Worse."))
    rests = [story.case.items[item][-1].rests_on for item in ("risk", "risk.reasons")]

    assert [("J3",), ("J3", "J1")] == rests


def test_the_level_rests_on_what_is_in_force_and_on_what_waits(story):
    """Both are shown in it."""
    agreed(story, "A1", 2).says(LEAD, a_justification("J3"))
    story.says(LEAD, ProposeRisk(id="A2", justification="J3", category=3, rationale="Worse."))

    assert ("J3", "J1") == story.case.items["risk"][-1].rests_on


MOVES = st.one_of(
    st.tuples(st.just("propose"), st.integers(1, 3), st.sampled_from(["priya", "tom"])),
    st.tuples(st.sampled_from(["agree", "dissent"]), st.integers(1, 3), st.sampled_from(["tom", "ruth", "kim"])),
)


@given(st.lists(st.tuples(MOVES, st.sampled_from([TM, CPM])), max_size=25))
def test_one_never_acts_below_the_level_in_force_nor_below_a_waiting_dissent(moves):
    """Whatever is proposed, signed or dissented from, in whatever order."""
    story = Story().says(LEAD, a_justification("J1"))
    names = iter(range(1000))
    newest = "A-none"
    for (what, level, person), role in moves:
        try:
            if what == "propose":
                name = f"A{next(names)}"
                story.says(LEAD, propose(name, level, downgrade_reason="Better."), person=person)
                newest = name
            elif what == "agree":
                sign(story, newest, role, person)
            else:
                dissent(story, newest, role, level, person)
        except SafeguardingError:
            continue
    contents = [version.content for version in story.case.items.get("risk", ())]
    stances = [stance.level for p in story.case.risk.proposals[-1:] if not p.agreed for stance in p.stances.values()]

    assert all(content.act_as >= (content.in_force or 0) for content in contents)
    assert all(contents[-1].act_as >= level for level in stances)
