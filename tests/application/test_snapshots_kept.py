"""Snapshots are kept at every version where one is due, whichever way a stream came past it."""

import sqlite3
from contextlib import closing
from pathlib import Path
from uuid import UUID

import pytest

from application.hub import Hub
from application.ledger import Stream, case_stream, disclosures_stream
from application.projections.catch_up import catch_up, rebuild
from application.projections.checking import faulty_derived
from application.queries.case_as_seen import case_as_seen
from tests.builders import a_case, a_hub, a_partnership, do

HUNDREDS = [100, 200, 300, 400]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "hub"


def grow(hub: Hub, stream: Stream, to: int) -> None:
    """Say the newest entry again and again, as another process would: nothing of it comes to this hub's memory."""
    length = hub.ledger.version_of(stream.id)
    (newest,) = hub.ledger.read(stream, length - 1)
    hub.append(stream, length, [newest] * (to - length))


def kept(hub: Hub, stream: Stream) -> list[int]:
    """The versions with a snapshot, after making sure that each holds what folding to it comes to."""
    assert [] == list(faulty_derived(hub))
    return [version for of, version, _ in hub.rows.all_snapshots() if of == stream.id]


@pytest.mark.parametrize("batch", [1, 7, 100, 500])
def test_they_are_kept_of_a_case_that_others_wrote(batch: int, folder: Path) -> None:
    """All of it is read at once, however small the batch that led to it."""
    hub = a_partnership(a_hub(folder))
    stream = case_stream(a_case(hub))
    grow(hub, stream, 420)
    catch_up(a_hub(folder), batch=batch)

    assert HUNDREDS == kept(hub, stream)


@pytest.mark.parametrize("step", [1, 30, 100, 170])
def test_they_are_kept_of_a_case_that_is_kept_up_step_by_step(step: int, folder: Path) -> None:
    """A step may end before a due version, at it, or after one or two."""
    hub = a_partnership(a_hub(folder))
    stream = case_stream(a_case(hub))
    for length in range(20, 421, step):
        grow(hub, stream, length)
        catch_up(hub)
    grow(hub, stream, 421)
    catch_up(hub)

    assert HUNDREDS == kept(hub, stream)


def test_they_are_kept_of_a_case_that_came_past_them_in_memory(folder: Path) -> None:
    """By one's own acts, and by looking before the rows were caught up."""
    hub = a_partnership(a_hub(folder))
    stream = case_stream(case := a_case(hub))
    for length in (150, 250):
        loaded = hub.case(case)
        hub.record(loaded, hub.case_events(case)[-1:] * (length - loaded.case.version))
    for length in (333, 420):
        grow(hub, stream, length)
        hub.case(case)
    catch_up(hub)

    assert HUNDREDS == kept(hub, stream)


def test_they_are_kept_by_who_goes_on_from_one(folder: Path) -> None:
    """A process just started has only the newest snapshot and what came since."""
    hub = a_partnership(a_hub(folder))
    stream = case_stream(a_case(hub))
    grow(hub, stream, 250)
    catch_up(hub)
    grow(hub, stream, 420)
    catch_up(a_hub(folder))

    assert HUNDREDS == kept(hub, stream)


def test_they_are_kept_of_what_was_shown(folder: Path) -> None:
    """Looks make a stream of their own."""
    hub = a_partnership(a_hub(folder))
    case = a_case(hub)
    case_as_seen(hub, "ben", case)
    grow(hub, disclosures_stream(case), 320)
    catch_up(hub)
    grow(hub, disclosures_stream(case), 420)
    catch_up(hub)

    assert HUNDREDS == kept(hub, disclosures_stream(case))


def test_they_are_kept_by_a_rebuild(folder: Path) -> None:
    """Of a case in memory as well."""
    hub = a_partnership(a_hub(folder))
    stream = case_stream(case := a_case(hub))
    grow(hub, stream, 420)
    hub.case(case)
    rebuild(hub)

    assert HUNDREDS == kept(hub, stream)


def test_they_stand_further_apart_in_a_long_stream(folder: Path) -> None:
    """Every hundred up to two thousand, every five hundred up to ten thousand, every two thousand from there."""
    hub = a_partnership(a_hub(folder))
    stream = case_stream(a_case(hub))
    grow(hub, stream, 14_050)
    catch_up(a_hub(folder))

    first, then = list(range(100, 2001, 100)), list(range(2500, 10_001, 500))
    assert [*first, *then, 12_000, 14_000] == kept(hub, stream)


@pytest.fixture
def answered(folder: Path) -> tuple[Hub, UUID]:
    """A case with a snapshot of which something lies beside: acts of answering before the newest."""
    hub = a_partnership(a_hub(folder))
    case = a_case(hub)
    do(hub, "ben", case, "start_assessment", justification="J1")
    for option in (1, 2):
        answer = {"question": 1, "option": option}
        do(hub, "ben", case, "answer_questions", justification="J1", answers=[answer])
    grow(hub, case_stream(case), 120)
    catch_up(hub)
    return hub, case


def in_rows(folder: Path, statement: str) -> None:
    with closing(sqlite3.connect(folder / "rows.sqlite")) as connection, connection:
        assert connection.execute(statement).rowcount > 0


def test_what_lies_beside_a_snapshot_is_only_read_for_older_acts(answered: tuple[Hub, UUID], folder: Path) -> None:
    """Where it is gone, opening the case does not notice, and the older acts are folded from the record."""
    hub, case = answered
    folded = hub.case(case).case.items["answers:school"]
    in_rows(folder, "DELETE FROM earlier")
    found = a_hub(folder).case(case).case.items["answers:school"]

    assert folded[-1] == found[-1]
    assert list(folded) == list(found)


@pytest.mark.parametrize(
    ("harm", "told"),
    [
        ("DELETE FROM earlier", "is not what the record comes to"),
        ("UPDATE earlier SET sealed = zeroblob(200)", "does not open where it stands"),
        ("UPDATE earlier SET version = 7", "is not what the record comes to"),
        ("DELETE FROM snapshots", "does not open where it stands"),
    ],
)
def test_harm_to_what_lies_beside_a_snapshot_is_named_and_stops_nothing(
    harm: str, told: str, answered: tuple[Hub, UUID], folder: Path
) -> None:
    """A rebuild mends it."""
    hub, case = answered
    whole = list(hub.case(case).case.items["answers:school"])
    in_rows(folder, harm)
    late = a_hub(folder)
    found = list(faulty_derived(late))

    assert whole == list(late.case(case).case.items["answers:school"])
    assert any(f"the snapshot of {case} at 100 {told}: run `hub rebuild`" in one for one in found)

    rebuild(late)

    assert [] == list(faulty_derived(late))
