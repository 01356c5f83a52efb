"""Settings: where an embedded hub lives and how it is told the time; secrets have no default and no repr."""

import fcntl
import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo


class SettingsMissing(RuntimeError):
    """Something the hub cannot start without is missing; the message names it."""


class SettingsDamaged(RuntimeError):
    """Something the hub cannot start without is there and cannot be right; the message names it."""


class HomeTaken(RuntimeError):
    """A new hub cannot be made in this folder; the message says why and what to do."""


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
KEY_LENGTH = 32
DEMO = "demo"
SCENARIO = "scenario.sha256"


def create_home(home: Path, demo_stands_at: datetime | None = None, scenario: str = "") -> None:
    """Make the folder of a hub with keys of its own; what is there already stays.

    `scenario` is the digest of the file a demo store is filled from.
    """
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    (home / "keys").mkdir(exist_ok=True, mode=0o700)
    for name in KEYS:
        path = home / "keys" / name
        if not path.exists():
            path.touch(mode=0o600)
            path.write_bytes(secrets.token_bytes(KEY_LENGTH))
    for name, text in ((DEMO, demo_stands_at.isoformat() if demo_stands_at else ""), (SCENARIO, scenario)):
        if text:
            (home / name).touch(mode=0o600)
            (home / name).write_text(text, encoding="utf-8")


@contextmanager
def new_home(home: Path) -> Iterator[Path]:
    """A folder to fill beside `home`, which becomes `home` when all went well; what broke off leaves nothing behind.

    Raises:
        HomeTaken: when there is something in `home`, or somebody is filling it right now.
    """
    _require_empty(home)
    unfinished = home.with_name(f"{home.name}.unfinished")
    unfinished.mkdir(parents=True, exist_ok=True, mode=0o700)
    held = os.open(unfinished, os.O_RDONLY | os.O_DIRECTORY)
    try:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise HomeTaken(f"Somebody is setting up {home} right now. Wait until that is done.") from None
        _emptied(unfinished)
        try:
            yield unfinished
            _require_empty(home)
            unfinished.rename(home)
        except BaseException:
            shutil.rmtree(unfinished, ignore_errors=True)
            raise
    finally:
        os.close(held)


def _require_empty(home: Path) -> None:
    if home.exists() and (not home.is_dir() or any(home.iterdir())):
        raise HomeTaken(f"There is something else in {home}. Let HUB_HOME name a folder that is new or empty.")


def _emptied(folder: Path) -> None:
    """Left by a try that was killed: never part of any hub."""
    for path in folder.iterdir():
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink()


def read_settings(home: Path) -> Settings:
    """The settings of the hub in this folder.

    Raises:
        SettingsMissing: naming what is not there.
        SettingsDamaged: naming what is there and cannot be right.
    """
    keys = {}
    for name in KEYS:
        path = home / "keys" / name
        if not path.exists():
            raise SettingsMissing(f"There is no hub in {home} ({name} is missing). Make one with: hub init")
        keys[name] = path.read_bytes()
        if len(keys[name]) != KEY_LENGTH:
            raise SettingsDamaged(f"The key {path} is damaged. Put it back from where your keys are kept.")
    return Settings(
        home=home, index_key=keys["index.key"], session_key=keys["session.key"], demo_stands_at=_demo_stands_at(home)
    )


def _demo_stands_at(home: Path) -> datetime | None:
    demo = home / DEMO
    if not demo.exists():
        return None
    try:
        at = datetime.fromisoformat(demo.read_text(encoding="utf-8").strip())
        if at.tzinfo is None:
            raise ValueError("no zone")
        return at
    except ValueError:
        raise SettingsDamaged(f"{demo} does not hold a time. Remove {home} and load the demo again.") from None


def read_existing(home: Path) -> Settings:
    """The settings of a hub that has been set up, so that opening it never makes an empty one in its place.

    Raises:
        SettingsMissing, SettingsDamaged
    """
    settings = read_settings(home)
    if not settings.events.exists():
        raise SettingsMissing(
            f"The record is missing: there are keys in {home} and no {settings.events.name}. "
            f"Put {settings.events.name} back from a copy; nothing was made in its place."
        )
    if settings.events.stat().st_size == 0:
        raise SettingsDamaged(f"{settings.events} is empty. Put it back from a copy; nothing was written to it.")
    return settings


def scenario_in(home: Path) -> str:
    """The digest of the file the demo store here was filled from; empty for one that does not say."""
    path = home / SCENARIO
    return path.read_text(encoding="utf-8", errors="replace").strip() if path.exists() else ""


def home_from_environment() -> Path:
    """The folder `HUB_HOME` names, else `.hub` where the command is run."""
    return Path(os.environ.get("HUB_HOME") or ".hub").absolute()
