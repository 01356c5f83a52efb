"""The seal: a row opens only where it was put, only under its owner's key, and tells nothing to who has the files."""

import base64
import hashlib
import json
import re
import sqlite3
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from application.access import look
from application.commands.acts import act
from application.hub import Hub
from application.ledger import EVENT_TYPES, RECEIPTED, TOPIC, Stream, case_stream, commitment_to, disclosures_stream
from application.ports import KeyDestroyed, SealBroken
from application.projections import rows as row_tables
from application.projections.catch_up import rebuild
from application.queries.case_as_seen import case_as_seen
from domain.errors import RecordUnreadable
from interfaces.bootstrap import build_hub, log_of
from interfaces.demo.replay import ScenarioClock
from interfaces.demo.scenario import read_scenario
from interfaces.settings import Postgres, Settings
from interfaces.storage.keyring import Key, KeyRing
from interfaces.storage.keystore import KeyStore
from interfaces.storage.verifying import commitment_of, field_digest
from tests.builders import (
    MORNING,
    Replayed,
    a_case,
    a_command_id,
    a_concern,
    a_hub,
    a_partnership,
    a_worker_of_the_lead,
    concern_data,
    replayed,
    settings_in,
)

STORE = b"\x05" * 16
HERE = b"a stream|1|hub.event.1"
HEADER, COMMITMENT, NONCE = 1 + 16, 32, 12


# ---------------------------------------------------------------- the ring


@pytest.fixture
def keystore(tmp_path: Path) -> Iterator[KeyStore]:
    store = KeyStore(tmp_path / "keys.sqlite")
    yield store
    store.close()


@pytest.fixture
def ring(keystore: KeyStore) -> KeyRing:
    return KeyRing(STORE, keystore, {1: b"m" * 32})


def test_what_was_sealed_opens_where_it_was_put(ring: KeyRing) -> None:
    """`0x01 | key id (16) | commitment (32) | nonce (12) | ciphertext and tag (16)`."""
    sealed = ring.close("case:a", HERE, b"plain", b"c" * 32)

    assert b"plain" == ring.open(HERE, sealed)
    assert b"\x01" == sealed[:1]
    assert b"c" * 32 == sealed[17:49]
    assert 1 + 16 + 32 + 12 + len(b"plain") + 16 == len(sealed)


@pytest.mark.parametrize(
    "place",
    [b"another stream|1|hub.event.1", b"a stream|2|hub.event.1", b"a stream|1|hub.event.2", b"", HERE + b"|locator"],
)
def test_what_was_moved_does_not_open(place: bytes, ring: KeyRing) -> None:
    """Finding E1: another stream, version or type is another place."""
    sealed = ring.close("case:a", HERE, b"plain")
    with pytest.raises(SealBroken):
        ring.open(place, sealed)


def test_another_store_opens_nothing(ring: KeyRing, keystore: KeyStore) -> None:
    """The same keys under another store's id: neither the key nor the row belongs there."""
    sealed = ring.close("case:a", HERE, b"plain")
    other = KeyRing(b"\x06" * 16, keystore, {1: b"m" * 32})
    with pytest.raises(SealBroken):
        other.open(HERE, sealed)
    key = ring._by_id[sealed[1:17]]
    other._by_id[key.id] = key
    with pytest.raises(SealBroken):
        other.open(HERE, sealed)


