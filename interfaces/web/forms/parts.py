"""Parts of a form, one class per kind: each reads its own boxes and feeds the GOV.UK macro that shows it."""

import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

import msgspec
from markupsafe import Markup
from marshmallow import fields

from interfaces.web.forms.boxes import Box, Ticks, printable
from interfaces.web.words import breakable

Typed = Mapping[str, list[str]]
"""What was typed, by box."""

IN_THE_DIRECTORY = {"data-directory": "true"}
"""Marks a list of the partnership's agencies or people: names on it say nothing about a case."""

NOT_A_CHOICE = "This is not one of the choices. Choose one from the list."


class Wrong(Exception):
    """A part cannot be read as it stands; `box` is where to put it right."""

    def __init__(self, box: str, message: str) -> None:
        super().__init__(message)
        self.box = box
        self.message = message


class Shown(msgspec.Struct, frozen=True):
    """A part laid out: which macro shows it, with which parameters."""

    kind: str
    params: dict[str, Any]


class Option(msgspec.Struct, frozen=True):
    """One choice; an option without a value is a divider between the others."""

    value: str
    text: str
    hint: str = ""


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """A question of a form. `needed` is what is said when it is left empty; without it the part may be. One that
    `heads` its part of the page has a heading for its legend."""

    name: str
    label: str = ""
    hint: str = ""
    needed: str = ""
    heads: bool = False

    @property
    def boxes(self) -> dict[str, fields.Field[Any]]:
        return {self.name: Box()}

    @property
    def first_box(self) -> str:
        """The box an error about the whole part links to."""
        return next(iter(self.boxes))

    def read(self, given: Mapping[str, Any], zone: ZoneInfo) -> Any:
        """The part's value for the command; None when it was left empty.

        Raises:
            Wrong: naming the box.
        """
        value = given.get(self.name, "")
        if not value and self.needed:
            raise Wrong(self.first_box, self.needed)
        return value or None

    def typed_for(self, value: Any, zone: ZoneInfo) -> dict[str, list[str]]:
        """The boxes as they stand when `value` is the answer: for a form that begins with what is on record."""
        return {self.name: [str(value)]} if value not in (None, "") else {}

    def said(self, typed: Typed) -> str:
        """What was typed into the part, in words."""
        return " ".join(filter(None, (_first(typed, box) for box in self.boxes)))

    def shown(self, typed: Typed, errors: Mapping[str, str]) -> Shown:
        """The part laid out with what was typed; every kind of part says how, and this is none."""
        raise NotImplementedError

    def _params(self, errors: Mapping[str, str]) -> dict[str, Any]:
        params: dict[str, Any] = {"name": self.name, "id": self.name}
        if self.hint:
            params["hint"] = {"text": self.hint}
        if self.name in errors:
            params["errorMessage"] = {"text": errors[self.name]}
        return params

    def _legend(self) -> dict[str, Any]:
        words = breakable(self.label)
        if not self.heads:
            return {"legend": {"html": words, "classes": "govuk-fieldset__legend--s"}}
        heading = Markup('<h2 class="govuk-fieldset__heading">{}</h2>').format(words)
        return {"legend": {"html": heading, "classes": "govuk-fieldset__legend--m"}}

    def _label(self) -> dict[str, str]:
        return {"text": self.label, "classes": "govuk-label--s"}


class Hidden(Part, frozen=True, kw_only=True):
    """A value the page carries along; nobody types or sees it."""

    def shown(self, typed: Typed, errors: Mapping[str, str]) -> Shown:
        return Shown("hidden", {"name": self.name, "value": _first(typed, self.name)})


class Text(Part, frozen=True, kw_only=True):
    """One line."""

    longest: int = 500
    width: str = "govuk-!-width-two-thirds"

    @property
    def boxes(self) -> dict[str, fields.Field[Any]]:
        return {self.name: Box(self.longest)}

    def shown(self, typed: Typed, errors: Mapping[str, str]) -> Shown:
        params = self._params(errors)
        more = {"label": self._label(), "value": _first(typed, self.name), "classes": self.width, "autocomplete": "off"}
        return Shown("input", params | more)


