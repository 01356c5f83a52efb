"""Reading pages of a case: timeline, history, assessment, analysis form, who knew what; each can look back."""

from uuid import UUID

from flask import Blueprint
from werkzeug.wrappers import Response

from application.queries.analysis_form import analysis_form as the_analysis_form
from application.queries.assessment import current_assessment
from application.queries.history import history_of
from application.queries.timeline import case_timeline
from application.queries.who_knew import corrections
from application.queries.who_knew import who_knew as who_knew_what
from interfaces.web.auth import desk
from interfaces.web.pages import as_at, order, page

blueprint = Blueprint("reading", __name__, url_prefix="/cases/<uuid:case_id>")


@blueprint.get("/timeline")
def timeline(case_id: UUID) -> Response:
    at = desk()
    view, timeline = case_timeline(at.hub, at.who, case_id, as_at(at.settings), order())
    return page("timeline.html", view=view, at=view.as_at, timeline=timeline, order=timeline.order)


@blueprint.get("/history/<item:item>")
def history(case_id: UUID, item: str) -> Response:
    at = desk()
    moment = as_at(at.settings)
    return page("history.html", case_id=case_id, at=moment, history=history_of(at.hub, at.who, case_id, item, moment))


@blueprint.get("/assessment")
def assessment(case_id: UUID) -> Response:
    at = desk()
    view, assessment = current_assessment(at.hub, at.who, case_id, as_at(at.settings))
    return page("assessment.html", view=view, at=view.as_at, assessment=assessment)


@blueprint.get("/analysis-form")
def analysis_form(case_id: UUID) -> Response:
    at = desk()
    view, form = the_analysis_form(at.hub, at.who, case_id, as_at(at.settings))
    return page("analysis_form.html", view=view, at=view.as_at, form=form)


@blueprint.get("/who-knew")
def who_knew(case_id: UUID) -> Response:
    at = desk()
    moment = as_at(at.settings)
    knew = who_knew_what(at.hub, at.who, case_id, moment)
    put_right = corrections(at.hub, at.who, case_id, moment)
    return page("who_knew.html", case_id=case_id, at=moment, knew=knew, corrections=put_right)
