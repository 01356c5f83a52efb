"""Streams beside the case: what was shown to whom, and what an agency was asked and refused."""

import pytest

from domain.agency import (
    ListShown,
    LookRefused,
    RequestPlaced,
    RequestReceived,
    SearchMade,
    Unplaced,
    fold_looks,
)
from domain.agency import fold as fold_agency
from domain.disclosures import CaseExported, CaseShown, CorrectionTold, Disclosures, Opening, ShownItem
from domain.disclosures import fold as fold_disclosures
from domain.requests import About
from domain.vocabulary import Showing
from tests.domain.builders import HEALTH, LEAD, POLICE, a_time, an_act

FULL, COARSE, ASK, WITHHELD = Showing


def a_look(by: str, showing: Showing, day: int = 13, version: int = 1) -> CaseShown:
    items = (ShownItem("concern:C1", version, showing, "lead by justification"),)
    return CaseShown(what="case", items=items, edition="2026-01", **an_act(by, a_time(day)).stamp)


def test_what_was_shown_counts_as_opened():
    """By agency and person, item and version, showing and time."""
    opening = Opening(POLICE, "police-worker", "concern:C1", 1, FULL, a_time(13))

    assert (opening,) == fold_disclosures([a_look(POLICE, FULL)]).openings


@pytest.mark.parametrize("showing", [ASK, WITHHELD])
def test_what_was_not_shown_was_not_opened(showing):
    """Being told that there is something is not having it."""
    assert () == fold_disclosures([a_look(POLICE, showing)]).openings


def test_what_was_handed_over_counts_as_opened_by_its_recipient():
    """An export is itself a disclosure."""
    export = CaseExported(
        what="referral pack", recipient=POLICE, items=(ShownItem("concern:C1", 1, FULL, "sharing decision"),),
        edition="2026-01", digest="0" * 64, **an_act(LEAD, a_time(13)).stamp,
    )  # fmt: skip

    assert [POLICE] == [opening.agency for opening in fold_disclosures([export]).openings]


def test_corrections_told_are_kept():
    """The lead told an agency that something it had seen was corrected."""
    told = CorrectionTold(item="concern:C1", agency=POLICE, how="telephone", **an_act(LEAD).stamp)

    assert Disclosures(version=1, told=(told,)) == fold_disclosures([told])


def test_the_first_time_each_person_saw_a_version_that_fully_is_kept():
    """Looking again and again does not weigh a case down."""
    looks = [a_look(POLICE, COARSE, 13), a_look(POLICE, FULL, 14), a_look(POLICE, COARSE, 15), a_look(POLICE, FULL, 16)]

    assert [(COARSE, a_time(13)), (FULL, a_time(14))] == [
        (opening.showing, opening.at) for opening in fold_disclosures(looks).openings
    ]


@pytest.mark.parametrize(
    ("agency", "item", "versions"),
    [(POLICE, "concern:C1", [1, 2]), (POLICE, "concern:C2", []), (HEALTH, "concern:C1", [])],
)
def test_openings_are_found_by_agency_and_item(agency, item, versions):
    """Nobody else's, of nothing else."""
    shown = fold_disclosures([a_look(POLICE, FULL), a_look(POLICE, FULL, version=2)])

    assert versions == [opening.version for opening in shown.of(agency, item)]


def test_reading_on_from_where_one_stood_comes_to_the_same():
    """`fold` may go on from what it came to before."""
    looks = [a_look(POLICE, COARSE, 13), a_look(POLICE, FULL, 14), a_look(HEALTH, FULL, 15)]

    assert fold_disclosures(looks) == fold_disclosures(looks[1:], fold_disclosures(looks[:1]))


def test_an_opening_is_kept_under_what_tells_it_from_others():
    """Agency, person, item, version and how much of it."""
    shown = fold_disclosures([a_look(POLICE, COARSE, 13), a_look(POLICE, FULL, 14), a_look(HEALTH, FULL, 15)])

    assert list(shown.first) == [opening.key for opening in shown.openings]


def test_other_events_open_nothing():
    """The stream counts them all the same."""
    stray = LookRefused(what="case", case="", **an_act(POLICE).stamp)

    assert Disclosures(1) == fold_disclosures([stray])


def a_request(name: str) -> RequestReceived:
    about = About(name="Maya Elison")
    return RequestReceived(request=name, of=LEAD, wanted="All.", purpose="enquiry", about=about, **an_act(POLICE).stamp)


def test_a_request_waits_until_it_is_placed():
    """The asked agency places it, or finds that it concerns nobody known."""
    first, second = a_request("Q1"), a_request("Q2")
    placed = RequestPlaced(request="Q1", case="", **an_act(LEAD).stamp)

    assert Unplaced({"Q2": second}) == fold_agency([first, second, placed])


def test_placing_what_is_not_there_and_refused_looks_leave_nothing_waiting():
    """`fold` cannot fail."""
    events = [
        RequestPlaced(request="Q9", case="", **an_act(LEAD).stamp),
        LookRefused(what="case", case="", **an_act(POLICE).stamp),
    ]

    assert Unplaced({}) == fold_agency(events)


def test_looks_that_stand_beside_a_case_are_found_by_it():
    """Refused looks and what searches found, in order, going on from what was known; other lists are not among them."""
    stamp = an_act(LEAD).stamp
    refused = LookRefused(what="case", case="one", sealed=True, **stamp)
    found = ListShown(what="search", entries=(("one", ()), ("two", ())), **stamp)
    listed = ListShown(what="caseload", entries=(("one", ()),), **stamp)
    searched = SearchMade(terms=About(name="Maya"), reason="r", matched=1, **stamp)
    known = fold_looks([refused, listed], {})

    assert {"one": (refused,)} == known
    assert {"one": (refused, found), "two": (found,)} == fold_looks([searched, found], known)
