"""A sealed case: shut at every exit to who is not named, open to writing, and never left with nobody."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from application.access import look
from application.commands.acts import act
from application.commands.asking import ask_about
from application.commands.coming_in import open_on_duty
from application.commands.opening import open_case
from application.commands.people import keep_directory
from application.commands.rota import keep_rota
from application.hub import Hub
from application.ledger import agency_stream
from application.queries.assessment import current_assessment
from application.queries.case_for_form import case_for_form
from application.queries.caseload import caseload
from application.queries.chronology import chronology
from application.queries.destructions import destruction_of
from application.queries.history import history_of
from application.queries.inbox import inbox
from application.queries.looks import looks_at
from application.queries.receipts import decision_receipt
from application.queries.requests_sent import requests_sent
from application.queries.seal import seal_of
from application.queries.searching import search
from application.queries.timeline import case_timeline
from application.queries.who_knew import corrections, who_knew
from domain.agency import LookRefused
from domain.errors import BadInput, CaseSealed, NotFound, RoleMissing
from tests.builders import (
    a_case,
    a_command_id,
    a_concern,
    a_justification,
    a_share,
    a_worker_of_the_lead,
    do,
)

HER = {"name": "Maya Ellison", "date_of_birth": "2010-05-14"}
NOBODY = {"name": "Nora Nobody", "date_of_birth": "2010-05-14"}
SEAL = {"contact": "Emergency duty team", "telephone": "020 7946 0100", "people": ["tom", "priya"], "reason": "r"}
TOLD = "Telephone Emergency duty team: 020 7946 0100. They answer day and night."


@pytest.fixture
def case(hub: Hub) -> UUID:
    """The school's case with a concern; Priya of the lead works on it, the police were given the name."""
    case = a_case(hub)
    a_concern(hub, case)
    a_worker_of_the_lead(hub, case)
    do(hub, "sam", case, "give_justification", **a_justification("JP"))
    a_share(hub, case, "child.name", "child.date_of_birth", to="police", by="ben", justification="J1", persons=["sam"],
            review_by="2026-01-13")  # fmt: skip
    return case


def seal(hub: Hub, case: UUID, by: str = "tom", **change: Any) -> None:
    act(hub, by, case, "seal_case", {**SEAL, **change}, command_id=a_command_id())


EXITS: dict[str, Callable[[Hub, str, UUID], Any]] = {
    "case": lambda hub, who, case: look(hub, who, case, "case"),
    "looking back": lambda hub, who, case: look(hub, who, case, "case", hub.now() - timedelta(minutes=1)),
    "timeline": case_timeline,
    "history": lambda hub, who, case: history_of(hub, who, case, "concern:C1"),
    "assessment": current_assessment,
    "who knew": who_knew,
    "corrections": corrections,
    "looks": looks_at,
    "form": lambda hub, who, case: case_for_form(hub, who, case, "form: any"),
    "chronology": lambda hub, who, case: chronology(hub, who, case, lambda view, line: b"file"),
    "receipt": lambda hub, who, case: decision_receipt(hub, who, case, "S1"),
    "acting": lambda hub, who, case: act(
        hub, who, case, "declare_interest", {"about": "A neighbour."}, command_id=a_command_id()
    ),
    "joining": lambda hub, who, case: act(
        hub, who, case, "join_team", {"person": who, "reason": "r"}, command_id=a_command_id()
    ),
}


# Who would come to the case but for the seal: Ada of the lead, Ruth who manages there, Ben and Sam of its team.
@pytest.mark.parametrize("who", ["ada", "ruth", "ben", "sam"])
@pytest.mark.parametrize("name", EXITS)
def test_who_would_come_but_for_the_seal_is_told_whom_to_telephone(name: str, who: str, hub: Hub, case: UUID) -> None:
    """The contact and nothing else, at every exit."""
    seal(hub, case)
    with pytest.raises(CaseSealed) as met:
        EXITS[name](hub, who, case)

    assert TOLD == met.value.message


# Helen, Asha and Pat come to the case by no way; Alex keeps accounts, Jo reviews other cases.
@pytest.mark.parametrize("who", ["helen", "asha", "pat", "alex", "jo"])
@pytest.mark.parametrize("name", ["case", "timeline", "looks", "chronology"])
def test_for_everybody_else_a_sealed_case_is_as_unknown(name: str, who: str, hub: Hub, case: UUID) -> None:
    """The seal itself would tell that there is a case."""
    seal(hub, case)
    messages = []
    for one in (case, uuid4()):
        with pytest.raises(NotFound) as refused:
            EXITS[name](hub, who, one)
        messages.append(refused.value.message)

    assert messages[0] == messages[1]


def test_who_met_the_seal_is_on_record(hub: Hub, case: UUID) -> None:
    """As a refused look, marked as met; whoever else was refused is not."""
    seal(hub, case)
    for who, error in (("sam", CaseSealed), ("helen", NotFound)):
        with pytest.raises(error):
            look(hub, who, case, "case")
    refused = [
        (event.by.person, event.case, event.sealed)
        for agency in ("police", "health")
        for event in hub.ledger.read(agency_stream(agency)) if isinstance(event, LookRefused)
    ]  # fmt: skip

    assert [("sam", str(case), True), ("helen", str(case), False)] == refused


