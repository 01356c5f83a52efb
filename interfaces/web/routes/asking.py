"""Ask another agency, from a case or about a young person not known to me; place what the hub could not."""

from uuid import UUID

from flask import Blueprint, redirect, request, url_for
from werkzeug.wrappers import Response

from application.commands.asking import ask_about, place_request
from application.laying_out import lines_of
from application.queries.acts_open_to_me import require_open
from application.queries.case_for_form import case_for_form
from application.queries.caseload import caseload
from application.queries.requests_to_place import UnplacedRequest, request_to_place, requests_to_place
from application.views import CaseView
from interfaces.web.auth import Desk, desk
from interfaces.web.forms import asking as forms
from interfaces.web.forms.parts import Option
from interfaces.web.forms.recording import with_reference
from interfaces.web.pages import new_command_id, page
from interfaces.web.routes.acting import (
    REFUSED,
    ActPage,
    Posted,
    Refusal,
    act_page,
    agencies,
    at_work,
    errors_of,
    faults_of,
    own_agency,
    plain_page,
    status_of,
)

blueprint = Blueprint("asking", __name__)
BOTH = ["GET", "POST"]


@blueprint.route("/cases/<uuid:case_id>/requests/new", methods=BOTH)
def request_information(case_id: UUID) -> Response:
    """Begins with whom and what the page before it named: an item not shown in full, or a question left blank."""
    at = desk()
    others = agencies(at, without=(own_agency(at),))
    item, question = _one_item(request.args.get("item", "")), request.args.get("question", "")
    needed = item or (f"answers:{own_agency(at)}" if question else "")

    def begun(view: CaseView) -> dict[str, list[str]]:
        cell = view.cell(item)
        named = request.args.get("of", "") or forms.worker_to_ask(view, question)
        whom = forms.agency_named(named, others, at_work(at))
        wanted = forms.wanted_of(cell, question)
        return {key: [text] for key, text in (("of", whom), ("wanted", wanted)) if text}

    return act_page(
        case_id,
        ActPage(
            act="request_information",
            title="Ask another agency",
            button="Send the request",
            build=lambda view: forms.request_form(others),
            to_data=with_reference,
            typed=begun,
            items=(needed,) if needed else (),
        ),
    )


def _one_item(text: str) -> str:
    """The one item that an address names; what would name several, or a part of one, names none."""
    return "" if text.endswith((":", ".")) or "#" in text else text


@blueprint.route("/ask", methods=BOTH)
def about() -> Response:
    """Ask about somebody not known to me; what is answered is the same whether or not a case exists."""
    at = desk()
    require_open(at.hub, at.who, "request_information")
    form = forms.naming_form(agencies(at, without=(own_agency(at),)))
    title, button = "Ask about a young person", "Send the request"
    if request.method == "GET":
        return plain_page(form, title, button)
    posted = Posted.now()
    if posted.only_begins:
        return plain_page(form, title, button, posted)
    try:
        values = form.read(posted.typed, at.settings.zone)
        asked = {key: values[key] for key in ("of", "wanted", "purpose")} | {
            "id": at.hub.reference_from(f"{at.who}:{posted.command_id}")
        }
        ask_about(at.hub, at.who, forms.about_of(values), asked, command_id=posted.command_id)
    except REFUSED as refused:
        return plain_page(form, title, button, posted, refused)
    return redirect(url_for("asking.sent"), 303)


@blueprint.get("/ask/sent")
def sent() -> Response:
    return page("forms/sent.html", title="Your request is sent", what="asked")


@blueprint.get("/requests-to-place")
def to_place() -> Response:
    at = desk()
    return page("forms/to_place.html", waiting=requests_to_place(at.hub, at.who))


@blueprint.route("/requests-to-place/<ref:waiting>", methods=BOTH)
def place(waiting: str) -> Response:
    """Whom the request is about, among the cases I may see."""
    at = desk()
    if request.method == "GET":
        return _placing(at, request_to_place(at.hub, at.who, waiting), {}, None, new_command_id())
    posted = Posted.now()
    mine = tuple(Option(str(one.case), "") for one in caseload(at.hub, at.who).entries)
    try:
        chosen = forms.placing_form(mine).read(posted.typed, at.settings.zone)["case"]
        case_id = None if chosen == forms.NOBODY else UUID(chosen)
        place_request(at.hub, at.who, waiting, case_id, command_id=posted.command_id)
    except REFUSED as refused:
        return _placing(at, request_to_place(at.hub, at.who, waiting), posted.typed, refused, posted.number)
    return redirect(url_for("asking.to_place"), 303)


def _placing(
    at: Desk, asked: UnplacedRequest, typed: dict[str, list[str]], refused: Refusal | None, number: str
) -> Response:
    form = forms.placing_form(_my_cases(at))
    faults = faults_of(form, refused) if refused else []
    return page(
        "forms/place.html",
        status_of(refused) if refused else 200,
        title="Place a request",
        button="Place it",
        asked=asked,
        sections=form.laid_out(typed, faults),
        errors=errors_of(faults),
        command_id=number,
    )


def _my_cases(at: Desk) -> tuple[Option, ...]:
    """My cases by name, date of birth and case number, so that two young people of one name are told apart."""
    cases = [one.case for one in caseload(at.hub, at.who).entries]
    views = [case_for_form(at.hub, at.who, case, "form: place a request", ("child.date_of_birth",)) for case in cases]
    return tuple(Option(str(view.case), _told_apart(view)) for view in views)


def _told_apart(view: CaseView) -> str:
    born = view.cell("child.date_of_birth")
    day = f"born {lines_of(born)[0][1]}" if born is not None and isinstance(born.content, str) else ""
    name = view.name or "A case without a name"
    return ", ".join(filter(None, (name, day, f"case {view.case.hex[:8]}")))
