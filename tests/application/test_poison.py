"""A record that cannot be read stops nobody else: its case is set aside and says so, lists go on and say so too."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any, NamedTuple
from uuid import UUID, uuid4

import pytest

from application.access import look
from application.commands.acts import act
from application.commands.asking import ask_about
from application.commands.opening import open_case
from application.hub import Hub
from application.ledger import Stream, agency_stream, case_stream, disclosures_stream
from application.projections.catch_up import catch_up, rebuild
from application.projections.rows import CASELOAD
from application.queries.case_as_seen import case_as_seen
from application.queries.caseload import caseload
from application.queries.inbox import inbox
from application.queries.requests_sent import requests_sent
from application.queries.searching import search
from domain.agency import ListShown
from domain.errors import NotFound, RecordUnreadable
from domain.record import Actor
from domain.team import TeamJoined
from domain.vocabulary import Role
from tests.builders import (
    a_case,
    a_command_id,
    a_concern,
    a_hub,
    a_justification,
    a_partnership,
    a_worker_of_the_lead,
    concern_data,
    do,
    settings_in,
)

SENTENCE = (
    "This record cannot be read just now and is being repaired. Nothing of it is shown. Telephone the lead agency for "
    "what you need to know."
)


class Three(NamedTuple):
    """A hub with three cases of Ben's, of which the second is about to be damaged; Priya works on the first two."""

    hub: Hub
    folder: Path
    before: UUID
    damaged: UUID
    after: UUID


@pytest.fixture
def three(tmp_path: Path) -> Three:
    hub = a_partnership(a_hub(tmp_path))
    cases = [a_case(hub, name=f"{name} Ellison", justification=f"J{name[0]}") for name in ("Ann", "Bea", "Cat")]
    for case, name in zip(cases, "ABC", strict=True):
        a_concern(hub, case, f"C{name}", justification=f"J{name}")
    for case in cases[:2]:
        a_worker_of_the_lead(hub, case)
        do(hub, "ben", case, "request_information", id="Q1", of="csc", wanted="What is known.", purpose="her safety")
    catch_up(hub)
    return Three(hub, tmp_path, *cases)


def damage(three: Three, stream: Stream, version: int = 0, at: int = 100) -> Hub:
    """One bit of a row, the newest unless said otherwise; a hub that has nothing in memory."""
    three.hub.close()
    with closing(sqlite3.connect(settings_in(three.folder).events)) as raw:
        for (name,) in raw.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            raw.execute(f"DROP TRIGGER {name}")
        place = "originator_id = ? AND originator_version = ?"
        newest = "SELECT max(originator_version) FROM stored_events WHERE originator_id = ?"
        version = version or raw.execute(newest, (stream.id.hex,)).fetchone()[0]
        (state,) = raw.execute(f"SELECT state FROM stored_events WHERE {place}", (stream.id.hex, version)).fetchone()  # noqa: S608
        changed = bytearray(state)
        changed[at] ^= 1
        raw.execute(f"UPDATE stored_events SET state = ? WHERE {place}", (bytes(changed), stream.id.hex, version))  # noqa: S608
        raw.commit()
    return a_hub(three.folder, three.hub.now())


# ---------------------------------------------------------------- keeping up


def join_unseen(hub: Hub, case: UUID, who: str) -> None:
    """Somebody of the lead joins, and the lists have not taken it in yet."""
    event = TeamJoined(person=who, reason="r", by=Actor(who, Role.PRACTITIONER, "csc"), recorded=hub.now(), command="j")
    hub.append(case_stream(case), hub.case(case).case.version, [event])


@pytest.mark.parametrize("at", [0, 5, 20, 50, 100, -1], ids=["format", "key", "commitment", "nonce", "content", "tag"])
@pytest.mark.parametrize("batch", [1, 500])
def test_a_damaged_new_row_parks_its_case_and_the_others_are_taken_in(at: int, batch: int, three: Three) -> None:
    """What came before and behind it is on the lists; the damaged case keeps the rows it had, and is named as such."""
    stood = three.hub.rows.everything()
    for case in (three.before, three.damaged, three.after):
        join_unseen(three.hub, case, "ada")
    hub = damage(three, case_stream(three.damaged), at=at)
    taken = catch_up(hub, batch=batch)
    rows = hub.rows.everything()
    hers = hub.rows.find(CASELOAD, hub.blind.key(CASELOAD, "ada"))

    assert 3 == taken
    assert hub.ledger.recorder.max_notification_id() == hub.rows.position()
    assert {three.damaged} == hub.rows.parked()
    assert set(stood) <= set(rows)
    assert sorted(str(case) for case in (three.before, three.after)) == [row.case for row in hers]
    assert 0 == catch_up(hub)
    hub.close()


def test_a_rebuild_leaves_a_damaged_case_out_and_makes_the_others(three: Three) -> None:
    """An old damage is found as well; no row of the others is missing."""
    stood = three.hub.rows.everything()
    hub = damage(three, case_stream(three.damaged), version=2)
    counted = rebuild(hub)

    assert hub.ledger.count() == counted
    assert {three.damaged} == hub.rows.parked()
    assert [row for row in stood if row.case != str(three.damaged)] == hub.rows.everything()
    hub.close()


