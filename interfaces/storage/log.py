"""The proof log: a Merkle tree over every sealed row, in tiles of 256, that follows the store and signs its heads."""

import struct
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from threading import Lock
from typing import Any, Protocol

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from sqlalchemy import (
    BigInteger,
    Column,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    bindparam,
    delete,
    insert,
    select,
)
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.exc import IntegrityError

from interfaces.storage.verifying import (
    BUNDLE,
    EMPTY,
    HASH,
    RECEIPT,
    WIDTH,
    Finding,
    Head,
    NotGenuine,
    PublicKey,
    Report,
    Row,
    Tile,
    Tree,
    alone,
    check_grown,
    full_root,
    head_body,
    head_text,
    held_head,
    leaf_of,
    node_of,
    read_head,
    replace_file,
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
_FIRST = insert(HEAD).values(one=1, size=0, root=EMPTY, text="")
_CLAIM = "UPDATE log_head SET size = size WHERE one = 1 AND size = ? AND root = ?"
_GROWN = "UPDATE log_head SET size = ?, root = ?, text = ? WHERE one = 1"
_NEW_TILE = 'INSERT INTO log_tiles (hashes, "rows", level, number) VALUES (?, ?, ?, ?)'
_FULLER_TILE = 'UPDATE log_tiles SET hashes = ?, "rows" = ? WHERE level = ? AND number = ?'
_AT = (TILES.c.level == bindparam("at_level"), TILES.c.number == bindparam("at_number"))
_TILE = select(TILES.c.hashes, TILES.c.rows).where(*_AT)
_EVERY_TILE = select(TILES).order_by(TILES.c.level.desc(), TILES.c.number)

Written = dict[tuple[int, int], tuple[bytes, bytes]]


class LogWentBack(RuntimeError):
    """The store holds less, or other, than was signed. Nothing was started: put the newest copy of it back."""


class WouldFork(RuntimeError):
    """A head that does not continue the last one signed is not signed. Stop, and have the store checked."""


class LogDamaged(RuntimeError):
    """The log's own tables cannot be used; the store is not touched by it. Make the log again from the rows."""


class NotLogged(LookupError):
    """The log does not cover this row yet; it will at its next turn."""


class SealedRows(Protocol):
    """The store, as far as the log sees it."""

    def sealed_rows(self, after: int, limit: int) -> Sequence[Row]: ...
    def count(self) -> int: ...


class HeadSigner:
    """Signs heads, each a continuation of the one before; the newest is on disk before anybody is handed it."""

    def __init__(self, seed_path: Path, head_path: Path, origin: str) -> None:
        seed = seed_path.read_bytes()
        if len(seed) != 32:
            raise ValueError("the log's key must have 32 bytes")
        self._key = Ed25519PrivateKey.from_private_bytes(seed)
        self.public_key = PublicKey(origin, self._key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw))
        self._path = head_path
        self._newest: Head | None = None

    def __repr__(self) -> str:
        return f"HeadSigner({self.public_key.origin!r})"

    def newest(self) -> Head | None:
        """The newest head signed, as far as it is known here.

        Raises:
            NotGenuine: for a file that was changed.
        """
        self._newest = held_head(self._path, self.public_key, self._newest)
        return self._newest

    def sign(
        self, size: int, root: bytes, proof: Callable[[int], Sequence[bytes]], known: Head | None = None
    ) -> Head:
        """The signed head; `proof` gives the consistency proof from an older size, `known` is the log's own head.

        Raises:
            WouldFork: for a head that does not continue those signed before.
            NotGenuine: when the newest head signed can no longer be read.
        """
        origin = self.public_key.origin
        body = head_body(origin, size, root)
        new = Head(origin, size, root, body, "to be signed")
        with alone(self._path):
            newest = self.newest()
            for held in {known, newest}:
                self._check(held, new, proof)
            signed = replace(new, text=head_text(body, self.public_key, self._key.sign(body.encode())), kept="")
            if newest is None or newest.text != signed.text:
                replace_file(self._path, signed.text.encode())
                self._newest = replace(signed, kept=self._path.name)
        return signed

    @staticmethod
    def _check(held: Head | None, new: Head, proof: Callable[[int], Sequence[bytes]]) -> None:
        if held is None:
            return
        try:
            check_grown(held, new, proof(held.size) if 0 < held.size < new.size else ())
        except NotGenuine as error:
            raise WouldFork(str(error)) from error


