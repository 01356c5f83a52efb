"""Which acts a person's roles permit today, by the edition's table: what a page offers, never what it refuses."""

from application.hub import Hub
from domain.errors import RoleMissing
from domain.vocabulary import Role
from policies.editions import edition_in_force
from policies.roles import judge_act


def acts_open_to_me(hub: Hub, who: str) -> frozenset[str]:
    """The names of the acts; each is judged again when it is done.

    Raises: NotFound: when nobody of that name has an account.
    """
    person, agency = hub.person(who)
    now = hub.now()
    edition = edition_in_force(now)
    roles = person.roles(now)
    found = set()
    for rule in edition.acts:
        try:
            judge_act(edition, rule.name, roles, lead=agency.lead, kind=agency.kind)
        except RoleMissing:
            continue
        found.add(rule.name)
    if agency.lead or agency.kind not in edition.emergency.kinds:
        found.discard("open_in_emergency")
    if person.on_duty(now) is None:
        found.discard("open_on_duty")
    return frozenset(found)


def require_open(hub: Hub, who: str, act: str) -> None:
    """Raises: RoleMissing: saying which role the act needs."""
    person, agency = hub.person(who)
    now = hub.now()
    judge_act(edition_in_force(now), act, person.roles(now), lead=agency.lead, kind=agency.kind)


def signing_roles(hub: Hub, who: str) -> tuple[Role, ...]:
    """The roles in which this person may sign a level of risk."""
    person, _ = hub.person(who)
    rule = edition_in_force(hub.now()).act("agree_risk")
    held = person.roles(hub.now())
    return tuple(role for role in rule.roles if role in held) if rule else ()
