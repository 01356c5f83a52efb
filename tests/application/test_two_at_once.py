"""Two people change one case at once, on two hubs over the same files: nothing is lost and nothing is done by half."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from threading import Barrier, Thread
from typing import Any
from uuid import UUID

import pytest

from application.access import look
from application.commands.acts import act
from application.commands.asking import ask_about, place_request
from application.commands.opening import open_case
from application.commands.people import keep_directory
from application.hub import Hub
from application.ledger import disclosures_stream
from application.projections.catch_up import catch_up
from application.queries.case_as_seen import case_as_seen
from domain.concerns import ConcernRecorded
from domain.disclosures import CaseShown
from domain.errors import ChangedMeanwhile, NotFound
from tests.builders import a_case, a_hub, a_justification, a_partnership, a_worker_of_the_lead, concern_data, do

ROUNDS = 25


@pytest.fixture
def hubs(tmp_path: Path) -> tuple[Hub, Hub]:
    """Two hubs, as two workers of a server have them, over the same files."""
    first = a_partnership(a_hub(tmp_path))
    return first, a_hub(tmp_path)


def at_once(*doing: Callable[[], Any]) -> list[Any]:
    """Do all of these at the same moment; what each returned or raised."""
    barrier, found = Barrier(len(doing)), [None] * len(doing)

    def started(number: int) -> None:
        barrier.wait()
        try:
            found[number] = doing[number]()
        except Exception as error:
            found[number] = error

    threads = [Thread(target=started, args=(number,)) for number in range(len(doing))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


def recording(hub: Hub, who: str, case: UUID, name: str, justification: str, seen: str = "") -> Callable[[], UUID]:
    data = concern_data(name, justification=justification)
    return lambda: act(hub, who, case, "record_concern", data, command_id=f"concern-{name}", seen=seen)


def concerns(hub: Hub, case: UUID) -> list[str]:
    return sorted(event.concern for event in hub.case_events(case) if isinstance(event, ConcernRecorded))


def test_both_acts_land_where_neither_looked_first(hubs: tuple[Hub, Hub]) -> None:
    """A lost race is loaded, judged and decided again in silence; no acknowledged act is lost."""
    first, second = hubs
    case = a_case(first)
    a_worker_of_the_lead(first, case)
    for number in range(ROUNDS):
        found = at_once(
            recording(first, "ben", case, f"A{number}", "J1"), recording(second, "priya", case, f"B{number}", "JL")
        )

        assert [case, case] == found

    assert sorted(f"{side}{number}" for side in "AB" for number in range(ROUNDS)) == concerns(first, case)


def test_who_acted_on_what_has_changed_is_told_and_nothing_is_lost(hubs: tuple[Hub, Hub]) -> None:
    """Of two who acted on the same view, at least one lands; the other is told, and stored nothing."""
    first, second = hubs
    case = a_case(first)
    a_worker_of_the_lead(first, case, "priya", "JP")
    a_worker_of_the_lead(first, case, "ada", "JA")
    landed = 0
    for number in range(ROUNDS):
        seen = [case_as_seen(hub, who, case).digest for hub, who in ((first, "priya"), (second, "ada"))]
        found = at_once(
            recording(first, "priya", case, f"A{number}", "JP", seen[0]),
            recording(second, "ada", case, f"B{number}", "JA", seen[1]),
        )
        told = [one for one in found if isinstance(one, ChangedMeanwhile)]

        assert 1 == len(told)
        assert 1 == found.count(case)
        landed += 1

    assert landed == len(concerns(first, case))


def test_of_two_entries_under_one_reference_one_lands(hubs: tuple[Hub, Hub]) -> None:
    """Rules are judged again after a lost race: what the other did first may forbid it now."""
    first, second = hubs
    case = a_case(first)
    for number in range(5):
        name = f"C{number}"
        data = concern_data(name)
        found = at_once(
            lambda data=data: act(first, "ben", case, "record_concern", data, command_id="of-ben-1" + data["id"]),
            lambda data=data: act(second, "ben", case, "record_concern", data, command_id="of-ben-2" + data["id"]),
        )

        assert ["reference_in_use"] == [one.code for one in found if isinstance(one, Exception)]
        assert 1 == concerns(first, case).count(name)


def test_no_command_is_ever_seen_by_half(hubs: tuple[Hub, Hub]) -> None:
    """A command of several events is wholly there or not at all, in one piece, whoever writes beside it."""
    first, second = hubs
    case = a_case(first)
    a_worker_of_the_lead(first, case)

    def details(hub: Hub, who: str, justification: str, number: int) -> Callable[[], UUID]:
        child = {"gender": "Female", "address": f"{number} Larch Rise", "postcode": "ZX9 4QT", "school": "Oakfield"}
        data = {"justification": justification, "child": child}
        return lambda: act(hub, who, case, "record_details", data, command_id=f"details-{who}-{number}")

    for number in range(ROUNDS):
        at_once(details(first, "ben", "J1", number), details(second, "priya", "JL", number))
    commands = [event.command for event in first.case_events(case) if event.command.startswith("details-")]
    pieces = [command for n, command in enumerate(commands) if n == 0 or commands[n - 1] != command]

    assert 2 * ROUNDS == len(pieces) == len(set(commands))
    assert {4} == {commands.count(command) for command in set(commands)}


def test_the_same_command_sent_twice_at_once_lands_once(hubs: tuple[Hub, Hub]) -> None:
    """A page sent twice by an impatient finger is one act."""
    first, second = hubs
    case = a_case(first)
    for number in range(ROUNDS):
        found = at_once(
            recording(first, "ben", case, f"C{number}", "J1"), recording(second, "ben", case, f"C{number}", "J1")
        )

        assert [case, case] == found

    assert sorted(f"C{number}" for number in range(ROUNDS)) == concerns(first, case)


def test_a_case_opened_twice_at_once_by_one_command_is_one_case(hubs: tuple[Hub, Hub]) -> None:
    """Two workers take the same command in: one case, and both answer it."""
    for number in range(10):
        data = {"justification": a_justification(), "child": {"name": f"Child {number}", "date_of_birth": "2010-05-14"}}
        found = at_once(*(
            lambda hub=hub, data=data, number=number: open_case(hub, "ben", data, command_id=f"opened-{number}")
            for hub in hubs
        ))  # fmt: skip

        assert found[0] == found[1]
        assert isinstance(found[0], UUID)


def test_what_two_administrators_do_at_once_both_lands(hubs: tuple[Hub, Hub]) -> None:
    """Neither is told to look again, since neither speaks of what the other did; the same sent twice lands once."""

    def gives(hub: Hub, role: str, number: int) -> Callable[[], None]:
        starts, ends = (f"{2027 + number}-0{month}-01T00:00:00Z" for month in (1, 2))
        data = {"person": "ada", "role": role, "starts": starts, "ends": ends}
        return lambda: keep_directory(hub, "alex", "give_role", data, command_id=f"{role}-{number:08}")

    came: list[Any] = []
    for number in range(ROUNDS):
        came += at_once(*(gives(hub, role, number) for hub in hubs for role in ("reviewer", "auditor")))

    assert [None] * 4 * ROUNDS == came
    assert 2 * ROUNDS == len(hubs[0].directory().people["ada"].standing.waiting)


def test_reading_never_collides_with_reading_or_writing(hubs: tuple[Hub, Hub]) -> None:
    """Looks at one case by many, while it is written to, are all on record, and nobody is answered 'conflict'."""
    first, second = hubs
    case = a_case(first)
    a_worker_of_the_lead(first, case)
    before = len(shown(first, case))
    for number in range(10):
        found = at_once(
            lambda: look(first, "ben", case, "case"),
            lambda: look(second, "priya", case, "case"),
            lambda: look(second, "ben", case, "case"),
            recording(first, "ben", case, f"C{number}", "J1"),
        )

        assert [] == [one for one in found if isinstance(one, Exception)]

    assert before + 30 == len(shown(first, case))


def shown(hub: Hub, case: UUID) -> list[CaseShown]:
    return [event for event in hub.ledger.read(disclosures_stream(case)) if isinstance(event, CaseShown)]


def test_the_rows_are_right_after_a_race(hubs: tuple[Hub, Hub]) -> None:
    """Whichever worker brought the read models up, they are what a rebuild makes of the events."""
    first, second = hubs
    case = a_case(first)
    for number in range(ROUNDS):
        at_once(recording(first, "ben", case, f"C{number}", "J1"), lambda: catch_up(second), lambda: catch_up(first))
    stood = first.rows.everything()
    first.rows.clear()
    catch_up(second)

    assert stood == first.rows.everything()


def test_a_view_that_changed_stops_the_act_that_rested_on_it(hubs: tuple[Hub, Hub]) -> None:
    """What the person looked at has changed in what that person sees: she is told, and what she typed is not stored."""
    first, second = hubs
    case = a_case(first)
    a_worker_of_the_lead(first, case)
    seen = case_as_seen(first, "priya", case).digest
    recording(second, "ben", case, "C1", "J1")()

    with pytest.raises(ChangedMeanwhile, match="Look at the case again"):
        recording(first, "priya", case, "C2", "JL", seen)()

    assert ["C1"] == concerns(first, case)


def test_what_the_person_cannot_see_stops_nothing(hubs: tuple[Hub, Hub]) -> None:
    """A change outside one's view neither stops the act nor tells that there was one."""
    first, second = hubs
    case = a_case(first)
    do(first, "sam", case, "give_justification", **a_justification("J2"))
    seen = case_as_seen(first, "sam", case).digest
    recording(second, "ben", case, "C1", "J1")()
    recording(first, "sam", case, "C2", "J2", seen)()

    assert ["C1", "C2"] == concerns(first, case)
    assert seen != case_as_seen(first, "sam", case).digest


