"""Threads: requests, decisions, referrals, justifications and consents, each for those it concerns (design §3.6)."""

from typing import Any
from uuid import UUID

from application.sight import Sight
from application.views import (
    AgreementThread,
    ConsentThread,
    DecisionThread,
    Disagreement,
    JustificationThread,
    LinkThread,
    ReferralThread,
    RequestThread,
    SealThread,
    WayInThread,
)
from domain.access import WayIn
from domain.links import CasesLinked, CasesMarkedDifferent, CasesUnlinked
from domain.record import Event
from domain.referrals import Referral
from domain.requests import InformationRequested
from domain.sharing import Decision, Shared
from domain.times import day_of
from domain.vocabulary import Basis
from domain.working_days import working_day_after
from policies.viewing import Way

DECIDED: dict[type[Event], str] = {CasesLinked: "linked", CasesMarkedDifferent: "different", CasesUnlinked: "undone"}


def threads_of(sight: Sight, seen: set[str]) -> dict[str, Any]:
    """Threads are seen by their two parties (design §3.6); a review sees those of its scope, an emergency none."""
    if sight.access.way is Way.EMERGENCY:
        return {}
    then, agency, scope = sight.then, sight.agency.id, sight.access.review
    ours = set(scope.agencies) if scope else {agency}
    leads = sight.agency.lead and scope is None

    def within(event: Event) -> bool:
        return scope is None or scope.from_day <= day_of(event.recorded) <= scope.until

    return {
        "requests": tuple(
            _request(sight, request)
            for request in then.requests.values()
            if {request.by.agency, request.of} & ours and within(request)
        ),
        "decisions": tuple(
            _decision(sight, decision)
            for decision in then.sharing.decisions.values()
            if {decision.made.by.agency, decision.made.recipient} & ours and within(decision.made)
        ),
        "referrals": tuple(
            _referral(sight, referral, seen)
            for referral in then.referrals.values()
            if {referral.made.by.agency, referral.made.to} & ours and within(referral.made)
        ),
        "justifications": tuple(
            _justification(sight, name)
            for name, one in then.justifications.items()
            if within(one.given) and (one.agency in ours or (leads and _reaches(sight, name)))
        ),
        "consents": tuple(
            _consent(sight, name)
            for name, one in then.consents.items()
            if within(one.recorded_as)
            and (
                one.agency in ours
                or (leads and one.in_force(sight.at) and agency in one.recorded_as.scope.to)
            )
        ),
        "agreements": tuple(
            AgreementThread(
                made=agreed.recorded, by=agreed.by.agency, items=agreed.items, to=agreed.to, terms=agreed.terms
            )
            for agreed in then.sharing.agreements
            if (agreed.by.agency in ours or leads) and within(agreed)
        ),
        "disagreements": tuple(
            Disagreement(concern=one.concern, recorded=one.recorded, by=one.by.agency, reason=one.reason)
            for one in then.concerns.disagreements
            if within(one)
            and f"concern:{one.concern}" in seen
            and (one.by.agency in ours or leads or _recorded_by_the_reader(sight, one.concern))
        ),
        "links": links_of(sight),
        "ways_in": tuple(
            _way_in(sight, way)
            for way in then.access.ways_in
            if within(way.made) and (leads or (scope is not None and way.made.by.agency in ours))
        ),
        "seal": _seal(sight),
        "team": then.team.of_agency(agency),
    }


def links_of(sight: Sight, *, beside_the_other: bool = False) -> tuple[LinkThread, ...]:
    """What was decided about this case and others, in order: for the lead alone (design §1).

    A case that is shut to the reader is not named. The reasons speak of the other case too: they are told only where
    both are seen.
    """
    of_the_lead = sight.agency.lead and sight.person.agency == sight.agency.id
    if not of_the_lead or sight.reviewing:
        return ()
    found = [
        LinkThread(
            other=UUID(other),
            decided=DECIDED[type(event)],
            made=event.recorded,
            by_person=sight.name_of(event.by),
            reason=event.reason if beside_the_other else "",
            stands=event is decided[-1] and bool(sight.then.links.standing(other)),
        )
        for other, decided in sight.then.links.decided.items()
        if not sight.is_shut(UUID(other))
        for event in decided
    ]
    return tuple(sorted(found, key=lambda one: one.made))


def _recorded_by_the_reader(sight: Sight, concern: str) -> bool:
    return not sight.reviewing and sight.then.items[f"concern:{concern}"][0].by.agency == sight.agency.id


def _reaches(sight: Sight, name: str) -> bool:
    justification = sight.then.justifications[name]
    in_force = sight.then.justification_in_force(name, sight.at)
    return in_force and justification.reaches(sight.agency.id)


