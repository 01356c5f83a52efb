"""The case team: a manager adds a person, a person declares an interest."""

from uuid import UUID

from flask import Blueprint, redirect, request, url_for
from werkzeug.wrappers import Response

from interfaces.web.auth import desk
from interfaces.web.forms import team as forms
from interfaces.web.routes.acting import ActPage, act_page, own_agency, people

blueprint = Blueprint("team", __name__)
BOTH = ["GET", "POST"]


@blueprint.route("/cases/<uuid:case_id>/team/add", methods=BOTH)
def add(case_id: UUID) -> Response:
    at = desk()
    return act_page(
        case_id,
        ActPage(
            act="join_team",
            title="Add a person to the case team",
            button="Add to the case team",
            build=lambda view: forms.adding_form(people(at, own_agency(at), without=view.team if view else ())),
        ),
    )


@blueprint.route("/cases/<uuid:case_id>/interest", methods=BOTH)
def interest(case_id: UUID) -> Response:
    """Closes the case to the one who declares; afterwards there is no case to go to."""
    done = act_page(
        case_id,
        ActPage(
            act="declare_interest",
            title="Declare an interest",
            button="Declare it: this closes the case to me",
            warn=True,
            build=lambda view: forms.interest_form(),
        ),
    )
    return redirect(url_for("cases.mine"), 303) if request.method == "POST" and done.status_code == 303 else done