class LongText(Part, frozen=True, kw_only=True):
    """Several lines."""

    rows: int = 4

    def shown(self, typed: Typed, errors: Mapping[str, str]) -> Shown:
        params = self._params(errors)
        return Shown(
            "textarea", params | {"label": self._label(), "value": _first(typed, self.name), "rows": self.rows}
        )


class Number(Text, frozen=True, kw_only=True):
    """A whole number within bounds."""

    least: int = 0
    most: int = 130
    width: str = "govuk-input--width-4"

    def read(self, given: Mapping[str, Any], zone: ZoneInfo) -> Any:
        text = Part.read(self, given, zone)
        if text is None:
            return None
        number = _number(text, 9)
        if number is None or not self.least <= number <= self.most:
            raise Wrong(self.name, f"Enter a whole number from {self.least} to {self.most}.")
        return number


class Choice(Part, frozen=True, kw_only=True):
    """One of several. A list that depends on the case is `open`: the hub itself answers for what is no longer on it."""

    options: tuple[Option, ...]
    open: bool = False
    numbers: bool = False
    dropdown: bool = False
    directory: bool = False
    nothing: str = "None"
    """What a drop-down that may be left alone begins with."""

    def read(self, given: Mapping[str, Any], zone: ZoneInfo) -> Any:
        value = Part.read(self, given, zone)
        if value is None:
            return None
        if not self.open and value not in {option.value for option in self.options}:
            raise Wrong(self.name, NOT_A_CHOICE)
        return int(value) if self.numbers else value

    def said(self, typed: Typed) -> str:
        return _chosen(self.options, [_first(typed, self.name)])

    def shown(self, typed: Typed, errors: Mapping[str, str]) -> Shown:
        value = _first(typed, self.name)
        items = [_item(option, option.value == value) for option in self.options]
        params = self._params(errors)
        if self.dropdown:
            for item in items:
                item["selected"] = item.pop("checked", False)
                item.pop("html", None)
            first = {"value": "", "text": "Choose one" if self.needed else self.nothing}
            marked = {"attributes": IN_THE_DIRECTORY} if self.directory else {}
            return Shown("select", params | marked | {"label": self._label(), "items": [first, *items]})
        fieldset = self._legend() | ({"attributes": IN_THE_DIRECTORY} if self.directory else {})
        return Shown("radios", params | {"idPrefix": self.name, "fieldset": fieldset, "items": items})


class Choices(Part, frozen=True, kw_only=True):
    """Any of several."""

    options: tuple[Option, ...]
    open: bool = False
    directory: bool = False
    small: bool = False

    @property
    def boxes(self) -> dict[str, fields.Field[Any]]:
        return {self.name: Ticks()}

    def read(self, given: Mapping[str, Any], zone: ZoneInfo) -> Any:
        values: list[str] = [value for value in given.get(self.name, []) if value]
        if not values and self.needed:
            raise Wrong(self.name, self.needed)
        if not self.open and not set(values) <= {option.value for option in self.options}:
            raise Wrong(self.name, NOT_A_CHOICE)
        return values

    def typed_for(self, value: Any, zone: ZoneInfo) -> dict[str, list[str]]:
        return {self.name: [str(one) for one in value or ()]}

    def said(self, typed: Typed) -> str:
        return _chosen(self.options, typed.get(self.name, []))

    def shown(self, typed: Typed, errors: Mapping[str, str]) -> Shown:
        ticked = typed.get(self.name, [])
        items = [_item(option, option.value in ticked) for option in self.options]
        fieldset = self._legend() | ({"attributes": IN_THE_DIRECTORY} if self.directory else {})
        more: dict[str, Any] = {"idPrefix": self.name, "fieldset": fieldset, "items": items}
        if self.small:
            more["classes"] = "govuk-checkboxes--small"
        return Shown("checkboxes", self._params(errors) | more)