def test_looking_again_after_being_told_lets_the_act_through(hubs: tuple[Hub, Hub]) -> None:
    """The digest of the new look is good for the repeated step, under the same command id."""
    first, second = hubs
    case = a_case(first)
    a_worker_of_the_lead(first, case)
    old = case_as_seen(first, "priya", case).digest
    recording(second, "ben", case, "C1", "J1")()
    with pytest.raises(ChangedMeanwhile):
        recording(first, "priya", case, "C2", "JL", old)()
    recording(first, "priya", case, "C2", "JL", case_as_seen(first, "priya", case).digest)()

    assert ["C1", "C2"] == concerns(first, case)


def test_a_request_that_two_place_at_once_lands_in_one_case(hubs: tuple[Hub, Hub]) -> None:
    """Two people of the lead mean two young people: one of them is told that it is placed; nobody else reads it."""
    first, second = hubs
    reasoned = {"justification": a_justification("JH"), "child": {"name": "Zoe Test", "date_of_birth": "2010-01-01"}}
    cases = [a_case(first), open_case(first, "helen", reasoned, command_id="opened-by-helen")]
    for number in range(5):
        asked = {"id": f"Q{number}", "of": "police", "wanted": f"Wanted {number}", "purpose": "plan outreach"}
        ask_about(first, "asha", {"name": "Maja Elisson"}, asked, command_id=f"asked-by-asha-{number}")
        found = at_once(
            partial(place_request, first, "tom", f"Q{number}", cases[0], command_id=f"placed-by-tom-{number}"),
            partial(place_request, second, "kim", f"Q{number}", cases[1], command_id=f"placed-by-kim-{number}"),
        )

        assert [type(None), NotFound] == sorted((type(one) for one in found), key=str)

    wanted = [request.wanted for case in cases for request in second.case(case).case.requests.values()]
    assert [f"Wanted {number}" for number in range(5)] == sorted(wanted)
    assert {} == first.unplaced("csc").requests
