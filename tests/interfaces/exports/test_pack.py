"""The referral pack holds what the recipient may see and the sender holds, in the words and layout of the form."""

import hashlib
import io
import json
import re
import sqlite3
import zipfile
from collections.abc import Callable

import msgspec
import pytest

from application.ledger import disclosures_stream
from application.queries.pack import RECEIPT, Files, canonical
from domain.disclosures import CaseExported
from domain.errors import NotFound, NotRecorded
from domain.instrument import instrument
from interfaces.exports.pack import JSON, PDF, as_zip, lay_out
from tests.interfaces.exports.conftest import Worked

MADE_TO_CSC = 3       # the act that makes R1, school to Children's Social Care
MADE_TO_POLICE = 39   # R2, Children's Social Care to police
WITHDRAWN = 46        # health's consent K1 is withdrawn
WHOLE_CASE = 62

DIGESTS = re.compile(r'"[A-Za-z0-9+/]{43,}={0,2}"')
Until = Callable[[int], Worked]
Read = Callable[..., str]


def everything(files: Files, read: Read) -> str:
    """All words of a pack; the salts, digests and proofs of its receipt are none."""
    text = read(files[PDF]) + "".join(data.decode() for name, data in files.items() if name != PDF)
    return DIGESTS.sub('""', text)


def items(files: Files) -> set[str]:
    return {one["item"] for one in json.loads(files["manifest.json"])["items"]}


def test_police_get_what_they_may_see(worked_until: Until, read_pdf: Read) -> None:
    """What the worked case shares with police stands in the pack (E8)."""
    _, files = worked_until(MADE_TO_POLICE).pack("priya", "R2")
    text = read_pdf(files[PDF])

    wanted = ["Maya Ellison", "4 Larch Rise", "grey car", "expected favours", "Station Road car park",
              "K. Marlow", "Yes, they have been told.",
              "Joint section 47 enquiry; strategy discussion held 11:00 today."]  # fmt: skip
    assert [] == [words for words in wanted if words not in text]


def test_police_get_nothing_that_is_kept_from_them(worked_until: Until, read_pdf: Read) -> None:
    """What police never reach by any query (E8) is in none of the files."""
    worked = worked_until(MADE_TO_POLICE)
    _, files = worked.pack("priya", "R2")
    text = everything(files, read_pdf)

    assert [] == [words for words in worked.never("E8") if words in text]
    assert not {"concern:C3", "answers:health", "risk.reasons", "child.ethnicity"} & items(files)


def test_the_sender_hands_over_no_more_than_it_holds(worked_until: Until, read_pdf: Read) -> None:
    """The lead may see far more than school; what school does not hold is not in school's pack (E6, E7)."""
    worked = worked_until(WHOLE_CASE)
    _, files = worked.pack("ben", "R1")
    text = everything(files, read_pdf)
    printed_in_the_form = {"alcohol"}

    assert [] == [w for w in worked.never("E6", "E7") if w not in printed_in_the_form and w in text]
    assert {"concern:C1", "concern:C5", "answers:school"} <= items(files)
    assert not {"concern:C2", "concern:C4", "concern:C6", "answers:csc", "risk.reasons", "person:X1"} & items(files)


def test_retained_items_stay_out(worked_until: Until, read_pdf: Read) -> None:
    """What the recipient keeps only as retained is not handed over again; the other concern of health is."""
    worked = worked_until(WITHDRAWN)
    worked.do("helen", "make_referral", id="R5", justification="J5", to="csc", summary="Please see her.",
              carers_informed="no")  # fmt: skip
    _, files = worked.pack("helen", "R5")

    assert "concern:C6" in items(files)
    assert not {"concern:C3", "answers:health"} & items(files)
    assert "accepted follow-up" not in everything(files, read_pdf)


