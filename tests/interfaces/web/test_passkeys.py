"""Passkeys: both factors at once, bound to the hub's address, asked once; and what does not hold lets nobody in."""

import html
import json
import re
from collections.abc import Callable
from dataclasses import replace

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from application.commands.people import keep_directory
from application.hub import Hub
from application.ledger import ACCOUNTS_STREAM
from interfaces.signing_in import passkeys
from interfaces.signing_in.door import Door
from interfaces.signing_in.enrolment import start
from interfaces.signing_in.passkeys import Site, site_of
from tests.builders import a_command_id
from tests.passkeys import Device
from tests.signing_in import PASSWORD, Enrolled, MachineClock, enrol, sends, signs_in

from .conftest import token

ASKED = re.compile(r'data-passkey-(?:use|new)="([^"]+)"')
TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


@pytest.fixture
def hers(real: Flask, priya: Enrolled) -> FlaskClient:
    """A browser in which Priya has signed in just now."""
    client = real.test_client()
    signs_in(client, priya)
    return client


@pytest.fixture
def device(hers: FlaskClient) -> Device:
    """Priya's telephone, with a passkey she has added."""
    made = Device()
    answer = adds(hers, made)
    assert (303, "/account") == (answer.status_code, answer.headers["Location"])
    return made


def answers(client: FlaskClient, path: str, how: Callable[[str], str], **typed: str) -> TestResponse:
    """Opens the page, lets the device answer what it asks, and sends the form."""
    shown = client.get(path).text
    asked, token = ASKED.search(shown), TOKEN.search(shown)
    assert asked is not None, shown
    assert token is not None
    return client.post(path, data={"csrf_token": token[1], "answer": how(html.unescape(asked[1])), **typed})


def adds(client: FlaskClient, device: Device, name: str = "Work telephone") -> TestResponse:
    return answers(client, "/account/passkeys/new", device.makes, called=name)


def enters(client: FlaskClient, device: Device) -> TestResponse:
    return answers(client, "/sign-in/passkey", device.uses)


def refusals(hub: Hub) -> list[tuple[str, str]]:
    events = hub.ledger.read(ACCOUNTS_STREAM, 0)
    return [(one.person, one.why) for one in events if type(one).__name__ == "SignInRefused"]


def test_a_passkey_alone_lets_its_owner_in(real: Flask, hers: FlaskClient, device: Device, door: Door):
    """It is both factors; name and key lie sealed; adding it and coming in by it are on record."""
    client = real.test_client()

    assert enters(client, device).status_code == 303
    assert "Priya Nair" in client.get("/caseload").text
    assert "by passkey" in client.get("/account").text
    assert "A way to sign in added: passkey, Work telephone" in client.get("/account").text
    (held,) = door.accounts.credentials("priya", "passkey")
    assert (2, "Work telephone") == (held.counter, held.name)


def test_what_the_browser_is_asked(hers: FlaskClient, door: Door, device: Device):
    """A passkey that knows by itself whose it is, checks who uses it, says nothing of its maker; none made twice."""
    asked = ASKED.search(hers.get("/account/passkeys/new").text)
    assert asked is not None
    options = json.loads(html.unescape(asked[1]))

    assert "localhost" == options["rp"]["id"]
    assert "none" == options["attestation"]
    assert ("required", "required") == tuple(
        options["authenticatorSelection"][name] for name in ("residentKey", "userVerification")
    )
    assert 1 == len(options["excludeCredentials"])
    assert "priya" not in options["user"]["id"].casefold()


def test_a_counter_that_goes_back_is_refused_and_on_record(
    real: Flask, device: Device, worked_hub: Hub, door: Door
):
    """There may be a copy of the key; a number already seen is no better."""
    assert enters(real.test_client(), device).status_code == 303
    copies = []
    for before in (0, 1):
        device.counter = before
        copies.append(enters(real.test_client(), device).status_code)

    assert [422, 422] == copies
    assert [("priya", "passkey_counter")] * 2 == refusals(worked_hub)
    device.counter = 2
    assert enters(real.test_client(), device).status_code == 303


