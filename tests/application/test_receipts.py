"""Receipts: what lets either party prove years later, without the hub, that something was recorded."""

import copy
import functools
import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest

from application.access import look
from application.hub import Hub
from application.ledger import agency_stream, disclosures_stream
from application.queries.chronology import chronology
from application.queries.pack import referral_pack
from application.queries.receipts import decision_receipt, export_receipt, referral_receipt
from domain.agency import LookRefused
from domain.disclosures import CaseExported, CaseShown
from domain.errors import NotFound, SafeguardingError
from interfaces.exports import chronology as chronology_file
from interfaces.exports.pack import as_zip, lay_out
from interfaces.storage.verifying import (
    NotGenuine,
    Proven,
    PublicKey,
    read_key,
    verify_pack,
    verify_receipt,
)
from tests.builders import Replayed, do

# who -> their agency, in the worked case
OUTSIDE = {
    "helen": "health", "ben": "school", "asha": "riverbank",
    "dan": "police", "alex": "partnership", "pat": "partnership", "jo": "partnership",
}  # fmt: skip
SHUT = ("command", "justification")


@pytest.fixture
def key(worked_hub: Hub, tmp_path: Path) -> PublicKey:
    """The log's public key, which is all that checking takes."""
    return read_key((tmp_path / "copy" / "keys" / "log.pub").read_text(encoding="ascii"))


def proven(receipt: dict[str, Any], key: PublicKey) -> Proven:
    """What a receipt proves after it has been a file."""
    return verify_receipt(json.loads(json.dumps(receipt)), key)


@pytest.mark.parametrize("who", ["priya", "sam"])
def test_either_party_of_a_share_can_prove_it(who: str, worked: Replayed, worked_hub: Hub, key: PublicKey) -> None:
    """What its thread shows is opened, the reasoning and the number of the form stay shut."""
    found = proven(decision_receipt(worked_hub, who, worked.case, "S1"), key)

    assert SHUT == found.closed
    assert {
        "event": "sharing.shared",
        "by": {"person": "priya", "role": "practitioner", "agency": "csc"},
        "recorded": "2026-01-14T14:36:00Z",
        "decision": "S1",
        "outcome": "share_in_part",
        "recipient": "police",
        "persons": ["sam"],
        "items": [
            {"item": "child.name", "showing": "full"},
            {"item": "child.date_of_birth", "showing": "full"},
            {"item": "concern:C1", "showing": "coarse"},
        ],
        "expires": "2026-01-16T10:00:00Z",
        "answers_request": "Q1",
    } == found.opened


@pytest.mark.parametrize("who", ["priya", "asha"])
def test_either_party_of_a_refusal_can_prove_it(who: str, worked: Replayed, worked_hub: Hub, key: PublicKey) -> None:
    """A decision not to share is proven like one to share."""
    found = proven(decision_receipt(worked_hub, who, worked.case, "S4"), key)

    assert SHUT == found.closed
    assert {
        "event": "sharing.refused",
        "by": {"person": "priya", "role": "practitioner", "agency": "csc"},
        "recorded": "2026-01-28T10:00:00Z",
        "decision": "S4",
        "recipient": "riverbank",
        "persons": ["asha"],
        "reason": "We do not confirm whether a record exists. Tell us what you need, and why.",
        "answers_request": "Q2",
    } == found.opened


@pytest.mark.parametrize("who", ["ben", "priya"])
def test_either_party_of_a_referral_can_prove_it(who: str, worked: Replayed, worked_hub: Hub, key: PublicKey) -> None:
    """Who referred, and who was referred to."""
    found = proven(referral_receipt(worked_hub, who, worked.case, "R1"), key)

    assert SHUT == found.closed
    assert {
        "event": "referral.made",
        "by": {"person": "ben", "role": "practitioner", "agency": "school"},
        "recorded": "2026-01-12T16:00:00Z",
        "referral": "R1",
        "to": "csc",
        "summary": "Please assess risk of sexual exploitation.",
        "carers_informed": "not_yet",
        "before_agreement": True,
    } == found.opened


