"""What a sharing decision may give: title of the one who decides, the originator's say, the limits of section 2.3."""

from datetime import datetime, timedelta

from domain.case import Case
from domain.directory import Agency
from domain.disclosures import Disclosures
from domain.errors import (
    BadInput,
    ConsentNotInForce,
    LimitedShareExpiry,
    LimitedShareItem,
    LimitedShareLocator,
    MoreThanHeld,
    NotFound,
    OriginatorNotAgreed,
)
from domain.record import Version
from domain.sharing import AgreeOnward, DecideSharing, SharedItem
from domain.vocabulary import Outcome, Showing
from policies.editions import Edition
from policies.viewing import RANK, SEEN, Judgement, judge_version


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


def judge_share(
    edition: Edition, case: Case, command: DecideSharing, agency: Agency, at: datetime, disclosures: Disclosures
) -> None:
    """Refuse what may not be given; a refusal to share gives nothing and is never refused here.

    Raises:
        NotFound, ConsentNotInForce, MoreThanHeld, OriginatorNotAgreed, BadInput,
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
        _originator_agrees(case, version, command.with_agency, agency, at)


def _held(
    edition: Edition, case: Case, given: SharedItem, agency: Agency, at: datetime, disclosures: Disclosures
) -> Version:
    found = judge_item(edition, case, given.item, agency, at, disclosures)
    if found is None:
        raise NotFound
    version, judgement = found
    if judgement.retained or judgement.rule == "basis fell away":
        raise ConsentNotInForce
    originator_or_lead = version.by.agency == agency.id or agency.lead
    if judgement.showing not in SEEN or not originator_or_lead:
        raise NotFound
    if RANK[given.showing] > RANK[judgement.showing]:
        raise MoreThanHeld
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


def _originator_agrees(case: Case, version: Version, recipient: str, agency: Agency, at: datetime) -> None:
    originator = version.by.agency
    if originator in (agency.id, recipient):
        return
    named = case.justifications[version.justification].given.recipients
    asks = version.ask_originator or (bool(named) and recipient not in named)
    if asks and not case.sharing.onward_agreed(originator, version.item, recipient, at):
        raise OriginatorNotAgreed


def judge_onward(case: Case, command: AgreeOnward, agency: Agency) -> None:
    """Only the originator lets its own items go further.

    Raises: NotFound: for an item the agency did not record.
    """
    for item in command.items:
        versions = case.items.get(item, ())
        if not versions or versions[-1].by.agency != agency.id:
            raise NotFound
