"""My account: changing what one signs in with, and ending sessions; what was good before is worth nothing at once."""

import re
from collections.abc import Callable
from dataclasses import replace
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from interfaces.signing_in.door import Door, digest
from tests.signing_in import PASSWORD, Enrolled, MachineClock, enrol, sends, signs_in

from .browsing import forms_on
from .conftest import token

NEW = "copper lantern orchard whistle"
KEY = re.compile(r'class="hub-key">([A-Z2-7 ]+)<')
CODES = re.compile(r"<li>((?:[a-z2-7]{4}-){3}[a-z2-7]{4})</li>")


@pytest.fixture
def comes(real: Flask) -> Callable[[Enrolled], FlaskClient]:
    """A browser of its own in which this person has signed in."""

    def signed_in(who: Enrolled) -> FlaskClient:
        client = real.test_client()
        assert signs_in(client, who).status_code == 303
        return client

    return signed_in


@pytest.fixture
def hers(comes: Callable[[Enrolled], FlaskClient], priya: Enrolled) -> FlaskClient:
    return comes(priya)


@pytest.fixture
def there(comes: Callable[[Enrolled], FlaskClient], priya: Enrolled) -> FlaskClient:
    """Priya, signed in at another browser too."""
    return comes(priya)


def half_way(app: Flask, who: Enrolled) -> FlaskClient:
    """Somebody who knows the password, and has not given a code."""
    client = app.test_client()
    assert sends(client, "/sign-in", email=who.email, password=who.password).status_code == 303
    return client


def captured(app: Flask, client: FlaskClient) -> FlaskClient:
    """A browser elsewhere with a copy of this one's cookie."""
    held, thief = client.get_cookie("hub"), app.test_client()
    assert held is not None
    thief.set_cookie("hub", held.value)
    return thief


def statuses(client: FlaskClient, case: UUID) -> set[int]:
    """How pages, the API and a form of a case answer."""
    asked = [client.get(path) for path in ("/caseload", f"/cases/{case}", f"/api/cases/{case}", "/account")]
    asked.append(client.post("/search", data={"name": "Maya", "reason": "r"}))
    assert {"no-store"} == {answer.headers["Cache-Control"] for answer in asked}
    return {answer.status_code for answer in asked}


def changes(client: FlaskClient, current: str, new: str, again: str = "") -> TestResponse:
    return sends(client, "/account/password", current=current, password=new, again=again or new)


def test_a_password_is_changed(real: Flask, hers: FlaskClient, there: FlaskClient, priya: Enrolled):
    """The old one is worth nothing at once; every other session ends, and whoever was half-way in begins again."""
    waiting = half_way(real, priya)
    refused = {
        "This is not the password you have now.": changes(hers, "not the password I have", NEW),
        "Choose at least 15 characters": changes(hers, PASSWORD, "fourteen chars"),
        "This would be guessed early": changes(hers, PASSWORD, "passwordpassword123"),
        "or is your own name": changes(hers, PASSWORD, "Priya.Nair@agency.example"),
        "This is the password you have.": changes(hers, PASSWORD, PASSWORD),
        "The two are not the same.": changes(hers, PASSWORD, NEW, NEW + "!"),
    }
    assert [422] * 6 == [answer.status_code for answer in refused.values()]
    assert [] == [why for why, answer in refused.items() if why not in answer.text]
    assert not any(typed in answer.text for typed in (NEW, PASSWORD, "fourteen chars") for answer in refused.values())
    assert (200, 200) == (there.get("/account").status_code, waiting.get("/sign-in/code").status_code)

    assert changes(hers, PASSWORD, NEW).status_code == 303

    shown = hers.get("/account")
    assert (200, 401) == (shown.status_code, there.get("/account").status_code)
    assert "Password changed" in shown.text
    assert "Session ended: the password was changed" in shown.text
    assert (303, "/sign-in") == (waiting.get("/sign-in/code").status_code, waiting.get("/sign-in/code").location)
    assert 422 == sends(waiting, "/sign-in", email=priya.email, password=PASSWORD).status_code
    assert 303 == signs_in(there, replace(priya, password=NEW)).status_code


