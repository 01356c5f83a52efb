"""What a reader gets of each version: the rules of design §3 retyped, over the whole product of circumstances."""

from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest

from domain.assessment import Answer, AnswerQuestions, StartAssessment
from domain.case import OpenCase
from domain.concerns import RetractConcern
from domain.consents import WithdrawConsent
from domain.details import Child
from domain.record import Actor, Version
from domain.review import ReviewOpened
from domain.risk import AgreeRisk, ProposeRisk
from domain.sharing import AgreeOnward, WithdrawSharing
from domain.vocabulary import Ground, Onward, Role, Showing
from policies.editions import editions
from policies.viewing import Judgement, judge_for_review, judge_version, least, who_would_get
from tests.domain.builders import (
    AGENCIES,
    HEALTH,
    LEAD,
    POLICE,
    SCHOOL,
    YOUTH,
    Story,
    a_concern,
    a_consent,
    a_correction,
    a_justification,
    a_limited,
    a_share,
    a_time,
    an_act,
    by_consent,
    some_details,
)

(EDITION,) = editions()
FULL, COARSE, ASK, WITHHELD = Showing
SECOND = timedelta(seconds=1)
EVERYBODY = (LEAD, POLICE, SCHOOL, HEALTH)
WITHDRAW = WithdrawConsent(consent="K1", reason="She telephoned.")
LETTERS = {FULL: "F", COARSE: "C", ASK: "A", WITHHELD: "W", None: "-"}


def judge(story: Story, by: str, item: str, number: int = 1, at: datetime | None = None) -> Judgement:
    version = story.case.items[item][number - 1]
    return judge_version(EDITION, story.case, version, AGENCIES[by], at or story.now, story.disclosures)


def seen(story: Story, by: str, item: str, number: int = 1, at: datetime | None = None) -> str:
    """F full, C coarse, A ask the holder, W withheld, - absent; R before it: retained."""
    found = judge(story, by, item, number, at)
    return ("R" if found.retained else "") + LETTERS[found.showing]


# ------------------------------------------------------------------------------------------- title and consent

# Health records an item (a concern; a locator) under a justification that rests on public interest, or on a consent
# that is in force, was withdrawn, or ran out. Columns: the lead, a partner; each not having opened it, and having
# opened it while it could.
#
# "Title, per version: the agency that recorded it; the lead, where the justification in force reaches it (`recipients`
# absent means: the lead); otherwise a sharing decision in force to the reader's agency." "Withdrawal at once stops
# future showing. It is not retrospective: an agency that had opened the item keeps that version, marked `retained`; one
# that had not opened it sees `withheld` (its lead: `ask_holder`)." "Silence of a rule is absence." An expiry is a time
# compared: `recorded <= t < expires`. A share's end leaves nothing; a limited share gives no locator.
#
# title                 consent    concern                 locator
TITLES = """
recorder                public     F F F F                 F F F F
recorder                in-force   F F F F                 F F F F
recorder                withdrawn  F F F F                 F F F F
recorder                ran-out    F F F F                 F F F F
recipients-absent       public     F F - -                 F F - -
recipients-absent       in-force   F F - -                 F F - -
recipients-absent       withdrawn  A RF - -                A RF - -
recipients-absent       ran-out    A RF - -                A RF - -
naming-the-lead         public     F F - -                 F F - -
naming-the-lead         in-force   F F - -                 F F - -
naming-the-lead         withdrawn  A RF - -                A RF - -
naming-the-lead         ran-out    A RF - -                A RF - -
not-naming-the-lead     public     - - - -                 - - - -
not-naming-the-lead     in-force   - - - -                 - - - -
not-naming-the-lead     withdrawn  - - - -                 - - - -
not-naming-the-lead     ran-out    - - - -                 - - - -
shared-full             public     F F F F                 F F F F
shared-full             in-force   F F F F                 F F F F
shared-full             withdrawn  A RF W RF               A RF W RF
shared-full             ran-out    A RF W RF               A RF W RF
shared-coarse           public     C C C C                 C C C C
shared-coarse           in-force   C C C C                 C C C C
shared-coarse           withdrawn  A RC W RC               A RC W RC
shared-coarse           ran-out    A RC W RC               A RC W RC
told-whom-to-ask        public     A A A A                 A A A A
told-whom-to-ask        in-force   A A A A                 A A A A
told-whom-to-ask        withdrawn  A A W W                 A A W W
told-whom-to-ask        ran-out    A A W W                 A A W W
the-second-before-end   public     F F F F                 F F F F
the-second-before-end   in-force   F F F F                 F F F F
the-second-before-end   withdrawn  A RF W RF               A RF W RF
the-second-before-end   ran-out    A RF W RF               A RF W RF
the-second-of-its-end   public     - - - -                 - - - -
the-second-of-its-end   in-force   - - - -                 - - - -
the-second-of-its-end   withdrawn  - - - -                 - - - -
the-second-of-its-end   ran-out    - - - -                 - - - -
share-withdrawn         public     - - - -                 - - - -
share-withdrawn         in-force   - - - -                 - - - -
share-withdrawn         withdrawn  - - - -                 - - - -
share-withdrawn         ran-out    - - - -                 - - - -
limited-ground          public     C C C C                 - - - -
limited-ground          in-force   C C C C                 - - - -
limited-ground          withdrawn  C C C C                 - - - -
limited-ground          ran-out    C C C C                 - - - -
"""
ROWS = [line.split(maxsplit=2) for line in TITLES.split("\n") if line]
CASES = [
    (title, consent, item, " ".join(written.split()[start : start + 4]))
    for title, consent, written in ROWS
    for item, start in (("concern:C1", 0), ("child.postcode", 4))
]
RECIPIENTS = {"recipients-absent": (), "naming-the-lead": (LEAD, SCHOOL)}
SHOWN = {"shared-coarse": "coarse", "told-whom-to-ask": "ask_holder"}
CONSENT_ENDS = a_time(20)
SHARE_ENDS = a_time(25)


