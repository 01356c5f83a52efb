"""Coming to a case on duty or in an emergency: what opens, to whom, for how long; who is told, who looks afterwards."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from application.access import look
from application.commands.acts import act
from application.commands.asking import ask_about
from application.commands.coming_in import (
    NOTHING_OPENED,
    EmergencyAnswer,
    open_in_emergency,
    open_on_duty,
    open_on_duty_by_name,
)
from application.commands.opening import open_case
from application.commands.people import keep_directory
from application.commands.rota import keep_rota
from application.hub import Hub
from application.ledger import agency_stream, disclosures_stream
from application.queries.case_for_form import case_for_form
from application.queries.caseload import caseload
from application.queries.chronology import chronology
from application.queries.inbox import inbox
from application.queries.looks import looks_at
from application.queries.rota import rota
from application.queries.searching import search
from application.queries.timeline import case_timeline
from application.queries.who_knew import who_knew
from domain.agency import LookRefused
from domain.disclosures import CaseShown
from domain.errors import (
    AlreadyUsed,
    BadInput,
    EmergencyNotReviewed,
    NotFound,
    NotOnDuty,
    NotPermitted,
    RoleMissing,
    SamePerson,
)
from tests.application.test_answers_alike import Statements
from tests.builders import a_case, a_command_id, a_concern, a_justification, a_worker_of_the_lead, do

HER = {"name": "Maya Ellison", "date_of_birth": "2010-05-14"}
NOBODY = {"name": "Nora Nobody", "date_of_birth": "2010-05-14"}
WHY = "Her carer rang: she has not come home."
HOUR = timedelta(hours=1)


@pytest.fixture
def case(hub: Hub) -> UUID:
    """The school's case with where she lives and a concern; Priya of the lead works on it."""
    case = a_case(hub, address="4 Larch Rise", postcode="UB8 1AA", telephone="07700 900123", school="Oakfield",
                  nhs_number="943 476 5919", gender="female")  # fmt: skip
    a_concern(hub, case)
    do(hub, "ben", case, "record_details", justification="J1", safe_contact="Text, never ring.",
       carers=[{"id": "M1", "name": "Dana", "relationship": "mother", "safe_to_inform": "no", "why": "r"}])  # fmt: skip
    do(hub, "ben", case, "record_plan", id="N1", justification="J1", **{"for": "csc", "text": "Ring 999."})
    a_worker_of_the_lead(hub, case)
    return case


def later(hub: Hub, by: timedelta) -> None:
    hub.clock.at += by  # type: ignore[attr-defined]


def on_shift(hub: Hub, person: str = "ada", hours: int = 9, by: str = "tom", name: str = "D1") -> None:
    until = (hub.now() + hours * HOUR).isoformat()
    data = {"id": name, "person": person, "from": hub.now().isoformat(), "until": until}
    keep_rota(hub, by, "assign_duty", data, command_id=a_command_id())


def emergency(hub: Hub, who: str = "sam", about: dict[str, Any] | None = None, reason: str = WHY) -> EmergencyAnswer:
    return open_in_emergency(hub, who, about or HER, reason, command_id=a_command_id())


def reviewed(hub: Hub, case: UUID, by: str = "tom", outcome: str = "appropriate") -> None:
    (way,) = [way for way in hub.case(case).case.access.ways_in if way.reviewed is None]
    data = {"access": way.made.access, "outcome": outcome, "note": "She was missing."}
    act(hub, by, case, "review_access", data, command_id=a_command_id())


# ---------------------------------------------------------------- on duty


def test_who_is_on_duty_opens_any_case_for_the_shift(hub: Hub, case: UUID) -> None:
    """Reason first; as the lead sees it; until the shift ends; on the list while it lasts."""
    on_shift(hub)
    with pytest.raises(NotFound):
        look(hub, "ada", case, "case")
    open_on_duty(hub, "ada", case, WHY, command_id=a_command_id())
    view = look(hub, "ada", case, "case")
    listed = [(entry.case, entry.way, entry.until) for entry in caseload(hub, "ada").entries]
    later(hub, 9 * HOUR)

    assert look(hub, "priya", case, "case").cells == view.cells
    assert ("duty", hub.now()) == (view.reader.way, view.reader.until)
    assert [(case, "duty", hub.now())] == listed
    assert () == caseload(hub, "ada").entries
    with pytest.raises(NotFound):
        look(hub, "ada", case, "case")