def _way_in(sight: Sight, way: WayIn) -> WayInThread:
    made, reviewed = way.made, way.reviewed
    return WayInThread(
        id=made.access,
        way="duty" if way.on_duty else "emergency",
        opened=made.recorded,
        until=made.until,
        by=made.by.agency,
        by_person=sight.name_of(made.by),
        reason=made.reason,
        reviewed=reviewed.recorded if reviewed else None,
        reviewed_by=sight.name_of(reviewed.by) if reviewed else "",
        outcome=reviewed.outcome if reviewed else "",
        note=reviewed.note if reviewed else "",
    )


def _seal(sight: Sight) -> SealThread | None:
    seal = sight.then.access.seal(sight.at)
    return SealThread(placed=seal.recorded, contact=seal.contact, telephone=seal.telephone) if seal else None


def _request(sight: Sight, request: InformationRequested) -> RequestThread:
    return RequestThread(
        id=request.request,
        made=request.recorded,
        by=request.by.agency,
        by_person=sight.name_of(request.by),
        of=request.of,
        wanted=request.wanted,
        purpose=request.purpose,
        answered=request.request in sight.then.sharing.requests_answered,
    )


def _decision(sight: Sight, decision: Decision) -> DecisionThread:
    made = decision.made
    given = sight.then.justifications[made.justification].given
    people = sight.directory.people
    shared = made if isinstance(made, Shared) else None
    items = tuple((one.item, str(one.showing)) for one in shared.items) if shared else ()
    return DecisionThread(
        id=made.decision,
        made=made.recorded,
        by=made.by.agency,
        by_person=sight.name_of(made.by),
        recipient=made.recipient,
        persons=tuple(people[p].name if p in people else p for p in made.persons),
        purpose=given.purpose,
        basis=given.basis if given.basis is not Basis.NONE else "",
        ground=given.ground or "",
        outcome=shared.outcome if shared else "refuse",
        items=items,
        reason=made.reason,
        note=made.note,
        expires=shared.expires if shared else None,
        continuing=shared.continuing if shared else False,
        review_by=shared.review_by if shared else None,
        answers_request=made.answers_request,
        withdrawn=decision.withdrawn.recorded if decision.withdrawn else None,
        withdrawn_reason=decision.withdrawn.reason if decision.withdrawn else "",
        in_force=decision.in_force(sight.at) and sight.then.justification_in_force(made.justification, sight.at),
    )


def _referral(sight: Sight, referral: Referral, seen: set[str]) -> ReferralThread:
    made, acknowledged, concluded = referral.made, referral.acknowledged, referral.concluded
    days = sight.edition_then.clocks.referral_acknowledged_working_days
    due = working_day_after(day_of(made.recorded), days) if acknowledged is None else None
    return ReferralThread(
        id=made.referral,
        made=made.recorded,
        by=made.by.agency,
        by_person=sight.name_of(made.by),
        to=made.to,
        summary=made.summary,
        carers_informed=made.carers_informed,
        before_agreement=made.before_agreement if "risk" in seen else None,
        acknowledged=acknowledged.recorded if acknowledged else None,
        acknowledged_by=sight.name_of(acknowledged.by) if acknowledged else "",
        decision=acknowledged.decision if acknowledged else "",
        concluded=concluded.recorded if concluded else None,
        outcome=concluded.outcome if concluded else "",
        escalations=tuple((one.reason, one.recorded) for one in referral.escalated),
        due=due,
        overdue=due is not None and due < day_of(sight.at),
    )


def _justification(sight: Sight, name: str) -> JustificationThread:
    one = sight.then.justifications[name]
    given = one.given
    return JustificationThread(
        id=name,
        given=given.recorded,
        by=one.agency,
        by_person=sight.name_of(given.by),
        purpose=given.purpose,
        duty_of_confidentiality=given.duty_of_confidentiality,
        basis=given.basis,
        ground=given.ground or "",
        consent=given.consent,
        facts=given.facts,
        proportionality=given.proportionality,
        child_told=given.child_told,
        standing=given.standing,
        recipients=given.recipients,
        in_force=sight.then.justification_in_force(name, sight.at),
        own=one.agency == sight.agency.id,
    )


def _consent(sight: Sight, name: str) -> ConsentThread:
    one = sight.then.consents[name]
    recorded = one.recorded_as
    return ConsentThread(
        id=name,
        recorded=recorded.recorded,
        by=one.agency,
        by_person=sight.name_of(recorded.by),
        given_by=recorded.given_by,
        decision=recorded.decision,
        to=recorded.scope.to,
        about=recorded.scope.about,
        method=recorded.method,
        understanding=recorded.understanding,
        in_force=one.in_force(sight.at),
        withdrawn=one.withdrawn.recorded if one.withdrawn else None,
        withdrawn_reason=one.withdrawn.reason if one.withdrawn else "",
        own=one.agency == sight.agency.id,
    )
