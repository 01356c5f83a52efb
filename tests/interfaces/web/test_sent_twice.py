"""Every form that acts is sent twice and has one effect; a form nobody sends twice here fails the suite."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from application.commands.acts import act
from application.commands.asking import ask_about
from application.commands.coming_in import open_in_emergency
from application.commands.opening import open_case
from application.commands.people import keep_directory
from application.commands.rota import keep_rota
from application.hub import Hub
from application.queries.case_as_seen import case_as_seen
from tests.builders import a_justification
from tests.interfaces.web import (
    test_drafts,
    test_enrolling,
    test_forms_refuse,
    test_reading_pages,
    test_undo_and_reasoning,
)
from tests.interfaces.web.browsing import PageForm, day, form_on, forms_on
from tests.interfaces.web.test_agreed import AGREED
from tests.interfaces.web.test_forms_refuse import REASONED

ClientFor = Callable[[str], FlaskClient]
Answers = dict[str, str | list[str]]
HOUR = timedelta(hours=1)
WHY = "Her carer rang: she has not come home."
HER = {"name": "Maya Ellison", "date_of_birth": "2010-05-14"}
TYPED_HER: Answers = {"name": "Maya Ellison", **day("date_of_birth", "2010-05-14")}


@dataclass(frozen=True)
class Prepared:
    """A form that is open to somebody only after something was done first; the page may show it among others.

    `{case}` stands for the worked case, `{other}` for what was made first, `{priya}` for how her page is called.
    """

    endpoint: str
    page: str
    who: str
    answers: Answers
    first: Callable[[Hub, UUID], object]
    action: str = ""


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


def on_shift(hub: Hub, case: UUID) -> str:
    a_colleague_comes(hub, case)
    shift = {"id": "D1", "person": "lena", "from": hub.now().isoformat(), "until": (hub.now() + 9 * HOUR).isoformat()}
    keep_rota(hub, "tom", "assign_duty", shift, command_id="lena-on-duty")
    return "D1"


def an_officer_comes(hub: Hub, case: UUID) -> None:
    hugo = {"id": "hugo", "name": "Hugo Lane", "agency": "police", "roles": ["practitioner"]}
    keep_directory(hub, "hub", "register_person", hugo, command_id="registered-hugo")


def came_in_an_emergency(hub: Hub, case: UUID) -> str:
    an_officer_comes(hub, case)
    open_in_emergency(hub, "hugo", HER, WHY, command_id="hugo-in-an-emergency")
    (way_in,) = case_as_seen(hub, "ruth", case).ways_in
    return way_in.id


def a_seal(hub: Hub, case: UUID) -> None:
    sealed = {"contact": "Duty desk", "telephone": "020 7946 0100", "people": ["tom", "priya"], "reason": WHY}
    act(hub, "tom", case, "seal_case", sealed, command_id="sealed-by-tom")


def another_case(hub: Hub, case: UUID) -> str:
    reasons = {"justification": a_justification(), "child": {"name": "Maya Elison", "date_of_birth": "2010-05-14"}}
    return str(open_case(hub, "ben", reasons, command_id="another-by-ben"))


def an_invitation(hub: Hub, case: UUID) -> None:
    keep_directory(hub, "alex", "invite_account", {"person": "priya"}, command_id="priya-invited")


def a_second_role(hub: Hub, case: UUID) -> None:
    keep_directory(hub, "alex", "give_role", {"person": "priya", "role": "auditor"}, command_id="priya-audits")


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
    Prepared("coming_in.emergency", "/emergency", "hugo", TYPED_HER | {"reason": WHY}, an_officer_comes),
    Prepared("coming_in.on_duty_by_name", "/duty/open", "lena", TYPED_HER | {"reason": WHY}, on_shift),
    Prepared("coming_in.on_duty", "/cases/{case}/open-on-duty", "lena", {"reason": WHY}, on_shift),
    Prepared(
        "coming_in.review",
        "/cases/{case}/ways-in/{other}/review",
        "ruth",
        {"outcome": "appropriate", "note": "She was missing."},
        came_in_an_emergency,
    ),
    Prepared(
        "sealing.seal",
        "/cases/{case}/seal",
        "tom",
        {"contact": "Duty desk", "telephone": "020 7946 0100", "people": ["tom", "priya"], "reason": WHY},
        nothing,
    ),
    Prepared("sealing.lift", "/cases/{case}/seal/lift", "tom", {"reason": WHY}, a_seal),
    Prepared(
        "linking.decide",
        "/cases/{case}/links/{other}",
        "ruth",
        {"decision": "link_cases", "reason": "Same mother."},
        another_case,
    ),
]
OF_THE_DIRECTORY = [
    Prepared(
        "rota.show",
        "/duty",
        "tom",
        {"person": "priya"} | day("from", "2026-06-08", "18:00") | day("until", "2026-06-09", "08:00"),
        nothing,
    ),
    Prepared("rota.end", "/duty", "tom", {}, on_shift, "/duty/{other}/end"),
    Prepared(
        "people.new_person", "/people/new", "alex", {"name": "Ann Lee", "agency": "csc", "roles": ["reviewer"]}, nothing
    ),
    Prepared("people.new_agency", "/people/agencies/new", "alex", {"name": "Night desk", "kind": "voluntary"}, nothing),
    Prepared("people.give_role", "/people/{priya}/roles/give", "alex", {"role": "reviewer"}, nothing),
    Prepared(
        "people.end_role",
        "/people/{priya}",
        "alex",
        {"role": "auditor"},
        a_second_role,
        "/people/{priya}/roles/end",
    ),
    Prepared(
        "confirming.confirm",
        "/accounts-to-confirm",
        "tom",
        {"person": "{priya}"},
        an_invitation,
        "/accounts-to-confirm",
    ),
    Prepared("people.account", "/people/{priya}/disable_account", "alex", {}, nothing),
]
"""One after the other on one hub: none of them changes what another one needs."""


@pytest.mark.parametrize("one", ALSO, ids=lambda one: one.endpoint)
def test_sent_twice_it_has_one_effect(one: Prepared, client_for: ClientFor, worked_hub: Hub, case: UUID) -> None:
    """The second sending is answered like the first and adds nothing."""
    sent_twice(one, client_for, worked_hub, case)


def test_what_is_kept_of_people_sent_twice_has_one_effect(client_for: ClientFor, worked_hub: Hub, case: UUID) -> None:
    """People, agencies, roles, accounts and the rota alike."""
    for one in OF_THE_DIRECTORY:
        sent_twice(one, client_for, worked_hub, case)


def sent_twice(one: Prepared, client_for: ClientFor, hub: Hub, case: UUID) -> None:
    """Prepares a form, fills it in as its page offers it, and sends it twice."""
    stands_for = {"case": case, "other": one.first(hub, case)}
    stands_for["priya"] = hub.blind.key("a person in an address", "priya")
    client, page, action = client_for(one.who), one.page.format(**stands_for), one.action.format(**stands_for)
    answers = {name: v.format(**stands_for) if isinstance(v, str) else v for name, v in one.answers.items()}
    typed = the_form(client.get(page), action, answers).filled(answers)
    before = recorded(hub, case)
    first = client.post(action or page, data=typed)
    after = recorded(hub, case)
    second = client.post(action or page, data=typed)

    assert (303, True) == (first.status_code, after != before), one.endpoint
    assert (303, first.location) == (second.status_code, second.location), one.endpoint
    assert after == recorded(hub, case), one.endpoint


def recorded(hub: Hub, case: UUID) -> tuple[int, int]:
    """How much stands in the case and in the directory; that somebody searched is told each time."""
    return len(hub.case_events(case)), hub.directory().version


def the_form(page: TestResponse, action: str, answers: Answers) -> PageForm:
    """The page's own, or the one of several that leads there with these answers."""
    if not action:
        return form_on(page)
    of_it = [form for form in forms_on(page) if form.action == action]
    (found,) = [form for form in of_it if all(form.values[name] == [value] for name, value in answers.items())]
    return found


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
    "agreed", "agreeing", "asking", "assessing", "cases", "coming_in", "confirming", "justifying", "linking", "people",
    "reading", "recording", "referring", "reviewing", "rota", "sealing", "sharing", "team",
})  # fmt: skip
"""Blueprints whose forms act in a case, open one, or keep people and agencies."""
OWN_TESTS = {
    "cases.discard_draft": test_drafts.test_my_work_lists_what_was_begun_and_throws_it_away,
    "people.invite": test_enrolling.test_an_invitation_sent_twice_goes_out_once,
    "reading.told": test_reading_pages.test_the_lead_records_that_an_agency_was_told,
    "sharing.undo": test_undoing_a_share_twice_undoes_it_once,
}
"""By endpoint, the test that sends it twice."""


def test_every_form_that_acts_is_sent_twice(app: Flask, case: UUID) -> None:
    """A new form needs a row here, in the table of forms that refuse, or a test of its own that is named here."""
    adapter = app.url_map.bind("localhost")
    sent = {one.endpoint for one in (*ALSO, *OF_THE_DIRECTORY)} | OWN_TESTS.keys()
    for form in test_forms_refuse.FORMS:
        sent.add(adapter.match(f"/cases/{case}{form.page}" if form.in_case else form.page, "POST")[0])
    unsafe = {rule.endpoint for rule in app.url_map.iter_rules() if rule.methods and "POST" in rule.methods}

    assert [] == sorted(one for one in unsafe - sent if one.partition(".")[0] in JOURNEYS)
