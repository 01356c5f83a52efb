"""Check a scenario's expectations, each on a copy of the hub as it stood, so that checking leaves no trace."""

import dataclasses
import shutil
import tempfile
from collections.abc import Callable, Iterator
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any, Literal
from uuid import UUID

import msgspec

from application.commands.acts import act
from application.hub import Hub
from application.queries.analysis_form import analysis_form
from application.queries.assessment import current_assessment
from application.queries.case_as_seen import case_as_seen
from application.queries.caseload import caseload
from application.queries.history import answers_in_order, history_of
from application.queries.inbox import inbox
from application.queries.timeline import case_timeline
from application.queries.who_knew import Knowledge, corrections, who_knew
from application.views import CaseView, Cell, View
from domain.errors import BadInput, NotFound, SafeguardingError
from domain.vocabulary import Role, Showing
from interfaces.bootstrap import build_hub
from interfaces.demo.replay import Refused, Replay, ScenarioClock
from interfaces.demo.scenario import Scenario, ScenarioFaulty
from interfaces.settings import Settings
from interfaces.storage.copies import copy_database

ABOUT = frozenset({"id", "as_at", "now", "agency", "person", "why", "rule", "note"})
BESIDE = {
    "question": "answers",
    "history_of": "answers_in_order",
    "of": "answers_in_order",
    "corrected_item": "told_or_due",
}
"""Keys that say what another key is about."""
NEEDS = {"answers": "question", "answers_in_order": "history_of", "told_or_due": "corrected_item"}
MOMENTS = ("entitled_coarse", "entitled_full", "opened_coarse", "opened_full")


class Checked(msgspec.Struct, frozen=True, kw_only=True):
    """How an expectation went; `faults` says what was not so."""

    id: str
    passed: bool
    faults: tuple[str, ...]


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """A scenario's replay: how many acts were accepted, every refusal and every expectation.

    An act that was refused stands among the refusals, as one that was expected to be accepted.
    """

    title: str
    acts: int
    passed: bool
    refusals: tuple[Refused, ...]
    expectations: tuple[Checked, ...]


def copy_home(settings: Settings, home: Path) -> Settings:
    """The databases and keys of an embedded hub, copied into another folder."""
    copied = dataclasses.replace(settings, home=home)
    copied.keys.mkdir(parents=True, exist_ok=True, mode=0o700)
    copy_database(settings.events, copied.events)
    copy_database(settings.rows, copied.rows)
    copy_database(settings.keys / "keys.sqlite", copied.keys / "keys.sqlite")
    for key in settings.keys.glob("*.key"):
        shutil.copy2(key, copied.keys)
    return copied


Copying = Callable[[Settings, Path], Settings]


def run(
    scenario: Scenario,
    settings: Settings,
    step: Callable[[], None] = lambda: None,
    copying: Copying = copy_home,
) -> Report:
    """Replay into the fresh hub of `settings`, trying every refusal and checking every expectation in its place.

    `copying` makes the copies on which expectations are checked.

    Raises:
        ScenarioFaulty: when there is no case to go on with.
    """
    clock = ScenarioClock(scenario.moment(scenario.acts[0]["recorded"]))
    hub = build_hub(settings, clock)
    replay = Replay(scenario, hub, clock)
    replay.set_up()
    refusals: list[Refused] = []
    expectations: list[Checked] = []
    accepted = 0
    for at, entry in replay.steps():
        if "act" in entry:
            fault = _done(replay, entry)
            accepted += fault is None
            refusals += [fault] if fault else []
            refusals += replay.refusals_behind(entry)
        else:
            with stopped_at(settings, at, copying) as copy:
                expectations.append(checked(entry["id"], faults(scenario, copy, replay, entry)))
        step()
    end = max(clock.at, scenario.moment(scenario.demo_stands_at))
    with stopped_at(settings, end, copying) as copy:
        expectations += by_review(scenario, copy, replay)
    hub.close()
    passed = all(one.passed for one in refusals) and all(one.passed for one in expectations)
    return Report(
        title=scenario.title, acts=accepted, passed=passed, refusals=tuple(refusals), expectations=tuple(expectations)
    )


def checked(name: str, found: Iterator[str]) -> Checked:
    said = tuple(found)
    return Checked(id=name, passed=not said, faults=said)


