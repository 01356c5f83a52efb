"""No other site acts in anybody's name: every unsafe route without a token, with a wrong one, with another's."""

from collections.abc import Callable
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient

from application.hub import Hub
from interfaces.web.gate import PUBLIC_ENDPOINTS

from .conftest import token

SAFE = {"GET", "HEAD", "OPTIONS"}
REFUSED = "The page had been open for too long, or did not come from this hub."
NOBODY_S = "0" * 64
WORDS = {"item": "concern:C2", "agency": "csc", "name": "record_concern", "number": "1"}


def unsafe(app: Flask, case: UUID) -> list[tuple[str, str, str]]:
    """Endpoint, method and address of everything that could change something."""
    adapter, found = app.url_map.bind("localhost"), []
    for rule in app.url_map.iter_rules():
        values: dict[str, object] = {name: WORDS.get(name, "R2") for name in rule.arguments}
        for name, converter in rule._converters.items():
            kind = type(converter).__name__
            values |= {name: case} if kind == "UUIDConverter" else {}
            values |= {name: NOBODY_S} if kind == "DigestConverter" else {}
        address = adapter.build(rule.endpoint, values)
        found += [(rule.endpoint, method, address) for method in sorted((rule.methods or set()) - SAFE)]
    return found


@pytest.mark.parametrize("how", ["without a token", "with a wrong token", "with another person's token"])
def test_an_unsafe_request_that_no_page_of_ours_sent_is_refused(
    how: str, app: Flask, client_for: Callable[[str], FlaskClient], worked_hub: Hub, case: UUID
) -> None:
    """403, what to do next, and no event; as a person signed in, and as a stranger where strangers may ask."""
    priya, stranger = client_for("priya"), app.test_client()
    own = token(priya, "/guidance")
    others = token(client_for("sam"), "/guidance")
    token(stranger, "/")
    sent = {"without a token": "", "with a wrong token": own[:-1] + "!", "with another person's token": others}[how]
    before, walked = worked_hub.ledger.recorder.max_notification_id(), unsafe(app, case)
    answers = {}
    for endpoint, method, address in walked:
        client = stranger if endpoint in PUBLIC_ENDPOINTS else priya
        if address.startswith("/api/"):
            headers = {"X-CSRFToken": sent} if sent else {}
            body = {"command_id": "forged-by-others", "data": {}, "about": {}}
            answer = client.open(address, method=method, json=body, headers=headers)
            answers[method, address] = (answer.status_code, answer.json["code"] if answer.json else "")
        else:
            data = {"command_id": "forged-by-others", "reason": "r"} | ({"csrf_token": sent} if sent else {})
            answer = client.open(address, method=method, data=data)
            answers[method, address] = (answer.status_code, REFUSED if REFUSED in answer.text else answer.text)

    assert len(walked) > 45
    assert {
        (method, address): (403, "csrf" if address.startswith("/api/") else REFUSED) for _, method, address in walked
    } == answers
    assert before == worked_hub.ledger.recorder.max_notification_id()


def test_a_token_ends_with_its_session(app: Flask, client_for: Callable[[str], FlaskClient]) -> None:
    """The token of a session that has ended is worth nothing in the next one of the same browser."""
    client = client_for("priya")
    old = token(client, "/guidance")
    client.post("/sign-out", data={"csrf_token": old})
    client.post("/choose", data={"person": "sam", "csrf_token": token(client, "/")})

    assert 403 == client.post("/search", data={"csrf_token": old, "name": "Maya", "reason": "r"}).status_code
    assert 200 == client.get("/caseload").status_code
