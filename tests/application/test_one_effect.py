"""A command repeated with its command id has one effect, at once and after others came between."""

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from application.commands.acts import act
from application.commands.asking import ask_about, place_request
from application.commands.opening import open_case
from application.commands.people import keep_directory
from application.hub import Hub
from application.ledger import agency_stream
from domain.agency import RequestReceived
from domain.errors import AlreadyUsed, BadInput
from interfaces.bootstrap import build_hub
from interfaces.demo.replay import Replay, ScenarioClock
from interfaces.demo.scenario import read_scenario
from tests.builders import SCENARIOS, a_case, a_justification, a_worker_of_the_lead, concern_data, do, settings_in

READING = ("view case", "search")
"""Looks are no commands: each is put on record."""


def commands(name: str) -> list[Any]:
    acts = read_scenario(SCENARIOS / name).acts
    return [pytest.param(name, a["n"], id=f"{a['n']} {a['act']}") for a in acts if a["act"] not in READING]


EVERY = [*commands("first_case.toml"), *commands("a_consent_that_ends.toml")]


@cache
def repeated(name: str) -> tuple[dict[int, int], dict[int, int]]:
    """Per act how many events a repetition added: right behind the act, and once the whole scenario was done."""
    scenario = read_scenario(SCENARIOS / name)
    at_once: dict[int, int] = {}
    at_last: dict[int, int] = {}
    with TemporaryDirectory() as folder:
        clock = ScenarioClock(scenario.moment(scenario.acts[0]["recorded"]))
        hub = build_hub(settings_in(Path(folder)), clock)
        replay = Replay(scenario, hub, clock)
        replay.set_up()
        commanded = [entry for entry in scenario.acts if entry["act"] not in READING]
        for entry in scenario.acts:
            replay.do_only(entry)
            if entry in commanded:
                at_once[entry["n"]] = added_by_repeating(replay, entry)
        for entry in commanded:
            at_last[entry["n"]] = added_by_repeating(replay, entry)
        hub.close()
    return at_once, at_last


def added_by_repeating(replay: Replay, entry: dict[str, Any]) -> int:
    before = events(replay.hub)
    replay.perform(entry, f"scenario-act-{entry['n']}", accepted=True)
    return events(replay.hub) - before


def events(hub: Hub) -> int:
    return hub.ledger.recorder.max_notification_id() or 0


@pytest.mark.parametrize(("name", "n"), EVERY)
def test_an_act_repeated_at_once_is_answered_and_adds_nothing(name: str, n: int) -> None:
    """A retry is answered like the first time, and the record holds the act once."""
    assert 0 == repeated(name)[0][n]


@pytest.mark.parametrize(("name", "n"), EVERY)
def test_an_act_repeated_at_the_end_adds_nothing(name: str, n: int) -> None:
    """However much came between, an interest declared, a consent withdrawn: the act is in the record once."""
    assert 0 == repeated(name)[1][n]


def a_naming(name: str = "Maya Ellison", justification: str = "J1") -> dict[str, Any]:
    return {"justification": a_justification(justification), "child": {"name": name, "date_of_birth": "2010-05-14"}}


def test_opening_repeated_is_the_same_case(hub: Hub) -> None:
    """The case that was opened is answered again, also when it is called otherwise by now."""
    case = open_case(hub, "ben", a_naming(), command_id="open-by-ben")
    do(hub, "ben", case, "record_details", justification="J1", child={"name": "Maya Marsh"})
    before = events(hub)

    assert case == open_case(hub, "ben", a_naming(), command_id="open-by-ben")
    assert before == events(hub)


def test_coming_into_a_case_repeated_is_the_same_case(hub: Hub) -> None:
    """Who came into a case by an exact match is answered with it again, though the match is gone by now."""
    case = a_case(hub)
    joined = open_case(hub, "sam", a_naming(justification="J2"), command_id="open-by-sam")
    do(hub, "ben", case, "record_details", justification="J1", child={"name": "Maya Marsh"})
    before = events(hub)

    assert (case, case) == (joined, open_case(hub, "sam", a_naming(justification="J2"), command_id="open-by-sam"))
    assert before == events(hub)


def test_two_people_with_the_same_command_id_both_have_their_effect(hub: Hub) -> None:
    """A command id is one person's own."""
    case = a_case(hub)
    a_worker_of_the_lead(hub, case)
    act(hub, "ben", case, "record_concern", concern_data("C1"), command_id="the-same-id")
    act(hub, "priya", case, "record_concern", concern_data("C2", justification="JL"), command_id="the-same-id")

    assert {"concern:C1", "concern:C2"} == {item for item in hub.case(case).case.items if item.startswith("concern:")}


ASKED = {"id": "Q1", "of": "csc", "wanted": "Anything of concern.", "purpose": "an enquiry"}
HER = {"name": "Maya Ellison", "date_of_birth": "2010-05-14"}


