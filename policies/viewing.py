"""Who may see what: access to the case, then title to each version of each item, then caps, then denies (design §3)."""

from collections.abc import Iterator
from datetime import datetime
from enum import StrEnum

import msgspec

from domain.case import Case
from domain.directory import Agency, Person
from domain.disclosures import Disclosures
from domain.record import Version
from domain.review import ReviewOpened
from domain.sharing import Decision, Shared
from domain.vocabulary import Change, Role, Showing
from policies.editions import Edition

RANK = {None: 0, Showing.WITHHELD: 1, Showing.ASK_HOLDER: 2, Showing.COARSE: 3, Showing.FULL: 4}
SEEN = (Showing.FULL, Showing.COARSE)
MANAGERS = frozenset({Role.TEAM_MANAGER, Role.CSE_PREVENTION_MANAGER})


class Way(StrEnum):
    """By which way a person comes to see a case."""

    TEAM = "team"
    MANAGER = "manager"
    REVIEW = "review"


class Access(msgspec.Struct, frozen=True):
    """How this person sees this case; `review` is the scope where that is the way."""

    way: Way
    rule: str
    review: ReviewOpened | None = None


class Judgement(msgspec.Struct, frozen=True, kw_only=True):
    """What a reader gets of one version, why, and by which rule; `showing` None is absence."""

    showing: Showing | None
    reason: str
    rule: str
    edition: str
    retained: bool = False
    ask: str = ""
    decision: str = ""


def judge_access(case: Case, person: Person, agency: Agency, at: datetime) -> Access | None:
    """Role first, then team (design §3.1); a declared interest beats everything (design §3.4)."""
    if case.opened is None or case.team.declared(person.id, at):
        return None
    roles = person.roles(at)
    if Role.ADMINISTRATOR in roles:
        return None
    if Role.PRACTITIONER in roles and case.team.has(person.id, agency.id):
        return Access(Way.TEAM, "case team")
    if roles & MANAGERS and (agency.lead or case.team.of_agency(agency.id)):
        return Access(Way.MANAGER, "manager of an agency in the case")
    if Role.REVIEWER in roles:
        scopes = [review for review in case.reviews.values() if review.reviewer == person.id]
        if scopes:
            return Access(Way.REVIEW, "review in scope", scopes[-1])
    return None


def judge_version(
    edition: Edition, case: Case, version: Version, agency: Agency, at: datetime, disclosures: Disclosures
) -> Judgement:
    """What an agency gets of one version at a moment: title, then the edition's cap (design §3.2–3.5).

    `at` is compared with when things were recorded, withdrawn and expired, so any moment up to the case's can be asked.
    """

    def judged(showing: Showing | None, reason: str, rule: str, **more: str | bool) -> Judgement:
        return Judgement(showing=showing, reason=reason, rule=rule, edition=edition.edition, **more)  # type: ignore[arg-type]

    if version.recorded > at:
        return judged(None, "", "not recorded yet")
    if version.by.agency == agency.id:
        return judged(Showing.FULL, "Your agency recorded this.", "own record")
    if version.private:
        return judged(None, "", "silence")
    grants = list(_grants(edition, case, version, agency, at))
    basis_stands = case.justification_in_force(version.justification, at)
    live = [(showing, decision) for showing, decision, stands in grants if stands and basis_stands]
    reaches_lead = agency.lead and case.justifications[version.justification].reaches(agency.id)
    if reaches_lead and basis_stands:
        return judged(Showing.FULL, "The justification in force reaches the lead agency.", "lead by justification")
    if live and not agency.lead and _put_right_later(case, version, at):
        return judged(Showing.WITHHELD, "This was put right later; the earlier text stays with its recorder and the lead.",
                      "corrected", ask=version.by.agency)  # fmt: skip
    if live:
        showing, decision = max(live, key=lambda grant: RANK[grant[0]])
        ask = version.by.agency if showing is Showing.ASK_HOLDER else ""
        return judged(showing, f"Shared with your agency by decision {decision.made.decision}.", "sharing decision",
                      decision=decision.made.decision, ask=ask)  # fmt: skip
    if not grants and not reaches_lead:
        return judged(None, "", "silence")
    opened = disclosures.opened(agency.id, version.item, version.number, at)
    if opened is not None:
        kept = f"Received {_first_opened(disclosures, agency.id, version):%-d %B %Y}; consent withdrawn since. "
        return judged(opened, kept + "Do not pass on or rely on it until reviewed.", "retained after withdrawal",
                      retained=True, ask=version.by.agency)  # fmt: skip
    fell = "The consent this rested on is not in force any more."
    if agency.lead:
        return judged(Showing.ASK_HOLDER, fell, "basis fell away", ask=version.by.agency)
    return judged(Showing.WITHHELD, fell, "basis fell away", ask=case.lead)


def _grants(
    edition: Edition, case: Case, version: Version, agency: Agency, at: datetime
) -> Iterator[tuple[Showing, Decision, bool]]:
    """Decisions in force that give the agency this version: how much after the cap, and whether their basis stands."""
    for decision in case.sharing.decisions.values():
        given = decision.gives(version.item, agency.id, at)
        if given is None or not _covers(case, decision, version):
            continue
        showing = _capped(edition, case, decision, version, given.showing)
        if showing is not None:
            yield showing, decision, case.justification_in_force(decision.made.justification, at)


def _covers(case: Case, decision: Decision, version: Version) -> bool:
    """The version of its day; what put that right since; later ones only if continuing, and never a later locator."""
    versions = case.items[version.item]
    newest_then = max((v.number for v in versions if v.position <= decision.position and not v.private), default=0)
    if version.number < newest_then:
        return False
    if version.number == newest_then:
        return True
    if version.locator:
        return False
    between = [v for v in versions if newest_then < v.number <= version.number]
    put_right = newest_then > 0 and all(v.change in (Change.CORRECTED, Change.RETRACTED) for v in between)
    continuing = isinstance(decision.made, Shared) and decision.made.continuing
    return put_right or continuing


def _capped(edition: Edition, case: Case, decision: Decision, version: Version, showing: Showing) -> Showing | None:
    limited = edition.limited_share
    if case.justifications[decision.made.justification].given.ground is not limited.ground:
        return showing
    at_most = None if version.locator else limited.at_most(version.item)
    return min(showing, at_most, key=lambda s: RANK[s]) if at_most else None


def _put_right_later(case: Case, version: Version, at: datetime) -> bool:
    following = [v for v in case.items[version.item] if v.number == version.number + 1 and v.recorded <= at]
    return any(v.change in (Change.CORRECTED, Change.RETRACTED) for v in following)


def _first_opened(disclosures: Disclosures, agency: str, version: Version) -> datetime:
    return min(
        o.at
        for o in disclosures.openings
        if o.agency == agency and o.item == version.item and o.version == version.number
    )


def judge_for_review(edition: Edition, version: Version, scope: ReviewOpened) -> Judgement:
    """Full history within the structured scope; locators never unless given (design §3.1)."""
    in_scope = (
        version.by.agency in scope.agencies
        and scope.from_day <= version.recorded.date() <= scope.until
        and (scope.locators or not version.locator)
    )
    showing = Showing.FULL if in_scope else None
    return Judgement(showing=showing, reason="Within the scope of the review.", rule="review in scope",
                     edition=edition.edition)  # fmt: skip


def least(then: Judgement, now: Judgement) -> Judgement:
    """Looking back: at most what was held then and is held now (design §3.8)."""
    return now if RANK[now.showing] <= RANK[then.showing] else then
