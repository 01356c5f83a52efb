"""Rows of a case: whose lists it is a candidate for, and the key it is placed by; a function of its state."""

from application.likeness import keys_of, names_in
from application.ports import BlindIndex, Row
from domain.case import Case
from policies.editions import Edition
from policies.matching import placing_key

CASELOAD = "caseload"
LEAD = "lead"
AGENCY = "agency"
REVIEWER = "reviewer"
PLACING = "placing"
SEALED = "sealed"
FINDING = "finding"
KNOWN_AS = "child.also_known_as"


def rows_of(case: Case, edition: Edition, blind: BlindIndex) -> list[Row]:
    """All rows of one case, in order; equal states make equal rows."""
    ref = str(case.id)
    rows = {Row(CASELOAD, blind.key(CASELOAD, person), ref) for person in _people(case)}
    rows |= {Row(AGENCY, blind.key(AGENCY, agency), ref) for agency in _agencies(case)}
    rows |= {Row(REVIEWER, blind.key(REVIEWER, review.reviewer), ref) for review in case.reviews.values()}
    rows.add(Row(LEAD, blind.key(LEAD, case.lead), ref))
    if any(seal.ended is None for seal in case.access.seals):
        rows.add(Row(SEALED, blind.key(SEALED, case.lead), ref))
    key = naming_key(case, edition)
    if key is not None:
        rows.add(Row(PLACING, blind.key(PLACING, key), ref))
    rows |= {Row(FINDING, blind.key(FINDING, key), ref) for key in _finding_keys(case)}
    return sorted(rows)


def made_of(case: Case) -> tuple[object, ...]:
    """The parts of a case its rows are made of: where these are as they were, so are the rows."""
    return (
        case.lead, case.opened_by, case.details, case.team, case.referrals, case.requests, case.reviews, case.access
    )  # fmt: skip


def _people(case: Case) -> set[str]:
    """The case team, and who ever came in on duty or in an emergency: while that lasts the case is on their list."""
    return {*case.team.members, *(way.made.by.person for way in case.access.ways_in)}


def _agencies(case: Case) -> set[str]:
    """Agencies with somebody in the team, or to whom something was sent that nobody has taken up."""
    sent = {one.made.to for one in case.referrals.values()} | {one.of for one in case.requests.values()}
    return set(case.team.members.values()) | sent


def naming_key(case: Case, edition: Edition) -> str | None:
    """The key of the newest naming by who opened the case or by the lead; others cannot draw records to themselves."""
    newest = {}
    by = {case.opened_by, case.lead}
    for item in ("child.name", "child.date_of_birth"):
        common = [v for v in case.details.get(item, ()) if not v.private and v.by.agency in by]
        newest[item] = common[-1].content if common and isinstance(common[-1].content, str) else ""
    return placing_key(edition, newest["child.name"], newest["child.date_of_birth"])


def _finding_keys(case: Case) -> set[str]:
    """The keys of every naming that somebody may see in this case: any name ever given with any date of birth."""
    called = _told(case, "child.name") | {name for text in _told(case, KNOWN_AS) for name in names_in(text)}
    return {key for name in called for born in _told(case, "child.date_of_birth") for key in keys_of(name, born)}


def _told(case: Case, item: str) -> set[str]:
    return {version.content for version in case.details.get(item, ()) if isinstance(version.content, str)}
