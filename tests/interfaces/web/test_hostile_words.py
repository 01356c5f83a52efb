"""Sixty hostile strings in every text field of every form: refused, they stand where they were typed, as typed."""

import csv
import io
import subprocess
import zipfile
from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from uuid import UUID

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from application.commands.acts import act
from application.hub import Hub
from interfaces.bootstrap import build_hub
from interfaces.demo.check import copy_home
from interfaces.demo.replay import ScenarioClock
from interfaces.web.app import create_app
from tests.builders import concern_data
from tests.interfaces.web.browsing import PageForm, forms_on, person
from tests.interfaces.web.conftest import Worked, token
from tests.interfaces.web.hostile import UNREADABLE, WORDS, packed, plain
from tests.interfaces.web.test_forms_refuse import FORMS, FormOfTheHub, join_nia

SEARCH = FormOfTheHub("/search", "sam", {}, "name", in_case=False)
EVERY_FORM = [SEARCH, *FORMS]
LONG_TEXT, LINE = 20_000, 500


class Tags(HTMLParser):
    """The elements of a page with the names of their attributes."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: set[tuple[str, ...]] = set()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.add((tag, *sorted(name for name, _ in attrs)))


@pytest.fixture(scope="module")
def browser_of(worked: Worked, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], FlaskClient]]:
    """One hub for all the forms that are refused, and a browser of it for each person."""
    settings = copy_home(worked.settings, tmp_path_factory.mktemp("hostile"))
    assert settings.demo_stands_at is not None
    hub = build_hub(settings, ScenarioClock(settings.demo_stands_at))
    join_nia(hub)
    app, clients = create_app(hub, settings), dict[str, FlaskClient]()

    def client(who: str) -> FlaskClient:
        if who not in clients:
            clients[who] = person(app.test_client(), who).client
        return clients[who]

    yield client
    hub.close()


def texts_of(form: PageForm) -> dict[str, int]:
    """The boxes people type words into, with what they hold."""
    boxes = (one for one in form.controls.values() if one.offered is None and one.kind in ("text", "textarea"))
    numbers = ("-day", "-month", "-year", "-time")
    return {
        one.name: LONG_TEXT if one.kind == "textarea" else LINE for one in boxes if not one.name.endswith(numbers)
    }


def the_form(answer: TestResponse) -> PageForm:
    """The page's own form, not the one to sign out."""
    return next(form for form in forms_on(answer) if {"command_id", "reason"} & form.controls.keys())


def typed_into(form: PageForm, number: int) -> dict[str, str]:
    """What is typed into each of its boxes, the next time something else: after a dozen times all of the words."""
    found = {}
    for place, (box, room) in enumerate(texts_of(form).items()):
        boxes = packed(room)
        found[box] = boxes[(number + place) % len(boxes)]
    return found


def carried_by(sheet: FormOfTheHub, form: PageForm, *names: str) -> dict[str, list[str]]:
    """What the form carries of itself, and what has it refused whatever is typed."""
    of_itself = {name: values for name, values in form.values.items() if name in ("csrf_token", "seen", *names)}
    if sheet is SEARCH:
        return of_itself | {"born-day": ["99"]}
    return of_itself | ({"step": ["preview"]} if sheet.press else {})


@pytest.mark.parametrize("sheet", EVERY_FORM, ids=lambda one: one.page)
def test_what_is_refused_stands_as_it_was_typed(
    sheet: FormOfTheHub, browser_of: Callable[[str], FlaskClient], case: UUID
) -> None:
    """Every string in every text box of the form, shown again in its box to the letter, and never as markup."""
    client = browser_of(sheet.who)
    address = f"/cases/{case}{sheet.page}" if sheet.in_case else sheet.page
    form = the_form(client.get(address))
    harmless = dict.fromkeys(texts_of(form), "words")
    carried = carried_by(sheet, form)
    usual = client.post(address, data=carried | harmless)
    seen: dict[str, set[str]] = {box: set() for box in harmless}
    for number in range(len(packed(LINE))):
        typed = typed_into(form, number)
        answer = client.post(address, data=carried | typed)
        again = the_form(answer)

        assert 422 == answer.status_code
        assert {box: plain(text) for box, text in typed.items()} == {
            box: plain(again.controls[box].values[0]) for box in typed
        }
        assert Tags(answer.text).found <= Tags(usual.text).found
        for box, text in typed.items():
            seen[box] |= {word for word in WORDS if plain(word) in plain(text)}

    assert {box: len(WORDS) for box in seen} == {box: len(words) for box, words in seen.items()}
    assert seen or not sheet.text


