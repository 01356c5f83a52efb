"""The only wiring: builds the hub from settings."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from time import monotonic, sleep
from typing import Any

from application.commands.destroying import forget_destroyed
from application.hub import Hub
from application.ledger import Ledger, SealedRow
from application.ports import Clock
from domain.errors import NotProvenYet, RecordUnreadable
from interfaces.background import Worker, keep_up
from interfaces.settings import OPTIONS, Postgres, Settings, SettingsDamaged, read_master_key
from interfaces.signing_in.door import Door
from interfaces.storage.accounts import META as ACCOUNT_TABLES
from interfaces.storage.accounts import Accounts
from interfaces.storage.blind import HmacIndex
from interfaces.storage.databases import Database, open_database, open_engine
from interfaces.storage.drafts import META as DRAFTS_TABLES
from interfaces.storage.drafts import SqlDrafts
from interfaces.storage.keyring import KeyRing
from interfaces.storage.keystore import META as KEY_TABLES
from interfaces.storage.keystore import KeyStore
from interfaces.storage.log import META as LOG_TABLES
from interfaces.storage.log import HeadSigner, NotLogged, ProofLog
from interfaces.storage.postgres_setup import AUDITOR, KEEPER, PROJECTOR, WRITER, as_role, set_up, set_up_keys
from interfaces.storage.read_models import META as ROWS_TABLES
from interfaces.storage.read_models import SqlReadModels, begin
from interfaces.storage.verifying import Head, NotGenuine, read_head


class SystemClock:
    """The machine's clock, in UTC."""

    def now(self) -> datetime:
        return datetime.now(UTC)


class DemoClock:
    """Stands at a given time when the hub starts and runs on from there."""

    def __init__(self, stands_at: datetime) -> None:
        self._stands_at = stands_at
        self._started = monotonic()

    def now(self) -> datetime:
        return self._stands_at + timedelta(seconds=monotonic() - self._started)


class Receipts:
    """Hands receipts out of the log; where the log is ours to keep up, it follows first, else it is waited for."""

    PATIENCE = 2.0

    def __init__(self, log: ProofLog, closers: tuple[Callable[[], None], ...], *, ours: bool) -> None:
        self.log = log
        self._closers = closers
        self._ours = ours

    def receipt(
        self, row: SealedRow, opened: dict[str, dict[str, Any]], closed: dict[str, str]
    ) -> dict[str, Any]:
        until = monotonic() + self.PATIENCE
        while True:
            if self._ours:
                self.log.follow()
            try:
                return self.log.receipt(row, opened, closed)
            except NotLogged as error:
                if self._ours or monotonic() > until:
                    raise NotProvenYet from error
            sleep(0.05)

    def close(self) -> None:
        for close in self._closers:
            close()


@dataclass(frozen=True)
class Running:
    """A hub with its log, started for sure on the record that was signed last."""

    hub: Hub
    log: ProofLog
    settings: Settings

    def keep_up(self) -> None:
        """Take in what was recorded by now, where this process is the one that does."""
        if self.settings.postgres is None:
            keep_up(self.hub, self.log)

    @contextmanager
    def worker(self) -> Iterator[None]:
        """Keeps up beside what is being served; beside PostgreSQL that is the work of `hub project`."""
        if self.settings.postgres is not None:
            yield
            return
        worker = Worker(self.hub, self.log)
        worker.start()
        try:
            yield
        finally:
            worker.stop()


def build_hub(settings: Settings, clock: Clock | None = None, *, role: str = "writer") -> Hub:
    """A hub on the databases the settings name; embedded ones are created when missing."""
    given = settings.postgres
    conninfo = getattr(given, role) if given else ""
    ring = build_keyring(settings)
    blind = HmacIndex(settings.index_key)
    ledger = Ledger(ring, env=_on_postgres(conninfo) if given else _on_sqlite(settings))
    rows = SqlReadModels(conninfo if given else settings.rows, ring, blind)
    if clock is None:
        clock = DemoClock(settings.demo_stands_at) if settings.demo_stands_at else SystemClock()
    drafts = SqlDrafts(conninfo if given else settings.desk, ring, blind, settings.drafts_kept)
    return Hub(ledger, rows, blind, clock, build_receipts(settings, ledger, role=role), settings.cooling, drafts=drafts)


def open_desk(settings: Settings) -> Database:
    """Accounts and sessions, in a file of their own or in the record's database; an embedded one is created."""
    return open_database(settings.postgres.writer if settings.postgres else settings.desk, ACCOUNT_TABLES)


def build_door(hub: Hub, settings: Settings, clock: Clock | None = None) -> Door:
    """The door of a hub; its clock is the machine's, whatever the record's says (design §6).

    Raises:
        SettingsDamaged: when hub.toml gives an agency a sign-in of its own that is not in the directory.
    """
    _require_agencies(hub, settings)
    return Door(hub, settings, Accounts(open_desk(settings), hub.ledger.seal, hub.blind), clock or SystemClock())


