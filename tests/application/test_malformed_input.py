"""What cannot be read is refused with the name of its field, for every act, and leaves nothing behind."""

from collections.abc import Iterator
from typing import Any

import msgspec
import pytest

from application.commands.acts import ACTS, act
from application.commands.opening import open_case
from application.hub import Hub
from domain.errors import BadInput, RuleBroken, UnknownAgency, UnknownOption
from interfaces.demo.scenario import ACTS as FORM_ACTS
from interfaces.demo.scenario import Scenario, read_scenario
from interfaces.demo.wording import completed, worded
from tests.builders import SCENARIOS, Replayed, a_command_id

LONG = "x" * 1_000_000


IN_NO_SCENARIO: dict[str, tuple[str, dict[str, Any]]] = {
    "undo_sharing": ("priya", {"decision": "S6"}),
    "seal_case": (
        "tom",
        {"contact": "Duty team", "telephone": "020 7946 0100", "people": ["tom", "priya"], "reason": "She is named."},
    ),
    "lift_seal": ("tom", {"reason": "The inquiry is over."}),
    "review_access": ("tom", {"access": "E1", "outcome": "appropriate", "note": "She was missing."}),
    "date_action": (
        "priya", {"agreement": "A3", "action": "strategy_meeting", "due": "2026-06-09", "who": "Duty team"}
    ),
    "record_action_outcome": (
        "priya",
        {"agreement": "A3", "action": "strategy_meeting", "done": True, "on": "2026-06-01", "outcome": "Held."},
    ),
}  # fmt: skip


def said_in(scenario: Scenario) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for entry in scenario.acts:
        name = FORM_ACTS[entry["act"]]
        if name in ACTS:
            data = worded(name, entry, lambda text: scenario.moment(text))
            yield name, entry["by"], completed(name, data, entry["by"], "J1", "x")


def every_act() -> dict[str, tuple[str, dict[str, Any]]]:
    """For each act somebody who does it, and data that can be read."""
    found: dict[str, tuple[str, dict[str, Any]]] = {}
    for name in ("first_case.toml", "a_consent_that_ends.toml"):
        for act_name, who, data in said_in(read_scenario(SCENARIOS / name)):
            if len(data) > len(found.get(act_name, ("", {}))[1]) and who in {p.id for p in read_scenario().people}:
                found[act_name] = who, data
            found.setdefault(act_name, ("priya", data))
    return found | IN_NO_SCENARIO


VALID = every_act()


def fields(name: str) -> list[msgspec.structs.FieldInfo]:
    return list(msgspec.structs.fields(ACTS[name]))


REQUIRED = [(name, field.encode_name) for name in ACTS for field in fields(name) if field.required]
EVERY_FIELD = [(name, field.encode_name) for name in ACTS for field in fields(name)]
TEXTS = [(name, key) for name, (_, data) in VALID.items() for key, value in data.items() if isinstance(value, str)]


@pytest.fixture(scope="module")
def shared(worked: Replayed, tmp_path_factory: pytest.TempPathFactory) -> Hub:
    """One copy for all these tests: nothing of them may be stored in it."""
    return worked.copy(tmp_path_factory.mktemp("shared"))


def refusal(hub: Hub, worked: Replayed, who: str, name: str, data: Any) -> BadInput:
    """The refusal of an act; the store is as it was."""
    before = hub.ledger.recorder.max_notification_id()
    with pytest.raises(BadInput) as refused:
        act(hub, who, worked.case, name, data, command_id=a_command_id())
    assert before == hub.ledger.recorder.max_notification_id()
    assert refused.value.message
    return refused.value


def test_every_act_has_data_that_can_be_read() -> None:
    """No act stands outside these tests."""
    assert set(ACTS) == set(VALID)
    for name, (_, data) in VALID.items():
        assert msgspec.convert(data, ACTS[name])


@pytest.mark.parametrize("name", ACTS)
def test_an_unknown_field_is_named(name: str, shared: Hub, worked: Replayed) -> None:
    """A field the act does not have is refused, not dropped."""
    who, data = VALID[name]

    assert "surprise" == refusal(shared, worked, who, name, {**data, "surprise": "x"}).field


@pytest.mark.parametrize(("name", "field"), REQUIRED)
def test_a_missing_field_is_named(name: str, field: str, shared: Hub, worked: Replayed) -> None:
    """What an act must have is asked for."""
    who, data = VALID[name]
    short = {key: value for key, value in data.items() if key != field}

    assert field == refusal(shared, worked, who, name, short).field


