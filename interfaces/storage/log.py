"""The proof log: a Merkle tree over every sealed row, in tiles of 256, that follows the store and signs its heads."""

import struct
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from threading import Lock
from typing import Any, Protocol

from sqlalchemy import BigInteger, Column, Integer, LargeBinary, MetaData, Table, Text, bindparam, delete, select
from sqlalchemy.engine import Connection, Engine

from interfaces.storage.signing import HeadSigner as HeadSigner
from interfaces.storage.signing import WouldFork as WouldFork
from interfaces.storage.tiles import Edge, Level, Written
from interfaces.storage.tiles import LogDamaged as LogDamaged
from interfaces.storage.tiles import Proofs as Proofs
from interfaces.storage.verifying import (
    BUNDLE,
    EMPTY,
    HASH,
    RECEIPT,
    WIDTH,
    Finding,
    Head,
    NotGenuine,
    Report,
    Row,
    Tile,
    Tree,
    leaf_of,
    read_head,
    sealed_hash,
    split,
    to_base64,
    verify_receipt,
    verify_rows,
)

META = MetaData()
TILES = Table(
    "log_tiles",
    META,
    Column("level", Integer, primary_key=True, autoincrement=False),
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("hashes", LargeBinary, nullable=False),
    Column("rows", LargeBinary, nullable=False),
)
HEAD = Table(
    "log_head",
    META,
    Column("one", Integer, primary_key=True, autoincrement=False),
    Column("size", BigInteger, nullable=False),
    Column("root", LargeBinary, nullable=False),
    Column("text", Text, nullable=False),
)
BATCH = 2000
BEFORE_ALL = -(2**63)

_HELD = select(HEAD.c.size, HEAD.c.text).where(HEAD.c.one == 1)
_FIRST = "INSERT INTO log_head (one, size, root, text) VALUES (1, 0, ?, '') ON CONFLICT DO NOTHING"
_CLAIM = "UPDATE log_head SET size = size WHERE one = 1 AND size = ? AND root = ?"
_GROWN = "UPDATE log_head SET size = ?, root = ?, text = ? WHERE one = 1"
_PUT = (
    'INSERT INTO log_tiles (level, number, hashes, "rows") VALUES (?, ?, ?, ?) '
    'ON CONFLICT (level, number) DO UPDATE SET hashes = excluded.hashes, "rows" = excluded."rows"'
)
_HASHES = "SELECT hashes FROM log_tiles WHERE level = ? AND number = ?"
_AT = (TILES.c.level == bindparam("at_level"), TILES.c.number == bindparam("at_number"))
_TILE = select(TILES.c.hashes, TILES.c.rows).where(*_AT)
_EVERY_TILE = select(TILES).order_by(TILES.c.level.desc(), TILES.c.number)


class LogWentBack(RuntimeError):
    """The store holds less, or other, than was signed. Nothing was started: put the newest copy of it back."""


class NotLogged(LookupError):
    """The log does not cover this row yet; it will at its next turn."""


class SealedRows(Protocol):
    """The store, as far as the log sees it."""

    def sealed_rows(self, after: int, limit: int) -> Sequence[Row]: ...
    def count(self) -> int: ...


class Turn:
    """A transaction on the log's tables by the driver alone; through more than that it would cost twice as much."""

    def __init__(self, cursor: Any, mark: str) -> None:
        self._cursor = cursor
        self._mark = mark

    @classmethod
    @contextmanager
    def of(cls, engine: Engine) -> Iterator["Turn"]:
        """Kept at the end, or taken back with the connection it was on."""
        connection = engine.raw_connection()
        try:
            cursor = connection.cursor()
            if engine.dialect.name == "sqlite":
                cursor.execute("BEGIN IMMEDIATE")
            yield cls(cursor, "?" if engine.dialect.paramstyle == "qmark" else "%s")
            connection.commit()
        except BaseException:
            connection.invalidate()
            raise
        connection.close()

    def run(self, statement: str, *values: object) -> int:
        """How many rows the statement changed; values stand for question marks."""
        self._cursor.execute(statement.replace("?", self._mark), values)
        return int(self._cursor.rowcount)

    def put(self, written: Written) -> None:
        for place, tile in written.items():
            self.run(_PUT, *place, *tile)

    def hashes(self, level: int, number: int) -> bytes:
        self.run(_HASHES, level, number)
        found = self._cursor.fetchone()
        if found is None:
            raise LogDamaged(f"tile {number} of level {level} is missing from the log")
        return bytes(found[0])


