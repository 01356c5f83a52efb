"""What is typed and not sent, for every form whose page says that it keeps it: saved, given back, thrown away."""

from collections.abc import Mapping
from contextlib import suppress
from typing import Any
from uuid import UUID

import msgspec
from flask import Flask, Response, current_app, flash, redirect, request, url_for
from flask_wtf.csrf import validate_csrf
from werkzeug.wrappers import Response as AnyResponse

from application.commands.drafting import discard_draft, draft_of, keep_draft
from application.ports import Draft
from domain.errors import SafeguardingError
from interfaces.web.auth import Desk, desk, ran_out, the_hub, the_settings

KEPT = "draft"
"""Carried by forms whose page keeps what is typed: no form with a password or a code in it does."""
NOT_TYPED = frozenset({"csrf_token", "step", "as_written", KEPT})
SAVE, AUTOSAVE, DISCARD = "save", "autosave", "discard"
INSTEAD = (SAVE, AUTOSAVE, DISCARD)
"""What is done instead of what the form is for."""
GOES_ON, SHOWN_AGAIN = 303, (200, 409, 422)
SAVED = "Saved for you alone. Nothing of it is on record yet: open the form again to go on with it."
DISCARDED = "What you had typed is thrown away."


def keep_instead() -> AnyResponse | None:
    """Before a form reaches its route: where it was sent to be kept or thrown away only, that is all that is done."""
    step = request.form.get("step") if _keeps() else None
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
    typed = {key: request.form.getlist(key) for key in request.form if key not in NOT_TYPED}
    keep_draft(at.hub, at.who, _page(), _case(), typed, command_id=request.form.get("command_id", ""))


def given_back(at: Desk) -> Draft | None:
    """What this person typed into this page before; asked for once the page itself has been handed over."""
    return draft_of(at.hub, at.who, _page(), _case())


def keep_or_let_go(response: AnyResponse) -> AnyResponse:
    """After its route: a form that was answered by going on is done; one that is shown again stays a draft."""
    if response.status_code in (GOES_ON, *SHOWN_AGAIN) and _keeps() and request.form.get("step") not in INSTEAD:
        at = desk()
        try:
            if response.status_code == GOES_ON:
                discard_draft(at.hub, at.who, _page())
            else:
                keep(at)
        except Exception as error:  # the answer stands: what was done is done, and what was typed is on the page
            current_app.logger.error("A draft was not kept as it should be: %s", type(error).__name__)
    return response


def rescued() -> bool:
    """Keep what came too late for its session, which had ended of itself; whether anything of the kind came.

    Answered alike whether or not the person still comes to the case: who does not has nothing given back either.
    """
    who = ran_out()
    if not who or not _keeps() or request.form.get("step") == DISCARD or not _has_its_token():
        return False
    with suppress(SafeguardingError):
        keep(Desk(the_hub(), the_settings(), who))
    return True


def to_send_again() -> list[tuple[str, str]]:
    """What was sent, with its number, for a page that cannot show its form: sent again it has one effect.

    Nothing of what came without the session's token: nobody is to send on what another site made up.
    """
    if not _keeps() or not _has_its_token():
        return []
    return [(name, value) for name, value in request.form.items(multi=True) if name != "csrf_token"]


def _has_its_token() -> bool:
    """Whether the form carries the token of this very session: nobody else's page put words into a draft."""
    try:
        validate_csrf(request.form.get("csrf_token"))
    except ValueError:
        return False
    return True


def _keeps() -> bool:
    return request.method == "POST" and request.endpoint is not None and KEPT in request.form


def _page() -> str:
    """What a draft is kept for: the page and what it is about, whatever its address."""
    about: Mapping[str, Any] = request.view_args or {}
    return msgspec.json.encode([request.endpoint, {name: str(about[name]) for name in sorted(about)}]).decode()


def _case() -> UUID | None:
    case_id = (request.view_args or {}).get("case_id")
    return case_id if isinstance(case_id, UUID) else None


def install(app: Flask) -> None:
    app.before_request(keep_instead)
    app.after_request(keep_or_let_go)
