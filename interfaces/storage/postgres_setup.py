"""Makes the hub's tables in a PostgreSQL database, and the roles that may each do only their part."""

from collections.abc import Iterable, Sequence

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from sqlalchemy import LargeBinary, MetaData, Table, bindparam, create_engine, text
from sqlalchemy.engine import Connection
from sqlalchemy.pool import NullPool

WRITER, PROJECTOR, AUDITOR = ROLES = ("hub_writer", "hub_projector", "hub_auditor")
KEEPER = "hub_keys"
ONE_AT_A_TIME = "SELECT pg_advisory_xact_lock(7301)"
EVENTS = """
CREATE TABLE IF NOT EXISTS public.stored_events (
    notification_id bigserial NOT NULL,
    originator_id uuid NOT NULL,
    originator_version bigint NOT NULL CHECK (originator_version > 0),
    topic text NOT NULL,
    state bytea NOT NULL,
    PRIMARY KEY (originator_id, originator_version)
)
"""
BY_NUMBER = """
CREATE UNIQUE INDEX IF NOT EXISTS stored_events_notification_id_idx ON public.stored_events (notification_id)
"""
UNPACKED = "ALTER TABLE public.stored_events ALTER COLUMN state SET STORAGE EXTERNAL"    # sealed bytes do not shrink
# Whoever inserts, by whatever statement, first waits for the turn and keeps it until the commit is visible: so numbers
# become visible in their order. It is not a lock on the table: that would need rights no writer should have, and would
# wait for every VACUUM.
TURN = """
CREATE OR REPLACE FUNCTION public.hub_turn() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_catalog.pg_advisory_xact_lock(7300);
    RETURN NULL;
END $$
"""
IN_TURN = """
CREATE OR REPLACE TRIGGER stored_events_in_turn BEFORE INSERT ON public.stored_events
FOR EACH STATEMENT EXECUTE FUNCTION public.hub_turn()
"""
REFUSE = """
CREATE OR REPLACE FUNCTION public.hub_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'events are never changed or deleted' USING ERRCODE = 'restrict_violation';
END $$
"""
APPEND_ONLY = """
CREATE OR REPLACE TRIGGER stored_events_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON public.stored_events
FOR EACH STATEMENT EXECUTE FUNCTION public.hub_refuse()
"""
ALWAYS = [
    f"ALTER TABLE public.stored_events ENABLE ALWAYS TRIGGER {trigger}"
    for trigger in ("stored_events_in_turn", "stored_events_append_only")
]
CREATE_ROLE = """
DO $$ BEGIN
    CREATE ROLE {role} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS NOINHERIT;
EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
END $$
"""
TOO_STRONG = text("""
SELECT rolname FROM pg_roles
WHERE rolname IN :roles AND (rolsuper OR rolcreatedb OR rolcreaterole OR rolreplication OR rolbypassrls
    OR pg_has_role(rolname, current_user, 'MEMBER') OR pg_has_role(rolname, 'pg_write_all_data', 'MEMBER'))
ORDER BY rolname
""").bindparams(bindparam("roles", ROLES, expanding=True))
NUMBERS = "SEQUENCE public.stored_events_notification_id_seq"
EVERYBODY = f"PUBLIC, {', '.join(ROLES)}"
GRANTS = (
    f"REVOKE ALL ON SCHEMA public FROM {EVERYBODY}",
    f"GRANT USAGE ON SCHEMA public TO {', '.join(ROLES)}",
    f"REVOKE ALL ON public.stored_events FROM {EVERYBODY}",
    f"GRANT SELECT ON public.stored_events TO {', '.join(ROLES)}",
    # Only these columns: the number of a row is the database's to give.
    f"GRANT INSERT (originator_id, originator_version, topic, state) ON public.stored_events TO {WRITER}",
    f"REVOKE ALL ON {NUMBERS} FROM {EVERYBODY}",
    f"GRANT USAGE ON {NUMBERS} TO {WRITER}",
    f"REVOKE ALL ON FUNCTION public.hub_turn(), public.hub_refuse() FROM {EVERYBODY}",
)


class RoleTooStrong(RuntimeError):
    """A role of the hub may do more than its part: make it an ordinary role, or drop it, and set up again."""


