"""A cell in words: what pages and exports say of it is the same everywhere."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from msgspec.structs import replace

from application.laying_out import (
    blank_reason_in_words,
    ethnicity_in_words,
    kind_of,
    lines_of,
    mark_of,
    moment_in_words,
    notes_of,
    occurred_in_words,
    title_of,
)
from application.views import Cell
from domain.actions import Checked
from domain.assessment import AgencyAnswers, Answer, BlankAnswer, Ticks
from domain.concerns import Concern, Place, Vehicle
from domain.details import Blank, Carer
from domain.directory import Agency, Directory, Person
from domain.instrument import instrument
from domain.items import CoarseConcern
from domain.people import PersonOfConcern
from domain.record import Actor
from domain.risk import Proposal, Reasons, Stance, Standing
from domain.times import Occurred
from domain.vocabulary import (
    AgeBasis,
    AgencyKind,
    BlankReason,
    Change,
    Nature,
    PersonKind,
    PlaceKind,
    Precision,
    Role,
    Showing,
    Told,
)

SUMMER_NOON = datetime(2026, 7, 1, 12, 0, tzinfo=UTC)
NAMES = Directory(
    agencies={"csc": Agency("csc", "Children's Social Care", AgencyKind.CHILDRENS_SOCIAL_CARE, True)},
    people={"tom": Person("tom", "Tom Adeyemi", "csc", "")},
)
TOM = Actor("tom", Role.TEAM_MANAGER, "csc")


def a_cell(item: str = "concern:C1", **more: Any) -> Cell:
    return Cell(**{"item": item, "label": "Label", "showing": Showing.FULL, "version": 1, **more})


@pytest.mark.parametrize(
    ("start", "until", "precision", "words"),
    [
        ("2026-01-05", "", Precision.DAY, "5 January 2026"),
        ("2026-01-05", "2026-01-12", Precision.DAY, "5 January 2026 to 12 January 2026"),
        ("2026-01-05", "2026-01-05", Precision.DAY, "5 January 2026"),
        ("2026-01-23T18:00:00", "", Precision.MINUTE, "23 January 2026 at 18:00"),
        ("2026-01", "", Precision.MONTH, "some time in January 2026"),
        ("2026-01-09", "", Precision.MONTH, "some time in January 2026"),
        ("2025-12-18", "", Precision.ABOUT, "about 18 December 2025"),
        ("", "", Precision.UNKNOWN, "not known when"),
    ],
)
def test_when_it_happened_is_said_as_exactly_as_it_is_known(
    start: str, until: str, precision: Precision, words: str
) -> None:
    """Precision is never more, in words, than was recorded."""
    assert words == occurred_in_words(Occurred(start=start, until=until, precision=precision))


def test_a_thing_without_a_time_of_its_own_has_none() -> None:
    """What has no time is not given that of its recording."""
    assert occurred_in_words(None) == "not known when"


def test_a_recording_shows_the_time_on_the_wall() -> None:
    """Stored in UTC, shown in local time, summer included."""
    assert moment_in_words(SUMMER_NOON) == "1 July 2026, 13:00"


@pytest.mark.parametrize(
    ("content", "kind", "lines"),
    [
        ("Maya", "child", (("Label", "Maya"),)),
        (Blank(BlankReason.NOT_KNOWN), "child", (("Label", "Left blank: not known"),)),
        (CoarseConcern("Seen with a man"), "concern", (("Headline", "Seen with a man"),)),
        (Place(id="P", kind=PlaceKind.HOTSPOT, description="Car park"), "place", (("Hotspot", "Car park"),)),
        (Vehicle(id="V", description="Grey car"), "place", (("Vehicle", "Grey car"),)),
        (
            Carer(id="M", name="Dana", relationship="mother", safe_to_inform=Told.NOT_YET, why="Not known."),
            "carer",
            (("Name", "Dana"), ("Relationship", "mother"), ("Parental responsibility", "not known"),
             ("Safe to inform", "not yet: Not known.")),
        ),
        (
            PersonOfConcern(kind=PersonKind.ASSOCIATE, age=24, age_basis=AgeBasis.ESTIMATE, vehicle="van",
                            ethnicity="white_british", ethnicity_view="officer's view",
                            perpetrator_type=("single_adult",)),
            "person",
            (("Associate", "name not known"), ("Age", "24 (estimate)"), ("Ethnicity", "White British (officer's view)"),
             ("Vehicle", "van"), ("Type", "Single Adult")),
        ),
        (
            Ticks({"method_of_coercion": ("gifts", "other")}, {"method_of_coercion": "lifts"}),
            "ticks",
            (("Actual/Suspected Method of Coercion", "Gifts (e.g. phone top ups); Other (please state): lifts"),),
        ),
    ],
)  # fmt: skip
def test_each_sort_of_content_has_words(content: Any, kind: str, lines: tuple[tuple[str, str], ...]) -> None:
    """Labels and values for people; no key of a table is among them."""
    cell = a_cell(content=content)

    assert kind == kind_of(cell)
    assert lines == lines_of(cell, NAMES)


def test_a_concern_is_told_with_what_it_is_and_where_it_is_from() -> None:
    """Fact and opinion are told apart, empty parts are left out, and her voice has a line of its own."""
    concern = Concern(
        occurred=Occurred(start="2026-01-17"), basis=("disclosure",), heading="police_activity", headline="Spoke",
        narrative="Said so.", nature=Nature.OPINION, child_voice="Stop.", reported="2026-07-01T12:00:00+00:00",
        significant=True,
    )  # fmt: skip

    assert (
        ("Headline", "Spoke"),
        ("When", "17 January 2026"),
        ("Professional opinion", "Said so."),
        ("Basis of concern", "Disclosure of exploitation"),
        ("The young person's voice", "Stop."),
        ("Reported to us", "1 July 2026, 13:00"),
        ("Significant", "Marked as significant by its recorder"),
    ) == lines_of(a_cell(content=concern))


def test_answers_stand_in_the_forms_words_and_blanks_with_their_reason() -> None:
    """A chosen wording among several is the one given; a blank names whom to ask."""
    given = AgencyAnswers(
        {1: Answer(question=1, option=3, alternative=2, evidence="C2", note="Once.")},
        {2: BlankAnswer(question=2, reason=BlankReason.ASK_OTHER_WORKER, whom="csc")},
    )

    assert (
        ("1. Missing Episodes", "3. Occasionally goes missing, short episodes. Rests on concern C2. Note: Once."),
        ("2. Education", "Left blank: ask another worker (Children's Social Care)"),
    ) == lines_of(a_cell("answers:csc", content=given), NAMES)


def test_a_level_in_force_names_who_signed() -> None:
    """Roles and names; a higher level proposed since, and answers changed since, are said."""
    standing = Standing(
        in_force=2, agreed=SUMMER_NOON, signed_by={Role.TEAM_MANAGER: "tom"}, stale=True, act_as=3, pending=3,
        actions=(MEETING,),
    )  # fmt: skip

    assert (
        ("Level of risk", "Category 2, agreed 1 July 2026. Act as category 3"),
        ("Signed as Team Manager", "Tom Adeyemi"),
        ("Required at category 2", "Strategy Meeting to be held. No date set yet."),
        ("Proposed", "Category 3, not agreed by both yet"),
        ("Out of date", "An answer has changed since; it stays in force until the next agreement"),
    ) == lines_of(a_cell("risk", content=standing), NAMES)
    title = title_of(a_cell("risk", content=standing))
    assert "Level of risk: category 2, agreed 1 July 2026. Act as category 3" == title


def test_without_agreement_the_words_say_how_to_act() -> None:
    """Not agreed: act as the highest level held."""
    standing = Standing(in_force=None, agreed=None, signed_by={}, stale=False, act_as=3, pending=2)

    assert lines_of(a_cell("risk", content=standing))[0] == ("Level of risk", "Not agreed: act as category 3")
    assert "Level of risk not agreed: act as category 3" == title_of(a_cell("risk", content=standing))


def test_the_reasons_keep_the_dissent() -> None:
    """Proposal, rationale, why lower, and each manager's stance."""
    team, prevention = Role.TEAM_MANAGER, Role.CSE_PREVENTION_MANAGER
    agrees = Stance(by=TOM, as_role=team, recorded=SUMMER_NOON, agrees=True, level=2)
    differs = Stance(by=TOM, as_role=prevention, recorded=SUMMER_NOON, agrees=False, level=3, reason="Gifts.")
    proposal = Proposal(
        id="A1", justification="J1", category=2, rationale="One episode.", downgrade_reason="Plan done.", by=TOM,
        recorded=SUMMER_NOON, position=1, stances={agrees.as_role: agrees, differs.as_role: differs},
    )  # fmt: skip

    assert (
        ("Category 2 proposed", "Tom Adeyemi, 1 July 2026, not agreed by both"),
        ("Rationale", "One episode."),
        ("Why lower", "Plan done."),
        ("Agreed", "Tom Adeyemi, Team Manager"),
        ("Dissented", "Tom Adeyemi, CSE Prevention Manager, holds category 3: Gifts."),
    ) == lines_of(a_cell("risk.reasons", content=Reasons((proposal,))), NAMES)


