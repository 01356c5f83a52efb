"""The same views and commands as JSON; bodies are read strictly, errors are problem+json."""

from typing import Any
from uuid import UUID

import msgspec
from flask import Blueprint, Response, request
from flask_wtf.csrf import generate_csrf

from application.commands.acts import act
from application.commands.asking import ask_about
from application.commands.opening import open_case
from application.queries.analysis_form import analysis_form
from application.queries.assessment import current_assessment
from application.queries.case_as_seen import case_as_seen
from application.queries.caseload import caseload
from application.queries.history import history_of
from application.queries.inbox import inbox
from application.queries.timeline import case_timeline
from application.queries.who_knew import corrections, who_knew
from interfaces.web.auth import desk
from interfaces.web.pages import as_at, order
from interfaces.web.strict_json import read_body

blueprint = Blueprint("api", __name__, url_prefix="/api")


def answer(view: Any, status: int = 200) -> Response:
    return Response(msgspec.json.encode(view), status, mimetype="application/json")


@blueprint.get("/session")
def session() -> Response:
    """Who is signed in, and the token that an unsafe request carries as `X-CSRFToken`."""
    at = desk()
    person, agency = at.hub.person(at.who)
    return answer({"person": person.id, "agency": agency.id, "now": at.hub.now(), "csrf_token": generate_csrf()})


@blueprint.get("/caseload")
def my_cases() -> Response:
    at = desk()
    return answer(caseload(at.hub, at.who))


@blueprint.get("/inbox")
def my_work() -> Response:
    at = desk()
    return answer(inbox(at.hub, at.who))


@blueprint.get("/cases/<uuid:case_id>")
def case(case_id: UUID) -> Response:
    at = desk()
    return answer(case_as_seen(at.hub, at.who, case_id, as_at(at.settings)))


@blueprint.get("/cases/<uuid:case_id>/timeline")
def timeline(case_id: UUID) -> Response:
    at = desk()
    return answer(case_timeline(at.hub, at.who, case_id, as_at(at.settings), order())[1])


@blueprint.get("/cases/<uuid:case_id>/history/<item:item>")
def history(case_id: UUID, item: str) -> Response:
    at = desk()
    return answer(history_of(at.hub, at.who, case_id, item, as_at(at.settings)))


@blueprint.get("/cases/<uuid:case_id>/assessment")
def assessment(case_id: UUID) -> Response:
    at = desk()
    return answer(current_assessment(at.hub, at.who, case_id, as_at(at.settings))[1])


@blueprint.get("/cases/<uuid:case_id>/analysis-form")
def analysis(case_id: UUID) -> Response:
    at = desk()
    return answer(analysis_form(at.hub, at.who, case_id, as_at(at.settings))[1])


@blueprint.get("/cases/<uuid:case_id>/who-knew")
def knew(case_id: UUID) -> Response:
    at = desk()
    return answer(who_knew(at.hub, at.who, case_id, as_at(at.settings)))


@blueprint.get("/cases/<uuid:case_id>/corrections")
def put_right(case_id: UUID) -> Response:
    at = desk()
    return answer(corrections(at.hub, at.who, case_id, as_at(at.settings)))


@blueprint.post("/cases")
def open_one() -> Response:
    at, body = desk(), read_body(request, {"command_id": str, "data": dict})
    case_id = open_case(at.hub, at.who, body["data"], command_id=body["command_id"])
    return answer({"case": case_id}, 201)


@blueprint.post("/cases/<uuid:case_id>/acts/<name>")
def do(case_id: UUID, name: str) -> Response:
    at, body = desk(), read_body(request, {"command_id": str, "data": dict}, {"seen": str})
    act(at.hub, at.who, case_id, name, body["data"], command_id=body["command_id"], seen=body.get("seen", ""))
    return answer({"case": case_id, "act": name})


@blueprint.post("/requests")
def ask() -> Response:
    """Ask about a young person by name; the answer is the same whether or not a case exists."""
    at, body = desk(), read_body(request, {"command_id": str, "about": dict, "data": dict})
    ask_about(at.hub, at.who, body["about"], body["data"], command_id=body["command_id"])
    return answer({"sent": True}, 202)
