"""How long a person holds a role and belongs to an agency, and what a manager has to confirm before it counts."""

from datetime import datetime

import msgspec

from domain.errors import AlreadyDone, BadInput, NotTheirs, OwnAccount
from domain.record import Act, Command, Event, Moment
from domain.vocabulary import Role

THE_MACHINE = "hub"
"""Who acts when something is done on the machine's command line."""

RoleSpans = tuple[tuple[Role, datetime, datetime | None], ...]
Spans = tuple[tuple[datetime, datetime | None], ...]


class GiveRole(Command, frozen=True, kw_only=True):
    """A person holds a role, from now or a later moment on, until it is ended or a moment that is known already."""

    person: str
    role: Role
    starts: Moment | None = None
    ends: Moment | None = None


class EndRole(Command, frozen=True, kw_only=True):
    """A person ceases to hold a role."""

    person: str
    role: Role


class OfAnAccount(Command, frozen=True, kw_only=True):
    """Something done to one person's account."""

    person: str


class EndMembership(OfAnAccount, frozen=True, kw_only=True):
    """A person leaves the agency: every role ends at once, and so does every session."""


class InviteAccount(OfAnAccount, frozen=True, kw_only=True):
    """Invite a person who has no credentials yet to choose them."""


class ResetAccount(OfAnAccount, frozen=True, kw_only=True):
    """Take a person's credentials away, so that new ones are chosen; they see no case until a manager confirms."""


class DisableAccount(OfAnAccount, frozen=True, kw_only=True):
    """Let a person in no more until the account is enabled again; roles stay as they are."""


class EnableAccount(OfAnAccount, frozen=True, kw_only=True):
    """Let a person in again."""


class ConfirmAccount(OfAnAccount, frozen=True, kw_only=True):
    """A manager has made sure that the account is in the right hands, and that its roles are the person's work.

    `seen` is when the newest of what the manager was shown was begun; what was begun since is not confirmed unseen.
    """

    seen: Moment | None = None


class RoleGiven(Event, frozen=True, kw_only=True, tag="directory.role_given"):
    """`to_confirm` unless it was done on the machine."""

    person: str
    role: Role
    starts: datetime | None = None
    ends: datetime | None = None
    to_confirm: bool = False

    @property
    def span(self) -> tuple[Role, datetime, datetime | None]:
        return self.role, self.starts or self.recorded, self.ends


class RoleEnded(Event, frozen=True, kw_only=True, tag="directory.role_ended"):
    person: str
    role: Role


class AccountMark(Event, frozen=True, kw_only=True):
    """Something that changed how one person's account stands."""

    person: str


class MembershipEnded(AccountMark, frozen=True, kw_only=True, tag="directory.membership_ended"):
    """Whose roles ended with it."""


class AccountInvited(AccountMark, frozen=True, kw_only=True, tag="account.invited"):
    """`to_confirm` unless it was done on the machine, where the person was registered too."""

    to_confirm: bool = False


class AccountReset(AccountMark, frozen=True, kw_only=True, tag="account.reset_started"):
    """The credentials are gone; new ones are to be chosen."""


class AccountDisabled(AccountMark, frozen=True, kw_only=True, tag="account.disabled"):
    """Nobody is let in under it."""


class AccountEnabled(AccountMark, frozen=True, kw_only=True, tag="account.enabled"):
    """The person is let in again."""


class AccountConfirmed(AccountMark, frozen=True, kw_only=True, tag="account.confirmed"):
    """It is in the right hands, says who confirmed it; `roles` were given before and count from now on."""

    roles: tuple[Role, ...] = ()


ToConfirm = RoleGiven | AccountInvited | AccountReset


class Standing(msgspec.Struct, frozen=True):
    """How an account stands; `waiting` is all that was begun and that no manager has confirmed, oldest first.

    `unconfirmed` are the spans in which nobody had made sure yet whose hands it is in.
    """

    unconfirmed: Spans = ()
    waiting: tuple[ToConfirm, ...] = ()
    disabled: bool = False
    left: datetime | None = None

    def confirmed(self, at: datetime) -> bool:
        return not any(within(start, at, end) for start, end in self.unconfirmed)

    def waits(self, at: datetime) -> tuple[ToConfirm, ...]:
        """What still waits; a role whose days went by meanwhile waits for nothing."""
        return tuple(
            one for one in self.waiting if not (isinstance(one, RoleGiven) and one.ends is not None and one.ends <= at)
        )

    def asked(self, at: datetime) -> tuple[RoleGiven, ...]:
        """The roles that wait."""
        return tuple(one for one in self.waits(at) if isinstance(one, RoleGiven))


def within(start: datetime, at: datetime, end: datetime | None) -> bool:
    return start <= at and (end is None or at < end)


