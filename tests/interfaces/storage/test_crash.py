"""What a hub keeps when its process is killed, its disk fails or the power goes: a drawn sample of `make crash`."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]


def run_of(what: str, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", f"tests.faults.{what}", *arguments],
        cwd=ROOT, env={**os.environ, **environment}, capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip


def figures(run: subprocess.CompletedProcess[str]) -> dict[str, int]:
    """The closing line's figures by what they count."""
    closing = run.stdout.splitlines()[-1]
    return {what: int(number) for number, what in re.findall(r"(\d+) ([a-z][a-z -]*)", closing)}


def test_nothing_acknowledged_is_lost_and_nothing_is_half_done() -> None:
    """Killed at a write, or failed by the disk there: what was acknowledged is there once, and every command whole."""
    run = run_of("crash", "--points", "40", "--seed", "3", "--pages", "0")
    found = figures(run)

    assert run.returncode == 0, run.stdout + run.stderr
    assert found["points"] >= 36
    assert {"lost": 0, "half-commands": 0, "not single": 0, "violations in all": 0} == {
        what: found[what] for what in ("lost", "half-commands", "not single", "violations in all")
    }


def test_a_file_that_could_not_be_opened_once_is_opened_for_writing_the_next_time() -> None:
    """SQLite would open it for reading only and keep it so for the whole process: an outage until a new start."""
    run = run_of("crash", "--only", "openat", "--fault", "EIO", "--pages", "0")
    found = figures(run)

    assert run.returncode == 0, run.stdout + run.stderr
    assert found["points"] >= 25
    assert found["violations in all"] == 0


@pytest.mark.parametrize(("err", "kind"), [("early", "lost"), ("halves", "half-commands")])
def test_the_check_finds_a_hub_that_errs(err: str, kind: str) -> None:
    """An answer before the event is stored, or events stored one by one, would not get past this check."""
    run = run_of("crash", "--points", "10", "--seed", "3", "--pages", "0", "--err", err)

    assert run.returncode == 1, run.stdout + run.stderr
    assert figures(run)[kind] > 0


def test_a_power_cut_takes_nothing_acknowledged() -> None:
    """Of what was written since the last fsync any part may be gone: what was acknowledged was written before it."""
    run = run_of("power_cut", "--images", "100", "--most", "30", "--seed", "3", "--pages", "0")
    found = figures(run)

    assert run.returncode == 0, run.stdout + run.stderr
    assert {"images": 30, "lost": 0, "half-commands": 0, "violations in all": 0} == found


def test_the_check_finds_a_disk_that_lies() -> None:
    """Where an fsync keeps nothing, acknowledged events are lost, and the check says so."""
    run = run_of("power_cut", "--images", "0", "--most", "10", "--seed", "3", "--pages", "0", "--err", "lying-disk")

    assert run.returncode == 1, run.stdout + run.stderr
    assert figures(run)["lost"] > 0


@pytest.mark.parametrize("what", ["crash", "power_cut"])
def test_without_strace_it_says_so(what: str, tmp_path: Path) -> None:
    """Where no fault can be put in, nothing is said to have been shown."""
    run = run_of(what, PATH=str(tmp_path))

    assert run.returncode == 2
    assert "strace is missing" in run.stderr