def test_no_bit_of_an_envelope_can_be_changed(ring: KeyRing) -> None:
    """Format, key id, commitment, nonce, ciphertext and tag: every single bit."""
    sealed = ring.close("case:a", HERE, b"plain" * 8)
    opened = []
    for place in range(len(sealed) * 8):
        changed = bytearray(sealed)
        changed[place // 8] ^= 1 << place % 8
        try:
            opened.append((place, ring.open(HERE, bytes(changed))))
        except SealBroken:
            continue

    assert [] == opened


def test_no_envelope_can_be_cut_or_lengthened(ring: KeyRing) -> None:
    """However short it becomes."""
    sealed = ring.close("case:a", HERE, b"plain")
    for other in (*(sealed[:length] for length in range(len(sealed))), sealed + b"\x00", b"\x00" + sealed):
        with pytest.raises(SealBroken):
            ring.open(HERE, other)


def test_parts_of_two_envelopes_make_none(ring: KeyRing) -> None:
    """A commitment, a nonce or a key id of another row of the same owner and place is refused."""
    one, two = (ring.close("case:a", HERE, b"plain") for _ in range(2))
    third = ring.close("case:b", HERE, b"plain")
    for start, end, other in ((1, 17, third), (17, 49, two), (49, 61, two), (61, len(one), two)):
        with pytest.raises(SealBroken):
            ring.open(HERE, one[:start] + other[start:end] + one[end:])


def test_no_nonce_is_ever_used_twice_with_a_key(ring: KeyRing) -> None:
    """Twenty thousand seals of one owner, and no commitment of a row that nobody gets a receipt for comes twice."""
    sealed = [ring.close("case:a", HERE, b"") for _ in range(20_000)]

    assert 20_000 == len({one[1:17] + one[49:61] for one in sealed})
    assert 20_000 == len({one[17:49] for one in sealed})


def test_a_rotated_key_seals_what_comes_and_opens_what_was(ring: KeyRing, keystore: KeyStore) -> None:
    """`hub keys rotate` of a case: a new key from now on, the old one stays good for what lies under it."""
    old = ring.close("case:a", HERE, b"old")
    number = ring.rotate("case:a")
    new = ring.close("case:a", HERE, b"new")
    fresh = KeyRing(STORE, keystore, {1: b"m" * 32})

    assert 2 == number
    assert old[1:17] != new[1:17]
    assert [b"old", b"new"] == [fresh.open(HERE, one) for one in (old, new)]
    assert fresh.close("case:a", HERE, b"")[1:17] == new[1:17]


def test_after_the_master_key_was_rotated_the_new_one_opens_all_and_the_old_one_nothing(
    ring: KeyRing, keystore: KeyStore
) -> None:
    """Then the old master key can be destroyed, and copies of the key store under it are worth nothing."""
    owners = [f"case:{number}" for number in range(20)]
    sealed = {owner: ring.close(owner, HERE, owner.encode()) for owner in owners}
    both = KeyRing(STORE, keystore, {1: b"m" * 32, 2: b"n" * 32})
    again = both.rotate_master()
    only_new, only_old = KeyRing(STORE, keystore, {2: b"n" * 32}), KeyRing(STORE, keystore, {1: b"m" * 32})

    assert (20, 0) == (again, both.rotate_master())
    assert [owner.encode() for owner in owners] == [only_new.open(HERE, sealed[owner]) for owner in owners]
    assert [] == only_new.faulty()
    assert owners == sorted(only_old.faulty(), key=owners.index)
    for owner in owners:
        with pytest.raises(SealBroken):
            only_old.open(HERE, sealed[owner])
    assert (20, 0, {2: 20}) == keystore.counts()


def test_wrapped_keys_swapped_between_owners_are_refused(ring: KeyRing, tmp_path: Path, keystore: KeyStore) -> None:
    """Who can write to the key store cannot make one case's key another's."""
    sealed = {owner: ring.close(owner, HERE, b"plain") for owner in ("case:a", "case:b", "case:c")}
    with closing(sqlite3.connect(tmp_path / "keys.sqlite")) as raw:
        wrapped = dict(raw.execute("SELECT owner, wrapped FROM keys").fetchall())
        for owner, other in (("case:a", "case:b"), ("case:b", "case:a")):
            raw.execute("UPDATE keys SET wrapped = ? WHERE owner = ?", (wrapped[other], owner))
        raw.commit()
    fresh = KeyRing(STORE, keystore, {1: b"m" * 32})

    assert ["case:a", "case:b"] == sorted(fresh.faulty())
    assert b"plain" == fresh.open(HERE, sealed["case:c"])
    for owner in ("case:a", "case:b"):
        with pytest.raises(SealBroken):
            fresh.open(HERE, sealed[owner])
        with pytest.raises(SealBroken):
            fresh.close(owner, HERE, b"plain")


@pytest.mark.parametrize("change", ["owner = 'case:z'", "number = 7", "master = 2", "id = zeroblob(16)"])
def test_a_wrapped_key_is_bound_to_all_that_stands_beside_it(
    change: str, ring: KeyRing, tmp_path: Path, keystore: KeyStore
) -> None:
    """Owner, number, master key and id: what is changed in the key store is noticed, and nothing opens by it."""
    sealed = ring.close("case:a", HERE, b"plain")
    with closing(sqlite3.connect(tmp_path / "keys.sqlite")) as raw:
        raw.execute(f"UPDATE keys SET {change}")  # noqa: S608 - one of the four above
        raw.commit()
    fresh = KeyRing(STORE, keystore, {1: b"m" * 32, 2: b"n" * 32})
    with pytest.raises(SealBroken):
        fresh.open(HERE, sealed)

    assert 1 == len(fresh.faulty())


def test_a_destroyed_key_opens_and_seals_nothing(ring: KeyRing, tmp_path: Path, keystore: KeyStore) -> None:
    """Also what a rotation had left behind; no new key is made under the name; the neighbour's stays."""
    first = ring.close("case:a", HERE, b"first")
    ring.rotate("case:a")
    second, other = ring.close("case:a", HERE, b"second"), ring.close("case:b", HERE, b"other")
    ring.destroy("case:a")
    for one in (ring, KeyRing(STORE, keystore, {1: b"m" * 32})):
        for sealed in (first, second):
            with pytest.raises(KeyDestroyed):
                one.open(HERE, sealed)
            with pytest.raises(KeyDestroyed):
                one.salt_of(HERE, sealed)
        for doing in (lambda one=one: one.close("case:a", HERE, b""), lambda one=one: one.rotate("case:a"),
                      lambda one=one: one.salt("case:a", HERE)):  # fmt: skip
            with pytest.raises(KeyDestroyed):
                doing()
        assert b"other" == one.open(HERE, other)
    with closing(sqlite3.connect(tmp_path / "keys.sqlite")) as raw:
        assert [(1, None), (2, None)] == raw.execute(
            "SELECT number, wrapped FROM keys WHERE owner = 'case:a' ORDER BY number"
        ).fetchall()


def test_a_destroyed_key_leaves_no_trace_in_the_key_store(ring: KeyRing, tmp_path: Path, keystore: KeyStore) -> None:
    """Its wrapping is overwritten in the file, not only taken off the page."""
    for number in range(50):
        ring.close(f"case:{number}", HERE, b"")
    wrapped = next(key.wrapped for key in keystore.all() if key.owner == "case:25")
    assert wrapped is not None
    before = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    ring.destroy("case:25")
    after = b"".join(path.read_bytes() for path in tmp_path.iterdir())

    assert wrapped in before
    assert wrapped not in after


def test_no_secret_shows_in_a_repr(ring: KeyRing, tmp_path: Path) -> None:
    """What is printed or logged by accident tells nothing."""
    ring.close("case:a", HERE, b"")
    (key,) = ring._by_id.values()
    settings = replace(
        settings_in(tmp_path / "home"),
        postgres=Postgres(writer="password=w1", projector="password=p2", auditor="password=a3", keys="password=k4"),
    )
    said = " ".join(f"{one!r} {one}" for one in (ring, key, settings, settings.postgres, {"held": key}, [ring]))
    secrets = (key.secret, b"m" * 32, settings.index_key, settings.session_key, *settings.masters.values())

    assert isinstance(key, Key)
    assert [] == [
        form
        for secret in secrets
        for form in (repr(secret), repr(secret)[2:-1], secret.hex(), base64.b64encode(secret).decode())
        if form in said
    ]
    assert "password" not in said


# ---------------------------------------------------------------- the hub


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory) -> tuple[Settings, UUID, UUID]:
    """A hub with two cases, closed."""
    settings = settings_in(tmp_path_factory.mktemp("two"))
    hub = a_partnership(build_hub(settings, ScenarioClock(MORNING)))
    case, other = a_case(hub), a_case(hub, name="Another Child")
    for one in (case, other):
        a_concern(hub, one)
        a_worker_of_the_lead(hub, one)
        case_as_seen(hub, "ben", one)
    hub.close()
    return settings, case, other