def decide_give_role(spans: RoleSpans, standing: Standing, command: GiveRole, act: Act) -> Event:
    require_anothers(command.person, act)
    _require_member(standing)
    starts = command.starts or act.at
    if starts < act.at:
        raise BadInput("starts", "A role is not given for the past. Choose today or a later day.")
    if command.ends is not None and command.ends <= starts:
        raise BadInput("ends", "The role would end before it begins. Check both days.")
    for role, start, end in (*spans, *(one.span for one in standing.asked(act.at))):
        before, after = end is not None and end <= starts, command.ends is not None and command.ends <= start
        if role is command.role and not before and not after:
            raise BadInput("role", "This person holds this role already, or will at that time.")
    return role_given(command, act)


def role_given(command: GiveRole, act: Act) -> RoleGiven:
    """What the machine gives counts at once; what an administrator gives waits for a manager's word."""
    return RoleGiven(
        person=command.person,
        role=command.role,
        starts=command.starts,
        ends=command.ends,
        to_confirm=act.by.person != THE_MACHINE,
        **act.stamp,
    )


def decide_end_role(spans: RoleSpans, standing: Standing, command: EndRole, act: Act) -> Event:
    require_anothers(command.person, act)
    held = (*spans, *(one.span for one in standing.asked(act.at)))
    if not any(role is command.role and (end is None or act.at < end) for role, _, end in held):
        raise BadInput("role", "This person does not hold this role.")
    return RoleEnded(person=command.person, role=command.role, **act.stamp)


def decide_account(standing: Standing, command: OfAnAccount, act: Act, *, theirs: bool) -> Event:
    """`theirs` says that whoever acts is one of those who may confirm this account."""
    require_anothers(command.person, act)
    _require_member(standing)
    match command:
        case EndMembership():
            return MembershipEnded(person=command.person, **act.stamp)
        case InviteAccount():
            return AccountInvited(person=command.person, to_confirm=act.by.person != THE_MACHINE, **act.stamp)
        case ResetAccount():
            return AccountReset(person=command.person, **act.stamp)
        case DisableAccount() if not standing.disabled:
            return AccountDisabled(person=command.person, **act.stamp)
        case EnableAccount() if standing.disabled:
            return AccountEnabled(person=command.person, **act.stamp)
        case ConfirmAccount() if waiting := standing.waits(act.at):
            if not theirs:
                raise NotTheirs
            if command.seen is not None and command.seen < waiting[-1].recorded:
                raise BadInput("seen", "Something more was begun on this account since you looked. Look again first.")
            roles = tuple(one.role for one in standing.asked(act.at))
            return AccountConfirmed(person=command.person, roles=roles, **act.stamp)
        case _:
            raise AlreadyDone("The account stands like this already.")


def require_anothers(person: str, act: Act) -> None:
    """Nobody changes their own account or roles.

    Raises: OwnAccount.
    """
    if act.by.person == person:
        raise OwnAccount


def _require_member(standing: Standing) -> None:
    if standing.left is not None:
        raise AlreadyDone("This person has left. Register them again under a new account, should they come back.")


def evolve(standing: Standing, event: Event) -> Standing:
    waiting = standing.waiting
    match event:
        case RoleGiven(to_confirm=True):
            return msgspec.structs.replace(standing, waiting=(*waiting, event))
        case RoleEnded():
            left = tuple(one for one in waiting if not (isinstance(one, RoleGiven) and one.role is event.role))
            return msgspec.structs.replace(standing, waiting=left)
        case AccountInvited(to_confirm=True) | AccountReset():
            spans = (*_shut(standing.unconfirmed, event.recorded), (event.recorded, None))
            return msgspec.structs.replace(standing, unconfirmed=spans, waiting=(*waiting, event))
        case AccountConfirmed():
            spans = _shut(standing.unconfirmed, event.recorded)
            return msgspec.structs.replace(standing, unconfirmed=spans, waiting=())
        case AccountDisabled():
            return msgspec.structs.replace(standing, disabled=True)
        case AccountEnabled():
            return msgspec.structs.replace(standing, disabled=False)
        case MembershipEnded():
            return msgspec.structs.replace(standing, left=event.recorded, waiting=())
    return standing


def spans_after(spans: RoleSpans, standing: Standing, event: Event) -> RoleSpans:
    """The spans in which a role counts, or would but for the account: never before a manager's word."""
    at = event.recorded
    match event:
        case RoleGiven(to_confirm=False):
            return (*spans, event.span)
        case AccountConfirmed():
            asked = (one.span for one in standing.asked(at))
            return (*spans, *((role, max(start, at), end) for role, start, end in asked))
        case RoleEnded():
            return ended(spans, at, event.role)
        case MembershipEnded():
            return ended(spans, at)
    return spans


def _shut(spans: Spans, at: datetime) -> Spans:
    return tuple((start, at if end is None else end) for start, end in spans)


def ended(spans: RoleSpans, at: datetime, role: Role | None = None) -> RoleSpans:
    """The spans of a role, or of all, over by `at`; one still to come is dropped."""
    return tuple(
        (held, start, at if role in (None, held) and (end is None or at < end) else end)
        for held, start, end in spans
        if not (role in (None, held) and at < start)
    )


ACCOUNT_MARKS: tuple[type[AccountMark], ...] = (
    MembershipEnded,
    AccountInvited,
    AccountReset,
    AccountDisabled,
    AccountEnabled,
    AccountConfirmed,
)
