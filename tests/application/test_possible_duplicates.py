"""Two cases that may be one young person: the lead is shown them, decides, can undo it; nobody else sees any of it."""

from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

import msgspec
import pytest

from application.access import look
from application.commands.linking import link_act
from application.commands.opening import open_case
from application.hub import Hub
from application.ledger import agency_stream, disclosures_stream
from application.projections.catch_up import catch_up, rebuild
from application.queries.duplicates import possible_duplicates, two_cases
from application.queries.history import history_of
from application.queries.inbox import inbox
from application.queries.my_work import my_work
from application.queries.preview import preview_share
from application.queries.seal import seal_of
from application.queries.searching import search
from application.queries.timeline import case_timeline
from application.queries.who_knew import who_knew
from domain.agency import ListShown, LookRefused
from domain.disclosures import CaseShown
from domain.errors import AlreadyDone, AlreadyUsed, BadInput, NotFound, RoleMissing
from tests.application.test_answers_alike import Statements
from tests.builders import a_case, a_command_id, a_concern, a_justification, a_share, a_worker_of_the_lead, do

Pairs = list[tuple[set[UUID], str, tuple[str, ...]]]


def listed(hub: Hub, who: str = "ruth") -> Pairs:
    view = possible_duplicates(hub, who)
    return [({one.first.case, one.second.case}, one.standing, one.why) for one in (*view.open, *view.decided)]


def decide(hub: Hub, case: UUID, other: UUID, name: str = "link_cases", who: str = "ruth", reason: str = "r") -> str:
    command_id = a_command_id()
    link_act(hub, who, case, name, {"other": str(other), "reason": reason}, command_id=command_id)
    return command_id


def test_the_lead_is_shown_pairs_that_are_alike_the_likest_first(hub: Hub) -> None:
    """By name and date of birth, with why; what is not alike is not listed."""
    maya, mya = a_case(hub), a_case(hub, name="Mya Elison", by="helen")
    keira, marsh = (
        a_case(hub, name="Keira Doyle", born="2011-03-02", also_known_as="Keira Marsh"),
        a_case(hub, name="Keira Marsh", born="2011-02-03", by="helen"),
    )
    a_case(hub, name="Jonah Pike", born="2010-11-20")

    assert [
        ({keira, marsh}, "", ("name_same", "known_as", "day_and_month_exchanged")),
        ({maya, mya}, "", ("sounds_alike", "born_same")),
    ] == listed(hub)


def test_cases_without_a_date_of_birth_are_alike_by_the_same_name_only(hub: Hub) -> None:
    """A name that is only spelt alike says too little without a date."""
    first, second = a_case(hub), without_date(hub, "helen", name="Ellison Maya")
    without_date(hub, "sam", name="Mya Elison")

    assert [({first, second}, "", ("names_exchanged", "no_date"))] == listed(hub)


def without_date(hub: Hub, who: str, **child: str) -> UUID:
    data = {"justification": a_justification(), "child": child}
    return open_case(hub, who, data, command_id=a_command_id())


@pytest.mark.parametrize("who", ["priya", "sam", "mo", "helen", "ben", "asha", "pat", "jo", "alex"])
def test_nobody_but_the_leads_managers_is_shown_the_list_or_decides(who: str, hub: Hub) -> None:
    """Whoever else asks is refused by role, whatever cases there are."""
    case, other = a_case(hub), a_case(hub, name="Mya Elison", by="helen")
    for asked in (case, uuid4()):
        with pytest.raises(RoleMissing):
            two_cases(hub, who, asked, other)
        with pytest.raises(RoleMissing):
            decide(hub, asked, other, who=who)
    with pytest.raises(RoleMissing):
        possible_duplicates(hub, who)


