"""What the hub needs from outside: a clock, seals, read models, keyed hashes; the adapters live in interfaces."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

import msgspec
from eventsourcing.persistence import StoredEvent


class Clock(Protocol):
    """The record's clock."""

    def now(self) -> datetime:
        """The time in UTC, aware."""
        ...


class KeyDestroyed(LookupError):
    """The key was destroyed by decision; what lay under it can never be read again."""


class SealBroken(ValueError):
    """What was sealed does not open here: it was changed, moved, or its key is missing."""


class Seal(Protocol):
    """Closes bytes for an owner at a place, so that they open only there and only while the owner's key exists."""

    def close(self, owner: str, place: bytes, plain: bytes, commitment: bytes = b"") -> bytes:
        """Raises: KeyDestroyed."""
        ...

    def open(self, place: bytes, sealed: bytes) -> bytes:
        """Raises: KeyDestroyed, SealBroken."""
        ...

    def salt(self, owner: str, place: bytes) -> bytes:
        """32 bytes that only who has the key can make: they salt the commitment of what is about to be closed."""
        ...

    def salt_of(self, place: bytes, sealed: bytes) -> bytes:
        """The salt of what was closed. Raises: KeyDestroyed, SealBroken."""
        ...

    def owner_of(self, sealed: bytes) -> str:
        """Raises: SealBroken: when no such key was ever kept here."""
        ...

    def owners(self, kind: str) -> list[str]:
        """Owners of one kind whose keys are not destroyed."""
        ...

    def destroy(self, owner: str) -> None:
        """Destroy an owner's keys for ever."""
        ...

    def let_go(self, owner: str) -> None:
        """Forget what this process holds of an owner's keys."""
        ...

    def end(self) -> None:
        """Let go of the key store."""
        ...


class Row(msgspec.Struct, frozen=True, order=True):
    """A row of a read model: found by `table` and `key`, holding nothing that is shown without being judged again."""

    table: str
    key: str
    case: str
    value: str = ""


class Snapshot(msgspec.Struct, frozen=True):
    """The state a stream had after `version` events, of which the last was recorded at `recorded`; opened.

    `earlier` is what of it is seldom looked at: it is kept beside the state, and not handed out with it.
    """

    stream: UUID
    version: int
    recorded: datetime
    state: bytes
    earlier: bytes = b""


