"""Invitations and resets: somebody starts them, the person alone chooses, and a manager says whose hands it is in."""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from uuid import UUID

import pyotp
import pytest
from flask import Flask
from flask.testing import FlaskClient

from application.hub import Hub
from interfaces.bootstrap import build_door
from interfaces.settings import Settings
from interfaces.signing_in.door import Door
from interfaces.web.app import create_app
from tests.mail import Post, a_mail_server
from tests.signing_in import PASSWORD, Enrolled, MachineClock, enrol, sends, signs_in

from .browsing import form_on, forms_on
from .conftest import token

LINK = re.compile(r"http://localhost(/enrol/[0-9a-f]{64})\b")


@pytest.fixture
def post_and_door(worked_hub: Hub, settings: Settings, clock: MachineClock) -> Iterator[tuple[Post, Door]]:
    with a_mail_server() as (post, mail):
        door = build_door(worked_hub, replace(settings, demo_stands_at=None, mail=mail), clock)
        yield post, door
        door.close()


@pytest.fixture
def post(post_and_door: tuple[Post, Door]) -> Post:
    return post_and_door[0]


@pytest.fixture
def door(post_and_door: tuple[Post, Door]) -> Door:
    return post_and_door[1]


@pytest.fixture
def as_enrolled(real: Flask, door: Door, clock: MachineClock) -> Callable[[str], FlaskClient]:
    """A browser in which this person has signed in, with an account made on the machine."""

    def signed_in(who: str) -> FlaskClient:
        client = real.test_client()
        assert signs_in(client, enrol(door, who, clock)).status_code == 303
        return client

    return signed_in


def page_of(client: FlaskClient, name: str) -> str:
    """The address of a person's page, from the list."""
    found = re.search(rf'href="(/people/[0-9a-f]{{64}})">{name}<', client.get("/people").text)
    assert found is not None
    return found[1]


def follows(client: FlaskClient, post: Post, clock: MachineClock, password: str = PASSWORD) -> str:
    """Goes through the steps behind the newest link; the authenticator's key."""
    link = LINK.search(post.messages[-1].get_content())
    assert link is not None
    assert sends(client, link[1]).headers["Location"] == "/enrol/password"
    answer = sends(client, "/enrol/password", password=password, again=password)
    assert answer.headers["Location"] == "/enrol/authenticator", answer.text
    shown = re.search(r'class="hub-key">([A-Z2-7 ]+)<', client.get("/enrol/authenticator").text)
    assert shown is not None
    secret = shown[1].replace(" ", "")
    answer = sends(client, "/enrol/authenticator", code=pyotp.TOTP(secret).at(clock.at))
    assert answer.status_code == 200, answer.text
    assert 10 == len(re.findall(r"<li>([a-z2-7]{4}-){3}[a-z2-7]{4}</li>", answer.text))
    return secret


def test_an_invited_person_chooses_and_comes_to_no_case_until_confirmed(
    real: Flask, as_enrolled: Callable[[str], FlaskClient], post: Post, clock: MachineClock, case: UUID, door: Door
):
    """The administrator sees no credential; a manager of the person's own agency says whose hands it is in."""
    alex = as_enrolled("alex")
    answer = sends(alex, f"{page_of(alex, 'Priya Nair')}/invite", email="priya@agency.example")
    assert answer.status_code == 303
    (message,) = post.messages
    assert "priya@agency.example" == message["To"]
    assert "Priya" not in str(message)

    hers = real.test_client()
    secret = follows(hers, post, clock)
    waits = "waits for a manager of Hillcrest Children&#39;s Social Care to confirm"
    assert [1, 1] == [alex.get(path).text.count(waits) for path in ("/people", page_of(alex, "Priya Nair"))]
    assert (403, 403, 403) == tuple(hers.get(path).status_code for path in ("/caseload", f"/cases/{case}", "/search"))
    assert "your manager has not confirmed" in hers.get("/caseload").text
    assert 200 == hers.get("/account").status_code
    assert secret not in alex.get(page_of(alex, "Priya Nair")).text

    tom = as_enrolled("tom")
    assert "Invited, by Alex Stone, " in tom.get("/accounts-to-confirm").text
    (confirm,) = [one for one in forms_on(tom.get("/accounts-to-confirm")) if "person" in one.controls]
    assert tom.post(confirm.action, data=confirm.values).status_code == 303
    assert "Nobody waits" in tom.get("/accounts-to-confirm").text
    assert (200, 200) == tuple(hers.get(path).status_code for path in ("/caseload", f"/cases/{case}"))


