"""Settings: where an embedded hub lives and how it is told the time; secrets have no default and no repr."""

import fcntl
import json
import os
import re
import secrets
import shutil
import tomllib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, fields
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from interfaces.options import (
    CONTACTS_BEGUN,
    Destruction,
    Drafts,
    EmergencyContact,
    Mail,
    OptionsWrong,
    SigningIn,
    SingleSignOn,
    Web,
    contacts_in,
    password_of,
    secrets_of,
    section,
    sign_ons_in,
)


class SettingsMissing(RuntimeError):
    """Something the hub cannot start without is missing; the message names it."""


class SettingsDamaged(RuntimeError):
    """Something the hub cannot start without is there and cannot be right; the message names it."""


class HomeTaken(RuntimeError):
    """A new hub cannot be made in this folder; the message says why and what to do."""


LONDON = ZoneInfo("Europe/London")


@dataclass(frozen=True, kw_only=True)
class Postgres:
    """Connection strings of libpq, one for each of the roles the hub keeps apart, and one for the key store."""

    writer: str = field(repr=False)
    projector: str = field(repr=False)
    auditor: str = field(repr=False)
    keys: str = field(repr=False)


@dataclass(frozen=True, kw_only=True)
class Settings:
    """A hub: its folder holds the keys, and the databases too unless `postgres` names where they are.

    `masters` are the master keys by number; `demo_stands_at` is set in a demo store only.
    """

    home: Path
    zone: ZoneInfo = LONDON
    index_key: bytes = field(repr=False)
    session_key: bytes = field(repr=False)
    masters: dict[int, bytes] = field(repr=False)
    store: bytes
    postgres: Postgres | None = None
    cooling: timedelta = timedelta(days=14)
    drafts_kept: timedelta = timedelta(days=14)
    signing_in: SigningIn = field(default_factory=SigningIn)
    web: Web = field(default_factory=Web)
    contacts: tuple[EmergencyContact, ...] = ()
    mail: Mail | None = None
    mail_password: str = field(default="", repr=False)
    single_sign_on: tuple[SingleSignOn, ...] = ()
    client_secrets: Mapping[str, str] = field(default_factory=dict, repr=False)
    demo_stands_at: datetime | None = None

    @property
    def events(self) -> Path:
        return self.home / "events.sqlite"

    @property
    def rows(self) -> Path:
        return self.home / "rows.sqlite"

    @property
    def log(self) -> Path:
        return self.home / "log.sqlite"

    @property
    def desk(self) -> Path:
        return self.home / "desk.sqlite"

    @property
    def keys(self) -> Path:
        return self.home / KEYS_FOLDER

    @property
    def keystore(self) -> Path:
        return self.keys / "keys.sqlite"

    @property
    def witnesses(self) -> Path:
        return self.home / "witnesses"


KEYS_FOLDER = "keys"
KEYS = ("index.key", "session.key", "log.key", "master-1.key")
STORE = "store.id"
STORE_LENGTH = 16
KEY_LENGTH = 32
MASTER = re.compile(r"master-([1-9][0-9]{0,5})\.key")
OPTIONS = "hub.toml"
SECTIONS = {"postgres", "destruction", "drafts", "signing_in", "web", "mail", "contact", "single_sign_on"}
DEMO = "demo"
SCENARIO = "scenario.sha256"


def create_home(home: Path, demo_stands_at: datetime | None = None, scenario: str = "") -> None:
    """Make the folder of a hub with keys of its own; what is there already stays.

    `scenario` is the digest of the file a demo store is filled from.
    """
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    (home / KEYS_FOLDER).mkdir(exist_ok=True, mode=0o700)
    for name in KEYS:
        if not (name.startswith("master") and _masters(home)):
            _write_secret(home / KEYS_FOLDER / name, secrets.token_bytes(KEY_LENGTH))
    _write_secret(home / STORE, secrets.token_bytes(STORE_LENGTH).hex().encode())
    for name, text in ((DEMO, demo_stands_at.isoformat() if demo_stands_at else ""), (SCENARIO, scenario)):
        if text:
            (home / name).touch(mode=0o600)
            (home / name).write_text(text, encoding="utf-8")