def test_guesses_at_an_open_desk_are_slowed(hers: FlaskClient, clock: MachineClock):
    """Ten in a quarter of an hour, on every page that asks for the password; the session goes on."""
    tried = [changes(hers, "a guess", NEW).status_code for _ in range(4)]
    tried += [sends(hers, "/account/recovery-codes", current="a guess").status_code for _ in range(3)]
    tried += [sends(hers, "/account/sure", current="a guess").status_code for _ in range(4)]
    right = changes(hers, PASSWORD, NEW)

    assert [422] * 10 + [429] == tried
    assert (429, 200) == (right.status_code, hers.get("/account").status_code)
    clock.passes(minutes=14.9)
    assert 200 == hers.get("/account").status_code
    clock.passes(minutes=0.1)
    assert 303 == changes(hers, PASSWORD, NEW).status_code


def test_new_recovery_codes_take_the_place_of_the_old(real: Flask, hers: FlaskClient, priya: Enrolled, door: Door):
    """Shown once, for the password; from then on the old ones let nobody in."""
    wrong = sends(hers, "/account/recovery-codes", current="a guess")
    assert (422, 10) == (wrong.status_code, len(door.accounts.credentials("priya", "recovery")))
    made = sends(hers, "/account/recovery-codes", current=PASSWORD)
    fresh = CODES.findall(made.text)
    assert ("no-store", 10) == (made.headers["Cache-Control"], len({*fresh} - {*priya.recovery_codes}))
    waiting = half_way(real, priya)

    old = [sends(waiting, "/sign-in/recovery-code", code=code).status_code for code in priya.recovery_codes[:3]]
    new = sends(waiting, "/sign-in/recovery-code", code=fresh[0]).status_code

    assert ([422] * 3, 303) == (old, new)
    shown = hers.get("/account").text
    assert "New recovery codes made" in shown
    assert "9 left of ten" in shown
    assert not any(code in shown + hers.get("/account/recovery-codes").text for code in fresh)


def test_one_session_is_ended_from_elsewhere(
    real: Flask, hers: FlaskClient, there: FlaskClient, comes: Callable[[Enrolled], FlaskClient], priya: Enrolled,
    door: Door, clock: MachineClock, case: UUID,
):  # fmt: skip
    """Its cookie is worth nothing at once, wherever it was copied to; the others go on.

    Ending the session in hand is signing out, and so is ending all.
    """
    third, thief = comes(priya), captured(real, there)
    sams = comes(enrol(door, "sam", clock))
    assert {200, 403} == statuses(thief, case)  # the form has no token
    marks = [digest(held.value).hex() for one in (there, sams) if (held := one.get_cookie("hub"))]
    offered = [one for one in forms_on(hers.get("/account")) if "session" in one.controls]

    ended = [one for one in offered if one.values["session"] == [marks[0]]]
    assert (3, 1) == (len(offered), len(ended))
    own = {"csrf_token": token(hers, "/account")}
    answers = [hers.post(ended[0].action, data=ended[0].values)]
    answers += [hers.post(ended[0].action, data={**own, "session": typed}) for typed in (marks[1], marks[0], "zz", "")]

    assert [303] * 5 == [answer.status_code for answer in answers]
    assert {401} == statuses(thief, case) == statuses(there, case)
    assert [200] * 3 == [one.get("/account").status_code for one in (hers, third, sams)]
    assert "Session ended: ended from another browser" in hers.get("/account").text
    assert 2 == len([one for one in forms_on(hers.get("/account")) if "session" in one.controls])

    fourth = comes(priya)
    held, thieves = third.get_cookie("hub"), [captured(real, one) for one in (hers, third, fourth)]
    assert held is not None
    in_hand = {"csrf_token": token(third, "/account"), "session": digest(held.value).hex()}
    gone = [third.post("/account/sessions/end", data=in_hand)]
    assert [401, 200, 200] == [one.get("/account").status_code for one in (third, hers, fourth)]
    gone += [hers.post("/account/sessions/end-all", data=own)]
    assert [(303, '"cache", "storage"')] * 2 == [(one.status_code, one.headers["Clear-Site-Data"]) for one in gone]
    assert [{401}] * 6 == [statuses(one, case) for one in (*thieves, hers, third, fourth)]
    assert 200 == sams.get("/account").status_code


