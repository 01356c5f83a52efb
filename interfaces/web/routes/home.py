"""Sign in to the demo by choosing a person, and sign out."""

from flask import Blueprint, redirect, request, url_for
from werkzeug.wrappers import Response

from interfaces.web.auth import sign_in, sign_out, the_hub, the_settings
from interfaces.web.pages import page, people_by_agency

blueprint = Blueprint("home", __name__)


@blueprint.get("/")
def people() -> Response:
    demo = the_settings().demo_stands_at is not None
    return page("people.html", agencies=people_by_agency(the_hub()) if demo else ())


@blueprint.post("/sign-in")
def begin() -> Response:
    sign_in(request.form.get("person", ""))
    return redirect(url_for("cases.mine"), 303)


@blueprint.post("/sign-out")
def end() -> Response:
    sign_out()
    return redirect(url_for("home.people"), 303)