def test_the_questions_stand_in_the_forms_own_words(worked_until: Until, read_pdf: Read) -> None:
    """All eleven questions with every option; each choice names its agency, each blank its reason."""
    _, files = worked_until(MADE_TO_POLICE).pack("priya", "R2")
    text = read_pdf(files[PDF], spoken=True)
    printed = [
        " ".join(wording.split())
        for question in instrument().questions
        for option in question.options
        for wording in ((option.corrected,) if option.corrected else option.alternatives)
    ]

    assert [] == [question.title for question in instrument().questions if question.title not in text]
    assert [] == [wording for wording in printed if wording not in text]
    assert "Reasonable engagement, regular contact. ☒ Oakfield Academy" in text
    assert "Left blank by Hillcrest Children's Social Care: not appropriate to ask" in text
    assert "Left blank by Hillcrest Children's Social Care: ask another worker (Oakfield Academy)" in text
    assert "unanswered in what this reader may see: 3." in text
    assert instrument().rule("2.1-how-4").statement in text


def test_the_risk_category_names_who_signed_and_what_must_be_done(worked_until: Until, read_pdf: Read) -> None:
    """The box shows the level in force, both signed roles, and every action the category requires."""
    _, files = worked_until(MADE_TO_POLICE).pack("priya", "R2")
    text = read_pdf(files[PDF])

    wanted = ["Category 3, agreed 26 January 2026", "Signed as Team Manager Tom Adeyemi",
              "Signed as CSE Prevention Manager Ruth Calder", "Strategy Meeting to be held.",
              "Joint Section 47 with Police.", "Initial Child Protection Conference."]  # fmt: skip
    assert [] == [words for words in wanted if words not in text]


def test_a_level_not_agreed_says_how_to_act(worked_until: Until, read_pdf: Read) -> None:
    """Until both managers agree the box gives the highest level held; the referral is marked, never blocked."""
    dissented = 31
    worked = worked_until(dissented)
    worked.do("priya", "decide_sharing", id="S90", justification="J6", outcome="share_in_part", persons=["sam"],
              items=[{"item": "risk", "showing": "full"}], **{"with": "police"})  # fmt: skip
    worked.do("priya", "make_referral", id="R90", justification="J6", to="police", summary="Now.",
              carers_informed="not_yet")  # fmt: skip
    _, files = worked.pack("priya", "R90")
    text = read_pdf(files[PDF])

    assert "Not agreed: act as category 3" in text
    assert "made before a level was agreed; do not wait for one" in text
    assert "Not yet. Do not tell them before you have asked the sender." in text


def test_the_analysis_form_is_filled_box_by_box(worked_until: Until, read_pdf: Read) -> None:
    """Header and four boxes as printed; each concern stands in the box its recorder chose."""
    _, files = worked_until(MADE_TO_POLICE).pack("priya", "R2")
    page = next(page for page in read_pdf(files[PDF], spoken=True).split("\f") if "CSE Analysis Form" in page)
    places = [page.index(box.label) for box in instrument().analysis_form.boxes]

    assert "NAME OF YOUNG PERSON: Maya Ellison DOB: 14 May 2010 DATE OF ANALYSIS: 26 January 2026" in page
    assert places == sorted(places)
    assert places[0] < page.index("Concern C1: Repeated unexplained absence") < places[1]
    assert places[2] < page.index("Alleged perpetrator: K. Marlow") < places[3]
    assert places[3] < page.index("Concern C4: Missing two nights")
    assert "15 January 2026 at 21:40 to 16 January 2026 at 03:10" in page


def test_what_another_holds_is_marked_and_no_blank(worked_until: Until, read_pdf: Read) -> None:
    """An item given as "ask the holder" says so and whom to ask; none of its content is there."""
    worked = worked_until(MADE_TO_POLICE)
    worked.do("priya", "record_concern", id="C90", justification="J4", occurred="2026-01-20",
              headline="A headline kept", heading="police_activity", nature="fact",
              narrative="A narrative kept")  # fmt: skip
    worked.do("priya", "decide_sharing", id="S91", justification="J6", outcome="share_in_part", persons=["sam"],
              items=[{"item": "concern:C90", "showing": "ask_holder"}], **{"with": "police"})  # fmt: skip
    _, files = worked.pack("priya", "R2")

    assert "Concern C90 Ask the holder" in read_pdf(files[PDF])
    assert "Ask Hillcrest Children's Social Care." in read_pdf(files[PDF])
    assert "kept" not in everything(files, read_pdf)


