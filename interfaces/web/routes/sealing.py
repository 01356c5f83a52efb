"""Seal a case, name others in the seal, or lift it."""

from uuid import UUID

from flask import Blueprint, flash, redirect, request, url_for
from werkzeug.wrappers import Response

from application.commands.acts import act
from application.queries.seal import SealView, seal_of
from interfaces.web.auth import desk
from interfaces.web.forms import access as forms
from interfaces.web.forms.form import Form
from interfaces.web.forms.parts import Option
from interfaces.web.pages import new_command_id, page
from interfaces.web.routes.acting import (
    DONE,
    REFUSED,
    ActPage,
    Posted,
    Refusal,
    act_page,
    errors_of,
    faults_of,
    status_of,
)

blueprint = Blueprint("sealing", __name__, url_prefix="/cases/<uuid:case_id>/seal")
BOTH = ["GET", "POST"]


@blueprint.route("", methods=BOTH)
def seal(case_id: UUID) -> Response:
    """Also for a manager who cannot see the case, where the seal left nobody who could lift it."""
    at = desk()
    if request.method == "GET":
        view = seal_of(at.hub, at.who, case_id)
        begun = {"contact": [view.contact], "telephone": [view.telephone], "people": list(view.left) or [at.who]}
        return _page(view, begun, None, new_command_id())
    posted = Posted.now()
    try:
        data = _form(None).read(posted.typed, at.settings.zone)
        act(at.hub, at.who, case_id, "seal_case", data, command_id=posted.command_id)
    except REFUSED as refused:
        return _page(seal_of(at.hub, at.who, case_id), posted.typed, refused, posted.number)
    flash(DONE)
    return redirect(url_for("sealing.seal", case_id=case_id), 303)


@blueprint.route("/lift", methods=BOTH)
def lift(case_id: UUID) -> Response:
    what = ActPage(
        act="lift_seal", title="Lift the seal", button="Lift the seal", build=lambda view: forms.lifting_form()
    )
    return act_page(case_id, what)


def _form(view: SealView | None) -> Form:
    people = view.nameable if view else ()
    return forms.sealing_form(
        tuple(Option(one.person, one.name, ", ".join(filter(None, (one.job, one.agency_name)))) for one in people)
    )


def _page(view: SealView, typed: dict[str, list[str]], refused: Refusal | None, command_id: str) -> Response:
    form = _form(view)
    faults = faults_of(form, refused) if refused else []
    return page(
        "seal.html",
        status_of(refused) if refused else 200,
        title="Change the seal" if view.sealed else "Seal this case",
        button="Seal it anew" if view.sealed else "Seal this case",
        view=view,
        sections=form.laid_out(typed, faults),
        errors=errors_of(faults),
        command_id=command_id,
    )
