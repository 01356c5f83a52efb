"""The level of risk: proposed, agreed by two managers, or another level held; and what it then requires."""

from typing import Any
from uuid import UUID

from flask import Blueprint, request
from werkzeug.wrappers import Response

from application.queries.acts_open_to_me import require_open, signing_roles
from application.queries.case_for_form import case_for_form
from application.views import CaseView
from domain.errors import NotFound
from domain.instrument import instrument
from interfaces.web.auth import desk
from interfaces.web.forms import agreeing as forms
from interfaces.web.forms.form import Form
from interfaces.web.forms.options import PRINTED
from interfaces.web.forms.recording import with_reference
from interfaces.web.pages import page
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
            items=("risk", "risk.reasons"),
            watches=("risk", "risk.reasons", "answers:"),
            template="forms/propose.html",
            advised=("rationale", "downgrade_reason"),
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
            items=("risk", "risk.reasons"),
            typed=lambda view: {"as_role": list(roles)} if len(roles) == 1 else {},
            more=more,
            template="forms/sign.html",
            watches=("risk", "risk.reasons", "answers:"),
            advised=("reason",),
        ),
    )


@blueprint.get("/cases/<uuid:case_id>/risk/actions")
def actions(case_id: UUID) -> Response:
    """What the guidance requires at the level in force, as a checklist."""
    at = desk()
    require_open(at.hub, at.who, "date_action")
    view = case_for_form(at.hub, at.who, case_id, "required actions", ("risk", "risk.reasons"))
    standing = there(view.cell("risk")).content
    if standing is None or standing.in_force is None:
        raise NotFound
    return page(
        "actions.html",
        view=view,
        standing=standing,
        agreement=_in_force(view).id,
        today=view.now.astimezone(at.settings.zone).date(),
        notes=there(view.cell("risk.reasons")).content.actions,
        category=instrument().risk_category(standing.in_force),
        acting=instrument().risk_category(standing.act_as) if standing.act_as != standing.in_force else None,
    )


def _in_force(view: CaseView) -> Any:
    """The proposal that both have signed last."""
    cell = view.cell("risk.reasons")
    proposals = cell.content.proposals if cell is not None and cell.content is not None else ()
    return there(next((one for one in reversed(proposals) if one.agreed), None))


@blueprint.route("/cases/<uuid:case_id>/risk/<ref:agreement>/actions/<ref:action>/date", methods=BOTH)
def date(case_id: UUID, agreement: str, action: str) -> Response:
    return _on_action(case_id, agreement, action, "date_action", "By when is it to be done?", forms.dating_form())


@blueprint.route("/cases/<uuid:case_id>/risk/<ref:agreement>/actions/<ref:action>/outcome", methods=BOTH)
def outcome(case_id: UUID, agreement: str, action: str) -> Response:
    return _on_action(
        case_id, agreement, action, "record_action_outcome", "What came of it?", forms.outcome_form()
    )


def _on_action(case_id: UUID, agreement: str, action: str, act: str, title: str, form: Form) -> Response:
    def more(view: CaseView) -> dict[str, Any]:
        listed = there(view.cell("risk")).content
        return {"required": there(next((one for one in listed.actions if one.key == action), None))}

    return act_page(
        case_id,
        ActPage(
            act=act,
            title=title,
            button="Record it",
            build=lambda view: form,
            to_data=forms.to_action(agreement, action),
            items=("risk", "risk.reasons"),
            more=more,
            template="forms/action.html",
            after="agreeing.actions",
            rests_on_the_standing_one=False,
        ),
    )
