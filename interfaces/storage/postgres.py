"""The event store on PostgreSQL: the library's recorder, numbered in the order of commits, every call with an end."""

from collections.abc import Sequence
from typing import Any, Never
from uuid import UUID

from eventsourcing.persistence import (
    ApplicationRecorder,
    InfrastructureFactory,
    Notification,
    NotSupportedError,
    StoredEvent,
)
from eventsourcing.postgres import PostgresApplicationRecorder, PostgresDatastore, PostgresFactory
from eventsourcing.utils import Environment, EnvType

from interfaces.storage.postgres_connections import CONNECTIONS, DEADLINE, Connections
from interfaces.storage.postgres_connections import OutcomeUnknown as OutcomeUnknown

FEW = 8    # up to here a statement of its own for each number of rows: arrays take longer to make and to open
APPEND_FEW = "INSERT INTO public.stored_events (originator_id, originator_version, topic, state) VALUES "
NUMBERED = " RETURNING notification_id"
APPEND_MANY = """
INSERT INTO public.stored_events (originator_id, originator_version, topic, state)
SELECT stream, version, topic, state
FROM unnest(%s::uuid[], %s::bigint[], %s::text[], %s::bytea[])
    WITH ORDINALITY AS given (stream, version, topic, state, place)
ORDER BY place RETURNING notification_id
"""
STREAM = "SELECT originator_version, topic, state FROM public.stored_events WHERE originator_id = %s"
TAILS = """
SELECT wanted.place, found.originator_version, found.topic, found.state
FROM {wanted} AS wanted (stream, after, place)
CROSS JOIN LATERAL (
    SELECT originator_version, topic, state FROM public.stored_events
    WHERE originator_id = wanted.stream AND originator_version > wanted.after ORDER BY originator_version OFFSET 0
) AS found
ORDER BY wanted.place, found.originator_version
"""
TAILS_OF_MANY = TAILS.format(wanted="unnest(%s::uuid[], %s::bigint[]) WITH ORDINALITY")
SEALED = """
SELECT notification_id, uuid_send(originator_id), originator_version, topic, state
FROM public.stored_events WHERE notification_id > %s ORDER BY notification_id LIMIT %s
"""
TOUCHED = """
SELECT notification_id, originator_id, originator_version, substr(state, 1, 17)
FROM public.stored_events WHERE notification_id > %s ORDER BY notification_id LIMIT %s
"""
AT_A_PLACE = """
SELECT notification_id, topic, state FROM public.stored_events WHERE originator_id = %s AND originator_version = %s
"""
NOTIFICATIONS = "SELECT originator_id, originator_version, topic, state, notification_id FROM public.stored_events"
NEWEST = "SELECT max(notification_id) FROM public.stored_events"
COUNT = "SELECT count(*) FROM public.stored_events"


class HubDatastore(PostgresDatastore):
    """The library's datastore on our connections; its own pool stays shut."""

    def __init__(self, connections: Connections) -> None:
        self.connections = connections
        super().__init__(dbname="", host="", port="", user="", password="")

    def register_type_adapters(self) -> None:
        """None are needed, and nothing is asked of the database before the first call."""

    def get_connection(self) -> Never:
        raise NotSupportedError("this store is reached through its recorder, where every call has a deadline")

    def close(self) -> None:
        self.connections.close()