def test_a_decision_stands_in_both_cases_and_the_last_one_counts(hub: Hub) -> None:
    """Linked, then different, then undone: in both, for whoever of the lead sees them."""
    case, other = a_case(hub), a_case(hub, name="Mya Elison", by="helen")
    a_worker_of_the_lead(hub, case)
    seen = []
    for name, from_case, to in (
        ("link_cases", case, other), ("mark_different", other, case), ("undo_link", case, other),
    ):  # fmt: skip
        decide(hub, from_case, to, name)
        seen.append([
            [(one.other, one.decided, one.reason) for one in look(hub, who, at, "case").links if one.stands]
            for who, at in (("priya", case), ("ruth", other))
        ])  # fmt: skip

    assert [
        [[(other, "linked", "")], [(case, "linked", "")]],
        [[(other, "different", "")], [(case, "different", "")]],
        [[], []],
    ] == seen
    assert [({case, other}, "", ("sounds_alike", "born_same"))] == listed(hub)


def test_the_reasons_are_told_where_both_cases_are_seen(hub: Hub) -> None:
    """A reason speaks of the other case too."""
    case, other = a_case(hub), a_case(hub, name="Mya Elison", by="helen")
    decide(hub, case, other, reason="Same mother, same school.")
    pair = two_cases(hub, "tom", other, case)

    assert ["Same mother, same school."] == [one.reason for one in pair.decided]
    assert ("linked", ("sounds_alike", "born_same")) == (pair.standing, pair.why)
    assert [other, case] == [pair.first.case, pair.second.case]


def test_marked_different_is_listed_as_decided_and_asked_about_no_more(hub: Hub) -> None:
    """Nobody decides twice about what only looks alike."""
    case, other = a_case(hub), a_case(hub, born="2010-05-15", by="helen")
    decide(hub, case, other, "mark_different")
    view = possible_duplicates(hub, "tom")

    assert ((), 1) == (view.open, len(view.decided))


def test_a_link_between_cases_that_are_not_alike_any_more_stays_on_the_list(hub: Hub) -> None:
    """What was decided can be found and undone, whatever is recorded later."""
    case, other = a_case(hub), a_case(hub, name="Mya Elison", by="helen")
    decide(hub, case, other)
    renamed = {"name": "Jonah Pike", "date_of_birth": "2008-01-30"}
    do(hub, "helen", other, "record_details", justification="J1", child=renamed)

    assert [({case, other}, "linked", ())] == listed(hub)


def test_one_command_has_one_effect_and_nothing_else_hides_under_it(hub: Hub) -> None:
    """Sent again it is done; something else under the same number is refused."""
    case, other = a_case(hub), a_case(hub, name="Mya Elison", by="helen")
    data = {"other": str(other), "reason": "r"}
    for _ in range(2):
        link_act(hub, "ruth", case, "link_cases", data, command_id="link-once-only")
    with pytest.raises(AlreadyUsed):
        link_act(hub, "ruth", case, "link_cases", {**data, "reason": "s"}, command_id="link-once-only")
    with pytest.raises(AlreadyDone):
        decide(hub, other, case)

    assert (1, 1) == tuple(len(hub.case(one).case.links.decided) for one in (case, other))


@pytest.mark.parametrize(("name", "refusal"), [("merge_cases", BadInput), ("link_cases", NotFound)])
def test_what_is_no_decision_or_names_no_case_is_refused(name: str, refusal: type[Exception], hub: Hub) -> None:
    """An act nobody knows, the same case twice, and what is no number of a case."""
    case = a_case(hub)
    with pytest.raises(BadInput):
        decide(hub, case, case, name)
    with pytest.raises(refusal):
        link_act(hub, "ruth", case, name, {"other": "nobody", "reason": "r"}, command_id=a_command_id())
    with pytest.raises(NotFound):
        two_cases(hub, "ruth", case, case)