def write_postgres(home: Path, where: Postgres) -> None:
    """Put down where the databases are; the file holds no password."""
    lines = ["[postgres]", *(f"{one.name} = {json.dumps(getattr(where, one.name))}" for one in fields(where)), ""]
    path = home / OPTIONS
    path.touch(mode=0o600, exist_ok=False)
    path.write_text("\n".join(lines), encoding="utf-8")


def write_options_begun(home: Path) -> None:
    """Put down what is still to be said, as a comment to fill in; what stands there already stays."""
    path = home / OPTIONS
    path.touch(mode=0o600)
    before = path.read_text(encoding="utf-8")
    path.write_text(f"{before}\n{CONTACTS_BEGUN}" if before else CONTACTS_BEGUN, encoding="utf-8")


def _write_secret(path: Path, content: bytes) -> None:
    if not path.exists():
        path.touch(mode=0o600)
        path.write_bytes(content)


def add_master_key(home: Path) -> int:
    """Make the next master key, on disk for sure before anything is wrapped by it; its number."""
    number = max(_masters(home), default=0) + 1
    path = home / KEYS_FOLDER / f"master-{number}.key"
    path.touch(mode=0o600, exist_ok=False)
    _write_over(path, secrets.token_bytes(KEY_LENGTH))
    _sync_folder(path.parent)
    return number


def read_master_key(home: Path, number: int) -> bytes | None:
    """A master key as it lies there now; None where there is none of this number, or it is just being written."""
    try:
        found = (home / KEYS_FOLDER / f"master-{number}.key").read_bytes()
    except FileNotFoundError:
        return None
    return found if len(found) == KEY_LENGTH else None


def remove_older_master_keys(home: Path, than: int) -> None:
    """Remove the master keys older `than` this one, overwritten first; a newer one and this stay."""
    for number, path in _masters(home).items():
        if number < than:
            _write_over(path, bytes(KEY_LENGTH))
            path.unlink()
    _sync_folder(home / KEYS_FOLDER)


@contextmanager
def changing_master_key(home: Path) -> Iterator[None]:
    """One at a time: of two at once, one would remove what the other has just wrapped by.

    Raises:
        HomeTaken: when somebody is at it right now.
    """
    held = os.open(home, os.O_RDONLY | os.O_DIRECTORY)
    try:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise HomeTaken("Somebody is changing the master key right now. Wait until that is done.") from None
        yield
    finally:
        os.close(held)


def _write_over(path: Path, content: bytes) -> None:
    with path.open("r+b") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _sync_folder(folder: Path) -> None:
    held = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(held)
    finally:
        os.close(held)


def _masters(home: Path) -> dict[int, Path]:
    named = ((MASTER.fullmatch(path.name), path) for path in (home / KEYS_FOLDER).glob("master-*.key"))
    return {int(match[1]): path for match, path in named if match}


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
    keys = {name: _read_key(home, name) for name in KEYS if not name.startswith("master")}
    masters = {number: _read_key(home, path.name) for number, path in _masters(home).items()}
    if not masters:
        raise SettingsMissing(
            f"The master key is missing: there is no master-<number>.key in {home / KEYS_FOLDER}. "
            "Put it back from where your keys are kept; without it no case opens."
        )
    options = _options(home)
    return Settings(
        home=home,
        index_key=keys["index.key"],
        session_key=keys["session.key"],
        masters=masters,
        store=_store_id(home),
        postgres=_postgres(home, options),
        **_sections(home, options),
        demo_stands_at=_demo_stands_at(home),
    )


