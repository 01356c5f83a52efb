"""The hub on the same history as its peers, every change sealed: the whole command, policy and read models included.

The hub's answer names a concern as its evidence; the words the peers keep there stand before the note's in its note.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.engine import Engine

from application.commands.acts import ACTS, act
from application.commands.people import keep_directory
from application.ledger import Stream, case_stream
from application.projections.catch_up import catch_up
from application.reading import read_command
from benchmarks.histories import BenchClock, case_id, child, justification
from benchmarks.homes import wait_until_kept_up
from benchmarks.peers import AGENCIES, BEGINS, CASES, CHANGES, Change, change
from domain.assessment import AnswersOf
from domain.case import Case, OpenCase, decide, decide_open_case, evolve
from domain.record import Act, Actor, Event
from domain.vocabulary import Role
from interfaces.bootstrap import build_hub
from interfaces.settings import Settings
from interfaces.storage.read_models import SqlReadModels
from interfaces.storage.sqlite import HubSQLiteRecorder

LEAD = AGENCIES[0]
BEFORE = BEGINS - timedelta(days=1)


class HubPeer:
    """The hub on one store; a case has its opening, eleven justifications and a started assessment before its changes.
    """

    def __init__(self, settings: Settings) -> None:
        self.settings, self.clock = settings, BenchClock()
        self.hub = build_hub(settings, self.clock)
        self.cases: list[UUID] = []
        self.rested = False

    def set_up(self) -> None:
        self.clock.at = BEFORE
        for name in AGENCIES:
            kind = "childrens_social_care" if name == LEAD else "voluntary"
            agency = {"id": name, "name": name, "kind": kind, "lead": name == LEAD}
            keep_directory(self.hub, "hub", "register_agency", agency, command_id=f"{name}-registered")
            person = {"id": f"{name}-worker", "name": name, "agency": name, "roles": ["practitioner"]}
            keep_directory(self.hub, "hub", "register_person", person, command_id=f"{name}-worker-registered")

    def fill(self, case_count: int = CASES, changes: int = CHANGES) -> None:
        self.cases = [case_id(number) for number in range(case_count)]
        stories = [list(_story(number, changes)) for number in range(case_count)]
        for step, events in enumerate(zip(*stories, strict=True)):
            appends: list[tuple[Stream, int, Sequence[Event]]] = [
                (case_stream(case), step, [event]) for case, event in zip(self.cases, events, strict=True)
            ]
            self.hub.ledger.append_all(appends)
        self.clock.at = max(story[-1].recorded for story in stories)
        catch_up(self.hub)

    def record(self, case: int, number: int) -> None:
        one = change(case, number)
        self.clock.at = one.recorded
        act(self.hub, one.person, self.cases[case], "answer_questions", _answer(one), command_id=_command(case, number))
        self.rested = False

    def read_current(self, case: int) -> Sequence[Sequence[Any]]:
        return answers_in(self.hub.case(self.cases[case]).case)

    def forget(self) -> None:
        """Cases, what was shown of them, their keys; and of SQLite the pages of every file but the key store's."""
        for case in self.cases:
            self.hub._let_go(case)
        for connection in self._sqlite_connections():
            connection.execute("PRAGMA shrink_memory")

    def _sqlite_connections(self) -> Iterator[Any]:
        recorder, rows = self.hub.ledger.recorder, self.hub.rows
        if isinstance(recorder, HubSQLiteRecorder):
            yield from recorder.connections._opened
            if isinstance(rows, SqlReadModels):
                yield from (_kept(engine) for engine in (rows._engine, rows._reading))

    def as_of(self, case: int, then: datetime) -> Sequence[Sequence[Any]]:
        return answers_in(self.hub.case_at(self.cases[case], then))

    def rest(self) -> None:
        """Wait until the worker has done with what was recorded here, so that it does not slow whoever comes next."""
        if not self.rested:
            wait_until_kept_up(self.hub)
            self.rested = True

    def close(self) -> None:
        self.hub.close()


def answers_in(case: Case) -> list[tuple[Any, ...]]:
    """Every current answer with who gave it and when."""
    found: list[tuple[Any, ...]] = []
    for agency in AGENCIES:
        versions = case.assessment.items.get(f"answers:{agency}")
        if isinstance(versions, AnswersOf):
            found += _current(versions)
    return found


def _current(versions: AnswersOf) -> Iterator[tuple[Any, ...]]:
    point = versions.point
    for question, one in point.answers.answers.items():
        given = point.given[question]
        evidence, _, note = one.note.partition("\n")
        yield (
            given.by.agency, question, 1, one.option, one.alternative, evidence, note, given.justification,
            given.by.person, given.by.role, given.recorded,
        )  # fmt: skip


def _story(number: int, changes: int) -> Iterator[Event]:
    """What the case decides, event by event; only policy is left out."""
    case = Case(id=case_id(number))
    for agency, name, data, at, command in _commands(number, changes):
        who = Act(Actor(f"{agency}-worker", Role.PRACTITIONER, agency), at, command)
        if name == "open_case":
            events = decide_open_case(read_command(OpenCase, data), who, LEAD)
        else:
            events = decide(case, read_command(ACTS[name], data), who)
        for event in events:
            case = evolve(case, event)
            yield event


def _commands(number: int, changes: int) -> Iterator[tuple[str, str, dict[str, Any], datetime, str]]:
    opening = {"justification": justification(LEAD), "child": child(number)}
    yield LEAD, "open_case", opening, BEFORE, f"{number}-opened"
    for agency in AGENCIES[1:]:
        yield agency, "give_justification", justification(agency), BEFORE, f"{number}-{agency}"
    yield LEAD, "start_assessment", {"justification": LEAD}, BEFORE, f"{number}-started"
    for place in range(changes):
        one = change(number, place)
        yield one.agency, "answer_questions", _answer(one), one.recorded, _command(number, place)


def _answer(one: Change) -> dict[str, Any]:
    told = {
        "question": one.question, "option": one.option, "alternative": one.alternative,
        "note": f"{one.evidence}\n{one.note}",
    }  # fmt: skip
    return {"justification": one.justification, "answers": [told]}


def _command(case: int, number: int) -> str:
    return f"change-{case}-{number}"


def _kept(engine: Engine) -> Any:
    """The connection an engine's pool keeps for this thread."""
    raw = engine.raw_connection()
    try:
        return raw.driver_connection
    finally:
        raw.close()