def test_who_may_not_see_one_of_the_two_is_answered_as_if_there_were_none(hub: Hub) -> None:
    """An interest in either case, or a number of none: one answer, the same statements, nothing stored, on record."""
    case, other = a_case(hub), a_case(hub, name="Mya Elison", by="helen")
    hidden = a_case(hub, by="sam", born="2010-05-15")
    do(hub, "ruth", hidden, "declare_interest", about="A neighbour.")
    for one in (case, other, hidden):
        hub.case(one)
    two_cases(hub, "ruth", case, other)
    with pytest.raises(NotFound):
        decide(hub, case, uuid4())
    statements = Statements(hub)
    doings: dict[str, Callable[[UUID], Any]] = {
        "decide": lambda one: decide(hub, case, one),
        "decide from it": lambda one: decide(hub, one, case),
        "look": lambda one: two_cases(hub, "ruth", case, one),
        "look from it": lambda one: two_cases(hub, "ruth", one, case),
    }
    refused = refusals(hub)
    for doing in doings.values():
        answers, work = [], []
        for one in (uuid4(), hidden):
            statements.seen.clear()
            with pytest.raises(NotFound) as told:
                doing(one)
            answers.append(told.value.message)
            work.append(statements.kinds())

        assert answers[0] == answers[1]
        assert work[0] == work[1]
    assert 8 == refusals(hub) - refused
    assert {} == hub.case(case).case.links.decided == hub.case(hidden).case.links.decided
    assert [({case, other}, "", ("sounds_alike", "born_same"))] == listed(hub)


def refusals(hub: Hub) -> int:
    return sum(isinstance(event, LookRefused) for event in hub.ledger.read(agency_stream("csc")))


def all_that_is_seen(hub: Hub, who: str, case: UUID) -> bytes:
    """Everything that this person can be told of a case and on every list, but for when it was looked at."""
    answers: list[Any] = [case_timeline(hub, who, case)[1], who_knew(hub, who, case)]
    answers += [history_of(hub, who, case, "child.name")]
    answers += [inbox(hub, who), my_work(hub, who), search(hub, who, {"name": "Maya Ellison"}, "r")]
    return msgspec.json.encode([look(hub, who, case, "case").digest, answers])


def test_nothing_moves_for_any_other_reader_while_linked_and_after(hub: Hub) -> None:
    """A link gives no title and leaves no trace for partners; undone, the lead's own view is as before, too."""
    case, other = a_case(hub), a_case(hub, name="Mya Elison", by="helen")
    a_worker_of_the_lead(hub, case)
    a_concern(hub, case)
    a_share(hub, case, "child.name", "concern:C1", to="police", by="ben", justification="J1", persons=["sam"])
    readers = [("ben", case), ("sam", case), ("helen", other), ("mo", case)]
    hub_stands_still(hub, readers)
    before = [all_that_is_seen(hub, *reader) for reader in readers]
    priya = look(hub, "priya", case, "case")
    decide(hub, case, other, reason="Same mother.")
    linked = [all_that_is_seen(hub, *reader) for reader in readers]
    decide(hub, other, case, "undo_link", reason="The wrong pair.")
    after = [all_that_is_seen(hub, *reader) for reader in readers]
    now = look(hub, "priya", case, "case")

    assert before == linked == after
    assert msgspec.structs.replace(priya, digest="") == msgspec.structs.replace(now, digest="", links=())
    assert ["linked", "undone"] == [one.decided for one in now.links]


def hub_stands_still(hub: Hub, readers: list[tuple[str, UUID]]) -> None:
    """Everybody has looked once, so that looking again adds nothing to what was opened first."""
    for who, case in readers:
        all_that_is_seen(hub, who, case)


def test_a_preview_for_the_lead_tells_the_sender_of_no_link(hub: Hub) -> None:
    """The lead's view holds links; the school that previews a share to the lead is not the lead."""
    case, other = a_case(hub), a_case(hub, name="Mya Elison", by="helen")
    decide(hub, case, other)
    share = {"id": "S1", "justification": "J1", "outcome": "share", "with": "csc", "persons": [],
             "items": [{"item": "child.name"}]}  # fmt: skip

    assert () == preview_share(hub, "ben", case, share).links


