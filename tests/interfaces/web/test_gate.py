"""The gate, the headers and the one table from errors to answers."""

import logging
import re
import sqlite3
from collections.abc import Callable
from dataclasses import replace
from urllib.parse import urlencode
from uuid import UUID, uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient

from application.hub import Hub
from domain.errors import BadInput, SafeguardingError
from interfaces.settings import Settings
from interfaces.web.app import create_app
from interfaces.web.errors import STATUS, status_of
from interfaces.web.wsgi import DemoLeavesThisMachine, NotBehindHttps, serve

from .conftest import TOKEN, token

People = Callable[[str], FlaskClient]

EXACTLY = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Cache-Control": "no-store",
}
VALUES = {
    "case_id": uuid4(), "item": "concern:C1", "ref": "R1", "name": "record_concern", "filename": "hub.css", "number": 1,
    "token": "0" * 64,
}  # fmt: skip


def addresses(app: Flask) -> list[tuple[str, str]]:
    """Every method of every route, with something in each place of its address."""
    adapter = app.url_map.bind("localhost")
    found = []
    for rule in app.url_map.iter_rules():
        values = {name: VALUES.get(name, "X1") for name in rule.arguments}
        path = adapter.build(rule.endpoint, values)
        found += [(method, path) for method in sorted(rule.methods or ()) if method not in ("HEAD", "OPTIONS")]
    return found


def both(path: str) -> tuple[tuple[str, str], tuple[str, str]]:
    return ("GET", path), ("POST", path)


def test_a_stranger_is_refused_everywhere(app: Flask):
    """Shut by default: whatever is not named public answers 401, also what does not exist."""
    stranger = app.test_client()
    walked = [*addresses(app), ("GET", "/no/such/page"), ("DELETE", "/caseload"), ("GET", "/api/no-such")]

    let_in = set()
    for method, path in walked:
        with stranger.open(path, method=method) as answer:
            if answer.status_code != 401:
                let_in.add((method, path))

    public = {
        ("GET", "/"), ("POST", "/choose"), ("GET", f"{app.static_url_path}/hub.css"),
        *both("/sign-in"), *both("/sign-in/code"),
        *both("/sign-in/passkey"), ("GET", "/sign-in/agency/X1"), ("GET", "/sign-in/agency/X1/return"),
        ("GET", "/enrol/agency"),
        *both("/sign-in/recovery-code"), *both(f"/enrol/{'0' * 64}"), *both("/enrol/password"),
        *both("/enrol/authenticator"),
    }  # fmt: skip
    assert let_in == public
    assert len(walked) > 40


def test_options_tells_a_stranger_nothing(app: Flask, case: UUID):
    """A stranger does not learn which methods an address takes."""
    answer = app.test_client().options(f"/cases/{case}")

    assert answer.status_code == 401
    assert "Allow" not in answer.headers


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/caseload", 200),
        ("POST", "/sign-out", 303),
        ("POST", "/search", 403),
        ("GET", "/cases/00000000-0000-4000-8000-000000000000", 404),
        ("GET", "/api/cases/00000000-0000-4000-8000-000000000000", 404),
        ("GET", "/no/such/page", 404),
        ("PUT", "/caseload", 405),
        ("GET", "/policies", 200),
    ],
)
def test_headers_are_exact_on_every_status(client_for: People, method: str, path: str, status: int):
    """No answer leaves without the headers, and none is kept by anybody (ASVS 3.4, 14.3.2)."""
    client = client_for("priya")
    data = {"csrf_token": token(client)} if path == "/sign-out" else {}

    answer = client.open(path, method=method, data=data)

    assert status == answer.status_code
    assert {name: answer.headers.get(name) for name in EXACTLY} == EXACTLY
    assert "ETag" not in answer.headers
    assert "Server" not in answer.headers


@pytest.mark.parametrize(
    ("data", "status", "code"),
    [
        ({"agreement": "A3", "as_role": "team_manager"}, 403, "role_missing"),
        ({"agreement": "A3", "as_role": "nobody"}, 422, "bad_input"),
    ],
)
def test_headers_are_exact_on_refusals_by_the_api(
    client_for: People, case: UUID, data: dict[str, str], status: int, code: str
):
    """A refusal is a problem with a code (RFC 9457), under the same headers."""
    client = client_for("priya")

    answer = client.post(
        f"/api/cases/{case}/acts/agree_risk",
        json={"command_id": "test-headers", "data": data},
        headers={"X-CSRFToken": token(client)},
    )

    assert (status, code) == (answer.status_code, answer.json["code"])
    assert answer.mimetype == "application/problem+json"
    assert {name: answer.headers.get(name) for name in EXACTLY} == EXACTLY


def test_headers_are_exact_for_a_stranger(app: Flask):
    """Also the refusal of a stranger is kept by nobody."""
    answer = app.test_client().get("/caseload")

    assert {name: answer.headers.get(name) for name in EXACTLY} == EXACTLY


