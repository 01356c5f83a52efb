"""The floor: the same rows written and read by hand with sqlite3, and nothing else done."""

import sqlite3
from pathlib import Path
from uuid import UUID

INSERT = "INSERT INTO stored_events (originator_id, originator_version, topic, state) VALUES (?, ?, ?, ?)"
TABLE = """
CREATE TABLE IF NOT EXISTS stored_events (
    "rowid" INTEGER PRIMARY KEY AUTOINCREMENT, originator_id TEXT NOT NULL, originator_version INTEGER NOT NULL,
    topic TEXT NOT NULL, state BLOB NOT NULL, UNIQUE (originator_id, originator_version)) STRICT
"""


class Floor:
    """A database of its own for writing, and the hub's for reading; WAL, every commit on disk."""

    def __init__(self, folder: Path, events: Path, row: bytes) -> None:
        self._writing = sqlite3.connect(folder / "floor.sqlite", isolation_level=None)
        self._writing.execute("PRAGMA journal_mode=WAL")
        self._writing.execute("PRAGMA synchronous=FULL")
        self._writing.execute(TABLE)
        self._reading = sqlite3.connect(events)
        self._row = row
        self._written = 0

    def insert(self, _: int = 0) -> None:
        """One row of the size of a recorded answer, committed."""
        self._written += 1
        self._writing.execute(INSERT, ("00" * 16, self._written, "hub.event.1", self._row))

    def select(self, case: UUID) -> int:
        """All rows of a case, as bytes."""
        wanted = "SELECT originator_version, topic, state FROM stored_events WHERE originator_id = ? ORDER BY 1"
        return len(self._reading.execute(wanted, (case.hex,)).fetchall())

    def select_all(self) -> int:
        """Every row there is."""
        return len(self._reading.execute("SELECT * FROM stored_events ORDER BY rowid").fetchall())

    def close(self) -> None:
        self._writing.close()
        self._reading.close()
