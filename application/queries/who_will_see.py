"""Who will see a concern that is about to be recorded: by the rule that will judge it then, not by a guess."""

from uuid import UUID

from application.hub import Hub
from domain.record import Actor, Version
from domain.vocabulary import Role
from policies.editions import edition_in_force
from policies.sealing import named_of
from policies.viewing import who_would_get

UNRECORDED = "concern:unrecorded"


def who_will_see(hub: Hub, who: str, case_id: UUID) -> dict[str, tuple[str, ...]]:
    """Per justification of one's own agency, the agencies that get what rests on it; one's own comes first.

    For a case that the person stands before already: nothing of it is in the answer.
    """
    person, agency = hub.person(who)
    case = hub.case(case_id).case
    now = hub.now_in(case)
    directory = hub.directory()
    seeing = [one for one in directory.agencies.values() if named_of(case, one.id, directory, now)]
    agencies = sorted(seeing, key=lambda one: one.id != agency.id)
    found = {}
    for name, one in case.justifications.items():
        if one.agency == agency.id:
            version = Version(
                item=UNRECORDED, number=1, position=case.version + 1, recorded=now, justification=name,
                by=Actor(person.id, Role.PRACTITIONER, agency.id),
            )  # fmt: skip
            found[name] = who_would_get(
                edition_in_force(now), case, version, agencies, now, hub.disclosures(case_id)
            )
    return found
