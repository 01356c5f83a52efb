"""A record that cannot be read, as pages and API say it: nothing of it, whom to telephone, and the rest goes on."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from uuid import UUID

import pytest
from flask.testing import FlaskClient

from application.hub import Hub
from application.ledger import DIRECTORY_STREAM
from interfaces.bootstrap import build_hub
from interfaces.demo.check import copy_home
from interfaces.demo.replay import ScenarioClock
from interfaces.options import EmergencyContact
from interfaces.settings import Settings
from interfaces.web.app import create_app
from interfaces.web.words import unreadable
from tests.builders import a_case, a_worker_of_the_lead
from tests.interfaces.web.conftest import Worked, token

People = Callable[[str], FlaskClient]
CONTACTS = (EmergencyContact(telephone="020 7946 0001", name="Duty team", when="always"),)
ONE = "One record on this list cannot be read just now and is being repaired. Telephone the lead agency."


@pytest.fixture
def other(worked_hub: Hub) -> UUID:
    """Another young person's case, which can be read."""
    case = a_case(worked_hub, by="ben", name="Orla Finch", born="2011-03-09", justification="J1")
    a_worker_of_the_lead(worked_hub, case)
    return case


@pytest.fixture
def settings(worked: Worked, tmp_path: Path) -> Settings:
    """A copy of the worked case's store; its case is damaged once the other is there."""
    return copy_home(worked.settings, tmp_path)


@pytest.fixture
def browser(other: UUID, worked_hub: Hub, settings: Settings, case: UUID) -> Iterator[People]:
    """Browsers at a hub started anew on the damaged store."""
    worked_hub.close()
    with closing(sqlite3.connect(settings.events)) as raw:
        for (name,) in raw.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            raw.execute(f"DROP TRIGGER {name}")
        raw.execute("UPDATE stored_events SET state = zeroblob(500) WHERE originator_id = ? AND originator_version = 3",
                    (case.hex,))  # fmt: skip
        raw.commit()
    assert settings.demo_stands_at is not None
    hub = build_hub(settings, ScenarioClock(settings.demo_stands_at))
    app = create_app(hub, settings)

    def signed_in(person: str) -> FlaskClient:
        client = app.test_client()
        client.post("/choose", data={"person": person, "csrf_token": token(client, "/")})
        return client

    yield signed_in
    hub.close()


@pytest.mark.parametrize("path", ["", "/timeline", "/assessment", "/who-knew", "/concerns/new", "/analysis-form"])
def test_the_page_of_a_damaged_case_says_whom_to_telephone(path: str, browser: People, case: UUID) -> None:
    """503, with the numbers always at hand, and not a word of the case."""
    answer = browser("priya").get(f"/cases/{case}{path}")

    assert 503 == answer.status_code
    assert "This record cannot be read just now and is being repaired." in answer.text
    assert "Telephone the lead agency" in answer.text
    assert "01895 558641" in answer.text
    assert [] == [word for word in ("Maya", "Ellison", "Larch", "grey car") if word in answer.text]


def test_the_api_says_it_as_a_problem(browser: People, case: UUID) -> None:
    """With a code of its own, so that no programme takes it for 'there is nothing'."""
    answer = browser("priya").get(f"/api/cases/{case}")

    assert (503, "application/problem+json") == (answer.status_code, answer.mimetype)
    assert "record_unreadable" == answer.get_json()["code"]
    assert "Maya" not in answer.text


def test_the_list_shows_the_other_case_and_that_one_is_missing(browser: People, case: UUID, other: UUID) -> None:
    """Said once, as one sentence; the damaged case is neither linked nor named."""
    for person in ("priya", "ben"):
        answer = browser(person).get("/caseload")

        assert 200 == answer.status_code
        assert 1 == answer.text.count(ONE)
        assert f"/cases/{other}" in answer.text
        assert "Orla Finch" in answer.text
        assert str(case) not in answer.text
        assert "Maya" not in answer.text


