"""What holds for the repository as a whole, whatever is in it."""

import ast
import re
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import NetworkRefused

ROOT = Path(__file__).parents[2]
LOCKS = ("requirements.txt", "requirements-dev.txt", "requirements-node.txt")

# Written so that this page does not find itself.
REGISTRY = re.compile(r"py[p]i\.\w|pythonhos[t]ed|npm[j]s\.|deb\.deb[i]an|(?<!emit-)(?:inde[x]-url|find-link[s])")
MACHINE_PATH = re.compile(r"(?<![\w.])/(?:wor[k]|far[m]|roo[t]|hom[e]/\w+|opt/\w+[i]|opt/whee[l]s)/")

SPELLING = ("anyascii", "doublemetaphone", "rapidfuzz")
CORE_MAY_IMPORT = {
    "domain": {"domain", "msgspec"},
    "policies": {"policies", "domain", "msgspec"},
    "application": {"application", "policies", "domain", "msgspec", "eventsourcing", *SPELLING},
}
NOT_FOR_THE_CORE = {"os", "random", "secrets", "socket", "sqlite3", "subprocess", "time"}
ONLY_STORAGE = ("eventsourcing.sqlite", "eventsourcing.postgres", "sqlite3", "sqlalchemy", "psycopg", "cryptography")
CLOCK_AND_CHANCE = re.compile(r"\b(?:datetime\.(?:now|utcnow|today)|date\.today|uuid[14])\b")


def tracked() -> list[Path]:
    """The files of the repository; without git, those of the project's own folders."""
    if shutil.which("git") and (ROOT / ".git").exists():
        command = ["git", "ls-files", "-z", "--cached"]
        listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.split("\0")
        return [ROOT / name for name in listed if (ROOT / name).is_file()]
    made = re.compile(r"/(?:\.venv|node_modules|build|static|\.git|\.hub|__pycache__|\.\w+_cache|[^/]+\.egg-info)/")
    return [path for path in ROOT.rglob("*") if path.is_file() and not made.search(str(path.relative_to(ROOT.parent)))]


def texts() -> Iterator[tuple[str, str]]:
    """Each tracked text file with its name."""
    for path in tracked():
        content = path.read_bytes()
        if b"\0" not in content:
            try:
                yield str(path.relative_to(ROOT)), content.decode()
            except UnicodeDecodeError as error:
                pytest.fail(f"{path.relative_to(ROOT)} is neither binary nor UTF-8: {error}")


def imports(path: Path) -> Iterator[str]:
    """The full names of what a module imports, at whatever depth of it."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"), str(path))):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            yield from (f"{node.module}.{name.name}" for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield f"{path.relative_to(ROOT).parts[0]}.{node.module or ''}"


def modules(*packages: str) -> list[Path]:
    return [path for package in packages for path in sorted((ROOT / package).rglob("*.py"))]


@pytest.mark.parametrize("lock", LOCKS)
def test_every_locked_package_is_pinned_and_hashed(lock: str):
    """What is installed is byte for byte what was locked, from wherever it is fetched."""
    entries = re.split(r"\n(?=\S)", (ROOT / lock).read_text(encoding="utf-8").strip())

    locked = re.compile(r"[\w.-]+==[^\n]+(\n    --hash=sha256:[0-9a-f]{64}( \\)?)+")

    assert [entry for entry in entries if not locked.fullmatch(entry)] == []


def test_npm_lock_names_no_registry():
    """npm fetches from the registry of the machine it runs on, by version and digest."""
    lock = (ROOT / "package-lock.json").read_text(encoding="utf-8")

    assert '"resolved"' not in lock
    assert lock.count('"integrity": "sha512-') == lock.count('"node_modules/')


@pytest.mark.parametrize("pattern", [REGISTRY, MACHINE_PATH], ids=["registry", "machine path"])
def test_no_file_names_a_registry_or_a_machine(pattern: re.Pattern[str]):
    """The repository works on any machine, so it knows of none."""
    found = [f"{name}: {hit.group()}" for name, text in texts() if (hit := pattern.search(text))]

    assert found == []


@pytest.mark.skipif(not (ROOT / ".git").exists(), reason="only git reads .gitignore")
@pytest.mark.parametrize(
    "path", [".hub/keys/index.key", ".hub/events.sqlite", ".hub.unfinished/demo", "else/session.key"]
)
def test_records_and_keys_are_ignored(path: str):
    """What is recorded, and the keys to it, never go into the repository: not the demo's either."""
    found = subprocess.run(["git", "check-ignore", "-q", path], cwd=ROOT, check=False)

    assert found.returncode == 0


@pytest.mark.parametrize("package", CORE_MAY_IMPORT)
def test_the_core_rests_on_little(package: str):
    """Language and rules need Python and msgspec, use cases the event store and how names sound, and no more."""
    allowed = CORE_MAY_IMPORT[package] | (set(sys.stdlib_module_names) - NOT_FOR_THE_CORE)

    foreign = [
        f"{path.relative_to(ROOT)}: {name}"
        for path in modules(package)
        for name in imports(path)
        if name.partition(".")[0] not in allowed
    ]

    assert foreign == []


def test_the_core_reads_no_clock_and_draws_no_lots():
    """Times and identities come in from outside, so that every decision can be repeated."""
    found = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in modules("domain", "policies")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and CLOCK_AND_CHANCE.search(ast.unparse(node.func))
    ]

    assert found == []


def test_only_storage_meets_databases_and_ciphers():
    """Drivers and keys stay behind the ports; the rest of the hub cannot tell which store it runs on."""
    found = [
        f"{path.relative_to(ROOT)}: {name}"
        for path in modules("domain", "policies", "application", "interfaces")
        if (ROOT / "interfaces/storage") not in path.parents
        for name in imports(path)
        if any(f"{name}.".startswith(f"{driver}.") for driver in ONLY_STORAGE)
    ]

    assert found == []


def test_every_module_says_what_it_is_for():
    """A module that cannot be described in one sentence should not exist."""
    silent = [
        str(path.relative_to(ROOT))
        for path in modules("domain", "policies", "application", "interfaces")
        if not ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
    ]

    assert silent == []


def test_tests_reach_nothing_beyond_loopback():
    """A test that talks to the network is refused, however it goes about it."""
    with pytest.raises(NetworkRefused):
        socket.create_connection(("192.0.2.1", 9), timeout=1)
    with pytest.raises(NetworkRefused):
        socket.getaddrinfo("example.org", 443)