@pytest.mark.parametrize("wrong", [3.5, [[]], {"a": {}}], ids=["number", "list", "table"])
@pytest.mark.parametrize(("name", "field"), EVERY_FIELD)
def test_a_field_of_the_wrong_kind_is_named(name: str, field: str, wrong: Any, shared: Hub, worked: Replayed) -> None:
    """A number, list or table where something else belongs; nothing is read into it."""
    who, data = VALID[name]
    found = refusal(shared, worked, who, name, {**data, field: wrong})

    assert field == found.field.split(".")[0].split("[")[0]


@pytest.mark.parametrize("reference", ["", ".", "..", "-", "_1", ".a", "a/b", "a b", "A1\n", "\u00c41", "a" * 41])
def test_a_reference_that_is_none_is_named(reference: str, shared: Hub, worked: Replayed) -> None:
    """A reference stands in addresses: it begins with a letter or digit, and is forty characters at most."""
    found = refusal(shared, worked, "ben", "record_concern", CONCERN | {"id": reference})

    assert "id" == found.field
    assert found.message.startswith("Begin with a letter or digit")


@pytest.mark.parametrize("text", [LONG, "a\x00b", "a\ud800b", "\x1b[31m"], ids=["1 MB", "NUL", "surrogate", "escape"])
@pytest.mark.parametrize(("name", "field"), TEXTS)
def test_a_text_no_page_could_show_is_named(name: str, field: str, text: str, shared: Hub, worked: Replayed) -> None:
    """A megabyte, a NUL, half a letter, an escape: refused by the field they stand in."""
    who, data = VALID[name]

    assert field == refusal(shared, worked, who, name, {**data, field: text}).field


@pytest.mark.parametrize("name", ACTS)
@pytest.mark.parametrize("data", [[], "text", None, 5], ids=repr)
def test_what_is_no_table_of_fields_is_refused(name: str, data: Any, shared: Hub, worked: Replayed) -> None:
    """An act is a table of fields and nothing else."""
    assert "" == refusal(shared, worked, VALID[name][0], name, data).field


CONCERN = VALID["record_concern"][1] | {"id": "C99", "justification": "J1"}
SHARE = {"id": "S99", "justification": "J6", "outcome": "share", "with": "police", "persons": ["sam"],
         "items": [{"item": "child.gender", "showing": "full"}]}  # fmt: skip
