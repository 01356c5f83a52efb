"""The event store on PostgreSQL: append-only by role and by table, in commit order, and every call comes to an end."""

import multiprocessing
import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from itertools import count
from time import monotonic
from uuid import UUID

import psycopg
import pytest
from eventsourcing.persistence import (
    InfrastructureFactory,
    IntegrityError,
    InterfaceError,
    NotSupportedError,
    OperationalError,
    StoredEvent,
)
from psycopg.conninfo import conninfo_to_dict
from sqlalchemy import Column, Integer, MetaData, String, Table

from interfaces.storage.postgres import HubPostgresFactory, HubPostgresRecorder, OutcomeUnknown
from interfaces.storage.postgres_connections import Connections, connection_string
from interfaces.storage.postgres_setup import AUDITOR, PROJECTOR, ROLES, WRITER, RoleTooStrong, set_up
from tests.faults.proxy import Proxy
from tests.postgres import PrivateServer, a_free_port, a_pair, until

TOPIC = "hub.event.1"
INSERT = "INSERT INTO stored_events (originator_id, originator_version, topic, state) VALUES (%s, 1, 't', 's')"
HASTE = 0.5
LONG_AGO = 4 * HASTE
CASE, OTHER = UUID(int=0xCA5E), UUID(int=0x07E4)
_numbers = count(1)

READ_MODEL, LOG = MetaData(), MetaData()
Table("waiting", READ_MODEL, Column("place", Integer, primary_key=True), Column("value", String))
Table("Heads", LOG, Column("size", Integer, primary_key=True, autoincrement=False), Column("head", String))


@pytest.fixture
def database(postgres: PrivateServer) -> str:
    """A database of the test's own, set up; its name."""
    name = f"hub-{os.getpid()}-{next(_numbers)}"
    set_up(postgres.create_database(name), read_models=[READ_MODEL], proof_log=[LOG])
    return name


@pytest.fixture
def recorder(postgres: PrivateServer, database: str) -> Iterator[HubPostgresRecorder]:
    with a_factory(postgres.dsn(database, WRITER)) as factory:
        yield a_recorder(factory)


@pytest.fixture(scope="module")
def guarded(postgres: PrivateServer) -> str:
    """A database with one event, for tests in which nothing is changed; its name."""
    name = f"hub-{os.getpid()}-guarded"
    set_up(postgres.create_database(name), read_models=[READ_MODEL], proof_log=[LOG])
    with a_factory(postgres.dsn(name, WRITER)) as factory:
        factory.application_recorder().insert_events([an_event(1)])
    return name


def a_factory(dsn: str, **more: str) -> HubPostgresFactory:
    return HubPostgresFactory({"HUB_POSTGRES": dsn, **more})


def a_recorder(factory: HubPostgresFactory) -> HubPostgresRecorder:
    recorder = factory.application_recorder()
    assert isinstance(recorder, HubPostgresRecorder)
    return recorder


def in_haste(dsn: str) -> HubPostgresFactory:
    return a_factory(dsn, HUB_POSTGRES_DEADLINE=str(HASTE))


def an_event(version: int, stream: UUID = CASE, state: bytes = b"sealed") -> StoredEvent:
    return StoredEvent(originator_id=stream, originator_version=version, topic=TOPIC, state=state)


def held(server: PrivateServer, database: str) -> list[tuple[str, int, bytes]]:
    """What the table holds, read past the hub's own code."""
    statement = "SELECT originator_id::text, originator_version, state FROM stored_events ORDER BY notification_id"
    return server.execute(statement, database)


