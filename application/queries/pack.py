"""The referral pack: the referral with the case as the recipient may see it, put on record as handed over."""

import hashlib
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from uuid import UUID

import msgspec

from application.access import approach, put_on_record, refuse_look, shown_items, stamp, view_of
from application.hub import Hub
from application.ledger import disclosures_stream
from application.queries.analysis_form import AnalysisFormView, analysis_form_in
from application.queries.assessment import AssessmentView, assessment_in
from application.queries.receipts import receipt_at
from application.sight import referring_to_each_other
from application.views import CaseView, Cell, ReferralThread, View
from domain.disclosures import CaseExported
from domain.errors import NotFound, NotProvenYet
from domain.record import Version
from policies.viewing import RANK, Judgement


class ManifestItem(View, frozen=True, kw_only=True):
    """One item: its version, how it is shown, the SHA-256 of its content as canonical JSON, what lets it be here."""

    item: str
    version: int
    showing: str
    digest: str
    decision: str
    justification: str
    rule: str


class Manifest(View, frozen=True, kw_only=True):
    """What the pack holds, for whom, by whom, under which rules and when."""

    case: UUID
    referral: str
    sender: str
    sender_agency: str
    recipient: str
    made: datetime
    edition: str
    items: tuple[ManifestItem, ...]
    files: tuple[tuple[str, str], ...] = ()


class Pack(View, frozen=True, kw_only=True):
    """Everything a face lays out; nothing of it is more than the recipient's own page shows."""

    referral: ReferralThread
    view: CaseView
    assessment: AssessmentView
    analysis: AnalysisFormView
    manifest: Manifest


Files = dict[str, bytes]
RECEIPT = "receipt.json"


def referral_pack(
    hub: Hub, who: str, case: UUID, referral: str, lay_out: Callable[[Pack], Files]
) -> tuple[Pack, Files]:
    """The pack of a referral the reader's agency made, and its files; on record before they are handed over.

    `lay_out` makes the files by name; the manifest on record carries the SHA-256 of each.

    Raises:
        NotFound: for a referral that the reader's agency did not make; NotRecorded.
    """
    sight = approach(hub, who, case, "referral pack")
    made = sight.case.referrals.get(referral)
    if made is None or made.made.by.agency != sight.agency.id:
        refuse_look(hub, sight.person, sight.agency, case, "referral pack")
        raise NotFound
    recipient = sight.directory.agencies[made.made.to]
    theirs = sight.as_recipient(recipient, sight.case)
    cells = referring_to_each_other(
        tuple(cell for cell in theirs.cells() if _may_hand_over(cell, sight.best(cell.item)))
    )
    whole = view_of(theirs, cells)
    thread = next(thread for thread in whole.referrals if thread.id == referral)
    view = _for_the_recipient(whole, referral, made.made.by.agency)
    manifest = Manifest(
        case=case,
        referral=referral,
        sender=sight.person.name,
        sender_agency=sight.agency.id,
        recipient=recipient.id,
        made=sight.now,
        edition=sight.edition.edition,
        items=tuple(
            _manifest_item(shown, ", ".join(sight.case.items[cell.item][cell.version - 1].rests_on))
            for cell, shown in zip(cells, theirs.for_face(cells), strict=True)
        ),
    )
    pack = Pack(
        referral=thread,
        view=view,
        assessment=assessment_in(view),
        analysis=analysis_form_in(view),
        manifest=manifest,
    )
    files = lay_out(pack)
    digests = tuple((name, sha256(data)) for name, data in sorted(files.items()))
    manifest = msgspec.structs.replace(manifest, files=digests)
    files["manifest.json"] = canonical(manifest)
    event = CaseExported(
        what="referral pack",
        recipient=recipient.id,
        items=shown_items(cells),
        edition=sight.edition.edition,
        digest=sha256(files["manifest.json"]),
        referral=referral,
        **stamp(sight.person, sight.agency, sight.now, "export:referral pack"),
    )
    stream = disclosures_stream(case)
    at = put_on_record(hub, stream, event)
    with suppress(NotProvenYet):
        files[RECEIPT] = msgspec.json.encode(receipt_at(hub, stream, at))
    return msgspec.structs.replace(pack, manifest=manifest), files


def _may_hand_over(theirs: Cell, ours: tuple[Version, Judgement] | None) -> bool:
    """Whether the sender holds as much of that very version; what is retained on either side stays out of exports.

    What the recipient sees as withheld, or to be asked for, is marked so in the pack: it must not read as a blank.
    """
    if ours is None or theirs.retained:
        return False
    version, judgement = ours
    same = version.number == theirs.version and not judgement.retained
    return same and RANK[judgement.showing] >= RANK[theirs.showing]


def _for_the_recipient(view: CaseView, referral: str, sender: str) -> CaseView:
    """Only the threads between the two: the recipient's dealings with others are not the sender's to hand over."""
    return msgspec.structs.replace(
        view,
        reader=msgspec.structs.replace(view.reader, person="", name="", way="referral pack"),
        decisions=tuple(t for t in view.decisions if t.by == sender),
        requests=tuple(t for t in view.requests if sender in (t.by, t.of)),
        referrals=tuple(t for t in view.referrals if t.id == referral),
        justifications=(),
        consents=(),
        agreements=(),
        disagreements=(),
        links=(),
        ways_in=(),
        seal=None,
        team=(),
    )


def _manifest_item(cell: Cell, justification: str) -> ManifestItem:
    return ManifestItem(
        item=cell.item,
        version=cell.version,
        showing=cell.showing,
        digest=sha256(canonical(cell.content)),
        decision=cell.decision,
        justification=justification,
        rule=cell.rule,
    )


def canonical(value: object) -> bytes:
    """JSON with sorted keys, so that equal content has equal digests."""
    return msgspec.json.encode(msgspec.to_builtins(value, str_keys=True), order="deterministic")


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
