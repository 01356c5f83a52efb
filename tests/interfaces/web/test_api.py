"""The API answers the same views, and reads its bodies strictly."""

import json
import re
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
    "justification": "J1", "occurred": "2026-05-01", "heading": "risk_taking_behaviours",
    "headline": "Late", "narrative": "Came in late three times.", "nature": "fact",
}  # fmt: skip
JUSTIFICATION = {
    "purpose": "tell the lead", "duty_of_confidentiality": False, "basis": "no_duty_owed",
    "facts": "Seen alone at night.", "proportionality": "What was seen.",
}  # fmt: skip
CHILD = {"name": "Nora Newcome", "date_of_birth": "2011-03-02"}
ASKED = {"of": "csc", "wanted": "Anything", "purpose": "plan outreach"}
REVIEW = {
    "reviewer": "jo", "kind": "practice review", "from": "2026-01-01", "until": "2026-04-30",
    "agencies": ["school"], "locators": False, "questions": "What was known, and when?",
}  # fmt: skip
MAYA = {"name": "Maya Ellison", "date_of_birth": "2010-05-14"}
CARER = {"name": "Dana", "relationship": "mother", "safe_to_inform": "not_yet"}
CONSENT = {
    "given_by": "child", "decision": "given", "scope": {"to": ["csc"], "about": "what she told"},
    "method": "in person", "understanding": "Understood.",
}  # fmt: skip
AGREED = JUSTIFICATION | {"basis": "consent"}
HAPPENED = {key: value for key, value in CONCERN.items() if key != "justification"}
TOLD = {
    "justification": AGREED, "child": MAYA, "consent": CONSENT, "concern": HAPPENED, "carers": [CARER, CARER],
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
    assert answers[0].json == answers[1].json
    assert f"concern:{answers[0].json['reference']}" in worked_hub.case(case).case.items
    assert len(worked_hub.case_events(case)) == before + 1


def test_an_act_on_an_outdated_view_is_refused(client_for: People, worked_hub: Hub, case: UUID):
    """Where what the writer saw has changed, the act waits for a second look (design §2)."""
    client = client_for("ben")
    seen = client.get(f"/api/cases/{case}").json["digest"]
    first = {"command_id": "api-seen-1", "seen": seen, "data": CONCERN}
    second = {"command_id": "api-seen-2", "seen": seen, "data": CONCERN | {"headline": "Late again"}}

    answers = [sent(client, f"/api/cases/{case}/acts/record_concern", body) for body in (first, second)]

    assert [answer.status_code for answer in answers] == [200, 409]
    assert answers[1].json["code"] == "changed_meanwhile"


def test_opening_and_asking_by_the_api(client_for: People):
    """A case is opened with its justification; a request about an unknown young person is taken like any other."""
    client = client_for("asha")

    opened = sent(
        client, "/api/cases", {"command_id": "api-open-1", "data": {"justification": JUSTIFICATION, "child": CHILD}}
    )
    asked = sent(
        client,
        "/api/requests",
        {
            "command_id": "api-ask-1",
            "about": {"name": "Nobody Known"},
            "data": ASKED,
        },
    )

    assert opened.status_code == 201
    assert [opened.json["reference"]] == [
        one["id"] for one in client.get(f"/api/cases/{opened.json['case']}").json["justifications"]
    ]
    assert (asked.status_code, asked.json["sent"], len(asked.json["reference"])) == (202, True, 12)


def test_opening_with_all_that_comes_with_it_answers_alike(client_for: People, case: UUID):
    """Her naming, two carers, a consent and a concern: into a case that exists as into a new one (design §3.7)."""
    client, found = client_for("asha"), []
    for command_id, child in (("api-told-her", MAYA), ("api-told-new", CHILD)):
        made = sent(client, "/api/cases", {"command_id": command_id, "data": TOLD | {"child": child}})
        reference = made.json["reference"]
        view = client.get(f"/api/cases/{made.json['case']}").json
        items = [cell["item"].replace(reference, "R") for cell in view["cells"] if cell["own"]]
        carers = [item for item in items if item.startswith("carer:")]
        (reasons,) = [one for one in view["justifications"] if one["id"] == reference]
        assert [reference] * 2 == [reasons["consent"], next(c["id"] for c in view["consents"] if c["own"])]
        assert [True, True] == [re.fullmatch("carer:[0-9a-f]{12}", item) is not None for item in carers]
        found.append((made.status_code, sorted(made.json), [item for item in items if item not in carers]))

    assert found[0] == found[1]
    assert (201, ["case", "reference"]) == found[0][:2]
    assert "concern:R" in found[0][2]


@pytest.mark.parametrize(
    ("who", "path", "body", "field"),
    [
        ("ben", "/api/cases/{case}/acts/record_concern", {"data": CONCERN | {"id": "C2"}}, "data.id"),
        ("ben", "/api/cases/{case}/acts/record_concern", {"data": CONCERN | {"id": "C99"}}, "data.id"),
        ("asha", "/api/cases", {"data": {"justification": JUSTIFICATION | {"id": "J1"}, "child": MAYA}},
         "data.justification.id"),
        ("asha", "/api/cases", {"data": TOLD | {"consent": CONSENT | {"id": "K1"}}}, "data.consent.id"),
        ("asha", "/api/cases", {"data": TOLD | {"justification": AGREED | {"consent": "K1"}}},
         "data.justification.consent"),
        ("asha", "/api/cases", {"data": TOLD | {"concern": CONCERN}}, "data.concern.justification"),
        ("asha", "/api/cases", {"data": TOLD | {"concern": HAPPENED | {"id": "C1"}}}, "data.concern.id"),
        ("asha", "/api/cases", {"data": TOLD | {"carers": [CARER, CARER | {"id": "M1"}]}}, "data.carers[1].id"),
        ("asha", "/api/requests", {"about": MAYA, "data": ASKED | {"id": "Q1"}}, "data.id"),
        ("pat", "/api/reviews", {"about": MAYA, "data": REVIEW | {"id": "V1"}}, "data.id"),
    ],
)  # fmt: skip
def test_no_reference_is_chosen_by_the_client(
    client_for: People, worked_hub: Hub, case: UUID, who: str, path: str, body: Any, field: str
):
    """The hub gives references: trying them out would tell which hidden ones are in use."""
    before = len(worked_hub.case_events(case))

    answer = sent(client_for(who), path.format(case=case), {"command_id": "api-own-reference", **body})

    assert (422, field) == (answer.status_code, answer.json["field"])
    assert "The hub gives the reference. Leave it out." in answer.json["detail"]
    assert len(worked_hub.case_events(case)) == before


def test_two_people_never_get_one_reference(client_for: People, case: UUID):
    """Numbers of commands are made by clients: two that chose alike still make two things."""
    body = {"command_id": "chosen-alike", "about": MAYA, "data": ASKED}

    answers = [sent(client_for(who), "/api/requests", body) for who in ("asha", "mo")]

    assert [202, 202] == [answer.status_code for answer in answers]
    assert answers[0].json["reference"] != answers[1].json["reference"]


def test_an_act_that_makes_nothing_new_gets_no_reference(client_for: People, case: UUID):
    """A reference is given where there is something to refer to."""
    body = {"command_id": "api-interest", "data": {"about": "A relative of mine."}}

    answer = sent(client_for("ben"), f"/api/cases/{case}/acts/declare_interest", body)

    assert (200, {"case": str(case)}) == (answer.status_code, answer.json)


@pytest.mark.parametrize(
    ("name", "data"), [("open_review", REVIEW), ("record_concern", CONCERN), ("declare_interest", {"about": "Family."})]
)
def test_a_hidden_and_an_unknown_case_answer_alike(client_for: People, case: UUID, name: str, data: Any):
    """The partnership manager sees no case, and learns of none by an act (design §3.9)."""
    pat = client_for("pat")
    body = {"command_id": "by-its-number", "data": data}

    hidden, unknown = (sent(pat, f"/api/cases/{one}/acts/{name}", body) for one in (case, uuid4()))

    assert hidden.status_code in (403, 404, 422)
    assert (hidden.status_code, hidden.json) == (unknown.status_code, unknown.json)


def test_a_review_is_opened_by_name(client_for: People, worked_hub: Hub, case: UUID):
    """The partnership manager names the young person; the answer is alike whether or not there is a case."""
    pat = client_for("pat")
    bodies = [
        {"command_id": f"api-review-{name[:4]}", "about": {**MAYA, "name": name}, "data": REVIEW}
        for name in ("Maya Ellison", "Nobody Known")
    ]
    before = set(worked_hub.case(case).case.reviews)

    found, nobody = (sent(pat, "/api/reviews", body) for body in bodies)

    assert [202, 202] == [found.status_code, nobody.status_code]
    assert found.json | {"reference": ""} == nobody.json | {"reference": ""} == {"sent": True, "reference": ""}
    assert {found.json["reference"]} == set(worked_hub.case(case).case.reviews) - before


@pytest.mark.parametrize(
    ("about", "field"),
    [
        ({"name": "Maya Ellison"}, "about.date_of_birth"),
        ({"date_of_birth": "2010-05-14"}, "about.name"),
        ({**MAYA, "name": ["x"]}, "about.name"),
        ({**MAYA, "surname": "x"}, "about.surname"),
    ],
)
def test_a_review_about_nobody_readable_is_refused(client_for: People, about: Any, field: str):
    """Name and date of birth together find the record; a review without them would reach nobody, in silence."""
    answer = sent(client_for("pat"), "/api/reviews", {"command_id": "api-review", "about": about, "data": REVIEW})

    assert (422, field) == (answer.status_code, answer.json["field"])


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
    ("a missing field", {"command_id": "12345678", "data": {"headline": "Late"}}, ""),
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


@pytest.mark.parametrize("charset", ["utf-16", "latin-1", "utf-7", '"UTF-16"'])
def test_a_body_in_another_charset_is_refused(client_for: People, case: UUID, charset: str):
    """The body is read as UTF-8: what says it is something else would be read as what nobody typed."""
    kind = f"application/json; charset={charset}"

    answer = sent(client_for("ben"), f"/api/cases/{case}/acts/record_concern", "{}", content_type=kind)

    assert (415, "unsupported_media_type") == (answer.status_code, answer.json["code"])
    assert "UTF-8" in answer.json["detail"]


@pytest.mark.parametrize("charset", ["utf-8", "UTF-8", '"utf-8"'])
def test_a_body_that_says_it_is_utf_8_is_read(client_for: People, case: UUID, charset: str):
    """The one charset may be named."""
    body, kind = {"command_id": "api-charset", "data": CONCERN}, f"application/json; charset={charset}"

    assert 200 == sent(client_for("ben"), f"/api/cases/{case}/acts/record_concern", body, content_type=kind).status_code


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
    answer = sent(client_for("asha"), "/api/requests", {"command_id": "api-ask-2", "about": about, "data": ASKED})

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
