"""Replay a scenario act by act on its clock, trying each refusal in its place."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from application.commands.acts import act, fields_of
from application.commands.asking import ask_about, place_request
from application.commands.opening import open_case, would_join
from application.commands.people import keep_directory
from application.hub import Hub
from application.queries.case_as_seen import case_as_seen
from application.queries.searching import search
from domain.errors import NotFound, SafeguardingError
from domain.vocabulary import CASE_ROLES
from interfaces.demo.scenario import ACTS, Scenario, ScenarioFaulty
from interfaces.demo.wording import ABOUT_THE_ENTRY, completed, worded


class ScenarioClock:
    """The record's clock, set by the acts."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def now(self) -> datetime:
        return self.at


class Refused(msgspec.Struct, frozen=True, kw_only=True):
    """How a refusal of the scenario went, or an act that should have been accepted."""

    number: int
    after: int
    act: str
    by: str
    expected: str
    error: str
    message: str
    stored: int
    passed: bool


class Replay:
    """One scenario on one hub; `case` is known once the first act has opened it."""

    def __init__(self, scenario: Scenario, hub: Hub, clock: ScenarioClock) -> None:
        self.scenario = scenario
        self.hub = hub
        self.clock = clock
        self.case: UUID | None = None
        self.naming: dict[str, str] = {}
        self._came_in: dict[str, bool] = {}
        self._latest: dict[str, dict[str, Any]] = {}
        self._justification: dict[str, str] = {}

    def set_up(self) -> None:
        """Register agencies and people at the start of the scenario's first day."""
        for number, agency in enumerate(self.scenario.agencies):
            data = {"id": agency.id, "name": agency.name, "kind": agency.kind, "lead": agency.lead}
            keep_directory(self.hub, "hub", "register_agency", data, command_id=f"scenario-agency-{number}")
        for number, person in enumerate(self.scenario.people):
            data = {
                "id": person.id, "name": person.name, "agency": person.agency, "roles": person.roles, "job": person.job,
            }  # fmt: skip
            keep_directory(self.hub, "hub", "register_person", data, command_id=f"scenario-person-{number}")

    def steps(self) -> Iterator[tuple[datetime, dict[str, Any]]]:
        """Acts and expectations in the order of their time; an expectation comes after what was recorded by then."""
        timed = [
            (self.scenario.moment(entry["recorded"]), 0, number, entry)
            for number, entry in enumerate(self.scenario.acts)
        ]
        timed += [
            (self.scenario.moment(entry.get("now", entry["as_at"])), 1, number, entry)
            for number, entry in enumerate(self.scenario.expectations)
        ]
        for at, _, _, entry in sorted(timed, key=lambda step: step[:3]):
            yield at, entry

    def do(self, entry: dict[str, Any]) -> list[Refused]:
        """Do one act, then try the refusals that stand behind it.

        Raises:
            SafeguardingError: when an act that must be accepted is refused.
        """
        self.do_only(entry)
        return self.refusals_behind(entry)

    def do_only(self, entry: dict[str, Any]) -> None:
        """Raises: SafeguardingError."""
        self.clock.at = self.scenario.moment(entry["recorded"])
        self.perform(entry, f"scenario-act-{entry['n']}", accepted=True)
        self._latest[entry["act"]] = entry

    def refusals_behind(self, entry: dict[str, Any]) -> list[Refused]:
        behind = [(n, r) for n, r in enumerate(self.scenario.refusals, start=1) if r["after"] == entry["n"]]
        return [self._try(number, refusal) for number, refusal in behind]

    def perform(self, entry: dict[str, Any], command_id: str, *, accepted: bool = False) -> None:
        """Do what an entry says, as its person, by the way a person of the hub would take.

        `accepted` says that the entry is an act, not a refusal: what goes without saying is then filled in.
        """
        match entry["act"]:
            case "open case":
                self._open(entry, command_id)
            case "search":
                self._search(entry)
            case "view case":
                self._view(entry, joining=accepted or "reason" in entry)
            case name:
                self._act(entry, ACTS[name], command_id, accepted)

    def _open(self, entry: dict[str, Any], command_id: str) -> None:
        data = {key: value for key, value in entry.items() if key not in ABOUT_THE_ENTRY}
        opened = open_case(self.hub, entry["by"], data, command_id=command_id)
        self._justification[self.scenario.agency_of(entry["by"])] = entry["justification"].get("id", "")
        if self.case is None:
            self.case = opened
            self._named(entry.get("child", {}))

    def _named(self, child: dict[str, Any]) -> None:
        """Others ask about her by the name that stands in the case."""
        self.naming |= {key: child[key] for key in ("name", "date_of_birth") if isinstance(child.get(key), str)}

    def _search(self, entry: dict[str, Any]) -> None:
        said = {key: entry[key] for key in ("name", "date_of_birth") if key in entry}
        terms: Any = entry.get("terms") or said or self.naming
        search(self.hub, entry["by"], terms, entry.get("reason", entry.get("why", "")))

    def _act(self, entry: dict[str, Any], name: str, command_id: str, accepted: bool) -> None:
        who, agency = entry["by"], self.scenario.agency_of(entry["by"])
        data = worded(name, entry, self.scenario.moment)
        if accepted:
            data = completed(name, data, who, self._justification.get(agency, ""), f"act-{entry['n']}")
        if name == "request_information":
            self._ask(who, data, command_id)
        elif name == "give_justification" and self._comes_in_by_naming(who, command_id):
            joined = {"justification": data, "child": self.naming}
            open_case(self.hub, who, joined, command_id=command_id)
        else:
            for number, each in enumerate(_one_agency_each(name, data)):
                one_id = f"{command_id}-{number}" if number else command_id
                act(self.hub, who, self._case(), name, each, command_id=one_id, named=True)
        if accepted and name == "give_justification":
            self._justification[agency] = data["id"]
        if accepted and name == "record_details":
            self._named(data.get("child", {}))

    def _ask(self, who: str, data: dict[str, Any], command_id: str) -> None:
        """Ask by the child's name; what the hub cannot place, somebody of the lead places."""
        about = {"name": "Name not known", **self.naming}
        ask_about(self.hub, who, about, data, command_id=command_id)
        if data["id"] not in self.hub.case(self._case()).case.requests:
            placer = next(
                person.id
                for person in self.scenario.people
                if person.agency == self.scenario.lead and CASE_ROLES & set(person.roles) and person.id != who
            )
            place_request(self.hub, placer, data["id"], self._case(), command_id=f"{command_id}-placed")

    def _view(self, entry: dict[str, Any], *, joining: bool) -> None:
        """Look; who is not in the team opens the case with a reason, where the hub lets them."""
        who, case = entry["by"], self._case()
        reason = entry.get("reason") or entry.get("why") or "Working on this case."
        try:
            case_as_seen(self.hub, who, case)
        except NotFound:
            if not joining:
                raise
            data = {"person": who, "reason": reason}
            command_id = self.hub.reference_from(f"look:{who}:{self.clock.at.isoformat()}")
            try:
                act(self.hub, who, case, "join_team", data, command_id=command_id)
            except SafeguardingError:
                raise NotFound from None
            case_as_seen(self.hub, who, case)

    def _try(self, number: int, refusal: dict[str, Any]) -> Refused:
        name = refusal["act"]
        entry = {**self._latest.get(name, {}), **refusal}
        if name == "view case":
            entry = refusal
        elif "id" not in refusal and name not in ("open case", "search") and "id" in fields_of(ACTS[name]):
            entry["id"] = f"refused-{number}"
        before = len(self.hub.case_events(self._case()))
        error, message = "accepted", ""
        try:
            self.perform(entry, f"scenario-refusal-{number}")
        except SafeguardingError as refused:
            error, message = refused.code, refused.message
        stored = len(self.hub.case_events(self._case())) - before
        passed = error == refusal["error"] and bool(message) and stored == 0
        return Refused(number=number, after=refusal["after"], act=name, by=refusal["by"], expected=refusal["error"],
                       error=error, message=message, stored=stored, passed=passed)  # fmt: skip

    def _comes_in_by_naming(self, who: str, command_id: str) -> bool:
        """Who is not in the team yet opens the case by the child's name; a repetition goes the same way again."""
        if command_id not in self._came_in:
            self._came_in[command_id] = self._would_come_in(who)
        return self._came_in[command_id]

    def _would_come_in(self, who: str) -> bool:
        known = self.hub.case(self._case()).case.team.has(who, self.scenario.agency_of(who))
        return not known and would_join(self.hub, who, self.naming, self._case())

    def _case(self) -> UUID:
        if self.case is None:
            raise ScenarioFaulty("the first act must open the case, and it was refused")
        return self.case


def _one_agency_each(name: str, data: dict[str, Any]) -> list[dict[str, Any]]:
    """An agreement to several agencies is an act for each."""
    if name == "agree_onward" and isinstance(data.get("to"), list):
        return [{**data, "to": to} for to in data["to"]]
    return [data]
