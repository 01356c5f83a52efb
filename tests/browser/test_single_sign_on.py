"""An agency's own sign-in in a real browser: to a provider on this machine and back, under our pages' strict policy."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from interfaces.settings import Settings
from tests.browser.conftest import Browsers, as_person, served
from tests.browser.looks import faults_of, faults_of_html
from tests.builders import Replayed
from tests.oidc import CLIENT, SECRET, AgencyProvider, a_provider

pytestmark = [
    pytest.mark.filterwarnings("ignore::authlib.deprecate.AuthlibDeprecationWarning"),  # the provider's own
    pytest.mark.filterwarnings("ignore:get_jwt_config:DeprecationWarning"),
]
WRITTEN = """
[[single_sign_on]]
agency = "csc"
issuer = "{}"
client_id = "{}"
client_secret_file = "csc.secret"
mfa = ["mfa"]
"""


def signs_in_there(page: Page, provider: AgencyProvider, subject: str) -> None:
    page.wait_for_url(f"{provider.issuer}/**")
    page.locator('input[name="sub"]').fill(subject)
    page.locator('input[name="sub"]').press("Enter")


def test_somebody_links_it_and_comes_in_by_it(
    home_of: Callable[[Path], Settings], worked_home: Replayed, tmp_path: Path, browsers: Browsers,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:  # fmt: skip
    """Away by a link and back by a redirect: neither the policy of our pages nor the cookies' stands in the way.

    The pages on the way are for everybody to use.
    """
    faults: dict[str, list[str]] = {}
    texts: dict[str, str] = {}

    def looked_at(page: Page) -> None:
        faults[page.url] = faults_of(page)
        texts[page.url] = page.request.get(page.url).text()

    with a_provider("csc") as provider:
        provider.knows("4711", amr=["mfa"])
        settings = home_of(tmp_path)
        written = WRITTEN.format(provider.issuer, CLIENT)
        (settings.home / "csc.secret").write_text(SECRET, encoding="utf-8")
        (settings.home / "hub.toml").write_text(written, encoding="utf-8")
        with served(settings, str(worked_home.case)) as hub:
            page = as_person(browsers.page(hub), "priya")
            page.goto("/account")
            looked_at(page)
            page.get_by_role("link", name="Link my agency's sign-in").click()
            looked_at(page)
            token = page.locator('input[name="csrf_token"]').first.get_attribute("value") or ""
            texts["away"] = page.request.post(page.url, form={"csrf_token": token}).text()
            page.get_by_role("button", name="Link it").click()
            faults["away"] = faults_of(page)
            page.get_by_role("link", name="Go to my agency's sign-in").click()
            signs_in_there(page, provider, "4711")
            expect(page.get_by_text("Your agency's sign-in is linked")).to_be_visible()
            page.get_by_role("button", name="Sign out", exact=True).click()
            page.wait_for_url("**/")

            page.goto("/sign-in?onward=/guidance")
            looked_at(page)
            page.get_by_role("link", name="Hillcrest Children's Social Care").click()
            signs_in_there(page, provider, "4711")
            page.wait_for_url("**/guidance")
            expect(page.locator(".hub-looking")).to_contain_text("Priya Nair")
            page.goto("/account/agency-sign-in/remove")
            looked_at(page)
            of_ours = [one for one in browsers.found() if provider.issuer not in one and "CSP" in one]
            assert [] == of_ours
            assert {} == {where: found for where, found in faults.items() if found}
            assert {} == faults_of_html(texts.items(), tmp_path_factory.mktemp("pages"))
            browsers.forget()  # what is left is of the provider's own pages
