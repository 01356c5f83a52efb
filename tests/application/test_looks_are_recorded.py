"""Looking is recorded like writing, before any of it leaves; where it cannot be, nothing is shown (design §3.9)."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest

from application.access import is_named
from application.commands.asking import ask_about
from application.hub import Hub
from application.ledger import Stream, agency_stream, disclosures_stream
from application.queries.analysis_form import analysis_form
from application.queries.assessment import current_assessment
from application.queries.case_as_seen import case_as_seen
from application.queries.case_for_form import case_for_form
from application.queries.caseload import caseload
from application.queries.chronology import chronology
from application.queries.history import history_of
from application.queries.inbox import inbox
from application.queries.pack import referral_pack
from application.queries.preview import preview_share
from application.queries.requests_sent import requests_sent
from application.queries.requests_to_place import request_to_place, requests_to_place
from application.queries.searching import search
from application.queries.timeline import case_timeline
from application.queries.who_knew import corrections, who_knew
from domain.agency import LookRefused, SearchMade
from domain.disclosures import CaseExported, CaseShown
from domain.errors import NotFound, NotRecorded, SafeguardingError
from tests.builders import Replayed, a_case, a_concern

Query = Callable[[Hub, str, UUID], Any]
SHARE = {
    "id": "S99", "justification": "J6", "outcome": "share", "with": "police", "persons": ["sam"],
    "items": [{"item": "child.first_language", "showing": "full"}],
}  # fmt: skip
OF_THE_CASE: dict[str, Query] = {
    "case": lambda hub, who, case: case_as_seen(hub, who, case),
    "case, looking back": lambda hub, who, case: case_as_seen(hub, who, case, hub.case(case).case.opened),
    "assessment": lambda hub, who, case: current_assessment(hub, who, case),
    "analysis form": lambda hub, who, case: analysis_form(hub, who, case),
    "timeline": lambda hub, who, case: case_timeline(hub, who, case),
    "history": lambda hub, who, case: history_of(hub, who, case, "concern:C1"),
    "who knew": lambda hub, who, case: who_knew(hub, who, case),
    "corrections": lambda hub, who, case: corrections(hub, who, case),
    "form": lambda hub, who, case: case_for_form(hub, who, case, "form", ("concern:",)),
    "preview of a share": lambda hub, who, case: preview_share(hub, who, case, SHARE),
    "chronology": lambda hub, who, case: chronology(hub, who, case, lambda view, timeline: b"a file"),
    "referral pack": lambda hub, who, case: referral_pack(hub, who, case, "R2", lambda pack: {"a": b"file"}),
}
OF_THE_AGENCY: dict[str, Query] = {
    "caseload": lambda hub, who, case: caseload(hub, who),
    "inbox": lambda hub, who, case: inbox(hub, who),
    "search that finds": lambda hub, who, case: search(hub, who, {"name": "Maya Ellison"}, "a reason"),
    "search that finds nothing": lambda hub, who, case: search(hub, who, {"name": "Nobody"}, "a reason"),
    "requests sent": lambda hub, who, case: requests_sent(hub, who),
    "requests to place": lambda hub, who, case: requests_to_place(hub, who),
}
EVERY = {**OF_THE_CASE, **OF_THE_AGENCY}


def counts(hub: Hub, case: UUID) -> tuple[int, int, int]:
    """Events of the case, of its disclosures, of all other streams."""
    everything = hub.ledger.recorder.max_notification_id() or 0
    of_case, shown = len(hub.case_events(case)), len(hub.ledger.read(disclosures_stream(case)))
    return of_case, shown, everything - of_case - shown


@contextmanager
def unwritable(worked_hub: Hub, stream: Stream | None = None) -> Iterator[None]:
    """Until then no event can be written, or none to one stream, as on a full disk."""
    path = worked_hub.ledger.recorder.datastore.pool.db_name.removeprefix("file://")  # type: ignore[attr-defined]
    when = f"WHEN NEW.originator_id = '{stream.id.hex}'" if stream else ""
    connection = sqlite3.connect(path)
    connection.execute(
        f"CREATE TRIGGER no_room BEFORE INSERT ON stored_events {when} BEGIN SELECT RAISE(ABORT, 'no room'); END"
    )
    connection.commit()
    try:
        yield
    finally:
        connection.execute("DROP TRIGGER no_room")
        connection.commit()
        connection.close()


@pytest.mark.parametrize("name", OF_THE_CASE)
def test_a_look_at_a_case_is_on_record_before_it_is_answered(name: str, worked: Replayed, worked_hub: Hub) -> None:
    """Every query of a case adds to what was shown of it, and nothing to the case."""
    before = counts(worked_hub, worked.case)
    OF_THE_CASE[name](worked_hub, "priya", worked.case)
    after = counts(worked_hub, worked.case)

    assert (before[0], before[1] + 1, before[2]) == after


@pytest.mark.parametrize("name", OF_THE_AGENCY)
def test_a_list_or_search_is_on_record_before_it_is_answered(name: str, worked: Replayed, worked_hub: Hub) -> None:
    """Lists and searches are kept in the agency's own stream; the case and its disclosures stay as they were."""
    before = counts(worked_hub, worked.case)
    OF_THE_AGENCY[name](worked_hub, "priya", worked.case)
    after = counts(worked_hub, worked.case)

    assert before[:2] == after[:2]
    assert before[2] < after[2]


