"""A scenario file is read liberally; where it cannot be read, one line says what is wrong and where."""

from pathlib import Path

import pytest

from interfaces.demo.scenario import Scenario, ScenarioFaulty, read_scenario

WHOLE = """
title = "Small"
timezone = "Europe/London"
demo_stands_at = "2026-02-01T12:00:00"

[[agency]]
id = "csc"
name = "Children's Services"
kind = "childrens_social_care"
lead = true

[[agency]]
id = "school"
name = "A School"
kind = "education"

[[person]]
id = "priya"
name = "Priya"
agency = "csc"
roles = ["practitioner"]

[[act]]
n = 1
recorded = "2026-01-12T15:40:00"
by = "priya"
act = "open case"
justification = { id = "J1" }
child = { name = "A B" }

[[refusal]]
after = 1
by = "priya"
act = "view case"
error = "not_found"

[[expect]]
id = "E1"
as_at = "2026-01-13T09:00:00"
agency = "csc"
sees = {}
"""
FAULTY = {
    "not TOML at all": (WHOLE, "= = =", "Invalid"),
    "no agency": ('[[agency]]\nid = "csc"', '[[agencyx]]\nid = "csc"', "there is no [[agencyx]]"),
    "a table that is not of this form": ("[[expect]]", "[[expects]]", "there is no [[expects]] in this form"),
    "no act": ("[[act]]", "[act]", "Expected `array`"),
    "a title that is a number": ('title = "Small"', "title = 5", "Expected `str`"),
    "a timezone that is nowhere": ("Europe/London", "Europe/Atlantis", "there is no timezone 'Europe/Atlantis'"),
    "a timezone that is a path": ("Europe/London", "../../etc/passwd", "there is no timezone"),
    "a time that is none": ("2026-01-12T15:40:00", "last Tuesday", "act 1: recorded must be a time"),
    "a demo time that is none": ("2026-02-01T12:00:00", "soon", "demo_stands_at must be a time"),
    "an act without its time": ('recorded = "2026-01-12T15:40:00"\n', "", "act 1: recorded must be a time"),
    "an act of nobody": ('by = "priya"\nact = "open case"', 'act = "open case"', "act 1: by: there is no person"),
    "a person nobody knows": ('by = "priya"\nact = "open', 'by = "nobody"\nact = "open', "there is no person 'nobody'"),
    "an act nobody knows": ('act = "open case"', 'act = "close the eyes"', "there is no act called 'close the eyes'"),
    "an act without a name": ('act = "open case"\n', "", "there is no act called ''"),
    "a first act that opens nothing": ('act = "open case"', 'act = "view case"', "the first act must be 'open case'"),
    "n that is no number": ("n = 1\n", 'n = "one"\n', "n must be a whole number"),
    "no lead": ("lead = true\n", "", "exactly one [[agency]] must have lead = true"),
    "a kind of agency that is none": ('kind = "education"', 'kind = "circus"', "circus"),
    "a role that is none": ('["practitioner"]', '["wizard"]', "wizard"),
    "an agency twice": ('id = "school"', 'id = "csc"', "'csc' stands twice"),
    "a person of no agency": ('agency = "csc"\nroles', 'agency = "fbi"\nroles', "there is no agency 'fbi'"),
    "a refusal after no act": ("after = 1", "after = 9", "refusal 1: after = 9 is no act's n"),
    "a refusal without an error": ('error = "not_found"\n', "", "refusal 1: error must name the refusal"),
    "an expectation without a time": ('as_at = "2026-01-13T09:00:00"\n', "", "expectation E1: as_at must be a time"),
    "an expectation of no agency": ('as_at = "2026-01-13T09:00:00"\nagency = "csc"',
                                    'as_at = "2026-01-13T09:00:00"\nagency = "fbi"', "E1: there is no agency 'fbi'"),
    "an expectation of nobody": ('agency = "csc"\nsees', 'person = "x"\nsees', "E1: person: there is no person 'x'"),
}  # fmt: skip


