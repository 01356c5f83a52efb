"""What the forms promise beyond reading well: previews, changes meanwhile, advice, equal answers, links by role."""

import re
from collections.abc import Callable
from html import unescape
from uuid import UUID

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from application.commands.acts import act
from application.hub import Hub
from application.ledger import disclosures_stream
from application.queries.acts_open_to_me import acts_open_to_me
from domain.disclosures import CaseShown
from tests.interfaces.web.browsing import Person, day, form_on

ClientFor = Callable[[str], FlaskClient]
SHARE: dict[str, str | list[str]] = {
    "justification": "J6",
    "outcome": "share_in_part",
    "persons": ["ben"],
    "concerns": ["concern:C2=coarse"],
    "people": ["person:X1=full"],
    "note": "a note typed by hand",
}


def article(page: TestResponse, item: str) -> str:
    """The card of an item on a page, whatever white space stands between its parts."""
    found = re.search(rf'<article class="[^"]*" id="{item}">.*?</article>', page.text, re.DOTALL)
    assert found is not None, page.text
    return re.sub(r">\s+<", "><", found[0])


def agree_onward(hub: Hub, case: UUID) -> None:
    data = {"items": ["concern:C2", "person:X1"], "to": "school"}
    act(hub, "sam", case, "agree_onward", data, command_id="police-let-it-go-further")


ASK = re.compile(r'<p class="govuk-body"><a class="govuk-link" href="[^"]*/requests/new[^"]*">Ask .*?</a></p>')
DISAGREE = re.compile(r'<a class="govuk-link" href="[^"]*/disagree">Record that you disagree.*?</a>')
"""What the recipient may do about it stands on the recipient's own page alone."""
"""The recipient's way to ask for more, which is not the sender's."""


def test_preview_is_laid_out_as_the_recipient_will_see_it(client_for: ClientFor, worked_hub: Hub, case: UUID) -> None:
    """The preview holds exactly what the recipient will see, in the same layout (design §6)."""
    agree_onward(worked_hub, case)
    address = f"/cases/{case}/shares/with/school"
    priya = Person(client_for("priya"))
    preview, _ = priya.sends(address, SHARE, press=("step", "preview"))
    stored = len(worked_hub.case_events(case))
    confirmed, _ = priya.presses(address, preview, {}, press=("step", "confirm"))
    seen = client_for("ben").get(f"/cases/{case}")

    assert (200, 303, 1) == (
        preview.status_code,
        confirmed.status_code,
        len(worked_hub.case_events(case)) - stored,
    )
    given, asking = ASK.subn("", article(seen, "concern-C2"))
    given, disagreeing = DISAGREE.subn("", given)
    assert [given, article(seen, "person-X1")] == [article(preview, item) for item in ("concern-C2", "person-X1")]
    assert (1, 1) == (asking, disagreeing)


def test_preview_shows_nothing_that_a_headline_alone_does_not_give(
    client_for: ClientFor, worked_hub: Hub, case: UUID
) -> None:
    """A concern given by its headline is previewed by its headline."""
    agree_onward(worked_hub, case)
    preview, _ = Person(client_for("priya")).sends(
        f"/cases/{case}/shares/with/school", SHARE, press=("step", "preview")
    )
    body = preview.text.partition('class="hub-preview"')[2]

    assert "Will be in force" in body
    assert "To be decided by" in body
    assert "Receipt" not in body
    assert "Missing overnight; found by patrol" in body
    assert "Mill Lane" not in body
    assert "Share this with Ben Whitlock at Oakfield Academy" in body


