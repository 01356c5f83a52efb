"""The worked case done by hand: every act through the pages leaves the same record as the acts themselves."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec
import pytest
from flask import Flask

from application.hub import Hub
from domain.record import Event
from interfaces.bootstrap import build_hub
from interfaces.demo.replay import Replay, ScenarioClock
from interfaces.demo.scenario import Scenario, read_scenario
from interfaces.settings import create_home, read_settings
from interfaces.web.app import create_app
from tests.interfaces.web.browsing import Person, day, form_on, person
from tests.interfaces.web.exits import events_with_locators

SCENARIO: Scenario = read_scenario()
YES_NO = {True: "yes", False: "no"}
Answers = dict[str, str | list[str]]


def a_hub(home: Path, clock: ScenarioClock) -> tuple[Hub, Flask]:
    create_home(home, SCENARIO.moment(SCENARIO.demo_stands_at))
    settings = read_settings(home)
    hub = build_hub(settings, clock)
    return hub, create_app(hub, settings)


class ByHand:
    """Does the acts of the scenario through the pages, and remembers which reference each thing was given."""

    def __init__(self, home: Path) -> None:
        self.clock = ScenarioClock(SCENARIO.moment(SCENARIO.acts[0]["recorded"]))
        self.hub, app = a_hub(home, self.clock)
        Replay(SCENARIO, self.hub, self.clock).set_up()
        self.people = {one.id: person(app.test_client(), one.id) for one in SCENARIO.people}
        self.refs: dict[str, str] = {}
        self.acting = ""
        self.case: UUID | None = None
        self.place = ""

    def do(self, entry: dict[str, Any]) -> None:
        self.clock.at = SCENARIO.moment(entry["recorded"])
        self.acting = entry["by"]
        getattr(self, "_" + entry["act"].replace(" ", "_"))(self.people[entry["by"]], entry)

    def _ref(self, name: str) -> str:
        return self.refs[name]

    def _named(self, entry: dict[str, Any], command_id: str, what: str = "", key: str = "id") -> None:
        self.refs[entry[key]] = self.hub.reference_from(f"{self.acting}:{command_id}{what}")

    def _sent(self, who: Person, page: str, answers: Answers, *, then: str | None = None, case: bool = True) -> str:
        """Sends a page's form; the hub leads on by a redirect."""
        answer, command_id = who.sends(f"/cases/{self.case}{page}" if case else page, answers)
        assert answer.status_code == 303, (page, answer.status_code, answer.text[-6000:])
        if then is not None:
            assert answer.location.endswith(then), answer.location
        return command_id

    def _reasoning(self, given: dict[str, Any]) -> Answers:
        answers: Answers = {
            key: given[key] for key in ("purpose", "basis", "ground", "facts", "proportionality") if key in given
        }
        answers["child_told"] = given.get("child_told", "not asked")
        answers["duty_of_confidentiality"] = YES_NO[given["duty_of_confidentiality"]]
        if given.get("standing"):
            answers["standing"] = "yes"
        if "consent" in given:
            answers["consent"] = self._ref(given["consent"])
        return answers | ({"recipients": given["recipients"]} if "recipients" in given else {})

    def _open_case(self, who: Person, entry: dict[str, Any]) -> None:
        child = dict(entry["child"])
        carer = entry["carers"][0]
        answers = self._reasoning(entry["justification"]) | day("date_of_birth", child.pop("date_of_birth"))
        answers |= {key: value for key, value in child.items() if isinstance(value, str)}
        answers |= {"not_known": [key for key, value in child.items() if isinstance(value, dict)]}
        answers |= {f"carer_{key}": carer[key] for key in ("name", "relationship", "safe_to_inform", "why")}
        answers |= {"carer_parental_responsibility": "yes", "has_social_worker": entry["has_social_worker"]}
        command_id = self._sent(who, "/record", answers, case=False, then="/concerns/new")
        self.case = self.hub.id_from(f"{entry['by']}:{command_id}", "case")
        self._named(entry["justification"], command_id)
        self._named(carer, command_id, "carer")

    def _give_justification(self, who: Person, entry: dict[str, Any]) -> None:
        answers = self._reasoning(entry)
        if who.opens(f"/cases/{self.case}").status_code == 404:
            answers |= {"name": "Maya Ellison"} | day("date_of_birth", "2010-05-14")
            command_id = self._sent(who, "/record", answers, case=False, then=f"{self.case}/concerns/new")
        else:
            command_id = self._sent(who, "/justifications/new", answers, then=f"/cases/{self.case}")
        self._named(entry, command_id)

    def _record_concern(self, who: Person, entry: dict[str, Any]) -> None:
        answers = self._what_happened(entry)
        if "sensitive" in entry:
            answers["sensitive"] = entry["sensitive"]
        if "onward_sharing" in entry:
            answers["onward_sharing"] = entry["onward_sharing"]
        for place in entry.get("places", []):
            answers |= {"place": place["description"], "place_kind": place["kind"]}
        page = f"/concerns/new?justification={self._ref(entry['justification'])}"
        command_id = self._sent(who, page, answers)
        self._named(entry, command_id)
        for place in entry.get("places", []):
            self._named(place, command_id, "place")

    def _what_happened(self, entry: dict[str, Any]) -> Answers:
        taken = ("basis", "basis_other", "heading", "headline", "narrative", "nature", "source", "response",
                 "child_voice", "occurred_precision")  # fmt: skip
        answers: Answers = {key: entry[key] for key in taken if key in entry}
        for key in ("occurred", "occurred_until"):
            if key in entry:
                answers |= day(key, *(part[:10] if "-" in part else part[:5] for part in entry[key].split("T")))
        return answers

    def _correct_concern(self, who: Person, entry: dict[str, Any]) -> None:
        place = entry["places"][0]
        answers: Answers = {"justification": self._ref(entry["justification"]), "reason": entry["reason"]}
        answers |= entry["change"]
        answers |= {"which_place": self._ref(place["id"]), "place": place["description"], "place_kind": place["kind"]}
        self._sent(who, f"/concerns/{self._ref(entry['concern'])}/correct", answers)

    def _record_details(self, who: Person, entry: dict[str, Any]) -> None:
        answers = {"justification": self._ref(entry["justification"]), "safe_contact": entry["safe_contact"]}
        self._sent(who, "/details/new", answers)

    def _record_person_of_concern(self, who: Person, entry: dict[str, Any]) -> None:
        skipped = ("n", "recorded", "by", "act", "id", "justification", "age")
        answers: Answers = {key: value for key, value in entry.items() if key not in skipped}
        answers |= {"justification": self._ref(entry["justification"]), "age": str(entry["age"])}
        self._named(entry, self._sent(who, "/people-of-concern/new", answers))

    def _record_plan(self, who: Person, entry: dict[str, Any]) -> None:
        answers = {"justification": self._ref(entry["justification"]), "for": entry["for"], "text": entry["text"]}
        self._named(entry, self._sent(who, "/plans/new", answers))

    def _record_consent(self, who: Person, entry: dict[str, Any]) -> None:
        answers: Answers = {key: entry[key] for key in ("given_by", "decision", "method", "understanding")}
        answers |= {"to": entry["scope"]["to"], "about": entry["scope"]["about"]}
        self._named(entry, self._sent(who, "/consents/new", answers))

    def _withdraw_consent(self, who: Person, entry: dict[str, Any]) -> None:
        self._sent(who, f"/consents/{self._ref(entry['consent'])}/withdraw", {"reason": entry["reason"]})

    def _search(self, who: Person, entry: dict[str, Any]) -> None:
        assert who.opens("/search").status_code == 200

    def _view_case(self, who: Person, entry: dict[str, Any]) -> None:
        if who.opens(f"/cases/{self.case}").status_code == 404:
            self._sent(who, "/open-with-a-reason", {"reason": entry.get("reason", "Working on this case.")})
        assert who.opens(f"/cases/{self.case}").status_code == 200

    def _request_information(self, who: Person, entry: dict[str, Any]) -> None:
        answers: Answers = {key: entry[key] for key in ("of", "wanted", "purpose")}
        if who.opens(f"/cases/{self.case}").status_code == 404:
            answers |= {"name": "Maya Ellison"} | day("date_of_birth", "2010-05-14")
            command_id = self._sent(who, "/ask", answers, case=False, then="/ask/sent")
        else:
            command_id = self._sent(who, "/requests/new", answers)
        self._named(entry, command_id)

    def _decide_sharing(self, who: Person, entry: dict[str, Any]) -> None:
        answers: Answers = {"justification": self._ref(entry["justification"])}
        answers |= {key: entry[key] for key in ("outcome", "persons", "reason") if key in entry}
        chosen = [f"{self._item(one['item'])}={one['showing']}" for one in entry.get("items", [])]
        page = f"/cases/{self.case}/shares/with/{entry['with']}"
        offered = who.opens(page)
        assert offered.status_code == 200
        for box, control in form_on(offered).controls.items():
            if ticked := [one for one in chosen if one in (control.offered or ())]:
                answers[box] = ticked
        if "answers_request" in entry:
            answers["answers_request"] = self._ref(entry["answers_request"])
        elif 'name="answers_request"' in offered.text:
            answers["answers_request"] = "none"
        if "continuing" in entry:
            answers["continuing"] = "yes"
        if "review_by" in entry:
            answers |= day("review_by", entry["review_by"])
        if "expires" in entry:
            date, time = entry["expires"].split("T")
            answers |= day("expires", date, time[:5])
        preview, command_id = who.presses(page, offered, answers, press=("step", "preview"))
        assert preview.status_code == 200, preview.text[-5000:]
        done, again = who.presses(page, preview, {}, press=("step", "confirm"))
        assert done.status_code == 303, done.text[-5000:]
        assert again == command_id
        self._named(entry, command_id)

    def _item(self, item: str) -> str:
        kind, colon, reference = item.partition(":")
        return f"{kind}{colon}{self.refs.get(reference, reference)}"

    def _withdraw_sharing(self, who: Person, entry: dict[str, Any]) -> None:
        self._sent(who, f"/shares/{self._ref(entry['decision'])}/withdraw", {"reason": entry["reason"]})

    def _make_referral(self, who: Person, entry: dict[str, Any]) -> None:
        answers: Answers = {key: entry[key] for key in ("to", "summary", "carers_informed")}
        answers["justification"] = self._ref(entry["justification"])
        self._named(entry, self._sent(who, "/referrals/new", answers))

    def _acknowledge_referral(self, who: Person, entry: dict[str, Any]) -> None:
        self._sent(who, f"/referrals/{self._ref(entry['referral'])}/acknowledge", {"decision": entry["decision"]})

    def _start_assessment(self, who: Person, entry: dict[str, Any]) -> None:
        answers: Answers = {"justification": self._ref(entry["justification"]), **entry["ticks"]}
        self._sent(who, "/assessment/start", answers, then="/assessment/questions")

    def _answer(self, who: Person, entry: dict[str, Any]) -> None:
        for one in (*entry["answers"], *entry["blanks"]):
            chosen = f"blank:{one['reason']}" if "reason" in one else str(one["option"])
            if "alternative" in one:
                chosen += f".{one['alternative']}"
            answers: Answers = {"justification": self._ref(entry["justification"]), "answer": chosen}
            if "whom" in one:
                answers["whom"] = one["whom"]
            if "evidence" in one:
                answers["evidence"] = self._ref(one["evidence"])
            self._sent(who, f"/assessment/questions/{one['question']}", answers, then="/assessment/questions")

    def _propose_risk(self, who: Person, entry: dict[str, Any]) -> None:
        answers: Answers = {key: entry[key] for key in ("rationale", "downgrade_reason") if key in entry}
        answers |= {"justification": self._ref(entry["justification"]), "category": str(entry["category"])}
        self._named(entry, self._sent(who, "/risk/propose", answers))

    def _agree_risk(self, who: Person, entry: dict[str, Any]) -> None:
        answers: Answers = {"as_role": entry["as_role"], "stance": "agree"}
        self._sent(who, f"/risk/{self._ref(entry['agreement'])}", answers)

    def _dissent_from_risk(self, who: Person, entry: dict[str, Any]) -> None:
        answers: Answers = {"as_role": entry["as_role"], "stance": "dissent", "reason": entry["reason"]}
        self._sent(who, f"/risk/{self._ref(entry['agreement'])}", answers | {"level": str(entry["level"])})

    def _join_team(self, who: Person, entry: dict[str, Any]) -> None:
        self._sent(who, "/team/add", {"person": entry["person"], "reason": "Added by a manager."})

    def _declare_interest(self, who: Person, entry: dict[str, Any]) -> None:
        self._sent(who, "/interest", {"about": entry["about"]}, then="/caseload")
        assert who.opens(f"/cases/{self.case}").status_code == 404

    def _open_review(self, who: Person, entry: dict[str, Any]) -> None:
        answers: Answers = {key: entry[key] for key in ("reviewer", "kind", "agencies", "questions")}
        answers |= {"name": "Maya Ellison", "locators": YES_NO[entry["locators"]]}
        answers |= day("date_of_birth", "2010-05-14") | day("from", entry["from"]) | day("until", entry["until"])
        self._named(entry, self._sent(who, "/reviews/new", answers, case=False, then="/reviews/opened"))


