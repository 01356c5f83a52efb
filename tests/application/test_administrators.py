"""What an administrator gives comes to no case until a manager says so; and an administrator is nothing else."""

from uuid import UUID

import pytest

from application.access import look
from application.commands.people import keep_directory
from application.commands.reviewing import open_review_of
from application.hub import Hub
from application.queries.accounts_to_confirm import accounts_to_confirm
from application.queries.caseload import caseload
from application.queries.inbox import inbox
from application.queries.requests_to_place import requests_to_place
from domain.errors import BadInput, NotFound, NotTheirs, OwnAccount, RoleMissing
from tests.builders import a_case, a_command_id, a_justification, a_worker_of_the_lead, do

HER = {"name": "Maya Ellison", "date_of_birth": "2010-05-14"}
REVIEW = {"id": "V1", "kind": "audit", "from": "2026-01-01", "until": "2026-06-01", "agencies": ["csc"],
          "locators": True, "questions": "Who knew?"}  # fmt: skip


def keep(hub: Hub, by: str, act: str, /, **data: object) -> None:
    keep_directory(hub, by, act, data, command_id=a_command_id())


def waiting_for(hub: Hub, who: str) -> list[tuple[str, list[str]]]:
    """Of whom what waits for this person's word."""
    found = accounts_to_confirm(hub, who)
    return [(one.person, [str(begun.role or begun.what) for begun in one.begun]) for one in found]


@pytest.fixture
def case(hub: Hub) -> UUID:
    """The school's case, on which Priya of the lead works and which was referred to the lead; another administrator."""
    keep(hub, "hub", "register_person", id="bo", name="Bo", agency="csc", roles=["administrator"])
    case = a_case(hub)
    a_worker_of_the_lead(hub, case)
    return case


def test_an_administrator_does_not_let_themselves_in(hub: Hub, case: UUID) -> None:
    """Nor get rid of what shuts them out; and what another gives them waits for a manager."""
    for act, role in (("give_role", "reviewer"), ("give_role", "practitioner"), ("end_role", "administrator")):
        with pytest.raises(OwnAccount):
            keep(hub, "alex", act, person="alex", role=role)
    keep(hub, "bo", "give_role", person="alex", role="partnership_manager")
    keep(hub, "bo", "end_role", person="alex", role="administrator")
    assert frozenset() == hub.person("alex")[0].roles(hub.now())
    with pytest.raises(RoleMissing):
        open_review_of(hub, "alex", HER, {**REVIEW, "reviewer": "jo"}, command_id=a_command_id())

    assert [("alex", ["partnership_manager"])] == waiting_for(hub, "pat")
    with pytest.raises(RoleMissing):
        keep(hub, "alex", "confirm_account", person="alex")
    keep(hub, "pat", "confirm_account", person="alex")
    assert {"partnership_manager"} == hub.person("alex")[0].roles(hub.now())


def test_somebody_who_opens_a_review_does_not_read_by_it(hub: Hub, case: UUID) -> None:
    """Whatever roles they hold, and whether or not there is a case."""
    keep(hub, "hub", "give_role", person="pat", role="reviewer")
    for about in (HER, {"name": "Nora Nobody", "date_of_birth": "2010-05-14"}):
        with pytest.raises(BadInput, match="does not read by it"):
            open_review_of(hub, "pat", about, {**REVIEW, "reviewer": "pat"}, command_id=a_command_id())

    with pytest.raises(NotFound):
        look(hub, "pat", case, "case")


def test_a_second_account_taken_over_gives_nothing(hub: Hub, case: UUID) -> None:
    """Reset by one administrator it administers nothing, so that one never stands as two."""
    keep(hub, "alex", "reset_account", person="bo")
    with pytest.raises(RoleMissing):
        keep(hub, "bo", "reset_account", person="priya")
    assert ["bo"] == [person for person, _ in waiting_for(hub, "tom")]

    keep(hub, "alex", "reset_account", person="priya")
    for manager in ("tom", "ruth"):
        keep(hub, "alex", "disable_account", person=manager)
    assert [] == waiting_for(hub, "pat")
    with pytest.raises(NotTheirs):
        keep(hub, "pat", "confirm_account", person="priya")
    keep(hub, "hub", "confirm_account", person="priya")
    assert hub.person("priya")[0].confirmed(hub.now())


def test_an_administrator_who_is_a_practitioner_too_gets_nothing_of_any_case(hub: Hub, case: UUID) -> None:
    """Not even what waits beside cases: referrals, and requests with a name and a date of birth."""
    do(hub, "ben", case, "give_justification", **a_justification("JR"))
    do(hub, "ben", case, "make_referral", id="R1", justification="JR", to="csc", summary="Collected near school.",
       carers_informed="no", carers_informed_why="Not safe.")  # fmt: skip
    assert 1 == len(inbox(hub, "ada").to_take_up)
    keep(hub, "hub", "give_role", person="bo", role="practitioner")
    seen = inbox(hub, "bo")

    assert () == (*seen.tasks, *seen.to_take_up, *seen.to_place, *seen.to_decide, *seen.to_seal)
    assert () == (*caseload(hub, "bo").entries, *caseload(hub, "bo").to_open)
    with pytest.raises(RoleMissing):
        requests_to_place(hub, "bo")
    with pytest.raises(RoleMissing):
        do(hub, "bo", case, "join_team", person="bo", reason="r")
