"""Open a review: the partnership manager names the young person and sees no case."""

from flask import Blueprint, redirect, request, url_for
from werkzeug.wrappers import Response

from application.commands.reviewing import open_review_of
from application.queries.acts_open_to_me import require_open
from domain.vocabulary import Role
from interfaces.web.auth import Desk, desk
from interfaces.web.forms import team as forms
from interfaces.web.forms.form import Form
from interfaces.web.forms.parts import Option
from interfaces.web.pages import page
from interfaces.web.routes.acting import REFUSED, Posted, agencies, plain_page

blueprint = Blueprint("reviewing", __name__)
TITLE, BUTTON = "Open a review", "Open the review"
SCOPE = ("reviewer", "kind", "from", "until", "agencies", "locators", "questions")


@blueprint.route("/reviews/new", methods=["GET", "POST"])
def open_review() -> Response:
    at = desk()
    require_open(at.hub, at.who, "open_review")
    form = _form(at)
    if request.method == "GET":
        return plain_page(form, TITLE, BUTTON)
    posted = Posted.now()
    try:
        values = form.read(posted.typed, at.settings.zone)
        reference = at.hub.reference_from(f"{at.who}:{posted.command_id}")
        data = {key: values[key] for key in SCOPE} | {"id": reference}
        about = {key: values[key] for key in ("name", "date_of_birth")}
        open_review_of(at.hub, at.who, about, data, command_id=posted.command_id)
    except REFUSED as refused:
        return plain_page(form, TITLE, BUTTON, posted, refused)
    return redirect(url_for("reviewing.opened"), 303)


@blueprint.get("/reviews/opened")
def opened() -> Response:
    return page("forms/sent.html", title="The review is on its way", what="review")


def _form(at: Desk) -> Form:
    found = at.hub.directory().people.values()
    reading = (one for one in found if Role.REVIEWER in one.roles(at.hub.now()) and one.id != at.who)
    reviewers = tuple(Option(one.id, one.name, one.job) for one in reading)
    return forms.review_form(reviewers, agencies(at))
