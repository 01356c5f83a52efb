"""An agency's own sign-in, with two real providers: bound beforehand, strong, and of the person's own agency."""

import re
from collections.abc import Iterator
from dataclasses import replace

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from application.commands.people import keep_directory
from application.hub import Hub
from application.ledger import ACCOUNTS_STREAM
from interfaces.bootstrap import build_door
from interfaces.settings import Settings
from interfaces.signing_in import enrolment
from interfaces.signing_in.door import Door
from interfaces.web.app import create_app
from tests.builders import a_command_id
from tests.oidc import CLIENT, SECRET, AgencyProvider, a_provider, goes_back
from tests.signing_in import MachineClock, enrol, sends, signs_in

from .conftest import token

pytestmark = [
    pytest.mark.filterwarnings("ignore::authlib.deprecate.AuthlibDeprecationWarning"),  # the provider's own
    pytest.mark.filterwarnings("ignore:get_jwt_config:DeprecationWarning"),
]

ADDRESS = re.compile(r'href="(http://localhost:\d+/oauth2/authorize[^"]+)"')
MFA = {"amr": ["pwd", "mfa"]}


@pytest.fixture
def school() -> Iterator[AgencyProvider]:
    with a_provider("school") as made:
        yield made


@pytest.fixture
def police() -> Iterator[AgencyProvider]:
    with a_provider("police") as made:
        yield made


@pytest.fixture
def door(
    worked_hub: Hub, settings: Settings, clock: MachineClock, school: AgencyProvider, police: AgencyProvider
) -> Iterator[Door]:
    """The door of a hub at which two agencies have a sign-in of their own."""
    both = (school.settings, police.settings)
    given = replace(
        settings, demo_stands_at=None, single_sign_on=both, client_secrets={"school": SECRET, "police": SECRET}
    )
    made = build_door(worked_hub, given, clock)
    yield made
    made.close()


@pytest.fixture
def browser(real: Flask) -> FlaskClient:
    return real.test_client()


def links(client: FlaskClient, provider: AgencyProvider, subject: str) -> TestResponse:
    """From the own account to the provider, and back."""
    answer = sends(client, "/account/agency-sign-in")
    assert answer.status_code == 200, answer.text
    found = ADDRESS.search(answer.text)
    assert found is not None
    return goes_back(client, provider.signs_in(found[1].replace("&amp;", "&"), subject))


def comes(client: FlaskClient, provider: AgencyProvider, subject: str, agency: str = "") -> TestResponse:
    """From the sign-in page to the provider, and back."""
    away = client.get(f"/sign-in/agency/{agency or provider.agency}")
    assert away.status_code == 303, away.text
    return goes_back(client, provider.signs_in(away.headers["Location"], subject))


@pytest.fixture
def ben(door: Door, real: Flask, clock: MachineClock, school: AgencyProvider) -> str:
    """Ben of the school, who has linked the school's sign-in; his number there."""
    client = real.test_client()
    signs_in(client, enrol(door, "ben", clock))
    school.knows("4711", **MFA)
    answer = links(client, school, "4711")
    assert (303, "/account") == (answer.status_code, answer.headers["Location"])
    client.post("/sign-out", data={"csrf_token": token(client)})
    return "4711"


def refusals(hub: Hub) -> list[tuple[str, str, str]]:
    """Whose account, of which agency, why."""
    events = hub.ledger.read(ACCOUNTS_STREAM, 0)
    return [(one.person, one.agency, one.why) for one in events if type(one).__name__ == "AgencySignInRefused"]