def test_a_seal_says_which_linked_case_it_does_not_shut(hub: Hub) -> None:
    """With the way to seal it, for who comes to it; once it bears a seal that names its reader it is not told again."""
    case, other = a_case(hub), a_case(hub, name="Mya Elison", by="helen")
    apart = a_case(hub, name="Maya Elison", by="sam")
    decide(hub, case, other)
    decide(hub, case, apart, "mark_different")
    begun = seal_of(hub, "ruth", case).linked
    a_worker_of_the_lead(hub, other)
    seal = {"contact": "Duty team", "telephone": "020 7946 0100", "people": ["ruth", "priya"], "reason": "r"}
    do(hub, "ruth", other, "seal_case", **seal)
    named, shut_out = seal_of(hub, "ruth", case).linked, seal_of(hub, "tom", case).linked

    assert [(other, True)] == [(one.case, one.may_seal) for one in begun]
    assert () == named
    assert [(other, False)] == [(one.case, one.may_seal) for one in shut_out]


def test_decisions_survive_a_snapshot_and_a_rebuild(hub: Hub) -> None:
    """What was decided lies in the snapshot; rows are the same rebuilt."""
    case, other = a_case(hub), a_case(hub, name="Mya Elison", by="helen")
    decide(hub, case, other)
    for number in range(100):
        a_concern(hub, case, f"C{number}")
    catch_up(hub)
    stood = hub.rows.everything()
    hub._cases.clear()

    assert "linked" == hub.case(case).case.links.standing(str(other))

    rebuild(hub)

    assert stood == hub.rows.everything()


def test_what_the_list_shows_is_on_record_before_it_is_shown(hub: Hub) -> None:
    """Of each case listed, the cells that name her; side by side, in each case's own disclosures."""
    case, other = a_case(hub), a_case(hub, name="Mya Elison", by="helen")
    a_case(hub, name="Jonah Pike", born="2010-11-20")
    possible_duplicates(hub, "ruth")
    shown = [event for event in hub.ledger.read(agency_stream("csc")) if isinstance(event, ListShown)][-1]
    two_cases(hub, "ruth", case, other)
    looks = [hub.ledger.read(disclosures_stream(one))[-1] for one in (case, other)]

    assert ("possible duplicates", {str(case), str(other)}) == (shown.what, {one for one, _ in shown.entries})
    given = [items for _, items in shown.entries] + [look.items for look in looks if isinstance(look, CaseShown)]
    assert [{"child.name", "child.date_of_birth"}] * 4 == [{one.item for one in items} for items in given]


def test_a_manager_is_asked_once_about_two_cases_of_one_naming(hub: Hub) -> None:
    """One task for the pair, until it is decided."""
    case = a_case(hub)
    other = a_case(hub, name="Jonah Pike", born="2010-11-20", by="helen")
    renamed = {"name": "Maya Ellison", "date_of_birth": "2010-05-14"}
    do(hub, "helen", other, "record_details", justification="J1", child=renamed)
    asked = [task for task in inbox(hub, "ruth").tasks if task.kind == "decide_duplicate"]
    decide(hub, case, other, "mark_different")

    assert [{str(case), str(other)}] == [{str(task.case), task.reference} for task in asked]
    assert [] == [task for task in inbox(hub, "ruth").tasks if task.kind in ("decide_duplicate", "same_naming")]


def test_a_case_without_a_name_is_alike_to_none(hub: Hub) -> None:
    """A date of birth alone says too little for a list that goes over all cases."""
    a_case(hub)
    data = {"justification": a_justification(), "child": {"date_of_birth": "2010-05-14", "gender": "Female"}}
    open_case(hub, "helen", data, command_id=a_command_id())
    without_date(hub, "sam", gender="Female")

    assert [] == listed(hub)