class ReadModels(Protocol):
    """Rows and snapshots derived from the events, and how far they reach; thrown away and rebuilt at will."""

    def position(self) -> int:
        """The number of the last row of the record that these rows take in."""
        ...

    def replace(
        self,
        cases: dict[UUID, list[Row]],
        after: int,
        last: int,
        parked: Sequence[UUID] = (),
        readable: Collection[UUID] = (),
    ) -> bool:
        """In one transaction put each case's rows in the place of its old ones and move the position.

        `parked` are cases that cannot be read just now: they keep the rows they have; `readable` are those that can
        (again), whether or not their rows change. False when another worker has
        moved the position from `after` already; then nothing is changed.
        """
        ...

    def replace_all(self, cases: dict[UUID, list[Row]], last: int, parked: Sequence[UUID] = ()) -> None:
        """In one transaction put these rows in the place of all that stood."""
        ...

    def find(self, table: str, key: str) -> list[Row]:
        """Rows of one table under one key, in order. Raises: SealBroken: when a row is damaged."""
        ...

    def found_among(self, cases: Collection[UUID], table: str, keys: Collection[str]) -> set[UUID]:
        """Those of these cases that have a row under one of the keys; nothing of other cases is opened.

        Raises: RecordUnreadable: when a row of one of them is damaged.
        """
        ...

    def everything(self) -> list[Row]:
        """All rows in order, for comparing a rebuild with what stood. Raises: SealBroken."""
        ...

    def parked(self) -> set[UUID]:
        """Cases that could not be read when they were last taken in."""
        ...

    def clear(self) -> None:
        """Forget all rows and start again from nothing."""
        ...

    def forget(self, case: UUID, streams: Sequence[UUID]) -> None:
        """Remove a case's rows and the snapshots of its streams."""
        ...

    def keep_snapshots(self, owner: str, snapshots: Sequence[Snapshot]) -> None:
        """Keep snapshots, sealed for their owner; one that is kept already stays."""
        ...

    def newest_snapshots(self, streams: Sequence[UUID]) -> dict[UUID, Snapshot]:
        """The newest snapshot of each stream that has one; one that does not open is left out."""
        ...

    def earlier(self, stream: UUID, version: int) -> bytes:
        """What is kept beside the snapshot of a version; nothing where it is not there, or does not open."""
        ...

    def all_snapshots(self) -> Iterator[tuple[UUID, int, Snapshot | None]]:
        """(stream, version, snapshot) of every one kept, for checking, with what is kept beside it.

        None where one of the two does not open as it stands, or where there is only what would lie beside it.
        """
        ...

    def as_made(self, case: UUID, rows: list[Row]) -> bool:
        """Whether what is kept of a case is these rows, each in its place, and says so of itself."""
        ...

    def of_no_case(self, known: Collection[UUID]) -> list[str]:
        """Rows that are of none of these cases, in words that name no content."""
        ...

    def newest_with_tails(
        self, stream: UUID, beside: Sequence[tuple[UUID, int]]
    ) -> tuple[Snapshot | None, list[StoredEvent] | None]:
        """The newest snapshot of a stream with the rows behind it and behind the versions of other streams, in order.

        The rows are None where they lie in another database, or where the snapshot does not open.
        """
        ...

    def snapshot_at(self, stream: UUID, at: datetime) -> Snapshot | None:
        """The newest snapshot of what had been recorded by `at`."""
        ...

    def close(self) -> None:
        """Let go of the database."""
        ...


class Draft(msgspec.Struct, frozen=True):
    """What one person typed into the form of a page and has not sent.

    `reference` is what it is called on its author's list; `owner` is whose key it lies under.
    """

    reference: str
    page: str
    owner: str
    typed: dict[str, list[str]]
    begun: datetime
    kept: datetime


class Drafts(Protocol):
    """Drafts apart from the record: each its author's alone, sealed for the owner of what it is about."""

    def keep(self, person: str, page: str, owner: str, typed: Mapping[str, list[str]], at: datetime) -> None:
        """Put a draft in the place of the one before; what nobody touched for too long goes. Raises: KeyDestroyed."""
        ...

    def find(self, person: str, page: str, at: datetime) -> Draft | None:
        """This person's draft for this page, unless it was untouched for too long."""
        ...

    def all_of(self, person: str, at: datetime) -> tuple[Draft, ...]:
        """Every draft of this person's, the last kept first, but for those untouched for too long."""
        ...

    def discard(self, person: str, page: str) -> None:
        """Throw a draft away, if there is one."""
        ...

    def forget(self, owner: str) -> None:
        """Throw away every draft sealed for this owner."""
        ...

    def remove_untouched(self, at: datetime) -> None:
        """Throw away what nobody touched for too long."""
        ...

    def close(self) -> None:
        """Let go of the database."""
        ...


class Proofs(Protocol):
    """The log over all sealed rows, as far as it has followed them."""

    def receipt(
        self, row: tuple[int, bytes, int, str, bytes], opened: dict[str, dict[str, Any]], closed: dict[str, str]
    ) -> dict[str, Any]:
        """A receipt that can be checked without the hub. Raises: NotProvenYet."""
        ...

    def close(self) -> None:
        """Let go of the database."""
        ...


class BlindIndex(Protocol):
    """Keyed hashes under which rows are found without naming what they are about."""

    def key(self, purpose: str, value: str) -> str:
        """The same for the same purpose and value, and of no use to whoever lacks the key."""
        ...
