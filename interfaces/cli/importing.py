"""Import acts from a file of JSON lines, so that nothing is typed twice; a line repeated has one effect."""

import hashlib
import json
from collections.abc import Callable
from uuid import UUID

from application.commands.acts import ACTS, act, fields_of
from application.hub import Hub
from domain.errors import BadInput, SafeguardingError


def import_acts(hub: Hub, who: str, case: UUID, lines: list[str], step: Callable[[], None]) -> list[tuple[int, str]]:
    """Do each line's act; the lines refused, with why. A line's digest is its command id: a second run adds nothing.

    A blank line is no act; it counts when lines are numbered, so that a refusal names the line an editor shows.
    """
    refused = []
    for number, line in enumerate(lines, start=1):
        try:
            if line.strip():
                _one(hub, who, case, line.strip())
        except BadInput as error:
            refused.append((number, f"{error.field}: {error.message}"))
        except SafeguardingError as error:
            refused.append((number, error.message))
        step()
    return refused


def _one(hub: Hub, who: str, case: UUID, line: str) -> None:
    command_id = hashlib.sha256(f"{case}:{who}:{line}".encode()).hexdigest()[:40]
    try:
        entry = json.loads(line)
    except (ValueError, RecursionError):  # also a number of more digits than Python reads
        raise BadInput("line", 'This is not JSON. Write {"act": "record_concern", "data": {…}} on one line.') from None
    if not isinstance(entry, dict) or set(entry) != {"act", "data"} or not isinstance(entry["data"], dict):
        raise BadInput("line", 'A line has an "act" and its "data", nothing else.')
    name = entry["act"]
    if not isinstance(name, str) or name not in ACTS:
        raise BadInput("act", f"The hub knows no such act. It knows: {', '.join(sorted(ACTS))}.")
    data = dict(entry["data"])
    if "id" not in data and "id" in fields_of(name):
        data["id"] = hub.reference_from(command_id)
    act(hub, who, case, name, data, command_id=command_id)
