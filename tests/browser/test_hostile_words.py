"""Sixty hostile strings on record in every text field: read in a real browser they are words, and nothing runs."""

import re
from collections.abc import Callable
from pathlib import Path
from uuid import UUID

import pytest
from flask.testing import FlaskClient
from playwright.sync_api import Page

from interfaces.bootstrap import build_hub
from interfaces.demo.replay import ScenarioClock
from interfaces.settings import Settings, read_settings
from interfaces.web.app import create_app
from tests.browser.conftest import Browsers, as_person, served
from tests.builders import Replayed
from tests.furnished import Ids, furnish
from tests.interfaces.web.browsing import person
from tests.interfaces.web.every_form import LATER, LINE, address_of, the_form, typed_into
from tests.interfaces.web.hostile import WORDS, packed, plain
from tests.interfaces.web.test_forms_refuse import FORMS, FormOfTheHub

LEFT_OUT = ("/interest", "/concerns/C2/retract", "/concerns/C2/correct", "/team/add")
"""Their words are on no page that is read here: the case is closed to their writer, or the concern is gone."""
SHEETS = [one for one in FORMS if one.text and one.page not in LEFT_OUT]
ALSO_SENT = (
    "/cases/{case}/links/{other}", "/people/new", "/people/agencies/new", "/risk/{proposal}",
    "/risk/A3/actions/strategy_meeting/date", "/risk/A3/actions/strategy_meeting/outcome", "/ways-in/{way_in}/review",
    "/destruction/lift-hold",
)  # fmt: skip
"""Of the forms that came later, those whose words are on a page."""
LATER_SHEETS = [one for page in ALSO_SENT for one in LATER if one.page == page]
READ = {
    "priya": ("", "/timeline", "/assessment", "/analysis-form", "/who-knew", "/history/concern:C2", "/risk/actions"),
    "tom": ("/risk/{proposal}", "/destruction", "/looks", "/links/{other}"),
    "alex": (),
    "sam": ("", "/timeline"),
    "ben": ("", "/timeline"),
    "helen": ("",),
    "jo": ("", "/timeline"),
}
LISTS = {"priya": ("/caseload",), "sam": ("/caseload",), "asha": ("/caseload",), "alex": ("/people", "/security-log")}


def sent_in(sheet: FormOfTheHub, number: int, client: FlaskClient, case: UUID, ids: Ids) -> None:
    """Every box that takes words: where it refuses many, fewer; a code is left empty, what is a choice is chosen."""
    address = address_of(sheet, case, ids)
    form = the_form(client.get(address), sheet)
    words = {box: text for box, text in typed_into(form, number).items()}
    kept = {box: value for box, value in sheet.answers.items() if box not in words}
    sent = form.filled(kept) | {box: [text] for box, text in words.items()}
    line = packed(LINE)[number % len(packed(LINE))]
    if sheet.press:
        sent[sheet.press[0]] = [sheet.press[1]]
    for _ in range(6):
        answer = client.post(address, data=sent)
        for box in re.findall(r'href="#([^"]+)">', answer.text) if answer.status_code == 422 else ():
            offered = [one for one in (form.controls[box].offered or []) if one] if box in form.controls else []
            too_many = box in words and len(sent[box][0]) > len(line)
            instead = offered[:1] or ([line] if too_many else [])
            sent = {**sent, box: instead} if instead else {name: sent[name] for name in sent if name != box}
    assert 303 == answer.status_code, (sheet.page, re.findall(r'href="#[^"]+">[^<]+', answer.text))


@pytest.fixture
def written(worked_home: Replayed, home_of: Callable[[Path], Settings], tmp_path: Path) -> tuple[Settings, Ids]:
    """A demo store in whose case every form was sent with hostile words in each of its boxes."""
    scenario = worked_home.scenario
    home_of(tmp_path)
    settings = read_settings(tmp_path)
    hub = build_hub(settings, ScenarioClock(scenario.moment(scenario.demo_stands_at)))
    app = create_app(hub, settings)
    ids = furnish(app, worked_home.case)
    sheets = (*LATER_SHEETS, *SHEETS)
    clients = {who: person(app.test_client(), who).client for who in {one.who for one in sheets}}
    for number, sheet in enumerate(sheets):
        sent_in(sheet, number, clients[sheet.who], worked_home.case, ids)
    hub.close()
    return settings, ids


def test_nothing_typed_runs_and_all_of_it_is_read(
    written: tuple[Settings, Ids], worked_home: Replayed, browsers: Browsers
) -> None:
    """No dialog, no canary, no report, nothing asked of elsewhere; each string stands on a page as it was typed."""
    read: list[str] = []
    settings, ids = written
    with served(settings, str(worked_home.case)) as hub:
        for who, pages in READ.items():
            page = as_person(browsers.page(hub), who)
            page.on("dialog", lambda dialog: pytest.fail(f"a dialog: {dialog.message}"))
            for address in (*(f"/cases/{hub.case}{one}" for one in pages), *LISTS.get(who, ())):
                read.append(words_on(page, address.format(**ids)))

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
