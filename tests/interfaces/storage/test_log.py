"""The proof log follows the store, takes each row in once, and never signs two histories."""

import hashlib
import json
import random
import shutil
import sqlite3
import threading
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest

from interfaces.storage.databases import open_engine
from interfaces.storage.log import HeadSigner, LogDamaged, LogWentBack, NotLogged, ProofLog, WouldFork
from interfaces.storage.verifying import Head, NotGenuine, Row, from_base64, is_consistent, is_included, leaf_of
from tests.interfaces.storage.test_verifying import (
    ORIGIN,
    STREAMS,
    TOPIC,
    FileRows,
    Home,
    a_home,
    a_log_on,
    close_engines,
    engines_end_with_the_test,
    mth,
    named,
    path,
    sealed,
    subproof,
)

__all__ = ["engines_end_with_the_test"]


class ListedRows:
    """Rows in memory, for logs longer than a file is quick to fill."""

    def __init__(self, rows: Sequence[Row]) -> None:
        self.rows = list(rows)

    def sealed_rows(self, after: int, limit: int) -> list[Row]:
        return [row for row in self.rows if row[0] > after][:limit]

    def count(self) -> int:
        return len(self.rows)


def some_rows(count: int, step: int = 1) -> list[Row]:
    return [(n * step, STREAMS[n % 7], n // 7 + 1, TOPIC, n.to_bytes(40, "big")) for n in range(1, count + 1)]


def a_log(folder: Path, rows: Sequence[Row]) -> tuple[ProofLog, ListedRows]:
    if not (folder / "log.key").exists():
        (folder / "log.key").write_bytes(hashlib.sha256(b"a key for tests").digest())
    source = ListedRows(rows)
    signer = HeadSigner(folder / "log.key", folder / "log.head", ORIGIN)
    return a_log_on(folder / "log.sqlite", source, signer), source


def leaves(rows: Sequence[Row]) -> list[bytes]:
    return [leaf_of(row) for row in rows]


def followed(log: ProofLog, limit: int = 5000) -> Head:
    head = log.follow(limit)
    assert head is not None
    return head


def test_an_empty_store_has_no_head(tmp_path: Path) -> None:
    """There is nothing to sign yet, and nothing to check at the start."""
    log, _ = a_log(tmp_path, [])

    assert (None, None, None) == (log.follow(), log.head(), log.check_start())
    with pytest.raises(NotLogged):
        log.inclusion(0)
    with pytest.raises(NotLogged):
        log.index_of(1)
    with pytest.raises(NotLogged):
        log.bundle(0)


@pytest.mark.parametrize("limit", [33, 255, 256, 257, 5000])
def test_the_log_grows_to_the_root_of_all_rows_whatever_the_batch(limit: int, tmp_path: Path) -> None:
    """A tile may fill in the middle of a batch, at its end, or over many of them."""
    rows = some_rows(600)
    log, _ = a_log(tmp_path, rows[:520])
    followed(log, limit)
    log, _ = a_log(tmp_path, rows)

    assert mth(leaves(rows)) == followed(log, limit).root
    assert [] == named(log.audit())


def test_every_start_finds_its_place_in_the_middle_of_a_tile(tmp_path: Path) -> None:
    """What is in memory is rebuilt from the tiles: a log started anew for each few rows comes to the same root."""
    rows = some_rows(1100)
    chance, size = random.Random(3), 0  # noqa: S311  the same sizes in every run
    while size < len(rows):
        size = min(len(rows), size + chance.randrange(1, 130))
        log, _ = a_log(tmp_path, rows[:size])

        assert (size, mth(leaves(rows[:size]))) == (followed(log).size, followed(log).root)
    assert [] == named(log.audit())


class AskedForProofs(HeadSigner):
    """A signer that keeps what it was given to check."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder / "log.key", folder / "log.head", ORIGIN)
        self.given: list[tuple[int, int, Sequence[bytes]]] = []

    def sign(
        self, size: int, root: bytes, proof: Callable[[int], Sequence[bytes]], known: Head | None = None
    ) -> Head:
        def noted(old: int) -> Sequence[bytes]:
            given = proof(old)
            self.given.append((old, size, given))
            return given

        return super().sign(size, root, noted, known)


@pytest.mark.parametrize("sizes", ["by chance", "across tiles", "across a tile of tiles"])
def test_a_log_that_goes_on_proves_each_step_to_its_signer(sizes: str, tmp_path: Path) -> None:
    """Roots and proofs come out of what is in memory, and are those of the RFC."""
    chance = random.Random(5)  # noqa: S311  the same sizes in every run
    steps = {
        "by chance": [*range(1, 40), *sorted(chance.sample(range(40, 1100), 40))],
        "across tiles": [1, 255, 256, 257, 511, 512, 768, 1000, 2048, 2049],
        "across a tile of tiles": [65_300, 65_900],
    }[sizes]
    rows = some_rows(steps[-1])
    every = leaves(rows)
    (tmp_path / "log.key").write_bytes(bytes(range(32)))
    source, signer = ListedRows([]), AskedForProofs(tmp_path)
    log = a_log_on(tmp_path / "log.sqlite", source, signer)
    for size in steps:
        source.rows = rows[:size]

        assert mth(every[:size]) == followed(log, 100_000).root
    wanted = [(old, new, subproof(old, every[:new])) for old, new in pairwise(steps)]

    assert wanted == [(old, new, list(given)) for old, new, given in signer.given]
    assert [] == named(log.audit())


def test_three_levels_of_tiles(tmp_path: Path) -> None:
    """65,536 rows fill a tile of tiles; the log goes on, restarts and proves across the border."""
    rows = some_rows(65_536 + 5)
    log, source = a_log(tmp_path, rows[:65_530])
    source.sealed_rows = lambda after, limit: source.rows[max(0, after) : max(0, after) + limit]  # type: ignore[method-assign]
    followed(log)
    log, source = a_log(tmp_path, rows)
    source.sealed_rows = lambda after, limit: source.rows[max(0, after) : max(0, after) + limit]  # type: ignore[method-assign]
    head, every = followed(log), leaves(rows)

    assert mth(every) == head.root
    assert path(65_536, every) == log.inclusion(65_536)
    assert path(17, every) == log.inclusion(17)
    assert subproof(65_530, every) == log.consistency(65_530, head.size)
    assert 65_540 == log.index_of(65_541)
    assert 65_541 == (log.check_start() or head).size


def test_proofs_hold_for_every_row_and_every_older_size(tmp_path: Path) -> None:
    """Inclusion for each index, consistency from each size, in a log whose last tile is not full."""
    rows = some_rows(300)
    log, _ = a_log(tmp_path, rows)
    head, every = followed(log), leaves(rows)
    for index in range(0, 300, 7):
        assert is_included(every[index], index, 300, head.root, log.inclusion(index))
    for old in range(1, 301, 7):
        assert is_consistent(old, mth(every[:old]), 300, head.root, log.consistency(old, 300))
    with pytest.raises(NotLogged):
        log.inclusion(300)
    with pytest.raises(NotLogged):
        log.consistency(1, 301)
    with pytest.raises(ValueError, match="from the smaller"):
        log.consistency(9, 8)


@pytest.mark.parametrize("step", [1, 2, 1000])
def test_a_row_is_found_by_its_number_over_any_gaps(step: int, tmp_path: Path) -> None:
    """The index is dense although numbers are not; a number that was never given is not found."""
    rows = some_rows(1000, step)
    log, _ = a_log(tmp_path, rows)
    followed(log)
    for at in (0, 1, 255, 256, 511, 700, 999):
        assert at == log.index_of(rows[at][0])
    for never in (0, -7, rows[-1][0] + 1, *([rows[400][0] + 1] if step > 1 else [])):
        with pytest.raises(NotLogged):
            log.index_of(never)


def test_nothing_new_is_one_look_at_the_store(tmp_path: Path) -> None:
    """The log may be asked ten times a second: without a new row it touches neither its tables nor its key."""
    log, source = a_log(tmp_path, some_rows(10))
    head = followed(log)
    close_engines()
    for name in ("log.sqlite", "log.key", "log.head"):
        (tmp_path / name).unlink()

    assert head == log.follow()
    assert 10 == source.count()


def test_two_followers_take_each_row_in_once(tmp_path: Path) -> None:
    """Whoever comes second finds the log moved and looks again; there is one history and no row twice."""
    home = a_home(tmp_path, 0)
    home.log()
    failures: list[BaseException] = []
    done = threading.Event()

    def follow() -> None:
        log = home.log()
        try:
            while not done.is_set():
                log.follow(limit=40)
            log.follow(limit=40)
        except BaseException as error:
            failures.append(error)

    followers = [threading.Thread(target=follow) for _ in range(3)]
    for follower in followers:
        follower.start()
    for _ in range(30):
        home.append(30)
    done.set()
    for follower in followers:
        follower.join(60)
    head = home.log().head()

    assert [] == failures
    assert head is not None
    assert (900, mth(leaves(FileRows(home.events).sealed_rows(0, 1000)))) == (head.size, head.root)
    assert [] == named(home.log().audit())


def test_a_crash_between_signing_and_writing_is_made_good(tmp_path: Path) -> None:
    """The signer may know a head that the tables have not come to; the next turn takes in as much and no less."""
    rows = some_rows(300)
    log, _ = a_log(tmp_path, rows[:100])
    followed(log)
    before = Home(tmp_path).copy_log()
    log, _ = a_log(tmp_path, rows[:290])
    followed(log)
    Home(tmp_path).put_back_log(before)
    log, _ = a_log(tmp_path, rows)
    begun = log.check_start()

    assert begun is not None
    assert (290, 100) == (begun.size, (log.head() or begun).size)
    assert (300, mth(leaves(rows))) == (followed(log, limit=7).size, followed(log).root)
    assert [] == named(log.audit())


def test_a_log_that_is_cleared_is_made_again_from_the_rows(tmp_path: Path) -> None:
    """The log is derived; what was signed before still binds what is made."""
    log, _ = a_log(tmp_path, some_rows(600))
    head = followed(log)
    log.clear()

    assert log.head() is None
    assert head == followed(log, limit=50)


# --- what was signed is never taken back ----------------------------------------------------------------------------


def test_no_head_is_signed_that_does_not_continue_the_last(tmp_path: Path) -> None:
    """Smaller, of equal size but different, or larger and of another history: refused, and nothing is taken in."""
    rows = some_rows(300)
    log, _ = a_log(tmp_path, rows)
    head = followed(log)
    text = (tmp_path / "log.head").read_text("utf-8")
    close_engines()
    (tmp_path / "log.sqlite").unlink()
    other = [*rows[:99], (100, STREAMS[0], 1, TOPIC, b"another history"), *rows[100:]]
    for history in (rows[:200], other, [*other, *some_rows(310)[300:]]):
        log, _ = a_log(tmp_path, history)
        with pytest.raises(WouldFork):
            log.follow()
        assert log.head() is None

    assert text == (tmp_path / "log.head").read_text("utf-8")
    assert head == followed(a_log(tmp_path, rows)[0])


def test_the_signer_asks_for_the_proof_and_checks_it(tmp_path: Path) -> None:
    """Whoever can reach the signer gets no signature on a root of their own."""
    (tmp_path / "log.key").write_bytes(bytes(range(32)))
    signer = HeadSigner(tmp_path / "log.key", tmp_path / "log.head", ORIGIN)
    every = leaves(some_rows(20))
    first = signer.sign(8, mth(every[:8]), lambda old: [])
    second = signer.sign(20, mth(every), lambda old: subproof(old, every))

    assert second == signer.newest()
    with pytest.raises(WouldFork, match="nothing proves"):
        signer.sign(21, b"\x07" * 32, lambda old: subproof(8, every))
    with pytest.raises(WouldFork, match="forked"):
        signer.sign(20, b"\x07" * 32, lambda old: [])
    with pytest.raises(WouldFork, match="went back"):
        signer.sign(first.size, first.root, lambda old: [])
    assert second == signer.newest()
    assert second.text == signer.sign(20, mth(every), lambda old: []).text


def test_a_signer_that_lost_its_head_takes_the_logs_own(tmp_path: Path) -> None:
    """With the file gone, the head in the log's tables still binds."""
    rows = some_rows(20)
    log, source = a_log(tmp_path, rows[:10])
    followed(log)
    (tmp_path / "log.head").unlink()
    source.rows = rows

    assert 20 == followed(log).size


def test_a_signers_file_that_was_changed_stops_the_log(tmp_path: Path) -> None:
    """The newest head signed is the log's memory: without it nothing more is signed."""
    log, source = a_log(tmp_path, some_rows(10))
    followed(log)
    head = tmp_path / "log.head"
    head.write_text(head.read_text("utf-8").replace("\n10\n", "\n9\n"), "utf-8")
    source.rows = some_rows(20)
    with pytest.raises(NotGenuine):
        log.follow()
    with pytest.raises(NotGenuine):
        log.check_start()

    assert 10 == (log.head() or replace(followed(log), size=0)).size


def test_a_log_is_not_gone_on_with_when_its_tables_were_exchanged(tmp_path: Path) -> None:
    """A head of as many rows, signed by the same key, and not the one this log came to."""
    rows = some_rows(300)
    log, source = a_log(tmp_path, rows[:290])
    followed(log)
    others = tmp_path / "other"
    others.mkdir()
    (others / "log.key").write_bytes((tmp_path / "log.key").read_bytes())
    followed(a_log(others, [*rows[:99], (100, STREAMS[0], 1, TOPIC, b"another history"), *rows[100:290]])[0])
    with closing(sqlite3.connect(tmp_path / "log.sqlite")) as ours:
        ours.execute("ATTACH ? AS other", (str(others / "log.sqlite"),))
        ours.executescript(
            "DELETE FROM log_tiles; INSERT INTO log_tiles SELECT * FROM other.log_tiles;"
            "DELETE FROM log_head; INSERT INTO log_head SELECT * FROM other.log_head;"
        )
    source.rows = rows
    with pytest.raises(WouldFork):
        log.follow()

    assert 290 == (log.head() or replace(followed(log), size=0)).size


def test_a_key_of_another_length_is_refused(tmp_path: Path) -> None:
    """A seed has 32 bytes, and the signer does not show it."""
    (tmp_path / "short").write_bytes(bytes(31))
    (tmp_path / "log.key").write_bytes(bytes(range(32)))
    with pytest.raises(ValueError, match="32 bytes"):
        HeadSigner(tmp_path / "short", tmp_path / "log.head", ORIGIN)
    signer = HeadSigner(tmp_path / "log.key", tmp_path / "log.head", ORIGIN)

    assert f"HeadSigner('{ORIGIN}')" == repr(signer)
    with pytest.raises(ValueError, match="another log"):
        ProofLog(open_engine(tmp_path / "log.sqlite"), ListedRows([]), signer, "safeguarding-hub/other")


# --- the start ------------------------------------------------------------------------------------------------------


@pytest.fixture
def home(tmp_path: Path) -> Home:
    home = a_home(tmp_path, 300)
    home.follow()
    return home


def witnessed(home: Home) -> list[Head]:
    return [head for head in (home.signer().newest(),) if head is not None]


def test_a_start_on_the_store_that_was_left_passes(home: Home) -> None:
    """Also when rows were appended that the log has not come to, and with a witness's older head."""
    held = witnessed(home)
    home.append(20)
    home.follow()
    home.append(5)
    begun = home.log().check_start(held)

    assert 320 == (begun or held[0]).size


def test_a_store_shorter_than_its_own_head_is_not_started(home: Home) -> None:
    """An older copy of the store put back says what to do instead."""
    home.damage("DELETE FROM stored_events WHERE rowid > 290")
    with pytest.raises(LogWentBack, match=r"holds 290 rows, but the head of 300 .*Nothing was started.*newest copy"):
        home.log().check_start()


def test_a_store_and_log_shorter_than_a_witness_holds_are_not_started(home: Home) -> None:
    """Store, log and signer's file all put back together: the witness remembers."""
    older = home.folder / "older"
    older.mkdir()
    home.copy_log()
    for name in ("events.sqlite", "log.sqlite", "log.head"):
        shutil.copy(home.folder / name, older / name)
    home.append(50)
    home.follow()
    held = witnessed(home)
    home.damage()
    home.copy_log()
    for name in ("events.sqlite", "log.sqlite", "log.head"):
        shutil.copy(older / name, home.folder / name)

    assert 300 == (home.log().check_start() or held[0]).size
    with pytest.raises(LogWentBack, match="holds 300 rows, but the head of 350 rows"):
        home.log().check_start(held)


def test_a_store_put_back_and_written_on_is_not_started(home: Home) -> None:
    """As many rows as the witness has seen, and not the same ones."""
    home.append(50)
    home.follow()
    held = witnessed(home)
    home.damage("DELETE FROM stored_events WHERE rowid > 300", "UPDATE sqlite_sequence SET seq = 300")
    home.damage("DELETE FROM log_tiles", "DELETE FROM log_head", of="log")
    (home.folder / "log.head").unlink()
    home.append(60, lambda number: sealed(number + 5000))
    with pytest.raises(LogWentBack, match="is not what the head of 350 rows"):
        home.log().check_start(held)
    home.follow()
    with pytest.raises(LogWentBack, match="is not what the head of 350 rows"):
        home.log().check_start(held)


def test_a_last_row_that_is_not_the_one_logged_is_not_started_on(home: Home) -> None:
    """The row under the newest head is looked at in the store itself."""
    home.damage("UPDATE stored_events SET state = zeroblob(333) WHERE rowid = 300")
    with pytest.raises(LogWentBack, match="is not what the head of 300 rows"):
        home.log().check_start()


def test_a_log_put_back_alone_is_no_hindrance(home: Home) -> None:
    """The rows are all there: the log follows them to where it was, and further."""
    older = home.copy_log()
    home.append(50)
    home.follow()
    home.put_back_log(older)
    begun = home.log().check_start()

    assert 350 == (begun or witnessed(home)[0]).size
    assert 350 == home.follow().size
    assert [] == named(home.verify())


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM log_tiles WHERE level = 0 AND number = 1",
        "DELETE FROM log_tiles",
        "UPDATE log_tiles SET hashes = X'00'",
        "UPDATE log_tiles SET rows = X'00'",
    ],
)
def test_damaged_tables_of_the_log_say_so(statement: str, home: Home) -> None:
    """The store is not accused of what happened to the log, and the log is made again."""
    home.damage(statement, of="log")
    with pytest.raises(LogDamaged):
        home.log().check_start()
    home.append(1)
    with pytest.raises(LogDamaged):
        home.log().follow()
    home.log().clear()

    assert 301 == home.follow().size
    assert [] == named(home.verify())


