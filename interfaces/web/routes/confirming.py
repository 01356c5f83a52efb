"""Confirm whose hands an account is in, and its roles; and what happened at the door, for the administrator."""

from flask import Blueprint, flash, redirect, request, url_for
from werkzeug.wrappers import Response

from application.commands.people import keep_directory, sent_before
from application.queries.accounts_to_confirm import ToConfirm, accounts_to_confirm
from application.queries.acts_open_to_me import require_open
from application.queries.security_log import security_log
from domain.errors import BadInput, NotFound
from interfaces.web.auth import desk
from interfaces.web.forms.form import typed_in
from interfaces.web.pages import page
from interfaces.web.routes.acting import number_in
from interfaces.web.routes.people import reference

blueprint = Blueprint("confirming", __name__)


@blueprint.get("/accounts-to-confirm")
def waiting() -> Response:
    return page("people/to_confirm.html", waiting=[(reference(one.person), one) for one in _mine()])


@blueprint.post("/accounts-to-confirm")
def confirm() -> Response:
    """Raises: NotFound: for whoever does not wait for this person's word; sent again, it is done already."""
    at, given, number = desk(), request.form, number_in(typed_in(request.form))
    if sent_before(at.hub, at.who, number) is None:
        found = next((one for one in _mine() if reference(one.person) == given.get("person")), None)
        if found is None:
            raise NotFound
        said = {"person": found.person, "seen": given.get("seen") or None}
        try:
            keep_directory(at.hub, at.who, "confirm_account", said, command_id=number)
        except BadInput as refused:
            flash(refused.message)
            return redirect(url_for("confirming.waiting"), 303)
    flash("Confirmed. It is on record that you made sure.")
    return redirect(url_for("confirming.waiting"), 303)


@blueprint.get("/security-log")
def log() -> Response:
    at = desk()
    before = request.args.get("before", "")
    number = int(before) if before.isascii() and before.isdigit() and len(before) < 12 else 0
    return page("people/security_log.html", shown=security_log(at.hub, at.who, number))


def _mine() -> tuple[ToConfirm, ...]:
    """Whose accounts wait for this manager's word. Raises: RoleMissing."""
    at = desk()
    require_open(at.hub, at.who, "confirm_account")
    return accounts_to_confirm(at.hub, at.who)
