"""Come to a case on duty or in an emergency, and look at it afterwards as another person."""

from collections.abc import Callable
from typing import Any
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
from interfaces.web.pages import page
from interfaces.web.routes.acting import REFUSED, ActPage, Posted, act_page, plain_page, there

blueprint = Blueprint("coming_in", __name__)
BOTH = ["GET", "POST"]
NAMING = ("name", "date_of_birth")
FOR_MY_SHIFT = "Open it for my shift"
NOT_FOUND = "No case stands under exactly this name and date of birth. Check both, or search."


@blueprint.route("/emergency", methods=BOTH)
def emergency() -> Response:
    at = desk()
    require_emergency_access(at.hub, at.who)
    title = "Open a case in an emergency"

    def come_in(values: dict[str, Any], command_id: str) -> Response:
        answer = open_in_emergency(at.hub, at.who, _about(values), values["reason"], command_id=command_id)
        return _to(answer.case) if answer.case else page("nothing_opened.html", title=title, told=NOTHING_OPENED)

    policies = policies_in_force(at.hub)
    form = forms.emergency_form(policies.emergency_minutes, policies.emergency_shortest_reason)
    return _asked(form, title, "Open it now", come_in)


@blueprint.route("/duty/open", methods=BOTH)
def on_duty_by_name() -> Response:
    at, title = desk(), "Open a case on duty"
    require_open(at.hub, at.who, "open_on_duty")

    def come_in(values: dict[str, Any], command_id: str) -> Response:
        found = open_on_duty_by_name(at.hub, at.who, _about(values), values["reason"], command_id=command_id)
        return _to(found) if found else page("nothing_opened.html", title=title, told=NOT_FOUND)

    return _asked(forms.duty_by_name_form(_shortest_reason()), title, FOR_MY_SHIFT, come_in)


@blueprint.route("/cases/<uuid:case_id>/open-on-duty", methods=BOTH)
def on_duty(case_id: UUID) -> Response:
    """The same page for every address: nothing of any case is on it, so nothing is looked at."""
    at = desk()
    require_open(at.hub, at.who, "open_on_duty")

    def come_in(values: dict[str, Any], command_id: str) -> Response:
        return _to(open_on_duty(at.hub, at.who, case_id, values["reason"], command_id=command_id))

    return _asked(forms.duty_form(_shortest_reason()), "Open this case on duty", FOR_MY_SHIFT, come_in)


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


def _asked(form: Form, title: str, button: str, come_in: Callable[[dict[str, Any], str], Response]) -> Response:
    """The form for a GET; for a POST where it leads, or the form again as typed. It keeps no draft: it is short."""
    if request.method == "GET":
        return plain_page(form, title, button, keeps=False)
    posted = Posted.now()
    try:
        return come_in(form.read(posted.typed, desk().settings.zone), posted.command_id)
    except REFUSED as refused:
        return plain_page(form, title, button, posted, refused, keeps=False)


def _shortest_reason() -> int:
    return policies_in_force(desk().hub).emergency_shortest_reason


def _about(values: dict[str, Any]) -> dict[str, Any]:
    return {key: values[key] for key in NAMING}


def _to(case_id: UUID) -> Response:
    return redirect(url_for("cases.show", case_id=case_id), 303)
