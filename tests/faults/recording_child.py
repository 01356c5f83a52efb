"""A client that records in a hub and says what was acknowledged: the process that is killed or whose disk fails."""

import json
import os
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any, cast
from uuid import UUID

import msgspec

from application.commands.acts import act
from application.commands.opening import open_case
from application.hub import Hub
from application.ledger import StreamEvent
from application.queries.case_as_seen import case_as_seen
from domain.record import Event
from interfaces.background import keep_up
from interfaces.bootstrap import build_hub, log_of
from interfaces.demo.replay import ScenarioClock
from interfaces.settings import create_home, read_settings
from tests.builders import a_case, a_concern, a_justification, a_partnership, concern_data

STANDS_AT = datetime(2026, 1, 12, 9, 0, tzinfo=UTC)
TRIES = 3
LOOK = "look"
NAMING = {"name": "Rosa Lindqvist", "date_of_birth": "2011-02-03"}
PAGE_IN_LOG = 4120
MAIN = "MainThread"


class Said(msgspec.Struct, frozen=True):
    """One command as a client sends it, under the id it sends again when it has had no answer."""

    command_id: str
    by: str
    name: str
    data: dict[str, Any] = {}


class Plan(msgspec.Struct, frozen=True):
    """How a command errs on purpose, so that the check can be seen to find it; nothing of it is on in a real run."""

    answers_early: bool = False
    writes_by_halves: bool = False


class Teller:
    """The line to whoever watches: one message at a time, by a call that no fault is put into."""

    def __init__(self, line: socket.socket) -> None:
        self._line = line

    def tell(self, *message: Any) -> None:
        self._line.send(json.dumps(message).encode())

    def wait(self) -> None:
        """Until the watcher says go on."""
        self._line.recv(1)


def the_commands() -> list[Said]:
    """What is recorded: most commands are several events, one is events in two streams, two are looks."""
    return [Said(f"crash-{number:04}", *one) for number, one in enumerate(_told())]


def _told() -> Iterator[tuple[Any, ...]]:
    child = {**NAMING, "address": "3 Quay Street", "postcode": "UB8 1AA", "school": "The school", "gender": "female"}
    carer = {"id": "K1", "name": "Ines Lindqvist", "relationship": "mother", "safe_to_inform": "yes"}
    yield "ben", "open_case", {"justification": a_justification("J1"), "child": child}
    yield "priya", "join_team", {"person": "priya", "reason": "On duty."}
    yield "priya", "give_justification", a_justification("JL")
    yield "ben", "record_concern", concern_data("C1")
    yield "ben", "record_details", {
        "justification": "J1",
        "child": {"telephone": "07700 900123", "usual_places": "The quay", "address": "5 Quay Street"},
        "carers": [carer],
    }  # fmt: skip
    yield "priya", "start_assessment", {"justification": "JL"}
    yield "priya", "answer_questions", {
        "justification": "JL",
        "answers": [{"question": 1, "option": 1, "note": "Heard on the visit."}],
    }  # fmt: skip
    yield "priya", LOOK
    yield "priya", "decide_sharing", {
        "id": "S1", "justification": "JL", "outcome": "share", "with": "police", "persons": ["sam"],
        "items": [{"item": "concern:C1", "showing": "full"}, {"item": "child.name", "showing": "full"}],
    }  # fmt: skip
    yield "sam", LOOK
    yield "ben", "correct_concern", {
        "concern": "C1", "justification": "J1", "change": {"narrative": "Seen from the gate."}, "reason": "Misheard.",
    }  # fmt: skip
    yield "priya", "withdraw_sharing", {"decision": "S1", "reason": "No longer needed."}


def prepare(home: Path, pages: int) -> Hub:
    """A hub with a partnership and history until its write-ahead log has so many pages.

    Whoever ends without closing it leaves that log as a crash would.
    """
    create_home(home)
    settings = read_settings(home)
    hub = a_partnership(build_hub(settings, ScenarioClock(STANDS_AT)))
    log = settings.events.with_name(f"{settings.events.name}-wal")
    number = 0
    while number == 0 or (log.exists() and log.stat().st_size < pages * PAGE_IN_LOG):
        if number % 40 == 0:
            case = a_case(hub, name=f"Child {number}", born="2010-05-14")
        a_concern(hub, case, f"C{number}")
        number += 1
    keep_up(hub, log_of(hub))
    return hub