def recorded(title: str, consent: str, item: str, reader: str, opened: bool) -> Story:
    """What led up to the moment at which the reader looks."""
    recorder = reader if title == "recorder" else HEALTH
    story = Story()
    recipients = RECIPIENTS.get(title, (SCHOOL,) if recorder == HEALTH else ())
    by_public = a_justification("J-item", recipients=recipients)
    if consent == "public":
        story.says(recorder, by_public, a_justification("J-share"))
    else:
        expires = CONSENT_ENDS if consent == "ran-out" else None
        story.says(recorder, a_consent("K1", to=recipients or EVERYBODY, expires=expires))
        story.says(recorder, by_consent("J-item", "K1"), a_consent("K2", to=EVERYBODY, expires=expires))
        story.says(recorder, by_consent("J-share", "K2"))
    story.says(recorder, a_concern("C1", "J-item"), some_details("J-item", postcode="ZX9 4QT"), a_limited("J-limited"))
    if title not in ("recorder", "recipients-absent", "naming-the-lead", "not-naming-the-lead"):
        share(story, title, item, reader)
    if opened and (showing := judge(story, reader, item).showing) in (FULL, COARSE):
        story.opens(reader, item, 1, showing)
    if consent == "withdrawn":
        for name in ("K1", "K2"):
            story.says(recorder, WithdrawConsent(consent=name, reason="She telephoned."))
    if title == "share-withdrawn":
        story.says(recorder, WithdrawSharing(decision="S1", reason="Ended."))
    return story


def share(story: Story, title: str, item: str, reader: str) -> None:
    rests = "J-limited" if title == "limited-ground" else "J-share"
    expires = None if title.startswith(("shared", "told", "share-")) else SHARE_ENDS
    story.says(HEALTH, a_share("S1", rests, reader, f"{item}={SHOWN.get(title, 'full')}", expires=expires))


def moment(title: str, story: Story, consent: str) -> datetime:
    """When the reader looks: on the second asked about, else after the consent has run out, else soon."""
    if title == "the-second-before-end":
        return SHARE_ENDS - SECOND
    if title == "the-second-of-its-end":
        return SHARE_ENDS
    return CONSENT_ENDS if consent == "ran-out" else story.now


@pytest.mark.parametrize(("title", "consent", "item", "written"), CASES)
def test_what_a_reader_gets_by_title_and_consent(title, consent, item, written):
    """Recorder, lead by justification, share; consent in force, withdrawn, run out; opened before or not."""
    found = []
    for reader in (LEAD, POLICE):
        for opened in (False, True):
            story = recorded(title, consent, item, reader, opened)
            found.append(seen(story, reader, item, 1, moment(title, story, consent)))

    assert written == " ".join(found)


def test_consent_stands_until_the_very_second_it_runs_out():
    """`recorded <= t < expires`."""
    story = recorded("recipients-absent", "ran-out", "concern:C1", LEAD, True)

    assert ["F", "RF"] == [seen(story, LEAD, "concern:C1", 1, at) for at in (CONSENT_ENDS - SECOND, CONSENT_ENDS)]


# ------------------------------------------------------------------------------------------- which version

# School has three versions of an item; the second is the newest when school shares it with the reader.
# "`continuing` brings later versions, but never a later locator: that waits as a task. Otherwise a decision gives the
# version of its day." "Readers get the new version and "corrected on …"; after a retraction "retracted", without
# content, for those who had it. The old text stays in the history of recorder, lead and review."
#
# what happens to it   continuing   partner, then lead: first, second, third version
VERSIONS = """
updated                no           - F -     - F -
updated                yes          - F F     - F F
locator-updated        no           - F -     - F -
locator-updated        yes          - F -     - F -
corrected              no           - W F     - F F
corrected              yes          - W F     - F F
retracted              no           - W F     - F F
retracted              yes          - W F     - F F
"""
CORRECT = [a_correction("C1", "J1", reason=f"Misread, {n}.") for n in (1, 2)]
LIVES: dict[str, tuple[str, tuple]] = {
    "updated": ("child.gender", tuple(some_details("J1", gender=word) for word in ("F", "Fem", "Female"))),
    "locator-updated": ("child.address", tuple(some_details("J1", address=f"{n} Larch Rise") for n in (1, 2, 3))),
    "corrected": ("concern:C1", (a_concern(), *CORRECT)),
    "retracted": ("concern:C1", (a_concern(), CORRECT[0], RetractConcern(concern="C1", reason="Another girl."))),
}