def test_rules_broken_answer_409(client_for: People, case: UUID):
    """What a rule forbids as it stands is a conflict, with its code and what to do next."""
    client = client_for("kim")

    answer = client.post(
        f"/api/cases/{case}/acts/agree_risk",
        json={"command_id": "test-broken", "data": {"agreement": "A3", "as_role": "cse_prevention_manager"}},
        headers={"X-CSRFToken": token(client)},
    )

    assert answer.status_code == 409
    assert answer.json["detail"]
    assert {name: answer.headers.get(name) for name in EXACTLY} == EXACTLY


def test_a_body_too_large_is_refused_with_the_headers(client_for: People):
    """Four mebibytes are more than any form holds; the answer is a page like any other."""
    client = client_for("priya")

    answer = client.post("/search", data={"csrf_token": token(client), "name": "x" * (5 * 1024 * 1024)})

    assert answer.status_code == 413
    assert {name: answer.headers.get(name) for name in EXACTLY} == EXACTLY


@pytest.mark.parametrize("kind", ["application/x-www-form-urlencoded", "multipart/form-data; boundary=b"])
@pytest.mark.parametrize("page", ["concerns/new", "details/new"])
def test_a_form_with_too_many_fields_is_refused_at_once(client_for: People, case: UUID, page: str, kind: str):
    """No form of the hub has a thousand fields; the answer does not grow with what was sent."""
    client = client_for("priya")
    fields = {"csrf_token": token(client)} | {f"field-{number}": "x" for number in range(20_000)}
    parts = [f'--b\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{fields[key]}\r\n' for key in fields]
    bodies = {"application/x-www-form-urlencoded": urlencode(fields), "multipart/form-data; boundary=b": "".join(parts)}

    answer = client.post(f"/cases/{case}/{page}", data=bodies[kind].encode(), content_type=kind)

    assert answer.status_code == 413
    assert "more fields" in answer.text
    assert len(answer.text) < 20_000


def test_of_many_unknown_fields_the_first_is_named(client_for: People, case: UUID):
    """One unknown field is enough to refuse a form; a list of hundreds helps nobody."""
    client = client_for("priya")
    page = client.get(f"/cases/{case}/concerns/new").text
    fields = {"csrf_token": token(client)} | {f"field-{number}": "x" for number in range(900)}

    answer = client.post(f"/cases/{case}/concerns/new", data=fields)

    assert answer.status_code == 422
    assert "field-0" in answer.text
    assert "field-1" not in answer.text
    assert len(answer.text) < 2 * len(page)


def test_a_form_without_its_token_does_nothing(client_for: People, worked_hub: Hub, case: UUID):
    """Another site cannot act in a signed-in person's name."""
    client = client_for("tom")
    before = len(worked_hub.case_events(case))

    answers = [
        client.post(f"/cases/{case}/open-with-a-reason", data={"reason": "x", "command_id": "12345678"} | forged)
        for forged in ({}, {"csrf_token": "forged"}, {"csrf_token": token(client_for("sam"))})
    ]

    assert [answer.status_code for answer in answers] == [403, 403, 403]
    assert len(worked_hub.case_events(case)) == before


def test_nothing_is_shown_when_the_look_cannot_be_recorded(client_for: People, settings: Settings, case: UUID):
    """Looking is recorded before any byte leaves; otherwise the page gives the telephone route (design §3.9)."""
    client = client_for("priya")
    store = sqlite3.connect(settings.events)
    store.execute(
        "CREATE TRIGGER full BEFORE INSERT ON stored_events BEGIN SELECT RAISE(ABORT, 'disk full'); END"
    )
    store.commit()
    store.close()

    paths = (f"/cases/{case}", f"/cases/{case}/timeline", f"/api/cases/{case}", "/caseload")
    answers = [client.get(path) for path in paths]

    assert [answer.status_code for answer in answers] == [503] * 4
    assert not any("Maya" in answer.text or "Larch" in answer.text for answer in answers)
    assert "01895 558641" in answers[0].text


def test_a_fault_of_ours_tells_nothing(client_for: People, app: Flask, caplog: pytest.LogCaptureFixture):
    """A 500 shows nothing of the error, and the log says where, not what."""

    def broken() -> str:
        handled = " ".join(("4", "Larch", "Rise"))
        raise RuntimeError(handled)

    app.add_url_rule("/broken", "home.broken", broken)
    client = client_for("priya")

    with caplog.at_level(logging.ERROR):
        answer = client.get("/broken")

    assert answer.status_code == 500
    assert "4 Larch Rise" not in answer.text + caplog.text
    assert {name: answer.headers.get(name) for name in EXACTLY} == EXACTLY


def test_every_refusal_has_its_status():
    """The table knows every error of the domain, and none of them is a fault of ours."""

    def below(kind: type[SafeguardingError]) -> list[type[SafeguardingError]]:
        return [kind, *(deeper for child in kind.__subclasses__() for deeper in below(child))]

    for kind in below(SafeguardingError):
        error = kind("field", "message") if issubclass(kind, BadInput) else kind()

        assert status_of(error) in {403, 404, 409, 422, 503}
    assert len(STATUS) == 11