def test_a_passkey_that_never_counts_is_taken(real: Flask, hers: FlaskClient):
    """Those that several devices share stay at nought; but not one that counted before."""
    shared = Device(counter=0)
    assert adds(hers, shared).status_code == 303
    for _ in range(2):
        shared.counter = -1
        assert enters(real.test_client(), shared).status_code == 303


@pytest.mark.parametrize(
    "other",
    [
        {"verified": False},
        {"origin": "https://hub.evil.example"},
        {"origin": "http://localhost:81"},
        {"domain": "evil.example"},
        {"key": Device().key},
        {"handle": "c29tZWJvZHkgZWxzZQ"},
    ],
    ids=["not verified", "another site", "another port", "another domain", "another key", "another person's"],
)
def test_an_answer_that_does_not_hold_lets_nobody_in(
    real: Flask, device: Device, worked_hub: Hub, other: dict[str, object]
):
    """And is on record, since it named an account's passkey."""
    client = real.test_client()

    assert enters(client, replace(device, **other)).status_code == 422
    assert [("priya", "passkey")] == refusals(worked_hub)
    assert 401 == client.get("/caseload").status_code


def test_an_answer_works_once(real: Flask, device: Device):
    """In the browser that was asked, within five minutes; the same answer sent again lets nobody in."""
    client = real.test_client()
    sent: list[str] = []

    def kept(asked: str) -> str:
        sent.append(device.uses(asked))
        return sent[0]

    answers(client, "/sign-in/passkey", kept)
    client.post("/sign-out", data={"csrf_token": token(client)})

    assert answers(client, "/sign-in/passkey", lambda _: sent[0]).status_code == 422
    assert 401 == client.get("/caseload").status_code


def test_an_answer_that_comes_too_late_lets_nobody_in(real: Flask, device: Device, clock: MachineClock):
    """What is asked holds for five minutes."""

    def slowly(asked: str) -> str:
        clock.passes(minutes=5)
        return device.uses(asked)

    assert answers(real.test_client(), "/sign-in/passkey", slowly).status_code == 422


def test_what_one_browser_was_asked_no_other_answers(real: Flask, device: Device):
    """Else somebody could be signed in as another without knowing it."""
    mine, other = real.test_client(), real.test_client()
    asked = ASKED.search(mine.get("/sign-in/passkey").text)
    assert asked is not None
    answer = device.uses(html.unescape(asked[1]))

    assert answers(other, "/sign-in/passkey", lambda _: answer).status_code == 422


@pytest.mark.parametrize(
    "answer",
    ["", "x", "[]", "{}", "null", '{"id": 5}', '{"id": "YQ", "response": {}}', "[" * 19000, '{"id": "a passkey"}',
     '{"id": "YSBwYXNza2V5J3MgaWQ", "response": {"userHandle": "!"}}',
     '{"id": "YSBwYXNza2V5J3MgaWQ", "rawId": 1, "response": {"userHandle": "YQ", "clientDataJSON": []}}'],
)  # fmt: skip
def test_what_is_no_answer_is_refused(real: Flask, hers: FlaskClient, device: Device, answer: str):
    """Whatever is sent: to make one, or to come in."""
    entering = answers(real.test_client(), "/sign-in/passkey", lambda _: answer)
    making = answers(hers, "/account/passkeys/new", lambda _: answer, called="Another")

    assert (422, 422) == (entering.status_code, making.status_code)


def test_a_passkey_belongs_to_one_account(real: Flask, door: Door, device: Device, clock: MachineClock):
    """The same one cannot be added by another person."""
    sams = real.test_client()
    signs_in(sams, enrol(door, "sam", clock))

    assert adds(sams, device).status_code == 422
    assert [] == door.accounts.credentials("sam", "passkey")


def test_one_that_did_not_check_its_user_is_not_added(hers: FlaskClient, door: Door):
    """It would be one factor only."""
    assert adds(hers, Device(verified=False)).status_code == 422
    assert [] == door.accounts.credentials("priya", "passkey")


def test_there_is_an_end_to_how_many(hers: FlaskClient, door: Door):
    """Ten, so that nobody keeps some that nobody knows any more."""
    for number in range(10):
        assert adds(hers, Device(number=bytes([number]) * 16), str(number)).status_code == 303

    assert "Remove one that you do not use" in hers.get("/account/passkeys/new").text


