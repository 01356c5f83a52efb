"""Other writers use other words for the fields of an act; what they mean is taken, and nothing else is made up."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest

from application.commands.acts import ACTS as DONE
from domain.errors import NotFound
from interfaces.demo.check import run
from interfaces.demo.replay import Replay
from interfaces.demo.scenario import ACTS, Scenario
from interfaces.demo.wording import completed, worded
from tests.builders import a_case, a_concern, a_hub, a_partnership, settings_in

WRITTEN: dict[str, tuple[str, dict[str, Any], dict[str, Any]]] = {
    "agree onward: one concern, with an agency": (
        "agree_onward", {"concern": "C1", "with": "police"}, {"items": ["concern:C1"], "to": "police"},
    ),
    "agree onward: items as in a share": (
        "agree_onward",
        {"id": "G1", "justification": "J1", "items": [{"item": "concern:C1", "showing": "full"}], "to": "police"},
        {"items": ["concern:C1"], "to": "police"},
    ),
    "agree onward: an item by name, to several, with conditions": (
        "agree_onward",
        {"item": "risk", "recipients": ["police", "school"], "conditions": "Not in writing."},
        {"items": ["risk"], "to": ["police", "school"], "terms": "Not in writing."},
    ),
    "retract concern: the concern as an item, and why": (
        "retract_concern", {"item": "concern:C1", "why": "Wrong child."}, {"concern": "C1", "reason": "Wrong child."},
    ),
    "retract concern: the concern as the id": (
        "retract_concern", {"id": "C1", "reason": "Wrong child."}, {"concern": "C1", "reason": "Wrong child."},
    ),
    "conclude referral: the decision is the outcome": (
        "conclude_referral", {"referral": "R1", "decision": "Enquiry"}, {"referral": "R1", "outcome": "Enquiry"},
    ),
    "conclude referral: a result, with a justification it does not need": (
        "conclude_referral",
        {"id": "R1", "result": "Enquiry", "justification": "J1"},
        {"referral": "R1", "outcome": "Enquiry"},
    ),
    "acknowledge referral: the outcome is the decision": (
        "acknowledge_referral", {"referral": "R1", "outcome": "Seen"}, {"referral": "R1", "decision": "Seen"},
    ),
    "withdraw consent: by its id": (
        "withdraw_consent", {"id": "K1", "because": "She said so."}, {"consent": "K1", "reason": "She said so."},
    ),
    "withdraw sharing: by its share": (
        "withdraw_sharing", {"share": "S1", "reason": "Over."}, {"decision": "S1", "reason": "Over."},
    ),
    "record details: what belongs to the child stands beside": (
        "record_details",
        {"justification": "J1", "address": "1 New Road", "safe_contact": "Through school"},
        {"justification": "J1", "child": {"address": "1 New Road"}, "safe_contact": "Through school"},
    ),
    "record details: as details": (
        "record_details",
        {"justification": "J1", "details": {"address": "1 New Road"}},
        {"justification": "J1", "child": {"address": "1 New Road"}},
    ),
    "correct concern: what changes stands beside": (
        "correct_concern",
        {"concern": "C1", "justification": "J1", "headline": "New", "reason": "Typing"},
        {"concern": "C1", "justification": "J1", "change": {"headline": "New"}, "reason": "Typing"},
    ),
    "decide sharing: items as a table, one person, a local end": (
        "decide_sharing",
        {"id": "S1", "justification": "J1", "outcome": "share", "to": "police", "persons": "sam",
         "items": {"concern:C1": "coarse"}, "expires": "2026-07-01"},
        {"id": "S1", "justification": "J1", "outcome": "share", "with": "police", "persons": ["sam"],
         "items": [{"item": "concern:C1", "showing": "coarse"}], "expires": "2026-07-01T00:00:00+00:00"},
    ),
    "record consent: to one agency": (
        "record_consent",
        {"id": "K1", "scope": "police", "about": "her name", "valid_until": "2026-07-01T10:00:00"},
        {"id": "K1", "scope": {"to": ["police"], "about": "her name"}, "expires": "2026-07-01T10:00:00+00:00"},
    ),
    "open review: a scope in a table": (
        "open_review",
        {"id": "V1", "scope": {"from": "2026-01-01", "until": "2026-02-01", "agencies": "csc"}},
        {"id": "V1", "from": "2026-01-01", "until": "2026-02-01", "agencies": ["csc"]},
    ),
    "agree risk: the role": (
        "agree_risk", {"proposal": "A1", "role": "team_manager"}, {"agreement": "A1", "as_role": "team_manager"},
    ),
    "record disagreement: the view held": (
        "record_disagreement",
        {"concern": "concern:C1", "justification": "J1", "text": "We saw otherwise."},
        {"concern": "C1", "justification": "J1", "reason": "We saw otherwise."},
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", WRITTEN)
def test_what_is_meant_is_taken(name: str) -> None:
    """A field by another name is the same field, and its short form the whole one."""
    act, entry, expected = WRITTEN[name]
    said = {"n": 1, "recorded": "2026-07-01T09:00:00", "by": "ben", "act": "x", **entry}

    assert expected == worded(act, said, lambda text: datetime.fromisoformat(text).replace(tzinfo=UTC))


def test_a_field_by_its_own_name_wins_over_another_word() -> None:
    """Where both stand there, the hub's own word is taken, and the other is a remark."""
    entry = {"referral": "R1", "outcome": "Enquiry", "summary": "remark"}

    assert {"referral": "R1", "outcome": "Enquiry"} == worded("conclude_referral", entry, str)