@pytest.mark.parametrize(
    ("life", "continuing", "written"), [line.split(maxsplit=2) for line in VERSIONS.split("\n") if line]
)
def test_which_versions_a_share_brings(life, continuing, written):
    """The version of its day, what put that right, and later ones if continuing; never a later locator."""
    item, (first, second, third) = LIVES[life]
    found = []
    for reader in (POLICE, LEAD):
        story = Story().says(SCHOOL, a_justification("J1", recipients=(YOUTH,)), a_justification("J2"), first, second)
        story.says(SCHOOL, a_share("S1", "J2", reader, item, continuing=continuing == "yes"), third)
        found += [seen(story, reader, item, number) for number in (1, 2, 3)]

    assert written.split() == found


@pytest.mark.parametrize(("life", "reader"), [(life, reader) for life in LIVES for reader in (POLICE, LEAD)])
def test_before_it_is_recorded_a_version_is_not_there(life, reader):
    """"As at" compares recorded."""
    item, commands = LIVES[life]
    story = Story().says(SCHOOL, a_justification("J1"), *commands)
    third = story.case.items[item][2].recorded

    assert "-" == seen(story, reader, item, 3, third - SECOND)


def test_a_retracted_version_has_no_content_to_show():
    """After a retraction "retracted", without content."""
    story = Story().says(SCHOOL, a_justification("J1"), a_concern(), RetractConcern(concern="C1", reason="Another."))

    assert (FULL, None) == (judge(story, LEAD, "concern:C1", 2).showing, story.case.items["concern:C1"][1].content)


# ------------------------------------------------------------------------------------------- grants add

ADDED = [
    (("full",), "F"),
    (("coarse",), "C"),
    (("ask_holder",), "A"),
    (("coarse", "full"), "F"),
    (("full", "coarse"), "F"),
    (("ask_holder", "coarse"), "C"),
    (("coarse", "ask_holder"), "C"),
    (("full", "ask_holder"), "F"),
    (("ask_holder", "coarse", "full"), "F"),
]


@pytest.mark.parametrize(("grants", "written"), ADDED)
def test_grants_add_and_the_fullest_wins(grants, written):
    """Design §3.3; to narrow, withdraw."""
    story = Story().says(SCHOOL, a_justification("J1"), a_concern())
    for number, showing in enumerate(grants):
        story.says(SCHOOL, a_share(f"S{number}", "J1", POLICE, f"concern:C1={showing}"))

    assert written == seen(story, POLICE, "concern:C1")


def test_withdrawing_the_fullest_leaves_the_next():
    """Each grant stands by itself."""
    story = Story().says(SCHOOL, a_justification("J1"), a_concern())
    story.says(SCHOOL, a_share("S1", "J1", POLICE, "concern:C1"), a_share("S2", "J1", POLICE, "concern:C1=coarse"))
    story.says(SCHOOL, WithdrawSharing(decision="S1", reason="Too much."))

    assert "C" == seen(story, POLICE, "concern:C1")


def test_a_share_on_another_ground_stands_when_a_consent_falls():
    """C6 rests on public interest and is untouched (the worked case)."""
    story = Story().says(SCHOOL, a_justification("J1"), a_concern(), a_consent("K1", to=(POLICE,)))
    story.says(SCHOOL, by_consent("J2", "K1"), a_share("S1", "J2", POLICE, "concern:C1"))
    story.says(SCHOOL, a_share("S2", "J1", POLICE, "concern:C1=coarse"), WITHDRAW)

    assert "C" == seen(story, POLICE, "concern:C1")


# ------------------------------------------------------------------------------------------- whose title gives what


def test_a_share_gives_what_its_maker_holds_never_another_agencys_newer_version():
    """Nobody decides about an item it does not hold (design §3.3): police recorded in confidence where she is now."""
    story = Story(address="4 Larch Rise").says(POLICE, a_justification("J1", recipients=(LEAD,)))
    story.says(POLICE, some_details("J1", address="The refuge"))
    story.says(SCHOOL, a_share("S1", "J-open", YOUTH, "child.address"))

    assert ["F", "-"] == [seen(story, YOUTH, "child.address", number) for number in (1, 2)]


def test_a_continuing_share_by_an_originator_brings_its_own_later_versions_only():
    """Other agencies' later versions are theirs, or the lead's, to share."""
    story = Story().says(SCHOOL, a_share("S1", "J-open", YOUTH, "child.name", continuing=True))
    story.says(POLICE, a_justification("J1"), some_details("J1", name="Maya E."))
    story.says(SCHOOL, some_details("J-open", name="Maya Grace Ellison"))

    assert ["F", "-", "F"] == [seen(story, YOUTH, "child.name", number) for number in (1, 2, 3)]


def test_a_continuing_share_by_the_lead_brings_what_the_lead_sees():
    """Whoever recorded it."""
    story = Story().says(LEAD, a_justification("J2"), a_share("S1", "J2", YOUTH, "child.name", continuing=True))
    story.says(POLICE, a_justification("J1"), some_details("J1", name="Maya E."))

    assert "F" == seen(story, YOUTH, "child.name", 2)


