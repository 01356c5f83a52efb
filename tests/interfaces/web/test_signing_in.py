"""Signing in by password and a second factor, and how it ends."""

import re
from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import pytest
from argon2 import PasswordHasher
from flask import Flask
from flask.testing import FlaskClient

from application.commands.people import keep_directory
from application.hub import Hub
from application.ledger import ACCOUNTS_STREAM
from domain.record import Event
from interfaces.bootstrap import build_door
from interfaces.settings import Settings
from interfaces.signing_in.door import Door
from interfaces.web.app import create_app
from tests.builders import a_command_id
from tests.signing_in import NOW, PASSWORD, Enrolled, MachineClock, enrol, sends, signs_in

from .conftest import token
from .test_gate import addresses


@pytest.fixture
def browser(real: Flask) -> FlaskClient:
    return real.test_client()


def happened(hub: Hub, since: int = 0) -> list[Event]:
    return hub.ledger.read(ACCOUNTS_STREAM, since)


def test_password_and_code_let_a_person_in(browser: FlaskClient, priya: Enrolled, worked_hub: Hub):
    """Neither is enough by itself; that she came in, and how, is on record."""
    before = len(happened(worked_hub))
    assert sends(browser, "/sign-in", email=" PRIYA@agency.example ", password=PASSWORD).status_code == 303
    assert browser.get("/caseload").status_code == 401

    answer = sends(browser, "/sign-in/code", code=priya.code())

    assert (303, "/caseload") == (answer.status_code, answer.headers["Location"])
    assert "Priya Nair" in browser.get("/caseload").text
    (event,) = happened(worked_hub, before)
    assert ("priya", "totp", "priya") == (event.person, event.method, event.by.person)


def test_a_code_alone_lets_nobody_in(browser: FlaskClient, priya: Enrolled):
    """Without the first step there is no second."""
    browser.get("/sign-in")
    for page in ("/sign-in/code", "/sign-in/recovery-code"):
        answer = browser.post(page, data={"csrf_token": token(browser, "/sign-in"), "code": priya.code()})

        assert (303, "/sign-in") == (answer.status_code, answer.headers["Location"])
    assert browser.get("/caseload").status_code == 401


def test_after_signing_in_one_goes_on_to_the_page_one_came_for(browser: FlaskClient, priya: Enrolled, case: UUID):
    """And to no page of another site."""
    refused = browser.get(f"/cases/{case}")
    assert f'href="/sign-in?onward=/cases/{case}"' in refused.text
    elsewhere = {"//evil.example/": "/caseload", "/\\evil": "/caseload", "https://evil.example": "/caseload"}
    for asked, led in {f"/cases/{case}": f"/cases/{case}", **elsewhere}.items():
        sends(browser, "/sign-in", email=priya.email, password=PASSWORD, onward=asked)
        answer = sends(browser, "/sign-in/code", code=priya.code())

        assert led == answer.headers["Location"]
        browser.post("/sign-out", data={"csrf_token": token(browser)})


@pytest.mark.parametrize("password", [PASSWORD + " ", PASSWORD.upper(), "", "x" * 3000, "\N{PILE OF POO}" * 20])
def test_a_known_and_an_unknown_address_answer_alike(
    browser: FlaskClient, priya: Enrolled, password: str, monkeypatch: pytest.MonkeyPatch
):
    """Same words, same status, as many Argon2 calls (ASVS 6.3.8)."""
    checks: list[int] = []
    verify = PasswordHasher.verify
    monkeypatch.setattr(PasswordHasher, "verify", lambda *given: checks.append(1) or verify(*given))
    answers, counts = [], []
    for email in (priya.email, "nobody@agency.example", "sam@agency.example"):
        page = browser.get("/sign-in")
        answer = sends(browser, "/sign-in", email=email, password=password)
        answers.append((answer.status_code, without_numbers(answer.text).replace(email, "")))
        counts.append(len(checks))
        checks.clear()
        assert page.status_code == 200

    assert 422 == answers[0][0]
    assert answers[0] == answers[1] == answers[2]
    assert 1 == len({*counts})
    assert ([1] * 3 if password and len(password) < 2000 else [0] * 3) == counts


def without_numbers(text: str) -> str:
    return re.sub(r'(name="(?:csrf_token|command_id)" value=)"[^"]*"', r"\1", text)


def test_what_was_typed_stands_nowhere(browser: FlaskClient, priya: Enrolled, worked_hub: Hub):
    """A refusal is on record for accounts there are, without a word of what was typed."""
    before = len(happened(worked_hub))
    sends(browser, "/sign-in", email=priya.email, password="Priya's other password")
    sends(browser, "/sign-in", email="typed.wrong@agency.example", password="something typed wrong")

    (event,) = happened(worked_hub, before)

    assert ("priya", "password", "hub") == (event.person, event.why, event.by.person)
    assert "typed wrong" not in browser.get("/sign-in").text


