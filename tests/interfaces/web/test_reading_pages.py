"""What the reading pages show of the worked case, to whom, and what they never show."""

import re
from collections.abc import Callable
from html import unescape
from uuid import UUID, uuid4

import pytest
from flask.testing import FlaskClient

from application.commands.acts import act
from application.commands.people import keep_directory
from application.hub import Hub
from application.ledger import disclosures_stream
from application.queries.case_as_seen import case_as_seen
from application.queries.who_knew import corrections, who_knew
from domain.disclosures import CaseExported, CaseShown
from tests.builders import concern_data

from .conftest import token

People = Callable[[str], FlaskClient]

PAGES = ("", "/timeline", "/timeline?order=recorded", "/assessment", "/analysis-form", "/who-knew")
NEVER = {
    "ben": ("Station Road", "Mill Lane", "Marlow", "favours", "accepted follow-up", "two nights", "two other cases"),
    "sam": ("accepted follow-up", "two other cases", "No texts or calls"),
    "helen": ("Marlow", "Larch Rise", "grey car", "Station Road", "two other cases"),
    "jo": ("Larch Rise", "ZX9 4QT"),
    "asha": ("Ellison", "Larch Rise", "Marlow", "follow-up", "No texts or calls"),
}


def everything(client: FlaskClient, case: UUID) -> str:
    """All that a person can read of the case on pages and through the API, histories included."""
    view = client.get(f"/api/cases/{case}").json
    histories = [f"/history/{cell['item']}" for cell in view["cells"] if cell["showing"] in ("full", "coarse")]
    paths = [f"{start}/{case}{page}" for start in ("/cases", "/api/cases") for page in (*PAGES, *histories)]
    answers = [client.get(path) for path in ("/caseload", "/api/caseload", "/api/inbox", *paths)]
    assert {answer.status_code for answer in answers} == {200}
    return unescape("\n".join(answer.text for answer in answers))


@pytest.mark.parametrize("person", ["priya", "tom", "ruth", "kim", "sam", "mo", "helen", "ben", "asha", "jo"])
def test_every_page_is_there_for_whom_the_case_is(client_for: People, case: UUID, person: str):
    """Everybody who comes to the case reads all its pages, now and looking back."""
    client = client_for(person)

    statuses = {
        (page, at): client.get(f"/cases/{case}{page}", query_string={"as_at": at}).status_code
        for page in ("", "/timeline", "/assessment", "/analysis-form", "/who-knew")
        for at in ("", "2026-01-01", "2026-01-15T12:00", "2026-02-03 12:00:30", "2030-01-01T00:00:00Z")
    }

    assert {key: 200 for key in statuses} == statuses


@pytest.mark.parametrize("person", sorted(NEVER))
def test_no_page_shows_what_the_view_does_not_hold(client_for: People, case: UUID, person: str):
    """One view, every exit (design §3.9)."""
    text = everything(client_for(person), case)

    assert [hidden for hidden in NEVER[person] if hidden in text] == []


@pytest.mark.parametrize("person", ["lee", "pat", "alex", "dan"])
def test_whoever_has_no_way_to_the_case_finds_nothing(client_for: People, case: UUID, person: str):
    """No role, an administrator's role, or a declared interest: the case is not there."""
    client = client_for(person)

    assert [client.get(f"/cases/{case}{page}").status_code for page in PAGES] == [404] * len(PAGES)
    assert str(case) not in client.get("/caseload").text


@pytest.mark.parametrize("page", ["", "/timeline", "/assessment", "/analysis-form"])
def test_safe_contact_stands_beside_the_name(client_for: People, case: UUID, page: str):
    """Wherever she is named, how to reach her safely and whether carers may be told stand beside (design §6)."""
    text = client_for("priya").get(f"/cases/{case}{page}").text

    assert "Maya Ellison" in text
    assert "No texts or calls" in text
    assert "Dana Ellison (mother)" in text


def test_lists_name_nobody_without_safe_contact(client_for: People):
    """The same holds on the caseload and in the answer to a search."""
    client = client_for("priya")
    sent = {"csrf_token": token(client, "/search"), "name": "maya", "reason": "checking"}

    pages = [client.get("/caseload").text, client.post("/search", data=sent).text]

    for page in pages:
        assert "Maya Ellison" in page
        assert "No texts or calls" in page
    assert "We do not confirm whether any other record exists." in pages[1]


