"""Every exit of the web face, walked as every kind of person, at the moments the worked case speaks of."""

import dataclasses
import functools
import re
import tempfile
from collections.abc import Iterator
from enum import Enum
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec
import pytest

from application.hub import Hub
from application.queries.policies_in_force import policies_in_force
from domain.instrument import instrument
from domain.record import Actor
from interfaces.bootstrap import build_hub
from interfaces.demo.check import Reading, copy_home, reader_of
from interfaces.demo.replay import Replay, ScenarioClock
from interfaces.demo.scenario import Scenario, read_scenario
from interfaces.settings import Settings, create_home, read_settings
from interfaces.web.app import create_app
from tests.interfaces.web.exits import Walk, addresses, events_with_locators, signed_in, walk

SCENARIO: Scenario = read_scenario()
BY_A_READER = [e for e in SCENARIO.expectations if {"contains", "never_contains", "sees", "absent"} & set(e)]
NOBODYS = "00000000-0000-4000-8000-000000000000"
CASE_ID = "[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
EVERYBODY = [person.id for person in SCENARIO.people]


@dataclasses.dataclass(frozen=True)
class Stood:
    """The worked case as it stood at a moment, in a folder of its own."""

    settings: Settings
    clock: ScenarioClock
    case: UUID

    def hub(self) -> Hub:
        return build_hub(self.settings, self.clock)


@functools.cache
def stood() -> dict[str, Stood]:
    """The worked case replayed once, copied at each expectation and at the end."""
    folder = Path(tempfile.mkdtemp())
    home = folder / "whole"
    create_home(home, SCENARIO.moment(SCENARIO.demo_stands_at))
    settings = read_settings(home)
    clock = ScenarioClock(SCENARIO.moment(SCENARIO.acts[0]["recorded"]))
    hub = build_hub(settings, clock)
    replay = Replay(SCENARIO, hub, clock)
    replay.set_up()
    found: dict[str, Stood] = {}

    def copy(name: str, at: ScenarioClock) -> None:
        assert replay.case is not None
        copied = copy_home(settings, folder / name)
        found[name] = Stood(copied, at, replay.case)

    for at, entry in replay.steps():
        if "act" in entry:
            replay.do(entry)
        else:
            copy(entry["id"], ScenarioClock(at))
    copy("end", ScenarioClock(SCENARIO.moment(SCENARIO.demo_stands_at)))
    hub.close()
    return found


@pytest.fixture(scope="module", autouse=True)
def _tidy() -> Iterator[None]:
    yield
    stood.cache_clear()


def walked(name: str, who: str | None) -> Walk:
    one = stood()[name]
    hub = one.hub()
    try:
        return walk(create_app(hub, one.settings), hub, one.case, who)
    finally:
        hub.close()


@pytest.mark.parametrize("expectation", BY_A_READER, ids=lambda e: e["id"])
def test_pages_api_and_exports_keep_every_expectation(expectation: dict[str, Any]) -> None:
    """Scenario: contains, never_contains and sees hold through query, page, API and export alike."""
    one = stood()[expectation["id"]]
    hub = one.hub()
    who = reader_of(SCENARIO, hub, one.case, expectation)
    app = create_app(hub, one.settings)
    looked = walk(app, hub, one.case, who, as_at=expectation["as_at"][:16] if "now" in expectation else "")
    hub.close()
    everything = "\n".join(looked.words.values())
    looked.leave_out(tuple(_words(instrument())))
    leaks = {text: looked.holding(text) for text in expectation.get("never_contains", ()) if looked.holding(text)}
    missing = [text for text in expectation.get("contains", ()) if text not in everything]

    assert {} == leaks
    assert [] == missing


@pytest.mark.parametrize("who", EVERYBODY)
def test_no_exit_holds_words_the_view_does_not_hold(who: str) -> None:
    """Design §3.9: one view, every exit; whatever anybody ever recorded is nowhere unless this person's view has it."""
    one = stood()["end"]
    hub = one.hub()
    reading = Reading(hub, who, one.case, one.clock.now())
    allowed = reading.text(without_own_words=False) + _of_the_partnership(hub)
    recorded = events_with_locators(hub, one.case)
    secrets = {words for event in recorded for words in _words(event) if words not in allowed}
    hub.close()
    looked = walked("end", who)

    assert {} == {words: looked.holding(words) for words in secrets if looked.holding(words)}
    assert secrets or who in ("priya", "tom", "ruth", "kim")


def test_a_stranger_reaches_nothing() -> None:
    """Shut by default: a stranger gets 401 everywhere but on the pages where one signs in or is enrolled."""
    looked = walked("end", None)
    for_strangers = ("/sign-in", "/enrol/")

    assert {401} == {one for address, one in looked.statuses.items() if not address.startswith(for_strangers)}
    assert 20 < len(looked.statuses)


@pytest.mark.parametrize("who", ["alex", "pat", "lee", "dan"])
def test_a_hidden_case_answers_as_one_that_does_not_exist(who: str) -> None:
    """Design §3.9: unknown and hidden ids answer alike, page for page, to everybody who sees no case.

    Whose role decides nothing is told so of any case, of the destruction of one that does not exist as well.
    """
    one = stood()["end"]
    hub = one.hub()
    app = create_app(hub, one.settings)
    client = signed_in(app, who)
    hidden = [address for address in addresses(app, hub, one.case) if str(one.case) in address]
    answers = {address: client.get(address) for address in hidden}
    foreign = {address: client.get(address.replace(str(one.case), NOBODYS)) for address in hidden}
    hub.close()

    assert {a: (r.status_code, _alike(r.text)) for a, r in answers.items()} == {
        a: (r.status_code, _alike(r.text)) for a, r in foreign.items()
    }
    assert {200} >= {r.status_code for r in answers.values()} - {403, 404}
    of_a_role = ("/destruction", "/seal")
    assert {404} == {r.status_code for a, r in answers.items() if "/api/" in a and not a.endswith(of_a_role)}


def _alike(page: str) -> str:
    """A page without the tokens and numbers that are new each time it is made, and without the address it answers."""
    return re.sub(rf'value="[^"]{{20,}}"|{CASE_ID}|\bCase [0-9a-f]{{8}}\b', "", page)


def _of_the_partnership(hub: Hub) -> str:
    """What is no secret: the directory, the instrument's and the policies' words, and what the walk itself types."""
    known = (hub.directory(), instrument(), policies_in_force(hub))
    return "\n".join(words for part in known for words in _words(part))


def _words(part: Any) -> Iterator[str]:
    """Every text in a value that is long enough to tell anything."""
    match part:
        case Actor() | Enum():
            return
        case str() if len(part) >= 5:
            yield part
        case msgspec.Struct():
            named = [name for name in part.__struct_fields__ if name not in ("command", "justification", "recorded")]
            yield from _words([getattr(part, name) for name in named])
        case dict():
            yield from _words([*part, *part.values()])
        case list() | tuple():
            for value in part:
                yield from _words(value)
