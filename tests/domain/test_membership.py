"""Roles from when until when, leaving, and accounts that somebody has to confirm first."""

from datetime import datetime, timedelta

import pytest

from domain.directory import Directory, RegisterAgency, RegisterPerson, decide, evolve
from domain.errors import AlreadyDone, BadInput, NotTheirs, OwnAccount
from domain.membership import (
    AccountConfirmed,
    AccountDisabled,
    AccountEnabled,
    AccountInvited,
    AccountReset,
    ConfirmAccount,
    DisableAccount,
    EnableAccount,
    EndMembership,
    EndRole,
    GiveRole,
    InviteAccount,
    MembershipEnded,
    OfAnAccount,
    ResetAccount,
    RoleEnded,
    RoleGiven,
    Standing,
    decide_account,
)
from domain.membership import evolve as standing_after
from domain.record import Act, Actor, Command
from domain.vocabulary import AgencyKind, Role
from tests.domain.builders import LEAD, POLICE, START

DAY = timedelta(days=1)
OFFICE = "office"
PEOPLE = (
    ("priya", LEAD, (Role.PRACTITIONER,)),
    ("tom", LEAD, (Role.TEAM_MANAGER,)),
    ("ruth", LEAD, (Role.CSE_PREVENTION_MANAGER,)),
    ("sam", POLICE, (Role.PRACTITIONER,)),
    ("mo", POLICE, (Role.TEAM_MANAGER,)),
    ("pat", OFFICE, (Role.PARTNERSHIP_MANAGER,)),
    ("alex", OFFICE, (Role.ADMINISTRATOR,)),
)


def an_act(who: str = "alex", at: datetime = START) -> Act:
    agency = {person: agency for person, agency, _ in PEOPLE}.get(who, "")
    return Act(Actor(who, Role.ADMINISTRATOR, agency), at, f"command-of-{who}")


def a_directory() -> Directory:
    agencies = (
        RegisterAgency(id=LEAD, name="Social Care", kind=AgencyKind.CHILDRENS_SOCIAL_CARE, lead=True),
        RegisterAgency(id=POLICE, name="Police", kind=AgencyKind.POLICE),
        RegisterAgency(id=OFFICE, name="Office", kind=AgencyKind.PARTNERSHIP),
    )
    people = [RegisterPerson(id=id, name=id.title(), agency=agency, roles=roles) for id, agency, roles in PEOPLE]
    directory = Directory()
    for command in (*agencies, *people):
        directory = after(directory, command, an_act("hub", START - 10 * DAY))
    return directory


def after(directory: Directory, command: Command, act: Act) -> Directory:
    for event in decide(directory, command, act):
        directory = evolve(directory, event)
    return directory


def given(role: Role = Role.REVIEWER, **more: datetime) -> GiveRole:
    return GiveRole(person="priya", role=role, **more)


def test_a_role_may_begin_later_and_end_by_itself():
    """From until: who could see what on a day depends on who held which role that day."""
    command = given(starts=START + DAY, ends=START + 3 * DAY)
    event = RoleGiven(
        person="priya", role=Role.REVIEWER, starts=START + DAY, ends=START + 3 * DAY, **an_act("hub").stamp
    )
    directory = after(a_directory(), command, an_act("hub"))
    held = [Role.REVIEWER in directory.people["priya"].roles(START + n * DAY) for n in (0, 1, 2, 3)]

    assert [event] == decide(a_directory(), command, an_act("hub"))
    assert [False, True, True, False] == held


def test_a_role_given_now_is_held_from_now_on():
    """Without a day it begins at once and ends when it is ended."""
    directory = after(a_directory(), given(), an_act("hub"))

    assert [False, True] == [
        Role.REVIEWER in directory.people["priya"].roles(at) for at in (START - timedelta(seconds=1), START)
    ]


