"""The worked case done by hand in a real browser, with scripts and without: all that is expected of it then holds."""

import dataclasses
import re
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path
from threading import Thread
from typing import Any
from uuid import UUID

import msgspec
import pytest
from flask import Flask
from waitress import wasyncore
from waitress.server import create_server

from application.hub import Hub
from domain.concerns import ConcernRecorded
from interfaces.bootstrap import build_door, build_hub
from interfaces.demo.check import Checked, by_review, checked, copy_home, faults, stopped_at
from interfaces.demo.replay import Replay, ScenarioClock
from interfaces.demo.scenario import Scenario, read_scenario
from interfaces.settings import Settings, create_home, read_settings
from interfaces.signing_in import enrolment
from interfaces.signing_in.door import Door
from interfaces.web.app import create_app
from tests.browser.by_hand import ByHand
from tests.browser.conftest import Browsers, Served
from tests.browser.screen import Screen
from tests.builders import a_command_id
from tests.oidc import SECRET, AgencyProvider, a_provider
from tests.signing_in import CHEAP

Entry = dict[str, Any]


@contextmanager
def serving(app: Flask) -> Iterator[str]:
    """Serve within this process, so that its test sets the record's clock; the address."""
    sockets: dict[int, Any] = {}
    server = create_server(app, map=sockets, listen="127.0.0.1:0", ident=None, threads=8)
    thread = Thread(target=server.run)
    thread.start()
    try:
        yield f"http://localhost:{server.effective_port}"
    finally:
        server.trigger.pull_trigger(lambda: wasyncore.close_all(sockets))
        thread.join()
        server.task_dispatcher.shutdown()


@dataclasses.dataclass
class WorkedByHand:
    """The whole run: who sits where, what was tried and what came of it."""

    scenario: Scenario
    settings: Settings
    hub: Hub
    clock: ScenarioClock
    replay: Replay
    hand: ByHand
    found: list[Checked] = dataclasses.field(default_factory=list)

    @property
    def case(self) -> UUID:
        assert self.replay.case is not None
        return self.replay.case

    def runs(self) -> None:
        """Acts in their order, each refusal behind its act, each expectation at its moment."""
        for at, entry in self.replay.steps():
            if "act" in entry:
                self.does(entry, at)
                for number, refusal in enumerate(self.scenario.refusals, start=1):
                    if refusal["after"] == entry["n"]:
                        self.is_refused(number, refusal)
            else:
                self.expects(entry, at)
        self.reviews()

    def expects(self, expectation: Entry, at: datetime) -> None:
        with stopped_at(self.settings, at, copy_home) as copy:
            found = faults(self.scenario, copy, self.replay, self.named(expectation))
            self.found.append(checked(expectation["id"], found))

    def reviews(self) -> None:
        """Through the review that was opened: history and entitlement once more."""
        named = msgspec.structs.replace(self.scenario, expectations=[*map(self.named, self.scenario.expectations)])
        with stopped_at(self.settings, self.scenario.moment(named.demo_stands_at), copy_home) as copy:
            self.found += by_review(named, copy, self.replay)

    def does(self, entry: Entry, at: datetime) -> None:
        self.clock.at = at
        stored = self.stored()
        screen = self.hand.does(entry)
        assert screen.refused == "", (entry["n"], screen.refused)
        if self.replay.case is None:
            self.replay.case = UUID(self.hand.case)
        if entry["act"] not in ("search", "view case"):
            assert self.stored() > stored, (entry["n"], screen.page.url)

    def is_refused(self, number: int, refusal: Entry) -> None:
        """Tried as far as the pages let one try; nothing is stored in the case."""
        stored = self.stored()
        if number in SAID:
            screen = self.hand.does({**self.latest_before(refusal), **refusal})
            assert SAID[number] in screen.refused, (number, screen.refused)
        else:
            NOT_OFFERED[number](self.hand)
        assert self.stored() == stored, number

    def latest_before(self, refusal: Entry) -> Entry:
        """From which a refusal takes what it leaves out."""
        alike = [one for one in self.scenario.acts if one["act"] == refusal["act"] and one["n"] <= refusal["after"]]
        return alike[-1] if alike else {}

    def stored(self) -> int:
        return len(self.hub.case_events(self.case)) if self.replay.case else 0

    def named(self, expectation: Entry) -> Entry:
        """An expectation with the references that the pages gave to concerns, known by their headlines."""
        recorded = [one for one in self.hub.case_events(self.case) if isinstance(one, ConcernRecorded)]
        text = msgspec.json.encode(expectation).decode()
        for one in recorded:
            (name,) = (key for key, called in self.hand.called.items() if called == one.content.headline)
            text = text.replace(f'"concern:{name}"', f'"concern:{one.concern}"')
        found: Entry = msgspec.json.decode(text)
        return found


SAID = {
    2: "carries nothing that says where she is",
    3: "must end: give an expiry",
    4: "consent does not reach this agency",
    6: "must agree before it goes further",
    10: "must agree before it goes further",
    11: "the only decision it permits is to refuse",
    14: "say why it is safe to lower it",
    15: "One person cannot sign in both roles",
}
"""Refusals of the scenario that its pages let one try, by their number, and what they then say."""


def a_concern_always_rests_on_a_reasoning(hand: ByHand) -> None:
    ben = hand.screens["ben"]
    hand.to_case(ben)
    ben.follows("Record a concern")

    assert f"This rests on: {hand.called['J1']}" in ben.main.inner_text()


def what_he_cannot_see_is_not_his_to_give(hand: ByHand) -> None:
    ben = hand.screens["ben"]
    hand.to_share(ben, "riverbank")

    assert ben.asked("Which concerns?").get_by_label(hand.label_of("concern:C1"), exact=True).count() == 1
    assert hand.called["C3"] not in ben.main.inner_text()


