"""Every form that acts is sent twice and has one effect; a form nobody sends twice here fails the suite."""

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient

from application.commands.acts import act
from application.commands.asking import ask_about
from application.commands.people import keep_directory
from application.hub import Hub
from tests.interfaces.web import test_forms_refuse, test_reading_pages, test_undo_and_reasoning
from tests.interfaces.web.browsing import day, form_on
from tests.interfaces.web.test_agreed import AGREED
from tests.interfaces.web.test_forms_refuse import REASONED

ClientFor = Callable[[str], FlaskClient]
Answers = dict[str, str | list[str]]


@dataclass(frozen=True)
class Prepared:
    """A form that is open to somebody only after something was done first."""

    endpoint: str
    page: str
    who: str
    answers: Answers
    first: Callable[[Hub, UUID], object]


def nothing(hub: Hub, case: UUID) -> None:
    """The worked case as it stands."""


def the_assessment_ended(hub: Hub, case: UUID) -> None:
    act(hub, "priya", case, "end_assessment", {"justification": "J4"}, command_id="ended-by-priya")


def a_proposal(hub: Hub, case: UUID) -> None:
    proposal = {"id": "A4", "justification": "J4", "category": 2, "rationale": "No change."}
    act(hub, "priya", case, "propose_risk", proposal, command_id="proposed-by-priya")


def somebody_asks(hub: Hub, case: UUID) -> None:
    asked = {"id": "Q8", "of": "csc", "wanted": "Anything of concern.", "purpose": "an enquiry"}
    ask_about(hub, "sam", {"name": "Maya"}, asked, command_id="asked-by-sam")


def a_colleague_comes(hub: Hub, case: UUID) -> None:
    lena = {"id": "lena", "name": "Lena Hart", "agency": "csc", "roles": ["practitioner"]}
    keep_directory(hub, "hub", "register_person", lena, command_id="registered-lena")


ALSO = [
    Prepared(
        "assessing.start",
        "/cases/{case}/assessment/start",
        "priya",
        {"justification": "J4"},
        the_assessment_ended,
    ),
    Prepared(
        "agreeing.date",
        "/cases/{case}/risk/A3/actions/strategy_meeting/date",
        "priya",
        {"who": "Duty team"} | day("due", "2026-06-05"),
        nothing,
    ),
    Prepared(
        "agreeing.outcome",
        "/cases/{case}/risk/A3/actions/strategy_meeting/outcome",
        "priya",
        {"done": "yes", "outcome": "Held at ten."} | day("on", "2026-06-02"),
        nothing,
    ),
    Prepared("sharing.reasoning", "/cases/{case}/shares/with/health/reasoning", "priya", REASONED, nothing),
    Prepared("agreed.tell", "/record/agreed", "helen", AGREED | {"basis": ["going_missing"]}, nothing),
    Prepared("agreeing.sign", "/cases/{case}/risk/A4", "ruth", {"stance": "agree"}, a_proposal),
    Prepared("asking.place", "/requests-to-place/Q8", "priya", {"case": "{case}"}, somebody_asks),
    Prepared(
        "cases.open_with_a_reason",
        "/cases/{case}/open-with-a-reason",
        "lena",
        {"reason": "I stand in for Priya this week."},
        a_colleague_comes,
    ),
]


@pytest.mark.parametrize("one", ALSO, ids=lambda one: one.endpoint)
def test_sent_twice_it_has_one_effect(one: Prepared, client_for: ClientFor, worked_hub: Hub, case: UUID) -> None:
    """The second sending is answered like the first and adds nothing."""
    one.first(worked_hub, case)
    client, page = client_for(one.who), one.page.format(case=case)
    answers = {name: str(case) if value == "{case}" else value for name, value in one.answers.items()}
    typed = form_on(client.get(page)).filled(answers)
    before = len(worked_hub.case_events(case))
    first = client.post(page, data=typed)
    after = len(worked_hub.case_events(case))
    second = client.post(page, data=typed)

    assert (303, True) == (first.status_code, after > before)
    assert 303 == second.status_code
    assert after == len(worked_hub.case_events(case))


def test_undoing_a_share_twice_undoes_it_once(client_for: ClientFor, worked_hub: Hub, case: UUID) -> None:
    """Undone is undone: the second press is answered like the first."""
    client = client_for("priya")
    location = test_undo_and_reasoning.shared(client, case).location
    page = client.get(location)
    first = test_undo_and_reasoning.undone(client, page, location)
    after = len(worked_hub.case_events(case))
    second = test_undo_and_reasoning.undone(client, page, location)

    assert [(303, location)] * 2 == [(answer.status_code, answer.location) for answer in (first, second)]
    assert after == len(worked_hub.case_events(case))


JOURNEYS = frozenset({
    "agreed", "agreeing", "asking", "assessing", "cases", "justifying", "reading", "recording", "referring",
    "reviewing", "sharing", "team",
})  # fmt: skip
"""Blueprints whose forms act in a case, or open one."""
OWN_TESTS = {
    "reading.told": test_reading_pages.test_the_lead_records_that_an_agency_was_told,
    "sharing.undo": test_undoing_a_share_twice_undoes_it_once,
}
"""By endpoint, the test that sends it twice."""


def test_every_form_that_acts_is_sent_twice(app: Flask, case: UUID) -> None:
    """A new form needs a row here, in the table of forms that refuse, or a test of its own that is named here."""
    adapter = app.url_map.bind("localhost")
    sent = {one.endpoint for one in ALSO} | OWN_TESTS.keys()
    for form in test_forms_refuse.FORMS:
        sent.add(adapter.match(f"/cases/{case}{form.page}" if form.in_case else form.page, "POST")[0])
    unsafe = {rule.endpoint for rule in app.url_map.iter_rules() if rule.methods and "POST" in rule.methods}

    assert [] == sorted(one for one in unsafe - sent if one.partition(".")[0] in JOURNEYS)