# ---- who may do what


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE stored_events SET state = 'x'",
        "DELETE FROM stored_events",
        "TRUNCATE stored_events",
        "INSERT INTO stored_events (originator_id, originator_version, topic, state)"
        " VALUES (gen_random_uuid(), 1, 't', 's') ON CONFLICT (originator_id, originator_version)"
        " DO UPDATE SET state = 'x'",
        "INSERT INTO stored_events VALUES (99, gen_random_uuid(), 1, 't', 's')",
        "SELECT setval('stored_events_notification_id_seq', 1)",
        "BEGIN; LOCK TABLE stored_events IN EXCLUSIVE MODE",
        "CREATE TABLE another (one int)",
        "CREATE TEMPORARY TABLE another (one int)",
    ],
)
def test_no_role_of_the_hub_can_change_what_is_recorded(
    statement: str, role: str, postgres: PrivateServer, guarded: str
) -> None:
    """Who holds a role's password can add events at most, under numbers the database gives."""
    with (
        psycopg.connect(postgres.dsn(guarded, role), autocommit=True) as connection,
        pytest.raises(psycopg.errors.InsufficientPrivilege, match="permission denied"),
    ):
        connection.execute(statement.encode())

    assert [(str(CASE), 1, b"sealed")] == held(postgres, guarded)


@pytest.mark.parametrize(
    "statement",
    ["ALTER TABLE stored_events DISABLE TRIGGER ALL", "DROP TABLE stored_events", "DROP FUNCTION hub_turn"],
)
def test_no_role_of_the_hub_can_take_the_guard_away(statement: str, postgres: PrivateServer, guarded: str) -> None:
    """The table and its trigger belong to the owner, whom the hub does not run as."""
    for role in ROLES:
        with (
            psycopg.connect(postgres.dsn(guarded, role), autocommit=True) as connection,
            pytest.raises(psycopg.errors.InsufficientPrivilege, match="must be owner"),
        ):
            connection.execute(statement.encode())


@pytest.mark.parametrize("role", [PROJECTOR, AUDITOR])
def test_only_the_writer_appends(role: str, postgres: PrivateServer, guarded: str) -> None:
    """Projector and auditor read events and no more."""
    with (
        psycopg.connect(postgres.dsn(guarded, role), autocommit=True) as connection,
        pytest.raises(psycopg.errors.InsufficientPrivilege, match="permission denied"),
    ):
        connection.execute(INSERT, (OTHER,))

    assert [(str(CASE), 1, b"sealed")] == held(postgres, guarded)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE stored_events SET state = 'x'",
        "UPDATE stored_events SET state = 'x' WHERE notification_id = 99",
        "DELETE FROM stored_events",
        "TRUNCATE stored_events",
        "SET session_replication_role = replica; DELETE FROM stored_events",
        "INSERT INTO stored_events (originator_id, originator_version, topic, state)"
        " VALUES (gen_random_uuid(), 1, 't', 's')"
        " ON CONFLICT (originator_id, originator_version) DO UPDATE SET state = 'x'",
    ],
)
def test_the_table_refuses_its_owner_too(statement: str, postgres: PrivateServer, guarded: str) -> None:
    """The second line: a slip of the owner, who has every right, is refused by the table itself."""
    with pytest.raises(psycopg.errors.RestrictViolation, match="events are never changed or deleted"):
        postgres.execute(statement, guarded)

    assert [(str(CASE), 1, b"sealed")] == held(postgres, guarded)


RIGHTS = {
    ("waiting", WRITER): "SELECT INSERT UPDATE DELETE",
    ("waiting", PROJECTOR): "SELECT INSERT UPDATE DELETE",
    ("waiting", AUDITOR): "",
    ('"Heads"', WRITER): "SELECT",
    ('"Heads"', PROJECTOR): "SELECT INSERT UPDATE",
    ('"Heads"', AUDITOR): "SELECT",
    ("stored_events", WRITER): "SELECT",
    ("stored_events", PROJECTOR): "SELECT",
    ("stored_events", AUDITOR): "SELECT",
}


def test_each_role_has_its_part_of_each_table(postgres: PrivateServer, guarded: str) -> None:
    """The whole table of rights; the writer's right to insert events is on columns, without the number."""
    acts = ("SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES", "TRIGGER")

    for (table, role), rights in RIGHTS.items():
        asked = ", ".join(f"has_table_privilege('{role}', '{table}', '{act}')" for act in acts)
        [answers] = postgres.execute(f"SELECT {asked}", guarded)

        assert rights == " ".join(act for act, yes in zip(acts, answers, strict=True) if yes), (table, role)


