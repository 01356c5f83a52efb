"""Sign in to the demo by choosing a person, and sign out."""

from flask import Blueprint, redirect, request, url_for
from werkzeug.wrappers import Response

from interfaces.web.auth import sign_in, sign_out, the_hub, the_settings
from interfaces.web.forms.entering import own_page
from interfaces.web.pages import page, people_by_agency
from interfaces.web.routes.entering import first_page

blueprint = Blueprint("home", __name__)


@blueprint.get("/")
def people() -> Response:
    if the_settings().demo_stands_at is None:
        return redirect(url_for("signing_in.first_step"), 303)
    onward = own_page(request.args.get("onward", ""))
    return page("choose.html", agencies=people_by_agency(the_hub()), onward=onward)


@blueprint.post("/choose")
def begin() -> Response:
    sign_in(request.form.get("person", ""))
    return redirect(first_page(own_page(request.form.get("onward", ""))), 303)


@blueprint.post("/sign-out")
def end() -> Response:
    sign_out()
    return redirect(url_for("home.people"), 303)
