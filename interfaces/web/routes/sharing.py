"""Decide a share with its preview, refuse, end a share, let an item go further."""

from functools import cache
from typing import Any
from uuid import UUID

from flask import Blueprint, redirect, request, url_for
from werkzeug.wrappers import Response

from application.access import EVERYTHING
from application.commands.acts import act
from application.queries.acts_open_to_me import require_open
from application.queries.case_for_form import case_for_form, offers_for, to_be_agreed_first
from application.queries.policies_in_force import policies_in_force
from application.queries.preview import preview_share
from application.queries.share_made import share_made
from application.views import CaseView, DecisionThread
from domain.errors import RuleBroken
from interfaces.web.auth import Desk, desk
from interfaces.web.forms import sharing as forms
from interfaces.web.forms.form import Form
from interfaces.web.forms.justifying import justification_form, one_justification
from interfaces.web.forms.recording import reason_form
from interfaces.web.pages import page
from interfaces.web.routes.acting import (
    REFUSED,
    ActPage,
    Posted,
    act_page,
    agencies,
    do,
    laid_out,
    names,
    own_agency,
    people,
    read,
    referring,
    show,
    show_again,
    there,
    to_case,
)

blueprint = Blueprint("sharing", __name__)
BOTH = ["GET", "POST"]


@blueprint.get("/cases/<uuid:case_id>/shares/new")
def with_whom(case_id: UUID) -> Response:
    """Which agency a decision is about: one that asked, or any other."""
    at = desk()
    require_open(at.hub, at.who, "decide_sharing")
    view = case_for_form(at.hub, at.who, case_id, "form: decide a share")
    asked = [one for one in view.requests if one.of == view.reader.agency and not one.answered]
    return page("forms/with_whom.html", view=view, asked=asked, agencies=agencies(at, without=(view.reader.agency,)))


@blueprint.route("/cases/<uuid:case_id>/shares/with/<ref:agency>", methods=BOTH)
def decide(case_id: UUID, agency: str) -> Response:
    """The form; its preview; and, once confirmed, the decision."""
    at = desk()
    require_open(at.hub, at.who, "decide_sharing")
    what = _decision_page(at, agency)
    if request.method == "GET":
        return show(at, case_id, what)
    posted = Posted.now()
    try:
        if posted.carried("step") == "confirm":
            do(at, case_id, what, posted)
            return _decided(at, case_id, posted)
        if posted.carried("step") == "preview":
            return _preview(at, case_id, agency, what, posted)
    except REFUSED as refused:
        return show_again(at, case_id, what, posted, refused)
    view = case_for_form(at.hub, at.who, case_id, "form: decide a share", what.items)
    return laid_out(at, what, view, posted.typed, [], posted.number)


def _decided(at: Desk, case_id: UUID, posted: Posted) -> Response:
    """A share leads to where it can be undone for a minute; a refusal to the case."""
    if posted.carried("outcome") == "refuse":
        return to_case(case_id)
    made = referring(at, posted.command_id)("")
    return redirect(url_for("sharing.made", case_id=case_id, decision=made), 303)


@blueprint.get("/cases/<uuid:case_id>/shares/<ref:decision>/made")
def made(case_id: UUID, decision: str) -> Response:
    return _made(case_id, decision)


def _made(case_id: UUID, decision: str, refused: RuleBroken | None = None) -> Response:
    at = desk()
    view, found = share_made(at.hub, at.who, case_id, decision)
    errors = {"": refused.message} if refused else {}
    return page("share_made.html", 409 if refused else 200, view=view, made=found, errors=errors)


@blueprint.post("/cases/<uuid:case_id>/shares/<ref:decision>/undo")
def undo(case_id: UUID, decision: str) -> Response:
    at, posted = desk(), Posted.now()
    try:
        act(at.hub, at.who, case_id, "undo_sharing", {"decision": decision}, command_id=posted.command_id)
    except RuleBroken as refused:
        return _made(case_id, decision, refused)
    return redirect(url_for("sharing.made", case_id=case_id, decision=decision), 303)


@blueprint.route("/cases/<uuid:case_id>/shares/with/<ref:agency>/reasoning", methods=BOTH)
def reasoning(case_id: UUID, agency: str) -> Response:
    """Section 2.3 on the way to a share with this agency; what was answered is chosen on the page that follows."""
    at = desk()
    require_open(at.hub, at.who, "give_justification")
    recipient = _recipient(at, agency)

    def begun(view: CaseView) -> dict[str, list[str]]:
        waiting = [one.purpose for one in view.requests if one.by == agency and not one.answered]
        return {"purpose": [waiting[-1]]} if waiting else {}

    what = ActPage(
        act="give_justification",
        title=f"Why share with {recipient}",
        button="Go on to what is shared",
        build=lambda view: justification_form(view, agencies(at)),
        to_data=one_justification,
        typed=begun,
        rests_on_the_standing_one=False,
    )
    if request.method == "GET":
        return show(at, case_id, what)
    posted = Posted.now()
    try:
        do(at, case_id, what, posted)
    except REFUSED as refused:
        return show_again(at, case_id, what, posted, refused)
    given = referring(at, posted.command_id)("")
    return redirect(url_for("sharing.decide", case_id=case_id, agency=agency, justification=given), 303)


