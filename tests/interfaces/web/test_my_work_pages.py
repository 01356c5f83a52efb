"""My work, finding a case and the page on which the lead decides about two cases, as people meet them."""

import re
from collections.abc import Callable
from html import unescape
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient

from application.commands.acts import act
from application.commands.opening import open_case
from application.hub import Hub
from tests.builders import a_command_id, a_justification
from tests.interfaces.web.browsing import Person, form_on, forms_on
from tests.interfaces.web.conftest import token

People = Callable[[str], FlaskClient]
TAGS = re.compile(r"<[^>]+>")
HER = {"name": "Maya Ellison", "born-day": "14", "born-month": "5", "born-year": "2010", "reason": "Named today."}


def words(page: str) -> str:
    return " ".join(unescape(TAGS.sub(" ", page)).split())


def found(client: FlaskClient, **more: str) -> str:
    answer = client.post("/search", data={"csrf_token": token(client, "/search"), **HER, **more})
    assert answer.status_code == 200
    return answer.text


@pytest.fixture
def twin(worked_hub: Hub) -> UUID:
    """A second case that may be of the same young person."""
    data = {"justification": a_justification("J1"), "child": {"name": "Mya Elison", "date_of_birth": "2010-05-14"}}
    return open_case(worked_hub, "helen", data, command_id=a_command_id())


def test_what_is_overdue_stands_first_and_says_so(client_for: People) -> None:
    """Group by group, the longest overdue first; what one has no hand in stands apart."""
    page = client_for("priya").get("/caseload").text
    headings = re.findall(r'<h3 class="govuk-heading-s hub-card__title">(.*?) <', page)

    assert "8 things wait for you, 5 overdue" in words(page)
    assert ["Your referrals that nobody acknowledged in time", "Consents and shares to look at again"] == headings[:2]
    assert "Overdue: was due 27 January 2026" in words(page)
    assert not re.search(r"\([\w:|]+, case [0-9a-f]{8}\)", page)
    assert "(Maya Ellison, since 26 January 2026, 10:30)" in words(page)


def test_a_referral_that_nobody_acknowledged_in_time_leads_to_its_escalation(client_for: People, case: UUID) -> None:
    """Before its day it only waits for others; after, escalating it is one's own to do."""
    client = client_for("priya")
    page = client.get("/caseload").text
    address = re.search(rf'href="(/cases/{case}/referrals/\w+/escalate)"', page)

    assert address is not None
    sent, _ = Person(client).sends(address[1], {"reason": "Nobody has answered."})
    after = client.get("/caseload").text

    assert 303 == sent.status_code
    assert "Escalated already." in after
    assert "/escalate" not in after


def test_a_referral_made_today_only_waits_for_others(client_for: People, worked_hub: Hub, case: UUID) -> None:
    """It is folded away, not counted among what waits."""
    data = {"id": "R9", "justification": "J1", "to": "csc", "summary": "s", "carers_informed": "no"}
    act(worked_hub, "ben", case, "make_referral", data, command_id=a_command_id())
    page = client_for("ben").get("/caseload").text

    assert "Coming up, or waiting for others (1)" in words(page)
    assert "1 thing waits for you." in words(page)
    assert "/escalate" not in page


@pytest.mark.parametrize("who", ["lee", "alex", "pat"])
def test_who_has_nothing_to_do_is_told_so_in_plain_words(client_for: People, who: str) -> None:
    """Empty states are sentences."""
    page = words(client_for(who).get("/caseload").text)

    assert "Nothing waits for you now." in page
    assert "You work on no case now." in page
    assert "Nothing that you have not opened already." in page


def test_new_entries_are_counted_until_the_case_is_opened(client_for: People, case: UUID) -> None:
    """The case once opened, nothing of it is new."""
    client = client_for("priya")
    before = words(client.get("/caseload").text)
    client.get(f"/cases/{case}")
    after = words(client.get("/caseload").text)

    assert "7 new entries that you may see and have not opened" in before
    assert "Nothing that you have not opened already." in after


def test_a_slip_is_forgiven_and_the_page_says_why_it_is_listed(client_for: People) -> None:
    """Names that sound or are spelt alike, day and month, one digit."""
    page = words(found(client_for("priya"), name="Maja Elison", **{"born-year": "2011"}))

    assert "Why it is listed: The name is spelt alike; the year of birth differs by a slip." in page


def test_a_slip_tells_who_may_not_see_the_case_nothing(client_for: People) -> None:
    """The same page for a name that is on record, one like it, and one that is not."""
    client = client_for("dan")
    pages = [found(client, name=name).replace(name, "") for name in ("Maya Ellison", "Mya Elison", "Jonah Pike")]

    assert [pages[0]] * 3 == pages
    assert "ask Hillcrest Children's Social Care" in words(pages[0])


