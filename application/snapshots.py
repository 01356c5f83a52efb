"""The state of a case, and of what was shown of it, as bytes and back; what is not looked at stays packed."""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any, Generic, TypeVar, overload
from uuid import UUID

import msgspec
from msgspec import msgpack

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
from domain.people import PersonOfConcern
from domain.record import Actor, Version, Versions
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
Packed = tuple[int, int, bytes]
"""How many there are, where the newest begins, and all of them one behind the other."""
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
    """A case in its snapshot: small parts as they are; versions, acts of answering and commands packed, stands too."""

    id: UUID
    version: int
    lead: str
    opened: datetime | None
    opened_by: str
    last_recorded: datetime | None
    actors: tuple[Actor, ...]
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
    requests: Requests
    sharing: Sharing
    referrals: Referrals
    reviews: Reviews
    commands: Packed


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
    known = msgspec.inspect.multi_type_info([Body, ShownBody, Stand, ActLine, DETAIL, *LINES.values()])
    return hashlib.sha256(repr(known).encode()).digest()[:8]


HEAD = bytes([FORMAT]) + _shapes()
_encoder = msgpack.Encoder()
_body = msgpack.Decoder(Body)
_shown_body = msgpack.Decoder(ShownBody)
_stand = msgpack.Decoder(Stand)


@cache
def _one_of(kind: Any) -> msgpack.Decoder[Any]:
    return msgpack.Decoder(kind)


@cache
def _all_of(kind: Any) -> msgpack.Decoder[Any]:
    return msgpack.Decoder(list[kind])


def _unpacked(packed: Packed, kind: Any) -> Any:
    """All of them; msgpack's mark of a long list goes before."""
    count, _, lines = packed
    return _all_of(kind).decode(b"\xdd" + count.to_bytes(4, "big") + lines)


def _with_more(packed: Packed, more: Iterable[Any]) -> Packed:
    count, _, known = packed
    lines = [_encoder.encode(line) for line in more]
    if not lines:
        return packed
    together = b"".join((known, *lines))
    return count + len(lines), len(together) - len(lines[-1]), together


class Lazily(Sequence[One]):
    """Versions or acts of answering of an item as they lie in a snapshot, unpacked when looked at; the newest alone."""

    __slots__ = ("_all", "_kind", "_make", "_newest", "actors", "item", "packed")

    def __init__(
        self, item: str, packed: Packed, actors: tuple[Actor, ...], kind: Any,
        make: Callable[[str, Any, tuple[Actor, ...], int], One],
    ) -> None:  # fmt: skip
        self.item = item
        self.packed = packed
        self.actors = actors
        self._kind = kind
        self._make = make
        self._newest: One | None = None
        self._all: tuple[One, ...] | None = None

    def __len__(self) -> int:
        return self.packed[0]

    @overload
    def __getitem__(self, place: int) -> One: ...
    @overload
    def __getitem__(self, place: slice) -> tuple[One, ...]: ...
    def __getitem__(self, place: int | slice) -> One | tuple[One, ...]:
        if isinstance(place, slice):
            return self._unpacked()[place]
        place = range(self.packed[0])[place]
        return self._last() if place == self.packed[0] - 1 else self._unpacked()[place]

    def __iter__(self) -> Iterator[One]:
        return iter(self._unpacked())

    def __eq__(self, other: object) -> bool:
        return self._unpacked() == tuple(other) if isinstance(other, Sequence) else NotImplemented

    __hash__ = None  # type: ignore[assignment]

    def _last(self) -> One:
        if self._newest is None:
            count, start, lines = self.packed
            self._newest = self._make(self.item, _one_of(self._kind).decode(lines[start:]), self.actors, count)
        return self._newest

    def _unpacked(self) -> tuple[One, ...]:
        if self._all is None:
            lines = enumerate(_unpacked(self.packed, self._kind), start=1)
            self._all = tuple(self._make(self.item, line, self.actors, number) for number, line in lines)
        return self._all


class Led:
    """Where the acts of answering of an agency led, as it lies in a snapshot; unpacked when asked for."""

    __slots__ = ("_actors", "_count", "_point", "packed")

    def __init__(self, count: int, packed: bytes, actors: tuple[Actor, ...]) -> None:
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

    __slots__ = ("_settled", "packed", "since")

    def __init__(self, packed: Packed = NOTHING, since: Mapping[Sent, str] | None = None) -> None:
        self.packed = packed
        self.since = dict(since or {})
        self._settled: dict[Sent, str] | None = None

    def __or__(self, more: Mapping[Sent, str]) -> "Commands":
        both = Commands(self.packed, self.since | dict(more))
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
            lines = _unpacked(self.packed, tuple[Any, str, Any])
            self._settled = {(_long(command), person): _long(digest) for command, person, digest in lines}
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