def _recipient(at: Desk, agency: str) -> str:
    """The name of an agency that can be shared with: any but one's own, and not the office, which holds no records.

    Raises: NotFound.
    """
    others = agencies(at, without=(own_agency(at),))
    found: str = there(next((one.text for one in others if one.value == agency), None))
    return found


def _decision_page(at: Desk, agency: str) -> ActPage:
    recipient = _recipient(at, agency)
    offered = offers_for(at.hub, agency)
    agreed_first = cache(lambda case: to_be_agreed_first(at.hub, at.who, case, agency))

    def offer_in(view: CaseView) -> forms.Offer:
        return forms.Offer(
            view=view,
            people=people(at, agency),
            coarse=offered.coarse,
            names=names(at),
            agency=agency,
            proposed=offered.proposed,
            limited_days=policies_in_force(at.hub).limited_days,
            agreed_first=agreed_first(view.case),
        )

    def build(view: CaseView | None) -> Form:
        return forms.decision_form(offer_in(view) if view else None)

    def more(view: CaseView) -> dict[str, Any]:
        return {"recipient": recipient, "agency": agency, "first": forms.to_ask_first(offer_in(view))}

    def begun(view: CaseView) -> dict[str, list[str]]:
        waiting = [one.id for one in view.requests if one.by == agency and not one.answered]
        resting = [one.id for one in view.justifications if one.own and one.id == request.args.get("justification")]
        return ({"answers_request": [waiting[-1]]} if waiting else {}) | ({"justification": resting} if resting else {})

    return ActPage(
        act="decide_sharing",
        title=f"Decide what to share with {recipient}",
        button="See what they will see",
        build=build,
        to_data=forms.to_decision(agency),
        items=("",),
        typed=begun,
        template="forms/share.html",
        rests_on_the_standing_one=False,
        watches=EVERYTHING,
        more=more,
    )


def _preview(at: Desk, case_id: UUID, agency: str, what: ActPage, posted: Posted) -> Response:
    """Exactly what the recipient will see by this decision; nothing is decided yet."""
    data = read(at, what, posted)
    view = case_for_form(at.hub, at.who, case_id, "preview of a share")
    data["persons"] = data.get("persons") or _who_asked(at, view, agency, data.get("answers_request", ""))
    preview = preview_share(at.hub, at.who, case_id, data)
    directory = at.hub.directory().people
    persons = ", ".join(directory[one].name for one in data["persons"] if one in directory)
    carried = {key: values for key, values in posted.typed.items() if key not in ("csrf_token", "step")}
    carried["persons"] = data["persons"]
    recipient = names(at)[agency]
    return page(
        "forms/preview.html",
        view=view,
        preview=preview,
        carried=carried,
        recipient=recipient,
        told=f"{persons} at {recipient}" if persons else recipient,
        resting=next((one for one in view.justifications if one.own and one.id == data["justification"]), None),
        refusing=data["outcome"] == "refuse",
    )


def _who_asked(at: Desk, view: CaseView, agency: str, request: str) -> list[str]:
    """The person of that agency who made a request: whoever refuses need not name the asker again."""
    asked = {one.by_person for one in view.requests if one.by == agency and one.id == request}
    found = [one.value for one in people(at, agency) if one.text in asked]
    return found if len(found) == 1 else []


@blueprint.route("/cases/<uuid:case_id>/shares/<ref:decision>/withdraw", methods=BOTH)
def withdraw(case_id: UUID, decision: str) -> Response:
    """For the agency that shared, and for the lead; to who received it there is no such page."""

    def the_decision(view: CaseView) -> DecisionThread:
        mine = (one for one in view.decisions if view.reader.lead or one.by == view.reader.agency)
        found: DecisionThread = there(next((one for one in mine if one.id == decision), None))
        return found

    return act_page(
        case_id,
        ActPage(
            act="withdraw_sharing",
            title="End a share",
            button="End this share",
            warn=True,
            build=lambda view: reason_form(
                view,
                "Why it ends",
                "From now on they see nothing by it. They keep the reason, and what they wrote down.",
                rests=False,
            ),
            to_data=lambda values, reference: {"decision": decision, **values},
            more=lambda view: {"decision": the_decision(view)},
        ),
    )


@blueprint.route("/cases/<uuid:case_id>/onward/new", methods=BOTH)
def onward(case_id: UUID) -> Response:
    at = desk()
    return act_page(
        case_id,
        ActPage(
            act="agree_onward",
            title="Let what you recorded go further",
            button="Agree to it",
            items=("",),
            build=lambda view: forms.onward_form(view, agencies(at, without=(own_agency(at),)), names(at)),
        ),
    )