class YesNo(Part, frozen=True, kw_only=True):
    """Yes or no; where it may be left open, nothing is said, or `unsaid` is chosen."""

    yes: str = "Yes"
    no: str = "No"
    unsaid: str = ""

    def read(self, given: Mapping[str, Any], zone: ZoneInfo) -> Any:
        value = Part.read(self, given, zone)
        if self.unsaid and value == "unsaid":
            return None
        if value not in (None, "yes", "no"):
            raise Wrong(self.name, "Choose yes or no.")
        return None if value is None else value == "yes"

    def typed_for(self, value: Any, zone: ZoneInfo) -> dict[str, list[str]]:
        return {} if value is None else {self.name: ["yes" if value else "no"]}

    def said(self, typed: Typed) -> str:
        return {"yes": self.yes, "no": self.no, "unsaid": self.unsaid}.get(_first(typed, self.name), "")

    def shown(self, typed: Typed, errors: Mapping[str, str]) -> Shown:
        value = _first(typed, self.name)
        answers = [("yes", self.yes), ("no", self.no), *([("unsaid", self.unsaid)] if self.unsaid else [])]
        items = [_item(Option(key, text), key == value) for key, text in answers]
        more = {"idPrefix": self.name, "fieldset": self._legend(), "items": items}
        return Shown("radios", self._params(errors) | more)


class Day(Part, frozen=True, kw_only=True):
    """A day of the calendar in three boxes; `loose` lets the day, or day and time, be left out."""

    PARTS: ClassVar[tuple[tuple[str, str, str], ...]] = (
        ("day", "Day", "govuk-input--width-2"),
        ("month", "Month", "govuk-input--width-2"),
        ("year", "Year", "govuk-input--width-4"),
    )

    @property
    def parts(self) -> tuple[tuple[str, str, str], ...]:
        return self.PARTS

    @property
    def boxes(self) -> dict[str, fields.Field[Any]]:
        return {f"{self.name}-{key}": Box() for key, _, _ in self.parts}

    def read(self, given: Mapping[str, Any], zone: ZoneInfo) -> Any:
        day = self._day(given)
        return day.isoformat() if day else None

    def typed_for(self, value: Any, zone: ZoneInfo) -> dict[str, list[str]]:
        if not value:
            return {}
        text = value.isoformat() if isinstance(value, date) else str(value)
        year, month, day, *_ = [*text[:10].split("-"), ""]
        typed = {"year": year, "month": month, "day": day, "time": text[11:16]}
        return {f"{self.name}-{key}": [typed[key]] for key, _, _ in self.parts if typed[key]}

    def _given(self, given: Mapping[str, Any]) -> dict[str, str]:
        return {key: given.get(f"{self.name}-{key}", "") for key, _, _ in self.parts}

    def _empty(self, values: Mapping[str, str]) -> bool:
        if any(values.values()):
            return False
        if self.needed:
            raise Wrong(self.first_box, self.needed)
        return True

    def _day(self, given: Mapping[str, Any]) -> date | None:
        values = self._given(given)
        if self._empty(values):
            return None
        numbers = {key: self._part(values, key) for key in ("day", "month", "year")}
        return self._calendar(numbers["year"], numbers["month"], numbers["day"])

    def _part(self, values: Mapping[str, str], key: str) -> int:
        box = f"{self.name}-{key}"
        if not values[key]:
            raise Wrong(box, f"The {key} is missing. Enter it as a number.")
        number = _number(values[key], 4)
        if number is None:
            raise Wrong(box, f"The {key} must be a number, such as {'2026' if key == 'year' else '5'}. Check it.")
        return number

    def _calendar(self, year: int, month: int, day: int) -> date:
        if not 1900 <= year <= 2100:
            raise Wrong(f"{self.name}-year", "The year must have four numbers, such as 2026. Check it.")
        if not 1 <= month <= 12:
            raise Wrong(f"{self.name}-month", "The month must be a number from 1 to 12. Check it.")
        try:
            return date(year, month, day)
        except (ValueError, OverflowError):
            raise Wrong(
                f"{self.name}-day", "There is no such day in the calendar. Check day, month and year."
            ) from None

    def shown(self, typed: Typed, errors: Mapping[str, str]) -> Shown:
        wrong = {key for key, _, _ in self.parts if f"{self.name}-{key}" in errors}
        items = [
            {
                "name": key,
                "id": f"{self.name}-{key}",
                "label": label,
                "value": _first(typed, f"{self.name}-{key}"),
                "classes": width + (" govuk-input--error" if key in wrong else ""),
                "inputmode": "text" if key == "time" else "numeric",
            }
            for key, label, width in self.parts
        ]
        params: dict[str, Any] = {"id": self.name, "namePrefix": self.name, "fieldset": self._legend(), "items": items}
        if self.hint:
            params["hint"] = {"text": self.hint}
        messages = [errors[box] for box in (self.name, *self.boxes) if box in errors]
        if messages:
            params["errorMessage"] = {"text": messages[0]}
        return Shown("date", params)


