"""Keeps read models and proof log up with the record: a thread beside an embedded hub, a process beside PostgreSQL."""

import logging
from threading import Event, Thread

from application.hub import Hub
from application.projections.catch_up import catch_up
from interfaces.storage.log import ProofLog

EVERY = 0.1
"""Seconds between two looks at the record: the stated delay of the proof log's head."""
AT_ONCE = 200
"""Entries derived from in one batch, between two turns of the log."""
WAIT_AFTER_TROUBLE = 2.0
LOG = logging.getLogger("hub.background")


def keep_up(hub: Hub, log: ProofLog) -> None:
    """Take in everything recorded by now: first the log, which proves it, then the rows derived from it.

    After every batch of these the log comes first again, so that its head does not wait for them.
    """
    log.follow()
    catch_up(hub, lambda _: log.follow(), AT_ONCE)


class Worker(Thread):
    """Keeps up until it is stopped; trouble is told by its name alone, and tried again."""

    def __init__(self, hub: Hub, log: ProofLog) -> None:
        super().__init__(name="keeping up", daemon=True)
        self._hub = hub
        self._log = log
        self._stopping = Event()
        self.failures = 0

    def run(self) -> None:
        wait = EVERY
        while not self._stopping.wait(wait):
            try:
                keep_up(self._hub, self._log)
                wait = EVERY
            except Exception as error:
                self.failures += 1
                wait = WAIT_AFTER_TROUBLE
                LOG.error("The read models and the proof log cannot keep up: %s. Tried again.", type(error).__name__)

    def ask_to_stop(self) -> None:
        self._stopping.set()

    def stop(self) -> None:
        """Returns once the last look has ended."""
        self.ask_to_stop()
        if self.is_alive():
            self.join()
