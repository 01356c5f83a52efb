"""Unknown, hidden and foreign answer alike, with the same work; so do searching and asking, with and without a case."""

import re
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import msgspec
import pytest
from sqlalchemy import event as sql_events

from application.access import look
from application.commands.acts import act
from application.commands.asking import ask_about
from application.commands.destroying import carry_out_due, destruction_act
from application.commands.opening import open_case
from application.commands.reviewing import open_review_of
from application.hub import Hub
from application.ledger import case_stream, disclosures_stream
from application.projections.catch_up import catch_up
from application.queries.history import history_of
from application.queries.searching import search
from application.queries.timeline import case_timeline
from application.queries.who_knew import corrections, who_knew
from domain.errors import BasisDoesNotPermit, NotFound, RoleMissing, SafeguardingError, UnknownAgency
from tests.builders import a_case, a_concern, a_hub, a_justification, a_worker_of_the_lead, concern_data, do

LOOKS: dict[str, Callable[[Hub, str, UUID], Any]] = {
    "case": lambda hub, who, case: look(hub, who, case, "case"),
    "timeline": lambda hub, who, case: case_timeline(hub, who, case),
    "history": lambda hub, who, case: history_of(hub, who, case, "concern:C1"),
    "who knew": lambda hub, who, case: who_knew(hub, who, case),
    "corrections": lambda hub, who, case: corrections(hub, who, case),
    "recording": lambda hub, who, case: act(
        hub, who, case, "record_concern", concern_data("C7"), command_id="recorded-by-nobody"
    ),
    "joining": lambda hub, who, case: act(
        hub, who, case, "join_team", {"person": who, "reason": "r"}, command_id="joined-by-nobody"
    ),
    "acknowledging": lambda hub, who, case: act(
        hub, who, case, "acknowledge_referral", {"referral": "R1", "decision": "d"}, command_id="seen-by-nobody"
    ),
}