def test_who_keeps_rows_can_number_them(postgres: PrivateServer, database: str) -> None:
    """A read model's own numbers come from a sequence its keepers may use."""
    for role in (WRITER, PROJECTOR):
        with psycopg.connect(postgres.dsn(database, role), autocommit=True) as connection:
            connection.execute("INSERT INTO waiting (value) VALUES ('x')")

    assert [(1,), (2,)] == postgres.execute("SELECT place FROM waiting ORDER BY place", database)


def test_setting_up_again_changes_nothing(
    postgres: PrivateServer, database: str, recorder: HubPostgresRecorder
) -> None:
    """Also when several do it at one time; what is stored stays, and a right given by hand is taken back."""
    recorder.insert_events([an_event(1)])
    postgres.execute(f"GRANT UPDATE, DELETE ON stored_events TO {WRITER}", database)
    again = [{"read_models": [READ_MODEL], "proof_log": [LOG]}] * 4
    with ThreadPoolExecutor(4) as several:
        list(several.map(lambda tables: set_up(postgres.dsn(database), **tables), again))

    assert [2] == recorder.insert_events([an_event(2)])
    assert [(str(CASE), 1, b"sealed"), (str(CASE), 2, b"sealed")] == held(postgres, database)
    assert [(False, False)] == postgres.execute(
        f"SELECT has_table_privilege('{WRITER}', 'stored_events', 'UPDATE'),"
        f" has_table_privilege('{WRITER}', 'stored_events', 'DELETE')",
        database,
    )


@pytest.mark.parametrize(
    ("give", "take"),
    [
        ("ALTER ROLE hub_auditor SUPERUSER", "ALTER ROLE hub_auditor NOSUPERUSER"),
        ("ALTER ROLE hub_auditor CREATEROLE", "ALTER ROLE hub_auditor NOCREATEROLE"),
        ("ALTER ROLE hub_auditor REPLICATION", "ALTER ROLE hub_auditor NOREPLICATION"),
        ("GRANT pg_write_all_data TO hub_auditor", "REVOKE pg_write_all_data FROM hub_auditor"),
    ],
)
def test_a_role_that_is_more_than_a_role_of_the_hub_stops_the_setting_up(
    give: str, take: str, postgres: PrivateServer, guarded: str
) -> None:
    """Somebody's superuser called hub_auditor would make every right above worthless."""
    postgres.execute(give)
    try:
        with pytest.raises(RoleTooStrong, match=r"^hub_auditor$"):
            set_up(postgres.dsn(guarded))
    finally:
        postgres.execute(take)


# ---- what the recorder stores and finds


def test_a_taken_place_refuses_the_whole_append(
    postgres: PrivateServer, database: str, recorder: HubPostgresRecorder
) -> None:
    """Who lost the race is told so, and of several events none is stored."""
    recorder.insert_events([an_event(1, state=b"first")])
    with pytest.raises(IntegrityError):
        recorder.insert_events([an_event(1, state=b"second")])
    with pytest.raises(IntegrityError):
        recorder.insert_events([an_event(1, OTHER), an_event(2), an_event(1)])
    with pytest.raises(IntegrityError):
        recorder.insert_events([an_event(version) for version in range(20, 0, -1)])

    assert [(str(CASE), 1, b"first")] == held(postgres, database)


