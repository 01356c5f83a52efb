"""The gate: shut by default; a stranger gets 401 from everything but what is named here."""

from flask import Flask, request
from werkzeug.exceptions import SecurityError, Unauthorized

from interfaces.web.auth import signed_in

PUBLIC_ENDPOINTS = frozenset({"static", "home.people", "home.begin"})


def refuse_strangers() -> None:
    """Before every request, also to addresses that do not exist."""
    if isinstance(request.routing_exception, SecurityError):
        raise request.routing_exception
    if request.endpoint not in PUBLIC_ENDPOINTS and signed_in() is None:
        raise Unauthorized("Sign in first, then come back to this page.")


def install(app: Flask) -> None:
    app.before_request(refuse_strangers)
