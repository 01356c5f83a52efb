"""The state of a case, and of what was shown of it, as bytes and back; what is not looked at stays packed.

Acts of answering are most of a long case, and where they led is what is mostly asked for: the snapshot holds that and
the newest act of each agency. The acts before lie beside the snapshot, and are fetched when somebody looks at one.
"""

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any, Generic, TypeVar, overload
from uuid import UUID

import msgspec
from msgspec import msgpack

from domain.access import Access
from domain.actions import Checklist
from domain.assessment import (
    AgencyAnswers,
    Answer,
    Answering,
    AnswersOf,
    Assessment,
    BlankAnswer,
    Given,
    Point,
    QuestionsAnswered,
    Ticks,
)
from domain.case import Case
from domain.concerns import Concern, Concerns, DisagreementRecorded, Place, Vehicle
from domain.consents import Consents
from domain.details import Blank, Carer
from domain.disclosures import CorrectionTold, Disclosures, Opening
from domain.justifications import Justifications
from domain.links import Links
from domain.people import PersonOfConcern
from domain.record import Actor, Version, Versions, prepared
from domain.referrals import Referrals
from domain.requests import Requests
from domain.review import Reviews
from domain.risk import Proposal, Reasons, Risk, Standing
from domain.sharing import Sharing
from domain.team import Team
from domain.vocabulary import Change

FORMAT = 1
"""Goes up whenever the same events come to another state than before, or lie otherwise in a snapshot.

A changed shape of what lies in it is noticed without that: every snapshot begins with a digest of the shapes as well.
"""
Content = TypeVar("Content")
One = TypeVar("One")
Sent = tuple[str, str]
Actors = tuple[Actor, ...]
Packed = tuple[int, int, bytes]
"""How many there are, where the newest begins, and all of them one behind the other; of acts only the newest."""
NOTHING: Packed = (0, 0, b"")


class SnapshotOutdated(ValueError):
    """A snapshot of another format than this hub's; fold from the start instead."""


class Line(msgspec.Struct, Generic[Content], frozen=True, array_like=True):
    """A version of an item; `by` is a place in the list of actors, and its number is its own place."""

    position: int
    recorded: datetime
    by: int
    justification: str
    content: Content | None
    change: Change
    reason: str
    locator: bool
    ask_originator: bool
    private: bool
    rests_also: tuple[str, ...]


class ActLine(msgspec.Struct, frozen=True, array_like=True):
    """An act of answering."""

    position: int
    recorded: datetime
    by: int
    justification: str
    answers: tuple[Answer, ...]
    blanks: tuple[BlankAnswer, ...]


class GivenLine(msgspec.Struct, frozen=True, array_like=True):
    """An act of answering, as far as an answer that still stands tells of it."""

    position: int
    recorded: datetime
    by: int
    justification: str


class Stand(msgspec.Struct, frozen=True, array_like=True):
    """Where all acts of answering of one agency led; `given` names, per question, one of `acts` by its place there."""

    answers: AgencyAnswers
    acts: tuple[GivenLine, ...]
    given: dict[int, int]


class Body(msgspec.Struct, frozen=True, array_like=True):
    """A case in its snapshot: small parts as they are; versions, newest acts, commands and stands packed."""

    id: UUID
    version: int
    lead: str
    opened: datetime | None
    opened_by: str
    last_recorded: datetime | None
    actors: Actors
    details: dict[str, Packed]
    justifications: Justifications
    consents: Consents
    team: Team
    concerns: dict[str, Packed]
    disagreements: tuple[DisagreementRecorded, ...]
    people: dict[str, Packed]
    plans: dict[str, Packed]
    instrument: str
    ended_by: str
    assessment: dict[str, Packed]
    stands: dict[str, bytes]
    proposals: tuple[Proposal, ...]
    answered: int
    risk: dict[str, Packed]
    required: Checklist
    requests: Requests
    sharing: Sharing
    referrals: Referrals
    reviews: Reviews
    access: Access
    links: Links
    commands: Packed
    senders: tuple[str, ...]


