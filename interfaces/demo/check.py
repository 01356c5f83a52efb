"""Check a scenario's expectations, each on a copy of the hub as it stood, so that checking leaves no trace."""

import dataclasses
import tempfile
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec

from application.hub import Hub
from application.queries.analysis_form import analysis_form
from application.queries.assessment import current_assessment
from application.queries.case_as_seen import case_as_seen
from application.queries.history import answers_in_order, history_of
from application.queries.timeline import case_timeline
from application.queries.who_knew import corrections, who_knew
from application.views import CaseView, Cell, View
from domain.errors import NotFound
from domain.vocabulary import Precision, Role, Showing
from interfaces.bootstrap import build_hub
from interfaces.demo.replay import Refused, Replay, ScenarioClock
from interfaces.demo.scenario import Scenario
from interfaces.settings import Settings
from interfaces.storage.copies import copy_database

NOT_CHECKED = frozenset({"id", "as_at", "now", "agency", "person", "why", "item"})


class Checked(msgspec.Struct, frozen=True, kw_only=True):
    """How an expectation went; `faults` says what was not so, without repeating what was seen."""

    id: str
    faults: tuple[str, ...]

    @property
    def passed(self) -> bool:
        return not self.faults


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """A scenario's replay: every refusal and every expectation."""

    title: str
    acts: int
    refusals: tuple[Refused, ...]
    expectations: tuple[Checked, ...]

    @property
    def passed(self) -> bool:
        return all(one.passed for one in self.refusals) and all(one.passed for one in self.expectations)


def run(scenario: Scenario, settings: Settings, step: Callable[[], None] = lambda: None) -> Report:
    """Replay into the fresh hub of `settings`, trying every refusal and checking every expectation in its place."""
    clock = ScenarioClock(scenario.moment(scenario.acts[0]["recorded"]))
    hub = build_hub(settings, clock)
    replay = Replay(scenario, hub, clock)
    replay.set_up()
    refusals: list[Refused] = []
    expectations: list[Checked] = []
    for at, entry in replay.steps():
        if "act" in entry:
            refusals += replay.do(entry)
        else:
            with stopped_at(settings, at) as copy:
                expectations.append(Checked(id=entry["id"], faults=tuple(faults(scenario, copy, replay, entry))))
        step()
    hub.close()
    return Report(
        title=scenario.title, acts=len(scenario.acts), refusals=tuple(refusals), expectations=tuple(expectations)
    )


class stopped_at:
    """A copy of the hub whose clock stands still at a moment."""

    def __init__(self, settings: Settings, at: datetime) -> None:
        self._settings = settings
        self._at = at

    def __enter__(self) -> Hub:
        self._folder = tempfile.TemporaryDirectory()
        copied = dataclasses.replace(self._settings, home=Path(self._folder.name))
        copy_database(self._settings.events, copied.events)
        copy_database(self._settings.rows, copied.rows)
        self._hub = build_hub(copied, ScenarioClock(self._at))
        return self._hub

    def __exit__(self, *_: object) -> None:
        self._hub.close()
        self._folder.cleanup()


class Reading(msgspec.Struct, frozen=True, kw_only=True):
    """One reader at one expectation, with everything about the case that the reader can reach."""

    hub: Hub
    who: str
    case: UUID
    as_at: datetime
    view: CaseView | None
    reached: tuple[View, ...]

    def text(self, *, without_own_words: bool) -> str:
        skip = self.view.reader.name if self.view and without_own_words else None
        return "\n".join(words for part in self.reached for words in _words(part, skip))


def read_everything(hub: Hub, who: str, case: UUID, as_at: datetime) -> Reading:
    """Walk every query of the case as this person; what is refused is not reached."""
    reached: list[View] = []
    view: CaseView | None = None
    try:
        view = case_as_seen(hub, who, case, as_at)
        reached.append(view)
        reached += current_assessment(hub, who, case, as_at)
        reached += analysis_form(hub, who, case, as_at)
        reached += case_timeline(hub, who, case, as_at)
        reached += [history_of(hub, who, case, cell.item, as_at) for cell in view.cells if cell.content is not None]
        reached.append(who_knew(hub, who, case, as_at))
        reached += corrections(hub, who, case, as_at)
    except NotFound:
        if view is not None:
            raise
    return Reading(hub=hub, who=who, case=case, as_at=as_at, view=view, reached=tuple(reached))