@pytest.mark.parametrize(
    ("command", "refusal"),
    [
        (given(starts=START - DAY), "not given for the past"),
        (given(starts=START + DAY, ends=START + DAY), "end before it begins"),
        (given(Role.PRACTITIONER), "holds this role already"),
        (given(Role.PRACTITIONER, starts=START + DAY), "holds this role already"),
        (GiveRole(person="nobody", role=Role.REVIEWER), "Nobody of this name"),
        (EndRole(person="nobody", role=Role.REVIEWER), "Nobody of this name"),
        (DisableAccount(person="nobody"), "Nobody of this name"),
    ],
)
def test_a_role_that_cannot_be_is_refused(command: Command, refusal: str):
    """Not in the past, not backwards, not twice at once, and of people there are."""
    with pytest.raises(BadInput, match=refusal):
        decide(a_directory(), command, an_act())


def test_spans_of_one_role_may_follow_each_other():
    """Before one that is to come, and after one that is over; not across."""
    directory = after(a_directory(), given(starts=START + 5 * DAY, ends=START + 6 * DAY), an_act())

    for command in (given(ends=START + 5 * DAY), given(starts=START + 6 * DAY)):
        assert decide(directory, command, an_act())
    with pytest.raises(BadInput):
        decide(directory, given(ends=START + 5 * DAY + timedelta(seconds=1)), an_act())


def test_ending_a_role_leaves_the_past_and_drops_what_was_to_come():
    """A span that was over stays as it was; another role is not touched."""
    directory = after(a_directory(), given(ends=START + DAY), an_act("hub"))
    directory = after(directory, given(starts=START + 5 * DAY), an_act("hub"))
    directory = after(directory, EndRole(person="priya", role=Role.REVIEWER), an_act(at=START + 2 * DAY))

    assert (
        (Role.PRACTITIONER, START - 10 * DAY, None),
        (Role.REVIEWER, START, START + DAY),
    ) == directory.people["priya"].spans


def test_a_role_still_to_come_can_be_taken_back():
    """It counts as held for ending, and never was."""
    directory = after(a_directory(), given(starts=START + 5 * DAY), an_act())

    assert [RoleEnded(person="priya", role=Role.REVIEWER, **an_act().stamp)] == decide(
        directory, EndRole(person="priya", role=Role.REVIEWER), an_act()
    )


def test_who_leaves_holds_nothing_from_that_moment_on():
    """And is not named for anything any more."""
    directory = after(a_directory(), given(starts=START + 5 * DAY), an_act())
    directory = after(directory, EndMembership(person="priya"), an_act())
    priya = directory.people["priya"]

    assert ((Role.PRACTITIONER, START - 10 * DAY, START),) == priya.spans
    assert [True, False] == [priya.may_enter(START - DAY), priya.may_enter(START)]
    assert START == priya.standing.left
    with pytest.raises(BadInput):
        directory.require_person("priya", LEAD, "persons")


@pytest.mark.parametrize("command", [given(), ResetAccount(person="priya"), EndMembership(person="priya")])
def test_who_has_left_comes_back_as_somebody_new(command: Command):
    """So that nobody inherits what the old account was tied to."""
    directory = after(a_directory(), EndMembership(person="priya"), an_act())

    with pytest.raises(AlreadyDone, match="has left"):
        decide(directory, command, an_act())


@pytest.mark.parametrize("command", [InviteAccount(person="priya"), ResetAccount(person="priya")])
def test_an_account_given_out_comes_to_no_case_until_it_is_confirmed(command: OfAnAccount):
    """Whoever resets it cannot enter in that person's name; what was held before is held again afterwards."""
    directory = after(a_directory(), command, an_act())
    waiting = directory.people["priya"]
    directory = after(directory, ConfirmAccount(person="priya"), an_act("tom", START + DAY))
    confirmed = directory.people["priya"]

    assert (frozenset(), {Role.PRACTITIONER}) == (waiting.roles(START), waiting.held(START))
    assert [True, False, False, True] == [
        confirmed.confirmed(at) for at in (START - DAY, START, START + DAY / 2, START + DAY)
    ]
    assert {Role.PRACTITIONER} == confirmed.roles(START + DAY)