@pytest.mark.parametrize("who", ["ada", "ruth", "ben", "sam"])
def test_a_sealed_case_is_on_no_list_of_who_is_not_named(who: str, hub: Hub, case: UUID) -> None:
    """Caseload, cases to open, my work, search, requests sent: as if there were none."""
    do(hub, "ada", case, "join_team", person="ada", reason="r")
    do(hub, "ben", case, "request_information", id="Q1", of="csc", wanted="w", purpose="p")
    do(hub, "ben", case, "make_referral", id="R1", justification="J1", to="csc", summary="Help.", carers_informed="no")
    before = (len(caseload(hub, who).entries), len(search(hub, who, HER, "a reason").found))
    seal(hub, case)
    mine, work = caseload(hub, who), inbox(hub, who)

    assert (1, 1) == before
    assert ((), ()) == (mine.entries, mine.to_open)
    assert [] == [*work.tasks, *work.to_take_up, *work.to_decide, *work.to_seal]
    assert ((), ()) == (search(hub, who, HER, "a reason").found, requests_sent(hub, who).requests)


@pytest.mark.parametrize("who", ["tom", "priya"])
def test_those_named_see_the_case_as_before(who: str, hub: Hub, case: UUID) -> None:
    """And are told that it is sealed, and whom others are sent to."""
    before = look(hub, who, case, "case")
    seal(hub, case)
    view = look(hub, who, case, "case")

    assert view.seal is not None
    assert ("Emergency duty team", "020 7946 0100") == (view.seal.contact, view.seal.telephone)
    assert before.cells == view.cells


def test_writing_needs_no_title_and_answers_the_same(hub: Hub, case: UUID) -> None:
    """What others record and ask about her is placed in the sealed case, and answered as where there is none."""
    seal(hub, case)
    asked = {"id": "Q1", "of": "csc", "wanted": "w", "purpose": "p"}
    answers = []
    for number, about in enumerate((HER, NOBODY)):
        joined = open_case(
            hub, "helen", {"justification": a_justification(f"JH{number}"), "child": about}, command_id=a_command_id()
        )
        answers.append(ask_about(hub, "asha", about, {**asked, "id": f"Q{number}"}, command_id=a_command_id()))
        if about is HER:
            assert case == joined
    state = hub.case(case).case

    assert [None, None] == answers
    assert ("JH0" in state.justifications, list(state.requests)) == (True, ["Q0"])
    with pytest.raises(CaseSealed):
        look(hub, "helen", case, "case")


def test_lifting_opens_it_again(hub: Hub, case: UUID) -> None:
    """Everybody comes as before; a manager whom the seal does not name cannot lift it."""
    seal(hub, case)
    with pytest.raises(CaseSealed):
        act(hub, "ruth", case, "lift_seal", {"reason": "r"}, command_id=a_command_id())
    act(hub, "tom", case, "lift_seal", {"reason": "Over."}, command_id=a_command_id())

    assert "Maya Ellison" == look(hub, "sam", case, "case").name
    assert look(hub, "ruth", case, "case").seal is None


@pytest.mark.parametrize(
    ("by", "error"), [("priya", RoleMissing), ("mo", RoleMissing), ("alex", RoleMissing), ("ben", RoleMissing)]
)
def test_only_the_leads_managers_seal(by: str, error: type[Exception], hub: Hub, case: UUID) -> None:
    """An act of managers of the lead."""
    with pytest.raises(error):
        seal(hub, case, by, people=[by, "tom"])


@pytest.mark.parametrize("people", [["tom"], ["tom", "ada"], ["tom", "sam"], ["ruth", "priya"], ["tom", "nobody"]])
def test_a_seal_that_names_too_few_or_others_is_refused(people: list[str], hub: Hub, case: UUID) -> None:
    """Two of the lead who come to the case, one a manager, who seals among them."""
    with pytest.raises(BadInput) as refused:
        seal(hub, case, people=people)

    assert "people" == refused.value.field
    assert hub.case(case).case.access.seals == ()


def test_looking_back_into_the_time_of_the_seal_shows_what_was_open_then(hub: Hub, case: UUID) -> None:
    """At most what an agency was entitled to then: nothing, where none of its people was named."""
    seal(hub, case)
    hub.clock.at += timedelta(hours=1)  # type: ignore[attr-defined]
    during = hub.now()
    hub.clock.at += timedelta(hours=1)  # type: ignore[attr-defined]
    act(hub, "tom", case, "lift_seal", {"reason": "Over."}, command_id=a_command_id())
    hub.clock.at += timedelta(hours=1)  # type: ignore[attr-defined]

    assert () == look(hub, "ben", case, "case", during).cells
    assert "Maya Ellison" == look(hub, "priya", case, "case", during).name
    assert "Maya Ellison" == look(hub, "ben", case, "case").name


