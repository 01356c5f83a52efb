"""One way for every page at the door: show the form, try, and say alike whatever was wrong."""

import math
from collections.abc import Callable
from typing import Any

import msgspec
from flask import request, url_for
from werkzeug.wrappers import Response

from domain.errors import BadInput
from interfaces.signing_in.door import Refused, TooMany
from interfaces.signing_in.passwords import PasswordRefused
from interfaces.web.auth import the_door, the_settings
from interfaces.web.forms.form import Fault, Form, Unreadable, typed_in
from interfaces.web.pages import new_command_id, page
from interfaces.web.routes.acting import errors_of

WRONG = (Unreadable, Refused, TooMany, PasswordRefused, BadInput)


class DoorPage(msgspec.Struct, frozen=True, kw_only=True):
    """A page with one form; `refused` is what is said, at the box named, when what was typed lets nobody in."""

    title: str
    button: str
    form: Form
    refused: str = "This is not right. Try again."
    box: str = ""
    template: str = "entering/page.html"
    more: dict[str, Any] = {}
    begun: dict[str, list[str]] = {}


def door_page(what: DoorPage, do: Callable[[dict[str, Any]], Response]) -> Response:
    """The page for a GET; for a POST what `do` answers, or the page again with what is wrong."""
    if request.method == "GET":
        return show(what, {"onward": request.args.getlist("onward")[:1], **what.begun})
    typed = typed_in(request.form)
    try:
        return do(what.form.read(typed, the_settings().zone))
    except WRONG as wrong:
        return show_again(what, typed, wrong)


def show(what: DoorPage, typed: dict[str, list[str]], faults: list[Fault] | None = None, status: int = 200) -> Response:
    return page(
        what.template,
        status,
        title=what.title,
        button=what.button,
        sections=what.form.laid_out(typed, faults or []),
        errors=errors_of(faults or []),
        command_id=(typed.get("command_id") or [new_command_id()])[0],
        **what.more,
    )


def show_again(what: DoorPage, typed: dict[str, list[str]], wrong: Exception) -> Response:
    match wrong:
        case Unreadable():
            return show(what, typed, wrong.faults, 422)
        case BadInput():
            return show(what, typed, [what.form.fault(wrong)], 422)
        case PasswordRefused():
            return show(what, typed, [Fault("password", str(wrong))], 422)
        case TooMany():
            seconds = max(1, math.ceil((wrong.until - the_door().clock.now()).total_seconds()))
            minutes = math.ceil(seconds / 60)
            said = f"Too much was tried. Try again in {minutes} {'minute' if minutes == 1 else 'minutes'}."
            answer = show(what, typed, [Fault("", said)], 429)
            answer.headers["Retry-After"] = str(seconds)
            return answer
    return show(what, typed, [Fault(what.box, what.refused)], 422)


def first_page(onward: str = "") -> str:
    """Where a person goes who has just come in."""
    return onward or url_for("cases.mine")
