"""Sixty hostile strings in every text field of every act, as the API takes it: all are words in what comes out."""

from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from itertools import cycle
from pathlib import Path
from typing import Any

import pytest
from msgspec import inspect as types

from application.commands.acts import ACTS
from application.commands.destroying import DESTRUCTION_ACTS
from application.commands.linking import LINK_ACTS
from interfaces.bootstrap import build_hub
from interfaces.demo.check import copy_home
from interfaces.demo.replay import ScenarioClock
from interfaces.web.app import create_app
from tests.builders import a_command_id
from tests.furnished import furnish
from tests.interfaces.web.conftest import Worked
from tests.interfaces.web.exits import csrf, signed_in
from tests.interfaces.web.hostile import packed, plain
from tests.interfaces.web.test_every_form import ALL, HARMLESS, Tags

TEXT, LINE = "a text", "a line"
"""Where words are put: any length, and at most five hundred characters."""
CHILD = dict.fromkeys(
    ("name", "also_known_as", "gender", "disability", "first_language", "interpreter", "nhs_number",
     "upn", "address", "postcode", "placement", "school", "telephone", "usual_places", "gp"), LINE,
)  # fmt: skip
CARER = {"id": "M9", "name": LINE, "relationship": LINE, "safe_to_inform": "no", "why": TEXT}
REASONED = {
    "purpose": LINE, "duty_of_confidentiality": True, "basis": "public_interest", "ground": "significant_harm_to_child",
    "facts": TEXT, "proportionality": TEXT, "child_told": TEXT,
}  # fmt: skip
AGREED = {
    "given_by": LINE, "decision": "given", "scope": {"to": ["csc"], "about": TEXT}, "method": LINE,
    "understanding": TEXT,
}  # fmt: skip
PLACES = {
    "places": [{"id": "P9", "kind": "address", "description": LINE}], "vehicles": [{"id": "W9", "description": LINE}],
}  # fmt: skip
HAPPENED = {
    "occurred": "2026-05-30", "basis": ["other"], "basis_other": TEXT, "heading": "police_activity", "headline": LINE,
    "narrative": TEXT, "nature": "fact", "source": TEXT, "response": TEXT, "child_voice": TEXT, "sensitive": TEXT,
    **PLACES,
}  # fmt: skip
SEALED = {
    "contact": LINE, "telephone": LINE, "people": ["tom", "priya", "sam", "helen", "ben"], "reason": TEXT,
}  # fmt: skip
DONE: tuple[tuple[str, str, dict[str, Any]], ...] = (
    ("priya", "give_justification", REASONED),
    ("priya", "record_details", {
        "justification": "J4", "child": CHILD, "safe_contact": TEXT, "has_social_worker": LINE, "carers": [CARER],
        "reason": TEXT,
    }),
    ("helen", "record_consent", AGREED),
    ("priya", "withdraw_consent", {"consent": "K2", "reason": TEXT}),
    ("mo", "join_team", {"person": "nia", "reason": TEXT}),
    ("sam", "record_concern", {"justification": "J3", **HAPPENED}),
    ("sam", "correct_concern", {
        "concern": "C2", "justification": "J3", "reason": TEXT, **PLACES,
        "change": {name: HAPPENED[name] for name in ("headline", "narrative", "source", "response", "child_voice")}
        | {"basis": ["other"], "basis_other": TEXT},
    }),
    ("sam", "retract_concern", {"concern": "C4", "reason": TEXT}),
    ("priya", "record_disagreement", {"concern": "C2", "justification": "J6", "reason": TEXT}),
    ("sam", "record_person_of_concern", {
        "justification": "J9", "kind": "associate", "name": TEXT, "ethnicity_view": TEXT, "vehicle": TEXT,
        "description": TEXT,
    }),
    ("priya", "record_plan", {"justification": "J7", "for": "school", "text": TEXT}),
    ("priya", "answer_questions", {
        "justification": "J4", "answers": [{"question": 1, "option": 3, "note": TEXT}],
        "blanks": [{"question": 7, "reason": "ask_other_worker", "whom": TEXT}],
    }),
    ("tom", "dissent_from_risk", {"agreement": "A70", "as_role": "team_manager", "level": 3, "reason": TEXT}),
    ("priya", "propose_risk", {"justification": "J4", "category": 1, "rationale": TEXT, "downgrade_reason": TEXT}),
    ("priya", "date_action", {"agreement": "A3", "action": "strategy_meeting", "due": "2026-07-01", "who": TEXT}),
    ("priya", "record_action_outcome", {
        "agreement": "A3", "action": "strategy_meeting", "done": True, "on": "2026-06-01", "outcome": TEXT,
    }),
    ("priya", "request_information", {"of": "health", "wanted": TEXT, "purpose": TEXT}),
    ("priya", "decide_sharing", {
        "justification": "J7", "with": "school", "outcome": "share_in_part", "persons": ["ben"], "note": TEXT,
        "items": [{"item": "child.gender", "showing": "full"}],
    }),
    ("priya", "decide_sharing", {"justification": "J10", "with": "riverbank", "outcome": "refuse", "reason": TEXT}),
    ("priya", "withdraw_sharing", {"decision": "S6", "reason": TEXT}),
    ("sam", "agree_onward", {"items": ["concern:C2"], "to": "school", "terms": TEXT}),
    ("priya", "make_referral", {
        "justification": "J6", "to": "health", "summary": TEXT, "carers_informed": "no", "carers_informed_why": TEXT,
    }),
    ("sam", "acknowledge_referral", {"referral": "R2", "decision": TEXT}),
    ("priya", "conclude_referral", {"referral": "R1", "outcome": TEXT}),
    ("ben", "escalate_referral", {"referral": "R1", "reason": TEXT}),
    ("tom", "review_access", {"access": "{way_in}", "outcome": "appropriate", "note": TEXT}),
    ("asha", "declare_interest", {"about": TEXT}),
    ("sam", "start_assessment", {
        "justification": "J3", "ticks": {"education_status": ["other"]}, "ticks_other": {"education_status": LINE},
    }),
    ("tom", "links/link_cases", {"other": "{other}", "reason": TEXT}),
    ("tom", "links/mark_different", {"other": "{other}", "reason": TEXT}),
    ("tom", "links/undo_link", {"other": "{other}", "reason": TEXT}),
    ("tom", "seal_case", SEALED),
    ("tom", "lift_seal", {"reason": TEXT}),
    ("tom", "seal_case", SEALED),
    ("tom", "destruction/lift_legal_hold", {"reason": LINE, "basis": LINE}),
    ("tom", "destruction/place_legal_hold", {"reason": LINE}),
)  # fmt: skip
KNOWN_WORDS = frozenset({
    "action", "access", "agreement", "agencies[]", "answers_request", "asked", "basis[]", "concern", "consent",
    "date_of_birth", "decision", "ethnicity", "evidence", "for", "heading", "item", "items[]", "justification",
    "kind", "occurred", "occurred_until", "of", "other", "people[]", "perpetrator_type[]", "person", "persons[]",
    "recipients[]", "referral", "reviewer", "ticks{}[]", "to", "to[]", "with",
})  # fmt: skip
"""Fields that name what the hub knows already, or a day: anything else is refused there, as their own tests show."""
ALSO_WORDS = {"acknowledge_referral": "decision"}
ON_PAGES = frozenset({"open_review", "propose_destruction", "stop_destruction"})
"""Acts all of whose texts a page asks for: they are tried in `test_every_form`."""
NOT_READ = frozenset({
    "declare_interest about", "join_team reason", "lift_seal reason", "make_referral carers_informed_why",
    "record_concern sensitive", "record_consent given_by", "record_details has_social_worker", "record_details reason",
    "record_person_of_concern ethnicity_view", "retract_concern reason", "seal_case reason",
})  # fmt: skip
"""Kept on record; on none of the pages that are read here."""
READ = {
    "priya": ("", "/timeline", "/assessment", "/analysis-form", "/who-knew", "/risk/actions", "/looks"),
    "tom": ("", "/risk/A70", "/destruction", "/links/{other}"),
    "sam": ("", "/timeline"), "helen": ("", ), "ben": ("", ),
}  # fmt: skip
HISTORIES = ("child.name", "child.address", "safe_contact", "carer:M9", "concern:C2", "concern:C4", "answers:csc")