def test_asking_about_a_known_young_person_repeated_is_one_request(hub: Hub) -> None:
    """Also when her name in the case has changed between, so that the match is gone."""
    case = a_case(hub)
    ask_about(hub, "sam", HER, ASKED, command_id="asked-by-sam")
    do(hub, "ben", case, "record_details", justification="J1", child={"name": "Maya Marsh"})
    before = events(hub)
    ask_about(hub, "sam", HER, ASKED, command_id="asked-by-sam")

    assert before == events(hub)


def test_asking_about_an_unknown_young_person_repeated_is_one_request(hub: Hub) -> None:
    """Also when she has a case by now, and when the lead has placed the request."""
    ask_about(hub, "sam", HER, ASKED, command_id="asked-by-sam")
    case = a_case(hub)
    before = events(hub)
    ask_about(hub, "sam", HER, ASKED, command_id="asked-by-sam")

    assert before == events(hub)

    place_request(hub, "priya", "Q1", case, command_id="placed-by-priya")
    before = events(hub)
    ask_about(hub, "sam", HER, ASKED, command_id="asked-by-sam")
    place_request(hub, "priya", "Q1", case, command_id="placed-by-priya")

    assert before == events(hub)
    assert ["Q1"] == list(hub.case(case).case.requests)


def test_what_one_agency_asks_is_never_lost_behind_what_another_asked(hub: Hub) -> None:
    """Two agencies may number their requests alike: both reach the lead."""
    ask_about(hub, "sam", {"name": "A B"}, ASKED, command_id="asked-by-sam")
    ask_about(hub, "helen", {"name": "C D"}, ASKED, command_id="asked-by-helen")

    assert ["A B", "C D"] == sorted(one.about.name for one in hub.unplaced("csc").requests.values())


def test_a_request_to_any_agency_that_cannot_be_placed_waits_for_the_lead(hub: Hub) -> None:
    """What the hub cannot place the lead places, whichever agency was asked; it is in the case then, for both."""
    case = a_case(hub)
    ask_about(hub, "sam", {"name": "Maya"}, {**ASKED, "of": "school"}, command_id="asked-by-sam")
    place_request(hub, "priya", "Q1", case, command_id="placed-by-priya")

    assert {} == hub.unplaced("csc").requests
    assert ("sam", "school") == (hub.case(case).case.requests["Q1"].by.person, hub.case(case).case.requests["Q1"].of)


def test_the_sender_keeps_what_it_sent(hub: Hub) -> None:
    """A request that is not placed yet stands in the stream of the agency that sent it, and in the lead's."""
    ask_about(hub, "sam", {"name": "Maya"}, {**ASKED, "of": "school"}, command_id="asked-by-sam")
    streams = [hub.ledger.read(agency_stream(agency)) for agency in ("police", "csc", "school")]

    assert [1, 1, 0] == [sum(isinstance(event, RequestReceived) for event in stream) for stream in streams]


@pytest.mark.parametrize("command_id", ["", "short", "x" * 65, "with\x00nothing", "\ud800" * 9])
def test_a_command_without_a_usable_id_is_refused(command_id: str, hub: Hub) -> None:
    """Without an id a repetition could not be told from a new act; the answer is alike by every way."""
    case = a_case(hub)
    before = events(hub)

    with pytest.raises(BadInput) as by_act:
        act(hub, "ben", case, "record_concern", concern_data(), command_id=command_id)
    with pytest.raises(BadInput) as by_asking:
        ask_about(hub, "sam", HER, ASKED, command_id=command_id)
    with pytest.raises(BadInput) as by_opening:
        open_case(hub, "sam", a_naming(), command_id=command_id)

    assert {"command_id"} == {refused.value.field for refused in (by_act, by_asking, by_opening)}
    assert before == events(hub)




def test_something_else_under_a_number_used_before_is_refused_and_not_lost_in_silence(hub: Hub) -> None:
    """A command id has one effect: what differs from what was sent under it first is answered, not swallowed."""
    case = a_case(hub)
    first = {"about": "Related by marriage."}
    act(hub, "ben", case, "declare_interest", first, command_id="used-once-before")
    before = len(hub.case_events(case))

    act(hub, "ben", case, "declare_interest", first, command_id="used-once-before")
    with pytest.raises(AlreadyUsed):
        act(hub, "ben", case, "declare_interest", {"about": "Something else."}, command_id="used-once-before")

    assert before == len(hub.case_events(case))


def test_what_is_sent_about_people_and_roles_has_one_effect(hub: Hub) -> None:
    """Also after others came between; something else under the same number is refused."""
    lena = {"id": "lena", "name": "Lena", "agency": "csc", "roles": ["practitioner"]}
    role = {"person": "lena", "role": "reviewer"}
    sent = [("register_person", lena), ("give_role", role), ("end_role", role), ("invite_account", {"person": "lena"})]
    stood = []
    for _ in range(2):
        for name, data in sent:
            keep_directory(hub, "alex", name, data, command_id=f"sent-{name}")
        stood.append(hub.directory())
    with pytest.raises(AlreadyUsed):
        keep_directory(hub, "alex", "disable_account", {"person": "lena"}, command_id="sent-give_role")

    assert stood[0] == stood[1] == hub.directory()
