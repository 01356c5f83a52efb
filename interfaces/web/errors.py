"""One table from errors to answers, as a page or, under /api, as problem+json (RFC 9457)."""

import json
import traceback

from flask import Flask, Response, current_app, g, render_template, request
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException, SecurityError

from domain.errors import (
    BadInput,
    CaseSealed,
    ChangedMeanwhile,
    NotFound,
    NotPermitted,
    NotProvenYet,
    NotRecorded,
    OutcomeUnknown,
    RecordUnreadable,
    RuleBroken,
    SafeguardingError,
)
from interfaces.web.drafting import to_send_again

STATUS: dict[type[Exception], int] = {
    BadInput: 422,
    NotFound: 404,
    NotPermitted: 403,
    RuleBroken: 409,
    ChangedMeanwhile: 409,
    NotProvenYet: 503,
    NotRecorded: 503,
    OutcomeUnknown: 503,
    RecordUnreadable: 503,
    SafeguardingError: 409,
    CSRFError: 403,
}
TITLES = {
    400: "The hub cannot read this",
    401: "Sign in first",
    403: "You cannot do this",
    404: "There is nothing here",
    405: "This cannot be done here",
    409: "This cannot be done as it stands",
    413: "This is too long",
    415: "The hub cannot read this",
    422: "Something needs to be put right",
    500: "Something went wrong in the hub",
    503: "The hub shows nothing for now",
}
TITLES_OF: dict[type[Exception], str] = {
    CaseSealed: "This case is sealed",
    OutcomeUnknown: "It is not known whether this was saved",
}
DETAILS = {
    400: "The request cannot be read. Go back, reload the page and try again.",
    403: "The page had been open for too long, or did not come from this hub. Reload it, then send the form again.",
    404: NotFound.what_to_do,
    405: "This page is for another purpose. Go back, and use its links and buttons.",
    413: "What you sent is longer, or has more fields, than any form of the hub. Shorten it, then send it again.",
    500: "It is not your doing, and nothing of it is stored. Try again; if it goes on, telephone the lead agency.",
}


def status_of(error: Exception) -> int:
    """The answer's status: by the nearest class in the table, else the error's own, else 500."""
    for kind in type(error).__mro__:
        if kind in STATUS:
            return STATUS[kind]
    return error.code or 500 if isinstance(error, HTTPException) else 500


def answer(error: Exception) -> Response:
    """What the person gets: the refusal and what to do next, and nothing else of the error."""
    status = status_of(error)
    if isinstance(error, SecurityError):
        return Response(DETAILS[status], status, mimetype="text/plain")  # under a name not ours no address can be made
    if status == 500:
        _log(error)
    refused = isinstance(error, SafeguardingError)
    detail = str(error) if refused else DETAILS.get(status) or getattr(error, "description", "") or DETAILS[400]
    field = error.field if isinstance(error, BadInput) else ""
    code = error.code if isinstance(error, SafeguardingError) else _code(error)
    title = TITLES_OF.get(type(error)) or TITLES.get(status, TITLES[400])
    if request.path.startswith("/api/"):
        problem = {"type": "about:blank", "title": title, "status": status, "code": code, "detail": detail}
        response = Response(
            json.dumps(problem | ({"field": field} if field else {})), status, mimetype="application/problem+json"
        )
    else:
        said = {"title": title, "detail": detail, "field": field, "status": status, "onward": _onward()}
        said["again"] = to_send_again() if status >= 500 else []
        response = Response(_page(said), status)
    if isinstance(error, HTTPException):
        for name, value in error.get_headers():
            if name in ("Allow", "Retry-After"):
                response.headers[name] = value
    return response


def _page(said: dict[str, object]) -> str:
    """With who is looking at its head; where that cannot be read either, the page stands all the same."""
    try:
        return render_template("refused.html", **said)
    except Exception as error:
        _log(error)
        g.of_nobody = True
        return render_template("refused.html", **said)


def _onward() -> str | None:
    """The page that was asked for, to go on to after signing in; a form that was sent is given back on its own page."""
    return request.path if request.url_rule is not None and request.method in ("GET", "POST") else None


def _code(error: Exception) -> str:
    if isinstance(error, CSRFError):
        return "csrf"
    return error.name.lower().replace(" ", "_") if isinstance(error, HTTPException) else "internal_error"


def _log(error: Exception) -> None:
    """Where it happened, without a word of what was being handled."""
    where = "".join(traceback.format_tb(error.__traceback__))
    current_app.logger.error("%s at %s\n%s", type(error).__name__, request.endpoint, where)


def install(app: Flask) -> None:
    app.register_error_handler(Exception, answer)
