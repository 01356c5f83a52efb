"""Sixty hostile strings in every text field of every form: refused, they stand where they were typed, as typed.

Every page is opened and every address that takes a post is known: a form that takes words and is not in `every_form`
fails the suite.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from html import unescape
from html.parser import HTMLParser
from urllib.parse import urlsplit
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient

from interfaces.bootstrap import build_hub
from interfaces.demo.check import copy_home
from interfaces.demo.replay import ScenarioClock
from interfaces.options import Mail
from interfaces.signing_in import enrolment
from interfaces.signing_in.door import Door
from interfaces.web.app import create_app
from interfaces.web.drafting import KEEPING
from tests.browser.pages_table import rows
from tests.furnished import Ids, furnish, put_right
from tests.interfaces.web.browsing import PageForm, forms_on, person
from tests.interfaces.web.conftest import Worked
from tests.interfaces.web.every_form import EVERY_FORM, LINE, SEARCH, STRANGER, TOLD, address_of, boxes_of, the_form
from tests.interfaces.web.hostile import UNREADABLE, WORDS, packed, plain
from tests.interfaces.web.test_forms_refuse import FormOfTheHub
from tests.signing_in import CHEAP, PASSWORD, Enrolled, sends, signs_in

UNREADABLE_TOGETHER = " ".join(UNREADABLE).encode("utf-8", "surrogatepass")
ALL = " \u00a6 ".join(WORDS)
HARMLESS = ("words " * len(ALL))[: len(ALL)].strip()
"""As long, so that what is too long for a box is so either way."""


class Tags(HTMLParser):
    """The elements of a page with the names of their attributes."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: set[tuple[str, ...]] = set()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.add((tag, *sorted(name for name, _ in attrs)))


@dataclass
class Furnished:
    """One hub for all the forms that are refused, with something of every kind in it; a browser for each person."""

    app: Flask
    case: UUID
    ids: Ids
    clients: dict[str, FlaskClient] = field(default_factory=dict)

    def client(self, who: str) -> FlaskClient:
        if who not in self.clients:
            client = self.app.test_client()
            self.clients[who] = client if who == STRANGER else person(client, who).client
        return self.clients[who]

    def opens(self, sheet: FormOfTheHub) -> tuple[FlaskClient, str, PageForm]:
        """Who sends the form, where to, and the form as the page offers it."""
        if sheet is TOLD:
            put_right(self.app.extensions["hub"], self.case)
        client, address = self.client(sheet.who), address_of(sheet, self.case, self.ids)
        form = the_form(client.get(address), sheet)
        return client, form.action or address, form


@pytest.fixture(scope="module")
def furnished(worked: Worked, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Furnished]:
    mail = Mail(host="127.0.0.1", sender="hub@agency.example")
    settings = replace(copy_home(worked.settings, tmp_path_factory.mktemp("hostile")), mail=mail, signing_in=CHEAP)
    assert settings.demo_stands_at is not None
    hub = build_hub(settings, ScenarioClock(settings.demo_stands_at))
    app = create_app(hub, settings)
    yield Furnished(app, worked.case, furnish(app, worked.case))
    hub.close()


def carried_by(form: PageForm, sheet: FormOfTheHub, *names: str) -> dict[str, list[str]]:
    """What the form carries of itself, but for what makes a draft of it."""
    of_itself = {name: values for name, values in form.values.items() if name in ("csrf_token", "seen", *names)}
    return of_itself | ({"step": ["preview"]} if sheet.press else {})


BY_PAGE = pytest.mark.parametrize("sheet", EVERY_FORM, ids=lambda one: one.page)


@BY_PAGE
def test_what_is_refused_stands_as_it_was_typed(sheet: FormOfTheHub, furnished: Furnished) -> None:
    """All strings in every text box of the form, shown again in its box to the letter, and never as markup.

    It is refused for want of its number; a search, for a day that is in no calendar.
    """
    client, address, form = furnished.opens(sheet)
    boxes, carried = boxes_of(form), carried_by(form, sheet) | ({"born-day": ["99"]} if sheet is SEARCH else {})
    usual, answer = (client.post(address, data=carried | dict.fromkeys(boxes, text)) for text in (HARMLESS, ALL))
    again = the_form(answer, sheet)

    assert (422, 422) == (usual.status_code, answer.status_code)
    assert dict.fromkeys(boxes, plain(ALL)) == {box: plain(again.controls[box].values[0]) for box in boxes}
    assert Tags(answer.text).found == Tags(usual.text).found
    assert sheet.text in boxes or not sheet.text
    endpoint, _ = furnished.app.url_map.bind("localhost").match(address, method="POST")
    assert ("draft" in form.controls) == (endpoint in KEEPING)