def test_refusing_is_as_easy_as_sharing(client_for: ClientFor, case: UUID) -> None:
    """A refusal is decided on the same page, in as many steps, and its reason is read by the other agency."""
    address = f"/cases/{case}/shares/with/riverbank"
    told = {"justification": "J10", "outcome": "refuse", "persons": ["asha"], "reason": "Tell us first what you need."}
    priya = Person(client_for("priya"))
    preview, _ = priya.sends(address, told, press=("step", "preview"))
    confirmed, _ = priya.presses(address, preview, {}, press=("step", "confirm"))

    assert "Refuse: tell Asha Begum at Riverbank Youth Project" in preview.text
    assert confirmed.status_code == 303
    assert "Tell us first what you need." in client_for("asha").get(f"/cases/{case}").text


def test_changing_a_previewed_share_keeps_what_was_filled_in(
    client_for: ClientFor, worked_hub: Hub, case: UUID
) -> None:
    """From the preview one goes back to the form as it was."""
    agree_onward(worked_hub, case)
    address = f"/cases/{case}/shares/with/school"
    priya = Person(client_for("priya"))
    preview, command_id = priya.sends(address, SHARE, press=("step", "preview"))
    again, _ = priya.presses(address, preview, {}, press=("step", "change"))
    values = form_on(again).values

    assert [*map(values.get, SHARE)] == [[one] if isinstance(one, str) else one for one in SHARE.values()]
    assert [command_id] == values["command_id"]


@pytest.mark.parametrize("step", ["preview", "confirm"])
def test_what_the_policy_refuses_is_said_on_the_form_with_everything_kept(
    step: str, client_for: ClientFor, worked_hub: Hub, case: UUID
) -> None:
    """Police asked to be asked first: the refusal says what to do, and nothing typed is lost."""
    before = len(worked_hub.case_events(case))
    client = client_for("priya")
    address = f"/cases/{case}/shares/with/school"
    page = client.get(address)
    sent = form_on(page).filled(SHARE) | {"step": [step]}
    answer = client.post(address, data=sent)

    assert "Borough Police, Public Protection must agree first" in page.text
    assert f"/cases/{case}/requests/new?of=police&amp;item=person:X1" in page.text
    assert answer.status_code == 409
    assert "must agree before it goes further" in answer.text
    assert ["a note typed by hand"] == form_on(answer).values["note"]
    assert before == len(worked_hub.case_events(case))


def test_a_share_decided_on_a_case_that_changed_comes_back_as_typed(
    client_for: ClientFor, worked_hub: Hub, case: UUID
) -> None:
    """Someone else changed what was looked at: nothing is stored, nothing typed is lost, a second look may go on."""
    agree_onward(worked_hub, case)
    address = f"/cases/{case}/shares/with/school"
    client = client_for("priya")
    sent = form_on(client.get(address)).filled(SHARE) | {"step": ["confirm"]}
    correction = {"concern": "C2", "justification": "J3", "change": {"source": "Custody log"}, "reason": "source"}
    act(worked_hub, "sam", case, "correct_concern", correction, command_id="meanwhile-sam")
    before = len(worked_hub.case_events(case))
    refused = client.post(address, data=sent)
    again = client.post(address, data=form_on(refused).values | {"step": ["confirm"]})

    assert (409, before + 1) == (refused.status_code, len(worked_hub.case_events(case)))
    assert "Someone else changed this" in refused.text
    assert again.status_code == 303


def test_a_level_is_not_signed_unseen(client_for: ClientFor, worked_hub: Hub, case: UUID) -> None:
    """Agreeing rests on what was on the page; an answer changed meanwhile sends it back with the stance kept."""
    proposal = {"id": "A4", "justification": "J4", "category": 2, "rationale": "No change."}
    act(worked_hub, "priya", case, "propose_risk", proposal, command_id="propose-A4")
    client = client_for("ruth")
    address = f"/cases/{case}/risk/A4"
    page = client.get(address)
    dissent = {"stance": "dissent", "level": "3", "reason": "Bail ends this week."}
    sent = form_on(page).filled(dissent)
    answers = {"justification": "J4", "answers": [{"question": 6, "option": 5}]}
    act(worked_hub, "priya", case, "answer_questions", answers, command_id="meanwhile-priya")
    refused = client.post(address, data=sent)
    kept = form_on(refused).values

    assert "Not agreed: act as 2." in page.text
    assert (409, ["Bail ends this week."], ["3"]) == (refused.status_code, kept["reason"], kept["level"])
    assert client.post(address, data=kept).status_code == 303
    assert "Not agreed: act as 3." in client.get(address).text


