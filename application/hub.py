"""The hub: loads what a command or a query needs, and records; the one thing faces are handed."""

import hashlib
from collections import OrderedDict
from collections.abc import Sequence
from datetime import datetime
from threading import Lock
from typing import TypeVar
from uuid import UUID

import msgspec

from application.ledger import DIRECTORY_STREAM, Ledger, agency_stream, disclosures_stream
from application.ports import BlindIndex, Clock, ReadModels
from domain import agency as agencies
from domain import directory as directories
from domain import disclosures as shown
from domain.case import Case, evolve
from domain.details import LocatorRecorded
from domain.directory import Agency, Directory, Person
from domain.disclosures import NOTHING_SHOWN, Disclosures
from domain.errors import AlreadyUsed, ChangedMeanwhile, NotFound
from domain.record import Command, Event

Held = TypeVar("Held")
HELD_IN_MEMORY = 500
TRIES = 20
SENT = "~"


class Loaded(msgspec.Struct, frozen=True):
    """A case as it stands, with the (command id, person) pairs its stream has seen, each with what was sent."""

    case: Case
    commands: dict[tuple[str, str], str] = {}


class Hub:
    """Streams, read models and the clock in one place; holds no rule."""

    def __init__(self, ledger: Ledger, rows: ReadModels, blind: BlindIndex, clock: Clock) -> None:
        self.ledger = ledger
        self.rows = rows
        self.blind = blind
        self.clock = clock
        self._cases: OrderedDict[UUID, Loaded] = OrderedDict()
        self._shown: OrderedDict[UUID, Disclosures] = OrderedDict()
        self._directory = Directory()
        self._lock = Lock()

    def now(self) -> datetime:
        return self.clock.now()

    def now_in(self, case: Case) -> datetime:
        """Now, but never before the case's last entry: a clock that was put back hides nothing and reorders nothing."""
        now = self.clock.now()
        return max(now, case.last_recorded) if case.last_recorded else now

    def case(self, case_id: UUID) -> Loaded:
        """The case after its newest event; a case that does not exist has version 0. Reads only what is new."""
        held = self._cases.get(case_id, Loaded(Case(id=case_id)))
        new = self.ledger.read(case_id, after=held.case.version)
        if new:
            case = held.case
            for event in new:
                case = evolve(case, event)
            held = Loaded(case, held.commands | dict(command_of(event) for event in new))
            self._hold(self._cases, case_id, held)
        return held

    def _hold(self, held: OrderedDict[UUID, Held], case_id: UUID, newest: Held) -> None:
        with self._lock:
            held[case_id] = newest
            held.move_to_end(case_id)
            while len(held) > HELD_IN_MEMORY:
                held.popitem(last=False)

    def case_at(self, case_id: UUID, at: datetime) -> Case:
        """The case folded from what had been recorded by `at`, and from nothing later."""
        case = Case(id=case_id)
        for event in self.ledger.read(case_id):
            if event.recorded > at:
                break
            case = evolve(case, event)
        return case

    def case_events(self, case_id: UUID) -> list[Event]:
        return self.ledger.read(case_id)

    def locator(self, case_id: UUID, position: int) -> object:
        """The value of the locator recorded at a position; read only when it is about to be shown."""
        (event,) = self.ledger.read(case_id, after=position - 1, until=position)
        if not isinstance(event, LocatorRecorded):
            raise NotFound
        return event.value

    def directory(self) -> Directory:
        new = self.ledger.read(DIRECTORY_STREAM, after=self._directory.version)
        directory = self._directory
        for event in new:
            directory = directories.evolve(directory, event)
        self._directory = directory
        return directory

    def person(self, who: str) -> tuple[Person, Agency]:
        """Raises: NotFound: when nobody of that name has an account."""
        directory = self.directory()
        person = directory.people.get(who)
        if person is None:
            raise NotFound
        return person, directory.agencies[person.agency]

    def disclosures(self, case_id: UUID) -> Disclosures:
        """What has been shown of a case up to now. Reads only what is new."""
        held = self._shown.get(case_id, NOTHING_SHOWN)
        new = self.ledger.read(disclosures_stream(case_id), after=held.version)
        if new:
            held = shown.fold(new, held)
            self._hold(self._shown, case_id, held)
        return held

    def unplaced(self, agency: str) -> agencies.Unplaced:
        return agencies.fold(self.ledger.read(agency_stream(agency)))

    def append_beside(self, stream: UUID, event: Event) -> None:
        """Append to a stream where order among writers does not matter; a lost race is tried again, never answered."""
        for _ in range(TRIES):
            version, last = self.ledger.newest(stream)
            timed = event if last is None or last <= event.recorded else msgspec.structs.replace(event, recorded=last)
            try:
                self.ledger.append(stream, version, [timed])
            except ChangedMeanwhile:
                continue
            return
        raise ChangedMeanwhile

    def append(self, stream: UUID, after: int, events: Sequence[Event]) -> None:
        """Raises: ChangedMeanwhile."""
        self.ledger.append(stream, after, events)

    def id_from(self, command_id: str, what: str) -> UUID:
        """An id that a repeated command makes again, and that nobody without the hub's key can work out beforehand."""
        return UUID(self.blind.key(f"id of a {what}", command_id)[:32])

    def reference_from(self, command_id: str) -> str:
        """A short reference for what a command makes; the same again when the command is repeated."""
        return self.id_from(command_id, "reference").hex[:12]

    def close(self) -> None:
        self.ledger.close()
        self.rows.close()


def command_of(event: Event) -> tuple[tuple[str, str], str]:
    """Whose command made the event, and the digest of what was sent with it."""
    command_id, _, sent = event.command.partition(SENT)
    return (command_id, event.by.person), sent


def sent_as(command_id: str, command: Command) -> str:
    """A command id with the digest of what is sent under it, so that another thing sent under it is noticed."""
    plain = msgspec.json.encode([type(command).__name__, command], order="deterministic")
    return f"{command_id}{SENT}{hashlib.sha256(plain).hexdigest()[:16]}"


def require_same(held: str, sent: str) -> None:
    """Raises: AlreadyUsed: when something else was sent under the same command id before; it is not swallowed."""
    if held and held != sent.partition(SENT)[2]:
        raise AlreadyUsed("Something else was sent under this number before. Reload the page and send this again.")
