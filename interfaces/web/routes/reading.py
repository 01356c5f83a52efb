"""Reading pages of a case: timeline, history, assessment, analysis form, who knew what; each can look back."""

from uuid import UUID

from flask import Blueprint, redirect, request, url_for
from werkzeug.wrappers import Response

from application.commands.correcting import tell_correction
from application.queries.acts_open_to_me import acts_open_to_me
from application.queries.analysis_form import analysis_form as the_analysis_form
from application.queries.assessment import current_assessment
from application.queries.case_for_form import case_for_form
from application.queries.changes import changes_between
from application.queries.history import history_of
from application.queries.timeline import case_timeline
from application.queries.who_knew import corrections
from application.queries.who_knew import who_knew as who_knew_what
from domain.errors import BadInput
from interfaces.web import words
from interfaces.web.auth import desk
from interfaces.web.forms.boxes import printable
from interfaces.web.pages import as_at, order, page

blueprint = Blueprint("reading", __name__, url_prefix="/cases/<uuid:case_id>")


@blueprint.get("/timeline")
def timeline(case_id: UUID) -> Response:
    at = desk()
    view, timeline = case_timeline(at.hub, at.who, case_id, as_at(at.settings), order())
    return page("timeline.html", view=view, at=view.as_at, timeline=timeline, order=timeline.order)


@blueprint.get("/changes")
def changes(case_id: UUID) -> Response:
    """The form, and what changed once its first moment is given."""
    at = desk()
    asked = {name: request.args.get(name, "") for name in ("earlier", "later")}
    try:
        earlier, later = (words.read_moment(asked[name], at.settings.zone, name) for name in ("earlier", "later"))
        if earlier is not None:
            view, found = changes_between(at.hub, at.who, case_id, earlier, later)
            return page("changes.html", view=view, asked=asked, changes=found)
        errors, status = {}, 200
    except BadInput as error:
        errors, status = {error.field if error.field in asked else "earlier": error.message}, 422
    view = case_for_form(at.hub, at.who, case_id, "form: what changed")
    return page("changes.html", status, view=view, asked=asked, changes=None, errors=errors)


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
    return _who_knew(case_id)


def _who_knew(case_id: UUID, untold: tuple[str, str, str] | None = None, told: str = "") -> Response:
    """`untold` is what could not be put on record (item, agency and how they were told), and `told` why not."""
    at = desk()
    moment = as_at(at.settings)
    knew = who_knew_what(at.hub, at.who, case_id, moment)
    put_right = corrections(at.hub, at.who, case_id, moment)
    may_tell = moment is None and "tell_correction" in acts_open_to_me(at.hub, at.who)
    again = [place for place, one in enumerate(put_right, 1) if untold and (one.item, one.agency) == untold[:2]]
    errors = {f"how-{again[0]}" if again else "": told} if untold else {}
    return page("who_knew.html", 422 if untold else 200, case_id=case_id, at=moment, knew=knew, corrections=put_right,
                may_tell=may_tell, errors=errors, how=printable(untold[2]) if untold else "")  # fmt: skip


@blueprint.post("/corrections/<item:item>/told/<ref:agency>")
def told(case_id: UUID, item: str, agency: str) -> Response:
    at = desk()
    how, command_id = request.form.get("how", ""), request.form.get("command_id", "")
    try:
        tell_correction(at.hub, at.who, case_id, item, agency, how, command_id=command_id)
    except BadInput as error:
        return _who_knew(case_id, (item, agency, how), error.message)
    return redirect(url_for("reading.who_knew", case_id=case_id, _anchor="put-right"), 303)
