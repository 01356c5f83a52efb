"""A person at a browser without scripts: opens a page, fills in its form as the page offers it, and sends it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

FORM_BUTTON = ("button", "submit")


@dataclass
class Control:
    """A named box of a form: what it would send now, and which values it offers (None: any text)."""

    name: str
    kind: str
    values: list[str] = field(default_factory=list)
    offered: list[str] | None = None


@dataclass
class PageForm:
    """A form as the page has it."""

    action: str
    controls: dict[str, Control] = field(default_factory=dict)
    buttons: list[tuple[str, str]] = field(default_factory=list)

    @property
    def values(self) -> dict[str, list[str]]:
        return {name: list(one.values) for name, one in self.controls.items() if one.values}

    def filled(self, answers: Mapping[str, str | list[str]]) -> dict[str, list[str]]:
        """What is sent when the boxes are filled in; a box or choice that the page does not offer cannot be."""
        sent = self.values
        for name, given in answers.items():
            control = self.controls[name]
            values = [given] if isinstance(given, str) else list(given)
            for value in values:
                assert control.offered is None or value in control.offered, f"{name} does not offer {value!r}"
            sent[name] = values
        return sent


class Forms(HTMLParser):
    """Reads the forms of a page whose only method is post."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[PageForm] = []
        self._form: PageForm | None = None
        self._open: Control | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._form = PageForm(given.get("action", ""))
            self.forms.append(self._form)
        elif self._form is not None and given.get("name"):
            self._control(self._form, tag, given)
        elif tag == "option" and self._open is not None and self._open.offered is not None:
            self._open.offered.append(given["value"])
            if "selected" in given:
                self._open.values = [given["value"]]

    def _control(self, form: PageForm, tag: str, given: dict[str, str]) -> None:
        name, kind = given["name"], given.get("type", tag)
        if tag == "button":
            form.buttons.append((name, given.get("value", "")))
            return
        control = form.controls.setdefault(name, Control(name, kind))
        if tag == "select":
            control.offered, self._open = [], control
        elif kind in ("radio", "checkbox"):
            control.offered = [*(control.offered or []), given["value"]]
            if "checked" in given:
                control.values.append(given["value"])
        elif tag == "textarea":
            self._open, control.values = control, [""]
        else:
            control.values.append(given.get("value", ""))

    def handle_data(self, data: str) -> None:
        if self._open is not None and self._open.kind == "textarea":
            self._open.values[0] += data

    def handle_endtag(self, tag: str) -> None:
        if tag in ("select", "textarea"):
            self._open = None
        elif tag == "form":
            self._form = None


def forms_on(response: TestResponse) -> list[PageForm]:
    reader = Forms()
    reader.feed(response.text)
    return reader.forms


def form_on(response: TestResponse) -> PageForm:
    """The page's own form: the one that carries a command."""
    found = [form for form in forms_on(response) if "command_id" in form.controls]
    assert len(found) == 1, response.text[:2000]
    return found[0]


def day(name: str, text: str, time: str = "") -> dict[str, str]:
    """A date and time as typed into their boxes."""
    year, month, number = text.split("-")
    typed = {f"{name}-day": str(int(number)), f"{name}-month": str(int(month)), f"{name}-year": year}
    return typed | ({f"{name}-time": time} if time else {})


@dataclass
class Person:
    """Somebody signed in, at a browser."""

    client: FlaskClient

    def opens(self, address: str) -> TestResponse:
        return self.client.get(address)

    def sends(
        self, address: str, answers: Mapping[str, str | list[str]], press: tuple[str, str] | None = None
    ) -> tuple[TestResponse, str]:
        """Fills in the form of a page and presses its button; gives the answer and the form's command id."""
        page = self.opens(address)
        assert page.status_code == 200, (address, page.status_code, page.text[:500])
        return self.presses(address, page, answers, press)

    def presses(
        self,
        address: str,
        page: TestResponse,
        answers: Mapping[str, str | list[str]],
        press: tuple[str, str] | None = None,
    ) -> tuple[TestResponse, str]:
        form = form_on(page)
        sent = form.filled(answers)
        if press is not None:
            assert press in form.buttons
            sent[press[0]] = [press[1]]
        return self.client.post(form.action or address, data=sent), sent["command_id"][0]


def person(client: FlaskClient, who: str) -> Person:
    """Signs in by choosing a person on the first page."""
    token = forms_on(client.get("/"))[0].controls["csrf_token"].values[0]
    answer = client.post("/choose", data={"person": who, "csrf_token": token})
    assert answer.status_code == 303
    return Person(client)
