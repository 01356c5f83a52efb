"""Seals, duty and emergencies on both stores, across processes: what one placed or opened, another knows at once."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import UUID

import pytest

from application.access import look
from application.commands.acts import act
from application.commands.coming_in import open_in_emergency, open_on_duty
from application.commands.rota import keep_rota
from application.hub import Hub
from application.queries.caseload import caseload
from application.queries.inbox import inbox
from application.queries.looks import looks_at
from domain.errors import CaseSealed, EmergencyNotReviewed
from tests.builders import a_case, a_command_id, a_partnership, a_worker_of_the_lead
from tests.contracts.conftest import Store

WHY = "Her carer rang: she has not come home."
HER = {"name": "Maya Ellison", "date_of_birth": "2010-05-14"}
ANOTHER = {"name": "Another Child", "date_of_birth": "2011-01-01"}
SEAL = {"contact": "Duty team", "telephone": "020 7946 0100", "people": ["tom", "priya"], "reason": "r"}


def told(store: Store) -> tuple[Hub, UUID]:
    """A case of the school's, in which Priya of the lead works; and another young person's."""
    hub = a_partnership(store.hub())
    case = a_case(hub)
    a_worker_of_the_lead(hub, case)
    a_case(hub, name=ANOTHER["name"], born=ANOTHER["date_of_birth"])
    return hub, case


def test_a_seal_is_met_in_every_process_at_once(store: Store) -> None:
    """And is on no list there; lifted, the case is back."""
    hub, case = told(store)
    other = store.hub()
    before = len(caseload(other, "ben").entries)
    act(hub, "tom", case, "seal_case", SEAL, command_id=a_command_id())
    with pytest.raises(CaseSealed):
        look(other, "ben", case, "case")
    during = [one.case for one in caseload(other, "ben").entries]
    met = [one.name for one in looks_at(hub, "priya", case).looks if one.kind == "sealed"]
    act(other, "tom", case, "lift_seal", {"reason": "Over."}, command_id=a_command_id())

    assert 2 == before
    assert case not in during
    assert ["Ben"] == met
    assert "Maya Ellison" == look(hub, "ben", case, "case").name


def test_a_shift_and_what_was_opened_in_it_are_known_in_every_process(store: Store) -> None:
    """The rota is in the directory, the opening in the case."""
    hub, case = told(store)
    other = store.hub()
    until = (hub.now() + timedelta(hours=9)).isoformat()
    shift = {"id": "D1", "person": "ada", "from": hub.now().isoformat(), "until": until}
    keep_rota(hub, "tom", "assign_duty", shift, command_id=a_command_id())
    open_on_duty(other, "ada", case, WHY, command_id=a_command_id())

    assert "duty" == look(hub, "ada", case, "case").reader.way
    assert ["review_access"] == [one.kind for one in inbox(hub, "ruth").tasks if one.kind == "review_access"]


def test_of_two_emergencies_of_one_person_at_once_one_opens(store: Store) -> None:
    """The other is refused until somebody has looked at it, in whichever process it was asked."""
    hub, _ = told(store)
    hubs = [store.hub(), store.hub()]

    def asked(one: Hub, about: dict[str, str]) -> str:
        try:
            return "opened" if open_in_emergency(one, "sam", about, WHY, command_id=a_command_id()).case else "nothing"
        except EmergencyNotReviewed:
            return "blocked"

    ask: list[Callable[[], str]] = [
        lambda: asked(hubs[0], HER),
        lambda: asked(hubs[1], ANOTHER),
    ]
    with ThreadPoolExecutor(2) as both:
        answers = [one.result() for one in [both.submit(one) for one in ask]]

    assert ["blocked", "opened"] == sorted(answers)
    assert 1 == len(caseload(hub, "sam").entries)
