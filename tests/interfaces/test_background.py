"""What keeps up beside a hub: the proof log and the read models, neither waiting for the other."""

import logging
import sqlite3
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from time import sleep
from uuid import UUID

import pytest

from application.hub import Hub
from application.ledger import case_stream
from domain.record import Actor
from domain.team import TeamJoined
from domain.vocabulary import Role
from interfaces.background import Worker, keep_up
from interfaces.bootstrap import log_of
from tests.builders import a_case, a_hub, a_partnership, settings_in


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[Hub]:
    """A hub with a case, its log and read models up with the record."""
    hub = a_partnership(a_hub(tmp_path))
    keep_up(hub, log_of(hub))
    yield hub
    hub.close()


def join_unseen(hub: Hub, case: UUID, who: str) -> None:
    """Recorded with nothing taken in yet, as by another process."""
    event = TeamJoined(person=who, reason="r", by=Actor(who, Role.PRACTITIONER, "csc"), recorded=hub.now(), command=who)
    hub.append(case_stream(case), hub.case(case).case.version, [event])


def wait_for(come: Callable[[], bool]) -> None:
    """However slow the machine: a worker that never comes ends with the test's own time."""
    while not come():
        sleep(0.02)


def logged(hub: Hub) -> int:
    head = log_of(hub).head()
    return head.size if head else 0


def test_the_worker_brings_log_and_read_models_up_and_ends_whole(hub: Hub) -> None:
    """Once stopped, no thread of it is left, and the interpreter takes turns as before."""
    case = a_case(hub)
    threads, patience = set(threading.enumerate()), sys.getswitchinterval()
    worker = Worker(hub, log_of(hub))
    worker.start()
    join_unseen(hub, case, "ada")
    wait_for(lambda: logged(hub) == hub.ledger.count() and hub.rows.position() == hub.ledger.count())
    worker.stop()

    assert (0, False) == (worker.failures, worker.is_alive())
    assert (threads, patience) == (set(threading.enumerate()), sys.getswitchinterval())


def test_the_logs_head_does_not_wait_for_the_read_models(hub: Hub, tmp_path: Path) -> None:
    """While somebody holds the read models' file, what is recorded is proven all the same; the rows come later."""
    case = a_case(hub)
    worker = Worker(hub, log_of(hub))
    with closing(sqlite3.connect(settings_in(tmp_path).rows, isolation_level=None)) as holding:
        holding.execute("BEGIN IMMEDIATE")
        before = hub.rows.position()
        worker.start()
        for who in ("ada", "tom"):
            join_unseen(hub, case, who)
            wait_for(lambda: logged(hub) == hub.ledger.count())

        assert before == hub.rows.position()
        holding.execute("ROLLBACK")
    wait_for(lambda: hub.rows.position() == hub.ledger.count())
    worker.stop()


def test_trouble_is_told_by_name_and_tried_again(
    hub: Hub, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """A log that cannot go on says so without saying what is recorded; the read models go on, and it comes back."""
    case = a_case(hub)
    keep_up(hub, log_of(hub))
    head = settings_in(tmp_path).keys / "log.head"
    signed = head.read_text("utf-8")
    head.write_text("spoilt", "utf-8")
    worker = Worker(hub, log_of(hub))
    with caplog.at_level(logging.ERROR, "hub.background"):
        worker.start()
        join_unseen(hub, case, "ada")
        wait_for(lambda: hub.rows.position() == hub.ledger.count() and worker.failures > 0)
    stood = logged(hub)
    head.write_text(signed, "utf-8")
    wait_for(lambda: logged(hub) == hub.ledger.count())
    worker.stop()

    assert stood == hub.ledger.count() - 1
    assert {"The proof log cannot keep up: NotGenuine. Tried again."} == {one.getMessage() for one in caplog.records}