class EarlierBody(msgspec.Struct, frozen=True, array_like=True):
    """What lies beside a snapshot: per item the acts of answering before its newest; `actors` as in the snapshot."""

    actors: Actors
    items: dict[str, bytes]


class ShownBody(msgspec.Struct, frozen=True, array_like=True):
    """What was shown of a case, in its snapshot."""

    version: int
    openings: tuple[Opening, ...]
    told: tuple[CorrectionTold, ...]


DETAIL = Line[str | Blank]
LINES: dict[str, Any] = {
    "carer": Line[Carer],
    "concern": Line[Concern],
    "place": Line[Place],
    "vehicle": Line[Vehicle],
    "person": Line[PersonOfConcern],
    "plan": Line[str],
    "ticks": Line[Ticks],
    "risk": Line[Standing],
    "risk.reasons": Line[Reasons],
}
"""What the versions of an item hold, by the kind of item; every other item is a detail."""


def _shapes() -> bytes:
    known = msgspec.inspect.multi_type_info([Body, EarlierBody, ShownBody, Stand, ActLine, DETAIL, *LINES.values()])
    return hashlib.sha256(repr(known).encode()).digest()[:8]


HEAD = bytes([FORMAT]) + _shapes()
_encoder = msgpack.Encoder()
_body = msgpack.Decoder(Body)
_earlier_body = msgpack.Decoder(EarlierBody)
_shown_body = msgpack.Decoder(ShownBody)
_stand = msgpack.Decoder(Stand)


@cache
def _one_of(kind: Any) -> msgpack.Decoder[Any]:
    return msgpack.Decoder(prepared(kind))


@cache
def _all_of(kind: Any) -> msgpack.Decoder[Any]:
    prepared(kind)
    return msgpack.Decoder(list[kind])


def _unpacked(count: int, lines: bytes, kind: Any) -> Any:
    """All of them; msgpack's mark of a long list goes before."""
    return _all_of(kind).decode(b"\xdd" + count.to_bytes(4, "big") + lines)


Fetch = Callable[[Actors], Mapping[str, bytes]]
"""Gives, of every item that has some, the acts of answering before its newest, told with these actors."""


class Earlier:
    """What lies beside a snapshot; fetched once, when somebody first looks at an act before the newest."""

    __slots__ = ("_fetch", "_items", "actors")

    def __init__(self, actors: Actors, fetch: Fetch) -> None:
        self.actors = actors
        self._fetch = fetch
        self._items: Mapping[str, bytes] | None = None

    def of(self, item: str) -> bytes:
        if self._items is None:
            self._items = self._fetch(self.actors)
        return self._items[item]


class Lazily(Sequence[One]):
    """Versions or acts of answering of an item as they lie in and beside a snapshot, unpacked when looked at."""

    __slots__ = ("_all", "_beside", "_count", "_kind", "_lines", "_make", "_newest", "_start", "actors", "item")

    def __init__(
        self, item: str, packed: Packed, actors: Actors, kind: Any, make: Callable[[str, Any, Actors, int], One],
        beside: Earlier | None = None,
    ) -> None:  # fmt: skip
        self.item = item
        self.actors = actors
        self._count, self._start, self._lines = packed
        self._beside = beside
        self._kind = kind
        self._make = make
        self._newest: One | None = None
        self._all: tuple[One, ...] | None = None

    @property
    def newest(self) -> bytes:
        """The newest, packed."""
        return self._lines[self._start :]

    @property
    def earlier(self) -> bytes:
        """All others, packed."""
        return self._beside.of(self.item) if self._beside and self._count > 1 else self._lines[: self._start]

    def __len__(self) -> int:
        return self._count

    @overload
    def __getitem__(self, place: int) -> One: ...
    @overload
    def __getitem__(self, place: slice) -> tuple[One, ...]: ...
    def __getitem__(self, place: int | slice) -> One | tuple[One, ...]:
        if isinstance(place, slice):
            return self._unpacked()[place]
        place = range(self._count)[place]
        return self._last() if place == self._count - 1 else self._unpacked()[place]

    def __iter__(self) -> Iterator[One]:
        return iter(self._unpacked())

    def __eq__(self, other: object) -> bool:
        return self._unpacked() == tuple(other) if isinstance(other, Sequence) else NotImplemented

    __hash__ = None  # type: ignore[assignment]  # how Python says that what may change has no hash

    def _last(self) -> One:
        if self._newest is None:
            line = _one_of(self._kind).decode(self.newest)
            self._newest = self._make(self.item, line, self.actors, self._count)
        return self._newest

    def _unpacked(self) -> tuple[One, ...]:
        if self._all is None:
            lines = _unpacked(self._count, self.earlier + self.newest, self._kind)
            self._all = tuple(self._make(self.item, line, self.actors, n) for n, line in enumerate(lines, start=1))
        return self._all


