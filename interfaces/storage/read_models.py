"""Read-model rows in a database of their own; position and rows move together or not at all."""

from functools import partial
from typing import Any
from uuid import UUID

from sqlalchemy import (
    Column,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    bindparam,
    create_engine,
    delete,
    event,
    insert,
    select,
    update,
)
from sqlalchemy.engine import Connection, Engine

from application.ports import Row

META = MetaData()
ROWS = Table(
    "rows",
    META,
    Column("table", String, primary_key=True),
    Column("key", String, primary_key=True),
    Column("case", String, primary_key=True),
    Column("value", String, primary_key=True),
    Index("rows_by_case", "case"),
)
OF_A_CASE = select(ROWS).where(ROWS.c.case == bindparam("of")).order_by(*ROWS.c)
POSITION = Table("position", META, Column("one", Integer, primary_key=True), Column("last", Integer, nullable=False))


class SqlReadModels:
    """Rows by SQLAlchemy Core."""

    def __init__(self, url: str) -> None:
        self._engine: Engine = create_engine(url, connect_args={"timeout": 30})
        self._reading: Engine = create_engine(url, connect_args={"timeout": 30})
        for engine, begin in ((self._engine, "BEGIN IMMEDIATE"), (self._reading, "BEGIN")):
            event.listen(engine, "connect", _by_hand)
            event.listen(engine, "begin", partial(_begin, begin))
        META.create_all(self._engine)
        with self._engine.begin() as connection:
            if connection.execute(select(POSITION.c.last)).first() is None:
                connection.execute(insert(POSITION).values(one=1, last=0))

    def position(self) -> int:
        with self._reading.begin() as connection:
            return int(connection.execute(select(POSITION.c.last)).scalar_one())

    def replace(self, cases: dict[UUID, list[Row]], after: int, last: int) -> bool:
        with self._engine.begin() as connection:
            moved = connection.execute(update(POSITION).where(POSITION.c.last == after).values(last=last))
            if moved.rowcount != 1:
                return False
            for case, rows in cases.items():
                if rows == [Row(*row) for row in connection.execute(OF_A_CASE, {"of": str(case)})]:
                    continue
                connection.execute(delete(ROWS).where(ROWS.c.case == str(case)))
                if rows:
                    connection.execute(
                        insert(ROWS),
                        [{"table": r.table, "key": r.key, "case": r.case, "value": r.value} for r in rows],
                    )
        return True

    def find(self, table: str, key: str) -> list[Row]:
        wanted = select(ROWS).where(ROWS.c.table == table, ROWS.c.key == key).order_by(ROWS.c.case, ROWS.c.value)
        with self._reading.begin() as connection:
            return [Row(*row) for row in connection.execute(wanted)]

    def everything(self) -> list[Row]:
        with self._reading.begin() as connection:
            return sorted(Row(*row) for row in connection.execute(select(ROWS)))

    def clear(self) -> None:
        with self._engine.begin() as connection:
            connection.execute(delete(ROWS))
            connection.execute(update(POSITION).values(last=0))

    def close(self) -> None:
        self._engine.dispose()
        self._reading.dispose()


def _by_hand(connection: Any, _record: object) -> None:
    """Transactions begin where we say so, and reach the disk on commit."""
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=FULL")
    cursor.close()


def _begin(statement: str, connection: Connection) -> None:
    """Who will write takes the lock at once, so that reading first cannot lose the race; who reads takes none."""
    connection.exec_driver_sql(statement)
