"""A copy taken while the hub runs is consistent: whole commands in whole streams, and it opens as a hub."""

import sqlite3
from contextlib import closing
from pathlib import Path
from threading import Event, Thread

import pytest

from application.projections.catch_up import catch_up, rebuild
from domain.errors import RecordUnreadable
from interfaces.storage.copies import copy_database
from tests.builders import a_case, a_concern, a_hub, a_partnership, copy_of, do, settings_in


def test_a_copy_holds_what_is_still_in_the_log(tmp_path: Path) -> None:
    """What was committed a moment ago lies in the write-ahead log, and is in the copy."""
    hub = a_partnership(a_hub(tmp_path / "hub"))
    case = a_case(hub)
    a_concern(hub, case)
    copy = copy_of(settings_in(tmp_path / "hub"), tmp_path / "copy", hub.now())

    assert hub.case_events(case) == copy.case_events(case)
    assert hub.rows.everything() == copy.rows.everything()


def test_a_copy_goes_its_own_way(tmp_path: Path) -> None:
    """What is recorded in the copy is not in the hub, and the other way about."""
    hub = a_partnership(a_hub(tmp_path / "hub"))
    case = a_case(hub)
    copy = copy_of(settings_in(tmp_path / "hub"), tmp_path / "copy", hub.now())
    a_concern(copy, case, "C1")
    a_concern(hub, case, "C2")

    assert ["concern:C1"] == [item for item in copy.case(case).case.items if item.startswith("concern:")]
    assert ["concern:C2"] == [item for item in hub.case(case).case.items if item.startswith("concern:")]


def test_copies_taken_while_people_write_are_whole(tmp_path: Path) -> None:
    """Each copy passes SQLite's own check, has every stream without a gap and no command by half."""
    hub = a_partnership(a_hub(tmp_path / "hub"))
    case = a_case(hub)
    opened, enough = hub.case(case).case.version, Event()

    def write() -> None:
        number = 0
        while not enough.is_set():
            number += 1
            child = {"gender": "Female", "address": f"{number} Larch Rise", "postcode": "ZX9 4QT"}
            do(hub, "ben", case, "record_details", justification="J1", child=child)

    writer = Thread(target=write)
    writer.start()
    sizes = []
    try:
        for number in range(12):
            settings = settings_in(tmp_path / f"copy-{number}")
            copy = copy_of(settings_in(tmp_path / "hub"), settings.home, hub.now())
            with closing(sqlite3.connect(settings.events)) as connection:
                assert ("ok",) == connection.execute("PRAGMA integrity_check").fetchone()
            commands = [event.command for event in copy.case_events(case)][opened:]
            sizes.append(copy.case(case).case.version)
            catch_up(copy)
            rows = copy.rows.everything()
            rebuild(copy)

            assert rows == copy.rows.everything()

            copy.close()

            assert 0 == len(commands) % 3
            assert {3} >= {commands.count(command) for command in set(commands)}
    finally:
        enough.set()
        writer.join()

    assert sizes == sorted(sizes)
    assert sizes[0] < sizes[-1]


def test_a_copy_into_a_file_that_stands_replaces_it(tmp_path: Path) -> None:
    """The copy is the source, whatever stood there before; with its keys it opens, without them nothing does."""
    hub = a_partnership(a_hub(tmp_path / "hub"))
    other = a_partnership(a_hub(tmp_path / "other"))
    case, another = a_case(hub), a_case(other, name="Another Child")
    other.close()
    ours, theirs = settings_in(tmp_path / "hub"), settings_in(tmp_path / "other")
    copy_database(ours.events, theirs.events)
    shut = a_hub(tmp_path / "other")
    with pytest.raises(RecordUnreadable):
        shut.case_events(case)
    shut.close()
    copy_database(ours.keys / "keys.sqlite", theirs.keys / "keys.sqlite")
    again = a_hub(tmp_path / "other")

    assert hub.case_events(case) == again.case_events(case)
    assert [] == again.case_events(another)
