"""The duty rota of one's own agency."""

from datetime import datetime
from typing import Any

from flask import Blueprint, flash, redirect, request, url_for
from werkzeug.wrappers import Response

from application.commands.rota import keep_rota
from application.laying_out import moment_in_words
from application.queries.rota import RotaView
from application.queries.rota import rota as the_rota
from interfaces.web.auth import desk
from interfaces.web.forms import access as forms
from interfaces.web.forms.form import Form
from interfaces.web.forms.parts import Option
from interfaces.web.pages import new_command_id, page
from interfaces.web.routes.acting import (
    DONE,
    REFUSED,
    Posted,
    Refusal,
    errors_of,
    faults_of,
    referring,
    status_of,
)

blueprint = Blueprint("rota", __name__, url_prefix="/duty")


@blueprint.route("", methods=["GET", "POST"])
def show() -> Response:
    at = desk()
    if request.method == "GET":
        return _page(the_rota(at.hub, at.who), {}, None, new_command_id())
    posted = Posted.now()
    try:
        values = _form(the_rota(at.hub, at.who)).read(posted.typed, at.settings.zone)
        data = {**values, "id": referring(at, posted.command_id)("")}
        keep_rota(at.hub, at.who, "assign_duty", data, command_id=posted.command_id)
    except REFUSED as refused:
        return _page(the_rota(at.hub, at.who), posted.typed, refused, posted.number)
    flash(_said(the_rota(at.hub, at.who), data))
    return redirect(url_for("rota.show"), 303)


def _said(view: RotaView, data: dict[str, Any]) -> str:
    """That it is recorded, and from when, where it is not the moment that was entered."""
    starts = next((one.starts for one in view.shifts if one.duty == data["id"]), None)
    if starts is None or starts <= datetime.fromisoformat(data["from"]):
        return DONE
    return f"{DONE} The shift counts from {moment_in_words(starts, desk().settings.zone)}: the time entered was past."


@blueprint.post("/<ref:duty>/end")
def end(duty: str) -> Response:
    at = desk()
    keep_rota(at.hub, at.who, "end_duty", {"duty": duty}, command_id=Posted.now().command_id)
    flash(DONE)
    return redirect(url_for("rota.show"), 303)


def _form(view: RotaView) -> Form:
    return forms.shift_form(tuple(Option(person, name, job) for person, name, job in view.people))


def _page(view: RotaView, typed: dict[str, list[str]], refused: Refusal | None, command_id: str) -> Response:
    form = _form(view)
    faults = faults_of(form, refused) if refused else []
    return page(
        "rota.html",
        status_of(refused) if refused else 200,
        view=view,
        sections=form.laid_out(typed, faults),
        errors=errors_of(faults),
        command_id=command_id,
    )
