"""Every page of the table in a real browser: for everyone to use, valid, silent, and nowhere wider than a phone."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.asking import Askers
from tests.browser.conftest import Browsers, Served, as_person
from tests.browser.looks import Layout, faults_by_tab, faults_of, faults_of_html
from tests.browser.pages_table import rows

PAGES = [
    (path, statuses)
    for method, path, statuses in rows()
    if method == "GET" and not path.startswith(("/api", "{static}")) and not path.endswith("/receipt")
]


def journey(path: str) -> str:
    """The address without its references: pages of one template."""
    return re.sub(r"(?<=/)[A-Z]?\d+(?=/|$)|(?<=/history/).+|(?<=/with/).+", "*", path)


JOURNEYS = sorted({journey(path) for path, _ in PAGES})
SENT_EMPTY = {path: statuses for method, path, statuses in rows() if method == "POST"}
DIFFERENT = ("priya", "lena", "tom", "kim", "sam", "mo", "helen", "ben", "asha", "pat", "jo", "stranger")
"""The people whose pages differ in more than words."""
ONE_BUTTON = ("{case}/assessment/start", "{case}/assessment/end")
"""Pages whose button does the act as the form stands: they are not pressed here, where nothing is to change."""
WALKED_BY_TAB = (
    ("/", "stranger"), ("/caseload", "priya"), ("/search", "sam"), ("{case}", "priya"), ("{case}/timeline", "ben"),
    ("{case}/concerns/new", "sam"), ("{case}/shares/with/school", "priya"), ("{case}/assessment/questions/1", "helen"),
)  # fmt: skip


class Walkers:
    """One browser for each person, signed in once."""

    def __init__(self, browsers: Browsers, hub: Served) -> None:
        self.browsers, self._hub = browsers, hub
        self._pages: dict[str, Page] = {}

    def opens(self, who: str, path: str) -> Page:
        if who not in self._pages:
            page = self.browsers.page(self._hub)
            self._pages[who] = page if who == "stranger" else as_person(page, who)
        page = self._pages[who]
        answer = page.goto(path.format(case=f"/cases/{self._hub.case}"))
        assert answer is not None
        assert 200 == answer.status, (who, path)
        return page


@pytest.fixture(scope="session")
def everybody(chromium: Browser, read_only_hub: Served) -> Iterator[Walkers]:
    found = Walkers(Browsers(chromium), read_only_hub)
    yield found
    found.browsers.close()


@pytest.fixture
def walkers(everybody: Walkers) -> Iterator[Walkers]:
    """Everybody at their browsers, in which nothing may go wrong during the test."""
    everybody.browsers.forget()
    yield everybody
    assert everybody.browsers.found() == []


def layouts(pages: list[tuple[str, str, str]]) -> Iterator[tuple[str, str]]:
    """Of (address, person, text): the fewest, about, on which everything stands that stands on any."""
    seen: set[str] = set()
    kinds = [(path, who, Layout(text).kinds) for path, who, text in pages]
    for path, who, found in sorted(kinds, key=lambda one: -len(one[2])):
        if found - seen:
            seen |= found
            yield path, who


def pages_of(askers: Askers, wanted: str) -> list[tuple[str, str, str]]:
    """Every page of one journey, for everybody who gets it."""
    return [
        (path, who, askers.page(who, "GET", path))
        for path, statuses in PAGES
        if journey(path) == wanted
        for who in DIFFERENT
        if statuses[who] == 200
    ]


@pytest.mark.parametrize("wanted", JOURNEYS)
def test_every_page_is_for_everybody_to_use(wanted: str, askers: Askers, walkers: Walkers) -> None:
    """axe finds nothing; no sideways scroll at 320 px; nothing is lost in forced colours or on paper; no report."""
    faults: dict[tuple[str, str], list[str]] = {}
    for path, who in layouts(pages_of(askers, wanted)):
        page, first = walkers.opens(who, path), not faults
        faults[path, who] = faults_of(page)
        if first and path not in ONE_BUTTON and SENT_EMPTY.get(path, {}).get(who) == 422:
            sends = page.locator("main form button.govuk-button:not(.govuk-button--secondary):visible")
            if sends.count():  # a passkey is asked for by a script, and sent by it
                sends.last.click()
                page.locator(".govuk-error-summary").wait_for()
                faults[f"{path} refused", who] = faults_of(page)

    assert {where: found for where, found in faults.items() if found} == {}


@pytest.mark.parametrize(("path", "who"), WALKED_BY_TAB)
def test_everything_is_reached_by_tab_and_seen_to_be(path: str, who: str, walkers: Walkers) -> None:
    """Whoever uses no mouse gets everywhere and sees where they are."""
    assert faults_by_tab(walkers.opens(who, path)) == []


def test_a_link_within_a_row_is_reached_by_the_mouse(walkers: Walkers) -> None:
    """The row's own link covers the row; what stands in its hint lies above it."""
    page = walkers.opens("priya", "{case}/assessment/questions")
    page.get_by_role("link", name="Ask this worker").first.click()

    assert "/requests/new?question=" in page.url


def test_every_page_is_valid_html(askers: Askers, tmp_path: Path) -> None:
    """Each page as each person gets it, and as refused."""
    texts: dict[frozenset[str], tuple[str, str]] = {}
    met: set[tuple[int, str] | None] = set()
    for method, path, statuses in rows():
        if path.startswith(("/api", "{static}")) or path.endswith(("/receipt", "/pack", "/chronology")):
            continue
        for who in DIFFERENT:
            refused = (statuses[who], who) if statuses[who] in (401, 403, 404) else None
            if statuses[who] != 303 and (refused is None or refused not in met):
                met.add(refused)
                text = askers.page(who, method, path)
                texts.setdefault(frozenset(Layout(text).kinds), (f"{who} {method} {path}", text))
    found = faults_of_html(texts.values(), tmp_path)

    assert len(texts) > 50
    assert not found, "\n".join(f"{where}: {what}" for what, where in found.items())
