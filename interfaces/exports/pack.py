"""The referral pack on paper: one PDF that people read, one JSON file that machines read, from one view."""

import io
import zipfile
from collections.abc import Mapping, Sequence
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from application.laying_out import (
    CODE_SETS,
    LONDON,
    Names,
    day_in_words,
    item_in_words,
    moment_in_words,
    partner_code,
)
from application.queries.pack import Files, ManifestItem, Pack, canonical
from domain.instrument import instrument
from domain.vocabulary import AgencyKind, Showing, Told
from interfaces.exports.analysis_sheet import analysis_sheet
from interfaces.exports.cells import Field, Wording, field
from interfaces.exports.marking import Marking, marking_of
from interfaces.exports.section_one import section_one
from interfaces.exports.section_two import section_two
from interfaces.exports.typesetting import typeset

PDF = "assessment-and-analysis.pdf"
JSON = "pack.json"
TEMPLATE = "pack.typ"
TITLE = "Referral pack"
NOT_DRAWN = (
    "Some characters in this document have no glyph in the fonts of the machine that made it. It is therefore not "
    "PDF/UA-1, and an empty box stands for each of them; pack.json holds the text as it was entered."
)
CARERS = {
    Told.YES: "Yes, they have been told.",
    Told.NO: "No. Do not tell them before you have asked the sender.",
    Told.NOT_YET: "Not yet. Do not tell them before you have asked the sender.",
}
SHOWINGS = {
    Showing.FULL: "in full",
    Showing.COARSE: "in part",
    Showing.ASK_HOLDER: "ask the holder",
    Showing.WITHHELD: "withheld",
}
AGREED_BY_THEN = {
    True: "This referral was made before a level was agreed; do not wait for one.",
    False: "A level was agreed when this referral was made: see the Risk Category box.",
    None: "It stands in the Risk Category box where it may be told. Do not wait for one.",
}
ZIP_TIME = (1980, 1, 1, 0, 0, 0)


class Telephoned(Protocol):
    """Whom to telephone, as the toolkit prints it or as the partnership's settings give it."""

    @property
    def name(self) -> str: ...
    @property
    def telephone(self) -> str: ...
    @property
    def when(self) -> str: ...


def lay_out(
    pack: Pack, *, names: Names, zone: ZoneInfo = LONDON, contacts: Sequence[Telephoned] | None = None
) -> Files:
    """The files of a pack, the same bytes for the same pack; `contacts` replaces the numbers the toolkit prints.

    The manifest is not among them: it is made of them.
    """
    recipient = names.agencies.get(pack.manifest.recipient)
    wording = Wording(names=names, zone=zone, partner=recipient.kind if recipient else None)
    marking = marking_of(pack.view, f"referral {pack.referral.id}", pack.manifest.made, zone)
    document = typeset(TEMPLATE, _document(pack, wording, marking, contacts), pack.manifest.made)
    return {PDF: document.pdf, JSON: canonical(_for_machines(pack, wording, marking, document.standard))}


def as_zip(files: Mapping[str, bytes]) -> bytes:
    """The files in one archive that is the same whenever it is made."""
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as out:
        for name, data in sorted(files.items()):
            entry = zipfile.ZipInfo(name, date_time=ZIP_TIME)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 3
            entry.external_attr = 0o600 << 16
            out.writestr(entry, data)
    return archive.getvalue()


def _document(
    pack: Pack, wording: Wording, marking: Marking, contacts: Sequence[Telephoned] | None
) -> dict[str, Any]:
    return {
        "title": TITLE,
        "author": wording.agency(pack.referral.by),
        "marking": marking,
        "not_drawn": NOT_DRAWN,
        "cover": _cover(pack, wording),
        "now": _now(contacts),
        "section_1": section_one(pack, wording),
        "section_2": section_two(pack, wording),
        "analysis": analysis_sheet(pack, wording),
        "contents": tuple(_contents(item, wording) for item in pack.manifest.items),
    }


def _cover(pack: Pack, wording: Wording) -> tuple[Field, ...]:
    referral, zone = pack.referral, wording.zone
    rows = [
        field("Young person", pack.view.cell("child.name"), wording),
        field("Date of birth", pack.view.cell("child.date_of_birth"), wording),
        Field(label="Referred by", text=f"{referral.by_person}, {wording.agency(referral.by)}"),
        Field(label="Referred to", text=wording.agency(referral.to)),
        Field(label="Referral", text=f"{referral.id}, made {moment_in_words(referral.made, zone)}"),
        Field(label="Why", text=referral.summary),
        Field(label="Carers informed of this referral", text=CARERS[Told(referral.carers_informed)]),
        Field(label="Level of risk", text=AGREED_BY_THEN[referral.before_agreement]),
    ]
    if referral.acknowledged:
        when = day_in_words(referral.acknowledged, zone)
        rows.append(Field(label="Acknowledged", text=f"{when}: {referral.decision}"))
    if referral.concluded:
        rows.append(Field(label="Concluded", text=f"{day_in_words(referral.concluded, zone)}: {referral.outcome}"))
    made = f"{moment_in_words(pack.manifest.made, zone)}, by {pack.manifest.sender}"
    rows.append(Field(label="Pack made", text=f"{made}, {wording.agency(pack.manifest.sender_agency)}"))
    return tuple(rows)


def _now(contacts: Sequence[Telephoned] | None) -> dict[str, Any]:
    """The box "Take action now": the partnership's numbers, or those printed, with the month they are from."""
    printed = instrument().take_action_now
    own = contacts is not None
    return {
        "text": ""
        if own
        else f"Numbers as the toolkit printed them in {printed.contacts_as_of:%B %Y}; check that they still hold.",
        "contacts": [
            {"name": one.name, "telephone": one.telephone, "when": one.when}
            for one in (printed.contacts if contacts is None else contacts)
        ],
    }


def _contents(item: ManifestItem, wording: Wording) -> dict[str, str]:
    return {
        "label": item_in_words(item.item, wording.names),
        "version": str(item.version),
        "showing": SHOWINGS[Showing(item.showing)],
        "rule": f"{item.rule} {item.decision}".strip(),
        "justification": item.justification,
        "digest": item.digest[:16],
    }


def _for_machines(pack: Pack, wording: Wording, marking: Marking, standard: str) -> dict[str, Any]:
    return {
        "marking": marking,
        "document": {"file": PDF, "standard": standard, "note": "" if standard else NOT_DRAWN},
        "referral": pack.referral,
        "view": pack.view,
        "assessment": pack.assessment,
        "analysis": pack.analysis,
        "ethnicity": _ethnicities(pack, wording.partner),
    }


def _ethnicities(pack: Pack, partner: AgencyKind | None) -> dict[str, dict[str, str]]:
    """Per item the form's description and the partner's own code; the printed code is nobody's and stays here."""
    found = {}
    for cell in (*pack.view.shown("child.ethnicity"), *pack.view.shown("person:")):
        key = cell.content if isinstance(cell.content, str) else getattr(cell.content, "ethnicity", "")
        if key:
            code = partner_code(key, partner)
            found[cell.item] = {"description": instrument().ethnicity(key).description}
            if partner is not None and code is not None:
                found[cell.item] |= {"code": code.code, "match": code.match, "set": CODE_SETS[partner]}
    return found
