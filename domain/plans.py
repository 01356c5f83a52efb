"""Plans: what one agency's staff must do to keep the young person safe."""

import msgspec

from domain.record import Act, Command, Event, Line, Reference, Text, Versions, next_version, put


class RecordPlan(Command, frozen=True, kw_only=True):
    """Write or renew the plan for one agency."""

    id: Reference
    justification: str
    for_agency: Line = msgspec.field(name="for")
    text: Text


class PlanRecorded(Event, frozen=True, kw_only=True, tag="plan.recorded"):
    plan: str
    justification: str
    for_agency: str
    text: str


Plans = dict[str, Versions]


def decide_record_plan(plans: Plans, command: RecordPlan, act: Act) -> list[Event]:
    return [
        PlanRecorded(
            plan=command.id,
            justification=command.justification,
            for_agency=command.for_agency,
            text=command.text,
            **act.stamp,
        )
    ]


def evolve(plans: Plans, event: Event, position: int) -> Plans:
    match event:
        case PlanRecorded():
            item = f"plan:{event.for_agency}"
            before = plans.get(item, ())
            return put(plans, item, next_version(before, item, event, position, event.text, event.justification))
        case _:
            return plans
