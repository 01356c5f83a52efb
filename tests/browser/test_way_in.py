"""The pages on the way in, in a real browser: an invitation followed, then password and code; for everybody to use."""

from contextlib import closing

import pytest
from playwright.sync_api import Page

from interfaces.bootstrap import build_door, build_hub
from interfaces.signing_in import enrolment
from tests.browser.conftest import Browsers, Served
from tests.browser.looks import faults_of, faults_of_html
from tests.browser.screen import Authenticator
from tests.builders import a_command_id
from tests.signing_in import PASSWORD


def link_for(hub_served: Served, who: str) -> str:
    """An invitation as the machine's command line makes it."""
    with closing(build_hub(hub_served.settings)) as hub, closing(build_door(hub, hub_served.settings)) as door:
        return enrolment.start(door, "hub", who, f"{who}@agency.example", command_id=a_command_id())


def test_the_pages_on_the_way_in_are_for_everybody_to_use(
    own_hub: Served, browsers: Browsers, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """axe finds nothing, nothing is wider than a phone, and the HTML is valid, from the link to the first page."""
    page, faults, texts = browsers.page(own_hub), dict[str, list[str]](), dict[str, str]()

    def presses(button: str) -> None:
        with page.expect_navigation():
            page.get_by_role("button", name=button, exact=True).click()

    def looked_at(page: Page) -> None:
        where = page.url.removeprefix(own_hub.address)
        faults[where], texts[where] = faults_of(page), page.request.get(page.url).text()

    page.goto(f"/enrol/{link_for(own_hub, 'helen')}")
    looked_at(page)
    presses("Begin")
    looked_at(page)
    page.get_by_label("New password", exact=True).fill(PASSWORD)
    page.get_by_label("New password again").fill(PASSWORD)
    presses("Go on")
    looked_at(page)
    app = Authenticator(page.locator(".hub-key").inner_text().replace(" ", ""))
    page.get_by_label("Code").fill(app.code())
    presses("Finish and sign in")
    faults["recovery codes"] = faults_of(page)
    page.get_by_role("link", name="I have kept them: go on").click()
    presses("Sign out")

    page.goto("/sign-in")
    looked_at(page)
    page.get_by_label("Work e-mail").fill("helen@agency.example")
    page.get_by_label("Password").fill(PASSWORD)
    presses("Go on")
    looked_at(page)
    page.goto("/sign-in/recovery-code")
    looked_at(page)

    assert {} == {where: found for where, found in faults.items() if found}
    assert {} == faults_of_html(texts.items(), tmp_path_factory.mktemp("pages"))
    assert 7 == len(faults)
