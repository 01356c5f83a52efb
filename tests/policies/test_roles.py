"""Who may do what: the whole product of roles, acts and kinds of agency, retyped from design §3.1 and toolkit 2.1."""

import pytest

from domain.errors import RoleMissing
from domain.vocabulary import AgencyKind, Role
from policies.editions import editions
from policies.roles import judge_act

(EDITION,) = editions()
LETTERS = {
    "P": Role.PRACTITIONER,
    "T": Role.TEAM_MANAGER,
    "C": Role.CSE_PREVENTION_MANAGER,
    "M": Role.PARTNERSHIP_MANAGER,
    "R": Role.REVIEWER,
    "A": Role.AUDITOR,
    "X": Role.ADMINISTRATOR,
}

# "Practitioners record, ask and decide; Team Manager and CSE Prevention Manager (lead) also agree and dissent; managers
# add their own agency's people to the team and see its cases; partnership manager opens reviews; reviewer reads ...;
# auditor reads ...; administrator, beside whatever other role, sees no case." The referrer may be answered by a manager
# too; what cannot be placed is placed by the lead; anyone who works on cases may declare an interest. Destroying a case
# takes two managers of two agencies, one of them the lead's, who lifts the hold and proposes; the partnership manager
# may be the other; keeping it takes one manager of any agency. An administrator never. The lead's managers seal and
# lift, and look afterwards at what was opened; managers keep their own rota; who works on cases may open on duty (the
# lead's) or in an emergency (the edition names the kinds of agency); the lead's people see who has looked. The
# administrator keeps people, roles and accounts, and confirms none: that is for managers and the partnership manager.
#
# act                       in the lead  at a partner  at the partnership office
WRITTEN = """
open_case                   P            P             P
give_justification          P            P             P
record_details              P            P             P
record_consent              P            P             P
withdraw_consent            P            P             P
record_concern              P            P             P
correct_concern             P            P             P
retract_concern             P            P             P
record_disagreement         P            P             P
record_person_of_concern    P            P             P
record_plan                 P            P             P
start_assessment            P            P             P
answer_questions            P            P             P
end_assessment              P            -             -
propose_risk                P            -             -
agree_risk                  TC           -             -
dissent_from_risk           TC           -             -
date_action                 PTC          -             -
record_action_outcome       PTC          -             -
request_information         P            P             P
place_request               PTC          -             -
decide_sharing              P            P             P
withdraw_sharing            P            P             P
undo_sharing                P            P             P
agree_onward                P            P             P
make_referral               P            P             P
acknowledge_referral        PT           PT            PT
conclude_referral           PT           PT            PT
escalate_referral           PT           PT            PT
join_team                   TC           TC            TC
open_with_reason            PTC          PTC           PTC
declare_interest            PTC          PTC           PTC
tell_correction             P            -             -
open_review                 -            -             M
lift_legal_hold             TC           -             -
place_legal_hold            TCM          TCM           TCM
propose_destruction         TC           -             -
agree_destruction           TCM          TCM           TCM
stop_destruction            TCM          TCM           TCM
seal_case                   TC           -             -
lift_seal                   TC           -             -
assign_duty                 TC           TC            TC
end_duty                    TC           TC            TC
open_on_duty                PTC          -             -
open_in_emergency           PTC          PTC           PTC
review_access               TC           -             -
see_looks                   PTC          -             -
link_cases                  TC           -             -
mark_different              TC           -             -
undo_link                   TC           -             -
register_agency             X            X             X
register_person             X            X             X
give_role                   X            X             X
end_role                    X            X             X
end_membership              X            X             X
invite_account              X            X             X
reset_account               X            X             X
disable_account             X            X             X
enable_account              X            X             X
confirm_account             TCM          TCM           TCM
see_security_log            X            X             X
"""
ACTS = [line.split() for line in WRITTEN.split("\n") if line]
PLACES = {
    "lead": (True, AgencyKind.CHILDRENS_SOCIAL_CARE),
    "partner": (False, AgencyKind.POLICE),
    "partnership": (False, AgencyKind.PARTNERSHIP),
}