def _read_key(home: Path, name: str) -> bytes:
    path = home / KEYS_FOLDER / name
    if not path.exists():
        if any((home / left).exists() for left in (STORE, "events.sqlite", OPTIONS)):
            raise SettingsMissing(
                f"The key {path} is missing. Put it back from where your keys are kept; nothing was made in its place."
            )
        raise SettingsMissing(f"There is no hub in {home} ({name} is missing). Make one with: hub init")
    found = path.read_bytes()
    if len(found) != KEY_LENGTH:
        raise SettingsDamaged(f"The key {path} is damaged. Put it back from where your keys are kept.")
    return found


def _store_id(home: Path) -> bytes:
    path = home / STORE
    if not path.exists():
        raise SettingsMissing(f"{path} is missing: it names the record, and without it nothing opens. Put it back.")
    try:
        found = bytes.fromhex(path.read_text(encoding="ascii").strip())
    except ValueError:
        found = b""
    if len(found) != STORE_LENGTH:
        raise SettingsDamaged(f"{path} is damaged. Put it back from a copy.")
    return found


def _options(home: Path) -> dict[str, Any]:
    path = home / OPTIONS
    if not path.exists():
        return {}
    try:
        found = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsDamaged(f"{path} cannot be read: {error}.") from None
    unknown = found.keys() - SECTIONS
    if unknown:
        raise SettingsDamaged(f"{path} has a section '{min(unknown)}' that the hub does not know.")
    return found


def _postgres(home: Path, options: dict[str, Any]) -> Postgres | None:
    if "postgres" not in options:
        return None
    given, wanted = options["postgres"], {one.name for one in fields(Postgres)}
    if not isinstance(given, dict) or given.keys() != wanted or not all(isinstance(v, str) for v in given.values()):
        names = ", ".join(sorted(wanted))
        raise SettingsDamaged(f"[postgres] in {home / OPTIONS} must give connection strings for: {names}.")
    return Postgres(**given)


def _sections(home: Path, options: dict[str, Any]) -> dict[str, Any]:
    try:
        mail = section(Mail, options["mail"], "mail") if "mail" in options else None
        sign_ons = sign_ons_in(options.get("single_sign_on", []))
        return {
            "cooling": timedelta(section(Destruction, options.get("destruction", {}), "destruction").cooling_days),
            "drafts_kept": timedelta(section(Drafts, options.get("drafts", {}), "drafts").kept_days),
            "signing_in": section(SigningIn, options.get("signing_in", {}), "signing_in"),
            "web": section(Web, options.get("web", {}), "web"),
            "contacts": contacts_in(options.get("contact", [])),
            "mail": mail,
            "mail_password": password_of(mail, home) if mail else "",
            "single_sign_on": sign_ons,
            "client_secrets": secrets_of(sign_ons, home),
        }
    except OptionsWrong as wrong:
        raise SettingsDamaged(f"{home / OPTIONS} is wrong in section {wrong}.") from None


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
    if settings.postgres is not None:
        return settings
    if not settings.events.exists():
        raise SettingsMissing(
            f"The record is missing: there are keys in {home} and no {settings.events.name}. "
            f"Put {settings.events.name} back from a copy; nothing was made in its place."
        )
    if settings.events.stat().st_size == 0:
        raise SettingsDamaged(f"{settings.events} is empty. Put it back from a copy; nothing was written to it.")
    if not settings.keystore.exists() or settings.keystore.stat().st_size == 0:
        raise SettingsMissing(
            f"The key store {settings.keystore} is missing, or empty. Put it back from where your keys are kept; "
            "without it no case opens, and nothing was made in its place."
        )
    return settings


def scenario_in(home: Path) -> str:
    """The digest of the file the demo store here was filled from; empty for one that does not say."""
    path = home / SCENARIO
    return path.read_text(encoding="utf-8", errors="replace").strip() if path.exists() else ""


def home_from_environment() -> Path:
    """The folder `HUB_HOME` names, else `.hub` where the command is run."""
    return Path(os.environ.get("HUB_HOME") or ".hub").absolute()
