"""People and agencies, by the administrator's hand: what is given, ended or disabled counts everywhere at once."""

import re
from collections.abc import Callable
from datetime import timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from application.hub import Hub
from interfaces.signing_in.door import Door
from tests.signing_in import MachineClock, enrol, sends, signs_in

from .browsing import day, form_on, forms_on

Comes = Callable[[str], FlaskClient]


@pytest.fixture
def comes(real: Flask, door: Door, clock: MachineClock) -> Comes:
    """A browser in which this person has signed in by password and code."""

    def signed_in(who: str) -> FlaskClient:
        client = real.test_client()
        assert signs_in(client, enrol(door, who, clock)).status_code == 303
        return client

    return signed_in


@pytest.fixture
def alex(comes: Comes) -> FlaskClient:
    return comes("alex")


def page_of(alex: FlaskClient, name: str) -> str:
    found = re.search(rf'href="(/people/[0-9a-f]{{64}})">{name}<', alex.get("/people").text)
    assert found is not None
    return found[1]


def gives(alex: FlaskClient, page: str, role: str, **more: str) -> TestResponse:
    address = f"{page}/roles/give"
    return alex.post(address, data=form_on(alex.get(address)).filled({"role": role, **more}))


def confirms(manager: FlaskClient) -> TestResponse:
    """Whatever waits for this manager's word, of the one person of whom something does."""
    (form,) = [one for one in forms_on(manager.get("/accounts-to-confirm")) if "person" in one.controls]
    return manager.post(form.action, data=form.values)


def ends(alex: FlaskClient, page: str, role: str) -> TestResponse:
    (form,) = [one for one in forms_on(alex.get(page)) if one.values.get("role") == [role]]
    return alex.post(form.action, data=form.values)


def captured(app: Flask, client: FlaskClient) -> FlaskClient:
    held, thief = client.get_cookie("hub"), app.test_client()
    assert held is not None
    thief.set_cookie("hub", held.value)
    return thief


def answered(client: FlaskClient, *paths: str) -> list[int]:
    """Statuses; whatever the answer, no browser keeps it to show it again when somebody goes back."""
    found = [client.get(path) for path in paths]
    assert {"no-store"} == {one.headers["Cache-Control"] for one in found}
    return [one.status_code for one in found]


def test_a_role_counts_from_when_it_is_given_until_it_is_ended(
    real: Flask, alex: FlaskClient, comes: Comes, case: UUID
):
    """Once a manager has confirmed it, in the session that goes on, and for a copy of its cookie.

    The last role takes the session with it.
    """
    tom = comes("tom")
    priya, page, manages = comes("priya"), page_of(alex, "Priya Nair"), "/accounts-to-confirm"
    thief = captured(real, priya)
    assert [403, 200] == answered(thief, manages, f"/cases/{case}")

    given = gives(alex, page, "team_manager")
    assert (303, page) == (given.status_code, given.location)
    assert [403, 200] == answered(thief, manages, f"/cases/{case}")
    begun = "Role given: Team Manager, by Alex Stone"
    assert "waits for a manager of Hillcrest Children&#39;s Social Care to confirm" in alex.get(page).text
    told = (alex.get(page), tom.get(manages), priya.get("/account"))
    assert [True, True, True] == [begun in one.text for one in told]
    waits = "This waits for a manager of Hillcrest Children&#39;s Social Care to confirm, and does not count before"
    link = 'href="/accounts-to-confirm">Confirm whose they are'
    assert [True, True, False] == [
        waits in priya.get("/account").text, link in tom.get("/caseload").text, link in priya.get("/caseload").text
    ]  # fmt: skip
    assert 303 == confirms(tom).status_code
    assert [200, 200] == answered(thief, manages, f"/cases/{case}")
    assert "This person holds this role already" in gives(alex, page, "team_manager").text

    assert 303 == ends(alex, page, "team_manager").status_code
    assert [403, 200] == answered(thief, manages, f"/cases/{case}")
    assert 303 == ends(alex, page, "practitioner").status_code
    assert [401] * 4 == answered(thief, manages, f"/cases/{case}", f"/api/cases/{case}", "/account")
    assert [401] == answered(priya, f"/cases/{case}")
    log = alex.get("/security-log").text
    said = ("Role given: Team Manager", "Role ended: Team Manager", "Role ended: Practitioner")
    assert [] == [one for one in said if one not in log]