def test_it_is_opened_by_name_as_well(hub: Hub, case: UUID) -> None:
    """By name and date of birth exactly; the naming is on record like a search."""
    on_shift(hub)
    found = [open_on_duty_by_name(hub, "ada", about, WHY, command_id=a_command_id()) for about in (HER, NOBODY)]

    assert [case, None] == found
    assert "Maya Ellison" == look(hub, "ada", case, "case").name


def test_a_repeated_opening_has_one_effect(hub: Hub, case: UUID) -> None:
    """Sent twice under one number; something else under it is refused."""
    on_shift(hub)
    for _ in range(2):
        open_on_duty(hub, "ada", case, WHY, command_id="opened-by-ada")
    with pytest.raises(AlreadyUsed):
        open_on_duty(hub, "ada", case, f"{WHY} Again.", command_id="opened-by-ada")

    assert 1 == len(hub.case(case).case.access.ways_in)


def test_who_works_on_the_case_already_opens_nothing(hub: Hub, case: UUID) -> None:
    """There is nothing to look at afterwards."""
    on_shift(hub, "priya")
    open_on_duty(hub, "priya", case, WHY, command_id=a_command_id())

    assert () == hub.case(case).case.access.ways_in


@pytest.mark.parametrize(
    ("who", "reason", "error"),
    [
        ("ada", "Too short.", BadInput),
        ("ada", " " * 40, BadInput),
        ("priya", WHY, NotOnDuty),
        ("sam", WHY, RoleMissing),
        ("mo", WHY, RoleMissing),
        ("alex", WHY, RoleMissing),
    ],
)
def test_who_may_not_open_on_duty(who: str, reason: str, error: type[Exception], hub: Hub, case: UUID) -> None:
    """Without a reason of twenty characters, off duty, elsewhere than in the lead; the same for every id."""
    on_shift(hub)
    messages = []
    for one in (case, uuid4()):
        with pytest.raises(error) as refused:
            open_on_duty(hub, who, one, reason, command_id=a_command_id())
        messages.append(str(refused.value))

    assert messages[0] == messages[1]
    assert () == hub.case(case).case.access.ways_in


def test_an_interest_shuts_out_who_is_on_duty(hub: Hub, case: UUID) -> None:
    """Deny beats every grant."""
    do(hub, "ada", case, "join_team", person="ada", reason="r")
    do(hub, "ada", case, "declare_interest", about="A neighbour.")
    on_shift(hub)
    with pytest.raises(NotFound):
        open_on_duty(hub, "ada", case, WHY, command_id=a_command_id())

    assert () == hub.case(case).case.access.ways_in


# ---------------------------------------------------------------- in an emergency


# Retyped from the decision (ADR 11): who she is, how to reach her safely, who must not be told, the level, concerns in
# one line, and where she is; nothing else, no telephone, no plan, no answers, no threads.
SHOWN = {
    "child.name": ("full", "Maya Ellison"),
    "child.date_of_birth": ("full", "2010-05-14"),
    "child.address": ("full", "4 Larch Rise"),
    "child.postcode": ("full", "UB8 1AA"),
    "child.school": ("full", "Oakfield"),
    "safe_contact": ("full", "Text, never ring."),
}