def may(act: str, place: str, *held: Role, as_role: Role | None = None) -> Role | None:
    lead, kind = PLACES[place]
    try:
        return judge_act(EDITION, act, frozenset(held), lead=lead, kind=kind, as_role=as_role)
    except RoleMissing:
        return None


@pytest.mark.parametrize(
    ("act", "place", "written"),
    [(act, place, who) for act, *whos in ACTS for place, who in zip(PLACES, whos, strict=True)],
)
def test_every_act_belongs_to_the_roles_written_down(act, place, written):
    """Each role by itself, at each kind of agency."""
    allowed = "".join(letter for letter, role in LETTERS.items() if may(act, place, role))

    assert written == (allowed or "-")


def test_the_table_has_no_other_acts():
    """What is not written down is not there."""
    assert [act for act, *_ in ACTS] == [rule.name for rule in EDITION.acts]


def test_an_act_the_table_does_not_know_is_nobodys():
    """Silence of the table is absence."""
    with pytest.raises(RoleMissing, match="Nobody may do this"):
        judge_act(EDITION, "erase_case", frozenset(Role), lead=True, kind=AgencyKind.PARTNERSHIP)


# held, role named -> role used ("-" is a refusal): two people sign, each naming the role used (design §2)
SIGNING = [
    ("T", "T", "T"),
    ("T", "C", "-"),
    ("T", "P", "-"),
    ("C", "C", "C"),
    ("C", "T", "-"),
    ("TC", "T", "T"),
    ("TC", "C", "C"),
    ("P", "T", "-"),
    ("P", "P", "-"),
    ("PTC", "P", "-"),
    ("MRAX", "T", "-"),
]


@pytest.mark.parametrize("act", ["agree_risk", "dissent_from_risk"])
@pytest.mark.parametrize(("held", "named", "used"), SIGNING)
def test_a_manager_signs_in_a_role_she_holds(act, held, named, used):
    """Agreement needs a Team Manager and the CSE Prevention Manager of the lead."""
    role = may(act, "lead", *(LETTERS[letter] for letter in held), as_role=LETTERS[named])

    assert LETTERS.get(used) is role


@pytest.mark.parametrize("place", ["partner", "partnership"])
def test_managers_elsewhere_do_not_sign(place):
    """Managers of the lead only."""
    assert may("agree_risk", place, Role.TEAM_MANAGER, as_role=Role.TEAM_MANAGER) is None


def test_the_role_used_is_the_first_that_the_act_belongs_to():
    """`by` is the person as they acted: a worker who also manages records as practitioner."""
    assert Role.PRACTITIONER is may("acknowledge_referral", "lead", Role.TEAM_MANAGER, Role.PRACTITIONER)


@pytest.mark.parametrize(
    ("act", "as_role", "words"),
    [
        ("record_concern", None, "This needs a practitioner. "),
        ("agree_risk", None, "This needs a Team Manager or CSE Prevention Manager of the lead agency. "),
        ("agree_risk", Role.TEAM_MANAGER, "This needs a Team Manager of the lead agency. "),
        ("agree_risk", Role.PRACTITIONER, "This needs a Team Manager or CSE Prevention Manager of the lead agency. "),
        ("open_review", None, "This needs a partnership manager of the partnership office. "),
    ],
)
def test_a_refusal_names_the_role_and_whom_to_ask(act, as_role, words):
    """Every message says what to do next."""
    with pytest.raises(RoleMissing) as refused:
        judge_act(EDITION, act, frozenset({Role.AUDITOR}), lead=True, kind=AgencyKind.PARTNERSHIP, as_role=as_role)

    assert refused.value.message.startswith(words)
    assert refused.value.message.endswith("Ask a colleague who holds that role.")
