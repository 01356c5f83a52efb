"""Drafts, sealed, in a database beside the record; found by their author alone, or with their page, bound to both."""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any

import msgspec
from sqlalchemy import BigInteger, Column, ColumnElement, LargeBinary, MetaData, Table, delete, select
from sqlalchemy.dialects import postgresql, sqlite

from application.ports import BlindIndex, Draft, KeyDestroyed, Seal, SealBroken
from interfaces.storage.databases import Database, open_database

META = MetaData()
DRAFTS = Table(
    "kept_drafts",
    META,
    Column("found_by", LargeBinary, primary_key=True),
    Column("author", LargeBinary, nullable=False, index=True),
    Column("of", LargeBinary, nullable=False, index=True),
    Column("touched", BigInteger, nullable=False, index=True),
    Column("sealed", LargeBinary, nullable=False),
)
"""`touched` are seconds since 1970: all that is legible of a draft is that there is one, and how old it is."""


MOST = 50
"""How many drafts a person keeps; with one more, that which was left alone for longest goes."""


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
        found_by, author, of, touched = self._found_by(person, page), self._by(person), self._of(owner), _seconds(at)
        draft = Draft(reference=found_by.hex(), page=page, owner=owner, typed=dict(typed), begun=begun, kept=at)
        sealed = self._seal.close(owner, _place(found_by, author, of, touched), msgspec.json.encode(draft))
        row = {"author": author, "of": of, "touched": touched, "sealed": sealed}
        dialect: Any = postgresql if self._database.writing.dialect.name == "postgresql" else sqlite
        with self._database.writing.begin() as connection:
            kept = dialect.insert(DRAFTS).values(found_by=found_by, **row)
            connection.execute(kept.on_conflict_do_update(index_elements=["found_by"], set_=row))
            others = (DRAFTS.c.author == author) & (DRAFTS.c.found_by != found_by)
            newest_first = (DRAFTS.c.touched.desc(), DRAFTS.c.found_by)
            too_many = select(DRAFTS.c.found_by).where(others).order_by(*newest_first).offset(MOST - 1)
            connection.execute(delete(DRAFTS).where(DRAFTS.c.found_by.in_(too_many)))
        self.remove_untouched(at)

    def find(self, person: str, page: str, at: datetime) -> Draft | None:
        return next(self._opened(DRAFTS.c.found_by == self._found_by(person, page), at), None)

    def all_of(self, person: str, at: datetime) -> tuple[Draft, ...]:
        found = self._opened(DRAFTS.c.author == self._by(person), at)
        return tuple(sorted(found, key=lambda draft: draft.kept, reverse=True))

    def _opened(self, wanted: ColumnElement[bool], at: datetime) -> Iterator[Draft]:
        young = DRAFTS.c.touched >= _seconds(at - self._kept_for)
        with self._database.reading.begin() as connection:
            rows = connection.execute(select(DRAFTS).where(wanted, young)).all()
        for row in rows:
            with suppress(KeyDestroyed, SealBroken, msgspec.MsgspecError):
                yield _draft(self._seal.open(_place(row.found_by, row.author, row.of, row.touched), row.sealed))

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

    def _by(self, person: str) -> bytes:
        return bytes.fromhex(self._blind.key("author of drafts", person))

    def _of(self, owner: str) -> bytes:
        return bytes.fromhex(self._blind.key("drafts of an owner", owner))


_draft = msgspec.json.Decoder(Draft).decode


def _place(found_by: bytes, author: bytes, of: bytes, touched: int) -> bytes:
    return b"|".join((b"hub.draft.2", found_by, author, of, b"%d" % touched))


def _seconds(at: datetime) -> int:
    return int(at.astimezone(UTC).timestamp())
