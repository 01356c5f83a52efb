"""The record's times never go back when the clock does, and what was recorded stays to be seen."""

from collections import defaultdict
from datetime import datetime, timedelta
from uuid import UUID

import pytest

from application.commands.asking import ask_about
from application.commands.people import keep_directory
from application.hub import Hub
from application.ledger import StreamEvent
from application.queries.case_as_seen import case_as_seen
from application.queries.caseload import caseload
from application.queries.searching import search
from domain.errors import NotFound
from tests.builders import a_case, a_command_id, a_concern, a_justification, a_share, a_worker_of_the_lead, do


@pytest.fixture
def hub_put_back(hub: Hub) -> tuple[Hub, UUID]:
    """A case on whose last day the clock was put back by two hours."""
    hub.clock.at += timedelta(days=30)  # type: ignore[attr-defined]
    case = a_case(hub)
    a_concern(hub, case)
    case_as_seen(hub, "ben", case)
    put_back(hub)
    return hub, case


def put_back(hub: Hub) -> None:
    hub.clock.at -= timedelta(hours=2)  # type: ignore[attr-defined]


def times_by_stream(hub: Hub) -> dict[object, list[datetime]]:
    found: dict[object, list[datetime]] = defaultdict(list)
    for notification in hub.ledger.recorder.select_notifications(start=1, limit=100_000):
        placed: StreamEvent = hub.ledger.mapper.to_domain_event(notification)  # type: ignore[assignment]
        found[placed.originator_id].append(placed.event.recorded)
    return found


def test_no_stream_goes_back_in_time(hub_put_back: tuple[Hub, UUID]) -> None:
    """In every stream each event is recorded at the time of the one before it, or later."""
    hub, case = hub_put_back
    a_concern(hub, case, "C2")
    case_as_seen(hub, "ben", case)
    caseload(hub, "ben")
    search(hub, "ben", {"name": "Maya"}, "a reason")
    put_back(hub)
    asked = {"id": "Q1", "of": "csc", "wanted": "w", "purpose": "p"}
    ask_about(hub, "sam", {"name": "Nobody"}, asked, command_id=a_command_id())
    search(hub, "ben", {"name": "Maya"}, "a reason")
    with pytest.raises(NotFound):
        case_as_seen(hub, "sam", case)
    hub.clock.at -= timedelta(days=60)  # type: ignore[attr-defined]
    keep_directory(
        hub, "hub", "register_agency", {"id": "new", "name": "New", "kind": "health"}, command_id=a_command_id()
    )
    streams = times_by_stream(hub)

    assert 5 <= len(streams)
    assert {stream: sorted(times) for stream, times in streams.items()} == streams


def test_ones_own_entry_is_there_at_once(hub_put_back: tuple[Hub, UUID]) -> None:
    """A clock that was put back hides nothing that was recorded already, nor what is recorded now."""
    hub, case = hub_put_back
    a_concern(hub, case, "C2")
    view = case_as_seen(hub, "ben", case)

    assert view.cell("concern:C1") is not None
    assert view.cell("concern:C2") is not None


def test_what_was_recorded_can_be_shared_and_read(hub_put_back: tuple[Hub, UUID]) -> None:
    """Deciding and reading go on as if the clock had stood still."""
    hub, case = hub_put_back
    a_worker_of_the_lead(hub, case)
    a_share(hub, case, "concern:C1", to="police", by="priya", justification="JL", persons=["sam"])
    view = case_as_seen(hub, "sam", case)

    assert [("concern:C1", "full")] == [(cell.item, cell.showing) for cell in view.cells]


def test_a_withdrawn_consent_stays_withdrawn(hub: Hub) -> None:
    """Putting the clock back brings no consent to life again."""
    case = a_case(hub)
    do(hub, "ben", case, "record_consent", id="K1", given_by="child", decision="given",
       scope={"to": ["csc", "police"], "about": "a"}, method="m")  # fmt: skip
    do(hub, "ben", case, "give_justification", **a_justification("J2", basis="consent", consent="K1", ground=None))
    a_concern(hub, case, "C1", justification="J2")
    hub.clock.at += timedelta(hours=1)  # type: ignore[attr-defined]
    a_share(hub, case, "concern:C1", to="police", by="ben", justification="J2", persons=["sam"])
    hub.clock.at += timedelta(hours=1)  # type: ignore[attr-defined]
    do(hub, "ben", case, "withdraw_consent", consent="K1", reason="r")
    put_back(hub)
    cell = case_as_seen(hub, "sam", case).cell("concern:C1")

    assert cell is not None
    assert ("withheld", None) == (cell.showing, cell.content)