def test_an_emergency_shows_what_protects_her_of_what_the_lead_holds(hub: Hub, case: UUID) -> None:
    """One page, marked with its rule; nothing of threads."""
    answer = emergency(hub)
    view = look(hub, "sam", case, "case")
    plain = {cell.item: (str(cell.showing), cell.content) for cell in view.cells if cell.item in SHOWN}
    concern, carer = view.cell("concern:C1"), view.cell("carer:M1")
    later(hub, HOUR)

    assert EmergencyAnswer(case=case, until=hub.now()) == answer
    assert SHOWN == plain
    assert {*SHOWN, "concern:C1", "carer:M1"} == {cell.item for cell in view.cells}
    assert concern is not None
    assert carer is not None
    assert ("coarse", "Headline of C1", "no") == (
        concern.showing, concern.content.headline, carer.content.safe_to_inform
    )  # fmt: skip
    assert {"emergency access"} == {cell.rule for cell in view.cells}
    assert [()] * 9 == [
        view.requests, view.decisions, view.referrals, view.justifications, view.consents, view.agreements,
        view.disagreements, view.ways_in, view.team,
    ]  # fmt: skip
    with pytest.raises(NotFound):
        look(hub, "sam", case, "case")


def test_an_emergency_opens_one_page_and_no_other_way_out(hub: Hub, case: UUID) -> None:
    """No timeline, no looking back, no file, no act."""
    emergency(hub)
    ways_out = [
        lambda: case_timeline(hub, "sam", case),
        lambda: look(hub, "sam", case, "case", hub.now() - HOUR),
        lambda: who_knew(hub, "sam", case),
        lambda: chronology(hub, "sam", case, lambda view, line: b"file"),
        lambda: act(hub, "sam", case, "give_justification", a_justification("JX"), command_id=a_command_id()),
    ]
    for way_out in ways_out:
        with pytest.raises(NotFound):
            way_out()

    assert [("emergency", hub.now() + HOUR)] == [(one.way, one.until) for one in caseload(hub, "sam").entries]
    assert ([], 1) == (list(inbox(hub, "sam").tasks), len(search(hub, "sam", HER, "a reason").found))


def test_what_the_lead_does_not_hold_an_emergency_does_not_show(hub: Hub) -> None:
    """Of what the lead holds by its title, never more."""
    case = a_case(hub)
    a_concern(hub, case)
    do(hub, "ben", case, "give_justification", **a_justification("J2", recipients=["police"]))
    a_concern(hub, case, "C2", justification="J2")
    do(hub, "ben", case, "record_details", justification="J2", child={"address": "4 Larch Rise"})
    do(hub, "ben", case, "retract_concern", concern="C1", reason="Not so.")
    emergency(hub)

    assert ["child.name", "child.date_of_birth"] == [cell.item for cell in look(hub, "sam", case, "case").cells]


def unopened(hub: Hub, kind: str) -> dict[str, str]:
    """A naming under which nothing opens to Sam."""
    case = a_case(hub, name="Another Child", born="2011-01-01")
    match kind:
        case "sealed":
            do(hub, "priya", case, "join_team", person="priya", reason="r")
            seal = {"contact": "Duty team", "telephone": "020 7946 0100", "people": ["tom", "priya"], "reason": "r"}
            act(hub, "tom", case, "seal_case", seal, command_id=a_command_id())
        case "interest":
            do(hub, "sam", case, "give_justification", **a_justification("J2"))
            do(hub, "sam", case, "declare_interest", about="A neighbour.")
        case "nobody":
            return NOBODY
    return {"name": "Another Child", "date_of_birth": "2011-01-01"}


@pytest.mark.parametrize("kind", ["sealed", "interest"])
def test_asking_answers_alike_where_there_is_nothing_and_where_it_is_shut(kind: str, hub: Hub, case: UUID) -> None:
    """The same sentence with the telephone route, the same work, on record either way."""
    shut = unopened(hub, kind)
    emergency(hub, about={"name": "Warmed Up", "date_of_birth": "2000-01-01"})
    answers, work = [], []
    statements = Statements(hub)
    for about in (NOBODY, shut):
        statements.seen.clear()
        answers.append(emergency(hub, about=about))
        work.append(statements.kinds())
    refused = [e.what for e in hub.ledger.read(agency_stream("police")) if isinstance(e, LookRefused)]

    assert [EmergencyAnswer(answer=NOTHING_OPENED)] * 2 == answers
    assert work[0] == work[1]
    assert ["emergency access"] * 3 == refused


