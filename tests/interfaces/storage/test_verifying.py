"""Whoever holds a signed head can tell what was done to the record since, and where."""

import hashlib
import json
import random
import shutil
import sqlite3
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine

from interfaces.exports.pack import as_zip
from interfaces.storage import verifying
from interfaces.storage.databases import open_engine
from interfaces.storage.log import META, HeadSigner, ProofLog, Proofs, SealedRows
from interfaces.storage.sqlite import STATEMENTS
from interfaces.storage.verifying import (
    EVENTS_SCHEMA,
    Finding,
    Head,
    NotGenuine,
    PublicKey,
    Report,
    Row,
    Tree,
    accept_head,
    commitment_of,
    field_digest,
    is_consistent,
    is_included,
    leaf_of,
    main,
    read_head,
    read_key,
    to_base64,
    verify_files,
    verify_pack,
    verify_receipt,
    verify_rows,
)

ORIGIN = "safeguarding-hub/" + "5a" * 16
TOPIC = "hub.event.1"
STREAMS = [bytes([number]) * 16 for number in range(1, 8)]
ROWS = 600


# --- RFC 9162 section 2.1, word for word ----------------------------------------------------------------------------


def mth(leaves: Sequence[bytes]) -> bytes:
    """Section 2.1.1, of leaf hashes."""
    n = len(leaves)
    if n == 0:
        return hashlib.sha256().digest()
    if n == 1:
        return leaves[0]
    k = split_of(n)
    return hashlib.sha256(b"\x01" + mth(leaves[:k]) + mth(leaves[k:])).digest()


def path(m: int, leaves: Sequence[bytes]) -> list[bytes]:
    """Section 2.1.3.1."""
    n = len(leaves)
    if n == 1:
        return []
    k = split_of(n)
    if m < k:
        return [*path(m, leaves[:k]), mth(leaves[k:])]
    return [*path(m - k, leaves[k:]), mth(leaves[:k])]


def subproof(m: int, leaves: Sequence[bytes], complete: bool = True) -> list[bytes]:
    """Section 2.1.4.1."""
    n = len(leaves)
    if m == n:
        return [] if complete else [mth(leaves)]
    k = split_of(n)
    if m <= k:
        return [*subproof(m, leaves[:k], complete), mth(leaves[k:])]
    return [*subproof(m - k, leaves[k:], False), mth(leaves[:k])]


def split_of(n: int) -> int:
    """The largest power of two smaller than n."""
    k = 1
    while k * 2 < n:
        k *= 2
    return k


def some_leaves(count: int) -> list[bytes]:
    return [hashlib.sha256(b"\x00" + number.to_bytes(8, "big")).digest() for number in range(count)]