class Words(HTMLParser):
    """What people read on a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.read: list[str] = []
        self.feed(text)

    def handle_data(self, data: str) -> None:
        self.read.append(data)


class Told:
    """A hub in which every act was done by the API with some words in every text field; and what comes out of it."""

    def __init__(self, worked: Worked, folder: Path, words: str, lines: list[str]) -> None:
        settings = copy_home(worked.settings, folder)
        assert settings.demo_stands_at is not None
        self.hub = build_hub(settings, ScenarioClock(settings.demo_stands_at))
        self.app, self.case, self.words, self.lines = create_app(self.hub, settings), worked.case, words, cycle(lines)
        self.ids = furnish(self.app, worked.case)
        self.typed: dict[str, str] = {}
        self.answers = [self.does(*one) for one in DONE]

    def does(self, who: str, act: str, data: dict[str, Any]) -> tuple[str, int, str]:
        client = signed_in(self.app, who)
        body = {"command_id": a_command_id(), "data": self.filled(act.rpartition("/")[2], "", data)}
        address = f"/api/cases/{self.case}/{act if '/' in act else f'acts/{act}'}"
        answer = client.post(address, json=body, headers={"X-CSRFToken": csrf(client)})
        return act, answer.status_code, answer.text[:300] if answer.status_code != 200 else answer.mimetype

    def filled(self, act: str, path: str, value: Any) -> Any:
        """Words in the place of every text, each with the name of its field before it."""
        match value:
            case dict():
                return {key: self.filled(act, f"{path}.{key}" if path else key, one) for key, one in value.items()}
            case list():
                return [self.filled(act, f"{path}[]", one) for one in value]
            case "a text" | "a line":
                words = self.words if value == TEXT else next(self.lines)
                self.typed[f"{act} {path}"] = f"{act} {path} 020 7946 0100: {words}"
                return self.typed[f"{act} {path}"]
            case str():
                return value.format(**self.ids) if value.startswith("{") else value
        return value

    def pages(self) -> dict[tuple[str, str], str]:
        """What each reader gets at each address, the API's answers among them."""
        found = {}
        for who, under in READ.items():
            client, case = signed_in(self.app, who), f"/cases/{self.case}"
            histories = [f"/history/{item}" for item in HISTORIES] if who == "priya" else []
            for one in (*under, *histories):
                answer = client.get(case + one.format(**self.ids))
                assert 200 == answer.status_code, (who, one)
                found[who, one] = answer.text
            found[who, "api"] = client.get(f"/api{case}").text
            found[who, "/caseload"] = client.get("/caseload").text
        return found


