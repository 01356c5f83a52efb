"""The API answers the same views, and reads its bodies strictly."""

import json
from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

import msgspec
import pytest
from flask.testing import FlaskClient

from application.hub import Hub
from application.queries.case_as_seen import case_as_seen

from .conftest import token

People = Callable[[str], FlaskClient]
CONCERN = {
    "id": "API1", "justification": "J1", "occurred": "2026-05-01", "heading": "risk_taking_behaviours",
    "headline": "Late", "narrative": "Came in late three times.", "nature": "fact",
}  # fmt: skip
DEEP = "[" * 60_000 + "]" * 60_000


def sent(client: FlaskClient, path: str, body: Any, **more: Any) -> Any:
    headers = {"X-CSRFToken": client.get("/api/session").json["csrf_token"]}
    data = body if isinstance(body, str | bytes) else json.dumps(body)
    return client.post(path, data=data, headers=headers, content_type=more.get("content_type", "application/json"))


def test_the_api_answers_the_view_itself(client_for: People, worked_hub: Hub, case: UUID):
    """JSON of the view, no more and no less than the page's."""
    expected = msgspec.to_builtins(case_as_seen(worked_hub, "ben", case), str_keys=True)

    actual = client_for("ben").get(f"/api/cases/{case}").json

    assert json.loads(json.dumps(expected)) == actual


def test_the_api_looks_back(client_for: People, case: UUID):
    """`as_at` is a local time, or one with its zone."""
    client = client_for("sam")

    local, zoned = (
        client.get(f"/api/cases/{case}", query_string={"as_at": at}).json
        for at in ("2026-01-15T12:00", "2026-01-15T12:00:00Z")
    )

    assert local["as_at"] == zoned["as_at"]
    assert "concern:C2" not in {cell["item"] for cell in local["cells"]}


