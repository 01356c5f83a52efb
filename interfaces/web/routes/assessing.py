"""The assessment: started, answered question by question from a task list, ended."""

from typing import Any
from uuid import UUID

from flask import Blueprint
from werkzeug.wrappers import Response

from application.queries.acts_open_to_me import require_open
from application.queries.assessment import assessment_in, my_answers
from application.queries.case_for_form import case_for_form
from application.views import CaseView
from domain.errors import NotFound
from domain.instrument import instrument
from interfaces.web.auth import desk
from interfaces.web.forms import assessing as forms
from interfaces.web.pages import page
from interfaces.web.routes.acting import ActPage, act_page, own_agency

blueprint = Blueprint("assessing", __name__)
BOTH = ["GET", "POST"]


@blueprint.route("/cases/<uuid:case_id>/assessment/start", methods=BOTH)
def start(case_id: UUID) -> Response:
    return act_page(
        case_id,
        ActPage(
            act="start_assessment",
            title="Start the assessment",
            button="Start the assessment",
            build=forms.start_form,
            to_data=forms.to_start_assessment,
            after="assessing.questions",
        ),
    )


@blueprint.get("/cases/<uuid:case_id>/assessment/questions")
def questions(case_id: UUID) -> Response:
    """The eleven questions as a task list, each with where my agency stands on it."""
    at = desk()
    require_open(at.hub, at.who, "answer_questions")
    view = case_for_form(at.hub, at.who, case_id, "assessment questions", ("answers:", "risk"))
    said = my_answers(at.hub, at.who, case_id)
    risk = view.cell("risk")
    agreed = risk.content.agreed if risk is not None and risk.content is not None else None
    stands = {number: forms.stands(entries[0], agreed) for number, entries in said.items()}
    return page("forms/questions.html", view=view, assessment=assessment_in(view), said=said, stands=stands)


@blueprint.route("/cases/<uuid:case_id>/assessment/questions/<int:number>", methods=BOTH)
def question(case_id: UUID, number: int) -> Response:
    if not instrument().has_question(number):
        raise NotFound
    at, asked = desk(), instrument().question(number)

    def more(view: CaseView) -> dict[str, Any]:
        given = next(one for one in assessment_in(view).questions if one.number == number)
        following = number + 1 if instrument().has_question(number + 1) else None
        earlier = my_answers(at.hub, at.who, case_id).get(number, ())[1:]
        return {"given": given, "number": number, "following": following, "earlier": earlier}

    return act_page(
        case_id,
        ActPage(
            act="answer_questions",
            title=f"Question {number}",
            button="Record the answer",
            build=lambda view: forms.question_form(asked, view),
            to_data=forms.to_answer(number),
            items=("answers:", "concern:"),
            watches=(f"answers:{own_agency(at)}#{number}",),
            more=more,
            template="forms/question.html",
            after="assessing.questions",
        ),
    )


@blueprint.route("/cases/<uuid:case_id>/assessment/end", methods=BOTH)
def end(case_id: UUID) -> Response:
    return act_page(
        case_id,
        ActPage(act="end_assessment", title="End the assessment", button="End the assessment", build=forms.end_form),
    )
