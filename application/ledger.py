"""The event store: streams of our events in the library's recorder, in one global order."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, cast
from uuid import NAMESPACE_URL, UUID, uuid5

import msgspec
from eventsourcing.application import Application
from eventsourcing.domain import DomainEventProtocol
from eventsourcing.persistence import IntegrityError, Mapper, StoredEvent

from domain.agency import AGENCY_EVENTS
from domain.case import CASE_EVENTS
from domain.directory import DIRECTORY_EVENTS
from domain.disclosures import DISCLOSURE_EVENTS
from domain.errors import ChangedMeanwhile
from domain.record import Event

EVENT_TYPES: tuple[type[Event], ...] = (*CASE_EVENTS, *DISCLOSURE_EVENTS, *AGENCY_EVENTS, *DIRECTORY_EVENTS)
TOPIC = "hub.event.1"
HUB = uuid5(NAMESPACE_URL, "urn:safeguarding-hub")
DIRECTORY_STREAM = uuid5(HUB, "directory")


def disclosures_stream(case: UUID) -> UUID:
    return uuid5(case, "disclosures")


def agency_stream(agency: str) -> UUID:
    return uuid5(HUB, f"agency:{agency}")


class UnknownTopic(LookupError):
    """A row names a kind of record this hub does not know; nothing is imported because a row names it."""


class StreamEvent(msgspec.Struct, frozen=True):
    """An event at its place: what the library's store carries."""

    originator_id: UUID
    originator_version: int
    event: Event


class EventMapper(Mapper[UUID]):
    """Turns events into bytes and back, strictly; the topic in a row is a constant and tells nothing."""

    def __init__(self) -> None:
        self._encoder = msgspec.json.Encoder()
        union: Any = EVENT_TYPES[0]
        for kind in EVENT_TYPES[1:]:
            union = union | kind
        self._decoder: msgspec.json.Decoder[Event] = msgspec.json.Decoder(union)

    def to_stored_event(self, domain_event: DomainEventProtocol[UUID]) -> StoredEvent:
        placed = cast(StreamEvent, domain_event)
        return StoredEvent(
            originator_id=placed.originator_id,
            originator_version=placed.originator_version,
            topic=TOPIC,
            state=self._encoder.encode(placed.event),
        )

    def to_domain_event(self, stored_event: StoredEvent) -> DomainEventProtocol[UUID]:
        if stored_event.topic != TOPIC:
            raise UnknownTopic(stored_event.topic)
        placed = StreamEvent(
            cast(UUID, stored_event.originator_id),
            stored_event.originator_version,
            self._decoder.decode(stored_event.state),
        )
        return cast(DomainEventProtocol[UUID], placed)


class Ledger(Application[UUID]):
    """Appends to streams and reads them; the library's Application with our mapper."""

    name = "hub"

    def construct_mapper(self) -> Mapper[UUID]:
        return EventMapper()

    def read(self, stream: UUID, after: int = 0, until: int | None = None) -> list[Event]:
        """The events of a stream with `after < version <= until`, in order."""
        placed = cast(Iterable[StreamEvent], self.events.get(stream, gt=after, lte=until))
        return [one.event for one in placed]

    def newest(self, stream: UUID) -> tuple[int, datetime | None]:
        """How long a stream is, and when its last event was recorded."""
        for stored in self.recorder.select_events(stream, desc=True, limit=1):
            placed = cast(StreamEvent, self.mapper.to_domain_event(stored))
            return placed.originator_version, placed.event.recorded
        return 0, None

    def append(self, stream: UUID, after: int, events: Sequence[Event]) -> None:
        """Write all of `events` behind version `after`, or none.

        Raises:
            ChangedMeanwhile: when somebody else appended to the stream first.
        """
        self.append_all([(stream, after, events)])

    def append_all(self, appends: Sequence[tuple[UUID, int, Sequence[Event]]]) -> None:
        """Write events behind the versions of several streams, all or none.

        Raises:
            ChangedMeanwhile: when somebody else appended to one of the streams first.
        """
        placed = [
            StreamEvent(stream, after + number, event)
            for stream, after, events in appends
            for number, event in enumerate(events, start=1)
        ]
        try:
            self.events.put(cast(Sequence[DomainEventProtocol[UUID]], placed))
        except IntegrityError as error:
            raise ChangedMeanwhile from error

    def follow(self, after: int, limit: int) -> list[tuple[int, UUID, bool]]:
        """(notification id, stream, whether it is a case's) of what was recorded after a position, in global order."""
        notifications = self.recorder.select_notifications(start=after + 1, limit=limit)
        found = []
        for notification in notifications:
            placed = cast(StreamEvent, self.mapper.to_domain_event(notification))
            found.append((notification.id, placed.originator_id, isinstance(placed.event, CASE_EVENTS)))
        return found