def test_a_passkey_that_is_removed_lets_nobody_in(real: Flask, hers: FlaskClient, device: Device, door: Door):
    """And whoever came in by it is out."""
    there = real.test_client()
    enters(there, device)
    (held,) = door.accounts.credentials("priya", "passkey")

    answer = sends(hers, f"/account/passkeys/{passkeys.reference(held)}/remove")

    assert answer.status_code == 303
    assert (200, 401) == (hers.get("/account").status_code, there.get("/account").status_code)
    assert enters(real.test_client(), device).status_code == 422
    assert "A way to sign in removed: passkey, Work telephone" in hers.get("/account").text


def test_anothers_passkey_is_not_there(real: Flask, door: Door, device: Device, clock: MachineClock):
    """Neither to look at nor to remove."""
    (held,) = door.accounts.credentials("priya", "passkey")
    sams = real.test_client()
    signs_in(sams, enrol(door, "sam", clock))

    assert 404 == sams.get(f"/account/passkeys/{passkeys.reference(held)}/remove").status_code


def test_the_last_way_in_is_not_removed(hers: FlaskClient, device: Device, door: Door):
    """Where there is no password, one passkey stays."""
    door.accounts.put_in_place("priya", ("password", "totp", "recovery"), ())
    (held,) = door.accounts.credentials("priya", "passkey")

    answer = sends(hers, f"/account/passkeys/{passkeys.reference(held)}/remove")

    assert answer.status_code == 422
    assert "Add another way first" in answer.text
    assert [held] == door.accounts.credentials("priya", "passkey")


def test_after_a_while_the_password_is_asked_for_again(hers: FlaskClient, device: Device, clock: MachineClock):
    """Before a stranger at an open desk could add a way in of their own."""
    clock.passes(minutes=5)
    shown = hers.get("/account/passkeys/new")
    assert (200, True) == (shown.status_code, "Your password, once more" in shown.text)
    assert ASKED.search(shown.text) is None
    own = token(hers, "/account")
    assert 422 == hers.post("/account/passkeys/new", data={"csrf_token": own, "called": "x"}).status_code
    assert 422 == hers.post("/account/sure", data={"csrf_token": own, "current": "a guess"}).status_code

    right = {"csrf_token": own, "current": PASSWORD, "onward": "/account/passkeys/new"}
    answer = hers.post("/account/sure", data=right)

    assert (303, "/account/passkeys/new") == (answer.status_code, answer.headers["Location"])
    assert adds(hers, Device(number=b"another")).status_code == 303


def test_a_reset_takes_passkeys_away(real: Flask, device: Device, door: Door):
    """With everything else the account was entered by."""
    start(door, "hub", "priya", "priya@agency.example", command_id=a_command_id())

    assert enters(real.test_client(), device).status_code == 422


def test_who_may_not_be_here_is_refused(real: Flask, device: Device, worked_hub: Hub):
    """Whatever the device says."""
    keep_directory(worked_hub, "hub", "disable_account", {"person": "priya"}, command_id=a_command_id())

    assert enters(real.test_client(), device).status_code == 422
    assert [("priya", "may_not_enter")] == refusals(worked_hub)


@pytest.mark.parametrize(
    ("origin", "asked_at", "site"),
    [
        ("", "http://localhost:8080/", Site("http://localhost:8080", "localhost")),
        ("", "http://127.0.0.1:8080/", None),
        ("", "http://[::1]:8080/", None),
        ("https://Hub.Example", "http://127.0.0.1/", Site("https://hub.example", "hub.example")),
        ("https://hub.example:443", "http://x/", Site("https://hub.example", "hub.example")),
        ("https://hub.example:8443", "http://x/", Site("https://hub.example:8443", "hub.example")),
    ],
)  # fmt: skip
def test_to_which_address_a_passkey_belongs(origin: str, asked_at: str, site: Site | None):
    """The hub's own, as it is configured; on this machine alone, by its name."""
    assert site == site_of(origin, asked_at)


def test_under_a_number_the_page_says_where_to_go(real: Flask):
    """A number is no domain (WebAuthn)."""
    client = real.test_client()
    shown = client.get("/sign-in/passkey", base_url="http://127.0.0.1")

    assert "under the name <strong>localhost</strong>" in shown.text
    assert ASKED.search(shown.text) is None
