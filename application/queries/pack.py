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
from application.sight import Sight, referring_to_each_other
from application.views import CaseView, Cell, ReferralThread, View
from domain.case import Case
from domain.directory import Agency
from domain.disclosures import CaseExported
from domain.errors import NotFound, NotProvenYet
from domain.sharing import Sharing
from policies.viewing import RANK


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
    theirs = sight.as_recipient(recipient, _as_known_to(sight.agency, sight.case))
    handed = (_handed_over(sight, theirs, item) for item in sight.case.items)
    cells = referring_to_each_other(tuple(cell for cell in handed if cell is not None))
    faces = sight.for_face(cells)
    whole = view_of(sight.as_recipient(recipient, sight.case), cells)
    thread = next(thread for thread in whole.referrals if thread.id == referral)
    view = _for_the_recipient(msgspec.structs.replace(whole, cells=faces), referral, made.made.by.agency)
    manifest = Manifest(
        case=case,
        referral=referral,
        sender=sight.person.name,
        sender_agency=sight.agency.id,
        recipient=recipient.id,
        made=sight.now,
        edition=sight.edition.edition,
        items=tuple(
            _manifest_item(face, _rests_on(sight, cell)) for cell, face in zip(cells, faces, strict=True)
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


def _handed_over(sight: Sight, theirs: Sight, item: str) -> Cell | None:
    """The sender's version of an item as the recipient may see it, by what the sender knows of that (design §3.6).

    The sender knows what reaches the recipient from the sender, and what the recipient shared with it; that others gave
    the recipient something, or that the recipient holds something newer, is not to be read from a pack. The lead knows
    also what the recipient recorded. What is retained on either side stays out of exports; what the recipient sees as
    withheld, or to be asked for, is marked so: it must not read as a blank.
    """
    version, ours = sight.best(item) or (None, None)
    if version is None or ours is None or ours.retained:
        return None
    cell = sight.cell(version, ours)
    if cell.shared_by == theirs.agency.id:
        return _held_already(cell)
    if not (cell.own or sight.agency.lead):
        return None
    judgement = theirs.judge(version)
    if judgement.showing is None or judgement.retained or RANK[judgement.showing] > RANK[ours.showing]:
        return None
    given = theirs.cell(version, judgement)
    return given if given.shared_by in ("", sight.agency.id) else _held_already(given)


def _held_already(cell: Cell) -> Cell:
    """A cell that does not say by whom, when and how it was given: that is between those two."""
    return msgspec.structs.replace(cell, decision="", shared_by="", shared_on=None, reason="", rule="held already")


def _as_known_to(sender: Agency, case: Case) -> Case:
    """The case without what others decided to share; to the lead *who knew what* tells what each agency holds."""
    if sender.lead:
        return case
    made = {name: one for name, one in case.sharing.decisions.items() if one.made.by.agency == sender.id}
    return msgspec.structs.replace(case, sharing=Sharing(made, case.sharing.agreements))


def _rests_on(sight: Sight, cell: Cell) -> str:
    """The justifications a version was recorded under; those of others are the lead's alone to name."""
    version = sight.case.items[cell.item][cell.version - 1]
    known = sight.agency.lead or version.by.agency == sight.agency.id
    return ", ".join(version.rests_on) if known else ""


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
        digest="",
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
