"""Bodies of the API: one JSON object, read strictly; what it does not know, gives twice or cannot hold is refused."""

import json
import re
from typing import Any, NoReturn

from werkzeug.exceptions import UnsupportedMediaType
from werkzeug.wrappers import Request

from domain.errors import BadInput

DEEPEST = 20
COMMAND_ID = re.compile(r"[A-Za-z0-9_-]{8,64}", re.ASCII)
SEEN = re.compile(r"[0-9a-f]{64}|", re.ASCII)
SHAPES: dict[type, str] = {dict: "an object", str: "text"}


def read_body(request: Request, needed: dict[str, type], allowed: dict[str, type] | None = None) -> dict[str, Any]:
    """The body's object with these keys and no other.

    Raises:
        UnsupportedMediaType: for anything but JSON in UTF-8; BadInput: naming the field.
    """
    _require_json(request)
    body = _object(request.get_data())
    shapes = {**needed, **(allowed or {})}
    for key in body:
        if key not in shapes:
            raise BadInput(key, "There is no such field here. Take it out.")
    for key in needed:
        if key not in body:
            raise BadInput(key, "This is missing. Enter it.")
    for key, value in body.items():
        if not isinstance(value, shapes[key]):
            raise BadInput(key, f"This must be {SHAPES[shapes[key]]}.")
    if not COMMAND_ID.fullmatch(body.get("command_id", "")):
        raise BadInput("command_id", "Give each command a number of its own: 8 to 64 letters, digits, hyphens.")
    if not SEEN.fullmatch(body.get("seen", "")):
        raise BadInput("seen", "This is not the digest of a view. Take it from the case, or leave it out.")
    return body


def _require_json(request: Request) -> None:
    if request.mimetype != "application/json":
        raise UnsupportedMediaType("Send the body as application/json.")
    if request.mimetype_params.get("charset", "utf-8").lower() != "utf-8":
        raise UnsupportedMediaType("Send the body in UTF-8, and name no other charset.")


def _object(data: bytes) -> dict[str, Any]:
    try:
        body = json.loads(data.decode("utf-8"), object_pairs_hook=_no_key_twice, parse_constant=_no_such_number)
        _not_deep(body, 0)
    except UnicodeDecodeError:
        raise BadInput("", "The body is not UTF-8. Send it again in UTF-8.") from None
    except RecursionError:
        raise _too_deep() from None
    except ValueError:
        raise BadInput("", "The body is not JSON. Check it and send it again.") from None
    if not isinstance(body, dict):
        raise BadInput("", "The body must be an object.")
    return body


def _no_key_twice(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise BadInput(key, "This field is given twice. Give it once.")
        found[key] = value
    return found


def _no_such_number(name: str) -> NoReturn:
    raise ValueError(name)


def _not_deep(value: Any, depth: int) -> None:
    if depth > DEEPEST:
        raise _too_deep()
    inside = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    for one in inside:
        _not_deep(one, depth + 1)


def _too_deep() -> BadInput:
    return BadInput("", "This is nested deeper than any form of the hub.")
