"""A young person told something and agreed that it is shared: all of it on record by one form."""

from typing import Any

from flask import Blueprint, request
from werkzeug.wrappers import Response

from application.commands.opening import open_case
from application.queries.acts_open_to_me import require_open
from interfaces.web.auth import Desk, desk
from interfaces.web.forms import agreed as forms
from interfaces.web.forms.wording import advice_on, for_scripts
from interfaces.web.routes.acting import REFUSED, Posted, agencies, names, own_agency, plain_page, referring, to_case

blueprint = Blueprint("agreed", __name__)
TITLE = "A young person told you, and agreed that it is shared"
ADVISED = ("headline", "narrative", "response")


@blueprint.app_context_processor
def for_advice() -> dict[str, Any]:
    """For pages that advise on words while somebody types."""
    return {"wordings": for_scripts}


@blueprint.route("/record/agreed", methods=["GET", "POST"])
def tell() -> Response:
    """Opens her case or comes into it, with consent, reasoning and concern; what follows is the same either way."""
    at = desk()
    require_open(at.hub, at.who, "open_case")
    form = forms.agreed_form(agencies(at, without=(own_agency(at),)))
    button = _button(at)
    if request.method == "GET":
        return plain_page(form, TITLE, button, template="forms/agreed.html")
    posted = Posted.now()
    try:
        values = form.read(posted.typed, at.settings.zone)
        advice = advice_on(values.get(key, "") for key in ADVISED)
        if advice and posted.carried("as_written") != "yes":
            return plain_page(form, TITLE, button, posted, template="forms/agreed.html", advice=advice)
        data = forms.to_open_case_agreed(values, referring(at, posted.command_id))
        case_id = open_case(at.hub, at.who, data, command_id=posted.command_id)
    except REFUSED as refused:
        return plain_page(form, TITLE, button, posted, refused, template="forms/agreed.html")
    return to_case(case_id)


def _button(at: Desk) -> str:
    """It names who will see the entry: one's own agency, and the lead where the consent reaches it."""
    own, lead, named = own_agency(at), at.hub.directory().lead, names(at)
    return f"Record: {named[own]} will see it" + ("" if own == lead else f", and {named[lead]} if you ticked it")
