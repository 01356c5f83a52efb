"""A hub loaded with the worked case, copied for each test, and browsers signed in as its people."""

import dataclasses
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient

from application.hub import Hub
from interfaces.bootstrap import build_door, build_hub
from interfaces.demo.check import copy_home
from interfaces.demo.replay import Replay, ScenarioClock
from interfaces.demo.scenario import read_scenario
from interfaces.settings import Settings
from interfaces.signing_in.door import Door
from interfaces.web.app import create_app
from tests.builders import settings_in
from tests.signing_in import CHEAP, Enrolled, MachineClock, enrol

TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


@dataclass(frozen=True)
class Worked:
    """The worked case as replayed to its end, and the folder it lies in."""

    settings: Settings
    case: UUID


@pytest.fixture(scope="session")
def worked(tmp_path_factory: pytest.TempPathFactory) -> Worked:
    """The worked case, replayed once."""
    scenario = read_scenario()
    stands_at = scenario.moment(scenario.demo_stands_at)
    settings = dataclasses.replace(settings_in(tmp_path_factory.mktemp("worked")), demo_stands_at=stands_at)
    clock = ScenarioClock(scenario.moment(scenario.acts[0]["recorded"]))
    hub = build_hub(settings, clock)
    replay = Replay(scenario, hub, clock)
    replay.set_up()
    for entry in scenario.acts:
        replay.do(entry)
    hub.close()
    assert replay.case is not None
    return Worked(settings, replay.case)


@pytest.fixture
def case(worked: Worked) -> UUID:
    return worked.case


@pytest.fixture
def settings(worked: Worked, tmp_path: Path) -> Settings:
    """A copy of the worked case's store for this test alone."""
    return dataclasses.replace(copy_home(worked.settings, tmp_path), signing_in=CHEAP)


@pytest.fixture
def worked_hub(settings: Settings) -> Iterator[Hub]:
    """The hub on that copy; its clock stands at the moment at which the demo begins."""
    assert settings.demo_stands_at is not None
    hub = build_hub(settings, ScenarioClock(settings.demo_stands_at))
    yield hub
    hub.close()


@pytest.fixture
def app(worked_hub: Hub, settings: Settings) -> Flask:
    return create_app(worked_hub, settings)


@pytest.fixture
def client_for(app: Flask) -> Callable[[str], FlaskClient]:
    """A browser in which this person has signed in."""

    def signed_in(person: str) -> FlaskClient:
        client = app.test_client()
        client.post("/choose", data={"person": person, "csrf_token": token(client, "/")})
        return client

    return signed_in


@pytest.fixture
def clock() -> MachineClock:
    """The clock of signing in."""
    return MachineClock()


@pytest.fixture
def door(worked_hub: Hub, settings: Settings, clock: MachineClock) -> Iterator[Door]:
    """The door of a hub that is no demo."""
    made = build_door(worked_hub, dataclasses.replace(settings, demo_stands_at=None), clock)
    yield made
    made.close()


@pytest.fixture
def real(worked_hub: Hub, door: Door) -> Flask:
    """The pages behind that door."""
    return create_app(worked_hub, door.settings, door)


@pytest.fixture
def priya(door: Door, clock: MachineClock) -> Enrolled:
    return enrol(door, "priya", clock)


def token(client: FlaskClient, path: str = "/caseload") -> str:
    """The CSRF token of this browser, from a page that carries one."""
    found = TOKEN.search(client.get(path).text)
    assert found is not None
    return found[1]
