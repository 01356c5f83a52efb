"""The gate: shut by default; a stranger gets 401 from everything but what is named here."""

from flask import Flask, request
from werkzeug.exceptions import SecurityError, Unauthorized

from domain.errors import NotConfirmedYet
from interfaces.web.auth import signed_in, the_hub
from interfaces.web.drafting import is_kept, rescued

PUBLIC_ENDPOINTS = frozenset(
    {
        "static",
        "home.people",
        "home.begin",
        "signing_in.first_step",
        "signing_in.second_step",
        "signing_in.recovery_code",
        "passkeys.enter",
        "single_sign_on.start",
        "single_sign_on.come_back",
        "single_sign_on.enrol",
        "enrolling.link",
        "enrolling.password",
        "enrolling.authenticator",
    }
)
KEPT_FOR_YOU = (
    "You were away for so long that you were signed out. What you typed is kept: sign in again, and you come back to "
    "it, or find it under My work. Nothing of it is on record yet."
)
NOT_KEPT = (
    "You were signed out. What you typed since your form was last saved is not kept; what was saved before waits for "
    "you on My work."
)
STRANGER = "Sign in first, then come back to this page."
WHILE_UNCONFIRMED = frozenset({"home.end", "guidance", "account"})
"""Endpoints and blueprints open to somebody whose manager has not confirmed the account yet, nor any role."""


def refuse_strangers() -> None:
    """Before every request, also to addresses that do not exist."""
    if isinstance(request.routing_exception, SecurityError):
        raise request.routing_exception
    if request.endpoint not in PUBLIC_ENDPOINTS and signed_in() is None:
        raise Unauthorized(KEPT_FOR_YOU if rescued() else NOT_KEPT if is_kept() else STRANGER)


def keep_the_unconfirmed_waiting() -> None:
    """Who has no role that a manager confirmed, or the account itself waits, comes to no page with a case on it."""
    who = signed_in() if request.endpoint not in PUBLIC_ENDPOINTS else None
    if who is None or not WHILE_UNCONFIRMED.isdisjoint({request.endpoint, request.blueprint}):
        return
    person, _ = the_hub().person(who)
    if not person.roles(the_hub().now()):
        raise NotConfirmedYet


def install(app: Flask) -> None:
    app.before_request(refuse_strangers)
    app.before_request(keep_the_unconfirmed_waiting)