def test_a_code_works_once(real: Flask, priya: Enrolled):
    """The same code in a second browser, within its half minute, is worth nothing (ASVS 6.5.1)."""
    first, second = real.test_client(), real.test_client()
    code = priya.code()
    for client in (first, second):
        sends(client, "/sign-in", email=priya.email, password=PASSWORD)

    assert [303, 422] == [sends(client, "/sign-in/code", code=code).status_code for client in (first, second)]


def test_a_clock_put_back_makes_no_old_code_good(browser: FlaskClient, priya: Enrolled, clock: MachineClock):
    """Steps up to the last one used are used up for ever."""
    clock.passes(minutes=10)
    assert signs_in(browser, priya).status_code == 303
    browser.post("/sign-out", data={"csrf_token": token(browser)})
    clock.passes(minutes=-5)
    sends(browser, "/sign-in", email=priya.email, password=PASSWORD)

    for at in (clock.at, clock.at + timedelta(minutes=5)):
        assert sends(browser, "/sign-in/code", code=priya.code(at)).status_code == 422


def test_half_way_in_lasts_ten_minutes_and_five_tries(browser: FlaskClient, priya: Enrolled, clock: MachineClock):
    """Then the password is asked for again."""
    sends(browser, "/sign-in", email=priya.email, password=PASSWORD)
    clock.passes(minutes=10)
    late = browser.get("/sign-in/code")
    sends(browser, "/sign-in", email=priya.email, password=PASSWORD)
    tried = [sends(browser, "/sign-in/code", code="000000").status_code for _ in range(5)]

    assert ("/sign-in", "/sign-in") == (late.headers["Location"], browser.get("/sign-in/code").headers["Location"])
    assert [422] * 5 == tried


def test_a_recovery_code_lets_in_once(real: Flask, priya: Enrolled, worked_hub: Hub):
    """However it is typed; how many are left is on record, and which was used is not."""
    before = len(happened(worked_hub))
    answers = []
    for typed in (priya.recovery_codes[0].upper().replace("-", " "), priya.recovery_codes[0], "aaaa-bbbb-cccc-dddd"):
        client = real.test_client()
        sends(client, "/sign-in", email=priya.email, password=PASSWORD)
        answers.append(sends(client, "/sign-in/recovery-code", code=typed).status_code)

    assert [303, 422, 422] == answers
    used, begun, *_ = happened(worked_hub, before)
    assert (9, "recovery_code") == (used.left, begun.method)


def test_another_persons_recovery_code_lets_nobody_in(browser: FlaskClient, door: Door, priya: Enrolled):
    """It is bound to the account."""
    sam = enrol(door, "sam", priya.clock)
    sends(browser, "/sign-in", email=priya.email, password=PASSWORD)

    assert sends(browser, "/sign-in/recovery-code", code=sam.recovery_codes[0]).status_code == 422
    assert 10 == len(door.accounts.credentials("sam", "recovery"))


# ---- too much is tried


def test_many_tries_are_slowed_and_nobody_is_locked_out(real: Flask, priya: Enrolled, clock: MachineClock):
    """Ten guesses in a quarter of an hour from strange browsers; the browser she used before is not touched by them."""
    hers = real.test_client()
    signs_in(hers, priya)
    hers.post("/sign-out", data={"csrf_token": token(hers)})
    strangers = [real.test_client() for _ in range(3)]
    tried = [
        sends(strangers[number % 3], "/sign-in", email=priya.email, password="guess").status_code
        for number in range(12)
    ]
    answer = sends(strangers[0], "/sign-in", email=priya.email, password=PASSWORD)

    assert [422] * 10 + [429] * 2 == tried
    assert (429, "900") == (answer.status_code, answer.headers["Retry-After"])
    assert "Try again in 15 minutes" in answer.text
    assert signs_in(hers, priya).status_code == 303
    clock.passes(minutes=15)
    assert sends(strangers[0], "/sign-in", email=priya.email, password=PASSWORD).status_code == 303


def test_an_unknown_address_is_slowed_alike(browser: FlaskClient, priya: Enrolled):
    """Else the slowing would tell which accounts there are."""
    tried = [
        sends(browser, "/sign-in", email="nobody@agency.example", password="guess").status_code for _ in range(11)
    ]

    assert [422] * 10 + [429] == tried


def test_a_known_browser_of_another_person_has_no_tries_of_its_own(real: Flask, door: Door, priya: Enrolled):
    """The mark is bound to who signed in there, and nobody can write one."""
    sam = enrol(door, "sam", priya.clock)
    sams = real.test_client()
    signs_in(sams, sam)
    sams.post("/sign-out", data={"csrf_token": token(sams)})
    stranger = real.test_client()
    stranger.set_cookie("hub-known", "W10.forged.mark")
    for _ in range(10):
        sends(stranger, "/sign-in", email=priya.email, password="guess")

    assert sends(sams, "/sign-in", email=priya.email, password=PASSWORD).status_code == 429


# ---- how it ends


