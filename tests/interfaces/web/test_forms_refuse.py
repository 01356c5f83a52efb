"""Every form refuses what it cannot read, names the field, keeps what was typed and stores nothing."""

import html
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from urllib.parse import urlencode
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from application.commands.people import keep_directory
from application.hub import Hub
from application.ledger import agency_stream
from interfaces.bootstrap import build_hub
from interfaces.demo.check import copy_home
from interfaces.demo.replay import ScenarioClock
from interfaces.web.app import create_app
from tests.interfaces.web.browsing import PageForm, day, form_on, person
from tests.interfaces.web.conftest import Worked

Answers = dict[str, str | list[str]]
ClientFor = Callable[[str], FlaskClient]
HER = {"name": "Maya Ellison"} | day("date_of_birth", "2010-05-14")
REASONED: Answers = {
    "purpose": "a purpose typed by hand",
    "duty_of_confidentiality": "yes",
    "basis": "public_interest",
    "ground": "significant_harm_to_child",
    "facts": "facts typed by hand",
    "proportionality": "only what is needed",
    "child_told": "not yet",
}
HAPPENED: Answers = {
    "occurred_precision": "day",
    "basis": ["going_missing"],
    "heading": "police_activity",
    "headline": "A headline typed by hand",
    "narrative": "A narrative typed by hand",
    "nature": "fact",
} | day("occurred", "2026-05-30")


@dataclass(frozen=True)
class FormOfTheHub:
    """A form, who may send it, a filling that is accepted, and one of its lines of text."""

    page: str
    who: str
    answers: Answers
    text: str
    in_case: bool = True
    press: tuple[str, str] | None = None
    needed: str = ""

    @property
    def box_needed(self) -> str:
        return self.needed or self.text


FORMS = [
    FormOfTheHub("/record", "helen", REASONED | {"name": "Somebody New"}, "purpose", in_case=False),
    FormOfTheHub(
        "/ask",
        "sam",
        {"name": "Somebody New", "of": "csc", "wanted": "typed", "purpose": "typed too"},
        "wanted",
        in_case=False,
    ),
    FormOfTheHub("/justifications/new", "priya", REASONED, "facts"),
    FormOfTheHub("/concerns/new", "ben", HAPPENED, "narrative"),
    FormOfTheHub("/concerns/C2/correct", "sam", {"justification": "J3", "reason": "typed by hand"}, "reason"),
    FormOfTheHub("/concerns/C2/retract", "sam", {"reason": "typed by hand"}, "reason"),
    FormOfTheHub("/concerns/C2/disagree", "priya", {"justification": "J6", "reason": "typed by hand"}, "reason"),
    FormOfTheHub(
        "/details/new",
        "priya",
        {"justification": "J4", "safe_contact": "typed by hand"},
        "safe_contact",
        needed="justification",
    ),
    FormOfTheHub(
        "/people-of-concern/new",
        "sam",
        {"justification": "J9", "kind": "associate", "name": "typed by hand"},
        "name",
        needed="kind",
    ),
    FormOfTheHub("/plans/new", "priya", {"justification": "J7", "for": "school", "text": "typed by hand"}, "text"),
    FormOfTheHub(
        "/consents/new",
        "helen",
        {"given_by": "child", "decision": "given", "to": ["csc"], "about": "typed by hand", "method": "verbal"},
        "about",
    ),
    FormOfTheHub("/consents/K2/withdraw", "priya", {"reason": "typed by hand"}, "reason"),
    FormOfTheHub("/assessment/end", "priya", {"justification": "J4"}, "", needed="justification"),
    FormOfTheHub(
        "/assessment/questions/2",
        "priya",
        {"justification": "J4", "answer": "2.3", "note": "typed by hand"},
        "note",
        needed="answer",
    ),
    FormOfTheHub(
        "/risk/propose", "priya", {"justification": "J4", "category": "3", "rationale": "typed by hand"}, "rationale"
    ),
    FormOfTheHub(
        "/shares/with/school",
        "priya",
        {
            "justification": "J6",
            "outcome": "share_in_part",
            "persons": ["ben"],
            "concerns": ["concern:C2=coarse"],
            "note": "typed by hand",
        },
        "note",
        needed="outcome",
        press=("step", "confirm"),
    ),
    FormOfTheHub("/shares/S6/withdraw", "priya", {"reason": "typed by hand"}, "reason"),
    FormOfTheHub(
        "/onward/new",
        "sam",
        {"items": ["concern:C2"], "to": "school", "terms": "typed by hand"},
        "terms",
        needed="items",
    ),
    FormOfTheHub("/requests/new", "priya", {"of": "health", "wanted": "typed by hand", "purpose": "typed"}, "wanted"),
    FormOfTheHub(
        "/referrals/new",
        "priya",
        {"justification": "J6", "to": "health", "summary": "typed by hand", "carers_informed": "no"},
        "summary",
    ),
    FormOfTheHub("/referrals/R2/acknowledge", "sam", {"decision": "typed by hand"}, "decision"),
    FormOfTheHub("/referrals/R1/conclude", "priya", {"outcome": "typed by hand"}, "outcome"),
    FormOfTheHub("/referrals/R1/escalate", "ben", {"reason": "typed by hand"}, "reason"),
    FormOfTheHub("/team/add", "mo", {"person": "nia", "reason": "typed by hand"}, "reason"),
    FormOfTheHub("/interest", "sam", {"about": "typed by hand"}, "about"),
    FormOfTheHub(
        "/reviews/new",
        "pat",
        HER
        | {"reviewer": "jo", "kind": "audit", "questions": "typed by hand", "agencies": ["csc"], "locators": "no"}
        | day("from", "2026-01-01")
        | day("until", "2026-05-01"),
        "questions",
        in_case=False,
    ),
]
TYPED_INTO = [one for one in FORMS if one.text]


