"""What a practitioner met on a walk through the pages, and what they say and offer instead."""

import re
from collections.abc import Callable
from uuid import UUID

import pytest
from flask.testing import FlaskClient

from application.commands.acts import act
from application.hub import Hub
from interfaces.web.words import breakable
from tests.interfaces.web.browsing import Person, day, form_on

ClientFor = Callable[[str], FlaskClient]
PRINTED = "Printed words of the 2015 form. In your own words say what was done to the young person, and by whom."


def text_of(page: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


def main_of(page: str) -> str:
    return page.partition('id="main-content"')[2].partition("</main>")[0]


def riverbank_asks(hub: Hub, case: UUID) -> str:
    asked = {"id": "Q9", "of": "csc", "wanted": "Where she stays.", "purpose": "plan outreach"}
    act(hub, "asha", case, "request_information", asked, command_id="riverbank-asks")
    return "Q9"


REFUSAL = {"justification": "J10", "outcome": "refuse", "reason": "Tell us first what you need."}
SHARE: dict[str, str | list[str]] = {
    "justification": "J7",
    "outcome": "share_in_part",
    "persons": ["ben"],
    "items": ["child.gender=full"],
}


@pytest.mark.parametrize(
    ("agency", "answers", "who"),
    [
        ("school", SHARE, "Ben Whitlock at Oakfield Academy"),
        ("riverbank", REFUSAL | {"persons": ["asha"]}, "Asha Begum at Riverbank Youth Project"),
    ],
)
def test_a_preview_shows_who_gets_it_and_why_and_nothing_of_what_the_sharer_alone_sees(
    agency: str, answers: dict[str, str | list[str]], who: str, client_for: ClientFor, case: UUID
) -> None:
    """A preview is the recipient's layout (design §3.9): the sharer's own banner does not stand on it."""
    preview, _ = Person(client_for("priya")).sends(
        f"/cases/{case}/shares/with/{agency}", answers, press=("step", "preview")
    )
    head = preview.text.partition('class="hub-identity hub-deciding"')[2].partition("</dl>")[0]

    assert who in head
    assert "Purpose" in head
    assert "Basis" in head
    assert [] == [words for words in ("No texts or calls", "Dana Ellison") if words in preview.text]


def test_a_refusal_names_nobody_and_is_told_to_whoever_asked(
    client_for: ClientFor, worked_hub: Hub, case: UUID
) -> None:
    """Nobody is to have anything by a refusal; the asker is known from the request it answers."""
    address, priya = f"/cases/{case}/shares/with/riverbank", Person(client_for("priya"))
    answers = REFUSAL | {"answers_request": riverbank_asks(worked_hub, case)}
    preview, _ = priya.sends(address, answers, press=("step", "preview"))
    confirmed, _ = priya.presses(address, preview, {}, press=("step", "confirm"))

    assert "Refuse: tell Asha Begum at Riverbank Youth Project" in preview.text
    assert 303 == confirmed.status_code
    assert ("asha",) == worked_hub.case_events(case)[-1].persons  # type: ignore[attr-defined]


def test_a_refusal_that_answers_no_request_is_told_to_the_agency(client_for: ClientFor, case: UUID) -> None:
    """Where nobody asked, the agency reads it."""
    priya, address = Person(client_for("priya")), f"/cases/{case}/shares/with/health"
    preview, _ = priya.sends(address, REFUSAL, press=("step", "preview"))

    assert "Refuse: tell Hillcrest Sexual Health Service<" in preview.text


def test_a_share_is_given_to_somebody_by_name(client_for: ClientFor, case: UUID) -> None:
    """A share without a person is refused at its box."""
    priya, address = Person(client_for("priya")), f"/cases/{case}/shares/with/school"
    answer, _ = priya.sends(address, SHARE | {"persons": []}, press=("step", "preview"))

    assert 422 == answer.status_code
    assert 'href="#persons"' in answer.text


def test_the_share_list_puts_the_shorter_form_first_and_says_what_full_means(client_for: ClientFor, case: UUID) -> None:
    """The least that will do is met first; what is retained is not offered at all."""
    page = client_for("priya").get(f"/cases/{case}/shares/with/school")
    controls = form_on(page).controls
    offered = [one for box in ("items", "concerns") for one in controls[box].offered or []]
    both = [one for one in offered if one.partition("=")[0] in ("child.name", "concern:C2")]

    assert ["child.name=coarse", "child.name=full", "concern:C2=coarse", "concern:C2=full"] == both
    assert "In full: narrative, source and the young person&#39;s voice" in page.text
    assert [] == [one for one in offered if one.startswith("concern:C3=")]
    assert "Needed when you share in order to decide on more: at most 14 days." in page.text


def test_each_list_to_be_ticked_says_what_is_ticked(client_for: ClientFor, case: UUID) -> None:
    """The form's own words are the legend of each list, and no two questions of the page have the same."""
    page = client_for("priya").get(f"/cases/{case}/assessment/start").text
    found = re.findall(r"<legend[^>]*>(.*?)</legend>", page, re.DOTALL)
    legends = [re.sub(r"<[^>]+>", "", one).strip() for one in found]
    others = re.findall(r"If you ticked ‘Other’ in [B-F], please state", page)

    assert [
        "B. Looked After Status",
        "C. Education/Training/Employment Status",
        "D. Basis of CSE Concerns",
        "E. Actual/Suspected Perpetrator of CSE",
        "F. Actual/Suspected Method of Coercion",
    ] == legends[-5:]
    assert len(set(legends)) == len(legends)
    assert 5 == len(others) == len(set(others))


def test_a_list_that_may_be_left_alone_begins_with_what_that_means(client_for: ClientFor, case: UUID) -> None:
    """“No” to a question that is answered by yes or no; “Not recorded” where nothing is said."""
    ben = client_for("ben")

    def first(page: str, box: str) -> str:
        listed = ben.get(f"/cases/{case}{page}").text.partition(f'name="{box}"')[2]
        return str(re.findall(r'<option value=""[^>]*>([^<]+)<', listed)[0])

    assert "No" == first("/concerns/new", "sensitive")
    assert "Not recorded" == first("/details/new", "carer_safe_to_inform")
    assert "Not recorded" == first("/people-of-concern/new", "ethnicity")


def test_what_can_be_shared_stands_sort_by_sort(client_for: ClientFor, case: UUID) -> None:
    """With how many there are; open where the policy proposes something or something is ticked, where she is last."""
    priya, address = Person(client_for("priya")), f"/cases/{case}/shares/with/school"
    page = priya.opens(address).text
    priya.sends(address, SHARE | {"concerns": ["concern:C2=coarse"], "persons": []}, press=("step", "preview"))
    opened = (page, priya.opens(address).text)
    sorts = re.findall(r">([^<]+) \(\d+\)<|>(Where the young person is)<", page)

    assert ["The young person, and home", "Concerns", "People, places and vehicles", "Risk and assessment", "Plans",
            "Where the young person is"] == ["".join(sort) for sort in sorts]  # fmt: skip
    assert [
        ["Risk and assessment", "Plans"],
        ["The young person, and home", "Concerns", "Risk and assessment", "Plans"],
    ] == [re.findall(r'<details class="govuk-details" open><summary[^>]*><span[^>]*>(.*?) \(', text) for text in opened]


def test_locators_show_what_they_say_where_they_are_chosen(client_for: ClientFor, case: UUID) -> None:
    """Nobody gives an address without seeing which."""
    page = client_for("priya").get(f"/cases/{case}/shares/with/school").text
    where = page.partition("Where the young person is")[2]

    assert "4 Larch Rise" in where


def test_whoever_asked_is_marked_among_the_agency_s_people(client_for: ClientFor, worked_hub: Hub, case: UUID) -> None:
    """The asker is found at once."""
    riverbank_asks(worked_hub, case)
    page = text_of(client_for("priya").get(f"/cases/{case}/shares/with/riverbank").text)

    assert re.search(r"Asha Begum [^.]*\. Asked for this", page)


def test_the_page_of_a_withdrawal_says_what_becomes_of_what_was_opened(client_for: ClientFor, case: UUID) -> None:
    """Withdrawal is not retrospective (toolkit 2.3)."""
    page = text_of(client_for("priya").get(f"/cases/{case}/consents/K2/withdraw").text)

    assert "Nobody new sees what rests on this consent." in page
    assert "not to be passed on or relied on until it is reviewed" in page
    assert "Nothing else changes" not in page


STANDING = {
    "id": "J20",
    "purpose": "keep health informed",
    "duty_of_confidentiality": True,
    "basis": "public_interest",
    "ground": "significant_harm_to_child",
    "facts": "As recorded.",
    "proportionality": "What is needed.",
    "child_told": "yes",
    "standing": True,
}


def test_nothing_is_chosen_beforehand_where_several_standing_justifications_would_do(
    client_for: ClientFor, worked_hub: Hub, case: UUID
) -> None:
    """The professional says what an entry rests on; the hub does not choose among several."""
    act(worked_hub, "priya", case, "give_justification", STANDING, command_id="a-second-standing-one")
    client = client_for("priya")
    details = form_on(client.get(f"/cases/{case}/details/new")).controls["justification"]
    page = client.get(f"/cases/{case}/concerns/new")
    concern = form_on(page).controls["justification"]

    assert ([], []) == (details.values, concern.values)
    assert {"J4", "J20"} <= set(concern.offered or [])
    assert "Seen by Hillcrest Children&#39;s Social Care." in page.text


def test_a_justification_that_does_not_stand_is_never_chosen_beforehand(client_for: ClientFor, case: UUID) -> None:
    """What was given once, for one share, is not what the next entry rests on."""
    page = client_for("sam").get(f"/cases/{case}/concerns/new")

    assert [] == form_on(page).controls["justification"].values
    assert "has none in force" not in text_of(page.text)


def test_a_concern_chosen_to_rest_on_one_of_several_is_recorded(
    client_for: ClientFor, worked_hub: Hub, case: UUID
) -> None:
    """The choice on the page is enough."""
    happened: dict[str, str | list[str]] = {
        "justification": "J9",
        "occurred_precision": "day",
        "basis": ["going_missing"],
        "heading": "police_activity",
        "headline": "Seen at the station",
        "narrative": "Seen.",
        "nature": "fact",
    } | day("occurred", "2026-05-30")
    answer, _ = Person(client_for("sam")).sends(f"/cases/{case}/concerns/new", happened)

    assert 303 == answer.status_code
    assert "J9" == worked_hub.case_events(case)[-1].justification  # type: ignore[attr-defined]


def test_what_a_reader_may_not_see_is_not_said_to_be_missing(client_for: ClientFor, case: UUID) -> None:
    """Only an agency that holds or recorded the case is told that something is not recorded yet, and where to do it."""
    ben, sam = (text_of(client_for(who).get("/caseload").text) for who in ("ben", "sam"))
    link = f'href="/cases/{case}/details/new">Record how</a>'

    assert "Not recorded yet by your agency." in ben
    assert "Do not telephone or text before you know." in ben
    assert link in client_for("ben").get(f"/cases/{case}").text
    assert "Not recorded yet" not in sam


def test_an_act_is_confirmed_once_and_nothing_of_the_case_is_in_it(client_for: ClientFor, case: UUID) -> None:
    """The page that follows says that it is recorded; opened again, it does not."""
    client = client_for("priya")
    Person(client).sends(f"/cases/{case}/details/new", {"safe_contact": "By letter to school."})
    first, second = (client.get(f"/cases/{case}").text for _ in range(2))
    banner = first.partition('class="govuk-notification-banner ')[2].partition("<h1")[0]

    assert "Success Recorded." in text_of(banner)
    assert "govuk-notification-banner" not in second


def test_a_referral_is_concluded_only_after_it_was_acknowledged(
    client_for: ClientFor, worked_hub: Hub, case: UUID
) -> None:
    """What nobody has acknowledged has not come to an end."""
    client = client_for("sam")
    before = client.get(f"/cases/{case}").text
    answer = {"referral": "R2", "decision": "Taken on."}
    act(worked_hub, "sam", case, "acknowledge_referral", answer, command_id="acknowledge-R2")
    after = client.get(f"/cases/{case}").text

    assert [False, True] == ["referrals/R2/conclude" in page for page in (before, after)]


def test_cases_to_place_a_request_in_are_told_apart(client_for: ClientFor, worked_hub: Hub, case: UUID) -> None:
    """Name, date of birth in words and case number stand on each choice."""
    asked = {"name": "Maya Elison", "of": "csc", "wanted": "Whether you know her.", "purpose": "plan outreach"}
    Person(client_for("helen")).sends("/ask", asked)
    (waiting,) = worked_hub.unplaced("csc").requests
    page = client_for("priya").get(f"/requests-to-place/{waiting}").text

    assert f"Maya Ellison, born 14 May 2010, case {case.hex[:8]}" in page


def test_what_is_especially_private_is_asked_in_the_open(client_for: ClientFor, case: UUID) -> None:
    """A question on which protection hangs is not folded away."""
    page = client_for("ben").get(f"/cases/{case}/concerns/new").text
    before = page.partition('name="sensitive"')[0]

    assert before != page
    assert before.count("<details") == before.count("</details>")


@pytest.mark.parametrize("page", ["concerns/new", "risk/propose", "assessment/start"])
def test_dated_printed_words_are_said_to_be_the_form_s(page: str, client_for: ClientFor, case: UUID) -> None:
    """The toolkit's printed words stay, and are not taken for the hub's own."""
    assert PRINTED in client_for("priya").get(f"/cases/{case}/{page}").text


def test_no_page_speaks_of_the_design(client_for: ClientFor) -> None:
    """Practitioners read what a rule says, not where its makers wrote it down."""
    page = client_for("priya").get("/policies").text

    assert "The recording agency puts right what it recorded." in page
    assert "§" not in page


def test_a_blank_says_once_that_it_was_left(client_for: ClientFor, case: UUID) -> None:
    """A blank with its reason, once."""
    page = text_of(main_of(client_for("priya").get(f"/cases/{case}/assessment").text))

    assert "Left blank: " in page
    assert "Left blank Left blank" not in page


def test_an_answer_is_looked_at_only_where_something_was_shared(client_for: ClientFor) -> None:
    """A refusal leads nowhere."""
    page = client_for("sam").get("/caseload").text
    cards = [one for one in page.split('<div class="hub-card">') if "<dt>Asked</dt>" in one]

    assert cards
    assert [] == [one for one in cards if "What you may see of it" in one and "Shared" not in one]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Education/Training/Employment", "Education/<wbr>Training/<wbr>Employment"),
        ("Perpetrator/s", "Perpetrator/s"),
        ("<b>Associates/addresses</b>", "&lt;b&gt;Associates/<wbr>addresses&lt;/b&gt;"),
    ],
)
def test_long_words_break_after_a_slash_and_are_escaped(text: str, shown: str) -> None:
    """A line ends between words, and what was typed never becomes markup."""
    assert shown == str(breakable(text))
