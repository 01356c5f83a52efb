"""The forms of people and agencies: registering, inviting, and who holds which role from when until when."""

from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from domain.vocabulary import AgencyKind, Role
from interfaces.web.forms.entering import Address
from interfaces.web.forms.form import Form, Section
from interfaces.web.forms.parts import Choice, Choices, Day, Option, Text, Wrong
from interfaces.web.words import word

ROLES = tuple(Option(role, word(role, "role")) for role in Role)


def person_form(agencies: tuple[Option, ...]) -> Form:
    return Form(
        sections=(
            Section(
                parts=(
                    Text(name="name", label="Name", needed="Enter the person's name."),
                    Text(name="job", label="Job"),
                    Choice(
                        name="agency",
                        label="Works for",
                        options=agencies,
                        open=True,
                        directory=True,
                        needed="Choose the agency.",
                    ),
                    Choices(
                        name="roles",
                        label="Roles from now on",
                        options=ROLES,
                        needed="Choose at least one role: without one nobody is let in.",
                    ),
                )
            ),
        ),
    )


AGENCY = Form(
    sections=(
        Section(
            parts=(
                Text(name="name", label="Name", needed="Enter the agency's name."),
                Choice(
                    name="kind",
                    label="What sort of organisation",
                    options=tuple(Option(kind, word(kind, "kind")) for kind in AgencyKind),
                    needed="Choose what sort of organisation it is.",
                ),
            )
        ),
    )
)
INVITE = Form(
    sections=(
        Section(
            parts=(
                Address(
                    name="email",
                    label="Work e-mail",
                    hint="The link goes here. You do not see it, nor what the person chooses.",
                    needed="Enter the person's work e-mail address.",
                ),
            )
        ),
    )
)


def _days_in_order(values: dict[str, Any]) -> None:
    if values.get("starts") and values.get("ends") and values["ends"] < values["starts"]:
        raise Wrong("ends-day", "The last day is before the first. Check both.")


ROLE = Form(
    sections=(
        Section(
            parts=(
                Choice(name="role", label="Role", options=ROLES, needed="Choose a role."),
                Day(name="starts", label="First day", hint="Leave it empty for: from now on."),
                Day(name="ends", label="Last day", hint="Leave it empty where it is not known yet."),
            )
        ),
    ),
    rule=_days_in_order,
)


def span(values: dict[str, Any], zone: ZoneInfo, now: datetime) -> dict[str, str]:
    """The moments at which a role begins and ends: the first day's beginning, or now if it is today; the last's end."""
    found = {}
    for name, more in (("starts", 0), ("ends", 1)):
        if values.get(name) and (name, values[name]) != ("starts", now.astimezone(zone).date().isoformat()):
            day = date.fromisoformat(values[name]) + timedelta(days=more)
            found[name] = datetime.combine(day, time(), zone).isoformat()
    return found