def test_whoever_linked_it_comes_in_by_it(browser: FlaskClient, ben: str, school: AgencyProvider, worked_hub: Hub):
    """By a plain link; straight to the page that was asked for; as a session like any other, on record."""
    shown = browser.get("/sign-in?onward=/guidance").text
    link = re.search(r'href="(/sign-in/agency/school\?onward=[^"]+)"', shown)
    assert link is not None
    away = browser.get(link[1])
    asked = away.headers["Location"]
    assert away.status_code == 303
    assert all(said in asked for said in ("code_challenge_method=S256", "nonce=", "state=", f"client_id={CLIENT}"))

    answer = goes_back(browser, school.signs_in(asked, ben))

    assert (303, "/guidance") == (answer.status_code, answer.headers["Location"])
    assert "Ben" in browser.get("/account").text
    assert "sign-in" in browser.get("/account").text
    last = worked_hub.ledger.read(ACCOUNTS_STREAM, 0)[-1]
    assert ("SignInSucceeded", "ben", "oidc") == (type(last).__name__, last.person, last.method)


def test_a_sign_in_that_nobody_linked_lets_nobody_in(
    browser: FlaskClient, ben: str, school: AgencyProvider, door: Door
):
    """Not even one that claims the work e-mail of an account: nothing is matched by e-mail."""
    school.knows("815", email="ben@agency.example", email_verified=True, **MFA)

    answer = comes(browser, school, "815")

    assert answer.status_code == 403
    assert "No account here is bound" in answer.text
    assert 401 == browser.get("/caseload").status_code
    assert [("", "school", "not_bound")] == refusals(door.hub)


def test_another_agencys_provider_with_the_same_number_lets_nobody_in(
    browser: FlaskClient, ben: str, police: AgencyProvider, worked_hub: Hub
):
    """A number counts only together with who gave it."""
    police.knows(ben, email="ben@agency.example", **MFA)

    answer = comes(browser, police, ben)

    assert answer.status_code == 403
    assert 401 == browser.get("/caseload").status_code
    assert [("", "police", "not_bound")] == refusals(worked_hub)


@pytest.mark.parametrize("claims", [{}, {"amr": ["pwd"]}, {"acr": "1"}, {"amr": [["mfa"]]}, {"mfa": "mfa"}])
def test_one_factor_is_not_enough(
    browser: FlaskClient, ben: str, school: AgencyProvider, worked_hub: Hub, claims: dict[str, object]
):
    """The provider must say that more was asked for; the page says what to do."""
    school.knows(ben, **claims)

    answer = comes(browser, school, ben)

    assert answer.status_code == 403
    assert "did not say that you used a second factor" in answer.text
    assert 401 == browser.get("/caseload").status_code
    assert [("ben", "school", "one_factor")] == refusals(worked_hub)


def test_a_claim_out_of_shape_is_none(browser: FlaskClient, ben: str, school: AgencyProvider):
    """`amr` is a list; whoever says it otherwise has said nothing."""
    school.knows(ben, amr="mfa")

    assert comes(browser, school, ben).status_code == 403
    assert 401 == browser.get("/caseload").status_code


def test_an_acr_that_is_accepted_counts_as_well(browser: FlaskClient, ben: str, school: AgencyProvider):
    """Some providers say it there."""
    school.knows(ben, acr="mfa")

    assert comes(browser, school, ben).status_code == 303


def test_an_answer_works_once_and_in_the_browser_that_asked(
    real: Flask, browser: FlaskClient, ben: str, school: AgencyProvider
):
    """Another browser's, one used before, one for another question, none at all, one too late: all alike."""
    other = real.test_client()
    other.get("/sign-in/agency/school")
    away = browser.get("/sign-in/agency/school")
    back = school.signs_in(away.headers["Location"], ben)
    forged = re.sub(r"state=[^&]+", "state=another", back)

    statuses = [goes_back(other, back).status_code, goes_back(other, forged).status_code]
    assert goes_back(browser, back).status_code == 303
    browser.post("/sign-out", data={"csrf_token": token(browser)})
    statuses += [goes_back(browser, back).status_code, browser.get("/sign-in/agency/school/return").status_code]

    assert [403] * 4 == statuses
    assert 401 == browser.get("/caseload").status_code


