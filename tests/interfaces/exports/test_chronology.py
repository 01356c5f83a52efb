"""The chronology opens in a spreadsheet, holds what its reader may see, and no cell of it is a formula."""

import csv
import functools
import io
from collections.abc import Callable

import pytest

from application.queries.chronology import chronology
from interfaces.exports.cells import neutral
from interfaces.exports.chronology import lay_out
from tests.interfaces.exports.conftest import Worked

Until = Callable[[int], Worked]
Rows = list[dict[str, str]]
WHOLE_CASE = 62


def rows_of(worked: Worked, who: str) -> Rows:
    as_table = functools.partial(lay_out, names=worked.hub.directory(), zone=worked.settings.zone)
    file = chronology(worked.hub, who, worked.case, as_table)
    return list(csv.DictReader(io.StringIO(file.decode("utf-8-sig"), newline="")))


def test_a_concern_stands_in_the_columns_of_a_review(worked_until: Until) -> None:
    """When it happened is kept apart from when it was entered; source and nature have columns of their own."""
    rows = rows_of(worked_until(WHOLE_CASE), "priya")
    found = next(row for row in rows if row["Item"] == "concern:C4")
    expected = {
        "Date from": "2026-01-23", "Time from": "18:00", "Date to": "2026-01-25", "Time to": "10:30",
        "How exactly known": "to the minute", "Agency": "Borough Police, Public Protection",
        "Source of information": "Missing person report", "Event": "Missing two nights; found with an adult",
        "Fact or opinion": "Fact", "Entered by": "Sam Okafor", "Entered on": "26 January 2026, 08:40",
        "Marking": "OFFICIAL-SENSITIVE", "Made for": "Hillcrest Children's Social Care", "Policy edition": "2026-01",
    }  # fmt: skip

    assert expected == {column: found[column] for column in expected}


def test_rows_stand_in_the_order_in_which_things_happened(worked_until: Until) -> None:
    """What was entered in February and happened in December stands first, marked as about."""
    first = rows_of(worked_until(WHOLE_CASE), "priya")[0]

    assert {"Date from": "2025-12-18", "How exactly known": "about", "Fact or opinion": "Professional opinion"} == {
        column: first[column] for column in ("Date from", "How exactly known", "Fact or opinion")
    }


def test_the_corrected_text_and_the_earlier_one_are_told_apart(worked_until: Until) -> None:
    """Two versions are two rows; the later says that it was corrected, and why."""
    rows = [row for row in rows_of(worked_until(WHOLE_CASE), "priya") if row["Item"] == "concern:C2"]

    assert [("1", "recorded"), ("2", "corrected")] == [(row["Version"], row["Entry"]) for row in rows]
    assert rows[1]["Comment"] == "Corrected on 10 February 2026: The log gave the wrong car park."


def test_school_finds_nothing_that_is_kept_from_it(worked_until: Until) -> None:
    """What school never reaches by any query (E6, E7) is in no cell."""
    worked = worked_until(WHOLE_CASE)
    text = str(rows_of(worked, "ben"))
    hidden = [words for words in worked.never("E6", "E7") if words in text]

    assert hidden == []
    assert "grey car" in text


def test_what_would_run_as_a_formula_is_text(worked_until: Until) -> None:
    """A cell that begins like a formula gets a quote before it, whoever typed it."""
    worked = worked_until(3)
    worked.do("ben", "record_concern", id="C90", justification="J1", occurred="2026-01-05", nature="fact",
              heading="police_activity", headline="=1+1", narrative="@SUM(A1)", source="-cmd|calc")  # fmt: skip
    found = next(row for row in rows_of(worked, "ben") if row["Item"] == "concern:C90")

    assert ("'=1+1", "'@SUM(A1)", "'-cmd|calc") == (found["Event"], found["Detail"], found["Source of information"])


@pytest.mark.parametrize("begin", ["=", "+", "-", "@", "\t", "\0", "\uff1d", "\ufe63", "\uff0b", "\uff20", "\u2a75"])
def test_every_beginning_of_a_formula_gets_a_quote(begin: str) -> None:
    """The beginnings by which spreadsheets know a formula, their wide and small forms too."""
    assert f"'{begin}x" == neutral(f"{begin}x")


@pytest.mark.parametrize("before", [" ", "  \t", "\u00a0", "\u2003", "\u200b", "\ufeff", "\u202e", "\x1f"])
def test_what_is_not_seen_hides_no_formula(before: str) -> None:
    """The first character that is seen counts: a spreadsheet or the export itself may leave out those before it."""
    assert f"'{before}=1+1" == neutral(f"{before}=1+1")


@pytest.mark.parametrize("broken", ["\n", "\r", "\r\n", "\u2028", "\u2029", "\x0b", "\x0c", "\x85"])
def test_a_line_break_in_a_cell_begins_no_line(broken: str) -> None:
    """What stands after a line break would be the first of a line, and could begin a formula there."""
    assert "Seen late / =1+1" == neutral(f"Seen late{broken}=1+1")
    assert "' / =1+1" == neutral(f"{broken}=1+1")


def test_no_line_of_the_table_begins_inside_a_cell(worked_until: Until) -> None:
    """Each entry is one line of the file, whatever line breaks were typed."""
    worked = worked_until(3)
    worked.do("ben", "record_concern", id="C91", justification="J1", occurred="2026-01-05", nature="fact",
              heading="police_activity", headline="Seen late",
              narrative="At the park.\r\n=1+1\u2028@x\r+1")  # fmt: skip
    rows = rows_of(worked, "ben")
    found = next(row for row in rows if row["Item"] == "concern:C91")

    assert "At the park. / =1+1 / @x / +1" == found["Detail"]
    assert not [text for row in rows for text in row.values() if text.splitlines() not in ([text], [])]


@pytest.mark.parametrize("text", ["", "Maya", "1 = 1", "12 January"])
def test_other_text_stays_as_it_is(text: str) -> None:
    """A quote only where one is needed: the text is otherwise the text."""
    assert text == neutral(text)
