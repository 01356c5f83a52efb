"""Drafts, sealed, in a database beside the record; found by their author and page alone, and bound to both."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any

import msgspec
from sqlalchemy import BigInteger, Column, LargeBinary, MetaData, Table, delete, select
from sqlalchemy.dialects import postgresql, sqlite

from application.ports import BlindIndex, Draft, KeyDestroyed, Seal, SealBroken
from interfaces.storage.databases import Database, open_database

META = MetaData()
DRAFTS = Table(
    "drafts",
    META,
    Column("found_by", LargeBinary, primary_key=True),
    Column("of", LargeBinary, nullable=False, index=True),
    Column("touched", BigInteger, nullable=False, index=True),
    Column("sealed", LargeBinary, nullable=False),
)
"""`touched` are seconds since 1970: all that is legible of a draft is that there is one, and how old it is."""


class SqlDrafts:
    """Drafts by SQLAlchemy Core, on SQLite or PostgreSQL; one that does not open is none."""

    def __init__(self, where: Path | str, seal: Seal, blind: BlindIndex, kept_for: timedelta) -> None:
        """Nothing is opened before the first draft is kept or looked for."""
        self._where = where
        self._seal = seal
        self._blind = blind
        self._kept_for = kept_for

    @cached_property
    def _database(self) -> Database:
        return open_database(self._where, META)

    def keep(self, person: str, page: str, owner: str, typed: Mapping[str, list[str]], at: datetime) -> None:
        stood = self.find(person, page, at)
        begun = stood.begun if stood else at
        found_by, of, touched = self._found_by(person, page), self._of(owner), _seconds(at)
        plain = msgspec.json.encode(Draft(typed=dict(typed), begun=begun, kept=at))
        row = {"of": of, "touched": touched, "sealed": self._seal.close(owner, _place(found_by, of, touched), plain)}
        dialect: Any = postgresql if self._database.writing.dialect.name == "postgresql" else sqlite
        with self._database.writing.begin() as connection:
            kept = dialect.insert(DRAFTS).values(found_by=found_by, **row)
            connection.execute(kept.on_conflict_do_update(index_elements=["found_by"], set_=row))
        self.remove_untouched(at)

    def find(self, person: str, page: str, at: datetime) -> Draft | None:
        found_by = self._found_by(person, page)
        wanted = select(DRAFTS.c.of, DRAFTS.c.touched, DRAFTS.c.sealed).where(
            DRAFTS.c.found_by == found_by, DRAFTS.c.touched >= _seconds(at - self._kept_for)
        )
        with self._database.reading.begin() as connection:
            row = connection.execute(wanted).first()
        if row is None:
            return None
        try:
            plain = self._seal.open(_place(found_by, row.of, row.touched), row.sealed)
            return _draft(plain)
        except (KeyDestroyed, SealBroken, msgspec.MsgspecError):
            return None

    def discard(self, person: str, page: str) -> None:
        with self._database.writing.begin() as connection:
            connection.execute(delete(DRAFTS).where(DRAFTS.c.found_by == self._found_by(person, page)))

    def forget(self, owner: str) -> None:
        with self._database.writing.begin() as connection:
            connection.execute(delete(DRAFTS).where(DRAFTS.c.of == self._of(owner)))

    def remove_untouched(self, at: datetime) -> None:
        with self._database.writing.begin() as connection:
            connection.execute(delete(DRAFTS).where(DRAFTS.c.touched < _seconds(at - self._kept_for)))

    def close(self) -> None:
        if "_database" in self.__dict__:
            self._database.close()

    def _found_by(self, person: str, page: str) -> bytes:
        return bytes.fromhex(self._blind.key("draft of a person", msgspec.json.encode([person, page]).decode()))

    def _of(self, owner: str) -> bytes:
        return bytes.fromhex(self._blind.key("drafts of an owner", owner))


_draft = msgspec.json.Decoder(Draft).decode


def _place(found_by: bytes, of: bytes, touched: int) -> bytes:
    return b"|".join((b"hub.draft.1", found_by, of, b"%d" % touched))


def _seconds(at: datetime) -> int:
    return int(at.astimezone(UTC).timestamp())
