"""Pages: hands views to templates, with names from the directory and words people read; never asks who is looking."""

from collections.abc import Mapping
from datetime import datetime
from uuid import uuid4

from flask import Flask, Response, render_template, request, url_for

from application.hub import Hub
from domain.instrument import instrument
from domain.vocabulary import AgencyKind
from interfaces.settings import Settings
from interfaces.web import words


def page(template: str, /, status: int = 200, **context: object) -> Response:
    """A rendered page; `errors` maps the id of a field (or "") to what to put right there."""
    return Response(render_template(template, **context), status)


def new_command_id() -> str:
    """A number for one form as shown once; sent again, it has one effect."""
    return uuid4().hex


def people_by_agency(directory: Directory) -> list[tuple[Agency, list[Person]]]:
    """Everybody by agency, in the order in which they were registered."""
    return [
        (agency, [person for person in directory.people.values() if person.agency == agency.id])
        for agency in directory.agencies.values()
    ]


def install(app: Flask, hub: Hub, settings: Settings) -> None:
    """Give templates their words: filters for names and times, and what stands on every page."""

    def agency(value: str) -> str:
        known = hub.directory().agencies.get(value)
        return known.name if known else value

    def person(value: str) -> str:
        known = hub.directory().people.get(value)
        return known.name if known else value

    def local(value: datetime) -> str:
        return words.moment(value, settings.zone)

    def partnership() -> str:
        named = (one.name for one in hub.directory().agencies.values() if one.kind is AgencyKind.PARTNERSHIP)
        return next(named, "Safeguarding hub")

    app.jinja_env.filters.update(
        agency=agency,
        person=person,
        local=local,
        for_input=lambda value: words.for_input(value, settings.zone),
        word=words.word,
        ticked=words.ticked,
        ethnicity=words.ethnicity,
        box=words.box,
        day=words.day,
        stated=words.stated,
        kind=lambda value: type(value).__name__,
    )
    app.jinja_env.globals.update(
        new_command_id=new_command_id,
        partnership=partnership,
        contacts=instrument().take_action_now.contacts,
        demo=words.moment(settings.demo_stands_at, settings.zone) if settings.demo_stands_at else "",
    )


def as_at(settings: Settings) -> datetime | None:
    """The moment to look back to, from the address.

    Raises:
        BadInput
    """
    return words.read_moment(request.args.get("as_at", ""), settings.zone)


def address(endpoint: str, at: datetime | None, settings: Settings, **values: object) -> str:
    """The address of a reading page that carries the moment looked back to along."""
    carried: Mapping[str, object] = {"as_at": words.for_input(at, settings.zone)} if at else {}
    return url_for(endpoint, _anchor=None, _method=None, _scheme=None, _external=None, **values, **carried)