Damage = Callable[[sqlite3.Connection, UUID, UUID], object]


def update(change: str, where: str = "version = 4") -> Damage:
    """Change a row of the first case; `version` is short for its place in its stream."""
    statement = f"UPDATE stored_events SET {change} WHERE originator_id = :case AND originator_{where}"  # noqa: S608

    def damaged(raw: sqlite3.Connection, case: UUID, other: UUID) -> object:
        shown = disclosures_stream(case).id
        return raw.execute(statement, {"case": case.hex, "other": other.hex, "shown": shown.hex})

    return damaged


def state_of(stream: str, version: int) -> str:
    where = f"originator_id = {stream} AND originator_version = {version}"
    return f"(SELECT state FROM stored_events WHERE {where})"  # noqa: S608


def flip(place: int) -> Damage:
    """One bit of the state of the fourth event."""

    def flipped(raw: sqlite3.Connection, case: UUID, other: UUID) -> object:
        where = "WHERE originator_id = ? AND originator_version = 4"
        (state,) = raw.execute(f"SELECT state FROM stored_events {where}", (case.hex,)).fetchone()  # noqa: S608
        changed = bytearray(state)
        changed[place] ^= 0x10
        return raw.execute(f"UPDATE stored_events SET state = ? {where}", (bytes(changed), case.hex))  # noqa: S608

    return flipped


