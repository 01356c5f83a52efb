"""What was decided about destroying a case, for those who decide; and which cases are destroyed."""

from collections.abc import Callable
from datetime import datetime
from typing import cast
from uuid import UUID

from application.access import put_on_record, refuse_look, stamp
from application.destruction import (
    Before,
    agencies_to_ask,
    come_before,
    now_among,
    require_role,
    under_review,
)
from application.hub import Hub
from application.ledger import agency_stream
from application.views import View
from domain.agency import ListShown
from domain.destruction import DestructionCarriedOut, DestructionProposed, Destructions
from domain.directory import Agency, Directory, Person
from domain.errors import NotFound
from domain.record import Event
from policies.editions import edition_in_force
from policies.roles import judge_act


class DestructionStep(View, frozen=True, kw_only=True):
    """One step: `kind` is the event's stable tag."""

    kind: str
    recorded: datetime
    by: str
    by_name: str
    by_person: str
    reason: str = ""
    basis: str = ""


class AgencyToAsk(View, frozen=True, kw_only=True):
    """Another agency in which somebody may agree."""

    id: str
    name: str


class DestructionView(View, frozen=True, kw_only=True):
    """How it stands with one case; `review_open` and `ask` are for who comes `from_case`, and nobody else.

    `acts` are those this person's roles permit and the state allows; each is judged again when it is done.
    """

    case: UUID
    from_case: bool
    held: bool
    proposal: str
    asked: str
    asked_name: str
    agreed: bool
    due: datetime | None
    destroyed: datetime | None
    review_open: bool
    steps: tuple[DestructionStep, ...]
    acts: tuple[str, ...]
    ask: tuple[AgencyToAsk, ...]


def destruction_of(hub: Hub, who: str, case_id: UUID) -> DestructionView:
    """How it stands with destroying a case; the look is on record.

    Raises:
        RoleMissing: when this person holds no role that decides. NotFound: the same for a case that does not exist
            and one this person neither comes from nor was asked about. NotRecorded.
    """
    destructions = hub.destructions()
    require_role(hub, who, "stop_destruction", destructions)
    before = come_before(hub, who, case_id, destructions)
    if not before.comes:
        refuse_look(hub, before.person, before.agency, case_id, "destruction")
        raise NotFound
    _put_look(hub, before.person, before.agency, "destruction", [case_id])
    return _view(hub, before, case_id)


def destructions_asked(hub: Hub, who: str) -> tuple[DestructionView, ...]:
    """What other agencies ask this person's agency to agree to, oldest first; the look is on record.

    Raises:
        NotFound: when nobody of that name has an account. RoleMissing, NotRecorded.
    """
    return _listed(hub, who, "destructions asked", Destructions.asked)


def destructions_cooling(hub: Hub, who: str) -> tuple[DestructionView, ...]:
    """What this person's agency has agreed to and may still stop, oldest first; the look is on record.

    Raises as `destructions_asked` does.
    """
    return _listed(hub, who, "destructions cooling off", Destructions.cooling)


def _listed(
    hub: Hub, who: str, what: str, of: Callable[[Destructions, str], tuple[str, ...]]
) -> tuple[DestructionView, ...]:
    person, agency = hub.person(who)
    destructions = hub.destructions()
    at = now_among(hub, destructions)
    judge_act(edition_in_force(at), "agree_destruction", person.roles(at), lead=agency.lead, kind=agency.kind)
    cases = [UUID(case) for case in of(destructions, agency.id)]
    found = [(case, before) for case in cases if (before := come_before(hub, who, case, destructions)).comes]
    _put_look(hub, person, agency, what, [case for case, _ in found])
    return tuple(_view(hub, before, case) for case, before in found)


def still_open_to(hub: Hub, who: str, case_id: UUID) -> bool:
    """Whether this person still comes to it after a step of their own; an agency that stops it is asked no more."""
    return come_before(hub, who, case_id, hub.destructions()).comes


def destroyed(hub: Hub) -> dict[UUID, DestructionCarriedOut]:
    """Every destroyed case with the event by which it was; for the operator and the verifier."""
    return {UUID(case): event for case, event in hub.destructions().destroyed.items()}


def due(hub: Hub) -> tuple[UUID, ...]:
    """The cases that the hub destroys when it is next told to carry out what is due; for the operator."""
    destructions = hub.destructions()
    return tuple(UUID(case) for case in destructions.due(now_among(hub, destructions)))


def _put_look(hub: Hub, person: Person, agency: Agency, what: str, cases: list[UUID]) -> None:
    mark = stamp(person, agency, hub.now(), f"look:{what}")
    entries = tuple((str(case), ()) for case in cases)
    put_on_record(hub, agency_stream(agency.id), ListShown(what=what, entries=entries, **mark))


def _view(hub: Hub, before: Before, case_id: UUID) -> DestructionView:
    one, directory = before.destruction, hub.directory()
    asked = one.proposal.asked if one.proposal else ""
    return DestructionView(
        case=case_id,
        from_case=before.from_case,
        held=one.held,
        proposal=one.proposal.proposal if one.proposal else "",
        asked=asked,
        asked_name=directory.agencies[asked].name if asked else "",
        agreed=one.agreement is not None,
        due=one.agreement.due if one.agreement else None,
        destroyed=one.carried_out.recorded if one.carried_out else None,
        review_open=before.from_case and under_review(hub, before.case, before.at),
        steps=tuple(_step(directory, step) for step in _steps_for(before)),
        acts=tuple(act for act in _possible(before) if before.may(act)),
        ask=_ask(hub, before) if before.from_case else (),
    )


def _ask(hub: Hub, before: Before) -> tuple[AgencyToAsk, ...]:
    able = agencies_to_ask(hub, before.agency, before.at)
    return tuple(AgencyToAsk(id=agency.id, name=agency.name) for agency in able)


def _steps_for(before: Before) -> tuple[Event, ...]:
    """All of them for who comes from the case; for the agency asked, what it was asked and what came after."""
    steps = before.destruction.steps
    if before.from_case:
        return steps
    asked = max(n for n, step in enumerate(steps) if isinstance(step, DestructionProposed))
    return steps[asked:]


def _possible(before: Before) -> tuple[str, ...]:
    """The acts that the state allows, to one who comes this way."""
    one = before.destruction
    if one.carried_out is not None:
        return ()
    if one.held:
        return ("lift_legal_hold",)
    if one.proposal is None:
        return ("propose_destruction", "place_legal_hold")
    agree = before.asked and one.agreement is None
    return (*(("agree_destruction",) if agree else ()), "stop_destruction", "place_legal_hold")


def _step(directory: Directory, event: Event) -> DestructionStep:
    agency, person = directory.agencies.get(event.by.agency), directory.people.get(event.by.person)
    return DestructionStep(
        kind=cast(str, event.__struct_config__.tag),
        recorded=event.recorded,
        by=event.by.agency,
        by_name=agency.name if agency else "",
        by_person=person.name if person else event.by.person,
        reason=getattr(event, "reason", ""),
        basis=getattr(event, "basis", ""),
    )