def test_two_cases_of_one_naming_open_neither(hub: Hub, case: UUID) -> None:
    """Exactly one match, or the telephone."""
    other = a_case(hub, by="helen", name="Maya Ellisan")
    do(hub, "helen", other, "record_details", justification="J1", child={"name": "Maya Ellison"})

    assert EmergencyAnswer(answer=NOTHING_OPENED) == emergency(hub)


@pytest.mark.parametrize(
    ("who", "about", "reason", "error"),
    [
        ("sam", HER, "Too short.", BadInput),
        ("sam", {"name": "Maya Ellison"}, WHY, BadInput),
        ("sam", {**HER, "date_of_birth": " "}, WHY, BadInput),
        ("sam", {**HER, "name": " "}, WHY, BadInput),
        ("sam", {**HER, "school": "Oakfield"}, WHY, BadInput),
        ("asha", HER, WHY, NotPermitted),
        ("ada", HER, WHY, NotPermitted),
        ("pat", HER, WHY, RoleMissing),
        ("jo", HER, WHY, RoleMissing),
        ("alex", HER, WHY, RoleMissing),
    ],
)
def test_who_may_not_ask_and_how(
    who: str, about: dict[str, Any], reason: str, error: type[Exception], hub: Hub, case: UUID
) -> None:
    """Statutory agencies other than the lead, people who work on cases, a reason, an exact naming."""
    before = hub.ledger.recorder.max_notification_id()
    with pytest.raises(error):
        open_in_emergency(hub, who, about, reason, command_id=a_command_id())

    assert before == hub.ledger.recorder.max_notification_id()


@pytest.mark.parametrize("who", ["sam", "mo", "helen", "ben"])
def test_every_statutory_partner_may(who: str, hub: Hub, case: UUID) -> None:
    """Police, health, education, practitioners and managers; who works on the case already too."""
    answer = emergency(hub, who)

    assert (case, hub.now() + HOUR) == (answer.case, answer.until)
    assert 1 == len(hub.case(case).case.access.ways_in)
    assert "Maya Ellison" == look(hub, who, case, "case").name


def test_who_works_on_the_case_sees_whichever_shows_more_on_that_page(hub: Hub, case: UUID) -> None:
    """Own title or the emergency's, item by item, on record as what it was; the lead is told; then it is as before."""
    reasoned = {"justification": a_justification("JS"), "child": {**HER, "gender": "female", "address": "9 Own Road"}}
    open_case(hub, "sam", reasoned, command_id="opened-by-sam")
    do(hub, "ben", case, "record_details", justification="J1", child={"address": "7 New Lane"})
    before = look(hub, "sam", case, "case")
    assert EmergencyAnswer(case=case, until=hub.now() + HOUR) == emergency(hub)
    assert hub.now() + HOUR == emergency(hub).until
    view = look(hub, "sam", case, "case")
    *_, shown = hub.ledger.read(disclosures_stream(case))
    form = case_for_form(hub, "sam", case, "form: Record details", ("",))
    told = [task.text for task in inbox(hub, "tom").tasks if task.kind == "review_access"]
    own = {item: cell.content for item in ("child.name", "child.gender") if (cell := view.cell(item))}
    address = view.cell("child.address")

    assert ("team", hub.now() + HOUR) == (view.reader.way, view.reader.emergency_until)
    assert {"child.name": "Maya Ellison", "child.gender": "female"} == own
    assert ("7 New Lane", "emergency access", 2, "updated") == (
        address and (address.content, address.rule, address.version, address.change)
    )  # fmt: skip
    assert {"child.address", "child.postcode", "child.school", "safe_contact", "carer:M1", "concern:C1"} == {
        cell.item for cell in view.cells if cell.rule == "emergency access"
    }
    assert isinstance(shown, CaseShown)
    assert [(cell.item, cell.rule) for cell in view.cells] == [(one.item, one.rule) for one in shown.items]
    assert (before.cells, before.digest) == (form.cells, view.digest)
    assert 1 == len(told)
    later(hub, HOUR)
    assert before.cells == look(hub, "sam", case, "case").cells
    with pytest.raises(EmergencyNotReviewed):
        emergency(hub)


