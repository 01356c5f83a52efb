"""Made-up cases of any length: every event is what the case itself decides on a command; only policy is left out."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

from application.commands.acts import ACTS
from application.commands.people import keep_directory
from application.hub import Hub
from application.ledger import HUB, case_stream
from application.queries.case_as_seen import case_as_seen
from application.reading import read_command
from domain.case import Case, OpenCase, decide, decide_open_case, evolve
from domain.instrument import instrument
from domain.record import Act, Actor, Event
from domain.vocabulary import Role

BEGINS = datetime(2026, 1, 5, 9, tzinfo=UTC)
APART = timedelta(hours=1)
LEAD, POLICE, SCHOOL, HEALTH = "lead", "police", "school", "health"
KINDS = {LEAD: "childrens_social_care", POLICE: "police", SCHOOL: "education", HEALTH: "health"}
ANSWERING = (LEAD, SCHOOL, HEALTH)
EVENTS_PER_LOOK = 20


class BenchClock:
    """Moved on by hand, so that a history is the same on every machine."""

    def __init__(self) -> None:
        self.at = BEGINS

    def now(self) -> datetime:
        return self.at


def set_up_partnership(hub: Hub) -> None:
    """Four agencies with one practitioner each, named `<agency>-worker`."""
    for name, kind in KINDS.items():
        agency = {"id": name, "name": f"Agency {name}", "kind": kind, "lead": name == LEAD}
        keep_directory(hub, "hub", "register_agency", agency, command_id=f"bench-agency-{name}")
        person = {"id": worker(name), "name": f"Worker of {name}", "agency": name, "roles": ["practitioner"]}
        keep_directory(hub, "hub", "register_person", person, command_id=f"bench-person-{name}")


def worker(agency: str) -> str:
    return f"{agency}-worker"


def case_id(number: int) -> UUID:
    return uuid5(HUB, f"bench-case-{number}")


def write_case(hub: Hub, clock: BenchClock, number: int, length: int, *, looks: bool) -> UUID:
    """A case of exactly `length` events, an hour apart; with looks, lead and police open it every twenty events."""
    case = Case(id=case_id(number))
    waiting: list[Event] = []
    for event, after in story(case, number):
        case = after
        waiting.append(event)
        full = case.version == length
        if full or (looks and case.version % EVENTS_PER_LOOK == 0):
            hub.append(case_stream(case.id), case.version - len(waiting), waiting)
            waiting = []
            clock.at = max(clock.at, event.recorded)
            if looks:
                case_as_seen(hub, worker(LEAD), case.id)
                case_as_seen(hub, worker(POLICE), case.id)
        if full:
            break
    return case.id


def story(case: Case, number: int) -> Iterator[tuple[Event, Case]]:
    """Events without end, each with the case after it."""
    for step, (agency, name, data) in enumerate(_commands(number)):
        act = Act(Actor(worker(agency), Role.PRACTITIONER, agency), BEGINS + APART * step, f"bench-{number}-{step}")
        if name == "open_case":
            events = decide_open_case(read_command(OpenCase, data), act, LEAD)
        else:
            events = decide(case, read_command(ACTS[name], data), act)
        for event in events:
            case = evolve(case, event)
            yield event, case


def _commands(number: int) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """(agency, act, data): the opening, then rounds of twenty: answers, concerns, a correction, shares, a plan."""
    yield SCHOOL, "open_case", {"justification": justification(SCHOOL), "child": child(number)}
    yield LEAD, "join_team", {"person": worker(LEAD), "reason": "Working on this case."}
    for agency in (LEAD, POLICE, HEALTH):
        yield agency, "give_justification", justification(agency)
    yield LEAD, "start_assessment", {"justification": LEAD}
    turn = 0
    while True:
        for place in range(20):
            yield _one_of_a_round(turn, place)
        turn += 1


def _one_of_a_round(turn: int, place: int) -> tuple[str, str, dict[str, Any]]:
    agency = ANSWERING[place % len(ANSWERING)]
    if place in (1, 6, 11):
        return agency, "record_concern", _concern(agency, f"C{turn}-{place}")
    if place == 12:
        change = {"narrative": f"Put right in round {turn}: it was seen from the gate, not from the road."}
        return HEALTH, "correct_concern", {
            "concern": f"C{turn}-11", "justification": HEALTH, "change": change, "reason": "Misheard.",
        }  # fmt: skip
    if place in (13, 16):
        concern = f"concern:C{turn}-{1 if place == 13 else 6}"
        recipient = POLICE if place == 13 else SCHOOL
        return LEAD, "decide_sharing", {
            "id": f"D{turn}-{place}", "justification": LEAD, "outcome": "share", "with": recipient,
            "persons": [worker(recipient)], "items": [{"item": concern, "showing": "full"}],
        }  # fmt: skip
    if place == 19:
        return LEAD, "record_plan", {
            "id": f"P{turn}", "justification": LEAD, "for": SCHOOL, "text": f"Meet her at the gate. ({turn})",
        }  # fmt: skip
    return agency, "answer_questions", answer(agency, turn * 20 + place)


def answer(agency: str, turn: int) -> dict[str, Any]:
    """One changed answer, round and round the form's questions and options."""
    questions = instrument().questions
    question = questions[turn % len(questions)]
    option = question.option_numbers[turn % len(question.options)]
    changed = {"question": question.number, "option": option, "note": f"As heard on visit {turn}."}
    return {"justification": agency, "answers": [changed]}


def justification(agency: str) -> dict[str, Any]:
    return {
        "id": agency,
        "purpose": "work together on what keeps her safe",
        "duty_of_confidentiality": True,
        "basis": "public_interest",
        "ground": "significant_harm_to_child",
        "facts": "Missing from home twice in a month; seen in cars with adults whom nobody at home knows.",
        "proportionality": "What was seen, when and by whom; nothing of her health or her family's past.",
        "standing": True,
    }


def child(number: int) -> dict[str, Any]:
    return {
        "name": f"Young Person {number}",
        "date_of_birth": f"2010-{number % 12 + 1:02}-{number % 28 + 1:02}",
        "address": f"{number} Example Street",
        "school": "The school",
    }


def _concern(agency: str, name: str) -> dict[str, Any]:
    return {
        "id": name,
        "justification": agency,
        "occurred": "2026-01-04",
        "basis": ["changed_behaviour"],
        "heading": "risk_taking_behaviours",
        "headline": "Seen leaving with an adult nobody knew",
        "narrative": "Left before the last lesson and got into a car that waited by the gate. Back the next day.",
        "nature": "fact",
        "source": "Own observation",
    }