def _done(replay: Replay, entry: dict[str, Any]) -> Refused | None:
    """Do an act; where it is refused, say so as of a refusal that was not expected.

    Raises:
        ScenarioFaulty: when the act that opens the case is refused.
    """
    try:
        replay.do_only(entry)
    except SafeguardingError as refused:
        field = f"{refused.field}: " if isinstance(refused, BadInput) and refused.field else ""
        if replay.case is None:
            raise ScenarioFaulty(f"act {entry['n']} did not open the case: {field}{refused.message}") from None
        return Refused(number=0, after=entry["n"], act=entry["act"], by=entry["by"], expected="accepted",
                       error=refused.code, message=field + refused.message, stored=0, passed=False)  # fmt: skip
    return None


class stopped_at:
    """A copy of the hub whose clock stands still at a moment."""

    def __init__(self, settings: Settings, at: datetime, copying: Copying) -> None:
        self._settings = settings
        self._at = at
        self._copying = copying

    def __enter__(self) -> Hub:
        self._folder = tempfile.TemporaryDirectory()
        copied = self._copying(self._settings, Path(self._folder.name))
        self._hub = build_hub(copied, ScenarioClock(self._at))
        return self._hub

    def __exit__(self, *_: object) -> None:
        self._hub.close()
        self._folder.cleanup()


class Reading:
    """One reader at one expectation; what the reader can reach is read when asked for, since reading is recorded."""

    def __init__(self, hub: Hub, who: str, case: UUID, as_at: datetime) -> None:
        self.hub = hub
        self.who = who
        self.case = case
        self.as_at = as_at

    @cached_property
    def view(self) -> CaseView | None:
        try:
            return case_as_seen(self.hub, self.who, self.case, self.as_at)
        except NotFound:
            return None

    @cached_property
    def reached(self) -> tuple[View, ...]:
        """Every query of the case as this person; what is refused is not reached."""
        return read_everything(self.hub, self.who, self.case, self.as_at, self.view)

    def text(self, *, without_own_words: bool) -> str:
        skip = self.view.reader.name if self.view and without_own_words else None
        return "\n".join(words for part in self.reached for words in _words(part, skip))


def read_everything(hub: Hub, who: str, case: UUID, as_at: datetime, view: CaseView | None) -> tuple[View, ...]:
    """What pages, API and exports are made of, beside the view itself; lists only where nobody looks back."""
    reached: list[View] = []
    if view is not None:
        reached.append(view)
        reached += current_assessment(hub, who, case, as_at)
        reached += analysis_form(hub, who, case, as_at)
        reached += case_timeline(hub, who, case, as_at)
        reached += [history_of(hub, who, case, cell.item, as_at) for cell in view.cells if cell.content is not None]
        reached.append(who_knew(hub, who, case, as_at))
        reached += corrections(hub, who, case, as_at)
    if as_at >= hub.now():
        reached += [caseload(hub, who), inbox(hub, who)]
    return tuple(reached)


def _words(part: Any, skip: str | None) -> Iterator[str]:
    """Every text in a view; what the reader typed is left out where `skip` names the reader."""
    match part:
        case msgspec.Struct() if skip and skip in _typed_by(part):
            return
        case msgspec.Struct():
            yield from _words([getattr(part, name) for name in part.__struct_fields__], skip)
        case dict():
            yield from _words([*part, *part.values()], skip)
        case list() | tuple():
            for value in part:
                yield from _words(value, skip)
        case str() | int() | datetime():
            yield str(part)


def _typed_by(part: msgspec.Struct) -> tuple[str, ...]:
    """Whose words a part of a view holds."""
    return getattr(part, "by_person", ""), part.recorded_by_person if isinstance(part, Cell) and part.own else ""


def reader_of(scenario: Scenario, hub: Hub, case: UUID, expectation: dict[str, Any]) -> str:
    """The person named, or one of the agency's case team; the lead's where neither is given.

    Where nobody of the team can look, one of the agency who may see the case by another way; else anybody of it.
    """
    if "person" in expectation:
        return str(expectation["person"])
    agency = expectation.get("agency") or scenario.lead
    team = hub.case(case).case.team
    now = hub.now()
    people = hub.directory().people
    members = [p for p in team.of_agency(agency) if Role.PRACTITIONER in people[p].roles(now)]
    others = [p.id for p in scenario.people if p.agency == agency and p.id not in members]
    able = [*(p for p in members if not team.declared(p, now)), *(p for p in others if _can_look(hub, p, case))]
    if not able and agency == scenario.lead:
        able = [p for p in others if _opens_with_a_reason(hub, p, case)][:1]
    return (able or members or others or [""])[0]