def test_what_is_given_in_part_says_so_and_who_shared_it(worked_until: Until, read_pdf: Read) -> None:
    """A concern shared by its headline: no narrative, not who recorded it, and whom to ask for more (E2)."""
    limited_share = 9
    worked = worked_until(limited_share)
    worked.do("priya", "make_referral", id="R90", justification="J2", to="police", summary="Please check.",
              carers_informed="not_yet")  # fmt: skip
    _, files = worked.pack("priya", "R90")
    text = read_pdf(files[PDF])

    assert "Repeated unexplained absence; seen leaving with an unknown man" in text
    assert "Given in part. For more, ask Hillcrest Children's Social Care." in text
    assert "Shared by Hillcrest Children's Social Care, 14 January 2026." in text
    assert [words for words in worked.never("E2") if words in everything(files, read_pdf)] == []


def test_what_is_not_in_the_pack_is_no_blank_either(worked_until: Until, read_pdf: Read) -> None:
    """A place on the form without an item says so, in other words than a reasoned blank."""
    _, to_csc = worked_until(MADE_TO_CSC).pack("ben", "R1")
    _, to_police = worked_until(MADE_TO_POLICE).pack("priya", "R2")

    assert "specify) Left blank: not known" in read_pdf(to_csc[PDF])
    assert "specify) No entry in this pack" in read_pdf(to_police[PDF])


def test_ethnicity_goes_to_police_with_their_own_code(worked_until: Until, read_pdf: Read) -> None:
    """The description and the police code; the printed code, which names another group there, never leaves."""
    _, files = worked_until(MADE_TO_POLICE).pack("priya", "R2")

    assert "White British (police 18+1 code W1)" in read_pdf(files[PDF])
    assert {"description": "White British", "code": "W1", "match": "exact", "set": "police 18+1"} == json.loads(
        files[JSON]
    )["ethnicity"]["person:X1"]
    assert "W2" not in everything(files, read_pdf)


def test_ethnicity_goes_to_others_as_its_description(worked_until: Until, read_pdf: Read) -> None:
    """A recipient without a set of its own gets words and no code."""
    _, files = worked_until(MADE_TO_CSC).pack("ben", "R1")

    assert "Ethnicity White and Black Caribbean Disability" in read_pdf(files[PDF])
    assert {"child.ethnicity": {"description": "White and Black Caribbean"}} == json.loads(files[JSON])["ethnicity"]


def test_every_page_bears_its_marking(worked_until: Until, read_pdf: Read) -> None:
    """Sensitivity, reader, purpose, edition and time stand on every page."""
    _, files = worked_until(MADE_TO_POLICE).pack("priya", "R2")
    pages = read_pdf(files[PDF]).split("\f")[:-1]
    marks = ["OFFICIAL-SENSITIVE", "For Borough Police, Public Protection only.", "Purpose: referral R2.",
             "Policy edition 2026-01.", "Made 26 January 2026, 11:30."]  # fmt: skip

    assert len(pages) > 5
    assert [] == [(number, mark) for number, page in enumerate(pages, start=1) for mark in marks if mark not in page]


def test_the_document_is_tagged_and_names_nobody(worked_until: Until, about_pdf: Read) -> None:
    """PDF/UA-1, and no personal data in metadata or file names."""
    _, files = worked_until(MADE_TO_POLICE).pack("priya", "R2")
    said = about_pdf(files[PDF])

    assert "Tagged:          yes" in said
    assert "Title:           Referral pack" in said
    assert "Author:          Hillcrest Children's Social Care" in said
    assert "Maya" not in said
    assert "PDF/UA-1" == json.loads(files[JSON])["document"]["standard"]
    assert {PDF, JSON, "manifest.json", RECEIPT} == set(files)