class HubPostgresRecorder(PostgresApplicationRecorder):
    """Rows are numbered in the order of their commits, so that who reads on by number misses none."""

    datastore: HubDatastore

    def create_table(self) -> None:
        """Refused: `postgres_setup.set_up` makes the schema as its owner, which this role is not."""
        raise NotSupportedError("the schema is made by set_up, not by the recorder")

    def insert_events(self, stored_events: Sequence[StoredEvent], **_: Any) -> Sequence[int]:
        """Store all events or none; their numbers.

        Raises:
            IntegrityError: when a place in a stream is taken; nothing is stored.
            OutcomeUnknown: when the answer was lost or came too late; look the events up.
            OperationalError: when nothing was stored because the database could not be reached.
        """
        if not stored_events:
            return []
        write = self.datastore.connections.write
        rows = [(e.originator_id, e.originator_version, e.topic, e.state) for e in stored_events]
        if len(rows) <= FEW:
            places = ", ".join(["(%s::uuid, %s::bigint, %s::text, %s::bytea)"] * len(rows))
            numbers = write(APPEND_FEW + places + NUMBERED, [value for row in rows for value in row])
        else:
            numbers = write(APPEND_MANY, [list(column) for column in zip(*rows, strict=True)])
        return [number for (number,) in numbers]

    def select_events(
        self,
        originator_id: UUID | str,
        *,
        gt: int | None = None,
        lte: int | None = None,
        desc: bool = False,
        limit: int | None = None,
    ) -> list[StoredEvent]:
        statement = STREAM
        values: list[Any] = [originator_id]
        for clause, value in ((" AND originator_version > %s", gt), (" AND originator_version <= %s", lte)):
            if value is not None:
                statement, values = statement + clause, [*values, value]
        statement += " ORDER BY originator_version DESC" if desc else " ORDER BY originator_version"
        if limit is not None:
            statement, values = statement + " LIMIT %s", [*values, limit]
        return [StoredEvent(originator_id, *row) for row in self.datastore.connections.read(statement, values)]

    def tails(self, wanted: Sequence[tuple[UUID, int]]) -> list[StoredEvent]:
        """The rows of several streams behind a version each, by stream and version, in one question."""
        if len(wanted) == 1:
            [(stream, after)] = wanted
            return self.select_events(stream, gt=after)
        if not wanted:
            return []
        ordered, read = sorted(wanted), self.datastore.connections.read
        if len(ordered) <= FEW:
            places = ", ".join(f"(%s::uuid, %s::bigint, {place})" for place in range(len(ordered)))
            rows = read(TAILS.format(wanted=f"(VALUES {places})"), [value for pair in ordered for value in pair])
        else:
            rows = read(TAILS_OF_MANY, ([stream for stream, _ in ordered], [after for _, after in ordered]))
            rows = [(place - 1, *row) for place, *row in rows]
        return [StoredEvent(ordered[place][0], *row) for place, *row in rows]

    def sealed_rows(self, after: int, limit: int) -> list[tuple[int, bytes, int, str, bytes]]:
        """(number, stream, version, topic, state) of the rows numbered above `after`, in order."""
        return self.datastore.connections.read(SEALED, (after, limit))

    def touched(self, after: int, limit: int) -> list[tuple[int, UUID, int, bytes]]:
        return [(row[0], row[1], row[2], row[3]) for row in self.datastore.connections.read(TOUCHED, (after, limit))]

    def sealed_row(self, stream: UUID, version: int) -> tuple[int, bytes, int, str, bytes] | None:
        found = self.datastore.connections.read(AT_A_PLACE, (stream, version))
        return (found[0][0], stream.bytes, version, found[0][1], found[0][2]) if found else None

    def count(self) -> int:
        return int(self.datastore.connections.read(COUNT)[0][0])

    def select_notifications(
        self,
        start: int | None,
        limit: int,
        stop: int | None = None,
        topics: Sequence[str] = (),
        *,
        inclusive_of_start: bool = True,
    ) -> list[Notification]:
        above = None if start is None else start - 1 if inclusive_of_start else start
        asked = (
            ("notification_id > %s", above),
            ("notification_id <= %s", stop),
            ("topic = ANY(%s)", list(topics) or None),
        )
        clauses = [clause for clause, value in asked if value is not None]
        values = [value for _, value in asked if value is not None]
        where = f" WHERE {' AND '.join(clauses)}" if clauses else ""
        statement = f"{NOTIFICATIONS}{where} ORDER BY notification_id LIMIT %s"
        rows = self.datastore.connections.read(statement, [*values, limit])
        return [Notification(*row) for row in rows]

    def max_notification_id(self) -> int | None:
        newest: int | None = self.datastore.connections.read(NEWEST)[0][0]
        return newest

    def subscribe(self, gt: int | None = None, topics: Sequence[str] = ()) -> Never:
        """Refused, as on SQLite: the library's subscription ends for good with its connection. Read on by number."""
        raise NotImplementedError("read on by number instead")


class HubPostgresFactory(PostgresFactory):
    """The library's factory with our recorder; it is told where by one libpq connection string."""

    HUB_POSTGRES = "HUB_POSTGRES"
    HUB_POSTGRES_DEADLINE = "HUB_POSTGRES_DEADLINE"
    HUB_POSTGRES_CONNECTIONS = "HUB_POSTGRES_CONNECTIONS"
    application_recorder_class = HubPostgresRecorder

    def __init__(self, env: Environment | EnvType | None) -> None:
        InfrastructureFactory.__init__(self, env)    # not the next in line, which asks for host, port and user
        conninfo = self.env.get(self.HUB_POSTGRES)
        if not conninfo:
            raise OSError(f"{self.HUB_POSTGRES} is missing: the connection string of the events' database")
        deadline = float(self.env.get(self.HUB_POSTGRES_DEADLINE) or DEADLINE)
        most = int(self.env.get(self.HUB_POSTGRES_CONNECTIONS) or CONNECTIONS)
        self.datastore = HubDatastore(Connections(conninfo, deadline, most))

    def env_create_table(self) -> bool:
        """Never: who may create tables may also drop them."""
        return False

    def application_recorder(self) -> ApplicationRecorder:
        return self.application_recorder_class(self.datastore)

    def __enter__(self) -> "HubPostgresFactory":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
