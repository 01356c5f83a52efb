"""The key store: wrapped keys in a database of their own, never part of a copy of the data."""

from pathlib import Path

import msgspec
from sqlalchemy import (
    Column,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    UniqueConstraint,
    bindparam,
    func,
    insert,
    select,
    text,
    update,
)
from sqlalchemy.exc import IntegrityError

from interfaces.storage.databases import open_engine, open_reader

META = MetaData()
KEYS = Table(
    "keys",
    META,
    Column("id", LargeBinary, primary_key=True),
    Column("owner", String, nullable=False),
    Column("number", Integer, nullable=False),
    Column("master", Integer, nullable=False),
    Column("wrapped", LargeBinary),
    UniqueConstraint("owner", "number"),
)
_COLUMNS = "SELECT id, owner, number, master, wrapped FROM keys"
_BY_ID = f"{_COLUMNS} WHERE id = ?"
_NEWEST = f"{_COLUMNS} WHERE owner = ? ORDER BY number DESC LIMIT 1"
_UNDER_A_NEWER = (
    select(KEYS)
    .where(KEYS.c.master > bindparam("ours"), KEYS.c.wrapped.is_not(None))
    .order_by(KEYS.c.master.desc())
    .limit(1)
)
_NOBODY_ADDS = text("LOCK TABLE keys IN SHARE ROW EXCLUSIVE MODE")
_REWRAP = (
    update(KEYS)
    .where(KEYS.c.id == bindparam("wanted"), KEYS.c.wrapped.is_not(None))
    .values(master=bindparam("under"), wrapped=bindparam("again"))
)


class MasterKeyChanged(RuntimeError):
    """The master key was changed while this process ran: it keeps no new keys under the old one."""

    def __init__(self, under: "WrappedKey") -> None:
        super().__init__(
            f"The master key was changed, and master-{under.master}.key is not among the keys here. Put it there."
        )
        self.under = under


class WrappedKey(msgspec.Struct, frozen=True):
    """A key as it is kept: the `number`-th of its owner, wrapped by a master key; None once it is destroyed."""

    id: bytes
    owner: str
    number: int
    master: int
    wrapped: bytes | None


class KeyStore:
    """Rows of wrapped keys; a destroyed key leaves its name and nothing to open with it."""

    def __init__(self, where: Path | str) -> None:
        self._engine = open_engine(where, journal="DELETE")
        if isinstance(where, Path):
            META.create_all(self._engine)
            where.chmod(0o600)
        self.reader = open_reader(where)

    def newest(self, owner: str) -> WrappedKey | None:
        found = self.reader.read(_NEWEST, (owner,))
        return WrappedKey(*found[0]) if found else None

    def by_id(self, key_id: bytes) -> WrappedKey | None:
        found = self.reader.read(_BY_ID, (key_id,))
        return WrappedKey(*found[0]) if found else None

    def add(self, key: WrappedKey) -> WrappedKey:
        """Keep a key; where another process has just made one of this number, that one is given back.

        Raises:
            MasterKeyChanged: what is wrapped by a master key that is about to be removed would be lost with it.
        """
        try:
            with self._engine.begin() as connection:
                connection.execute(insert(KEYS), msgspec.structs.asdict(key))  # first: from here on no rewrap is done
                newer = connection.execute(_UNDER_A_NEWER, {"ours": key.master}).first()
                if newer is not None:
                    raise MasterKeyChanged(WrappedKey(*newer))
        except IntegrityError:
            newest = self.newest(key.owner)
            if newest is None:
                raise
            return newest
        return key

    def rewrap(self, keys: list[WrappedKey]) -> None:
        """Put each key's new wrapping in the place of its old one, all or none; what is destroyed stays so."""
        if keys:
            with self._engine.begin() as connection:
                if connection.dialect.name == "postgresql":  # SQLite has one writer at a time
                    connection.execute(_NOBODY_ADDS)
                given = [{"wanted": key.id, "under": key.master, "again": key.wrapped} for key in keys]
                connection.execute(_REWRAP, given)

    def destroy(self, owner: str) -> None:
        with self._engine.begin() as connection:
            connection.execute(update(KEYS).where(KEYS.c.owner == owner).values(wrapped=None))

    def all(self) -> list[WrappedKey]:
        with self._engine.begin() as connection:
            return [WrappedKey(*row) for row in connection.execute(select(KEYS).order_by(KEYS.c.owner, KEYS.c.number))]

    def owners(self) -> list[str]:
        """Owners with a key that is not destroyed, in order."""
        wanted = select(KEYS.c.owner).where(KEYS.c.wrapped.is_not(None)).distinct().order_by(KEYS.c.owner)
        with self._engine.begin() as connection:
            return [row.owner for row in connection.execute(wanted)]

    def counts(self) -> tuple[int, int, dict[int, int]]:
        """Keys in use, keys destroyed, and how many lie under each master key."""
        by_master = select(KEYS.c.master, func.count()).where(KEYS.c.wrapped.is_not(None)).group_by(KEYS.c.master)
        gone = select(func.count()).where(KEYS.c.wrapped.is_(None))
        with self._engine.begin() as connection:
            masters = {master: count for master, count in connection.execute(by_master)}
            return sum(masters.values()), connection.execute(gone).scalar_one(), masters

    def close(self) -> None:
        self._engine.dispose()
        self.reader.close()
