"""Passkeys: sign in with one; add one to my account, and take one away."""

from typing import Any

from flask import Blueprint, flash, redirect, request, url_for
from werkzeug.wrappers import Response

from domain.errors import NotFound
from interfaces.signing_in import passkeys
from interfaces.web.auth import (
    CHALLENGE,
    TOKEN,
    browser,
    cookie,
    desk,
    hand_over,
    let_in,
    signed_in,
    the_door,
    the_settings,
)
from interfaces.web.forms import entering as forms
from interfaces.web.routes.account import ask_again
from interfaces.web.routes.entering import DoorPage, door_page, first_page

blueprint = Blueprint("passkeys", __name__)
BOTH = ["GET", "POST"]


@blueprint.route("/sign-in/passkey", methods=BOTH)
def enter() -> Response:
    site = _site()

    def asked() -> str:
        return _held(passkeys.asked_to_enter(the_door(), site)) if site else ""

    def go_in(typed: dict[str, Any]) -> Response:
        if site is None:
            raise NotFound
        let_in(passkeys.enter(the_door(), site, cookie(CHALLENGE), typed["answer"], browser=browser()))
        hand_over(CHALLENGE, "")
        return redirect(first_page(typed.get("onward") or ""), 303)

    if signed_in() is not None:
        return redirect(first_page(), 303)
    what = DoorPage(
        title="Sign in with a passkey",
        button="Use my passkey",
        form=forms.USE_PASSKEY,
        refused="This passkey does not let anybody in. Try again, or sign in with your password.",
        template="entering/passkey.html",
        more={"asked": asked, "here": site is not None},
    )
    return door_page(what, go_in)


@blueprint.route("/account/passkeys/new", methods=BOTH)
def new() -> Response:
    at, site = desk(), _site()

    def asked() -> str:
        return _held(passkeys.asked_to_make(the_door(), site, at.who)) if site else ""

    def keep(typed: dict[str, Any]) -> Response:
        if site is None:
            raise NotFound
        passkeys.keep(the_door(), site, at.who, cookie(CHALLENGE), typed["answer"], typed["called"])
        hand_over(CHALLENGE, "")
        flash("Your passkey is ready: next time you can sign in with it alone.")
        return redirect(url_for("account.mine"), 303)

    what = DoorPage(
        title="Add a passkey",
        button="Make the passkey",
        form=forms.NEW_PASSKEY,
        refused="The passkey was not kept. Try again.",
        template="account/passkey.html",
        more={"asked": asked, "here": site is not None},
    )
    return ask_again() or door_page(what, keep)


@blueprint.route("/account/passkeys/<digest:ref>/remove", methods=BOTH)
def remove(ref: str) -> Response:
    at, door = desk(), the_door()
    held = passkeys.find(door, at.who, ref)
    if held is None:
        raise NotFound

    def do(_: dict[str, Any]) -> Response:
        passkeys.remove(door, at.who, held, but=cookie(TOKEN))
        flash("The passkey is removed. Everywhere else you are signed out.")
        return redirect(url_for("account.mine"), 303)

    what = DoorPage(
        title=f"Remove the passkey “{held.name}”",
        button="Remove it: it lets nobody in any more",
        form=forms.NOTHING,
        template="account/form.html",
    )
    return ask_again() or door_page(what, do)


def _site() -> passkeys.Site | None:
    return passkeys.site_of(the_settings().web.origin, request.host_url)


def _held(given: tuple[str, str]) -> str:
    """What the browser is asked, once it holds by what its answer is known."""
    token, asked = given
    hand_over(CHALLENGE, token, passkeys.HOLDS)
    return asked
