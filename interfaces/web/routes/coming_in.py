"""Come to a case on duty or in an emergency, and look at it afterwards as another person."""

from uuid import UUID

from flask import Blueprint, redirect, request, url_for
from werkzeug.wrappers import Response

from application.commands.coming_in import (
    NOTHING_OPENED,
    open_in_emergency,
    open_on_duty,
    open_on_duty_by_name,
    require_emergency_access,
)
from application.queries.acts_open_to_me import require_open
from application.queries.policies_in_force import policies_in_force
from application.views import CaseView
from interfaces.web.auth import desk
from interfaces.web.forms import access as forms
from interfaces.web.forms.form import Form
from interfaces.web.pages import new_command_id, page
from interfaces.web.routes.acting import (
    REFUSED,
    ActPage,
    Posted,
    Refusal,
    act_page,
    errors_of,
    faults_of,
    status_of,
    there,
)

blueprint = Blueprint("coming_in", __name__)
BOTH = ["GET", "POST"]
NAMING = ("name", "date_of_birth")
NOT_FOUND = "No case stands under exactly this name and date of birth. Check both, or search."


@blueprint.route("/emergency", methods=BOTH)
def emergency() -> Response:
    at = desk()
    require_emergency_access(at.hub, at.who)
    form = forms.emergency_form(policies_in_force(at.hub).emergency_minutes)
    title, button = "Open a case in an emergency", "Open it now"
    if request.method == "GET":
        return _page(form, title, button, {}, None, new_command_id())
    posted = Posted.now()
    try:
        values = form.read(posted.typed, at.settings.zone)
        about = {key: values[key] for key in NAMING}
        answer = open_in_emergency(at.hub, at.who, about, values["reason"], command_id=posted.command_id)
    except REFUSED as refused:
        return _page(form, title, button, posted.typed, refused, posted.number)
    if answer.case is None:
        return page("nothing_opened.html", title=title, told=NOTHING_OPENED)
    return redirect(url_for("cases.show", case_id=answer.case), 303)


@blueprint.route("/duty/open", methods=BOTH)
def on_duty_by_name() -> Response:
    at = desk()
    require_open(at.hub, at.who, "open_on_duty")
    form, title, button = forms.duty_by_name_form(), "Open a case on duty", "Open it for my shift"
    if request.method == "GET":
        return _page(form, title, button, {}, None, new_command_id())
    posted = Posted.now()
    try:
        values = form.read(posted.typed, at.settings.zone)
        about = {key: values[key] for key in NAMING}
        found = open_on_duty_by_name(at.hub, at.who, about, values["reason"], command_id=posted.command_id)
    except REFUSED as refused:
        return _page(form, title, button, posted.typed, refused, posted.number)
    if found is None:
        return page("nothing_opened.html", title=title, told=NOT_FOUND)
    return redirect(url_for("cases.show", case_id=found), 303)


@blueprint.route("/cases/<uuid:case_id>/open-on-duty", methods=BOTH)
def on_duty(case_id: UUID) -> Response:
    """The same page for every address: nothing of any case is on it, so nothing is looked at."""
    at = desk()
    require_open(at.hub, at.who, "open_on_duty")
    form, title, button = forms.duty_form(), "Open this case on duty", "Open it for my shift"
    if request.method == "GET":
        return _page(form, title, button, {}, None, new_command_id())
    posted = Posted.now()
    try:
        values = form.read(posted.typed, at.settings.zone)
        open_on_duty(at.hub, at.who, case_id, values["reason"], command_id=posted.command_id)
    except REFUSED as refused:
        return _page(form, title, button, posted.typed, refused, posted.number)
    return redirect(url_for("cases.show", case_id=case_id), 303)


@blueprint.route("/cases/<uuid:case_id>/ways-in/<ref:access>/review", methods=BOTH)
def review(case_id: UUID, access: str) -> Response:
    def about(view: CaseView) -> dict[str, object]:
        return {"way_in": there(next((one for one in view.ways_in if one.id == access), None))}

    what = ActPage(
        act="review_access",
        title="Look at what was opened",
        button="Record what I found",
        build=lambda view: forms.reviewing_form(),
        to_data=lambda values, _: {**values, "access": access},
        more=about,
        template="forms/review_way_in.html",
    )
    return act_page(case_id, what)


def _page(
    form: Form, title: str, button: str, typed: dict[str, list[str]], refused: Refusal | None, command_id: str
) -> Response:
    faults = faults_of(form, refused) if refused else []
    return page(
        "forms/plain.html",
        status_of(refused) if refused else 200,
        title=title,
        button=button,
        sections=form.laid_out(typed, faults),
        errors=errors_of(faults),
        command_id=command_id,
    )