def test_an_end_that_is_no_time_is_left_to_the_hub_to_refuse() -> None:
    """The runner mends words, not facts."""
    entry = {"id": "S1", "expires": "the day after"}

    assert entry == worded("decide_sharing", entry, datetime.fromisoformat)


def test_an_unknown_field_of_a_large_act_is_left_for_the_hub_to_refuse() -> None:
    """A misspelt field of a concern must not be dropped in silence."""
    assert {"narative": "x"} == worded("record_concern", {"narative": "x"}, str)


def test_an_act_is_completed_with_what_goes_without_saying() -> None:
    """An act that names no justification rests on its agency's newest; who joins without a name joins herself."""
    assert {"justification": "J1", "headline": "x", "id": "C7"} == completed(
        "record_concern", {"headline": "x"}, "ben", "J1", "C7"
    )
    assert {"person": "priya"} == completed("join_team", {}, "priya", "J1", "x")


def test_an_empty_justification_stays_empty() -> None:
    """That none is named is said by naming none; the hub refuses it."""
    assert "" == completed("record_concern", {"justification": ""}, "ben", "J1", "C7")["justification"]


def test_every_act_of_the_form_has_its_act_in_the_hub() -> None:
    """Nothing a scenario can say lacks a way to be done."""
    assert set(DONE) | {"open_case", "search", "view_case"} == set(ACTS.values())


def a_scenario(*acts: dict[str, Any], **more: Any) -> Scenario:
    """The first act opens the case by the school at nine; each further one is an hour later."""
    agencies = [("csc", "childrens_social_care"), ("school", "education"), ("police", "police")]
    people = [("priya", "csc"), ("ben", "school"), ("sam", "police")]
    opening = {
        "by": "ben", "act": "open case", "child": {"name": "A B", "date_of_birth": "2011-01-01"},
        "justification": {"id": "J1", "purpose": "p", "duty_of_confidentiality": False, "basis": "no_duty_owed",
                          "facts": "f", "proportionality": "p"},
    }  # fmt: skip
    return msgspec.convert(
        {
            "title": "t",
            "timezone": "Europe/London",
            "demo_stands_at": "2026-03-02T12:00:00",
            "agency": [{"id": a, "name": a, "kind": kind, "lead": a == "csc"} for a, kind in agencies],
            "person": [{"id": p, "name": p, "agency": a, "roles": ["practitioner"]} for p, a in people],
            "act": [
                {"n": number, "recorded": f"2026-03-01T{8 + number:02}:00:00", **entry}
                for number, entry in enumerate([{**opening, **more.pop("opening", {})}, *acts], start=1)
            ],
            **more,
        },
        Scenario,
    )


