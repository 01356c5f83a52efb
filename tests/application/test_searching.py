"""The search forgives slips, opens only what it must, and tells nothing that the reader's own view does not show."""

from itertools import product
from pathlib import Path
from uuid import UUID

import msgspec
import pytest

from application.access import look
from application.hub import Hub
from application.likeness import Naming, likeness
from application.queries.searching import search
from domain.errors import NotFound
from tests.application.test_answers_alike import Statements
from tests.application.test_likeness import BORN, MISSPELT, SPELLINGS
from tests.builders import a_case, a_hub, a_justification, a_share, a_worker_of_the_lead, do

REASON = "named in an enquiry"


@pytest.fixture
def four(hub: Hub) -> dict[str, UUID]:
    """The young people of the scenarios, each in a case opened by the school."""
    return {name: a_case(hub, name=name, born=born) for name, born in BORN.items()}


def found(hub: Hub, who: str, name: str = "", born: str = "") -> list[UUID]:
    return [one.case for one in search(hub, who, {"name": name, "date_of_birth": born}, REASON).found]


def test_every_misspelling_finds_its_case_and_no_other(hub: Hub, four: dict[str, UUID]) -> None:
    """With the date as it is, with day and month exchanged where that is a date, with the next year, and without."""
    missed, wrong = [], []
    for name, other in SPELLINGS:
        year, month, day = BORN[name].split("-")
        dates = ["", BORN[name], f"{int(year) + 1}-{month}-{day}"]
        dates += [f"{year}-{day}-{month}"] if int(day) <= 12 else []
        for born in dates:
            cases = found(hub, "ben", other, born)
            missed += [(other, born)] if four[name] not in cases else []
            wrong += [(other, born)] if len(cases) > 1 else []

    assert [] == missed
    assert [] == wrong


def test_a_known_as_name_finds_her_and_it_says_so(hub: Hub) -> None:
    """Names she is known by stand in the record beside her own."""
    case = a_case(hub, name="Keira Doyle", born="2011-03-02", also_known_as="Kiki, Keira Marsh")
    (hit,) = search(hub, "ben", {"name": "Kiera Marsh", "date_of_birth": "2011-02-03"}, REASON).found

    assert (case, ("sounds_alike", "known_as", "day_and_month_exchanged")) == (hit.case, hit.why)


def test_the_likest_stands_first(hub: Hub) -> None:
    """Of two young people of nearly one name the one whose name was typed."""
    near, same = a_case(hub, name="Maya Elison"), a_case(hub, born="2010-05-14")

    assert [same, near] == found(hub, "ben", "Maya Ellison", "2010-05-14")


def test_an_older_name_finds_nobody_where_a_newer_is_shown(hub: Hub, four: dict[str, UUID]) -> None:
    """The index proposes what ever was her name; the answer is what the view shows now."""
    case = four["Keira Doyle"]
    now_called = {"name": "Jonah Pike", "date_of_birth": "2010-11-20"}
    do(hub, "ben", case, "record_details", justification="J1", child=now_called)

    assert [] == found(hub, "ben", "Keira Doyle", "2011-03-02")
    assert {case, four["Jonah Pike"]} == set(found(hub, "ben", "Jona Pike", "2010-11-20"))


def worlds(hub: Hub, name: str, born: str) -> UUID:
    """A case of which the police are shown the first name, and of the date of birth nothing."""
    case = a_case(hub, name=name, born=born)
    a_worker_of_the_lead(hub, case)
    a_share(hub, case, "child.name", to="police", by="ben", justification="J1",
            items=[{"item": "child.name", "showing": "coarse"}], persons=["sam"])  # fmt: skip
    return case


def test_what_the_view_hides_changes_no_answer(hub: Hub) -> None:
    """Whoever is shown a first name cannot find out surname and date of birth by trying (design §3.7)."""
    hidden = {worlds(hub, "Maya Ellison", "2010-05-14"), worlds(hub, "Maya Pike", "2011-03-02")}
    names, days = ("Maya Ellison", "Maya Pike", "Maya"), ("2010-05-14", "2011-03-02", "2011-02-03", "2009-01-01")
    tries = list(product(names, days))
    by_name = [set(found(hub, "sam", name)) for name in names]

    assert [set()] * len(tries) == [set(found(hub, "sam", name, born)) for name, born in tries]
    assert [set()] * 2 == [set(found(hub, "sam", "", born)) for born in ("2010-05-14", "2011-03-02")]
    assert [hidden] * 3 == by_name


def test_the_answer_is_what_the_reader_would_pick_out_of_the_own_cases(hub: Hub, four: dict[str, UUID]) -> None:
    """Search is a filter over what each reader sees, whatever the index proposes."""
    for case in (four["Maya Ellison"], four["Jonah Pike"]):
        a_worker_of_the_lead(hub, case)
        given = ("child.name", "child.date_of_birth")
        a_share(hub, case, *given, to="police", by="ben", justification="J1", persons=["sam"])
    do(hub, "helen", four["Keira Doyle"], "give_justification", **a_justification("JH"))
    spellings = [("", born) for born in BORN.values()]
    for name, others in MISSPELT.items():
        spellings += product((name, others[0]), ("", BORN[name]))
    for who in ("ben", "sam", "helen", "priya", "tom", "asha"):
        seen = {case: shown_to(hub, who, case) for case in four.values()}
        for name, born in spellings:
            asked = Naming((name,) if name else (), born)
            expected = {case for case, shown in seen.items() if shown is not None and likeness(asked, shown)}

            assert expected == set(found(hub, who, name, born)), (who, name, born)


def shown_to(hub: Hub, who: str, case: UUID) -> Naming | None:
    """What this reader's own view shows of name and date of birth; None for whom there is no case."""
    try:
        view = look(hub, who, case, "case")
    except NotFound:
        return None
    name, born = view.cell("child.name"), view.cell("child.date_of_birth")
    return Naming((str(name.content),) if name else (), str(born.content) if born else "")


@pytest.mark.parametrize("born", ["", "2010-05-14", "2010-05-15"])
def test_a_search_asks_the_databases_the_same_whether_or_not_there_is_a_case(born: str, hub: Hub) -> None:
    """A record that is not the reader's makes neither another answer nor more or other work."""
    terms = {"name": "Maya Elison", "date_of_birth": born}
    search(hub, "sam", terms, REASON)
    statements = Statements(hub)
    answers, work = [], []
    for number in range(3):
        if number:
            a_case(hub, name="Maya Ellison" if number == 1 else "Mya Ellison")
        statements.seen.clear()
        answers.append(msgspec.json.encode(search(hub, "sam", terms, REASON)))
        work.append(statements.kinds())

    assert [answers[0]] * 3 == answers
    assert [work[0]] * 3 == work


def test_only_what_may_match_is_opened(hub: Hub, four: dict[str, UUID], tmp_path: Path) -> None:
    """With a date of birth the index proposes; the other cases of the reader stay shut."""
    begun = a_hub(tmp_path / "hub", hub.now())

    assert [four["Jonah Pike"]] == found(begun, "ben", "Jona Pike", "2010-11-20")
    assert {four["Jonah Pike"]} == set(begun._cases)
    assert [four["Jonah Pike"]] == found(begun, "ben", "Jona Pike")
    assert set(four.values()) == set(begun._cases)
