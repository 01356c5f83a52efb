"""Single sign-on: to my agency's own sign-in and back; and binding it to my account."""

from typing import Any

from flask import Blueprint, flash, redirect, request, url_for
from werkzeug.wrappers import Response

from domain.errors import NotFound
from interfaces.signing_in import enrolment
from interfaces.signing_in import single_sign_on as agencies
from interfaces.signing_in.providers import NotVouched
from interfaces.web.auth import (
    ELSEWHERE,
    LINK,
    TOKEN,
    browser,
    cookie,
    desk,
    hand_over,
    let_in,
    sign_out,
    signed_in,
    the_door,
    the_settings,
)
from interfaces.web.forms import entering as forms
from interfaces.web.pages import page
from interfaces.web.routes.account import ask_again
from interfaces.web.routes.entering import DoorPage, door_page, first_page

blueprint = Blueprint("single_sign_on", __name__)
BOTH = ["GET", "POST"]
WHY = {
    "one_factor": "Your agency's sign-in did not say that you used a second factor. Set one up there, then try again.",
    "not_bound": "No account here is bound to this sign-in. Sign in with your password, then link it in My account.",
    "other_agency": "This sign-in is not the one of the agency you work for here.",
    "may_not_enter": "Your account is not open. Ask your administrator.",
    "bound_to_another": "This sign-in is bound to another account already. Ask your administrator.",
}
BEGIN_AGAIN = "Your agency's sign-in gave no answer that holds, or it took too long. Begin again from the sign-in page."


@blueprint.get("/sign-in/agency/<ref:agency>")
def start(agency: str) -> Response:
    """By a link, not a form: an answer that leads elsewhere may follow no form (Content-Security-Policy)."""
    _require_offered(agency)
    if signed_in() is not None:
        return redirect(first_page(), 303)
    return _away(agency, agencies.ENTER, onward=forms.own_page(request.args.get("onward", "")))


@blueprint.get("/sign-in/agency/<ref:agency>/return")
def come_back(agency: str) -> Response:
    _require_offered(agency)
    door = the_door()
    try:
        answer = {name: request.args[name] for name in ("state", "code", "error", "iss") if name in request.args}
        found, vouched = agencies.come_back(door, agency, cookie(ELSEWHERE), answer, _back(agency))
        hand_over(ELSEWHERE, "")
        match found.data["purpose"]:
            case agencies.LINK:
                agencies.bind(door, found, vouched, signed_in() or "", browser=browser())
                flash("Your agency's sign-in is linked: next time it lets you in.")
                return redirect(url_for("account.mine"), 303)
            case agencies.ENROL:
                let_in(agencies.enrol(door, found, vouched, cookie(LINK), browser=browser()))
                return redirect(first_page(), 303)
        let_in(agencies.enter(door, agency, vouched, browser=browser()))
        return redirect(first_page(found.data["onward"]), 303)
    except agencies.NotLetIn as refused:
        return _not_let_in(WHY.get(refused.why, BEGIN_AGAIN))
    except enrolment.LinkOver:
        return page("entering/link_over.html", 404)


@blueprint.get("/enrol/agency")
def enrol() -> Response:
    """Behind a link: my agency's own sign-in instead of a password of the hub's."""
    try:
        held = enrolment.under_way(the_door(), cookie(LINK))
    except enrolment.LinkOver:
        return page("entering/link_over.html", 404)
    agency = agencies.agency_of(the_door(), held.person)
    _require_offered(agency)
    if signed_in() is not None:
        sign_out()
    return _away(agency, agencies.ENROL, person=held.person)


@blueprint.route("/account/agency-sign-in", methods=BOTH)
def link() -> Response:
    """Begun by a form of ours; what answers it is a page with a plain link, which may lead elsewhere."""
    at = desk()
    agency = agencies.agency_of(the_door(), at.who)
    _require_offered(agency)

    def go(_: dict[str, Any]) -> Response:
        away = _away(agency, agencies.LINK, person=at.who)
        address = away.headers.get("Location")
        return page("account/away.html", agency=agency, address=address) if address else away

    what = DoorPage(
        title="Link my agency's sign-in",
        button="Link it",
        form=forms.NOTHING,
        template="account/form.html",
    )
    return ask_again() or door_page(what, go)


@blueprint.route("/account/agency-sign-in/remove", methods=BOTH)
def remove() -> Response:
    at = desk()
    if agencies.identity_of(the_door(), at.who) is None:
        raise NotFound

    def do(_: dict[str, Any]) -> Response:
        agencies.remove(the_door(), at.who, but=cookie(TOKEN))
        flash("Your agency's sign-in is not linked any more. Everywhere else you are signed out.")
        return redirect(url_for("account.mine"), 303)

    what = DoorPage(
        title="Unlink my agency's sign-in",
        button="Unlink it: it lets you in no more",
        form=forms.NOTHING,
        template="account/form.html",
    )
    return ask_again() or door_page(what, do)


def _away(agency: str, purpose: str, **more: str) -> Response:
    try:
        state, address = agencies.start(the_door(), agency, _back(agency), purpose, **more)
    except NotVouched:
        return _not_let_in("Your agency's sign-in does not answer just now. Try again, or sign in another way.", 503)
    hand_over(ELSEWHERE, state, agencies.HOLDS)
    return redirect(address, 303)


def _back(agency: str) -> str:
    """Where the provider sends people back to: a page for each agency, so that none can stand for another."""
    origin = the_settings().web.origin or request.host_url.rstrip("/")
    return f"{origin}{url_for('single_sign_on.come_back', agency=agency)}"


def _not_let_in(why: str, status: int = 403) -> Response:
    hand_over(ELSEWHERE, "")
    return page("entering/not_let_in.html", status, why=why)


def _require_offered(agency: str) -> None:
    """Raises: NotFound."""
    if agency not in agencies.offering(the_door()):
        raise NotFound
