"""The toolkit's guidance and the policies in force."""

from flask import Blueprint
from werkzeug.wrappers import Response

from application.queries.policies_in_force import policies_in_force
from domain.instrument import instrument
from interfaces.web.auth import the_hub
from interfaces.web.pages import page

blueprint = Blueprint("guidance", __name__)


@blueprint.get("/guidance")
def toolkit() -> Response:
    return page("guidance.html", form=instrument())


@blueprint.get("/policies")
def policies() -> Response:
    return page("policies.html", policies=policies_in_force(the_hub()))
