"""A PostgreSQL of the tests' own: on loopback, in a folder that goes with it, run as an unprivileged user."""

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from time import monotonic, sleep
from typing import Any, Self

import psycopg
import pytest

OWNER = "postgres"
PATIENCE = 60.0
SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "fsync": "on",
    "synchronous_commit": "on",
    "full_page_writes": "on",
    "max_connections": "100",
    "shared_buffers": "64MB",
    "dynamic_shared_memory_type": "mmap",    # in the folder, so that a killed server leaves nothing outside it
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_min_messages": "log",
}


class PostgresMissing(RuntimeError):
    """PostgreSQL's programs, or an account that may run them, are not on this machine; `make system` installs them."""


class PostgresFailed(RuntimeError):
    """A PostgreSQL program did not do what it was asked; the message ends with what it said."""


class PrivateServer:
    """One cluster in one folder, reachable on 127.0.0.1 by whoever runs the tests."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.data = folder / "data"
        self.port = a_free_port()
        self._process: subprocess.Popen[bytes] | None = None

    @classmethod
    def standby(cls, folder: Path, of: Self, name: str = "standby") -> Self:
        """A running copy of a running server; every commit of that one waits for it from here on."""
        server = cls(folder)
        server._make_folder()
        server._run(
            "pg_basebackup", "-D", server.data, "-d", f"{of.dsn('postgres')} application_name={name}",
            "-R", "-X", "stream", "-C", "-S", name, "-c", "fast", "--no-sync",
        )  # fmt: skip
        try:
            server.start()
            # Only now: the copy must not have been told to wait for itself once it is promoted.
            of.execute(f"ALTER SYSTEM SET synchronous_standby_names = '{name}'")
            of.execute("SELECT pg_reload_conf()")
            until(lambda: [("sync",)] == of.execute("SELECT sync_state FROM pg_stat_replication"), "the standby")
        except BaseException:
            server.remove()
            raise
        return server

    def start(self) -> Self:
        """Make the cluster if there is none, and return when it answers."""
        if not (self.data / "PG_VERSION").exists():
            self._make_folder()
            self._run(
                "initdb", "-D", self.data, "-U", OWNER, "--auth=trust", "--data-checksums", "--encoding=UTF8",
                "--locale=C", "--no-sync", "--no-instructions",
            )  # fmt: skip
        settings = {**SETTINGS, "port": str(self.port), "unix_socket_directories": str(self.folder)}
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [program("postgres"), "-D", self.data, *(f"--{name}={value}" for name, value in settings.items())],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True, **account(),
            )  # fmt: skip
        until(self._answers, "an answer from the server")
        return self

    def kill(self) -> None:
        """As if the power went: SIGKILL for the server and everything it started, at one moment."""
        process = self._running()
        os.kill(process.pid, signal.SIGSTOP)    # so that it neither starts nor notices anything meanwhile
        for child in (*children(process.pid), process.pid):
            with suppress(ProcessLookupError):
                os.kill(child, signal.SIGKILL)
        process.wait(PATIENCE)

    def stop(self) -> None:
        """Stop at once without writing anything more; safe on a server that is not running or has hung."""
        process = self._process
        if process is None or process.poll() is not None:
            return
        self.thaw()
        process.send_signal(signal.SIGQUIT)
        try:
            process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self.kill()

    def remove(self) -> None:
        """Stop and leave nothing behind: no process, no shared memory, no file."""
        self.stop()
        with suppress(FileNotFoundError, IndexError):
            segment = (self.data / "postmaster.pid").read_text().splitlines()[6].split()[1]
            subprocess.run(["ipcrm", "-m", segment], check=False, capture_output=True)
        shutil.rmtree(self.folder, ignore_errors=True)

    def promote(self) -> None:
        """Make a standby the primary, and return when it takes writes."""
        self._run("pg_ctl", "promote", "-D", self.data, "-w", "-t", str(int(PATIENCE)))

    def freeze(self) -> None:
        """Stop every process of the server where it stands: its connections stay open and nothing answers."""
        self._signal(signal.SIGSTOP)

    def thaw(self) -> None:
        self._signal(signal.SIGCONT)

    def dsn(self, dbname: str = "postgres", user: str = OWNER) -> str:
        return f"host=127.0.0.1 port={self.port} dbname={dbname} user={user} gssencmode=disable sslmode=disable"

    def execute(
        self, statement: str, dbname: str = "postgres", values: Sequence[Any] | None = None
    ) -> list[tuple[Any, ...]]:
        """Run one statement as the owner; its rows, if it has any."""
        with psycopg.connect(self.dsn(dbname), autocommit=True, connect_timeout=10) as connection:
            cursor = connection.execute(statement.encode(), values)
            return cursor.fetchall() if cursor.description else []

    def create_database(self, dbname: str) -> str:
        """A new empty database; the connection string of its owner."""
        self.execute(f'CREATE DATABASE "{dbname}"')
        return self.dsn(dbname)

    def _signal(self, what: signal.Signals) -> None:
        process = self._running()
        for pid in (process.pid, *children(process.pid)):
            with suppress(ProcessLookupError):
                os.kill(pid, what)

    def _running(self) -> "subprocess.Popen[bytes]":
        if self._process is None:
            raise PostgresFailed("the server was never started")
        return self._process

    def _make_folder(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        if "user" in account():
            shutil.chown(self.folder, account()["user"], account()["group"])

    def _run(self, name: str, *arguments: str | Path) -> None:
        done = subprocess.run(
            [program(name), *arguments], stdin=subprocess.DEVNULL, capture_output=True, check=False,
            cwd=self.folder, timeout=PATIENCE * 2, **account(),
        )  # fmt: skip
        if done.returncode:
            raise PostgresFailed(f"{name} ended with {done.returncode}: {done.stderr.decode(errors='replace')[-2000:]}")

    def _answers(self) -> bool:
        if self._running().poll() is not None:
            said = (self.folder / "log").read_text(errors="replace")
            raise PostgresFailed(f"the server stopped while starting: {said[-2000:]}")
        try:
            self.execute("SELECT 1")
        except psycopg.OperationalError:
            return False
        return True


@contextmanager
def a_folder() -> Iterator[Path]:
    """A temporary folder the server's account can reach; gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="hub-pg-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        folder.chmod(0o711)
        yield folder


