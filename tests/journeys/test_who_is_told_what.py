"""Journeys: what people do one after another, and what each of them then has before them."""

from pathlib import Path
from uuid import UUID

import pytest

from application.commands.asking import ask_about
from application.commands.correcting import tell_correction
from application.hub import Hub
from application.queries.case_as_seen import case_as_seen
from application.queries.caseload import caseload
from application.queries.history import history_of
from application.queries.inbox import inbox
from application.queries.searching import search
from application.queries.who_knew import corrections, who_knew
from domain.errors import NotFound, OriginatorNotAgreed, RiskNotAgreed
from tests.builders import a_case, a_concern, a_hub, a_justification, a_partnership, a_share, a_worker_of_the_lead, do

HER = {"name": "Maya Ellison", "date_of_birth": "2010-05-14"}


@pytest.fixture
def hub(tmp_path: Path) -> Hub:
    return a_partnership(a_hub(tmp_path))


def items(hub: Hub, who: str, case: UUID) -> dict[str, str]:
    """What this person has from others, and how."""
    return {cell.item: str(cell.showing) for cell in case_as_seen(hub, who, case).cells if not cell.own}


def tasks(hub: Hub, who: str) -> list[str]:
    return [task.kind for task in inbox(hub, who).tasks]


def test_a_worry_of_the_school_becomes_something_the_police_can_act_on(hub: Hub) -> None:
    """School records and refers; the lead takes it up and shares; the police read it; each sees its part, no more."""
    case = a_case(hub, address="4 Larch Rise")
    a_concern(hub, case)
    do(hub, "ben", case, "make_referral", id="R1", justification="J1", to="csc", summary="Please assess.",
       carers_informed="not_yet")  # fmt: skip

    assert ["acknowledge_referral"] == [task.kind for task in inbox(hub, "priya").to_take_up]
    assert ["referral_not_acknowledged"] == tasks(hub, "ben")

    do(hub, "priya", case, "acknowledge_referral", referral="R1", decision="Assessment begins today.")

    assert [] == tasks(hub, "ben")
    assert [case] == [entry.case for entry in caseload(hub, "priya").entries]

    ask_about(hub, "sam", HER, {"id": "Q1", "of": "csc", "wanted": "w", "purpose": "p"}, command_id="asked-by-sam")

    assert "answer_request" in tasks(hub, "priya")
    assert {} == items(hub, "sam", case)

    do(hub, "priya", case, "give_justification", **a_justification("JL"))
    a_share(hub, case, "child.name", "concern:C1", to="police", by="priya", justification="JL", answers_request="Q1",
            persons=["sam"])  # fmt: skip

    assert {"child.name": "full", "concern:C1": "full"} == items(hub, "sam", case)
    assert "answer_request" not in tasks(hub, "priya")
    assert [case] == [one.case for one in search(hub, "sam", {"name": "Maya"}, "an enquiry").found]

    row = who_knew(hub, "priya", case).of("concern:C1", "police")

    assert row is not None
    assert ("school", True, ("Sam",)) == (row.recorded_by, row.opened_full is not None, row.opened_by)


def test_a_share_goes_further_only_with_the_word_of_who_recorded_it(hub: Hub) -> None:
    """Health asks to be asked first: the lead is refused, health agrees for the school, and then the lead shares."""
    case = a_case(hub)
    a_worker_of_the_lead(hub, case)
    do(hub, "helen", case, "give_justification", **a_justification("JH"))
    a_concern(hub, case, by="helen", justification="JH", onward_sharing="ask_originator")
    with pytest.raises(OriginatorNotAgreed):
        a_share(hub, case, "concern:C1", to="school", by="priya", justification="JL")

    assert {} == items(hub, "ben", case)

    do(hub, "helen", case, "agree_onward", items=["concern:C1"], to="school", terms="The safeguarding lead only.")
    a_share(hub, case, "concern:C1", to="school", by="priya", justification="JL")

    assert {"concern:C1": "full"} == items(hub, "ben", case)