def test_a_request_that_the_hub_cannot_place_is_placed_by_the_lead(tmp_path: Path) -> None:
    """Where nobody knows her name an agency may still ask, and the answer can name its request."""
    nameless = {"child": {"name": {"blank": "not_known"}, "gender": "Female"}}
    scenario = a_scenario(
        {"by": "sam", "act": "request information", "id": "Q1", "of": "csc", "wanted": "w", "purpose": "p"},
        {"by": "priya", "act": "give justification", "id": "J2", "purpose": "p", "duty_of_confidentiality": True,
         "basis": "none", "facts": "f", "proportionality": "p"},
        {"by": "priya", "act": "decide sharing", "id": "S1", "outcome": "refuse", "with": "police", "reason": "No.",
         "answers_request": "Q1"},
        opening=nameless,
        expect=[{"id": "E1", "as_at": "2026-03-01T13:00:00", "agency": "police", "sees": {}, "contains": ["No."]}],
    )  # fmt: skip
    report = run(scenario, settings_in(tmp_path))

    assert [] == [one.message for one in report.refusals]
    assert report.passed


def test_who_looks_at_what_was_sent_to_the_agency_comes_into_the_case(tmp_path: Path) -> None:
    """A referral brings the agency referred to: its worker opens the case with a reason, as on the page."""
    scenario = a_scenario(
        {"by": "ben", "act": "make referral", "id": "R1", "to": "police", "summary": "s", "carers_informed": "no"},
        {"by": "sam", "act": "view case"},
        expect=[{"id": "E1", "as_at": "2026-03-01T13:00:00", "person": "sam", "sees": {}, "contains": ["R1"]}],
    )
    report = run(scenario, settings_in(tmp_path))

    assert [] == [one.message for one in report.refusals]
    assert report.passed


def test_a_refused_look_is_not_helped_in(tmp_path: Path) -> None:
    """A refusal is tried as it stands: nobody is brought into the case in order to be refused there."""
    scenario = a_scenario(
        {"by": "ben", "act": "make referral", "id": "R1", "to": "csc", "summary": "s", "carers_informed": "no"},
        refusal=[{"after": 2, "by": "priya", "act": "view case", "error": "not_found"}],
    )
    report = run(scenario, settings_in(tmp_path))

    assert report.passed


def test_the_lead_reads_an_expectation_even_before_it_has_looked(tmp_path: Path) -> None:
    """Somebody of the lead opens the case with a reason, on the copy the expectation is checked on."""
    scenario = a_scenario(
        {"by": "ben", "act": "record concern", "id": "C1", "occurred": "2026-02-28", "heading": "police_activity",
         "headline": "h", "narrative": "seen by the shop", "nature": "fact"},
        expect=[{"id": "E1", "as_at": "2026-03-01T13:00:00", "contains": ["seen by the shop"]}],
    )  # fmt: skip
    report = run(scenario, settings_in(tmp_path))

    assert report.passed


def test_a_look_by_who_has_nothing_to_come_for_is_refused(tmp_path: Path) -> None:
    """The runner opens no door that the hub keeps shut."""
    hub = a_partnership(a_hub(tmp_path))
    case = a_case(hub)
    a_concern(hub, case)
    replay = Replay(a_scenario(), hub, hub.clock)  # type: ignore[arg-type]
    replay.case = case

    with pytest.raises(NotFound):
        replay.perform({"n": 2, "by": "sam", "act": "view case"}, "look-at-it", accepted=True)
