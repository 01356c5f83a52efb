"""Whether a case is kept or destroyed, decided at a browser without scripts and by the API."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from application.commands.destroying import carry_out_due
from application.commands.people import keep_directory
from application.hub import Hub
from application.ledger import DESTRUCTIONS_STREAM
from application.queries.acts_open_to_me import acts_open_to_me
from tests.interfaces.web.browsing import Person, form_on
from tests.interfaces.web.conftest import Worked, token

ClientFor = Callable[[str], FlaskClient]
LIFTED = {"reason": "Kept longer than the schedule asks.", "basis": "Retention schedule 4.2"}
PROPOSED = {"asked": "police", "reason": "It is about nobody.", "basis": "Retention schedule 4.2"}
STOPPED = {"reason": "An inquiry has begun."}
HINT = "Name no person: this outlives the record."


@pytest.fixture
def case(worked_hub: Hub, worked: Worked) -> UUID:
    """The worked case after its review is over."""
    keep_directory(worked_hub, "alex", "end_role", {"person": "jo", "role": "reviewer"}, command_id="review-is-over")
    return worked.case


def kinds(hub: Hub) -> list[str]:
    steps = hub.ledger.read(DESTRUCTIONS_STREAM)
    return [str(step.__struct_config__.tag).partition(".")[2] for step in steps]


def takes(client: FlaskClient, case: UUID, step: str, answers: dict[str, str]) -> TestResponse:
    """Opens the page of a step, fills in its form as it is offered, and sends it."""
    return Person(client).sends(f"/cases/{case}/destruction/{step}", answers)[0]


def proposed(client_for: ClientFor, case: UUID) -> None:
    takes(client_for("tom"), case, "lift-hold", LIFTED)
    takes(client_for("ruth"), case, "propose", PROPOSED)


def sent(client: FlaskClient, case: UUID, act: str, data: dict[str, str], command_id: str) -> Any:
    headers = {"X-CSRFToken": token(client)}
    body = {"command_id": command_id, "data": data}
    return client.post(f"/api/cases/{case}/destruction/{act}", json=body, headers=headers)


def main_of(page: TestResponse) -> str:
    return page.text.partition('id="main-content"')[2].partition("</main>")[0]


def test_two_agencies_destroy_a_case_by_hand(client_for: ClientFor, worked_hub: Hub, case: UUID) -> None:
    """The whole way over pages: lifted, proposed, agreed; each answer leads to how it stands."""
    tom, ruth, mo = client_for("tom"), client_for("ruth"), client_for("mo")
    here = f"/cases/{case}/destruction"
    answers = [
        takes(tom, case, "lift-hold", LIFTED), takes(ruth, case, "propose", PROPOSED), takes(mo, case, "agree", {}),
    ]  # fmt: skip
    page = mo.get(here)

    assert [(303, here)] * 3 == [(answer.status_code, answer.location) for answer in answers]
    assert ["hold_lifted", "proposed", "agreed"] == kinds(worked_hub)
    assert "has agreed. The case is destroyed on" in main_of(page)
    assert "Recorded." in page.text


def test_the_page_of_a_case_leads_managers_to_its_hold(client_for: ClientFor, case: UUID) -> None:
    """Offered to those who hold a role that decides, and to nobody else."""
    link = f'href="/cases/{case}/destruction"'
    people = ("priya", "tom", "ruth", "sam", "mo")
    offered = {who for who in people if link in client_for(who).get(f"/cases/{case}").text}

    assert {"tom", "ruth", "mo"} == offered


def test_managers_find_what_their_agency_is_asked(client_for: ClientFor) -> None:
    """From the first page, by role."""
    link = 'href="/destructions"'
    people = ("priya", "tom", "ruth", "sam", "mo", "pat", "alex")
    offered = {who for who in people if link in client_for(who).get("/caseload").text}

    assert {"tom", "ruth", "mo", "pat"} == offered


def test_what_an_agency_is_asked_waits_among_its_managers_work(client_for: ClientFor, case: UUID) -> None:
    """With the reason and the way to answer, until it is answered; not for whoever may not answer, nor who asked."""
    proposed(client_for, case)
    waits = "Answer whether a case may be destroyed"
    people = ("mo", "sam", "tom", "ruth", "pat", "alex")
    told = {who for who in people if waits in client_for(who).get("/caseload").text}
    task = client_for("mo").get("/api/inbox").json["to_decide"]
    takes(client_for("mo"), case, "agree", {})

    assert {"mo"} == told
    assert [(str(case), "agree_destruction", "It is about nobody.")] == [
        (one["case"], one["kind"], one["text"]) for one in task
    ]
    assert waits not in client_for("mo").get("/caseload").text


def test_the_agency_asked_reads_the_reason_and_nothing_of_the_case(
    client_for: ClientFor, worked_hub: Hub, case: UUID
) -> None:
    """The partnership's manager sees no case: reason, basis, who proposes, and the three ways to answer."""
    takes(client_for("tom"), case, "lift-hold", LIFTED)
    takes(client_for("tom"), case, "propose", PROPOSED | {"asked": "partnership"})
    page = main_of(client_for("pat").get("/destructions"))
    links = [f'href="/cases/{case}/destruction/{step}"' in page for step in ("agree", "stop", "hold", "propose")]

    assert [True, True, True, False] == links
    assert [] == [words for words in ("It is about nobody.", "Retention schedule 4.2", "Tom") if words not in page]
    assert [] == [words for words in (LIFTED["reason"], "Maya", "Ellison") if words in page]
    assert 404 == client_for("pat").get(f"/cases/{case}").status_code


