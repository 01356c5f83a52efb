"""Read what arrives from outside into a command: unknown fields, wrong shapes and unprintable text are refused."""

import re
from datetime import date
from functools import cache
from typing import Any, TypeVar

import msgspec

from domain.errors import BadInput
from domain.record import Command, prepared

C = TypeVar("C", bound=Command)
LONGEST = 20_000
MOST = 500
_WHERE = re.compile(r" - at `\$\.?(?P<path>[^`]*)`$")
_COMMAND_ID = re.compile(r"[^\x00-\x1f\x7f~\ud800-\udfff]{8,64}")
_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


def read_command(kind: type[C], data: dict[str, Any]) -> C:
    """`data` as a command of that kind.

    Raises:
        BadInput: naming the field, for an unknown or missing field, a wrong shape, or text no page could show.
    """
    try:
        _refuse_unshowable(data, "")
        command = msgspec.convert(data, prepared(kind), strict=True)
    except msgspec.ValidationError as error:
        raise _named(str(error)) from None
    except (OverflowError, RecursionError):
        raise BadInput("", "This is larger than any form of the hub. Shorten it.") from None
    for name, encoded in _fields(kind):
        value = getattr(command, name)
        if isinstance(value, date) and not 1900 <= value.year <= 2200:
            raise BadInput(encoded, "This year cannot be right. Check it.")
    return command


@cache
def _fields(kind: type[Command]) -> tuple[tuple[str, str], ...]:
    return tuple((field.name, field.encode_name) for field in msgspec.structs.fields(kind))


def require_text(value: Any, field: str, longest: int = LONGEST) -> str:
    """A text that comes beside a command.

    Raises:
        BadInput: naming the field, when it is not a text, is too long, or holds what no page could show.
    """
    if not isinstance(value, str):
        raise BadInput(field, "This is not a text. Type it again.")
    if len(value) > longest:
        raise BadInput(field, f"This is too long; at most {longest} characters. Shorten it.")
    _refuse_unshowable(value, field)
    return value


def require_command_id(command_id: str) -> None:
    """Raises: BadInput: when the client gave no usable id, so that a repetition could not be told from a new act."""
    if not isinstance(command_id, str) or not _COMMAND_ID.fullmatch(command_id):
        raise BadInput("command_id", "The form has lost its number. Reload the page; what you typed stays.")


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
        return "Begin with a letter or digit; then use letters, digits, points, hyphens, underscores; forty at most."
    if "Invalid enum value" in plain:
        return "This is not one of the choices. Choose one from the list."
    if "datetime" in plain or "date" in plain:
        return "This is not a date and time in the calendar, with its zone. Check it."
    return f"This cannot be read ({plain}). Check it."


def _refuse_unshowable(value: Any, path: str) -> None:
    """Text no page could show, and more of anything than a form of the hub would ever hold."""
    match value:
        case str():
            if len(value) > LONGEST:
                raise BadInput(path, f"This is too long; at most {LONGEST} characters. Shorten it.")
            if _UNPRINTABLE.search(value):
                raise BadInput(path, "This holds characters that cannot be shown. Type it again, or paste plain text.")
        case dict():
            for key, inner in value.items():
                if _UNPRINTABLE.search(str(key)):
                    raise BadInput(path, "A field's name holds characters that cannot be shown.")
                _refuse_unshowable(inner, f"{path}.{key}" if path else str(key))
        case list() | tuple():
            if len(value) > MOST:
                raise BadInput(path, f"These are too many; at most {MOST} at a time.")
            for inner in value:
                _refuse_unshowable(inner, path)
