"""Checks the proof log, receipts and packs, offline and without any key of a case.

It needs the standard library and `cryptography` and nothing of the hub, so that whoever doubts the hub can copy this
one file to a machine of their own: `python verifying.py log events.sqlite log.sqlite --key log.pub --head mine.head`.
"""

import argparse
import base64
import binascii
import contextlib
import hashlib
import hmac
import json
import os
import sqlite3
import struct
import sys
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

Row = tuple[int, bytes, int, str, bytes]  # number, stream, version, topic, state
Tile = tuple[int, int, bytes, bytes]  # level, number, up to 256 hashes, at level 0 a row number for each


class NotGenuine(ValueError):
    """This is not what the hub signed, and the text says where; ask for another copy and tell the auditor."""


# --- the tree: RFC 9162 section 2.1 ---------------------------------------------------------------------------------

WIDTH = 256
HASH = 32
EMPTY = hashlib.sha256(b"").digest()
_sha256 = hashlib.sha256
_MARK = b"\x00hub.row.2\n"
_PLACE = struct.Struct(">Q16sQH")
_COMMITMENT = slice(17, 49)


def leaf_of(row: Row) -> bytes:
    """The leaf that stands for a sealed row: what it commits to, and one hash of its number, place and sealed bytes.

    A receipt gives that hash away, not what it is of: who lacks the sealed bytes cannot find the place by trying.

    Raises:
        ValueError, TypeError, AttributeError, struct.error: for what cannot be a row.
    """
    return leaf_from(row[4][_COMMITMENT], sealed_hash(row))


def sealed_hash(row: Row) -> bytes:
    """Binds a row to its number, stream, version and topic. Raises as `leaf_of` does."""
    number, stream, version, topic, state = row
    if len(stream) != 16:
        raise ValueError("a stream has 16 bytes")
    name = topic.encode()
    return _sha256(_PLACE.pack(number, stream, version, len(name)) + name + state).digest()


def leaf_from(commitment: bytes, sealed: bytes) -> bytes:
    return _sha256(_MARK + commitment + sealed).digest()


def node_of(left: bytes, right: bytes) -> bytes:
    return _sha256(b"\x01" + left + right).digest()


class Tree:
    """The head of a growing list of leaves, holding one hash for each power of two in its size."""

    def __init__(self) -> None:
        self.size = 0
        self._peaks: list[bytes] = []

    def append(self, leaf: bytes) -> None:
        peaks, size = self._peaks, self.size
        while size & 1:
            leaf = _sha256(b"\x01" + peaks.pop() + leaf).digest()
            size >>= 1
        peaks.append(leaf)
        self.size += 1

    def root(self) -> bytes:
        if not self._peaks:
            return EMPTY
        root = self._peaks[-1]
        for peak in reversed(self._peaks[:-1]):
            root = node_of(peak, root)
        return root

    def copy(self) -> "Tree":
        return Tree.grown(self.size, self._peaks)

    @classmethod
    def grown(cls, size: int, peaks: Sequence[bytes]) -> "Tree":
        """A tree that has come to `size`, from the roots of its full parts, the largest first."""
        tree = cls()
        tree.size, tree._peaks = size, list(peaks)
        return tree


def full_root(hashes: Sequence[bytes]) -> bytes:
    """The root over a power of two of hashes."""
    while len(hashes) > 1:
        pairs = iter(hashes)
        hashes = [_sha256(b"\x01" + left + right).digest() for left, right in zip(pairs, pairs, strict=True)]
    return hashes[0]


def split(hashes: bytes) -> list[bytes]:
    return [hashes[at : at + HASH] for at in range(0, len(hashes), HASH)]


def is_included(leaf: bytes, index: int, size: int, root: bytes, path: Sequence[bytes]) -> bool:
    """Whether the leaf stands at `index` of the tree with this head (section 2.1.3.2)."""
    if not 0 <= index < size:
        return False
    first, last, found = index, size - 1, leaf
    for other in path:
        if last == 0 or len(other) != HASH:
            return False
        if first & 1 or first == last:
            found = node_of(other, found)
            while first and not first & 1:
                first, last = first >> 1, last >> 1
        else:
            found = node_of(found, other)
        first, last = first >> 1, last >> 1
    return last == 0 and hmac.compare_digest(found, root)


def is_consistent(old: int, old_root: bytes, new: int, new_root: bytes, proof: Sequence[bytes]) -> bool:
    """Whether the tree of `new` leaves begins with the very tree of `old` leaves (section 2.1.4.2)."""
    if old == new:
        return not proof and hmac.compare_digest(old_root, new_root)
    if old == 0:
        return new > 0 and not proof and old_root == EMPTY
    if not 0 < old < new or not proof or any(len(other) != HASH for other in proof):
        return False
    path = [old_root, *proof] if old & (old - 1) == 0 else list(proof)
    first, last = old - 1, new - 1
    while first & 1:
        first, last = first >> 1, last >> 1
    before = after = path[0]
    for other in path[1:]:
        if last == 0:
            return False
        if first & 1 or first == last:
            before, after = node_of(other, before), node_of(other, after)
            while first and not first & 1:
                first, last = first >> 1, last >> 1
        else:
            after = node_of(after, other)
        first, last = first >> 1, last >> 1
    return last == 0 and hmac.compare_digest(before, old_root) and hmac.compare_digest(after, new_root)


# --- signed heads: C2SP tlog-checkpoint, signed-note ----------------------------------------------------------------

MOST = 2**63
HEAD_BYTES = 64 * 1024
_ED25519 = b"\x01"
_DASH = "\u2014"


@dataclass(frozen=True)
class PublicKey:
    """The key that signs a log's heads, with the origin it signs for."""

    origin: str
    raw: bytes

    @property
    def hash(self) -> bytes:
        return _sha256(self.origin.encode() + b"\n" + _ED25519 + self.raw).digest()[:4]

    @property
    def text(self) -> str:
        """One line, as signed notes write a verifier's key."""
        return f"{self.origin}+{self.hash.hex()}+{to_base64(_ED25519 + self.raw)}\n"


@dataclass(frozen=True)
class Head:
    """How long the log was and what it held, signed; `kept` says where this copy was found."""

    origin: str
    size: int
    root: bytes
    text: str
    kept: str = field(default="", compare=False)

    def __str__(self) -> str:
        return f"the head of {self.size} rows" + (f" ({self.kept})" if self.kept else "")


def to_base64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def from_base64(text: object, what: str) -> bytes:
    """The bytes, of the one way to write them.

    Raises:
        NotGenuine: for anything else.
    """
    with contextlib.suppress(ValueError):
        if isinstance(text, str):
            data = base64.b64decode(text, validate=True)
            if to_base64(data) == text:
                return data
    raise NotGenuine(f"{what} is not base64")


