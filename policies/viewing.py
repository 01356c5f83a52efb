"""Who may see what: access to the case, then title to each version of each item, then caps, then denies (design §3)."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from enum import StrEnum

import msgspec

from domain.access import SealPlaced
from domain.case import Case
from domain.consents import Consent
from domain.directory import Agency, Person
from domain.disclosures import Disclosures
from domain.record import Version, Versions
from domain.review import ReviewOpened
from domain.sharing import Decision, Shared
from domain.times import day_of
from domain.vocabulary import CASE_ROLES, Change, Role, Showing
from policies.editions import Edition

RANK = {None: 0, Showing.WITHHELD: 1, Showing.ASK_HOLDER: 2, Showing.COARSE: 3, Showing.FULL: 4}
SEEN = (Showing.FULL, Showing.COARSE)
MANAGERS = frozenset({Role.TEAM_MANAGER, Role.CSE_PREVENTION_MANAGER})
IN_AN_EMERGENCY = "emergency access"
"""The rule under which an emergency shows what it does."""
PUT_RIGHT = (Change.CORRECTED, Change.RETRACTED)


class Way(StrEnum):
    """By which way a person comes to see a case."""

    TEAM = "team"
    MANAGER = "manager"
    DUTY = "duty"
    REVIEW = "review"
    EMERGENCY = "emergency"


class Access(msgspec.Struct, frozen=True):
    """How this person sees this case; `review` is the scope where that is the way, `until` when that way ends."""

    way: Way
    rule: str
    review: ReviewOpened | None = None
    until: datetime | None = None


class Judgement(msgspec.Struct, frozen=True, kw_only=True):
    """What a reader gets of one version, why, and by which rule; `showing` None is absence."""

    showing: Showing | None
    reason: str
    rule: str
    edition: str
    retained: bool = False
    ask: str = ""
    decision: str = ""


class Held(msgspec.Struct, frozen=True):
    """How much of a version the maker of a decision holds, and on which justifications that rests."""

    showing: Showing
    rests: tuple[str, ...] = ()


class Title(msgspec.Struct, frozen=True, kw_only=True):
    """One way by which an agency comes to a version, capped already; it stands while all it `rests` on is in force."""

    showing: Showing
    rule: str
    reason: str
    rests: tuple[str, ...]
    ask: str
    decision: str = ""

    def stands(self, case: Case, at: datetime) -> bool:
        return all(case.justification_in_force(name, at) for name in self.rests)

    def fallen_consent(self, case: Case, at: datetime) -> tuple[datetime, Consent]:
        """The first consent it rested on to end, with its end; asked only where the title does not stand."""
        consents = [case.justifications[name].consent_among(case.consents) for name in self.rests]
        ended = [(one.ends, one) for one in consents if one is not None and one.ends is not None and one.ends <= at]
        return min(ended, key=lambda end: end[0])


def judge_access(case: Case, person: Person, agency: Agency, at: datetime) -> Access | None:
    """Role first, then team, then duty, review, emergency (design §3.1); a deny beats them all (design §3.4)."""
    return None if denied(case, person.id, at) else judge_way(case, person, agency, at)


STANDING = (Way.TEAM, Way.MANAGER, Way.REVIEW)
"""Ways that do not end by themselves."""
WORKING = (Way.TEAM, Way.MANAGER, Way.DUTY)
"""Ways by which one works on a case; by the others one reads."""


def denied(case: Case, person: str, at: datetime) -> bool:
    """Whether a declared interest or a seal shuts the case to this person, by whatever way they come."""
    return case.team.declared(person, at) or case.access.shut_to(person, at)


def judge_seal_met(case: Case, person: Person, agency: Agency, at: datetime) -> SealPlaced | None:
    """The seal, for who would come to the case but for it; for everybody else there is no case, nor a seal."""
    seal = case.access.seal(at)
    if seal is None or person.id in seal.people or case.team.declared(person.id, at):
        return None
    roles = person.roles(at)
    return seal if (agency.lead and roles & CASE_ROLES) or judge_way(case, person, agency, at) is not None else None


def judge_way(case: Case, person: Person, agency: Agency, at: datetime) -> Access | None:
    """By which way the person would come to the case, were nothing shut."""
    if case.opened is None:
        return None
    roles = person.roles(at)
    if Role.PRACTITIONER in roles and case.team.has(person.id, agency.id):
        return Access(Way.TEAM, "case team")
    if roles & MANAGERS and (agency.lead or case.team.of_agency(agency.id)):
        return Access(Way.MANAGER, "manager of an agency in the case")
    if agency.lead and roles & CASE_ROLES and (until := _on_duty_until(case, person, agency, at)):
        return Access(Way.DUTY, "on duty in the lead agency", until=until)
    if Role.REVIEWER in roles:
        scopes = [review for review in case.reviews.values() if review.reviewer == person.id]
        if scopes:
            return Access(Way.REVIEW, "review in scope", scopes[-1])
    opened = case.access.open_to(person.id, agency.id, at, on_duty=False)
    if roles & CASE_ROLES and not agency.lead and opened is not None:
        return Access(Way.EMERGENCY, "emergency access", until=opened.made.until)
    return None


def emergency_beside(case: Case, person: Person, agency: Agency, access: Access, at: datetime) -> datetime | None:
    """Until when what an emergency shows is open beside what one sees already: for other agencies than the lead."""
    if agency.lead or access.way not in (Way.TEAM, Way.MANAGER):
        return None
    opened = case.access.open_to(person.id, agency.id, at, on_duty=False)
    return opened.made.until if opened is not None else None


def _on_duty_until(case: Case, person: Person, agency: Agency, at: datetime) -> datetime | None:
    """The end of the shift in which this person opened the case with a reason."""
    shift = person.on_duty(at)
    opened = case.access.open_to(person.id, agency.id, at, on_duty=True)
    if shift is None or opened is None or opened.made.recorded < shift.starts:
        return None
    return shift.until


def judge_version(
    edition: Edition, case: Case, version: Version, agency: Agency, at: datetime, disclosures: Disclosures
) -> Judgement:
    """What an agency gets of one version at a moment: title and cap, then what was put right since (design §3.2–3.5).

    `at` is compared with when things were recorded, withdrawn and expired, so any moment up to the case's can be asked.
    """
    found = _by_title(edition, case, version, agency, at, disclosures)
    if found.showing not in SEEN:
        return _told_of_retraction(edition, case, version, agency, at, disclosures) or found
    later = _put_right_by(case, version, at)
    if version.by.agency == agency.id or later is None:
        return found
    if not agency.lead:
        return _corrected(case, found)
    if _by_title(edition, case, later, agency, at, disclosures).showing in SEEN or later.change is Change.RETRACTED:
        return found
    reason = f"{found.reason} It was put right later, in words that are not for your agency."
    return msgspec.structs.replace(found, reason=reason, ask=later.by.agency)


def _corrected(case: Case, found: Judgement) -> Judgement:
    """A text that was put right since, as those get it with whom it was shared."""
    return msgspec.structs.replace(
        found, showing=Showing.WITHHELD, rule="corrected", retained=False, ask=_shared_by(case, found.decision),
        reason="This was put right later; the earlier text stays with its recorder and the lead.",
    )  # fmt: skip


def who_would_get(
    edition: Edition, case: Case, version: Version, agencies: Iterable[Agency], at: datetime, disclosures: Disclosures
) -> tuple[str, ...]:
    """The agencies that would get something of a version that nobody has recorded yet, by the titles they have now."""
    return tuple(
        agency.id for agency in agencies
        if _by_title(edition, case, version, agency, at, disclosures).showing in SEEN
    )  # fmt: skip


def _by_title(
    edition: Edition, case: Case, version: Version, agency: Agency, at: datetime, disclosures: Disclosures
) -> Judgement:
    if version.recorded > at:
        return Judgement(showing=None, reason="", rule="not recorded yet", edition=edition.edition)
    if version.by.agency == agency.id:
        return Judgement(
            showing=Showing.FULL, reason="Your agency recorded this.", rule="own record", edition=edition.edition
        )
    titles = tuple(_titles(edition, case, version, agency.id, agency.lead, at))
    if not titles:
        return Judgement(showing=None, reason="", rule="silence", edition=edition.edition)
    live = [title for title in titles if title.stands(case, at)]
    if not live:
        return _fallen(edition, case, version, agency, titles, at, disclosures)
    return _by_the_fullest(edition, version, live)


def judge_gift(
    edition: Edition, case: Case, decision: Decision, item: str, at: datetime
) -> tuple[Version, Judgement] | None:
    """The version of an item that one decision gives, by its title alone: what else its recipient holds of the item,
    newer or fuller, is not asked (design §3.9).
    """
    for version in reversed(case.items.get(item, ())):
        titles = [title for title in _by_decision(edition, case, decision, version, at) if title.stands(case, at)]
        if titles:
            found = _by_the_fullest(edition, version, titles)
            put_right = found.showing in SEEN and _put_right_by(case, version, at) is not None
            return version, _corrected(case, found) if put_right else found
    return None


def _by_the_fullest(edition: Edition, version: Version, titles: list[Title]) -> Judgement:
    best = max(titles, key=lambda title: RANK[title.showing])
    ask = version.by.agency if best.showing is Showing.ASK_HOLDER else ""
    return Judgement(
        showing=best.showing, reason=best.reason, rule=best.rule, edition=edition.edition, ask=ask,
        decision=best.decision,
    )  # fmt: skip


def _titles(
    edition: Edition, case: Case, version: Version, reader: str, leads: bool, at: datetime
) -> Iterator[Title]:
    """Every title an agency has to another's version, whether what it rests on still stands or not (design §3.2)."""
    if version.private:
        return
    if leads:
        yield from _by_justification(edition, case, version, reader, at)
    for decision in case.sharing.naming(version.item, reader):
        yield from _by_decision(edition, case, decision, version, at)


