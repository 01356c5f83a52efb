"""The policy tables printed for practitioners and auditors, as Markdown that does not change unless a table does."""

from collections.abc import Iterable, Sequence

from application.queries.policies_in_force import PoliciesView
from domain.vocabulary import AgencyKind, Role, Showing

ROLES = {
    Role.PRACTITIONER: "practitioner",
    Role.TEAM_MANAGER: "Team Manager",
    Role.CSE_PREVENTION_MANAGER: "CSE Prevention Manager",
    Role.PARTNERSHIP_MANAGER: "partnership manager",
    Role.REVIEWER: "reviewer",
    Role.AUDITOR: "auditor",
    Role.ADMINISTRATOR: "administrator",
}
KINDS = {
    AgencyKind.CHILDRENS_SOCIAL_CARE: "children's social care",
    AgencyKind.POLICE: "police",
    AgencyKind.HEALTH: "health",
    AgencyKind.EDUCATION: "education",
    AgencyKind.VOLUNTARY: "voluntary",
    AgencyKind.PARTNERSHIP: "partnership office",
}
WHOSE = {"any": "any agency", "lead": "the lead agency", "partnership": "the partnership office"}
SHOWINGS = {Showing.FULL: "in full", Showing.COARSE: "its shorter form"}
MATCHES = {"name": "name", "date_of_birth": "date of birth"}

HEAD = """# Policy tables

What each role may do, and the limits of a share, exactly as the hub applies them. Printed from the tables by
`hub policy-tables`, and `make test` checks that it still says the same: change the tables, never this page.

The tables limit; they give nothing. Whether a person may see a case at all, and what of it their agency holds title
to, is worked out for that case. **What no row allows, nobody may do.** An edition in force is never edited: a change
is a new edition with a later date. "Toolkit" and "section" in a reason mean the partnership's assessment toolkit; how
the hub works out what a reader may see is in [architecture.md](architecture.md).
"""


def markdown(editions: Iterable[PoliciesView]) -> str:
    """All editions given, the newest first."""
    newest_first = sorted(editions, key=lambda edition: edition.in_force_from, reverse=True)
    return "\n".join([HEAD, *(_edition(edition) for edition in newest_first)])


def _edition(edition: PoliciesView) -> str:
    until = f" to the day before {edition.in_force_until}" if edition.in_force_until else ", until another follows"
    return "\n".join(
        [
            f"## Edition {edition.edition}\n",
            f"In force from {edition.in_force_from}{until}.\n",
            *_acts(edition),
            *_limited_share(edition),
            *_emergency(edition),
            *_coarse(edition),
            *_placing_and_searching(edition),
            *_clocks(edition),
            *_proposals(edition),
        ]
    )


def _acts(edition: PoliciesView) -> list[str]:
    by_act = [
        (act.label, _list([ROLES[role] for role in act.roles], "or"), WHOSE[act.by], act.because)
        for act in edition.acts
    ]
    by_role = []
    for role, name in ROLES.items():
        acts = [act.label.lower() + _limit(act.by) for act in edition.acts if role in act.roles]
        by_role.append((name, ", ".join(acts) or "nothing"))
    return [
        "### Who may do what\n",
        _table(("Act", "Who", "Of", "Because"), by_act),
        "### The same, by role\n",
        _table(("Role", "May"), by_role),
    ]


def _limit(by: str) -> str:
    return "" if by == "any" else f" ({WHOSE[by]} only)"


def _limited_share(edition: PoliciesView) -> list[str]:
    return [
        "### A share in order to decide on further sharing\n",
        f"Ground `{edition.limited_ground}`. {edition.limited_because}",
        f"It ends within {edition.limited_days} days and gives at most what stands here, never where to find her.\n",
        _table(("Item", "At most"), [(line.label, SHOWINGS[line.at_most]) for line in edition.limited_items]),
    ]


def _emergency(edition: PoliciesView) -> list[str]:
    kinds = _list([KINDS[kind] for kind in edition.emergency_kinds], "and")
    return [
        "### In an emergency\n",
        f"One case, for {edition.emergency_minutes} minutes, to people of another agency than the lead: {kinds}.",
        f"{edition.emergency_because} It shows at most what stands here, of what the lead holds, on one page, never in "
        "a file.\n",
        _table(
            ("Item", "At most", "Because"),
            [(line.label, SHOWINGS[line.at_most], line.because) for line in edition.emergency_items],
        ),
    ]


def _coarse(edition: PoliciesView) -> list[str]:
    return [
        "### Shorter forms\n",
        "Only these items have one; of anything else there is no part to give.\n",
        _table(("Item", "Its shorter form shows"), [(line.label, line.shows) for line in edition.coarse]),
    ]


def _placing_and_searching(edition: PoliciesView) -> list[str]:
    match = _list([MATCHES[part] for part in edition.placing_match], "and")
    told = _list([KINDS[kind] for kind in edition.searching_told], "and") if edition.searching_told else "nobody"
    return [
        "### Placing what is sent in\n",
        f"Must match exactly: {match}. {edition.placing_because}\n",
        "### Searching\n",
        f'Every search is answered: "{edition.searching_answer}"',
        f"Told whom to ask: {told}. {edition.searching_because}\n",
    ]


def _clocks(edition: PoliciesView) -> list[str]:
    acknowledged, consent = edition.referral_acknowledged_working_days, edition.withdrawn_consent_working_days
    days = [
        ("A referral is acknowledged", _within(acknowledged, "working day")),
        ("What rested on a withdrawn consent is reviewed", _within(consent, "working day")),
        ("A share is looked at again", _within(edition.review_after_days, "day")),
        ("A share is undone by who made it", _within(edition.share_undone_seconds, "second")),
        (
            "Somebody else looks at what was opened on duty or in an emergency",
            _within(edition.way_in_reviewed_working_days, "working day"),
        ),
    ]
    return [
        "### Clocks\n",
        f"They make tasks; letting one pass takes nothing from anybody. {edition.clocks_because}\n",
        _table(("What", "When"), days),
    ]


def _proposals(edition: PoliciesView) -> list[str]:
    rows = [(KINDS[line.agency], ", ".join(line.labels)) for line in edition.proposals]
    return [
        "### What the sharing form proposes\n",
        "A proposal gives nothing: the professional decides, item by item.\n",
        _table(("To an agency of", "Proposed"), rows),
    ]


def _table(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [headings, ["---"] * len(headings), *rows]
    return "".join("| " + " | ".join(_cell(cell) for cell in line) + " |\n" for line in lines)


def _cell(text: str) -> str:
    """Text that cannot break out of its column."""
    return " ".join(text.replace("|", "\\|").split())


def _within(number: int, unit: str) -> str:
    return f"within {number} {unit}{'' if number == 1 else 's'}"


def _list(words: Iterable[str], joined_by: str) -> str:
    *before, last = words
    return f"{', '.join(before)} {joined_by} {last}" if before else last
