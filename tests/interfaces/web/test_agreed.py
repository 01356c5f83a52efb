"""What a young person told and agreed to have shared goes on record by name in one step, and nothing is guessed."""

from collections.abc import Callable
from uuid import UUID

from flask.testing import FlaskClient

from application.hub import Hub
from tests.interfaces.web.browsing import Person, day

ClientFor = Callable[[str], FlaskClient]
WORDS = "She says an older man waits for her. She put herself at risk, her mother said."
AGREED: dict[str, str | list[str]] = {
    "name": "Maya Ellison",
    "to": ["csc"],
    "about": "what she said about the older man",
    "method": "in person, at the clinic",
    "understanding": "She said back who would know.",
    "purpose": "tell children's social care at her wish",
    "facts": "An adult waits for her after school.",
    "proportionality": "What she said; nothing of her health.",
    "occurred_precision": "day",
    "basis": ["concerns_about_relationship"],
    "heading": "alleged_perpetrators",
    "headline": "Told a nurse about an older man",
    "narrative": "She says an older man waits for her.",
    "nature": "fact",
    "child_voice": "He waits for me.",
} | day("occurred", "2026-06-01") | day("date_of_birth", "2010-05-14")  # fmt: skip


def ticked(client: FlaskClient) -> str:
    """The first tick of Section 1 D that the page offers."""
    return client.get("/record/agreed").text.partition('name="basis" type="checkbox" value="')[2].partition('"')[0]


def test_a_nurse_records_consent_and_concern_by_name_in_one_step(
    client_for: ClientFor, worked_hub: Hub, case: UUID
) -> None:
    """Consent, the reasoning that rests on it and the concern: three events, one command, in her case."""
    client = client_for("helen")
    before = len(worked_hub.case_events(case))
    sent, command_id = Person(client).sends("/record/agreed", AGREED | {"basis": [ticked(client)]})
    events = worked_hub.case_events(case)[before:]

    assert (303, f"/cases/{case}") == (sent.status_code, sent.location)
    assert ["YoungPersonNamed", "ConsentRecorded", "JustificationGiven", "ConcernRecorded"] == [
        type(event).__name__ for event in events
    ]
    assert {command_id} == {event.command.partition(" ")[0][: len(command_id)] for event in events}
    assert "Told a nurse about an older man" in client.get(f"/cases/{case}").text


def test_whom_she_agreed_to_sees_it_and_nobody_else(client_for: ClientFor, case: UUID) -> None:
    """The consent reaches the lead; the police hold nothing of it."""
    client = client_for("helen")
    Person(client).sends("/record/agreed", AGREED | {"basis": [ticked(client)]})

    assert "Told a nurse about an older man" in client_for("priya").get(f"/cases/{case}").text
    assert "Told a nurse about an older man" not in client_for("sam").get(f"/cases/{case}").text


def test_it_is_answered_alike_for_someone_not_on_record(
    client_for: ClientFor, worked_hub: Hub, case: UUID
) -> None:
    """A new case is opened, and the way on is the same."""
    client = client_for("helen")
    answers = AGREED | {"name": "Nobody Known", "basis": [ticked(client)]}
    sent, _ = Person(client).sends("/record/agreed", answers)
    page = client.get(sent.location)

    assert (303, 200) == (sent.status_code, page.status_code)
    assert f"/cases/{case}" != sent.location
    assert "Told a nurse about an older man" in page.text


def test_nothing_is_recorded_when_something_is_missing(client_for: ClientFor, worked_hub: Hub, case: UUID) -> None:
    """All of it or nothing; every fault at its box, and nothing typed is lost."""
    client = client_for("helen")
    before = len(worked_hub.case_events(case))
    unfinished = AGREED | {"basis": [ticked(client)], "to": [], "headline": ""}
    answer, _ = Person(client).sends("/record/agreed", unfinished)

    assert (422, before) == (answer.status_code, len(worked_hub.case_events(case)))
    assert 'href="#to"' in answer.text
    assert 'href="#headline"' in answer.text
    assert "He waits for me." in answer.text


def test_advice_names_the_words_and_keeps_them(client_for: ClientFor, worked_hub: Hub, case: UUID) -> None:
    """You wrote …; consider …: once, and what is stored is byte for byte what was written."""
    client = client_for("helen")
    helen = Person(client)
    advised, _ = helen.sends("/record/agreed", AGREED | {"basis": [ticked(client)], "narrative": WORDS})
    kept, _ = helen.presses("/record/agreed", advised, {}, press=("as_written", "yes"))
    written = worked_hub.case_events(case)[-1]

    assert (200, 303) == (advised.status_code, kept.status_code)
    assert "You wrote “<span class=\"hub-text\">put herself at risk</span>”; consider:" in advised.text
    assert WORDS == written.content.narrative  # type: ignore[attr-defined]
    assert "What your agency recorded asks nobody to act until you" in client.get(kept.location).text


def test_the_button_names_who_will_see_it(client_for: ClientFor) -> None:
    """One's own agency, and the lead where the consent reaches it; to others it goes by a decision to share."""
    page = client_for("helen").get("/record/agreed").text

    assert "Record: Hillcrest Sexual Health Service will see it, and Hillcrest Children&#39;s Social Care if" in page
    assert "To others it goes by a decision to share." in page
