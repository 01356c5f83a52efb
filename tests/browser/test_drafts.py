"""What is typed is saved on the way: by the page's script at the hub, and nowhere in the browser."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Browsers, Served, as_person

WRITTEN = "She came late again, and cried."
SAVED = re.compile(r"^Saved [0-2][0-9]:[0-5][0-9]$")
LEFT_BEHIND = """async () => [
    localStorage.length, sessionStorage.length, (await indexedDB.databases()).length, (await caches.keys()).length,
]"""


def concern_of(hub: Served) -> str:
    return f"/cases/{hub.case}/concerns/new"


def ben_at_a_concern(hub: Served, browsers: Browsers, *, scripts: bool = True) -> Page:
    page = as_person(browsers.page(hub, scripts=scripts), "ben")
    page.goto(concern_of(hub))
    return page


def test_what_is_typed_is_saved_by_itself_and_comes_back_in_another_browser(
    own_hub: Served, browsers: Browsers
) -> None:
    """The page says when it was saved; it is neither this browser nor anything stored in it that brings it back."""
    page = ben_at_a_concern(own_hub, browsers)
    page.fill("#narrative", WRITTEN)
    saved = page.locator(".hub-kept")
    expect(saved).to_have_text("", timeout=500)
    expect(saved).to_have_text(SAVED, timeout=25_000)
    left = page.evaluate(LEFT_BEHIND)
    elsewhere = ben_at_a_concern(own_hub, browsers)

    assert [0, 0, 0, 0] == left
    assert "polite" == saved.get_attribute("aria-live")
    assert WRITTEN == elsewhere.input_value("#narrative")
    assert elsewhere.get_by_text("Nothing of it is on record yet.").is_visible()


LEAVING: list[Callable[[Page], object]] = [
    lambda page: page.get_by_role("link", name="Guidance").click(),
    lambda page: page.close(run_before_unload=True),
]


@pytest.mark.parametrize("leaves", LEAVING, ids=["by a link", "by closing the window"])
def test_leaving_the_page_saves_what_was_typed_last(
    leaves: Callable[[Page], object], own_hub: Served, browsers: Browsers
) -> None:
    """The seconds before leaving are not lost."""
    page = ben_at_a_concern(own_hub, browsers)
    context = page.context
    page.fill("#narrative", WRITTEN)
    leaves(page)
    again = context.new_page()
    for _ in range(20):
        again.goto(concern_of(own_hub))
        if again.input_value("#narrative"):
            break
        again.wait_for_timeout(250)

    assert WRITTEN == again.input_value("#narrative")


def test_discarding_what_was_typed_leaves_nothing_to_come_back(own_hub: Served, browsers: Browsers) -> None:
    """Also when more was typed before the button was pressed."""
    page = ben_at_a_concern(own_hub, browsers)
    page.fill("#narrative", WRITTEN)
    page.get_by_role("button", name="Save and come back later").click()
    page.goto(concern_of(own_hub))
    page.fill("#narrative", f"{WRITTEN} And more.")
    page.get_by_role("button", name="Discard what I typed").click()
    page.wait_for_load_state()
    after = page.input_value("#narrative")
    page.goto(concern_of(own_hub))

    assert ["", ""] == [after, page.input_value("#narrative")]


def test_recording_leaves_no_draft(own_hub: Served, browsers: Browsers) -> None:
    """What is on record does not come back as something begun."""
    page = as_person(browsers.page(own_hub), "priya")
    address = f"/cases/{own_hub.case}/plans/new"
    page.goto(address)
    page.locator('[name="justification"]').first.check()
    page.get_by_role("radio", name="Oakfield Academy").check()
    page.fill("#text", "She may sit in the library.")
    page.get_by_role("button", name="Record the plan").click()
    page.wait_for_url(f"**/cases/{own_hub.case}")
    page.goto(address)

    assert "" == page.input_value("#text")


def test_without_scripts_a_button_saves(own_hub: Served, browsers: Browsers) -> None:
    """Saved, back at the case, and there again when the form is opened."""
    page = ben_at_a_concern(own_hub, browsers, scripts=False)
    page.fill("#narrative", WRITTEN)
    page.get_by_role("button", name="Save and come back later").click()
    page.wait_for_url(f"**/cases/{own_hub.case}")
    said = page.get_by_text("Saved for you alone.").is_visible()
    page.goto(concern_of(own_hub))

    assert said
    assert WRITTEN == page.input_value("#narrative")