def test_a_link_works_once_and_for_a_day(
    real: Flask, as_enrolled: Callable[[str], FlaskClient], post: Post, clock: MachineClock
):
    """Opening it uses nothing up; finishing does; a newer one takes its place."""
    alex = as_enrolled("alex")
    invite = f"{page_of(alex, 'Priya Nair')}/invite"
    links = []
    for _ in range(2):
        sends(alex, invite, email="priya@agency.example")
        found = LINK.search(post.messages[-1].get_content())
        assert found is not None
        links.append(found[1])
    looker, hers = real.test_client(), real.test_client()
    opened = [looker.get(link).status_code for link in (*links, links[1], f"/enrol/{'0' * 64}")]

    assert [404, 200, 200, 404] == opened
    follows(hers, post, clock)
    assert 404 == looker.get(links[1]).status_code
    sends(alex, invite, email="priya@agency.example")
    newest = LINK.search(post.messages[-1].get_content())
    assert newest is not None
    clock.passes(hours=24)
    assert 404 == looker.get(newest[1]).status_code


def test_a_reset_ends_everything_that_was(
    real: Flask, as_enrolled: Callable[[str], FlaskClient], post: Post, door: Door, clock: MachineClock, case: UUID
):
    """Sessions, password, authenticator and recovery codes; and the account waits to be confirmed again."""
    alex, hers = as_enrolled("alex"), real.test_client()
    priya: Enrolled = enrol(door, "priya", clock)
    signs_in(hers, priya)
    assert hers.get(f"/cases/{case}").status_code == 200

    sends(alex, f"{page_of(alex, 'Priya Nair')}/invite", email=priya.email)

    assert hers.get("/caseload").status_code == 401
    assert sends(hers, "/sign-in", email=priya.email, password=PASSWORD).status_code == 422
    thief = real.test_client()
    follows(thief, post, clock, password="another long pass phrase")
    assert thief.get(f"/cases/{case}").status_code == 403


def test_a_reset_is_told_at_the_address_the_account_had(
    as_enrolled: Callable[[str], FlaskClient], post: Post, door: Door, clock: MachineClock
):
    """In words only, whatever address the link goes to; where it cannot be told, that is on the security log."""
    alex, priya = as_enrolled("alex"), enrol(door, "priya", clock)
    invite = f"{page_of(alex, 'Priya Nair')}/invite"
    assert sends(alex, invite, email="another@agency.example").status_code == 303
    word, link = post.messages
    assert (priya.email, "another@agency.example") == (word["To"], link["To"])
    assert "tell your manager" in word.get_content()
    assert [] == [one for one in ("http", "/enrol/", "Priya", "Alex") if one in str(word)]

    post.refuses = True
    assert sends(alex, invite, email=priya.email).status_code == 422
    log = alex.get("/security-log").text
    told = "Told at the address the account had"
    assert [1, 1] == [log.count(f"{told}: {how}") for how in ("sent", "the mail server did not take it")]


def test_who_started_it_cannot_confirm_it(
    as_enrolled: Callable[[str], FlaskClient], post: Post, worked_hub: Hub
):
    """Nor can an administrator, nor a manager of another agency."""
    alex = as_enrolled("alex")
    sends(alex, f"{page_of(alex, 'Priya Nair')}/invite", email="priya@agency.example")
    ref = page_of(alex, "Priya Nair").rpartition("/")[2]

    mo = as_enrolled("mo")
    tried = [
        client.post("/accounts-to-confirm", data={"csrf_token": token(client, "/account"), "person": ref}).status_code
        for client in (alex, mo)
    ]

    assert [403, 404] == tried
    assert not worked_hub.directory().people["priya"].confirmed(worked_hub.now())


@pytest.mark.parametrize(
    ("password", "why"),
    [
        ("short pass one", "at least 15"),
        ("passwordpassword123", "guessed early"),
        ("aaaaaaaaaaaaaaaaaaaaaa", "guessed early"),
        ("abcabcabcabcabcabcabc", "guessed early"),
        ("qwertyuiopasdfghjkl", "guessed early"),
        ("Priya.Nair@agency.example", "guessed early"),
        ("x" * 201, "at most 200"),
    ],
)
def test_a_password_that_would_be_guessed_is_refused(
    real: Flask, as_enrolled: Callable[[str], FlaskClient], post: Post, password: str, why: str
):
    """Length above all; no list of signs it must have."""
    alex, hers = as_enrolled("alex"), real.test_client()
    sends(alex, f"{page_of(alex, 'Priya Nair')}/invite", email="priya.nair@agency.example")
    link = LINK.search(post.messages[-1].get_content())
    assert link is not None
    sends(hers, link[1])

    answer = sends(hers, "/enrol/password", password=password, again=password)

    assert answer.status_code == 422
    assert why in answer.text
    assert password not in answer.text