def test_a_case_that_was_mended_is_taken_in_again(three: Three) -> None:
    """Once the row is put back from a copy, the next entry in the case brings its rows up."""
    join_unseen(three.hub, three.damaged, "ada")
    hub = damage(three, case_stream(three.damaged))
    catch_up(hub)
    parked = hub.rows.parked()
    mended = damage(three._replace(hub=hub), case_stream(three.damaged))
    join_unseen(mended, three.damaged, "tom")
    catch_up(mended)

    assert {three.damaged} == parked
    assert set() == mended.rows.parked()
    for who in ("ada", "tom"):
        assert [str(three.damaged)] == [r.case for r in mended.rows.find(CASELOAD, mended.blind.key(CASELOAD, who))]
    mended.close()


def test_a_damaged_row_of_an_agency_parks_no_case(three: Three) -> None:
    """It is no case's; the cases go on."""
    search(three.hub, "ben", {"name": "Ann"}, "a reason")
    hub = damage(three, agency_stream("school"), at=5)
    catch_up(hub)

    assert set() == hub.rows.parked()
    hub.close()


# ---------------------------------------------------------------- the damaged case itself


def test_the_damaged_case_says_so_to_its_team(three: Three) -> None:
    """Nothing of it is shown or recorded; the sentence says whom to telephone."""
    hub = damage(three, case_stream(three.damaged))
    before = hub.ledger.count()
    doings: list[Callable[[], Any]] = [
        lambda: look(hub, "ben", three.damaged, "case"),
        lambda: case_as_seen(hub, "priya", three.damaged),
        lambda: act(hub, "ben", three.damaged, "record_concern", concern_data("CX"), command_id=a_command_id()),
    ]
    for doing in doings:
        with pytest.raises(RecordUnreadable) as refused:
            doing()
        assert SENTENCE == refused.value.message

    assert before == hub.ledger.count()
    hub.close()


@pytest.mark.parametrize("who", ["sam", "helen", "mo", "pat", "alex"])
def test_to_others_a_damaged_case_is_not_there(who: str, three: Three) -> None:
    """Unknown, hidden and foreign ids answer alike, damaged ones too; the look is on record."""
    hub = damage(three, case_stream(three.damaged))
    answers = []
    for case in (three.damaged, uuid4()):
        before = hub.ledger.count()
        with pytest.raises(NotFound) as refused:
            look(hub, who, case, "case")
        answers.append((refused.value.message, hub.ledger.count() - before))

    assert answers[0] == answers[1]
    assert 1 == answers[0][1]
    hub.close()


def test_the_lead_is_told_of_a_damaged_case_nobody_of_it_works_on(three: Three) -> None:
    """Somebody who may open it with a reason cannot, and is not answered as if there were none."""
    hub = damage(three, case_stream(three.after))
    with pytest.raises(RecordUnreadable):
        look(hub, "ada", three.after, "case")
    hub.close()


def test_where_what_was_shown_cannot_be_read_nothing_is_shown(three: Three) -> None:
    """What somebody opened before decides what they may keep: without it there is no judging."""
    case_as_seen(three.hub, "ben", three.damaged)
    hub = damage(three, disclosures_stream(three.damaged))
    with pytest.raises(RecordUnreadable):
        case_as_seen(hub, "ben", three.damaged)

    assert "Ann Ellison" == case_as_seen(hub, "ben", three.before).name
    assert 1 == caseload(hub, "ben").unreadable
    hub.close()


# ---------------------------------------------------------------- lists


@pytest.mark.parametrize("of", [case_stream, disclosures_stream], ids=["the case", "what was shown of it"])
def test_lists_show_the_others_and_say_that_one_is_missing(of: Callable[[UUID], Stream], three: Three) -> None:
    """For who works on it: caseload, work, search and requests go on; what is listed is on record, and nothing else."""
    case_as_seen(three.hub, "ben", three.damaged)
    hub = damage(three, of(three.damaged))
    mine, work = caseload(hub, "ben"), inbox(hub, "ben")
    found, sent = search(hub, "ben", {"name": "Ellison"}, "a reason"), requests_sent(hub, "ben")
    listed = [one for one in hub.ledger.read(agency_stream("school")) if isinstance(one, ListShown)][-4:]

    assert [1, 1, 1, 1] == [one.unreadable for one in (mine, work, found, sent)]
    assert {three.before, three.after} == {entry.case for entry in mine.entries} == {one.case for one in found.found}
    assert ["Q1"] == [one.id for one in sent.requests]
    assert str(three.damaged) not in {case for one in listed for case, _ in one.entries}
    assert {str(three.before), str(three.after)} == {case for one in listed for case, _ in one.entries}
    hub.close()


