"""Two cases that may be of one young person: the list of them, and the page on which the lead decides."""

from uuid import UUID

from flask import Blueprint, request
from werkzeug.wrappers import Response

from application.commands.linking import link_act
from application.queries.acts_open_to_me import require_open
from application.queries.duplicates import PairView, possible_duplicates, two_cases
from interfaces.web.auth import desk
from interfaces.web.forms.linking import deciding_form
from interfaces.web.pages import new_command_id, page
from interfaces.web.routes.acting import REFUSED, Posted, Refusal, errors_of, faults_of, status_of, to_case

blueprint = Blueprint("linking", __name__)


@blueprint.get("/possible-duplicates")
def possible() -> Response:
    at = desk()
    return page("duplicates.html", view=possible_duplicates(at.hub, at.who))


@blueprint.route("/cases/<uuid:case_id>/links/<uuid:other_id>", methods=["GET", "POST"])
def decide(case_id: UUID, other_id: UUID) -> Response:
    at = desk()
    require_open(at.hub, at.who, "link_cases")
    if request.method == "GET":
        return _page(two_cases(at.hub, at.who, case_id, other_id), {}, None, new_command_id())
    posted = Posted.now()
    try:
        values = deciding_form(None).read(posted.typed, at.settings.zone)
        data = {"other": str(other_id), "reason": values["reason"]}
        link_act(at.hub, at.who, case_id, values["decision"], data, command_id=posted.command_id)
    except REFUSED as refused:
        return _page(two_cases(at.hub, at.who, case_id, other_id), posted.typed, refused, posted.number)
    return to_case(case_id)


def _page(view: PairView, typed: dict[str, list[str]], refused: Refusal | None, number: str) -> Response:
    form = deciding_form(view.standing)
    faults = faults_of(form, refused) if refused else []
    return page(
        "forms/two_cases.html",
        status_of(refused) if refused else 200,
        view=view,
        sections=form.laid_out(typed, faults),
        errors=errors_of(faults),
        command_id=number,
    )
