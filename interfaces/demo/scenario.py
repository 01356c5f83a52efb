"""A scenario file: agencies, people, acts, refusals and what must be true; read liberally, checked before it is run."""

import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from domain.vocabulary import AgencyKind, Role

WORKED_CASE = Path(__file__).with_name("first_case.toml")
TABLES = frozenset({"agency", "person", "act", "refusal", "expect"})
ACTS = {
    "open case": "open_case",
    "search": "search",
    "view case": "view_case",
    "give justification": "give_justification",
    "record details": "record_details",
    "record concern": "record_concern",
    "correct concern": "correct_concern",
    "retract concern": "retract_concern",
    "record disagreement": "record_disagreement",
    "record person of concern": "record_person_of_concern",
    "record plan": "record_plan",
    "record consent": "record_consent",
    "withdraw consent": "withdraw_consent",
    "request information": "request_information",
    "decide sharing": "decide_sharing",
    "withdraw sharing": "withdraw_sharing",
    "undo sharing": "undo_sharing",
    "agree onward": "agree_onward",
    "make referral": "make_referral",
    "acknowledge referral": "acknowledge_referral",
    "conclude referral": "conclude_referral",
    "escalate referral": "escalate_referral",
    "start assessment": "start_assessment",
    "end assessment": "end_assessment",
    "answer": "answer_questions",
    "answer questions": "answer_questions",
    "propose risk": "propose_risk",
    "agree risk": "agree_risk",
    "dissent from risk": "dissent_from_risk",
    "date action": "date_action",
    "record action outcome": "record_action_outcome",
    "join team": "join_team",
    "declare interest": "declare_interest",
    "open review": "open_review",
    "seal case": "seal_case",
    "lift seal": "lift_seal",
    "review access": "review_access",
}
"""The form's acts and what the hub calls them."""


class AgencyEntry(msgspec.Struct, frozen=True):
    id: str
    name: str
    kind: AgencyKind
    lead: bool = False


class PersonEntry(msgspec.Struct, frozen=True):
    id: str
    name: str
    agency: str
    roles: list[Role]
    job: str = ""


class Scenario(msgspec.Struct, frozen=True, kw_only=True):
    """A scenario as read; acts, refusals and expectations stay tables, since each kind has fields of its own."""

    title: str
    timezone: str
    demo_stands_at: str
    edition: str = ""
    agencies: list[AgencyEntry] = msgspec.field(name="agency")
    people: list[PersonEntry] = msgspec.field(name="person")
    acts: list[dict[str, Any]] = msgspec.field(name="act")
    refusals: list[dict[str, Any]] = msgspec.field(name="refusal", default_factory=list)
    expectations: list[dict[str, Any]] = msgspec.field(name="expect", default_factory=list)

    def moment(self, text: str) -> datetime:
        """A time of the scenario in UTC; without a zone of its own it is local."""
        at = datetime.fromisoformat(text)
        return (at if at.tzinfo else at.replace(tzinfo=ZoneInfo(self.timezone))).astimezone(UTC)

    def local(self, at: datetime | None) -> str | None:
        """A time as the scenario writes it."""
        return at.astimezone(ZoneInfo(self.timezone)).replace(tzinfo=None).isoformat(timespec="seconds") if at else None

    def agency_of(self, person: str) -> str:
        return next(p.agency for p in self.people if p.id == person)

    @property
    def lead(self) -> str:
        return next(agency.id for agency in self.agencies if agency.lead)


class ScenarioFaulty(ValueError):
    """The file is not a scenario; the message says where."""