def _words(part: Any, skip: str | None) -> Iterator[str]:
    """Every text in a view; what the reader typed is left out where `skip` names the reader."""
    match part:
        case str():
            yield part
        case Cell() if skip and part.own and part.recorded_by_person == skip:
            return
        case msgspec.Struct():
            if skip and getattr(part, "by_person", None) == skip:
                return
            for name in part.__struct_fields__:
                yield from _words(getattr(part, name), skip)
        case dict():
            for key, value in part.items():
                yield from _words(key, skip)
                yield from _words(value, skip)
        case list() | tuple():
            for value in part:
                yield from _words(value, skip)
        case int() | datetime():
            yield str(part)


def reader_of(scenario: Scenario, hub: Hub, case: UUID, expectation: dict[str, Any]) -> str:
    """The person named, or one of the agency's case team; the lead's where neither is given."""
    if "person" in expectation:
        return str(expectation["person"])
    agency = expectation.get("agency") or next(a.id for a in scenario.agencies if a.lead)
    team = hub.case(case).case.team
    now = hub.now()
    people = hub.directory().people
    members = [p for p in team.of_agency(agency) if Role.PRACTITIONER in people[p].roles(now)]
    open_to = [p for p in members if not team.declared(p, now)]
    return (open_to or [p.id for p in scenario.people if p.agency == agency])[0]


def faults(scenario: Scenario, hub: Hub, replay: Replay, expectation: dict[str, Any]) -> Iterator[str]:
    """What is not as expected; nothing means it passed."""
    assert replay.case is not None
    who = reader_of(scenario, hub, replay.case, expectation)
    reading = read_everything(hub, who, replay.case, scenario.moment(expectation["as_at"]))
    for key in expectation:
        if key not in NOT_CHECKED:
            checker = CHECKERS.get(key)
            if checker is None:
                yield f"'{key}' is not something this form can expect"
            else:
                yield from checker(scenario, reading, expectation)


def _sees(_: Scenario, reading: Reading, expectation: dict[str, Any]) -> Iterator[str]:
    cells = reading.view.cells if reading.view else ()
    seen = {cell.item: str(cell.showing) for cell in cells if not cell.own}
    if seen != expectation["sees"]:
        yield f"sees {sorted(seen.items())}"


def _contains(_: Scenario, reading: Reading, expectation: dict[str, Any]) -> Iterator[str]:
    text = reading.text(without_own_words=False)
    yield from (f"'{wanted}' is not reached" for wanted in expectation["contains"] if wanted not in text)


def _never_contains(_: Scenario, reading: Reading, expectation: dict[str, Any]) -> Iterator[str]:
    text = reading.text(without_own_words=True)
    yield from (f"'{hidden}' is reached" for hidden in expectation["never_contains"] if hidden in text)


def _absent(_: Scenario, reading: Reading, expectation: dict[str, Any]) -> Iterator[str]:
    for item in expectation["absent"]:
        if reading.view is not None and reading.view.cell(item) is not None:
            yield f"{item} is in the view"


def _retained(_: Scenario, reading: Reading, expectation: dict[str, Any]) -> Iterator[str]:
    for item in expectation["retained"]:
        cell = reading.view.cell(item) if reading.view else None
        if cell is None or not cell.retained:
            yield f"{item} is not retained"


def _showing(showing: Showing) -> Callable[[Scenario, Reading, dict[str, Any]], Iterator[str]]:
    def check(_: Scenario, reading: Reading, expectation: dict[str, Any]) -> Iterator[str]:
        for item in expectation[str(showing)]:
            cell = reading.view.cell(item) if reading.view else None
            if cell is None or cell.showing is not showing:
                yield f"{item} does not show as {showing}"

    return check


