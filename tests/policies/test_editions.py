"""Policy editions: dated tables that refuse what is unknown, doubled or empty."""

import re
from datetime import date
from importlib import resources

import msgspec
import pytest

from domain.vocabulary import AgencyKind, Ground, Showing
from policies.editions import NoEditionInForce, edition_in_force, editions, in_order, newest_begun, read
from tests.domain.builders import a_time

TEXT = (resources.files("policies") / "editions" / "2026-01.toml").read_text(encoding="utf-8")


def changed(old: str, new: str) -> str:
    """The first edition with its first `old` made `new`."""
    assert old in TEXT
    return TEXT.replace(old, new, 1)


@pytest.mark.parametrize(
    "text",
    [
        changed('edition = "2026-01"', 'edition = "2026-01"\ncolour = "green"'),
        changed('because = "Anyone', 'unless = "asked"\nbecause = "Anyone'),
        changed("longest_days = 14", "longest_days = 14\nlongest_hours = 3"),
        changed('shows = "first name"', 'shows = "first name"\nhides = "last name"'),
    ],
    ids=["edition", "act", "limited share", "coarse"],
)
def test_an_unknown_key_is_refused(text):
    """A misspelt clause would be silence, and silence is absence."""
    with pytest.raises(msgspec.ValidationError, match="unknown field"):
        read(text)


@pytest.mark.parametrize(
    "text",
    [
        TEXT + '\n[[act]]\nname = "open_case"\nroles = ["auditor"]\nby = "any"\nbecause = "Doubled."\n',
        TEXT + '\n[[coarse]]\nitem = "concern"\nshows = "everything"\n',
        TEXT + '\n[[proposal]]\nagency = "police"\nitems = ["child.address"]\n',
        changed("[[limited_share.item]]", '[[limited_share.item]]\nitem = "concern"\nat_most = "full"\n\n'
                                          "[[limited_share.item]]"),
        changed('roles = ["practitioner"]', 'roles = ["practitioner", "practitioner"]'),
        changed('match = ["name", "date_of_birth"]', 'match = ["name", "name"]'),
    ],
    ids=["act", "coarse", "proposal", "limited item", "role", "match"],
)  # fmt: skip
def test_a_row_that_stands_twice_is_refused(text):
    """Two rows for one thing would leave the order to decide."""
    with pytest.raises(msgspec.ValidationError, match="twice"):
        read(text)


@pytest.mark.parametrize(
    "text",
    [
        changed('roles = ["practitioner"]', "roles = []"),
        changed('match = ["name", "date_of_birth"]', "match = []"),
        changed('because = "Anyone working with children records and refers (toolkit 2.1)."', 'because = ""'),
        changed('answer = "We do not confirm whether a record exists."', 'answer = ""'),
        changed('tell_whom_to_ask = ["childrens_social_care", "police", "health", "education"]',
                "tell_whom_to_ask = []"),
        changed('items = ["risk", "plan"]', "items = []"),
        changed("longest_days = 14", "longest_days = 0"),
    ],
    ids=["roles", "match", "because", "answer", "whom to ask", "proposal", "days"],
)  # fmt: skip
def test_an_empty_clause_is_refused(text):
    """An empty row would mean nobody, or everybody."""
    with pytest.raises(msgspec.ValidationError):
        read(text)


@pytest.mark.parametrize(
    "text",
    [
        changed('"practitioner"', '"social_worker"'),
        changed('by = "lead"\n', 'by = "everybody"\n'),
        changed('ground = "decide_on_further_sharing"', 'ground = "curiosity"'),
        changed('at_most = "full"', 'at_most = "most"'),
        changed('agency = "police"', 'agency = "press"'),
    ],
)
def test_a_word_outside_the_vocabulary_is_refused(text):
    """The tables speak in the words that get stored."""
    with pytest.raises(msgspec.ValidationError):
        read(text)


@pytest.mark.parametrize("table", ["act", "coarse", "proposal", "limited_share.item"])
def test_a_table_left_out_is_refused(table):
    """An edition says everything; what it does not say is not guessed."""
    rows = re.compile(rf"\[\[{re.escape(table)}\]\]\n(?:.+\n)+")

    with pytest.raises(msgspec.ValidationError, match="missing required field"):
        read(rows.sub("", TEXT + "\n"))


@pytest.mark.parametrize(
    ("at", "edition"),
    [(a_time(1, "00:00"), "2026-01"), (a_time(12), "2026-01"), (a_time(31, month=12), "2026-01")],
)
def test_the_first_edition_is_in_force_from_its_date(at, edition):
    """In force from 2026-01-01."""
    assert edition == edition_in_force(at).edition


def test_before_any_edition_nothing_is_judged():
    """No edition, no judgement."""
    with pytest.raises(NoEditionInForce, match="2025-12-31"):
        edition_in_force(a_time(1, "00:00").replace(year=2025, month=12, day=31, hour=23, minute=59))


@pytest.mark.parametrize(
    ("day", "edition"),
    [
        (date(2026, 1, 1), "2026-01"),
        (date(2026, 6, 30), "2026-01"),
        (date(2026, 7, 1), "2026-07"),
        (date(2027, 1, 1), "2026-07"),
    ],
)
def test_the_newest_edition_whose_date_has_come_is_in_force(day, edition):
    """An edition is in force until the next follows it."""
    later = read(TEXT.replace('"2026-01"', '"2026-07"').replace("2026-01-01", "2026-07-01"))

    assert edition == newest_begun(in_order([later, *editions()]), day).edition


def test_two_editions_cannot_come_into_force_on_one_day():
    """Neither would be the newest."""
    with pytest.raises(ValueError, match="twice"):
        in_order([*editions(), *editions()])


def test_the_first_edition_caps_what_section_two_three_says_and_nothing_else():
    """Name, date of birth, gender and coarse concerns, 14 days (design §2, section 2.3 as rules)."""
    limited = editions()[0].limited_share

    assert (
        Ground.DECIDE_ON_FURTHER_SHARING,
        14,
        {"child.name": "full", "child.date_of_birth": "full", "child.gender": "full", "concern": "coarse"},
    ) == (limited.ground, limited.longest_days, {limit.item: limit.at_most for limit in limited.items})


@pytest.mark.parametrize(
    ("item", "at_most"),
    [("child.name", Showing.FULL), ("concern:C1", Showing.COARSE), ("child.address", None), ("child", None)],
)
def test_a_limit_is_found_by_item_or_by_its_kind(item, at_most):
    """`concern` stands for every concern; silence is absence."""
    assert at_most is editions()[0].limited_share.at_most(item)


@pytest.mark.parametrize(
    ("item", "coarse"),
    [("child.name", True), ("child.date_of_birth", True), ("child.postcode", True), ("concern:C1", True),
     ("child.gender", False), ("risk", False), ("answers:csc", False)],
)  # fmt: skip
def test_a_coarse_form_exists_for_four_items_only(item, coarse):
    """First name, age, outward postcode, headline (design §1)."""
    assert coarse is editions()[0].has_coarse(item)


def test_a_form_proposes_only_what_the_edition_says():
    """Defaults for forms; the professional decides."""
    edition = editions()[0]

    assert [("risk", "plan"), ()] == [edition.proposes(kind) for kind in (AgencyKind.EDUCATION, AgencyKind.PARTNERSHIP)]


def test_an_act_the_edition_does_not_know_has_no_rule():
    """Silence is absence."""
    assert editions()[0].act("erase_case") is None
