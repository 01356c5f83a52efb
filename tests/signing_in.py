"""People who can sign in: enrolled the way people are, by a link, a password and an authenticator of their own."""

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pyotp
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from interfaces.options import SigningIn
from interfaces.signing_in import enrolment
from interfaces.signing_in.door import Door
from tests.builders import a_command_id

TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')
CHEAP = SigningIn(argon2_memory_mib=1, argon2_passes=1)
"""Argon2 at a cost for tests; hub.toml takes nothing below its floor."""
NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
PASSWORD = "violet harbour teaspoon gravel"


@dataclass
class MachineClock:
    """The clock of signing in; it goes on when it is told to."""

    at: datetime = NOW

    def now(self) -> datetime:
        return self.at

    def passes(self, **span: float) -> None:
        self.at += timedelta(**span)


@dataclass
class Enrolled:
    """Somebody with an account: what they know and what they hold."""

    person: str
    email: str
    secret: str
    recovery_codes: list[str]
    clock: MachineClock
    password: str = PASSWORD
    used: list[str] = field(default_factory=list)

    def code(self, at: datetime | None = None) -> str:
        """What the authenticator shows; when that code was used already, the clock goes on to the next."""
        shown = pyotp.TOTP(self.secret).at(at or self.clock.at)
        if at is None and shown in self.used:
            self.clock.passes(seconds=30)
            return self.code()
        self.used.append(shown)
        return shown


def enrol(door: Door, person: str, clock: MachineClock, password: str = PASSWORD, by: str = "hub") -> Enrolled:
    """Invites the person, who follows the link and chooses credentials."""
    email = f"{person}@agency.example"
    link = enrolment.start(door, by, person, email, command_id=a_command_id())
    own = enrolment.begin(door, link)
    enrolment.choose_password(door, own, password)
    secret = enrolment.under_way(door, own).data["secret"]
    code = pyotp.TOTP(secret).at(clock.at)
    begun, fresh = enrolment.finish(door, own, code, browser="a test")
    door.sign_out(begun.token)
    return Enrolled(person, email, secret, fresh, clock, password, [code])


def sends(client: FlaskClient, address: str, **typed: str) -> TestResponse:
    """Opens a page, takes the token from it, and sends its form."""
    found = TOKEN.search(client.get(address).text)
    assert found is not None, address
    return client.post(address, data={"csrf_token": found[1], **typed})


def signs_in(client: FlaskClient, who: Enrolled) -> TestResponse:
    """Password, then code; the answer to the code."""
    first = sends(client, "/sign-in", email=who.email, password=who.password)
    assert first.status_code == 303, first.text
    return sends(client, "/sign-in/code", code=who.code())
