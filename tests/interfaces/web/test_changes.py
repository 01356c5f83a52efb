"""What changed between two moments, from the reader's own two views: added, changed, shown no more."""

from collections.abc import Callable
from uuid import UUID

import pytest
from flask.testing import FlaskClient

ClientFor = Callable[[str], FlaskClient]


def between(client: FlaskClient, case: UUID, earlier: str, later: str) -> str:
    answer = client.get(f"/cases/{case}/changes?earlier={earlier}&later={later}")
    assert 200 == answer.status_code
    return answer.text


def test_what_was_put_right_is_shown_before_and_now(client_for: ClientFor, case: UUID) -> None:
    """10 February: the police put right the car park; the lead, who holds the old text, sees both."""
    text = between(client_for("priya"), case, "2026-02-09T12:00", "2026-02-11T12:00")
    changed = text.partition('id="changed"')[2]

    assert "<del>Reported missing 21:40. Found 03:10 in Station Road car park" in changed
    assert "<ins>Reported missing 21:40. Found 03:10 in Mill Lane car park" in changed
    assert "New phone and trainers" not in text


def test_what_came_is_listed_with_what_passed_between_agencies(client_for: ClientFor, case: UUID) -> None:
    """27 January: the school was given the level and its plan."""
    text = between(client_for("ben"), case, "2026-01-27T00:00", "2026-01-28T00:00")

    assert "Plan for Oakfield Academy" in text.partition('id="added"')[2]
    assert "Shared in part" in text.partition('id="passed"')[2]
    assert "Marlow" not in text


def test_a_share_that_ended_stands_between_agencies(client_for: ClientFor, case: UUID) -> None:
    """What is not held any more is not shown again, whatever the moments; that it ended is."""
    text = between(client_for("asha"), case, "2026-03-01T00:00", "2026-03-06T00:00")

    assert "Maya no longer wants it; outreach ended." in text
    assert "No texts or calls" not in text


def test_where_nothing_changed_it_says_so(client_for: ClientFor, case: UUID) -> None:
    """In what this reader may see."""
    assert "Nothing changed in what you may see." in between(
        client_for("ben"), case, "2026-05-01T00:00", "2026-05-20T00:00"
    )


@pytest.mark.parametrize("asked", [
    "earlier=2026-02-11T12:00&later=2026-02-09T12:00", "earlier=yesterday", "earlier=2099-01-01T00:00",
    "earlier=2026-02-09T12:00&later=then", "earlier=2001-01-01T00:00",
])  # fmt: skip
def test_moments_that_do_not_fit_are_said_at_their_box(asked: str, client_for: ClientFor, case: UUID) -> None:
    """As typed, with what to put right."""
    answer = client_for("priya").get(f"/cases/{case}/changes?{asked}")

    assert 422 == answer.status_code
    assert "There is a problem" in answer.text


def test_the_form_is_there_before_anything_is_asked(client_for: ClientFor, case: UUID) -> None:
    """And is found from the timeline; to strangers there is no such page."""
    assert 200 == client_for("priya").get(f"/cases/{case}/changes").status_code
    assert f"/cases/{case}/changes" in client_for("priya").get(f"/cases/{case}/timeline").text
    assert 404 == client_for("dan").get(f"/cases/{case}/changes?earlier=2026-01-27").status_code