def test_a_role_is_given_for_days_to_come(alex: FlaskClient, comes: Comes, worked_hub: Hub):
    """From the first day's beginning until the last day's end, and not before; a first day of today is from now on."""
    tom = comes("tom")
    priya, page = comes("priya"), page_of(alex, "Priya Nair")
    today = worked_hub.now().astimezone(ZoneInfo("Europe/London")).date()
    first, last = today + timedelta(days=1), today + timedelta(days=2)
    for_today = gives(alex, page, "auditor", **day("starts", str(today)), **day("ends", str(today)))
    assert (303, True) == (for_today.status_code, "auditor" in worked_hub.person("priya")[0].held(worked_hub.now()))
    refused = [
        gives(alex, page, "team_manager", **day("starts", str(last)), **day("ends", str(first))),
        gives(alex, page, "team_manager", **day("starts", str(today - timedelta(days=1)))),
    ]
    assert [422, 422] == [one.status_code for one in refused]
    assert "The last day is before the first." in refused[0].text
    assert "A role is not given for the past." in refused[1].text
    assert ['href="#ends-day"', 'href="#starts-day"'] == [
        re.search(r'govuk-error-summary__list.*?(href="#[^"]+")', one.text, re.DOTALL)[1] for one in refused
    ]

    done = gives(alex, page, "team_manager", **day("starts", str(first)), **day("ends", str(last)))
    confirmed, counted = confirms(tom), []
    for _ in range(4):
        counted += answered(priya, "/accounts-to-confirm")
        worked_hub.clock.at += timedelta(days=1)  # type: ignore[attr-defined]

    assert (303, 303) == (done.status_code, confirmed.status_code)
    assert [403, 200, 200, 403] == counted


def test_nobody_lets_themselves_in(alex: FlaskClient, comes: Comes, case: UUID):
    """An administrator's own page offers nothing, and what is sent all the same changes nothing."""
    page = page_of(alex, "Alex Stone")
    offered = [one for one in ("Give a role", "End it now", "Reset the account") if one in alex.get(page).text]
    tried = [gives(alex, page, "reviewer"), gives(alex, page, "practitioner")]
    tried += [sends(alex, f"{page}/{step}") for step in ("disable_account", "end_membership")]

    assert [] == offered
    assert {403} == {one.status_code for one in tried}
    assert "Nobody changes their own roles" in tried[0].text
    assert [200, 404] == answered(alex, "/people", f"/cases/{case}")


def test_nothing_is_confirmed_that_the_manager_was_not_shown(alex: FlaskClient, comes: Comes, worked_hub: Hub):
    """A role given between the page and the button waits on."""
    page, tom = page_of(alex, "Priya Nair"), comes("tom")
    gives(alex, page, "auditor")
    (form,) = [one for one in forms_on(tom.get("/accounts-to-confirm")) if "person" in one.controls]
    worked_hub.clock.at += timedelta(seconds=1)  # type: ignore[attr-defined]
    gives(alex, page, "team_manager")
    answer = tom.post(form.action, data=form.values, follow_redirects=True)

    assert "since you looked" in answer.text
    assert {"practitioner"} == set(worked_hub.person("priya")[0].roles(worked_hub.now()))
    assert 303 == confirms(tom).status_code
    assert {"practitioner", "auditor", "team_manager"} == set(worked_hub.person("priya")[0].roles(worked_hub.now()))


def test_who_is_shut_out_is_out_everywhere_at_once(
    real: Flask, alex: FlaskClient, comes: Comes, door: Door, case: UUID
):
    """Asked once more first; every session ends, wherever its cookie was copied to, and comes back by nothing."""
    paths = ("/caseload", f"/cases/{case}", f"/api/cases/{case}", "/account", "/search")
    for who, name, step, enabled in (
        ("sam", "Sam Okafor", "disable_account", 303), ("mo", "Mo Rahman", "end_membership", 409),
    ):  # fmt: skip
        hers, page = comes(who), page_of(alex, name)
        thief = captured(real, hers)
        assert [200] * 5 == answered(thief, *paths)
        assert 200 == alex.get(f"{page}/{step}").status_code
        assert [200] == answered(hers, "/caseload")

        assert 303 == sends(alex, f"{page}/{step}").status_code

        assert [401] * 10 == answered(thief, *paths) + answered(hers, *paths)
        assert [] == door.sessions(who)
        assert enabled == sends(alex, f"{page}/enable_account").status_code
        assert [401] * 2 == answered(thief, "/account") + answered(hers, "/account")
