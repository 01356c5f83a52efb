"""One young person named by several agencies comes to one case, and nothing tells an agency what others hold."""

from pathlib import Path
from threading import Barrier, Thread
from typing import Any

import pytest

from application.commands.acts import act
from application.commands.opening import open_case
from application.hub import Hub
from application.queries.case_as_seen import case_as_seen
from application.queries.inbox import inbox
from application.queries.preview import preview_share
from domain.errors import NotFound
from tests.builders import Replayed, a_command_id, a_hub, a_partnership

CHILD = {"name": "Ann First", "date_of_birth": "2011-03-09"}


def reasoning(reference: str) -> dict[str, Any]:
    return {
        "id": reference,
        "purpose": "tell the lead",
        "duty_of_confidentiality": True,
        "basis": "public_interest",
        "ground": "significant_harm_to_child",
        "facts": "Seen with an unknown adult.",
        "proportionality": "What was seen.",
    }


def opened(hub: Hub, who: str, child: dict[str, Any] = CHILD, command_id: str = "") -> Any:
    command_id = command_id or a_command_id()
    data = {"justification": reasoning(f"J-{who}-{command_id}"), "child": child}
    return open_case(hub, who, data, command_id=command_id)


def test_who_open_at_once_come_to_one_case(tmp_path: Path) -> None:
    """Design §3.7: the naming is claimed in the same transaction, so the second comes to the first."""
    hubs = [a_partnership(a_hub(tmp_path)), *(a_hub(tmp_path) for _ in range(3))]
    barrier, found = Barrier(4), set()

    def one(hub: Hub, who: str) -> None:
        barrier.wait()
        found.add(opened(hub, who))

    threads = [Thread(target=one, args=pair) for pair in zip(hubs, ("ben", "sam", "helen", "asha"), strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert 1 == len(found)


def test_another_persons_command_id_opens_nothing_of_theirs(hub: Hub) -> None:
    """A command id is its sender's: a colleague who happens to use the same gets a case of their own."""
    first = opened(hub, "ben", command_id="the-same-command")
    second = opened(hub, "asha", {"name": "Bea Second", "date_of_birth": "2010-01-02"}, "the-same-command")

    assert first != second
    with pytest.raises(NotFound):
        case_as_seen(hub, "asha", first)


def test_a_decoy_draws_nobody(hub: Hub) -> None:
    """Only who opened a case, or the lead, gives it the naming by which records are placed."""
    decoy = opened(hub, "ben", {"name": "Bea Second", "date_of_birth": "2010-01-02"})
    opened(hub, "asha", {"name": "Bea Second", "date_of_birth": "2010-01-02"})
    rename = {"justification": f"J-asha-{'x'}", "child": CHILD}
    own = next(name for name, one in hub.case(decoy).case.justifications.items() if one.agency == "project")
    act(hub, "asha", decoy, "record_details", {**rename, "justification": own}, command_id=a_command_id())

    assert decoy != opened(hub, "helen")


def test_where_an_agency_has_a_case_of_that_naming_it_comes_to_its_own(hub: Hub) -> None:
    """What it comes to depends on nothing it cannot know: whether others hold a record of her or not."""
    own = opened(hub, "asha", {"name": "Bea Second", "date_of_birth": "2010-01-02"})
    mine = next(iter(hub.case(own).case.justifications))
    act(hub, "asha", own, "record_details", {"justification": mine, "child": CHILD}, command_id=a_command_id())
    theirs = opened(hub, "ben")

    assert own == theirs == opened(hub, "asha")


def test_the_lead_is_told_of_two_cases_with_one_naming(hub: Hub) -> None:
    """Design §1: a person decides whether two cases are one young person; the hub only says so."""
    first = opened(hub, "priya")
    second = opened(hub, "ada", {"name": "Bea Second", "date_of_birth": "2010-01-02"})
    mine = next(iter(hub.case(second).case.justifications))
    act(hub, "ada", second, "record_details", {"justification": mine, "child": CHILD}, command_id=a_command_id())

    tasks = [task for task in inbox(hub, "priya").tasks if task.kind == "same_naming"]

    assert [(first, str(second))] == [(task.case, task.reference) for task in tasks]


def test_a_preview_holds_only_what_the_sender_chose(worked: Replayed, worked_hub: Hub) -> None:
    """Design §3.9: not what a share makes readable in somebody else's items, nor what others have shared already."""
    lead = {"justification": "J4", "answers": [{"question": 5, "option": 2, "evidence": "C5", "note": "Seen by us."}]}
    act(worked_hub, "priya", worked.case, "answer_questions", lead, command_id=a_command_id())
    share = {
        "id": "S-preview",
        "justification": "J1",
        "outcome": "share_in_part",
        "with": "police",
        "persons": ["sam"],
        "items": [{"item": "concern:C5"}, {"item": "child.name"}],
    }

    view = preview_share(worked_hub, "ben", worked.case, share)

    assert {"concern:C5", "child.name"} == {cell.item for cell in view.cells}
    assert {"school"} == {cell.shared_by for cell in view.cells}