@pytest.mark.parametrize("sheet", [one for one in EVERY_FORM if one.text], ids=lambda one: one.page)
def test_what_cannot_be_shown_is_refused_at_its_box(sheet: FormOfTheHub, furnished: Furnished) -> None:
    """Control characters and halves of characters: each box is named, and nothing of them comes back."""
    client, address, form = furnished.opens(sheet)
    boxes = dict.fromkeys([sheet.text] if sheet is SEARCH else boxes_of(form), UNREADABLE_TOGETHER)
    carried = carried_by(form, sheet, "command_id")
    answer = client.post(address, data=carried | boxes)
    named = set(re.findall(r'href="#([^"]+?)(?:-\d+)?"', answer.text))

    assert 422 == answer.status_code
    assert set() == boxes.keys() - named
    assert "characters that cannot be shown" in answer.text
    assert not any(code in answer.text for code in "".join(UNREADABLE) if not code.isprintable())


@pytest.mark.parametrize("word", UNREADABLE)
def test_each_of_what_cannot_be_shown_is_refused(word: str, furnished: Furnished) -> None:
    """One is enough."""
    sheet = next(one for one in EVERY_FORM if one.page == "/interest")
    client, address, form = furnished.opens(sheet)
    answer = client.post(address, data=form.values | {"about": word.encode("utf-8", "surrogatepass")})

    assert 422 == answer.status_code
    assert "characters that cannot be shown" in answer.text


NEVER_SHOWN = {
    "account.password": "passwords", "account.recovery_codes": "a password", "account.make_sure": "a password",
    "account.authenticator": "a code",
    "signing_in.second_step": "a code", "signing_in.recovery_code": "a code",
    "enrolling.password": "passwords", "enrolling.authenticator": "a code",
}  # fmt: skip
"""What is typed there comes back to nobody; `test_a_secret_comes_back_to_nobody` sends it."""
NO_WORDS = frozenset({
    "account.end_all", "account.end_one", "asking.place", "cases.discard_draft", "confirming.confirm",
    "destroying.agree", "exports.pack", "exports.table", "home.begin", "home.end", "looks.show",
    "passkeys.enter", "passkeys.remove", "people.account", "people.end_role", "people.give_role", "rota.end",
    "rota.show", "sharing.undo",
})  # fmt: skip
"""Where buttons, choices and numbers are sent: each is met on some page, and none of its forms takes words."""
NOT_MET = {
    "enrolling.link": "the page of an invitation, with one button",
    "single_sign_on.link": "where an agency has a sign-in of its own: one button",
    "single_sign_on.remove": "the same",
}
THERE = (
    ("/requests-to-place/{waiting}", "priya"), ("/cases/{proposed}/destruction/agree", "mo"),
    ("{case}/shares/{share}/made", "priya"), ("/account/passkeys/{passkey}/remove", "priya"),
    ("/people/{person}", "alex"), ("/people/{person}/roles/give", "alex"), ("/people/{person}/disable_account", "alex"),
    ("/duty", "tom"), ("/accounts-to-confirm", "mo"),
)  # fmt: skip
"""Pages that need something to be there first."""
WALKED_AS = ("priya", "tom", "mo", "ben", "pat", "alex", "stranger")


def pages(furnished: Furnished) -> Iterator[tuple[str, str]]:
    """Every page there is, as the first who gets it; of pages of one sort, one."""
    adapter, seen = furnished.app.url_map.bind("localhost"), set()
    written = [
        (path, statuses)
        for method, path, statuses in rows()
        if method == "GET" and "/api" not in path and not path.startswith("{static}")
    ]
    there = [(path, {who: 200}) for path, who in THERE]
    for path, statuses in (*there, *written):
        known = {"case": f"/cases/{furnished.case}", "digest": "0" * 64, "nobody": str(UUID(int=1))}
        address = path.replace("/cases/{case}", "{case}").format(**(furnished.ids | known))
        who = next((who for who in WALKED_AS if statuses.get(who) == 200), "")
        endpoint = adapter.match(address, "GET")[0]
        if who and (endpoint, who) not in seen:
            seen.add((endpoint, who))
            yield who, address


def test_no_form_takes_words_that_are_not_tried_here(furnished: Furnished) -> None:
    """A new form with a text field needs a row in `every_form`; one without is named above."""
    adapter = furnished.app.url_map.bind("localhost")
    met: dict[str, set[str]] = {}
    for who, address in pages(furnished):
        with furnished.client(who).get(address) as page:
            assert 200 == page.status_code, (who, address)
            for form in forms_on(page) if page.mimetype == "text/html" else ():
                to = urlsplit(form.action).path or address
                takes = next((name for name in ("POST", "GET") if adapter.test(to, name)), "")
                met.setdefault(adapter.match(to, takes)[0], set()).update(boxes_of(form))
    tried: dict[str, set[str]] = {}
    for sheet in EVERY_FORM:
        _, address, form = furnished.opens(sheet)
        tried.setdefault(adapter.match(urlsplit(address).path, "POST")[0], set()).update(boxes_of(form))
    taking = {
        rule.endpoint
        for rule in furnished.app.url_map.iter_rules()
        if "POST" in (rule.methods or ()) and not rule.rule.startswith("/api")
    }

    assert {} == {name: boxes - tried.get(name, set()) for name, boxes in met.items() if boxes - tried.get(name, set())}
    assert taking == tried.keys() | NEVER_SHOWN.keys() | NO_WORDS | NOT_MET.keys()
    assert set() == NO_WORDS - met.keys()
    assert set() == tried.keys() & (NEVER_SHOWN.keys() | NO_WORDS | NOT_MET.keys())


