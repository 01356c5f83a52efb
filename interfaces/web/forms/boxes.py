"""Boxes: what a single named input of a page may post, as marshmallow fields that refuse rather than guess."""

import re
from collections.abc import Mapping
from typing import Any

from marshmallow import Schema, ValidationError, fields

LONGEST = 20_000
_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffd]")
NO_SUCH_BOX = "There is no such field here. Go back to the page and fill it in again."


class Box(fields.Field[str]):
    """One input: posted once at most, text that can be shown, no longer than the record takes."""

    def __init__(self, longest: int = LONGEST) -> None:
        super().__init__()
        self.longest = longest

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> str:
        if len(value) > 1:
            raise ValidationError("This was given more than once. Give it once.")
        return _text(value[0], self.longest)


class Ticks(fields.Field[list[str]]):
    """A group of checkboxes: each value once."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> list[str]:
        if len(set(value)) != len(value):
            raise ValidationError("The same choice was given twice. Tick it once.")
        return [_text(one, 500) for one in value]


def _text(value: str, longest: int) -> str:
    if _UNPRINTABLE.search(value):
        raise ValidationError("This holds characters that cannot be shown. Type it again, or paste it as plain text.")
    plain = value.replace("\r\n", "\n").replace("\r", "\n").strip()
    if len(plain) > longest:
        raise ValidationError(f"This is too long; at most {longest} characters. Shorten it.")
    return plain


def load(
    boxes: Mapping[str, fields.Field[Any]], posted: Mapping[str, list[str]]
) -> tuple[dict[str, Any], dict[str, str]]:
    """What the boxes hold, and what is wrong by box; the first unknown key is refused (marshmallow's RAISE)."""
    unknown = next((key for key in posted if key not in boxes), None)
    schema = Schema.from_dict(dict(boxes), name="Posted")()
    schema.error_messages = {"unknown": NO_SUCH_BOX}
    try:
        return dict(schema.load({key: posted[key] for key in posted if key in boxes or key == unknown})), {}
    except ValidationError as wrong:
        messages = wrong.messages if isinstance(wrong.messages, dict) else {"": wrong.messages}
        return dict(wrong.valid_data or {}), {str(box): str(told[0]) for box, told in messages.items()}


def printable(text: str) -> str:
    """Typed text as it can be shown again: what cannot be shown is marked."""
    return _UNPRINTABLE.sub("\N{REPLACEMENT CHARACTER}", text)