CONSENT = VALID["record_consent"][1] | {"id": "K99"}
REVIEW = VALID["open_review"][1] | {"id": "V99"}
PERSON = VALID["record_person_of_concern"][1] | {"id": "X99"}
REASONED = VALID["give_justification"][1] | {"id": "J99", "recipients": []}
IMPOSSIBLE: dict[str, tuple[str, str, dict[str, Any], str]] = {
    "a day that is not": ("ben", "record_concern", {**CONCERN, "occurred": "2026-02-30"}, "occurred"),
    "a month that is not": ("ben", "record_concern", {**CONCERN, "occurred": "2026-13"}, "occurred"),
    "an hour that is not": ("ben", "record_concern", {**CONCERN, "occurred": "2026-01-01T25:00"}, "occurred"),
    "no date at all": ("ben", "record_concern", {**CONCERN, "occurred": "last week"}, "occurred"),
    "none said": ("ben", "record_concern", {**CONCERN, "occurred": ""}, "occurred"),
    "the future": ("ben", "record_concern", {**CONCERN, "occurred": "2027-01-01", "occurred_until": ""}, "occurred"),
    "an end before the beginning": (
        "ben", "record_concern", {**CONCERN, "occurred": "2026-01-05", "occurred_until": "2026-01-04"},
        "occurred_until",
    ),
    "a report without its zone": ("ben", "record_concern", {**CONCERN, "reported": "2026-01-05T10:00:00"}, "reported"),
    "a report before there were telephones": (
        "ben", "record_concern", {**CONCERN, "reported": "0001-01-01T00:00:00+00:00"}, "reported",
    ),
    "an end that is not": ("priya", "decide_sharing", {**SHARE, "expires": "2026-02-30T10:00:00+00:00"}, "expires"),
    "an end without its zone": ("priya", "decide_sharing", {**SHARE, "expires": "2026-07-01T10:00:00"}, "expires"),
    "an end beyond the calendar": (
        "priya", "decide_sharing", {**SHARE, "expires": "9999-12-31T23:59:59-12:00"}, "expires",
    ),
    "an end that has passed": ("priya", "decide_sharing", {**SHARE, "expires": "2026-01-01T10:00:00Z"}, "expires"),
    "a review date that is not": ("priya", "decide_sharing", {**SHARE, "review_by": "2026-06-31"}, "review_by"),
    "a review date that has passed": ("priya", "decide_sharing", {**SHARE, "review_by": "2026-01-01"}, "review_by"),
    "an item twice": ("priya", "decide_sharing", {**SHARE, "items": SHARE["items"] * 2}, "items"),
    "nothing to share": ("priya", "decide_sharing", {**SHARE, "items": []}, "items"),
    "a short form where there is none": (
        "priya", "decide_sharing", {**SHARE, "items": [{"item": "child.gender", "showing": "coarse"}]}, "items",
    ),
    "a share with oneself": ("priya", "decide_sharing", {**SHARE, "with": "csc", "persons": ["tom"]}, "with"),
    "a person of another agency": ("priya", "decide_sharing", {**SHARE, "persons": ["ben"]}, "persons"),
    "a consent that has run out": ("helen", "record_consent", {**CONSENT, "expires": "2026-01-01T09:00Z"}, "expires"),
    "a consent to nobody": ("helen", "record_consent", {**CONSENT, "scope": {"to": [], "about": "a"}}, "scope.to"),
    "a scope that ends before it begins": ("pat", "open_review", {**REVIEW, "until": "2025-01-01"}, "until"),
    "a first day that is not": ("pat", "open_review", {**REVIEW, "from": "2026-02-30"}, "from"),
    "a reviewer who is none": ("pat", "open_review", {**REVIEW, "reviewer": "priya"}, "reviewer"),
    "an age below nothing": ("sam", "record_person_of_concern", {**PERSON, "age": -1}, "age"),
    "an age beyond all": ("sam", "record_person_of_concern", {**PERSON, "age": 10**30}, "age"),
    "an ethnicity the form has not": (
        "sam", "record_person_of_concern", {**PERSON, "ethnicity": "martian"}, "ethnicity",
    ),
    "a day of birth that is not": (
        "priya", "record_details", {"justification": "J4", "child": {"date_of_birth": "2010-02-30"}},
        "child.date_of_birth",
    ),
    "a day of birth to come": (
        "priya", "record_details", {"justification": "J4", "child": {"date_of_birth": "2027-01-01"}},
        "child.date_of_birth",
    ),
    "details of nothing": ("priya", "record_details", {"justification": "J4"}, "child"),
    "a box the form has not": ("ben", "record_concern", {**CONCERN, "heading": "gossip"}, "heading"),
    "a basis the form has not": ("ben", "record_concern", {**CONCERN, "basis": ["gossip"]}, "basis"),
    "another basis unsaid": (
        "ben", "record_concern", {**CONCERN, "basis": ["other"], "basis_other": ""}, "basis_other",
    ),
    "a level the form has not": ("priya", "propose_risk", {**VALID["propose_risk"][1], "category": 4}, "category"),
    "a ground without public interest": (
        "priya", "give_justification",
        {**REASONED, "basis": "none", "consent": "", "ground": "sufficient_force", "duty_of_confidentiality": True},
        "ground",
    ),
    "a consent without its basis": (
        "helen", "give_justification",
        {**REASONED, "basis": "public_interest", "ground": "sufficient_force", "consent": "K1",
         "duty_of_confidentiality": True},
        "consent",
    ),
    "more than any form holds": ("priya", "decide_sharing", {**SHARE, "persons": ["sam"] * 501}, "persons"),
}  # fmt: skip


@pytest.mark.parametrize("name", IMPOSSIBLE)
def test_what_cannot_be_is_named(name: str, shared: Hub, worked: Replayed) -> None:
    """Dates outside the calendar, choices outside the form: refused by their field."""
    who, act_name, data, field = IMPOSSIBLE[name]

    assert field == refusal(shared, worked, who, act_name, data).field


