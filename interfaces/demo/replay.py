"""Replay a scenario act by act on its clock, trying each refusal in its place."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from application.commands.acts import act, fields_of
from application.commands.asking import ask_about
from application.commands.opening import open_case
from application.commands.people import keep_directory
from application.hub import Hub
from application.queries.case_as_seen import case_as_seen
from application.queries.searching import search
from domain.errors import NotFound, SafeguardingError
from interfaces.demo.scenario import Scenario, ScenarioFaulty

ACTS = {
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
    "agree onward": "agree_onward",
    "make referral": "make_referral",
    "acknowledge referral": "acknowledge_referral",
    "conclude referral": "conclude_referral",
    "escalate referral": "escalate_referral",
    "start assessment": "start_assessment",
    "end assessment": "end_assessment",
    "answer": "answer_questions",
    "propose risk": "propose_risk",
    "agree risk": "agree_risk",
    "dissent from risk": "dissent_from_risk",
    "join team": "join_team",
    "declare interest": "declare_interest",
    "open review": "open_review",
}
NOT_ALWAYS_TAKEN = ("id", "justification", "reason")
ABOUT_THE_ENTRY = ("n", "recorded", "by", "act", "after", "error", "rule")


class ScenarioClock:
    """The record's clock, set by the acts."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def now(self) -> datetime:
        return self.at


class Refused(msgspec.Struct, frozen=True, kw_only=True):
    """How a refusal of the scenario went."""

    number: int
    after: int
    act: str
    by: str
    expected: str
    error: str
    message: str
    stored: int

    @property
    def passed(self) -> bool:
        return self.error == self.expected and bool(self.message) and self.stored == 0


class Replay:
    """One scenario on one hub; `case` is known once the first act has opened it."""

    def __init__(self, scenario: Scenario, hub: Hub, clock: ScenarioClock) -> None:
        self.scenario = scenario
        self.hub = hub
        self.clock = clock
        self.case: UUID | None = None
        self.naming: dict[str, str] = {}
        self._latest: dict[str, dict[str, Any]] = {}

    def set_up(self) -> None:
        """Register agencies and people at the start of the scenario's first day."""
        for number, agency in enumerate(self.scenario.agencies):
            data = {"id": agency.id, "name": agency.name, "kind": agency.kind, "lead": agency.lead}
            keep_directory(self.hub, "hub", "register_agency", data, command_id=f"scenario-agency-{number}")
        for number, person in enumerate(self.scenario.people):
            data = {"id": person.id, "name": person.name, "agency": person.agency, "roles": person.roles, "job": person.job}
            keep_directory(self.hub, "hub", "register_person", data, command_id=f"scenario-person-{number}")

    def steps(self) -> Iterator[tuple[datetime, dict[str, Any]]]:
        """Acts and expectations in the order of their time; an expectation comes after what was recorded by then."""
        timed = [(self.scenario.moment(entry["recorded"]), 0, number, entry) for number, entry in enumerate(self.scenario.acts)]
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
        self.clock.at = self.scenario.moment(entry["recorded"])
        self.perform(entry, f"scenario-act-{entry['n']}")
        self._latest[entry["act"]] = entry
        behind = [(n, r) for n, r in enumerate(self.scenario.refusals, start=1) if r["after"] == entry["n"]]
        return [self._try(number, refusal) for number, refusal in behind]

    def perform(self, entry: dict[str, Any], command_id: str) -> None:
        """Do what an entry says, as its person, by the way a person of the hub would take."""
        match entry["act"]:
            case "open case":
                self.naming = {
                    key: value
                    for key in ("name", "date_of_birth")
                    if isinstance(value := entry["child"].get(key), str)
                }
                self.case = open_case(self.hub, entry["by"], _fields(entry), command_id=command_id)
            case "search":
                search(self.hub, entry["by"], entry.get("terms", {}), entry.get("reason", ""))
            case "view case":
                self._view(entry)
            case "request information":
                ask_about(self.hub, entry["by"], self.naming, _fields(entry), command_id=command_id)
            case name if name in ACTS:
                self._act(entry, ACTS[name], command_id)
            case name:
                raise ScenarioFaulty(f"there is no act called '{name}'")

    def _act(self, entry: dict[str, Any], name: str, command_id: str) -> None:
        data = self._data(entry, name)
        if name == "give_justification" and not self._known_to(entry["by"]):
            joined = {"justification": data, "child": self.naming}
            open_case(self.hub, entry["by"], joined, command_id=command_id)
            return
        act(self.hub, entry["by"], self._case(), name, data, command_id=command_id, named=True)

    def _data(self, entry: dict[str, Any], name: str) -> dict[str, Any]:
        data = _fields(entry)
        for key in ("expires", "reported"):
            if isinstance(data.get(key), str):
                data[key] = self.scenario.moment(data[key]).isoformat()
        if name == "agree_onward":
            given = data.get("items", [data.get("item", f"concern:{data.get('concern', '')}")])
            items = [one["item"] if isinstance(one, dict) else one for one in given]
            data = {"items": items, "to": data.get("to") or data.get("with") or "", "terms": data.get("terms", "")}
        takes = fields_of(name)
        return {key: value for key, value in data.items() if key in takes or key not in NOT_ALWAYS_TAKEN}

    def _view(self, entry: dict[str, Any]) -> None:
        who, case = entry["by"], self._case()
        reason = entry.get("reason", "Working on this case.")
        try:
            case_as_seen(self.hub, who, case)
        except NotFound:
            lead = next(a.id for a in self.scenario.agencies if a.lead)
            if self.scenario.agency_of(who) != lead:
                raise
            data = {"person": who, "reason": reason}
            act(self.hub, who, case, "join_team", data, command_id=f"scenario-look-{who}-{self.clock.at.isoformat()}")
            case_as_seen(self.hub, who, case)

    def _try(self, number: int, refusal: dict[str, Any]) -> Refused:
        name = refusal["act"]
        entry = {**self._latest.get(name, {}), **refusal}
        if "id" not in refusal and name in ACTS and "id" in fields_of(ACTS[name]):
            entry["id"] = f"refused-{number}"
        before = len(self.hub.case_events(self._case()))
        error, message = "accepted", ""
        try:
            self.perform(entry, f"scenario-refusal-{number}")
        except SafeguardingError as refused:
            error, message = refused.code, refused.message
        stored = len(self.hub.case_events(self._case())) - before
        return Refused(number=number, after=refusal["after"], act=name, by=refusal["by"], expected=refusal["error"],
                       error=error, message=message, stored=stored)  # fmt: skip

    def _known_to(self, who: str) -> bool:
        loaded = self.hub.case(self._case()).case
        return loaded.team.has(who, self.scenario.agency_of(who))

    def _case(self) -> UUID:
        if self.case is None:
            raise ScenarioFaulty("the first act must open the case")
        return self.case


def _fields(entry: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in entry.items() if key not in ABOUT_THE_ENTRY}