def swap(raw: sqlite3.Connection, case: UUID, other: UUID) -> None:
    """The states of two rows of one case change places."""
    where = "WHERE originator_id = ? AND originator_version = ?"
    states = [
        raw.execute(f"SELECT state FROM stored_events {where}", (case.hex, version)).fetchone()[0]  # noqa: S608
        for version in (3, 4)
    ]
    for version, state in zip((4, 3), states, strict=True):
        raw.execute(f"UPDATE stored_events SET state = ? {where}", (state, case.hex, version))  # noqa: S608


LAST = "version = (SELECT max(originator_version) FROM stored_events WHERE originator_id = :case)"
DAMAGES: dict[str, Damage] = {
    "the other case's row in its place": update(f"state = {state_of(':other', 4)}"),
    "a disclosure's row in its place": update(f"state = {state_of(':shown', 1)}"),
    "an earlier row of the case in its place": update(f"state = {state_of(':case', 3)}"),
    "two rows swapped": swap,
    "the last row moved one on": update("originator_version = originator_version + 1", LAST),
    "the topic of another hub": update("topic = 'hub.event.2'"),
    "a topic that names a module": update("topic = 'this:d'"),
    "format": flip(0),
    "key id": flip(5),
    "commitment": flip(20),
    "nonce": flip(50),
    "ciphertext": flip(100),
    "tag": flip(-1),
    "the state emptied": update("state = X''"),
    "the state cut": update("state = substr(state, 1, 200)"),
    "the state zeroed": update("state = zeroblob(length(state))"),
}  # fmt: skip


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_row_is_refused_and_nothing_of_the_case_is_served(
    damage: str, two: tuple[Settings, UUID, UUID], tmp_path: Path
) -> None:
    """Findings E1 and E2: moved, swapped, renamed or changed in one bit, it does not open; the other case does."""
    settings, case, other = two
    damaged = copied(settings, tmp_path)
    with by_hand(damaged) as raw:
        DAMAGES[damage](raw, case, other)
    sys.modules.pop("this", None)
    known = set(sys.modules)
    hub = build_hub(damaged, ScenarioClock(MORNING))
    for doing in (
        lambda: hub.case(case),
        lambda: hub.case_events(case),
        lambda: look(hub, "ben", case, "case"),
        lambda: act(hub, "ben", case, "record_concern", concern_data("C9"), command_id="on-a-damaged"),
    ):
        with pytest.raises(RecordUnreadable) as refused:
            doing()
        assert "Maya" not in str(refused.value)
    seen = case_as_seen(hub, "ben", other)
    hub.close()

    assert "Another Child" == seen.name
    assert known == set(sys.modules)


