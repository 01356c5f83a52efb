"""My work: what is on the page, what is new to its reader, in one pass, and never more than the reader's view holds."""

from datetime import timedelta
from uuid import UUID

import msgspec
import pytest

from application.access import look
from application.commands.asking import ask_about
from application.hub import Hub
from application.ledger import agency_stream
from application.queries.caseload import caseload
from application.queries.inbox import inbox
from application.queries.my_work import News, my_work
from application.queries.requests_sent import requests_sent
from domain.agency import ListShown
from tests.application.test_answers_alike import Statements
from tests.builders import a_case, a_concern, a_share, a_worker_of_the_lead, do

EVERYBODY = ("priya", "tom", "ruth", "kim", "sam", "mo", "dan", "helen", "ben", "asha", "pat", "jo", "lee", "alex")


def news(hub: Hub, who: str) -> dict[UUID, int]:
    return {one.case: one.count for one in my_work(hub, who).news}


@pytest.mark.parametrize("who", EVERYBODY)
def test_the_page_holds_what_the_single_lists_hold(who: str, worked_hub: Hub) -> None:
    """Caseload, tasks and requests are the same as where each is asked for alone."""
    mine = my_work(worked_hub, who)

    assert caseload(worked_hub, who) == mine.caseload
    assert inbox(worked_hub, who) == mine.inbox
    assert requests_sent(worked_hub, who).requests == mine.asked
    assert 0 == mine.unreadable


def test_what_i_have_not_opened_is_new_and_what_i_wrote_is_not(hub: Hub) -> None:
    """Until I look at the case; then what others record since, counted one by one."""
    case = a_case(hub)
    a_concern(hub, case)
    a_worker_of_the_lead(hub, case)
    told = [news(hub, "ben"), news(hub, "priya")]
    look(hub, "priya", case, "case")
    told.append(news(hub, "priya"))
    hub.clock.at += timedelta(hours=1)  # type: ignore[attr-defined]
    do(hub, "ben", case, "record_details", justification="J1", child={"name": "Maya Ellison"})
    a_concern(hub, case, "C2")
    told.append(news(hub, "priya"))

    assert [{}, {case: 3}, {}, {case: 2}] == told
    assert [News(case=case, count=2, newest=hub.now())] == list(my_work(hub, "priya").news)


def test_what_is_shared_with_me_is_new_from_the_day_it_is_shared(hub: Hub) -> None:
    """However old the entry is; what is not shared makes no number."""
    case = a_case(hub)
    a_concern(hub, case)
    a_concern(hub, case, "C2")
    hub.clock.at += timedelta(days=3)  # type: ignore[attr-defined]
    a_share(hub, case, "concern:C1", to="police", by="ben", justification="J1", persons=["sam"])

    assert [News(case=case, count=1, newest=hub.now())] == list(my_work(hub, "sam").news)


def test_what_is_not_mine_to_see_changes_nothing_on_the_page(hub: Hub) -> None:
    """Entries and cases of others: the page is the same to the last letter."""
    case = a_case(hub)
    a_concern(hub, case)
    a_share(hub, case, "concern:C1", to="police", by="ben", justification="J1", persons=["sam"])
    before = msgspec.json.encode(my_work(hub, "sam"))
    a_concern(hub, case, "C2")
    a_case(hub, by="helen", name="Jonah Pike")

    assert before == msgspec.json.encode(my_work(hub, "sam"))


def test_a_list_is_no_look_into_the_case(hub: Hub) -> None:
    """The page itself does not make anything opened: it shows names and levels, not entries."""
    case = a_case(hub)
    a_worker_of_the_lead(hub, case)

    assert [{case: 2}] * 3 == [news(hub, "priya") for _ in range(3)]


def test_the_page_is_on_record_once_with_all_it_names(hub: Hub) -> None:
    """One entry in the agency's own record, case by case, before it is shown."""
    case = a_case(hub)
    a_worker_of_the_lead(hub, case)
    before = len(hub.ledger.read(agency_stream("csc")))
    my_work(hub, "priya")
    (event,) = hub.ledger.read(agency_stream("csc"))[before:]

    assert isinstance(event, ListShown)
    assert ("my work", [str(case)]) == (event.what, [one for one, _ in event.entries])
    assert {"child.name"} == {item.item for _, items in event.entries for item in items}


def test_each_case_is_judged_once_however_many_lists_it_stands_on(worked_hub: Hub) -> None:
    """The page reads the tail of each case of the reader's once, where the lists alone read it three times."""
    statements = Statements(worked_hub)
    caseload(worked_hub, "ben")
    alone = tails(statements)
    my_work(worked_hub, "ben")

    assert (1, 1) == (alone, tails(statements) - alone)


def tails(statements: Statements) -> int:
    """How often the newest of some streams was read."""
    return sum("WITH wanted" in one for one in statements.seen)


def test_what_i_asked_about_somebody_stands_on_the_page(hub: Hub) -> None:
    """Whether or not it was placed, and no case is named for it."""
    ask_about(hub, "sam", {"name": "Maya Ellison", "date_of_birth": "2010-05-14"},
              {"id": "Q1", "of": "csc", "wanted": "w", "purpose": "p"}, command_id="asked-by-sam")  # fmt: skip
    mine = my_work(hub, "sam")

    assert ["w"] == [one.wanted for one in mine.asked]
    assert ((), ()) == (mine.caseload.entries, mine.news)
