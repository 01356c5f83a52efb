"""The headers of an answer of every status, all of them and no other; and what may be kept, by whom."""

import sqlite3
from collections.abc import Callable
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from interfaces.settings import Settings
from tests.interfaces.web.browsing import form_on
from tests.signing_in import sends

from .conftest import token

People = Callable[[str], FlaskClient]
Answer = Callable[[], TestResponse]

SECURITY = {
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
}
OF_THE_BODY = {"Content-Type", "Content-Length", "Vary", "Set-Cookie"}
"""What says of which sort and length the body is, and the browser's own cookies."""
MORE = {303: {"Location"}, 405: {"Allow"}, 429: {"Retry-After"}}


@pytest.fixture
def answers(client_for: People, app: Flask, settings: Settings, case: UUID) -> dict[str, Answer]:
    """How each status comes about."""

    def at_fault() -> str:
        raise RuntimeError

    app.add_url_rule("/broken", "home.broken", at_fault)
    priya = client_for("priya")
    own = token(priya, "/guidance")

    def posts(path: str, **data: str) -> TestResponse:
        return priya.post(path, data={"csrf_token": own, **data})

    def acts(who: str, **data: str) -> TestResponse:
        client = client_for(who)
        body = {"command_id": "every-status", "data": data}
        headers = {"X-CSRFToken": token(client, "/guidance")}
        return client.post(f"/api/cases/{case}/acts/agree_risk", json=body, headers=headers)

    def saved_on_the_way() -> TestResponse:
        plan = f"/cases/{case}/plans/new"
        sent = form_on(priya.get(plan)).filled({"for": "school", "text": "Stay with her."})
        return priya.post(plan, data=sent | {"step": ["autosave"]})

    def once_too_often() -> TestResponse:
        stranger = app.test_client()
        tries = [sends(stranger, "/sign-in", email="nobody@agency.example", password="guess") for _ in range(11)]
        return tries[-1]

    def not_recorded() -> TestResponse:
        store = sqlite3.connect(settings.events)
        store.execute("CREATE TRIGGER full BEFORE INSERT ON stored_events BEGIN SELECT RAISE(ABORT, 'disk full'); END")
        store.commit()
        store.close()
        return priya.get(f"/cases/{case}")

    return {
        "200": lambda: priya.get("/guidance"),
        "200 file": lambda: posts(f"/cases/{case}/chronology"),
        "204": saved_on_the_way,
        "303": lambda: posts(f"/cases/{case}/details/new", command_id="every-status", safe_contact="By letter.",
                             justification="J4"),
        "400": lambda: priya.get("/guidance", headers={"Host": "hub.example"}),
        "401": lambda: app.test_client().get("/caseload"),
        "403": lambda: priya.get("/reviews/new"),
        "403 forged": lambda: priya.post("/search", data={"name": "Maya", "reason": "r"}),
        "403 api": lambda: acts("priya", agreement="A3", as_role="team_manager"),
        "404": lambda: priya.get("/no/such/page"),
        "405": lambda: priya.put("/caseload"),
        "409": lambda: acts("kim", agreement="A3", as_role="cse_prevention_manager"),
        "413": lambda: posts("/search", name="x" * (5 * 1024 * 1024)),
        "422": lambda: posts("/search"),
        "429": once_too_often,
        "500": lambda: priya.get("/broken"),
        "503": not_recorded,
    }  # fmt: skip


@pytest.mark.parametrize("which", [
    "200", "200 file", "204", "303", "400", "401", "403", "403 forged", "403 api", "404", "405", "409", "413", "422",
    "429", "500", "503",
])  # fmt: skip
def test_headers_are_these_and_no_other(which: str, answers: dict[str, Answer]) -> None:
    """Exact security headers on every status, and nothing of it kept by anybody."""
    answer, status = answers[which](), int(which[:3])
    expected = SECURITY | {"Cache-Control": "no-store"}
    file = {"Content-Disposition", "Expires"} if which == "200 file" else set()

    assert status == answer.status_code
    assert expected == {name: answer.headers.get(name) for name in expected}
    assert set(answer.headers.keys()) - OF_THE_BODY == set(expected) | MORE.get(status, set()) | file


@pytest.mark.parametrize("file", ["hub.css", "hub.js", "govuk-frontend.min.css"])
def test_files_that_are_everybodys_may_be_kept(file: str, app: Flask) -> None:
    """Styles and scripts hold nothing of anybody; they bear the same headers, and other ones have other addresses."""
    with app.test_client().get(f"{app.static_url_path}/{file}") as answer:
        assert 200 == answer.status_code
        assert SECURITY == {name: answer.headers.get(name) for name in SECURITY}
        assert "public, max-age=31536000, immutable" == answer.headers["Cache-Control"]


@pytest.mark.parametrize("file", ["static/none.css", "static/000000000000/hub.css"])
def test_a_file_that_is_not_there_is_not_kept(file: str, client_for: People, app: Flask) -> None:
    """It may be there tomorrow."""
    addresses = f"/{file}", f"{app.static_url_path}/none.css"

    for address in addresses:
        answer = client_for("priya").get(address)
        assert (404, "no-store") == (answer.status_code, answer.headers["Cache-Control"])


def test_signing_out_clears_what_the_browser_holds(client_for: People) -> None:
    """After signing out nothing of a case is left in the browser, whatever is pressed."""
    client = client_for("priya")
    answer = client.post("/sign-out", data={"csrf_token": token(client, "/guidance")})

    assert '"cache", "storage"' == answer.headers["Clear-Site-Data"]
    assert SECURITY == {name: answer.headers.get(name) for name in SECURITY}
    assert "no-store" == answer.headers["Cache-Control"]