def test_a_code_given_to_another_way_is_not_taken(browser: FlaskClient, ben: str, school: AgencyProvider):
    """A code and a nonce belong to the way they were asked on."""
    first = school.signs_in(browser.get("/sign-in/agency/school").headers["Location"], ben)
    code = re.search(r"code=([^&]+)", first)
    assert code is not None
    second = school.signs_in(browser.get("/sign-in/agency/school").headers["Location"], ben)

    answer = goes_back(browser, re.sub(r"code=[^&]+", f"code={code[1]}", second))

    assert answer.status_code == 403
    assert 401 == browser.get("/caseload").status_code


def test_the_answer_of_one_agency_is_not_taken_for_anothers(
    browser: FlaskClient, ben: str, school: AgencyProvider, police: AgencyProvider
):
    """Who set out to one and comes back from the other is not let in (mix-up); nor one that names another issuer."""
    away = browser.get("/sign-in/agency/school")
    back = school.signs_in(away.headers["Location"], ben)
    mixed = goes_back(browser, back.replace("/agency/school/", "/agency/police/"))
    away = browser.get("/sign-in/agency/school")
    named = goes_back(browser, school.signs_in(away.headers["Location"], ben) + f"&iss={police.issuer}")

    assert [403, 403] == [mixed.status_code, named.status_code]
    assert 401 == browser.get("/caseload").status_code


def test_who_went_away_for_too_long_begins_again(
    browser: FlaskClient, ben: str, school: AgencyProvider, clock: MachineClock
):
    """The way is open for ten minutes."""
    back = school.signs_in(browser.get("/sign-in/agency/school").headers["Location"], ben)
    clock.passes(minutes=10)

    assert goes_back(browser, back).status_code == 403


def test_who_says_no_at_the_provider_is_not_let_in(browser: FlaskClient, ben: str, school: AgencyProvider):
    """And is told to begin again."""
    away = browser.get("/sign-in/agency/school").headers["Location"]
    state = re.search(r"state=([^&]+)", away)
    assert state is not None

    answer = browser.get(f"/sign-in/agency/school/return?error=access_denied&state={state[1]}")

    assert answer.status_code == 403
    assert "Begin again" in answer.text


def test_an_identity_is_bound_to_one_account(
    door: Door, real: Flask, ben: str, school: AgencyProvider, clock: MachineClock
):
    """A colleague at the same provider cannot take it, and it goes on letting its owner in."""
    keep_directory(
        door.hub, "hub", "register_person",
        {"id": "nia", "name": "Nia Roy", "agency": "school", "roles": ["practitioner"], "job": ""},
        command_id=a_command_id(),
    )  # fmt: skip
    colleague = real.test_client()
    signs_in(colleague, enrol(door, "nia", clock))

    answer = links(colleague, school, ben)

    assert answer.status_code == 403
    assert "bound to another account" in answer.text
    assert [("nia", "school", "bound_to_another")] == refusals(door.hub)
    assert comes(real.test_client(), school, ben).status_code == 303


def test_an_agency_without_a_sign_in_of_its_own_offers_none(
    door: Door, real: Flask, clock: MachineClock
):
    """Priya's has none: there is nothing to link and nowhere to go."""
    client = real.test_client()
    signs_in(client, enrol(door, "priya", clock))

    assert "own sign-in" not in client.get("/account").text
    assert [404, 404] == [client.get(path).status_code for path in ("/account/agency-sign-in", "/sign-in/agency/csc")]


@pytest.mark.parametrize("act", ["disable_account", "end_membership"])
def test_who_may_not_be_here_is_refused(
    browser: FlaskClient, ben: str, school: AgencyProvider, worked_hub: Hub, act: str
):
    """Whatever the agency's provider still says of them."""
    keep_directory(worked_hub, "hub", act, {"person": "ben"}, command_id=a_command_id())

    assert comes(browser, school, ben).status_code == 403
    assert [("ben", "school", "may_not_enter")] == refusals(worked_hub)


