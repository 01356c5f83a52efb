"""My work, and the case as I may see it."""

from uuid import UUID

from flask import Blueprint, flash, redirect, request, url_for
from werkzeug.wrappers import Response

from application.commands.acts import act
from application.commands.drafting import discard_begun
from application.queries.case_as_seen import case_as_seen
from application.queries.my_drafts import my_drafts
from application.queries.my_work import my_work
from interfaces.web.auth import desk
from interfaces.web.drafting import DISCARDED
from interfaces.web.forms.team import opening_form
from interfaces.web.pages import as_at, by_kind, page
from interfaces.web.routes.acting import REFUSED, Posted, Refusal, plain_page

blueprint = Blueprint("cases", __name__)


@blueprint.get("/caseload")
def mine() -> Response:
    at = desk()
    mine = my_work(at.hub, at.who)
    today = at.hub.now().astimezone(at.settings.zone).date()
    waiting, coming_up = by_kind(mine.inbox, today)
    leads = at.hub.person(at.who)[1].lead
    drafts = my_drafts(at.hub, at.who)
    return page("my_work.html", mine=mine, waiting=waiting, coming_up=coming_up, leads=leads, drafts=drafts)


@blueprint.post("/caseload/drafts/discard")
def discard_draft() -> Response:
    """One of the list on My work; said alike whether or not it was still there."""
    at = desk()
    discard_begun(at.hub, at.who, request.form.get("draft_of_mine", ""))
    flash(DISCARDED)
    return redirect(url_for("cases.mine", _anchor="begun"), 303)


@blueprint.get("/cases/<uuid:case_id>")
def show(case_id: UUID) -> Response:
    at = desk()
    return page("case.html", view=case_as_seen(at.hub, at.who, case_id, as_at(at.settings)))


@blueprint.get("/cases/<uuid:case_id>/open-with-a-reason")
def reason(case_id: UUID) -> Response:
    """The same page for every address: nothing of any case is on it, so nothing is looked at."""
    return _reason(case_id)


@blueprint.post("/cases/<uuid:case_id>/open-with-a-reason")
def open_with_a_reason(case_id: UUID) -> Response:
    at, posted = desk(), Posted.now()
    try:
        given = opening_form().read(posted.typed, at.settings.zone)
        act(at.hub, at.who, case_id, "join_team", {"person": at.who, **given}, command_id=posted.command_id)
    except REFUSED as refused:
        return _reason(case_id, posted, refused)
    return redirect(url_for("cases.show", case_id=case_id), 303)


def _reason(case_id: UUID, posted: Posted | None = None, refused: Refusal | None = None) -> Response:
    title, button = "Open this case with a reason", "Open the case"
    template = "open_with_a_reason.html"
    return plain_page(opening_form(), title, button, posted, refused, template, keeps=False, case_id=case_id)
