"""Record: a young person, concerns with their correction and retraction, details, people of concern, plans."""

from typing import Any
from uuid import UUID

from flask import Blueprint, redirect, request, url_for
from werkzeug.wrappers import Response

from application.commands.opening import open_case
from application.queries.acts_open_to_me import acts_open_to_me, require_open
from application.queries.case_for_form import case_for_form
from application.queries.who_will_see import who_will_see
from application.views import CaseView
from interfaces.web.auth import Desk, desk
from interfaces.web.drafting import given_back
from interfaces.web.forms import recording as forms
from interfaces.web.forms.choosing import reasons_of_mine
from interfaces.web.forms.form import Form
from interfaces.web.routes.acting import (
    REFUSED,
    ActPage,
    Posted,
    act_page,
    advise,
    agencies,
    do,
    laid_out,
    names,
    number_in,
    plain_page,
    referring,
    show_again,
    there,
    to_case,
    to_look_at_again,
)

blueprint = Blueprint("recording", __name__)
BOTH = ["GET", "POST"]


@blueprint.app_context_processor
def acts_open() -> dict[str, Any]:
    """For the links of a page: what this person's roles permit."""
    return {"acts_open": lambda: acts_open_to_me(desk().hub, desk().who)}


@blueprint.route("/record", methods=BOTH)
def begin() -> Response:
    """Opens her case or comes into it; what follows is the same either way."""
    at = desk()
    require_open(at.hub, at.who, "open_case")
    form = forms.young_person_form(agencies(at))
    title, button = "Record about a young person", "Continue to the first concern"
    if request.method == "GET":
        return plain_page(form, title, button)
    posted = Posted.now()
    if posted.only_begins:
        return plain_page(form, title, button, posted)
    try:
        values = form.read(posted.typed, at.settings.zone)
        data = forms.to_open_case(values, referring(at, posted.command_id))
        case_id = open_case(at.hub, at.who, data, command_id=posted.command_id)
    except REFUSED as refused:
        return plain_page(form, title, button, posted, refused)
    return redirect(url_for("recording.concern", case_id=case_id), 303)


@blueprint.route("/cases/<uuid:case_id>/concerns/new", methods=BOTH)
def concern(case_id: UUID) -> Response:
    at = desk()
    require_open(at.hub, at.who, "record_concern")
    if request.method == "GET":
        return _begin_concern(at, case_id)
    posted = Posted.now()
    what = _concern_page(at, posted)
    try:
        if to_look_at_again(at, what, posted):
            return advise(at, case_id, what, posted)
        do(at, case_id, what, posted)
    except REFUSED as refused:
        return show_again(at, case_id, what, posted, refused)
    return to_case(case_id)


def _begin_concern(at: Desk, case_id: UUID) -> Response:
    """As it was left, or new; a justification chosen since stands in the place of the one it rested on."""
    view = case_for_form(at.hub, at.who, case_id, "form: record a concern")
    draft = given_back(at)
    typed = dict(draft.typed) if draft else {}
    asked = request.args.get("justification") or "".join(typed.get("justification", ())[:1])
    typed["justification"] = [forms.rests_on(view, asked)]
    return laid_out(at, _concern_page(at, Posted(typed)), view, typed, [], number_in(typed), draft=draft)


def _concern_page(at: Desk, posted: Posted) -> ActPage:
    def chosen_in(view: CaseView) -> str:
        return forms.rests_on(view, posted.carried("justification") or request.args.get("justification", ""))

    def build(view: CaseView | None) -> Form:
        if view is None or chosen_in(view):
            return forms.concern_form()
        return forms.concern_form(forms.resting_choice(view, who_will_see(at.hub, at.who, view.case), names(at)))

    def more(view: CaseView) -> dict[str, Any]:
        chosen, mine = chosen_in(view), reasons_of_mine(view)
        seen = forms.seen_by_words(who_will_see(at.hub, at.who, view.case).get(chosen, ()), names(at))
        return {
            "button": f"Record: {seen} will see it" if chosen else "Record",
            "resting": next((one for one in mine if one.id == chosen), None),
            "mine": mine,
            "others": [one for one in mine if one.id != chosen],
            "seen_by": seen,
        }

    return ActPage(
        act="record_concern",
        title="Record a concern",
        button="",
        build=build,
        to_data=forms.to_record_concern,
        more=more,
        template="forms/concern.html",
        advised=("headline", "narrative", "response"),
    )


