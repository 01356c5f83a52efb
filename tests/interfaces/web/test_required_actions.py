"""What the level of risk requires: a checklist for the lead, with dates and outcomes, and tasks until it is done."""

from collections.abc import Callable
from uuid import UUID

import pytest
from flask.testing import FlaskClient

from application.commands.acts import act
from application.hub import Hub
from application.queries.inbox import inbox
from tests.interfaces.web.browsing import Person, day

ClientFor = Callable[[str], FlaskClient]
MEETING = "Strategy Meeting to be held."


def waiting(hub: Hub, who: str) -> list[tuple[str, str]]:
    kinds = ("date_actions", "required_action")
    return [(task.kind, task.text) for task in inbox(hub, who).tasks if task.kind in kinds]


def test_the_checklist_says_what_the_guidance_requires(client_for: ClientFor, case: UUID) -> None:
    """Category 2: a strategy meeting, a joint enquiry, an assessment, and a choice between plan and conference."""
    page = client_for("priya").get(f"/cases/{case}/risk/actions")

    assert 200 == page.status_code
    for required in (
        MEETING,
        "Joint Section 47 with Police to be completed.",
        "Child and Family Assessment to be completed.",
        "Child in Need Plan for at least 12 weeks or Initial Child Protection Conference.",
    ):
        assert required in page.text
    assert 4 == page.text.count("No date yet")


def test_an_action_is_dated_and_then_done(client_for: ClientFor, worked_hub: Hub, case: UUID) -> None:
    """A date makes a task for its day; an outcome ends it."""
    priya, action = Person(client_for("priya")), f"/cases/{case}/risk/A3/actions/strategy_meeting"
    before = waiting(worked_hub, "priya")
    dated, _ = priya.sends(f"{action}/date", {"who": "Duty team"} | day("due", "2026-06-05"))
    between = waiting(worked_hub, "priya")
    done, _ = priya.sends(f"{action}/outcome", {"done": "yes", "outcome": "Held at ten."} | day("on", "2026-06-02"))
    page = priya.opens(f"/cases/{case}/risk/actions").text

    assert [("date_actions", "4 without a date")] == before
    assert [303, 303] == [dated.status_code, done.status_code]
    assert {("required_action", MEETING), ("date_actions", "3 without a date")} == set(between)
    assert [("date_actions", "3 without a date")] == waiting(worked_hub, "priya")
    assert "Held at ten." in page


def test_a_higher_level_held_says_whose_list_it_is(client_for: ClientFor, worked_hub: Hub, case: UUID) -> None:
    """Category 2 is agreed, 3 is proposed: one acts as 3, and reads what that asks for beside the list of 2."""
    higher = {"id": "A9", "justification": "J4", "category": 3, "rationale": "She was missing again."}
    act(worked_hub, "ruth", case, "propose_risk", higher, command_id="proposed-by-ruth")
    page = client_for("priya").get(f"/cases/{case}/risk/actions").text

    assert "This list is of category 2, as agreed. Until two managers agree, act as category 3" in page
    assert 4 == page.count("No date yet")


def test_who_gets_the_level_does_not_get_what_came_of_its_actions(client_for: ClientFor, case: UUID) -> None:
    """The school was given the level, not its reasons (design §1)."""
    action = f"/cases/{case}/risk/A3/actions/strategy_meeting"
    told = {"done": "no", "outcome": "Her mother was away."} | day("on", "2026-06-02")
    Person(client_for("priya")).sends(f"{action}/outcome", told)
    seen = client_for("ben").get(f"/cases/{case}").text

    assert "Level of risk" in seen
    assert "Her mother was away" not in seen


@pytest.mark.parametrize(("typed", "told"), [
    ({}, "Give the day by which it is to be done."),
    (day("due", "2026-05-01"), "This day has passed already."),
])  # fmt: skip
def test_a_date_that_cannot_be_is_said_at_its_box(
    typed: dict[str, str], told: str, client_for: ClientFor, case: UUID
) -> None:
    """Nothing typed is lost."""
    action = f"/cases/{case}/risk/A3/actions/strategy_meeting/date"
    answer, _ = Person(client_for("priya")).sends(action, {"who": "Duty team"} | typed)

    assert 422 == answer.status_code
    assert told in answer.text
    assert 'value="Duty team"' in answer.text


@pytest.mark.parametrize(("who", "status"), [("sam", 403), ("ben", 403), ("jo", 403), ("tom", 200), ("ruth", 200)])
def test_the_lead_keeps_the_checklist(who: str, status: int, client_for: ClientFor, case: UUID) -> None:
    """Practitioners and managers of the lead."""
    assert status == client_for(who).get(f"/cases/{case}/risk/actions").status_code


def test_an_action_that_is_not_required_is_not_there(client_for: ClientFor, case: UUID) -> None:
    """As for anything unknown."""
    assert 404 == client_for("priya").get(f"/cases/{case}/risk/A3/actions/knit/date").status_code
