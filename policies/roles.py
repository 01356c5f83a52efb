"""Which role lets a person do an act: the edition's table of acts by role."""

from domain.errors import RoleMissing
from domain.vocabulary import AgencyKind, Role
from policies.editions import Edition

CALLED = {Role.TEAM_MANAGER: "Team Manager", Role.CSE_PREVENTION_MANAGER: "CSE Prevention Manager"}
"""Roles that are written as the toolkit writes them."""


def judge_act(
    edition: Edition, act: str, roles: frozenset[Role], *, lead: bool, kind: AgencyKind, as_role: Role | None = None
) -> Role:
    """The role the person uses for `act`: the one named, or the first of the table's that the person holds.

    Raises:
        RoleMissing: saying which role the act needs.
    """
    rule = edition.act(act)
    if rule is None:
        raise RoleMissing("Nobody may do this under the policy edition in force.")
    rightly_placed = {"any": True, "lead": lead, "partnership": kind is AgencyKind.PARTNERSHIP}[rule.by]
    wanted = [as_role] if as_role is not None else list(rule.roles)
    for role in wanted:
        if rightly_placed and role in rule.roles and role in roles:
            return role
    raise RoleMissing(_whose(rule.roles if as_role not in rule.roles else (as_role,), rule.by, rule.because))


def _whose(roles: tuple[Role, ...] | tuple[Role | None, ...], by: str, because: str) -> str:
    named = " or ".join(CALLED.get(role, role.replace("_", " ")) for role in roles if role)
    of = {"any": "", "lead": " of the lead agency", "partnership": " of the partnership office"}[by]
    article = "an" if named.startswith("a") else "a"
    return f"This needs {article} {named}{of}. {because} Ask a colleague who holds that role."