def _can_look(hub: Hub, who: str, case: UUID) -> bool:
    """Whether the case is on the person's list; the list opens nothing."""
    return any(entry.case == case for entry in caseload(hub, who).entries)


def _opens_with_a_reason(hub: Hub, who: str, case: UUID) -> bool:
    """A practitioner of the lead comes into the case, as she would by its page."""
    try:
        data = {"person": who, "reason": "Working on this case."}
        act(hub, who, case, "join_team", data, command_id=hub.reference_from(f"check:{who}"))
    except SafeguardingError:
        return False
    return True


def faults(scenario: Scenario, hub: Hub, replay: Replay, expectation: dict[str, Any]) -> Iterator[str]:
    """What is not as expected; nothing means it passed."""
    if replay.case is None:
        raise ScenarioFaulty(f"expectation {expectation['id']} stands before the act that opens the case")
    wrong = list(_misstated(expectation))
    if wrong:
        yield from wrong
        return
    who = reader_of(scenario, hub, replay.case, expectation)
    try:
        reading = Reading(hub, who, replay.case, scenario.moment(expectation["as_at"]))
        for key in CHECKERS:
            if key in expectation:
                yield from CHECKERS[key](scenario, reading, expectation)
    except SafeguardingError as refused:
        yield f"{who} is answered: {refused.message}"


def _misstated(expectation: dict[str, Any]) -> Iterator[str]:
    """What the form cannot expect, so that nothing passes because it was not understood."""
    keys = [key for key in expectation if key not in ABOUT]
    for key in keys:
        if key not in CHECKERS and key not in BESIDE:
            yield f"'{key}' is not something this form can expect"
        elif key in BESIDE and BESIDE[key] not in expectation:
            yield f"'{key}' goes with '{BESIDE[key]}'"
        elif key in NEEDS and NEEDS[key] not in expectation:
            yield f"'{key}' needs '{NEEDS[key]}'"
        elif key in KINDS:
            try:
                msgspec.convert(expectation[key], KINDS[key])
            except msgspec.ValidationError as error:
                yield f"'{key}' cannot be read: {error}"
    if not keys:
        yield "nothing is expected"


KINDS: dict[str, Any] = {
    "sees": dict[str, str],
    **dict.fromkeys(
        ("contains", "never_contains", "absent", "retained", "ask_holder", "withheld", "coarse", "full", "told_or_due"),
        list[str],
    ),
    "risk_in_force": int | Literal["none"],
    "act_as": int | Literal["none"],
    "stale": bool,
    "question": int,
    "answers": dict[str, int],
    "history_of": str | int,
    "answers_in_order": list[int],
    "corrected_item": str,
    "knowledge_lag": dict[str, str],
}


def _sees(_: Scenario, reading: Reading, expectation: dict[str, Any]) -> Iterator[str]:
    cells = reading.view.cells if reading.view else ()
    seen = {cell.item: _ways(cell) for cell in cells if not cell.own}
    wanted = expectation["sees"]
    for item in sorted({*seen, *wanted}):
        if item not in seen:
            yield f"{item} is not in the view"
        elif item not in wanted:
            yield f"{item} is in the view ({seen[item][0]})"
        elif wanted[item] not in seen[item]:
            yield f"{item} shows as {seen[item][0]}"


def _ways(cell: Cell) -> tuple[str, ...]:
    """How a cell shows, with its mark where it bears one."""
    marks = ("retained" if cell.retained else "", "retracted" if cell.change == "retracted" else "")
    return (str(cell.showing), *(mark for mark in marks if mark))


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
    act_as = standing.act_as if standing else "none"
    if act_as != expectation["act_as"]:
        yield f"act as {act_as}"


def _stale(_: Scenario, reading: Reading, expectation: dict[str, Any]) -> Iterator[str]:
    standing = _standing(reading)
    if (standing is not None and standing.stale) is not expectation["stale"]:
        yield "the agreement is stale" if expectation["stale"] is False else "the agreement is not stale"