def test_the_manifest_can_be_checked_by_hand(worked_until: Until) -> None:
    """Each file's SHA-256, and that of each item's content as JSON with sorted keys, come out again."""
    _, files = worked_until(MADE_TO_POLICE).pack("priya", "R2")
    manifest = json.loads(files["manifest.json"])
    contents = {cell["item"]: cell["content"] for cell in json.loads(files[JSON])["view"]["cells"]}
    by_hand = {
        item: hashlib.sha256(
            json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
        ).hexdigest()
        for item, content in contents.items()
    }

    assert by_hand == {one["item"]: one["digest"] for one in manifest["items"]}
    assert [[name, hashlib.sha256(files[name]).hexdigest()] for name in (PDF, JSON)] == manifest["files"]


def test_the_manifest_says_what_lets_each_item_be_there(worked_until: Until) -> None:
    """The sender's own decision and the justification it was recorded under, as the worked case has them.

    That health gave C6 to the police by S7 is between those two.
    """
    _, files = worked_until(MADE_TO_POLICE).pack("priya", "R2")
    manifest = json.loads(files["manifest.json"])
    rests = {one["item"]: (one["decision"], one["justification"]) for one in manifest["items"]}

    assert ("S2", "J1") == rests["child.address"]
    assert ("", "J5") == rests["concern:C6"]
    assert ("S6", "J4") == rests["risk"]
    assert ("", "J9") == rests["person:X1"]
    assert ("R2", "csc", "police", "2026-01") == tuple(
        manifest[key] for key in ("referral", "sender_agency", "recipient", "edition")
    )


def test_the_export_is_on_record_when_it_is_handed_over(worked_until: Until) -> None:
    """The newest disclosure is this export: recipient, items and the digest of the manifest handed over."""
    worked = worked_until(MADE_TO_POLICE)
    _, files = worked.pack("priya", "R2")
    exported = worked.hub.ledger.read(disclosures_stream(worked.case))[-1]

    assert isinstance(exported, CaseExported)
    assert ("police", "R2") == (exported.recipient, exported.referral)
    assert hashlib.sha256(files["manifest.json"]).hexdigest() == exported.digest
    assert items(files) == {shown.item for shown in exported.items}


def test_nothing_is_handed_over_that_cannot_be_recorded(worked_until: Until) -> None:
    """A store that takes nothing: no files are returned."""
    worked = worked_until(MADE_TO_POLICE)
    with sqlite3.connect(worked.settings.events) as database:
        (table,) = database.execute("SELECT name FROM sqlite_master WHERE name LIKE '%events'").fetchone()
        database.execute(f"CREATE TRIGGER full BEFORE INSERT ON {table} BEGIN SELECT RAISE(FAIL, 'disk full'); END")
    database.close()

    with pytest.raises(NotRecorded):
        worked.pack("priya", "R2")


def test_only_the_agency_that_referred_makes_the_pack(worked_until: Until) -> None:
    """To the recipient, as to anybody else, the pack does not exist."""
    worked = worked_until(MADE_TO_POLICE)

    with pytest.raises(NotFound):
        worked.pack("sam", "R2")


def test_the_same_pack_gives_the_same_bytes(worked_until: Until) -> None:
    """Made again it is the same to the byte, so its digest can be checked years later; each making has its receipt."""
    worked = worked_until(MADE_TO_POLICE)
    pack, first = worked.pack("priya", "R2")
    again = lay_out(pack, names=worked.hub.directory())
    _, repeated = worked.pack("priya", "R2")
    receipts = [json.loads(files.pop(RECEIPT)) for files in (first, repeated)]

    assert first[PDF] == again[PDF] == repeated[PDF]
    assert first == repeated
    assert as_zip(first) == as_zip(dict(reversed(repeated.items())))
    assert 1 == receipts[1]["index"] - receipts[0]["index"]


def test_the_archive_holds_the_files_as_they_are(worked_until: Until) -> None:
    """The zip opens anywhere, names sorted."""
    _, files = worked_until(MADE_TO_CSC).pack("ben", "R1")
    with zipfile.ZipFile(io.BytesIO(as_zip(files))) as archive:
        found = {name: archive.read(name) for name in archive.namelist()}

    assert files == found
    assert sorted(files) == list(found)