@contextmanager
def a_server() -> Iterator[PrivateServer]:
    """A running server, removed at the end whatever happened."""
    with a_folder() as folder:
        server = PrivateServer(folder / "primary")
        try:
            yield server.start()
        finally:
            server.remove()


@contextmanager
def a_pair() -> Iterator[tuple[PrivateServer, PrivateServer]]:
    """A running primary and its synchronous standby, both removed at the end whatever happened."""
    with a_folder() as folder, a_server() as primary:
        copy = folder / "standby"
        standby = None
        try:
            standby = PrivateServer.standby(copy, of=primary)
            yield primary, standby
        finally:
            if standby is not None:
                standby.remove()


@pytest.fixture(scope="session")
def postgres() -> Iterator[PrivateServer]:
    """One server for all tests of a session (of a worker); each test makes its own database in it."""
    with a_server() as server:
        yield server


def program(name: str) -> str:
    """Where a program of PostgreSQL lies: on the PATH, or where Debian keeps the newest version.

    Raises:
        PostgresMissing: when it is in neither place.
    """
    found = shutil.which(name)
    if found:
        return found
    kept = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), key=lambda path: float(path.parts[-3]))
    if not kept:
        raise PostgresMissing(f"{name} is not on this machine; `make system` installs PostgreSQL")
    return str(kept[-1])


def account() -> dict[str, Any]:
    """Who runs the server: PostgreSQL refuses to be run by root."""
    if os.geteuid() != 0:
        return {}
    try:
        entry = pwd.getpwnam(OWNER)
    except KeyError:
        raise PostgresMissing(f"root may not run PostgreSQL, and there is no user {OWNER}") from None
    return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}


def children(pid: int) -> list[int]:
    """The processes a process has started, as the kernel has them now."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(FileNotFoundError, ProcessLookupError):
            if int(stat.read_text(errors="replace").rpartition(")")[2].split()[1]) == pid:
                found.append(int(stat.parent.name))
    return found


def a_free_port() -> int:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return int(listening.getsockname()[1])


def until(condition: Any, what: str) -> None:
    """Wait for something that is about to be so.

    Raises:
        PostgresFailed: when it did not come.
    """
    end = monotonic() + PATIENCE
    while not condition():
        if monotonic() > end:
            raise PostgresFailed(f"waited {PATIENCE:.0f} s in vain for {what}")
        sleep(0.02)
