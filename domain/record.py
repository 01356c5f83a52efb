"""What every event carries: who, in which role, when, by which command; and the versions an item goes through."""

from collections.abc import Sequence
from datetime import datetime
from threading import Lock
from typing import Annotated, Any, TypeVar

import msgspec

from domain.vocabulary import Change, Role

Line = Annotated[str, msgspec.Meta(min_length=1, max_length=500)]
Text = Annotated[str, msgspec.Meta(min_length=1, max_length=20_000)]
OptionalText = Annotated[str, msgspec.Meta(max_length=20_000)]
Reference = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,39}$(?!\n)")]
Moment = Annotated[datetime, msgspec.Meta(tz=True)]
Kind = TypeVar("Kind")
_PREPARED: set[object] = set()
_PREPARING = Lock()


def prepared(kind: Kind) -> Kind:
    """The type, once what msgspec works out of it is worked out by one thread; two at once crash the process."""
    if kind not in _PREPARED:
        with _PREPARING:
            msgspec.json.Decoder(kind)
            _PREPARED.add(kind)
    return kind


class Actor(msgspec.Struct, frozen=True, forbid_unknown_fields=True, gc=False):
    """A person as they were when they acted: role used and agency of that day."""

    person: str
    role: Role
    agency: str


class Act(msgspec.Struct, frozen=True):
    """The door by which time and identity come in: who acts, when (UTC), under which client-made command id."""

    by: Actor
    at: datetime
    command: str

    @property
    def stamp(self) -> dict[str, Any]:
        return {"by": self.by, "recorded": self.at, "command": self.command}


class Event(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="event", omit_defaults=True,
    gc=False,
):
    """Something that happened, for ever; `recorded` is the server's clock in UTC."""

    by: Actor
    recorded: datetime
    command: str


class Command(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a person asks the hub to do, as it arrives from a form, the API or the command line."""


class Version(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One state of an item: who may see it is judged per version (design §3.2).

    `content` is None for a locator (its value lies under a key of its own, at `position`) and after a retraction.
    `private` marks a naming by an agency that is nobody else's version of the item. `rests_also` names further
    justifications, where a version carries on what was recorded under them.
    """

    item: str
    number: int
    position: int
    recorded: datetime
    by: Actor
    justification: str
    content: Any = None
    change: Change = Change.RECORDED
    reason: str = ""
    locator: bool = False
    ask_originator: bool = False
    private: bool = False
    rests_also: tuple[str, ...] = ()

    @property
    def rests_on(self) -> tuple[str, ...]:
        """Every justification that what the version says rests on; none for a private naming."""
        return tuple(name for name in (self.justification, *self.rests_also) if name)


Versions = Sequence[Version]
"""The versions of an item, oldest first; nothing is ever changed in them."""
Placed = tuple[int, Event]
"""An event with its position in the stream."""
Key = TypeVar("Key")
Value = TypeVar("Value")


class Growing(dict[Key, Value]):
    """A dict that nobody but a fold under way holds; see `put`."""


def put(known: dict[Key, Value], key: Key, value: Value) -> dict[Key, Value]:
    """`known` with `value` under `key`: a new dict, unless a fold under way is making this one."""
    if type(known) is Growing:
        known[key] = value
        return known
    return {**known, key: value}


def next_version(
    versions: Versions, item: str, event: Event, position: int, content: Any, justification: str = "",
    rests_also: tuple[str, ...] = (), *, change: Change | None = None, by: Actor | None = None, reason: str = "",
    locator: bool = False, ask_originator: bool = False, private: bool = False,
) -> Versions:  # fmt: skip
    """`versions` with one more, numbered on from them; `recorded` is the event's, and so is `by` unless it is given."""
    number = len(versions) + 1
    version = Version(
        item=item,
        number=number,
        position=position,
        recorded=event.recorded,
        by=by or event.by,
        justification=justification,
        content=content,
        change=change or (Change.UPDATED if number > 1 else Change.RECORDED),
        reason=reason,
        locator=locator,
        ask_originator=ask_originator,
        private=private,
        rests_also=rests_also,
    )
    return (*versions, version)