def test_a_session_left_alone_ends(browser: FlaskClient, priya: Enrolled, clock: MachineClock):
    """After fifteen minutes without use, and eight hours in all."""
    signs_in(browser, priya)
    clock.passes(minutes=14)
    assert browser.get("/caseload").status_code == 200
    clock.passes(minutes=15)
    assert browser.get("/caseload").status_code == 401

    signs_in(browser, priya)
    for _ in range(48):
        clock.passes(minutes=9.9)
        assert browser.get("/guidance").status_code == 200
    clock.passes(minutes=9.9)
    assert browser.get("/guidance").status_code == 401


def gone_by_signing_out(client: FlaskClient, hub: Hub) -> None:
    answer = client.post("/sign-out", data={"csrf_token": token(client)})
    assert '"cache", "storage"' == answer.headers["Clear-Site-Data"]


def gone_by_ending_all(client: FlaskClient, hub: Hub) -> None:
    client.post("/account/sessions/end-all", data={"csrf_token": token(client)})


def by_the_directory(act: str, **data: str) -> Callable[[FlaskClient, Hub], None]:
    def do(client: FlaskClient, hub: Hub) -> None:
        keep_directory(hub, "hub", act, {"person": "priya", **data}, command_id=a_command_id())

    return do


@pytest.mark.parametrize(
    "gone",
    [
        gone_by_signing_out,
        gone_by_ending_all,
        by_the_directory("disable_account"),
        by_the_directory("end_membership"),
        by_the_directory("end_role", role="practitioner"),
    ],
    ids=["signed out", "ended everywhere", "disabled", "left", "no role left"],
)
def test_a_captured_cookie_is_worth_nothing_afterwards(
    real: Flask, browser: FlaskClient, priya: Enrolled, worked_hub: Hub, gone: Callable[[FlaskClient, Hub], None]
):
    """401 everywhere at once, whatever the browser still holds."""
    signs_in(browser, priya)
    held = browser.get_cookie("hub")
    assert held is not None
    gone(browser, worked_hub)

    thief = real.test_client()
    thief.set_cookie("hub", held.value)
    statuses = {}
    for method, path in addresses(real):
        with thief.open(path, method=method) as answer:
            statuses[method, path] = answer.status_code

    public = ("/sign-in", "/enrol/", "/choose", "/static/")
    let_in = [one for one, status in statuses.items() if status != 401 and not one[1].startswith(public)]
    assert [("GET", "/")] == let_in


def test_who_may_not_enter_any_more_does_not_come_back_by_the_old_cookie(
    browser: FlaskClient, priya: Enrolled, worked_hub: Hub
):
    """The session is over for good, also when the account is enabled again."""
    signs_in(browser, priya)
    for act, status in (("disable_account", 401), ("enable_account", 401)):
        keep_directory(worked_hub, "hub", act, {"person": "priya"}, command_id=a_command_id())

        assert status == browser.get("/caseload").status_code
    assert signs_in(browser, priya).status_code == 303


def test_somebody_disabled_cannot_begin(browser: FlaskClient, priya: Enrolled, worked_hub: Hub):
    """And is told no more than somebody who mistyped."""
    keep_directory(worked_hub, "hub", "disable_account", {"person": "priya"}, command_id=a_command_id())

    assert sends(browser, "/sign-in", email=priya.email, password=PASSWORD).status_code == 422


def test_each_signing_in_has_a_token_of_its_own(browser: FlaskClient, priya: Enrolled):
    """Nothing that was in the browser before counts for anything (ASVS 7.2.4)."""
    browser.set_cookie("hub", "planted")
    held = []
    for _ in range(2):
        signs_in(browser, priya)
        cookie = browser.get_cookie("hub")
        assert cookie is not None
        held.append(cookie.value)
        browser.post("/sign-out", data={"csrf_token": token(browser)})

    assert 3 == len({"planted", *held})
    assert all(len(one) >= 43 for one in held)


def test_a_form_from_before_signing_in_does_nothing_afterwards(browser: FlaskClient, priya: Enrolled, case: UUID):
    """The token of a form is bound to the session it was shown in."""
    before = token(browser, "/sign-in")
    signs_in(browser, priya)

    answer = browser.post(f"/cases/{case}/open-with-a-reason", data={"csrf_token": before, "reason": "x"})

    assert answer.status_code == 403


def test_the_demo_has_the_real_door_too(worked_hub: Hub, settings: Settings, clock: MachineClock):
    """There one may choose a person, or sign in."""
    door = build_door(worked_hub, settings, clock)
    client = create_app(worked_hub, settings, door).test_client()
    enrolled = enrol(door, "priya", clock)

    assert signs_in(client, enrolled).status_code == 303
    assert "Priya Nair" in client.get("/caseload").text
    door.close()


def test_the_session_counts_by_the_machines_clock(browser: FlaskClient, priya: Enrolled, worked_hub: Hub):
    """The record of the worked case stands months before; that ends no session (design §6)."""
    signs_in(browser, priya)

    assert worked_hub.now() < NOW - timedelta(days=100)
    assert browser.get("/caseload").status_code == 200