def in_scenario_words(events: list[Event], refs: dict[str, str]) -> list[dict[str, Any]]:
    """Events as plain data with the scenario's references; items sorted, answers given in one go brought together."""
    text = msgspec.json.encode([msgspec.to_builtins(event) for event in events]).decode()
    for name, reference in refs.items():
        text = text.replace(f'"{reference}"', f'"{name}"').replace(f':{reference}"', f':{name}"')
    plain: list[dict[str, Any]] = []
    for event in msgspec.json.decode(text):
        del event["command"]
        if event.get("child_told") == "not asked":
            del event["child_told"]
        if event["event"] == "sharing.shared":
            event["items"] = sorted(event["items"], key=lambda one: str(one["item"]))
        before = plain[-1] if plain else {}
        together = {"event", "recorded", "by"}
        if event["event"] == "assessment.answered" and all(before.get(key) == event[key] for key in together):
            for key in ("answers", "blanks"):
                if key in event:
                    before[key] = [*before.get(key, []), *event[key]]
        else:
            plain.append(event)
    return plain


@pytest.fixture(scope="module")
def by_hand(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ByHand]:
    hand = ByHand(tmp_path_factory.mktemp("by-hand"))
    for entry in SCENARIO.acts:
        hand.do(entry)
    yield hand
    hand.hub.close()


@pytest.fixture(scope="module")
def replayed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Replay]:
    clock = ScenarioClock(SCENARIO.moment(SCENARIO.acts[0]["recorded"]))
    hub, _ = a_hub(tmp_path_factory.mktemp("replayed"), clock)
    replay = Replay(SCENARIO, hub, clock)
    replay.set_up()
    for entry in SCENARIO.acts:
        replay.do_only(entry)
    yield replay
    hub.close()


def test_the_whole_worked_case_can_be_done_by_hand(by_hand: ByHand, replayed: Replay) -> None:
    """Issue 2: every journey of the worked case can be done in the browser by hand, and leaves the same record."""
    assert by_hand.case is not None
    assert replayed.case is not None
    done = in_scenario_words(events_with_locators(by_hand.hub, by_hand.case), by_hand.refs)

    assert in_scenario_words(events_with_locators(replayed.hub, replayed.case), {}) == done


def test_no_reference_is_typed_by_hand(by_hand: ByHand) -> None:
    """References of new things are made from the form's own number, never typed."""
    made = {name for name in by_hand.refs if name[0] in "JCKSQRAXNV"}

    assert made == {entry["id"] for entry in SCENARIO.acts if "id" in entry} | {"J1"}