def test_a_hub_that_is_no_demo_lets_nobody_choose(worked_hub: Hub, settings: Settings):
    """Only the demo store has people to choose; everywhere else the first page is the one to sign in on."""
    app = create_app(worked_hub, replace(settings, demo_stands_at=None))
    client = app.test_client()

    page = client.get("/", follow_redirects=True)
    answer = client.post("/choose", data={"person": "priya", "csrf_token": token(client, "/sign-in")})

    assert page.request.path == "/sign-in"
    assert "Priya" not in page.text
    assert answer.status_code == 404
    assert client.get("/caseload").status_code == 401


def test_a_demo_cookie_opens_no_other_hub(client_for: People, worked_hub: Hub, settings: Settings):
    """A session of the demo is worth nothing where the store is not a demo, even under the same key."""
    cookie = client_for("priya").get_cookie("hub")
    assert cookie is not None
    client = create_app(worked_hub, replace(settings, demo_stands_at=None)).test_client()
    client.set_cookie("hub", cookie.value)

    answer = client.get("/caseload")

    assert answer.status_code == 401


def test_after_signing_out_the_browser_is_a_stranger(client_for: People):
    """Sign out ends this browser's session."""
    client = client_for("priya")
    client.post("/sign-out", data={"csrf_token": token(client)})

    answer = client.get("/caseload")

    assert answer.status_code == 401


def test_nobody_signs_in_under_a_name_that_is_not_in_the_directory(app: Flask):
    """An unknown person is answered like any unknown thing."""
    client = app.test_client()

    answer = client.post("/choose", data={"person": "nobody", "csrf_token": token(client, "/")})

    assert answer.status_code == 404
    assert client.get("/caseload").status_code == 401


def test_the_cookie_is_bound_to_its_connection(app: Flask):
    """HttpOnly and Lax always; over https also Secure and bound to the host, and https is remembered."""
    plain, secure = app.test_client(), app.test_client()
    found = TOKEN.search(secure.get("/", base_url="https://localhost").text)
    assert found is not None

    over_http = plain.get("/").headers["Set-Cookie"]
    answer = secure.post(
        "/choose", base_url="https://localhost", data={"person": "priya", "csrf_token": found[1]}
    )
    over_https = {line.partition("=")[0]: line for line in answer.headers.getlist("Set-Cookie")}

    assert re.fullmatch(r"hub-page=[^;]+; HttpOnly; Path=/; SameSite=Lax", over_http)
    assert re.fullmatch(r"__Host-hub=[^;]+; Secure; HttpOnly; Path=/; SameSite=Lax", over_https["__Host-hub"])
    assert {f"__Host-hub{more}" for more in ("", "-page", "-known")} == set(over_https)
    assert all(line.endswith("; Secure; HttpOnly; Path=/; SameSite=Lax") for line in over_https.values())
    assert answer.headers["Strict-Transport-Security"] == "max-age=31536000"


def test_a_demo_answers_to_this_machine_only(client_for: People):
    """A name that another site points at this machine is refused."""
    answer = client_for("priya").get("/caseload", headers={"Host": "hub.example"})

    assert answer.status_code == 400
    assert {name: answer.headers.get(name) for name in EXACTLY} == EXACTLY


def test_a_demo_is_served_on_loopback_only(settings: Settings):
    """A demo store lets in whoever asks, so it refuses to start on anything but loopback."""
    with pytest.raises(DemoLeavesThisMachine):
        serve(settings, 8000, "0.0.0.0")  # noqa: S104


def test_beyond_this_machine_a_hub_is_served_behind_https_only(settings: Settings):
    """Without an address of its own behind https it refuses to start, and says what to write where."""
    with pytest.raises(NotBehindHttps, match=r'into hub\.toml: \[web\] origin = "https://'):
        serve(replace(settings, demo_stands_at=None), 0, "0.0.0.0")  # noqa: S104


@pytest.mark.parametrize("person", ["alex", "dan", "asha"])
def test_unknown_and_closed_cases_answer_alike(client_for: People, case: UUID, person: str):
    """Unknown, hidden and foreign ids answer alike (design §3.9); the tokens of the page apart."""
    client, unknown = client_for(person), uuid4()
    client.get("/guidance")
    pages = ("", "/timeline", "/assessment", "/analysis-form", "/who-knew", "/history/concern:C4")
    paths = pages if person != "asha" else ("/history/concern:C4", "/history/child.address")

    answers = {path: (client.get(f"/cases/{case}{path}"), client.get(f"/cases/{unknown}{path}")) for path in paths}

    for ours, theirs in answers.values():
        assert ours.status_code == theirs.status_code == 404
        assert TOKEN.sub("", ours.text) == TOKEN.sub("", theirs.text)
        assert sorted(ours.headers.keys()) == sorted(theirs.headers.keys())