def read_scenario(path: Path = WORKED_CASE) -> Scenario:
    """Raises: ScenarioFaulty: naming the file, the table and the field."""
    with _faults_named(path):
        scenario = _tables_read(path, {})
        if not scenario.acts:
            raise ScenarioFaulty("there is no [[act]]")
        acts = [_checked_act(scenario, entry, number) for number, entry in enumerate(scenario.acts, start=1)]
        acts.sort(key=lambda act: (scenario.moment(act["recorded"]), act["n"]))
        if acts[0]["act"] != "open case":
            raise ScenarioFaulty("the first act must be 'open case'")
        stands_at = scenario.demo_stands_at or acts[-1]["recorded"]
        scenario = msgspec.structs.replace(scenario, acts=acts, demo_stands_at=stands_at)
        refusals = [_checked_refusal(scenario, entry, n) for n, entry in enumerate(scenario.refusals, start=1)]
        expected = [_checked_expectation(scenario, entry, n) for n, entry in enumerate(scenario.expectations, start=1)]
        return msgspec.structs.replace(scenario, refusals=refusals, expectations=expected)


def read_partnership(path: Path) -> Scenario:
    """A file with [[agency]] and [[person]] only, read strictly; if there are acts in it, they are left out.

    Raises:
        ScenarioFaulty: naming the file, the table and the field; also where nobody could let the others in.
    """
    with _faults_named(path):
        tables = tomllib.loads(path.read_text(encoding="utf-8"))
        for what, kind in (("agency", AgencyEntry), ("person", PersonEntry)):
            _check_fields(tables, what, kind.__struct_fields__)
        found = _tables_read(path, {"act": []})
        if not any(Role.ADMINISTRATOR in person.roles for person in found.people):
            raise ScenarioFaulty("at least one [[person]] must be an administrator: roles = [\"administrator\"]")
        return msgspec.structs.replace(found, acts=[], refusals=[], expectations=[])


def _tables_read(path: Path, unsaid: dict[str, Any]) -> Scenario:
    tables = _plain(tomllib.loads(path.read_text(encoding="utf-8")))
    unsaid = {"title": path.stem, "timezone": "Europe/London", "demo_stands_at": "", **unsaid}
    _check_words(tables, "agency", "kind", tuple(AgencyKind))
    _check_words(tables, "person", "roles", tuple(Role))
    scenario = msgspec.convert({**unsaid, **tables}, Scenario)
    _check_whole(scenario, tables)
    _check_people(scenario)
    return scenario


@contextmanager
def _faults_named(path: Path) -> Iterator[None]:
    try:
        yield
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, msgspec.ValidationError, ScenarioFaulty) as error:
        raise ScenarioFaulty(f"{path.name}: {error}") from None
    except RecursionError:
        raise ScenarioFaulty(f"{path.name}: tables stand too deep within each other") from None


def _plain(value: Any) -> Any:
    """Dates and times as the text that quotes would have made of them."""
    match value:
        case dict():
            return {key: _plain(inner) for key, inner in value.items()}
        case list():
            return [_plain(inner) for inner in value]
        case datetime() | date() | time():
            return value.isoformat()
        case _:
            return value


