"""One person at a browser: finds fields, links and buttons by the words a person reads, and opens what is folded."""

import re
import time
from dataclasses import dataclass

import pyotp
from playwright.sync_api import CDPSession, Locator, Page, expect

STEP = 30
FIELDS = "textarea, select, input:not([type=checkbox], [type=radio])"
PASSWORD = "violet harbour teaspoon gravel"

OF_A_TELEPHONE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@dataclass
class Authenticator:
    """An app that shows a new code every half a minute; each is good once, so that one waits for the next."""

    secret: str
    last: str = ""

    def code(self) -> str:
        while (shown := pyotp.TOTP(self.secret).now()) == self.last:
            time.sleep(STEP - time.time() % STEP)
        self.last = shown
        return shown


@dataclass
class Screen:
    """A person's page, and what they hold to sign in with: an app, a passkey, or an account at their agency's own."""

    page: Page
    email: str
    app: Authenticator | None = None
    agency: str = ""
    device: CDPSession | None = None
    inside: bool = False

    @property
    def main(self) -> Locator:
        return self.page.locator("main")

    @property
    def refused(self) -> str:
        """What the page says is wrong; empty where nothing is."""
        summary = self.main.locator(".govuk-error-summary")
        return summary.inner_text() if summary.count() else ""

    def enrols(self, link: str) -> None:
        """Follow an invitation: choose a password, set up the app by the key it shows, keep the codes."""
        self.page.goto(link)
        self.presses("Begin")
        self.writes("New password", PASSWORD)
        self.writes("New password again", PASSWORD)
        self.presses("Go on")
        self.app = Authenticator(self.main.locator(".hub-key").inner_text().replace(" ", ""))
        self.writes("Code", self.app.code())
        self.presses("Finish and sign in")
        expect(self.main.locator(".hub-codes li")).to_have_count(10)
        self.follows("I have kept them: go on")

    def enrols_by_agency(self, link: str, agency: str) -> None:
        """Follow an invitation, and use the sign-in one has at work instead of a password."""
        self.agency = agency
        self.page.goto(link)
        self.presses("Begin")
        self.follows(f"use the sign-in of {agency}")
        self._vouched_for()

    def adds_passkey(self, name: str) -> None:
        """To the account one has signed in to; from then on it is what one signs in with."""
        self.device = self.page.context.new_cdp_session(self.page)
        self.device.send("WebAuthn.enable")
        self.device.send("WebAuthn.addVirtualAuthenticator", {"options": OF_A_TELEPHONE})
        self.follows("My account")
        self.follows("Add a passkey")
        self.writes("Name of this passkey", name)
        self.presses("Make the passkey")
        expect(self.page.get_by_text("Your passkey is ready")).to_be_visible()

    def leaves(self) -> None:
        self._goes(self.page.get_by_role("button", name="Sign out", exact=True))

    def signs_in(self) -> None:
        """By passkey or at their agency, who has it so; else by work e-mail and password, then the app's code."""
        self.page.goto("/sign-in")
        if self.device is not None:
            self.follows("Sign in with a passkey")
            self.presses("Use my passkey")
        elif self.agency:
            self.follows(self.agency)
            self._vouched_for()
        else:
            assert self.app is not None
            self.writes("Work e-mail", self.email)
            self.writes("Password", PASSWORD)
            self.presses("Go on")
            self.writes("Code", self.app.code())
            self.presses("Sign in")
        expect(self.main.get_by_role("heading", level=1)).to_have_text("My work")
        self.inside = True

    def _vouched_for(self) -> None:
        """At the agency's own sign-in, which is another's page; it sends the browser back."""
        self.page.get_by_placeholder("sub").fill(self.email)
        self._goes(self.page.get_by_role("button", name="Authorize"))

    def opened(self, found: Locator) -> Locator:
        """What was found, with everything open in which it is folded."""
        folded = found.locator("xpath=ancestor::details[not(@open)]/summary")
        if folded.count():
            folded.first.click()
        return found

    def field(self, label: str) -> Locator:
        labelled = self.main.get_by_label(label, exact=True)
        return self.opened(labelled.and_(self.page.locator(FIELDS)))

    def asked(self, legend: str) -> Locator:
        """The group of boxes under a question."""
        return self.main.locator(f'fieldset:has(> legend:text-is("{legend}"))')

    def option(self, legend: str, chosen: str) -> Locator:
        """A choice under a question: by its words, or by the record's word for it."""
        group = self.asked(legend)
        by_word = group.locator(f'input[value="{chosen}"]')
        return self.opened(by_word.or_(group.get_by_label(chosen, exact=True)))

    def writes(self, label: str, text: str) -> None:
        self.field(label).fill(text)

    def chooses(self, legend: str, *chosen: str) -> None:
        """One of several, or any of several."""
        for one in chosen:
            self.option(legend, one).check()

    def picks(self, label: str, chosen: str) -> None:
        """From a list that drops down."""
        self.field(label).select_option(chosen)

    def dates(self, legend: str, when: str) -> None:
        """A day of the calendar, with its time where one is given."""
        day, _, clock = when.partition("T")
        group = self.opened(self.asked(legend))
        for box, number in zip(("Year", "Month", "Day"), day.split("-"), strict=True):
            group.get_by_label(box, exact=True).fill(number.lstrip("0"))
        if clock:
            group.get_by_label("Time", exact=True).fill(clock[:5])

    def link(self, words: str | re.Pattern[str]) -> Locator:
        exactly = words if isinstance(words, re.Pattern) else re.compile(rf"^\s*{re.escape(words)}\s*$")
        return self.page.locator("a").filter(has_text=exactly)

    def offers(self, words: str | re.Pattern[str]) -> bool:
        return self.link(words).count() > 0

    def follows(self, words: str | re.Pattern[str]) -> None:
        """Follow a link; what was typed on the page behind it earlier, and not sent, is thrown away."""
        self._goes(self.opened(self.link(words).first))
        discard = self.main.get_by_role("button", name="Discard what I typed")
        if discard.count():
            self._goes(discard)

    def presses(self, words: str | re.Pattern[str]) -> None:
        exact = isinstance(words, str)
        self._goes(self.main.get_by_role("button", name=words, exact=exact))

    def _goes(self, through: Locator) -> None:
        with self.page.expect_navigation():
            through.click()
