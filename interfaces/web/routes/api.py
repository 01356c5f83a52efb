"""The same views and commands as JSON; bodies are read strictly, errors are problem+json."""

from typing import Any
from uuid import UUID

import msgspec
from flask import Blueprint, Response, request
from flask_wtf.csrf import generate_csrf

from application.commands.acts import ACTS, act, fields_of
from application.commands.asking import ask_about
from application.commands.coming_in import open_in_emergency, open_on_duty, open_on_duty_by_name
from application.commands.destroying import destruction_act
from application.commands.linking import link_act
from application.commands.opening import open_case
from application.commands.reviewing import open_review_of
from application.commands.rota import keep_rota
from application.queries.analysis_form import analysis_form
from application.queries.assessment import current_assessment
from application.queries.case_as_seen import case_as_seen
from application.queries.caseload import caseload
from application.queries.destructions import destruction_of, destructions_asked, destructions_cooling
from application.queries.duplicates import possible_duplicates
from application.queries.history import history_of
from application.queries.inbox import inbox
from application.queries.looks import looks_at
from application.queries.rota import rota
from application.queries.seal import seal_of
from application.queries.timeline import case_timeline
from application.queries.who_knew import corrections, who_knew
from domain.errors import BadInput
from domain.vocabulary import Basis
from interfaces.web.auth import Desk, desk
from interfaces.web.pages import as_at, order
from interfaces.web.strict_json import read_body

blueprint = Blueprint("api", __name__, url_prefix="/api")
NOT_IN_A_CASE = ("open_review",)
"""Acts of people who see no case: an answer by the case's id would tell that it exists."""
NAMING = ("name", "date_of_birth")


def answer(view: Any, status: int = 200) -> Response:
    return Response(msgspec.json.encode(view), status, mimetype="application/json")


def referring(at: Desk, body: dict[str, Any], part: str = "") -> str:
    """The reference of what this command makes; chosen by the client it would find out what exists unseen."""
    return at.hub.reference_from(":".join(filter(None, (at.who, body["command_id"], part))))


def with_reference(data: dict[str, Any], reference: str, place: str = "data", field: str = "id") -> dict[str, Any]:
    """Raises: BadInput: where the client gives a reference."""
    if field in data:
        raise BadInput(f"{place}.{field}", "The hub gives the reference. Leave it out.")
    return {**data, field: reference}


def to_open(at: Desk, body: dict[str, Any]) -> dict[str, Any]:
    """What opens a case, with the references of all that comes with it, and of what rests on what.

    Raises: BadInput: where the client gives one.
    """
    data: dict[str, Any] = body["data"]
    reference = referring(at, body)
    given = {name: data[name] for name in ("justification", "consent", "concern") if isinstance(data.get(name), dict)}
    parts = {name: with_reference(part, reference, f"data.{name}") for name, part in given.items() if part}
    if "concern" in parts:
        parts["concern"] = with_reference(parts["concern"], reference, "data.concern", "justification")
    if "consent" in parts and parts.get("justification", {}).get("basis") == Basis.CONSENT:
        reasons = parts["justification"]
        parts["justification"] = with_reference(reasons, reference, "data.justification", "consent")
    if not isinstance(data.get("carers"), list):
        return data | parts
    carers = [
        with_reference(carer, referring(at, body, f"carer {number}"), f"data.carers[{number}]")
        if isinstance(carer, dict)
        else carer
        for number, carer in enumerate(data["carers"])
    ]
    return data | parts | {"carers": carers}


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


@blueprint.get("/cases/<uuid:case_id>/destruction")
def destruction(case_id: UUID) -> Response:
    at = desk()
    return answer(destruction_of(at.hub, at.who, case_id))


@blueprint.get("/destructions")
def destructions() -> Response:
    """What my agency is asked to agree to, and what it has agreed to and may still stop."""
    at = desk()
    asked, cooling = destructions_asked(at.hub, at.who), destructions_cooling(at.hub, at.who)
    return answer({"asked": asked, "cooling": cooling})


@blueprint.post("/cases/<uuid:case_id>/destruction/<name>")
def decide(case_id: UUID, name: str) -> Response:
    """A step towards destroying a case, or away from it."""
    at, body = desk(), read_body(request, {"command_id": str, "data": dict})
    data, done = body["data"], {"case": str(case_id)}
    if name == "propose_destruction":
        done["reference"] = referring(at, body)
        data = with_reference(data, done["reference"])
    destruction_act(at.hub, at.who, case_id, name, data, command_id=body["command_id"])
    return answer(done)


@blueprint.get("/possible-duplicates")
def duplicates() -> Response:
    at = desk()
    return answer(possible_duplicates(at.hub, at.who))