def test_asking_by_name_afterwards_gives_what_ones_own_agency_has_and_nothing_of_the_emergency(
    hub: Hub, case: UUID
) -> None:
    """Who asks is in the agency's team (design §3.1), seen and named there: by its own record, and nobody else's."""
    dan = {"id": "dan", "name": "Dan Price", "agency": "police", "roles": ["practitioner"]}
    keep_directory(hub, "hub", "register_person", dan, command_id="registered-dan")
    reasoned = {"justification": a_justification("JM"), "child": {**HER, "gender": "female"}}
    open_case(hub, "dan", reasoned, command_id="opened-by-dan")
    emergency(hub)
    shown = {cell.item for cell in look(hub, "sam", case, "case").cells}
    later(hub, HOUR)
    with pytest.raises(NotFound):
        look(hub, "sam", case, "case")
    asked = {"id": "Q1", "of": "school", "wanted": "Where she goes.", "purpose": "find her"}
    ask_about(hub, "sam", HER, asked, command_id="asked-by-sam")
    view = look(hub, "sam", case, "case")

    assert {"child.address", "concern:C1"} <= shown
    assert look(hub, "dan", case, "case").cells == view.cells != ()
    assert {"own record"} == {cell.rule for cell in view.cells}
    assert ("dan", "sam") == look(hub, "mo", case, "case").team
    assert [case] == [entry.case for entry in caseload(hub, "sam").entries]


def test_an_emergency_nobody_has_looked_at_blocks_the_next(hub: Hub, case: UUID) -> None:
    """Of the same person, whomever it is about; another's is not blocked; after the look it goes on."""
    a_case(hub, name="Another Child", born="2011-01-01")
    other = {"name": "Another Child", "date_of_birth": "2011-01-01"}
    emergency(hub)
    for about in (other, NOBODY):
        with pytest.raises(EmergencyNotReviewed):
            emergency(hub, about=about)
    emergency(hub, "mo", about=other)
    later(hub, 2 * HOUR)
    with pytest.raises(EmergencyNotReviewed):
        emergency(hub)
    reviewed(hub, case)

    assert case == emergency(hub).case


def test_asking_again_while_it_is_open_opens_nothing_more(hub: Hub, case: UUID) -> None:
    """Nor does the same form sent twice."""
    first = open_in_emergency(hub, "sam", HER, WHY, command_id="asked-by-sam")
    again = [
        open_in_emergency(hub, "sam", HER, WHY, command_id="asked-by-sam"),
        open_in_emergency(hub, "sam", HER, WHY, command_id="asked-by-sam-too"),
    ]
    with pytest.raises(AlreadyUsed):
        open_in_emergency(hub, "sam", NOBODY, f"{WHY} Again.", command_id="asked-by-sam")

    assert [first, first] == again
    assert 1 == len(hub.case(case).case.access.ways_in)


def test_the_agency_was_entitled_from_then_to_what_it_was_shown(hub: Hub, case: UUID) -> None:
    """Who knew what, when includes it, coarse where it was coarse."""
    later(hub, HOUR)
    at = hub.now()
    emergency(hub)
    look(hub, "sam", case, "case")
    knew = who_knew(hub, "priya", case)
    name, concern, telephone = (knew.of(item, "police") for item in ("child.name", "concern:C1", "child.telephone"))

    assert name is not None
    assert concern is not None
    assert telephone is None
    assert (at, at, ("Sam",)) == (name.entitled_full, name.opened_full, name.opened_by)
    assert (at, None, at) == (concern.entitled_coarse, concern.entitled_full, concern.opened_coarse)


# ---------------------------------------------------------------- told at once, looked at afterwards


def open_both(hub: Hub) -> None:
    """Ada on duty on a Monday morning, Sam in an emergency."""
    on_shift(hub)
    open_on_duty_by_name(hub, "ada", HER, WHY, command_id=a_command_id())
    emergency(hub)


