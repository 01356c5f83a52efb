"""The stores a hub can stand on, each made anew for a test: SQLite files, or databases of a PostgreSQL of our own."""

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import count
from pathlib import Path

import pytest

from application.hub import Hub
from interfaces.bootstrap import build_hub, set_up_postgres
from interfaces.demo.replay import ScenarioClock
from interfaces.settings import Settings
from interfaces.storage.keyring import KeyRing
from interfaces.storage.keystore import KeyStore
from tests.builders import MORNING, settings_in
from tests.postgres import PrivateServer
from tests.postgres import postgres as postgres

SQLITE, POSTGRESQL = "sqlite", "postgresql"
_numbers = count(1)


@dataclass
class Store:
    """Where a hub's record, lists and keys are kept; each hub is a process of its own as far as the store can tell."""

    kind: str
    settings: Settings
    opened: list[Callable[[], None]] = field(default_factory=list)

    def hub(self, at: datetime = MORNING) -> Hub:
        hub = build_hub(self.settings, ScenarioClock(at))
        self.opened.append(hub.close)
        return hub

    def keystore(self) -> KeyStore:
        given = self.settings.postgres
        store = KeyStore(given.keys if given else self.settings.keys / "keys.sqlite")
        self.opened.append(store.close)
        return store

    def ring(self, masters: dict[int, bytes] | None = None) -> KeyRing:
        return KeyRing(self.settings.store, self.keystore(), masters or self.settings.masters)


def on_postgres(server: PrivateServer, home: Path) -> Settings:
    """Settings of a hub in two databases of its own."""
    name = f"hub-{os.getpid()}-{next(_numbers)}"
    where = set_up_postgres(server.create_database(name), server.create_database(f"{name}-keys"))
    return replace(settings_in(home), postgres=where)


@pytest.fixture(params=[SQLITE, POSTGRESQL])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """Each contract is kept by both stores."""
    if request.param == SQLITE:
        settings = settings_in(tmp_path / "hub")
    else:
        settings = on_postgres(request.getfixturevalue("postgres"), tmp_path / "hub")
    made = Store(request.param, settings)
    yield made
    for close in made.opened:
        close()