def named(one: FormOfTheHub) -> str:
    return one.page


class Sheet:
    """A form opened by its person, to be sent as it is or spoiled."""

    def __init__(self, one: FormOfTheHub, client: FlaskClient, hub: Hub, case: UUID) -> None:
        self.one, self.client, self.hub, self.case = one, client, hub, case
        self.address = f"/cases/{case}{one.page}" if one.in_case else one.page
        page = client.get(self.address)
        assert page.status_code == 200, page.text
        self.form: PageForm = form_on(page)
        self.filled = self.form.filled(one.answers)
        if one.press:
            self.filled[one.press[0]] = [one.press[1]]

    def sends(self, spoiled: dict[str, list[str]] | None = None) -> TestResponse:
        return self.client.post(self.address, data=self.filled if spoiled is None else spoiled)

    def with_box(self, box: str, *values: str) -> dict[str, list[str]]:
        return {**self.filled, box: list(values)}

    @property
    def carried(self) -> dict[str, list[str]]:
        return {name: self.filled[name] for name in ("csrf_token", "command_id", "seen", "step") if name in self.filled}

    def stored(self) -> tuple[int, ...]:
        """How much lies in the case, and in the agencies' streams but for the looks of this page."""
        waiting = [len(self.hub.unplaced(agency).requests) for agency in self.hub.directory().agencies]
        every = self.hub.ledger.recorder.select_events
        others = [len(every(agency_stream(agency).id)) for agency in ("health",)] if self.one.page == "/ask" else []
        return (len(self.hub.case_events(self.case)), self.hub.directory().version, *waiting, *others)


@pytest.fixture(scope="module")
def untouched(worked: Worked, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Hub, Flask]]:
    """One hub for all the forms that are refused: nothing is stored in its case."""
    copied = copy_home(worked.settings, tmp_path_factory.mktemp("untouched"))
    assert copied.demo_stands_at is not None
    hub = build_hub(copied, ScenarioClock(copied.demo_stands_at))
    join_nia(hub)
    yield hub, create_app(hub, copied)
    hub.close()


