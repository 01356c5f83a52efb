"""Who is signed in: for now only a demo store lets anybody in, who then chooses whom to be."""

from dataclasses import dataclass

from flask import Flask, current_app, request, session
from flask.sessions import SecureCookieSessionInterface

from application.hub import Hub
from domain.errors import NotFound
from interfaces.settings import Settings

SIGNED_IN = "person"


@dataclass(frozen=True)
class Desk:
    """What a route works with: the hub, its settings, and the person signed in."""

    hub: Hub
    settings: Settings
    who: str


class CookieForThisConnection(SecureCookieSessionInterface):
    """A signed cookie that is bound to the host and to https wherever the connection is https."""

    def get_cookie_name(self, app: Flask) -> str:
        return "__Host-hub" if request.is_secure else "hub"

    def get_cookie_secure(self, app: Flask) -> bool:
        return request.is_secure


def the_hub() -> Hub:
    hub: Hub = current_app.extensions["hub"]
    return hub


def the_settings() -> Settings:
    settings: Settings = current_app.extensions["hub settings"]
    return settings


def signed_in() -> str | None:
    """The id of the person this browser has signed in as, if that person is still in the directory."""
    who = session.get(SIGNED_IN)
    if the_settings().demo_stands_at is None or not isinstance(who, str):
        return None
    return who if who in the_hub().directory().people else None


def desk() -> Desk:
    """The desk of the person signed in; the gate has seen to it that there is one."""
    who = signed_in()
    if who is None:
        raise NotFound
    return Desk(the_hub(), the_settings(), who)


def sign_in(who: str) -> None:
    """Begin a session of its own for this person.

    Raises:
        NotFound: when nobody of that name has an account, or this hub signs nobody in yet.
    """
    if the_settings().demo_stands_at is None:
        raise NotFound
    the_hub().person(who)
    session.clear()
    session[SIGNED_IN] = who


def sign_out() -> None:
    session.clear()
