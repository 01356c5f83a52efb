"""Something of every kind in the hub of the worked case: a real id of each, and every form to be met."""

from datetime import timedelta
from functools import partial
from uuid import UUID

from flask import Flask

from application.commands.acts import act
from application.commands.asking import ask_about
from application.commands.coming_in import open_in_emergency
from application.commands.destroying import destruction_act
from application.commands.drafting import keep_draft
from application.commands.opening import open_case
from application.commands.people import keep_directory
from application.commands.rota import keep_rota
from application.hub import Hub
from application.ledger import disclosures_stream
from application.queries.case_as_seen import case_as_seen
from application.queries.chronology import chronology
from application.queries.my_drafts import my_drafts
from domain.disclosures import CaseExported
from interfaces.exports.chronology import lay_out
from interfaces.settings import Settings
from interfaces.signing_in import enrolment, passkeys
from interfaces.signing_in.door import Door
from interfaces.signing_in.passkeys import Site
from tests.builders import a_command_id, a_justification
from tests.passkeys import DOMAIN, ORIGIN, Device

NIA = {"id": "nia", "name": "Nia Wood", "agency": "police", "roles": ["practitioner"]}
MAYA = {"name": "Maya Ellison", "date_of_birth": "2010-05-14"}
OTHERS = (("Jonah Pike", "2010-11-20"), ("Keira Doyle", "2011-03-02"), ("Keira Marsh", "2011-02-03"))
KEPT_TOO_LONG = {"reason": "Kept longer than the schedule asks.", "basis": "Retention schedule 4.2"}
Ids = dict[str, str]


def furnish(app: Flask, case: UUID) -> Ids:
    """An id of each kind, by what addresses call it; nobody of the worked case comes to more of it than before.

    `waiting` a request to place; `way_in` an emergency, over by now; `shift` of Priya's; `other` a case that may be of
    the same young person; `lifted`, `proposed`, `agreed` cases so far on their way to being destroyed; `share` one made
    just now, `proposal` a level of risk to sign; `export` a chronology of Ben's; `person` Priya in an address,
    `passkey`, `session` and `draft` hers; `invitation` Nia's.
    """
    hub: Hub = app.extensions["hub"]
    door: Door = app.extensions["hub door"]
    if "nia" not in hub.directory().people:
        keep_directory(hub, "hub", "register_person", NIA, command_id=a_command_id())
    return (
        _of_cases(hub)
        | _of_the_case(hub, case)
        | {"export": _exported(hub, case, app.extensions["hub settings"])}
        | _of_accounts(hub, door)
    )


def _of_cases(hub: Hub) -> Ids:
    cases = [_opened(hub, *one) for one in OTHERS]
    for place, one in enumerate(cases):
        destruction_act(hub, "tom", one, "lift_legal_hold", KEPT_TOO_LONG, command_id=a_command_id())
        if place > 0:
            proposed = {"id": f"D{place}", "asked": "police", **KEPT_TOO_LONG}
            destruction_act(hub, "tom", one, "propose_destruction", proposed, command_id=a_command_id())
        if place > 1:
            destruction_act(hub, "mo", one, "agree_destruction", {"proposal": f"D{place}"}, command_id=a_command_id())
    asked = {"id": "Q70", "of": "csc", "wanted": "Whether you know her.", "purpose": "an enquiry"}
    ask_about(hub, "sam", {"name": "Maya Elison"}, asked, command_id=a_command_id())
    on_their_way = dict(zip(("lifted", "proposed", "agreed"), map(str, cases), strict=True))
    return {"other": str(_opened(hub, "Mya Elison", "2010-05-14")), "waiting": "Q70", **on_their_way}


def _opened(hub: Hub, name: str, born: str) -> UUID:
    data = {"justification": a_justification("J1"), "child": {"name": name, "date_of_birth": born}}
    return open_case(hub, "asha", data, command_id=a_command_id())


def _of_the_case(hub: Hub, case: UUID) -> Ids:
    open_in_emergency(hub, "nia", MAYA, "Her carer rang: she has not come home.", command_id=a_command_id())
    (way_in,) = (one.made.access for one in hub.case(case).case.access.ways_in)
    hub.clock.at += timedelta(minutes=61)  # type: ignore[attr-defined]  # a clock that is set by tests
    shift = {"id": "D70", "person": "priya", "from": hub.now().isoformat()}
    until = (hub.now() + timedelta(hours=8)).isoformat()
    keep_rota(hub, "tom", "assign_duty", {**shift, "until": until}, command_id=a_command_id())
    share = {
        "id": "S70", "justification": "J4", "outcome": "share_in_part", "with": "health", "persons": ["helen"],
        "items": [{"item": "child.gender", "showing": "full"}],
    }  # fmt: skip
    level = {"id": "A70", "justification": "J4", "category": 2, "rationale": "As before."}
    keep_draft(hub, "priya", '["asking.about",{}]', None, {"wanted": ["Begun, and not sent."]})
    (draft,) = my_drafts(hub, "priya")
    for what, data in (("decide_sharing", share), ("propose_risk", level)):
        act(hub, "priya", case, what, data, command_id=a_command_id())
    return {"way_in": way_in, "shift": "D70", "share": "S70", "proposal": "A70", "draft": draft.reference}


def put_right(hub: Hub, case: UUID) -> None:
    """A concern that the police have read is corrected, and they are still to be told."""
    case_as_seen(hub, "sam", case)
    change = {"concern": "C1", "justification": "J1", "change": {"headline": "Put right"}, "reason": "Misread."}
    act(hub, "ben", case, "correct_concern", change, command_id=a_command_id())


def _exported(hub: Hub, case: UUID, settings: Settings) -> str:
    chronology(hub, "ben", case, partial(lay_out, names=hub.directory(), zone=settings.zone))
    made = [one for one in hub.ledger.read(disclosures_stream(case)) if isinstance(one, CaseExported)]
    return made[-1].digest


def _of_accounts(hub: Hub, door: Door) -> Ids:
    site, device = Site(ORIGIN, DOMAIN), Device()
    token, asked = passkeys.asked_to_make(door, site, "priya")
    passkeys.keep(door, site, "priya", token, device.makes(asked), "Work telephone")
    (passkey,) = door.accounts.credentials("priya", "passkey")
    door.begin("priya", "demo", "a browser elsewhere")
    return {
        "person": hub.blind.key("a person in an address", "priya"),
        "passkey": passkeys.reference(passkey),
        "session": door.sessions("priya")[0].token.hex(),
        "invitation": enrolment.start(door, "alex", "nia", "nia@agency.example", command_id=a_command_id()),
    }