class Led:
    """Where the acts of answering of an agency led, as it lies in a snapshot; unpacked when asked for."""

    __slots__ = ("_actors", "_count", "_point", "packed")

    def __init__(self, count: int, packed: bytes, actors: Actors) -> None:
        self.packed = packed
        self._count = count
        self._actors = actors
        self._point: Point | None = None

    def __call__(self) -> Point:
        if self._point is None:
            stand = _stand.decode(self.packed)
            acts = [
                Given(line.position, line.recorded, self._actors[line.by], line.justification) for line in stand.acts
            ]
            given = {question: acts[place] for question, place in stand.given.items()}
            self._point = Point(self._count, stand.answers, given)
        return self._point


class Commands(Mapping[Sent, str]):
    """The (command id, person) pairs a stream has seen, each with the digest of what was sent; those before, packed."""

    __slots__ = ("_settled", "packed", "senders", "since")

    def __init__(
        self, packed: Packed = NOTHING, since: Mapping[Sent, str] | None = None, senders: tuple[str, ...] = ()
    ) -> None:
        self.packed = packed
        self.senders = senders
        self.since = dict(since or {})
        self._settled: dict[Sent, str] | None = None

    def __or__(self, more: Mapping[Sent, str]) -> "Commands":
        both = Commands(self.packed, self.since | dict(more), self.senders)
        both._settled = self._settled
        return both

    def __getitem__(self, sent: Sent) -> str:
        found = self.since.get(sent)
        return self._before()[sent] if found is None else found

    def __iter__(self) -> Iterator[Sent]:
        return iter(self._before() | self.since)

    def __len__(self) -> int:
        return len(self._before() | self.since)

    def _before(self) -> dict[Sent, str]:
        if self._settled is None:
            count, _, packed = self.packed
            lines = _unpacked(count, packed, tuple[Any, int, Any])
            self._settled = {(_long(command), self.senders[by]): _long(digest) for command, by, digest in lines}
        return self._settled


def _short(text: str) -> bytes | str:
    """Hexadecimal text in half the room; other text as it is."""
    try:
        plain = bytes.fromhex(text)
    except ValueError:
        return text
    return plain if plain.hex() == text else text


def _long(short: bytes | str) -> str:
    return short if isinstance(short, str) else short.hex()