# Who is told what: the lead's workers in the team that it was opened, its managers to look at it, nobody of their own.
@pytest.mark.parametrize(
    ("who", "told"),
    [
        ("priya", [("access_opened", "Ada"), ("access_opened", "Sam")]),
        ("tom", [("review_access", "Ada"), ("review_access", "Sam")]),
        ("ruth", [("review_access", "Ada"), ("review_access", "Sam")]),
        ("ada", [("access_opened", "Sam")]),
        ("sam", []),
        ("ben", []),
        ("mo", []),
    ],
)
def test_the_lead_is_told_at_once(who: str, told: list[tuple[str, str]], hub: Hub, case: UUID) -> None:
    """By a task with who, how and why, to be looked at by the next working day."""
    open_both(hub)
    tasks = [task for task in inbox(hub, who).tasks if task.kind in ("access_opened", "review_access")]

    assert told == [(task.kind, task.text.partition(",")[0]) for task in tasks]
    assert all(task.text.endswith(WHY) and str(task.due) == "2026-01-13" for task in tasks)


def test_when_it_was_looked_at_the_task_is_done(hub: Hub, case: UUID) -> None:
    """And the case says what was found, to the lead."""
    emergency(hub)
    reviewed(hub, case, "ruth", "to_be_followed_up")
    (way,) = look(hub, "priya", case, "case").ways_in

    assert ("to_be_followed_up", "She was missing.", "Ruth", "Sam", WHY) == (
        way.outcome, way.note, way.reviewed_by, way.by_person, way.reason
    )  # fmt: skip
    assert [] == [task for task in inbox(hub, "tom").tasks if task.kind == "review_access"]
    assert () == look(hub, "ben", case, "case").ways_in


def test_nobody_looks_at_their_own(hub: Hub, case: UUID) -> None:
    """Another manager of the lead does; nobody else may."""
    emergency(hub)
    keep = [way.made.access for way in hub.case(case).case.access.ways_in]
    data = {"access": keep[0], "outcome": "appropriate", "note": "n"}
    for who in ("priya", "mo", "sam", "alex"):
        with pytest.raises(RoleMissing):
            act(hub, who, case, "review_access", data, command_id=a_command_id())

    assert [None] == [way.reviewed for way in hub.case(case).case.access.ways_in]


def test_a_manager_on_duty_is_looked_at_by_another(hub: Hub) -> None:
    """What she opened before she managed anybody, she does not look at herself."""
    case = a_case(hub)
    on_shift(hub)
    open_on_duty(hub, "ada", case, WHY, command_id=a_command_id())
    keep_directory(hub, "hub", "give_role", {"person": "ada", "role": "team_manager"}, command_id=a_command_id())
    with pytest.raises(SamePerson):
        reviewed(hub, case, "ada")


# ---------------------------------------------------------------- who has looked


def test_the_lead_sees_who_has_looked(hub: Hub, case: UUID) -> None:
    """Shown, refused, found by searching, handed out; with who, for which agency, in which role, how much and why."""
    with pytest.raises(NotFound):
        look(hub, "helen", case, "case")
    emergency(hub)
    look(hub, "sam", case, "case")
    search(hub, "priya", HER, "a reason")
    chronology(hub, "priya", case, lambda view, line: b"file")
    view = looks_at(hub, "priya", case)
    found = {(one.name, one.agency_name, one.role, one.kind, one.what, one.reason) for one in view.looks}
    later(hub, HOUR)
    again = looks_at(hub, "tom", case).looks

    assert {
        ("Helen", "Health", "practitioner", "refused", "case", ""),
        ("Sam", "Police", "practitioner", "shown", "case", WHY),
        ("Priya", "Csc", "practitioner", "found", "search", ""),
        ("Priya", "Csc", "practitioner", "exported", "chronology", ""),
        ("Priya", "Csc", "practitioner", "shown", "looks", ""),
    } == found
    assert [8] == [one.items for one in view.looks if one.name == "Sam"]
    assert ("Tom", "looks") == (again[0].name, again[0].what)
    assert sorted((one.at for one in again), reverse=True) == [one.at for one in again]


