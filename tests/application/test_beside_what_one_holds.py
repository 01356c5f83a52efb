"""What others hold beside what one holds oneself is told by no preview, task, pack, number, row, thread or refusal."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import msgspec
import pytest

from application.access import look
from application.commands.acts import act
from application.commands.coming_in import open_in_emergency
from application.commands.linking import link_act
from application.commands.reviewing import open_review_of
from application.hub import Hub
from application.ledger import disclosures_stream
from application.queries.history import history_of
from application.queries.inbox import inbox
from application.queries.pack import Pack, referral_pack
from application.queries.preview import preview_share
from application.queries.who_knew import Knowledge, who_knew
from application.views import CaseView
from domain.disclosures import CaseShown
from domain.errors import NotFound, SafeguardingError, UndoneTooLate
from tests.builders import (
    a_case,
    a_command_id,
    a_concern,
    a_justification,
    a_share,
    a_worker_of_the_lead,
    do,
)

MAYA = {"name": "Maya Ellison", "date_of_birth": "2010-05-14"}
WORKERS = {"csc": "priya", "police": "sam", "health": "helen", "school": "ben", "project": "asha"}
ITEMS = ("child.address", "child.placement", "safe_contact")


def records(hub: Hub, case: UUID, who: str, words: str, *, recipients: tuple[str, ...] = ()) -> str:
    """Where she is and how to reach her, as one agency has it; the justification."""
    name = f"J-{who}-{a_command_id()}"[:40]
    do(hub, who, case, "give_justification", **a_justification(name, recipients=list(recipients)))
    child = {"address": f"{words} address", "placement": f"{words} placement"}
    do(hub, who, case, "record_details", justification=name, child=child, safe_contact=f"{words} contact")
    return name


def everybody_records(hub: Hub, case: UUID) -> None:
    """Each agency but the school has newer words of its own, which reach nobody else without a decision."""
    a_worker_of_the_lead(hub, case)
    for agency, who in WORKERS.items():
        if agency == "school":
            continue
        records(hub, case, who, f"SECRET {agency}", recipients=("health",))


def previewed(hub: Hub, who: str, case: UUID, recipient: str, justification: str) -> CaseView:
    return preview_share(hub, who, case, {
        "id": "S-preview", "justification": justification, "outcome": "share", "with": recipient,
        "persons": [], "items": [{"item": item, "showing": "full"} for item in ITEMS],
    })  # fmt: skip


def test_a_preview_is_the_same_whatever_newer_versions_the_recipient_holds(hub: Hub) -> None:
    """To each recipient: the school's words, numbered as the school sees them, before others record newer ones and
    after.
    """
    case = a_case(hub)
    mine = records(hub, case, "ben", "Own")
    others = ("csc", "police", "health", "project")
    before = [previewed(hub, "ben", case, agency, mine).cells for agency in others]
    hub.clock.at += timedelta(days=1)  # type: ignore[attr-defined]
    everybody_records(hub, case)
    after = [previewed(hub, "ben", case, agency, mine).cells for agency in others]

    def told(cells: list[tuple[Any, ...]]) -> list[Any]:
        return [[msgspec.structs.replace(cell, shared_on=None) for cell in to_one] for to_one in cells]

    assert told(before) == told(after)
    assert [["Own address", "Own placement", "Own contact"]] * 4 == [[cell.content for cell in one] for one in after]


def test_every_cell_of_a_preview_is_a_version_in_the_senders_own_sight(hub: Hub) -> None:
    """Whoever decides, and with whomever: content and number stand in the sender's own history; so does the record."""
    case = a_case(hub)
    records(hub, case, "ben", "SECRET school", recipients=("health",))
    everybody_records(hub, case)
    for sender, who in WORKERS.items():
        own = {item: [(one.version, one.content) for one in history_of(hub, who, case, item).versions]
               for item in ITEMS}  # fmt: skip
        for recipient in WORKERS.keys() - {sender}:
            cells = previewed(hub, who, case, recipient, _open(hub, case, who)).cells
            shown = hub.ledger.read(disclosures_stream(case))[-1]

            assert list(ITEMS) == [cell.item for cell in cells]
            assert [] == [cell.item for cell in cells if (cell.version, cell.content) not in own[cell.item]]
            assert isinstance(shown, CaseShown)
            assert {sender} == {
                hub.case(case).case.items[one.item][one.version - 1].by.agency for one in shown.items
            }
            assert {"own record"} == {one.rule for one in shown.items}


def _open(hub: Hub, case: UUID, who: str) -> str:
    """A justification without recipients, so that any agency may be given something under it."""
    name = f"JO-{a_command_id()}"
    do(hub, who, case, "give_justification", **a_justification(name))
    return name


def later_locators(hub: Hub, who: str) -> list[str]:
    return [task.text for task in inbox(hub, who).tasks if task.kind == "share_later_locator"]