def test_a_manager_agrees_only_in_a_role_she_holds(client_for: ClientFor, case: UUID, worked_hub: Hub) -> None:
    """The page offers no other role; sent all the same, it is refused."""
    proposal = {"id": "A4", "justification": "J4", "category": 2, "rationale": "No change."}
    act(worked_hub, "priya", case, "propose_risk", proposal, command_id="propose-A4")
    client = client_for("tom")
    form = form_on(client.get(f"/cases/{case}/risk/A4"))
    sent = form.filled({"stance": "agree"}) | {"as_role": ["cse_prevention_manager"]}

    assert ["team_manager"] == form.controls["as_role"].offered
    assert client.post(f"/cases/{case}/risk/A4", data=sent).status_code == 403


HAPPENED = {
    "occurred_precision": "day",
    "basis": ["going_missing"],
    "heading": "risk_taking_behaviours",
    "headline": "Seen at the station",
    "narrative": "Staff called her promiscuous and said she put herself at risk.",
    "nature": "fact",
} | day("occurred", "2026-05-30")


def test_advice_on_words_is_given_once_and_changes_none(client_for: ClientFor, worked_hub: Hub, case: UUID) -> None:
    """The prompt advises; what is recorded is what was written."""
    address = f"/cases/{case}/concerns/new"
    ben = Person(client_for("ben"))
    before = len(worked_hub.case_events(case))
    advised, _ = ben.sends(address, HAPPENED)
    between = len(worked_hub.case_events(case))
    recorded, _ = ben.presses(address, advised, {}, press=("as_written", "yes"))
    written = worked_hub.case_events(case)[-1]

    assert (200, before, 303) == (advised.status_code, between, recorded.status_code)
    assert "promiscuous" in advised.text.partition('id="advice"')[2]
    assert "<title>Not recorded yet: Record a concern" in advised.text
    assert 'Nothing is on record yet: <a class="govuk-notification-banner__link" href="#advice">' in advised.text
    assert 'role="alert"' in advised.text
    assert HAPPENED["narrative"] == written.content.narrative  # type: ignore[attr-defined]


def test_the_same_advice_is_given_wherever_words_travel(client_for: ClientFor, worked_hub: Hub, case: UUID) -> None:
    """A plan, a referral, why a level is held: nothing is on record before the author has looked again."""
    blaming = "Her lifestyle puts her at risk; she asked for it."
    ben, priya = Person(client_for("ben")), Person(client_for("priya"))
    before = len(worked_hub.case_events(case))
    advised = [
        ben.sends(f"/cases/{case}/plans/new", {"for": "school", "text": blaming})[0],
        ben.sends(f"/cases/{case}/referrals/new", {"to": "csc", "summary": blaming, "carers_informed": "yes"})[0],
        priya.sends(f"/cases/{case}/risk/propose", {"category": "3", "rationale": blaming})[0],
    ]
    kept, _ = ben.presses(f"/cases/{case}/plans/new", advised[0], {}, press=("as_written", "yes"))

    assert [(200, True)] * 3 == [(one.status_code, "Not recorded yet" in one.text) for one in advised]
    assert (303, before + 1) == (kept.status_code, len(worked_hub.case_events(case)))