def test_events_of_one_append_are_numbered_in_their_order(recorder: HubPostgresRecorder) -> None:
    """As given, also across streams; nothing to append is no question to the database."""
    numbers = recorder.insert_events([an_event(1, OTHER), an_event(1), an_event(2, OTHER), an_event(2)])

    assert [1, 2, 3, 4] == numbers
    assert [] == recorder.insert_events([])
    assert list(range(5, 35)) == recorder.insert_events([an_event(version) for version in range(3, 33)])
    assert [
        (1, OTHER.bytes, 1, TOPIC, b"sealed"),
        (2, CASE.bytes, 1, TOPIC, b"sealed"),
        (3, OTHER.bytes, 2, TOPIC, b"sealed"),
        (4, CASE.bytes, 2, TOPIC, b"sealed"),
    ] == recorder.sealed_rows(0, 4)
    assert [(number, number - 2) for number in range(5, 35)] == [(r[0], r[2]) for r in recorder.sealed_rows(4, 99)]


def test_a_stream_is_read_from_either_end(recorder: HubPostgresRecorder) -> None:
    """With bounds on version and number, as the library asks."""
    recorder.insert_events([an_event(version) for version in range(1, 6)])
    recorder.insert_events([an_event(1, OTHER)])

    assert [an_event(version) for version in (1, 2, 3, 4, 5)] == recorder.select_events(CASE)
    assert [an_event(3), an_event(4)] == recorder.select_events(CASE, gt=2, lte=4)
    assert [an_event(5), an_event(4)] == recorder.select_events(CASE, desc=True, limit=2)
    assert [] == recorder.select_events(UUID(int=1))


def test_tails_of_several_streams_come_in_one_answer(recorder: HubPostgresRecorder) -> None:
    """By stream, then version, each behind the version it was asked for."""
    recorder.insert_events([an_event(1), an_event(1, OTHER), an_event(2), an_event(2, OTHER), an_event(3)])

    assert [an_event(2, OTHER), an_event(2), an_event(3)] == recorder.tails([(CASE, 1), (UUID(int=1), 0), (OTHER, 1)])
    assert [an_event(3)] == recorder.tails([(CASE, 2)])
    assert [] == recorder.tails([(CASE, 3), (OTHER, 2)])
    assert [] == recorder.tails([])


def test_tails_of_many_streams_come_in_the_same_order(recorder: HubPostgresRecorder) -> None:
    """Twelve streams of one or two events, asked for in another order than theirs."""
    streams = [UUID(int=number) for number in range(1, 13)]
    recorder.insert_events([an_event(1, stream) for stream in reversed(streams)])
    recorder.insert_events([an_event(2, stream) for stream in streams[::3]])
    expected = [
        (1, 2), (2, 1), (3, 1), (4, 2), (5, 1), (6, 1), (7, 2), (8, 1), (9, 1), (10, 2), (11, 1), (12, 1),
    ]  # fmt: skip

    found = recorder.tails([(stream, 1 if stream in streams[::3] else 0) for stream in reversed(streams)])

    assert [an_event(version, UUID(int=number)) for number, version in expected] == found


def test_rows_are_read_on_by_number(recorder: HubPostgresRecorder) -> None:
    """A number that was burnt leaves a gap, which is no missing row."""
    recorder.insert_events([an_event(1)])
    with pytest.raises(IntegrityError):
        recorder.insert_events([an_event(1)])
    recorder.insert_events([an_event(2)])

    assert [1, 3] == [row[0] for row in recorder.sealed_rows(0, 10)]
    assert [3] == [row[0] for row in recorder.sealed_rows(1, 10)]
    assert [1] == [row[0] for row in recorder.sealed_rows(0, 1)]
    assert [] == recorder.sealed_rows(3, 10)
    assert 2 == recorder.count()
    assert 3 == recorder.max_notification_id()
    assert [(1, 1), (3, 2)] == [(n.id, n.originator_version) for n in recorder.select_notifications(1, 10)]
    assert [3] == [n.id for n in recorder.select_notifications(1, 10, inclusive_of_start=False)]
    assert [1] == [n.id for n in recorder.select_notifications(None, 10, stop=2, topics=[TOPIC])]
    assert [] == recorder.select_notifications(None, 10, topics=["another"])