def test_the_search_answers_for_what_can_be_read(browser: People, case: UUID, other: UUID) -> None:
    """It does not say that none of one's own cases matches where one of them cannot be looked into."""
    client = browser("ben")
    fill = {"csrf_token": token(client, "/search"), "reason": "Named today."}
    hers, orlas = (client.post("/search", data={**fill, "name": name}) for name in ("Maya Ellison", "Orla Finch"))

    assert (200, 200) == (hers.status_code, orlas.status_code)
    assert "None of your own cases that can be read matches." in hers.text
    assert [1, 1] == [answer.text.count(ONE) for answer in (hers, orlas)]
    assert f"/cases/{other}" in orlas.text
    assert str(case) not in hers.text + orlas.text


def test_the_api_counts_what_is_missing(browser: People) -> None:
    """Lists carry the count, and nothing else of it."""
    client = browser("priya")

    assert [1, 1] == [client.get(f"/api/{name}").get_json()["unreadable"] for name in ("caseload", "inbox")]


@pytest.mark.parametrize("person", ["lee", "pat", "alex"])
def test_who_has_nothing_to_do_with_it_is_told_nothing(person: str, browser: People, case: UUID) -> None:
    """To a stranger to the case it is not there; the list says nothing."""
    client = browser(person)
    answer = client.get(f"/cases/{case}")

    assert 404 == answer.status_code
    assert "cannot be read" not in client.get("/caseload").text


def _damaged(settings: Settings, what: str) -> None:
    place, change, *values = {
        "the directory": (settings.events, "UPDATE stored_events SET state = zeroblob(500) WHERE originator_id = ?",
                          DIRECTORY_STREAM.id.hex),
        "the desk": (settings.desk, "DROP TABLE sessions"),
        "the key store": (settings.keystore, "UPDATE keys SET wrapped = zeroblob(60)"),
    }[what]  # fmt: skip
    with closing(sqlite3.connect(place)) as raw:
        for (name,) in raw.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            raw.execute(f"DROP TRIGGER {name}")
        raw.execute(str(change), values)
        raw.commit()


@pytest.mark.parametrize("what", ["the directory", "the desk", "the key store"])
def test_the_numbers_stand_where_nothing_can_be_read(
    what: str, client_for: People, settings: Settings, worked_hub: Hub
) -> None:
    """On whatever page: a whole one, which says what to do and whom to telephone, and nobody's name."""
    cookie = client_for("priya").get_cookie("hub")
    assert cookie is not None
    fresh = build_hub(settings, worked_hub.clock)
    client = create_app(fresh, settings).test_client()
    client.set_cookie("hub", cookie.value)
    _damaged(settings, what)
    answers = [client.get(path) for path in ("/", "/sign-in", "/caseload", "/guidance", "/nowhere")]
    problem = client.get("/api/caseload")
    real = replace(settings, demo_stands_at=None, contacts=CONTACTS)
    stranger = create_app(fresh, real).test_client().get("/sign-in")
    fresh.close()

    assert {"the directory": {503}, "the desk": {500}, "the key store": {500, 503}}[what] == {
        answer.status_code for answer in answers
    }
    assert [] == [answer.request.path for answer in answers if "01895 558641" not in answer.text]
    assert [] == [answer.request.path for answer in answers if "Priya" in answer.text or "</html>" not in answer.text]
    assert "application/problem+json" == problem.mimetype
    assert "020 7946 0001" in stranger.text


def test_where_all_can_be_read_the_list_says_nothing(client_for: People) -> None:
    """The sentence is there only where it is true."""
    assert "cannot be read" not in client_for("priya").get("/caseload").text


def test_several_missing_records_are_counted() -> None:
    """One sentence, in the plural."""
    assert ONE == unreadable(1)
    assert (
        "3 records on this list cannot be read just now and are being repaired. Telephone the lead agency."
        == unreadable(3)
    )
