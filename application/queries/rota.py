"""The duty rota of one's own agency, and whether one is on duty oneself."""

from datetime import datetime

from application.destruction import may
from application.hub import Hub
from application.views import View
from domain.errors import NotPermitted
from domain.vocabulary import CASE_ROLES
from policies.editions import edition_in_force


class ShiftLine(View, frozen=True, kw_only=True):
    """One shift, with who has it; `now` says that it covers this moment."""

    duty: str
    person: str
    name: str
    starts: datetime
    until: datetime
    now: bool


class RotaView(View, frozen=True, kw_only=True):
    """Shifts that are not over, soonest first; `people` (id, name, job) may be put on duty, by who `keeps` the rota.

    `on_duty_until` is the end of the reader's own shift; `opens` says that it opens cases, as in the lead agency.
    """

    agency: str
    shifts: tuple[ShiftLine, ...]
    people: tuple[tuple[str, str, str], ...]
    keeps: bool
    opens: bool
    on_duty_until: datetime | None


def rota(hub: Hub, who: str) -> RotaView:
    """No case is on it and no young person, so the look needs no record.

    Raises:
        NotFound: when nobody of that name has an account. NotPermitted: for who works on no cases.
    """
    person, agency = hub.person(who)
    now = hub.now()
    edition = edition_in_force(now)
    if not person.roles(now) & CASE_ROLES:
        raise NotPermitted("The duty rota is for those who work on cases. Ask a manager.")
    ours = [one for one in hub.directory().people.values() if one.agency == agency.id]
    shifts = [
        ShiftLine(duty=shift.duty, person=one.id, name=one.name, starts=shift.starts, until=shift.until,
                  now=shift.covers(now))
        for one in ours for shift in one.shifts if now < shift.until and shift.starts < shift.until
    ]  # fmt: skip
    mine = person.on_duty(now)
    return RotaView(
        agency=agency.id,
        shifts=tuple(sorted(shifts, key=lambda shift: (shift.starts, shift.name))),
        people=tuple((one.id, one.name, one.job) for one in ours if one.roles(now) & CASE_ROLES),
        keeps=may(edition, person, agency, "assign_duty", now),
        opens=may(edition, person, agency, "open_on_duty", now),
        on_duty_until=mine.until if mine else None,
    )
