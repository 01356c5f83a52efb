"""Follow a link: choose a password, set up an authenticator, keep the recovery codes; then you are in."""

from typing import Any

from flask import Blueprint, redirect, url_for
from werkzeug.wrappers import Response

from interfaces.signing_in import codes, enrolment
from interfaces.signing_in.single_sign_on import agency_of
from interfaces.web.auth import LINK, browser, cookie, hand_over, let_in, sign_out, signed_in, the_door
from interfaces.web.forms import entering as forms
from interfaces.web.pages import page
from interfaces.web.routes.entering import DoorPage, door_page

blueprint = Blueprint("enrolling", __name__)
BOTH = ["GET", "POST"]


@blueprint.route("/enrol/<digest:token>", methods=BOTH)
def link(token: str) -> Response:
    """Opening it changes nothing: what looks at links before people do uses none up."""

    def go_on(_: dict[str, Any]) -> Response:
        own = enrolment.begin(the_door(), token)
        if signed_in() is not None:
            sign_out()
        hand_over(LINK, own, enrolment.ENROL_HOLDS)
        return redirect(url_for("enrolling.password"), 303)

    try:
        enrolment.followed(the_door(), token)
        what = DoorPage(title="Set up your account", button="Begin", form=forms.NOTHING, template="entering/link.html")
        return door_page(what, go_on)
    except enrolment.LinkOver:
        return _over()


@blueprint.route("/enrol/password", methods=BOTH)
def password() -> Response:
    def go_on(typed: dict[str, Any]) -> Response:
        enrolment.choose_password(the_door(), cookie(LINK), typed["password"])
        return redirect(url_for("enrolling.authenticator"), 303)

    try:
        held = enrolment.under_way(the_door(), cookie(LINK))
        what = DoorPage(
            title="Choose a password",
            button="Go on",
            form=forms.CHOOSE_PASSWORD,
            template="entering/choose_password.html",
            more={"agency": agency_of(the_door(), held.person)},
        )
        return door_page(what, go_on)
    except enrolment.LinkOver:
        return _over()


@blueprint.route("/enrol/authenticator", methods=BOTH)
def authenticator() -> Response:
    def finish(typed: dict[str, Any]) -> Response:
        begun, fresh = enrolment.finish(the_door(), cookie(LINK), typed["code"], browser=browser())
        let_in(begun)
        return page("entering/recovery_codes.html", codes=fresh, onward=url_for("cases.mine"), first=True)

    try:
        door = the_door()
        held = enrolment.under_way(door, cookie(LINK))
        if "password" not in held.data:
            return redirect(url_for("enrolling.password"), 303)
        secret = held.data["secret"]
        what = DoorPage(
            title="Set up your authenticator app",
            button="Finish and sign in",
            form=forms.SECOND_STEP,
            refused="This is not the code the app should show now. Wait for the next one and enter it.",
            box="code",
            template="entering/authenticator.html",
            more={"picture": enrolment.picture(door, held.person, secret), "secret": codes.in_groups(secret)},
        )
        return door_page(what, finish)
    except enrolment.LinkOver:
        return _over()


def _over() -> Response:
    return page("entering/link_over.html", 404)