def _require_agencies(hub: Hub, settings: Settings) -> None:
    wanted = [one.agency for one in settings.single_sign_on]
    try:
        agencies = hub.directory().agencies if wanted else {}
    except RecordUnreadable:  # the hub starts all the same, and its pages say so
        return
    unknown = next((one for one in wanted if one not in agencies), None)
    if unknown is not None:
        raise SettingsDamaged(
            f"{settings.home / OPTIONS} is wrong in section [[single_sign_on]]: there is no agency '{unknown}'; "
            f"there are {', '.join(agencies) or 'none yet'}."
        )


def build_keyring(settings: Settings) -> KeyRing:
    keystore = KeyStore(settings.postgres.keys if settings.postgres else settings.keystore)
    return KeyRing(settings.store, keystore, settings.masters, partial(read_master_key, settings.home))


def build_receipts(settings: Settings, ledger: Ledger, *, role: str = "writer") -> Receipts:
    where = getattr(settings.postgres, role) if settings.postgres else settings.log
    engine, reading = open_engine(where), open_engine(where, writes=False)
    if isinstance(where, Path):
        LOG_TABLES.create_all(engine)
    log = ProofLog(engine, ledger.rows, signer_of(settings), origin_of(settings), reading)
    return Receipts(log, (engine.dispose, reading.dispose), ours=settings.postgres is None or role == "projector")


def log_of(hub: Hub) -> ProofLog:
    if not isinstance(hub.proofs, Receipts):
        raise TypeError(type(hub.proofs).__name__)
    return hub.proofs.log


def signer_of(settings: Settings) -> HeadSigner:
    signer = HeadSigner(settings.keys / "log.key", settings.keys / "log.head", origin_of(settings))
    public = settings.keys / "log.pub"
    if not public.exists():
        public.write_text(signer.public_key.text, encoding="ascii")
    return signer


def origin_of(settings: Settings) -> str:
    return f"safeguarding-hub/{settings.store.hex()}"


@contextmanager
def running(settings: Settings, clock: Clock | None = None, *, role: str = "writer") -> Iterator[Running]:
    """Start a hub, after making sure that the record is not older than what was signed; end it with nothing left over.

    Raises:
        LogWentBack: when rows are missing that were signed, here or by a witness.
        SettingsDamaged: naming a witness's file that cannot be right.
    """
    hub = build_hub(settings, clock, role=role)
    try:
        log = log_of(hub)
        log.check_start(list(heads_of_witnesses(settings).values()))
        forget_destroyed(hub)
        hub.drafts.remove_untouched(hub.now())
        found = Running(hub, log, settings)
        found.keep_up()
        yield found
        found.keep_up()
    finally:
        hub.close()


def heads_of_witnesses(settings: Settings) -> Mapping[str, Head]:
    """The heads that witnesses hold, by the names of their files, as far as their files are at hand."""
    found = {}
    key = signer_of(settings).public_key
    for path in sorted(settings.witnesses.glob("*.head")):
        try:
            found[path.stem] = read_head(path.read_text(encoding="utf-8"), key, f"witnesses/{path.name}")
        except (NotGenuine, UnicodeDecodeError) as error:
            raise SettingsDamaged(f"{path} is not a head this hub signed ({error}). Ask the witness for it.") from None
    return found


def set_up_postgres(owner: str, keys_owner: str) -> Postgres:
    """Make the record's tables and roles in one database and the key store in another; where each role finds them.

    Raises:
        RoleTooStrong
    """
    set_up(owner, read_models=[ROWS_TABLES], proof_log=[LOG_TABLES], drafts=[DRAFTS_TABLES], accounts=[ACCOUNT_TABLES])
    set_up_keys(keys_owner, KEY_TABLES)
    engine = open_engine(owner)
    try:
        begin(engine)
    finally:
        engine.dispose()
    return Postgres(
        writer=as_role(owner, WRITER),
        projector=as_role(owner, PROJECTOR),
        auditor=as_role(owner, AUDITOR),
        keys=as_role(keys_owner, KEEPER),
    )


def _on_sqlite(settings: Settings) -> dict[str, str]:
    return {
        "PERSISTENCE_MODULE": "interfaces.storage.sqlite:HubSQLiteFactory",
        "SQLITE_DBNAME": settings.events.as_uri(),
        "CREATE_TABLE": "y",
    }


def _on_postgres(conninfo: str) -> dict[str, str]:
    return {
        "PERSISTENCE_MODULE": "interfaces.storage.postgres:HubPostgresFactory",
        "HUB_POSTGRES": conninfo,
        "CREATE_TABLE": "n",
    }