def _by_decision(
    edition: Edition, case: Case, decision: Decision, version: Version, at: datetime
) -> Iterator[Title]:
    """The titles that one decision gives its recipient to a version."""
    made = decision.made
    given = decision.gives(version.item, made.recipient, at)
    showing = _capped(edition, case, (made.justification,), version, given.showing) if given is not None else None
    if showing is None:
        return
    for held in _passed_on(edition, case, decision, version, at):
        yield Title(
            showing=min(showing, held.showing, key=lambda s: RANK[s]),
            rule="sharing decision",
            reason=f"Shared with your agency by decision {made.decision}.",
            rests=(made.justification, *held.rests),
            ask=version.by.agency if made.recipient == case.lead else made.by.agency,
            decision=made.decision,
        )


def _by_justification(
    edition: Edition, case: Case, version: Version, lead: str, at: datetime
) -> Iterator[Title]:
    """The lead's title, where every justification the version rests on reaches it (design §3.2)."""
    if not all(case.justifications[name].reaches(lead) for name in version.rests_on):
        return
    showing = _capped(edition, case, version.rests_on, version, Showing.FULL)
    if showing is None:
        return
    rule, reason = "lead by justification", "The justification in force reaches the lead agency."
    ends = version.recorded + timedelta(days=edition.limited_share.longest_days)
    if _limited(edition, case, version.rests_on) and at >= ends:
        showing, rule = Showing.ASK_HOLDER, "limited share ended"
        reason = "This was given for a time only, in order to decide on sharing more."
    yield Title(
        showing=showing, rule=rule, reason=reason, rests=version.rests_on, ask=version.by.agency
    )  # fmt: skip