def test_whether_a_level_was_agreed_is_told_to_who_sees_the_level(worked: Replayed, worked_hub: Hub) -> None:
    """A clinic that was given none learns from its own referral neither that there is one nor since when."""
    hub, data = worked_hub, {"id": "R9", "justification": "J5", "to": "csc", "summary": "s", "carers_informed": "no"}
    do(hub, "helen", worked.case, "make_referral", **data)
    found = []
    for who in ("helen", "priya"):
        (thread,) = [one for one in look(hub, who, worked.case, "case").referrals if one.id == "R9"]
        receipt = referral_receipt(hub, who, worked.case, "R9")
        found.append((thread.before_agreement, "before_agreement" in receipt["opened"]))

    assert [(None, False), (False, True)] == found


def answers(hub: Hub, agency: str, asking: list[Callable[[], Any]]) -> tuple[list[Any], list[str]]:
    """What a person is answered each time, and what is put on record of it."""
    before = len(hub.ledger.read(agency_stream(agency)))
    found = []
    for ask in asking:
        with pytest.raises(SafeguardingError) as refused:
            ask()
        found.append((type(refused.value), refused.value.message))
    looks = hub.ledger.read(agency_stream(agency))[before:]
    return found, [look.what for look in looks if isinstance(look, LookRefused)]


@pytest.mark.parametrize("who", OUTSIDE)
def test_whoever_is_no_party_is_answered_as_for_what_does_not_exist(
    who: str, worked: Replayed, worked_hub: Hub
) -> None:
    """A third agency, a stranger to the case, a colleague outside the case team, a review: alike, and on record."""
    digest = hashlib.sha256(chronology(worked_hub, "priya", worked.case, lambda view, timeline: b"a file")).hexdigest()
    made = "S1" if who != "dan" else "S2"
    asking: list[Callable[[], Any]] = [
        lambda: decision_receipt(worked_hub, who, worked.case, made),
        lambda: decision_receipt(worked_hub, who, worked.case, "S99"),
        lambda: decision_receipt(worked_hub, who, uuid4(), made),
        lambda: export_receipt(worked_hub, who, worked.case, digest),
        lambda: export_receipt(worked_hub, who, worked.case, "0" * 64),
        lambda: referral_receipt(worked_hub, who, worked.case, "R99"),
    ]
    found, on_record = answers(worked_hub, OUTSIDE[who], asking)

    assert {(NotFound, NotFound.what_to_do)} == set(found)
    assert ["receipt"] * len(asking) == on_record


@pytest.mark.parametrize("who", ["sam", "helen", "asha", "dan", "jo"])
def test_a_referral_is_proven_by_its_two_parties_alone(who: str, worked: Replayed, worked_hub: Hub) -> None:
    """The school referred to the lead; nobody else learns of it by asking for its receipt."""
    with pytest.raises(NotFound):
        referral_receipt(worked_hub, who, worked.case, "R1")


def _another_value(receipt: dict[str, Any]) -> None:
    receipt["opened"]["recipient"]["value"] = "school"


def _one_left_out(receipt: dict[str, Any]) -> None:
    del receipt["opened"]["expires"]


def _one_added(receipt: dict[str, Any]) -> None:
    receipt["opened"]["note"] = {**receipt["opened"]["recipient"], "value": "Agreed by telephone."}


def _salts_exchanged(receipt: dict[str, Any]) -> None:
    one, other = receipt["opened"]["recipient"], receipt["opened"]["outcome"]
    one["salt"], other["salt"] = other["salt"], one["salt"]


def _another_reasoning(receipt: dict[str, Any]) -> None:
    receipt["closed"]["justification"] = receipt["closed"]["command"]


CHANGES = (_another_value, _one_left_out, _one_added, _salts_exchanged, _another_reasoning)


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
def test_a_receipt_in_which_a_field_was_changed_is_refused(
    change: Callable[[dict[str, Any]], None], worked: Replayed, worked_hub: Hub, key: PublicKey
) -> None:
    """Nothing can be put in, left out, exchanged, or shut differently."""
    receipt = decision_receipt(worked_hub, "sam", worked.case, "S1")
    changed = copy.deepcopy(receipt)
    change(changed)

    with pytest.raises(NotGenuine):
        proven(changed, key)
    assert "S1" == proven(receipt, key).opened["decision"]