@pytest.mark.parametrize("name", EVERY)
def test_nothing_is_shown_where_nothing_can_be_recorded(name: str, worked: Replayed, worked_hub: Hub) -> None:
    """Without a record there is no look: the answer is the telephone."""
    with unwritable(worked_hub), pytest.raises(NotRecorded, match="Telephone the lead agency"):
        EVERY[name](worked_hub, "priya", worked.case)


@pytest.mark.parametrize("name", OF_THE_CASE)
def test_nothing_is_shown_where_only_the_disclosures_cannot_be_written(
    name: str, worked: Replayed, worked_hub: Hub
) -> None:
    """It is the stream of what was shown that counts."""
    with unwritable(worked_hub, disclosures_stream(worked.case)), pytest.raises(NotRecorded):
        OF_THE_CASE[name](worked_hub, "priya", worked.case)


@pytest.mark.parametrize("name", OF_THE_CASE)
def test_a_refused_look_is_on_record_too(name: str, worked: Replayed, worked_hub: Hub) -> None:
    """Who may not look is answered 'not found', with who tried and what in the agency's stream."""
    before = worked_hub.ledger.read(agency_stream("police"))
    with pytest.raises(NotFound):
        OF_THE_CASE[name](worked_hub, "dan", worked.case)
    (refused,) = worked_hub.ledger.read(agency_stream("police"))[len(before) :]

    assert isinstance(refused, LookRefused)
    assert ("dan", str(worked.case)) == (refused.by.person, refused.case)


@pytest.mark.parametrize("name", OF_THE_CASE)
def test_a_refusal_that_cannot_be_recorded_is_none(name: str, worked: Replayed, worked_hub: Hub) -> None:
    """Even 'not found' is said only once it is on record."""
    with unwritable(worked_hub), pytest.raises(NotRecorded):
        OF_THE_CASE[name](worked_hub, "dan", worked.case)


@pytest.mark.parametrize(
    "look",
    [
        pytest.param(lambda hub, case: history_of(hub, "ben", case, "concern:C3"), id="history of what is hidden"),
        pytest.param(lambda hub, case: history_of(hub, "ben", case, "concern:C99"), id="history of nothing"),
        pytest.param(
            lambda hub, case: referral_pack(hub, "ben", case, "R2", lambda pack: {}), id="pack of another's referral"
        ),
        pytest.param(lambda hub, case: request_to_place(hub, "priya", "Q99"), id="request that is not there"),
    ],
)
def test_a_look_at_what_is_not_ones_own_within_a_case_is_on_record(
    look: Callable[[Hub, UUID], Any], worked: Replayed, worked_hub: Hub
) -> None:
    """Within a case, too, what is hidden and what is not there answer alike, and that somebody tried is kept."""
    before = counts(worked_hub, worked.case)
    with pytest.raises(NotFound):
        look(worked_hub, worked.case)
    after = counts(worked_hub, worked.case)

    assert before[0] == after[0]
    assert sum(before) < sum(after)