class Proofs:
    """Roots and proofs out of tiles, as RFC 9162 section 2.1 defines them."""

    def __init__(self, hashes: Callable[[int, int], bytes]) -> None:
        self._hashes = hashes
        self._held: dict[tuple[int, int], list[list[bytes]]] = {}

    def root(self, start: int, end: int) -> bytes:
        """The root over the leaves from `start`, a place where a subtree of this size can begin."""
        size = end - start
        if size == 0:
            return EMPTY
        if size & (size - 1) == 0:
            return self._full(size.bit_length() - 1, start // size)
        middle = start + _largest_power_below(size)
        return node_of(self.root(start, middle), self.root(middle, end))

    def inclusion(self, index: int, size: int) -> list[bytes]:
        """Section 2.1.3.1, from the leaf up."""
        path, start, end = [], 0, size
        while end - start > 1:
            middle = start + _largest_power_below(end - start)
            if index < middle:
                path.append(self.root(middle, end))
                end = middle
            else:
                path.append(self.root(start, middle))
                start = middle
        return path[::-1]

    def consistency(self, old: int, new: int) -> list[bytes]:
        """Section 2.1.4.1."""
        if old in (0, new):
            return []
        path, start, end = [], 0, new
        while end != old:
            middle = start + _largest_power_below(end - start)
            if old <= middle:
                path.append(self.root(middle, end))
                end = middle
            else:
                path.append(self.root(start, middle))
                start = middle
        return [self.root(start, end), *path[::-1]] if start else path[::-1]

    def peaks(self, size: int) -> list[bytes]:
        """The roots of the full trees that a tree of this size is made of, the largest first."""
        found, start = [], 0
        for height in reversed(range(size.bit_length())):
            if size >> height & 1:
                found.append(self._full(height, start >> height))
                start += 1 << height
        return found

    def leaf(self, index: int) -> bytes:
        return self._full(0, index)

    def _full(self, height: int, index: int) -> bytes:
        level, within = divmod(height, 8)
        number, at = divmod(index, WIDTH >> within)
        layers = self._held.get((level, number)) or self._layers(level, number)
        if within >= len(layers) or at >= len(layers[within]):
            raise LogDamaged(f"tile {number} of level {level} is shorter than the log")
        return layers[within][at]

    def _layers(self, level: int, number: int) -> list[list[bytes]]:
        """A tile's hashes, and above them those of every full pair."""
        layer = split(self._hashes(level, number))
        layers = self._held[level, number] = [layer]
        while len(layer) > 1:
            layer = [node_of(left, right) for left, right in zip(layer[::2], layer[1::2], strict=False)]
            layers.append(layer)
        return layers


def _largest_power_below(size: int) -> int:
    return 1 << (size - 1).bit_length() - 1


class _Level(Tree):
    """The tile of a level that is not full yet: its hashes, and the tree they make."""

    def __init__(self, hashes: bytes = b"") -> None:
        super().__init__()
        self.hashes = bytearray()
        self.take(split(hashes))

    def copy(self) -> "_Level":
        same = _Level()
        same.hashes, same.size, same._peaks = self.hashes.copy(), self.size, self._peaks.copy()
        return same

    def take(self, hashes: Sequence[bytes]) -> None:
        """As many more as there is room for."""
        self.hashes += b"".join(hashes)
        if len(hashes) == WIDTH:
            self.size, self._peaks = WIDTH, [full_root(hashes)]
            return
        append = self.append
        for each in hashes:
            append(each)

    @property
    def peaks(self) -> Sequence[bytes]:
        return self._peaks


class _Edge:
    """Where the tree grows: of each level the tile that is not full yet."""

    def __init__(self, size: int, last: int, levels: Sequence[_Level], numbers: bytes) -> None:
        self.size, self.last = size, last
        self.levels = list(levels)
        self.numbers = bytearray(numbers)

    def copy(self) -> "_Edge":
        return _Edge(self.size, self.last, [level.copy() for level in self.levels], bytes(self.numbers))

    def grow(self, rows: Sequence[Row]) -> Written:
        """Takes the rows in; the tiles that changed."""
        written: Written = {}
        leaves, at = [leaf_of(row) for row in rows], 0
        while at < len(rows):
            lowest, number = self.levels[0], self.size // WIDTH
            to = min(len(rows), at + WIDTH - self.size % WIDTH)
            lowest.take(leaves[at:to])
            self.numbers += struct.pack(f">{to - at}Q", *[row[0] for row in rows[at:to]])
            at, self.size = to, self.size + to - at
            written[0, number] = (bytes(lowest.hashes), bytes(self.numbers))
            self._carry(number, written)
        self.last = rows[-1][0]
        return written

    def _carry(self, number: int, written: Written) -> None:
        """A tile that is full gives its root to the level above."""
        level = 0
        while self.levels[level].size == WIDTH:
            root = self.levels[level].root()
            self.levels[level] = _Level()
            level, number = level + 1, number // WIDTH
            if level == 1:
                self.numbers = bytearray()
            if level == len(self.levels):
                self.levels.append(_Level())
            self.levels[level].take([root])
            written[level, number] = (bytes(self.levels[level].hashes), b"")

    def root(self) -> bytes:
        return Tree.grown(self.size, self.peaks()).root()

    def peaks(self) -> list[bytes]:
        """The roots of the full trees the whole tree is made of, the largest first."""
        return [peak for level in reversed(self.levels) for peak in level.peaks]

    def hashes(self, level: int, number: int) -> bytes | None:
        """The tile, if it is one of those that are not full."""
        if level < len(self.levels) and number == self.size >> 8 * (level + 1):
            return bytes(self.levels[level].hashes)
        return None


class _Since(Proofs):
    """What can be proven of how a tree grew, from the roots of its full parts as they were and the tiles that changed.

    A proof from the size before asks for those very parts, and for trees that hold nothing but later leaves.
    """

    def __init__(self, before: _Edge, written: Written) -> None:
        super().__init__(lambda level, number: written[level, number][0])
        heights = [height for height in reversed(range(before.size.bit_length())) if before.size >> height & 1]
        self._peaks = dict(zip(((h, (before.size >> h) - 1) for h in heights), before.peaks(), strict=True))

    def _full(self, height: int, index: int) -> bytes:
        level, within = divmod(height, 8)
        number, at = divmod(index, WIDTH >> within)
        part = HASH << within
        found = self._peaks.get((height, index))
        return found or full_root(split(self._hashes(level, number)[at * part : (at + 1) * part]))


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
        self._edge: _Edge | None = None
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
                edge = self._edge or _Edge(0, BEFORE_ALL, [_Level()], b"")
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

    def _take_in(self, before: _Edge, rows: Sequence[Row], limit: int) -> bool:
        """Tiles and head move together or not at all; False when somebody else was faster.

        When a larger head was signed already (a crash before the tables were written), no smaller one is made.
        """
        signed, edge = self._signer.newest(), before.copy()
        try:
            with self._engine.begin() as connection:
                if not self._claimed(connection):
                    self._edge = None
                    return False
                while True:
                    size, written = edge.size, edge.grow(rows)
                    _write(connection, size, written)
                    if signed is None or edge.size >= signed.size or len(rows) < limit:
                        break
                    rows = self._source.sealed_rows(edge.last, limit) or ()
                    if not rows:
                        break

                def proof(old: int) -> list[bytes]:
                    if old == size == before.size:
                        return _Since(before, written).consistency(old, edge.size)
                    newest = Proofs(lambda level, number: _newest_tile(connection, written, edge, level, number))
                    return newest.consistency(old, edge.size)

                head = self._signer.sign(edge.size, edge.root(), proof, self._head)
                _run(connection, _GROWN, [(head.size, head.root, head.text)])
        except IntegrityError:  # the very first head, made by two at once
            self._edge = None
            return False
        self._edge, self._head = edge, head
        return True

    def _claimed(self, connection: Connection) -> bool:
        """Whether the tables stand where this log left or found them; then nobody else moves them meanwhile."""
        if self._head is None and connection.execute(_HELD).first() is None:
            connection.execute(_FIRST)
            return True
        old = (self._head.size, self._head.root) if self._head else (0, EMPTY)
        return _run(connection, _CLAIM, [old]) == 1

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


def _edge_at(connection: Connection, size: int) -> _Edge:
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
        levels.append(_Level(hashes))
        entries //= WIDTH
    return _Edge(size, last, levels, numbers)


def _last_number(connection: Connection, size: int, numbers: bytes) -> int:
    if not numbers:
        found = connection.execute(_TILE, {"at_level": 0, "at_number": size // WIDTH - 1}).first()
        numbers = found.rows if found is not None else b""
    if len(numbers) != 8 * ((size - 1) % WIDTH + 1):
        raise LogDamaged("the last tile does not number its rows")
    return int.from_bytes(numbers[-8:], "big")


def _write(connection: Connection, before: int, written: Written) -> None:
    for statement, had in ((_FULLER_TILE, True), (_NEW_TILE, False)):
        tiles = [(*tile, *place) for place, tile in written.items() if _had(before, *place) is had]
        if tiles:
            _run(connection, statement, tiles)


def _run(connection: Connection, statement: str, values: list[tuple[Any, ...]]) -> int:
    """How many rows the statement changed; a turn of the log is short, and half of it would be putting it together."""
    given = values if len(values) > 1 else values[0]
    marked = statement.replace("?", "%s") if connection.dialect.paramstyle != "qmark" else statement
    return connection.exec_driver_sql(marked, given).rowcount


def _had(size: int, level: int, number: int) -> bool:
    """Whether a log of this size has the tile already."""
    return number << 8 * (level + 1) < size >> 8 * level << 8 * level


def _newest_tile(connection: Connection, written: Written, edge: _Edge, level: int, number: int) -> bytes:
    if (level, number) in written:
        return written[level, number][0]
    held = edge.hashes(level, number)
    return held if held is not None else _tiles_in(connection)(level, number)


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
