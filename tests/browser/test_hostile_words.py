"""Sixty hostile strings on record in every text field: read in a real browser they are words, and nothing runs."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from playwright.sync_api import Page

from interfaces.bootstrap import build_hub
from interfaces.demo.replay import ScenarioClock
from interfaces.settings import Settings, read_settings
from interfaces.web.app import create_app
from tests.browser.conftest import Browsers, as_person, served
from tests.builders import Replayed
from tests.interfaces.web.browsing import form_on, person
from tests.interfaces.web.hostile import WORDS, plain
from tests.interfaces.web.test_forms_refuse import FORMS, FormOfTheHub, join_nia
from tests.interfaces.web.test_hostile_words import typed_into

LEFT_OUT = ("/interest", "/concerns/C2/retract", "/concerns/C2/correct", "/team/add")
"""Their words are on no page that is read here: the case is closed to their writer, or the concern is gone."""
SHEETS = [one for one in FORMS if one.text and one.page not in LEFT_OUT]
READ = {
    "priya": ("", "/timeline", "/assessment", "/analysis-form", "/who-knew", "/history/concern:C2"),
    "sam": ("", "/timeline"),
    "ben": ("", "/timeline"),
    "helen": ("",),
    "jo": ("", "/timeline"),
}
LISTS = {"priya": "/caseload", "sam": "/caseload", "asha": "/caseload"}


def sent_in(sheet: FormOfTheHub, number: int, client: FlaskClient, case: str) -> None:
    """Every box that takes words; what takes a code is named by the hub and left empty, what is a choice is chosen."""
    address = f"/cases/{case}{sheet.page}" if sheet.in_case else sheet.page
    form = form_on(client.get(address))
    words = {box: text for box, text in typed_into(form, number).items()}
    kept = {box: value for box, value in sheet.answers.items() if box not in words}
    sent = form.filled(kept) | {box: [text] for box, text in words.items()}
    if sheet.press:
        sent[sheet.press[0]] = [sheet.press[1]]
    for _ in range(6):
        answer = client.post(address, data=sent)
        for box in re.findall(r'href="#([^"]+)">', answer.text) if answer.status_code == 422 else ():
            offered = [one for one in (form.controls[box].offered or []) if one] if box in form.controls else []
            sent = {**sent, box: offered[:1]} if offered else {name: sent[name] for name in sent if name != box}
    assert 303 == answer.status_code, (sheet.page, re.findall(r'href="#[^"]+">[^<]+', answer.text))


@pytest.fixture
def written(worked_home: Replayed, home_of: Callable[[Path], Settings], tmp_path: Path) -> Settings:
    """A demo store in whose case every form was sent with hostile words in each of its boxes."""
    scenario = worked_home.scenario
    home_of(tmp_path)
    settings = read_settings(tmp_path)
    hub = build_hub(settings, ScenarioClock(scenario.moment(scenario.demo_stands_at)))
    join_nia(hub)
    app = create_app(hub, settings)
    for number, sheet in enumerate(SHEETS):
        sent_in(sheet, number, person(app.test_client(), sheet.who).client, str(worked_home.case))
    hub.close()
    return settings


def test_nothing_typed_runs_and_all_of_it_is_read(
    written: Settings, worked_home: Replayed, browsers: Browsers
) -> None:
    """No dialog, no canary, no report, nothing asked of elsewhere; each string stands on a page as it was typed."""
    read: list[str] = []
    with served(written, str(worked_home.case)) as hub:
        for who, pages in READ.items():
            page = as_person(browsers.page(hub), who)
            page.on("dialog", lambda dialog: pytest.fail(f"a dialog: {dialog.message}"))
            for address in (*(f"/cases/{hub.case}{one}" for one in pages), *filter(None, (LISTS.get(who),))):
                read.append(words_on(page, address))

    together = " ".join(read)
    assert [] == [word for word in WORDS if plain(word) not in together]


def words_on(page: Page, address: str) -> str:
    answer = page.goto(address)
    assert answer is not None
    assert 200 == answer.status
    for summary in page.locator("main details:not([open]) > summary").all():
        summary.click()
    assert page.evaluate("typeof window.canary") == "undefined"
    assert page.url.endswith(address)
    return plain(page.locator("main").text_content() or "")
