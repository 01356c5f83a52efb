"""Somebody else changed it meanwhile: what stands now and what was typed stand side by side, and nothing is lost."""

import re
from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from application.commands.acts import act
from application.hub import Hub
from tests.interfaces.web.browsing import form_on

ClientFor = Callable[[str], FlaskClient]
CORRECTION = {
    "concern": "C2",
    "change": {"headline": "Found in a car on Quay Street", "narrative": "Put right by a colleague."},
    "justification": "J3",
    "reason": "The street was wrong.",
}
PLAN = {"id": "N9", "justification": "J7", "for": "health", "text": "Ring the clinic first."}
DETAILS = {"justification": "J7", "child": {"name": "Maya Rowe"}, "safe_contact": "Only through the library."}
ANSWER = {"justification": "J4", "answers": [{"question": 6, "option": 2, "note": "Told by her aunt."}]}
OTHER_ANSWER = {"justification": "J4", "answers": [{"question": 7, "option": 1}]}


def section(page: TestResponse) -> str:
    """The words of the part that shows both."""
    found = page.text.partition('<section class="hub-both"')[2].partition("</section>")[0]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", found))


def events(hub: Hub) -> int:
    return hub.ledger.recorder.max_notification_id() or 0


BOTH: list[tuple[str, str, dict[str, Any], str, tuple[str, dict[str, Any]], tuple[str, ...]]] = [
    (
        "sam",
        "/concerns/C2/correct",
        {"justification": "J3", "reason": "Her words were missing.", "child_voice": "He is my friend."},
        "He is my friend.",
        ("mo", {"act": "correct_concern", **CORRECTION}),
        ("Put right by a colleague.", "Mo"),
    ),
    (
        "tom",
        "/details/new",
        {"justification": "J7", "safe_contact": "Through her form tutor."},
        "Through her form tutor.",
        ("priya", {"act": "record_details", **DETAILS}),
        ("Only through the library.", "Priya Nair"),
    ),
    (
        "tom",
        "/assessment/questions/6",
        {"justification": "J4", "answer": "5", "note": "She told me herself."},
        "She told me herself.",
        ("priya", {"act": "answer_questions", **ANSWER}),
        ("Told by her aunt.", "Priya Nair"),
    ),
    (
        "tom",
        "/plans/new",
        {"justification": "J7", "for": "health", "text": "See her alone."},
        "See her alone.",
        ("priya", {"act": "record_plan", **PLAN}),
        ("Ring the clinic first.", "Priya Nair"),
    ),
]


@pytest.mark.parametrize(("who", "address", "typed", "mine", "meanwhile", "theirs"), BOTH)
def test_both_are_shown_and_sending_again_follows_on_what_stands(
    who: str,
    address: str,
    typed: dict[str, Any],
    mine: str,
    meanwhile: tuple[str, dict[str, Any]],
    theirs: tuple[str, ...],
    client_for: ClientFor,
    worked_hub: Hub,
    case: UUID,
) -> None:
    """The first sending is refused with both; the second, of the same form, is recorded on top."""
    client, path = client_for(who), f"/cases/{case}{address}"
    form = form_on(client.get(path))
    colleague, data = meanwhile[0], dict(meanwhile[1])
    act(worked_hub, colleague, case, data.pop("act"), data, command_id="meanwhile-by-a-colleague")
    before = len(worked_hub.case_events(case))
    refused = client.post(path, data=form.filled(typed))
    both = section(refused)
    again = client.post(path, data=form_on(refused).values)

    assert (409, 303) == (refused.status_code, again.status_code)
    assert [] == [words for words in (mine, *theirs) if words not in both]
    assert len(worked_hub.case_events(case)) > before


@pytest.mark.parametrize(
    ("address", "meanwhile"),
    [
        ("/assessment/questions/6", ("answer_questions", OTHER_ANSWER)),
        ("/assessment/questions/6", ("record_plan", PLAN)),
        ("/details/new", ("record_plan", PLAN)),
    ],
)
def test_what_does_not_touch_the_page_does_not_stop_it(
    address: str, meanwhile: tuple[str, dict[str, Any]], client_for: ClientFor, worked_hub: Hub, case: UUID
) -> None:
    """Two colleagues who answer different questions, or work on different things, do not stand in each other's way."""
    typed: dict[str, Any] = {"justification": "J4", "answer": "5"}
    if "details" in address:
        typed = {"justification": "J7", "safe_contact": "Through her form tutor."}
    client, path = client_for("tom"), f"/cases/{case}{address}"
    form = form_on(client.get(path))
    act(worked_hub, "priya", case, *meanwhile, command_id="meanwhile-by-priya")

    assert 303 == client.post(path, data=form.filled(typed)).status_code


def test_a_level_proposed_meanwhile_is_met_before_another_is(
    client_for: ClientFor, worked_hub: Hub, case: UUID
) -> None:
    """Two proposals that do not know of each other are not made."""
    client, path = client_for("tom"), f"/cases/{case}/risk/propose"
    form = form_on(client.get(path))
    proposal = {"id": "A4", "justification": "J4", "category": 2, "rationale": "No change since May."}
    act(worked_hub, "priya", case, "propose_risk", proposal, command_id="meanwhile-by-priya")
    typed = {"justification": "J4", "category": "3", "rationale": "Bail ends this week."}
    refused = client.post(path, data=form.filled(typed))

    assert 409 == refused.status_code
    assert "This takes the place of the proposal of Priya Nair (category 2)" in refused.text
    assert ["No change since May.", "Bail ends this week."] == [
        words for words in ("No change since May.", "Bail ends this week.") if words in section(refused)
    ]


def test_of_what_changed_only_what_is_newer_than_the_page_is_shown(
    client_for: ClientFor, worked_hub: Hub, case: UUID
) -> None:
    """Details nobody touched since do not hide the one that was."""
    client, path = client_for("tom"), f"/cases/{case}/details/new"
    form = form_on(client.get(path))
    act(worked_hub, "priya", case, "record_details", DETAILS, command_id="meanwhile-by-priya")
    refused = client.post(path, data=form.filled({"justification": "J7", "safe_contact": "Through her tutor."}))

    assert "Only through the library." in section(refused)
    assert "2010" not in section(refused)


def test_a_draft_meets_what_came_since_it_was_begun(client_for: ClientFor, worked_hub: Hub, case: UUID) -> None:
    """Given back, it still stands on what its author had seen: sent, it is refused once, with both."""
    client, path = client_for("tom"), f"/cases/{case}/assessment/questions/6"
    typed = form_on(client.get(path)).filled({"justification": "J4", "answer": "5", "note": "She told me herself."})
    client.post(path, data=typed | {"step": ["save"]})
    act(worked_hub, "priya", case, "answer_questions", ANSWER, command_id="meanwhile-by-priya")
    refused = client.post(path, data=form_on(client.get(path)).values)

    assert 409 == refused.status_code
    assert "Told by her aunt." in section(refused)


def test_what_the_reader_may_not_see_is_not_shown(client_for: ClientFor, worked_hub: Hub, case: UUID) -> None:
    """The other side is the reader's own view: another agency's unshared answer neither stops nor shows."""
    client, path = client_for("ben"), f"/cases/{case}/assessment/questions/6"
    form = form_on(client.get(path))
    act(worked_hub, "priya", case, "answer_questions", ANSWER, command_id="meanwhile-by-priya")
    before = events(worked_hub)
    done = client.post(path, data=form.filled({"answer": "5"}))

    assert 303 == done.status_code, done.text
    assert "Told by her aunt." not in done.text
    assert events(worked_hub) > before