def join_nia(hub: Hub) -> None:
    newcomer = {"id": "nia", "name": "Nia Wood", "agency": "police", "roles": ["practitioner"]}
    keep_directory(hub, "hub", "register_person", newcomer, command_id="a-newcomer")


@pytest.fixture
def sheet(request: pytest.FixtureRequest, untouched: tuple[Hub, Flask], case: UUID) -> Sheet:
    """A form that will be refused."""
    hub, app = untouched
    for owner in (f"case:{case}", *(f"agency:{agency}" for agency in hub.directory().agencies)):
        hub.drafts.forget(owner)  # of the forms refused before this one
    return Sheet(request.param, person(app.test_client(), request.param.who).client, hub, case)


@pytest.fixture
def fair(request: pytest.FixtureRequest, client_for: ClientFor, worked_hub: Hub, case: UUID) -> Sheet:
    """A form that will be accepted."""
    join_nia(worked_hub)
    return Sheet(request.param, client_for(request.param.who), worked_hub, case)


EVERY_FORM = pytest.mark.parametrize("sheet", FORMS, indirect=True, ids=named)
EVERY_TEXT = pytest.mark.parametrize("sheet", TYPED_INTO, indirect=True, ids=named)


def refused_at(answer: TestResponse, box: str) -> bool:
    """Whether the page is shown again, its error summary leading to that box, which is there."""
    text = answer.text
    linked = f'href="#{box}"' in text and f'id="{box}"' in text
    return answer.status_code == 422 and "There is a problem" in text and linked


@pytest.mark.parametrize("fair", FORMS, indirect=True, ids=named)
def test_a_filled_form_is_accepted_and_once_only(fair: Sheet) -> None:
    """A repeated post has one effect (issue 2)."""
    before = fair.stored()
    first = fair.sends()
    after = fair.stored()
    second = fair.sends()

    assert (303, True) == (first.status_code, after != before or fair.one.page == "/record"), first.text[:4000]
    assert after == fair.stored()
    assert second.status_code in (303, 404)  # 404 where the act closed the case to its doer


@EVERY_FORM
def test_an_empty_form_is_refused(sheet: Sheet) -> None:
    """What is needed is asked for at its box, and nothing is stored."""
    before = sheet.stored()
    answer = sheet.sends(sheet.carried)

    assert answer.status_code == 422
    assert "There is a problem" in answer.text
    assert before == sheet.stored()


@EVERY_FORM
def test_an_unknown_field_is_refused_by_name(sheet: Sheet) -> None:
    """A form refuses keys it does not know."""
    before = sheet.stored()
    answer = sheet.sends(sheet.with_box("consent_overridden", "yes"))

    assert answer.status_code == 422
    assert "consent_overridden" in answer.text
    assert before == sheet.stored()


@EVERY_FORM
@pytest.mark.parametrize("number", [[], [""], ["short"], ["x" * 65]], ids=["none", "empty", "short", "long"])
def test_a_form_without_its_number_is_refused(sheet: Sheet, number: list[str]) -> None:
    """Without its number a form sent twice could not be known from two forms."""
    before = sheet.stored()
    answer = sheet.sends({**sheet.filled, "command_id": number})

    assert answer.status_code == 422
    assert "lost its number" in answer.text
    assert 32 == len(form_on(answer).values["command_id"][0])
    assert before == sheet.stored()


@EVERY_TEXT
@pytest.mark.parametrize(
    ("spoiled", "told"),
    [
        (b"ab%00c", "characters that cannot be shown"),
        (b"ab%ED%A0%80c", "characters that cannot be shown"),
        (b"x" * 1_000_000, "too long"),
    ],
    ids=["NUL", "lone surrogate", "1 MB"],
)
def test_text_that_no_page_could_show_is_refused_at_its_box(sheet: Sheet, spoiled: bytes, told: str) -> None:
    """NUL, half a character or a megabyte: the box is named, the rest stays typed, nothing is stored."""
    before = sheet.stored()
    rest = {name: values for name, values in sheet.filled.items() if name != sheet.one.text}
    pairs = [(name, value) for name, values in rest.items() for value in values]
    raw = urlencode(pairs).encode() + b"&" + sheet.one.text.encode() + b"=" + spoiled
    answer = sheet.client.post(sheet.address, data=raw, content_type="application/x-www-form-urlencoded")

    assert refused_at(answer, sheet.one.text), answer.status
    assert told in answer.text
    assert before == sheet.stored()


