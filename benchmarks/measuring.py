"""Time things in interleaved rounds, and print medians with their ratio to a floor of the same round."""

import gc
from collections.abc import Callable
from statistics import median
from time import perf_counter


class Measurements:
    """What was measured under each name, a median per round."""

    def __init__(self) -> None:
        self.rounds: dict[str, list[float]] = {}

    def time(self, name: str, times: int, work: Callable[[int], object]) -> None:
        """Do `work(0)`, `work(1)` … and keep the median of this round, in seconds; others' garbage is cleared first."""
        gc.collect()
        taken = []
        for number in range(times):
            started = perf_counter()
            work(number)
            taken.append(perf_counter() - started)
        self.rounds.setdefault(name, []).append(median(taken))

    def seconds(self, name: str) -> float:
        return median(self.rounds[name])

    def ratio(self, name: str, floor: str) -> float:
        """Round by round, then the median: what disturbed one round disturbed both."""
        return median(one / other for one, other in zip(self.rounds[name], self.rounds[floor], strict=True))

    def show(self, title: str, floor: str, names: tuple[str, ...]) -> None:
        print(f"\n{title}")
        for name in (floor, *names):
            line = f"  {name:<58}{self.seconds(name) * 1000:>10.2f} ms"
            print(line if name == floor else f"{line}{self.ratio(name, floor):>9.1f} x")
