"""Keeps read models and proof log up with the record: threads beside an embedded hub, a process beside PostgreSQL."""

import logging
import sys
from collections.abc import Callable
from functools import partial
from threading import Event, Lock, Thread

from application.hub import Hub
from application.projections.catch_up import catch_up
from interfaces.storage.log import ProofLog

EVERY = 0.1
"""Seconds between two looks of the log at the record: the stated delay of its head."""
ROWS_EVERY = 0.25
"""Seconds between two looks of the read models: a case is derived once for all that came in. Who acts does not wait."""
GIVE_WAY = 0.0005
"""Seconds a thread that is computing keeps one that records or answers waiting; Python's own are ten times as many."""
WAIT_AFTER_TROUBLE = 2.0
LOG = logging.getLogger("hub.background")


def keep_up(hub: Hub, log: ProofLog) -> None:
    """Take in everything recorded by now: first the log, which proves it, then the rows derived from it."""
    log.follow()
    catch_up(hub)


class Worker(Thread):
    """Keeps up until it is stopped; trouble is told by its name alone, and tried again.

    Log and read models each have a thread, so that the log's head waits for no case, however long it takes to read.
    """

    def __init__(self, hub: Hub, log: ProofLog) -> None:
        super().__init__(name="keeping up", daemon=True)
        self._hub = hub
        self._log = log
        self._stopping = Event()
        self._counting = Lock()
        self.failures = 0

    def run(self) -> None:
        derive = partial(self._again, "read models", partial(catch_up, self._hub), ROWS_EVERY)
        deriving = Thread(target=derive, name="keeping rows up", daemon=True)
        patience = sys.getswitchinterval()
        sys.setswitchinterval(GIVE_WAY)
        deriving.start()
        self._again("proof log", self._log.follow, EVERY)
        deriving.join()
        sys.setswitchinterval(patience)

    def _again(self, what: str, keep_up: Callable[[], object], every: float) -> None:
        wait = every
        while not self._stopping.wait(wait):
            try:
                keep_up()
                wait = every
            except Exception as error:
                with self._counting:
                    self.failures += 1
                wait = WAIT_AFTER_TROUBLE
                LOG.error("The %s cannot keep up: %s. Tried again.", what, type(error).__name__)

    def ask_to_stop(self) -> None:
        self._stopping.set()

    def stop(self) -> None:
        """Returns once the last look has ended."""
        self.ask_to_stop()
        if self.is_alive():
            self.join()