def test_an_act_by_the_api_has_one_effect(client_for: People, worked_hub: Hub, case: UUID):
    """A command repeated with its number has one effect."""
    client = client_for("ben")
    before = len(worked_hub.case_events(case))
    body = {"command_id": "api-concern-1", "data": CONCERN}

    answers = [sent(client, f"/api/cases/{case}/acts/record_concern", body) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [200, 200]
    assert len(worked_hub.case_events(case)) == before + 1


def test_an_act_on_an_outdated_view_is_refused(client_for: People, worked_hub: Hub, case: UUID):
    """Where what the writer saw has changed, the act waits for a second look (design §2)."""
    client = client_for("ben")
    seen = client.get(f"/api/cases/{case}").json["digest"]
    first = {"command_id": "api-seen-1", "seen": seen, "data": CONCERN}
    second = {"command_id": "api-seen-2", "seen": seen, "data": CONCERN | {"id": "API2"}}

    answers = [sent(client, f"/api/cases/{case}/acts/record_concern", body) for body in (first, second)]

    assert [answer.status_code for answer in answers] == [200, 409]
    assert answers[1].json["code"] == "changed_meanwhile"


def test_opening_and_asking_by_the_api(client_for: People):
    """A case is opened with its justification; a request about an unknown young person is taken like any other."""
    justification = {
        "id": "N1", "purpose": "tell the lead", "duty_of_confidentiality": False, "basis": "no_duty_owed",
        "facts": "Seen alone at night.", "proportionality": "What was seen.",
    }  # fmt: skip
    child = {"name": "Nora Newcome", "date_of_birth": "2011-03-02"}
    client = client_for("asha")

    opened = sent(
        client, "/api/cases", {"command_id": "api-open-1", "data": {"justification": justification, "child": child}}
    )
    asked = sent(
        client,
        "/api/requests",
        {
            "command_id": "api-ask-1",
            "about": {"name": "Nobody Known"},
            "data": {"id": "AQ1", "of": "csc", "wanted": "Anything", "purpose": "plan outreach"},
        },
    )

    assert opened.status_code == 201
    assert client.get(f"/api/cases/{opened.json['case']}").json["cells"]
    assert (asked.status_code, asked.json) == (202, {"sent": True})


BODIES: list[tuple[str, Any, str]] = [
    ("not JSON", "{", ""),
    ("no object", "[]", ""),
    ("text", '"x"', ""),
    ("not UTF-8", b'{"command_id": "\xff\xff\xff\xff\xff\xff\xff\xff", "data": {}}', ""),
    ("NaN", '{"command_id": "12345678", "data": {"a": NaN}}', ""),
    ("a number of too many digits", '{"command_id": "12345678", "data": {"a": ' + "9" * 5000 + "}}", ""),
    ("nested too deep", '{"command_id": "12345678", "data": {"a": ' + DEEP + "}}", ""),
    ("a key twice", '{"command_id": "12345678", "command_id": "12345678", "data": {}}', "command_id"),
    ("a key twice inside", '{"command_id": "12345678", "data": {"id": "1", "id": "2"}}', "id"),
    ("an unknown key", {"command_id": "12345678", "data": {}, "actor": "priya"}, "actor"),
    ("an unknown field", {"command_id": "12345678", "data": CONCERN | {"by": "priya"}}, "by"),
    ("a missing key", {"data": CONCERN}, "command_id"),
    ("a missing field", {"command_id": "12345678", "data": {"id": "X"}}, ""),
    ("data no object", {"command_id": "12345678", "data": []}, "data"),
    ("a short number", {"command_id": "1", "data": CONCERN}, "command_id"),
    ("a number of another kind", {"command_id": 12345678, "data": CONCERN}, "command_id"),
    ("a number that cannot be stored", {"command_id": "1234567\ud800", "data": CONCERN}, "command_id"),
    ("a digest that is none", {"command_id": "12345678", "seen": "x", "data": CONCERN}, "seen"),
    ("NUL", {"command_id": "12345678", "data": CONCERN | {"headline": "a\x00b"}}, "headline"),
    ("a lone surrogate", {"command_id": "12345678", "data": CONCERN | {"headline": "a\ud800b"}}, "headline"),
    ("a lone surrogate as key", {"command_id": "12345678", "data": CONCERN | {"\ud800": "b"}}, ""),
    ("a megabyte", {"command_id": "12345678", "data": CONCERN | {"narrative": "x" * 1_000_000}}, "narrative"),
    ("an impossible day", {"command_id": "12345678", "data": CONCERN | {"occurred": "2026-02-30"}}, "occurred"),
    ("another shape", {"command_id": "12345678", "data": CONCERN | {"headline": {"a": 1}}}, "headline"),
]


@pytest.mark.parametrize(("body", "field"), [one[1:] for one in BODIES], ids=[one[0] for one in BODIES])
def test_a_faulty_body_is_refused_by_name(client_for: People, worked_hub: Hub, case: UUID, body: Any, field: str):
    """Malformed input gets a 4xx with a named field error, never a 500, and stores nothing."""
    client = client_for("ben")
    before = len(worked_hub.case_events(case))

    answer = sent(client, f"/api/cases/{case}/acts/record_concern", body)

    assert answer.status_code == 422
    assert answer.mimetype == "application/problem+json"
    assert field == answer.json.get("field", "") or (not field and answer.json["detail"])
    assert len(worked_hub.case_events(case)) == before


@pytest.mark.parametrize("content_type", ["text/plain", "application/x-www-form-urlencoded", "application/xml", ""])
def test_a_body_of_another_kind_is_refused(client_for: People, case: UUID, content_type: str):
    """Only application/json is read, so that no other site's form can speak to the API."""
    answer = sent(client_for("ben"), f"/api/cases/{case}/acts/record_concern", "{}", content_type=content_type)

    assert answer.status_code == 415
    assert answer.json["code"] == "unsupported_media_type"


@pytest.mark.parametrize(
    ("about", "field"),
    [
        ({"name": ["x"]}, "about.name"),
        ({"name": {"a": 1}}, "about.name"),
        ({"name": "a\ud800"}, "about.name"),
        ({"name": "Maya", "date_of_birth": 5}, "about.date_of_birth"),
        ({"surname": "x"}, "about.surname"),
        ({}, "about.name"),
    ],
)
def test_a_request_about_nobody_readable_is_refused(client_for: People, about: Any, field: str):
    """Whom it is about is read as strictly as the rest."""
    data = {"id": "AQ2", "of": "csc", "wanted": "Anything", "purpose": "plan outreach"}

    answer = sent(client_for("asha"), "/api/requests", {"command_id": "api-ask-2", "about": about, "data": data})

    assert answer.status_code == 422
    assert field == answer.json["field"]


def test_an_unknown_act_and_an_unknown_case(client_for: People, case: UUID):
    """What does not exist is refused, not guessed."""
    client = client_for("ben")
    body = {"command_id": "12345678", "data": {}}

    act = sent(client, f"/api/cases/{case}/acts/delete_everything", body)
    other = sent(client, f"/api/cases/{uuid4()}/acts/record_concern", {"command_id": "12345678", "data": CONCERN})

    assert (act.status_code, act.json["field"]) == (422, "act")
    assert other.status_code == 404


def test_the_api_takes_no_act_without_its_token(client_for: People, worked_hub: Hub, case: UUID):
    """The session cookie alone does nothing."""
    client = client_for("ben")
    before = len(worked_hub.case_events(case))

    answer = client.post(f"/api/cases/{case}/acts/record_concern", json={"command_id": "12345678", "data": CONCERN})

    assert (answer.status_code, answer.json["code"]) == (403, "csrf")
    assert len(worked_hub.case_events(case)) == before


def test_the_session_says_who_is_signed_in(client_for: People):
    """A client learns whom it speaks for, and the token its acts must carry."""
    client = client_for("mo")

    session = client.get("/api/session").json

    assert (session["person"], session["agency"]) == ("mo", "police")
    assert token(client)