HOSTILE = {
    "typst": '#eval("1+1") $x^2$ @ref <label> #read("/etc/passwd") *bold* _it_ // gone?',
    "html": "<script>alert(1)</script> &amp; <img src=file:///etc/passwd>",
    "formula": '=HYPERLINK("http://example.org","x") {{7*7}} ${7*7}',
    "hebrew": "שלום מאיה",
    "long": "x" * 400,
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_what_people_type_comes_out_as_plain_text(worked_until: Until, read_pdf: Read, kind: str) -> None:
    """Nothing typed is markup, code or a path to a file."""
    worked = worked_until(MADE_TO_CSC)
    worked.do("ben", "record_concern", id="C90", justification="J1", occurred="2026-01-05", headline="Typed",
              heading="police_activity", narrative=HOSTILE[kind], nature="fact", source=HOSTILE[kind])  # fmt: skip
    _, files = worked.pack("ben", "R1")
    text = read_pdf(files[PDF]).replace("\u200b", "").replace(" ", "")

    assert HOSTILE[kind].replace(" ", "") in text
    assert "root:" not in text
    assert json.loads(files[JSON])["analysis"]["boxes"][3]["cells"][0]["content"]["narrative"] == HOSTILE[kind]


def test_controls_are_stripped_from_the_document(worked_until: Until, read_pdf: Read) -> None:
    """What has no glyph and means no text would make PDF/UA-1 refuse the whole document; the words around it stay."""
    worked = worked_until(MADE_TO_CSC)
    pack, _ = worked.pack("ben", "R1")
    summary = "Not \u202ereversed\u202c,\x00 not\x07 rung,\x1b[31m not red."
    odd = msgspec.structs.replace(pack, referral=msgspec.structs.replace(pack.referral, summary=summary))
    files = lay_out(odd, names=worked.hub.directory())

    assert "Not reversed, not rung,[31m not red." in read_pdf(files[PDF])
    assert json.loads(files[JSON])["document"]["standard"] == "PDF/UA-1"


def test_text_that_no_font_can_draw_is_said_to_be_missing(worked_until: Until, read_pdf: Read, about_pdf: Read) -> None:
    """PDF/UA-1 refuses such a document: it is made without, says so on its first page, and the JSON has the text."""
    worked = worked_until(MADE_TO_CSC)
    undrawable = "Name \U000f1234 as given"
    worked.do("ben", "record_concern", id="C90", justification="J1", occurred="2026-01-05", headline=undrawable,
              heading="police_activity", narrative="漢字 😀", nature="fact")  # fmt: skip
    _, files = worked.pack("ben", "R1")
    document = json.loads(files[JSON])["document"]

    assert "Not every character could be drawn." in read_pdf(files[PDF]).split("\f")[0]
    assert "" == document["standard"]
    assert "pack.json holds the text as it was entered" in document["note"]
    assert undrawable in files[JSON].decode()
    assert "Tagged:          yes" in about_pdf(files[PDF])


def test_the_numbers_to_ring_are_the_partnerships_own_where_it_has_some(worked_until: Until, read_pdf: Read) -> None:
    """The printed numbers are defaults that name their month; a partnership's own replace them."""
    worked = worked_until(MADE_TO_CSC)
    pack, files = worked.pack("ben", "R1")
    own = (type(instrument().take_action_now.contacts[0])("duty", "Duty desk", "020 7946 0000", "day and night"),)
    with_own = read_pdf(lay_out(pack, names=worked.hub.directory(), contacts=own)[PDF])

    assert "Numbers as the toolkit printed them in March 2015; check that they still hold." in read_pdf(files[PDF])
    assert "Duty desk 020 7946 0000 day and night" in with_own
    assert "March 2015" not in with_own


def test_the_json_is_canonical(worked_until: Until) -> None:
    """Its keys are sorted, so that equal packs are equal bytes in any implementation."""
    _, files = worked_until(MADE_TO_CSC).pack("ben", "R1")

    assert canonical(json.loads(files[JSON])) == files[JSON]