def _standing(reading: Reading) -> Any:
    cell = reading.view.cell("risk") if reading.view else None
    return cell.content if cell else None


def _risk_in_force(_: Scenario, reading: Reading, expectation: dict[str, Any]) -> Iterator[str]:
    standing = _standing(reading)
    in_force = (standing.in_force if standing else None) or "none"
    if in_force != expectation["risk_in_force"]:
        yield f"risk in force is {in_force}"


def _act_as(_: Scenario, reading: Reading, expectation: dict[str, Any]) -> Iterator[str]:
    standing = _standing(reading)
    if standing is None or standing.act_as != expectation["act_as"]:
        yield f"act as {standing.act_as if standing else 'nothing'}"


def _stale(_: Scenario, reading: Reading, expectation: dict[str, Any]) -> Iterator[str]:
    standing = _standing(reading)
    if standing is None or standing.stale is not expectation["stale"]:
        yield "staleness is otherwise"


def _answers(_: Scenario, reading: Reading, expectation: dict[str, Any]) -> Iterator[str]:
    _view, assessment = current_assessment(reading.hub, reading.who, reading.case, reading.as_at)
    question = next(q for q in assessment.questions if q.number == expectation["question"])
    given = {answer.agency: answer.option for answer in question.answers}
    if given != expectation["answers"]:
        yield f"question {question.number} is answered {given}"


def _answers_in_order(_: Scenario, reading: Reading, expectation: dict[str, Any]) -> Iterator[str]:
    number = int(str(expectation["history_of"]).split()[-1])
    agency = expectation.get("of") or expectation.get("agency") or reading.hub.directory().lead
    given = answers_in_order(reading.hub, reading.who, reading.case, number, agency, reading.as_at)
    if given != expectation["answers_in_order"]:
        yield f"question {number} was answered {given}"


def _told_or_due(_: Scenario, reading: Reading, expectation: dict[str, Any]) -> Iterator[str]:
    item = expectation["corrected_item"]
    due = [c.agency for c in corrections(reading.hub, reading.who, reading.case, reading.as_at) if c.item == item]
    if sorted(set(due)) != sorted(expectation["told_or_due"]):
        yield f"told or due: {sorted(set(due))}"


def _knowledge_lag(scenario: Scenario, reading: Reading, expectation: dict[str, Any]) -> Iterator[str]:
    wanted = dict(expectation["knowledge_lag"])
    row = who_knew(reading.hub, reading.who, reading.case, reading.as_at).of(wanted.pop("item"), wanted.pop("agency"))
    for moment, expected in wanted.items():
        if row is None:
            found = None
        elif moment == "occurred":
            exact = row.occurred is not None and row.occurred.precision is not Precision.UNKNOWN
            found = row.occurred.start if row.occurred and exact else None
        else:
            found = scenario.local(getattr(row, moment))
        if found != expected:
            yield f"{moment} is {found}"


def _nothing_to_check(_: Scenario, __: Reading, ___: dict[str, Any]) -> Iterator[str]:
    return iter(())


CHECKERS: dict[str, Callable[[Scenario, Reading, dict[str, Any]], Iterator[str]]] = {
    "sees": _sees,
    "contains": _contains,
    "never_contains": _never_contains,
    "absent": _absent,
    "retained": _retained,
    "ask_holder": _showing(Showing.ASK_HOLDER),
    "withheld": _showing(Showing.WITHHELD),
    "coarse": _showing(Showing.COARSE),
    "full": _showing(Showing.FULL),
    "risk_in_force": _risk_in_force,
    "act_as": _act_as,
    "stale": _stale,
    "answers": _answers,
    "question": _nothing_to_check,
    "history_of": _nothing_to_check,
    "answers_in_order": _answers_in_order,
    "corrected_item": _nothing_to_check,
    "told_or_due": _told_or_due,
    "knowledge_lag": _knowledge_lag,
}
