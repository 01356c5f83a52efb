"""The level of risk: proposed, agreed by two managers, or another level held."""

from typing import Any
from uuid import UUID

from flask import Blueprint, request
from werkzeug.wrappers import Response

from application.queries.acts_open_to_me import signing_roles
from application.views import CaseView
from domain.instrument import instrument
from interfaces.web.auth import desk
from interfaces.web.forms import agreeing as forms
from interfaces.web.forms.options import PRINTED
from interfaces.web.forms.recording import with_reference
from interfaces.web.routes.acting import ActPage, act_page, there

blueprint = Blueprint("agreeing", __name__)
BOTH = ["GET", "POST"]


@blueprint.route("/cases/<uuid:case_id>/risk/propose", methods=BOTH)
def propose(case_id: UUID) -> Response:
    return act_page(
        case_id,
        ActPage(
            act="propose_risk",
            title="Propose the level of risk",
            button="Propose this category",
            build=forms.proposal_form,
            to_data=with_reference,
            items=("risk",),
            template="forms/propose.html",
        ),
    )


@blueprint.route("/cases/<uuid:case_id>/risk/<ref:agreement>", methods=BOTH)
def sign(case_id: UUID, agreement: str) -> Response:
    """The proposal, who stands where, and my own stance."""
    at = desk()
    roles = tuple(str(role) for role in signing_roles(at.hub, at.who))

    def proposals_in(view: CaseView) -> tuple[Any, ...]:
        cell = view.cell("risk.reasons")
        return cell.content.proposals if cell is not None and cell.content is not None else ()

    def proposal_in(view: CaseView) -> Any:
        return there(next((one for one in proposals_in(view) if one.id == agreement), None))

    def more(view: CaseView) -> dict[str, Any]:
        proposal, risk = proposal_in(view), view.cell("risk")
        category = instrument().risk_category(proposal.category)
        newest = proposals_in(view)[-1] is proposal
        return {
            "proposal": proposal,
            "standing": risk.content if risk else None,
            "category": category,
            "newest": newest,
            "printed": PRINTED,
        }

    stance = request.form.get("stance", "")
    return act_page(
        case_id,
        ActPage(
            act="dissent_from_risk" if stance == "dissent" else "agree_risk",
            title="Agree the level of risk",
            button="Sign",
            build=lambda view: forms.stance_form(roles, proposal_in(view).category if view else None),
            to_data=forms.to_stance(agreement),
            items=("risk",),
            typed=lambda view: {"as_role": list(roles)} if len(roles) == 1 else {},
            more=more,
            template="forms/sign.html",
            watched=True,
        ),
    )
