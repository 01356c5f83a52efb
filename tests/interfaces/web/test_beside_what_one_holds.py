"""What others hold beside what one holds oneself is on no page, in no answer and in no file (design §3.9)."""

import io
import json
import zipfile
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from application.hub import Hub
from tests.builders import a_command_id, a_justification, do
from tests.interfaces.web.browsing import Person
from tests.interfaces.web.conftest import token

SECRET = "9 Refuge Road"


def posted(client: FlaskClient, address: str, data: dict[str, Any]) -> TestResponse:
    body = {"command_id": a_command_id(), "data": data}
    return client.post(address, json=body, headers={"X-CSRFToken": token(client)})


def looked_at(client: FlaskClient, case: UUID, justification: str, referral: str) -> list[Any]:
    """What Ben is shown by a preview of his own words for the lead, by the pack for it, and by who knew what."""
    address = f"/cases/{case}/shares/with/csc?justification={justification}"
    share = {"justification": justification, "outcome": "share_in_part", "persons": ["priya"],
             "locators": ["child.address=full"]}  # fmt: skip
    preview, _ = Person(client).sends(address, share, press=("step", "preview"))
    assert preview.status_code == 200
    pack = client.post(f"/cases/{case}/referrals/{referral}/pack", data={"csrf_token": token(client)})
    with zipfile.ZipFile(io.BytesIO(pack.data)) as archive:
        handed = json.loads(archive.read("pack.json"))["view"]["cells"]
    rows = client.get(f"/api/cases/{case}/who-knew").json["rows"]
    return [
        preview.text.partition('class="hub-preview"')[2].partition("<form")[0],
        [cell for cell in handed if cell["item"] == "child.address"],
        [row for row in rows if row["item"] == "child.address"],
    ]


def test_no_exit_moves_when_another_agency_records_where_she_is_now(
    client_for: Callable[[str], FlaskClient], worked_hub: Hub, case: UUID
) -> None:
    """The preview, the pack and who knew what of the school are as they were before the lead and the police wrote."""
    ben = client_for("ben")
    do(worked_hub, "ben", case, "give_justification", **a_justification("J-own"))
    do(worked_hub, "ben", case, "record_details", justification="J-own", child={"address": "1 Old Road"})
    do(worked_hub, "ben", case, "make_referral", id="R-own", justification="J-own", to="csc", summary="Please see her.",
       carers_informed="no")  # fmt: skip
    looked_at(ben, case, "J-own", "R-own")
    before = looked_at(ben, case, "J-own", "R-own")
    worked_hub.clock.at += timedelta(days=1)  # type: ignore[attr-defined]
    for who in ("sam", "priya"):
        name = f"J-of-{who}"
        do(worked_hub, who, case, "give_justification", **a_justification(name, recipients=["health"]))
        do(worked_hub, who, case, "record_details", justification=name, child={"address": SECRET})
    after = looked_at(ben, case, "J-own", "R-own")

    assert "1 Old Road" in before[0]
    assert SECRET not in str(after)
    assert before[1:] == after[1:]
    assert 1 == len(before[1]) == len(before[2])


def test_what_others_decided_is_refused_like_what_is_not_there(
    client_for: Callable[[str], FlaskClient], case: UUID
) -> None:
    """S2 is between the lead and the police; K2 names Asha's project, whose view does not hold it."""
    ben, asha = client_for("ben"), client_for("asha")

    def answer(client: FlaskClient, name: str, data: dict[str, str]) -> tuple[int, Any]:
        told = posted(client, f"/api/cases/{case}/acts/{name}", data)
        return told.status_code, told.json

    undone = [answer(ben, "undo_sharing", {"decision": one}) for one in ("S2", "S-none")]
    withdrawn = [answer(asha, "withdraw_consent", {"consent": one, "reason": "r"}) for one in ("K2", "K-none")]

    assert undone[0] == undone[1]
    assert withdrawn[0] == withdrawn[1]
    assert [404, 404] == [undone[0][0], withdrawn[0][0]]