class Moment(Day, frozen=True, kw_only=True):
    """A local day and time of the clock; read as a moment with its zone."""

    PARTS: ClassVar[tuple[tuple[str, str, str], ...]] = (*Day.PARTS, ("time", "Time", "govuk-input--width-4"))

    def read(self, given: Mapping[str, Any], zone: ZoneInfo) -> Any:
        day = self._day(given)
        if day is None:
            return None
        local = datetime.fromisoformat(
            f"{day.isoformat()}T{read_time(self._given(given)['time'], f'{self.name}-time')}"
        )
        aware = local.replace(tzinfo=zone)
        if aware.astimezone(ZoneInfo("UTC")).astimezone(zone).replace(tzinfo=None) != local:
            raise Wrong(f"{self.name}-time", "The clocks went forward over this time; it did not exist. Check it.")
        return aware.isoformat()

    def typed_for(self, value: Any, zone: ZoneInfo) -> dict[str, list[str]]:
        return Day.typed_for(self, value.astimezone(zone).isoformat() if isinstance(value, datetime) else value, zone)


class LooseMoment(Moment, frozen=True, kw_only=True):
    """A local time as exactly as it is known: a month, a day, or a day with its time; ISO text without a zone."""

    def read(self, given: Mapping[str, Any], zone: ZoneInfo) -> Any:
        values = self._given(given)
        if self._empty(values):
            return None
        year, month = self._part(values, "year"), self._part(values, "month")
        if not values["day"]:
            if values["time"]:
                raise Wrong(f"{self.name}-day", "You gave a time without its day. Enter the day, or take the time out.")
            return self._calendar(year, month, 1).isoformat()[:7]
        day = self._calendar(year, month, self._part(values, "day")).isoformat()
        return f"{day}T{read_time(values['time'], f'{self.name}-time')}" if values["time"] else day


def read_time(text: str, box: str) -> str:
    """Raises: Wrong: when the text is not a time of the day."""
    if not text:
        raise Wrong(box, "The time is missing. Enter it as 14:30.")
    found = re.fullmatch(r"([0-9]{1,2})[:.]([0-9]{2})", text)
    if not found or int(found[1]) > 23 or int(found[2]) > 59:
        raise Wrong(box, "This is not a time of the day. Enter it as 14:30.")
    return f"{int(found[1]):02}:{found[2]}:00"


def _number(text: str, digits: int) -> int | None:
    return int(text) if re.fullmatch(rf"[0-9]{{1,{digits}}}", text) else None


def _first(typed: Typed, box: str) -> str:
    values = typed.get(box) or [""]
    return printable(values[0])


def _chosen(options: tuple[Option, ...], values: list[str]) -> str:
    return "; ".join(option.text for option in options if option.value and option.value in values)


def _item(option: Option, checked: bool) -> dict[str, Any]:
    if not option.value and option.text and not option.hint:
        return {"divider": option.text}
    item: dict[str, Any] = {"value": option.value, "text": option.text, "checked": checked}
    if "/" in option.text:  # the macro escapes a text, and takes markup as it is
        item["html"] = breakable(option.text)
    if option.hint:
        item["hint"] = {"text": option.hint}
    return item