@pytest.mark.parametrize("sheet", [one for one in FORMS if one.text], ids=lambda one: one.page)
def test_what_cannot_be_shown_is_refused_at_its_box(
    sheet: FormOfTheHub, browser_of: Callable[[str], FlaskClient], case: UUID
) -> None:
    """Control characters and halves of characters: the box is named, and nothing of them comes back."""
    client = browser_of(sheet.who)
    address = f"/cases/{case}{sheet.page}" if sheet.in_case else sheet.page
    form = the_form(client.get(address))
    carried = carried_by(sheet, form, "command_id")
    for word in UNREADABLE:
        sent = carried | {sheet.text: word.encode("utf-8", "surrogatepass")}
        answer = client.post(address, data=sent)

        assert 422 == answer.status_code, word
        assert f'href="#{sheet.text}"' in answer.text
        assert "characters that cannot be shown" in answer.text
        assert not any(code in answer.text for code in word if not code.isprintable() and code != "\ufffd")


def test_no_cell_of_a_chronology_is_a_formula(
    client_for: Callable[[str], FlaskClient], worked_hub: Hub, case: UUID
) -> None:
    """Each string as the headline of a concern: it stands in the file, and no spreadsheet takes it for a formula."""
    for number, word in enumerate(WORDS):
        data = concern_data(f"H{number}", headline=plain(word), narrative=word.strip(), source=plain(word))
        act(worked_hub, "ben", case, "record_concern", data, command_id=f"hostile-{number}", named=True)
    client = client_for("ben")
    answer = client.post(f"/cases/{case}/chronology", data={"csrf_token": token(client, "/guidance")})
    cells = [cell for row in csv.reader(io.StringIO(answer.data.decode("utf-8-sig"))) for cell in row]
    text = plain(" ".join(cells).replace(" / ", " "))

    assert [] == [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\t", "\r", "\uff1d", "\uff0b"))]
    assert [] == [word for word in WORDS if plain(word).replace(" / ", " ") not in text and not _formatting(word)]


def test_a_pack_says_what_was_typed(client_for: Callable[[str], FlaskClient], worked_hub: Hub, case: UUID) -> None:
    """In the PDF every string whose characters there are glyphs for, and nothing that was worked out of it."""
    for number, word in enumerate(WORDS):
        data = concern_data(f"H{number}", headline=f"Number {number}", narrative=word.strip())
        act(worked_hub, "ben", case, "record_concern", data, command_id=f"hostile-{number}", named=True)
    client = client_for("ben")
    answer = client.post(f"/cases/{case}/referrals/R1/pack", data={"csrf_token": token(client, "/guidance")})
    with zipfile.ZipFile(io.BytesIO(answer.data)) as packed:
        name = next(name for name in packed.namelist() if name.endswith(".pdf"))
        document = packed.read(name)
    shown = subprocess.run(["pdftotext", "-raw", "-", "-"], input=document, capture_output=True, check=True)
    text = "".join(shown.stdout.decode("utf-8").replace("\u200b", "").split())

    assert [] == [word for word in WORDS if word.isascii() and "".join(word.split()) not in text]
    assert "root:" not in text


def _formatting(word: str) -> bool:
    """Whether it holds characters that order or join others and are no text themselves."""
    return any(not character.isprintable() and not character.isspace() for character in word)
