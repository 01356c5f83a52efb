"""Corrections: who had seen what was put right, each told or still to be told (design §3.5)."""

from datetime import datetime

from application.sight import Sight
from application.views import View
from domain.record import Version
from domain.vocabulary import Change, Showing


class Correction(View, frozen=True, kw_only=True):
    """Something put right, and for one agency that had seen the old text, whether it has been told."""

    item: str
    change: str
    corrected: datetime
    corrected_by: str
    reason: str
    agency: str
    seen: datetime
    told: datetime | None


def within_scope(sight: Sight, version: Version) -> bool:
    """Whether a version is a review's to speak of; for everybody else there is no such limit."""
    return not sight.reviewing or sight.judge(version).showing is not None


def due_corrections(sight: Sight) -> tuple[Correction, ...]:
    """Every correction with each agency that had seen the old text; nothing for whom or of what is not theirs."""
    if not (sight.agency.lead or sight.reviewing):
        return ()
    found: list[Correction] = []
    for item, versions in sight.then.items.items():
        if sight.best(item) is None:
            continue
        for version in versions:
            if version.change in (Change.CORRECTED, Change.RETRACTED) and within_scope(sight, version):
                found += _told_or_due(sight, item, version)
    return tuple(found)


def _told_or_due(sight: Sight, item: str, version: Version) -> list[Correction]:
    """Who was shown the new text is told; who had read the old in full, not by its shorter form."""
    openings = [o for o in sight.disclosures.openings if o.item == item and o.at <= sight.at]
    before = [
        o
        for o in openings
        if o.version < version.number and o.at < version.recorded and o.agency != version.by.agency
    ]
    in_full = {o.agency for o in before if o.showing is Showing.FULL}
    shown = [o for o in openings if o.version >= version.number]
    shown = [o for o in shown if o.showing is Showing.FULL or o.agency not in in_full]
    return [
        Correction(
            item=item,
            change=version.change,
            corrected=version.recorded,
            corrected_by=version.by.agency,
            reason=version.reason,
            agency=agency,
            seen=min(o.at for o in before if o.agency == agency),
            told=min(
                [
                    *(o.at for o in shown if o.agency == agency),
                    *(t.recorded for t in sight.disclosures.told if t.item == item and t.agency == agency
                      and version.recorded <= t.recorded <= sight.at),
                ],
                default=None,
            ),
        )
        for agency in dict.fromkeys(o.agency for o in before)
    ]  # fmt: skip