def _entries(tables: dict[str, Any], what: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """The tables of one kind, each with what it is called in a message."""
    found = tables.get(what)
    for number, entry in enumerate(found if isinstance(found, list) else [], start=1):
        if isinstance(entry, dict):
            yield f"[[{what}]] '{entry.get('id', number)}'", entry


def _check_fields(tables: dict[str, Any], what: str, known: tuple[str, ...]) -> None:
    for where, entry in _entries(tables, what):
        if unknown := entry.keys() - known:
            raise ScenarioFaulty(f"{where}: there is no '{min(unknown)}' in this form; there are {', '.join(known)}")


def _check_words(tables: dict[str, Any], what: str, field: str, known: tuple[str, ...]) -> None:
    for where, entry in _entries(tables, what):
        given = entry.get(field)
        for word in given if isinstance(given, list) else [given]:
            if isinstance(word, str) and word not in known:
                raise ScenarioFaulty(f"{where}: '{word}' is none of its {field}: {', '.join(known)}")


def _check_whole(scenario: Scenario, tables: dict[str, Any]) -> None:
    for name, value in tables.items():
        if name not in TABLES and isinstance(value, list) and any(isinstance(one, dict) for one in value):
            raise ScenarioFaulty(f"there is no [[{name}]] in this form; there are {', '.join(sorted(TABLES))}")
    try:
        ZoneInfo(scenario.timezone)
    except (KeyError, ValueError, OSError):
        raise ScenarioFaulty(f"there is no timezone '{scenario.timezone}'") from None
    if scenario.demo_stands_at:
        _time(scenario, {"demo_stands_at": scenario.demo_stands_at}, "demo_stands_at", "the file")


def _check_people(scenario: Scenario) -> None:
    agencies, people = [one.id for one in scenario.agencies], [one.id for one in scenario.people]
    for what, ids in (("agency", agencies), ("person", people)):
        twice = next((one for one in ids if ids.count(one) > 1), None)
        if twice is not None:
            raise ScenarioFaulty(f"[[{what}]] '{twice}' stands twice")
    if sum(agency.lead for agency in scenario.agencies) != 1:
        raise ScenarioFaulty("exactly one [[agency]] must have lead = true")
    for person in scenario.people:
        if person.agency not in agencies:
            raise ScenarioFaulty(f"person '{person.id}': there is no agency '{person.agency}'")


def _checked_act(scenario: Scenario, entry: dict[str, Any], number: int) -> dict[str, Any]:
    entry = {"n": number, **entry}
    where = f"act {entry['n']}"
    if not isinstance(entry["n"], int):
        raise ScenarioFaulty(f"{where}: n must be a whole number")
    _time(scenario, entry, "recorded", where)
    return _checked_doing(scenario, entry, where)


def _checked_refusal(scenario: Scenario, entry: dict[str, Any], number: int) -> dict[str, Any]:
    where = f"refusal {number}"
    if entry.get("after") not in {act["n"] for act in scenario.acts}:
        raise ScenarioFaulty(f"{where}: after = {entry.get('after')!r} is no act's n")
    if not isinstance(entry.get("error"), str):
        raise ScenarioFaulty(f"{where}: error must name the refusal")
    return _checked_doing(scenario, entry, where)


def _checked_doing(scenario: Scenario, entry: dict[str, Any], where: str) -> dict[str, Any]:
    name = " ".join(str(entry.get("act", "")).replace("_", " ").split()).lower()
    if name not in ACTS:
        raise ScenarioFaulty(f"{where}: there is no act called '{entry.get('act', '')}'")
    if name == "open case" and not isinstance(entry.get("child", {}), dict):
        raise ScenarioFaulty(f"{where}: child must be a table")
    _known_person(scenario, entry.get("by"), f"{where}: by")
    return {**entry, "act": name}


def _checked_expectation(scenario: Scenario, entry: dict[str, Any], number: int) -> dict[str, Any]:
    entry = {"id": f"E{number}", **entry}
    where = f"expectation {entry['id']}"
    _time(scenario, entry, "as_at", where)
    if "now" in entry:
        _time(scenario, entry, "now", where)
    if "person" in entry:
        _known_person(scenario, entry["person"], f"{where}: person")
    if "agency" in entry and entry["agency"] not in {agency.id for agency in scenario.agencies}:
        raise ScenarioFaulty(f"{where}: there is no agency '{entry['agency']}'")
    return {**entry, "id": str(entry["id"])}


def _known_person(scenario: Scenario, who: Any, where: str) -> None:
    if who not in [person.id for person in scenario.people]:
        raise ScenarioFaulty(f"{where}: there is no person '{who}'")


def _time(scenario: Scenario, entry: dict[str, Any], field: str, where: str) -> None:
    try:
        scenario.moment(entry[field])
    except (KeyError, TypeError, ValueError, OverflowError):
        raise ScenarioFaulty(f"{where}: {field} must be a time such as 2026-01-31T09:00:00") from None
