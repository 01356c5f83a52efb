"""Read-model rows and snapshots, sealed, in a database of their own; position and rows move together or not at all."""

import hashlib
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from operator import itemgetter
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec
from eventsourcing.persistence import StoredEvent
from sqlalchemy import (
    BigInteger,
    Column,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Uuid,
    bindparam,
    delete,
    func,
    insert,
    select,
    tuple_,
    union,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection
from sqlalchemy.exc import NoResultFound

from application.ledger import owner_of_case
from application.ports import BlindIndex, KeyDestroyed, Row, Seal, SealBroken, Snapshot
from domain.errors import RecordUnreadable
from interfaces.storage.databases import open_engine, open_reader

META = MetaData()
ROWS = Table(
    "rows",
    META,
    Column("found_by", LargeBinary, primary_key=True),
    Column("of", LargeBinary, primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("sealed", LargeBinary, nullable=False),
    Index("rows_of", "of"),
)
TAKEN = Table(
    "taken",
    META,
    Column("of", LargeBinary, primary_key=True),
    Column("digest", LargeBinary, nullable=False),
)
PARKED = Table("parked", META, Column("case", Uuid, primary_key=True))
POSITION = Table("position", META, Column("one", Integer, primary_key=True), Column("last", BigInteger, nullable=False))
SNAPSHOTS = Table(
    "snapshots",
    META,
    Column("stream", Uuid, primary_key=True),
    Column("version", BigInteger, primary_key=True),
    Column("recorded", BigInteger, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    Index("snapshots_at", "stream", "recorded", "version"),
)
EARLIER = Table(
    "earlier",
    META,
    Column("stream", Uuid, primary_key=True),
    Column("version", BigInteger, primary_key=True),
    Column("sealed", LargeBinary, nullable=False),
)
"""What lies beside a snapshot, so that reading the snapshot need not bring it along."""
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_row = msgspec.json.Decoder(Row).decode
AT_ONCE = 500
"""Cases per statement: as many question marks as any database takes."""

_POSITION = 'SELECT last FROM "position"'
_MOVE = update(POSITION).where(POSITION.c.last == bindparam("after")).values(last=bindparam("to"))
_FIND = 'SELECT "of", number, sealed FROM "rows" WHERE found_by = ?'
_FIND_ANY = 'SELECT found_by, "of", number, sealed FROM "rows" WHERE found_by IN ({})'
_ROWS_OF = 'SELECT found_by, "of", number, sealed FROM "rows" WHERE "of" = ? ORDER BY number'
_TAKEN_OF = 'SELECT digest FROM taken WHERE "of" = ?'
_KEPT_OF = 'SELECT "of" FROM "rows" UNION SELECT "of" FROM taken'
_NEWEST = "SELECT version, recorded, sealed FROM snapshots WHERE stream = ? ORDER BY version DESC LIMIT 1"
_AT = (
    "SELECT version, recorded, sealed FROM snapshots WHERE stream = ? AND recorded <= ? "
    "ORDER BY recorded DESC, version DESC LIMIT 1"
)
_WITH_TAILS = f"""
WITH newest AS MATERIALIZED ({_NEWEST})
SELECT 0, version, recorded::text, sealed FROM newest
UNION ALL SELECT 1, originator_version, topic, state FROM public.stored_events
WHERE originator_id = ? AND originator_version > coalesce((SELECT version FROM newest), 0)
"""  # noqa: S608 - nothing but our own statement is put in
_AND_TAIL = """
UNION ALL SELECT {place}, originator_version, topic, state FROM public.stored_events
WHERE originator_id = ? AND originator_version > ?
"""
_EARLIER = "SELECT sealed FROM earlier WHERE stream = ? AND version = ?"
_KEPT = union(select(SNAPSHOTS.c.stream, SNAPSHOTS.c.version), select(EARLIER.c.stream, EARLIER.c.version)).subquery()
_EVERY_ONE = (
    select(_KEPT.c.stream, _KEPT.c.version, SNAPSHOTS.c.recorded, SNAPSHOTS.c.sealed, EARLIER.c.sealed)
    .outerjoin(SNAPSHOTS, tuple_(SNAPSHOTS.c.stream, SNAPSHOTS.c.version) == tuple_(_KEPT.c.stream, _KEPT.c.version))
    .outerjoin(EARLIER, tuple_(EARLIER.c.stream, EARLIER.c.version) == tuple_(_KEPT.c.stream, _KEPT.c.version))
    .order_by(_KEPT.c.stream, _KEPT.c.version)
)


class SqlReadModels:
    """Rows by SQLAlchemy Core, on SQLite or PostgreSQL."""

    def __init__(self, where: Path | str, seal: Seal, blind: BlindIndex) -> None:
        self._seal = seal
        self._blind = blind
        self._engine = open_engine(where)
        self._reading = open_engine(where, writes=False)
        self._uuid: Callable[[UUID], Any] = (lambda one: one.hex) if isinstance(where, Path) else (lambda one: one)
        if isinstance(where, Path):
            META.create_all(self._engine)
            begin(self._engine)
        self.reader = open_reader(where)

    # ---- how far

    def position(self) -> int:
        found = self.reader.read(_POSITION)
        if len(found) != 1:
            raise NoResultFound(f"the read models hold {len(found)} positions instead of one")
        return int(found[0][0])

    def replace(
        self,
        cases: dict[UUID, list[Row]],
        after: int,
        last: int,
        parked: Sequence[UUID] = (),
        readable: Collection[UUID] = (),
    ) -> bool:
        with self._engine.begin() as connection:
            if connection.execute(_MOVE, {"after": after, "to": last}).rowcount != 1:
                return False
            names = {case: self._of(case) for case in cases}
            stood: dict[bytes, bytes] = {}
            for some in _in_parts(list(names.values())):
                held = select(TAKEN.c.of, TAKEN.c.digest).where(TAKEN.c.of.in_(some))
                stood.update((row.of, row.digest) for row in connection.execute(held))
            changed = {
                case: rows for case, rows in cases.items() if stood.get(names[case]) != self._digest(case, rows)
            }
            self._remove(connection, [names[case] for case in changed])
            self._put(connection, changed)
            self._park(connection, {*cases, *readable}, parked)
        return True

    def replace_all(self, cases: dict[UUID, list[Row]], last: int, parked: Sequence[UUID] = ()) -> None:
        with self._engine.begin() as connection:
            for table in (ROWS, TAKEN, PARKED):
                connection.execute(delete(table))
            self._put(connection, cases)
            self._park(connection, (), parked)
            connection.execute(update(POSITION).values(last=last))

    def clear(self) -> None:
        with self._engine.begin() as connection:
            for table in (ROWS, TAKEN, PARKED, SNAPSHOTS, EARLIER):
                connection.execute(delete(table))
            connection.execute(update(POSITION).values(last=0))

    def forget(self, case: UUID, streams: Sequence[UUID]) -> None:
        with self._engine.begin() as connection:
            self._remove(connection, [self._of(case)])
            connection.execute(delete(PARKED).where(PARKED.c.case == case))
            for table in (SNAPSHOTS, EARLIER):
                connection.execute(delete(table).where(table.c.stream.in_(streams)))

    def _remove(self, connection: Connection, of: Sequence[bytes]) -> None:
        for some in _in_parts(of):
            for table in (ROWS, TAKEN):
                connection.execute(delete(table).where(table.c.of.in_(some)))

    def _put(self, connection: Connection, cases: dict[UUID, list[Row]]) -> None:
        rows: list[dict[str, Any]] = []
        digests = []
        for case, made in cases.items():
            of = self._of(case)
            digests.append({"of": of, "digest": self._digest(case, made)})
            for number, row in enumerate(made):
                found_by = bytes.fromhex(row.key)
                sealed = self._seal.close(owner_of_case(case), _place(found_by, of, number), msgspec.json.encode(row))
                rows.append({"found_by": found_by, "of": of, "number": number, "sealed": sealed})
        if digests:
            connection.execute(insert(TAKEN), digests)
        if rows:
            connection.execute(insert(ROWS), rows)

    def _park(self, connection: Connection, readable: Iterable[UUID], parked: Sequence[UUID]) -> None:
        stood = {row.case for row in connection.execute(select(PARKED.c.case))}
        for some in _in_parts([case for case in readable if case in stood]):
            connection.execute(delete(PARKED).where(PARKED.c.case.in_(some)))
        new = [{"case": case} for case in sorted(set(parked) - stood)]
        if new:
            connection.execute(insert(PARKED), new)

    # ---- finding

    def find(self, table: str, key: str) -> list[Row]:
        found_by = bytes.fromhex(key)
        found = self.reader.read(_FIND, (found_by,))
        rows = [self._opened_or_made_anew(found_by, *one) for one in found]
        return sorted(row for row in rows if row is not None and row.table == table)

    def found_among(self, cases: Collection[UUID], table: str, keys: Collection[str]) -> set[UUID]:
        mine, found = {self._of(case) for case in cases}, []
        for some in _in_parts(sorted(bytes.fromhex(key) for key in keys)):
            found += self.reader.read(_FIND_ANY.format(", ".join("?" * len(some))), some)
        rows = [self._opened_or_made_anew(*one) for one in found if one[1] in mine]
        return {UUID(row.case) for row in rows if row is not None and row.table == table}

    def _opened_or_made_anew(self, found_by: bytes, of: bytes, number: int, sealed: bytes) -> Row | None:
        """Raises: RecordUnreadable: when the row was damaged; it is made again from the record."""
        try:
            return self._opened(found_by, of, number, sealed)
        except SealBroken:
            self._make_anew(of)
            raise RecordUnreadable from None

    def _make_anew(self, of: bytes) -> None:
        """Throw a damaged case's rows away, and let everything be taken in again; what is whole stays as it is."""
        with self._engine.begin() as connection:
            self._remove(connection, [of])
            connection.execute(update(POSITION).values(last=0))

    def everything(self) -> list[Row]:
        with self._reading.begin() as connection:
            found = connection.execute(select(ROWS)).all()
        rows = []
        for each in found:
            with suppress(SealBroken):
                rows.append(self._opened(*each))
        return sorted(row for row in rows if row is not None)

    def parked(self) -> set[UUID]:
        with self._reading.begin() as connection:
            return {row.case for row in connection.execute(select(PARKED.c.case))}

    def _opened(self, found_by: bytes, of: bytes, number: int, sealed: bytes) -> Row | None:
        """A row of a destroyed case is not there any more."""
        try:
            return _row(self._seal.open(_place(found_by, of, number), sealed))
        except KeyDestroyed:
            return None
        except msgspec.MsgspecError as error:
            raise SealBroken from error

    def _of(self, case: UUID) -> bytes:
        return bytes.fromhex(self._blind.key("rows of a case", case.hex))

    def _digest(self, case: UUID, rows: list[Row]) -> bytes:
        plain = hashlib.sha256(msgspec.json.encode(rows)).hexdigest()
        return bytes.fromhex(self._blind.key("rows as they stand", f"{case.hex}{plain}"))

    # ---- snapshots

    def keep_snapshots(self, owner: str, snapshots: Sequence[Snapshot]) -> None:
        if not snapshots:
            return
        given = [
            {
                "stream": one.stream,
                "version": one.version,
                "recorded": moment,
                "sealed": self._seal.close(owner, _snapshot_place(one.stream, one.version, moment), one.state),
            }
            for one in snapshots
            for moment in [_microseconds(one.recorded)]
        ]
        beside = [
            {
                "stream": one.stream,
                "version": one.version,
                "sealed": self._seal.close(owner, _earlier_place(one.stream, one.version), one.earlier),
            }
            for one in snapshots
            if one.earlier
        ]
        dialect: Any = postgresql if self._engine.dialect.name == "postgresql" else sqlite
        with self._engine.begin() as connection:
            connection.execute(dialect.insert(SNAPSHOTS).on_conflict_do_nothing(), given)
            if beside:
                connection.execute(dialect.insert(EARLIER).on_conflict_do_nothing(), beside)

    def newest_snapshots(self, streams: Sequence[UUID]) -> dict[UUID, Snapshot]:
        found: dict[UUID, Snapshot] = {}
        for stream in streams:
            newest = self._first_that_opens(stream, self.reader.read(_NEWEST, (self._uuid(stream),)))
            if newest is not None:
                found[stream] = newest
        return found

    def newest_with_tails(
        self, stream: UUID, beside: Sequence[tuple[UUID, int]]
    ) -> tuple[Snapshot | None, list[StoredEvent] | None]:
        if self._engine.dialect.name != "postgresql":
            return self.newest_snapshots([stream]).get(stream), None
        streams = [stream, *(one for one, _ in beside)]
        asked = _WITH_TAILS + "".join(_AND_TAIL.format(place=place) for place in range(2, len(streams) + 1))
        values = [stream, stream, *(value for pair in beside for value in pair)]
        kept: Snapshot | None = None
        rows = []
        for place, version, told, sealed in sorted(self.reader.read(asked, values), key=itemgetter(0, 1)):
            if place:
                rows.append(StoredEvent(streams[place - 1], version, told, sealed))
                continue
            kept = self._first_that_opens(stream, [(version, int(told), sealed)])
            if kept is None:
                return None, None
        return kept, rows

    def snapshot_at(self, stream: UUID, at: datetime) -> Snapshot | None:
        moment = _microseconds(at)
        return self._first_that_opens(stream, self.reader.read(_AT, (self._uuid(stream), moment)))

    def _first_that_opens(self, stream: UUID, found: Sequence[tuple[Any, ...]]) -> Snapshot | None:
        for version, recorded, sealed in found:
            try:
                state = self._seal.open(_snapshot_place(stream, version, recorded), sealed)
            except (KeyDestroyed, SealBroken):
                return None
            return Snapshot(stream, version, EPOCH + timedelta(microseconds=recorded), state)
        return None

    def earlier(self, stream: UUID, version: int) -> bytes:
        for (sealed,) in self.reader.read(_EARLIER, (self._uuid(stream), version)):
            with suppress(KeyDestroyed, SealBroken):
                return self._seal.open(_earlier_place(stream, version), sealed)
        return b""

    def all_snapshots(self) -> Iterator[tuple[UUID, int, Snapshot | None]]:
        with self._reading.begin() as connection:
            for stream, version, recorded, sealed, beside in connection.execute(_EVERY_ONE):
                found = None if sealed is None else self._first_that_opens(stream, [(version, recorded, sealed)])
                if found is not None and beside is not None:
                    found = self._with_earlier(found, beside)
                yield stream, version, found

    def _with_earlier(self, found: Snapshot, sealed: bytes) -> Snapshot | None:
        try:
            earlier = self._seal.open(_earlier_place(found.stream, found.version), sealed)
        except (KeyDestroyed, SealBroken):
            return None
        return msgspec.structs.replace(found, earlier=earlier)

    def as_made(self, case: UUID, rows: list[Row]) -> bool:
        of = self._of(case)
        digests = self.reader.read(_TAKEN_OF, (of,))
        return digests == [(self._digest(case, rows),)] and self._as_they_stood(self.reader.read(_ROWS_OF, (of,)), rows)

    def of_no_case(self, known: Collection[UUID]) -> list[str]:
        held = {bytes(of) for (of,) in self.reader.read(_KEPT_OF)}
        return [f"rows of no case that is known ({of.hex()[:16]})" for of in sorted(held - set(map(self._of, known)))]

    def _as_they_stood(self, stored: Sequence[Any], rows: list[Row]) -> bool:
        try:
            opened = [self._opened(*one) for one in stored]
        except SealBroken:
            return False
        places = [(number, found_by) for found_by, _, number, _ in stored]
        return opened == rows and places == [(n, bytes.fromhex(row.key)) for n, row in enumerate(rows)]

    def close(self) -> None:
        self._engine.dispose()
        self._reading.dispose()
        self.reader.close()


def begin(engine: Any) -> None:
    """The position before the first event, in tables just made."""
    with engine.begin() as connection:
        if connection.execute(select(func.count()).select_from(POSITION)).scalar_one() == 0:
            connection.execute(insert(POSITION).values(one=1, last=0))


def _place(found_by: bytes, of: bytes, number: int) -> bytes:
    return b"|".join((b"hub.row.1", found_by, of, b"%d" % number))


def _snapshot_place(stream: UUID, version: int, recorded: int) -> bytes:
    return f"{stream.hex}|{version}|{recorded}|hub.snapshot.1".encode()


def _earlier_place(stream: UUID, version: int) -> bytes:
    return f"{stream.hex}|{version}|hub.earlier.1".encode()


def _microseconds(at: datetime) -> int:
    return (at - EPOCH) // timedelta(microseconds=1)


def _in_parts(of: Sequence[Any]) -> Iterable[Sequence[Any]]:
    return (of[start : start + AT_ONCE] for start in range(0, len(of), AT_ONCE))
