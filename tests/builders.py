"""History for tests, set up through the commands people use, in their language."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from shutil import copy2
from typing import Any
from uuid import UUID

from application.commands.acts import act
from application.commands.opening import open_case
from application.commands.people import keep_directory
from application.hub import Hub
from interfaces.bootstrap import build_hub
from interfaces.demo.replay import Replay, ScenarioClock
from interfaces.demo.scenario import Scenario
from interfaces.settings import Settings, read_settings
from interfaces.storage.copies import copy_database

MORNING = datetime(2026, 1, 12, 9, 0, tzinfo=UTC)
SCENARIOS = Path(__file__).with_name("scenarios")
_numbers = count(1)


def a_command_id() -> str:
    return f"command-{next(_numbers):08}"


def settings_in(folder: Path) -> Settings:
    """A new hub's settings, with keys that are the same in every test; the keys of cases are made by chance."""
    keys = folder / "keys"
    keys.mkdir(parents=True, exist_ok=True, mode=0o700)
    for name in ("index", "session", "log", "master-1"):
        (keys / f"{name}.key").write_bytes(name[:1].encode() * 32)
    (folder / "store.id").write_text("5" * 32)
    return read_settings(folder)


def a_hub(folder: Path, at: datetime = MORNING) -> Hub:
    """A hub whose clock stands at a time; `hub.clock.at` sets it."""
    return build_hub(settings_in(folder), ScenarioClock(at))


def a_partnership(hub: Hub) -> Hub:
    """A lead with its two managers, police, health, a school, a voluntary project and the partnership's office."""
    for agency, kind in (
        ("csc", "childrens_social_care"),
        ("police", "police"),
        ("health", "health"),
        ("school", "education"),
        ("project", "voluntary"),
        ("office", "partnership"),
    ):
        data = {"id": agency, "name": agency.title(), "kind": kind, "lead": agency == "csc"}
        keep_directory(hub, "hub", "register_agency", data, command_id=a_command_id())
    for person, agency, roles in (
        ("priya", "csc", ["practitioner"]),
        ("ada", "csc", ["practitioner"]),
        ("tom", "csc", ["practitioner", "team_manager"]),
        ("ruth", "csc", ["cse_prevention_manager"]),
        ("sam", "police", ["practitioner"]),
        ("mo", "police", ["team_manager"]),
        ("helen", "health", ["practitioner"]),
        ("ben", "school", ["practitioner"]),
        ("asha", "project", ["practitioner"]),
        ("pat", "office", ["partnership_manager"]),
        ("jo", "office", ["reviewer"]),
        ("alex", "office", ["administrator"]),
    ):
        data = {"id": person, "name": person.title(), "agency": agency, "roles": roles}
        keep_directory(hub, "hub", "register_person", data, command_id=a_command_id())
    return hub


def a_justification(name: str = "J1", **more: Any) -> dict[str, Any]:
    """The section 2.3 reasoning, public interest unless said otherwise."""
    return {
        "id": name,
        "purpose": "keep her safe",
        "duty_of_confidentiality": True,
        "basis": "public_interest",
        "ground": "significant_harm_to_child",
        "facts": "What was seen.",
        "proportionality": "No more than is needed.",
        **more,
    }


def a_case(
    hub: Hub,
    by: str = "ben",
    name: str = "Maya Ellison",
    born: str = "2010-05-14",
    justification: str = "J1",
    **child: Any,
) -> UUID:
    """A case opened by the school, unless said otherwise."""
    data = {"justification": a_justification(justification), "child": {"name": name, "date_of_birth": born, **child}}
    return open_case(hub, by, data, command_id=a_command_id())


def do(hub: Hub, by: str, case: UUID, name: str, **data: Any) -> str:
    """Do an act as this person; the command id it was done under."""
    command_id = a_command_id()
    act(hub, by, case, name, data, command_id=command_id, named=True)
    return command_id


def a_concern(hub: Hub, case: UUID, name: str = "C1", by: str = "ben", **more: Any) -> str:
    """A concern on record; its item."""
    do(hub, by, case, "record_concern", **concern_data(name, **more))
    return f"concern:{name}"


def concern_data(name: str = "C1", **more: Any) -> dict[str, Any]:
    return {
        "id": name,
        "justification": "J1",
        "occurred": "2026-01-05",
        "basis": ["changed_behaviour"],
        "heading": "risk_taking_behaviours",
        "headline": f"Headline of {name}",
        "narrative": f"Narrative of {name}",
        "nature": "fact",
        **more,
    }


def a_worker_of_the_lead(hub: Hub, case: UUID, by: str = "priya", justification: str = "JL") -> str:
    """Somebody of the lead opens the case with a reason and says why the lead records; the justification."""
    do(hub, by, case, "join_team", person=by, reason="On duty.")
    do(hub, by, case, "give_justification", **a_justification(justification))
    return justification


def a_share(hub: Hub, case: UUID, *items: str, to: str, by: str, justification: str, **more: Any) -> str:
    """Items given in full to an agency; the decision."""
    name = f"S{next(_numbers)}"
    given = [{"item": item, "showing": "full"} for item in items]
    do(hub, by, case, "decide_sharing", **{
        "id": name, "justification": justification, "outcome": "share", "with": to, "items": given, **more,
    })  # fmt: skip
    return name


@dataclass(frozen=True)
class Replayed:
    """A scenario replayed to its end, lying in a folder from which copies are taken."""

    scenario: Scenario
    settings: Settings
    case: UUID
    naming: dict[str, str]

    def copy(self, folder: Path, at: datetime | None = None) -> Hub:
        """A hub of one's own, standing at the scenario's end unless told otherwise."""
        return copy_of(self.settings, folder, at or self.scenario.moment(self.scenario.demo_stands_at))


def copy_of(settings: Settings, folder: Path, at: datetime) -> Hub:
    copied = replace(settings, home=folder)
    folder.mkdir(parents=True, exist_ok=True)
    for database in ("events.sqlite", "rows.sqlite", "keys/keys.sqlite"):
        (folder / database).parent.mkdir(exist_ok=True)
        copy_database(settings.home / database, folder / database)
    for key in (*settings.keys.glob("*.key"), settings.home / "store.id"):
        copy2(key, folder / key.relative_to(settings.home))
    return build_hub(copied, ScenarioClock(at))


def replayed(
    scenario: Scenario, folder: Path, around: Callable[[Replay, dict[str, Any]], None] = lambda replay, entry: None
) -> Replayed:
    """Do all acts of a scenario; `around` is told of each act before it is done."""
    settings = settings_in(folder)
    clock = ScenarioClock(scenario.moment(scenario.acts[0]["recorded"]))
    hub = build_hub(settings, clock)
    replay = Replay(scenario, hub, clock)
    replay.set_up()
    for entry in scenario.acts:
        clock.at = scenario.moment(entry["recorded"])
        around(replay, entry)
        replay.do_only(entry)
    hub.close()
    if replay.case is None:
        raise AssertionError("the scenario opened no case")
    return Replayed(scenario, settings, replay.case, replay.naming)
