"""The hub beside what a team would otherwise build: record, read hot and cold, look back, turn about on one disk.

Run: python -m benchmarks.beside [--quick] [--dir FOLDER]
"""

import argparse
import platform
import sqlite3
from contextlib import ExitStack
from importlib.metadata import version
from pathlib import Path

from benchmarks.homes import kept_up, new_home
from benchmarks.hub_peer import HubPeer
from benchmarks.peers import CASES, CHANGES, Peer, Where, digest, expected, in_order, moment
from benchmarks.peers.continuum_peer import ContinuumPeer
from benchmarks.peers.django_peer import DjangoPeer
from benchmarks.rounds import Rounds, Task, Work, disk, durability, verdict
from interfaces.settings import Settings

HUB, DJANGO, CONTINUUM = "the hub", "Django + simple-history", "SQLAlchemy + Continuum"
BY_HAND = "Django, its history by hand"
RECORD, HOT, COLD, BACK = "record a change", "read current, hot", "read current, cold", "as of mid-history"
PACKAGES = ("django", "django-simple-history", "sqlalchemy", "sqlalchemy-continuum", "psycopg", "eventsourcing")
AT_MOST = 1.0


class Beside:
    """The hub and both peers on one kind of database, with the same history."""

    def __init__(self, hub: Settings, django: Where, continuum: Where, cases: int, changes: int, times: int) -> None:
        self.cases, self.changes, self.times = cases, changes, times
        self.hub, self.django, self.continuum = HubPeer(hub), DjangoPeer(django), ContinuumPeer(continuum)
        self.peers: dict[str, Peer] = {HUB: self.hub, DJANGO: self.django, CONTINUUM: self.continuum}
        for peer in self.peers.values():
            peer.set_up()
            peer.fill(cases, changes)
        then = moment(0, changes // 2)
        tasks = [task for name, peer in self.peers.items() for task in self._tasks(name, peer)]
        tasks.append(Task(BACK, BY_HAND, lambda n: self.django.as_of_by_hand(n % cases, then), times, self._rest))
        self.rounds = Rounds(tasks)

    def _tasks(self, name: str, peer: Peer) -> tuple[Task, ...]:
        then = moment(0, self.changes // 2)
        return (
            Task(RECORD, name, self._record(peer), self.times, None if peer is self.hub else self._rest),
            Task(HOT, name, lambda _: peer.read_current(0), self.times, self._rest),
            Task(COLD, name, lambda n: peer.read_current(n % self.cases), self.times, lambda _: self._forget(peer)),
            Task(BACK, name, lambda n: peer.as_of(n % self.cases, then), self.times, self._rest),
        )

    def _rest(self, _: int) -> None:
        """What the hub does in the background is the hub's own time: no peer is measured beside it."""
        self.hub.rest()

    def _forget(self, peer: Peer) -> None:
        self.hub.rest()
        peer.forget()

    def _record(self, peer: Peer) -> Work:
        """Another case each round, so that each round finds one of the stated length."""

        def record(number: int) -> None:
            done, place = divmod(number, self.times)
            lap, case = divmod(done, self.cases)
            peer.record(case, self.changes + lap * self.times + place)

        return record

    def check(self) -> str:
        """All must have answered the same, and what a fold without a database says; or the figures are void."""
        rounds, said = self.rounds.rounds, []
        for case in range(self.cases):
            laps = rounds // self.cases + (case < rounds % self.cases)
            now, back = expected(case, self.changes + laps * self.times), expected(case, self.changes // 2 + 1)
            then = moment(case, self.changes // 2)
            for name, peer in self.peers.items():
                if in_order(peer.read_current(case)) != now or in_order(peer.as_of(case, then)) != back:
                    raise SystemExit(f"{name} does not answer as it should for case {case}")
            if in_order(self.django.as_of_by_hand(case, then)) != back:
                raise SystemExit(f"{BY_HAND} does not answer as it should for case {case}")
            said += now
        return "{} answers, {}".format(*digest(said))

    def show(self, title: str) -> None:
        """Milliseconds at the median; beside a peer, how many times the peer's the hub's is."""
        rounds = self.rounds
        print(f"\n{title}; {rounds.rounds} rounds; the hub's time by the peer's, target < 1 for both peers")
        for question, tasks in rounds.tasks.items():
            print(f"  {question}")
            for task in tasks:
                line = f"    {task.system:<40}{rounds.seconds(question, task.system) * 1000:>10.3f} ms"
                if task.system != HUB:
                    least, ratio, most = rounds.ratios(question, HUB, task.system)
                    line += f"   hub {ratio:.2f} x  ({least:.2f} to {most:.2f})"
                    line += f"  {verdict(ratio, AT_MOST)}" if task.system != BY_HAND else "  (no target)"
                print(line)

    def close(self) -> None:
        for peer in self.peers.values():
            peer.close()


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.beside", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="two short rounds on three cases of 300 changes")
    parser.add_argument("--dir", type=Path, default=Path(__file__).parents[1] / "build", help="the disk to measure on")
    chosen = parser.parse_args()
    rounds, cases, changes, times = (2, 3, 300, 10) if chosen.quick else (7, CASES, CHANGES, 40)
    with disk(chosen.dir) as (folder, server):
        print(f"Python {platform.python_version()}, {', '.join(f'{name} {version(name)}' for name in PACKAGES)}.")
        print(f"SQLite {sqlite3.sqlite_version}, WAL, synchronous FULL. PostgreSQL: {durability(server)}.")
        print(f"{cases} cases of {changes:,} changes, 121 answers each; {times} of a kind a round.")
        print("The hub's changes are whole commands, judged by policy, sealed and proven: its worker runs all the")
        print("time, a thread on SQLite, `hub project` on PostgreSQL; a peer's turn comes when it has caught up.")
        print("Of the peers nothing is judged, sealed or proven; each writes its current row and its history.")
        print("Cold: nothing of any case in this process's memory, the connection open.")
        print("Medians; ratios round by round, then their median (least to most of any round).")
        databases = {
            "SQLite": Beside(
                new_home(folder / "hub"), folder / "django.sqlite", folder / "continuum.sqlite", cases, changes, times
            ),
            "PostgreSQL": Beside(
                new_home(folder / "hub-on-postgres", server), server.create_database("django"),
                server.create_database("continuum"), cases, changes, times,
            ),
        }  # fmt: skip
        with ExitStack() as working:
            for beside in databases.values():
                working.enter_context(kept_up(beside.hub.hub, beside.hub.settings))
            for _ in range(rounds):
                for beside in databases.values():
                    beside.rounds.run()
        for name, beside in databases.items():
            beside.show(name)
            print(f"  all the same in the end: {beside.check()}")
            beside.close()


if __name__ == "__main__":
    main()
