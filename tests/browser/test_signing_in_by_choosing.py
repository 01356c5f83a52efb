"""A demo store in a real browser: choosing a person, with scripts and without, and the way out."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Browsers, Served, as_person


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_whoever_is_chosen_is_signed_in_and_gets_out_again(
    scripts: bool, browsers: Browsers, read_only_hub: Served
) -> None:
    """The demo lets in whoever asks; after signing out the browser is a stranger's."""
    page = as_person(browsers.page(read_only_hub, scripts=scripts), "priya")
    expect(page.locator(".hub-looking")).to_contain_text("Priya Nair")
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/")

    answer = page.goto("/caseload")

    assert answer is not None
    assert 401 == answer.status
