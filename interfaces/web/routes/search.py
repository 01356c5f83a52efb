"""Search: a reason first, by POST, so that no name ever stands in an address."""

from datetime import date

from flask import Blueprint, request
from werkzeug.wrappers import Response

from application.queries import searching
from domain.errors import BadInput
from interfaces.web.auth import desk
from interfaces.web.forms.boxes import printable
from interfaces.web.pages import page

blueprint = Blueprint("search", __name__)
FIELDS = ("name", "born-day", "born-month", "born-year", "reason")


@blueprint.get("/search")
def form() -> Response:
    at = desk()
    searching.require_searching(at.hub, at.who)
    return page("search.html", values={}, errors={}, answer=None)


@blueprint.post("/search")
def answer() -> Response:
    at = desk()
    values = {field: request.form.get(field, "").strip() for field in FIELDS}
    typed = {field: printable(text) for field, text in values.items()}
    try:
        terms = {"name": values["name"], "date_of_birth": _born(values)}
        found = searching.search(at.hub, at.who, terms, values["reason"])
    except BadInput as wrong:
        field = wrong.field.removeprefix("terms.").replace("date_of_birth", "born-day")
        return page("search.html", 422, values=typed, errors={field: wrong.message}, answer=None)
    return page("search.html", values=typed, errors={}, answer=found)


def _born(values: dict[str, str]) -> str:
    """The date of birth as the record writes it; empty when nothing was entered.

    Raises:
        BadInput: naming the first box to put right.
    """
    parts = [values[field] for field in ("born-year", "born-month", "born-day")]
    if not any(parts):
        return ""
    try:
        if not all(part.isascii() and part.isdecimal() and len(part) <= 4 for part in parts):
            raise ValueError
        return date(*(int(part) for part in parts)).isoformat()
    except ValueError:
        told = "Enter a date of birth in the calendar, for example 31 1 2010, or leave it out."
        raise BadInput("born-day", told) from None