def test_every_page_says_who_is_looking(client_for: People, case: UUID):
    """Reader, agency, marking, demo and emergency numbers stand on every page."""
    client = client_for("sam")

    pages = [
        unescape(client.get(path).text)
        for path in (f"/cases/{case}", "/caseload", "/search", "/guidance", "/policies", "/no/such/page")
    ]

    for page in pages:
        assert "OFFICIAL-SENSITIVE" in page
        assert "Sam Okafor, Detective Constable, for Borough Police, Public Protection" in page
        assert "Demonstration" in page
        assert "2 June 2026, 12:00" in page
        assert "Hillcrest Safeguarding Partnership" in page
        assert "01895 250111" in page


def test_a_page_looking_back_says_so_and_carries_it_along(client_for: People, case: UUID):
    """Every other reading page of the case is reached with the same moment; how to reach her is asked of today."""
    text = unescape(client_for("priya").get(f"/cases/{case}?as_at=2026-01-15T12:00").text)

    assert "As recorded by 15 January 2026, 12:00" in text
    assert f'whom to tell, may be different today: see <a class="govuk-link" href="/cases/{case}">' in text
    assert f"/cases/{case}/timeline?as_at=2026-01-15T12:00:00" in text
    assert "Mill Lane" not in text


@pytest.mark.parametrize(
    "at",
    ["yesterday", "2026-13-01", "2026-02-30T10:00", "0001-01-01", "\N{FULLWIDTH DIGIT TWO}026-01-01", "2026-01-01\0"],
)
def test_an_impossible_moment_is_refused_by_name(client_for: People, case: UUID, at: str):
    """Never a 500 for input; the answer names the field."""
    client = client_for("priya")

    answer = client.get(f"/cases/{case}/timeline", query_string={"as_at": at})

    assert answer.status_code == 422
    assert "as_at" in answer.text


def test_what_is_kept_after_withdrawal_is_marked(client_for: People, case: UUID):
    """What an agency had opened stays, marked: not to be passed on or relied on (design §2, rule 3)."""
    text = unescape(client_for("priya").get(f"/cases/{case}").text)

    assert "Retained. Received 21 January 2026; consent withdrawn 2 February 2026. Do not pass on or rely on it" in text


def test_the_correction_is_marked_and_its_history_kept(client_for: People, case: UUID):
    """Readers get the new version and "corrected on …"; the old text stays in the lead's history (design §3.5)."""
    client = client_for("priya")

    now = client.get(f"/cases/{case}").text
    history = client.get(f"/cases/{case}/history/concern:C2").text

    assert "Corrected on 10 February 2026" in now
    assert "Station Road" not in now
    assert "Station Road" in history
    assert "Mill Lane" in history


def test_the_assessment_counts_in_what_the_reader_may_see(client_for: People, case: UUID):
    """Blanks have their reason; the count says whose view it is; question 9 keeps two answers."""
    text = unescape(client_for("priya").get(f"/cases/{case}/assessment").text)

    assert "questions unanswered in what you may see" in text
    assert "Left blank" in text
    assert text.count("9. ") >= 1
    assert "Retained" in text


def test_who_knew_is_scoped(client_for: People, worked_hub: Hub, case: UUID):
    """The lead sees every agency's knowledge, others their own; corrections to tell are the lead's.

    What is gravest stands first; who recorded an item has not to open it; who opened it first stands apart.
    """
    act(worked_hub, "ben", case, "record_concern", concern_data("C9"), command_id="recorded-by-ben")
    for who in ("priya", "ruth"):
        client_for(who).get(f"/cases/{case}")
    lead = unescape(client_for("priya").get(f"/cases/{case}/who-knew").text)
    school = unescape(client_for("ben").get(f"/cases/{case}/who-knew").text)
    headings = [one.split()[0] for one in re.findall(r'id="item-\d+">([^<:]+)', lead)]
    of_c9 = lead.partition("Concern C9")[2].partition("</table>")[0]

    assert headings.index("Concern") == 0
    assert {"Concern", "Level", "Reasons", "Plan"}.isdisjoint(headings[headings.index("Name"):])
    assert "Recorded it itself" in of_c9
    assert re.search(r"<span>Priya Nair <span class=\"[^\"]+\">later: Ruth [A-Z]\w+</span></span>", of_c9)
    assert "Shown for every agency" in lead
    assert "Put right, and who must be told" in lead
    assert "Shown for your agency" in school
    assert "Borough Police" not in school
    assert "Put right" not in school