# under which a later version is recorded -> what a continuing share by the lead brings, before and after agreement
LATER = [
    ((), False, "F", "F"),
    ((LEAD,), False, "-", "F"),
    ((LEAD, YOUTH), False, "F", "F"),
    ((POLICE,), False, "-", "-"),
    ((POLICE,), True, "-", "F"),
]


@pytest.mark.parametrize(("recipients", "given_to_lead", "before", "after"), LATER)
def test_a_continuing_share_brings_nothing_beyond_the_originators_recipients(recipients, given_to_lead, before, after):
    """The lead needs the originator's agreement for a later version as for the first, and must hold it."""
    story = Story().says(SCHOOL, a_justification("J1"), a_concern())
    story.says(LEAD, a_justification("J2"), a_share("S1", "J2", YOUTH, "concern:C1", continuing=True))
    story.says(SCHOOL, a_justification("J3", recipients=recipients), a_correction("C1", "J3"))
    if given_to_lead:
        story.says(SCHOOL, a_share("S2", "J1", LEAD, "concern:C1"))
    found = [seen(story, YOUTH, "concern:C1", 2)]
    story.says(SCHOOL, AgreeOnward(items=("concern:C1",), to=YOUTH))

    assert [before, after] == [*found, seen(story, YOUTH, "concern:C1", 2)]


@pytest.mark.parametrize(("held", "written"), [("full", "F"), ("coarse", "C"), ("ask_holder", "-")])
def test_a_continuing_share_brings_no_more_of_a_later_version_than_the_lead_holds(held, written):
    """Never more than it holds."""
    story = Story().says(SCHOOL, a_justification("J1"), a_concern())
    story.says(LEAD, a_justification("J2"), a_share("S1", "J2", YOUTH, "concern:C1", continuing=True))
    story.says(SCHOOL, a_justification("J3", recipients=(POLICE,)), AgreeOnward(items=("concern:C1",), to=YOUTH))
    story.says(SCHOOL, a_correction("C1", "J3"), a_share("S2", "J1", LEAD, f"concern:C1={held}"))

    assert written == seen(story, YOUTH, "concern:C1", 2)


def test_a_naming_is_not_the_version_of_the_day():
    """An agency that also asked about her still shares what it recorded."""
    story = Story().joins(SCHOOL, OpenCase(justification=a_justification("J2"), child=Child(name="Maya Elison")))
    story.says(SCHOOL, a_share("S1", "J-open", YOUTH, "child.name"))

    assert ["F", "-"] == [seen(story, YOUTH, "child.name", number) for number in (1, 2)]


@pytest.mark.parametrize("maker", [LEAD, SCHOOL])
def test_a_decision_about_what_its_maker_did_not_hold_gives_nothing(maker):
    """However it came to be on record."""
    story = Story().says(POLICE, a_justification("J1", recipients=(HEALTH,)), a_concern())
    story.says(maker, a_justification("J2"), a_share("S1", "J2", YOUTH, "concern:C1", continuing=True))

    assert "-" == seen(story, YOUTH, "concern:C1")


def test_a_text_put_right_is_withheld_though_the_new_one_is_not_the_readers():
    """Readers do not go on relying on what was wrong; whom to ask is who shared."""
    story = Story().says(SCHOOL, a_justification("J1"), a_concern())
    story.says(LEAD, a_justification("J2"), a_share("S1", "J2", YOUTH, "concern:C1"))
    story.says(SCHOOL, a_justification("J3", recipients=(LEAD,)), a_correction("C1", "J3"))
    found = judge(story, YOUTH, "concern:C1")

    assert (WITHHELD, "corrected", LEAD) == (found.showing, found.rule, found.ask)


def test_the_lead_is_told_that_what_it_reads_was_put_right_elsewhere():
    """It keeps the old text, and is not left to rely on it."""
    story = Story().says(SCHOOL, a_justification("J1"), a_concern())
    story.says(SCHOOL, a_justification("J3", recipients=(YOUTH,)), a_correction("C1", "J3"))
    found = judge(story, LEAD, "concern:C1")

    assert (FULL, SCHOOL, True) == (found.showing, found.ask, "put right later" in found.reason)


def test_a_naming_is_nobody_elses_version():
    """The sender sees what it sent, and the answer is the same whether or not a case exists (design §3.7)."""
    story = Story().joins(POLICE, OpenCase(justification=a_justification("J1"), child=Child(name="Maya Elison")))

    assert ["F", "-", "-"] == [seen(story, reader, "child.name", 2) for reader in (POLICE, LEAD, SCHOOL)]


def test_a_share_of_the_name_does_not_bring_another_agencys_naming():
    """A continuing share follows the record, not what somebody asked about."""
    story = Story().says(SCHOOL, a_share("S1", "J-open", YOUTH, "child.name", continuing=True))
    story.joins(SCHOOL, OpenCase(justification=a_justification("J2"), child=Child(name="Maya Elison")))

    assert ["F", "-"] == [seen(story, YOUTH, "child.name", number) for number in (1, 2)]