@blueprint.route("/cases/<uuid:case_id>/concerns/<ref:concern_ref>/correct", methods=BOTH)
def correct(case_id: UUID, concern_ref: str) -> Response:
    item, zone = f"concern:{concern_ref}", desk().settings.zone

    def as_it_stands(view: CaseView) -> dict[str, list[str]]:
        cell = there(forms.own_and_standing(view.cell(item)))
        return forms.correction_form(view).typed_for(forms.as_it_stands(cell), zone)

    return act_page(
        case_id,
        ActPage(
            act="correct_concern",
            title="Correct a concern",
            button="Correct it",
            build=forms.correction_form,
            watches=(item,),
            to_data=forms.to_correct_concern(concern_ref),
            items=(item, "place:"),
            typed=as_it_stands,
        ),
    )


@blueprint.route("/cases/<uuid:case_id>/concerns/<ref:concern_ref>/retract", methods=BOTH)
def retract(case_id: UUID, concern_ref: str) -> Response:
    return act_page(
        case_id,
        ActPage(
            act="retract_concern",
            title="Take a concern back",
            button="Take it back",
            warn=True,
            build=lambda view: forms.reason_form(
                view,
                "Why it is taken back",
                "Readers then see that it was retracted, without its content.",
                rests=False,
            ),
            to_data=lambda values, reference: {"concern": concern_ref, **values},
            items=(f"concern:{concern_ref}",),
            more=lambda view: {"about": there(forms.own_and_standing(view.cell(f"concern:{concern_ref}")))},
        ),
    )


@blueprint.route("/cases/<uuid:case_id>/concerns/<ref:concern_ref>/disagree", methods=BOTH)
def disagree(case_id: UUID, concern_ref: str) -> Response:
    return act_page(
        case_id,
        ActPage(
            act="record_disagreement",
            title="Record that you disagree",
            button="Record it",
            build=lambda view: forms.reason_form(
                view, "How your agency sees it", "The concern stays as its recorder wrote it."
            ),
            to_data=lambda values, reference: {"concern": concern_ref, **values},
            items=(f"concern:{concern_ref}",),
            more=lambda view: {"about": there(forms.of_others(view.cell(f"concern:{concern_ref}")))},
        ),
    )


@blueprint.route("/cases/<uuid:case_id>/details/new", methods=BOTH)
def details(case_id: UUID) -> Response:
    return act_page(
        case_id,
        ActPage(
            act="record_details",
            title="Details, safe contact and carers",
            button="Record these details",
            build=forms.details_form,
            to_data=forms.to_record_details,
            watches=("child.", "safe_contact", "carer:"),
        ),
    )


@blueprint.route("/cases/<uuid:case_id>/people-of-concern/new", methods=BOTH)
def person_of_concern(case_id: UUID) -> Response:
    return act_page(
        case_id,
        ActPage(
            act="record_person_of_concern",
            title="Record a person of concern",
            button="Record this person",
            build=forms.person_form,
            to_data=forms.with_reference,
        ),
    )


@blueprint.route("/cases/<uuid:case_id>/plans/new", methods=BOTH)
def plan(case_id: UUID) -> Response:
    at = desk()
    return act_page(
        case_id,
        ActPage(
            act="record_plan",
            title="Write a plan for an agency",
            button="Record the plan",
            build=lambda view: forms.plan_form(view, agencies(at)),
            to_data=forms.with_reference,
            watches=("plan:",),
            advised=("text",),
        ),
    )
