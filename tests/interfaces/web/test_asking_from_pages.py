"""From where something is missing to the one who has it: a request begins with whom and what, in one further click."""

import re
from collections.abc import Callable
from html import unescape
from uuid import UUID

import pytest
from flask.testing import FlaskClient

from application.commands.acts import act
from application.hub import Hub
from application.ledger import disclosures_stream
from tests.interfaces.web.browsing import Person, form_on

ClientFor = Callable[[str], FlaskClient]


def test_what_is_not_shown_in_full_has_a_way_to_ask(client_for: ClientFor, case: UUID) -> None:
    """Each cell says whom to ask, and the request begins with it; what is shown in full or is one's own has none."""
    client = client_for("ben")
    shown = client.get(f"/cases/{case}").text
    links = [unescape(one) for one in re.findall(r'href="([^"]+/requests/new\?[^"]+)"', shown)]
    begun = [form_on(client.get(link)).values for link in links]

    assert all(one["of"] and one["wanted"][0].startswith("What you hold on: ") for one in begun)
    assert not [link for link in links if "item=risk&" in link or link.endswith("item=risk")]


def test_a_cell_in_part_leads_to_who_shared_it(client_for: ClientFor, worked_hub: Hub, case: UUID) -> None:
    """The police were given a headline by the lead: they ask the lead for more."""
    share = {
        "id": "S9", "justification": "J6", "outcome": "share_in_part", "with": "riverbank", "persons": ["asha"],
        "items": [{"item": "child.name", "showing": "coarse"}],
    }  # fmt: skip
    act(worked_hub, "priya", case, "decide_sharing", share, command_id="share-with-asha")
    client = client_for("asha")
    shown = client.get(f"/cases/{case}").text
    begun = form_on(client.get(f"/cases/{case}/requests/new?of=csc&item=child.name")).values

    assert f"/cases/{case}/requests/new?of=csc&amp;item=child.name" in shown
    assert (["csc"], ["What you hold on: Name."]) == (begun["of"], begun["wanted"])


def test_the_lead_is_not_sent_to_itself(client_for: ClientFor, case: UUID) -> None:
    """Nobody asks their own agency."""
    assert "requests/new?of=csc" not in client_for("priya").get(f"/cases/{case}").text


def test_another_worker_is_asked_in_one_further_click(client_for: ClientFor, case: UUID) -> None:
    """A question left blank for another worker becomes a request to their agency, in the form's words."""
    priya = Person(client_for("priya"))
    blank = {"answer": "blank:ask_other_worker", "whom": "Oakfield Academy", "justification": "J4"}
    priya.sends(f"/cases/{case}/assessment/questions/7", blank)
    listed = priya.opens(f"/cases/{case}/assessment/questions").text
    begun = form_on(priya.opens(f"/cases/{case}/requests/new?question=7")).values

    assert f"/cases/{case}/requests/new?question=7" in listed
    assert ["school"] == begun["of"]
    assert begun["wanted"][0].startswith("Question 7 of the assessment, ")


def test_whom_to_ask_may_be_named_as_a_person(client_for: ClientFor, worked_hub: Hub, case: UUID) -> None:
    """The agency is where that person works; a name nobody knows chooses none."""
    priya = Person(client_for("priya"))
    helen = worked_hub.directory().people["helen"].name
    chosen = []
    for whom in (helen, "somebody at the clinic"):
        blank = {"answer": "blank:ask_other_worker", "whom": whom, "justification": "J4"}
        priya.sends(f"/cases/{case}/assessment/questions/7", blank)
        chosen.append(form_on(priya.opens(f"/cases/{case}/requests/new?question=7")).values.get("of"))

    assert [["health"], None] == chosen


def test_a_request_begins_empty_for_what_is_not_there(client_for: ClientFor, case: UUID) -> None:
    """Nothing that the reader is not shown is in a request, whatever the address says."""
    client = client_for("ben")
    for asked in ("of=police&item=concern:C3", "item=person:X1", "question=99", "question=x", "of=nobody"):
        page = client.get(f"/cases/{case}/requests/new?{asked}")

        assert 200 == page.status_code
        assert not form_on(page).values.get("wanted", [""])[0]


@pytest.mark.parametrize(
    ("asked", "shown"),
    [
        ("item=concern:C2", {"concern:C2"}),
        ("item=concern:", set()),
        ("item=child.", set()),
        ("item=concern:C2%23narrative", set()),
        ("item=concern:C99", set()),
        ("of=csc", set()),
        ("question=7", {"answers:police"}),
        ("item=answers:", set()),
    ],
)
def test_a_request_shows_and_records_the_one_item_it_is_about(
    asked: str, shown: set[str], client_for: ClientFor, worked_hub: Hub, case: UUID
) -> None:
    """An address may name one item that the reader sees; a sort of items, or a part of one, names none."""
    blank = {"justification": "J3", "blanks": [{"question": 7, "reason": "not_known"}]}
    act(worked_hub, "sam", case, "answer_questions", blank, command_id="left-blank-by-sam")
    page = client_for("sam").get(f"/cases/{case}/requests/new?{asked}")
    look = worked_hub.ledger.read(disclosures_stream(case))[-1]
    beside = ("child.name", "safe_contact", "carer:")
    on_record = {one.item for one in look.items}  # type: ignore[attr-defined]

    assert (200, "form: Ask another agency") == (page.status_code, look.what)  # type: ignore[attr-defined]
    assert shown == {item for item in on_record if not item.startswith(beside)}


def test_the_task_list_says_where_we_stand(client_for: ClientFor, worked_hub: Hub, case: UUID) -> None:
    """Not started, answered, left blank with its reason, changed since the level was agreed."""
    client = client_for("priya")
    before = client.get(f"/cases/{case}/assessment/questions").text
    changed = {"justification": "J4", "answers": [{"question": 1, "option": 3}]}
    act(worked_hub, "priya", case, "answer_questions", changed, command_id="changed-since-agreed")
    after = client.get(f"/cases/{case}/assessment/questions").text

    assert (0, 1) == (before.count("Changed since agreed"), after.count("Changed since agreed"))
    assert "Left blank: not known" in before
    assert "Answered: 2" in before
    assert "Not started" in client_for("sam").get(f"/cases/{case}/assessment/questions").text


def test_earlier_answers_are_at_hand(client_for: ClientFor, case: UUID) -> None:
    """Question 1: the lead said 3, then 5, then 2 (worked case); what stands is above, the earlier ones on demand."""
    page = client_for("priya").get(f"/cases/{case}/assessment/questions/1").text
    earlier = page.partition("What your agency said earlier")[2].partition("</details>")[0]

    assert ["5", "3"] == re.findall(r'class="hub-text">(\d)\.', earlier)
    assert "What your agency said earlier" not in client_for("sam").get(f"/cases/{case}/assessment/questions/1").text
