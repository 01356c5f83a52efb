"""What a demo person asks, hands over and imports on the command line, and how each refusal says what to do."""

import json
import stat
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from click.testing import Result

from application.ledger import disclosures_stream
from domain.disclosures import CaseExported
from interfaces.bootstrap import build_hub
from interfaces.settings import read_existing
from interfaces.web.words import read_moment

Hub = Callable[..., Result]
LONDON = ZoneInfo("Europe/London")


def exports_on_record(home: Path) -> int:
    """How often something was handed out of the one case there is, as the record has it."""
    hub = build_hub(read_existing(home))
    try:
        (case,) = {row.case for row in hub.rows.everything()}
        shown = hub.ledger.read(disclosures_stream(UUID(case)))
        return sum(isinstance(event, CaseExported) for event in shown)
    finally:
        hub.close()


def test_unknown_person_is_told_who_there_is(demo: Hub):
    """The demo persons are listed."""
    refused = demo("case", "--as", "nobody")

    assert refused.exit_code == 1
    assert "ben          Ben Whitlock" in refused.output


def test_who_sees_no_case_is_told_so(demo: Hub):
    """The administrator sees no case."""
    assert "This person sees no case." in demo("case", "--as", "alex").output


def test_a_case_is_printed_with_what_passed_between_agencies(demo: Hub):
    """Requests, decisions and referrals belong to the case as its two parties see it."""
    said = demo("case", "--as", "priya").output

    assert "Request Q1, 2026-01-14 10:20: Sam Okafor, Borough Police" in said
    assert "Decision S4, 2026-01-28 10:00: Priya Nair" in said
    assert ": Refused\n" in said
    assert "Referral R1, 2026-01-12 16:00: Ben Whitlock" in said


def test_what_passed_between_others_is_not_printed(demo: Hub):
    """Threads are for their two parties: the school reads nothing of what police asked."""
    said = demo("case", "--as", "ben").output

    assert "Request Q1" not in said
    assert "Decision S1" not in said


def test_a_day_alone_means_its_end_as_on_the_pages(demo: Hub):
    """One reader for both: what was recorded during the day is there."""
    meant = read_moment("2026-01-12", LONDON)
    view = json.loads(demo("as-at", "2026-01-12", "--as", "ben", "--json").stdout)

    assert meant == datetime.fromisoformat(view["as_at"])
    assert "concern:C1" in {cell["item"] for cell in view["cells"]}


def test_today_means_now(demo: Hub):
    """The end of today is still to come, so today alone means as the record stands."""
    assert demo("as-at", "2026-06-02", "--as", "ben").exit_code == 0


@pytest.mark.parametrize("moment", ["2026-06-03", "2026-06-02T23:00", "2199-01-01", "0001-01-01", "soon", ""])
def test_no_moment_to_come_or_out_of_bounds_is_taken(demo: Hub, moment: str):
    """Looking back needs a moment that has been."""
    refused = demo("as-at", moment, "--as", "ben")

    assert refused.exit_code == 1
    assert refused.output.startswith("Error: MOMENT: ")


def test_an_export_is_for_its_owner_only(demo: Hub, tmp_path: Path):
    """The file is written as 0600 and nothing is left beside it."""
    target = tmp_path / "out" / "chronology.csv"
    target.parent.mkdir()

    written = demo("export", "chronology", "--as", "priya", "--to", target)

    assert written.exit_code == 0, written.output
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    assert [path.name for path in target.parent.iterdir()] == ["chronology.csv"]


def test_an_export_that_cannot_be_written_is_not_on_record(demo: Hub, home: Path, tmp_path: Path):
    """Nothing was handed out, so nothing of the kind is recorded."""
    before = exports_on_record(home)

    refused = [
        demo("export", "chronology", "--as", "priya", "--to", path) for path in (tmp_path / "no/x.csv", tmp_path)
    ]

    assert [result.exit_code for result in refused] == [1, 1]
    assert "no/x.csv cannot be written" in refused[0].output
    assert exports_on_record(home) == before