def test_an_empty_store_has_no_newest_row(recorder: HubPostgresRecorder) -> None:
    """Rather than one with number 0."""
    assert recorder.max_notification_id() is None
    assert 0 == recorder.count()


# ---- in the order of commits


def test_who_reads_on_by_number_passes_over_nothing(
    postgres: PrivateServer, database: str, recorder: HubPostgresRecorder
) -> None:
    """While an append has a number and is not committed, no later one can be seen, nor be committed."""
    waiting = (
        "SELECT count(*) FROM pg_locks JOIN pg_database ON pg_database.oid = database"
        " WHERE locktype = 'advisory' AND NOT granted AND datname = current_database()"
    )
    with psycopg.connect(postgres.dsn(database, WRITER)) as first, ThreadPoolExecutor(1) as second:
        first.execute(INSERT, (CASE,))
        later = second.submit(recorder.insert_events, [an_event(1, OTHER)])
        until(lambda: [(1,)] == postgres.execute(waiting, database), "the second to wait")

        assert [] == recorder.sealed_rows(0, 10)

        first.commit()

        assert [2] == later.result()
    assert [(1, CASE.bytes), (2, OTHER.bytes)] == [row[:2] for row in recorder.sealed_rows(0, 10)]


def append_one_by_one(dsn: str, events: int) -> None:
    """One writer process: a stream of its own, one or three events at a time."""
    with in_no_haste(dsn) as factory:
        recorder, stream, version = a_recorder(factory), UUID(bytes=os.urandom(16)), 0
        while version < events:
            size = 3 if version % 2 else 1
            recorder.insert_events([an_event(version + place, stream) for place in range(1, size + 1)])
            version += size


def in_no_haste(dsn: str) -> HubPostgresFactory:
    return a_factory(dsn, HUB_POSTGRES_DEADLINE="30")


def test_a_reader_behind_six_writers_misses_no_event(
    postgres: PrivateServer, database: str, recorder: HubPostgresRecorder
) -> None:
    """It only ever asks for what is numbered above the last it saw. Commits take their time, as on a slow disk."""
    for setting, value in (("commit_delay", 2000), ("commit_siblings", 1)):
        postgres.execute(f'ALTER DATABASE "{database}" SET {setting} = {value}')
    spawning = multiprocessing.get_context("spawn")
    arguments = (postgres.dsn(database, WRITER), 100)
    writers = [spawning.Process(target=append_one_by_one, args=arguments, daemon=True) for _ in range(6)]
    seen: list[int] = []
    for writer in writers:
        writer.start()
    try:
        while any(writer.is_alive() for writer in writers):
            seen += [row[0] for row in recorder.sealed_rows(seen[-1] if seen else 0, 50)]
    finally:
        for writer in writers:
            writer.kill()
            writer.join()
    while new := recorder.sealed_rows(seen[-1] if seen else 0, 50):
        seen += [row[0] for row in new]

    # 100 by one and three in turn: 1, 4, 5, 8, 9 ... 97, 100
    assert 6 * 100 == len(seen)
    assert [(number,) for number in seen] == postgres.execute(
        "SELECT notification_id FROM stored_events ORDER BY notification_id", database
    )


# ---- when the network or the server fails


@pytest.fixture
def proxy(postgres: PrivateServer) -> Iterator[Proxy]:
    with Proxy(postgres.port) as between:
        yield between


def test_an_answer_lost_after_the_commit_is_an_unknown_outcome(
    postgres: PrivateServer, database: str, proxy: Proxy
) -> None:
    """The event is stored; it is not sent again, so nobody is told of a conflict with themselves."""
    with a_factory(proxy.dsn(postgres.dsn(database, WRITER))) as factory:
        recorder = a_recorder(factory)
        recorder.insert_events([an_event(1)])
        proxy.answers_to_lose = 1
        with pytest.raises(OutcomeUnknown):
            recorder.insert_events([an_event(2, state=b"mine")])

        assert [(str(CASE), 1, b"sealed"), (str(CASE), 2, b"mine")] == held(postgres, database)
        assert [an_event(2, state=b"mine")] == recorder.tails([(CASE, 1)])