def test_a_young_person_takes_her_consent_back(hub: Hub) -> None:
    """What was opened is kept and marked, what was not is withheld, and holder and lead have something to do."""
    case = a_case(hub)
    a_worker_of_the_lead(hub, case)
    do(hub, "helen", case, "record_consent", id="K1", given_by="child", decision="given", method="in person",
       scope={"to": ["csc", "project"], "about": "that she comes"})  # fmt: skip
    do(hub, "helen", case, "give_justification", **a_justification("JK", basis="consent", consent="K1", ground=None))
    a_concern(hub, case, by="helen", justification="JK")
    a_concern(hub, case, "C2", by="helen", justification="JK")
    a_share(hub, case, "concern:C1", to="project", by="helen", justification="JK", persons=["asha"])

    assert "full" == items(hub, "priya", case)["concern:C1"]

    hub.clock.at = hub.clock.at.replace(hour=15)  # type: ignore[attr-defined]
    do(hub, "helen", case, "withdraw_consent", consent="K1", reason="She telephoned.")
    theirs = case_as_seen(hub, "priya", case).cell("concern:C1")

    assert theirs is not None
    assert (True, "Narrative of C1") == (theirs.retained, theirs.content.narrative)
    assert "Received 12 January 2026; consent withdrawn 12 January 2026." in theirs.reason
    assert {"concern:C1": "withheld"} == items(hub, "asha", case)
    assert {"consent_withdrawn"} <= set(tasks(hub, "priya")) & set(tasks(hub, "helen"))

    hub.clock.at = hub.clock.at.replace(hour=16)  # type: ignore[attr-defined]
    do(hub, "priya", case, "request_information", id="Q1", of="health", wanted="May we keep this?", purpose="p")
    do(hub, "helen", case, "give_justification", **a_justification("JN"))
    a_share(hub, case, "concern:C1", to="project", by="helen", justification="JN", persons=["asha"])
    left = [task.reference for task in inbox(hub, "helen").tasks if task.kind == "consent_withdrawn"]
    do(hub, "helen", case, "decide_sharing", id="S0", justification="JN", outcome="refuse", reason="She said no.",
       **{"with": "csc"})  # fmt: skip

    assert ["concern:C2"] == left
    assert [] == [who for who in ("priya", "helen") if "consent_withdrawn" in tasks(hub, who)]


def test_the_lead_has_something_to_do_though_it_never_opened_what_rested_on_a_consent(hub: Hub) -> None:
    """Design §2, rule 3: holder and lead get a task; what the lead had not opened it may ask the holder for."""
    case = a_case(hub)
    a_worker_of_the_lead(hub, case)
    do(hub, "helen", case, "record_consent", id="K1", given_by="child", decision="given", method="in person",
       scope={"to": ["csc"], "about": "that she comes"})  # fmt: skip
    do(hub, "helen", case, "give_justification", **a_justification("JK", basis="consent", consent="K1", ground=None))
    a_concern(hub, case, by="helen", justification="JK")
    do(hub, "helen", case, "withdraw_consent", consent="K1", reason="She telephoned.")

    assert "ask_holder" == items(hub, "priya", case)["concern:C1"]
    assert "consent_withdrawn" in tasks(hub, "priya")

    hub.clock.at = hub.clock.at.replace(hour=16)  # type: ignore[attr-defined]
    do(hub, "priya", case, "request_information", id="Q1", of="health", wanted="What may we know?", purpose="p")

    assert "consent_withdrawn" not in tasks(hub, "priya")