def of_case(case: Case, commands: Mapping[Sent, str]) -> tuple[bytes, bytes]:
    """The snapshot of a case, and what lies beside it, which is nothing where no agency answered more than once.

    What came from a snapshot before it and is as it was goes into this one as it lay there.
    """
    keep = _Keeping(case)
    assessed = case.assessment.items
    seen = commands if isinstance(commands, Commands) else Commands(since=commands)
    count, _, known = seen.packed
    senders = {person: place for place, person in enumerate(seen.senders)}
    since = [
        _encoder.encode((_short(command), senders.setdefault(person, len(senders)), _short(digest)))
        for (command, person), digest in seen.since.items()
    ]
    body = Body(
        id=case.id,
        version=case.version,
        lead=case.lead,
        opened=case.opened,
        opened_by=case.opened_by,
        last_recorded=case.last_recorded,
        details=keep.items(case.details),
        justifications=case.justifications,
        consents=case.consents,
        team=case.team,
        concerns=keep.items(case.concerns.items),
        disagreements=case.concerns.disagreements,
        people=keep.items(case.people),
        plans=keep.items(case.plans),
        instrument=case.assessment.instrument,
        ended_by=case.assessment.ended_by,
        assessment=keep.items(assessed),
        stands={
            item: keep.stand(versions) for item, versions in assessed.items() if isinstance(versions, AnswersOf)
        },
        proposals=case.risk.proposals,
        answered=case.risk.answered,
        risk=keep.items(case.risk.items),
        required=case.risk.actions,
        requests=case.requests,
        sharing=case.sharing,
        referrals=case.referrals,
        reviews=case.reviews,
        access=case.access,
        links=case.links,
        commands=(count + len(since), 0, b"".join((known, *since))),
        senders=tuple(senders),
        actors=tuple(keep.actors),
    )
    beside = HEAD + _encoder.encode(_plain(EarlierBody(body.actors, keep.earlier))) if keep.earlier else b""
    return HEAD + _encoder.encode(_plain(body)), beside


def _plain(body: Any) -> Any:
    """With times as text, for a stated time keeps the offset it was stated with."""
    return msgspec.to_builtins(body, builtin_types=(bytes,))


class _Keeping:
    """Packs the items of one case, with one list of actors, which goes on from the list of the snapshot it came from.

    `earlier` are, per item packed so far, the acts of answering before its newest.
    """

    def __init__(self, case: Case, actors: Actors = ()) -> None:
        lying = (self._lying(versions) for versions in case.items.values())
        known = next((one.actors for one in lying if one is not None), actors)
        self.actors = {actor: place for place, actor in enumerate(known)}
        self.earlier: dict[str, bytes] = {}

    def _lying(self, versions: Versions) -> Lazily[Any] | None:
        """What of an item lies in a snapshot, if anything."""
        before = versions.earlier if isinstance(versions, AnswersOf) else versions
        return before if isinstance(before, Lazily) else None

    def items(self, items: Mapping[str, Versions]) -> dict[str, Packed]:
        return {item: self.item(item, versions) for item, versions in items.items()}

    def item(self, item: str, versions: Versions) -> Packed:
        lying = self._lying(versions)
        lines = [] if lying is None else [lying.earlier, lying.newest]
        if isinstance(versions, AnswersOf):
            lines += [_encoder.encode(self._act(act)) for act in versions.since]
        elif lying is None:
            lines += [_encoder.encode(self._line(version)) for version in versions]
        *before, newest = lines
        earlier = b"".join(before)
        if not isinstance(versions, AnswersOf):
            return len(versions), len(earlier), earlier + newest
        if earlier:
            self.earlier[item] = earlier
        return len(versions), 0, newest

    def _place(self, actor: Actor) -> int:
        return self.actors.setdefault(actor, len(self.actors))

    def stand(self, versions: AnswersOf) -> bytes:
        """Where the acts of an agency led; as it lay, where none came since."""
        lying = versions.after_them
        if isinstance(lying, Led) and not versions.since:
            return lying.packed
        acts: dict[Given, int] = {}
        given = {question: acts.setdefault(act, len(acts)) for question, act in versions.point.given.items()}
        lines = tuple(
            GivenLine(act.position, act.recorded, self._place(act.by), act.justification) for act in acts
        )
        return _encoder.encode(Stand(versions.point.answers, lines, given))

    def _act(self, act: Answering) -> ActLine:
        position, event = act
        by = self._place(event.by)
        return ActLine(position, event.recorded, by, event.justification, event.answers, event.blanks)

    def _line(self, v: Version) -> Line[Any]:
        return Line(
            v.position, v.recorded, self._place(v.by), v.justification, v.content, v.change, v.reason, v.locator,
            v.ask_originator, v.private, v.rests_also,
        )  # fmt: skip