def test_an_identity_instead_of_a_password(door: Door, real: Flask, school: AgencyProvider):
    """Behind the link an invited person may bind the agency's sign-in, and has nothing else; the link is used up."""
    link = enrolment.start(door, "hub", "ben", "ben@agency.example", command_id=a_command_id())
    school.knows("4711", **MFA)
    client = real.test_client()
    sends(client, f"/enrol/{link}")
    assert "/enrol/agency" in client.get("/enrol/password").text

    away = client.get("/enrol/agency")
    answer = goes_back(client, school.signs_in(away.headers["Location"], "4711"))

    assert answer.status_code == 303
    assert ["identity"] == [one.kind for one in door.accounts.credentials("ben")]
    assert 200 == client.get("/account").status_code
    assert 404 == real.test_client().get(f"/enrol/{link}").status_code
    last = sends(client, "/account/agency-sign-in/remove")
    assert (422, True) == (last.status_code, "Without this you could not sign in" in last.text)


def test_a_link_that_was_used_binds_nothing(door: Door, real: Flask, school: AgencyProvider):
    """Of two browsers behind one link, the first that comes back has it."""
    link = enrolment.start(door, "hub", "ben", "ben@agency.example", command_id=a_command_id())
    for subject in ("4711", "4712"):
        school.knows(subject, **MFA)
    hers, thief = real.test_client(), real.test_client()
    backs = []
    for client, subject in ((hers, "4711"), (thief, "4712")):
        sends(client, f"/enrol/{link}")
        backs.append(school.signs_in(client.get("/enrol/agency").headers["Location"], subject))

    assert [303, 403] == [goes_back(hers, backs[0]).status_code, goes_back(thief, backs[1]).status_code]
    assert 401 == thief.get("/account").status_code


def test_a_reset_unbinds_it(door: Door, browser: FlaskClient, ben: str, school: AgencyProvider):
    """Nobody knows whose hands it was in."""
    enrolment.start(door, "hub", "ben", "ben@agency.example", command_id=a_command_id())

    assert comes(browser, school, ben).status_code == 403


def test_unlinking_ends_the_other_sessions(door: Door, real: Flask, ben: str, school: AgencyProvider):
    """One of them may have been begun with it."""
    here, there = real.test_client(), real.test_client()
    assert [303, 303] == [comes(client, school, ben).status_code for client in (here, there)]

    assert sends(here, "/account/agency-sign-in/remove").status_code == 303
    assert (200, 401) == (here.get("/account").status_code, there.get("/account").status_code)
    assert comes(real.test_client(), school, ben).status_code == 403


def test_a_provider_that_does_not_answer_is_said(worked_hub: Hub, settings: Settings, school: AgencyProvider):
    """With the other ways in; and one that calls itself by another name is not taken."""
    gone = replace_issuer(school, "http://localhost:9")
    renamed = replace_issuer(school, school.issuer + "/")
    for given in (gone, renamed):
        door = build_door(worked_hub, replace(settings, demo_stands_at=None, single_sign_on=(given.settings,)))
        answer = create_app(worked_hub, door.settings, door).test_client().get("/sign-in/agency/school")
        door.close()

        assert answer.status_code == 503
        assert "does not answer just now" in answer.text


def replace_issuer(of: AgencyProvider, issuer: str) -> AgencyProvider:
    return AgencyProvider(of.agency, issuer)


def test_the_log_names_agency_and_reason_and_no_number(
    door: Door, real: Flask, browser: FlaskClient, ben: str, school: AgencyProvider, clock: MachineClock
):
    """What the administrator reads of it."""
    school.knows("815", **MFA)
    comes(browser, school, "815")
    admin = real.test_client()
    signs_in(admin, enrol(door, "alex", clock))

    shown = admin.get("/security-log").text

    assert "Sign-in of an agency refused" in shown
    assert "no account is bound to this sign-in" in shown
    assert "815" not in shown