def test_a_row_moved_to_the_other_case_opens_in_neither(two: tuple[Settings, UUID, UUID], tmp_path: Path) -> None:
    """Finding E1 as it was made: one child's ciphertext on another child's row."""
    settings, case, other = two
    damaged = copied(settings, tmp_path)
    with by_hand(damaged) as raw:
        raw.execute(
            "UPDATE stored_events SET originator_id = ?, originator_version = 1 + "
            "(SELECT max(originator_version) FROM stored_events WHERE originator_id = ?) "
            "WHERE originator_id = ? AND originator_version = "
            "(SELECT max(originator_version) FROM stored_events WHERE originator_id = ?)",
            (other.hex, other.hex, case.hex, case.hex),
        )
    hub = build_hub(damaged, ScenarioClock(MORNING))
    with pytest.raises(RecordUnreadable):
        hub.case(other)
    hub.close()


def test_under_another_stores_id_nothing_opens(two: tuple[Settings, UUID, UUID], tmp_path: Path) -> None:
    """A copy of rows and keys is no record of another store."""
    settings, case, _ = two
    hub = build_hub(replace(copied(settings, tmp_path), store=b"\x06" * 16), ScenarioClock(MORNING))
    with pytest.raises(RecordUnreadable):
        hub.case(case)
    with pytest.raises(RecordUnreadable):
        hub.directory()
    hub.close()


def test_a_damaged_locator_is_refused_and_the_case_folds_without_it(tmp_path: Path) -> None:
    """The value lies under a key and a place of its own: another locator's value does not open in its place."""
    hub = a_partnership(a_hub(tmp_path))
    case = a_case(hub, address="4 Larch Rise", postcode="ZX9 4QT")
    positions = [version.position for item in ("child.address", "child.postcode") for version in items(hub, case, item)]
    values = [hub.locator(case, position) for position in positions]
    states = {at: hub.ledger.recorder.select_events(case, gt=at - 1, lte=at)[0].state for at in positions}
    place = f"{case.hex}|{positions[0]}|{TOPIC}".encode()
    event = json.loads(hub.ledger.seal.open(place, states[positions[0]]))
    stolen = json.loads(hub.ledger.seal.open(f"{case.hex}|{positions[1]}|{TOPIC}".encode(), states[positions[1]]))
    event["value"] = stolen["value"]
    forged = hub.ledger.seal.close(case_stream(case).owner, place, json.dumps(event).encode())
    settings = settings_in(tmp_path)
    hub.close()
    with by_hand(settings) as raw:
        raw.execute(
            "UPDATE stored_events SET state = ? WHERE originator_id = ? AND originator_version = ?",
            (forged, case.hex, positions[0]),
        )
    again = a_hub(tmp_path)
    with pytest.raises(RecordUnreadable):
        again.locator(case, positions[0])

    assert ["4 Larch Rise", "ZX9 4QT"] == values
    assert "Maya Ellison" == items(again, case, "child.name")[-1].content
    assert "ZX9 4QT" == again.locator(case, positions[1])
    again.close()


def items(hub: Hub, case: UUID, item: str) -> tuple[Any, ...]:
    return hub.case(case).case.items[item]


def test_numbers_are_never_used_again(tmp_path: Path) -> None:
    """Finding E3: where the newest row was taken away by hand, the next has a number of its own."""
    hub = a_partnership(a_hub(tmp_path))
    case = a_case(hub)
    a_concern(hub, case)
    newest = hub.ledger.recorder.max_notification_id()
    hub.close()
    with by_hand(settings_in(tmp_path)) as raw:
        raw.execute("DELETE FROM stored_events WHERE rowid = ?", (newest,))
    again = a_hub(tmp_path)
    a_concern(again, case, "C2")
    numbers = [number for number, *_ in again.ledger.follow(0, 10_000)]
    again.close()

    assert newest is not None
    assert newest not in numbers
    assert newest + 1 in numbers


def test_after_its_key_was_rotated_a_case_goes_on(tmp_path: Path) -> None:
    """Old events under the old key, new ones under the new one; a hub just started reads both."""
    hub = a_partnership(a_hub(tmp_path))
    case = a_case(hub)
    before = hub.case(case).case.version
    hub.ledger.seal.rotate(case_stream(case).owner)  # type: ignore[attr-defined]
    a_concern(hub, case)
    keys = [row.state[1:17] for row in hub.ledger.recorder.select_events(case)]
    events = hub.case_events(case)
    hub.close()
    again = a_hub(tmp_path)

    assert 1 == len(set(keys[:before]))
    assert 1 == len(set(keys[before:]))
    assert keys[0] != keys[-1]
    assert events == again.case_events(case)
    assert "concern:C1" in again.case(case).case.items
    again.close()