def set_up(
    owner_dsn: str,
    *,
    read_models: Iterable[MetaData] = (),
    proof_log: Iterable[MetaData] = (),
    drafts: Iterable[MetaData] = (),
    accounts: Iterable[MetaData] = (),
) -> None:
    """Make what is missing in the owner's database, all or nothing; what is there stays, and grants are set anew.

    Roles are made without a password: how they prove who they are is the operator's to say. PostgreSQL 14 or newer.

    Raises:
        RoleTooStrong: when a role that was there already has rights beyond an ordinary role's.
    """
    engine = create_engine("postgresql+psycopg://", creator=lambda: psycopg.connect(owner_dsn), poolclass=NullPool)
    with engine.begin() as connection:
        _run(connection, ONE_AT_A_TIME, *(CREATE_ROLE.format(role=role) for role in ROLES))
        if strong := connection.execute(TOO_STRONG).scalars().all():
            raise RoleTooStrong(", ".join(strong))
        _run(connection, *_of_the_database(connection))
        _run(connection, EVENTS, BY_NUMBER, UNPACKED, TURN, IN_TURN, REFUSE, APPEND_ONLY, *ALWAYS, *GRANTS)
        for rows in read_models:
            everything = "SELECT, INSERT, UPDATE, DELETE"
            _make(connection, rows, {WRITER: everything, PROJECTOR: everything})
        for log in proof_log:
            _make(connection, log, {PROJECTOR: "SELECT, INSERT, UPDATE", WRITER: "SELECT", AUDITOR: "SELECT"})
        for typed in drafts:  # whoever starts a hub forgets again what was destroyed
            _make(connection, typed, {WRITER: "SELECT, INSERT, UPDATE, DELETE", PROJECTOR: "SELECT, DELETE"})
        for tables in accounts:
            _make(connection, tables, {WRITER: "SELECT, INSERT, UPDATE, DELETE"})


def set_up_keys(owner_dsn: str, tables: MetaData) -> None:
    """Make the key store in a database of its own, so that no copy of the record ever holds a key; as `set_up`."""
    engine = create_engine("postgresql+psycopg://", creator=lambda: psycopg.connect(owner_dsn), poolclass=NullPool)
    with engine.begin() as connection:
        _run(connection, ONE_AT_A_TIME, CREATE_ROLE.format(role=KEEPER))
        if strong := connection.execute(TOO_STRONG, {"roles": [KEEPER]}).scalars().all():
            raise RoleTooStrong(", ".join(strong))
        _run(connection, *_of_the_database(connection, (KEEPER,)))
        _run(connection, "REVOKE ALL ON SCHEMA public FROM PUBLIC", f"GRANT USAGE ON SCHEMA public TO {KEEPER}")
        _make(connection, tables, {KEEPER: "SELECT, INSERT, UPDATE"})


def as_role(owner_dsn: str, role: str) -> str:
    """The connection string of another role for the same database; how it proves who it is stands elsewhere."""
    given = {**conninfo_to_dict(owner_dsn), "user": role}
    return make_conninfo("", **{name: str(value) for name, value in given.items() if name != "password"})


def _of_the_database(connection: Connection, roles: Sequence[str] = ROLES) -> Sequence[str]:
    name = connection.exec_driver_sql("SELECT quote_ident(current_database())").scalar_one()
    return (
        f"REVOKE ALL ON DATABASE {name} FROM PUBLIC, {', '.join(roles)}",
        f"GRANT CONNECT ON DATABASE {name} TO {', '.join(roles)}",
    )


def _make(connection: Connection, tables: MetaData, may: dict[str, str]) -> None:
    """Create tables, and let each role do with them what it may, and no more."""
    tables.create_all(connection)
    for table in tables.sorted_tables:
        name = connection.dialect.identifier_preparer.format_table(table)
        for column in table.columns:
            if isinstance(column.type, LargeBinary):  # sealed bytes do not shrink
                quoted = connection.dialect.identifier_preparer.format_column(column)
                _run(connection, f"ALTER TABLE {name} ALTER COLUMN {quoted} SET STORAGE EXTERNAL")
        _run(connection, f"REVOKE ALL ON {name} FROM PUBLIC, {', '.join(may)}")
        counters = [f"SEQUENCE {counter}" for counter in _counters(connection, table, name)]
        for role, acts in may.items():
            _run(connection, f"GRANT {acts} ON {name} TO {role}")
            if "INSERT" in acts:
                _run(connection, *(f"GRANT USAGE ON {counter} TO {role}" for counter in counters))


def _counters(connection: Connection, table: Table, name: str) -> list[str]:
    """The sequences behind a table's own numbers."""
    asked = text("SELECT pg_get_serial_sequence(:of, :column)")
    found = (connection.execute(asked, {"of": name, "column": column.name}).scalar() for column in table.columns)
    return [counter for counter in found if counter]


def _run(connection: Connection, *statements: str) -> None:
    for statement in statements:
        connection.exec_driver_sql(statement)