def _passed_on(
    edition: Edition, case: Case, decision: Decision, version: Version, at: datetime
) -> list[Held]:
    """By which titles the maker holds this version, where the decision gives it; none where it does not.

    It gives the version its maker held that day and what put that right since; later ones if continuing, but never a
    later locator.
    """
    versions, made = case.items[version.item], decision.made
    for place in range(_recorded_by(versions, decision.position), 0, -1):
        that_day = versions[place - 1]
        held = _held_by(edition, case, made.by.agency, that_day, made.recorded)
        held = [one for one in held if all(case.justification_in_force(name, made.recorded) for name in one.rests)]
        if held:
            break
    else:
        return []
    if version.number <= that_day.number:
        return held if version.number == that_day.number else []
    if version.locator or not originator_agrees(case, version, made.recipient, made.by.agency, at):
        return []
    continuing = isinstance(made, Shared) and made.continuing
    later = range(that_day.number, version.number)
    goes_on = continuing or all(versions[place].change in PUT_RIGHT for place in later)
    return _held_by(edition, case, made.by.agency, version, at) if goes_on else []


def _recorded_by(versions: Versions, position: int) -> int:
    """How many of the versions lie before a position of the stream."""
    if versions[-1].position <= position:
        return len(versions)
    return bisect_right(versions, position, key=lambda version: version.position)


def _held_by(edition: Edition, case: Case, maker: str, version: Version, at: datetime) -> list[Held]:
    """By which titles a version is its maker's to decide about: its own record; else, for the lead, what it sees."""
    if version.by.agency == maker or maker != case.lead:
        return [Held(Showing.FULL)] if version.by.agency == maker and not version.private else []
    titles = _titles(edition, case, version, maker, True, at)
    return [Held(title.showing, title.rests) for title in titles if title.showing in SEEN]


def originator_agrees(case: Case, version: Version, recipient: str, decider: str, at: datetime) -> bool:
    """Beyond its recipients, or where it asked to be asked, the originator's agreement is needed (design §3.3)."""
    originator = version.by.agency
    if originator in (decider, recipient):
        return True
    within = all(
        not named or recipient in named
        for named in (case.justifications[name].given.recipients for name in version.rests_on)
    )
    if within and not version.ask_originator:
        return True
    return case.sharing.onward_agreed(originator, version.item, recipient, at)


def _limited(edition: Edition, case: Case, names: tuple[str, ...]) -> bool:
    return any(case.justifications[name].given.ground is edition.limited_share.ground for name in names)


def _capped(
    edition: Edition, case: Case, names: tuple[str, ...], version: Version, showing: Showing
) -> Showing | None:
    """`showing`, or as much of it as section 2.3 lets through where the ground is to decide on sharing more."""
    if not _limited(edition, case, names):
        return showing
    at_most = None if version.locator else edition.limited_share.at_most(version.item)
    return min(showing, at_most, key=lambda s: RANK[s]) if at_most else None


