"""Referrals: made, acknowledged, concluded, escalated."""

from typing import Literal
from uuid import UUID

from flask import Blueprint
from werkzeug.wrappers import Response

from application.views import CaseView, ReferralThread
from interfaces.web.auth import desk
from interfaces.web.forms import referring as forms
from interfaces.web.forms.form import Form
from interfaces.web.forms.recording import with_reference
from interfaces.web.routes.acting import ActPage, act_page, agencies, own_agency, there

blueprint = Blueprint("referring", __name__)
BOTH = ["GET", "POST"]


@blueprint.route("/cases/<uuid:case_id>/referrals/new", methods=BOTH)
def make(case_id: UUID) -> Response:
    at = desk()
    return act_page(
        case_id,
        ActPage(
            act="make_referral",
            title="Make a referral",
            button="Send the referral",
            build=lambda view: forms.referral_form(view, agencies(at, without=(own_agency(at),))),
            to_data=with_reference,
            advised=("summary",),
        ),
    )


@blueprint.route("/cases/<uuid:case_id>/referrals/<ref:referral>/acknowledge", methods=BOTH)
def acknowledge(case_id: UUID, referral: str) -> Response:
    told = forms.answer_form(
        "decision",
        "What you decided on receipt",
        "The referrer reads it. Due within one working day; weekends and bank holidays do not count.",
    )
    return _answer(case_id, referral, "acknowledge_referral", "Acknowledge a referral", "Tell the referrer", told, "to")


@blueprint.route("/cases/<uuid:case_id>/referrals/<ref:referral>/conclude", methods=BOTH)
def conclude(case_id: UUID, referral: str) -> Response:
    told = forms.answer_form("outcome", "What came of it", "The referrer reads it.")
    return _answer(case_id, referral, "conclude_referral", "Conclude a referral", "Tell the referrer", told, "to")


@blueprint.route("/cases/<uuid:case_id>/referrals/<ref:referral>/escalate", methods=BOTH)
def escalate(case_id: UUID, referral: str) -> Response:
    told = forms.answer_form(
        "reason",
        "Why a manager should look at it again",
        "It goes to the agency you referred to: the referral is marked as escalated there, with these words. "
        "If it cannot wait, telephone their manager too.",
    )
    return _answer(case_id, referral, "escalate_referral", "Escalate a referral", "Escalate it", told, "by")


def _answer(
    case_id: UUID, referral: str, act: str, title: str, button: str, told: Form, party: Literal["by", "to"]
) -> Response:
    """For the agency it went to, or for the one it came from; to others there is no such page."""

    def the_referral(view: CaseView) -> ReferralThread:
        mine = (one for one in view.referrals if getattr(one, party) == view.reader.agency)
        found: ReferralThread = there(next((one for one in mine if one.id == referral), None))
        return found

    return act_page(
        case_id,
        ActPage(
            act=act,
            title=title,
            button=button,
            build=lambda view: told,
            to_data=forms.to_answer(referral),
            more=lambda view: {"referral": the_referral(view)},
        ),
    )
