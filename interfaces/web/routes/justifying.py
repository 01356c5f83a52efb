"""Give a justification; record consent and its withdrawal."""

from uuid import UUID

from flask import Blueprint
from werkzeug.wrappers import Response

from interfaces.web.auth import desk
from interfaces.web.forms import justifying as forms
from interfaces.web.forms.recording import reason_form
from interfaces.web.routes.acting import ActPage, act_page, agencies, there

blueprint = Blueprint("justifying", __name__)
BOTH = ["GET", "POST"]


@blueprint.route("/cases/<uuid:case_id>/justifications/new", methods=BOTH)
def give(case_id: UUID) -> Response:
    at = desk()
    return act_page(
        case_id,
        ActPage(
            act="give_justification",
            title="Say why this may be recorded or shared",
            button="Give this justification",
            build=lambda view: forms.justification_form(view, agencies(at)),
            to_data=forms.one_justification,
        ),
    )


@blueprint.route("/cases/<uuid:case_id>/consents/new", methods=BOTH)
def consent(case_id: UUID) -> Response:
    at = desk()
    return act_page(
        case_id,
        ActPage(
            act="record_consent",
            title="Record consent, given or refused",
            button="Record the answer",
            build=lambda view: forms.consent_form(agencies(at)),
            to_data=forms.to_record_consent,
        ),
    )


@blueprint.route("/cases/<uuid:case_id>/consents/<ref:consent_ref>/withdraw", methods=BOTH)
def withdraw(case_id: UUID, consent_ref: str) -> Response:
    return act_page(
        case_id,
        ActPage(
            act="withdraw_consent",
            title="Record that consent is withdrawn",
            button="Record the withdrawal",
            warn=True,
            build=lambda view: reason_form(
                view,
                "What the young person said",
                "Nobody new sees what rests on this consent. Those who had opened it keep it, marked not to be passed "
                "on or relied on until it is reviewed. Those who had not opened it see that it is withheld.",
                rests=False,
            ),
            to_data=lambda values, reference: {"consent": consent_ref, **values},
            more=lambda view: {"consent": there(next((one for one in view.consents if one.id == consent_ref), None))},
        ),
    )