class ProofLog:
    """The log on tables of its own; any number may follow the store at once, and one of them takes each row in.

    `reading` is an engine whose transactions take no lock; the other's may, so that who reads first can write.
    """

    def __init__(
        self, engine: Engine, source: SealedRows, signer: HeadSigner, origin: str, reading: Engine | None = None
    ) -> None:
        if origin != signer.public_key.origin:
            raise ValueError("the signer signs for another log")
        self._engine, self._reading = engine, reading or engine
        self._source, self._signer = source, signer
        self._key = signer.public_key
        self._lock = Lock()
        self._edge: Edge | None = None
        self._head: Head | None = None

    def follow(self, limit: int = BATCH) -> Head | None:
        """Takes in every row the log does not hold yet and signs a head for each batch; None while there is no row.

        Raises:
            WouldFork: when the rows do not continue what was signed; nothing is taken in.
            LogDamaged, NotGenuine: for tables or a signer's file that were changed.
        """
        with self._lock:
            while True:
                if self._edge is None:
                    self._load()
                edge = self._edge or Edge(0, BEFORE_ALL, [Level()], b"")
                rows = self._source.sealed_rows(edge.last, limit)
                if not rows:
                    return self._head
                if self._take_in(edge, rows, limit) and len(rows) < limit:
                    return self._head

    def head(self) -> Head | None:
        """The newest head of the log.

        Raises:
            NotGenuine: when it was changed.
        """
        with self._reading.begin() as connection:
            return self._held(connection)

    def inclusion(self, index: int) -> list[bytes]:
        """The path from the leaf at `index` to the newest head. Raises: NotLogged."""
        with self._reading.begin() as connection:
            head = self._covering(connection, index)
            return Proofs(_tiles_in(connection)).inclusion(index, head.size)

    def consistency(self, old: int, new: int) -> list[bytes]:
        """The proof that the log of `new` rows begins with that of `old` rows. Raises: NotLogged."""
        with self._reading.begin() as connection:
            self._covering(connection, new - 1)
            if not 0 <= old <= new:
                raise ValueError("a proof leads from the smaller log to the larger")
            return Proofs(_tiles_in(connection)).consistency(old, new)

    def index_of(self, number: int) -> int:
        """Where the row with this number stands. Raises: NotLogged."""
        with self._reading.begin() as connection:
            head = self._held(connection)
            return _index_of(connection, number, head.size if head else 0)

    def receipt(
        self, row: Row, opened: Mapping[str, Mapping[str, object]], closed: Mapping[str, str]
    ) -> dict[str, object]:
        """What proves to anybody, without the hub, that this row is on record and says what is opened.

        `opened` holds per field its salt (base64) and value, `closed` the digest (base64) of each field kept shut.

        Raises:
            NotLogged: while the log does not cover the row.
            NotGenuine: when the row is not the one logged, or the fields are not the row's.
        """
        with self._reading.begin() as connection:
            head = self._held(connection)
            index = _index_of(connection, row[0], head.size if head else 0)
            head = self._covering(connection, index)
            path = Proofs(_tiles_in(connection)).inclusion(index, head.size)
        made: dict[str, object] = {
            "format": RECEIPT,
            "sealed": to_base64(sealed_hash(row)),
            "index": index,
            "path": [to_base64(each) for each in path],
            "head": head.text,
            "opened": {name: dict(given) for name, given in opened.items()},
            "closed": dict(closed),
        }
        verify_receipt(made, self._key)
        return made

    def bundle(self, from_size: int) -> dict[str, object]:
        """What a witness who holds the head of `from_size` rows, or none (0), needs to take the newest.

        Raises:
            NotLogged: when the log has not come that far.
        """
        with self._reading.begin() as connection:
            head = self._covering(connection, max(0, from_size - 1))
            proof = Proofs(_tiles_in(connection)).consistency(from_size, head.size)
        proof_text = [to_base64(each) for each in proof]
        return {"format": BUNDLE, "head": head.text, "from": from_size, "proof": proof_text}

    def check_start(self, witness_heads: Sequence[Head] = ()) -> Head | None:
        """The newest head anybody is known to hold, after making sure that the store still holds all of it.

        Raises:
            LogWentBack: when it does not.
            LogDamaged, NotGenuine: for tables, or a signer's file, that were changed.
        """
        with self._reading.begin() as connection:
            own = self._held(connection)
            known = [head for head in (own, self._signer.newest(), *witness_heads) if head is not None]
            heads = sorted(known, key=lambda head: head.size)
            if not heads:
                return None
            count = self._source.count()
            if count < heads[-1].size:
                raise LogWentBack(
                    f"The store holds {count} rows, but {heads[-1]} was signed: rows are missing. "
                    "Nothing was started. Put the newest copy of the store back; an older one will not do."
                )
            size = own.size if own else 0
            proofs = Proofs(_tiles_in(connection))
            for head in heads:
                if head.size <= size:
                    _check_logged(proofs, head, self._row_at(connection, head))
            self._check_ahead(connection, proofs, size, [head for head in heads if head.size > size])
        return heads[-1]

    def audit(self, heads: Sequence[Head] = ()) -> Report:
        """What is wrong with the whole store and log, whichever database they are on; `heads` are kept elsewhere."""
        found: list[Finding] = []
        with self._reading.connect() as connection:
            if connection.dialect.name == "postgresql":
                connection = connection.execution_options(isolation_level="REPEATABLE READ")
            known = list(heads)
            try:
                own = self._held(connection)
                known += [own] if own else []
            except NotGenuine as error:
                found.append(Finding(None, None, "head damaged", f"in the log: {error}"))
            tiles = (_as_tile(each) for each in connection.execution_options(yield_per=64).execute(_EVERY_TILE))
            report = verify_rows(self._every_row(), tiles, known)
        return report.with_findings(found)

    def clear(self) -> None:
        """Empties the log's own tables, so that it is made again from the rows; what was signed still binds it."""
        with self._lock:
            with self._engine.begin() as connection:
                connection.execute(delete(TILES))
                connection.execute(delete(HEAD))
            self._edge = None

    def _load(self) -> None:
        """Where the log stands, from its tables."""
        with self._reading.begin() as connection:
            head = self._held(connection)
            edge = _edge_at(connection, head.size) if head else None
        if head and edge and edge.root() != head.root:
            raise LogDamaged("the last tiles of the log do not give the root of its head")
        self._head, self._edge = head, edge

    def _take_in(self, before: Edge, rows: Sequence[Row], limit: int) -> bool:
        """Tiles and head move together or not at all; False when somebody else was faster.

        When a larger head was signed already (a crash before the tables were written), no smaller one is made.
        """
        signed, edge = self._signer.newest(), before.copy()
        with Turn.of(self._engine) as turn:
            if not self._claimed(turn):
                self._edge = None
                return False
            written = edge.grow(rows)
            while signed is not None and edge.size < signed.size and len(rows) == limit:
                rows = self._source.sealed_rows(edge.last, limit)
                if not rows:
                    break
                written |= edge.grow(rows)

            def proof(old: int) -> list[bytes]:
                def hashes(level: int, number: int) -> bytes:
                    return written[level, number][0] if (level, number) in written else turn.hashes(level, number)

                return Proofs(hashes, edge.held).consistency(old, edge.size)

            head = self._signer.sign(edge.size, edge.root(), proof, self._head)
            turn.put(written)
            turn.run(_GROWN, head.size, head.root, head.text)
        self._edge, self._head = edge, head
        return True

    def _claimed(self, turn: Turn) -> bool:
        """Whether the tables stand where this log left or found them; then nobody else moves them meanwhile."""
        if self._head is None:
            turn.run(_FIRST, EMPTY)
        size, root = (self._head.size, self._head.root) if self._head else (0, EMPTY)
        return turn.run(_CLAIM, size, root) == 1

    def _held(self, connection: Connection) -> Head | None:
        found = connection.execute(_HELD).first()
        if found is None:
            return None
        head = read_head(str(found.text), self._key, "in the log")
        if head.size != found.size:
            raise NotGenuine("the size beside the log's head is not the one signed")
        return head

    def _covering(self, connection: Connection, index: int) -> Head:
        head = self._held(connection)
        if head is None or not 0 <= index < head.size:
            raise NotLogged(f"the log does not reach index {index} yet")
        return head

    def _row_at(self, connection: Connection, head: Head) -> Row | None:
        """The row that is the last under this head."""
        if head.size == 0:
            return None
        number, at = divmod(head.size - 1, WIDTH)
        tile = connection.execute(_TILE, {"at_level": 0, "at_number": number}).first()
        numbers = tile.rows if tile is not None else b""
        if len(numbers) < 8 * (at + 1):
            raise LogDamaged(f"tile {number} is shorter than the log")
        (row,) = struct.unpack_from(">Q", numbers, 8 * at)
        return next(iter(self._source.sealed_rows(row - 1, 1)), None)

    def _check_ahead(self, connection: Connection, proofs: Proofs, size: int, heads: Sequence[Head]) -> None:
        """Heads the log has not come to again: from the rows alone, and nothing is written."""
        tree = Tree.grown(size, proofs.peaks(size))
        wanted = {head.size for head in heads}
        roots: dict[int, bytes] = {}
        last = _edge_at(connection, size).last
        while wanted - roots.keys():
            rows = self._source.sealed_rows(last, BATCH)
            if not rows:
                break
            for row in rows:
                tree.append(leaf_of(row))
                if tree.size in wanted:
                    roots[tree.size] = tree.root()
            last = rows[-1][0]
        for head in heads:
            if roots.get(head.size) != head.root:
                raise _other_history(head)

    def _every_row(self) -> Iterator[Row]:
        last = BEFORE_ALL
        while rows := self._source.sealed_rows(last, BATCH):
            yield from rows
            last = rows[-1][0]


