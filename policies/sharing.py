"""What a sharing decision may give: title of the one who decides, the originator's say, the limits of section 2.3."""

from datetime import datetime, timedelta

from domain.case import Case
from domain.concerns import Concern
from domain.directory import Agency
from domain.disclosures import Disclosures
from domain.errors import (
    BadInput,
    ConcernRetractedAlready,
    ConsentNotInForce,
    LimitedShareExpiry,
    LimitedShareItem,
    LimitedShareLocator,
    MoreThanHeld,
    NotFound,
    OriginatorNotAgreed,
    UndoneTooLate,
)
from domain.items import label_of
from domain.record import Version
from domain.sharing import AgreeOnward, DecideSharing, SharedItem, UndoSharing
from domain.vocabulary import Change, Outcome, Showing
from policies.editions import Edition
from policies.viewing import RANK, SEEN, Judgement, judge_version, originator_agrees


def judge_item(
    edition: Edition, case: Case, item: str, agency: Agency, at: datetime, disclosures: Disclosures
) -> tuple[Version, Judgement] | None:
    """The newest version the agency may see, else what stands in its place, else None (design §3.2)."""
    best: tuple[Version, Judgement] | None = None
    for version in reversed(case.items.get(item, ())):
        judgement = judge_version(edition, case, version, agency, at, disclosures)
        if judgement.showing in SEEN:
            own_naming = version.private and any(not v.private for v in case.items[item])
            if not own_naming:
                return version, judgement
        if judgement.showing is not None and (best is None or RANK[judgement.showing] > RANK[best[1].showing]):
            best = version, judgement
    return best


def undone_until(edition: Edition, made: datetime) -> datetime:
    """Up to when a share made then can be undone."""
    return made + timedelta(seconds=edition.clocks.share_undone_seconds)


def judge_undo(edition: Edition, case: Case, command: UndoSharing, person: str, at: datetime) -> None:
    """Raises: UndoneTooLate: to who made it; one that is not theirs, or not there, is for the case to refuse alike."""
    decision = case.sharing.decisions.get(command.decision)
    own = decision is not None and decision.made.by.person == person
    if decision is not None and own and at >= undone_until(edition, decision.made.recorded):
        raise UndoneTooLate


def judge_share(
    edition: Edition, case: Case, command: DecideSharing, agency: Agency, at: datetime, disclosures: Disclosures
) -> None:
    """Refuse what may not be given; a refusal to share gives nothing and is never refused here.

    Raises:
        NotFound, ConsentNotInForce, ConcernRetractedAlready, MoreThanHeld, OriginatorNotAgreed, BadInput,
        LimitedShareLocator, LimitedShareItem, LimitedShareExpiry
    """
    if command.outcome is Outcome.REFUSE:
        return
    held = [(given, _held(edition, case, given, agency, at, disclosures)) for given in command.items]
    justification = case.justifications.get(command.justification)
    if justification is not None and justification.given.ground is edition.limited_share.ground:
        _within_limits(edition, command, held, at)
    for given, version in held:
        if given.showing is Showing.COARSE and not edition.has_coarse(given.item):
            raise BadInput("items", "There is no shorter form of this. Share it in full, or leave it out.")
        if not originator_agrees(case, version, command.with_agency, agency.id, at):
            raise OriginatorNotAgreed(f"{_named(version)}: {OriginatorNotAgreed.what_to_do}")


def _held(
    edition: Edition, case: Case, given: SharedItem, agency: Agency, at: datetime, disclosures: Disclosures
) -> Version:
    """The version that would be given: the originator's newest own, or the newest the lead sees (design §3.3)."""
    own = _newest_own(case, given.item, agency)
    if own is not None and not agency.lead:
        return _standing(own)
    found = judge_item(edition, case, given.item, agency, at, disclosures)
    if found is None:
        raise NotFound
    version, judgement = found
    if version.private:
        raise BadInput("items", "Your agency has only named her. Record this as a detail first, then share it.")
    if judgement.retained or judgement.rule == "basis fell away":
        raise ConsentNotInForce
    if judgement.showing not in SEEN or not agency.lead:
        raise NotFound
    if RANK[given.showing] > RANK[judgement.showing]:
        raise MoreThanHeld
    return _standing(version)


def _newest_own(case: Case, item: str, agency: Agency) -> Version | None:
    own = (v for v in reversed(case.items.get(item, ())) if v.by.agency == agency.id and not v.private)
    return next(own, None)


def _standing(version: Version) -> Version:
    if version.change is Change.RETRACTED:
        raise ConcernRetractedAlready
    return version


def _within_limits(
    edition: Edition, command: DecideSharing, held: list[tuple[SharedItem, Version]], at: datetime
) -> None:
    limits = edition.limited_share
    if any(version.locator for _, version in held):
        raise LimitedShareLocator
    for given, _ in held:
        at_most = limits.at_most(given.item)
        if at_most is None or RANK[given.showing] > RANK[at_most]:
            raise LimitedShareItem
    if command.expires is None or command.expires > at + timedelta(days=limits.longest_days):
        raise LimitedShareExpiry


def judge_onward(case: Case, command: AgreeOnward, agency: Agency) -> None:
    """Only the originator lets its own items go further.

    Raises: NotFound: for an item the agency did not record.
    """
    for item in command.items:
        if _newest_own(case, item, agency) is None:
            raise NotFound


def _named(version: Version) -> str:
    """What the one who decides, and holds it, calls the item."""
    headline = version.content.headline if isinstance(version.content, Concern) else ""
    return f"Concern: {headline}" if headline else label_of(version.item)
