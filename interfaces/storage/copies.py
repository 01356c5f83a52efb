"""Copies of an embedded hub's databases, taken while it runs."""

import sqlite3
from pathlib import Path


def copy_database(source: Path, target: Path) -> None:
    """A consistent copy by SQLite's own backup, with what is still in the write-ahead log."""
    origin, copy = sqlite3.connect(source), sqlite3.connect(target)
    try:
        origin.backup(copy)
    finally:
        copy.close()
        origin.close()