def test_a_file_that_is_there_is_not_written_over_unasked(demo: Hub, home: Path, tmp_path: Path):
    """Only --force replaces it."""
    target = tmp_path / "kept.csv"
    target.write_text("kept", encoding="utf-8")
    before = exports_on_record(home)

    refused = demo("export", "chronology", "--as", "priya", "--to", target)
    kept = target.read_text(encoding="utf-8")
    recorded = exports_on_record(home)
    forced = demo("export", "chronology", "--as", "priya", "--to", target, "--force")

    assert (refused.exit_code, kept, recorded) == (1, "kept", before)
    assert "--force" in refused.output
    assert forced.exit_code == 0
    assert target.read_text(encoding="utf-8") != "kept"
    assert exports_on_record(home) == before + 1


def test_a_pack_without_its_referral_is_asked_for(demo: Hub, tmp_path: Path):
    """The referrals this person may export are listed; the others are not."""
    refused = demo("export", "referral", "--as", "ben", "--to", tmp_path / "pack.zip")

    assert refused.exit_code == 1
    assert "Name the referral with --referral: R1 (to " in refused.output
    assert "R2" not in refused.output


def test_who_made_no_referral_is_told_so(demo: Hub, tmp_path: Path):
    """There is nothing to choose from."""
    refused = demo("export", "referral", "--as", "helen", "--to", tmp_path / "pack.zip")

    assert refused.exit_code == 1
    assert "has made no referral in this case" in refused.output


def lines(*acts: object) -> str:
    return "\n".join(act if isinstance(act, str) else json.dumps(act, ensure_ascii=False) for act in acts)


def a_disagreement(reason: str) -> dict[str, object]:
    return {"act": "record_disagreement", "data": {"concern": "C1", "justification": "J6", "reason": reason}}


def test_a_file_from_another_system_is_read_as_it_is(demo: Hub, tmp_path: Path):
    """A byte order mark, blank lines and a line separator within a text are no faults; a second run adds nothing."""
    file = tmp_path / "acts.jsonl"
    file.write_text("\ufeff" + lines(a_disagreement("Seen\u2028otherwise."), "", "  ") + "\r\n", encoding="utf-8")

    runs = [demo("import", file, "--as", "priya") for _ in range(2)]

    assert [run.exit_code for run in runs] == [0, 0], runs[0].output
    assert all("1 of 1 lines are in the record." in run.output for run in runs)


def test_each_bad_line_is_named_as_an_editor_numbers_it(demo: Hub, tmp_path: Path):
    """The good lines are in, the bad ones are named; an act that is not known is answered with those that are."""
    file = tmp_path / "acts.jsonl"
    long = '{"act": "record_disagreement", "data": {"concern": ' + "1" * 5000 + "}}"
    file.write_text(lines(a_disagreement("Otherwise."), "", {"act": "guess", "data": {}}, long, "{"), encoding="utf-8")

    done = demo("import", file, "--as", "priya")

    assert done.exit_code == 1
    assert "line 3: act: The hub knows no such act. It knows: acknowledge_referral, " in done.output
    assert "line 4: line: This is not JSON." in done.output
    assert "line 5: line: This is not JSON." in done.output
    assert "1 of 4 lines are in the record." in done.output


def test_a_file_that_is_not_utf_8_is_refused_whole(demo: Hub, tmp_path: Path):
    """Nothing of it is imported."""
    file = tmp_path / "acts.jsonl"
    file.write_bytes(json.dumps(a_disagreement("x")).encode() + b"\n\xff")

    refused = demo("import", file, "--as", "priya")

    assert refused.exit_code == 1
    assert "is not UTF-8" in refused.output


def test_policy_tables_are_checked_against_whatever_is_named(hub: Hub, tmp_path: Path):
    """A folder, no file, or bytes that are no text: each differs, none is a traceback."""
    binary = tmp_path / "tables.md"
    binary.write_bytes(b"\xff")

    codes = [hub("policy-tables", "--check", path).exit_code for path in (tmp_path, tmp_path / "none.md", binary)]

    assert codes == [2, 1, 1]
