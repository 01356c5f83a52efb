"""What a database that cannot be read raises, whichever driver meets it; and whether a SQLite file is as made."""

import sqlite3
from contextlib import closing
from functools import cache
from pathlib import Path

import psycopg
from eventsourcing.persistence import PersistenceError
from sqlalchemy import MetaData, create_engine
from sqlalchemy.exc import DBAPIError, MultipleResultsFound, NoResultFound

from interfaces.storage.databases import open_sqlite

UNREADABLE = (sqlite3.Error, psycopg.Error, DBAPIError, MultipleResultsFound, NoResultFound, PersistenceError)
SCHEMA = "SELECT type, name, coalesce(sql, '') FROM sqlite_master WHERE name NOT LIKE 'sqlite_stat%'"


def of_postgres(error: BaseException) -> bool:
    """Whether PostgreSQL raised it, or it came of what PostgreSQL raised."""
    causes = (getattr(error, "orig", None), error.__cause__)
    return isinstance(error, psycopg.Error) or any(of_postgres(one) for one in causes if one is not None)


def whole(path: Path, meta: MetaData) -> list[str]:
    """What is wrong with the structure of a file: pages, indexes against their tables, and tables against `meta`."""
    try:
        with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as connection:
            found = [str(row[0]) for row in connection.execute("PRAGMA integrity_check")]
            schema = {(str(kind), str(name)): str(sql) for kind, name, sql in connection.execute(SCHEMA)}
    except (sqlite3.Error, UnicodeDecodeError) as error:
        return [f"{path.name}: cannot be read ({error})"]
    faults = [one.splitlines()[0] for one in found if one != "ok"]
    wanted = _as_made(meta)
    odd = sorted(one for one in schema.keys() | wanted.keys() if schema.get(one) != wanted.get(one))
    faults += [f"the {kind} {name} is not what it must be" for kind, name in odd]
    return [f"{path.name}: {one}" for one in faults]


def cannot_write(path: Path) -> list[str]:
    """What keeps a file, which can be read, from being written: a bit of its head is enough."""
    try:
        open_sqlite(f"{path.as_uri()}?mode=rw").close()
    except sqlite3.Error as error:
        return [f"{path.name}: cannot be written ({error})"]
    return []


@cache
def _as_made(meta: MetaData) -> dict[tuple[str, str], str]:
    engine = create_engine("sqlite://")
    with engine.connect() as connection:
        meta.create_all(connection)
        made = {(kind, name): sql for kind, name, sql in connection.exec_driver_sql(SCHEMA)}
    engine.dispose()
    return made