@pytest.mark.parametrize(
    "email",
    [
        "priya@agency.example\r\nBcc: all@agency.example",
        "priya@agency.example, thief@agency.example",
        "<priya@agency.example>",
        "priya",
        "priya@agency",
        "a b@agency.example",
        "priya@agency.example%0ABcc:x@agency.example",
    ],
)
def test_an_address_that_is_none_gets_no_mail(as_enrolled: Callable[[str], FlaskClient], post: Post, email: str):
    """Nothing is smuggled into the head of a message (ASVS 1.3.11)."""
    alex = as_enrolled("alex")

    answer = sends(alex, f"{page_of(alex, 'Priya Nair')}/invite", email=email)

    assert answer.status_code == 422
    assert [] == post.messages


def test_an_address_belongs_to_one_account(as_enrolled: Callable[[str], FlaskClient], post: Post):
    """Else the link of one person would let another in."""
    alex = as_enrolled("alex")

    answer = sends(alex, f"{page_of(alex, 'Priya Nair')}/invite", email="alex@agency.example")

    assert (422, []) == (answer.status_code, post.messages)


def test_a_mail_server_that_refuses_is_said(as_enrolled: Callable[[str], FlaskClient], post: Post):
    """And the link is sent again by asking again."""
    alex = as_enrolled("alex")
    invite = f"{page_of(alex, 'Priya Nair')}/invite"
    post.refuses = True
    answer = sends(alex, invite, email="priya@agency.example")
    assert answer.status_code == 422
    assert "did not take the message" in answer.text
    post.refuses = False

    assert 303 == sends(alex, invite, email="priya@agency.example").status_code


def test_an_invitation_sent_twice_goes_out_once(
    real: Flask, as_enrolled: Callable[[str], FlaskClient], post: Post, clock: MachineClock, worked_hub: Hub
):
    """The second press is answered like the first, also later, and takes away nothing that was chosen meanwhile.

    A reset sends two: the link, and before it word to the address the account had.
    """
    alex = as_enrolled("alex")
    invite = f"{page_of(alex, 'Priya Nair')}/invite"
    for expected in (1, 3):  # an invitation, then a reset
        typed = form_on(alex.get(invite)).filled({"email": "priya@agency.example"})
        first = alex.post(invite, data=typed)
        count = worked_hub.ledger.recorder.max_notification_id()
        second = alex.post(invite, data=typed)

        assert [(303, first.location)] * 2 == [(one.status_code, one.location) for one in (first, second)]
        assert (count, expected) == (worked_hub.ledger.recorder.max_notification_id(), len(post.messages))
        hers = real.test_client()
        follows(hers, post, clock)
        assert (303, 200) == (alex.post(invite, data=typed).status_code, hers.get("/account").status_code)
    post.refuses = True
    refused = alex.post(invite, data=form_on(alex.get(invite)).filled({"email": "priya@agency.example"}))
    post.refuses = False

    assert (422, 303) == (refused.status_code, alex.post(invite, data=form_on(refused).values).status_code)
    assert 4 == len(post.messages)


def test_without_a_mail_server_nothing_is_begun(worked_hub: Hub, settings: Settings, clock: MachineClock):
    """The page says so, and what to type on the machine."""
    door = build_door(worked_hub, replace(settings, demo_stands_at=None), clock)
    alex = create_app(worked_hub, door.settings, door).test_client()
    signs_in(alex, enrol(door, "alex", clock))
    page = alex.get(f"{page_of(alex, 'Priya Nair')}/invite")

    assert "hub people invite" in page.text
    assert [] == door.accounts.credentials("priya")
    door.close()


def test_a_secret_half_way_is_nobody_elses(real: Flask, as_enrolled: Callable[[str], FlaskClient], post: Post):
    """Without the link's own cookie there is no page to choose on."""
    alex, hers = as_enrolled("alex"), real.test_client()
    sends(alex, f"{page_of(alex, 'Priya Nair')}/invite", email="priya@agency.example")
    link = LINK.search(post.messages[-1].get_content())
    assert link is not None
    sends(hers, link[1])

    other = real.test_client()
    assert [404, 404] == [other.get(path).status_code for path in ("/enrol/password", "/enrol/authenticator")]
    assert "/enrol/password" == hers.get("/enrol/authenticator").headers["Location"]
    assert sends(hers, "/enrol/password", password=PASSWORD, again=PASSWORD + "!").status_code == 422