def test_what_the_lead_does_not_see_is_not_counted_and_others_forms_are_not_named(hub: Hub, case: UUID) -> None:
    """The school keeps a concern to itself and the police, and thinks of sharing it: neither is told (design §3.9)."""
    before = look(hub, "ben", case, "case")
    do(hub, "ben", case, "give_justification", **a_justification("J9", recipients=["police"]))
    a_concern(hub, case, "C9", justification="J9")
    after = look(hub, "ben", case, "case")
    case_for_form(hub, "ben", case, "form: Decide what to share with Health")
    case_for_form(hub, "priya", case, "form: Decide what to share with Health")
    told = {one.what for one in looks_at(hub, "priya", case).looks}
    counted = [one.items for one in looks_at(hub, "priya", case, "ben").looks if one.what == "case"]

    assert 1 == len(after.cells) - len(before.cells)
    assert [len(before.cells)] * 2 == counted
    assert {"case", "looks", "a form", "form: Decide what to share with Health"} == told
    assert ["a form"] == [one.what for one in looks_at(hub, "priya", case, "ben").looks if "form" in one.what]


def test_it_is_narrowed_to_one_person(hub: Hub, case: UUID) -> None:
    """Whoever ever looked can be chosen."""
    look(hub, "ben", case, "case")
    look(hub, "tom", case, "case")
    view = looks_at(hub, "priya", case, "ben")

    assert ["ben"] == [one.person for one in view.looks]
    assert [("ben", "Ben", "School"), ("priya", "Priya", "Csc"), ("tom", "Tom", "Csc")] == sorted(view.people)


@pytest.mark.parametrize(("who", "error"), [("ben", RoleMissing), ("helen", NotFound), ("alex", NotFound)])
def test_who_has_looked_is_for_the_lead(who: str, error: type[Exception], hub: Hub, case: UUID) -> None:
    """Who looked tells who is worried about whom."""
    with pytest.raises(error):
        looks_at(hub, who, case)


# ---------------------------------------------------------------- the rota


def test_the_rota_shows_the_agencys_own_shifts(hub: Hub) -> None:
    """Those that are not over; managers keep it, others read it."""
    on_shift(hub, "ada", 2)
    on_shift(hub, "sam", 3, by="mo", name="D2")
    lead, police, ended = rota(hub, "tom"), rota(hub, "sam"), rota(hub, "ada")
    later(hub, 2 * HOUR)

    assert [("Ada", True)] == [(one.name, one.now) for one in lead.shifts]
    assert [("Sam", True)] == [(one.name, one.now) for one in police.shifts]
    assert ((True, True), (False, False), (False, True)) == tuple(
        (one.keeps, one.opens) for one in (lead, police, ended)
    )
    assert [("mo", "Mo", ""), ("sam", "Sam", "")] == sorted(police.people)
    assert (hub.now(), None) == (ended.on_duty_until, rota(hub, "ada").on_duty_until)
    assert () == rota(hub, "tom").shifts
    with pytest.raises(NotPermitted):
        rota(hub, "alex")


def test_a_shift_sent_twice_is_one(hub: Hub) -> None:
    """One effect; ended once as well."""
    until = (hub.now() + HOUR).isoformat()
    data = {"id": "D1", "person": "ada", "from": hub.now().isoformat(), "until": until}
    for _ in range(2):
        keep_rota(hub, "tom", "assign_duty", data, command_id="assigned-by-tom")
    with pytest.raises(AlreadyUsed):
        keep_rota(hub, "tom", "assign_duty", {**data, "person": "priya"}, command_id="assigned-by-tom")
    for _ in range(2):
        keep_rota(hub, "tom", "end_duty", {"duty": "D1"}, command_id="ended-by-tom")

    assert () == rota(hub, "tom").shifts


@pytest.mark.parametrize(
    ("by", "act_name", "error"),
    [("ada", "assign_duty", RoleMissing), ("mo", "assign_duty", BadInput), ("tom", "erase_duty", BadInput)],
)
def test_managers_keep_their_own_rota(by: str, act_name: str, error: type[Exception], hub: Hub) -> None:
    """Nobody else's people, and nothing else than shifts."""
    data = {"id": "D1", "person": "ada", "from": hub.now().isoformat(), "until": (hub.now() + HOUR).isoformat()}
    with pytest.raises(error):
        keep_rota(hub, by, act_name, data, command_id=a_command_id())
