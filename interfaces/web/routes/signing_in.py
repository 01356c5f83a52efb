"""Sign in: work e-mail and password, then a code; or a recovery code where the authenticator is lost."""

from typing import Any

from flask import Blueprint, redirect, url_for
from werkzeug.wrappers import Response

from interfaces.signing_in.door import HalfWayOver
from interfaces.signing_in.single_sign_on import offering
from interfaces.web.auth import HALF, KNOWN, browser, cookie, half_way, let_in, signed_in, the_door
from interfaces.web.forms import entering as forms
from interfaces.web.routes.entering import DoorPage, door_page, first_page

blueprint = Blueprint("signing_in", __name__)
BOTH = ["GET", "POST"]


@blueprint.route("/sign-in", methods=BOTH)
def first_step() -> Response:
    def go_on(typed: dict[str, Any]) -> Response:
        half_way(
            the_door().first_step(
                typed["email"],
                typed["password"],
                mark=cookie(KNOWN),
                browser=browser(),
                onward=typed["onward"],
            )
        )
        return redirect(url_for("signing_in.second_step"), 303)

    if signed_in() is not None:
        return redirect(first_page(), 303)
    return door_page(
        DoorPage(
            title="Sign in",
            button="Go on",
            form=forms.SIGN_IN,
            refused="This address and this password do not let anybody in. Check both.",
            box="email",
            template="entering/sign_in.html",
            more={"agencies": offering(the_door())},
        ),
        go_on,
    )


@blueprint.route("/sign-in/code", methods=BOTH)
def second_step() -> Response:
    return _second(
        DoorPage(
            title="Enter the code from your authenticator app",
            button="Sign in",
            form=forms.SECOND_STEP,
            refused="This code does not let you in. Wait for the next one: each code works once.",
            box="code",
            template="entering/code.html",
        ),
        recovery=False,
    )


@blueprint.route("/sign-in/recovery-code", methods=BOTH)
def recovery_code() -> Response:
    return _second(
        DoorPage(
            title="Use a recovery code",
            button="Sign in",
            form=forms.RECOVERY,
            refused="This code does not let you in. Check it: each of the ten works once.",
            box="code",
            template="entering/code.html",
        ),
        recovery=True,
    )


def _second(what: DoorPage, *, recovery: bool) -> Response:
    door, half = the_door(), cookie(HALF)
    check = door.by_recovery_code if recovery else door.second_step

    def go_in(typed: dict[str, Any]) -> Response:
        onward = door.waiting(half).data["onward"]
        let_in(check(half, typed["code"], mark=cookie(KNOWN), browser=browser()))
        return redirect(first_page(onward), 303)

    try:
        door.waiting(half)
        return door_page(what, go_in)
    except HalfWayOver:
        return redirect(url_for("signing_in.first_step"), 303)