def test_who_knew_names_a_concern_by_the_headline_its_reader_may_see(client_for: People, worked_hub: Hub, case: UUID):
    """A headline shown is a look in part, on record; it hides no earlier opening, and others' concerns have none."""
    ben = client_for("ben")
    ben.get(f"/cases/{case}")
    before = len(worked_hub.disclosures(case).openings)
    school = unescape(ben.get(f"/cases/{case}/who-knew").text)
    opened = worked_hub.disclosures(case).openings[before:]
    row = who_knew(worked_hub, "ben", case).of("concern:C1", "school")

    assert "Concern C1: Repeated unexplained absence; seen leaving with an unknown man" in school
    assert "Missing overnight" not in school
    assert ("ben", "concern:C1", "coarse") in {(one.person, one.item, one.showing) for one in opened}
    assert row is not None
    assert (None, True) == (row.opened_coarse, row.opened_full is not None)


def test_a_headline_tells_nobody_of_a_correction_to_what_they_read_in_full(worked_hub: Hub, case: UUID):
    """The lead had read C2 in full; that it was put right is told by the new text, not by who knew what, when."""

    def told() -> list[bool]:
        found = [one for one in corrections(worked_hub, "priya", case) if one.item == "concern:C2"]
        return [one.told is not None for one in found if one.agency == "csc"]

    who_knew(worked_hub, "priya", case)
    by_its_headline = told()
    case_as_seen(worked_hub, "priya", case)

    assert ([False], [True]) == (by_its_headline, told())


def test_opening_a_page_is_on_record(client_for: People, worked_hub: Hub, case: UUID):
    """The look is recorded with what was shown and to whom, the moment looked back to included."""
    client = client_for("ben")
    before = len(worked_hub.disclosures(case).openings)
    client.get(f"/cases/{case}?as_at=2026-01-20T10:00")

    opened = worked_hub.disclosures(case).openings[before:]

    assert opened
    assert {(one.agency, one.person) for one in opened} == {("school", "ben")}


def test_the_lead_opens_a_case_with_a_reason(client_for: People, worked_hub: Hub, case: UUID):
    """The lead's practitioners come in by a reason that is kept; no reason, no case (design §3.1)."""
    nina = {"id": "nina", "name": "Nina Hart", "agency": "csc", "roles": ["practitioner"]}
    keep_directory(worked_hub, "hub", "register_person", nina, command_id="register-nina")
    client = client_for("nina")
    listed = client.get("/caseload").text
    sent = {"csrf_token": token(client), "command_id": "open-with-a-reason"}
    path = f"/cases/{case}/open-with-a-reason"
    before = len(worked_hub.case_events(case))

    refused = client.post(path, data=sent)
    accepted = client.post(path, data=sent | {"reason": "I stand in for Priya Nair today."})

    assert path in listed
    assert "Maya" not in listed
    assert (refused.status_code, accepted.status_code) == (422, 303)
    assert len(worked_hub.case_events(case)) == before + 1
    assert "Maya Ellison" in client.get(f"/cases/{case}").text


def test_others_come_in_by_no_reason(client_for: People, worked_hub: Hub, case: UUID):
    """A reason opens cases to the lead's practitioners only; others are answered as for a case that does not exist."""
    client = client_for("lee")
    sent = {"csrf_token": token(client), "command_id": "open-with-a-reason", "reason": "Curious"}
    before = len(worked_hub.case_events(case))

    answers = [client.post(f"/cases/{one}/open-with-a-reason", data=sent) for one in (case, uuid4())]

    assert answers[0].status_code == answers[1].status_code
    assert answers[0].status_code in (403, 404)
    assert len(worked_hub.case_events(case)) == before


def test_search_needs_a_reason_and_puts_no_name_in_an_address(client_for: People):
    """Search is a POST with a reason (design §3.7); a fault names its box and keeps what was typed."""
    client = client_for("sam")
    sent = {"csrf_token": token(client, "/search"), "name": "Maya Ellison"}

    unreasoned = client.post("/search", data=sent)
    born = {"born-day": "31", "born-month": "2", "born-year": "2010"}
    impossible = client.post("/search", data=sent | {"reason": "x"} | born)
    by_address = client.get("/search?name=Maya+Ellison&reason=x")

    assert (unreasoned.status_code, impossible.status_code) == (422, 422)
    assert 'href="#reason"' in unreasoned.text
    assert 'value="Maya Ellison"' in unreasoned.text
    assert 'href="#born-day"' in impossible.text
    assert "Maya" not in by_address.text