@pytest.mark.parametrize(
    ("more", "mark"),
    [
        (
            {"showing": Showing.WITHHELD, "reason": "It fell.", "ask": "csc"},
            ("Withheld", "It fell. Ask Children's Social Care."),
        ),
        ({"showing": Showing.ASK_HOLDER, "ask": "csc"}, ("Ask the holder", "Ask Children's Social Care.")),
        (
            {"change": Change.RETRACTED, "recorded": SUMMER_NOON},
            ("Retracted", "Taken back by its recorder on 1 July 2026; its content is not shown."),
        ),
    ],
)
def test_what_stands_in_the_place_of_content_is_no_blank(more: dict[str, Any], mark: tuple[str, str]) -> None:
    """Withheld, held by another and taken back are three things, and none reads as unanswered."""
    cell = a_cell(**more)

    assert mark == mark_of(cell, NAMES)
    assert (mark,) == lines_of(cell, NAMES)
    assert kind_of(cell) == "nothing"


def test_a_cell_with_content_has_no_mark() -> None:
    """The mark stands only where content does not."""
    assert mark_of(a_cell(content="Maya")) is None


def test_notes_say_what_must_be_said_beside_the_content() -> None:
    """Kept after withdrawal, given in part and whom to ask, put right and why."""
    retained = a_cell(content="x", retained=True, reason="Do not pass on.")
    part = a_cell(content="x", showing=Showing.COARSE, shared_by="csc")
    corrected = a_cell(content="x", change=Change.CORRECTED, recorded=SUMMER_NOON, change_reason="Wrong car park.")

    assert notes_of(retained) == ("Retained. Do not pass on.",)
    assert notes_of(part, NAMES) == ("Given in part. For more, ask Children's Social Care.",)
    assert notes_of(corrected) == ("Corrected on 1 July 2026: Wrong car park.",)
    assert notes_of(a_cell(content="x")) == ()