ANSWERS: dict[str, tuple[dict[str, Any], str, type[BadInput]]] = {
    "option 2 for question 11": ({"answers": [{"question": 11, "option": 2}]}, "answers.option", UnknownOption),
    "option 6": ({"answers": [{"question": 1, "option": 6}]}, "answers.option", UnknownOption),
    "a third alternative of two": (
        {"answers": [{"question": 1, "option": 3, "alternative": 9}]}, "answers.alternative", UnknownOption,
    ),
    "question 12": ({"answers": [{"question": 12, "option": 1}]}, "answers.question", BadInput),
    "question 0": ({"answers": [{"question": 0, "option": 1}]}, "answers[0].question", BadInput),
    "two answers to one question": ({"answers": [{"question": 1, "option": 1}] * 2}, "answers", BadInput),
    "an answer and a blank": (
        {"answers": [{"question": 1, "option": 1}], "blanks": [{"question": 1, "reason": "not_known"}]},
        "answers", BadInput,
    ),
    "nothing": ({}, "answers", BadInput),
    "a blank without its worker": (
        {"blanks": [{"question": 1, "reason": "ask_other_worker"}]}, "blanks.whom", BadInput,
    ),
    "a blank for no reason of the form": (
        {"blanks": [{"question": 1, "reason": "forgot"}]}, "blanks[0].reason", BadInput,
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", ANSWERS)
def test_an_answer_the_form_does_not_print_is_refused(name: str, shared: Hub, worked: Replayed) -> None:
    """Only what the form prints can be answered, once to a question (toolkit, assessment tool)."""
    change, field, kind = ANSWERS[name]
    found = refusal(shared, worked, "priya", "answer_questions", {"justification": "J4", **change})

    assert (field, kind) == (found.field, type(found))


AGENCIES: dict[str, tuple[str, str, dict[str, Any], str]] = {
    "share": ("priya", "decide_sharing", {**SHARE, "with": "fbi"}, "with"),
    "request": ("priya", "request_information", {"id": "Q9", "of": "fbi", "wanted": "w", "purpose": "p"}, "of"),
    "referral": ("priya", "make_referral", {**VALID["make_referral"][1], "id": "R9", "to": "fbi"}, "to"),
    "agreement": ("sam", "agree_onward", {"items": ["concern:C4"], "to": "fbi"}, "to"),
    "plan": ("priya", "record_plan", {**VALID["record_plan"][1], "for": "fbi"}, "for"),
    "consent": ("helen", "record_consent", {**CONSENT, "scope": {"to": ["csc", "fbi"], "about": "a"}}, "scope.to"),
    "justification": ("priya", "give_justification", {**REASONED, "recipients": ["csc", "fbi"]}, "recipients"),
    "review": ("pat", "open_review", {**REVIEW, "agencies": ["csc", "fbi"]}, "agencies"),
}


@pytest.mark.parametrize("name", AGENCIES)
def test_an_agency_nobody_knows_is_named(name: str, shared: Hub, worked: Replayed) -> None:
    """Every agency an act names is one of the partnership's."""
    who, act_name, data, field = AGENCIES[name]
    found = refusal(shared, worked, who, act_name, data)

    assert (UnknownAgency, field) == (type(found), found.field)


def test_an_act_nobody_knows_is_refused(shared: Hub, worked: Replayed) -> None:
    """There are the acts of the edition, and no others."""
    assert "act" == refusal(shared, worked, "priya", "delete_case", {}).field


def test_tables_within_tables_without_end_are_refused(shared: Hub, worked: Replayed) -> None:
    """Depth is refused as input, not by a crash."""
    deep: Any = "x"
    for _ in range(100_000):
        deep = {"child": deep}

    assert refusal(shared, worked, "priya", "record_details", {"justification": "J4", "child": deep})


def test_a_correction_is_as_bounded_as_an_entry(shared: Hub, worked: Replayed) -> None:
    """What a correction changes is held to the same limits."""
    data = {"concern": "C2", "justification": "J3", "reason": "r"}
    for field in ("narrative", "source", "response", "child_voice", "basis_other"):
        found = refusal(shared, worked, "sam", "correct_concern", {**data, "change": {field: LONG}})

        assert f"change.{field}" == found.field


def test_a_case_is_opened_by_the_same_rules(shared: Hub) -> None:
    """Opening reads its fields as strictly as any act."""
    data = {"justification": {**REASONED, "basis": "none"}, "child": {"name": "A"}}
    for change, field in (
        ({"surprise": 1}, "surprise"),
        ({"child": {"name": LONG}}, "child.name"),
        ({"child": {"name": "\ud800"}}, "child.name"),
        ({"child": {"favourite_colour": "red"}}, "child.favourite_colour"),
        ({"carers": [{"id": "M1"}]}, "carers[0].name"),
        ({"justification": {**REASONED, "recipients": ["fbi"]}}, "justification.recipients"),
    ):
        before = shared.ledger.recorder.max_notification_id()
        with pytest.raises(BadInput) as refused:
            open_case(shared, "ben", {**data, **change}, command_id=a_command_id())

        assert field == refused.value.field
        assert before == shared.ledger.recorder.max_notification_id()


def test_a_reference_in_use_is_refused_and_overwrites_nothing(shared: Hub, worked: Replayed) -> None:
    """What stands under a reference is never replaced by something else of that reference."""
    before = shared.ledger.recorder.max_notification_id()
    with pytest.raises(RuleBroken) as refused:
        act(shared, "ben", worked.case, "record_concern", {**CONCERN, "id": "C1"}, command_id=a_command_id())

    assert "reference_in_use" == refused.value.code
    assert before == shared.ledger.recorder.max_notification_id()