def test_whom_to_ask_is_the_holder():
    """`ask_holder`: another agency holds something; whom to ask."""
    story = Story().says(HEALTH, a_justification("J1"), a_concern())
    story.says(LEAD, a_justification("J2"), a_share("S1", "J2", SCHOOL, "concern:C1=ask_holder"))
    found = judge(story, SCHOOL, "concern:C1")

    assert (ASK, HEALTH) == (found.showing, found.ask)


@pytest.mark.parametrize(("reader", "written"), [(LEAD, "F"), (POLICE, "-"), (YOUTH, "-")])
def test_recipients_give_nothing_to_others_than_the_lead(reader, written):
    """`recipients` limits who gets an item without a further decision; partners named in it still need a decision."""
    story = Story().says(HEALTH, a_justification("J1", recipients=(LEAD, POLICE, SCHOOL)), a_concern())

    assert written == seen(story, reader, "concern:C1")


def test_the_leads_own_record_is_its_own_under_whatever_justification():
    """The agency that recorded it comes first."""
    story = Story().says(LEAD, a_consent("K1", to=(YOUTH,)), by_consent("J1", "K1"), a_concern(), WITHDRAW)

    assert "F" == seen(story, LEAD, "concern:C1")


def test_answering_a_question_gives_nobody_the_level_of_risk():
    """Another agency's answer makes the level stale; the level stays the lead's record."""
    story = Story().says(LEAD, a_justification("J1"), StartAssessment(justification="J1"))
    story.says(LEAD, ProposeRisk(id="A1", justification="J1", category=3, rationale="Weighed."))
    for person, role in (("tom", Role.TEAM_MANAGER), ("ruth", Role.CSE_PREVENTION_MANAGER)):
        story.says(LEAD, AgreeRisk(agreement="A1", as_role=role), person=person, role=role)
    story.says(SCHOOL, AnswerQuestions(justification="J-open", answers=(Answer(question=2, option=2),)))
    numbers = range(1, len(story.case.items["risk"]) + 1)

    assert {"-"} == {seen(story, SCHOOL, "risk", number) for number in numbers}


# ------------------------------------------------------------------------------------------- the limited ground


@pytest.mark.parametrize(
    ("item", "written"),
    [("child.gender", "F"), ("concern:C1", "C"), ("child.address", "-"), ("child.ethnicity", "-")],
)
def test_what_is_recorded_in_order_to_decide_on_more_reaches_the_lead_as_a_limited_share(item, written):
    """The ground caps a justification as it caps a decision: tables cap, they never give."""
    story = Story().says(HEALTH, a_limited("J1"), a_concern())
    story.says(HEALTH, some_details("J1", gender="Female", address="4 Larch Rise", ethnicity="white_british"))

    assert written == seen(story, LEAD, item)


def test_a_limited_share_by_justification_ends_after_fourteen_days_too():
    """The lead then knows whom to ask."""
    story = Story().says(HEALTH, a_limited("J1"), a_concern())
    end = story.at + timedelta(days=14)

    assert ["C", "A"] == [seen(story, LEAD, "concern:C1", 1, at) for at in (end - SECOND, end)]


def test_a_full_grant_on_a_full_ground_adds_to_a_limited_one():
    """The cap is on the grant that rests on the ground, not on the item."""
    story = Story().says(SCHOOL, a_justification("J1"), a_limited("J2"), a_concern())
    story.says(SCHOOL, a_share("S1", "J2", POLICE, "concern:C1", expires=a_time(20)))
    story.says(SCHOOL, a_share("S2", "J1", POLICE, "concern:C1"))

    assert "F" == seen(story, POLICE, "concern:C1")


@pytest.mark.parametrize("ground", [g for g in Ground if g is not Ground.DECIDE_ON_FURTHER_SHARING])
def test_no_other_ground_caps_anything(ground):
    """The first edition caps only what section 2.3 says."""
    story = Story(address="4 Larch Rise").says(SCHOOL, a_justification("J1", ground=ground))
    story.says(SCHOOL, a_share("S1", "J1", POLICE, "child.address"))

    assert "F" == seen(story, POLICE, "child.address")


# ------------------------------------------------------------------------------------------- when consent is gone


def by_her_consent(**more) -> Story:
    """Health recorded C1 by a consent that reaches the lead and police, and shared it with police."""
    story = Story().says(HEALTH, a_consent("K1", to=(LEAD, POLICE), **more), by_consent("J1", "K1"), a_concern())
    return story.says(HEALTH, a_justification("J2"), a_share("S1", "J1", POLICE, "concern:C1"))


@pytest.mark.parametrize(("reader", "ask"), [(LEAD, HEALTH), (POLICE, HEALTH)])
def test_what_is_retained_says_when_it_came_and_when_the_consent_went(reader, ask):
    """"Received …; consent withdrawn …; do not pass on or rely on it until reviewed"."""
    story = by_her_consent().opens(reader, "concern:C1", at=a_time(13)).says(HEALTH, WITHDRAW, at=a_time(2, month=2))
    words = "Received 13 January 2026; consent withdrawn 2 February 2026. Do not pass on or rely on it until reviewed."
    found = judge(story, reader, "concern:C1")

    assert (words, ask) == (found.reason, found.ask)