def read_key(text: str) -> PublicKey:
    """The key out of `log.pub`.

    Raises:
        NotGenuine: for what is not such a line.
    """
    parts = text.strip().split("+", 2)
    if len(parts) != 3:
        raise NotGenuine("the key is not one line of origin, hash and key")
    data = from_base64(parts[2], "the key")
    key = PublicKey(parts[0], data[1:])
    if len(data) != 33 or data[:1] != _ED25519 or key.text.strip() != text.strip():
        raise NotGenuine("the key does not agree with its own hash")
    return key


def head_body(origin: str, size: int, root: bytes) -> str:
    """The lines of a head that are signed."""
    return f"{origin}\n{size}\n{to_base64(root)}\n"


def head_text(body: str, key: PublicKey, signature: bytes) -> str:
    return f"{body}\n{_DASH} {key.origin} {to_base64(key.hash + signature)}\n"


def read_head(text: str, public_key: PublicKey, kept: str = "") -> Head:
    """A head whose signature holds.

    Raises:
        NotGenuine: naming what is wrong with it.
    """
    body, blank, signatures = text.rpartition("\n\n")
    lines = body.split("\n")
    if len(text) > HEAD_BYTES or not blank or len(lines) < 3 or "" in lines or not signatures.endswith("\n"):
        raise NotGenuine("the head does not have the form of a signed head")
    origin, size, root = lines[:3]
    if origin != public_key.origin:
        raise NotGenuine("the head is of another log: its origin is not the key's")
    if not (size.isascii() and size.isdecimal() and str(int(size[:20])) == size and int(size) < MOST):
        raise NotGenuine("the size in the head is not a number")
    _check_signature(f"{body}\n", signatures, public_key)
    head = Head(origin, int(size), from_base64(root, "the root in the head"), text, kept)
    if len(head.root) != HASH or (head.size == 0 and head.root != EMPTY):
        raise NotGenuine("the root in the head is not the root of a log")
    return head


def _check_signature(body: str, signatures: str, key: PublicKey) -> None:
    """One of the lines must be this key's; those of others, who may have signed too, are not looked at."""
    for line in signatures[:-1].split("\n"):
        parts = line.split(" ")
        if len(parts) != 3 or parts[0] != _DASH:
            raise NotGenuine("a signature line of the head has not the form of one")
        if parts[1] != key.origin:
            continue
        data = from_base64(parts[2], "the signature of the head")
        if data[:4] != key.hash:
            continue
        try:
            Ed25519PublicKey.from_public_bytes(key.raw).verify(data[4:], body.encode())
        except (InvalidSignature, ValueError):
            raise NotGenuine("the signature of the head does not hold") from None
        return
    raise NotGenuine("the head is not signed by this key")


# --- receipts -------------------------------------------------------------------------------------------------------

RECEIPT = "hub.receipt.2"
SALT = 32
_RECEIPT_PARTS = {"format", "sealed", "index", "path", "head", "opened", "closed"}


@dataclass(frozen=True)
class Proven:
    """What a receipt proves: that a row stands at `index` of the log, and that it says what is opened.

    Where in its case the row stands it does not tell.
    """

    head: Head
    index: int
    opened: dict[str, object]
    closed: tuple[str, ...]