def only_printed_options(hand: ByHand) -> None:
    priya = hand.screens["priya"]
    hand.to_case(priya)
    priya.follows("Answer the assessment")
    hand.to_question(priya, 11)
    offered = [one.get_attribute("value") for one in priya.main.locator('input[name="answer"]').all()]

    assert [one for one in offered if one and not one.startswith("blank")] == ["1", "4", "5"]


def a_social_worker_does_not_sign(hand: ByHand) -> None:
    priya = hand.screens["priya"]
    hand.to_case(priya)

    assert priya.offers("Answer the assessment")
    assert not priya.offers("Agree the level of risk")


def a_manager_signs_in_his_own_role(hand: ByHand) -> None:
    tom = hand.screens["tom"]
    hand.to_proposal(tom)
    offered = tom.main.locator('input[name="as_role"]')

    assert [one.get_attribute("value") for one in offered.all()] == ["team_manager"]


def nothing_rests_on_a_consent_withdrawn(hand: ByHand) -> None:
    helen = hand.screens["helen"]
    hand.to_case(helen)
    helen.follows("Record a concern")

    assert hand.called["J5"] in helen.main.inner_text()
    assert hand.called["J8"] not in helen.main.inner_text()


def only_the_recorder_corrects(hand: ByHand) -> None:
    priya = hand.screens["priya"]
    hand.to_case(priya)

    assert priya.offers(f"Record that you disagree: {hand.called['C2']}")
    assert not priya.offers(f"Correct: {hand.called['C2']}")


def a_reviewer_reads(hand: ByHand) -> None:
    jo = hand.screens["jo"]
    jo.signs_in()
    assert hand.to_case(jo)

    assert hand.called["C2"] in jo.main.inner_text()
    assert not jo.offers("Record a concern")


def an_administrator_comes_to_no_case(hand: ByHand) -> None:
    alex = hand.screens["alex"]
    alex.signs_in()
    assert not hand.to_case(alex)
    answer = alex.page.goto(f"/cases/{hand.case}")

    assert answer is not None
    assert 404 == answer.status


NOT_OFFERED: dict[int, Callable[[ByHand], None]] = {
    1: a_concern_always_rests_on_a_reasoning,
    5: what_he_cannot_see_is_not_his_to_give,
    7: only_printed_options,
    8: a_social_worker_does_not_sign,
    9: a_manager_signs_in_his_own_role,
    12: nothing_rests_on_a_consent_withdrawn,
    13: only_the_recorder_corrects,
    16: a_reviewer_reads,
    17: an_administrator_comes_to_no_case,
}
"""Refusals that no page lets one meet, by their number, and how the pages leave no way to them."""


BY_PASSKEY, BY_AGENCY = "helen", "sam"
ANY_OTHER_SITE = re.compile(r"^https:")


@pytest.mark.filterwarnings("ignore::authlib.deprecate.AuthlibDeprecationWarning")  # the provider's own
@pytest.mark.filterwarnings("ignore:get_jwt_config:DeprecationWarning")
@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_the_whole_worked_case_is_done_by_hand(scripts: bool, browsers: Browsers, tmp_path: Path) -> None:
    """Everybody enrols by an invitation, signs in, and does their part through the pages; all expectations hold.

    A detective signs in at his agency's own provider, a nurse by passkey (which needs scripts), the others by
    password and code.
    """
    scenario = read_scenario()
    clock = ScenarioClock(scenario.moment(scenario.acts[0]["recorded"]))
    with a_provider(scenario.agency_of(BY_AGENCY)) as provider:
        settings = settings_with(provider, tmp_path)
        with closing(build_hub(settings, clock)) as hub:
            replay = Replay(scenario, hub, clock)
            replay.set_up()
            with closing(build_door(hub, settings)) as door, serving(create_app(hub, settings, door)) as address:
                screens = enrolled(scenario, browsers, Served(address, settings, ""), door, provider, scripts=scripts)
                worked = WorkedByHand(scenario, settings, hub, clock, replay, ByHand(scenario, screens))
                worked.runs()
                browsers.close()

    assert {*SAID, *NOT_OFFERED} == {*range(1, len(scenario.refusals) + 1)}
    assert {one.id: one.faults for one in worked.found if not one.passed} == {}
    assert len(worked.found) > len(scenario.expectations)


def settings_with(provider: AgencyProvider, home: Path) -> Settings:
    create_home(home)
    return dataclasses.replace(
        read_settings(home),
        signing_in=CHEAP,
        single_sign_on=(provider.settings,),
        client_secrets={provider.agency: SECRET},
    )


def enrolled(
    scenario: Scenario, browsers: Browsers, served: Served, door: Door, provider: AgencyProvider, *, scripts: bool
) -> dict[str, Screen]:
    """Everybody who does something, each at a browser of their own, with what they sign in with."""
    agencies = {one.id: one.name for one in scenario.agencies}
    screens = {}
    for who in dict.fromkeys(one["by"] for one in (*scenario.acts, *scenario.refusals)):
        screen = Screen(browsers.page(served, scripts=scripts, beside=provider.issuer), f"{who}@agency.example")
        link = f"/enrol/{enrolment.start(door, 'hub', who, screen.email, command_id=a_command_id())}"
        if who == BY_AGENCY:
            screen.page.context.route(ANY_OTHER_SITE, lambda route: route.fulfill(body=""))  # the provider's styles
            provider.knows(screen.email, amr=["pwd", "mfa"])
            screen.enrols_by_agency(link, agencies[scenario.agency_of(who)])
        else:
            screen.enrols(link)
        if who == BY_PASSKEY and scripts:
            screen.adds_passkey("Work telephone")
        screen.leaves()
        screens[who] = screen
    return screens
