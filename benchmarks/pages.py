"""What the page of a case with 300 items costs the server in CPU, and which layer spends it.

Run: python -m benchmarks.pages [--quick] [--dir FOLDER]
"""

import argparse
import platform
import re
import tempfile
from collections.abc import Callable
from pathlib import Path
from statistics import median
from time import process_time
from typing import TypeVar
from uuid import UUID

from flask import before_render_template, template_rendered

from application.access import approach, disclose, view_of
from application.commands.acts import act
from application.commands.opening import open_case
from application.hub import Hub
from application.sight import Sight
from application.views import Cell
from benchmarks.histories import BEGINS, LEAD, BenchClock, child, justification, set_up_partnership, worker
from benchmarks.rounds import verdict
from interfaces.bootstrap import build_hub
from interfaces.settings import Settings, create_home, read_settings
from interfaces.web.app import create_app

ITEMS = 300
WHOLE = "the whole request"
AT_MOST = 60.0
T = TypeVar("T")
WHO = worker(LEAD)
NARRATIVE = "Left before the last lesson and got into a car that waited by the gate. Back the next day."


def write_items(hub: Hub, wanted: int) -> UUID:
    """A case of which the lead's worker is shown so many items, nearly all of them concerns in full."""
    set_up_partnership(hub)
    case = open_case(hub, WHO, {"justification": justification(LEAD), "child": child(1)}, command_id="bench-opened")
    shown = len(approach(hub, WHO, case, "bench").cells())
    for number in range(wanted - shown):
        concern = {
            "id": f"C{number}", "justification": LEAD, "occurred": "2026-01-04", "basis": ["changed_behaviour"],
            "heading": "risk_taking_behaviours", "headline": f"Seen with an adult nobody knew ({number})",
            "narrative": NARRATIVE, "nature": "fact", "source": "Own observation",
        }  # fmt: skip
        act(hub, WHO, case, "record_concern", concern, command_id=f"bench-concern-{number}")
    return case


class Layers:
    """The layers of one page, each alone but for the layout, which is timed within a request; ms of CPU."""

    def __init__(self, settings: Settings) -> None:
        self.hub = build_hub(settings, BenchClock())
        self.case = write_items(self.hub, ITEMS)
        self.app = create_app(self.hub, settings)
        self.client = self.app.test_client()
        start = self.client.get("/").text
        token = re.search(r'name="csrf_token" value="([^"]+)"', start)
        self.client.post("/choose", data={"person": WHO, "csrf_token": token[1] if token else ""})
        self.found: dict[str, list[float]] = {}
        self.laying_out_since = 0.0

    def run(self) -> None:
        sight: Sight = self._timed("load and access", lambda: approach(self.hub, WHO, self.case, "bench"))
        cells: tuple[Cell, ...] = self._timed("judge every item", sight.cells)
        self._timed("the look on record", lambda: disclose(sight, "bench", cells))
        self._timed("threads and digest", lambda: view_of(sight, cells))
        with before_render_template.connected_to(self._begins), template_rendered.connected_to(self._ends):
            answer = self._timed(WHOLE, lambda: self.client.get(f"/cases/{self.case}"))
        if answer.status_code != 200 or answer.text.count(NARRATIVE) < ITEMS - 50:
            raise SystemExit("The page does not hold the items it should.")

    def _timed(self, layer: str, work: Callable[[], T]) -> T:
        started = process_time()
        made = work()
        self.found.setdefault(layer, []).append((process_time() - started) * 1000)
        return made

    def _begins(self, *_: object, **__: object) -> None:
        self.laying_out_since = process_time()

    def _ends(self, *_: object, **__: object) -> None:
        self.found.setdefault("lay out", []).append((process_time() - self.laying_out_since) * 1000)

    def show(self) -> None:
        whole = median(self.found[WHOLE])
        for layer, times in self.found.items():
            share = f"{median(times) / whole:>6.0%}"
            print(f"    {layer:<24}{median(times):>8.1f} ms{share}   ({min(times):.1f} to {max(times):.1f})")
        print(f"  {ITEMS} items: {whole:.1f} ms of CPU a page; target <= {AT_MOST:g}: {verdict(whole, AT_MOST)}")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.pages", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="five rounds instead of forty")
    parser.add_argument("--dir", type=Path, default=Path(__file__).parents[1] / "build", help="the disk to measure on")
    chosen = parser.parse_args()
    chosen.dir.mkdir(parents=True, exist_ok=True)
    print(f"Python {platform.python_version()}; SQLite; the median of CPU, and its share of the whole request.")
    with tempfile.TemporaryDirectory(dir=chosen.dir, prefix="bench-") as folder:
        home = Path(folder) / "home"
        create_home(home, BEGINS)
        layers = Layers(read_settings(home))
        for _ in range(5 if chosen.quick else 40):
            layers.run()
        layers.show()
        layers.hub.close()


if __name__ == "__main__":
    main()
