"""The event store: streams of our events, sealed, in the library's recorder, in one global order."""

import hashlib
import json
from base64 import b64decode, b64encode
from collections.abc import Iterable, Iterator, Sequence, Set
from datetime import datetime
from hmac import digest as hmac
from typing import Any, Protocol, cast
from uuid import NAMESPACE_URL, UUID, uuid5

import msgspec
from eventsourcing.application import Application
from eventsourcing.domain import DomainEventProtocol
from eventsourcing.persistence import IntegrityError, Mapper, OperationalError, StoredEvent
from eventsourcing.utils import EnvType

from application.ports import KeyDestroyed, Seal, SealBroken
from domain.accounts import ACCOUNT_EVENTS
from domain.agency import AGENCY_EVENTS
from domain.case import CASE_EVENTS
from domain.destruction import DESTRUCTION_EVENTS
from domain.details import LocatorRecorded
from domain.directory import DIRECTORY_EVENTS
from domain.disclosures import DISCLOSURE_EVENTS, CaseExported
from domain.errors import ChangedMeanwhile, OutcomeUnknown, RecordUnreadable
from domain.record import Event, prepared
from domain.referrals import ReferralMade
from domain.sharing import Shared, SharingRefused, SharingWithdrawn

EVENT_TYPES: tuple[type[Event], ...] = (
    *CASE_EVENTS, *DISCLOSURE_EVENTS, *AGENCY_EVENTS, *DIRECTORY_EVENTS, *DESTRUCTION_EVENTS,
    *ACCOUNT_EVENTS,
)  # fmt: skip
RECEIPTED: tuple[type[Event], ...] = (Shared, SharingRefused, SharingWithdrawn, CaseExported, ReferralMade)
"""Events of which a receipt may be handed out: their rows carry a commitment to every field."""

TOPIC = "hub.event.1"
STEP = 256
HUB = uuid5(NAMESPACE_URL, "urn:safeguarding-hub")


class Stream(msgspec.Struct, frozen=True):
    """A stream of events and whose key seals them."""

    id: UUID
    owner: str


Append = tuple[Stream, int, Sequence[Event]]
"""What is written behind a version of a stream."""
DIRECTORY_STREAM = Stream(uuid5(HUB, "directory"), "hub")
DESTRUCTIONS_STREAM = Stream(uuid5(HUB, "destructions"), "hub")
ACCOUNTS_STREAM = Stream(uuid5(HUB, "accounts"), "hub")


OF_A_CASE = "case:"


def owner_of_case(case: UUID) -> str:
    return f"{OF_A_CASE}{case.hex}"


def case_of_owner(owner: str) -> UUID | None:
    """The case an owner stands for, where it stands for one."""
    return UUID(owner.removeprefix(OF_A_CASE)) if owner.startswith(OF_A_CASE) else None


def owner_of_locators(case: UUID) -> str:
    return f"locators:{case.hex}"


def case_stream(case: UUID) -> Stream:
    return Stream(case, owner_of_case(case))


def disclosures_stream(case: UUID) -> Stream:
    return Stream(uuid5(case, "disclosures"), owner_of_case(case))


def agency_stream(agency: str) -> Stream:
    return Stream(uuid5(HUB, f"agency:{agency}"), f"agency:{agency}")


class UnknownTopic(LookupError):
    """A row names a kind of record this hub does not know; nothing is imported because a row names it."""


class StreamEvent(msgspec.Struct, frozen=True):
    """An event at its place, and whose key seals it: what the library's store carries."""

    originator_id: UUID
    originator_version: int
    event: Event
    owner: str = ""


SealedRow = tuple[int, bytes, int, str, bytes]
"""A row as the proof log hashes it: number, stream (16 bytes), version, topic, state."""


class HubRecorder(Protocol):
    """What both stores offer beside the library's own recorder."""

    def tails(self, wanted: Sequence[tuple[UUID, int]]) -> list[StoredEvent]:
        """Rows of several streams behind the versions given, by stream and version, in one round trip."""
        ...

    def sealed_rows(self, after: int, limit: int) -> list[SealedRow]:
        """The rows behind a number, in global order."""
        ...

    def touched(self, after: int, limit: int) -> list[tuple[int, UUID, int, bytes]]:
        """(number, stream, version, first bytes of the state) of the rows behind a number, in global order."""
        ...

    def sealed_row(self, stream: UUID, version: int) -> SealedRow | None:
        """The row at a place, if there is one."""
        ...

    def count(self) -> int:
        """How many rows there are."""
        ...