def test_who_is_administrator_is_nothing_else():
    """Whatever else they hold; it is theirs again when somebody else has ended that role."""
    directory = after(a_directory(), GiveRole(person="alex", role=Role.TEAM_MANAGER), an_act("hub"))
    both = directory.people["alex"]
    ended = after(directory, EndRole(person="alex", role=Role.ADMINISTRATOR), an_act("hub", START + DAY))

    assert {Role.ADMINISTRATOR, Role.TEAM_MANAGER} == both.held(START)
    assert {Role.ADMINISTRATOR} == both.roles(START)
    assert {Role.TEAM_MANAGER} == ended.people["alex"].roles(START + DAY)


def test_an_administrator_whose_account_waits_is_not_even_that():
    """Or one who took it over would let in whom they like."""
    directory = after(a_directory(), ResetAccount(person="alex"), an_act("hub"))
    alex = directory.people["alex"]

    assert (frozenset(), {Role.ADMINISTRATOR}) == (alex.roles(START), alex.held(START))
    assert {Role.ADMINISTRATOR} == alex.once_confirmed.roles(START)


@pytest.mark.parametrize("role", list(Role))
def test_a_role_an_administrator_gives_counts_from_when_a_manager_confirms_it(role: Role):
    """Whatever role, from that moment on and not backwards; what was held before goes on meanwhile."""
    directory = after(a_directory(), EndRole(person="priya", role=Role.PRACTITIONER), an_act("hub", START - DAY))
    directory = after(directory, GiveRole(person="priya", role=role), an_act())
    waiting = directory.people["priya"]
    (confirmed,) = decide(directory, ConfirmAccount(person="priya"), an_act("tom", START + DAY))
    priya = evolve(directory, confirmed).people["priya"]

    assert ({role}, frozenset()) == (waiting.held(START), waiting.roles(START))
    assert AccountConfirmed(person="priya", roles=(role,), **an_act("tom", START + DAY).stamp) == confirmed
    assert [frozenset(), {role}] == [priya.roles(at) for at in (START, START + DAY)]


def test_somebody_registered_by_an_administrator_waits_too():
    """A colleague made up comes to nothing by that."""
    command = RegisterPerson(id="eve", name="Eve", agency=LEAD, roles=(Role.PRACTITIONER,))
    eve = after(a_directory(), command, an_act()).people["eve"]

    assert (True, frozenset()) == (eve.may_enter(START), eve.roles(START))


def test_a_role_for_days_to_come_is_confirmed_before_or_never_counts():
    """From its first day, or from the manager's word; what went by unconfirmed waits for nothing."""
    directory = after(a_directory(), given(starts=START + DAY, ends=START + 2 * DAY), an_act())
    early = after(directory, ConfirmAccount(person="priya"), an_act("tom"))
    over = directory.people["priya"].standing

    held = [Role.REVIEWER in early.people["priya"].roles(START + n * DAY) for n in (0, 1, 2)]
    assert [False, True, False] == held
    assert [1, 0] == [len(over.waits(START + n * DAY)) for n in (1, 2)]
    with pytest.raises(AlreadyDone):
        decide(directory, ConfirmAccount(person="priya"), an_act("tom", START + 2 * DAY))


def test_what_waits_is_given_once_and_can_be_taken_back():
    """By an administrator, before anybody confirmed it; the reset beside it waits on."""
    directory = after(a_directory(), given(), an_act())
    with pytest.raises(BadInput, match="holds this role already"):
        decide(directory, given(), an_act())
    directory = after(directory, ResetAccount(person="priya"), an_act())
    directory = after(directory, EndRole(person="priya", role=Role.REVIEWER), an_act())

    assert [AccountReset(person="priya", **an_act().stamp)] == list(directory.people["priya"].standing.waits(START))
    gone = after(directory, EndMembership(person="priya"), an_act())
    assert () == gone.people["priya"].standing.waits(START)