def field_digest(salt: bytes, name: str, value: object) -> bytes:
    """One field of an event under its salt.

    Raises:
        ValueError: for what has no canonical JSON.
    """
    said = json.dumps({name: value}, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    return _sha256(salt + said.encode()).digest()


def commitment_of(digests: Mapping[str, bytes]) -> bytes:
    """What a sealed row is bound to: its fields' digests in the order of their names."""
    return _sha256(b"".join(digests[name] for name in sorted(digests))).digest()


def verify_receipt(receipt: object, public_key: PublicKey) -> Proven:
    """What the receipt proves.

    Raises:
        NotGenuine: naming what does not hold.
    """
    parts = _object(receipt, _RECEIPT_PARTS, "the receipt")
    if parts["format"] != RECEIPT:
        raise NotGenuine(f"the receipt is not of the form {RECEIPT}")
    sealed = from_base64(parts["sealed"], "the hash of the sealed row")
    if not isinstance(parts["head"], str):
        raise NotGenuine("the head of the receipt is not text")
    head = read_head(parts["head"], public_key, "in the receipt")
    index = _whole(parts["index"], "the index of the receipt")
    path = proof_hashes(parts["path"], "the path of the receipt")
    opened, closed, digests = _fields(parts["opened"], parts["closed"])
    leaf = leaf_from(commitment_of(digests), sealed)
    if len(sealed) != HASH or not is_included(leaf, index, head.size, head.root, path):
        raise NotGenuine(
            "the receipt does not stand in the log at the index it names: "
            "a field or a part was changed, added or left out"
        )
    return Proven(head, index, opened, closed)


def _fields(opened: object, closed: object) -> tuple[dict[str, object], tuple[str, ...], dict[str, bytes]]:
    if not isinstance(opened, dict) or not isinstance(closed, dict) or opened.keys() & closed.keys():
        raise NotGenuine("a field of the receipt must be either open or closed")
    values, digests = {}, {}
    for name, given in opened.items():
        parts = _object(given, {"salt", "value"}, f"the field {name}")
        salt = from_base64(parts["salt"], f"the salt of {name}")
        if len(salt) != SALT:
            raise NotGenuine(f"the salt of {name} has not {SALT} bytes")
        try:
            digests[name] = field_digest(salt, name, parts["value"])
        except (ValueError, TypeError, RecursionError):
            raise NotGenuine(f"the field {name} cannot be read") from None
        values[name] = parts["value"]
    for name, digest in closed.items():
        digests[name] = from_base64(digest, f"the digest of {name}")
        if len(digests[name]) != HASH:
            raise NotGenuine(f"the digest of {name} has not {HASH} bytes")
    return values, tuple(sorted(closed)), digests


def proof_hashes(given: object, what: str) -> list[bytes]:
    if not isinstance(given, list) or len(given) > 2 * 64:
        raise NotGenuine(f"{what} is not a list of hashes")
    return [from_base64(each, what) for each in given]


def _object(given: object, parts: set[str], what: str) -> dict[str, Any]:
    if not isinstance(given, dict) or given.keys() != parts:
        raise NotGenuine(f"{what} does not have the parts it must have: {', '.join(sorted(parts))}")
    return given


def _whole(given: object, what: str) -> int:
    if type(given) is not int or not 0 <= given < MOST:
        raise NotGenuine(f"{what} is not a whole number")
    return given


def read_json(data: bytes, what: str) -> Any:
    """JSON in which no name stands twice.

    Raises:
        NotGenuine: for anything else.
    """
    try:
        return json.loads(data.decode(), object_pairs_hook=_no_name_twice, parse_constant=_refused)
    except (ValueError, RecursionError):
        raise NotGenuine(f"{what} is not readable JSON") from None


def _no_name_twice(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name stands twice")
    return found


def _refused(constant: str) -> None:
    raise ValueError(constant)


# --- packs ----------------------------------------------------------------------------------------------------------

FILE_BYTES = 64 * 1024 * 1024
PACK_BYTES = 256 * 1024 * 1024
_END = struct.Struct("<4s4H2LH")
_DIRECTORY_BYTES = 1024 * 1024
_UNZIPPING = (zipfile.BadZipFile, zlib.error, struct.error, RuntimeError, OSError, EOFError, ValueError)


@dataclass(frozen=True)
class ProvenPack:
    """A pack whose every byte is what the hub put on record: its files, and the receipt that proves it."""

    receipt: Proven
    files: tuple[str, ...]


def verify_pack(path: Path, public_key: PublicKey) -> ProvenPack:
    """What the pack proves.

    Raises:
        NotGenuine: naming the file or the part that does not hold.
    """
    files = _unzipped(path)
    for name in ("manifest.json", "receipt.json"):
        if name not in files:
            raise NotGenuine(f"the pack holds no {name}")
    manifest = files.pop("manifest.json")
    receipt = verify_receipt(read_json(files.pop("receipt.json"), "the receipt"), public_key)
    _check_manifest(manifest, files)
    if receipt.opened.get("event") != "disclosure.exported":
        raise NotGenuine("the receipt is not that of an export")
    if receipt.opened.get("digest") != _sha256(manifest).hexdigest():
        raise NotGenuine("the manifest is not the one on record: its SHA-256 is not the digest in the receipt")
    return ProvenPack(receipt, tuple(sorted(files)))


def _check_manifest(manifest: bytes, files: Mapping[str, bytes]) -> None:
    said = read_json(manifest, "the manifest")
    try:
        wanted = {str(name): str(digest) for name, digest in said["files"]}
        doubled = len(wanted) != len(said["files"])
    except (KeyError, TypeError, ValueError):
        raise NotGenuine("the manifest does not list files") from None
    if doubled:
        raise NotGenuine("the manifest names a file twice")
    for name in sorted(wanted.keys() | files.keys()):
        if name not in files:
            raise NotGenuine(f"{name} is missing from the pack")
        if name not in wanted:
            raise NotGenuine(f"the manifest does not name {name}, which is in the pack")
        if _sha256(files[name]).hexdigest() != wanted[name]:
            raise NotGenuine(f"{name} was changed: its SHA-256 is not the one in the manifest")


def _unzipped(path: Path) -> dict[str, bytes]:
    """The files by name, never more of them than the limits let in, whatever the archive claims."""
    try:
        _check_directory(path)
        with zipfile.ZipFile(path) as archive:
            files: dict[str, bytes] = {}
            left = PACK_BYTES
            for entry in archive.infolist():
                if entry.filename in files or entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
                    raise NotGenuine("the pack names a file twice, or packs it in a way the hub does not")
                with archive.open(entry) as source:
                    files[entry.filename] = source.read(min(FILE_BYTES, left) + 1)
                left -= len(files[entry.filename])
                if len(files[entry.filename]) > FILE_BYTES or left < 0:
                    raise NotGenuine("the pack is larger than any pack of the hub")
            return files
    except NotGenuine:
        raise
    except _UNZIPPING:
        raise NotGenuine("the pack is not a readable ZIP file") from None


def _check_directory(path: Path) -> None:
    """Refuses an archive whose list of files alone would fill the memory."""
    size = path.stat().st_size
    with path.open("rb") as source:
        source.seek(max(0, size - _END.size))
        end = source.read()
    if size > PACK_BYTES or len(end) != _END.size:
        raise NotGenuine("the pack is not of the size of a pack")
    signature, *_, directory, start, comment = _END.unpack(end)
    if signature != b"PK\x05\x06" or comment or directory > _DIRECTORY_BYTES or start + directory + _END.size != size:
        raise NotGenuine("the pack does not end as the hub's packs do")


# --- witnesses ------------------------------------------------------------------------------------------------------

BUNDLE = "hub.bundle.1"


def accept_head(witness_file: Path, new_head_text: str, proof: Sequence[bytes], public_key: PublicKey) -> Head:
    """The new head, on disk in the place of the one held; it must be the same log, grown.

    A witness who holds nothing yet takes the first head on its signature alone.

    Raises:
        NotGenuine: saying why it is refused; the head held stays as it was.
    """
    new = read_head(new_head_text, public_key, "in the bundle")
    with alone(witness_file):
        held = held_head(witness_file, public_key)
        if held is not None:
            check_grown(held, new, proof)
        if held is None or held.text != new.text:
            replace_file(witness_file, new.text.encode())
    return new


def held_head(path: Path, public_key: PublicKey, before: Head | None = None) -> Head | None:
    """The head kept in a file, None when there is none; `before` saves checking once more what was read before.

    Raises:
        NotGenuine: for a file that no longer holds one.
    """
    try:
        with path.open("rb") as source:
            data = source.read(HEAD_BYTES + 1)
    except FileNotFoundError:
        return None
    try:
        text = data.decode()
    except UnicodeDecodeError:
        raise NotGenuine("the head is not text") from None
    return before if before is not None and before.text == text else read_head(text, public_key, path.name)


def check_grown(held: Head, new: Head, proof: Sequence[bytes]) -> None:
    """The new head must be of the log of the held one, grown or the same.

    Raises:
        NotGenuine: saying in which way it is not.
    """
    if new.size < held.size:
        raise NotGenuine(f"the log went back: {new} is shorter than {held}")
    if new.size == held.size and new.root != held.root:
        raise NotGenuine(f"the log was forked: {new} and {held} are both signed and differ; keep both")
    if new.size > held.size and not is_consistent(held.size, held.root, new.size, new.root, proof):
        raise NotGenuine(f"nothing proves that {new} continues {held}; ask for a proof from {held.size} rows")


def read_bundle(data: bytes) -> tuple[str, list[bytes]]:
    """A head and the proof that came with it, as the hub hands them to a witness.

    Raises:
        NotGenuine: for anything else.
    """
    parts = _object(read_json(data, "the bundle"), {"format", "head", "from", "proof"}, "the bundle")
    if parts["format"] != BUNDLE or not isinstance(parts["head"], str):
        raise NotGenuine(f"the bundle is not of the form {BUNDLE}")
    return parts["head"], proof_hashes(parts["proof"], "the proof of the bundle")


def replace_file(path: Path, data: bytes) -> None:
    """The file holds all of `data`, on disk, or what it held before."""
    fresh = path.with_name(f"{path.name}.new")
    with fresh.open("wb") as out:
        out.write(data)
        out.flush()
        os.fsync(out.fileno())
    fresh.replace(path)
    if os.name == "posix":
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


@contextlib.contextmanager
def alone(path: Path) -> Iterator[None]:
    """One at a time beside this file, so that nobody checks against a head that is being replaced."""
    if os.name != "posix":
        yield
        return
    import fcntl

    lock = os.open(path.parent, os.O_RDONLY)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
    finally:
        os.close(lock)


# --- the whole log --------------------------------------------------------------------------------------------------

LISTED = 20
DONORS = 64


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong: where in the log, in which row, what kind, and in words."""

    index: int | None
    row: int | None
    kind: str
    text: str

    def __str__(self) -> str:
        where = [f"index {self.index}"] if self.index is not None else []
        where += [f"row {self.row}"] if self.row is not None else []
        return f"{', '.join([*where, self.kind])}: {self.text}"


@dataclass(frozen=True)
class Report:
    """What a check of the whole log found; rows after the newest head are counted, and nothing is said of them."""

    findings: tuple[Finding, ...]
    more: int
    rows: int
    logged: int
    size: int
    uncovered: int

    @property
    def genuine(self) -> bool:
        return not self.findings

    def with_findings(self, others: Iterable[Finding]) -> "Report":
        """The same with more, in the order of the log, those with no place in it last."""
        every = sorted((*self.findings, *others), key=lambda one: (one.index is None, one.index or 0))
        return replace(self, findings=tuple(every[:LISTED]), more=self.more + len(every[LISTED:]))


@dataclass(frozen=True)
class _Odd:
    """A place where rows and log do not agree: a leaf at `index` of the log, a row as the `at`th, or one of each."""

    kind: str
    index: int
    at: int
    number: int | None
    leaf: bytes | None
    row: Row | None
    count: int = 1


@dataclass
class _Seen:
    """A row as it was read; what is none has neither row nor leaf."""

    number: int | None
    leaf: bytes
    row: Row | None

    @property
    def kind(self) -> str:
        return "row malformed" if self.row is None else "row changed"


class _Roots:
    """A tree that remembers its root at the sizes of the heads."""

    def __init__(self, sizes: frozenset[int], tree: Tree, found: Mapping[int, bytes]) -> None:
        self.sizes, self.tree, self.found = sizes, tree, dict(found)
        self._append = tree.append
        self._note()

    def append(self, leaf: bytes) -> None:
        self._append(leaf)
        if self.tree.size in self.sizes:
            self._note()

    def _note(self) -> None:
        self.found[self.tree.size] = self.tree.root()

    def copy(self) -> "_Roots":
        return _Roots(self.sizes, self.tree.copy(), self.found)

    def good_to(self, heads: Sequence[Head], most: int) -> int:
        """The largest head that this tree bears out, 0 for none."""
        return max((h.size for h in heads if h.size <= most and self.found.get(h.size) == h.root), default=0)


def verify_rows(rows: Iterable[Row], tiles: Iterable[Tile] | None, heads: Sequence[Head]) -> Report:
    """What is wrong with the rows, in the order of their numbers, against the log's tiles and signed heads.

    Tiles come highest level first, then by number. Without tiles only the heads speak, and no row can be named.
    Whatever the rows and tiles hold, and whatever reading them raises, ends as a finding.
    """
    return _Audit(tiles, heads).of(rows)


class _Audit:
    """One walk along rows and leaves together; both are hashed, and the signed heads say which of the two is right."""

    def __init__(self, tiles: Iterable[Tile] | None, heads: Sequence[Head]) -> None:
        differing = {(head.size, head.root): head for head in reversed(heads)}
        self.heads = sorted(differing.values(), key=lambda head: head.size)
        self.size = self.heads[-1].size if self.heads else 0
        self.log = _StoredLeaves(tiles, self.size)
        sizes = frozenset(head.size for head in heads)
        self.rows = self.logged = _Roots(sizes, Tree(), {})
        self.odds: list[_Odd] = []
        self.unlisted = 0
        self.odd_tiles: set[int] = set()
        self.donors: list[Row] = []
        self.findings: list[Finding] = []
        self.last = -MOST - 1
        self.unreadable = ""

    def of(self, rows: Iterable[Row]) -> Report:
        seen: _Seen | None = None
        for ahead in self._seeing(rows):
            if seen is not None:
                self._take(seen, ahead.number)
            seen = ahead
        if seen is not None:
            self._take(seen, None)
        if self.unreadable:
            self.findings.append(Finding(self.rows.tree.size, None, "rows unreadable", self.unreadable))
        self._rest()
        self._judge()
        return self._report()

    def _seeing(self, rows: Iterable[Row]) -> Iterator[_Seen]:
        row: Any
        try:
            for row in rows:
                try:
                    yield _Seen(row[0], leaf_of(row), row)
                except (ValueError, TypeError, AttributeError, IndexError, struct.error):
                    yield _Seen(_number_of(row), b"", None)
        except Exception as error:  # whatever a driver raises on a damaged file
            self.unreadable = f"the rows cannot be read on from here ({type(error).__name__}: {error})"

    def _take(self, seen: _Seen, ahead: int | None) -> None:
        """Puts the row beside its leaf; rows and leaves that stand alone are named on the way."""
        log, number = self.log, seen.number
        if seen.leaf != log.leaf and not self._told_apart(seen, ahead):
            return
        if log.ended:
            self._beyond(seen)
        else:
            if seen.leaf == log.leaf:
                if log.number != number:
                    self.log.misnumbered(number)
            elif log.leaf is not None:
                self._odd(seen.kind, log.number, log.leaf, seen.row)
            elif seen.row is None:
                self._odd(seen.kind, number, None, None)
            self._append(seen.leaf, log.leaf)
        self._passed(number, ahead)

    def _told_apart(self, seen: _Seen, ahead: int | None) -> bool:
        """Walks past leaves whose row is gone; False when it is the row that has no leaf, and has been dealt with."""
        log, number = self.log, seen.number
        if number is None or not self._in_order(number, ahead):
            return True
        while not log.ended and log.leaf != seen.leaf and log.trusted and log.number < number:
            self._odd("row missing", log.number, log.leaf, None)
            self._append(None, log.leaf)
        if log.ended or log.leaf == seen.leaf or not log.trusted or log.number == number:
            return True
        self._odd("row malformed" if seen.row is None else "row inserted", number, None, seen.row)
        self._append(seen.leaf, None)
        self._passed(number, ahead)
        return False

    def _in_order(self, number: int, ahead: int | None) -> bool:
        """Whether the row's number fits between its neighbours; one that does not says nothing about its place."""
        return self.last < number and (ahead is None or number < ahead or ahead <= self.last)

    def _passed(self, number: int | None, ahead: int | None) -> None:
        if number is not None and self._in_order(number, ahead):
            self.last = number

    def _beyond(self, seen: _Seen) -> None:
        """A row after the last leaf: not covered yet, but it must be one, in its order."""
        if seen.row is None or seen.row[0] <= self.last:
            text = f"it is not a row, or its number is not above {self.last}, that of the row before"
            self.findings.append(Finding(self.rows.tree.size, seen.number, "row malformed", text))
        if self.odds and seen.row is not None and len(self.donors) < DONORS:
            self.donors.append(seen.row)
        self.rows.append(seen.leaf or EMPTY)

    def _append(self, row: bytes | None, leaf: bytes | None) -> None:
        """Grows the two trees, one until they differ; a leaf passed is behind us.

        None for the row: the leaf stands alone. None for the leaf: the row does, or the leaf is not known.
        """
        if row != leaf and self.logged is self.rows:
            self.logged = self.rows.copy()
        if row is not None:
            self.rows.append(row or EMPTY)
        alone = leaf is None and self.log.leaf is not None
        if not alone:
            if self.logged is not self.rows:
                self.logged.append(leaf or EMPTY)
            self.log.advance()

    def _odd(self, kind: str, number: int | None, leaf: bytes | None, row: Row | None) -> None:
        self.odd_tiles.add(self.log.index // WIDTH)
        if len(self.odds) < LISTED:
            self.odds.append(_Odd(kind, self.log.index, self.rows.tree.size, number, leaf, row))
        else:
            self.unlisted += 1

    def _rest(self) -> None:
        """Leaves after the last row: a tail that was cut, unless the rows could not be read to their end."""
        log, first, number, leaf = self.log, self.log.index, self.log.number, self.log.leaf
        if not log.ended and self.logged is self.rows:
            self.logged = self.rows.copy()
        while not log.ended:
            self.logged.append(log.leaf or EMPTY)
            log.advance()
        if not self.unreadable and first < min(log.index, self.size):
            cut = _Odd("tail cut", first, self.rows.tree.size, number, leaf, None, log.index - first)
            self.odds = [*self.odds[: LISTED - 1], cut]

    def _judge(self) -> None:
        good_log = self.logged.good_to(self.heads, self.log.index)
        good_rows = self.rows.good_to(self.heads, self.rows.tree.size)
        self._check_heads(good_log, good_rows)
        self.findings += _named(self.odds, self.donors, good_log, good_rows)
        self.findings += [fault for fault in self.log.faults if fault.kind != "tile unfounded"]
        self.findings += [
            Finding(fault.index, None, "tile damaged", fault.text)
            for fault in self.log.faults
            if fault.kind == "tile unfounded" and (fault.index or 0) // WIDTH not in self.odd_tiles
        ]

    def _check_heads(self, good_log: int, good_rows: int) -> None:
        count, known = self.rows.tree.size, not self.log.absent and not self.log.broken
        if not self.heads and (count or self.log.index):
            self.findings.append(Finding(None, None, "no head", "no genuine head was given: nothing is proven"))
        for one, other in pairwise(self.heads):
            if one.size == other.size and one.root != other.root:
                text = f"{one} and {other} are both signed, and differ: two histories were shown"
                self.findings.append(Finding(None, None, "fork", text))
        for head in self.heads:
            self._check_head(head, count, good_log, good_rows)
        if known and self.log.index < self.size <= good_rows:
            text = f"the log holds {self.log.index} leaves, its newest head {self.size}; it can be made again"
            self.findings.append(Finding(self.log.index, None, "log short", text))
        if known and self.heads and self.log.index > self.size:
            text = f"the log holds {self.log.index} leaves, its newest head only {self.size}"
            self.findings.append(Finding(self.size, None, "log beyond its head", text))

    def _check_head(self, head: Head, count: int, good_log: int, good_rows: int) -> None:
        """What only this head shows: where rows and log differ, that is named already."""
        if self.unreadable or self.rows.found.get(head.size) == head.root:
            return
        borne_out = self.logged.found.get(head.size) == head.root and head.size <= self.log.index
        if borne_out:
            return
        if head.size > count:
            text = f"the store holds {count} rows, but {head} was signed: {head.size - count} are missing"
            self.findings.append(Finding(count, None, "tail cut", text))
            return
        last = max(
            (h.size for h in self.heads if h.size < head.size and h.size <= max(good_log, good_rows)), default=0
        )
        text = f"the rows do not give the root of {head}; the change lies at index {last} to {head.size - 1}"
        self.findings.append(Finding(None, None, "root differs", text))

    def _report(self) -> Report:
        count = self.rows.tree.size
        none = Report((), self.unlisted, count, self.log.index, self.size, max(0, count - self.size))
        return none.with_findings(self.findings)


class _StoredLeaves:
    """The leaves the log's tiles hold, one after another, and what is wrong with the tiles themselves."""

    def __init__(self, tiles: Iterable[Tile] | None, most: int) -> None:
        self.absent, self.broken = tiles is None, False
        self.faults: list[Finding] = []
        self.index, self.number, self.trusted, self.ended = -1, -1, False, False
        self.leaf: bytes | None = None
        self._most, self._count, self._last = most, 0, -1
        self._uppers: dict[tuple[int, int], bytes] = {}
        self._leaves = self._reading(tiles or ())
        self.advance()

    def advance(self) -> None:
        self.index += 1
        found = next(self._leaves, None)
        if found is None:
            self.ended, self.leaf, self.trusted = True, None, False
        else:
            self.number, self.trusted, self.leaf = found

    def misnumbered(self, number: int | None) -> None:
        if self.number >= 0:  # of a tile that numbers nothing, that is said already
            self._fault(self.index, f"the log gives row {number} the number {self.number}")

    def _fault(self, index: int | None, text: str, kind: str = "tile damaged") -> None:
        if len(self.faults) < LISTED:
            self.faults.append(Finding(index, None, kind, f"{text}; the log can be made again from the rows"))

    def _reading(self, tiles: Iterable[Tile]) -> Iterator[tuple[int, bool, bytes | None]]:
        try:
            for level, number, hashes, rows in tiles:
                if not (type(level) is type(number) is int and isinstance(hashes, bytes) and 0 <= number < MOST):
                    self._fault(None, "the log holds something that is not a tile")
                elif level:
                    self._uppers[level, number] = hashes
                elif number * WIDTH < self._count or number * WIDTH > max(self._most, self._count):
                    self._fault(number * WIDTH, f"tile {number} stands where none belongs")
                else:
                    yield from self._blank(number * WIDTH - self._count, f"leaves are missing before tile {number}")
                    yield from self._in_tile(number, hashes, rows)
        except Exception as error:  # whatever a driver raises on a damaged file
            self.broken = True
            self._fault(self._count, f"the log cannot be read on from here ({type(error).__name__}: {error})")
            return
        self._check_uppers()

    def _blank(self, count: int, why: str) -> Iterator[tuple[int, bool, bytes | None]]:
        """Leaves that are not there although others follow; the rows are held against the heads alone."""
        if count:
            self._fault(self._count, why)
        for _ in range(count):
            self._count += 1
            yield -1, False, None

    def _in_tile(self, number: int, hashes: bytes, rows: object) -> Iterator[tuple[int, bool, bytes | None]]:
        count, rest = divmod(len(hashes), HASH)
        if rest or not 0 < count <= WIDTH:
            count = min(WIDTH, len(rows) // 8) if isinstance(rows, bytes) else 0
            yield from self._blank(max(1, count), f"tile {number} has not the length of one")
            return
        leaves: list[bytes] = split(hashes)
        if not isinstance(rows, bytes) or len(rows) != 8 * count:
            self._fault(self._count, f"tile {number} does not number its leaves")
            numbers: tuple[int, ...] = (-1,) * count
        else:
            numbers = struct.unpack(f">{count}Q", rows)
        trusted = _in_order(numbers, self._last)
        self._last = max((n for n, good in zip(numbers, trusted, strict=True) if good), default=self._last)
        if count == WIDTH:
            self._check_above(0, number, full_root(leaves))
        for each in zip(numbers, trusted, leaves, strict=True):
            self._count += 1
            yield each

    def _check_above(self, level: int, number: int, root: bytes) -> None:
        above = self._uppers.get((level + 1, number // WIDTH), b"")
        at = number % WIDTH * HASH
        if above[at : at + HASH] != root:
            text = f"tile {number} of level {level} is not what the level above it says"
            self._fault(number * WIDTH ** (level + 1), text, "tile unfounded")

    def _check_uppers(self) -> None:
        """Each upper tile must have the length that belongs to the number of leaves, and be borne out from above."""
        for (level, number), hashes in self._uppers.items():
            entries = self._count // WIDTH**level if 0 < level < 9 else 0
            wanted = min(WIDTH, entries - number * WIDTH) * HASH
            if len(hashes) != wanted:
                self._fault(None, f"tile {number} of level {level} has not the length that belongs to the log")
            elif wanted == WIDTH * HASH:
                self._check_above(level, number, full_root(split(hashes)))


def _in_order(numbers: Sequence[int], last: int) -> list[bool]:
    """Which numbers fit between those before and after them."""
    if last < numbers[0] and all(one < next_one for one, next_one in pairwise(numbers)):
        return [True] * len(numbers)
    fits = []
    for at, number in enumerate(numbers):
        ahead = numbers[at + 1] if at + 1 < len(numbers) else MOST
        fits.append(last < number < MOST and (number < ahead or ahead <= last))
        last = number if fits[-1] else last
    return fits


def _number_of(row: Any) -> int | None:
    with contextlib.suppress(TypeError, IndexError, KeyError):
        if type(row[0]) is int:
            return int(row[0])
    return None


def _named(odds: Sequence[_Odd], donors: Sequence[Row], good_log: int, good_rows: int) -> Iterator[Finding]:
    """A name for each odd place; what was only put elsewhere is said to have been, once."""
    told: set[int] = set()
    for odd in odds:
        if id(odd) in told:
            continue
        if odd.index >= good_log and odd.at < good_rows:
            text = "the log's copy of this leaf is not that of the row, and the signed head bears out the row"
            yield Finding(odd.index, odd.number, "leaf damaged", f"{text}; the log can be made again from the rows")
            continue
        source, finding = _put_elsewhere(odd, odds, donors)
        if source is not None:
            told.add(id(source))
        yield finding or _plainly(odd, odd.index < good_log)


def _put_elsewhere(
    odd: _Odd, odds: Sequence[_Odd], donors: Sequence[Row]
) -> tuple[_Odd | None, Finding | None]:
    """What belongs at this place stands in another row: swapped with it, or moved there."""
    for other in odds:
        if other.row is None or not _belongs(other.row, odd):
            continue
        if other is odd:
            text = f"it stands in the store under the number {other.row[0]}"
            return None, Finding(odd.index, odd.number, "row moved", text)
        if odd.row is not None and _belongs(odd.row, other):
            text = f"it has changed places with row {other.number} (index {other.index})"
            return other, Finding(odd.index, odd.number, "rows swapped", text)
        text = f"what belongs here stands in row {other.row[0]} (index {other.index})"
        return (other if other.leaf is None else None), Finding(odd.index, odd.number, "row moved", text)
    for row in donors:
        if _belongs(row, odd):
            return None, Finding(odd.index, odd.number, "row moved", f"what belongs here stands in row {row[0]}")
    return None, None


def _belongs(row: Row, odd: _Odd) -> bool:
    """Whether this row, or its state alone, is what the log has at the odd place."""
    if odd.leaf is None or odd.number is None:
        return False
    if leaf_of((odd.number, *row[1:])) == odd.leaf:
        return True
    return odd.row is not None and odd.row is not row and leaf_of((*odd.row[:4], row[4])) == odd.leaf


_WORDS = {
    "row changed": "it is not what was logged under this number",
    "row inserted": "the log knows no such row here",
    "row malformed": "what is stored there does not have the form of a row",
    "row missing": "it was logged and is no longer in the store",
    "tail cut": "the store ends before this row",
}


def _plainly(odd: _Odd, certain: bool) -> Finding:
    text = _WORDS[odd.kind]
    if odd.kind == "tail cut":
        text += f": {odd.count} logged rows are missing"
    if not certain:
        text += "; no signed head says whether the store or the log is at fault"
    return Finding(odd.index, odd.number, odd.kind, text)


# --- an embedded hub's files ----------------------------------------------------------------------------------------

EVENTS_SCHEMA = {
    "stored_events": """
        CREATE TABLE stored_events (
            "rowid" INTEGER PRIMARY KEY AUTOINCREMENT,
            originator_id TEXT NOT NULL,
            originator_version INTEGER NOT NULL,
            topic TEXT NOT NULL,
            state BLOB NOT NULL,
            UNIQUE (originator_id, originator_version)
        ) STRICT
    """,
    "sqlite_autoindex_stored_events_1": "",
    "stored_events_no_UPDATE": """
        CREATE TRIGGER stored_events_no_UPDATE BEFORE UPDATE ON stored_events
        BEGIN SELECT RAISE(ABORT, 'events are never changed or deleted'); END
    """,
    "stored_events_no_DELETE": """
        CREATE TRIGGER stored_events_no_DELETE BEFORE DELETE ON stored_events
        BEGIN SELECT RAISE(ABORT, 'events are never changed or deleted'); END
    """,
    "stored_events_no_replace": """
        CREATE TRIGGER stored_events_no_replace BEFORE INSERT ON stored_events
        WHEN EXISTS (
            SELECT 1 FROM stored_events
            WHERE rowid = NEW.rowid
            OR (originator_id = NEW.originator_id AND originator_version = NEW.originator_version)
        )
        BEGIN SELECT RAISE(ABORT, 'events are never changed or deleted: this place is taken'); END
    """,
}
_LOG_COLUMNS = {
    "log_tiles": ["level", "number", "hashes", "rows"],
    "log_head": ["one", "size", "root", "text"],
}
_ROWS = """
SELECT rowid, originator_id, originator_version, topic, state,
    typeof(originator_id) || typeof(originator_version) || typeof(topic) || typeof(state)
FROM stored_events NOT INDEXED ORDER BY rowid
"""
_TYPES = b"textintegertextblob"
_TILES = "SELECT level, number, hashes, rows FROM log_tiles ORDER BY level DESC, number"


def verify_files(
    events: Path,
    log: Path | None,
    public_key: PublicKey,
    heads: Mapping[str, bytes],
    schema: Mapping[str, str] = EVENTS_SCHEMA,
    watch: Callable[[int, Row], None] = lambda index, row: None,
) -> Report:
    """What is wrong with an embedded hub's files, which may be in use; `heads` are kept elsewhere, by where.

    `watch` is told of every row that can be read, with its index.
    """
    found: list[Finding] = []
    genuine = [head for kept, data in heads.items() if (head := _genuine(data, public_key, kept, found))]
    with contextlib.ExitStack() as files:
        tiles: Iterator[Tile] | None = None
        logged = _open(log, files, found) if log is not None else None  # before the rows: it never runs ahead of them
        if log is not None and logged is not None:
            found += _in_words(log, lambda: _log_faults(logged))
            found += _in_words(log, lambda: _own_heads(logged, public_key, genuine))
            tiles = _answers(logged, _TILES)
        store = _open(events, files, found)
        if store is not None:
            found += _in_words(events, lambda: _store_faults(store, schema))
        rows = _sealed_rows(store) if store is not None else iter(())
        report = verify_rows(_watched(rows, watch), tiles, genuine)
    return report.with_findings(found)


def _genuine(data: bytes, key: PublicKey, kept: str, findings: list[Finding]) -> Head | None:
    try:
        return read_head(data[: HEAD_BYTES + 1].decode(), key, kept)
    except (NotGenuine, UnicodeDecodeError) as error:
        findings.append(Finding(None, None, "head damaged", f"{kept}: {error}"))
        return None


def _open(path: Path, files: contextlib.ExitStack, found: list[Finding]) -> sqlite3.Connection | None:
    """Read-only, one moment of the file; on a disk that cannot be written a file with nothing pending is read as is."""
    pending = path.with_name(f"{path.name}-wal")
    ways = ["mode=ro"] if pending.exists() and pending.stat().st_size else ["mode=ro", "immutable=1"]
    for how in ways if path.is_file() else ():
        with contextlib.suppress(Exception):  # whatever SQLite or its values make of a damaged file
            connection = files.enter_context(contextlib.closing(_connect(path, how)))
            connection.execute("BEGIN")
            connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
            return connection
    found.append(Finding(None, None, "file unreadable", f"{path.name} is not there, or is no database"))
    return None


def _connect(path: Path, how: str) -> sqlite3.Connection:
    connection = sqlite3.connect(f"{path.resolve().as_uri()}?{how}", uri=True, isolation_level=None)
    connection.text_factory = bytes
    return connection


def _in_words(path: Path, check: Callable[[], Iterable[Finding]]) -> list[Finding]:
    """What a check finds; a file that cannot be read for it is a finding too."""
    found: list[Finding] = []
    try:
        found.extend(check())
    except Exception as error:  # whatever SQLite or its values make of a damaged file
        found.append(Finding(None, None, "file unreadable", f"{path.name} ({type(error).__name__}: {error})"))
    return found


def _answers(connection: sqlite3.Connection, query: str) -> Iterator[Any]:
    """The answer of a query that is asked only when the first row is wanted."""
    yield from connection.execute(query)


def _sealed_rows(connection: sqlite3.Connection) -> Iterator[Any]:
    """Rows as the hub hands them out; what is not stored as it must be comes as None, and so is no row."""
    for number, stream, version, topic, state, types in _answers(connection, _ROWS):
        if types != _TYPES:
            yield number, None, None, None, None
            continue
        try:
            place = binascii.unhexlify(stream)
            yield number, place if binascii.hexlify(place) == stream else None, version, topic.decode(), state
        except ValueError:  # neither hexadecimal nor UTF-8
            yield number, None, None, None, None


def _watched(rows: Iterator[Any], watch: Callable[[int, Row], None]) -> Iterator[Row]:
    for index, row in enumerate(rows):
        watch(index, row)
        yield row


def _whole_file(connection: sqlite3.Connection, name: str) -> Iterator[Finding]:
    for (said,) in connection.execute("PRAGMA integrity_check(20)"):
        if said != b"ok":
            yield Finding(None, None, "file damaged", f"{name}: {said.decode(errors='replace')}")


def _store_faults(connection: sqlite3.Connection, schema: Mapping[str, str]) -> Iterator[Finding]:
    found = {
        _text(name): _text(sql)
        for name, sql in connection.execute("SELECT name, sql FROM sqlite_master WHERE tbl_name = 'stored_events'")
    }
    for name in sorted(found.keys() | schema.keys()):
        if name not in found or name not in schema or _squeezed(found[name]) != _squeezed(schema[name]):
            text = f"{name} in the events file is not what it must be"
            yield Finding(None, None, "schema changed", text)
    (highest,) = connection.execute("SELECT max(rowid) FROM stored_events").fetchone()
    counted = connection.execute("SELECT seq FROM sqlite_sequence WHERE name = 'stored_events'").fetchall()
    if [(highest,)] != (counted or [(None,)]):
        given = counted[0][0] if counted else "none"
        text = f"the last row is {highest}, the last number given {given}: rows were cut, or put in by hand"
        yield Finding(None, highest if type(highest) is int else None, "numbers differ", text)
    yield from _whole_file(connection, "events")


def _log_faults(connection: sqlite3.Connection) -> Iterator[Finding]:
    for table, columns in _LOG_COLUMNS.items():
        found = [_text(row[1]) for row in connection.execute(f"PRAGMA table_info({table})")]
        if found != columns:
            yield Finding(None, None, "schema changed", f"{table} in the log file is not what it must be")
    ((triggers,),) = connection.execute("SELECT count(*) FROM sqlite_master WHERE type IN ('trigger', 'view')")
    if triggers:
        yield Finding(None, None, "schema changed", "the log file holds a trigger or a view")
    yield from _whole_file(connection, "log")


def _own_heads(connection: sqlite3.Connection, key: PublicKey, genuine: list[Head]) -> list[Finding]:
    """The head the log holds, into the genuine ones; or what is wrong with it."""
    findings: list[Finding] = []
    held = connection.execute("SELECT one, size, root, text FROM log_head").fetchall()
    for one, size, root, text in held:
        head = _genuine(text if isinstance(text, bytes) else b"", key, "in the log", findings)
        if head is not None:
            genuine.append(head)
            if (one, size, root) != (1, head.size, head.root):
                findings.append(Finding(None, None, "head damaged", "the log's head is not what was signed"))
    if not held and connection.execute("SELECT 1 FROM log_tiles").fetchone():
        findings.append(Finding(None, None, "head damaged", "the log holds leaves and no head"))
    if len(held) > 1:
        findings.append(Finding(None, None, "head damaged", "the log holds more than one head"))
    return findings


def _text(value: object) -> str:
    return value.decode(errors="replace") if isinstance(value, bytes) else ""


def _squeezed(sql: str) -> str:
    return " ".join(sql.split())


# --- the command line -----------------------------------------------------------------------------------------------


def main(arguments: Sequence[str] | None = None) -> int:
    """0 when all of it holds, 1 when something does not."""
    given = _parser().parse_args(arguments)
    try:
        return int(given.run(given))
    except NotGenuine as error:
        return _say(f"NOT GENUINE: {error}", 1)
    except OSError as error:
        return _say(f"cannot be read: {error}", 1)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description="Checks what a safeguarding hub has put on record, without the hub.")
    commands = parser.add_subparsers(required=True, metavar="what")
    log = _command(commands, "log", _run_log, "the whole record, against signed heads")
    case = _command(commands, "case", _run_case, "the rows of one case's streams")
    for command in (log, case):
        command.add_argument("events", type=Path, help="a copy of events.sqlite")
        command.add_argument("log", type=Path, help="a copy of log.sqlite")
    case.add_argument("streams", nargs="+", metavar="stream", help="a stream's id, 32 hexadecimal digits")
    _command(commands, "receipt", _run_receipt, "one receipt").add_argument("file", type=Path)
    _command(commands, "pack", _run_pack, "one exported pack").add_argument("file", type=Path)
    witness = _command(commands, "witness", _run_witness, "a newer head, to be kept instead of the one held")
    witness.add_argument("file", type=Path, help="the head held; made when there is none")
    witness.add_argument("--new", type=Path, required=True, help="the bundle the hub handed over")
    for command in (log, case, commands.choices["receipt"], commands.choices["pack"]):
        command.add_argument("--head", type=Path, action="append", default=[], help="a head kept elsewhere")
    return parser


def _command(commands: Any, name: str, run: Callable[[Any], int], about: str) -> argparse.ArgumentParser:
    command: argparse.ArgumentParser = commands.add_parser(name, help=about, description=f"Checks {about}.")
    command.add_argument("--key", type=Path, required=True, help="log.pub of the hub")
    command.set_defaults(run=run)
    return command


def _key(given: Any) -> PublicKey:
    return read_key(_limited(given.key, 1024).decode(errors="replace"))


def _limited(path: Path, most: int) -> bytes:
    with path.open("rb") as source:
        data = source.read(most + 1)
    if len(data) > most:
        raise NotGenuine(f"{path.name} is larger than it can be")
    return data


def _run_log(given: Any) -> int:
    heads = {path.name: _limited(path, HEAD_BYTES) for path in given.head}
    return _print(verify_files(given.events, given.log, _key(given), heads))


def _run_case(given: Any) -> int:
    wanted: dict[bytes, list[tuple[int, int]]] = {_stream(text): [] for text in given.streams}

    def watch(index: int, row: Row) -> None:
        if row[1] in wanted:
            wanted[row[1]].append((index, row[2]))

    heads = {path.name: _limited(path, HEAD_BYTES) for path in given.head}
    report = verify_files(given.events, given.log, _key(given), heads, watch=watch)
    whole = True
    for stream, rows in wanted.items():
        covered = [index for index, _ in rows if index < report.size]
        whole &= bool(rows) and [version for _, version in rows] == list(range(1, len(rows) + 1))
        _say(f"{stream.hex()}: {len(rows)} rows, {len(covered)} covered by the newest head, at {_ranges(covered)}")
    if not whole:
        _say("NOT WHOLE: a stream has no rows, or their versions do not run from 1 without a gap")
    return _print(report) or int(not whole)


def _stream(text: str) -> bytes:
    try:
        stream = bytes.fromhex(text.replace("-", ""))
    except ValueError:
        stream = b""
    if len(stream) != 16:
        raise NotGenuine(f"{text} is not the id of a stream")
    return stream


def _ranges(indexes: Sequence[int]) -> str:
    runs: list[list[int]] = []
    for index in indexes:
        if runs and runs[-1][1] == index - 1:
            runs[-1][1] = index
        else:
            runs.append([index, index])
    return ", ".join(str(first) if first == last else f"{first}-{last}" for first, last in runs) or "no index"


def _run_receipt(given: Any) -> int:
    proven = verify_receipt(read_json(_limited(given.file, FILE_BYTES), "the receipt"), _key(given))
    return _print_proven(proven, given)


def _run_pack(given: Any) -> int:
    proven = verify_pack(given.file, _key(given))
    _say(f"files as on record: {', '.join(proven.files)}")
    return _print_proven(proven.receipt, given)


def _print_proven(proven: Proven, given: Any) -> int:
    for path in given.head:
        _compare(proven.head, held_head(path, _key(given)) or proven.head)
    _say(f"it stands at index {proven.index} of the log")
    for name, value in sorted(proven.opened.items()):
        _say(f"  {name}: {json.dumps(value, ensure_ascii=False)}")
    _say(f"  not opened: {', '.join(proven.closed) or 'nothing'}")
    return _say(f"genuine: proven by {proven.head}", 0)


def _compare(head: Head, kept: Head) -> None:
    if head.size == kept.size and head.root != kept.root:
        raise NotGenuine(f"the log was forked: {head} and {kept} are both signed, and differ")
    if head.size != kept.size:
        _say(f"{kept} has another size: only a bundle from the hub shows that the two are of one log")


def _run_witness(given: Any) -> int:
    head = accept_head(given.file, *read_bundle(_limited(given.new, HEAD_BYTES)), _key(given))
    return _say(f"{given.file} holds the head of {head.size} rows.", 0)


def _print(report: Report) -> int:
    for finding in report.findings:
        _say(f"FOUND {finding}")
    if report.more:
        _say(f"FOUND {report.more} more")
    _say(f"{report.rows} rows, {report.logged} logged, {report.size} under the newest head")
    _say(f"{report.uncovered} not covered yet")
    return _say("genuine" if report.genuine else "NOT GENUINE", int(not report.genuine))


def _say(text: str, code: int = 0) -> int:
    sys.stdout.write(f"{text}\n")
    return code


if __name__ == "__main__":
    sys.exit(main())