def test_a_later_locator_waits_only_for_who_sees_it(hub: Hub) -> None:
    """That another agency recorded a new address tells that she has moved; one's own new address waits."""
    case = a_case(hub, by="helen", address="1 Old Road")
    a_share(hub, case, "child.address", to="police", by="helen", justification="J1", continuing=True, persons=["sam"],
            review_by="2026-06-01")  # fmt: skip
    a_worker_of_the_lead(hub, case)
    do(hub, "priya", case, "record_details", justification="JL", child={"address": "SECRET REFUGE 9"})

    assert [] == later_locators(hub, "helen")
    do(hub, "helen", case, "record_details", justification="J1", child={"address": "2 New Road"})
    assert ["child.address"] == later_locators(hub, "helen")
    a_share(hub, case, "child.address", to="police", by="priya", justification="JL", persons=["sam"])
    assert ["child.address"] == later_locators(hub, "helen"), "the lead's decision is not hers to know of"


def packed(hub: Hub, who: str, case: UUID, referral: str) -> Pack:
    return referral_pack(hub, who, case, referral, lambda pack: {"pack.json": msgspec.json.encode(pack.view)})[0]


@pytest.mark.parametrize("to", ["csc", "police"])
def test_a_pack_holds_the_senders_own_version_whatever_newer_one_the_recipient_holds(to: str, hub: Hub) -> None:
    """Neither the newer words nor the gap that they would leave, nor how many there are, nor who gave what else."""
    case = a_case(hub)
    mine = records(hub, case, "ben", "Own")
    a_concern(hub, case, justification=mine)
    a_share(hub, case, "child.address", to="police", by="ben", justification=mine, persons=["sam"])
    do(hub, "ben", case, "make_referral", id="R1", justification=mine, to=to, summary="Please see her.",
       carers_informed="no")  # fmt: skip
    before = packed(hub, "ben", case, "R1")
    everybody_records(hub, case)
    lead = _open(hub, case, "priya")
    for agency in ("police", "health"):
        a_share(hub, case, "child.address", "concern:C1", to=agency, by="priya", justification=lead)
    after = packed(hub, "ben", case, "R1")

    assert (before.view.cells, before.manifest.items) == (after.view.cells, after.manifest.items)
    assert {"Own address"} == {cell.content for cell in after.view.cells if cell.item == "child.address"}
    assert ("concern:C1" in {cell.item for cell in after.view.cells}) is (to == "csc")
    assert after.view.digest == ""


def test_a_pack_says_of_what_the_recipient_gave_only_that_it_has_it(hub: Hub) -> None:
    """What the school got by the lead's decision, handed back to the lead: no decision, no reasoning of others."""
    case = a_case(hub)
    a_worker_of_the_lead(hub, case)
    do(hub, "priya", case, "record_details", justification="JL", child={"gender": "Female"})
    a_share(hub, case, "child.gender", to="school", by="priya", justification="JL", persons=["ben"])
    do(hub, "sam", case, "give_justification", **a_justification("JP"))
    do(hub, "sam", case, "record_details", justification="JP", child={"gp": "SECRET gp"})
    a_share(hub, case, "child.gp", to="school", by="sam", justification="JP", persons=["ben"])
    do(hub, "ben", case, "make_referral", id="R1", justification="J1", to="csc", summary="s", carers_informed="no")
    pack = packed(hub, "ben", case, "R1")
    (gender,) = (one for one in pack.manifest.items if one.item == "child.gender")
    (cell,) = (one for one in pack.view.cells if one.item == "child.gender")

    assert ("", "", "held already") == (gender.decision, gender.justification, gender.rule)
    assert ("Female", "", None, "", "") == (cell.content, cell.shared_by, cell.shared_on, cell.reason, cell.recorded_by)
    assert "child.gp" not in {one.item for one in pack.manifest.items}, "that it reached the lead is not the school's"


def row_of(hub: Hub, who: str, case: UUID, item: str, agency: str) -> Knowledge | None:
    return who_knew(hub, who, case).of(item, agency)


def test_who_knew_what_is_alike_whether_or_not_there_was_a_case(hub: Hub) -> None:
    """One's own naming counts, from when it was made; when others first recorded it is not told."""
    a_case(hub, by="asha", school="Oakfield")
    hub.clock.at += timedelta(days=1)  # type: ignore[attr-defined]
    rows = []
    for name in ("Maya Ellison", "Maya Nobody"):
        case = a_case(hub, by="helen", name=name, gender="Female", justification="JH")
        rows.append(who_knew(hub, "helen", case).rows)

    assert rows[0] == rows[1]
    assert ["child.name", "child.gender", "child.date_of_birth"] == [row.item for row in rows[0]]
    assert {hub.now()} == {row.recorded for row in rows[0]}


