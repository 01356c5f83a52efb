"""The worked case as a whole on PostgreSQL: every act, every refusal, and every expectation on a copy of its own."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import msgspec
import psycopg
import pytest
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from application.ledger import disclosures_stream
from application.projections.catch_up import catch_up
from application.projections.checking import faulty_derived
from domain.details import LocatorRecorded
from interfaces.bootstrap import build_hub, set_up_postgres
from interfaces.demo.check import run
from interfaces.demo.replay import Replay, ScenarioClock
from interfaces.demo.scenario import read_scenario
from interfaces.settings import Postgres, Settings
from tests.builders import settings_in
from tests.contracts.conftest import on_postgres
from tests.postgres import OWNER, PrivateServer

EMPTY, COPY = "hub-empty", "hub-copy"


@pytest.fixture
def copying(postgres: PrivateServer) -> Iterator[Callable[[Settings, Path], Settings]]:
    """Copies the databases of a hub into others, which the next copy takes the place of."""
    where = set_up_postgres(postgres.create_database(EMPTY), postgres.create_database(f"{EMPTY}-keys"))

    def copied(settings: Settings, home: Path) -> Settings:
        given = settings.postgres
        assert given is not None
        made = Postgres(**{
            name: in_database(getattr(where, name), COPY + ("-keys" if name == "keys" else ""))
            for name in ("writer", "projector", "auditor", "keys")
        })  # fmt: skip
        for source, target, empty in (
            (given.writer, made.writer, EMPTY),
            (given.keys, made.keys, f"{EMPTY}-keys"),
        ):
            name = str(conninfo_to_dict(target)["dbname"])
            postgres.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
            postgres.execute(f'CREATE DATABASE "{name}" TEMPLATE "{empty}"')
            copy_tables(as_owner(source), as_owner(target))
        for key in settings.keys.glob("*.key"):
            (home / "keys").mkdir(exist_ok=True)
            (home / "keys" / key.name).write_bytes(key.read_bytes())
        return replace(settings, home=home, postgres=made)

    yield copied
    for name in (COPY, f"{COPY}-keys", EMPTY, f"{EMPTY}-keys"):
        postgres.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def in_database(dsn: str, name: str) -> str:
    return make_conninfo(dsn, dbname=name)


def as_owner(dsn: str) -> str:
    return make_conninfo(dsn, user=OWNER)


def copy_tables(source: str, target: str) -> None:
    """Every table's rows, with its numbers."""
    tables = "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'"
    with psycopg.connect(source) as from_here, psycopg.connect(target) as to_there:
        for (name,) in from_here.execute(tables).fetchall():
            table = sql.Identifier(name)
            if name != "stored_events":
                to_there.execute(sql.SQL("DELETE FROM {}").format(table))
            out = sql.SQL("COPY {} TO STDOUT (FORMAT BINARY)").format(table)
            into = sql.SQL("COPY {} FROM STDIN (FORMAT BINARY)").format(table)
            with from_here.cursor().copy(out) as reading, to_there.cursor().copy(into) as writing:
                for part in reading:
                    writing.write(part)
            if name == "stored_events":
                to_there.execute(
                    "SELECT setval('stored_events_notification_id_seq', greatest(1, max(notification_id))) "
                    "FROM stored_events"
                )


def test_the_worked_case_passes_on_postgresql(
    postgres: PrivateServer, tmp_path: Path, copying: Callable[[Settings, Path], Settings]
) -> None:
    """What `hub demo --check` shows on SQLite, PostgreSQL shows too: each act accepted, each expectation met."""
    scenario = read_scenario()
    settings = on_postgres(postgres, tmp_path / "hub")
    report = run(scenario, settings, copying=copying)

    assert len(scenario.acts) == report.acts
    assert [] == [one for one in report.refusals if not one.passed]
    assert {} == {one.id: one.faults for one in report.expectations if not one.passed}
    assert len(scenario.expectations) <= len(report.expectations)
    assert report.passed

    hub = build_hub(settings, ScenarioClock(scenario.moment(scenario.demo_stands_at)))
    try:
        catch_up(hub)

        assert [] == list(faulty_derived(hub))
    finally:
        hub.close()


def test_both_stores_hold_the_same_record_of_the_worked_case(postgres: PrivateServer, tmp_path: Path) -> None:
    """Act by act the same events, lists and people: only where they lie is different."""
    first, second = (
        recorded_on(settings)
        for settings in (settings_in(tmp_path / "embedded"), on_postgres(postgres, tmp_path / "served"))
    )

    assert first == second


def recorded_on(settings: Settings) -> tuple[object, ...]:
    """What is on record after the worked case: events with their locators opened, lists, people, the count of rows."""
    scenario = read_scenario()
    clock = ScenarioClock(scenario.moment(scenario.acts[0]["recorded"]))
    hub = build_hub(settings, clock)
    try:
        replay = Replay(scenario, hub, clock)
        replay.set_up()
        for entry in scenario.acts:
            clock.at = scenario.moment(entry["recorded"])
            replay.do_only(entry)
        catch_up(hub)
        case = replay.case
        assert case is not None
        events = [
            msgspec.structs.replace(event, value=hub.locator(case, position))
            if isinstance(event, LocatorRecorded) else event
            for position, event in enumerate(hub.case_events(case), start=1)
        ]  # fmt: skip
        assert 60 < len(events)
        shown = hub.ledger.read(disclosures_stream(case))
        return case, events, shown, hub.rows.everything(), hub.directory(), hub.ledger.count()
    finally:
        hub.close()
