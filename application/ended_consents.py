"""Consents withdrawn, with what rested on them and is to be looked at again (design §2, rule 3)."""

from datetime import datetime

from application.sight import Sight
from application.views import View
from domain.consents import Consent
from domain.sharing import Decision, Shared, SharedItem
from domain.vocabulary import Showing


class Resting(View, frozen=True, kw_only=True):
    """Items in the reader's view that rested on a consent now withdrawn; `holder` is whose consent it was."""

    items: tuple[str, ...]
    holder: str
    ended: datetime


def to_look_at_again(sight: Sight) -> tuple[Resting, ...]:
    """What the holder has not decided anew, and what the lead has not asked the holder about, opened before or not."""
    found = []
    for name, consent in sight.case.consents.items():
        if consent.withdrawn is None or sight.agency.id not in (consent.agency, sight.case.lead):
            continue
        ended = consent.withdrawn.recorded
        names = {one for one, given in sight.case.justifications.items() if given.given.consent == name}
        if consent.agency == sight.agency.id:
            items = _to_decide_anew(sight, names, ended)
        else:
            items = _unasked(sight, names, consent, ended)
        if items:
            found.append(Resting(items=tuple(items), holder=consent.agency, ended=ended))
    return tuple(found)


def _to_decide_anew(sight: Sight, names: set[str], ended: datetime) -> list[str]:
    """The holder's own items, given by one of the justifications or recorded under it; none once it has refused."""
    own = [one for one in sight.case.sharing.decisions.values() if one.made.by.agency == sight.agency.id]
    since = [one for one in own if one.made.recorded > ended]
    if any(not isinstance(one.made, Shared) for one in since):
        return []
    given = {one.item for by in own if by.made.justification in names for one in _given(by)}
    anew = {one.item for by in since for one in _given(by)}
    return [
        item
        for item in sight.case.items
        if item not in anew
        and (found := sight.best(item)) is not None
        and found[0].by.agency == sight.agency.id
        and found[0].recorded <= ended
        and (item in given or names & set(found[0].rests_on))
    ]


def _unasked(sight: Sight, names: set[str], consent: Consent, ended: datetime) -> list[str]:
    """What the lead keeps although its basis fell away, or may only ask for now; none once it has asked the holder."""
    case, agency = sight.case, sight.agency.id
    asked = [one for one in case.requests.values() if one.of == consent.agency and one.by.agency == agency]
    if any(one.recorded > ended for one in asked):
        return []
    return [
        item
        for item in case.items
        if (found := sight.best(item)) is not None
        and (found[1].retained or found[1].showing is Showing.ASK_HOLDER)
        and names & {*found[0].rests_on, *(by.made.justification for by in case.sharing.naming(item, agency))}
    ]


def _given(decision: Decision) -> tuple[SharedItem, ...]:
    return decision.made.items if isinstance(decision.made, Shared) else ()
