"""My account: where I am signed in, what I sign in with, and what happened to it."""

from typing import Any

from flask import Blueprint, flash, redirect, request, url_for
from werkzeug.wrappers import Response

from application.queries.accounts_to_confirm import all_that_waits
from application.queries.security_log import my_part
from domain.errors import NotFound
from interfaces.signing_in import authenticator as authenticators
from interfaces.signing_in import codes, passkeys, single_sign_on, sure
from interfaces.signing_in.enrolment import picture
from interfaces.web.auth import (
    KNOWN,
    TOKEN,
    browser,
    cookie,
    desk,
    sign_out,
    the_door,
    this_session,
)
from interfaces.web.forms import entering as forms
from interfaces.web.pages import page
from interfaces.web.routes.entering import DoorPage, door_page, show

blueprint = Blueprint("account", __name__, url_prefix="/account")
BOTH = ["GET", "POST"]
KINDS = ("password", "totp", "passkey", "recovery", "identity")
WAIT_FOR_THE_NEXT = "This is not the code the new app should show now. Wait for the next one and enter it."
SCAN_THIS_ONE = "That took too long. Remove what you added to the app, and scan this new picture."


@blueprint.get("")
def mine() -> Response:
    at, door = desk(), the_door()
    return page(
        "account/mine.html",
        email=door.accounts.email_of(at.who),
        sessions=door.sessions(at.who),
        this=this_session(),
        held={kind: door.accounts.credentials(at.who, kind) for kind in KINDS},
        passkey_reference=passkeys.reference,
        agency_sign_in=single_sign_on.agency_of(door, at.who),
        entries=my_part(at.hub, at.who),
        waits=all_that_waits(at.hub).get(at.who),
    )


@blueprint.post("/sessions/end")
def end_one() -> Response:
    """Ends the one named; the one in hand as by signing out."""
    at, token = desk(), _token(request.form.get("session", ""))
    if token == this_session():
        sign_out()
        return redirect(url_for("home.people"), 303)
    the_door().end_one(at.who, token)
    flash("That session has ended.")
    return redirect(url_for("account.mine"), 303)


@blueprint.post("/sessions/end-all")
def end_all() -> Response:
    at = desk()
    the_door().end_all(at.who, "everywhere")
    sign_out()
    return redirect(url_for("home.people"), 303)


@blueprint.route("/password", methods=BOTH)
def password() -> Response:
    def change(typed: dict[str, Any]) -> Response:
        _own_password(typed)
        the_door().change_password(desk().who, typed["password"], but=cookie(TOKEN))
        flash("Your password is changed. Everywhere else you are signed out.")
        return redirect(url_for("account.mine"), 303)

    what = DoorPage(
        title="Change your password",
        button="Change it",
        form=forms.CHANGE_PASSWORD,
        refused="This is not the password you have now.",
        box="current",
        template="account/form.html",
    )
    return door_page(what, change)


@blueprint.route("/recovery-codes", methods=BOTH)
def recovery_codes() -> Response:
    def make(typed: dict[str, Any]) -> Response:
        _own_password(typed)
        fresh = the_door().new_recovery_codes(desk().who)
        return page("entering/recovery_codes.html", codes=fresh, onward=url_for("account.mine"), first=False)

    what = DoorPage(
        title="New recovery codes",
        button="Make ten new ones: the old ones stop working",
        form=forms.OWN_PASSWORD,
        refused="This is not your password.",
        box="current",
        template="account/form.html",
    )
    return door_page(what, make)


@blueprint.route("/authenticator", methods=BOTH)
def authenticator() -> Response:
    """Set up the app on a new telephone; the old one works until a code of the new one was entered."""
    at, door = desk(), the_door()
    if not authenticators.is_replaceable(door, at.who):
        raise NotFound
    return ask_again() or _new_authenticator(at.who)


def _new_authenticator(who: str) -> Response:
    door, token = the_door(), cookie(TOKEN)
    shown = authenticators.under_way(door, token)
    begun = shown or authenticators.begin(door, who, token)

    def replace(typed: dict[str, Any]) -> Response:
        authenticators.replace(door, begun, typed["code"], but=token)
        flash("Your new authenticator app counts from now on. Everywhere else you are signed out.")
        return redirect(url_for("account.mine"), 303)

    secret = begun.data["secret"]
    what = DoorPage(
        title="Set up a new authenticator app",
        button="Use the new app from now on",
        form=forms.SECOND_STEP,
        refused=WAIT_FOR_THE_NEXT if shown else SCAN_THIS_ONE,
        box="code",
        template="account/authenticator.html",
        more={"picture": picture(door, who, secret), "secret": codes.in_groups(secret)},
    )
    return door_page(what, replace)


@blueprint.route("/sure", methods=BOTH)
def make_sure() -> Response:
    """Ask for the password again, then go back to where it was needed."""

    def go_on(typed: dict[str, Any]) -> Response:
        at = desk()
        sure.make_sure(the_door(), at.who, cookie(TOKEN), typed["current"], mark=cookie(KNOWN), browser=browser())
        return redirect(typed.get("onward") or url_for("account.mine"), 303)

    return door_page(_sure(), go_on)


def ask_again() -> Response | None:
    """The same question in place of a page that needs it answered; nothing where it was answered just now."""
    if sure.is_sure(the_door(), cookie(TOKEN)):
        return None
    return show(_sure(), {"onward": [request.path]}, status=200 if request.method == "GET" else 422)


def _sure() -> DoorPage:
    return DoorPage(
        title="Your password, once more",
        button="Go on",
        form=forms.SURE,
        refused="This is not your password.",
        box="current",
        template="account/sure.html",
        more={"address": url_for("account.make_sure")},
    )


def _own_password(typed: dict[str, Any]) -> None:
    """Before what a stranger at an open desk must not do. Raises: Refused, TooMany."""
    the_door().require_own_password(desk().who, typed["current"], mark=cookie(KNOWN), browser=browser())


def _token(text: str) -> bytes:
    try:
        return bytes.fromhex(text)
    except ValueError:
        return b""