def test_a_consent_that_ran_out_was_not_withdrawn():
    """The page says which."""
    story = by_her_consent(expires=a_time(20)).opens(LEAD, "concern:C1", at=a_time(13))

    assert "consent ran out 20 January 2026" in judge(story, LEAD, "concern:C1", 1, a_time(21)).reason


def test_what_was_opened_after_the_consent_ended_was_not_opened_in_time():
    """Only what an agency had opened is kept."""
    story = by_her_consent().says(HEALTH, WITHDRAW).opens(POLICE, "concern:C1")

    assert "W" == seen(story, POLICE, "concern:C1")


def test_what_was_opened_coarse_is_kept_coarse():
    """No more is kept than was opened."""
    story = by_her_consent().opens(POLICE, "concern:C1", showing=COARSE).says(HEALTH, WITHDRAW)

    assert "RC" == seen(story, POLICE, "concern:C1")


def test_no_more_is_kept_than_the_fallen_title_gave():
    """Opened in full once by a share since withdrawn, and coarse by the consent that fell."""
    story = Story().says(SCHOOL, a_justification("J1"), a_concern(), a_consent("K1", to=(POLICE,)))
    story.says(SCHOOL, by_consent("J2", "K1"), a_share("S1", "J1", POLICE, "concern:C1"))
    story.says(SCHOOL, a_share("S2", "J2", POLICE, "concern:C1=coarse")).opens(POLICE, "concern:C1")
    story.says(SCHOOL, WithdrawSharing(decision="S1", reason="Too much."), WITHDRAW)

    assert "RC" == seen(story, POLICE, "concern:C1")


def test_of_two_fallen_shares_the_fuller_is_kept():
    """Grants add."""
    story = Story().says(SCHOOL, a_justification("J1"), a_concern(), a_consent("K1", to=(POLICE,)))
    story.says(SCHOOL, by_consent("J2", "K1"), a_share("S1", "J2", POLICE, "concern:C1=coarse"))
    story.says(SCHOOL, a_share("S2", "J2", POLICE, "concern:C1")).opens(POLICE, "concern:C1").says(SCHOOL, WITHDRAW)

    assert "RF" == seen(story, POLICE, "concern:C1")


def test_the_recipient_of_a_fallen_share_asks_who_shared_not_who_recorded():
    """A recipient sees who shared (design §3.6)."""
    story = Story().says(LEAD, a_consent("K1", to=(YOUTH,)), by_consent("J1", "K1"))
    story.says(LEAD, a_share("S1", "J1", YOUTH, "child.name=coarse")).says(LEAD, WITHDRAW)
    found = judge(story, YOUTH, "child.name")

    assert (WITHHELD, LEAD) == (found.showing, found.ask)


@pytest.mark.parametrize(("opened", "written"), [(False, "W"), (True, "RF")])
def test_onward_sharing_stops_with_the_originators_consent(opened, written):
    """Though the lead shared on a ground of its own, and the originator had agreed."""
    story = Story().says(HEALTH, a_consent("K1"), by_consent("J1", "K1"), a_concern())
    story.says(HEALTH, AgreeOnward(items=("concern:C1",), to=POLICE))
    story.says(LEAD, a_justification("J2"), a_share("S1", "J2", POLICE, "concern:C1"))
    if opened:
        story.opens(POLICE, "concern:C1")
    story.says(HEALTH, WITHDRAW)

    assert written == seen(story, POLICE, "concern:C1")


@pytest.mark.parametrize(("opened", "written"), [(False, "W"), (True, "RF")])
def test_onward_sharing_stops_with_the_consent_by_which_the_lead_had_it(opened, written):
    """The lead held it only by a share that rested on consent; what it passed on falls with that."""
    story = Story().says(HEALTH, a_justification("J1", recipients=(SCHOOL,)), a_concern(), a_consent("K1"))
    story.says(HEALTH, by_consent("J3", "K1"), a_share("S1", "J3", LEAD, "concern:C1"))
    story.says(HEALTH, AgreeOnward(items=("concern:C1",), to=POLICE))
    story.says(LEAD, a_justification("J2"), a_share("S2", "J2", POLICE, "concern:C1"))
    if opened:
        story.opens(POLICE, "concern:C1")
    story.says(HEALTH, WITHDRAW)

    assert written == seen(story, POLICE, "concern:C1")


@pytest.mark.parametrize(("opened", "written"), [(False, "W"), (True, "RF")])
def test_a_later_version_brought_by_a_continuing_share_falls_with_its_consent(opened, written):
    """It is withheld or retained like any other, never silently gone."""
    story = Story().says(SCHOOL, a_justification("J1"), a_concern())
    story.says(LEAD, a_justification("J2"), a_share("S1", "J2", POLICE, "concern:C1", continuing=True))
    story.says(SCHOOL, a_consent("K1", to=(LEAD, POLICE)), by_consent("J3", "K1"), a_correction("C1", "J3"))
    if opened:
        story.opens(POLICE, "concern:C1", 2)
    story.says(SCHOOL, WITHDRAW)

    assert written == seen(story, POLICE, "concern:C1", 2)


