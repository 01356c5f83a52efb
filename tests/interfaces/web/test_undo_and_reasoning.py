"""On the way to a share: its reasoning asked there; and a minute afterwards in which it can be undone, as it says."""

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from application.hub import Hub
from tests.interfaces.web.browsing import Person, form_on

ClientFor = Callable[[str], FlaskClient]
SHARE: dict[str, str | list[str]] = {
    "outcome": "share_in_part",
    "justification": "J4",
    "persons": ["helen"],
    "items": ["child.gender=full"],
}


def shared(client: FlaskClient, case: UUID) -> TestResponse:
    """Priya shares with the clinic; the answer leads on."""
    address = f"/cases/{case}/shares/with/health"
    sent = form_on(client.get(address)).filled(SHARE) | {"step": ["confirm"]}
    answer = client.post(address, data=sent)
    assert answer.status_code == 303, answer.text[-3000:]
    return answer


def undone(client: FlaskClient, page: TestResponse, location: str) -> TestResponse:
    return client.post(location.removesuffix("made") + "undo", data=form_on(page).values)


def test_a_share_leads_to_where_it_can_be_undone(client_for: ClientFor, worked_hub: Hub, case: UUID) -> None:
    """Undone within the minute: ended by an event that says so, and nobody had seen it."""
    client = client_for("priya")
    location = shared(client, case).location
    page = client.get(location)
    answer = undone(client, page, location)
    event = worked_hub.case_events(case)[-1]

    assert "Undo this share" in page.text
    assert "Nobody there has opened it yet." in page.text
    assert (303, location) == (answer.status_code, answer.location)
    assert "Undone by the person who shared it, at once." == event.reason  # type: ignore[attr-defined]
    assert "Nobody there opened it." in client.get(location).text
    assert "Female" not in client_for("helen").get(f"/cases/{case}").text


def test_what_they_opened_meanwhile_is_said(client_for: ClientFor, worked_hub: Hub, case: UUID) -> None:
    """The disclosure tells what was seen: undoing makes nothing unseen."""
    client = client_for("priya")
    location = shared(client, case).location
    page = client.get(location)
    client_for("helen").get(f"/cases/{case}")
    undone(client, page, location)
    after = client.get(location).text
    helen = worked_hub.directory().people["helen"].name

    assert f"Gender, by {helen}" in after
    assert "They have seen it" in after


def test_after_a_minute_it_is_ended_with_a_reason_instead(
    client_for: ClientFor, worked_hub: Hub, case: UUID
) -> None:
    """The hub's clock decides, not the page."""
    client = client_for("priya")
    location = shared(client, case).location
    page = client.get(location)
    worked_hub.clock.at += timedelta(seconds=61)  # type: ignore[attr-defined]
    before = len(worked_hub.case_events(case))
    answer = undone(client, page, location)

    assert (409, before) == (answer.status_code, len(worked_hub.case_events(case)))
    assert "The time for undoing this is over." in answer.text
    assert "Undo this share" not in client.get(location).text


def test_it_is_only_for_who_shared(client_for: ClientFor, case: UUID) -> None:
    """To a colleague, the recipient and strangers there is no such page."""
    location = shared(client_for("priya"), case).location

    assert [404] * 4 == [client_for(who).get(location).status_code for who in ("tom", "helen", "sam", "alex")]


def test_reasoning_is_asked_on_the_way_and_then_chosen(client_for: ClientFor, worked_hub: Hub, case: UUID) -> None:
    """Section 2.3 first; the page that follows has it chosen, and nothing is lost on the way."""
    priya = Person(client_for("priya"))
    address = f"/cases/{case}/shares/with/health"
    reasoned = {
        "purpose": "plan her appointment",
        "duty_of_confidentiality": "yes",
        "basis": "public_interest",
        "ground": "significant_harm_to_child",
        "facts": "Seen twice with an adult.",
        "proportionality": "Gender and name only.",
        "child_told": "yes: seen today",
    }
    sent, _ = priya.sends(f"{address}/reasoning", reasoned)
    page = priya.opens(sent.location)
    given = list(worked_hub.case(case).case.justifications)[-1]

    assert (303, f"{address}?justification={given}") == (sent.status_code, sent.location)
    assert [given] == form_on(page).values["justification"]
    assert f"{address}/reasoning" in priya.opens(address).text