@pytest.mark.parametrize(
    ("who", "justification", "told"),
    [
        ("ben", "", "Record: Oakfield Academy and Hillcrest Children&#39;s Social Care will see it"),
        ("priya", "J4", "Record: Hillcrest Children&#39;s Social Care will see it"),
        ("priya", "J11", "Record: Hillcrest Children&#39;s Social Care will see it"),
        ("sam", "J9", "Record: Borough Police, Public Protection and Hillcrest Children&#39;s Social Care will see it"),
    ],
)
def test_the_button_names_who_will_see_the_entry(
    who: str, justification: str, told: str, client_for: ClientFor, case: UUID
) -> None:
    """Recording is confirmed by one button that names the agencies that will see the entry (design §2)."""
    asked = f"?justification={justification}" if justification else ""

    assert told in client_for(who).get(f"/cases/{case}/concerns/new{asked}").text


def test_asking_is_answered_alike_whether_or_not_there_is_a_case(client_for: ClientFor) -> None:
    """We do not confirm whether a record exists (design §3.7)."""
    asha = Person(client_for("asha"))
    wanted = {"of": "csc", "wanted": "Whether you know her.", "purpose": "plan outreach"}
    answers = []
    for name in ("Maya Ellison", "Nobody Known"):
        sent, _ = asha.sends("/ask", wanted | {"name": name} | day("date_of_birth", "2010-05-14"))
        followed = asha.opens(sent.location)
        answers.append((sent.status_code, sent.location, re.sub(r'value="[^"]{20,}"', "", followed.text)))

    assert answers[0] == answers[1]
    assert answers[0][0] == 303
    assert "in your agency's case team for it from now on" in unescape(answers[0][2])
    assert "Who asks works on the case from then on" in asha.opens("/ask").text


def test_the_lead_places_what_the_hub_could_not(client_for: ClientFor, worked_hub: Hub, case: UUID) -> None:
    """A request that matches no case exactly waits for the lead, who places it in one."""
    asked = {"name": "Maya Elison", "of": "csc", "wanted": "Whether you know her.", "purpose": "plan outreach"}
    Person(client_for("helen")).sends("/ask", asked)
    (waiting,) = worked_hub.unplaced("csc").requests
    priya = Person(client_for("priya"))
    listed = priya.opens("/requests-to-place").text
    placed, _ = priya.sends(f"/requests-to-place/{waiting}", {"case": str(case)})

    assert "Maya Elison" in listed
    assert placed.status_code == 303
    assert waiting in worked_hub.case(case).case.requests
    assert {} == worked_hub.unplaced("csc").requests


def test_a_request_about_nobody_known_is_closed(client_for: ClientFor, worked_hub: Hub) -> None:
    """The lead may find that it is about nobody it knows."""
    asked = {"name": "Nobody Known", "of": "csc", "wanted": "Whether you know her.", "purpose": "plan outreach"}
    Person(client_for("helen")).sends("/ask", asked)
    (waiting,) = worked_hub.unplaced("csc").requests
    answer, _ = Person(client_for("priya")).sends(f"/requests-to-place/{waiting}", {"case": "nobody"})

    assert (303, {}) == (answer.status_code, worked_hub.unplaced("csc").requests)
    assert client_for("sam").get("/requests-to-place").status_code == 403


def test_a_review_is_answered_alike_whether_or_not_there_is_a_case(
    client_for: ClientFor, worked_hub: Hub, case: UUID
) -> None:
    """The partnership manager sees no case: opening a review tells nothing of whether one exists."""
    pat = Person(client_for("pat"))
    scope = {"reviewer": "jo", "kind": "audit", "questions": "What was known?", "agencies": ["csc"], "locators": "no"}
    scope |= day("from", "2026-01-01") | day("until", "2026-05-01") | day("date_of_birth", "2010-05-14")
    before = len(worked_hub.case_events(case))
    locations = [pat.sends("/reviews/new", scope | {"name": name})[0].location for name in ("Nobody", "Maya Ellison")]

    assert ["/reviews/opened", "/reviews/opened"] == locations
    assert before + 1 == len(worked_hub.case_events(case))
    assert "Ellison" not in pat.opens("/reviews/opened").text