@pytest.mark.parametrize(
    ("item", "value", "words"),
    [
        ("child.date_of_birth", "2010-05-14", "14 May 2010"),
        ("child.date_of_birth", "15 years old", "15 years old"),
        ("child.ethnicity", "mixed_white_black_caribbean", "White and Black Caribbean"),
        ("child.has_social_worker", "unknown", "Not known"),
        ("child.has_social_worker", "yes", "Yes"),
        ("child.school", "", "There is an entry; it has no shorter form to show."),
    ],
)
def test_details_are_put_in_words(item: str, value: str, words: str) -> None:
    """Dates, ethnicity and codes as people say them; an age given in place of a date stays an age."""
    assert lines_of(a_cell(item, content=value)) == (("Label", words),)


def test_no_printed_code_stands_for_an_ethnicity() -> None:
    """The printed codes name other groups in every partner's set; words for all, and the partner's own code."""
    said = {
        row.key: [ethnicity_in_words(row.key, kind) for kind in (None, AgencyKind.POLICE, AgencyKind.HEALTH)]
        for row in instrument().ethnicities
    }

    assert said["white_british"][1:] == ["White British (police 18+1 code W1)", "White British (NHS code A)"]
    assert said["arab"] == ["Arab", "Arab (police 18+1 code O2)", "Arab (NHS code S, nearest)"]
    assert said["not_known_or_prefer_not_to_say"][2] == "Not Known / Prefer not to say"
    assert [row.printed_label for row in instrument().ethnicities if row.printed_label in str(said)] == []


def test_a_blank_says_whose_it_is() -> None:
    """On a sheet of several agencies each blank names its own."""
    assert blank_reason_in_words("not_asked", by="Oakfield Academy") == "Left blank by Oakfield Academy: not asked"


def test_content_without_words_is_refused() -> None:
    """A new sort of content must be given words before it is shown; it never comes out as a guess."""
    with pytest.raises(TypeError, match="no words yet"):
        lines_of(a_cell(content=date(2026, 1, 1)))


MEETING = Checked(key="strategy_meeting", text="Strategy Meeting to be held.")


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({}, "Strategy Meeting to be held. No date set yet."),
        ({"due": date(2026, 1, 28)}, "Strategy Meeting to be held. By 28 January 2026."),
        ({"done": True, "on": date(2026, 1, 26)}, "Strategy Meeting to be held. Done 26 January 2026."),
        (
            {"done": False, "on": date(2026, 1, 26)},
            "Strategy Meeting to be held. Decided not to be done 26 January 2026.",
        ),
    ],
)
def test_a_required_action_is_said_with_its_date_or_what_became_of_it(more: dict[str, Any], said: str) -> None:
    """Part of the level: wherever it is shared."""
    standing = Standing(
        in_force=3, agreed=None, signed_by={}, stale=False, act_as=3, actions=(replace(MEETING, **more),)
    )

    assert ("Required", said) in lines_of(a_cell("risk", content=standing), NAMES)


def test_who_sees_to_it_and_what_came_of_it_stand_with_the_reasons() -> None:
    """What is still open and nobody's has nothing to say there."""
    done = replace(MEETING, who="Duty team", done=True, outcome="Held at ten.")

    assert (("Strategy Meeting to be held", "Duty team. Held at ten."),) == lines_of(
        a_cell("risk.reasons", content=Reasons((), (MEETING, done))), NAMES
    )
