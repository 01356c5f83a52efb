"""Puts the web face together: a factory, and nothing built at import."""

from collections.abc import MutableMapping
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from flask import Flask, g
from flask.templating import Environment
from flask_wtf.csrf import CSRFProtect
from jinja2 import ChoiceLoader, FileSystemLoader, PackageLoader, PrefixLoader

from application.hub import Hub
from application.queries.accounts_to_confirm import accounts_to_confirm, administers
from application.queries.searching import works_on_cases
from interfaces.bootstrap import build_door
from interfaces.settings import Settings
from interfaces.signing_in.door import Door
from interfaces.web import auth, drafting, errors, gate, headers, pages
from interfaces.web.converters import CONVERTERS
from interfaces.web.posted import MOST_FIELDS, PostedRequest
from interfaces.web.routes import BLUEPRINTS

LARGEST_REQUEST = 4 * 1024 * 1024  # far more than any field takes: what is too long is refused at its field
LOOPBACK_NAMES = ["127.0.0.1", "localhost", "[::1]"]


class Templates(Environment):
    """Their globals lie in one dictionary, to which nothing is added once a template is loaded.

    At every import, of which the components of a form make hundreds, jinja asks which globals two templates do not
    share; of its own chain of maps that takes longer than the component.
    """

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        return {**self.globals, **(d or {})}


def create_app(hub: Hub, settings: Settings, door: Door | None = None) -> Flask:
    """The face of a hub; its door is opened here unless one is handed over."""
    app = Flask(__name__, static_url_path=f"/static/{edition_of_static()}")
    app.request_class = PostedRequest
    app.jinja_environment = Templates
    app.config.update(
        SECRET_KEY=settings.session_key,
        MAX_CONTENT_LENGTH=LARGEST_REQUEST,
        MAX_FORM_MEMORY_SIZE=LARGEST_REQUEST,
        MAX_FORM_PARTS=MOST_FIELDS,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_PATH="/",
        WTF_CSRF_TIME_LIMIT=None,
        WTF_CSRF_SSL_STRICT=False,  # it asks for the Referer, which our pages do not send
        TRUSTED_HOSTS=trusted_hosts(settings),
    )
    auth.install(app)
    app.extensions["hub"] = hub
    app.extensions["hub door"] = door or build_door(hub, settings)
    app.extensions["hub settings"] = settings
    app.jinja_loader = ChoiceLoader(
        [
            FileSystemLoader(Path(__file__).with_name("templates")),
            PrefixLoader({"govuk_frontend_jinja": PackageLoader("govuk_frontend_jinja")}),
        ]
    )
    app.url_map.converters.update(CONVERTERS)
    headers.install(app)
    errors.install(app)
    gate.install(app)
    CSRFProtect(app)
    drafting.install(app)
    pages.install(app, hub, settings)
    app.context_processor(_reader)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    return app


@cache
def edition_of_static() -> str:
    """What styles, scripts and images are, in twelve digits of their address: other ones have another address."""
    files = sorted(path for path in Path(__file__).with_name("static").rglob("*") if path.is_file())
    return sha256(b"".join(sha256(path.read_bytes()).digest() for path in files)).hexdigest()[:12]


def trusted_hosts(settings: Settings) -> list[str]:
    """Names under which the hub answers: this machine's own, and those of the public address."""
    public = urlsplit(settings.web.origin).hostname
    return [*LOOPBACK_NAMES, *([public] if public else []), *settings.web.trusted_hosts]


def _reader() -> dict[str, Any]:
    """Who is looking and for which agency, for the head of the page only; on an error's page perhaps nobody."""
    who = None if g.get("of_nobody") else auth.signed_in()
    if who is None:
        return {"looking": None}
    person, agency = auth.the_hub().person(who)
    hub = auth.the_hub()
    may = {
        "people": administers(hub, who),
        "to_confirm": len(accounts_to_confirm(hub, who)),
        "searches": works_on_cases(hub, who),
    }
    return {"looking": {"name": person.name, "job": person.job, "agency": agency.name, **may}}