# ---------------------------------------------------------------- what the files tell


@pytest.fixture(scope="module")
def worked(tmp_path_factory: pytest.TempPathFactory) -> Replayed:
    """The worked case to its end, its log followed, its lists rebuilt, and two hundred entries for the snapshots."""
    found = replayed(read_scenario(), tmp_path_factory.mktemp("worked"))
    hub = build_hub(found.settings, ScenarioClock(found.scenario.moment(found.scenario.demo_stands_at)))
    for number in range(110):
        case_as_seen(hub, "priya", found.case)
        data = concern_data(f"Z{number}", justification="J4", narrative="Peculiar umbrella sighting")
        act(hub, "priya", found.case, "record_concern", data, command_id=a_command_id())
    rebuild(hub)
    log_of(hub).follow()
    hub.close()
    return found


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """The files of a hub in which nothing was ever recorded."""
    settings = settings_in(tmp_path_factory.mktemp("bare"))
    build_hub(settings, ScenarioClock(MORNING)).close()
    return data_files(settings)


def data_files(settings: Settings) -> dict[str, bytes]:
    """The databases a data backup holds, byte for byte, with whatever lies beside them."""
    found = {path.name: path.read_bytes() for path in settings.home.iterdir() if ".sqlite" in path.name}
    assert {"events.sqlite", "rows.sqlite", "log.sqlite"} <= set(found)
    return found


def texts(part: Any) -> Iterator[str]:
    match part:
        case str():
            yield part
        case dict():
            for key, value in part.items():
                yield from (key, *texts(value))
        case list() | tuple():
            for value in part:
                yield from texts(value)


def words_of(worked: Replayed) -> set[str]:
    """Every text of the scenario and each of its words of six letters or figures, tags of events, names of lists."""
    scenario = worked.scenario
    recorded = set(texts(scenario.acts)) | {"Peculiar umbrella sighting"}
    recorded |= {text for one in (*scenario.people, *scenario.agencies) for text in texts(plain(one))}
    recorded |= {str(kind.__struct_config__.tag) for kind in EVENT_TYPES}
    recorded |= {value for name, value in vars(row_tables).items() if name.isupper()}
    words = {word for text in recorded for word in re.findall(r"[^\W_]{6,}", text)}
    return {text for text in recorded | words if len(text) >= 6}


def plain(one: Any) -> Any:
    return {name: getattr(one, name) for name in one.__struct_fields__}