def test_last_tiles_that_do_not_give_the_head_are_not_gone_on_from(home: Home) -> None:
    """However often it is tried, until the log is made again."""
    home.damage("UPDATE log_tiles SET hashes = zeroblob(length(hashes))", of="log")
    home.append(1)
    log = home.log()
    for _ in range(2):
        with pytest.raises(LogDamaged):
            log.follow()
    log.clear()

    assert 301 == followed(log).size
    assert [] == named(home.verify())


# --- what others take with them -------------------------------------------------------------------------------------


def test_a_bundle_holds_the_newest_head_and_its_proof(home: Home) -> None:
    """From nothing no proof is needed; from an older size it is the RFC's; from a larger one there is none."""
    home.append(10)
    head = home.follow()
    every = leaves(FileRows(home.events).sealed_rows(0, 400))
    bundle = json.loads(json.dumps(home.log().bundle(300)))

    assert {"format", "head", "from", "proof"} == bundle.keys()
    assert ("hub.bundle.1", head.text, 300) == (bundle["format"], bundle["head"], bundle["from"])
    assert subproof(300, every) == [from_base64(each, "") for each in bundle["proof"]]
    assert [] == home.log().bundle(0)["proof"]
    with pytest.raises(NotLogged):
        home.log().bundle(311)


def test_no_receipt_before_the_log_covers_the_row(home: Home) -> None:
    """A proof that cannot be given yet is refused by name."""
    home.append(1)
    row = FileRows(home.events).sealed_rows(300, 1)[0]
    with pytest.raises(NotLogged):
        home.log().receipt(row, {}, {})


def test_the_audit_through_the_log_names_what_the_file_check_names(home: Home) -> None:
    """The same walk on any database: a row, a leaf, and a head that was changed."""
    held = witnessed(home)
    home.damage("UPDATE stored_events SET state = zeroblob(333) WHERE rowid = 18")

    assert [("row changed", 17, 18)] == named(home.log().audit())
    home.damage("UPDATE log_head SET text = 'spoilt'", of="log")
    assert [("row changed", 17, 18), ("head damaged", None, None)] == named(home.log().audit(held))
