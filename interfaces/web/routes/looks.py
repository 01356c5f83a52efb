"""Who has looked at this case, for its lead; narrowed to one person by a form, so that no name stands in an address."""

from uuid import UUID

from flask import Blueprint, request
from werkzeug.wrappers import Response

from application.queries.looks import looks_at
from interfaces.web.auth import desk
from interfaces.web.pages import page

blueprint = Blueprint("looks", __name__)


@blueprint.route("/cases/<uuid:case_id>/looks", methods=["GET", "POST"])
def show(case_id: UUID) -> Response:
    at = desk()
    person = request.form.get("person", "")
    return page("looks.html", case_id=case_id, looked=looks_at(at.hub, at.who, case_id, person))