def forms(word: str) -> Iterator[bytes]:
    """How a word may lie in a file: as text, in UTF-16, in hexadecimal, in base64 wherever it begins in it."""
    data = word.encode()
    yield from (data, word.encode("utf-16-le"), word.encode("utf-16-be"))
    yield from (data.hex().encode(), data.hex().upper().encode())
    for ahead in range(3):
        coded = base64.b64encode(b"\0" * ahead + data)
        yield coded[(0, 2, 3)[ahead] : (len(data) + ahead) * 8 // 6]


def test_no_word_of_the_record_can_be_read_in_any_file(worked: Replayed, bare: dict[str, bytes]) -> None:
    """Names, narratives, addresses, telephone numbers, kinds of event and of list: in no form, in no database."""
    files, words = data_files(worked.settings), words_of(worked)
    empty = b"".join((*bare.values(), b"safeguarding-hub/"))  # the name heads of the log are signed under
    known = {"Maya Ellison", "Ellison", "4 Larch Rise, Hillcrest", "concern.recorded", "sharing.shared", "caseload"}
    legible = {
        (name, word)
        for name, data in files.items()
        for word in words
        for form in forms(word)
        if form in data and form not in empty
    }

    assert known <= words
    assert 500 < len(words)
    assert set() == legible


def test_the_scan_finds_what_lies_open(worked: Replayed, tmp_path: Path) -> None:
    """The scan above can fail: a narrative written into a database in any of the forms is found."""
    for number, form in enumerate((*forms("Peculiar umbrella"), base64.b64encode(b"xyz1Peculiar umbrella now"))):
        path = tmp_path / f"{number}.sqlite"
        with closing(sqlite3.connect(path)) as raw:
            raw.execute("CREATE TABLE t (state BLOB)")
            raw.execute("INSERT INTO t VALUES (?)", (form,))
            raw.commit()

        assert any(one in path.read_bytes() for one in forms("Peculiar umbrella")), number


def test_snapshots_and_rows_are_there_to_be_scanned(worked: Replayed) -> None:
    """What the scan finds nothing in is not empty."""
    with closing(sqlite3.connect(worked.settings.rows)) as raw:
        tables = ("rows", "snapshots", "earlier")
        counts = [raw.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in tables]  # noqa: S608
    with closing(sqlite3.connect(worked.settings.log)) as raw:
        tables = [name for (name,) in raw.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        logged = sum(raw.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in tables)  # noqa: S608

    assert 10 < counts[0]
    assert 2 <= counts[1]
    assert 1 <= counts[2]
    assert logged


def test_sizes_tell_little(worked: Replayed) -> None:
    """Content is padded to steps of 256 bytes before it is sealed."""
    with closing(sqlite3.connect(worked.settings.events)) as raw:
        sizes = {size for (size,) in raw.execute("SELECT length(state) FROM stored_events")}

    assert {0} == {(size - 1 - 16 - 32 - 12 - 16) % 256 for size in sizes}


def test_the_key_store_holds_no_open_key_and_nothing_but_owners_names(worked: Replayed) -> None:
    """Keys are wrapped; of names there are only ids of cases and of agencies."""
    settings = worked.settings
    stored = KeyStore(settings.keys / "keys.sqlite")
    ring = KeyRing(settings.store, stored, settings.masters)
    secrets = [ring._secret_of(key) for key in stored.all()]
    owners = {key.owner for key in stored.all()}
    stored.close()
    held = {path.name: path.read_bytes() for path in settings.home.rglob("*.sqlite*")}
    forms_of = [form for key in (*secrets, *settings.masters.values()) for form in (key, key.hex().encode(), b64(key))]
    kinds_and_agencies = "agency locators " + " ".join(agency.id for agency in worked.scenario.agencies)
    legible = {word for word in words_of(worked) for form in forms(word) if form in held["keys.sqlite"]}

    assert len(secrets) == len(set(secrets))
    assert {32} == {len(secret) for secret in secrets}
    assert [] == [name for name, data in held.items() for form in forms_of if form in data]
    assert {f"case:{worked.case.hex}", f"locators:{worked.case.hex}", "hub", "agency:police"} <= owners
    assert [] == [o for o in owners if not re.fullmatch(r"hub|(case|locators):[0-9a-f]{32}|agency:[a-z_]+", o)]
    assert set() == {word for word in legible if word not in kinds_and_agencies}


def b64(data: bytes) -> bytes:
    return base64.b64encode(data).rstrip(b"=")


# ---------------------------------------------------------------- commitments


def receipted(hub: Hub, case: UUID) -> Iterator[tuple[Stream, int]]:
    for stream in (case_stream(case), disclosures_stream(case)):
        for version, event in enumerate(hub.ledger.read(stream), start=1):
            if isinstance(event, RECEIPTED):
                yield stream, version


def test_a_commitment_is_what_its_opened_fields_come_to(worked: Replayed, tmp_path: Path) -> None:
    """Worked out by hand from the rule: field by field, salted, in the order of their names."""
    hub = worked.copy(tmp_path)
    places = list(receipted(hub, worked.case))
    for stream, version in places:
        state = hub.ledger.recorder.select_events(stream.id, gt=version - 1, lte=version)[0].state
        names = set(fields(hub, stream, version))
        given = hub.ledger.receipted(stream, version, names)
        digests = {
            name: hashlib.sha256(
                base64.b64decode(one["salt"])
                + json.dumps({name: one["value"]}, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
            ).digest()
            for name, one in given.opened.items()
        }
        by_hand = hashlib.sha256(b"".join(digests[name] for name in sorted(digests))).digest()
        by_verifier = commitment_of({
            name: field_digest(base64.b64decode(one["salt"]), name, one["value"]) for name, one in given.opened.items()
        })  # fmt: skip

        assert by_hand == by_verifier == state[HEADER : HEADER + COMMITMENT]
        assert {} == given.closed
        assert "event" in names
    kinds = {type(hub.ledger.read(stream, version - 1, version)[0]).__name__ for stream, version in places}
    hub.close()

    assert {"Shared", "SharingRefused", "ReferralMade"} <= kinds


def test_a_field_that_stays_shut_is_bound_all_the_same(worked: Replayed, tmp_path: Path) -> None:
    """Any part may be opened alone; the shut parts are digests, and what they hide cannot be guessed without salt."""
    hub = worked.copy(tmp_path)
    for stream, version in receipted(hub, worked.case):
        every = fields(hub, stream, version)
        state = hub.ledger.recorder.select_events(stream.id, gt=version - 1, lte=version)[0].state
        for name in every:
            given = hub.ledger.receipted(stream, version, {name})
            digests = {shut: base64.b64decode(digest) for shut, digest in given.closed.items()}
            digests[name] = field_digest(base64.b64decode(given.opened[name]["salt"]), name, every[name])
            guessed = {shut: field_digest(b"", shut, every[shut]) for shut in given.closed}

            assert {name} == set(given.opened)
            assert commitment_of(digests) == state[HEADER : HEADER + COMMITMENT]
            assert [] == [shut for shut in guessed if guessed[shut] == digests[shut]]
    hub.close()


def test_both_makers_of_commitments_agree_and_a_changed_field_shows(worked: Replayed, tmp_path: Path) -> None:
    """The one that seals and the one that verifies are two programs; no other value comes to the same."""
    hub = worked.copy(tmp_path)
    (stream, version), *_ = receipted(hub, worked.case)
    state = hub.ledger.recorder.select_events(stream.id, gt=version - 1, lte=version)[0].state
    every, salt = fields(hub, stream, version), hub.ledger.seal.salt_of(place(stream, version), state)
    kept = state[HEADER : HEADER + COMMITMENT]
    changed = [
        commitment_to(every | {name: "something else"}, salt) for name in every if every[name] != "something else"
    ]
    less = [commitment_to({kept: every[kept] for kept in every if kept != name}, salt) for name in every]
    hub.close()

    assert kept == commitment_to(every, salt)
    assert kept not in (*changed, *less, commitment_to(every | {"more": 1}, salt), commitment_to(every, b"\0" * 32))


def test_rows_without_a_receipt_commit_to_nothing(worked: Replayed, tmp_path: Path) -> None:
    """There the commitment is chance: it tells nothing, also not to who has the fields."""
    hub = worked.copy(tmp_path)
    for version, event in enumerate(hub.case_events(worked.case), start=1):
        stream = case_stream(worked.case)
        state = hub.ledger.recorder.select_events(stream.id, gt=version - 1, lte=version)[0].state
        salt = hub.ledger.seal.salt_of(place(stream, version), state)
        said = commitment_to(fields(hub, stream, version), salt) == state[HEADER : HEADER + COMMITMENT]

        assert isinstance(event, RECEIPTED) == said
    hub.close()


def place(stream: Stream, version: int) -> bytes:
    return f"{stream.id.hex}|{version}|hub.event.1".encode()


def fields(hub: Hub, stream: Stream, version: int) -> dict[str, Any]:
    state = hub.ledger.recorder.select_events(stream.id, gt=version - 1, lte=version)[0].state
    found: dict[str, Any] = json.loads(hub.ledger.seal.open(place(stream, version), state))
    return found


# ---------------------------------------------------------------- by hand


def copied(settings: Settings, home: Path) -> Settings:
    """The same hub in another folder, as who has the files has it."""
    made = replace(settings, home=home / "copy")
    for path in settings.home.rglob("*"):
        if path.is_file():
            target = made.home / path.relative_to(settings.home)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(path.read_bytes())
    return made


class by_hand:
    """The events' file without its guards."""

    def __init__(self, settings: Settings) -> None:
        self._path = settings.events

    def __enter__(self) -> sqlite3.Connection:
        self._raw = sqlite3.connect(self._path)
        for (name,) in self._raw.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            self._raw.execute(f"DROP TRIGGER {name}")
        return self._raw

    def __exit__(self, *_: object) -> None:
        self._raw.commit()
        self._raw.close()
