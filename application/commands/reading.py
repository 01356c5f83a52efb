"""Read what arrives from outside into a command: unknown fields, wrong shapes and unprintable text are refused."""

import re
from typing import Any, TypeVar

import msgspec

from domain.errors import BadInput
from domain.record import Command

C = TypeVar("C", bound=Command)
_WHERE = re.compile(r" - at `\$\.?(?P<path>[^`]*)`$")
_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


def read_command(kind: type[C], data: dict[str, Any]) -> C:
    """`data` as a command of that kind.

    Raises:
        BadInput: naming the field, for an unknown or missing field, a wrong shape, or text no page could show.
    """
    _refuse_unprintable(data, "")
    try:
        return msgspec.convert(data, kind, strict=True)
    except msgspec.ValidationError as error:
        raise _named(str(error)) from None
    except (OverflowError, RecursionError):
        raise BadInput("", "This is larger than any form of the hub. Shorten it.") from None


def _named(message: str) -> BadInput:
    found = _WHERE.search(message)
    path = found["path"] if found else ""
    plain = message[: found.start()] if found else message
    for words in ("contains unknown field", "missing required field"):
        if words in plain:
            field = plain.split("`")[1]
            path = f"{path}.{field}" if path else field
    return BadInput(path, f"{_friendly(plain)}")


def _friendly(plain: str) -> str:
    if "length <=" in plain:
        return f"This is too long; at most {plain.split('<=')[1].strip()} characters. Shorten it."
    if "length >= 1" in plain:
        return "This is empty. Enter something, or leave the field out."
    if "unknown field" in plain:
        return "There is no such field here. Take it out."
    if "missing required" in plain:
        return "This is missing. Enter it."
    if "matching regex" in plain:
        return "Use letters, digits, points, hyphens and underscores only, forty at most."
    if "Invalid enum value" in plain:
        return "This is not one of the choices. Choose one from the list."
    if "datetime" in plain or "date" in plain:
        return "This is not a date and time in the calendar, with its zone. Check it."
    return f"This cannot be read ({plain}). Check it."


def _refuse_unprintable(value: Any, path: str) -> None:
    match value:
        case str():
            if _UNPRINTABLE.search(value):
                raise BadInput(path, "This holds characters that cannot be shown. Type it again, or paste it as plain text.")
        case dict():
            for key, inner in value.items():
                if _UNPRINTABLE.search(str(key)):
                    raise BadInput(path, "A field's name holds characters that cannot be shown.")
                _refuse_unprintable(inner, f"{path}.{key}" if path else str(key))
        case list() | tuple():
            for inner in value:
                _refuse_unprintable(inner, path)
