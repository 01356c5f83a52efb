"""The worked case replayed for the exports: as it stood after an act, and what a pack's PDF says."""

import functools
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple
from uuid import UUID

import pytest

from application.commands.acts import act
from application.hub import Hub
from application.queries.pack import Files, Pack, referral_pack
from interfaces.bootstrap import build_hub
from interfaces.demo.replay import Replay, ScenarioClock
from interfaces.demo.scenario import Scenario, read_scenario
from interfaces.exports.pack import lay_out
from interfaces.settings import Settings
from tests.builders import settings_in


class Worked(NamedTuple):
    """A hub holding the worked case as it stood after one of its acts."""

    hub: Hub
    case: UUID
    scenario: Scenario
    clock: ScenarioClock
    settings: Settings

    def do(self, who: str, name: str, **data: Any) -> None:
        act(self.hub, who, self.case, name, data, command_id=f"test-{name}-{data.get('id', '')}")

    def pack(self, who: str, referral: str) -> tuple[Pack, Files]:
        return referral_pack(
            self.hub, who, self.case, referral, functools.partial(lay_out, names=self.hub.directory())
        )

    def never(self, *expectations: str) -> list[str]:
        """What the scenario's expectations say their reader never reaches."""
        found = [e for e in self.scenario.expectations if e["id"] in expectations]
        return [text for expectation in found for text in expectation["never_contains"]]


@pytest.fixture
def worked_until(tmp_path: Path) -> Iterator[Callable[[int], Worked]]:
    """Makes the worked case as it stood after an act."""
    opened: list[Hub] = []

    def until(last: int) -> Worked:
        scenario = read_scenario()
        clock = ScenarioClock(scenario.moment(scenario.acts[0]["recorded"]))
        settings = settings_in(tmp_path / f"hub-{len(opened)}")
        hub = build_hub(settings, clock)
        opened.append(hub)
        replay = Replay(scenario, hub, clock)
        replay.set_up()
        for _, entry in replay.steps():
            if "act" in entry and entry["n"] <= last:
                replay.do(entry)
        assert replay.case is not None
        return Worked(hub, replay.case, scenario, clock, settings)

    yield until
    for hub in opened:
        hub.close()


@pytest.fixture
def read_pdf(tmp_path: Path) -> Callable[..., str]:
    """The text of a PDF, a line for each page: as it is looked at or, where `spoken`, in the order it is read out."""

    def read(pdf: bytes, *, spoken: bool = False) -> str:
        path = tmp_path / "read.pdf"
        path.write_bytes(pdf)
        done = subprocess.run(["pdftotext", *(["-raw"] if spoken else []), str(path), "-"],
                              capture_output=True, check=True, text=True)  # fmt: skip
        return "\f".join(" ".join(page.split()) for page in done.stdout.split("\f"))

    return read


@pytest.fixture
def about_pdf(tmp_path: Path) -> Callable[[bytes], str]:
    """What a PDF says of itself."""

    def about(pdf: bytes) -> str:
        path = tmp_path / "about.pdf"
        path.write_bytes(pdf)
        return subprocess.run(["pdfinfo", str(path)], capture_output=True, check=True, text=True).stdout

    return about