def test_what_was_agreed_stays_on_the_list_while_it_can_be_stopped(
    client_for: ClientFor, worked_hub: Hub, case: UUID
) -> None:
    """Who agreed finds the way to stop it, until it is carried out."""
    proposed(client_for, case)
    mo = client_for("mo")
    takes(mo, case, "agree", {})
    cooling = main_of(mo.get("/destructions"))
    worked_hub.clock.at += timedelta(days=14)  # type: ignore[attr-defined]
    carry_out_due(worked_hub)
    after = main_of(mo.get("/destructions"))

    assert f'href="/cases/{case}/destruction/stop"' in cooling
    assert str(case) not in after


@pytest.mark.parametrize("step", ["stop", "hold"])
def test_who_is_asked_no_more_is_led_to_the_list(
    step: str, client_for: ClientFor, worked_hub: Hub, case: UUID
) -> None:
    """An answer that shuts the page to the one who gave it; sent twice it has one effect and the same answer."""
    takes(client_for("tom"), case, "lift-hold", LIFTED)
    takes(client_for("tom"), case, "propose", PROPOSED | {"asked": "partnership"})
    pat, address = client_for("pat"), f"/cases/{case}/destruction/{step}"
    form = form_on(pat.get(address)).filled(STOPPED)
    answers = [pat.post(address, data=form) for _ in range(2)]

    assert [(303, "/destructions")] * 2 == [(answer.status_code, answer.location) for answer in answers]
    assert {"stop": "stopped", "hold": "hold_placed"}[step] == kinds(worked_hub)[-1]
    assert 3 == len(kinds(worked_hub))
    assert 404 == pat.get(f"/cases/{case}/destruction").status_code


def test_what_is_left_out_is_asked_for_at_its_box(client_for: ClientFor, worked_hub: Hub, case: UUID) -> None:
    """With what was typed kept, and every box saying that no person is named in it."""
    answer = takes(client_for("tom"), case, "lift-hold", {"reason": "Kept too long.", "basis": ""})

    assert 422 == answer.status_code
    assert 'href="#basis"' in answer.text
    assert "Kept too long." in answer.text
    assert 2 == answer.text.count(HINT)
    assert [] == kinds(worked_hub)