@EVERY_FORM
def test_a_box_given_twice_is_refused(sheet: Sheet) -> None:
    """Two values for one question are refused, not guessed between."""
    before = sheet.stored()
    box = sheet.one.text or sheet.one.box_needed
    answer = sheet.sends(sheet.with_box(box, "one", "two"))

    assert refused_at(answer, box)
    assert "more than once" in answer.text
    assert before == sheet.stored()


@EVERY_TEXT
def test_typed_text_is_kept_after_an_error(sheet: Sheet) -> None:
    """Nobody types twice because of one mistake."""
    kept = sheet.filled[sheet.one.text][0] + " & <kept>"
    answer = sheet.sends(sheet.with_box(sheet.one.text, kept) | {"another": ["field"]})

    assert answer.status_code == 422
    assert html.escape(kept, quote=False) in answer.text
    assert kept not in answer.text


@pytest.mark.parametrize(
    ("boxes", "box", "told"),
    [
        ({"day": ["31"], "month": ["2"], "year": ["2026"]}, "day", "no such day"),
        ({"day": ["5"], "month": ["13"], "year": ["2026"]}, "month", "from 1 to 12"),
        ({"day": ["5"], "month": ["5"], "year": ["26"]}, "year", "four numbers"),
        ({"day": ["5"], "month": ["5"], "year": ["9" * 50]}, "year", "must be a number"),
        ({"day": ["9" * 50], "month": ["5"], "year": ["2026"]}, "day", "must be a number"),
        ({"day": ["٣"], "month": ["5"], "year": ["2026"]}, "day", "must be a number"),
        ({"day": ["5"], "month": [""], "year": ["2026"]}, "month", "missing"),
        ({"day": ["1", "2", "3", "4"], "month": ["5"], "year": ["2026"]}, "day", "more than once"),
    ],
)
@pytest.mark.parametrize("sheet", [FORMS[3]], indirect=True, ids=named)
def test_a_day_that_is_in_no_calendar_is_refused_at_its_box(
    sheet: Sheet, boxes: dict[str, list[str]], box: str, told: str
) -> None:
    """The error leads to the box that is wrong, and the page shows again what was typed."""
    before = sheet.stored()
    answer = sheet.sends({**sheet.filled, **{f"occurred-{part}": values for part, values in boxes.items()}})

    assert refused_at(answer, f"occurred-{box}")
    assert told in answer.text
    assert boxes[box][0] in answer.text
    assert before == sheet.stored()


QUESTION_11 = FormOfTheHub("/assessment/questions/11", "priya", {"justification": "J4", "answer": "4"}, "note")


@pytest.mark.parametrize("sheet", [QUESTION_11], indirect=True, ids=named)
def test_option_2_of_question_11_is_refused(sheet: Sheet) -> None:
    """The form prints options 1, 4 and 5 only, and takes one answer."""
    before = sheet.stored()
    answers = [sheet.sends(sheet.with_box("answer", "2")), sheet.sends(sheet.with_box("answer", "4", "5"))]

    assert [True, True] == [refused_at(answer, "answer") for answer in answers]
    assert before == sheet.stored()


@pytest.mark.parametrize("sheet", [one for one in FORMS if one.page == "/referrals/new"], indirect=True, ids=named)
def test_an_unknown_agency_is_refused_at_its_box(sheet: Sheet) -> None:
    """The directory names the partnership's agencies; there is no other."""
    before = sheet.stored()
    answer = sheet.sends(sheet.with_box("to", "mi5"))

    assert refused_at(answer, "to")
    assert before == sheet.stored()