def of_case(case: Case, commands: Mapping[Sent, str]) -> bytes:
    """The snapshot of a case; what came from an earlier one and is as it was goes into this one as it lay there."""
    keep = _Keeping(case)
    assessed = case.assessment.items
    seen = commands if isinstance(commands, Commands) else Commands(since=commands)
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
        requests=case.requests,
        sharing=case.sharing,
        referrals=case.referrals,
        reviews=case.reviews,
        commands=_with_more(
            seen.packed, ((_short(command), who, _short(sent)) for (command, who), sent in seen.since.items())
        ),
        actors=tuple(keep.actors),
    )
    return HEAD + _encoder.encode(_plain(body))


def _plain(body: Any) -> Any:
    """With times as text, for a stated time keeps the offset it was stated with."""
    return msgspec.to_builtins(body, builtin_types=(bytes,))


class _Keeping:
    """Packs the items of one case, with one list of actors, which goes on from the list of the snapshot it came from.
    """

    def __init__(self, case: Case) -> None:
        lying = (self._lying(versions) for versions in case.items.values())
        self._from = next((one.actors for one in lying if one is not None), ())
        self.actors = {actor: place for place, actor in enumerate(self._from)}

    def _lying(self, versions: Versions) -> Lazily[Any] | None:
        """What of an item lies in a snapshot, if anything."""
        before = versions.earlier if isinstance(versions, AnswersOf) else versions
        return before if isinstance(before, Lazily) else None

    def items(self, items: Mapping[str, Versions]) -> dict[str, Packed]:
        return {item: self._item(versions) for item, versions in items.items()}

    def _item(self, versions: Versions) -> Packed:
        lying = self._lying(versions)
        before = lying.packed if lying is not None else NOTHING
        if isinstance(versions, AnswersOf):
            return _with_more(before, (self._act(act) for act in versions.since))
        return before if lying is not None else _with_more(NOTHING, (self._line(version) for version in versions))

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


def case_in(state: bytes) -> tuple[Case, Commands]:
    """The case in a snapshot, with the commands its stream had seen.

    Raises: SnapshotOutdated
    """
    body = _read(_body, state)
    actors = body.actors
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
                item: _answers(item, packed, actors, body.stands[item])
                if item in body.stands
                else _versions(item, packed, actors)
                for item, packed in body.assessment.items()
            },
        ),
        risk=Risk(body.proposals, body.answered, _items(body.risk, actors)),
        requests=body.requests,
        sharing=body.sharing,
        referrals=body.referrals,
        reviews=body.reviews,
    ), Commands(body.commands)


def _read(decoder: msgpack.Decoder[One], state: bytes) -> One:
    if not state.startswith(HEAD):
        raise SnapshotOutdated
    try:
        return decoder.decode(memoryview(state)[len(HEAD) :])
    except msgspec.DecodeError as error:
        raise SnapshotOutdated from error


def _items(packed: dict[str, Packed], actors: tuple[Actor, ...]) -> dict[str, Versions]:
    return {item: _versions(item, one, actors) for item, one in packed.items()}


def _versions(item: str, packed: Packed, actors: tuple[Actor, ...]) -> Versions:
    return Lazily(item, packed, actors, LINES.get(item.partition(":")[0], DETAIL), _version)


def _version(item: str, line: Line[Any], actors: tuple[Actor, ...], number: int) -> Version:
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


def _answers(item: str, packed: Packed, actors: tuple[Actor, ...], stand: bytes) -> AnswersOf:
    return AnswersOf(item, Lazily(item, packed, actors, ActLine, _act), Led(packed[0], stand, actors))


def _act(_: str, line: ActLine, actors: tuple[Actor, ...], number: int) -> Answering:
    """The act as far as its version tells of it: under which command it was done lies elsewhere."""
    return line.position, QuestionsAnswered(
        by=actors[line.by],
        recorded=line.recorded,
        command="",
        justification=line.justification,
        answers=line.answers,
        blanks=line.blanks,
    )


def of_shown(shown: Disclosures) -> bytes:
    """The snapshot of what was shown of a case."""
    return HEAD + _encoder.encode(_plain(ShownBody(shown.version, shown.openings, shown.told)))


def shown_in(state: bytes) -> Disclosures:
    """What was shown of a case, from a snapshot.

    Raises: SnapshotOutdated
    """
    body = _read(_shown_body, state)
    return Disclosures(body.version, {opening.key: opening for opening in body.openings}, body.told)
