"""Settings: where an embedded hub lives and how it is told the time; secrets have no default and no repr."""

import os
import secrets
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo


class SettingsMissing(RuntimeError):
    """Something the hub cannot start without is missing; the message names it."""


LONDON = ZoneInfo("Europe/London")


@dataclass(frozen=True, kw_only=True)
class Settings:
    """An embedded hub in one folder; `demo_stands_at` is set in a demo store only."""

    home: Path
    zone: ZoneInfo = LONDON
    index_key: bytes = field(repr=False)
    session_key: bytes = field(repr=False)
    demo_stands_at: datetime | None = None

    @property
    def events(self) -> Path:
        return self.home / "events.sqlite"

    @property
    def rows(self) -> Path:
        return self.home / "rows.sqlite"


KEYS = ("index.key", "session.key")
DEMO = "demo"


def create_home(home: Path, demo_stands_at: datetime | None = None) -> None:
    """Make the folder of a hub with keys of its own; what is there already stays."""
    (home / "keys").mkdir(parents=True, exist_ok=True, mode=0o700)
    for name in KEYS:
        path = home / "keys" / name
        if not path.exists():
            path.touch(mode=0o600)
            path.write_bytes(secrets.token_bytes(32))
    if demo_stands_at is not None:
        (home / DEMO).write_text(demo_stands_at.isoformat(), encoding="utf-8")


def read_settings(home: Path) -> Settings:
    """The settings of the hub in this folder.

    Raises: SettingsMissing: naming what is not there.
    """
    keys = {}
    for name in KEYS:
        path = home / "keys" / name
        if not path.exists():
            raise SettingsMissing(f"There is no hub in {home} ({name} is missing). Make one with: hub init")
        keys[name] = path.read_bytes()
    demo = home / DEMO
    stands_at = datetime.fromisoformat(demo.read_text(encoding="utf-8")) if demo.exists() else None
    return Settings(home=home, index_key=keys["index.key"], session_key=keys["session.key"], demo_stands_at=stands_at)


def home_from_environment() -> Path:
    """The folder `HUB_HOME` names, else `.hub` where the command is run."""
    return Path(os.environ.get("HUB_HOME") or ".hub").absolute()