@pytest.fixture(scope="module")
def told(worked: Worked, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], Told]]:
    """Twice the same, but for the words."""
    of = {
        "hostile": Told(worked, tmp_path_factory.mktemp("hostile"), ALL, packed(400)),
        "harmless": Told(worked, tmp_path_factory.mktemp("harmless"), HARMLESS, ["words " * 60]),
    }
    yield lambda which: of[which]
    for one in of.values():
        one.hub.close()


def texts_of(kind: types.Type, path: str) -> Iterator[str]:
    """Where a command takes any text."""
    match kind:
        case types.Metadata():
            yield from texts_of(kind.type, path)
        case types.StrType():
            yield from () if kind.pattern else (path,)
        case types.StructType():
            for one in kind.fields:
                yield from texts_of(one.type, f"{path}.{one.encode_name}" if path else one.encode_name)
        case types.ListType() | types.VarTupleType():
            yield from texts_of(kind.item_type, f"{path}[]")
        case types.DictType():
            yield from texts_of(kind.value_type, f"{path}{{}}")
        case types.UnionType():
            for inner in kind.types:
                yield from texts_of(inner, path)


def test_every_text_of_every_act_is_among_them(told: Callable[[str], Told]) -> None:
    """A new act, or a new text in one, needs words here."""
    expected = {
        f"{name} {path}"
        for name, kind in {**ACTS, **LINK_ACTS, **DESTRUCTION_ACTS}.items()
        if name not in ON_PAGES
        for path in texts_of(types.type_info(kind), "")
        if path.rpartition(".")[2] not in KNOWN_WORDS or ALSO_WORDS.get(name) == path
    }
    typed = {one.replace("ticks_other.education_status", "ticks_other{}") for one in told("hostile").typed}

    assert expected == typed


def test_every_act_takes_them(told: Callable[[str], Told]) -> None:
    """They are words, and the API's answer is JSON."""
    for which in ("hostile", "harmless"):
        assert [] == [one for one in told(which).answers if one[1:] != (200, "application/json")]


def test_all_of_it_is_read_as_it_was_typed(told: Callable[[str], Told]) -> None:
    """Every field of every act, on some page."""
    hostile, pages = told("hostile"), told("hostile").pages()
    read = " ".join(plain(" ".join(Words(text).read)) for (_, where), text in pages.items() if where != "api")
    missing = {field for field, text in hostile.typed.items() if plain(text) not in read}

    assert set() == missing - NOT_READ


def test_no_page_has_more_in_it_than_with_harmless_words(told: Callable[[str], Told]) -> None:
    """No element and no attribute comes of what was typed."""
    hostile, harmless = told("hostile").pages(), told("harmless").pages()

    assert {where: Tags(text).found for where, text in harmless.items() if where[1] != "api"} == {
        where: Tags(text).found for where, text in hostile.items() if where[1] != "api"
    }