def test_the_lead_learns_nothing_of_an_entry_that_does_not_reach_it(hub: Hub) -> None:
    """Neither by who knew what, nor by the number of its own version, nor by its being called an update."""
    case = a_case(hub)
    a_worker_of_the_lead(hub, case)
    do(hub, "helen", case, "give_justification", **a_justification("JH", recipients=["police"]))
    do(hub, "helen", case, "record_details", justification="JH", child={"gp": "Dr Clinic"})
    hub.clock.at += timedelta(days=1)  # type: ignore[attr-defined]
    do(hub, "priya", case, "record_details", justification="JL", child={"gp": "Dr Lead"})
    cell = look(hub, "priya", case, "case").cell("child.gp")
    rows = [row for row in who_knew(hub, "priya", case).rows if row.item == "child.gp"]

    assert cell is not None
    assert ("Dr Lead", 1, "recorded") == (cell.content, cell.version, str(cell.change))
    assert [("csc", "csc", hub.now())] == [(row.agency, row.recorded_by, row.recorded) for row in rows]
    assert [1] == [one.version for one in history_of(hub, "priya", case, "child.gp").versions]


REVIEW = {"id": "V1", "reviewer": "jo", "kind": "audit", "from": "2026-01-01", "until": "2026-02-01",
          "locators": False, "questions": "What was known?"}  # fmt: skip


@pytest.mark.parametrize(("agencies", "told"), [(["school"], 0), (["school", "police"], 1)])
def test_a_review_reads_reasons_and_disagreements_of_its_agencies_alone(
    agencies: list[str], told: int, hub: Hub
) -> None:
    """An emergency of the police, and what the police say of the school's concern, are the police's."""
    case = a_case(hub)
    a_concern(hub, case)
    open_in_emergency(hub, "sam", MAYA, "Her carer rang: she has not come home.", command_id=a_command_id())
    do(hub, "sam", case, "give_justification", **a_justification("JP"))
    a_share(hub, case, "concern:C1", to="police", by="ben", justification="J1", persons=["sam"])
    do(hub, "sam", case, "record_disagreement", concern="C1", justification="JP", reason="We saw it otherwise.")
    open_review_of(hub, "pat", MAYA, {**REVIEW, "agencies": agencies}, command_id=a_command_id())
    view = look(hub, "jo", case, "case")

    assert (told, told) == (len(view.ways_in), len(view.disagreements))


def test_a_linked_case_that_is_sealed_is_not_named_to_who_is_not_named_there(hub: Hub) -> None:
    """Tom is named by its seal, Priya works on the case that is linked with it; unsealed, both are told."""
    case, other = a_case(hub), a_case(hub, name="Mya Elison", by="helen")
    a_worker_of_the_lead(hub, case)
    link_act(hub, "ruth", case, "link_cases", {"other": str(other), "reason": "r"}, command_id=a_command_id())
    unsealed = [[one.other for one in look(hub, who, case, "case").links] for who in ("tom", "priya")]
    act(hub, "ruth", other, "seal_case", {
        "contact": "Emergency duty team", "telephone": "020 7946 0100", "people": ["tom", "ruth"], "reason": "r",
    }, command_id=a_command_id())  # fmt: skip

    assert [[other], [other]] == unsealed
    assert [[other], []] == [[one.other for one in look(hub, who, case, "case").links] for who in ("tom", "priya")]


def answer(doing: Callable[[], Any]) -> tuple[type[SafeguardingError], str]:
    with pytest.raises(SafeguardingError) as refused:
        doing()
    return type(refused.value), refused.value.message


def test_to_end_what_others_decided_is_answered_as_if_there_were_none(hub: Hub) -> None:
    """A share of two others, long made; a consent that names one's agency and that one does not see."""
    case = a_case(hub)
    share = a_share(hub, case, "child.name", to="police", by="ben", justification="J1", persons=["sam"])
    do(hub, "asha", case, "give_justification", **a_justification("JA"))
    do(hub, "helen", case, "record_consent", id="K1", given_by="child", decision="given", method="in person",
       scope={"to": ["csc", "project"], "about": "that she gets help"})  # fmt: skip
    hub.clock.at += timedelta(days=1)  # type: ignore[attr-defined]

    def tries(name: str, **data: Any) -> tuple[type[SafeguardingError], str]:
        return answer(lambda: act(hub, "asha", case, name, data, command_id=a_command_id()))

    assert tries("undo_sharing", decision="S-none") == tries("undo_sharing", decision=share)
    unknown, named_in_it = (tries("withdraw_consent", consent=one, reason="r") for one in ("K-none", "K1"))
    assert unknown == named_in_it
    assert NotFound is unknown[0]
    assert UndoneTooLate is answer(
        lambda: act(hub, "ben", case, "undo_sharing", {"decision": share}, command_id=a_command_id())
    )[0]