def test_an_agency_is_entitled_to_what_was_recorded_under_a_seal_when_it_is_lifted(hub: Hub, case: UUID) -> None:
    """Who knew what, when says who could see then."""
    hub.clock.at += timedelta(hours=1)  # type: ignore[attr-defined]
    seal(hub, case, people=["tom", "priya"])
    hub.clock.at += timedelta(hours=1)  # type: ignore[attr-defined]
    a_concern(hub, case, "C2", by="ben")
    hub.clock.at += timedelta(hours=1)  # type: ignore[attr-defined]
    during = who_knew(hub, "priya", case)
    act(hub, "tom", case, "lift_seal", {"reason": "Over."}, command_id=a_command_id())
    lifted = hub.now()
    after = who_knew(hub, "priya", case).of("concern:C2", "school")

    assert during.of("concern:C2", "school") is None
    assert during.of("concern:C2", "csc") is not None
    assert after is not None
    assert lifted == after.entitled_full


def test_when_somebody_named_goes_those_who_remain_name_others(hub: Hub, case: UUID) -> None:
    """A task, and sealing anew while the case stays shut."""
    seal(hub, case)
    keep_directory(hub, "hub", "end_role", {"person": "priya", "role": "practitioner"}, command_id=a_command_id())
    do(hub, "tom", case, "join_team", person="ada", reason="r")
    waiting = [task.kind for task in inbox(hub, "tom").tasks if task.kind.startswith("seal")]
    seal(hub, case, people=["tom", "ada"])

    assert ["seal_needs_people"] == waiting
    assert [] == [task.kind for task in inbox(hub, "tom").tasks if task.kind.startswith("seal")]
    assert "Maya Ellison" == look(hub, "ada", case, "case").name


def test_a_reset_of_the_manager_named_opens_a_seal_to_nobody(hub: Hub, case: UUID) -> None:
    """Tom is still there: whom the seal is against does not seal anew, and finds nothing to do."""
    seal(hub, case)
    keep_directory(hub, "alex", "reset_account", {"person": "tom"}, command_id=a_command_id())

    assert () == inbox(hub, "ruth").to_seal
    with pytest.raises(CaseSealed):
        seal(hub, case, "ruth", people=["ruth", "priya"])
    with pytest.raises(CaseSealed):
        look(hub, "ruth", case, "case")


def test_when_no_manager_is_left_another_seals_it_anew_without_seeing_it(hub: Hub, case: UUID) -> None:
    """A sealed case never stands with nobody, and the one who mends that sees nothing until it names her."""
    seal(hub, case)
    with pytest.raises(CaseSealed):
        seal(hub, case, "ruth", people=["ruth", "priya"])
    keep_directory(hub, "hub", "end_role", {"person": "tom", "role": "team_manager"}, command_id=a_command_id())
    waiting = [(task.kind, task.case, task.name) for task in inbox(hub, "ruth").to_seal]
    with pytest.raises(CaseSealed):
        look(hub, "ruth", case, "case")
    shown = seal_of(hub, "ruth", case)
    seal(hub, case, "ruth", people=["ruth", "priya"])

    assert [("seal_has_nobody", case, None)] == waiting
    assert (("tom", "priya"), ("priya",), "", False) == (shown.people, shown.left, shown.reason, shown.may_lift)
    assert "Maya Ellison" == look(hub, "ruth", case, "case").name
    assert () == inbox(hub, "ruth").to_seal


def test_the_page_of_the_seal_is_for_the_leads_managers_who_come_to_the_case(hub: Hub, case: UUID) -> None:
    """It lists who may be named; for others it is as the case itself."""
    before = seal_of(hub, "tom", case)
    seal(hub, case)
    after = seal_of(hub, "tom", case)

    assert (False, True) == (before.sealed, after.sealed)
    assert ["ben", "mo", "priya", "ruth", "sam", "tom"] == sorted(one.person for one in before.nameable)
    assert ("r", True, ("tom", "priya")) == (after.reason, after.may_lift, after.left)
    for who, error in (("priya", RoleMissing), ("mo", RoleMissing), ("ruth", CaseSealed)):
        with pytest.raises(error):
            seal_of(hub, who, case)
    with pytest.raises(NotFound):
        seal_of(hub, "tom", uuid4())


def test_neither_duty_nor_destruction_goes_round_a_seal(hub: Hub, case: UUID) -> None:
    """Deny beats every grant."""
    seal(hub, case)
    shift = {"id": "D1", "person": "ada", "from": "2026-01-12T08:00:00Z", "until": "2026-01-12T20:00:00Z"}
    keep_rota(hub, "tom", "assign_duty", shift, command_id=a_command_id())
    with pytest.raises(CaseSealed):
        open_on_duty(hub, "ada", case, "Her carer rang: she has not come home.", command_id=a_command_id())
    with pytest.raises(NotFound):
        destruction_of(hub, "ruth", case)

    assert () == hub.case(case).case.access.ways_in