def test_a_secret_comes_back_to_nobody(real: Flask, door: Door, priya: Enrolled) -> None:
    """Passwords and codes are never shown again, whatever was typed."""
    inside, half, invited = (real.test_client() for _ in range(3))
    signs_in(inside, priya)
    sends(half, "/sign-in", email=priya.email, password=priya.password)
    link = enrolment.start(door, "hub", "helen", "helen@agency.example", command_id="invited-by-the-hub")
    sends(invited, f"/enrol/{link}")
    sent = [
        (inside, "/account/password", {"current": ALL, "password": ALL, "again": HARMLESS}),
        (inside, "/account/recovery-codes", {"current": ALL}),
        (inside, "/account/sure", {"current": ALL}),
        (inside, "/account/authenticator", {"code": ALL}),
        (half, "/sign-in/code", {"code": ALL}),
        (half, "/sign-in/recovery-code", {"code": ALL}),
        (invited, "/enrol/password", {"password": ALL, "again": HARMLESS}),
        (invited, "/enrol/authenticator", {"code": ALL}),
    ]
    answers = {}
    for client, address, typed in sent:
        answers[address] = sends(client, address, **typed)
        if address == "/enrol/password":
            sends(client, address, password=PASSWORD, again=PASSWORD)

    assert dict.fromkeys(answers, 422) == {address: answer.status_code for address, answer in answers.items()}
    assert [] == [address for address, answer in answers.items() if "canary" in answer.text or HARMLESS in answer.text]
    assert NEVER_SHOWN.keys() == {real.url_map.bind("localhost").match(address, "POST")[0] for address in answers}


def test_what_is_given_back_stands_as_it_was_typed(furnished: Furnished) -> None:
    """A draft: every box of a long form as it was, and no more in the page than of a harmless one."""
    sheet = next(one for one in EVERY_FORM if one.page == "/requests/new")
    client, address, form = furnished.opens(sheet)
    boxes, pages = boxes_of(form), []
    for text in (HARMLESS, ALL):
        saved = client.post(address, data=form.values | dict.fromkeys(boxes, text) | {"step": "save"})
        assert 303 == saved.status_code
        pages.append(client.get(address))
    begun = the_form(pages[1], sheet)
    client.post(address, data=form.values | {"step": "discard"})

    assert dict.fromkeys(boxes, plain(ALL)) == {box: plain(begun.controls[box].values[0]) for box in boxes}
    assert Tags(pages[0].text).found == Tags(pages[1].text).found


def test_a_preview_carries_what_was_typed(furnished: Furnished) -> None:
    """What is said of a share, and why it is refused: read before it is sent, and carried on as typed."""
    sheet = next(one for one in EVERY_FORM if one.page == "/shares/with/school")
    client, address, form = furnished.opens(sheet)
    given = {"outcome": "share_in_part", "justification": "J7", "persons": ["ben"], "items": ["child.gender=full"]}
    for box, answers in (("note", given), ("reason", {"outcome": "refuse", "justification": "J10"})):
        sent = [form.filled({**answers, box: text}) | {"step": ["preview"]} for text in (HARMLESS, ALL)]
        shown = [client.post(address, data=one) for one in sent]
        carried = next(one for one in forms_on(shown[1]) if box in one.controls)

        assert (200, 200) == (shown[0].status_code, shown[1].status_code)
        assert plain(ALL) == plain(carried.controls[box].values[0])
        assert plain(ALL) in plain(unescape(shown[1].text.partition("hub-preview")[2].partition("<form")[0]))
        assert Tags(shown[0].text).found == Tags(shown[1].text).found


def test_a_search_that_is_answered_hands_on_what_was_typed(furnished: Furnished) -> None:
    """The name goes on to the forms of recording and asking as it was typed."""
    client, address, form = furnished.opens(SEARCH)
    name = packed(LINE)[0]
    answer = client.post(address, data=form.values | {"name": name, "reason": ALL})
    handed_on = [one for one in forms_on(answer) if one.action in ("/record", "/ask")]

    assert 200 == answer.status_code
    assert [plain(name)] * 2 == [plain(one.controls["name"].values[0]) for one in handed_on]
    for one in handed_on:
        begun = next(form for form in forms_on(client.post(one.action, data=one.values)) if "purpose" in form.controls)
        assert plain(name) == plain(begun.controls["name"].values[0])


def test_nothing_of_an_address_is_in_a_request_begun_from_it(furnished: Furnished) -> None:
    """Whom, about what and which question: taken where it is known, else left out."""
    client = furnished.client("ben")
    for name in ("of", "item", "question"):
        page = client.get(f"/cases/{furnished.case}/requests/new", query_string={name: ALL})

        assert 200 == page.status_code
        assert "canary" not in page.text