class EventMapper(Mapper[UUID]):
    """Turns events into sealed bytes and back, strictly; the topic in a row is a constant and tells nothing."""

    def __init__(self, seal: Seal) -> None:
        self.seal = seal
        self._encode = msgspec.json.Encoder().encode
        union: Any = EVENT_TYPES[0]
        for kind in EVENT_TYPES[1:]:
            union = union | kind
        self._decode = msgspec.json.Decoder(prepared(union)).decode

    def to_stored_event(self, domain_event: DomainEventProtocol[UUID]) -> StoredEvent:
        placed = cast(StreamEvent, domain_event)
        stream, version, event = placed.originator_id, placed.originator_version, placed.event
        place = place_of(stream, version)
        if isinstance(event, LocatorRecorded):
            value = self.seal.close(owner_of_locators(stream), place + b"|locator", msgspec.json.encode(event.value))
            event = msgspec.structs.replace(event, value=b64encode(value).decode())
        plain = self._encode(event)
        commitment = b""
        if isinstance(event, RECEIPTED):
            commitment = commitment_to(fields_of(plain), self.seal.salt(placed.owner, place))
        padded = plain.ljust(-(-len(plain) // STEP) * STEP)
        state = self.seal.close(placed.owner, place, padded, commitment)
        return StoredEvent(originator_id=stream, originator_version=version, topic=TOPIC, state=state)

    def to_domain_event(self, stored_event: StoredEvent) -> DomainEventProtocol[UUID]:
        stream = cast(UUID, stored_event.originator_id)
        placed = StreamEvent(stream, stored_event.originator_version, self.event_of(stored_event))
        return cast(DomainEventProtocol[UUID], placed)

    def event_of(self, stored: StoredEvent) -> Event:
        if stored.topic != TOPIC:
            raise UnknownTopic(stored.topic)
        plain = self.seal.open(place_of(stored.originator_id, stored.originator_version), stored.state)
        event: Event = self._decode(plain)
        return event

    def locator_in(self, stored: StoredEvent) -> object:
        """The value of the locator a row records, which lies under a key of its own."""
        event = self.event_of(stored)
        if not isinstance(event, LocatorRecorded) or not isinstance(event.value, str):
            raise SealBroken
        place = place_of(stored.originator_id, stored.originator_version) + b"|locator"
        plain = self.seal.open(place, b64decode(event.value))
        return msgspec.json.decode(plain, type=prepared(LocatorRecorded.__annotations__["value"]))


def place_of(stream: object, version: int) -> bytes:
    """Where a row stands: what its seal is bound to, beside the store and the key."""
    return f"{cast(UUID, stream).hex}|{version}|{TOPIC}".encode()


def fields_of(plain: bytes) -> dict[str, Any]:
    found: dict[str, Any] = msgspec.json.decode(plain)
    return found


def canonical(name: str, value: Any) -> bytes:
    """A field as it is committed to: JSON of `{name: value}`, keys sorted, without spaces, in UTF-8."""
    return json.dumps({name: value}, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def commitment_to(fields: dict[str, Any], salt: bytes) -> bytes:
    """A hash that binds every field, of which each can be opened alone; see `interfaces/storage/verifying.py`."""
    return hashlib.sha256(b"".join(shut(name, fields[name], salt) for name in sorted(fields))).digest()


def salt_of_field(name: str, salt: bytes) -> bytes:
    return hmac(salt, name.encode(), hashlib.sha256)


def shut(name: str, value: Any, salt: bytes) -> bytes:
    return hashlib.sha256(salt_of_field(name, salt) + canonical(name, value)).digest()


class Receipted(msgspec.Struct, frozen=True):
    """What a receipt is made of, but for its place in the log: some fields open, of the others a digest each."""

    row: SealedRow
    opened: dict[str, dict[str, Any]]
    closed: dict[str, str]


class Tails:
    """Rows of several streams, still sealed."""

    def __init__(self, ledger: "Ledger", after: dict[UUID, int], rows: Sequence[StoredEvent]) -> None:
        self._ledger = ledger
        self._after = after
        self._rows: dict[object, list[StoredEvent]] = {}
        for row in rows:
            self._rows.setdefault(row.originator_id, []).append(row)

    def events(self, stream: Stream) -> list[Event]:
        """Raises as `Ledger.read` does."""
        rows = self._rows.get(stream.id, [])
        return list(self._ledger.opened_in_order(stream, self._after[stream.id], rows))


class Ledger(Application[UUID]):
    """Appends to streams and reads them; the library's Application with our mapper."""

    name = "hub"

    def __init__(self, seal: Seal, env: EnvType | None = None) -> None:
        self.seal = seal
        super().__init__(env)
        self.rows = cast(HubRecorder, self.recorder)
        self._events = cast(EventMapper, self.mapper)

    def construct_mapper(self) -> Mapper[UUID]:
        return EventMapper(self.seal)

    def read(self, stream: Stream, after: int = 0, until: int | None = None) -> list[Event]:
        """The events of a stream with `after < version <= until`, in order.

        Raises:
            RecordUnreadable: when one of them does not open.
            KeyDestroyed: when the stream's key was destroyed by decision.
        """
        return list(self.read_each(stream, after, until))

    def read_each(self, stream: Stream, after: int = 0, until: int | None = None) -> Iterator[Event]:
        """As `read`, each opened when it is asked for."""
        return self.opened_in_order(stream, after, self.recorder.select_events(stream.id, gt=after, lte=until))

    def tails(self, wanted: Sequence[tuple[Stream, int]]) -> "Tails":
        """What came behind a version in each of several streams, in one round trip; opened when asked for."""
        behind = [(stream.id, after) for stream, after in wanted]
        return Tails(self, dict(behind), self.rows.tails(behind))

    def opened_in_order(self, stream: Stream, after: int, rows: Sequence[StoredEvent]) -> Iterator[Event]:
        """The events of rows that run on from a version; where one is missing, nothing behind it is believed.

        Raises:
            RecordUnreadable, KeyDestroyed
        """
        if rows and rows[-1].originator_version != after + len(rows):
            raise RecordUnreadable
        try:
            for one in rows:
                yield self.opened(one)
        except KeyDestroyed as gone:
            if gone.args != (stream.owner,):  # the row is another's, put here
                raise RecordUnreadable from gone
            raise

    def opened(self, stored: StoredEvent) -> Event:
        try:
            return self._events.event_of(stored)
        except (SealBroken, UnknownTopic, msgspec.MsgspecError) as error:
            raise RecordUnreadable from error

    def version_of(self, stream: UUID) -> int:
        """How many events a stream has; nothing is opened."""
        stored = self.recorder.select_events(stream, desc=True, limit=1)
        return next((one.originator_version for one in stored), 0)

    def newest(self, stream: Stream) -> tuple[int, datetime | None]:
        """How long a stream is, and when its last event was recorded."""
        for stored in self.recorder.select_events(stream.id, desc=True, limit=1):
            return stored.originator_version, self.opened(stored).recorded
        return 0, None

    def locator(self, case: UUID, position: int) -> object:
        """The value of the locator recorded at a position of a case. Raises: KeyDestroyed, RecordUnreadable."""
        try:
            (stored,) = self.recorder.select_events(case, gt=position - 1, lte=position)
            return self._events.locator_in(stored)
        except (SealBroken, ValueError, msgspec.MsgspecError) as error:
            raise RecordUnreadable from error

    def receipted(self, stream: Stream, version: int, shown: Set[str]) -> Receipted:
        """A row with those of its fields opened that may be shown, and the digests of the others.

        Raises:
            RecordUnreadable, KeyDestroyed
        """
        row = self.rows.sealed_row(stream.id, version)
        if row is None:
            raise RecordUnreadable
        place, state = place_of(stream.id, version), row[4]
        try:
            fields = fields_of(self.seal.open(place, state))
            salt = self.seal.salt_of(place, state)
        except SealBroken as error:
            raise RecordUnreadable from error
        opened = {
            name: {"salt": b64encode(salt_of_field(name, salt)).decode(), "value": value}
            for name, value in fields.items() if name in shown
        }  # fmt: skip
        closed = {name: b64encode(shut(name, fields[name], salt)).decode() for name in fields if name not in shown}
        return Receipted(row, opened, closed)

    def append(self, stream: Stream, after: int, events: Sequence[Event]) -> None:
        """Write all of `events` behind version `after`, or none.

        Raises:
            ChangedMeanwhile: when somebody else appended to the stream first, or destroyed the case.
            OutcomeUnknown: when the store did not answer; looking for the command id tells what became of it.
        """
        self.append_all([(stream, after, events)])

    def append_all(self, appends: Sequence[Append]) -> None:
        """Write events behind the versions of several streams, all or none. Raises as `append` does."""
        try:
            stored = [
                self._events.to_stored_event(
                    cast(DomainEventProtocol[UUID], StreamEvent(stream.id, after + number, event, stream.owner))
                )
                for stream, after, events in appends
                for number, event in enumerate(events, start=1)
            ]
            self.recorder.insert_events(stored)
        except (IntegrityError, KeyDestroyed) as error:
            raise ChangedMeanwhile from error
        except OperationalError as error:
            raise OutcomeUnknown from error

    def count(self) -> int:
        """How many events are on record."""
        return self.rows.count()

    def follow(self, after: int, limit: int) -> list[tuple[int, UUID, int, str]]:
        """(number, stream, version, whose key seals it) of what was recorded after a number, in global order.

        Nothing is opened; the owner is empty where the row names no key that was ever kept.
        """
        touched = self.rows.touched(after, limit)
        return [(number, stream, version, self._owner(head)) for number, stream, version, head in touched]

    def _owner(self, head: bytes) -> str:
        try:
            return self.seal.owner_of(head)
        except (SealBroken, KeyDestroyed):
            return ""

    def cases(self) -> Iterable[UUID]:
        """Every case whose key exists."""
        return (UUID(owner.partition(":")[2]) for owner in self.seal.owners("case"))
