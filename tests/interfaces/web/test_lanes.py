"""The drawing of who knew what, when: every time of the table at its place, one lane an agency, nothing else in it."""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from flask.testing import FlaskClient

from application.queries.who_knew import Knowledge
from domain.times import Occurred
from domain.vocabulary import Precision
from interfaces.web.lanes import drawing_of
from interfaces.web.words import in_two

LONDON = ZoneInfo("Europe/London")
ClientFor = Callable[[str], FlaskClient]


def at(day: int, hour: int) -> datetime:
    return datetime(2026, 1, day, hour, tzinfo=UTC)


def row(agency: str, occurred: Occurred | None = None, **times: datetime) -> Knowledge:
    return Knowledge(
        item="concern:C1", label="Concern", agency=agency, recorded_by="school", occurred=occurred, recorded=at(12, 15),
        **times,
    )  # fmt: skip


def test_moments_stand_in_order_with_what_they_are_to_everybody() -> None:
    """Occurred, recorded, then what each agency could know and opened; a moment that several share stands once."""
    occurred = Occurred(start="2026-01-05", until="", precision=Precision.DAY)
    police = row("police", occurred, entitled_coarse=at(14, 14), opened_coarse=at(15, 9), entitled_full=at(16, 11))
    drawing = drawing_of([row("csc", occurred, entitled_full=at(12, 15), opened_full=at(15, 9)), police], LONDON)

    assert [
        ("5 Jan 2026", "", "occurred"),
        ("12 Jan 2026", "15:00", "recorded"),
        ("14 Jan 2026", "14:00", ""),
        ("15 Jan 2026", "09:00", ""),
        ("16 Jan 2026", "11:00", ""),
    ] == [(column.day, column.clock, column.what) for column in drawing.columns]
    assert sorted({column.x for column in drawing.columns}) == [column.x for column in drawing.columns]


def test_each_lane_holds_its_agencys_marks_at_their_moments() -> None:
    """In the order in which they came."""
    police = row("police", entitled_coarse=at(14, 14), opened_coarse=at(15, 9), entitled_full=at(16, 11))
    drawing = drawing_of([row("csc", entitled_full=at(12, 15)), police], LONDON)
    places = {column.clock: column.x for column in drawing.columns}
    lanes = {lane.agency: [(mark.step, mark.x) for mark in lane.marks] for lane in drawing.lanes}

    assert [("entitled_full", places["15:00"])] == lanes["csc"]
    assert [
        ("entitled_coarse", places["14:00"]), ("opened_coarse", places["09:00"]), ("entitled_full", places["11:00"])
    ] == lanes["police"]  # fmt: skip
    assert 2 == len({lane.y for lane in drawing.lanes})


def test_what_came_at_one_moment_stands_side_by_side() -> None:
    """Nothing lies under another."""
    drawing = drawing_of([row("csc", entitled_full=at(12, 15), opened_full=at(12, 15))], LONDON)

    assert 2 == len({mark.x for mark in drawing.lanes[0].marks})


@pytest.mark.parametrize(
    ("occurred", "columns"),
    [
        (None, []),
        (Occurred(start="", until="", precision=Precision.UNKNOWN), []),
        (Occurred(start="2025-12", until="", precision=Precision.MONTH), [("1 Dec 2025", "some time in")]),
        (Occurred(start="2025-12-18", until="", precision=Precision.ABOUT), [("18 Dec 2025", "about")]),
        (Occurred(start="2026-01-09T21:40", until="", precision=Precision.MINUTE), [("9 Jan 2026", "")]),
    ],
)
def test_when_it_occurred_is_drawn_as_far_as_it_is_known(
    occurred: Occurred | None, columns: list[tuple[str, str]]
) -> None:
    """Not known: not drawn."""
    drawing = drawing_of([row("csc", occurred, entitled_full=at(12, 15))], LONDON)

    assert columns == [(one.day, one.clock) for one in drawing.columns if one.what == "occurred"]


def test_a_long_name_takes_two_lines() -> None:
    """And one too long for two is cut where it says so."""
    assert ["Oakfield Academy"] == in_two("Oakfield Academy")
    assert ["Borough Police, Public", "Protection"] == in_two("Borough Police, Public Protection")
    assert in_two("A very long name of an agency that goes on and on for ever")[1].endswith("…")


def test_every_item_is_drawn_with_its_table(client_for: ClientFor, case: UUID) -> None:
    """Each drawing has a title and says in words what it shows; there is no style in the page (CSP)."""
    page = client_for("priya").get(f"/cases/{case}/who-knew").text
    drawings = re.findall(r'<svg class="hub-lanes__drawing" role="img" aria-labelledby="(lanes-\d+)-title', page)

    tables = page.count('<table role="table" class="govuk-table hub-stacks hub-even">')

    assert len(drawings) == len(set(drawings)) == tables
    assert "Borough Police, Public Protection: entitled in part, then opened in part, then entitled in full" in page
    assert " style=" not in page


def test_an_agency_draws_its_own_lane_only(client_for: ClientFor, case: UUID) -> None:
    """Whose knowledge a reader may look at is as in the table (design §3.8)."""
    page = client_for("sam").get(f"/cases/{case}/who-knew").text
    agencies = set(re.findall(r'class="hub-lanes__agency"[^>]*>([^<]+)<', page))

    assert {"Borough Police, Public", "Protection"} == agencies