def test_nothing_is_confirmed_unseen():
    """What was begun after the manager looked is looked at first."""
    directory = after(a_directory(), ResetAccount(person="priya"), an_act())
    looked = ConfirmAccount(person="priya", seen=START)
    assert decide(directory, looked, an_act("tom", START + DAY))
    directory = after(directory, given(), an_act(at=START + DAY))

    with pytest.raises(BadInput, match="since you looked"):
        decide(directory, looked, an_act("tom", START + DAY))
    assert decide(directory, ConfirmAccount(person="priya", seen=START + DAY), an_act("tom", START + DAY))


OWN = [
    GiveRole(person="alex", role=Role.REVIEWER),
    EndRole(person="alex", role=Role.ADMINISTRATOR),
    *(kind(person="alex") for kind in (InviteAccount, ResetAccount, DisableAccount, EnableAccount, EndMembership)),
    ConfirmAccount(person="alex"),
]


@pytest.mark.parametrize("command", OWN)
def test_nobody_changes_their_own_account(command: Command):
    """Neither gives themselves anything nor gets rid of what shuts them out."""
    with pytest.raises(OwnAccount):
        decide(a_directory(), command, an_act())


def test_an_invitation_from_the_machine_needs_nobody_to_confirm_it():
    """The person was registered there too; a reset needs it from wherever it came."""
    invited = after(a_directory(), InviteAccount(person="priya"), an_act("hub"))
    reset = after(a_directory(), ResetAccount(person="priya"), an_act("hub"))

    assert [True, False] == [one.people["priya"].confirmed(START) for one in (invited, reset)]


def test_a_second_reset_begins_the_waiting_anew():
    """One span ends where the next begins, and one confirmation ends it."""
    directory = after(a_directory(), ResetAccount(person="priya"), an_act())
    directory = after(directory, ResetAccount(person="priya"), an_act(at=START + DAY))
    directory = after(directory, ConfirmAccount(person="priya"), an_act("ruth", START + 2 * DAY))

    assert ((START, START + DAY), (START + DAY, START + 2 * DAY)) == directory.people["priya"].standing.unconfirmed


# whose account, who started it, what else was done -> who may confirm
CONFIRMERS = [
    ("priya", "alex", (), {"tom", "ruth"}),
    ("tom", "alex", (), {"ruth"}),
    ("sam", "alex", (), {"mo"}),
    ("mo", "alex", (), {"pat"}),
    ("pat", "alex", (), {"tom", "ruth"}),
    ("priya", "tom", (), {"ruth"}),
    ("priya", "alex", (ResetAccount(person="ruth"),), {"tom"}),
    ("priya", "alex", (EndMembership(person="tom"), EndRole(person="ruth", role=Role.CSE_PREVENTION_MANAGER)), {"pat"}),
    ("priya", "alex", (DisableAccount(person="tom"), EndMembership(person="ruth")), set()),
    ("priya", "alex", (DisableAccount(person="tom"), ResetAccount(person="ruth")), set()),
    ("priya", "alex", (GiveRole(person="sam", role=Role.PARTNERSHIP_MANAGER),), {"tom", "ruth"}),
    ("mo", "alex", (GiveRole(person="sam", role=Role.TEAM_MANAGER),), {"pat"}),
    ("pat", "alex", (ResetAccount(person="tom"), ResetAccount(person="ruth")), set()),
]