def test_what_is_on_record_is_what_was_shown(worked: Replayed, worked_hub: Hub) -> None:
    """Items, versions and showings of the record are those of the view, with the edition and the rule.

    The lead sees versions as the record numbers them; to others they are numbered by what they may see.
    """
    view = case_as_seen(worked_hub, "priya", worked.case)
    shown = worked_hub.ledger.read(disclosures_stream(worked.case))[-1]

    assert isinstance(shown, CaseShown)
    assert [(c.item, c.version, c.showing, c.rule) for c in view.cells] == [
        (one.item, one.version, one.showing, one.rule) for one in shown.items
    ]
    assert ("priya", "2026-01") == (shown.by.person, shown.edition)


def test_how_many_versions_are_hidden_is_not_told(worked: Replayed, worked_hub: Hub) -> None:
    """Design §3.9: the school was given the level only; the record keeps which version it was."""
    view = case_as_seen(worked_hub, "ben", worked.case)
    shown = worked_hub.ledger.read(disclosures_stream(worked.case))[-1]
    recorded = {one.item: one.version for one in shown.items}
    told = {cell.item: cell.version for cell in view.cells}

    assert told["plan:school"] == 1
    assert told["risk"] < recorded["risk"]


def test_a_pack_is_on_record_as_handed_to_its_recipient(worked: Replayed, worked_hub: Hub) -> None:
    """An export names the recipient, and the digest of what was handed over."""
    _pack, files = referral_pack(worked_hub, "priya", worked.case, "R2", lambda pack: {"letter.txt": b"Dear Sam"})
    exported = worked_hub.ledger.read(disclosures_stream(worked.case))[-1]

    assert isinstance(exported, CaseExported)
    assert ("police", "R2") == (exported.recipient, exported.referral)
    assert {"letter.txt", "manifest.json", "receipt.json"} == set(files)


def test_a_search_is_on_record_with_its_terms_and_reason(worked: Replayed, worked_hub: Hub) -> None:
    """What was sought, why, and how much of one's own it found."""
    search(worked_hub, "ben", {"name": "maya"}, "She is not in school.")
    made = [e for e in worked_hub.ledger.read(agency_stream("school")) if isinstance(e, SearchMade)][-1]

    assert ("maya", "She is not in school.", 1) == (made.terms.name, made.reason, made.matched)


def test_asking_leaves_nothing_where_it_cannot_be_recorded(worked: Replayed, worked_hub: Hub) -> None:
    """An act that cannot be written is not answered as done."""
    data = {"id": "Q50", "of": "csc", "wanted": "w", "purpose": "p"}
    before = counts(worked_hub, worked.case)
    with unwritable(worked_hub), pytest.raises(SafeguardingError):
        ask_about(worked_hub, "sam", {"name": "Nobody"}, data, command_id="asked-in-vain")

    assert before == counts(worked_hub, worked.case)


def test_a_case_that_does_not_exist_is_looked_for_on_record(worked_hub: Hub, tmp_path: Path) -> None:
    """An id that is nobody's is a refused look like any other."""
    unknown = uuid4()
    with pytest.raises(NotFound):
        case_as_seen(worked_hub, "sam", unknown)
    refused = worked_hub.ledger.read(agency_stream("police"))[-1]

    assert isinstance(refused, LookRefused)
    assert str(unknown) == refused.case


def test_a_form_about_one_concern_shows_and_records_no_other(hub: Hub) -> None:
    """C12 is not C1 with something behind it, and the level of risk is not the reasons for it."""
    case = a_case(hub)
    for name in ("C1", "C12"):
        a_concern(hub, case, name)
    view = case_for_form(hub, "ben", case, "form: Correct a concern", ("concern:C1",))
    (*_, recorded) = (one for one in hub.ledger.read(disclosures_stream(case)) if isinstance(one, CaseShown))

    assert {"child.name", "concern:C1"} == {cell.item for cell in view.cells}
    assert {"child.name", "concern:C1"} == {one.item for one in recorded.items}
    assert [True, False, True, True, False] == [
        is_named("risk", "risk"), is_named("risk.reasons", "risk"), is_named("child.school", "child."),
        is_named("answers:school", "answers:school#3"), is_named("answers:school2", "answers:school#3"),
    ]  # fmt: skip
