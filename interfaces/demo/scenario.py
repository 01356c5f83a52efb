"""A scenario file: agencies, people, acts, refusals and what must be true."""

import tomllib
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

WORKED_CASE = Path(__file__).with_name("first_case.toml")


class AgencyEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: str
    name: str
    kind: str
    lead: bool = False


class PersonEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: str
    name: str
    agency: str
    roles: list[str]
    job: str = ""


class Scenario(msgspec.Struct, frozen=True, kw_only=True):
    """A scenario as read; acts, refusals and expectations stay tables, since each kind has fields of its own."""

    title: str
    timezone: str
    demo_stands_at: str
    edition: str = ""
    agencies: list[AgencyEntry] = msgspec.field(name="agency")
    people: list[PersonEntry] = msgspec.field(name="person")
    acts: list[dict[str, Any]] = msgspec.field(name="act")
    refusals: list[dict[str, Any]] = msgspec.field(name="refusal", default_factory=list)
    expectations: list[dict[str, Any]] = msgspec.field(name="expect", default_factory=list)

    def moment(self, text: str) -> datetime:
        """A local time of the scenario in UTC."""
        return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(self.timezone)).astimezone(UTC)

    def local(self, at: datetime | None) -> str | None:
        """A time as the scenario writes it."""
        return at.astimezone(ZoneInfo(self.timezone)).replace(tzinfo=None).isoformat(timespec="seconds") if at else None

    def agency_of(self, person: str) -> str:
        return next(p.agency for p in self.people if p.id == person)


class ScenarioFaulty(ValueError):
    """The file is not a scenario; the message says where."""


def read_scenario(path: Path = WORKED_CASE) -> Scenario:
    """Raises: ScenarioFaulty."""
    try:
        return msgspec.convert(tomllib.loads(path.read_text(encoding="utf-8")), Scenario)
    except (OSError, tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise ScenarioFaulty(f"{path.name}: {error}") from None
