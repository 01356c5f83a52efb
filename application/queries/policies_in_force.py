"""The policies in force: an edition's tables, for the page and for the printed document."""

from datetime import date, datetime

from application.hub import Hub
from application.views import View
from domain.items import KINDS, LABELS
from domain.vocabulary import AgencyKind, Ground, Role, Showing
from policies.editions import Edition, edition_in_force, editions


class ActLine(View, frozen=True, kw_only=True):
    """Who may do an act; `by` is whose people: `any` agency's, the `lead`'s, or the `partnership` office's."""

    name: str
    label: str
    roles: tuple[Role, ...]
    by: str
    because: str


class LimitLine(View, frozen=True, kw_only=True):
    """The most of an item that a limited share may give."""

    item: str
    label: str
    at_most: Showing


class CoarseLine(View, frozen=True, kw_only=True):
    """An item with a shorter form, and what that form shows."""

    item: str
    label: str
    shows: str


class EmergencyLine(View, frozen=True, kw_only=True):
    """The most of an item that an emergency shows, and what it is needed for."""

    item: str
    label: str
    at_most: Showing
    because: str


class ProposalLine(View, frozen=True, kw_only=True):
    """What the sharing form proposes for a kind of agency."""

    agency: AgencyKind
    items: tuple[str, ...]
    labels: tuple[str, ...]


class PoliciesView(View, frozen=True, kw_only=True):
    """One edition of the policy tables, in force from its date until the next one's."""

    edition: str
    in_force_from: date
    in_force_until: date | None
    acts: tuple[ActLine, ...]
    limited_ground: Ground
    limited_days: int
    limited_because: str
    limited_items: tuple[LimitLine, ...]
    emergency_minutes: int
    emergency_shortest_reason: int
    emergency_kinds: tuple[AgencyKind, ...]
    emergency_because: str
    emergency_items: tuple[EmergencyLine, ...]
    coarse: tuple[CoarseLine, ...]
    placing_match: tuple[str, ...]
    placing_because: str
    searching_answer: str
    searching_told: tuple[AgencyKind, ...]
    searching_because: str
    referral_acknowledged_working_days: int
    withdrawn_consent_working_days: int
    review_after_days: int
    share_undone_seconds: int
    way_in_reviewed_working_days: int
    clocks_because: str
    proposals: tuple[ProposalLine, ...]


def policies_in_force(hub: Hub, at: datetime | None = None) -> PoliciesView:
    """The tables in force at a moment, or now; they are no secret and name nobody, so the look needs no record.

    Raises: NoEditionInForce: for a moment before the first edition.
    """
    return _view(edition_in_force(at or hub.now()))


def all_editions() -> tuple[PoliciesView, ...]:
    """Every edition held, oldest first."""
    return tuple(_view(edition) for edition in editions())


def _view(edition: Edition) -> PoliciesView:
    limited, placing, searching, clocks = edition.limited_share, edition.placing, edition.searching, edition.clocks
    following = [later.in_force_from for later in editions() if later.in_force_from > edition.in_force_from]
    return PoliciesView(
        edition=edition.edition,
        in_force_from=edition.in_force_from,
        in_force_until=min(following, default=None),
        acts=tuple(
            ActLine(name=act.name, label=_words(act.name), roles=act.roles, by=act.by, because=act.because)
            for act in edition.acts
        ),
        limited_ground=limited.ground,
        limited_days=limited.longest_days,
        limited_because=limited.because,
        limited_items=tuple(
            LimitLine(item=limit.item, label=_label(limit.item), at_most=limit.at_most) for limit in limited.items
        ),
        emergency_minutes=edition.emergency.minutes,
        emergency_shortest_reason=edition.emergency.shortest_reason,
        emergency_kinds=edition.emergency.kinds,
        emergency_because=edition.emergency.because,
        emergency_items=tuple(
            EmergencyLine(item=limit.item, label=_label(limit.item), at_most=limit.at_most, because=limit.because)
            for limit in edition.emergency.items
        ),
        coarse=tuple(CoarseLine(item=one.item, label=_label(one.item), shows=one.shows) for one in edition.coarse),
        placing_match=tuple(placing.match),
        placing_because=placing.because,
        searching_answer=searching.answer,
        searching_told=searching.tell_whom_to_ask,
        searching_because=searching.because,
        referral_acknowledged_working_days=clocks.referral_acknowledged_working_days,
        withdrawn_consent_working_days=clocks.withdrawn_consent_working_days,
        review_after_days=clocks.review_after_days,
        share_undone_seconds=clocks.share_undone_seconds,
        way_in_reviewed_working_days=clocks.way_in_reviewed_working_days,
        clocks_because=clocks.because,
        proposals=tuple(
            ProposalLine(agency=one.agency, items=one.items, labels=tuple(_label(item) for item in one.items))
            for one in edition.proposals
        ),
    )


def _label(item: str) -> str:
    """An item of the tables in words; a bare kind stands for every item of that kind."""
    return LABELS.get(item) or KINDS[item]


def _words(name: str) -> str:
    """`record_concern` as people read it."""
    return name.replace("_", " ").capitalize()