@pytest.mark.parametrize(
    ("where", "button"),
    [("/record", "Record about this young person"), ("/ask", "Ask another agency about this young person")],
)
def test_what_was_typed_goes_on_into_the_next_form_and_into_no_address(
    where: str, button: str, client_for: People, worked_hub: Hub
) -> None:
    """By POST, with nothing recorded yet and nothing marked as wrong; the form then is an ordinary one."""
    client = client_for("sam")
    searched = client.post("/search", data={"csrf_token": token(client, "/search"), **HER, "name": "Keira Doyle"})
    (onward,) = [form for form in forms_on(searched) if form.action == where]
    count = worked_hub.ledger.count()
    begun = client.post(onward.action, data=onward.values)
    form = form_on(begun)

    assert button in words(searched.text)
    assert 200 == begun.status_code
    assert "There is a problem" not in begun.text
    assert ["Keira Doyle"] == form.values["name"]
    assert ["14", "5", "2010"] == [form.values[f"date_of_birth-{part}"][0] for part in ("day", "month", "year")]
    assert count == worked_hub.ledger.count()
    assert "step" not in form.values


def test_the_lead_links_two_cases_and_takes_it_back(app: Flask, client_for: People, case: UUID, twin: UUID) -> None:
    """From the list to the decision to the case, which bears the other's number; then undone."""
    ruth = Person(client_for("ruth"))
    listed = ruth.opens("/possible-duplicates").text
    address = re.search(r'href="(/cases/[0-9a-f-]+/links/[0-9a-f-]+)"', listed)
    assert address is not None
    linked, _ = ruth.sends(address[1], {"decision": "link_cases", "reason": "Same mother."})
    told = words(client_for("priya").get(f"/cases/{case}").text)
    partner = words(client_for("ben").get(f"/cases/{case}").text)
    sealing = ruth.opens(f"/cases/{case}/seal").text
    undone, _ = ruth.sends(address[1], {"decision": "undo_link", "reason": "The wrong pair."})
    after = words(client_for("priya").get(f"/cases/{case}").text)

    assert {str(case), str(twin)} == set(re.findall(r"[0-9a-f]{8}-[0-9a-f-]{27}", address[1]))
    assert (303, 303) == (linked.status_code, undone.status_code)
    assert f"Case {twin.hex[:8]} is about the same young person." in told
    assert "It is not sealed by this." in sealing
    assert f'href="/cases/{twin}/seal"' in sealing
    assert twin.hex[:8] not in partner
    assert twin.hex[:8] not in after


def test_the_same_can_be_done_by_the_api(client_for: People, case: UUID, twin: UUID) -> None:
    """The list as JSON, a decision, and the list after it."""
    client = client_for("ruth")
    headers = {"X-CSRFToken": token(client)}
    body = {"command_id": a_command_id(), "data": {"other": str(twin), "reason": "Same mother."}}
    before = client.get("/api/possible-duplicates").json
    done = client.post(f"/api/cases/{case}/links/link_cases", json=body, headers=headers)
    after = client.get("/api/possible-duplicates").json

    assert (1, 0) == (len(before["open"]), len(before["decided"]))
    assert (200, {"case": str(case)}) == (done.status_code, done.json)
    assert (0, ["linked"]) == (len(after["open"]), [one["standing"] for one in after["decided"]])


def test_a_decision_without_a_reason_or_twice_is_shown_again(client_for: People, case: UUID, twin: UUID) -> None:
    """What was typed stays; what stands already is not offered."""
    ruth, address = Person(client_for("ruth")), f"/cases/{case}/links/{twin}"
    unreasoned, _ = ruth.sends(address, {"decision": "mark_different"})
    begun = ruth.opens(address)
    ruth.presses(address, begun, {"decision": "mark_different", "reason": "Cousins."})
    again = form_on(begun).filled({"decision": "mark_different", "reason": "Cousins, as said."})
    twice = ruth.client.post(address, data={**again, "command_id": ["another-number"]})
    page = ruth.opens(address)

    assert 422 == unreasoned.status_code
    assert 'value="mark_different" checked' in unreasoned.text
    assert 409 == twice.status_code
    assert ["link_cases", "undo_link"] == form_on(page).controls["decision"].offered
    assert "Cousins." in page.text


@pytest.mark.parametrize("who", ["priya", "sam", "mo", "helen", "ben", "asha", "pat", "jo", "lee", "alex"])
def test_nobody_else_is_offered_or_given_the_list(client_for: People, case: UUID, twin: UUID, who: str) -> None:
    """By role, whatever the address says."""
    client = client_for(who)
    pages = [client.get(path) for path in ("/possible-duplicates", f"/cases/{case}/links/{twin}")]

    assert [403, 403] == [page.status_code for page in pages]
    assert "Possible duplicates" not in client.get("/caseload").text


def test_search_is_offered_to_those_who_work_on_cases(client_for: People) -> None:
    """Whoever works on none is neither led to it nor let in."""
    people = ("priya", "tom", "sam", "asha", "pat", "jo", "lee", "alex")
    pages = {who: client_for(who).get("/guidance").text for who in people}
    answers = {who: client_for(who).get("/search").status_code for who in people}

    assert {"priya", "tom", "sam", "asha"} == {who for who, page in pages.items() if 'href="/search"' in page}
    assert {"pat": 403, "jo": 403, "lee": 403, "alex": 403} == {who: one for who, one in answers.items() if one != 200}