def test_what_the_lead_passed_on_does_not_end_with_the_share_by_which_it_had_it():
    """A decision gives what its maker held at that moment; its own end, or a consent's, ends it."""
    story = Story().says(HEALTH, a_justification("J1", recipients=(SCHOOL,)), a_justification("J3"), a_concern())
    story.says(HEALTH, a_share("S1", "J3", LEAD, "concern:C1"), AgreeOnward(items=("concern:C1",), to=POLICE))
    story.says(LEAD, a_justification("J2"), a_share("S2", "J2", POLICE, "concern:C1"))
    story.says(HEALTH, WithdrawSharing(decision="S1", reason="Ended."))

    assert ["-", "F"] == [seen(story, reader, "concern:C1") for reader in (LEAD, POLICE)]


def test_what_the_lead_only_kept_is_not_what_its_share_gives():
    """The version of its day is the newest the maker held then: what rested on nothing any more was not held."""
    story = Story().says(SCHOOL, a_justification("J1"), some_details("J1", gender="Female"))
    story.says(HEALTH, a_consent("K1"), by_consent("J2", "K1"), some_details("J2", gender="F")).says(HEALTH, WITHDRAW)
    story.says(LEAD, a_justification("J3"), a_share("S1", "J3", POLICE, "child.gender"))

    assert ["F", "-"] == [seen(story, POLICE, "child.gender", number) for number in (1, 2)]


def test_what_was_opened_on_the_second_the_consent_ended_was_not_opened_in_time():
    """In force is `recorded <= t < withdrawn`."""
    story = by_her_consent(expires=a_time(20)).opens(POLICE, "concern:C1", at=a_time(20))

    assert "W" == seen(story, POLICE, "concern:C1")


def test_being_told_whom_to_ask_keeps_nothing():
    """Opened once by a share since withdrawn; the consent that fell gave no more than whom to ask."""
    story = Story().says(SCHOOL, a_justification("J1"), a_concern(), a_consent("K1", to=(POLICE,)))
    story.says(SCHOOL, by_consent("J2", "K1"), a_share("S1", "J1", POLICE, "concern:C1"))
    story.says(SCHOOL, a_share("S2", "J2", POLICE, "concern:C1=ask_holder")).opens(POLICE, "concern:C1")
    story.says(SCHOOL, WithdrawSharing(decision="S1", reason="Too much."), WITHDRAW)

    assert "W" == seen(story, POLICE, "concern:C1")


def test_the_holder_bases_it_anew_and_it_is_seen_again():
    """Re-base on another ground: the originator shares under a public interest."""
    story = by_her_consent().says(HEALTH, WITHDRAW)
    before = [seen(story, reader, "concern:C1") for reader in (LEAD, POLICE)]
    story.says(HEALTH, a_share("S2", "J2", LEAD, "concern:C1"), a_share("S3", "J2", POLICE, "concern:C1=coarse"))

    assert [["A", "W"], ["F", "C"]] == [before, [seen(story, reader, "concern:C1") for reader in (LEAD, POLICE)]]


def test_one_answer_by_consent_takes_those_beside_it_along():
    """Withdrawal stops future showing of that answer, though others were added under a public interest."""
    story = Story().says(LEAD, a_justification("J0"), StartAssessment(justification="J0"))
    story.says(HEALTH, a_consent("K1"), by_consent("J1", "K1"), a_justification("J2"))
    story.says(HEALTH, AnswerQuestions(justification="J1", answers=(Answer(question=10, option=3),)))
    story.says(HEALTH, AnswerQuestions(justification="J2", answers=(Answer(question=1, option=3),)))
    before = seen(story, LEAD, "answers:health", 2)
    story.says(HEALTH, WITHDRAW)
    fallen = seen(story, LEAD, "answers:health", 2)
    story.says(HEALTH, AnswerQuestions(justification="J2", answers=(Answer(question=10, option=3),)))

    assert ["F", "A", "F"] == [before, fallen, seen(story, LEAD, "answers:health", 3)]


def test_a_text_put_right_does_not_come_back_by_being_retained():
    """The old text stays in the history of recorder, lead and review; consent's end brings it to nobody else."""
    story = by_her_consent().opens(POLICE, "concern:C1").opens(LEAD, "concern:C1")
    story.says(HEALTH, a_correction("C1", "J1"), WITHDRAW)

    assert ["W", "RF"] == [seen(story, reader, "concern:C1") for reader in (POLICE, LEAD)]


@pytest.mark.parametrize("reader", [LEAD, POLICE])
def test_who_kept_it_learns_that_it_was_retracted(reader):
    """"Retracted", without content, for those who had it, whatever became of the consent."""
    story = by_her_consent().opens(reader, "concern:C1")
    story.says(HEALTH, WITHDRAW, RetractConcern(concern="C1", reason="Another girl was meant."))
    found = judge(story, reader, "concern:C1", 2)

    assert (FULL, False, "retracted") == (found.showing, found.retained, found.rule)


@pytest.mark.parametrize(("reader", "written"), [(LEAD, "A"), (POLICE, "W"), (SCHOOL, "-")])
def test_who_never_had_it_learns_no_more_by_its_retraction(reader, written):
    """For those who had it."""
    story = by_her_consent().says(HEALTH, WITHDRAW, RetractConcern(concern="C1", reason="Another girl was meant."))

    assert written == seen(story, reader, "concern:C1", 2)