def test_a_young_person_on_record_is_recorded_like_a_new_one(
    client_for: ClientFor, worked_hub: Hub, case: UUID
) -> None:
    """Whoever names her exactly comes into her case by the same steps, and sees nothing that was there."""
    asha = Person(client_for("asha"))
    reasoned = {
        "purpose": "tell the lead what she said",
        "duty_of_confidentiality": "yes",
        "basis": "public_interest",
        "ground": "significant_harm_to_child",
        "facts": "She said she was followed.",
        "proportionality": "What she said.",
        "child_told": "yes",
    }
    known, _ = asha.sends("/record", reasoned | {"name": "Maya Ellison"} | day("date_of_birth", "2010-05-14"))
    new, _ = asha.sends("/record", reasoned | {"name": "Nobody Known"} | day("date_of_birth", "2010-05-14"))
    pages = [asha.opens(answer.location) for answer in (known, new)]

    assert f"/cases/{case}/concerns/new" == known.location
    assert [200, 200] == [page.status_code for page in pages]
    assert ["Larch" in page.text for page in pages] == [False, False]


def test_a_page_with_a_form_puts_on_record_only_what_it_shows(
    client_for: ClientFor, worked_hub: Hub, case: UUID
) -> None:
    """A disclosure is of what was on the page: her name and how to reach her, no concern that was not shown."""
    client_for("sam").get(f"/cases/{case}/requests/new")
    looks = [one for one in worked_hub.ledger.read(disclosures_stream(case)) if isinstance(one, CaseShown)]

    assert ("sam", {"child.name"}) == (looks[-1].by.person, {one.item for one in looks[-1].items})


ONLY_OF = {
    "propose_risk": {"priya", "tom", "ruth", "kim"},
    "agree_risk": {"tom", "ruth", "kim"},
    "place_request": {"priya", "tom", "ruth", "kim"},
    "join_team": {"tom", "ruth", "kim", "mo"},
    "open_review": {"pat"},
    "record_concern": {"priya", "tom", "ruth", "kim", "sam", "mo", "dan", "helen", "ben", "asha"},
}
"""Typed from the worked case's people and the written table of acts."""


@pytest.mark.parametrize("act_name", sorted(ONLY_OF))
def test_acts_are_offered_to_those_whose_role_permits_them(act_name: str, worked_hub: Hub) -> None:
    """Pages offer only what the person's role permits."""
    offered = {who for who in worked_hub.directory().people if act_name in acts_open_to_me(worked_hub, who)}

    assert ONLY_OF[act_name] == offered


def test_links_of_the_case_page_lead_somewhere(client_for: ClientFor, case: UUID) -> None:
    """Every act that the case page offers has its page."""
    for who in ("priya", "sam", "ben", "tom", "mo"):
        client = client_for(who)
        acts = client.get(f"/cases/{case}").text.partition('class="hub-acts-nav"')[2].partition("</nav>")[0]
        links = re.findall(r'href="([^"]+)"', acts)

        assert len(links) > 5
        assert {200} == {client.get(link.replace("&amp;", "&")).status_code for link in links}


def test_a_person_without_the_role_meets_a_refusal_not_a_form(client_for: ClientFor, case: UUID) -> None:
    """The gate is the role: who may not do an act is not shown its form."""
    pat, sam = client_for("pat"), client_for("sam")

    assert 403 == pat.get(f"/cases/{case}/concerns/new").status_code
    assert 403 == sam.get(f"/cases/{case}/risk/propose").status_code
    assert 403 == sam.get("/reviews/new").status_code


def test_an_agency_without_a_justification_is_told_to_give_one(
    client_for: ClientFor, worked_hub: Hub, case: UUID
) -> None:
    """Every concern rests on a recorded reasoning; the page says what to do first."""
    asha = Person(client_for("asha"))
    page = asha.opens(f"/cases/{case}/concerns/new")
    answer, _ = asha.presses(f"/cases/{case}/concerns/new", page, HAPPENED | {"narrative": "Seen."})

    assert "Say why this may be recorded" in page.text
    assert answer.status_code == 422