def test_a_question_is_asked_once_more(postgres: PrivateServer, database: str, proxy: Proxy) -> None:
    """Reading twice does no harm; a third time is not tried."""
    with a_factory(proxy.dsn(postgres.dsn(database, WRITER))) as factory:
        recorder = a_recorder(factory)
        recorder.insert_events([an_event(1)])
        assert 1 == recorder.count()

        proxy.answers_to_lose = 1

        assert 1 == recorder.count()

        connections = factory.datastore.connections
        with pytest.raises(OperationalError) as raised:
            connections.read("SELECT pg_terminate_backend(pg_backend_pid())")

        assert OutcomeUnknown is not type(raised.value)


ACTS: dict[str, Callable[[HubPostgresRecorder], object]] = {
    "one event": lambda recorder: recorder.insert_events([an_event(3)]),
    "several": lambda recorder: recorder.insert_events([an_event(3), an_event(4)]),
    "stream": lambda recorder: recorder.select_events(CASE),
    "tails": lambda recorder: recorder.tails([(CASE, 0), (OTHER, 0)]),
    "rows": lambda recorder: recorder.sealed_rows(0, 10),
    "count": lambda recorder: recorder.count(),
    "notifications": lambda recorder: recorder.select_notifications(1, 10),
    "newest": lambda recorder: recorder.max_notification_id(),
}


@pytest.mark.parametrize("act", ACTS)
@pytest.mark.parametrize("connected", [True, False])
def test_every_call_ends_when_packets_are_dropped(
    act: str, connected: bool, postgres: PrivateServer, guarded: str, proxy: Proxy
) -> None:
    """Nothing is refused and nothing answers: the call ends by its deadline, on a line that stood and on a new one.

    The bound only shows that it ended.
    """
    with in_haste(proxy.dsn(postgres.dsn(guarded, WRITER))) as factory:
        recorder = a_recorder(factory)
        if connected:
            recorder.count()
        proxy.silent = True
        started = monotonic()
        with pytest.raises(OperationalError) as raised:
            ACTS[act](recorder)
        took = monotonic() - started

        sent = connected and act in ("one event", "several")
        assert (OutcomeUnknown if sent else OperationalError) is type(raised.value)
        assert LONG_AGO > took


def test_work_goes_on_when_packets_come_through_again(postgres: PrivateServer, database: str, proxy: Proxy) -> None:
    """A connection that was cut off is not used again, nor are those that may hang on the same server."""
    with in_haste(proxy.dsn(postgres.dsn(database, WRITER))) as factory:
        recorder = a_recorder(factory)
        recorder.insert_events([an_event(1)])
        proxy.silent = True
        with pytest.raises(OutcomeUnknown):
            recorder.insert_events([an_event(2)])
        proxy.silent = False

        until(lambda: answers(recorder), "an answer")


def answers(recorder: HubPostgresRecorder) -> bool:
    try:
        return recorder.count() >= 1
    except OperationalError:
        return False


def test_a_server_that_went_away_in_between_is_noticed_before_anything_is_sent(
    postgres: PrivateServer, database: str, recorder: HubPostgresRecorder
) -> None:
    """An idle connection that was ended is replaced; the append is neither in doubt nor lost."""
    end = "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE datname = %s AND usename = %s"
    for version in range(1, 6):
        recorder.insert_events([an_event(version)])
        assert [(True,)] == postgres.execute(end, values=[database, WRITER])

    assert [an_event(version) for version in range(1, 6)] == recorder.select_events(CASE)


