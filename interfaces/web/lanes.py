"""Who knew what, when, as a drawing: a lane for each agency, a column for each moment, in order and not to scale."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from application.laying_out import occurred_in_words
from application.queries.who_knew import Knowledge

LEFT, COLUMN, TOP, LANE = 190, 96, 64, 44
"""How wide the agencies' names and a column are, how high the dates and a lane, in units of the drawing."""
STEPS = (
    ("entitled_coarse", "entitled in part"),
    ("entitled_full", "entitled in full"),
    ("opened_coarse", "opened in part"),
    ("opened_full", "opened in full"),
)


@dataclass(frozen=True)
class Column:
    """A moment at its place; `what` says what happened to everybody then: it occurred, it was recorded."""

    x: int
    day: str
    clock: str
    what: str


@dataclass(frozen=True)
class Mark:
    """What one agency could know or did open at a moment; `nth` keeps those of one moment apart."""

    x: int
    step: str
    says: str


@dataclass(frozen=True)
class Lane:
    """One agency's marks in order, the line that joins them, and whether it recorded the item itself."""

    agency: str
    y: int
    marks: tuple[Mark, ...]
    recorded_itself: bool


@dataclass(frozen=True)
class Drawing:
    """Everything at its place."""

    width: int
    height: int
    columns: tuple[Column, ...]
    lanes: tuple[Lane, ...]


def drawing_of(rows: Sequence[Knowledge], zone: ZoneInfo) -> Drawing:
    """The rows of one item, which have its times of occurring and of recording in common."""
    first = rows[0]
    moments = {first.recorded} | {at for row in rows for name, _ in STEPS if (at := getattr(row, name))}
    began = _began(first, zone)
    keys: list[tuple[datetime, bool]] = [(at, False) for at in moments] + ([(began, True)] if began else [])
    places = {key: LEFT + COLUMN // 2 + COLUMN * number for number, key in enumerate(sorted(keys, key=_order))}
    columns = tuple(_column(key, x, first, zone) for key, x in places.items())
    lanes = tuple(
        Lane(row.agency, TOP + LANE // 2 + LANE * number, _marks(row, places), row.recorded_itself)
        for number, row in enumerate(rows)
    )
    return Drawing(LEFT + COLUMN * len(places), TOP + LANE * len(rows), columns, lanes)


def _order(key: tuple[datetime, bool]) -> tuple[datetime, bool]:
    at, occurred = key
    return at, not occurred


def _column(key: tuple[datetime, bool], x: int, first: Knowledge, zone: ZoneInfo) -> Column:
    at, occurred = key
    if occurred:
        return Column(x, _short(at, zone), _roughly(first), "occurred")
    local = at.astimezone(zone)
    return Column(x, _short(at, zone), f"{local:%H:%M}", "recorded" if at == first.recorded else "")


def _short(at: datetime, zone: ZoneInfo) -> str:
    local = at.astimezone(zone)
    return f"{local.day} {local:%b %Y}"


def _roughly(row: Knowledge) -> str:
    """Whether the day is known as such; else the words say how far."""
    words = occurred_in_words(row.occurred)
    return next((part for part in ("about", "some time in") if words.startswith(part)), "")


def _began(row: Knowledge, zone: ZoneInfo) -> datetime | None:
    """When it began, as far as it is known: of a month its first day."""
    occurred = row.occurred
    if occurred is None or not occurred.start:
        return None
    start = f"{occurred.start}-01" if len(occurred.start) == len("2026-01") else occurred.start
    at = datetime.fromisoformat(start)
    return (at if at.tzinfo else at.replace(tzinfo=zone)).astimezone(UTC)


def _marks(row: Knowledge, places: dict[tuple[datetime, bool], int]) -> tuple[Mark, ...]:
    """In the order in which they came; several at one moment stand beside each other."""
    found: list[Mark] = []
    taken: dict[int, int] = {}
    steps = [(at, name, says) for name, says in STEPS if (at := getattr(row, name))]
    for at, name, says in sorted(steps, key=lambda step: step[0]):
        place = places[at, False]
        beside = taken.get(place, 0)
        taken[place] = beside + 1
        found.append(Mark(place + 22 * beside, name, says))
    return tuple(found)