def test_search_answers_alike_whether_or_not_a_record_exists(client_for: People):
    """What is not the reader's own is answered by one sentence (design §3.7)."""
    client = client_for("dan")
    sent = {"csrf_token": token(client, "/search"), "reason": "An enquiry"}

    known, unknown = (
        client.post("/search", data=sent | {"name": name}).text.replace(name, "NAME")
        for name in ("Maya Ellison", "Nora Nobody")
    )

    assert known == unknown
    assert "We do not confirm whether a record exists." in known


def test_a_case_page_lists_no_directory(client_for: People, case: UUID):
    """A page of the case view holds nothing the view does not hold: no list of agencies or people (E2)."""
    text = unescape(client_for("ben").get(f"/cases/{case}").text)

    assert "Riverbank" not in text
    assert "Borough Police" not in text
    assert "Sam Okafor" not in text


def test_the_pack_is_handed_over_by_one_button(client_for: People, worked_hub: Hub, case: UUID):
    """The maker of a referral downloads its pack, on record before the bytes leave; nobody else does."""
    client = client_for("priya")
    sent = {"csrf_token": token(client)}

    answer = client.post(f"/cases/{case}/referrals/R2/pack", data=sent)
    not_ours = client.post(f"/cases/{case}/referrals/R1/pack", data=sent)

    exported = [event for event in worked_hub.ledger.read(disclosures_stream(case)) if isinstance(event, CaseExported)]
    assert answer.status_code == 200
    assert answer.mimetype == "application/zip"
    assert answer.data[:2] == b"PK"
    assert answer.headers["Cache-Control"] == "no-store"
    assert not_ours.status_code == 404
    assert [event.recipient for event in exported] == ["police"]


def test_looks_name_their_page(client_for: People, worked_hub: Hub, case: UUID):
    """The record of a look says which page it was."""
    client = client_for("priya")
    before = len(worked_hub.ledger.read(disclosures_stream(case)))
    for page in ("", "/timeline", "/assessment", "/analysis-form", "/history/concern:C2"):
        client.get(f"/cases/{case}{page}")

    looks = worked_hub.ledger.read(disclosures_stream(case))[before:]

    assert [look.what for look in looks if isinstance(look, CaseShown)] == [
        "case", "timeline", "assessment", "analysis form", "history",
    ]  # fmt: skip


def test_guidance_holds_every_rule_of_the_toolkit(client_for: People):
    """The rules of 1.x and 2.x stand there in plain words, with the numbers to ring now."""
    text = unescape(client_for("asha").get("/guidance").text)

    assert "You do not need the young person's agreement to complete the assessment." in text
    assert "Share what the purpose needs and no more." in text
    assert "01895 558641" in text


def test_the_demonstration_says_that_my_account_goes_by_two_clocks(client_for: People):
    """Sessions are told by the machine's clock, what happened to the account by the record's (design §6)."""
    assert "There are two clocks in this demonstration." in client_for("lee").get("/account").text


def test_policies_in_force_are_for_everybody_to_read(client_for: People):
    """The edition in force, whole, for whoever is signed in."""
    text = unescape(client_for("alex").get("/policies").text)

    assert "Edition 2026-01, in force from 1 January 2026" in text
    assert "We do not confirm whether a record exists." in text
    assert "14 days" in text


def test_the_lead_records_that_an_agency_was_told(client_for, case):
    """Design §3.5: who had seen what was put right is listed for the lead, each with a task to tell."""
    priya = client_for("priya")
    address = f"/cases/{case}/corrections/place:P1/told/csc"
    before = priya.get(f"/cases/{case}/who-knew").get_data(as_text=True).count("Still to be told")

    form = {"csrf_token": token(priya), "command_id": "told-in-a-test"}
    refused = priya.post(address, data={**form, "how": " "})
    told = priya.post(address, data={**form, "how": "By telephone."})
    again = priya.post(address, data={**form, "how": "By telephone."})
    after = priya.get(f"/cases/{case}/who-knew").get_data(as_text=True).count("Still to be told")

    assert (422, 303, 303) == (refused.status_code, told.status_code, again.status_code)
    assert before - 1 == after