# ---- a new telephone


def key_on(page: TestResponse) -> str:
    shown = KEY.search(page.text)
    assert shown is not None, page.text
    return shown[1].replace(" ", "")


def test_a_new_authenticator_takes_the_place_of_the_old(
    real: Flask, hers: FlaskClient, there: FlaskClient, priya: Enrolled, door: Door
):
    """The old one works until a code of the new one was entered; then it is worth nothing, and other sessions end."""
    page = hers.get("/account/authenticator")
    new = replace(priya, secret=key_on(page), used=[])
    assert "<svg" in page.text
    assert key_on(hers.get("/account/authenticator")) == new.secret != priya.secret
    wrong = sends(hers, "/account/authenticator", code=priya.code())
    assert (422, new.secret) == (wrong.status_code, key_on(wrong))
    assert "not the code the new app should show now" in wrong.text
    assert 303 == signs_in(real.test_client(), priya).status_code

    first = new.code()
    done = sends(hers, "/account/authenticator", code=first)

    shown = hers.get("/account").text
    assert (303, "/account") == (done.status_code, done.location)
    assert 401 == there.get("/account").status_code
    assert "A way to sign in removed: authenticator app" in shown
    assert "A way to sign in added: authenticator app" in shown
    assert "Session ended: the authenticator app was replaced" in shown
    assert [new.secret] == [one.value["secret"] for one in door.accounts.credentials("priya", "totp")]
    waiting = half_way(real, priya)
    worthless = [sends(waiting, "/sign-in/code", code=code).status_code for code in (priya.code(), first)]
    assert ([422, 422], 303) == (worthless, sends(waiting, "/sign-in/code", code=new.code()).status_code)
    assert new.secret not in shown + hers.get("/account/authenticator").text


def test_a_new_authenticator_is_set_up_by_who_gave_the_password(
    hers: FlaskClient, there: FlaskClient, priya: Enrolled, door: Door, clock: MachineClock
):
    """Just now, at that browser; what another was shown, or what was shown ten minutes ago, counts for nothing."""
    elsewhere, shown = key_on(there.get("/account/authenticator")), key_on(hers.get("/account/authenticator"))
    assert elsewhere != shown
    code = replace(priya, secret=elsewhere, used=[]).code()
    lost = there.post("/account/authenticator", data={"csrf_token": token(there, "/account"), "code": code})
    assert (422, True) == (lost.status_code, "scan this new picture" in lost.text)

    clock.passes(minutes=5)
    asked = hers.get("/account/authenticator")
    own = {"csrf_token": token(hers, "/account"), "code": replace(priya, secret=shown, used=[]).code()}
    sent = hers.post("/account/authenticator", data=own)

    assert (200, 422) == (asked.status_code, sent.status_code)
    assert all("Your password, once more" in one.text and KEY.search(one.text) is None for one in (asked, sent))
    sure = {"csrf_token": own["csrf_token"], "current": PASSWORD, "onward": "/account/authenticator"}
    assert "/account/authenticator" == hers.post("/account/sure", data=sure).location
    again = key_on(hers.get("/account/authenticator"))
    clock.passes(minutes=4.9)
    assert again == key_on(hers.get("/account/authenticator"))

    clock.passes(minutes=5.1)
    hers.post("/account/sure", data=sure)
    own["code"] = replace(priya, secret=again, used=[]).code()
    late = hers.post("/account/authenticator", data=own)
    assert (422, True) == (late.status_code, "That took too long." in late.text)
    assert key_on(late) != again
    assert [priya.secret] == [one.value["secret"] for one in door.accounts.credentials("priya", "totp")]