class Statements:
    """What is asked of the databases of a hub while it is watched: its events, its read models, its keys."""

    def __init__(self, hub: Hub) -> None:
        self.seen: list[str] = []
        connections = hub.ledger.recorder.connections  # type: ignore[attr-defined]
        with connections.writer() as writer:
            for connection in (connections.reader(), writer):
                connection.set_trace_callback(self._of_events)
        pool = hub.ledger.recorder.datastore.pool  # type: ignore[attr-defined]
        kept = [pool.get_connection() for _ in range(3)]
        for one in kept:
            one._sqlite_conn.set_trace_callback(self._of_events)
            pool.put_connection(one)
        rows, keys = hub.rows, hub.ledger.seal._keystore  # type: ignore[attr-defined]
        for name, reader in (("rows", rows.reader), ("keys", keys.reader)):  # type: ignore[attr-defined]
            reader.reader().set_trace_callback(partial(self._of_reader, name))
        for name, engine in (("rows", rows._engine), ("rows", rows._reading), ("keys", keys._engine)):  # type: ignore[attr-defined]
            sql_events.listen(engine, "before_cursor_execute", partial(self._of_engine, name))

    def _of_events(self, statement: str) -> None:
        self.seen.append(f"events: {statement}")

    def _of_reader(self, name: str, statement: str) -> None:
        self.seen.append(f"{name}: {statement}")

    def _of_engine(self, name: str, _connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        self.seen.append(f"{name}: {statement}")

    def kinds(self) -> list[str]:
        """The statements without their values; in which order they were made does not matter."""
        return sorted(_VALUES.sub("?", " ".join(statement.split())) for statement in self.seen)


_VALUES = re.compile(r"[Xx]?'[^']*'|\b\d+\b")


def hidden_and_foreign(hub: Hub) -> tuple[UUID, UUID]:
    """A case in which Sam has an interest, and one of other agencies."""
    hidden, foreign = a_case(hub), a_case(hub, name="Another Child")
    do(hub, "sam", hidden, "give_justification", **a_justification("J2"))
    do(hub, "sam", hidden, "declare_interest", about="A neighbour.")
    a_concern(hub, hidden)
    a_concern(hub, foreign)
    return hidden, foreign


@pytest.mark.parametrize("held", [True, False], ids=["in memory", "not in memory"])
@pytest.mark.parametrize("name", LOOKS)
def test_unknown_hidden_and_foreign_cases_answer_alike_with_the_same_work(
    name: str, held: bool, hub: Hub, tmp_path: Path
) -> None:
    """Nobody's id, a case one has an interest in, one of others, one destroyed: one answer, the same statements."""
    destroyed = a_destroyed_case(hub)
    hidden, foreign = hidden_and_foreign(hub)
    if not held:
        hub.close()
        hub = a_hub(tmp_path / "hub", hub.now())
        hub.directory()
    for case in (hidden, foreign, destroyed) if held else ():
        hub.case(case)
    refuse_once(hub)
    statements = Statements(hub)
    answers, work = [], []
    for case in (uuid4(), hidden, foreign, destroyed):
        statements.seen.clear()
        with pytest.raises(NotFound) as refused:
            LOOKS[name](hub, "sam", case)
        answers.append((type(refused.value), refused.value.message))
        work.append(statements.kinds())

    assert [answers[0]] * 4 == answers
    assert {"events", "rows"} <= {statement.partition(":")[0] for statement in work[0]}
    assert [work[0]] * 4 == work


@pytest.mark.parametrize("held", [True, False], ids=["in memory", "not in memory"])
@pytest.mark.parametrize("name", LOOKS)
def test_cases_long_enough_for_a_snapshot_answer_alike_too(name: str, held: bool, hub: Hub, tmp_path: Path) -> None:
    """What is kept of a long case beside its events makes no other work before a refusal."""
    long = hidden_and_foreign(hub)
    for case in long:
        length = hub.ledger.version_of(case)
        (newest,) = hub.ledger.read(case_stream(case), length - 1)
        hub.append(case_stream(case), length, [newest] * (150 - length))
    catch_up(hub)
    kept = {stream for stream, _, _ in hub.rows.all_snapshots()}
    hub.close()
    hub = a_hub(tmp_path / "hub", hub.now())
    hub.directory()
    for case in long if held else ():
        hub.case(case)
    refuse_once(hub)
    statements, work = Statements(hub), []
    for case in (uuid4(), *long):
        statements.seen.clear()
        with pytest.raises(NotFound):
            LOOKS[name](hub, "sam", case)
        work.append(statements.kinds())

    assert set(long) == kept
    assert [work[0]] * 3 == work


def a_destroyed_case(hub: Hub) -> UUID:
    case = a_case(hub, name="A Third Child")
    for who, name, data in (
        ("tom", "lift_legal_hold", {"reason": "r", "basis": "b"}),
        ("ruth", "propose_destruction", {"id": "D1", "asked": "police", "reason": "r", "basis": "b"}),
        ("mo", "agree_destruction", {"proposal": "D1"}),
    ):
        destruction_act(hub, who, case, name, data, command_id=f"destroying-{name}"[:64])
    hub.clock.at += hub.cooling  # type: ignore[attr-defined]
    carry_out_due(hub)
    return case


def refuse_once(hub: Hub) -> None:
    """Somebody of the same agency was refused before, so that the agency's own key is at hand."""
    with pytest.raises(NotFound):
        look(hub, "sam", uuid4(), "case")


def test_an_administrator_is_answered_as_if_there_were_no_case(hub: Hub) -> None:
    """The administrator, whatever else she is, sees no case (design §3.1)."""
    case = a_case(hub)
    messages = []
    for one in (case, uuid4()):
        with pytest.raises(NotFound) as refused:
            look(hub, "alex", one, "case")
        messages.append(refused.value.message)

    assert messages[0] == messages[1]


def test_hidden_and_missing_items_answer_alike(hub: Hub) -> None:
    """Within a case: what is not the reader's to see and what was never recorded."""
    case = a_case(hub)
    a_concern(hub, case)
    do(hub, "sam", case, "give_justification", **a_justification("J2"))
    messages = []
    for concern in ("C1", "C99"):
        with pytest.raises(NotFound) as looked:
            history_of(hub, "sam", case, f"concern:{concern}")
        data = {"concern": concern, "justification": "J2", "reason": "r"}
        with pytest.raises(NotFound) as disagreed:
            do(hub, "sam", case, "record_disagreement", **data)
        share = {"id": "S1", "justification": "J2", "outcome": "share", "with": "school",
                 "items": [{"item": f"concern:{concern}"}]}  # fmt: skip
        with pytest.raises(NotFound) as shared:
            do(hub, "sam", case, "decide_sharing", **share)
        messages.append([refused.value.message for refused in (looked, disagreed, shared)])

    assert messages[0] == messages[1]


# ---------------------------------------------------------------- searching and asking


HER = {"name": "Maya Ellison", "date_of_birth": "2010-05-14"}
NOBODY = {"name": "Nora Nobody", "date_of_birth": "2010-05-14"}
ASKED = {"id": "Q1", "of": "csc", "wanted": "w", "purpose": "p"}
REVIEW = {"id": "V1", "reviewer": "jo", "kind": "audit", "from": "2026-01-01", "until": "2026-02-01",
          "agencies": ["csc"], "questions": "q"}  # fmt: skip


@pytest.mark.parametrize("who", ["sam", "helen", "ben", "asha", "priya", "mo"])
@pytest.mark.parametrize("terms", [{"name": "Maya Ellison"}, {"date_of_birth": "2010-05-14"}, HER], ids=str)
def test_a_search_answers_alike_whether_or_not_there_is_a_case(who: str, terms: dict[str, str], hub: Hub) -> None:
    """Before there is a case and after, who is not in it is answered the same to the last letter."""
    without = msgspec.json.encode(search(hub, who, terms, "a reason"))
    case = a_case(hub, by="ben" if who != "ben" else "helen")
    events, shown = hub.case_events(case), hub.ledger.read(disclosures_stream(case))
    found = msgspec.json.encode(search(hub, who, terms, "a reason"))

    assert without == found
    assert (events, shown) == (hub.case_events(case), hub.ledger.read(disclosures_stream(case)))


def test_statutory_partners_are_told_whom_to_ask_in_the_same_words(hub: Hub) -> None:
    """The edition lets them be told; a voluntary agency is not, and the lead need not be."""
    told = {who: search(hub, who, HER, "a reason").ask for who in ("sam", "helen", "ben", "asha", "priya")}

    assert {"sam": "csc", "helen": "csc", "ben": "csc", "asha": "", "priya": ""} == told


def outcome(doing: Callable[[], Any]) -> tuple[str, str]:
    try:
        return "done", type(doing()).__name__
    except SafeguardingError as refused:
        return refused.code, refused.message


@pytest.mark.parametrize(
    "change",
    [
        {},
        {"id": "Q-taken"},
        {"id": "bad id"},
        {"of": "police"},
        {"of": "nobody"},
        {"wanted": ""},
        {"unknown": "x"},
        {"purpose": "\x00"},
    ],
    ids=str,
)
def test_asking_answers_alike_whether_or_not_there_is_a_case(change: dict[str, str], hub: Hub) -> None:
    """Every answer to a request, also a refusal of what was typed, is the same; a taken reference tells nothing."""
    case = a_case(hub)
    ask_about(hub, "helen", HER, {**ASKED, "id": "Q-taken"}, command_id="asked-by-helen")
    data = {**ASKED, **change}
    before = len(hub.case(case).case.requests)
    found = [
        outcome(lambda about=about, n=n: ask_about(hub, "sam", about, data, command_id=f"asked-by-sam-{n}"))
        for n, about in enumerate((HER, NOBODY))
    ]

    assert found[0] == found[1]
    assert before + (found[0][0] == "done") == len(hub.case(case).case.requests)


@pytest.mark.parametrize(
    "about",
    [
        {},
        {"name": ""},
        {"name": " "},
        {"name": 5},
        {"name": "\ud800"},
        {"name": "x" * 501},
        {"nickname": "M"},
        {"name": "A", "date_of_birth": ["2010"]},
    ],
    ids=lambda about: repr(about)[:30],
)
def test_a_naming_that_cannot_be_read_is_refused_by_its_field(about: dict[str, Any], hub: Hub) -> None:
    """What names a young person is checked like every other text, and nothing is cut off in silence."""
    before = hub.ledger.recorder.max_notification_id()
    code, _message = outcome(lambda: ask_about(hub, "sam", about, ASKED, command_id="asked-by-sam"))

    assert "bad_input" == code
    assert before == hub.ledger.recorder.max_notification_id()


@pytest.mark.parametrize(
    "terms",
    [{}, {"name": 5}, {"name": "\ud800"}, {"name": "\x00"}, {"name": "x" * 501}, {"x": "y"}],
    ids=lambda terms: repr(terms)[:30],
)
def test_a_search_that_cannot_be_read_is_refused(terms: dict[str, Any], hub: Hub) -> None:
    """Refused as input, not as a fault of the hub; nothing is put on record that nobody could read."""
    before = hub.ledger.recorder.max_notification_id()

    assert "bad_input" == outcome(lambda: search(hub, "sam", terms, "a reason"))[0]
    assert "bad_input" == outcome(lambda: search(hub, "sam", HER, "\ud800"))[0]
    assert "bad_input" == outcome(lambda: search(hub, "sam", HER, " "))[0]
    assert before == hub.ledger.recorder.max_notification_id()


def test_opening_answers_alike_whether_or_not_there_is_a_case(hub: Hub) -> None:
    """Who opens a case that exists comes into it, and is answered in the same way; what it entered is not lost."""
    case = a_case(hub)
    data = {"justification": a_justification("J2"), "child": {**HER, "address": "1 New Road"},
            "carers": [{"id": "M1", "name": "D", "relationship": "mother", "safe_to_inform": "yes"}]}  # fmt: skip
    joined = open_case(hub, "sam", data, command_id="opened-by-sam")
    fresh = open_case(hub, "sam", {**data, "child": NOBODY}, command_id="opened-by-sam-too")
    view = look(hub, "sam", joined, "case")
    address, carer = view.cell("child.address"), view.cell("carer:M1")

    assert case == joined
    assert case != fresh
    assert address is not None
    assert carer is not None
    assert ("1 New Road", True) == (address.content, carer.own)


def test_a_carer_another_agency_named_stays_beside_ones_own(hub: Hub) -> None:
    """Two agencies number carers alike: the lead sees both."""
    carer = {"id": "M1", "relationship": "mother", "safe_to_inform": "yes"}
    for who, justification, name in (("ben", "J1", "Dana"), ("sam", "J2", "Donna")):
        data = {"justification": a_justification(justification), "child": HER, "carers": [{**carer, "name": name}]}
        case = open_case(hub, who, data, command_id=f"opened-by-{who}")
    a_worker_of_the_lead(hub, case)
    view = look(hub, "priya", case, "case")

    assert ["Dana", "Donna"] == sorted(cell.content.name for cell in view.shown("carer:"))


def test_opening_without_a_basis_is_refused_alike(hub: Hub) -> None:
    """Without a basis nothing is recorded: neither a new case nor a coming into one that exists."""
    a_case(hub)
    for number, child in enumerate((HER, NOBODY)):
        data = {"justification": a_justification("J2", basis="none", ground=None), "child": child}
        with pytest.raises(BasisDoesNotPermit):
            open_case(hub, "sam", data, command_id=f"opened-by-sam-{number}")


@pytest.mark.parametrize("justification", [None, "", {}], ids=repr)
def test_opening_without_a_justification_is_refused_as_such(justification: Any, hub: Hub) -> None:
    """Opening a case and its first justification are one command."""
    data = {"justification": justification, "child": HER}

    assert "justification_missing" == outcome(lambda: open_case(hub, "sam", data, command_id="opened-by-sam"))[0]


def test_a_review_is_opened_alike_whether_or_not_there_is_a_case(hub: Hub) -> None:
    """The partnership manager, who sees no case, learns nothing from opening a review of a young person."""
    case = a_case(hub)
    a_worker_of_the_lead(hub, case)
    changes: list[dict[str, Any]] = [
        {}, {}, {"agencies": ["nobody"]}, {"reviewer": "priya"}, {"until": "2025-01-01"}, {"agencies": []},
    ]  # fmt: skip


    def opened(about: dict[str, str], number: int) -> tuple[str, str]:
        data, command_id = {**REVIEW, **changes[number]}, f"review-{number}-of-{about['name']}"
        return outcome(lambda: open_review_of(hub, "pat", about, data, command_id=command_id))

    found = [[opened(about, number) for number in range(len(changes))] for about in (HER, NOBODY)]

    assert found[0] == found[1]
    assert 2 == len(hub.case(case).case.reviews)


def test_roles_are_judged_before_anything_is_looked_up(hub: Hub) -> None:
    """Who may not ask is told so by the role, whether or not there is a case."""
    a_case(hub)
    for about in (HER, NOBODY):
        with pytest.raises(RoleMissing):
            ask_about(hub, "jo", about, ASKED, command_id="asked-by-jo")
        with pytest.raises(UnknownAgency):
            ask_about(hub, "sam", about, {**ASKED, "of": "nobody"}, command_id="asked-by-sam")


def test_an_interest_declared_does_not_tell_by_the_answer(hub: Hub, tmp_path: Path) -> None:
    """Who is kept out of a case may still ask, and is answered as if there were none; the lead places it."""
    case = a_case(hub)
    do(hub, "sam", case, "give_justification", **a_justification("J2"))
    do(hub, "sam", case, "declare_interest", about="A neighbour.")
    found = outcome(lambda: ask_about(hub, "sam", HER, ASKED, command_id="asked-by-sam"))

    assert ("done", "NoneType") == found
    assert ["Q1"] == list(hub.unplaced("csc").requests)
    assert {} == hub.case(case).case.requests