def test_a_receipt_opens_nothing_of_any_other_row(worked: Replayed, worked_hub: Hub, key: PublicKey) -> None:
    """The salts of one row are of no use for another's: a field of one does not fit into the other."""
    one, other = (decision_receipt(worked_hub, "sam", worked.case, name) for name in ("S1", "S2"))
    one["opened"]["recipient"] = other["opened"]["recipient"]

    assert "police" == one["opened"]["recipient"]["value"]
    with pytest.raises(NotGenuine):
        proven(one, key)


def shown(hub: Hub, case: UUID) -> list[tuple[str, str]]:
    events = hub.ledger.read(disclosures_stream(case))
    return [(event.what, event.by.person) for event in events if isinstance(event, CaseShown)]


def test_handing_a_receipt_out_is_on_record(worked: Replayed, worked_hub: Hub) -> None:
    """Like every look."""
    before = len(shown(worked_hub, worked.case))
    decision_receipt(worked_hub, "sam", worked.case, "S1")
    referral_receipt(worked_hub, "ben", worked.case, "R1")

    assert [("receipt", "sam"), ("receipt", "ben")] == shown(worked_hub, worked.case)[before:]


def a_pack(hub: Hub, case: UUID) -> dict[str, bytes]:
    """The pack of the school's referral."""
    return referral_pack(hub, "ben", case, "R1", functools.partial(lay_out, names=hub.directory()))[1]


def test_a_pack_proves_itself(worked: Replayed, worked_hub: Hub, key: PublicKey, tmp_path: Path) -> None:
    """The receipt inside is that of the export, and the manifest on record names every other file."""
    pack = tmp_path / "pack.zip"
    pack.write_bytes(as_zip(a_pack(worked_hub, worked.case)))
    found = verify_pack(pack, key)

    assert ("assessment-and-analysis.pdf", "pack.json") == found.files
    assert ["referral pack", "csc", "R1"] == [found.receipt.opened[name] for name in ("what", "recipient", "referral")]
    assert ("command", "items") == found.receipt.closed


@pytest.mark.parametrize("name", ["pack.json", "manifest.json", "assessment-and-analysis.pdf"])
def test_a_pack_in_which_a_byte_was_changed_is_refused(
    name: str, worked: Replayed, worked_hub: Hub, key: PublicKey, tmp_path: Path
) -> None:
    """Whichever file it is in."""
    files = a_pack(worked_hub, worked.case)
    files[name] = files[name][:-1] + bytes([files[name][-1] ^ 1])
    pack = tmp_path / "pack.zip"
    pack.write_bytes(as_zip(files))

    with pytest.raises(NotGenuine):
        verify_pack(pack, key)


@pytest.mark.parametrize("who", ["ben", "priya"])
def test_either_party_of_a_pack_can_prove_it_by_its_manifest(
    who: str, worked: Replayed, worked_hub: Hub, key: PublicKey
) -> None:
    """Who handed it over and who received it ask for the same row."""
    files = a_pack(worked_hub, worked.case)
    digest = hashlib.sha256(files["manifest.json"]).hexdigest()
    found = proven(export_receipt(worked_hub, who, worked.case, digest), key)

    assert json.loads(files["receipt.json"])["index"] == found.index
    assert digest == found.opened["digest"]


def test_a_chronology_is_proven_by_the_digest_of_its_file(worked: Replayed, worked_hub: Hub, key: PublicKey) -> None:
    """The file itself holds no receipt: it is asked for afterwards, by who took the file out."""
    laid_out = functools.partial(
        chronology_file.lay_out, names=worked_hub.directory(), zone=worked.settings.zone
    )
    file = chronology(worked_hub, "sam", worked.case, laid_out)
    digest = hashlib.sha256(file).hexdigest()
    found = proven(export_receipt(worked_hub, "mo", worked.case, digest), key)
    exported = [e for e in worked_hub.ledger.read(disclosures_stream(worked.case)) if isinstance(e, CaseExported)]

    assert ("command", "items") == found.closed
    assert ("disclosure.exported", "chronology", "police", digest) == tuple(
        found.opened[name] for name in ("event", "what", "recipient", "digest")
    )
    assert {"person": "sam", "role": "practitioner", "agency": "police"} == found.opened["by"]
    assert exported[-1].digest == digest
