"""What is typed and not sent, for every form whose page says that it keeps it: saved, given back, thrown away."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import msgspec
from flask import Flask, Response, current_app, flash, redirect, request, url_for
from flask_wtf.csrf import validate_csrf
from werkzeug.routing import BuildError
from werkzeug.wrappers import Response as AnyResponse

from application.commands.drafting import discard_draft, draft_of, keep_draft, rescue_draft
from application.ports import Draft
from interfaces.web.auth import Desk, begins_a_draft, desk, ran_out, the_hub
from interfaces.web.words import WORDS

KEEPING = frozenset(WORDS["form"]) - {""}
"""Endpoints whose forms are kept: each has its name on the list of drafts, and none takes a password or a code."""
KEPT = "draft"
"""Carried by those of their forms that keep what is typed."""
BESIDE = "beside"
"""In the address of a form's second place: for what came without its author, where another draft stands."""
NOT_TYPED = frozenset({"csrf_token", "step", "as_written", KEPT})
SAVE, AUTOSAVE, DISCARD = "save", "autosave", "discard"
INSTEAD = (SAVE, AUTOSAVE, DISCARD)
"""What is done instead of what the form is for."""
GOES_ON, SHOWN_AGAIN = 303, (200, 409, 422)
SAVED = "Saved for you alone. Nothing of it is on record yet: you find it under My work, to go on with it."
DISCARDED = "What you had typed is thrown away."


class FormBegun(msgspec.Struct, frozen=True):
    """A form on its author's list: what it is called, where it is, and which of several."""

    name: str
    address: str = ""
    number: str = ""
    agency: str = ""


def keep_instead() -> AnyResponse | None:
    """Before a form reaches its route: where it was sent to be kept or thrown away only, that is all that is done."""
    step = request.form.get("step") if is_kept() else None
    if step not in INSTEAD:
        return None
    at = desk()
    if step == DISCARD:
        discard_draft(at.hub, at.who, _page())
        flash(DISCARDED)
        return redirect(request.path, 303)
    keep(at)
    if step == AUTOSAVE:
        return Response(status=204)
    flash(SAVED)
    case_id = _case()
    return redirect(url_for("cases.show", case_id=case_id) if case_id else url_for("cases.mine"), 303)


def keep(at: Desk) -> None:
    """Raises: NotFound, BadInput."""
    keep_draft(at.hub, at.who, _page(), _case(), _typed(), command_id=request.form.get("command_id", ""))


def given_back(at: Desk) -> Draft | None:
    """What this person typed into this page before; asked for once the page itself has been handed over."""
    return draft_of(at.hub, at.who, _page(), _case())


def keep_or_let_go(response: AnyResponse) -> AnyResponse:
    """After its route: a form that was answered by going on is done; one that is shown again stays a draft."""
    if response.status_code in (GOES_ON, *SHOWN_AGAIN) and is_kept() and request.form.get("step") not in INSTEAD:
        try:
            at = desk()
            if response.status_code == GOES_ON:
                discard_draft(at.hub, at.who, _page())
            else:
                keep(at)
        except Exception as error:  # the answer stands: what was done is done, and what was typed is on the page
            current_app.logger.error("A draft was not kept as it should be: %s", type(error).__name__)
    return response


def rescued() -> bool:
    """Keep what came too late for its session, which had ended of itself not long ago; whether it is kept."""
    who = ran_out()
    if not who or not is_kept() or request.form.get("step") == DISCARD or not _has_its_token():
        return False
    number, places = request.form.get("command_id", ""), (_page(), _page(beside=True))
    return rescue_draft(the_hub(), who, places, _case(), _typed(), command_id=number, may_begin=begins_a_draft)


def to_send_again() -> list[tuple[str, str]]:
    """What was sent, with its number, for a page that cannot show its form: sent again it has one effect.

    Nothing of what came without the session's token: nobody is to send on what another site made up.
    """
    if not is_kept() or not _has_its_token():
        return []
    return [(name, value) for name, value in request.form.items(multi=True) if name != "csrf_token"]


def _has_its_token() -> bool:
    """Whether the form carries the token of this very session: nobody else's page put words into a draft."""
    try:
        validate_csrf(request.form.get("csrf_token"))
    except ValueError:
        return False
    return True


def is_kept() -> bool:
    """Whether what was sent comes from a form whose page says that it keeps what is typed."""
    return request.method == "POST" and request.endpoint in KEEPING and KEPT in request.form


def _typed() -> dict[str, list[str]]:
    return {key: request.form.getlist(key) for key in request.form if key not in NOT_TYPED}


def _page(*, beside: bool = False) -> str:
    """What a draft is kept for: the page and what it is about, whatever its address; and whether beside another."""
    about: Mapping[str, Any] = request.view_args or {}
    if beside or request.args.get(BESIDE) == "yes":
        about = {**about, BESIDE: "yes"}
    return msgspec.json.encode([request.endpoint, {name: str(about[name]) for name in sorted(about)}]).decode()


def form_begun(page: str) -> FormBegun:
    """Raises nothing for a form of an earlier release: it is named as any, and leads nowhere."""
    endpoint, about = msgspec.json.decode(page, type=tuple[str, dict[str, Any]])
    names = WORDS["form"]
    try:
        address = url_for(endpoint, **about)
    except BuildError:
        return FormBegun(names[""])
    return FormBegun(names.get(endpoint, names[""]), address, about.get("number", ""), about.get("agency", ""))


def _case() -> UUID | None:
    case_id = (request.view_args or {}).get("case_id")
    return case_id if isinstance(case_id, UUID) else None


def install(app: Flask) -> None:
    app.before_request(keep_instead)
    app.after_request(keep_or_let_go)
    app.jinja_env.filters["form_begun"] = form_begun
