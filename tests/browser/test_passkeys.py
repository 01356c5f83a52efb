"""A passkey in a real browser, with the authenticator that Chromium keeps for tests."""

from dataclasses import replace

import pytest
from playwright.sync_api import CDPSession, Page, expect

from tests.browser.conftest import Browsers, Served, as_person
from tests.browser.looks import faults_of

OF_A_TELEPHONE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.fixture
def by_name(own_hub: Served) -> Served:
    """The hub under this machine's name: a passkey belongs to a domain."""
    return replace(own_hub, address=own_hub.address.replace("127.0.0.1", "localhost"))


@pytest.fixture
def device(by_name: Served, browsers: Browsers) -> tuple[Page, CDPSession, str]:
    """A browser with an authenticator in it."""
    page = browsers.page(by_name)
    cdp = page.context.new_cdp_session(page)
    cdp.send("WebAuthn.enable")
    made = cdp.send("WebAuthn.addVirtualAuthenticator", {"options": OF_A_TELEPHONE})
    return page, cdp, made["authenticatorId"]


def signs_out(page: Page) -> None:
    page.get_by_role("button", name="Sign out", exact=True).click()
    page.wait_for_url("**/")


def adds(page: Page, name: str) -> None:
    page.goto("/account")
    page.get_by_role("link", name="Add a passkey").click()
    page.get_by_label("Name of this passkey").fill(name)
    page.get_by_role("button", name="Make the passkey").click()
    expect(page.get_by_text("Your passkey is ready")).to_be_visible()


def faults_at(page: Page, *addresses: str) -> dict[str, list[str]]:
    """What is wrong with pages at the hub's own name, where scripts take part in them."""
    found = {}
    for address in addresses:
        page.goto(address)
        found[address] = faults_of(page)
    return {address: faults for address, faults in found.items() if faults}


def test_a_passkey_is_made_and_lets_its_owner_in(device: tuple[Page, CDPSession, str]) -> None:
    """By itself, since it checks who uses it; twice, since its counter goes on; its pages are for everybody to use."""
    page, cdp, authenticator = device
    assert {} == faults_at(page, "/sign-in", "/sign-in/passkey")
    as_person(page, "priya")
    adds(page, "Work laptop")
    remove = page.get_by_role("link", name="Remove the passkey Work laptop").get_attribute("href") or ""
    assert {} == faults_at(page, "/account", "/account/passkeys/new", "/account/sure", remove)
    for _ in range(2):
        signs_out(page)
        page.goto("/sign-in?onward=/guidance")
        page.get_by_role("link", name="Sign in with a passkey").click()
        page.get_by_role("button", name="Use my passkey").click()
        page.wait_for_url("**/guidance")
        expect(page.locator(".hub-looking")).to_contain_text("Priya Nair")
    page.goto("/account")
    expect(page.get_by_text("by passkey.")).to_be_visible()

    (kept,) = cdp.send("WebAuthn.getCredentials", {"authenticatorId": authenticator})["credentials"]
    assert ("localhost", True) == (kept["rpId"], kept["isResidentCredential"])
    assert 3 == kept["signCount"]


def test_without_scripts_the_password_remains(by_name: Served, browsers: Browsers) -> None:
    """Nothing is offered that cannot work."""
    page = browsers.page(by_name, scripts=False)
    page.goto("/sign-in")
    expect(page.get_by_text("Sign in with a passkey")).to_be_hidden()
    expect(page.get_by_label("Password")).to_be_visible()
    page.goto("/sign-in/passkey")
    expect(page.get_by_role("button", name="Use my passkey")).to_be_hidden()
    expect(page.get_by_role("link", name="Sign in with my password")).to_be_visible()


def test_a_device_without_a_passkey_is_said_and_may_be_tried_again(device: tuple[Page, CDPSession, str]) -> None:
    """The page says so, asks nothing of the hub, and its button works again."""
    page, cdp, authenticator = device
    as_person(page, "priya")
    adds(page, "Work telephone")
    signs_out(page)
    of_it = {"authenticatorId": authenticator}
    (kept,) = cdp.send("WebAuthn.getCredentials", of_it)["credentials"]
    cdp.send("WebAuthn.clearCredentials", of_it)
    page.goto("/sign-in/passkey")
    page.get_by_role("button", name="Use my passkey").click()
    expect(page.get_by_role("status")).to_have_text("No passkey was used. Try again when you are ready.")

    cdp.send("WebAuthn.addCredential", of_it | {"credential": kept})
    page.get_by_role("button", name="Use my passkey").click()
    expect(page.locator(".hub-looking")).to_contain_text("Priya Nair")