@blueprint.post("/cases/<uuid:case_id>/links/<name>")
def link(case_id: UUID, name: str) -> Response:
    """What is decided about a case and another that may be of the same young person."""
    at, body = desk(), read_body(request, {"command_id": str, "data": dict})
    link_act(at.hub, at.who, case_id, name, body["data"], command_id=body["command_id"])
    return answer({"case": str(case_id)})


@blueprint.post("/cases")
def open_one() -> Response:
    at, body = desk(), read_body(request, {"command_id": str, "data": dict})
    case_id = open_case(at.hub, at.who, to_open(at, body), command_id=body["command_id"])
    return answer({"case": case_id, "reference": referring(at, body)}, 201)


@blueprint.post("/cases/<uuid:case_id>/acts/<name>")
def do(case_id: UUID, name: str) -> Response:
    at, body = desk(), read_body(request, {"command_id": str, "data": dict}, {"seen": str})
    if name not in ACTS or name in NOT_IN_A_CASE:
        raise BadInput("act", "The hub knows no such act here. Check its name.")
    data, done = body["data"], {"case": str(case_id)}
    if "id" in fields_of(name):
        done["reference"] = referring(at, body)
        data = with_reference(data, done["reference"])
    act(at.hub, at.who, case_id, name, data, command_id=body["command_id"], seen=body.get("seen", ""))
    return answer(done)


@blueprint.post("/requests")
def ask() -> Response:
    """Ask about a young person by name; the answer is the same whether or not a case exists."""
    at, body = desk(), read_body(request, {"command_id": str, "about": dict, "data": dict})
    reference = referring(at, body)
    data = with_reference(body["data"], reference)
    ask_about(at.hub, at.who, body["about"], data, command_id=body["command_id"])
    return answer({"sent": True, "reference": reference}, 202)


@blueprint.get("/cases/<uuid:case_id>/looks")
def looks(case_id: UUID) -> Response:
    """Who has looked at this case, for its lead."""
    at = desk()
    return answer(looks_at(at.hub, at.who, case_id))


@blueprint.get("/cases/<uuid:case_id>/seal")
def seal(case_id: UUID) -> Response:
    """The seal that stands, and who may be named in one; for the lead's managers."""
    at = desk()
    return answer(seal_of(at.hub, at.who, case_id))


@blueprint.post("/cases/<uuid:case_id>/open-on-duty")
def come_on_duty(case_id: UUID) -> Response:
    """Come to a case until the end of one's shift."""
    at, body = desk(), read_body(request, {"command_id": str, "reason": str})
    open_on_duty(at.hub, at.who, case_id, body["reason"], command_id=body["command_id"])
    return answer({"case": str(case_id)})


@blueprint.post("/duty/open")
def come_on_duty_by_name() -> Response:
    """The same for a young person named exactly; `case` is null where there is none."""
    at, body = desk(), read_body(request, {"command_id": str, "about": dict, "reason": str})
    found = open_on_duty_by_name(at.hub, at.who, body["about"], body["reason"], command_id=body["command_id"])
    return answer({"case": found})


@blueprint.post("/emergency")
def come_in_an_emergency() -> Response:
    """Come to the one case that is named exactly, for minutes; one answer for everything that opens nothing."""
    at, body = desk(), read_body(request, {"command_id": str, "about": dict, "reason": str})
    opened = open_in_emergency(at.hub, at.who, body["about"], body["reason"], command_id=body["command_id"])
    return answer(opened)


@blueprint.get("/duty")
def duty_rota() -> Response:
    at = desk()
    return answer(rota(at.hub, at.who))


@blueprint.post("/duty/<name>")
def keep_duty(name: str) -> Response:
    """Put a person of my agency on duty (`assign_duty`), or end a shift (`end_duty`)."""
    at, body = desk(), read_body(request, {"command_id": str, "data": dict})
    data, done = body["data"], {}
    if name == "assign_duty":
        done["reference"] = referring(at, body)
        data = with_reference(data, done["reference"])
    keep_rota(at.hub, at.who, name, data, command_id=body["command_id"])
    return answer({"done": name} | done)


@blueprint.post("/reviews")
def review() -> Response:
    """Open a review of a young person by name; the answer is the same whether or not a case exists."""
    at, body = desk(), read_body(request, {"command_id": str, "about": dict, "data": dict})
    about, reference = body["about"], referring(at, body)
    for key in about:
        if key not in NAMING:
            raise BadInput(f"about.{key}", "There is no such field here. Take it out.")
    for key in NAMING:
        if not about.get(key):
            raise BadInput(f"about.{key}", "This is missing. Enter it.")
    data = with_reference(body["data"], reference)
    open_review_of(at.hub, at.who, about, data, command_id=body["command_id"])
    return answer({"sent": True, "reference": reference}, 202)
