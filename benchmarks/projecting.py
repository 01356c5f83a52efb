"""How fast read models catch up: by the batch, beside one transaction for each event."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from itertools import islice
from pathlib import Path
from random import Random
from statistics import median
from time import perf_counter

from application.ledger import Stream, case_stream
from application.projections.catch_up import BATCH, catch_up
from benchmarks.floors import floor
from benchmarks.histories import BenchClock, case_id, set_up_partnership, story
from benchmarks.homes import database, new_home
from benchmarks.library_bare import Library, Projection
from benchmarks.rounds import verdict_at_least
from domain.case import Case
from domain.record import Event
from interfaces.bootstrap import build_hub
from interfaces.settings import Settings
from tests.postgres import PrivateServer

BATCHED = "the hub: rows and snapshots, 500 events a transaction"
SINGLY = "the same rows, a transaction for each event"
IN_LIBRARY = "library bare: its tracking recorder and one row"
BY_HAND = "floor: by hand, one row, the event left unread"
ROUNDS = 3
AT_LEAST = 10.0


def show_projecting(
    folder: Path, name: str, server: PrivateServer | None, cases: int, length: int, singly: int, size: int
) -> None:
    """Events a second; `singly` says how many events are enough to know how fast one transaction for each is."""
    settings = new_home(folder / f"{name}-projected", server)
    write_in_random_order(settings, cases, length)
    by_hand = floor(database(folder, f"{name}-projected-floor", server), size)
    by_hand.fill(cases, length)
    library = Library(database(folder, f"{name}-projected-library", server))
    library.fill(cases, length)
    projection = Projection(library)
    asked: dict[str, Callable[[], float]] = {
        BATCHED: lambda: hub_catches_up(settings),
        SINGLY: lambda: hub_catches_up(settings, singly),
        IN_LIBRARY: lambda: per_second(lambda: projection.project(singly)),
        BY_HAND: lambda: per_second(lambda: by_hand.project(singly)),
    }
    rates = [{way: work() for way, work in asked.items()} for _ in range(ROUNDS)]
    print(f"  Projection catch-up: {cases * length:,} events of {cases} cases in random order; {ROUNDS} rounds")
    for way in asked:
        line = f"    {way:<52}{median(one[way] for one in rates):>10,.0f} events/s"
        if way != BATCHED:
            times = median(one[BATCHED] / one[way] for one in rates)
            line += f"  the hub {times:.1f} x  target >= {AT_LEAST:g}: {verdict_at_least(times, AT_LEAST)}"
        print(line)
    for one in (by_hand, projection, library):
        one.close()


def write_in_random_order(settings: Settings, cases: int, length: int) -> None:
    """Cases that grow side by side, whoever comes next left to chance; always the same chance."""
    hub = build_hub(settings, BenchClock())
    set_up_partnership(hub)
    coming = {case_id(n): (event for event, _ in islice(story(Case(id=case_id(n)), n), length)) for n in range(cases)}
    turns = [case for case in coming for _ in range(length)]
    Random(1).shuffle(turns)
    written = dict.fromkeys(coming, 0)
    for first in range(0, len(turns), BATCH):
        appends: list[tuple[Stream, int, Sequence[Event]]] = []
        for case in turns[first : first + BATCH]:
            appends.append((case_stream(case), written[case], [next(coming[case])]))
            written[case] += 1
        hub.ledger.append_all(appends)
    hub.close()


class Enough(Exception):
    """As many events are taken in as are measured."""


def hub_catches_up(settings: Settings, singly: int = 0) -> float:
    """Events a second, by a hub just started and from nothing; with `singly` a transaction for each of so many."""
    hub = build_hub(settings, BenchClock())
    hub.rows.clear()
    taken = 0

    def count(more: int) -> None:
        nonlocal taken
        taken += more
        if taken == singly:
            raise Enough

    started = perf_counter()
    with suppress(Enough):
        catch_up(hub, count, 1 if singly else BATCH)
    rate = taken / (perf_counter() - started)
    hub.close()
    return rate


def per_second(work: Callable[[], int]) -> float:
    started = perf_counter()
    return work() / (perf_counter() - started)
