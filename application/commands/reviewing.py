"""Open a review of a young person named by the partnership manager, who sees no case; the answer is always alike."""

from contextlib import suppress
from typing import Any

from application.commands.acts import act
from application.commands.opening import find_placed
from application.hub import Hub
from application.reading import read_command
from domain.errors import NotFound
from domain.record import Act, Actor
from domain.review import OpenReview, decide_open_review
from policies.editions import edition_in_force
from policies.roles import judge_act


def open_review_of(hub: Hub, who: str, about: dict[str, str], data: dict[str, Any], *, command_id: str) -> None:
    """Open the review in the case that name and date of birth match exactly, if there is one.

    Raises:
        SafeguardingError: what is wrong with the review itself, judged alike whether or not there is a case.
    """
    person, agency = hub.person(who)
    now = hub.now()
    edition = edition_in_force(now)
    role = judge_act(edition, "open_review", person.roles(now), lead=agency.lead, kind=agency.kind)
    command = read_command(OpenReview, data)
    decide_open_review({}, command, Act(Actor(person.id, role, agency.id), now, command_id))
    placed = find_placed(hub, edition, about.get("name", ""), about.get("date_of_birth", ""))
    if placed is not None:
        with suppress(NotFound):
            act(hub, who, placed, "open_review", data, command_id=command_id)