def tiles_of(leaves: Sequence[bytes]) -> Callable[[int, int], bytes]:
    """Tiles as they are meant: each hash of level n stands for 256 to the power of n leaves."""

    def tile(level: int, number: int) -> bytes:
        span = 256**level
        whole = range(number * 256, min((number + 1) * 256, len(leaves) // span))
        return b"".join(mth(leaves[at * span : (at + 1) * span]) for at in whole)

    return tile


CT_INPUTS = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"]
CT_ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]


def test_roots_are_those_of_certificate_transparency() -> None:
    """The reference inputs of Certificate Transparency have the roots that every implementation gives."""
    tree, roots = Tree(), []
    for text in CT_INPUTS:
        tree.append(hashlib.sha256(b"\x00" + bytes.fromhex(text)).digest())
        roots.append(tree.root().hex())

    assert CT_ROOTS == roots


def test_a_leaf_is_the_row_in_its_place() -> None:
    """Under a prefix the 32 bytes it commits to, then the hash of number, stream, version, topic and sealed bytes."""
    stream, committed = bytes(range(16)), bytes(range(100, 132))
    state = b"\x01" + b"sixteen bytes id" + committed + b"the rest of it"
    sealed = hashlib.sha256(
        b"\x00\x00\x00\x00\x00\x00\x01\x02" + stream + b"\x00\x00\x00\x00\x00\x00\x00\x03"
        b"\x00\x0bhub.event.1" + state
    ).digest()
    expected = hashlib.sha256(b"\x00hub.row.2\n" + committed + sealed).digest()

    assert expected == leaf_of((258, stream, 3, "hub.event.1", state))


@pytest.mark.parametrize("count", [0, 1, 2, 3, 255, 256, 257, 600])
def test_the_growing_tree_has_the_root_of_the_whole(count: int) -> None:
    """A head needs no more than the hashes of the full parts."""
    tree = Tree()
    for leaf in some_leaves(count):
        tree.append(leaf)

    assert mth(some_leaves(count)) == tree.root()
    assert tree.root() == tree.copy().root()


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_proofs_are_those_of_the_rfc_and_hold(data: st.DataObject) -> None:
    """Inclusion and consistency, out of tiles, for any size; a wrong leaf, index, size, root or hash is refused."""
    new = data.draw(st.integers(1, 700))
    index, old = data.draw(st.integers(0, new - 1)), data.draw(st.integers(1, new))
    leaves = some_leaves(new)
    root, proofs = mth(leaves), Proofs(tiles_of(leaves))
    included, consistent = proofs.inclusion(index, new), proofs.consistency(old, new)
    old_root = mth(leaves[:old])

    assert path(index, leaves) == included
    assert subproof(old, leaves) == consistent
    assert is_included(leaves[index], index, new, root, included)
    assert is_consistent(old, old_root, new, root, consistent)
    assert not is_included(b"\x01" * 32, index, new, root, included)
    assert not is_included(leaves[index], index, new, b"\x01" * 32, included)
    assert not is_included(leaves[index], index, new, root, [*included, b"\x01" * 32])
    assert not is_included(leaves[index], new, new, root, included)
    assert not is_consistent(old, b"\x01" * 32, new, root, consistent)
    assert not is_consistent(old, old_root, new, b"\x01" * 32, consistent)
    assert not is_consistent(old, old_root, new, root, [*consistent, b"\x01" * 32])
    assert not is_consistent(new, root, old, old_root, consistent) or old == new
    for at in range(len(included)):
        assert not is_included(leaves[index], index, new, root, changed(included, at))
        assert not is_included(leaves[index], index, new, root, included[:at] + included[at + 1 :])
    for at in range(len(consistent)):
        assert not is_consistent(old, old_root, new, root, changed(consistent, at))
        assert not is_consistent(old, old_root, new, root, consistent[:at] + consistent[at + 1 :])


def changed(hashes: Sequence[bytes], at: int) -> list[bytes]:
    return [bytes([one[0] ^ 1, *one[1:]]) if number == at else one for number, one in enumerate(hashes)]


def test_proofs_reach_over_three_levels_of_tiles() -> None:
    """65,536 leaves fill a tile of the second level; what stands beyond it is proven in the same way."""
    leaves = some_leaves(65_536 + 300)
    proofs = Proofs(tiles_of(leaves))
    root = mth(leaves)

    assert root == proofs.root(0, len(leaves))
    for index in (0, 255, 65_535, 65_536, 65_835):
        assert path(index, leaves) == proofs.inclusion(index, len(leaves))
    for old in (1, 256, 65_535, 65_536, 65_537):
        assert subproof(old, leaves) == proofs.consistency(old, len(leaves))


def test_a_log_of_nothing_is_the_beginning_of_every_log() -> None:
    """Nothing has a root of its own, and no other root passes for it."""
    root = mth(some_leaves(3))

    assert is_consistent(0, hashlib.sha256(b"").digest(), 3, root, [])
    assert not is_consistent(0, root, 3, root, [])
    assert not is_consistent(3, root, 0, hashlib.sha256(b"").digest(), [])


# --- a store to damage ----------------------------------------------------------------------------------------------


class FileRows:
    """The rows of an events file, for the log to follow."""

    def __init__(self, events: Path) -> None:
        self._events = events

    def sealed_rows(self, after: int, limit: int) -> list[Row]:
        with closing(sqlite3.connect(self._events)) as connection:
            found = connection.execute(
                "SELECT rowid, originator_id, originator_version, topic, state FROM stored_events "
                "WHERE rowid > ? ORDER BY rowid LIMIT ?",
                (after, limit),
            )
            return [(number, bytes.fromhex(stream), *rest) for number, stream, *rest in found]

    def count(self) -> int:
        with closing(sqlite3.connect(self._events)) as connection:
            return int(connection.execute("SELECT count(*) FROM stored_events").fetchone()[0])


def sealed(number: int, fields: bytes = b"") -> bytes:
    """Bytes of the form of an envelope: format, key, commitment, nonce, what is sealed."""
    noise = random.Random(number).randbytes  # noqa: S311  the same bytes in every run
    return b"\x01" + noise(16) + (fields or noise(32)) + noise(12) + noise(272)


OPENED: list[Engine] = []


def a_log_on(path: Path, source: SealedRows, signer: HeadSigner) -> ProofLog:
    engine, reading = open_engine(path), open_engine(path, writes=False)
    OPENED.extend((engine, reading))
    META.create_all(engine)
    return ProofLog(engine, source, signer, ORIGIN, reading)


def close_engines() -> None:
    while OPENED:
        OPENED.pop().dispose()


@pytest.fixture(autouse=True)
def engines_end_with_the_test() -> Iterator[None]:
    yield
    close_engines()


@dataclass
class Home:
    """An embedded hub's files, as far as the log is concerned."""

    folder: Path

    @property
    def events(self) -> Path:
        return self.folder / "events.sqlite"

    @property
    def logged(self) -> Path:
        return self.folder / "log.sqlite"

    def signer(self) -> HeadSigner:
        return HeadSigner(self.folder / "log.key", self.folder / "log.head", ORIGIN)

    @property
    def key(self) -> PublicKey:
        return self.signer().public_key

    def log(self) -> ProofLog:
        return a_log_on(self.logged, FileRows(self.events), self.signer())

    def follow(self, limit: int = 5000) -> Head:
        head = self.log().follow(limit)
        assert head is not None
        return head

    def append(self, count: int, state: Callable[[int], bytes] = sealed) -> None:
        with closing(sqlite3.connect(self.events)) as connection, connection:
            first = connection.execute("SELECT count(*) FROM stored_events").fetchone()[0]
            for number in range(first, first + count):
                stream, version = STREAMS[number % len(STREAMS)], number // len(STREAMS) + 1
                connection.execute(
                    "INSERT INTO stored_events (originator_id, originator_version, topic, state) VALUES (?, ?, ?, ?)",
                    (stream.hex(), version, TOPIC, state(number + 1)),
                )

    def head_text(self) -> str:
        return (self.folder / "log.head").read_text("utf-8")

    def verify(self, *witnesses: str) -> Report:
        heads = {"log.head": self.head_text().encode()}
        heads |= {f"witness {number}": text.encode() for number, text in enumerate(witnesses)}
        return verify_files(self.events, self.logged, self.key, heads)

    def damage(self, *statements: str, of: str = "events") -> None:
        """As whoever owns the file can do it: without the triggers, and with them back in place."""
        with closing(sqlite3.connect(self.folder / f"{of}.sqlite", isolation_level=None)) as connection:
            triggers = connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
            for name, _ in triggers:
                connection.execute(f"DROP TRIGGER {name}")
            for statement in statements:
                connection.execute(statement)
            for _, sql in triggers:
                connection.execute(sql)
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


    def copy_log(self) -> bytes:
        """The log's file with all that was written."""
        close_engines()
        self.damage(of="log")
        return self.logged.read_bytes()

    def put_back_log(self, copy: bytes) -> None:
        """An older file in its place, with nothing pending."""
        self.copy_log()
        self.logged.write_bytes(copy)


def a_home(folder: Path, rows: int) -> Home:
    home = Home(folder)
    with closing(sqlite3.connect(home.events)) as connection:
        connection.execute("PRAGMA journal_mode=WAL")
        for statement in STATEMENTS:
            connection.execute(statement)
    (folder / "log.key").write_bytes(hashlib.sha256(b"a key for tests").digest())
    (folder / "log.pub").write_text(home.key.text, "utf-8")
    home.append(rows)
    return home


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with 600 rows, all logged, and a head of the first 300; copied, never used itself."""
    home = a_home(tmp_path_factory.mktemp("kept"), 300)
    home.follow()
    (home.folder / "witness.head").write_text(home.head_text(), "utf-8")
    home.append(ROWS - 300)
    home.follow()
    close_engines()
    home.damage()
    home.damage(of="log")
    return home.folder


@pytest.fixture
def home(kept: Path, tmp_path: Path) -> Home:
    shutil.copytree(kept, tmp_path, dirs_exist_ok=True)
    return Home(tmp_path)


def named(report: Report) -> list[tuple[str, int | None, int | None]]:
    return [(finding.kind, finding.index, finding.row) for finding in report.findings]


def test_an_untouched_record_is_genuine(home: Home) -> None:
    """Rows that came after the newest head are counted and not judged."""
    home.append(4)
    report = home.verify((home.folder / "witness.head").read_text("utf-8"))

    assert [] == named(report)
    assert (604, 600, 600, 4) == (report.rows, report.logged, report.size, report.uncovered)


def patched(column: str, at: int, data: str, *, number: int = 0, level: int = 0) -> str:
    """Puts other bytes into a tile, or behind its last."""
    rest = f"substr({column}, {at + len(data) // 2 + 1})"
    bytes_of = f"CAST(substr({column}, 1, {at}) || X'{data}' || {rest} AS BLOB)"
    return f"UPDATE log_tiles SET {column} = {bytes_of} WHERE level = {level} AND number = {number}"  # noqa: S608


SWAP_STATES = [
    "CREATE TEMP TABLE two AS SELECT rowid AS one, state FROM stored_events WHERE rowid IN (18, 400)",
    "UPDATE stored_events SET state = (SELECT state FROM two WHERE one = 400) WHERE rowid = 18",
    "UPDATE stored_events SET state = (SELECT state FROM two WHERE one = 18) WHERE rowid = 400",
]
SWAP_ROWS = [
    "UPDATE stored_events SET rowid = 5000 WHERE rowid = 18",
    "UPDATE stored_events SET rowid = 18 WHERE rowid = 400",
    "UPDATE stored_events SET rowid = 400 WHERE rowid = 5000",
    "UPDATE sqlite_sequence SET seq = 600",
]
MOVE_TO_THE_END = [
    "UPDATE stored_events SET rowid = 601 WHERE rowid = 18",
    "UPDATE sqlite_sequence SET seq = 601",
]
TRANSPLANT = ["UPDATE stored_events SET state = (SELECT state FROM stored_events WHERE rowid = 400) WHERE rowid = 18"]
CUT = ["DELETE FROM stored_events WHERE rowid > 590", "UPDATE sqlite_sequence SET seq = 590"]
BEFORE_THE_FIRST = [
    "INSERT INTO stored_events SELECT 0, originator_id, 9000, topic, state FROM stored_events WHERE rowid = 1"
]
BELOW_ZERO = [
    "INSERT INTO stored_events SELECT -5, originator_id, 9000, topic, state FROM stored_events WHERE rowid = 1"
]


@pytest.mark.parametrize(
    ("statements", "expected"),
    [
        (["UPDATE stored_events SET state = zeroblob(333) WHERE rowid = 18"], ("row changed", 17, 18)),
        (["UPDATE stored_events SET state = CAST(state || X'00' AS BLOB) WHERE rowid = 18"], ("row changed", 17, 18)),
        (["UPDATE stored_events SET originator_version = 9000 WHERE rowid = 18"], ("row changed", 17, 18)),
        (["UPDATE stored_events SET topic = 'hub.event.2' WHERE rowid = 18"], ("row changed", 17, 18)),
        (["UPDATE stored_events SET originator_id = lower(hex(zeroblob(16))) WHERE rowid = 18"],
         ("row changed", 17, 18)),
        (["UPDATE stored_events SET originator_id = 'no stream' WHERE rowid = 18"], ("row malformed", 17, 18)),
        (["UPDATE stored_events SET topic = CAST(X'FF' AS TEXT) WHERE rowid = 18"], ("row malformed", 17, 18)),
        (TRANSPLANT, ("row changed", 17, 18)),
        (SWAP_STATES, ("rows swapped", 17, 18)),
        (SWAP_ROWS, ("rows swapped", 17, 18)),
        (MOVE_TO_THE_END, ("row moved", 17, 18)),
        (["DELETE FROM stored_events WHERE rowid = 1"], ("row missing", 0, 1)),
        (["DELETE FROM stored_events WHERE rowid = 18"], ("row missing", 17, 18)),
        (CUT, ("tail cut", 590, 591)),
        (BEFORE_THE_FIRST, ("row inserted", 0, 0)),
        (BELOW_ZERO, ("row malformed", 0, -5)),
    ],
)
def test_what_was_done_to_a_row_is_named_with_its_index(
    statements: list[str], expected: tuple[str, int, int], home: Home
) -> None:
    """One damage, one finding, at its place: what comes after it is not accused."""
    home.damage(*statements)

    assert [expected] == named(home.verify())


def test_letters_of_another_case_are_another_stream(home: Home) -> None:
    """The hub would no longer find a row whose stream is written in capitals, although the bytes are the same."""
    home.append(1)
    home.damage("UPDATE stored_events SET originator_id = replace(hex(zeroblob(16)), '0', 'A') WHERE rowid = 601")
    home.damage("UPDATE stored_events SET originator_id = lower(originator_id) WHERE rowid = 601")
    home.follow()
    home.damage("UPDATE stored_events SET originator_id = upper(originator_id) WHERE rowid = 601")

    assert [("row malformed", 600, 601)] == named(home.verify())


def test_a_value_of_another_type_is_named(home: Home) -> None:
    """The same bytes as text instead of sealed bytes would stop the hub when it reads them."""
    home.damage(
        "PRAGMA writable_schema=ON",
        "UPDATE sqlite_master SET sql = replace(sql, ' STRICT', '') WHERE name = 'stored_events'",
    )
    home.damage(
        "UPDATE stored_events SET state = CAST(state AS TEXT) WHERE rowid = 18",
        "PRAGMA writable_schema=ON",
        "UPDATE sqlite_master SET sql = sql || ' STRICT' WHERE name = 'stored_events'",
    )
    found = named(home.verify())

    assert ("row malformed", 17, 18) == found[0]
    assert {"file damaged"} == {kind for kind, _, _ in found[1:]}


def test_many_damages_are_counted_and_the_first_are_named(home: Home) -> None:
    """The list stays short enough to read."""
    home.damage("UPDATE stored_events SET state = zeroblob(333) WHERE rowid > 100 AND rowid <= 150")
    report = home.verify()

    assert [("row changed", index, index + 1) for index in range(100, 120)] == named(report)
    assert 30 == report.more


@pytest.mark.parametrize(
    ("statements", "expected"),
    [
        ([patched("hashes", 44 * 32, "00", number=1)], [("leaf damaged", 300, 301)]),
        ([patched("rows", 44 * 8, "0000000000FFFFFF", number=1)], [("tile damaged", 300, None)]),
        (["UPDATE log_tiles SET rows = 'text' WHERE level = 0 AND number = 1"], [("tile damaged", 256, None)]),
        (["UPDATE log_tiles SET rows = X'00' WHERE level = 0 AND number = 1"], [("tile damaged", 256, None)]),
        (["UPDATE log_tiles SET hashes = 'text' WHERE level = 0 AND number = 1"], [("tile damaged", 256, None)]),
        (["UPDATE log_tiles SET hashes = X'00' WHERE level = 1"], None),
        ([patched("hashes", 32, "00" * 32, level=1)], [("tile damaged", 256, None)]),
        (["DELETE FROM log_tiles WHERE level = 0 AND number = 1"], [("tile damaged", 256, None)]),
        (["DELETE FROM log_tiles WHERE level = 1"], [("tile damaged", 0, None), ("tile damaged", 256, None)]),
        (["INSERT INTO log_tiles VALUES (0, 99999999999, zeroblob(32), zeroblob(8))"],
         [("tile damaged", 99999999999 * 256, None)]),
        (["INSERT INTO log_tiles VALUES (7, 0, zeroblob(32), zeroblob(0))"], [("tile damaged", None, None)]),
        (["DELETE FROM log_tiles WHERE level = 0 AND number = 2"], [("log short", 512, None)]),
        (["DELETE FROM log_head"], [("head damaged", None, None)]),
        (["UPDATE log_head SET size = 599"], [("head damaged", None, None)]),
        (["UPDATE log_head SET text = replace(text, '600', '599')"], [("head damaged", None, None)]),
        (["UPDATE log_head SET text = 5"], [("head damaged", None, None)]),
        (["DROP TABLE log_head"], None),
        (["CREATE TRIGGER t AFTER INSERT ON log_tiles BEGIN SELECT 1; END"], [("schema changed", None, None)]),
    ],
)
def test_a_damaged_log_accuses_no_row(
    statements: list[str], expected: list[tuple[str, int | None, int | None]] | None, home: Home
) -> None:
    """Where the rows give the signed root the log is at fault: it is derived, and can be made again."""
    home.damage(*statements, of="log")
    found = named(home.verify())

    assert found if expected is None else expected == found
    assert not {kind for kind, _, _ in found if kind.startswith(("row", "tail", "root"))}


def test_leaves_beyond_the_newest_head_are_named(home: Home) -> None:
    """What no head covers was not put there by the log."""
    end = 600 - 512
    leaf = patched("hashes", end * 32, "00" * 32, number=2)
    home.damage(leaf, patched("rows", end * 8, "0000000000000259", number=2), of="log")

    assert [("log beyond its head", 600, None)] == named(home.verify())


def test_a_changed_row_with_its_leaf_changed_too_is_still_found(home: Home) -> None:
    """Who rewrites row and log alike is caught by the signed head, which says between which heads it happened."""
    home.damage("UPDATE stored_events SET state = zeroblob(333) WHERE rowid = 450")
    leaf = leaf_of(FileRows(home.events).sealed_rows(449, 1)[0]).hex()
    home.damage(patched("hashes", (449 - 256) * 32, leaf, number=1), of="log")
    report = home.verify((home.folder / "witness.head").read_text("utf-8"))

    assert ("root differs", None, None) in named(report)
    assert any("index 300 to 599" in finding.text for finding in report.findings)


def test_row_and_log_changed_apart_are_both_named_with_the_doubt(home: Home) -> None:
    """Where no signed head bears out either, the place is named and nobody is accused for certain."""
    home.damage("UPDATE stored_events SET state = zeroblob(333) WHERE rowid = 18")
    home.damage(patched("hashes", 0, "00" * 32, number=2), of="log")
    report = home.verify()

    assert [("row changed", 17, 18), ("row changed", 512, 513), ("root differs", None, None)] == named(report)
    assert "no signed head says" in report.findings[0].text


def test_an_older_file_put_back_is_a_cut_tail(home: Home, kept: Path) -> None:
    """Restoring yesterday's copy loses what was recorded since, and the head says how much."""
    home.damage("DELETE FROM stored_events WHERE rowid > 500", "UPDATE sqlite_sequence SET seq = 500")
    home.damage("DELETE FROM log_tiles", "DELETE FROM log_head", of="log")
    (home.folder / "log.head").unlink()
    home.follow()
    report = home.verify((kept / "log.head").read_text("utf-8"))

    assert [("tail cut", 500, None)] == named(report)
    assert "100 are missing" in report.findings[0].text


def test_an_older_log_is_only_behind(home: Home) -> None:
    """The log is derived: an old copy of it says nothing against the rows."""
    copy = home.copy_log()
    home.append(10)
    home.follow()
    home.put_back_log(copy)

    assert [("log short", 600, None)] == named(home.verify())


def test_two_histories_under_one_key_are_a_fork(home: Home, tmp_path: Path) -> None:
    """Two signed heads of one size that differ prove themselves that two records were shown."""
    (tmp_path / "other").mkdir()
    other = a_home(tmp_path / "other", 599)
    other.append(1, lambda number: b"another history" * 20)
    other.follow()
    found = named(home.verify(other.head_text()))

    assert ("fork", None, None) in found
    assert ("root differs", None, None) in found


def test_a_head_that_is_not_genuine_proves_nothing(home: Home) -> None:
    """A kept head that was changed is named with where it was kept."""
    report = home.verify(home.head_text().replace("600", "601"))

    assert [("head damaged", None, None)] == named(report)
    assert "witness 0" in report.findings[0].text


def test_without_any_head_nothing_is_proven(home: Home) -> None:
    """Rows and log that agree with each other are no proof."""
    home.damage("DELETE FROM log_head", of="log")
    report = verify_files(home.events, home.logged, home.key, {})

    assert {"no head", "head damaged"} == {kind for kind, _, _ in named(report)}


@pytest.mark.parametrize("act", ["UPDATE", "DELETE", "replace"])
def test_a_missing_guard_is_named(act: str, home: Home) -> None:
    """A table that lets itself be changed is a finding before anything is changed."""
    with closing(sqlite3.connect(home.events)) as connection:
        connection.execute(f"DROP TRIGGER stored_events_no_{act}")

    assert [("schema changed", None, None)] == named(home.verify())


def test_the_schema_looked_for_is_the_one_the_hub_makes(home: Home) -> None:
    """The verifier stands alone, so it holds the tables' words a second time; the two must not part."""
    with closing(sqlite3.connect(home.events)) as connection:
        made = connection.execute("SELECT name, sql FROM sqlite_master WHERE tbl_name = 'stored_events'").fetchall()

    assert {name: " ".join((sql or "").split()) for name, sql in made} == {
        name: " ".join(sql.split()) for name, sql in EVENTS_SCHEMA.items()
    }


def test_rows_cut_after_the_newest_head_leave_a_number_behind(home: Home) -> None:
    """What no head covers yet can be cut unseen by the log, but the last number given stays in the file."""
    home.append(5)
    home.damage("DELETE FROM stored_events WHERE rowid > 602")

    assert [("numbers differ", None, 602)] == named(home.verify())


@pytest.mark.parametrize("name", ["events.sqlite", "log.sqlite"])
@pytest.mark.parametrize("data", [b"", b"not a database " * 500, None])
def test_a_file_that_is_none_is_a_finding(name: str, data: bytes | None, home: Home) -> None:
    """Whatever the files are, the answer is a finding and never a crash."""
    (home.folder / name).unlink() if data is None else (home.folder / name).write_bytes(data)

    assert not home.verify().genuine


def test_half_a_file_is_a_finding(home: Home) -> None:
    """A copy broken off half-way is named at the row where it ends."""
    home.events.write_bytes(home.events.read_bytes()[: home.events.stat().st_size // 2 // 4096 * 4096])

    assert not home.verify().genuine


@pytest.mark.parametrize("name", ["events.sqlite", "log.sqlite"])
def test_no_bit_that_matters_flips_in_silence(name: str, tmp_path: Path) -> None:
    """A flipped bit is a finding, or every row, tile and head reads as before."""
    home = a_home(tmp_path, 40)
    home.follow()
    close_engines()
    home.damage()
    home.damage(of="log")
    whole, before = (tmp_path / name).read_bytes(), contents(home)
    chance = random.Random(7)  # noqa: S311  the same flips in every run
    silent, found = [], 0
    for _ in range(250):
        at = chance.randrange(len(whole) * 8)
        flipped = bytearray(whole)
        flipped[at // 8] ^= 1 << at % 8
        (tmp_path / name).write_bytes(flipped)
        if not home.verify().genuine:
            found += 1
        elif contents(home) != before:
            silent.append(at)
        for leftover in tmp_path.glob("*-*"):
            leftover.unlink()

    assert [] == silent
    assert found > 20


def contents(home: Home) -> list[Any]:
    found: list[Any] = []
    for database, table in ((home.events, "stored_events"), (home.logged, "log_tiles"), (home.logged, "log_head")):
        with closing(sqlite3.connect(database)) as connection:
            found.append(connection.execute(f"SELECT * FROM {table} ORDER BY 1, 2").fetchall())  # noqa: S608
    return found


# --- rows from any driver -------------------------------------------------------------------------------------------


def some_rows(count: int, step: int = 1) -> list[Row]:
    return [
        (number * step, STREAMS[number % 7], number // 7 + 1, TOPIC, sealed(number)) for number in range(1, count + 1)
    ]


def logged_rows(rows: Sequence[Row]) -> tuple[list[verifying.Tile], Head]:
    leaves = [leaf_of(row) for row in rows]
    tile = tiles_of(leaves)
    upper = [(1, 0, tile(1, 0), b"")] if len(leaves) >= 256 else []
    numbers = [row[0].to_bytes(8, "big") for row in rows]
    level_0 = [
        (0, number, tile(0, number), b"".join(numbers[number * 256 : (number + 1) * 256]))
        for number in range((len(leaves) + 255) // 256)
    ]
    return [*upper, *level_0], Head(ORIGIN, len(rows), mth(leaves), "")


def test_numbers_may_have_gaps_and_a_row_in_a_gap_is_named() -> None:
    """PostgreSQL leaves numbers out; a row put in later between two others stands out."""
    rows = some_rows(20, step=10)
    tiles, head = logged_rows(rows)
    more = sorted([*rows, (55, STREAMS[0], 77, TOPIC, sealed(1))])

    assert [] == named(verify_rows(rows, tiles, [head]))
    assert [("row inserted", 5, 55)] == named(verify_rows(more, tiles, [head]))


def test_a_row_moved_into_a_gap_is_named_once() -> None:
    """It is missing in one place and inserted in another: one act, one finding."""
    rows = some_rows(20, step=10)
    tiles, head = logged_rows(rows)
    moved = sorted([*rows[:7], *rows[8:], (155, *rows[7][1:])])

    assert [("row moved", 7, 80)] == named(verify_rows(moved, tiles, [head]))


def test_a_row_under_a_wild_number_in_its_old_place_is_named() -> None:
    """A damaged number does not make everything up to that number look missing."""
    rows = some_rows(300)
    tiles, head = logged_rows(rows)
    wild = [*rows[:7], (70000, *rows[7][1:]), *rows[8:]]

    assert [("row moved", 7, 8)] == named(verify_rows(wild, tiles, [head]))


def test_without_the_logs_leaves_the_heads_still_say_that_something_changed() -> None:
    """Heads alone give no name, but the stretch in which to look."""
    rows = some_rows(20)
    heads = [logged_rows(rows[:8])[1], logged_rows(rows)[1]]
    spoilt = [*rows[:11], (12, STREAMS[0], 3, TOPIC, b"other"), *rows[12:]]
    report = verify_rows(spoilt, None, heads)

    assert [] == named(verify_rows(rows, None, heads))
    assert [("root differs", None, None)] == named(report)
    assert "index 8 to 19" in report.findings[0].text
    assert [("tail cut", 12, None)] == named(verify_rows(rows[:12], None, heads))


WEIRD: list[Any] = [
    None,
    (),
    (1, 2),
    "row",
    (None, None, None, None, None),
    ("5", STREAMS[0], 1, TOPIC, b""),
    (5, "text", 1, TOPIC, b""),
    (5, STREAMS[0], 1.5, TOPIC, b""),
    (5, STREAMS[0], 1, None, b""),
    (5, STREAMS[0], 1, TOPIC, "text"),
    (5, STREAMS[0], 1, TOPIC, None),
    (5, STREAMS[0], -1, TOPIC, b""),
    (5, STREAMS[0], 2**70, TOPIC, b""),
    (2**70, STREAMS[0], 1, TOPIC, b""),
    (5, STREAMS[0], 1, "\ud800", b""),
    (5, STREAMS[0], 1, "t" * 70000, b""),
]


@pytest.mark.parametrize("weird", WEIRD, ids=[str(number) for number in range(len(WEIRD))])
def test_what_is_no_row_is_a_finding(weird: Any) -> None:
    """No value a driver hands over makes the check crash, and the rows beside it are not accused."""
    rows = some_rows(20)
    tiles, head = logged_rows(rows)
    found = named(verify_rows([*rows[:4], weird, *rows[5:]], tiles, [head]))

    assert ("row malformed", 4) == found[0][:2]
    assert 1 == len(found)


def test_rows_that_cannot_be_read_on_are_a_finding() -> None:
    """A driver that gives up half-way has told where; the rest is not called missing."""
    rows = some_rows(20)
    tiles, head = logged_rows(rows)

    def broken() -> Iterator[Row]:
        yield from rows[:9]
        raise sqlite3.DatabaseError("database disk image is malformed")

    assert [("rows unreadable", 9, None)] == named(verify_rows(broken(), tiles, [head]))


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_any_one_damage_is_named_first_at_its_index(data: st.DataObject) -> None:
    """Changed, deleted, swapped or cut anywhere, in a log of any size: the first finding stands at the first place."""
    count = data.draw(st.integers(3, 300))
    rows = some_rows(count)
    tiles, head = logged_rows(rows)
    at = data.draw(st.integers(0, count - 2))
    other = data.draw(st.integers(at + 1, count - 1))
    spoilt = {
        "row changed": [*rows[:at], (*rows[at][:4], b"other"), *rows[at + 1 :]],
        "row missing": [*rows[:at], *rows[at + 1 :]],
        "tail cut": rows[:at],
        "rows swapped": [
            *rows[:at],
            (at + 1, *rows[other][1:]),
            *rows[at + 1 : other],
            (other + 1, *rows[at][1:]),
            *rows[other + 1 :],
        ],
    }

    for kind, damaged in spoilt.items():
        assert [(kind, at, at + 1)] == named(verify_rows(damaged, tiles, [head]))


# --- heads ----------------------------------------------------------------------------------------------------------


def test_a_head_has_the_form_of_a_signed_note(home: Home) -> None:
    """C2SP tlog-checkpoint: origin, size, root, a blank line, and one signature under the key's name and hash."""
    lines = home.head_text().split("\n")
    hash_of_key = hashlib.sha256(ORIGIN.encode() + b"\n\x01" + home.key.raw).digest()[:4]

    assert [ORIGIN, "600", to_base64(mth([leaf_of(row) for row in FileRows(home.events).sealed_rows(0, 600)])), ""] == (
        lines[:4]
    )
    assert ["\u2014", ORIGIN] == lines[4].split(" ")[:2]
    assert hash_of_key == verifying.from_base64(lines[4].split(" ")[2], "")[:4]
    assert "" == lines[5]


def test_the_key_is_one_line_that_checks_itself(home: Home) -> None:
    """A key copied wrongly is noticed."""
    assert home.key == read_key(home.key.text)
    for wrong in ("", "a+b", home.key.text.replace("5a", "5b", 1), home.key.text[:-3]):
        with pytest.raises(NotGenuine):
            read_key(wrong)


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (lambda text: text.replace("\n600\n", "\n601\n"), "does not hold"),
        (lambda text: text.replace("\n600\n", "\n0600\n"), "not a number"),
        (lambda text: text.replace("\n600\n", "\n-600\n"), "not a number"),
        (lambda text: text.replace("\n600\n", "\n" + "9" * 5000 + "\n"), "not a number"),
        (lambda text: text.replace("5a5a\n600", "5a5b\n600"), "another log"),
        (lambda text: text.replace("\u2014", "-"), "form of one"),
        (lambda text: text[: text.rindex("\u2014")], "form of"),
        (lambda text: text.replace("\n\n", "\n"), "form of a signed head"),
        (lambda text: text[:-1], "form of a signed head"),
        (lambda text: text.replace("\n\n", "\nmore\n\n"), "does not hold"),
        (lambda text: text.rpartition(" ")[0] + " " + "A" * 92 + "\n", "not signed by this key"),
        (lambda text: text.rpartition(" ")[0] + " not-base64\n", "not base64"),
        (lambda text: "", "form of a signed head"),
        (lambda text: "x" * 100_000, "form of a signed head"),
    ],
)
def test_a_changed_head_is_refused_with_the_part(change: Callable[[str], str], why: str, home: Home) -> None:
    """Each part of a head is bound by form or signature."""
    text = change(home.head_text())
    with pytest.raises(NotGenuine, match=why):
        read_head(text, home.key)


def test_a_head_of_another_key_is_refused(home: Home) -> None:
    """The same name under another key is another signer."""
    other = replace(home.key, raw=bytes(32))
    with pytest.raises(NotGenuine, match="not signed by this key"):
        read_head(home.head_text(), other)


def test_others_may_have_signed_too(home: Home) -> None:
    """A note may bear more signatures; only ours is asked for."""
    head = read_head(home.head_text() + "\u2014 somebody.example/witness AAAAAAAA\n", home.key)

    assert 600 == head.size


# --- witnesses ------------------------------------------------------------------------------------------------------


@pytest.fixture
def growing(tmp_path: Path) -> Home:
    home = a_home(tmp_path, 300)
    home.follow()
    return home


def test_a_witness_keeps_the_first_head_and_then_only_what_continues_it(growing: Home, tmp_path: Path) -> None:
    """A proof is asked for before the head that is held is given up."""
    held = tmp_path / "agency.head"
    first = accept_head(held, growing.head_text(), [], growing.key)
    growing.append(200)
    growing.follow()
    proof = growing.log().consistency(300, 500)
    with pytest.raises(NotGenuine, match="ask for a proof from 300 rows"):
        accept_head(held, growing.head_text(), proof[:-1], growing.key)

    assert first.text == held.read_text("utf-8")
    assert 500 == accept_head(held, growing.head_text(), proof, growing.key).size
    assert growing.head_text() == held.read_text("utf-8")
    with pytest.raises(NotGenuine, match="went back"):
        accept_head(held, first.text, [], growing.key)
    assert growing.head_text() == held.read_text("utf-8")


def test_a_log_cut_and_written_on_is_refused_by_its_witness(growing: Home, tmp_path: Path) -> None:
    """Whoever holds both key and files can sign another history, but cannot prove that it continues this one."""
    held = tmp_path / "agency.head"
    accept_head(held, growing.head_text(), [], growing.key)
    before = held.read_text("utf-8")
    growing.damage("DELETE FROM stored_events WHERE rowid > 290", "UPDATE sqlite_sequence SET seq = 290")
    growing.damage("DELETE FROM log_tiles", "DELETE FROM log_head", of="log")
    (growing.folder / "log.head").unlink()
    growing.append(10, lambda number: b"rewritten" * 30)
    growing.follow()
    with pytest.raises(NotGenuine, match="forked"):
        accept_head(held, growing.head_text(), [], growing.key)
    growing.append(100)
    growing.follow()
    with pytest.raises(NotGenuine, match="nothing proves"):
        accept_head(held, growing.head_text(), growing.log().consistency(300, 400), growing.key)

    assert before == held.read_text("utf-8")


def test_a_witness_whose_file_was_changed_takes_nothing(growing: Home, tmp_path: Path) -> None:
    """Without a head that is genuine there is nothing to compare with, and silence would hide the change."""
    held = tmp_path / "agency.head"
    held.write_bytes(b"\xff spoilt")
    with pytest.raises(NotGenuine, match="not text"):
        accept_head(held, growing.head_text(), [], growing.key)

    assert b"\xff spoilt" == held.read_bytes()


# --- receipts and packs ---------------------------------------------------------------------------------------------

FIELDS: dict[str, object] = {
    "event": "disclosure.exported",
    "digest": "",
    "recipient": "police",
    "items": [["concern:1", 2, "full", "2.3"]],
    "referral": "r-1",
}


def salt_of(name: str) -> bytes:
    return hashlib.sha256(b"salt " + name.encode()).digest()


def opening(fields: dict[str, object], shut: Sequence[str] = ()) -> tuple[dict[str, Any], dict[str, str]]:
    opened = {name: {"salt": to_base64(salt_of(name)), "value": value} for name, value in fields.items()}
    closed = {name: to_base64(field_digest(salt_of(name), name, fields[name])) for name in shut}
    return {name: given for name, given in opened.items() if name not in shut}, closed


def an_export(home: Home, fields: dict[str, object], shut: Sequence[str] = ()) -> dict[str, Any]:
    """The receipt of an export that is the last row but two."""
    committed = commitment_of({name: field_digest(salt_of(name), name, value) for name, value in fields.items()})
    home.append(1, lambda number: sealed(number, committed))
    home.append(2)
    home.follow()
    row = FileRows(home.events).sealed_rows(home_rows(home) - 3, 1)[0]
    receipt: dict[str, Any] = json.loads(json.dumps(home.log().receipt(row, *opening(fields, shut))))
    return receipt


def home_rows(home: Home) -> int:
    return FileRows(home.events).count()


def test_a_field_is_bound_under_its_salt_in_canonical_json() -> None:
    """Salt, then the field as JSON with sorted keys, without spaces, in UTF-8; fields in the order of their names."""
    salt = bytes(range(32))
    one = hashlib.sha256(salt + '{"b":{"a":1,"z":"\u00e9"}}'.encode()).digest()
    two = hashlib.sha256(salt + b'{"a":[1,null,true]}').digest()

    assert one == field_digest(salt, "b", {"z": "\u00e9", "a": 1})
    assert two == field_digest(salt, "a", [1, None, True])
    assert hashlib.sha256(two + one).digest() == commitment_of({"b": one, "a": two})


def test_a_receipt_proves_the_row_and_what_is_opened(growing: Home) -> None:
    """What is kept shut stays shut and is still bound."""
    proven = verify_receipt(an_export(growing, FIELDS, shut=["items", "referral"]), growing.key)

    assert {"event": "disclosure.exported", "digest": "", "recipient": "police"} == proven.opened
    assert ("items", "referral") == proven.closed
    assert (300, 303) == (proven.index, proven.head.size)


def test_a_receipt_does_not_tell_where_its_row_stands(growing: Home) -> None:
    """Neither number, stream, version nor a byte of the sealed row is in it, so its holder cannot count entries."""
    receipt = an_export(growing, FIELDS, shut=["items"])
    row = FileRows(growing.events).sealed_rows(300, 1)[0]

    assert {"format", "sealed", "index", "path", "head", "opened", "closed"} == receipt.keys()
    assert 32 == len(verifying.from_base64(receipt["sealed"], ""))
    assert row[1].hex() not in json.dumps(receipt)
    assert to_base64(row[4])[:40] not in json.dumps(receipt)


FORGERIES: dict[str, Callable[[dict[str, Any]], object]] = {
    "value": lambda r: r["opened"]["recipient"].update(value="school"),
    "type": lambda r: r["opened"]["recipient"].update(value=["police"]),
    "salt": lambda r: r["opened"]["recipient"].update(salt=to_base64(bytes(32))),
    "salt and value run together": lambda r: r["opened"]["recipient"].update(salt=to_base64(bytes(33))),
    "renamed": lambda r: r["opened"].update(told=r["opened"].pop("recipient")),
    "left out": lambda r: r["opened"].pop("recipient"),
    "added": lambda r: r["opened"].update(more={"salt": to_base64(bytes(32)), "value": 1}),
    "closed left out": lambda r: r["closed"].clear(),
    "closed changed": lambda r: r["closed"].update(items=to_base64(bytes(32))),
    "closed short": lambda r: r["closed"].update(items=to_base64(bytes(31))),
    "open and closed": lambda r: r["closed"].update(recipient=to_base64(bytes(32))),
    "row": lambda r: r.update(sealed=to_base64(bytes(32))),
    "row short": lambda r: r.update(sealed=to_base64(verifying.from_base64(r["sealed"], "")[:31])),
    "row not text": lambda r: r.update(sealed=5),
    "index": lambda r: r.update(index=299),
    "index beyond": lambda r: r.update(index=10**30),
    "path": lambda r: r["path"].pop(),
    "path of text": lambda r: r["path"].append("x"),
    "path without end": lambda r: r.update(path=r["path"] * 100),
    "head": lambda r: r.update(head=r["head"].replace("303", "304")),
    "no head": lambda r: r.update(head=None),
    "format": lambda r: r.update(format="hub.receipt.1"),
    "unknown part": lambda r: r.update(note="trust me"),
    "missing part": lambda r: r.pop("path"),
}


@pytest.mark.parametrize("forge", FORGERIES.values(), ids=FORGERIES.keys())
def test_a_forged_receipt_is_refused(forge: Callable[[dict[str, Any]], object], growing: Home) -> None:
    """Every part of a receipt is bound: nothing can be changed, added or left out."""
    receipt = an_export(growing, FIELDS, shut=["items"])
    forge(receipt)
    with pytest.raises(NotGenuine):
        verify_receipt(receipt, growing.key)


def test_the_log_makes_no_receipt_that_does_not_hold(growing: Home) -> None:
    """A receipt for fields that are not the row's never leaves the hub."""
    an_export(growing, FIELDS)
    row = FileRows(growing.events).sealed_rows(300, 1)[0]
    with pytest.raises(NotGenuine, match="a field or a part was changed"):
        growing.log().receipt(row, *opening({**FIELDS, "recipient": "school"}))
    with pytest.raises(NotGenuine, match="does not stand in the log"):
        growing.log().receipt((*row[:4], row[4] + b"\x00"), *opening(FIELDS))


def a_pack(home: Home, files: dict[str, bytes]) -> dict[str, bytes]:
    """The files of a pack, its manifest, and the receipt of having handed it over."""
    digests = [[name, hashlib.sha256(data).hexdigest()] for name, data in sorted(files.items())]
    manifest = json.dumps({"case": "c", "files": digests, "items": []}).encode()
    receipt = an_export(home, {**FIELDS, "digest": hashlib.sha256(manifest).hexdigest()}, shut=["items"])
    return {**files, "manifest.json": manifest, "receipt.json": json.dumps(receipt).encode()}


CONTENT = {"assessment-and-analysis.pdf": b"%PDF " * 400, "pack.json": b'{"view": {}}'}


def zipped(folder: Path, files: dict[str, bytes]) -> Path:
    target = folder / "pack.zip"
    target.write_bytes(as_zip(files))
    return target


def test_a_pack_is_proven_to_the_last_byte(growing: Home, tmp_path: Path) -> None:
    """Each file by the manifest, the manifest by the event, the event by the log, the log by its head."""
    proven = verify_pack(zipped(tmp_path, a_pack(growing, CONTENT)), growing.key)

    assert ("assessment-and-analysis.pdf", "pack.json") == proven.files
    assert "police" == proven.receipt.opened["recipient"]


PACK_FORGERIES: dict[str, tuple[Callable[[dict[str, bytes]], object], str]] = {
    "file changed": (lambda p: p.update({"pack.json": b"{}"}), "pack.json was changed"),
    "file missing": (lambda p: p.pop("pack.json"), "pack.json is missing"),
    "file added": (lambda p: p.update({"more.txt": b""}), "does not name more.txt"),
    "no manifest": (lambda p: p.pop("manifest.json"), "no manifest.json"),
    "no receipt": (lambda p: p.pop("receipt.json"), "no receipt.json"),
    "manifest changed": (
        lambda p: p.update({"manifest.json": p["manifest.json"].replace(b'"c"', b'"d"')}), "not the one on record"
    ),
    "manifest without files": (lambda p: p.update({"manifest.json": b"{}"}), "does not list files"),
    "manifest naming twice": (
        lambda p: p.update({"manifest.json": b'{"files": [["a", "b"], ["a", "b"]]}'}), "names a file twice"
    ),
    "manifest with a name twice": (
        lambda p: p.update({"manifest.json": b'{"files": [], "files": []}'}), "not readable JSON"
    ),
    "receipt not JSON": (lambda p: p.update({"receipt.json": b"[" * 100_000}), "not readable JSON"),
}


@pytest.mark.parametrize(("forge", "why"), PACK_FORGERIES.values(), ids=PACK_FORGERIES.keys())
def test_a_changed_pack_is_refused_with_the_file(
    forge: Callable[[dict[str, bytes]], object], why: str, growing: Home, tmp_path: Path
) -> None:
    """The finding names the file."""
    files = a_pack(growing, CONTENT)
    forge(files)
    with pytest.raises(NotGenuine, match=why):
        verify_pack(zipped(tmp_path, files), growing.key)


def test_the_receipt_of_another_act_proves_no_pack(growing: Home, tmp_path: Path) -> None:
    """Only the record of an export speaks for a pack."""
    manifest = b'{"files": []}'
    fields = {**FIELDS, "event": "sharing.shared", "digest": hashlib.sha256(manifest).hexdigest()}
    files = {"manifest.json": manifest, "receipt.json": json.dumps(an_export(growing, fields)).encode()}
    with pytest.raises(NotGenuine, match="not that of an export"):
        verify_pack(zipped(tmp_path, files), growing.key)


def test_an_archive_that_would_fill_the_memory_is_refused(growing: Home, tmp_path: Path) -> None:
    """Sizes are counted while unpacking, whatever the archive says of itself."""
    bomb = tmp_path / "bomb.zip"
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as out, out.open("manifest.json", "w") as entry:
        for _ in range(65):
            entry.write(bytes(1024 * 1024))
    with pytest.raises(NotGenuine, match="larger than any pack"):
        verify_pack(bomb, growing.key)


def test_an_archive_of_a_million_names_is_refused_before_it_is_listed(growing: Home, tmp_path: Path) -> None:
    """The list of files alone may be the bomb."""
    many = tmp_path / "many.zip"
    with zipfile.ZipFile(many, "w") as out:
        for number in range(5000):
            out.writestr(f"{number:0200}", b"")
    with pytest.raises(NotGenuine, match="does not end as"):
        verify_pack(many, growing.key)


def test_no_flipped_byte_of_a_pack_passes(growing: Home, tmp_path: Path) -> None:
    """A pack with any byte changed is refused, or unpacks to the same files."""
    pack = zipped(tmp_path, a_pack(growing, {"pack.json": b'{"view": {}}'}))
    whole = pack.read_bytes()
    for at in range(0, len(whole), 3):
        pack.write_bytes(whole[:at] + bytes([whole[at] ^ 0x41]) + whole[at + 1 :])
        try:
            proven = verify_pack(pack, growing.key)
        except NotGenuine:
            continue

        assert ("pack.json",) == proven.files


# --- alone on another machine ---------------------------------------------------------------------------------------


def run_alone(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """As an auditor runs it: the one file, copied, in a folder without the hub."""
    script = folder / "verifying.py"
    shutil.copy(verifying.__file__, script)
    command = [sys.executable, "-I", str(script), *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=120)


def test_the_verifier_runs_alone(home: Home) -> None:
    """One file, the standard library and cryptography: exit 0 when all holds, 1 with the index when not."""
    arguments = ("log", "events.sqlite", "log.sqlite", "--key", "log.pub", "--head", "witness.head")
    fine = run_alone(home.folder, *arguments)
    home.damage("DELETE FROM stored_events WHERE rowid = 18")
    damaged = run_alone(home.folder, *arguments)

    assert (0, "") == (fine.returncode, fine.stderr)
    assert "600 rows, 600 logged, 600 under the newest head\n0 not covered yet\ngenuine\n" == fine.stdout
    assert (1, "") == (damaged.returncode, damaged.stderr)
    assert "FOUND index 17, row 18, row missing:" in damaged.stdout


def said(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str]:
    code = main([str(each) for each in arguments])
    return code, capsys.readouterr().out


def test_one_case_is_shown_with_its_indexes(home: Home, capsys: pytest.CaptureFixture[str]) -> None:
    """Every 7th row is of this stream; a row of it that is gone leaves its versions with a gap."""
    files = (home.events, home.logged)
    stream, key = STREAMS[3].hex(), ("--key", home.folder / "log.pub")
    code, text = said(capsys, "case", *files, stream, *key)

    assert 0 == code
    assert f"{stream}: 86 rows, 86 covered by the newest head, at 3, 10, 17, 24" in text
    assert (1, True) == spoken(said(capsys, "case", *files, "00" * 16, *key), "NOT WHOLE")
    assert (1, True) == spoken(said(capsys, "case", *files, "no stream", *key), "not the id of a stream")
    home.damage("DELETE FROM stored_events WHERE rowid = 18")
    assert (1, True) == spoken(said(capsys, "case", *files, stream, *key), "NOT WHOLE")


def spoken(answer: tuple[int, str], words: str) -> tuple[int, bool]:
    return answer[0], words in answer[1]


def test_receipts_packs_and_bundles_on_the_command_line(
    growing: Home, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """What the hub hands over is checked, and what is not genuine ends with 1 and a sentence."""
    held, key = tmp_path / "agency.head", ("--key", tmp_path / "log.pub")
    (tmp_path / "bundle.json").write_text(json.dumps(growing.log().bundle(0)))
    assert (0, True) == spoken(said(capsys, "witness", held, "--new", tmp_path / "bundle.json", *key), "of 300 rows")

    files = a_pack(growing, CONTENT)
    pack = zipped(tmp_path, files)
    (tmp_path / "receipt.json").write_bytes(files["receipt.json"])
    (tmp_path / "bundle.json").write_text(json.dumps(growing.log().bundle(300)))
    assert (0, True) == spoken(said(capsys, "witness", held, "--new", tmp_path / "bundle.json", *key), "of 303 rows")
    assert (0, True) == spoken(said(capsys, "pack", pack, *key, "--head", held), "files as on record: assessment-and")
    assert (0, True) == spoken(said(capsys, "receipt", tmp_path / "receipt.json", *key), 'recipient: "police"')

    (tmp_path / "receipt.json").write_bytes(files["receipt.json"].replace(b"police", b"school"))
    assert (1, True) == spoken(said(capsys, "receipt", tmp_path / "receipt.json", *key), "NOT GENUINE")
    assert (1, True) == spoken(said(capsys, "receipt", tmp_path / "absent.json", *key), "cannot be read")


def test_a_receipt_of_a_forked_log_is_refused_by_whoever_holds_a_head(
    growing: Home, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Two heads of one size that differ are the proof."""
    receipt = an_export(growing, FIELDS)
    (tmp_path / "receipt.json").write_text(json.dumps(receipt))
    (tmp_path / "other").mkdir()
    other = a_home(tmp_path / "other", 303)
    other.follow()
    answer = said(
        capsys, "receipt", tmp_path / "receipt.json", "--key", tmp_path / "log.pub", "--head",
        tmp_path / "other" / "log.head",
    )

    assert (1, True) == spoken(answer, "forked")


def test_a_finding_reads_as_a_sentence() -> None:
    """Where, which, what."""
    assert "index 3, row 4, row missing: gone" == str(Finding(3, 4, "row missing", "gone"))
    assert "fork: two" == str(Finding(None, None, "fork", "two"))