def test_the_leads_lists_go_on(three: Three) -> None:
    """Of the two she works on one is shown; the third she may still open; what was sent to the lead still waits."""
    hub = damage(three, case_stream(three.damaged))
    mine, work = caseload(hub, "priya"), inbox(hub, "priya")

    assert ([three.before], (three.after,), 1) == ([one.case for one in mine.entries], mine.to_open, mine.unreadable)
    assert {three.before} == {task.case for task in work.tasks if task.kind == "answer_request"}
    assert 1 == work.unreadable
    hub.close()


def test_what_may_be_opened_goes_on_without_the_damaged_one(three: Three) -> None:
    """A case of the lead that nobody of it works on, damaged: it is counted once, and not offered."""
    hub = damage(three, case_stream(three.after))
    for who, entries in (("priya", {three.before, three.damaged}), ("ada", set())):
        mine, work = caseload(hub, who), inbox(hub, who)

        assert entries == {one.case for one in mine.entries}
        assert three.after not in mine.to_open
        assert (1, 1) == (mine.unreadable, work.unreadable)
    hub.close()


@pytest.mark.parametrize("who", ["sam", "helen", "asha"])
def test_who_does_not_work_on_it_is_told_nothing_of_it(who: str, three: Three) -> None:
    """Others' lists and searches are as they were."""
    before = [three.hub.person(who), search(three.hub, who, {"name": "Bea Ellison"}, "a reason")]
    hub = damage(three, case_stream(three.damaged))
    lists = (caseload(hub, who), inbox(hub, who), requests_sent(hub, who))
    found = search(hub, who, {"name": "Bea Ellison"}, "a reason")

    assert [0, 0, 0] == [one.unreadable for one in lists]
    assert before[1] == found
    hub.close()


def test_where_all_can_be_read_nothing_is_said(three: Three) -> None:
    """No list counts what it shows, nor a case that was destroyed."""
    for who in ("ben", "priya", "ada", "tom", "sam"):
        assert (0, 0) == (caseload(three.hub, who).unreadable, inbox(three.hub, who).unreadable)


# ---------------------------------------------------------------- acts beside it


def test_acts_in_other_cases_go_on(three: Three) -> None:
    """Recording, sharing with the lists, asking: what does not touch the damaged case is as always."""
    hub = damage(three, case_stream(three.damaged))
    a_concern(hub, three.before, "CY", justification="JA")
    do(hub, "sam", three.after, "give_justification", **a_justification("JS"))
    ask_about(hub, "sam", {"name": "Nobody"}, {"id": "Q9", "of": "csc", "wanted": "w", "purpose": "p"},
              command_id=a_command_id())  # fmt: skip

    assert "concern:CY" in hub.case(three.before).case.items
    hub.close()


@pytest.mark.parametrize("who", ["sam", "ben"])
def test_another_case_can_be_opened_and_asked_about(who: str, three: Three) -> None:
    """Also by who works on the damaged one; sent again it has one effect."""
    hub = damage(three, case_stream(three.damaged))
    data = {"justification": a_justification("JN"), "child": {"name": "Dee Ellison", "date_of_birth": "2011-01-01"}}
    asked = {"id": "Q7", "of": "csc", "wanted": "w", "purpose": "p"}
    opened = {open_case(hub, who, data, command_id="opened-beside") for _ in range(2)}
    for _ in range(2):
        ask_about(hub, who, {"name": "Nobody Known"}, asked, command_id="asked-beside")

    assert 1 == len(opened)
    assert opened <= {entry.case for entry in caseload(hub, who).entries}
    assert ["Q7"] == list(hub.unplaced("csc").requests)
    hub.close()


def test_a_row_taken_out_of_the_middle_stops_its_case(three: Three) -> None:
    """What a missing row would have changed nobody knows: nothing behind it is believed, and nothing is shown."""
    three.hub.close()
    with closing(sqlite3.connect(settings_in(three.folder).events)) as raw:
        raw.execute("DROP TRIGGER stored_events_no_DELETE")
        third = "DELETE FROM stored_events WHERE originator_id = ? AND originator_version = 3"
        raw.execute(third, (three.damaged.hex,))
        raw.commit()
    hub = a_hub(three.folder, three.hub.now())

    with pytest.raises(RecordUnreadable):
        case_as_seen(hub, "ben", three.damaged)
    with pytest.raises(RecordUnreadable):
        hub.case_events(three.damaged)
    assert "Cat Ellison" in str(case_as_seen(hub, "ben", three.after))


def test_a_damaged_row_of_a_list_is_made_anew(three: Three) -> None:
    """A derived row that fails its seal is thrown away and worked out again; nothing is shown of it meanwhile."""
    stood = three.hub.rows.everything()
    three.hub.close()
    with closing(sqlite3.connect(settings_in(three.folder).rows)) as raw:
        ((of,),) = raw.execute('SELECT "of" FROM "rows" LIMIT 1').fetchall()
        raw.execute('UPDATE "rows" SET sealed = zeroblob(length(sealed)) WHERE "of" = ?', (of,))
        raw.commit()
    hub = a_hub(three.folder, three.hub.now())

    with pytest.raises(RecordUnreadable):
        hub.rows.find(CASELOAD, hub.blind.key(CASELOAD, "ben"))
    catch_up(hub)

    assert stood == hub.rows.everything()
