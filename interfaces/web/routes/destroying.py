"""Whether a case is kept or destroyed: how it stands, what my agency is asked, and a page for each step."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import msgspec
from flask import Blueprint, flash, redirect, request, url_for
from werkzeug.wrappers import Response

from application.commands.destroying import destruction_act
from application.queries.destructions import (
    DestructionView,
    destruction_of,
    destructions_asked,
    destructions_cooling,
    still_open_to,
)
from interfaces.web.auth import desk
from interfaces.web.forms import destroying as forms
from interfaces.web.forms.form import Form
from interfaces.web.forms.parts import Option
from interfaces.web.forms.recording import Reference, as_they_are, with_reference
from interfaces.web.pages import new_command_id, page
from interfaces.web.routes.acting import DONE, REFUSED, Posted, Refusal, errors_of, faults_of, referring, status_of

blueprint = Blueprint("destroying", __name__)
BOTH = ["GET", "POST"]


class StepPage(msgspec.Struct, frozen=True, kw_only=True):
    """A page that takes one step; `endpoint` is where it is, `build` makes its form, without a view to read it."""

    act: str
    endpoint: str
    title: str
    button: str
    build: Callable[[DestructionView | None], Form]
    to_data: Callable[[dict[str, Any], Reference], dict[str, Any]] = as_they_are
    warn: bool = False


LIFT = StepPage(
    act="lift_legal_hold",
    endpoint="destroying.lift",
    title="Lift the legal hold",
    button="Lift the hold",
    build=lambda view: forms.lifting_form(),
)
PROPOSE = StepPage(
    act="propose_destruction",
    endpoint="destroying.propose",
    title="Propose that this case is destroyed",
    button="Propose it",
    build=lambda view: forms.proposing_form(tuple(Option(one.id, one.name) for one in view.ask) if view else ()),
    to_data=with_reference,
    warn=True,
)
AGREE = StepPage(
    act="agree_destruction",
    endpoint="destroying.agree",
    title="Agree that this case is destroyed",
    button="Agree that it is destroyed",
    build=lambda view: forms.agreeing_form(),
    warn=True,
)
STOP = StepPage(
    act="stop_destruction",
    endpoint="destroying.stop",
    title="Stop the destruction",
    button="Stop it",
    build=lambda view: forms.stopping_form(),
)
HOLD = StepPage(
    act="place_legal_hold",
    endpoint="destroying.hold",
    title="Place the legal hold",
    button="Hold this case",
    build=lambda view: forms.holding_form(),
)
STEPS = (LIFT, PROPOSE, AGREE, STOP, HOLD)


@blueprint.get("/cases/<uuid:case_id>/destruction")
def show(case_id: UUID) -> Response:
    at = desk()
    return page("destruction.html", view=destruction_of(at.hub, at.who, case_id), pages=STEPS)


@blueprint.get("/destructions")
def asked() -> Response:
    """What my agency is asked to agree to, and what it has agreed to and may still stop."""
    at = desk()
    waiting, cooling = destructions_asked(at.hub, at.who), destructions_cooling(at.hub, at.who)
    return page("destructions.html", waiting=waiting, cooling=cooling, pages=STEPS)


@blueprint.route("/cases/<uuid:case_id>/destruction/lift-hold", methods=BOTH)
def lift(case_id: UUID) -> Response:
    return _step(case_id, LIFT)


@blueprint.route("/cases/<uuid:case_id>/destruction/propose", methods=BOTH)
def propose(case_id: UUID) -> Response:
    return _step(case_id, PROPOSE)


@blueprint.route("/cases/<uuid:case_id>/destruction/agree", methods=BOTH)
def agree(case_id: UUID) -> Response:
    return _step(case_id, AGREE)


@blueprint.route("/cases/<uuid:case_id>/destruction/stop", methods=BOTH)
def stop(case_id: UUID) -> Response:
    return _step(case_id, STOP)


@blueprint.route("/cases/<uuid:case_id>/destruction/hold", methods=BOTH)
def hold(case_id: UUID) -> Response:
    return _step(case_id, HOLD)


def _step(case_id: UUID, what: StepPage) -> Response:
    """The page for a GET where the step is open; for a POST the step, then how it stands, or the list where that shut.

    A form sent again is answered like the first time, also by who is asked no more: so nothing is looked at before.
    """
    at = desk()
    if request.method == "GET":
        view = destruction_of(at.hub, at.who, case_id)
        if what.act not in view.acts:
            return redirect(url_for("destroying.show", case_id=case_id), 303)
        return _page(what, view, {}, None, new_command_id())
    posted = Posted.now()
    try:
        values = what.build(None).read(posted.typed, at.settings.zone)
        data = what.to_data(values, referring(at, posted.command_id))
        destruction_act(at.hub, at.who, case_id, what.act, data, command_id=posted.command_id)
    except REFUSED as refused:
        return _page(what, destruction_of(at.hub, at.who, case_id), posted.typed, refused, posted.number)
    flash(DONE)
    if still_open_to(at.hub, at.who, case_id):
        return redirect(url_for("destroying.show", case_id=case_id), 303)
    return redirect(url_for("destroying.asked"), 303)


def _page(
    what: StepPage, view: DestructionView, typed: dict[str, list[str]], refused: Refusal | None, number: str
) -> Response:
    """The form with what was typed; it always carries the proposal that stands above it."""
    form = what.build(view)
    faults = faults_of(form, refused) if refused else []
    return page(
        "forms/destroying.html",
        status_of(refused) if refused else 200,
        title=what.title,
        button=what.button,
        warn=what.warn,
        view=view,
        open=what.act in view.acts,
        sections=form.laid_out({**typed, "proposal": [view.proposal]}, faults),
        errors=errors_of(faults),
        command_id=number,
    )