def _fallen(
    edition: Edition, case: Case, version: Version, agency: Agency, titles: tuple[Title, ...], at: datetime,
    disclosures: Disclosures,
) -> Judgement:  # fmt: skip
    """Toolkit 2.3: not retrospective; what was opened before the consent ended is kept, the rest is not shown."""
    kept = [
        judgement
        for title in titles
        if (judgement := _kept(edition, case, version, agency, title, at, disclosures)) is not None
    ]
    if kept:
        return max(kept, key=lambda judgement: RANK[judgement.showing])
    return Judgement(
        showing=Showing.ASK_HOLDER if agency.lead else Showing.WITHHELD,
        reason="The consent this rested on is not in force any more.",
        rule="basis fell away",
        edition=edition.edition,
        ask=titles[-1].ask,
    )


def _kept(
    edition: Edition, case: Case, version: Version, agency: Agency, title: Title, at: datetime,
    disclosures: Disclosures,
) -> Judgement | None:  # fmt: skip
    ended, consent = title.fallen_consent(case, at)
    openings = [o for o in disclosures.of(agency.id, version.item) if o.version == version.number and o.at < ended]
    if not openings or title.showing not in SEEN:
        return None
    how = "withdrawn" if consent.withdrawn and consent.withdrawn.recorded == ended else "ran out"
    received = min(o.at for o in openings)
    return Judgement(
        showing=min(title.showing, max((o.showing for o in openings), key=lambda s: RANK[s]), key=lambda s: RANK[s]),
        reason=f"Received {day_of(received):%-d %B %Y}; consent {how} {day_of(ended):%-d %B %Y}. "
        "Do not pass on or rely on it until reviewed.",
        rule="retained after withdrawal",
        edition=edition.edition,
        retained=True,
        ask=title.ask,
        decision=title.decision,
    )


def _put_right_by(case: Case, version: Version, at: datetime) -> Version | None:
    versions = case.items[version.item]
    if version.number >= len(versions):
        return None
    following = versions[version.number]
    return following if following.recorded <= at and following.change in PUT_RIGHT else None


def _told_of_retraction(
    edition: Edition, case: Case, version: Version, agency: Agency, at: datetime, disclosures: Disclosures
) -> Judgement | None:
    """Who had an earlier version learns that it was retracted, whatever became of the basis (design §3.5)."""
    if version.change is not Change.RETRACTED or version.recorded > at:
        return None
    versions = case.items[version.item]
    for place in range(version.number - 2, -1, -1):
        earlier = versions[place]
        had = _by_title(edition, case, earlier, agency, at, disclosures)
        if had.showing in SEEN:
            return msgspec.structs.replace(had, retained=False, reason="Its recorder took this back.", rule="retracted")
    return None


def _shared_by(case: Case, decision: str) -> str:
    return case.sharing.decisions[decision].made.by.agency


def judge_for_review(edition: Edition, version: Version, scope: ReviewOpened) -> Judgement:
    """Full history within the structured scope; locators never unless given (design §3.1)."""
    in_scope = (
        version.by.agency in scope.agencies
        and scope.from_day <= day_of(version.recorded) <= scope.until
        and (scope.locators or not version.locator)
    )
    showing = Showing.FULL if in_scope else None
    return Judgement(showing=showing, reason="Within the scope of the review.", rule="review in scope",
                     edition=edition.edition)  # fmt: skip


def judge_in_emergency(
    edition: Edition, case: Case, version: Version, lead: Agency, at: datetime, disclosures: Disclosures
) -> Judgement:
    """What an emergency shows of a version: of what the lead holds, at most what the edition's table lets through."""
    limit = edition.emergency.limit(version.item)
    held = judge_version(edition, case, version, lead, at, disclosures)
    put_right = version.change is Change.RETRACTED or _put_right_by(case, version, at) is not None
    if limit is None or held.showing not in SEEN or held.retained or put_right:
        return Judgement(showing=None, reason="", rule="silence", edition=edition.edition)
    showing = min(held.showing, limit.at_most, key=lambda s: RANK[s])
    return Judgement(showing=showing, reason=limit.because, rule=IN_AN_EMERGENCY, edition=edition.edition,
                     ask=lead.id if showing is Showing.COARSE else "")  # fmt: skip


def least(then: Judgement, now: Judgement) -> Judgement:
    """Looking back: at most what was held then and is held now (design §3.8); the mark `retained` stays."""
    if RANK[now.showing] <= RANK[then.showing]:
        return now
    if now.retained and then.showing in SEEN:
        return msgspec.structs.replace(now, showing=then.showing)
    return then
