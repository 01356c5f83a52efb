"""The only wiring: builds the hub from settings."""

from datetime import UTC, datetime, timedelta
from time import monotonic

from application.hub import Hub
from application.ledger import Ledger
from application.ports import Clock
from interfaces.settings import Settings
from interfaces.storage.blind import HmacIndex
from interfaces.storage.read_models import SqlReadModels


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


def build_hub(settings: Settings, clock: Clock | None = None) -> Hub:
    """A hub on the databases the settings name; they are created when missing."""
    settings.home.mkdir(parents=True, exist_ok=True)
    ledger = Ledger(
        env={
            "PERSISTENCE_MODULE": "interfaces.storage.sqlite:HubSQLiteFactory",
            "SQLITE_DBNAME": settings.events.as_uri(),
            "CREATE_TABLE": "y",
        }
    )
    rows = SqlReadModels(f"sqlite:///{settings.rows}")
    if clock is None:
        clock = DemoClock(settings.demo_stands_at) if settings.demo_stands_at else SystemClock()
    return Hub(ledger, rows, HmacIndex(settings.index_key), clock)
