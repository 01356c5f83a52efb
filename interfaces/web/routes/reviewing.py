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
from interfaces.web.pages import new_command_id, page
from interfaces.web.routes.acting import REFUSED, Posted, Refusal, agencies, errors_of, faults_of, status_of

blueprint = Blueprint("reviewing", __name__)
SCOPE = ("reviewer", "kind", "from", "until", "agencies", "locators", "questions")


@blueprint.route("/reviews/new", methods=["GET", "POST"])
def open_review() -> Response:
    at = desk()
    require_open(at.hub, at.who, "open_review")
    form = _form(at)
    if request.method == "GET":
        return _page(form, {}, None, new_command_id())
    posted = Posted.now()
    try:
        values = form.read(posted.typed, at.settings.zone)
        reference = at.hub.reference_from(f"{at.who}:{posted.command_id}")
        data = {key: values[key] for key in SCOPE} | {"id": reference}
        about = {key: values[key] for key in ("name", "date_of_birth")}
        open_review_of(at.hub, at.who, about, data, command_id=posted.command_id)
    except REFUSED as refused:
        return _page(form, posted.typed, refused, posted.number)
    return redirect(url_for("reviewing.opened"), 303)


@blueprint.get("/reviews/opened")
def opened() -> Response:
    return page("forms/sent.html", title="The review is on its way", what="review")


def _form(at: Desk) -> Form:
    found = at.hub.directory().people.values()
    reviewers = tuple(Option(one.id, one.name, one.job) for one in found if Role.REVIEWER in one.roles(at.hub.now()))
    return forms.review_form(reviewers, agencies(at))


def _page(form: Form, typed: dict[str, list[str]], refused: Refusal | None, command_id: str) -> Response:
    faults = faults_of(form, refused) if refused else []
    return page(
        "forms/plain.html",
        status_of(refused) if refused else 200,
        title="Open a review",
        button="Open the review",
        sections=form.laid_out(typed, faults),
        errors=errors_of(faults),
        command_id=command_id,
    )