def read(tmp_path: Path, text: str) -> Scenario:
    path = tmp_path / "small.toml"
    path.write_text(text, encoding="utf-8")
    return read_scenario(path)


@pytest.mark.parametrize("name", FAULTY)
def test_a_faulty_file_is_named_with_what_is_wrong(name: str, tmp_path: Path) -> None:
    """A file that is not a scenario is answered with one line that names the file and the fault."""
    old, new, said = FAULTY[name]

    assert old in WHOLE
    with pytest.raises(ScenarioFaulty) as refused:
        read(tmp_path, WHOLE.replace(old, new, 1))

    assert str(refused.value).startswith("small.toml: ")
    assert said in str(refused.value)
    assert "Traceback" not in str(refused.value)


@pytest.mark.parametrize(
    "content", [b"\xff\xfe\x00bad", b"", b"title = 'x'\x00", b"act = [" * 2000], ids=["bytes", "empty", "NUL", "deep"]
)
def test_bytes_that_are_no_file_of_ours_are_a_fault_too(content: bytes, tmp_path: Path) -> None:
    """Whatever the bytes, the answer is that the file is faulty."""
    path = tmp_path / "broken.toml"
    path.write_bytes(content)

    with pytest.raises(ScenarioFaulty, match=r"^broken\.toml: "):
        read_scenario(path)


def test_a_file_that_is_not_there_is_a_fault(tmp_path: Path) -> None:
    """A missing file is named."""
    with pytest.raises(ScenarioFaulty, match=r"missing\.toml"):
        read_scenario(tmp_path / "missing.toml")


def test_dates_need_no_quotes(tmp_path: Path) -> None:
    """A date or time written as TOML has them reads as the same text."""
    bare = WHOLE.replace('"2026-01-12T15:40:00"', "2026-01-12T15:40:00").replace('"2026-01-13T09:00:00"', "2026-01-13")
    scenario = read(tmp_path, bare)

    assert "2026-01-12T15:40:00" == scenario.acts[0]["recorded"]
    assert "2026-01-13" == scenario.expectations[0]["as_at"]


def test_what_goes_without_saying_may_be_left_out(tmp_path: Path) -> None:
    """Numbers of acts, ids of expectations, the zone and the demo's time have what one would expect."""
    short = WHOLE
    for line in ("n = 1\n", 'id = "E1"\n', 'timezone = "Europe/London"\n', 'demo_stands_at = "2026-02-01T12:00:00"\n'):
        short = short.replace(line, "")
    scenario = read(tmp_path, short)

    assert (1, "E1") == (scenario.acts[0]["n"], scenario.expectations[0]["id"])
    assert ("Europe/London", "2026-01-12T15:40:00") == (scenario.timezone, scenario.demo_stands_at)


def test_acts_are_done_in_the_order_of_their_time(tmp_path: Path) -> None:
    """Where the file's order is another, time decides, and numbers decide among what was recorded at once."""
    more = '\n[[act]]\nn = {n}\nrecorded = "{at}"\nby = "priya"\nact = "View_case"\n'
    later = "".join(
        more.format(n=n, at=at)
        for n, at in ((4, "2026-01-15T09:00:00"), (2, "2026-01-14T09:00:00"), (3, "2026-01-14T09:00:00"))
    )
    scenario = read(tmp_path, WHOLE + later)

    assert [1, 2, 3, 4] == [act["n"] for act in scenario.acts]
    assert "view case" == scenario.acts[1]["act"]


def test_a_time_with_its_own_zone_keeps_it(tmp_path: Path) -> None:
    """A time is local unless it says otherwise; summer time counts."""
    scenario = read(tmp_path, WHOLE)

    assert "2026-07-01T08:00:00+00:00" == scenario.moment("2026-07-01T09:00:00").isoformat()
    assert "2026-07-01T09:00:00+00:00" == scenario.moment("2026-07-01T09:00:00Z").isoformat()
