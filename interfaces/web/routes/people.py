"""People and agencies, for the administrator: who works where, in which role, and how each account stands."""

from typing import Any

from flask import Blueprint, flash, redirect, request, url_for
from werkzeug.wrappers import Response

from application.commands.people import keep_directory
from application.queries.accounts_to_confirm import all_that_waits
from application.queries.acts_open_to_me import require_open
from domain.errors import BadInput, NotFound
from interfaces.signing_in import enrolment
from interfaces.signing_in.mail import NotSent
from interfaces.web.auth import desk, the_door, the_settings
from interfaces.web.forms import people as forms
from interfaces.web.forms.entering import NOTHING
from interfaces.web.forms.form import typed_in
from interfaces.web.forms.parts import Option
from interfaces.web.pages import new_command_id, page
from interfaces.web.routes.acting import number_in
from interfaces.web.routes.entering import DoorPage, door_page, show_again

blueprint = Blueprint("people", __name__, url_prefix="/people")
BOTH = ["GET", "POST"]
NOT_TAKEN = "The mail server did not take the message. Send it again in a moment."
SURE = {
    "disable_account": ("Disable this account", "Disable it: every session ends at once"),
    "enable_account": ("Enable this account", "Enable it"),
    "end_membership": ("This person leaves the agency", "End every role and session now"),
}


@blueprint.get("")
def everybody() -> Response:
    at = desk()
    require_open(at.hub, at.who, "register_person")
    directory = at.hub.directory()
    staff = {
        agency: [(reference(one.id), one) for one in directory.people.values() if one.agency == agency.id]
        for agency in directory.agencies.values()
    }
    return page(
        "people/everybody.html",
        staff=staff,
        enrolled={one for one in directory.people if the_door().accounts.is_among(one, _with_credentials())},
        waits=all_that_waits(at.hub),
        now=at.hub.now(),
    )


@blueprint.route("/new", methods=BOTH)
def new_person() -> Response:
    at = desk()
    require_open(at.hub, at.who, "register_person")

    def register(typed: dict[str, Any]) -> Response:
        command_id = _command_id()
        person = at.hub.reference_from(f"person:{command_id}")
        _keep("register_person", {"id": person, "job": "", **typed}, command_id)
        return redirect(url_for("people.one", person=reference(person)), 303)

    offered = tuple(Option(one.id, one.name) for one in at.hub.directory().agencies.values())
    return _form(DoorPage(title="Register a person", button="Register", form=forms.person_form(offered)), register)


@blueprint.route("/agencies/new", methods=BOTH)
def new_agency() -> Response:
    at = desk()
    require_open(at.hub, at.who, "register_agency")

    def register(typed: dict[str, Any]) -> Response:
        command_id = _command_id()
        _keep("register_agency", {"id": at.hub.reference_from(f"agency:{command_id}"), **typed}, command_id)
        return redirect(url_for("people.everybody"), 303)

    return _form(DoorPage(title="Register an agency", button="Register", form=forms.AGENCY), register)


@blueprint.get("/<digest:person>")
def one(person: str) -> Response:
    at, who = desk(), _person(person)
    found, agency = at.hub.person(who)
    accounts = the_door().accounts
    return page(
        "people/one.html",
        ref=person,
        found=found,
        agency=agency,
        email=accounts.email_of(who),
        enrolled=bool(accounts.credentials(who, "password", "identity")),
        waits=all_that_waits(at.hub).get(who),
        own=who == at.who,
        now=at.hub.now(),
    )


@blueprint.route("/<digest:person>/roles/give", methods=BOTH)
def give_role(person: str) -> Response:
    who = _person(person)

    def give(typed: dict[str, Any]) -> Response:
        span = forms.span(typed, the_settings().zone, desk().hub.now())
        _keep("give_role", {"person": who, "role": typed["role"], **span}, _command_id())
        return _done(person)

    return _form(DoorPage(title="Give a role", button="Give this role", form=forms.ROLE), give)


@blueprint.post("/<digest:person>/roles/end")
def end_role(person: str) -> Response:
    _keep("end_role", {"person": _person(person), "role": request.form.get("role", "")}, _command_id())
    return _done(person)


@blueprint.route("/<digest:person>/<ref:name>", methods=BOTH)
def account(person: str, name: str) -> Response:
    """Disable, enable, leave: said once more before it is done."""
    who = _person(person)
    if name not in SURE:
        raise NotFound

    def do(_: dict[str, Any]) -> Response:
        _keep(name, {"person": who}, _command_id())
        if name != "enable_account":
            the_door().end_all(who, "may_not_enter", by=desk().who)
        return _done(person)

    title, button = SURE[name]
    return _form(DoorPage(title=title, button=button, form=NOTHING), do, who=who)


@blueprint.route("/<digest:person>/invite", methods=BOTH)
def invite(person: str) -> Response:
    """The link goes to the person; whoever starts this sees nothing of it."""
    who, door, at = _person(person), the_door(), desk()
    if at.settings.mail is None:
        return page("people/no_mail.html", ref=person)

    def send(typed: dict[str, Any]) -> Response:
        link = enrolment.start(door, at.who, who, typed["email"], command_id=_command_id())
        if link:
            enrolment.send(door, at.who, who, _address(link))
        flash("The link is on its way. It works once, within 24 hours.")
        return redirect(url_for("people.one", person=person), 303)

    again = bool(door.accounts.credentials(who, "password", "identity"))
    what = DoorPage(
        title="Reset this account" if again else "Invite this person",
        button="End all sessions and send a link" if again else "Send the link",
        form=forms.INVITE,
    )
    begun = {"email": [door.accounts.email_of(who)]}
    try:
        return _form(what, send, who=who, warn=again, begun=begun)
    except NotSent:
        typed = {**typed_in(request.form), "command_id": [new_command_id()]}  # that number is used up
        return show_again(_laid_out(what, who=who, warn=again), typed, BadInput("email", NOT_TAKEN))


def _address(link: str) -> str:
    """The link as it goes out, under the hub's own address and never one that a browser named."""
    path = url_for("enrolling.link", token=link)
    return f"{the_settings().web.origin or request.host_url.rstrip('/')}{path}"


def _form(what: DoorPage, do: Any, **more: Any) -> Response:
    return door_page(_laid_out(what, **more), do)


def _laid_out(what: DoorPage, **more: Any) -> DoorPage:
    begun = more.pop("begun", {})
    return DoorPage(
        title=what.title, button=what.button, form=what.form, template="people/form.html", more=more, begun=begun
    )


def _keep(name: str, data: dict[str, Any], command_id: str) -> None:
    keep_directory(desk().hub, desk().who, name, data, command_id=command_id)


def _command_id() -> str:
    return number_in(typed_in(request.form))


def _done(person: str) -> Response:
    flash("Done. It is on record.")
    return redirect(url_for("people.one", person=person), 303)


def reference(person: str) -> str:
    """By what a person is called in an address: nothing of the person is in it."""
    return desk().hub.blind.key("a person in an address", person)


def _person(ref: str) -> str:
    """Raises: RoleMissing, NotFound."""
    at = desk()
    require_open(at.hub, at.who, "register_person")
    found = next((one for one in at.hub.directory().people if reference(one) == ref), None)
    if found is None:
        raise NotFound
    return found


def _with_credentials() -> set[bytes]:
    """Whoever chose a password, or comes in by the agency's own sign-in."""
    return the_door().accounts.enrolled("password") | the_door().accounts.enrolled("identity")