def test_waiting_for_others_ends_as_not_stored(postgres: PrivateServer, database: str) -> None:
    """Who cannot have the appenders' lock in time is told before anything was stored: nothing to look up."""
    with (
        psycopg.connect(postgres.dsn(database, WRITER)) as first,
        a_factory(postgres.dsn(database, WRITER), HUB_POSTGRES_DEADLINE=str(LONG_AGO)) as factory,
    ):
        first.execute(INSERT, (CASE,))
        with pytest.raises(OperationalError, match="lock timeout") as raised:
            a_recorder(factory).insert_events([an_event(1, OTHER)])

        assert OutcomeUnknown is not type(raised.value)

    assert [(str(CASE), 1, b"s")] == held(postgres, database)


def test_more_calls_than_connections_all_end(postgres: PrivateServer, guarded: str) -> None:
    """Who waits for a connection waits no longer than the deadline: they do not end one after another."""
    with closing(Connections(postgres.dsn(guarded, WRITER), deadline=HASTE, most=1)) as connections:
        with ThreadPoolExecutor(10) as many:
            started = monotonic()
            calls = [many.submit(connections.read, "SELECT pg_sleep(60)") for _ in range(10)]
            failures = [call.exception() for call in calls]
            took = monotonic() - started

        assert [OperationalError] * 10 == [type(failure) for failure in failures]
        assert LONG_AGO > took
        assert [(1,)] == connections.read("SELECT 1")


# ---- with a standby


@pytest.fixture(scope="module")
def pair() -> Iterator[tuple[PrivateServer, PrivateServer]]:
    with a_pair() as (primary, standby):
        set_up(primary.create_database("hub"))
        yield primary, standby


@pytest.fixture
def standby_hangs(pair: tuple[PrivateServer, PrivateServer]) -> Iterator[PrivateServer]:
    """The primary; its standby is frozen, so that no commit can be on both."""
    primary, standby = pair
    standby.freeze()
    yield primary
    standby.thaw()
    until(lambda: [(0,)] == primary.execute(IN_DOUBT), "the waiting commits to end")


IN_DOUBT = "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'SyncRep'"


def test_what_is_not_on_the_standby_is_not_reported_stored(standby_hangs: PrivateServer) -> None:
    """The first append is in doubt, as it waits for the standby; who comes behind it is told: not stored."""
    primary, stream = standby_hangs, UUID(int=0x51)
    with in_haste(primary.dsn("hub", WRITER)) as factory:
        recorder = a_recorder(factory)
        recorder.max_notification_id()
        with pytest.raises(OutcomeUnknown, match="no answer"):
            recorder.insert_events([an_event(1, stream)])
        with pytest.raises(OperationalError, match="lock timeout") as raised:
            recorder.insert_events([an_event(1, OTHER)])

        assert OutcomeUnknown is not type(raised.value)


BREAK_OFF = {
    "cancelled": "SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE wait_event = 'SyncRep'",
    "terminated": "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE wait_event = 'SyncRep'",
}


@pytest.mark.parametrize("end", BREAK_OFF)
def test_a_wait_for_the_standby_that_is_broken_off_is_not_success(end: str, standby_hangs: PrivateServer) -> None:
    """PostgreSQL reports success with a warning, or just hangs up: stored here, and perhaps nowhere else."""
    primary = standby_hangs
    stream = UUID(int=0x52 if end == "cancelled" else 0x53)
    with in_no_haste(primary.dsn("hub", WRITER)) as factory, ThreadPoolExecutor(1) as one:
        append = one.submit(a_recorder(factory).insert_events, [an_event(1, stream)])
        until(lambda: [(1,)] == primary.execute(IN_DOUBT), "the commit to wait for the standby")
        primary.execute(BREAK_OFF[end])
        with pytest.raises(OutcomeUnknown):
            append.result()

    stored = "SELECT state FROM stored_events WHERE originator_id = %s"
    assert [(b"sealed",)] == primary.execute(stored, "hub", [stream])


# ---- the connections and the factory


def test_nothing_is_asked_of_the_database_before_the_first_call() -> None:
    """So an application may be built before a server forks its workers, and while the database is down."""
    with in_haste(f"host=127.0.0.1 port={a_free_port()} dbname=hub") as factory:
        recorder = a_recorder(factory)
        with pytest.raises(OperationalError, match="refused"):
            recorder.count()


