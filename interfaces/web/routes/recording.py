"""Record: a young person, concerns with their correction and retraction, details, people of concern, plans."""

from typing import Any
from uuid import UUID

from flask import Blueprint, redirect, request, url_for
from werkzeug.wrappers import Response

from application.commands.opening import open_case
from application.queries.acts_open_to_me import acts_open_to_me, require_open
from application.queries.case_for_form import case_for_form
from application.views import CaseView
from interfaces.web.auth import Desk, desk
from interfaces.web.forms import recording as forms
from interfaces.web.forms.choosing import reasons_of_mine
from interfaces.web.forms.form import Form
from interfaces.web.forms.wording import advice_on
from interfaces.web.pages import new_command_id, page
from interfaces.web.routes.acting import (
    REFUSED,
    ActPage,
    Posted,
    Refusal,
    act_page,
    agencies,
    do,
    errors_of,
    faults_of,
    laid_out,
    names,
    referring,
    show_again,
    status_of,
    there,
    to_case,
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
    posted = Posted.now()
    if request.method == "GET":
        return _young_person(at, {}, None, new_command_id())
    try:
        values = forms.young_person_form(agencies(at)).read(posted.typed, at.settings.zone)
        data = forms.to_open_case(values, referring(at, posted.command_id))
        case_id = open_case(at.hub, at.who, data, command_id=posted.command_id)
    except REFUSED as refused:
        return _young_person(at, posted.typed, refused, posted.number)
    return redirect(url_for("recording.concern", case_id=case_id), 303)


def _young_person(at: Desk, typed: dict[str, list[str]], refused: Refusal | None, command_id: str) -> Response:
    form = forms.young_person_form(agencies(at))
    faults = faults_of(form, refused) if refused else []
    return page(
        "forms/plain.html",
        status_of(refused) if refused else 200,
        title="Record about a young person",
        button="Continue to the first concern",
        sections=form.laid_out(typed, faults),
        errors=errors_of(faults),
        command_id=command_id,
    )


@blueprint.route("/cases/<uuid:case_id>/concerns/new", methods=BOTH)
def concern(case_id: UUID) -> Response:
    at = desk()
    require_open(at.hub, at.who, "record_concern")
    posted = Posted.now()
    what = _concern_page(at, posted)
    if request.method == "GET":
        view = case_for_form(at.hub, at.who, case_id, "form: record a concern")
        chosen = forms.rests_on(view, request.args.get("justification", ""))
        return laid_out(at, what, view, {"justification": [chosen]}, [], new_command_id())
    try:
        values = what.build(None).read(posted.typed, at.settings.zone)
        if posted.carried("as_written") != "yes" and advice_on(values.get(key, "") for key in ADVISED):
            return _advise(at, case_id, what, posted)
        do(at, case_id, what, posted)
    except REFUSED as refused:
        return show_again(at, case_id, what, posted, refused)
    return to_case(case_id)


ADVISED = ("headline", "narrative", "response")


def _concern_page(at: Desk, posted: Posted) -> ActPage:
    def chosen_in(view: CaseView) -> str:
        return forms.rests_on(view, posted.carried("justification") or request.args.get("justification", ""))

    def build(view: CaseView | None) -> Form:
        if view is None or chosen_in(view):
            return forms.concern_form()
        return forms.concern_form(forms.resting_choice(view, at.hub.directory().lead, names(at)))

    def more(view: CaseView) -> dict[str, Any]:
        chosen, mine = chosen_in(view), reasons_of_mine(view)
        seen = forms.seen_by_words(view, chosen, at.hub.directory().lead, names(at))
        return {
            "button": f"Record: {seen} will see it" if chosen else "Record",
            "resting": next((one for one in mine if one.id == chosen), None),
            "mine": mine,
            "others": [one for one in mine if one.id != chosen],
            "seen_by": seen,
            "advice": advice_on(posted.carried(key) for key in ADVISED),
        }

    return ActPage(
        act="record_concern",
        title="Record a concern",
        button="",
        build=build,
        to_data=forms.to_record_concern,
        more=more,
        template="forms/concern.html",
    )


def _advise(at: Desk, case_id: UUID, what: ActPage, posted: Posted) -> Response:
    """The page again, once, with advice on wording; the words stay as they are."""
    view = case_for_form(at.hub, at.who, case_id, "form: record a concern")
    return laid_out(at, what, view, posted.typed, [], posted.number)


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
            watched=True,
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
            more=_about(f"concern:{concern_ref}"),
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
            more=_about(f"concern:{concern_ref}"),
        ),
    )


def _about(item: str) -> Any:
    """The item the page is about stands above the form; without it there is nothing to do here."""
    return lambda view: {"about": there(view.cell(item))}


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
        ),
    )
