"""Policy editions: dated, validated tables; which one was in force when."""

import tomllib
from datetime import date, datetime
from functools import cache
from importlib import resources
from typing import Literal

import msgspec

from domain.errors import BadInput
from domain.record import prepared
from domain.times import day_of
from domain.vocabulary import AgencyKind, Ground, Role, Showing


class _Part(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A table row; unknown keys are refused, and so is a clause that is empty or says something twice."""

    def __post_init__(self) -> None:
        for name in self.__struct_fields__:
            value = getattr(self, name)
            if value in ("", ()):
                raise ValueError(f"{name} is empty, and would mean nobody or everybody; say which")
            if isinstance(value, tuple) and len(set(value)) != len(value):
                raise ValueError(f"{name} says something twice")


class ActRule(_Part, frozen=True):
    """Who may do an act."""

    name: str
    roles: tuple[Role, ...]
    by: Literal["any", "lead", "partnership"]
    because: str


class ItemLimit(_Part, frozen=True):
    """The most that may be shown of an item (`concern` stands for every concern)."""

    item: str
    at_most: Showing


class LimitedShare(_Part, frozen=True):
    """What a share in order to decide on more may hold, and for how long at most."""

    ground: Ground
    longest_days: int
    because: str
    items: tuple[ItemLimit, ...] = msgspec.field(name="item")

    def __post_init__(self) -> None:
        super().__post_init__()
        _each_once("limited_share.item", [limit.item for limit in self.items])
        if self.longest_days < 1:
            raise ValueError("longest_days: a limited share lasts a day at least")

    def at_most(self, item: str) -> Showing | None:
        kind = item.split(":")[0]
        return next((limit.at_most for limit in self.items if limit.item in (item, kind)), None)


class EmergencyLimit(_Part, frozen=True):
    """The most that an emergency shows of an item, of what the lead holds; and why it is needed at once."""

    item: str
    at_most: Showing
    because: str


class Emergency(_Part, frozen=True):
    """What opens in an emergency, to which kinds of agency and for how long; items that do not stand here do not."""

    minutes: int
    shortest_reason: int
    kinds: tuple[AgencyKind, ...]
    because: str
    items: tuple[EmergencyLimit, ...] = msgspec.field(name="item")

    def __post_init__(self) -> None:
        super().__post_init__()
        _each_once("emergency.item", [limit.item for limit in self.items])
        if self.minutes < 1 or self.shortest_reason < 1:
            raise ValueError("minutes, shortest_reason: an emergency lasts a minute and says why")

    def limit(self, item: str) -> EmergencyLimit | None:
        kind = item.split(":")[0]
        return next((limit for limit in self.items if limit.item in (item, kind)), None)


class Coarse(_Part, frozen=True):
    """An item that has a coarse form, and what it shows."""

    item: str
    shows: str


class Placing(_Part, frozen=True):
    """What must match exactly for a record to be placed in a case without the lead."""

    match: tuple[Literal["name", "date_of_birth"], ...]
    because: str


class Searching(_Part, frozen=True):
    """The one answer a search gives, and which kinds of agency are told whom to ask."""

    answer: str
    tell_whom_to_ask: tuple[AgencyKind, ...]
    because: str


class Clocks(_Part, frozen=True):
    """Days that make tasks; passing one narrows nothing. And how long a share can be undone by who made it."""

    referral_acknowledged_working_days: int
    withdrawn_consent_working_days: int
    review_after_days: int
    share_undone_seconds: int
    way_in_reviewed_working_days: int
    because: str


class Proposal(_Part, frozen=True):
    """What a sharing form proposes for a kind of agency; the professional decides."""

    agency: AgencyKind
    items: tuple[str, ...]


class Edition(_Part, frozen=True):
    """One edition of the policy tables, in force from its date."""

    edition: str
    in_force_from: date
    limited_share: LimitedShare
    emergency: Emergency
    placing: Placing
    searching: Searching
    clocks: Clocks
    acts: tuple[ActRule, ...] = msgspec.field(name="act")
    coarse: tuple[Coarse, ...]
    proposals: tuple[Proposal, ...] = msgspec.field(name="proposal")

    def __post_init__(self) -> None:
        super().__post_init__()
        _each_once("act", [act.name for act in self.acts])
        _each_once("coarse", [coarse.item for coarse in self.coarse])
        _each_once("proposal", [proposal.agency for proposal in self.proposals])

    def act(self, name: str) -> ActRule | None:
        return next((act for act in self.acts if act.name == name), None)

    def has_coarse(self, item: str) -> bool:
        return any(coarse.item in (item, item.split(":")[0]) for coarse in self.coarse)

    def proposes(self, kind: AgencyKind) -> tuple[str, ...]:
        return next((proposal.items for proposal in self.proposals if proposal.agency == kind), ())


def _each_once(what: str, keys: list[str]) -> None:
    if len(set(keys)) != len(keys):
        raise ValueError(f"a row of [{what}] stands twice")


def read(text: str) -> Edition:
    """An edition from its TOML text.

    Raises: msgspec.ValidationError: for unknown keys, wrong words or a row that stands twice.
    """
    return msgspec.convert(tomllib.loads(text), prepared(Edition))


@cache
def editions() -> tuple[Edition, ...]:
    """All editions held, oldest first."""
    files = [file for file in (resources.files("policies") / "editions").iterdir() if file.name.endswith(".toml")]
    return in_order([read(file.read_text(encoding="utf-8")) for file in files])


def in_order(held: list[Edition]) -> tuple[Edition, ...]:
    """Oldest first.

    Raises: ValueError: when two come into force on the same day, so that none of them would be the newest.
    """
    _each_once("edition", [edition.in_force_from.isoformat() for edition in held])
    return tuple(sorted(held, key=lambda edition: edition.in_force_from))


class NoEditionInForce(BadInput):
    """No edition was in force on that day; the hub judges nothing without one."""


def edition_in_force(at: datetime) -> Edition:
    """The newest edition whose date has come.

    Raises: NoEditionInForce.
    """
    return newest_begun(editions(), day_of(at))


def newest_begun(held: tuple[Edition, ...], day: date) -> Edition:
    """The last of `held`, which stand in order, that had come into force by that day.

    Raises: NoEditionInForce.
    """
    begun = [edition for edition in held if edition.in_force_from <= day]
    if not begun:
        raise NoEditionInForce("as_at", f"No policy edition was in force on {day}. Look back to a later day.")
    return begun[-1]