def test_a_forked_worker_makes_connections_of_its_own(recorder: HubPostgresRecorder) -> None:
    """What the parent had open stays the parent's, and both go on."""
    connections = recorder.datastore.connections
    mine = connections.read("SELECT pg_backend_pid()")
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.write(writing, str(connections.read("SELECT pg_backend_pid()")).encode())
        finally:
            os._exit(0)
    os.close(writing)
    with open(reading, "rb") as answer:
        theirs = answer.read().decode()
    os.waitpid(child, 0)

    assert "[(" == theirs[:2]
    assert str(mine) != theirs
    assert mine == connections.read("SELECT pg_backend_pid()")


def test_a_session_waits_for_disk_and_standby_whatever_the_database_says(
    postgres: PrivateServer, database: str
) -> None:
    """A default that would report what is not safe, or cut short the wait for a standby, is not taken over."""
    postgres.execute(f"ALTER DATABASE \"{database}\" SET synchronous_commit = 'off'")
    postgres.execute(f"ALTER DATABASE \"{database}\" SET statement_timeout = '1s'")
    with closing(Connections(postgres.dsn(database, WRITER), deadline=10)) as connections:
        settings = ("synchronous_commit", "statement_timeout", "lock_timeout")

        assert ["on", "0", "8s"] == [connections.read(f"SHOW {setting}")[0][0] for setting in settings]

    postgres.execute(f"ALTER DATABASE \"{database}\" SET synchronous_commit = 'remote_apply'")
    with closing(Connections(postgres.dsn(database, WRITER))) as connections:
        assert [("remote_apply",)] == connections.read("SHOW synchronous_commit")


def test_the_connection_string_says_what_the_operator_left_open() -> None:
    """Only a server that takes writes, and no endless wait; what was given is kept."""
    given = conninfo_to_dict(connection_string("host=a,b port=1,2 keepalives_idle=99 sslmode=verify-full", 5))

    assert ("a,b", "1,2", "99", "verify-full") == tuple(
        given[name] for name in ("host", "port", "keepalives_idle", "sslmode")
    )
    assert ("read-write", "2", "5000") == tuple(
        given[name] for name in ("target_session_attrs", "connect_timeout", "tcp_user_timeout")
    )


def test_closed_connections_are_closed(postgres: PrivateServer, database: str) -> None:
    """A call after the end is refused, rather than opening everything again."""
    factory = a_factory(postgres.dsn(database, WRITER))
    recorder = a_recorder(factory)
    recorder.count()
    factory.close()

    with pytest.raises(InterfaceError):
        recorder.count()
    connected = "SELECT pid FROM pg_stat_activity WHERE datname = %s"
    until(lambda: [] == postgres.execute(connected, values=[database]), "the goodbye")


def test_a_worker_never_creates_tables(postgres: PrivateServer) -> None:
    """Whatever the environment says: the schema is made beforehand, by its owner."""
    name = f"empty-{os.getpid()}"
    dsn = postgres.create_database(name)
    with InfrastructureFactory.construct(
        {
            "PERSISTENCE_MODULE": "interfaces.storage.postgres:HubPostgresFactory",
            "HUB_POSTGRES": dsn,
            "CREATE_TABLE": "y",
        }
    ) as factory:
        recorder = factory.application_recorder()

        assert isinstance(recorder, HubPostgresRecorder)
        with pytest.raises(NotSupportedError):
            recorder.create_table()
        with pytest.raises(NotSupportedError):
            recorder.datastore.get_connection()
        with pytest.raises(NotImplementedError):
            recorder.subscribe()
    assert [(0,)] == postgres.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'", name)


def test_a_missing_connection_string_is_named() -> None:
    """The start stops with the name of what is missing."""
    with pytest.raises(OSError, match="HUB_POSTGRES"):
        HubPostgresFactory({})