def test_a_reason_that_is_too_long_is_refused_at_its_box(client_for: ClientFor, worked_hub: Hub, case: UUID) -> None:
    """500 characters are enough to say why."""
    answer = takes(client_for("tom"), case, "lift-hold", LIFTED | {"reason": "R" * 501})

    assert (422, True) == (answer.status_code, 'href="#reason"' in answer.text)
    assert [] == kinds(worked_hub)


def test_a_form_without_its_token_or_number_does_nothing(client_for: ClientFor, worked_hub: Hub, case: UUID) -> None:
    """CSRF token and command id are asked for like on every form."""
    tom, address = client_for("tom"), f"/cases/{case}/destruction/lift-hold"
    form = form_on(tom.get(address)).filled(LIFTED)
    answers = [
        tom.post(address, data={**form, name: [""]}).status_code for name in ("csrf_token", "command_id")
    ]  # fmt: skip

    assert [403, 422] == answers
    assert [] == kinds(worked_hub)


def test_a_page_offers_the_agencies_that_could_agree(client_for: ClientFor, case: UUID) -> None:
    """Those with a manager, and not one's own."""
    takes(client_for("tom"), case, "lift-hold", LIFTED)
    form = form_on(client_for("tom").get(f"/cases/{case}/destruction/propose"))

    assert ["police", "partnership"] == form.controls["asked"].offered


def test_what_was_proposed_anew_is_not_agreed_to_by_an_older_page(
    client_for: ClientFor, worked_hub: Hub, case: UUID
) -> None:
    """The page is shown again with the newer reason; sent from there it is agreed."""
    proposed(client_for, case)
    mo, address = Person(client_for("mo")), f"/cases/{case}/destruction/agree"
    older = mo.opens(address)
    takes(client_for("tom"), case, "stop", STOPPED)
    takes(client_for("tom"), case, "propose", PROPOSED | {"reason": "It was opened twice."})
    refused, _ = mo.presses(address, older, {})
    agreed, _ = mo.presses(address, refused, {})

    assert 409 == refused.status_code
    assert "It was opened twice." in main_of(refused)
    assert 303 == agreed.status_code
    assert "agreed" == kinds(worked_hub)[-1]


def test_a_step_that_is_not_open_leads_to_how_it_stands(client_for: ClientFor, case: UUID) -> None:
    """An old link is no dead end."""
    answer = client_for("tom").get(f"/cases/{case}/destruction/agree")

    assert (303, f"/cases/{case}/destruction") == (answer.status_code, answer.location)


def test_a_step_overtaken_by_another_is_said_on_the_page(client_for: ClientFor, worked_hub: Hub, case: UUID) -> None:
    """Somebody else lifted the hold meanwhile: the page says so and offers no form any more."""
    address = f"/cases/{case}/destruction/lift-hold"
    tom = Person(client_for("tom"))
    page = tom.opens(address)
    takes(client_for("ruth"), case, "lift-hold", LIFTED)
    refused, _ = tom.presses(address, page, LIFTED)

    assert 409 == refused.status_code
    assert "command_id" not in main_of(refused)
    assert ["hold_lifted"] == kinds(worked_hub)


def test_an_open_review_is_said_and_stops_the_proposal(
    client_for: ClientFor, worked_hub: Hub, worked: Worked
) -> None:
    """Before it is tried, and when it is."""
    tom = client_for("tom")
    takes(tom, worked.case, "lift-hold", LIFTED)
    page = tom.get(f"/cases/{worked.case}/destruction")
    refused = takes(tom, worked.case, "propose", PROPOSED)

    assert "A review of this case is open." in main_of(page)
    assert 409 == refused.status_code
    assert "It is about nobody." in main_of(refused)
    assert ["hold_lifted"] == kinds(worked_hub)


