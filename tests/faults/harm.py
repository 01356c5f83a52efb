# ruff: noqa: S608 - what is put into statements are names of the store's own tables and columns
"""What is done to a store: each kind of damage, at a place drawn by a seed, by who can write every file."""

import random
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec

from tests.faults.victims import Victim

DATABASES = ("events.sqlite", "rows.sqlite", "log.sqlite", "keys/keys.sqlite")
PLAIN = ("keys/log.head", "keys/log.pub", "store.id")
TABLES = {
    "stored_events": "events.sqlite",
    "rows": "rows.sqlite",
    "taken": "rows.sqlite",
    "position": "rows.sqlite",
    "parked": "rows.sqlite",
    "snapshots": "rows.sqlite",
    "earlier": "rows.sqlite",
    "log_tiles": "log.sqlite",
    "log_head": "log.sqlite",
    "keys": "keys/keys.sqlite",
}
EVENTS = "stored_events"


class NotHere(Exception):
    """This damage cannot be done to this store, or would change nothing; another is drawn."""


class Harm(msgspec.Struct, frozen=True):
    """What was done. `rows` are the numbers of the rows of the record that it fell on: one of them must be named."""

    kind: str
    what: str
    rows: tuple[int, ...] = ()


class Hand:
    """Does one damage to the folder of one copy."""

    def __init__(self, home: Path, victim: Victim, draw: random.Random) -> None:
        self.home, self.victim, self.draw = home, victim, draw

    # ---- files

    def files(self) -> list[str]:
        """Every file of the record and its keys, as far as it is there; a write-ahead log only when it holds any."""
        named = [*PLAIN, *DATABASES, *(f"{name}-wal" for name in DATABASES)]
        found = [name for name in named if (self.home / name).exists() and (self.home / name).stat().st_size]
        for pattern in ("keys/*.key", "witnesses/*.head"):
            found += [str(path.relative_to(self.home)) for path in sorted(self.home.glob(pattern))]
        return found

    def bit_of_a_file(self) -> Harm:
        big = [name for name in self.files() if ".sqlite" in name]
        name = self.draw.choice(big if self.draw.random() < 0.8 else self.files())
        path = self.home / name
        data = bytearray(path.read_bytes())
        at, bit = self._somewhere(name, len(data)), self.draw.randrange(8)
        data[at] ^= 1 << bit
        path.write_bytes(data)
        return Harm(f"bit flipped in {_kind_of(name)}", f"{name}, byte {at}, bit {bit}")

    def _somewhere(self, name: str, size: int) -> int:
        """Anywhere; of a database often in what says how it is laid out: headers of file, page and frame."""
        if ".sqlite" in name and self.draw.random() < 0.3:
            start = self.draw.randrange(0, size, 4096 if not name.endswith("-wal") else 4120)
            return min(size - 1, start + self.draw.randrange(160))
        return self.draw.randrange(size)

    def file_gone(self) -> Harm:
        name = self.draw.choice(self.files())
        path, how = self.home / name, self.draw.choice(("removed", "emptied", "cut to half"))
        if how == "removed":
            path.unlink()
        else:
            path.write_bytes(b"" if how == "emptied" else path.read_bytes()[: path.stat().st_size // 2])
        return Harm(f"file {how}", name)

    def older(self) -> Harm:
        """Files put back as they were at an earlier moment, with what was in their write-ahead logs then."""
        alone = ((name,) for name in (*DATABASES, "keys/log.head", "witnesses/auditor.head"))
        together = (
            ("events.sqlite", "log.sqlite"),
            ("events.sqlite", "log.sqlite", "rows.sqlite"),
            ("events.sqlite", "log.sqlite", "rows.sqlite", "keys/log.head"),
            ("events.sqlite", "rows.sqlite"),
            ("log.sqlite", "keys/log.head"),
            ("log.sqlite", "rows.sqlite"),
            ("events.sqlite", "keys/log.head"),
            ("rows.sqlite", "keys/keys.sqlite"),
        )
        names = self.draw.choice((*alone, *together, *together))
        earlier = Path(self.draw.choice(self.victim.earlier))
        if not all((earlier / name).exists() for name in names):
            raise NotHere
        with_log = self.draw.random() < 0.8
        for name in names:
            self._put_back(earlier, name, with_log=with_log)
        kind = " and ".join(name.rpartition("/")[2] for name in names)
        how = "" if with_log else ", beside the newer write-ahead log"
        return Harm(f"older {kind}", f"{', '.join(names)} from {earlier.name}{how}")

    def _put_back(self, earlier: Path, name: str, *, with_log: bool) -> None:
        if with_log:
            (self.home / f"{name}-wal").unlink(missing_ok=True)
            if (earlier / f"{name}-wal").exists():
                shutil.copy(earlier / f"{name}-wal", self.home / f"{name}-wal")
        shutil.copy(earlier / name, self.home / name)

    # ---- rows of any table

    def bit_of_a_column(self) -> Harm:
        table = self.draw.choice(tuple(TABLES))
        with self.changing(table) as db:
            number, row = self._row_of(db, table)
            column = self.draw.choice(tuple(row))
            value = self._flipped(row[column])
            db.execute(f'UPDATE "{table}" SET "{column}" = {value[1]} WHERE rowid = ?', (value[0], number))
        rows = (number, value[0]) if table == EVENTS and column == "rowid" else (number,)
        return Harm(f"bit flipped in a column of {table}", f"{column} of row {number}", self._of_record(table, *rows))

    def _flipped(self, value: Any) -> tuple[Any, str]:
        """The value with one bit another, and how it is written; text stays text, whatever it then says."""
        if value is None:
            return b"\x01", "?"
        if isinstance(value, int):
            return value ^ (1 << self.draw.randrange(40)), "?"
        data = bytearray(value.encode() if isinstance(value, str) else value) or bytearray(1)
        data[self.draw.randrange(len(data))] ^= 1 << self.draw.randrange(8)
        return bytes(data), "CAST(? AS TEXT)" if isinstance(value, str) else "?"

    def row_deleted(self) -> Harm:
        table = self.draw.choice(tuple(TABLES))
        with self.changing(table) as db:
            number, _ = self._row_of(db, table)
            db.execute(f'DELETE FROM "{table}" WHERE rowid = ?', (number,))
        return Harm(f"row deleted from {table}", f"row {number}", self._of_record(table, number))

    def rows_swapped(self) -> Harm:
        """Two rows exchange one column, or all but their key."""
        table = self.draw.choice(tuple(TABLES))
        with self.changing(table) as db:
            one, other = self._row_of(db, table), self._row_of(db, table)
            columns = tuple(one[1])
            some = (self.draw.choice(columns),) if self.draw.random() < 0.6 else columns[1:]
            if all(one[1][name] == other[1][name] for name in some):
                raise NotHere
            self._exchange(db, table, one, other, some)
        what = f"{', '.join(some)} of rows {one[0]} and {other[0]}"
        return Harm(f"rows swapped in {table}", what, self._of_record(table, one[0], other[0]))

    def _exchange(self, db: sqlite3.Connection, table: str, one: Any, other: Any, some: tuple[str, ...]) -> None:
        """Taken out and put in again, so that no constraint sees the state between."""
        db.execute(f'DELETE FROM "{table}" WHERE rowid IN (?, ?)', (one[0], other[0]))
        for (number, values), theirs in ((one, other[1]), (other, one[1])):
            self._insert(db, table, {"rowid": number, **values, **{name: theirs[name] for name in some}})

    def row_copied(self) -> Harm:
        """A row once more, at a place that is free or was made free by changing one column."""
        table = self.draw.choice(tuple(TABLES))
        with self.changing(table) as db:
            if table == "parked":
                row, column = {"case": self.draw.choice((*self.victim.cases, UUID(int=7))).hex}, "case"
                self._insert(db, table, row)
                return Harm(f"row inserted in {table}", row["case"])
            _, row = self._row_of(db, table)
            column = self.draw.choice(tuple(row))
            row[column] = self._flipped(row[column])[0] if not isinstance(row[column], str) else "f" * 32
            number = self._insert(db, table, row)
        return Harm(f"row inserted in {table}", f"as row {number}, another {column}", self._of_record(table, number))

    # ---- rows of the record

    def moved(self) -> Harm:
        """A row of the record to another stream, version or number."""
        with self.changing(EVENTS) as db:
            number, row = self._row_of(db, EVENTS)
            stream = self._row_of(db, EVENTS)[1]["originator_id"]
            (last,) = db.execute(
                "SELECT max(originator_version) FROM stored_events WHERE originator_id = ?", (stream,)
            ).fetchone()
            match self.draw.choice(("stream", "version", "number")):
                case "stream":
                    change = {"originator_id": stream, "originator_version": last + 1}
                case "version":
                    change = {"originator_version": row["originator_version"] + self.draw.randrange(1, 400)}
                case _:
                    (top,) = db.execute("SELECT max(rowid) FROM stored_events").fetchone()
                    change = {"rowid": top + self.draw.randrange(1, 9)}
            db.execute(
                f"UPDATE stored_events SET {', '.join(f'{name} = ?' for name in change)} WHERE rowid = ?",
                (*change.values(), number),
            )
            self._count_right(db)
        return Harm("row of the record moved", f"row {number}: {', '.join(change)}", (number,))

    def places_swapped(self) -> Harm:
        """Two rows of the record exchange states, whole places, or numbers."""
        some = self.draw.choice((("state",), ("originator_id", "originator_version"), ("rowid",)))
        with self.changing(EVENTS) as db:
            one, other = self._row_of(db, EVENTS), self._row_of(db, EVENTS)
            if one[0] == other[0]:
                raise NotHere
            self._exchange(db, EVENTS, one, other, some)
        what = f"{', '.join(some)} of rows {one[0]} and {other[0]}"
        return Harm("rows of the record swapped", what, (one[0], other[0]))

    def deleted(self) -> Harm:
        """Rows from the middle of the record, a whole stream, the last of a stream, or the tail."""
        with self.changing(EVENTS) as db:
            every = [row[0] for row in db.execute("SELECT rowid FROM stored_events ORDER BY rowid")]
            number, row = self._row_of(db, EVENTS)
            of_stream = [one for (one,) in db.execute(
                "SELECT rowid FROM stored_events WHERE originator_id = ? ORDER BY rowid", (row["originator_id"],)
            )]  # fmt: skip
            how = self.draw.choice(("some in the middle", "a whole stream", "the last of a stream", "the tail"))
            gone = {
                "some in the middle": every[every.index(number) :][: self.draw.randrange(1, 5)],
                "a whole stream": of_stream,
                "the last of a stream": of_stream[-1:],
                "the tail": every[-self.draw.randrange(1, min(40, len(every))) :],
            }[how]
            db.executemany("DELETE FROM stored_events WHERE rowid = ?", [(one,) for one in gone])
            if self.draw.random() < 0.7:
                self._count_right(db)
        kind = "tail of the record cut" if how == "the tail" else "rows of the record deleted"
        return Harm(kind, f"{how}: {len(gone)} from row {gone[0]}", (gone[0],))

    def inserted(self) -> Harm:
        """A made-up row, or a copy, behind the last of a stream: as if somebody had recorded it."""
        with self.changing(EVENTS) as db:
            _, row = self._row_of(db, EVENTS)
            (last,) = db.execute(
                "SELECT max(originator_version) FROM stored_events WHERE originator_id = ?", (row["originator_id"],)
            ).fetchone()
            del row["rowid"]
            row["originator_version"] = last + 1
            how = self.draw.choice(("copied", "made up", "in a stream of its own", "before the first"))
            if how == "made up":
                row["state"] = b"\x01" + self.draw.randbytes(len(row["state"]) - 1)
            elif how == "in a stream of its own":
                row |= {"originator_id": self.draw.randbytes(16).hex(), "originator_version": 1}
            elif how == "before the first":
                row["rowid"] = -self.draw.randrange(9)
            number = self._insert(db, EVENTS, row)
        return Harm("row inserted into the record", f"row {number}, {how}", (number,))

    def sequence(self) -> Harm:
        with self.changing(EVENTS) as db:
            change = self.draw.choice((
                "UPDATE sqlite_sequence SET seq = seq + 1", "UPDATE sqlite_sequence SET seq = seq - 1",
                "DELETE FROM sqlite_sequence", "UPDATE sqlite_sequence SET seq = 'many'",
                "INSERT INTO sqlite_sequence VALUES ('stored_events', 3)",
                "INSERT INTO sqlite_sequence VALUES ('x', 3)",
            ))  # fmt: skip
            db.execute(change)
        return Harm("sqlite_sequence changed", change)

    # ---- what the tables are

    def schema(self) -> Harm:
        """A trigger or an index taken away, a trigger put in, or the record's table without its constraint."""
        name = self.draw.choice(DATABASES)
        with self.opened(name) as db:
            found = db.execute(
                "SELECT type, name FROM sqlite_master WHERE type IN ('trigger', 'index') AND sql IS NOT NULL"
            ).fetchall()
            tables = [table for table, file in TABLES.items() if file == name]
            if found and self.draw.random() < 0.6:
                kind, one = self.draw.choice(found)
                db.execute(f'DROP {kind} "{one}"')
                return Harm("trigger or index dropped", f"{kind} {one} of {name}")
            table = self.draw.choice(tables)
            if table == EVENTS and self.draw.random() < 0.5:
                self._without_constraint(db)
                return Harm("trigger or index dropped", "the UNIQUE of stored_events")
            db.execute(f'CREATE TRIGGER "put_in" AFTER INSERT ON "{table}" BEGIN DELETE FROM "{table}"; END')
        return Harm("trigger put in", f"on {table}")

    def _without_constraint(self, db: sqlite3.Connection) -> None:
        sql = dict(db.execute("SELECT name, sql FROM sqlite_master WHERE tbl_name = 'stored_events'").fetchall())
        weaker = sql[EVENTS].replace("UNIQUE (originator_id, originator_version)", "CHECK (1)")
        for name in sql:
            if "_no_" in name:
                db.execute(f'DROP TRIGGER "{name}"')
        db.execute("ALTER TABLE stored_events RENAME TO older")
        db.execute(weaker)
        db.execute("INSERT INTO stored_events SELECT * FROM older")
        db.execute("DROP TABLE older")
        for name in sql:
            if "_no_" in name:
                db.execute(sql[name])

    # ---- the way in

    @contextmanager
    def opened(self, name: str) -> Iterator[sqlite3.Connection]:
        path = self.home / name
        if not path.exists():
            raise NotHere
        db = sqlite3.connect(path, isolation_level=None)
        try:
            db.execute("BEGIN")
            yield db
            db.execute("COMMIT")
        except sqlite3.IntegrityError:
            raise NotHere from None
        finally:
            db.close()

    @contextmanager
    def changing(self, table: str) -> Iterator[sqlite3.Connection]:
        """With the triggers that forbid it taken away, and put back."""
        with self.opened(TABLES[table]) as db:
            triggers = db.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
            for name, _ in triggers:
                db.execute(f'DROP TRIGGER "{name}"')
            yield db
            for _, sql in triggers:
                db.execute(sql)

    def _row_of(self, db: sqlite3.Connection, table: str) -> tuple[int, dict[str, Any]]:
        """A row by chance: its rowid, and its columns by name."""
        numbers = [number for (number,) in db.execute(f'SELECT rowid FROM "{table}" ORDER BY 1')]
        if not numbers:
            raise NotHere
        number = self.draw.choice(numbers)
        found = db.execute(f'SELECT * FROM "{table}" WHERE rowid = ?', (number,))
        names = [column[0] for column in found.description]
        return number, dict(zip(names, found.fetchone(), strict=True))

    @staticmethod
    def _insert(db: sqlite3.Connection, table: str, values: dict[str, Any]) -> int:
        names = ", ".join(f'"{name}"' for name in values)
        marks = ", ".join("?" for _ in values)
        number = db.execute(f'INSERT INTO "{table}" ({names}) VALUES ({marks})', tuple(values.values())).lastrowid
        return number or 0

    @staticmethod
    def _count_right(db: sqlite3.Connection) -> None:
        """Whoever covers a trace sets the counter too."""
        db.execute("UPDATE sqlite_sequence SET seq = (SELECT max(rowid) FROM stored_events)")

    @staticmethod
    def _of_record(table: str, *numbers: int) -> tuple[int, ...]:
        return numbers if table == EVENTS else ()


def _kind_of(name: str) -> str:
    """A file's kind, for counting: all keys are one."""
    if name.endswith(".key"):
        return "a key file"
    return "a witness's head" if name.startswith("witnesses/") else name


KINDS: tuple[tuple[int, Callable[[Hand], Harm]], ...] = (
    (30, Hand.bit_of_a_file),
    (16, Hand.bit_of_a_column),
    (8, Hand.row_deleted),
    (8, Hand.rows_swapped),
    (6, Hand.row_copied),
    (8, Hand.moved),
    (6, Hand.places_swapped),
    (8, Hand.deleted),
    (6, Hand.inserted),
    (2, Hand.sequence),
    (3, Hand.schema),
    (8, Hand.older),
    (5, Hand.file_gone),
)


def harm(home: Path, victim: Victim, draw: random.Random, pristine: Callable[[], None]) -> Harm:
    """One damage by chance; `pristine` makes the copy whole again where what was drawn could not be done."""
    kinds = [kind for _, kind in KINDS]
    while True:
        (kind,) = draw.choices(kinds, [weight for weight, _ in KINDS])
        with suppress(NotHere):
            return kind(Hand(home, victim, draw))
        pristine()
