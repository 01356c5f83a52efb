"""A referral says by which working day it is to be acknowledged; past it, escalating stands first."""

import re
from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

from flask.testing import FlaskClient

from application.commands.acts import act
from application.hub import Hub
from tests.interfaces.web.browsing import Person

ClientFor = Callable[[str], FlaskClient]
REFERRAL = {
    "id": "R9", "justification": "J1", "to": "csc", "summary": "Seen again with the car.", "carers_informed": "not_yet",
}  # fmt: skip


def test_a_referral_says_by_when_it_is_to_be_acknowledged(
    client_for: ClientFor, worked_hub: Hub, case: UUID
) -> None:
    """Made on Tuesday 2 June 2026, due on Wednesday; both parties read it, and nothing is to be escalated yet."""
    act(worked_hub, "ben", case, "make_referral", REFERRAL, command_id="referral-by-ben")

    for who in ("ben", "priya"):
        page = client_for(who).get(f"/cases/{case}").text
        assert "Not acknowledged yet, due by 3 June 2026" in page
    assert "has not acknowledged the referral" not in client_for("ben").get(f"/cases/{case}").text


def test_past_its_day_the_referrer_escalates(client_for: ClientFor, worked_hub: Hub, case: UUID) -> None:
    """A manager is asked to look at it, in the case, in the form and on My work; the referral stays as it was."""
    act(worked_hub, "ben", case, "make_referral", REFERRAL, command_id="referral-by-ben")
    worked_hub.clock.at += timedelta(days=2)  # type: ignore[attr-defined]
    ben = Person(client_for("ben"))
    page = ben.opens(f"/cases/{case}").text
    escalated, _ = ben.sends(f"/cases/{case}/referrals/R9/escalate", {"reason": "No answer in two days."})

    assert "Not acknowledged yet, was due 3 June 2026" in page
    assert "Escalate: Hillcrest Children&#39;s Social Care has not acknowledged the referral" in page
    assert 303 == escalated.status_code
    for where in (f"/cases/{case}", f"/cases/{case}/referrals/R9/acknowledge", "/caseload"):
        told = client_for("priya").get(where).text
        assert "No answer in two days." in told
        assert re.search(r"Escalated(<[^>]*>)+ *4 June 2026", told) or "Escalated 4 June 2026" in told


def test_once_acknowledged_no_day_is_named(client_for: ClientFor, worked_hub: Hub, case: UUID) -> None:
    """The clock has stopped."""
    act(worked_hub, "ben", case, "make_referral", REFERRAL, command_id="referral-by-ben")
    answer = {"referral": "R9", "decision": "Looked at today."}
    act(worked_hub, "priya", case, "acknowledge_referral", answer, command_id="acknowledged-by-priya")
    page = client_for("ben").get(f"/cases/{case}").text

    assert "Looked at today." in page
    assert "Not acknowledged yet" not in page