def test_a_retraction_is_not_known_before_it_is_recorded():
    """"As at" compares recorded."""
    story = by_her_consent().says(HEALTH, RetractConcern(concern="C1", reason="Another girl was meant."))

    assert "-" == seen(story, POLICE, "concern:C1", 2, story.at - SECOND)


def test_a_wish_to_be_asked_holds_nothing_back_from_the_lead_itself():
    """It is about going further."""
    story = Story().says(HEALTH, a_justification("J1"), a_concern(onward_sharing=Onward.ASK_ORIGINATOR))

    assert "F" == seen(story, LEAD, "concern:C1")


# ------------------------------------------------------------------------------------------- reviews


def a_scope(**more) -> ReviewOpened:
    scope = {
        "review": "V1", "reviewer": "jo", "kind": "audit", "from_day": date(2026, 1, 12), "until": date(2026, 1, 31),
        "agencies": (SCHOOL,), "locators": False, "questions": "Who knew?",
    }  # fmt: skip
    return ReviewOpened(**(scope | more), **an_act("partnership").stamp)


def a_version(at: datetime, by: str = SCHOOL, *, locator: bool = False) -> Version:
    return Version(
        item="child.name", number=1, position=1, recorded=at, by=an_act(by).by, justification="J1", locator=locator
    )


@pytest.mark.parametrize(
    ("scope", "version", "showing"),
    [
        ({}, a_version(a_time(12, "00:00")), FULL),
        ({}, a_version(a_time(31, "23:59:59")), FULL),
        ({}, a_version(a_time(11, "23:59:59")), None),
        ({}, a_version(a_time(1, "00:00", month=2)), None),
        ({}, a_version(a_time(12), POLICE), None),
        ({"agencies": (SCHOOL, POLICE)}, a_version(a_time(12), POLICE), FULL),
        ({}, a_version(a_time(12), locator=True), None),
        ({"locators": True}, a_version(a_time(12), locator=True), FULL),
        ({"locators": True}, a_version(a_time(12), POLICE, locator=True), None),
        ({"until": date(2026, 4, 30)}, a_version(a_time(30, "22:59:59", month=4)), FULL),
        ({"until": date(2026, 4, 30)}, a_version(a_time(30, "23:00", month=4)), None),
    ],
)
def test_a_review_reads_what_its_scope_gives(scope, version, showing):
    """From, until (whole days, as people there count them), agencies; locators never unless given."""
    assert showing is judge_for_review(EDITION, version, a_scope(**scope)).showing


# ------------------------------------------------------------------------------------------- looking back

# what was held then, what is held now -> what looking back shows: "at most what it was entitled to then and is now"
BACK = """
F F F
F C C
F A A
F W W
F - -
C F C
C C C
C A A
C W W
C - -
A F A
A C A
A A A
A W W
A - -
W F W
W C W
W A W
W W W
W - -
- F -
- C -
- A -
- W -
- - -
F RF RF
C RF RC
A RF A
W RF W
- RF -
F RC RC
C RC RC
A RC A
- RC -
RF F F
RC F RC
RF - -
"""
SHOWINGS = {letter: showing for showing, letter in LETTERS.items()}


def a_judgement(letters: str) -> Judgement:
    retained = letters.startswith("R")
    return Judgement(showing=SHOWINGS[letters[-1]], reason="", rule="", edition="2026-01", retained=retained)


@pytest.mark.parametrize(("then", "now", "written"), [line.split() for line in BACK.split("\n") if line])
def test_looking_back_shows_at_most_what_was_held_then_and_is_held_now(then, now, written):
    """What is only retained now is marked so."""
    found = least(a_judgement(then), a_judgement(now))

    assert written == ("R" if found.retained else "") + LETTERS[found.showing]


@pytest.mark.parametrize(
    ("at", "written"),
    [
        (lambda story: story.case.items["concern:C1"][0].recorded, "-"),
        (lambda story: story.case.sharing.decisions["S1"].made.recorded, "F"),
    ],
)
def test_any_moment_up_to_now_can_be_asked_about(at: Callable[[Story], datetime], written: str):
    """Entitlement then, whatever holds now, is for the lead and for a review."""
    story = by_her_consent().opens(POLICE, "concern:C1").says(HEALTH, WITHDRAW)

    assert written == seen(story, POLICE, "concern:C1", 1, at(story))


@pytest.mark.parametrize(
    ("more", "get"),
    [({}, (SCHOOL, LEAD)), ({"recipients": (LEAD,)}, (SCHOOL, LEAD)), ({"recipients": (POLICE,)}, (SCHOOL,))],
)
def test_who_would_get_what_is_about_to_be_recorded(more, get):
    """Its recorder; the lead where the justification reaches it; recipients give nothing to others (design §3.2)."""
    story = Story().says(SCHOOL, a_justification("J1", **more))
    version = Version(
        item="concern:unrecorded", number=1, position=9, recorded=story.at, by=Actor("ben", Role.PRACTITIONER, SCHOOL),
        justification="J1",
    )  # fmt: skip
    agencies = (AGENCIES[SCHOOL], AGENCIES[LEAD], AGENCIES[POLICE])

    assert get == who_would_get(EDITION, story.case, version, agencies, story.at, story.disclosures)
