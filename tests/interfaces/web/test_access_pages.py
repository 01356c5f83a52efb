"""Sealing, duty, emergency and the looks at a case, done by hand at a browser without scripts, and by the API."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from application.commands.people import keep_directory
from application.commands.rota import keep_rota
from application.hub import Hub
from tests.builders import a_command_id
from tests.interfaces.web.browsing import Person, day, person

MAYA = {"name": "Maya Ellison", **day("date_of_birth", "2010-05-14")}
NOBODY = {"name": "Nora Nobody", **day("date_of_birth", "2010-05-14")}
ABOUT = {"name": "Maya Ellison", "date_of_birth": "2010-05-14"}
WHY = "Her carer rang: she has not come home."
SEAL: dict[str, str | list[str]] = {
    "contact": "Emergency duty team manager",
    "telephone": "020 7946 0100",
    "people": ["tom", "priya"],
    "reason": "Somebody of the council is named in it.",
}
HOUR = timedelta(hours=1)


@pytest.fixture
def at(app: Flask) -> Callable[[str], Person]:
    """Somebody signed in, at a browser of their own."""
    return lambda who: person(app.test_client(), who)


@pytest.fixture(autouse=True)
def _workers(worked_hub: Hub) -> None:
    """A worker of the lead and one of the police who have nothing to do with the case."""
    for agency in ("csc", "police"):
        data = {"id": f"{agency}-worker", "name": f"{agency} worker", "agency": agency, "roles": ["practitioner"]}
        keep_directory(worked_hub, "hub", "register_person", data, command_id=a_command_id())


def sealed(at: Callable[[str], Person], case: UUID) -> TestResponse:
    done, _ = at("tom").sends(f"/cases/{case}/seal", SEAL)
    return done


def on_shift(hub: Hub, who: str) -> None:
    until = (hub.now() + 9 * HOUR).isoformat()
    data = {"id": "D1", "person": who, "from": hub.now().isoformat(), "until": until}
    keep_rota(hub, "tom", "assign_duty", data, command_id=a_command_id())


def test_a_manager_seals_the_case(at: Callable[[str], Person], case: UUID) -> None:
    """And sees the seal that stands; those named are told on the case."""
    done = sealed(at, case)
    page, seen = at("tom").opens(f"/cases/{case}/seal").text, at("priya").opens(f"/cases/{case}").text

    assert (303, f"/cases/{case}/seal") == (done.status_code, done.location)
    assert "Emergency duty team manager: 020 7946 0100" in page
    assert "Only those named in the seal see this case" in seen
    assert "Maya Ellison" in seen


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"contact": ""}, "Name the service or role that answers day and night."),
        ({"telephone": "ask"}, "Enter the telephone number that is answered day and night."),
        ({"people": ["tom"]}, "Name at least two people of the lead agency"),
        ({"reason": ""}, "Say why this case is sealed."),
    ],
)
def test_a_seal_that_is_refused_comes_back_as_typed(
    change: dict[str, Any], told: str, at: Callable[[str], Person], case: UUID
) -> None:
    """With what to put right."""
    answer, _ = at("tom").sends(f"/cases/{case}/seal", {**SEAL, **change})

    assert 422 == answer.status_code
    assert told in answer.text
    assert change.get("reason", "Somebody of the council") in answer.text


@pytest.mark.parametrize("who", ["ruth", "sam", "ben"])
def test_who_meets_the_seal_gets_the_contact_and_nothing_else(
    who: str, at: Callable[[str], Person], case: UUID
) -> None:
    """On every page of the case; by the API as a problem of its own."""
    sealed(at, case)
    browser = at(who)
    for path in ("", "/timeline", "/who-knew", "/assessment", "/concerns/new"):
        answer = browser.opens(f"/cases/{case}{path}")
        if path == "/concerns/new" and who == "ruth":
            continue  # recording is not hers, whatever the case
        assert 403 == answer.status_code
        assert "This case is sealed" in answer.text
        assert "Telephone Emergency duty team manager: 020 7946 0100." in answer.text
        assert "Maya" not in answer.text
    problem = browser.opens(f"/api/cases/{case}").json

    assert problem is not None
    assert ("case_sealed", 403) == (problem["code"], problem["status"])
    assert str(case) not in browser.opens("/caseload").text


def test_for_who_comes_by_no_way_a_sealed_case_is_not_there(at: Callable[[str], Person], case: UUID) -> None:
    """The administrator gets the page of every id."""
    sealed(at, case)

    assert 404 == at("alex").opens(f"/cases/{case}").status_code


def test_the_seal_is_lifted(at: Callable[[str], Person], case: UUID) -> None:
    """Everybody comes to it again."""
    sealed(at, case)
    done, _ = at("tom").sends(f"/cases/{case}/seal/lift", {"reason": "The inquiry is over."})

    assert 303 == done.status_code
    assert 200 == at("ruth").opens(f"/cases/{case}").status_code


def test_a_manager_keeps_the_rota(at: Callable[[str], Person], worked_hub: Hub) -> None:
    """Puts somebody on duty, and ends it; what is wrong comes back at its box."""
    today = worked_hub.now() + timedelta(days=1)
    shift = {"person": "priya", **day("from", f"{today:%Y-%m-%d}", "18:00")}
    tom = at("tom")
    long, _ = tom.sends("/duty", shift | day("until", f"{today + timedelta(days=3):%Y-%m-%d}", "08:00"))
    done, _ = tom.sends("/duty", shift | day("until", f"{today + timedelta(days=1):%Y-%m-%d}", "08:00"))
    shown = tom.opens("/duty")
    duty = shown.text.partition('action="/duty/')[2].partition("/end")[0]
    token = shown.text.partition('name="csrf_token" value="')[2].partition('"')[0]
    ended = tom.client.post(f"/duty/{duty}/end", data={"csrf_token": token, "command_id": a_command_id()})

    assert (422, 303, 303) == (long.status_code, done.status_code, ended.status_code)
    assert "A shift lasts 24 hours at most." in long.text
    assert "Nobody is on duty, now or later." in tom.opens("/duty").text
    midnights = [f"{today - timedelta(days=days):%Y-%m-%d}" for days in (1, 0)]
    tom.sends("/duty", {"person": "ruth"} | day("from", midnights[0], "00:00") | day("until", midnights[1], "00:00"))
    told = tom.opens("/duty").text
    assert ("the time entered was past" in shown.text, "the time entered was past" in told) == (False, True)
    assert "Put somebody on duty" not in at("priya").opens("/duty").text


def test_who_is_on_duty_opens_a_case_by_name(at: Callable[[str], Person], worked_hub: Hub, case: UUID) -> None:
    """The page says at its top by which way, and until when."""
    on_shift(worked_hub, "csc-worker")
    worker = at("csc-worker")
    nothing, _ = worker.sends("/duty/open", {**NOBODY, "reason": WHY})
    short, _ = worker.sends("/duty/open", {**MAYA, "reason": "Too short."})
    assert "At least 20 characters." in worker.opens("/duty/open").text
    assert "Say why in at least 20 characters; it is kept." in short.text
    done, _ = worker.sends("/duty/open", {**MAYA, "reason": WHY})
    page = worker.opens(f"/cases/{case}").text

    assert "No case stands under exactly this name and date of birth." in nothing.text
    assert (303, f"/cases/{case}") == (done.status_code, done.location)
    assert "You are on duty <strong>until" in page
    assert 403 == at("sam").opens("/duty/open").status_code


def test_an_emergency_opens_one_page_for_an_hour(at: Callable[[str], Person], worked_hub: Hub, case: UUID) -> None:
    """With its end at its top; then it is gone. The lead looks at it afterwards."""
    stranger = at("police-worker")
    done, _ = stranger.sends("/emergency", {**MAYA, "reason": WHY})
    page = stranger.opens(f"/cases/{case}").text
    again = stranger.opens("/caseload").text
    closed = stranger.opens(f"/cases/{case}/timeline").status_code
    at("sam").sends("/emergency", {**MAYA, "reason": WHY})
    beside = at("sam").opens(f"/cases/{case}").text
    worked_hub.clock.at += HOUR  # type: ignore[attr-defined]

    assert (303, f"/cases/{case}") == (done.status_code, done.location)
    assert "You opened this in an emergency <strong>until" in page
    assert "Rule: emergency access." in page
    assert "Timeline" not in page
    assert all("Not in what you may see" not in one for one in (page, again, beside))
    assert "search first if you are not sure" in stranger.opens("/emergency").text
    assert ("You opened this in an emergency <strong>until" in beside, "Timeline" in beside) == (True, True)
    assert f"/cases/{case}" in again
    assert (404, 404) == (closed, stranger.opens(f"/cases/{case}").status_code)
    ruth = at("ruth")
    waits = ruth.opens("/caseload").text
    link = ruth.opens(f"/cases/{case}").text.partition(f'href="/cases/{case}/ways-in/')[2].partition('"')[0]
    found, _ = ruth.sends(f"/cases/{case}/ways-in/{link}", {"outcome": "appropriate", "note": "She was missing."})

    assert 303 == found.status_code
    assert ("Ways into cases to look at" in waits, "Other decisions" in waits) == (True, False)
    assert "She was missing." in at("priya").opens(f"/cases/{case}").text


def test_an_emergency_answers_alike_where_nothing_opens(at: Callable[[str], Person], case: UUID) -> None:
    """One sentence with the telephone, sealed or unknown."""
    sealed(at, case)
    texts = []
    for about in (MAYA, NOBODY):
        answer, _ = at("police-worker").sends("/emergency", {**about, "reason": WHY})
        texts.append((answer.status_code, answer.text.partition("<main")[2].partition("</main>")[0]))

    assert texts[0] == texts[1]
    assert "We do not confirm whether a record exists. Telephone the lead agency" in texts[0][1]
    assert "<strong>01895 558641</strong>" in texts[0][1]


@pytest.mark.parametrize("who", ["asha", "priya", "alex"])
def test_who_has_no_emergency_access_is_told_so(who: str, at: Callable[[str], Person]) -> None:
    """Voluntary, the lead, the administrator: whatever the case, when they ask."""
    browser = at(who)

    assert 403 == browser.opens("/emergency").status_code
    assert "/emergency" not in browser.opens("/caseload").text


def test_the_lead_sees_who_has_looked(at: Callable[[str], Person], case: UUID) -> None:
    """Narrowed to one person by a form, so that no name stands in an address."""
    sealed(at, case)
    at("sam").opens(f"/cases/{case}")
    priya = at("priya")
    priya.opens(f"/cases/{case}/shares/with/police")
    page = priya.opens(f"/cases/{case}/looks")
    token = page.text.partition('name="csrf_token" value="')[2].partition('"')[0]
    one = priya.client.post(f"/cases/{case}/looks", data={"csrf_token": token, "person": "sam"})

    assert "Met the seal</strong> Asked for: the case" in page.text
    assert "with Borough Police, Public Protection" in page.text
    assert "Met the seal" in one.text
    assert "Helen" not in one.text.partition("<tbody")[2]
    assert f"/cases/{case}/looks" in priya.opens(f"/cases/{case}").text
    assert [403, 403, 404] == [at(who).opens(f"/cases/{case}/looks").status_code for who in ("sam", "ruth", "alex")]


# ---------------------------------------------------------------- the API


def post(client: FlaskClient, address: str, **body: Any) -> TestResponse:
    session = client.get("/api/session").json
    assert session is not None
    return client.post(
        address, json={"command_id": a_command_id(), **body}, headers={"X-CSRFToken": session["csrf_token"]}
    )


def test_the_api_does_the_same(client_for: Callable[[str], FlaskClient], worked_hub: Hub, case: UUID) -> None:
    """Rota, duty, emergency, review, looks and seal as JSON."""
    tom, worker, other = client_for("tom"), client_for("csc-worker"), client_for("police-worker")
    times = {"from": worked_hub.now().isoformat(), "until": (worked_hub.now() + HOUR).isoformat()}
    assigned = post(tom, "/api/duty/assign_duty", data={"person": "csc-worker", **times})
    shifts = tom.get("/api/duty").json
    named = post(worker, "/api/duty/open", about=ABOUT, reason=WHY)
    opened = post(worker, f"/api/cases/{case}/open-on-duty", reason=WHY)
    emergency = post(other, "/api/emergency", about=ABOUT, reason=WHY).json
    ways_in = tom.get(f"/api/cases/{case}").json["ways_in"]  # type: ignore[index]
    found = post(tom, f"/api/cases/{case}/acts/review_access",
                 data={"access": ways_in[-1]["id"], "outcome": "appropriate", "note": "n"})  # fmt: skip
    ended = post(tom, "/api/duty/end_duty", data={"duty": assigned.json["reference"]})  # type: ignore[index]
    placed = post(tom, f"/api/cases/{case}/acts/seal_case", data=SEAL)
    seal, looks = tom.get(f"/api/cases/{case}/seal").json, tom.get(f"/api/cases/{case}/looks").json
    answers = [one.status_code for one in (assigned, named, opened, found, ended, placed)]

    assert [200] * 6 == answers
    assert shifts is not None
    assert emergency is not None
    assert seal is not None
    assert looks is not None
    assert ["csc-worker"] == [one["person"] for one in shifts["shifts"]]
    assert str(case) == emergency["case"]
    assert ["duty", "emergency"] == [one["way"] for one in ways_in]
    assert (True, ["tom", "priya"]) == (seal["sealed"], seal["people"])
    assert "looks" in {one["what"] for one in looks["looks"]}
    assert "case_sealed" == client_for("sam").get(f"/api/cases/{case}").json["code"]  # type: ignore[index]