def case_in(state: bytes, fetch: Fetch) -> tuple[Case, Commands]:
    """The case in a snapshot, with the commands its stream had seen; `fetch` gives what lies beside it.

    Raises: SnapshotOutdated
    """
    body = _read(_body, state)
    actors, beside = body.actors, Earlier(body.actors, fetch)
    return Case(
        id=body.id,
        version=body.version,
        lead=body.lead,
        opened=body.opened,
        opened_by=body.opened_by,
        last_recorded=body.last_recorded,
        details=_items(body.details, actors),
        justifications=body.justifications,
        consents=body.consents,
        team=body.team,
        concerns=Concerns(_items(body.concerns, actors), body.disagreements),
        people=_items(body.people, actors),
        plans=_items(body.plans, actors),
        assessment=Assessment(
            body.instrument,
            body.ended_by,
            {
                item: _answers(item, packed, beside, body.stands[item])
                if item in body.stands
                else _versions(item, packed, actors)
                for item, packed in body.assessment.items()
            },
        ),
        risk=Risk(body.proposals, body.answered, _items(body.risk, actors), body.required),
        requests=body.requests,
        sharing=body.sharing,
        referrals=body.referrals,
        reviews=body.reviews,
        access=body.access,
        links=body.links,
    ), Commands(body.commands, senders=body.senders)


def _read(decoder: msgpack.Decoder[One], state: bytes) -> One:
    if not state.startswith(HEAD):
        raise SnapshotOutdated
    try:
        return decoder.decode(memoryview(state)[len(HEAD) :])
    except msgspec.DecodeError as error:
        raise SnapshotOutdated from error


def _items(packed: dict[str, Packed], actors: Actors) -> dict[str, Versions]:
    return {item: _versions(item, one, actors) for item, one in packed.items()}


def _versions(item: str, packed: Packed, actors: Actors) -> Versions:
    return Lazily(item, packed, actors, LINES.get(item.partition(":")[0], DETAIL), _version)


def _version(item: str, line: Line[Any], actors: Actors, number: int) -> Version:
    return Version(
        item=item,
        number=number,
        position=line.position,
        recorded=line.recorded,
        by=actors[line.by],
        justification=line.justification,
        content=line.content,
        change=line.change,
        reason=line.reason,
        locator=line.locator,
        ask_originator=line.ask_originator,
        private=line.private,
        rests_also=line.rests_also,
    )


def _answers(item: str, packed: Packed, beside: Earlier, stand: bytes) -> AnswersOf:
    acts = Lazily(item, packed, beside.actors, ActLine, _act, beside)
    return AnswersOf(item, acts, Led(packed[0], stand, beside.actors))


def _act(_: str, line: ActLine, actors: Actors, number: int) -> Answering:
    """The act as far as its version tells of it: under which command it was done lies elsewhere."""
    return line.position, QuestionsAnswered(
        by=actors[line.by],
        recorded=line.recorded,
        command="",
        justification=line.justification,
        answers=line.answers,
        blanks=line.blanks,
    )


def earlier_in(beside: bytes, actors: Actors) -> Mapping[str, bytes]:
    """What lies beside a snapshot, for the one that was made with it: both tell of the same actors by their places.

    Raises: SnapshotOutdated
    """
    body = _read(_earlier_body, beside)
    if body.actors != actors:
        raise SnapshotOutdated
    return body.items


def earlier_of(case: Case, actors: Actors) -> Mapping[str, bytes]:
    """What would lie beside a snapshot of a case, told with the actors of that snapshot."""
    keep = _Keeping(case, actors)
    for item, versions in case.items.items():
        keep.item(item, versions)
    return keep.earlier


def of_shown(shown: Disclosures) -> bytes:
    """The snapshot of what was shown of a case."""
    return HEAD + _encoder.encode(_plain(ShownBody(shown.version, shown.openings, shown.told)))


def shown_in(state: bytes) -> Disclosures:
    """What was shown of a case, from a snapshot.

    Raises: SnapshotOutdated
    """
    body = _read(_shown_body, state)
    return Disclosures(body.version, {opening.key: opening for opening in body.openings}, body.told)