@pytest.mark.parametrize(("person", "by", "also", "may"), CONFIRMERS)
def test_a_manager_who_knows_the_person_confirms(person: str, by: str, also: tuple[Command, ...], may: set[str]):
    """Of the person's agency; where nobody is one, of the partnership; else of the lead. Never who began it.

    Who is shut out or waits is not passed over: else whoever shuts people out would choose who confirms.
    """
    directory = a_directory()
    for command in also:
        directory = after(directory, command, an_act())
    directory = after(directory, ResetAccount(person=person), an_act(by))

    assert may == directory.confirmers(person, START)
    for who, *_ in PEOPLE:
        command = ConfirmAccount(person=person)
        if who in may:
            expected = AccountConfirmed(person=person, **an_act(who).stamp)
            assert [expected] == decide(directory, command, an_act(who))
        else:
            with pytest.raises(OwnAccount if who == person else NotTheirs):
                decide(directory, command, an_act(who))


def test_an_administrator_confirms_nobody():
    """Even where they are a manager too."""
    directory = after(a_directory(), GiveRole(person="tom", role=Role.ADMINISTRATOR), an_act("hub"))
    directory = after(directory, ResetAccount(person="priya"), an_act())

    assert {"ruth"} == directory.confirmers("priya", START)


def test_whoever_began_any_of_what_waits_confirms_none_of_it():
    """Also where another administrator began the rest."""
    directory = after(a_directory(), ResetAccount(person="priya"), an_act("tom"))
    directory = after(directory, ResetAccount(person="priya"), an_act())

    assert {"ruth"} == directory.confirmers("priya", START)


def test_where_nobody_is_left_the_machine_confirms():
    """Else a partnership in which everybody waits would wait for ever; it is on record who did it."""
    directory = after(a_directory(), ResetAccount(person="priya"), an_act())

    assert [AccountConfirmed(person="priya", **an_act("hub").stamp)] == decide(
        directory, ConfirmAccount(person="priya"), an_act("hub")
    )


EVENTS = [
    (InviteAccount(person="priya"), AccountInvited, {"to_confirm": True}),
    (ResetAccount(person="priya"), AccountReset, {}),
    (DisableAccount(person="priya"), AccountDisabled, {}),
    (EndMembership(person="priya"), MembershipEnded, {}),
]


@pytest.mark.parametrize(("command", "kind", "more"), EVENTS)
def test_what_is_done_to_an_account_is_one_event(command: Command, kind, more):
    """With who did it."""
    assert [kind(person="priya", **more, **an_act().stamp)] == decide(a_directory(), command, an_act())


def test_a_disabled_account_lets_nobody_in_until_it_is_enabled():
    """Its roles stay: it is nobody's fault, perhaps."""
    disabled = after(a_directory(), DisableAccount(person="priya"), an_act())
    enabled = after(disabled, EnableAccount(person="priya"), an_act())

    assert [False, True] == [one.people["priya"].may_enter(START) for one in (disabled, enabled)]
    assert {Role.PRACTITIONER} == disabled.people["priya"].roles(START)
    assert [AccountEnabled(person="priya", **an_act().stamp)] == decide(
        disabled, EnableAccount(person="priya"), an_act()
    )


def test_somebody_without_a_role_is_not_let_in():
    """Loss of the last role is the end of every session."""
    directory = after(a_directory(), EndRole(person="priya", role=Role.PRACTITIONER), an_act())

    assert not directory.people["priya"].may_enter(START)


@pytest.mark.parametrize(
    "command", [EnableAccount(person="priya"), ConfirmAccount(person="priya"), OfAnAccount(person="priya")]
)
def test_what_stands_already_is_not_done_again(command: OfAnAccount):
    """And what is no act is none."""
    with pytest.raises(AlreadyDone):
        decide_account(Standing(), command, an_act("tom"), theirs=True)
    with pytest.raises(AlreadyDone):
        decide_account(Standing(disabled=True), DisableAccount(person="priya"), an_act(), theirs=False)


def test_a_stray_event_changes_nothing():
    """`evolve` cannot fail."""
    stray = RoleGiven(person="priya", role=Role.REVIEWER, **an_act().stamp)

    assert Standing() == standing_after(Standing(), stray)
    assert Standing() == standing_after(Standing(), AccountInvited(person="priya", **an_act("hub").stamp))