@pytest.mark.parametrize("who", ["priya", "asha", "lee", "alex"])
def test_whose_role_decides_nothing_is_refused_every_page(who: str, client_for: ClientFor, case: UUID) -> None:
    """The same for a case that does not exist."""
    client = client_for(who)
    pages = [f"/cases/{one}/destruction{step}" for one in (case, uuid4()) for step in ("", "/lift-hold", "/stop")]

    assert {403} == {client.get(page).status_code for page in [*pages, "/destructions", "/api/destructions"]}


def test_an_administrator_is_offered_none_of_it(worked_hub: Hub) -> None:
    """Whatever other role they hold, also that of the partnership's manager."""
    data = {"id": "max", "name": "Max", "agency": "partnership", "roles": ["partnership_manager", "administrator"]}
    keep_directory(worked_hub, "hub", "register_person", data, command_id="register-max")
    deciding = {
        "lift_legal_hold", "place_legal_hold", "propose_destruction", "agree_destruction", "stop_destruction",
    }  # fmt: skip

    offered = [acts_open_to_me(worked_hub, who) & deciding for who in ("max", "pat")]

    assert [set(), {"place_legal_hold", "agree_destruction", "stop_destruction"}] == offered


def test_the_api_takes_the_same_steps(client_for: ClientFor, worked_hub: Hub, case: UUID) -> None:
    """References are the hub's; repeated, one effect and the same answer."""
    tom, mo = client_for("tom"), client_for("mo")
    data = dict(PROPOSED)
    answers = [
        sent(tom, case, "lift_legal_hold", LIFTED, "api-lifted-1"),
        *[sent(tom, case, "propose_destruction", data, "api-proposed-1") for _ in range(2)],
    ]
    waiting = mo.get("/api/destructions").json["asked"]
    reference = answers[1].json["reference"]
    agreed = sent(mo, case, "agree_destruction", {"proposal": waiting[0]["proposal"]}, "api-agreed-1")
    stands = mo.get(f"/api/cases/{case}/destruction").json

    assert [200] * 3 == [answer.status_code for answer in answers]
    assert answers[1].json == answers[2].json == {"case": str(case), "reference": reference}
    assert [(str(case), reference)] == [(one["case"], one["proposal"]) for one in waiting]
    assert (200, True, []) == (agreed.status_code, stands["agreed"], mo.get("/api/destructions").json["asked"])
    assert [str(case)] == [one["case"] for one in mo.get("/api/destructions").json["cooling"]]
    assert ["hold_lifted", "proposed", "agreed"] == kinds(worked_hub)


@pytest.mark.parametrize(
    ("act", "data", "field"),
    [
        ("propose_destruction", PROPOSED | {"id": "D1"}, "data.id"),
        ("lift_legal_hold", {"reason": "R"}, "basis"),
        ("erase", {}, "act"),
    ],
)
def test_what_the_api_does_not_know_is_refused_by_field(
    act: str, data: dict[str, str], field: str, client_for: ClientFor, worked_hub: Hub, case: UUID
) -> None:
    """No reference is chosen by a client, nothing is left out, nothing invented."""
    answer = sent(client_for("tom"), case, act, data, "api-refused-1")

    assert (422, field) == (answer.status_code, answer.json["field"])
    assert [] == kinds(worked_hub)


def test_a_destroyed_case_answers_like_none_and_says_so_to_who_decided(
    client_for: ClientFor, worked_hub: Hub, case: UUID
) -> None:
    """The case's own pages are gone for everybody; the decision stays for its two agencies."""
    proposed(client_for, case)
    takes(client_for("mo"), case, "agree", {})
    worked_hub.clock.at += timedelta(days=14)  # type: ignore[attr-defined]
    carry_out_due(worked_hub)
    decided = main_of(client_for("tom").get(f"/cases/{case}/destruction"))

    assert {404} == {client_for(who).get(f"/cases/{case}").status_code for who in ("priya", "tom", "mo", "sam")}
    assert "This case was destroyed on" in decided
    assert f'href="/cases/{case}"' not in decided
    assert 404 == client_for("pat").get(f"/cases/{case}/destruction").status_code