def _check_logged(proofs: Proofs, head: Head, row: Row | None) -> None:
    """The log gives the root that was signed, and the store still has the row that was the last under it."""
    if proofs.root(0, head.size) != head.root:
        raise _other_history(head)
    if head.size and (row is None or leaf_of(row) != proofs.leaf(head.size - 1)):
        raise _other_history(head)


def _other_history(head: Head) -> LogWentBack:
    return LogWentBack(
        f"What is stored is not what {head} was signed for: rows were changed or an older copy was written on. "
        "Nothing was started. Put the newest copy of the store back, and have both checked."
    )


def _edge_at(connection: Connection, size: int) -> Edge:
    levels, last, numbers = [], BEFORE_ALL, b""
    entries = size
    for level in range(max(1, (size.bit_length() + 7) // 8)):
        found = connection.execute(_TILE, {"at_level": level, "at_number": entries // WIDTH}).first()
        hashes = bytes(found.hashes) if found is not None else b""
        if len(hashes) != entries % WIDTH * HASH:
            raise LogDamaged(f"the last tile of level {level} has not the length that belongs to the log")
        if level == 0 and size:
            numbers = bytes(found.rows) if found is not None else b""
            last = _last_number(connection, size, numbers)
        levels.append(Level(split(hashes)))
        entries //= WIDTH
    return Edge(size, last, levels, numbers)


def _last_number(connection: Connection, size: int, numbers: bytes) -> int:
    if not numbers:
        found = connection.execute(_TILE, {"at_level": 0, "at_number": size // WIDTH - 1}).first()
        numbers = found.rows if found is not None else b""
    if len(numbers) != 8 * ((size - 1) % WIDTH + 1):
        raise LogDamaged("the last tile does not number its rows")
    return int.from_bytes(numbers[-8:], "big")


def _tiles_in(connection: Connection) -> Callable[[int, int], bytes]:
    def hashes(level: int, number: int) -> bytes:
        found = connection.execute(_TILE, {"at_level": level, "at_number": number}).first()
        if found is None:
            raise LogDamaged(f"tile {number} of level {level} is missing from the log")
        return bytes(found.hashes)

    return hashes


def _index_of(connection: Connection, number: int, size: int) -> int:
    """By halves over the tiles, looked for first where it stands when no number was left out."""
    low, high = 0, (size - 1) // WIDTH
    tile = min(high, max(0, number - 1) // WIDTH)
    while low <= high:
        found = connection.execute(_TILE, {"at_level": 0, "at_number": tile}).first()
        if found is None or not found.rows:
            raise LogDamaged(f"tile {tile} is missing from the log")
        numbers = struct.unpack(f">{len(found.rows) // 8}Q", found.rows)
        if number < numbers[0]:
            high = tile - 1
        elif number > numbers[-1]:
            low = tile + 1
        elif number in numbers and tile * WIDTH + numbers.index(number) < size:
            return tile * WIDTH + numbers.index(number)
        else:
            break
        tile = (low + high) // 2
    raise NotLogged(f"the log does not hold row {number} yet")


def _as_tile(found: Any) -> Tile:
    return found.level, found.number, found.hashes, found.rows
