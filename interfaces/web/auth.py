"""Who is signed in: sessions are kept by the hub, and a browser holds a token that can be ended any time."""

from dataclasses import dataclass
from datetime import timedelta

from flask import Flask, Request, after_this_request, current_app, g, request, session
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface
from flask_login import LoginManager, UserMixin, current_user
from werkzeug.wrappers import Response

from application.hub import Hub
from domain.errors import NotFound
from interfaces.settings import Settings
from interfaces.signing_in import browsers
from interfaces.signing_in.door import DEMO, HALF_WAY, Begun, Door, digest
from interfaces.storage.accounts import Session

TOKEN, PAGE, HALF, KNOWN, LINK = "hub", "hub-page", "hub-half", "hub-known", "hub-link"
"""Cookies: the session's token; what Flask keeps for the page; half-way in; a known browser; on the way from a link."""
CHALLENGE, ELSEWHERE = "hub-passkey", "hub-agency"
"""Cookies of a few minutes: what a passkey was asked; on the way back from the agency's own sign-in."""
BOUND = "of"


@dataclass(frozen=True)
class Desk:
    """What a route works with: the hub, its settings, and the person signed in."""

    hub: Hub
    settings: Settings
    who: str


class Account(UserMixin):  # type: ignore[misc]  # flask-login ships no types
    """Somebody signed in, in one session."""

    def __init__(self, held: Session) -> None:
        self.id = held.person
        self.held = held


class CookieForThisConnection(SecureCookieSessionInterface):
    """What Flask keeps for the page, in a signed cookie bound to host and session: another session's token is void."""

    def get_cookie_name(self, app: Flask) -> str:
        return cookie_name(PAGE)

    def get_cookie_secure(self, app: Flask) -> bool:
        return request.is_secure

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        held = super().open_session(app, request)
        bound = _bound_to(cookie(TOKEN))
        if held is None or held.get(BOUND, "") == bound:
            return held
        fresh: SecureCookieSession = self.session_class()
        fresh[BOUND] = bound
        return fresh


def _bound_to(token: str) -> str:
    return digest(token).hex()[:32] if token else ""


# ---- cookies


def cookie_name(of: str) -> str:
    """Over https a cookie is bound to the host by its name."""
    return f"__Host-{of}" if request.is_secure else of


def cookie(of: str) -> str:
    return request.cookies.get(cookie_name(of), "")[:4000]


def hand_over(of: str, value: str, lasts: timedelta | None = None) -> None:
    """Give the browser a cookie with this answer; an empty one takes it away."""
    name, secure = cookie_name(of), request.is_secure
    if not value and name not in request.cookies:
        return

    def add(response: Response) -> Response:
        if value:
            response.set_cookie(name, value, max_age=lasts, secure=secure, httponly=True, samesite="Lax")
        else:
            response.delete_cookie(name, secure=secure, httponly=True, samesite="Lax")
        return response

    after_this_request(add)


def browser() -> str:
    return browsers.in_words(request.headers.get("User-Agent", ""))


# ---- the hub and its door


def the_hub() -> Hub:
    hub: Hub = current_app.extensions["hub"]
    return hub


def the_settings() -> Settings:
    settings: Settings = current_app.extensions["hub settings"]
    return settings


def the_door() -> Door:
    door: Door = current_app.extensions["hub door"]
    return door


# ---- who it is


def _account_of(asking: Request) -> Account | None:
    held = the_door().session(cookie(TOKEN))
    return Account(held) if held is not None else None


def signed_in() -> str | None:
    """The id of the person whose session this is, if it goes on and the person may still be here."""
    return str(current_user.id) if current_user.is_authenticated else None


def this_session() -> bytes:
    """By what the session of this browser is known."""
    return digest(cookie(TOKEN))


def ran_out() -> str:
    """The id of the person whose session ended of itself, not by anybody's doing; empty for everybody else."""
    return the_door().ran_out(cookie(TOKEN))


def begins_a_draft() -> bool:
    """Whether the session that ran out may leave one more draft where there was none; each asking counts."""
    return the_door().begins_a_draft(cookie(TOKEN))


def desk() -> Desk:
    """The desk of the person signed in; the gate has seen to it that there is one."""
    who = signed_in()
    if who is None:
        raise NotFound
    return Desk(the_hub(), the_settings(), who)


def let_in(begun: Begun) -> None:
    """Hand a session that has begun over to this browser, which is a known one from now on."""
    door = the_door()
    session.clear()
    session[BOUND] = _bound_to(begun.token)
    hand_over(TOKEN, begun.token)
    hand_over(HALF, "")
    hand_over(LINK, "")
    hand_over(KNOWN, door.marked(cookie(KNOWN), begun.person), timedelta(seconds=browsers.KNOWN_FOR))
    g.pop("_login_user", None)


def half_way(token: str) -> None:
    hand_over(HALF, token, HALF_WAY)


def sign_in(who: str) -> None:
    """Begin a session for a person chosen in the demo.

    Raises:
        NotFound: when nobody of that name has an account, or this hub is no demo.
    """
    if the_settings().demo_stands_at is None:
        raise NotFound
    the_hub().person(who)
    let_in(the_door().begin(who, DEMO, browser()))


def sign_out() -> None:
    """End this browser's session; nothing of a case stays in it, whatever is pressed."""
    the_door().sign_out(cookie(TOKEN))
    session.clear()
    hand_over(TOKEN, "")
    g.pop("_login_user", None)

    @after_this_request
    def clear(answer: Response) -> Response:
        answer.headers["Clear-Site-Data"] = '"cache", "storage"'
        return answer


def install(app: Flask) -> None:
    app.session_interface = CookieForThisConnection()
    manager = LoginManager()
    manager.session_protection = None  # the session is the hub's own; nothing of it is in Flask's
    manager.request_loader(_account_of)
    manager.init_app(app, add_context_processor=False)
