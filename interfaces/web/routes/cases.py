"""My work, and the case as I may see it."""

from uuid import UUID

from flask import Blueprint, redirect, request, url_for
from werkzeug.wrappers import Response

from application.commands.acts import act
from application.queries.case_as_seen import case_as_seen
from application.queries.my_work import my_work
from interfaces.web.auth import desk
from interfaces.web.pages import as_at, by_kind, new_command_id, page

blueprint = Blueprint("cases", __name__)


@blueprint.get("/caseload")
def mine() -> Response:
    at = desk()
    mine = my_work(at.hub, at.who)
    today = at.hub.now().astimezone(at.settings.zone).date()
    waiting, coming_up = by_kind(mine.inbox, today)
    leads = at.hub.person(at.who)[1].lead
    return page("my_work.html", mine=mine, waiting=waiting, coming_up=coming_up, leads=leads)


@blueprint.get("/cases/<uuid:case_id>")
def show(case_id: UUID) -> Response:
    at = desk()
    return page("case.html", view=case_as_seen(at.hub, at.who, case_id, as_at(at.settings)))


@blueprint.get("/cases/<uuid:case_id>/open-with-a-reason")
def reason(case_id: UUID) -> Response:
    """The same page for every address: nothing of any case is on it, so nothing is looked at."""
    return page("open_with_a_reason.html", case_id=case_id, command_id=new_command_id())


@blueprint.post("/cases/<uuid:case_id>/open-with-a-reason")
def open_with_a_reason(case_id: UUID) -> Response:
    at = desk()
    given, command_id = request.form.get("reason", "").strip(), request.form.get("command_id", "")
    if not given:
        errors = {"reason": "Say why you open this case; it is kept with your look."}
        return page("open_with_a_reason.html", 422, case_id=case_id, command_id=command_id, errors=errors)
    act(at.hub, at.who, case_id, "join_team", {"person": at.who, "reason": given}, command_id=command_id)
    return redirect(url_for("cases.show", case_id=case_id), 303)
