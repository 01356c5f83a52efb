"""What the hub needs from outside: a clock, read models, and keyed hashes; the adapters live in interfaces."""

from datetime import datetime
from typing import Protocol
from uuid import UUID

import msgspec


class Clock(Protocol):
    """The record's clock."""

    def now(self) -> datetime:
        """The time in UTC, aware."""
        ...


class Row(msgspec.Struct, frozen=True, order=True):
    """A row of a read model: found by `table` and `key`, holding nothing that is shown without being judged again."""

    table: str
    key: str
    case: str
    value: str = ""


class ReadModels(Protocol):
    """Rows derived from the events, and how far they reach; thrown away and rebuilt at will."""

    def position(self) -> int:
        """The id of the last notification the rows take in."""
        ...

    def replace(self, cases: dict[UUID, list[Row]], after: int, last: int) -> bool:
        """In one transaction put each case's rows in the place of its old ones and move the position.

        False when another worker has moved it from `after` already; then nothing is changed.
        """
        ...

    def find(self, table: str, key: str) -> list[Row]:
        """Rows of one table under one key, in order."""
        ...

    def everything(self) -> list[Row]:
        """All rows in order, for comparing a rebuild with what stood."""
        ...

    def clear(self) -> None:
        """Forget all rows and start again from nothing."""
        ...

    def close(self) -> None:
        """Let go of the database."""
        ...


class BlindIndex(Protocol):
    """Keyed hashes under which rows are found without naming what they are about."""

    def key(self, purpose: str, value: str) -> str:
        """The same for the same purpose and value, and of no use to whoever lacks the key."""
        ...