def _answers(_: Scenario, reading: Reading, expectation: dict[str, Any]) -> Iterator[str]:
    _view, assessment = current_assessment(reading.hub, reading.who, reading.case, reading.as_at)
    question = next((q for q in assessment.questions if q.number == expectation["question"]), None)
    given = {answer.agency: answer.option for answer in question.answers} if question else {}
    if given != expectation["answers"]:
        yield f"question {expectation['question']} is answered {given}"


def _history_of(scenario: Scenario, expectation: dict[str, Any]) -> tuple[int, str]:
    """The question's number, and the agency whose answers are meant."""
    number = int("".join(letter for letter in str(expectation["history_of"]) if letter.isdecimal()) or 0)
    return number, str(expectation.get("of") or expectation.get("agency") or scenario.lead)


def _answers_in_order(scenario: Scenario, reading: Reading, expectation: dict[str, Any]) -> Iterator[str]:
    number, agency = _history_of(scenario, expectation)
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
    item, agency = wanted.pop("item", ""), wanted.pop("agency", "")
    row = who_knew(reading.hub, reading.who, reading.case, reading.as_at).of(item, agency)
    for moment, expected in wanted.items():
        if moment not in ("occurred", "recorded", *MOMENTS):
            yield f"'{moment}' is not a moment of who knew what, when"
            continue
        found = _moment_of(scenario, row, moment)
        if found != (None if expected in NEVER else _as_exact(expected, found)):
            yield f"{moment} is {found or 'never'}"


NEVER = ("", "never", "none")


def _moment_of(scenario: Scenario, row: Knowledge | None, moment: str) -> str | None:
    if row is None:
        return None
    if moment == "occurred":
        return row.occurred.start or None if row.occurred else None
    return scenario.local(getattr(row, moment))


def _as_exact(expected: str, found: str | None) -> str:
    """`10:20` and `10:20:00` are the same time."""
    minute = len("2026-01-31T10:20")
    return f"{expected}:00" if len(expected) == minute and len(found or "") > minute else expected


def by_review(scenario: Scenario, hub: Hub, replay: Replay) -> Iterator[Checked]:
    """History and entitlement once more after the replay, through each review whose scope reaches them."""
    if replay.case is None:
        return
    case = hub.case(replay.case).case
    latest = {scope.reviewer: scope for scope in case.reviews.values()}
    for expectation in scenario.expectations:
        found = None if any(_misstated(expectation)) else _for_review(scenario, expectation)
        if found is None:
            continue
        narrowed, item, knower = found
        as_at = scenario.moment(narrowed["as_at"])
        versions = [v for v in case.items.get(item, ()) if v.recorded <= as_at and not v.private]
        for number, (reviewer, scope) in enumerate(latest.items(), start=1):
            within = all(
                version.by.agency in scope.agencies
                and str(scope.from_day) <= str(scenario.local(version.recorded))[:10] <= str(scope.until)
                and (scope.locators or not version.locator)
                for version in versions
            )
            if versions and within and knower in scope.agencies:
                name = f"{narrowed['id']} by review" + (f" {number}" if len(latest) > 1 else "")
                yield checked(name, faults(scenario, hub, replay, {**narrowed, "person": reviewer}))


def _for_review(scenario: Scenario, expectation: dict[str, Any]) -> tuple[dict[str, Any], str, str] | None:
    """What of an expectation a review can check, with the item it is about and whose knowledge it asks for."""
    kept: dict[str, Any] = {key: expectation[key] for key in ("id", "as_at") if key in expectation}
    if "answers_in_order" in expectation and "history_of" in expectation:
        number, agency = _history_of(scenario, expectation)
        asked = {"history_of": number, "of": agency, "answers_in_order": expectation["answers_in_order"]}
        return {**kept, **asked}, f"answers:{agency}", agency
    if "knowledge_lag" in expectation:
        lag = {key: value for key, value in expectation["knowledge_lag"].items() if key in (*MOMENTS, "item", "agency")}
        return {**kept, "knowledge_lag": lag}, lag.get("item", ""), lag.get("agency", "")
    return None


CHECKERS: dict[str, Callable[[Scenario, Reading, dict[str, Any]], Iterator[str]]] = {
    "knowledge_lag": _knowledge_lag,
    "told_or_due": _told_or_due,
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
    "answers_in_order": _answers_in_order,
}
"""In the order in which they are checked: first what asks who had opened what."""
