"""Open a review of a young person named by the partnership manager, who sees no case; the answer is always alike."""

from typing import Any

from application.commands.acts import act, require_known_names
from application.commands.opening import find_placed
from application.hub import Hub
from application.reading import read_command, require_command_id, require_text
from domain.errors import ChangedMeanwhile, NotRecorded, OutcomeUnknown, SafeguardingError
from domain.record import Act, Actor
from domain.review import OpenReview, decide_open_review
from policies.editions import edition_in_force
from policies.roles import judge_act


def open_review_of(hub: Hub, who: str, about: dict[str, str], data: dict[str, Any], *, command_id: str) -> None:
    """Open the review in the case that name and date of birth match exactly, if there is one.

    Where its reference is taken there, the hub gives it another: a refusal would tell that there is a record.

    Raises:
        SafeguardingError: what is wrong with the review itself, judged alike whether or not there is a case.
    """
    person, agency = hub.person(who)
    now = hub.now()
    edition = edition_in_force(now)
    role = judge_act(edition, "open_review", person.roles(now), lead=agency.lead, kind=agency.kind)
    command = read_command(OpenReview, data)
    require_command_id(command_id)
    require_known_names(command, hub.directory(), agency)
    decide_open_review({}, command, Act(Actor(person.id, role, agency.id), now, command_id))
    name = require_text(about.get("name", ""), "about.name", 500)
    born = require_text(about.get("date_of_birth", ""), "about.date_of_birth", 40)
    placed = find_placed(hub, edition, name, born, agency)
    if placed is None:
        return
    taken = command.id in hub.case(placed).case.reviews
    reference = hub.reference_from(f"{agency.id}:{command_id}") if taken else command.id
    try:
        act(hub, who, placed, "open_review", {**data, "id": reference}, command_id=command_id)
    except (ChangedMeanwhile, NotRecorded, OutcomeUnknown):
        raise
    except SafeguardingError:
        return
