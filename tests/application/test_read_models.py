"""Read models can be thrown away: rebuilt from nothing they are the same, byte for byte, however they are built."""

from pathlib import Path
from random import Random
from threading import Barrier, Thread
from uuid import UUID

import msgspec
import pytest

from application.hub import Hub
from application.projections.catch_up import catch_up, rebuild
from application.projections.rows import AGENCY, CASELOAD, FINDING, LEAD, PLACING, REVIEWER
from interfaces.storage.blind import HmacIndex
from tests.builders import Replayed, a_case, a_concern, a_hub, a_justification, a_partnership, a_worker_of_the_lead, do

CASES = 50


def as_bytes(hub: Hub) -> bytes:
    return msgspec.json.encode(hub.rows.everything())


def random_history(hub: Hub, seed: int) -> None:
    """Fifty cases in which agencies come and go in an order of chance."""
    chance = Random(seed)  # noqa: S311
    for number in range(CASES):
        opener = chance.choice(["ben", "sam", "helen", "asha"])
        case = a_case(hub, by=opener, name=f"Child {number}", born=f"201{chance.randint(0, 3)}-01-{number % 28 + 1:02}")
        for step in chance.sample(range(7), k=chance.randint(0, 5)):
            one_step(hub, case, opener, step, chance)


def one_step(hub: Hub, case: UUID, opener: str, step: int, chance: Random) -> None:
    other = chance.choice([who for who in ("ben", "sam", "helen", "asha") if who != opener])
    match step:
        case 0:
            a_concern(hub, case, "C1", by=opener)
        case 1:
            a_worker_of_the_lead(hub, case, chance.choice(["priya", "ada", "tom"]))
        case 2:
            do(hub, other, case, "give_justification", **a_justification("J2"))
        case 3:
            do(hub, other, case, "request_information", id="Q1", of="csc", wanted="w", purpose="p")
        case 4:
            to = chance.choice(["csc", "project" if opener != "asha" else "police"])
            sent = {"id": "R1", "justification": "J1", "to": to, "summary": "s", "carers_informed": "no"}
            do(hub, opener, case, "make_referral", **sent)
        case 5:
            do(hub, opener, case, "record_details", justification="J1", child={"name": f"Renamed {chance.random()}"})
        case 6:
            do(hub, "pat", case, "open_review", id="V1", reviewer="jo", kind="k", until="2026-02-01", agencies=["csc"],
               questions="q", **{"from": "2026-01-01"})  # fmt: skip


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a hub with fifty cases of chance."""
    folder = tmp_path_factory.mktemp("many")
    hub = a_partnership(a_hub(folder))
    random_history(hub, 20260112)
    hub.close()
    return folder


def test_the_worked_case_rebuilt_is_the_same(worked_hub: Hub) -> None:
    """What was kept up act by act, and what is made of all events at once."""
    stood = as_bytes(worked_hub)
    taken = rebuild(worked_hub)

    assert worked_hub.ledger.recorder.max_notification_id() == taken
    assert stood == as_bytes(worked_hub)


def test_fifty_cases_of_chance_rebuilt_are_the_same(many: Path) -> None:
    """Whatever happened in them, and in whatever order."""
    hub = a_hub(many)
    stood = as_bytes(hub)
    rebuild(hub)

    assert CASES == len({row.case for row in hub.rows.everything()})
    assert {AGENCY, CASELOAD, FINDING, LEAD, PLACING, REVIEWER} == {row.table for row in hub.rows.everything()}
    assert stood == as_bytes(hub)


@pytest.mark.parametrize("batch", [1, 2, 7, 64, 499, 100_000])
def test_the_size_of_the_batches_makes_no_difference(batch: int, many: Path) -> None:
    """Batches end in the middle of a case and of a command; the rows are the same."""
    hub = a_hub(many)
    stood = as_bytes(hub)
    hub.rows.clear()

    assert b"[]" == as_bytes(hub)

    catch_up(hub, batch=batch)

    assert stood == as_bytes(hub)


def test_every_event_is_taken_in_once_however_it_is_batched(many: Path) -> None:
    """The progress told adds up to the number of events."""
    hub = a_hub(many)
    told: list[int] = []
    hub.rows.clear()
    taken = catch_up(hub, told.append, batch=10)

    assert hub.ledger.recorder.max_notification_id() == taken == sum(told)
    assert 0 == catch_up(hub)


def test_a_rebuild_takes_in_all_there_is(many: Path) -> None:
    """It tells of every event of every case, and answers how many events are on record; nothing is left to take in."""
    hub = a_hub(many)
    told: list[int] = []
    taken = rebuild(hub, told.append)
    cases = {UUID(row.case) for row in hub.rows.everything()}

    assert hub.ledger.recorder.max_notification_id() == taken
    assert sum(len(hub.case_events(case)) for case in cases) == sum(told)
    assert 0 == catch_up(hub)


def test_two_workers_at_once_make_the_same_rows(many: Path) -> None:
    """A position moves once: what one worker takes in the other does not take in again."""
    first, second = a_hub(many), a_hub(many)
    stood, newest = as_bytes(first), first.ledger.recorder.max_notification_id()
    first.rows.clear()
    barrier, taken = Barrier(2), [0, 0]

    def work(number: int, hub: Hub) -> None:
        barrier.wait()
        taken[number] = catch_up(hub, batch=3)

    threads = [Thread(target=work, args=(number, hub)) for number, hub in enumerate((first, second))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert newest == sum(taken)
    assert stood == as_bytes(first) == as_bytes(second)


def test_a_worker_that_starts_over_beside_another_does_no_harm(many: Path) -> None:
    """One rebuilds while the other keeps up: in the end the rows are right."""
    first, second = a_hub(many), a_hub(many)
    stood = as_bytes(first)
    barrier = Barrier(2)

    def work(hub: Hub) -> None:
        barrier.wait()
        rebuild(hub)

    threads = [Thread(target=work, args=(hub,)) for hub in (first, second)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    catch_up(first)

    assert stood == as_bytes(first) == as_bytes(second)


def test_rows_name_nobody(worked: Replayed, worked_hub: Hub) -> None:
    """Rows are found by keyed hashes: no name, agency or date of birth stands in them (design §5)."""
    text = as_bytes(worked_hub).decode()
    words = ["Maya", "Ellison", "2010-05-14", "maya", *(p.id for p in worked.scenario.people if len(p.id) > 3)]

    assert [] == [word for word in words if word in text]
    assert {64} == {len(row.key) for row in worked_hub.rows.everything()}


def test_another_key_finds_nothing(worked: Replayed, worked_hub: Hub) -> None:
    """Without the key a row cannot be asked for."""
    theirs = HmacIndex(b"x" * 32).key(CASELOAD, "priya")
    ours = worked_hub.blind.key(CASELOAD, "priya")

    assert [] == worked_hub.rows.find(CASELOAD, theirs)
    assert [str(worked.case)] == [row.case for row in worked_hub.rows.find(CASELOAD, ours)]