def opened(home: Path) -> Hub:
    """Raises: LogWentBack: when the record is not the one that was signed."""
    hub = build_hub(read_settings(home), ScenarioClock(STANDS_AT))
    log_of(hub).check_start()
    return hub


def follow(hub: Hub) -> None:
    """What the worker does beside the commands; what goes wrong it tries again the next time."""
    with suppress(Exception):
        keep_up(hub, log_of(hub))


def case_of(hub: Hub, said: list[Said]) -> UUID:
    """The id the first of the commands gives the case it opens."""
    return hub.id_from(f"{said[0].by}:{said[0].command_id}", "case")


def do(hub: Hub, said: Said, case: UUID) -> None:
    """Raises: Exception: whatever the hub answers when it does not acknowledge."""
    if said.name == "open_case":
        open_case(hub, said.by, said.data, command_id=said.command_id)
    elif said.name == LOOK:
        case_as_seen(hub, said.by, case, what=said.command_id)
    else:
        act(hub, said.by, case, said.name, said.data, command_id=said.command_id, named=True)


def record(home: Path, teller: Teller, plan: Plan) -> None:
    """Open the hub and send every command; one that is refused is sent again under the same id, then let go."""
    teller.wait()
    hub = _opened_in_the_end(home, teller)
    if hub is None:
        return
    beside = [one for one in threading.enumerate() if one is not threading.main_thread()]
    teller.tell("threads", {str(os.getpid()): MAIN, **{str(one.native_id): one.name for one in beside}})
    teller.wait()
    commands = the_commands()
    case = case_of(hub, commands)
    if plan.writes_by_halves:
        _write_by_halves(hub)
    for said in commands:
        if plan.answers_early:
            teller.tell("done", said.command_id)
        if _went_well(partial(do, hub, said, case), said.command_id, teller):
            teller.tell("done", said.command_id)
        else:
            teller.tell("read" if _readable(hub) else "unread", said.command_id)
        follow(hub)
    _went_well(hub.close, "close", teller)
    teller.tell("ended")


def _opened_in_the_end(home: Path, teller: Teller) -> Hub | None:
    found: list[Hub] = []
    _went_well(lambda: found.append(opened(home)), "open", teller)
    return found[0] if found else None


def _went_well(attempt: Callable[[], None], name: str, teller: Teller) -> bool:
    for _ in range(TRIES):
        try:
            attempt()
        except Exception as error:
            teller.tell("refused", name, type(error).__name__)
        else:
            return True
    teller.tell("gave up", name)
    return False


def _readable(hub: Hub) -> bool:
    """Whether what was recorded before can still be read."""
    try:
        return bool(recorded(hub))
    except Exception:
        return False


def recorded(hub: Hub) -> list[tuple[str, Event]]:
    """Every event with its stream, in the order in which they were recorded."""
    found: list[tuple[str, Event]] = []
    number = 0
    while page := hub.ledger.recorder.select_notifications(start=number + 1, limit=1000):
        placed = [cast(StreamEvent, hub.ledger.mapper.to_domain_event(one)) for one in page]
        found += [(str(one.originator_id), one.event) for one in placed]
        number = page[-1].id
    return found


def _write_by_halves(hub: Hub) -> None:
    whole = hub.ledger.append_all

    def append_all(appends: Any) -> None:
        for stream, after, events in appends:
            for number, event in enumerate(events):
                whole([(stream, after + number, [event])])

    hub.ledger.append_all = append_all  # type: ignore[method-assign]


def start(home: Path, plan: Plan) -> tuple[int, socket.socket]:
    """A process of its own that records, waiting for the go-ahead; its id, and our end of the line."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    pid = os.fork()
    if pid == 0:
        ours.close()
        code = 1
        try:
            record(home, Teller(theirs), plan)
            code = 0
        finally:
            os._exit(code)
    theirs.close()
    return pid, ours
