"""Receipts: what lets either party prove years later that a share, a refusal, a referral or an export was recorded."""

from typing import Any
from uuid import UUID

from application.access import approach, disclose, refuse_look, view_of
from application.hub import Hub
from application.ledger import Stream, case_stream, disclosures_stream
from application.sight import Sight
from domain.disclosures import CaseExported
from domain.errors import NotFound
from domain.record import Event
from domain.referrals import ReferralMade
from domain.sharing import Shared, SharingRefused

WHAT = "receipt"
ALWAYS = frozenset({"event", "by", "recorded"})
SHOWN: dict[type[Event], frozenset[str]] = {
    Shared: frozenset({
        "decision", "outcome", "recipient", "persons", "items", "expires", "continuing", "review_by", "answers_request",
        "reason", "note",
    }),
    SharingRefused: frozenset({"decision", "recipient", "persons", "answers_request", "reason", "note"}),
    ReferralMade: frozenset({"referral", "to", "summary", "carers_informed", "before_agreement"}),
}  # fmt: skip
"""Of each event what its two parties see of it in their threads (design §3.6); the rest of a receipt stays shut."""
EXPORTED = frozenset({"what", "recipient", "edition", "digest", "referral"})


def decision_receipt(hub: Hub, who: str, case_id: UUID, decision: str) -> dict[str, Any]:
    """A receipt of a share or a refusal for one of its two parties; handing it out is on record.

    Raises:
        NotFound: for whoever is not a party, the same as for a decision that does not exist; the try is on record.
        NotProvenYet: when the log has not come so far.
    """
    sight = approach(hub, who, case_id, WHAT)
    threads = view_of(sight).decisions
    if not any(one.id == decision and _party(sight, one.by, one.recipient) for one in threads):
        raise _refused(sight)
    disclose(sight, WHAT, ())
    made = sight.case.sharing.decisions[decision]
    return _receipt(hub, case_stream(case_id), made.position, SHOWN[type(made.made)])


def referral_receipt(hub: Hub, who: str, case_id: UUID, referral: str) -> dict[str, Any]:
    """A receipt of a referral for one of its two parties. Raises as `decision_receipt` does."""
    sight = approach(hub, who, case_id, WHAT)
    threads = view_of(sight).referrals
    found = next((one for one in threads if one.id == referral and _party(sight, one.by, one.to)), None)
    if found is None:
        raise _refused(sight)
    disclose(sight, WHAT, ())
    position = _position(hub, case_id, sight.case.referrals[referral].made)
    shown = SHOWN[ReferralMade] if found.before_agreement is not None else SHOWN[ReferralMade] - {"before_agreement"}
    return _receipt(hub, case_stream(case_id), position, shown)


def export_receipt(hub: Hub, who: str, case_id: UUID, digest: str) -> dict[str, Any]:
    """A receipt of an export for who made it or who received it, found by the SHA-256 of the file (of a pack: of its
    manifest). Raises as `decision_receipt` does.
    """
    sight = approach(hub, who, case_id, WHAT)
    stream = disclosures_stream(case_id)
    for number, event in enumerate(hub.ledger.read(stream), start=1):
        if not isinstance(event, CaseExported) or event.digest != digest:
            continue
        if _party(sight, event.by.agency, event.recipient):
            disclose(sight, WHAT, ())
            return receipt_at(hub, stream, number)
    raise _refused(sight)


def _party(sight: Sight, *agencies: str) -> bool:
    """A review reads threads and takes no part in them."""
    return sight.access.review is None and sight.agency.id in agencies


def _refused(sight: Sight) -> NotFound:
    refuse_look(sight.hub, sight.person, sight.agency, sight.case.id, WHAT)
    return NotFound()


def receipt_at(hub: Hub, stream: Stream, version: int) -> dict[str, Any]:
    """The receipt of an export just put on record. Raises: NotProvenYet."""
    return _receipt(hub, stream, version, EXPORTED)


def _receipt(hub: Hub, stream: Stream, version: int, shown: frozenset[str]) -> dict[str, Any]:
    row = hub.ledger.receipted(stream, version, ALWAYS | shown)
    return hub.proofs.receipt(row.row, row.opened, row.closed)


def _position(hub: Hub, case_id: UUID, made: Event) -> int:
    return next(number for number, event in enumerate(hub.case_events(case_id), start=1) if event == made)