def test_a_mistake_is_put_right_and_who_had_read_it_is_told(hub: Hub) -> None:
    """The police had opened the old text: they get the new one, and the lead sees that they are still to be told."""
    case = a_case(hub)
    a_worker_of_the_lead(hub, case)
    a_concern(hub, case, narrative="In Station Road.")
    a_share(hub, case, "concern:C1", to="police", by="priya", justification="JL", persons=["sam"])
    case_as_seen(hub, "sam", case)
    case_as_seen(hub, "priya", case)
    hub.clock.at = hub.clock.at.replace(hour=15)  # type: ignore[attr-defined]
    do(hub, "ben", case, "correct_concern", concern="C1", justification="J1", change={"narrative": "In Mill Lane."},
       reason="The wrong street.")  # fmt: skip

    assert [("police", None), ("csc", None)] == [(one.agency, one.told) for one in corrections(hub, "priya", case)]
    assert "tell_correction" in tasks(hub, "priya")

    tell_correction(hub, "priya", case, "concern:C1", "police", "by telephone", command_id="told-by-priya")
    texts = [cell.content.narrative for cell in history_of(hub, "sam", case, "concern:C1").versions]

    assert "tell_correction" not in tasks(hub, "priya")
    assert ["In Mill Lane."] == texts
    assert ["In Station Road.", "In Mill Lane."] == [
        cell.content.narrative for cell in history_of(hub, "ben", case, "concern:C1").versions
    ]


def test_a_level_of_risk_is_two_people_s_word(hub: Hub) -> None:
    """Proposed, disagreed with, proposed again, signed by both; only then does the assessment end."""
    case = a_case(hub)
    lead = a_worker_of_the_lead(hub, case)
    do(hub, "priya", case, "start_assessment", justification=lead)
    do(hub, "priya", case, "answer_questions", justification=lead, answers=[{"question": 1, "option": 3}])
    do(hub, "priya", case, "propose_risk", id="A1", justification=lead, category=2, rationale="First signs.")

    assert "agree_risk" in tasks(hub, "tom")
    assert "agree_risk" in tasks(hub, "ruth")

    do(hub, "tom", case, "agree_risk", agreement="A1", as_role="team_manager")
    held = {"as_role": "cse_prevention_manager", "level": 3, "reason": "Two adults, and gifts."}
    do(hub, "ruth", case, "dissent_from_risk", agreement="A1", **held)
    standing = case_as_seen(hub, "priya", case).shown("risk")[0].content

    assert (None, 3) == (standing.in_force, standing.act_as)
    with pytest.raises(RiskNotAgreed):
        do(hub, "priya", case, "end_assessment", justification=lead)

    do(hub, "priya", case, "propose_risk", id="A2", justification=lead, category=3, rationale="As Ruth says.")
    do(hub, "tom", case, "agree_risk", agreement="A2", as_role="team_manager")
    do(hub, "ruth", case, "agree_risk", agreement="A2", as_role="cse_prevention_manager")
    do(hub, "priya", case, "end_assessment", justification=lead)
    standing = case_as_seen(hub, "priya", case).shown("risk")[0].content

    assert (3, {"team_manager": "tom", "cse_prevention_manager": "ruth"}) == (standing.in_force, standing.signed_by)


def test_a_review_reads_what_its_scope_gives_and_writes_nothing(hub: Hub) -> None:
    """The reviewer reads what the agencies and days of the scope give, no locator; nobody else is let in by it."""
    case = a_case(hub, address="4 Larch Rise")
    a_concern(hub, case)
    do(hub, "sam", case, "give_justification", **a_justification("JP"))
    a_concern(hub, case, "C2", by="sam", justification="JP")
    with pytest.raises(NotFound):
        case_as_seen(hub, "jo", case)
    do(hub, "pat", case, "open_review", id="V1", reviewer="jo", kind="audit", until="2026-01-12", agencies=["school"],
       questions="What was known?", **{"from": "2026-01-12"})  # fmt: skip
    seen = items(hub, "jo", case)

    assert {"child.name", "child.date_of_birth", "concern:C1"} == set(seen)
    with pytest.raises(NotFound):
        case_as_seen(hub, "pat", case)
