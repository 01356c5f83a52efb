"""New hubs to measure, on SQLite or on PostgreSQL, and the worker that keeps them up as in service."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import sleep

from application.hub import Hub
from benchmarks.peers import Where
from interfaces.background import Worker
from interfaces.bootstrap import log_of, set_up_postgres
from interfaces.settings import Settings, create_home, read_settings, write_postgres
from tests.postgres import PrivateServer


def new_home(home: Path, server: PrivateServer | None = None) -> Settings:
    """A hub's folder with keys of its own; its databases lie in the folder unless a server is given."""
    create_home(home)
    if server is not None:
        owner, keys = server.create_database(home.name), server.create_database(f"{home.name}-keys")
        write_postgres(home, set_up_postgres(owner, keys))
    return read_settings(home)


def database(folder: Path, name: str, server: PrivateServer | None = None) -> Where:
    """An empty database for somebody else: a file, or on the server."""
    return server.create_database(name) if server else folder / f"{name}.sqlite"


def rows_of(settings: Settings) -> Where:
    """Where the bare driver finds the sealed rows."""
    return settings.postgres.writer if settings.postgres else settings.events


def command(*arguments: str) -> list[str]:
    """The `hub` command of this environment."""
    return [str(Path(sys.executable).with_name("hub")), *arguments]


def in_home(home: Path) -> dict[str, str]:
    """The environment in which the command finds a hub."""
    return {**os.environ, "HUB_HOME": str(home)}


@contextmanager
def kept_up(hub: Hub, settings: Settings) -> Iterator[None]:
    """The proof log follows and the read models catch up, as they do beside a hub that is served."""
    if settings.postgres is None:
        worker = Worker(hub, log_of(hub))
        worker.start()
        try:
            yield
        finally:
            worker.stop()
        return
    process = subprocess.Popen(  # noqa: S603 - our own command
        command("project"), env=in_home(settings.home), stdout=subprocess.DEVNULL
    )
    try:
        yield
    finally:
        process.terminate()
        process.wait()


def wait_until_kept_up(hub: Hub) -> None:
    """Return when there is nothing left for the worker to do, so that whoever is measured next has the machine."""
    while True:
        head = log_of(hub).head()
        newest = hub.ledger.recorder.max_notification_id() or 0
        if head is not None and head.size == hub.ledger.count() and hub.rows.position() >= newest:
            return
        sleep(0.01)
