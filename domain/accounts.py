"""What happens at the door: who signed in and how, what was refused, what people sign in with; never the secret."""

from domain.record import Event


class AccountEnrolled(Event, frozen=True, kw_only=True, tag="account.enrolled"):
    """A person followed the link and chose what to sign in with."""

    person: str


class LinkSent(Event, frozen=True, kw_only=True, tag="account.link_sent"):
    """The link of an invitation or a reset went out: by e-mail, or printed on the machine to be handed over."""

    person: str
    how: str


class AddressTold(Event, frozen=True, kw_only=True, tag="account.address_told"):
    """The address an account had was told of a reset, or that another took its place; `sent` unless mail failed."""

    person: str
    sent: bool


class SignInSucceeded(Event, frozen=True, kw_only=True, tag="sign_in.succeeded"):
    person: str
    method: str
    browser: str


class SignInRefused(Event, frozen=True, kw_only=True, tag="sign_in.refused"):
    """Of accounts there are only; what was typed stands nowhere."""

    person: str
    why: str
    browser: str


class AgencySignInRefused(Event, frozen=True, kw_only=True, tag="agency_sign_in.refused"):
    """An agency's own sign-in stood for somebody it does not let in; `person` is empty where no account is bound."""

    person: str
    agency: str
    why: str
    browser: str


class SessionEnded(Event, frozen=True, kw_only=True, tag="session.ended"):
    person: str
    why: str
    sessions: int = 1


class PasswordChanged(Event, frozen=True, kw_only=True, tag="password.changed"):
    person: str


class SecondFactorAdded(Event, frozen=True, kw_only=True, tag="second_factor.added"):
    person: str
    kind: str
    name: str = ""


class SecondFactorRemoved(Event, frozen=True, kw_only=True, tag="second_factor.removed"):
    person: str
    kind: str
    name: str = ""


class RecoveryCodesMade(Event, frozen=True, kw_only=True, tag="recovery_code.made"):
    """New ones; the old ones work no more."""

    person: str


class RecoveryCodeUsed(Event, frozen=True, kw_only=True, tag="recovery_code.used"):
    person: str
    left: int


ACCOUNT_EVENTS: tuple[type[Event], ...] = (
    AccountEnrolled,
    LinkSent,
    AddressTold,
    SignInSucceeded,
    SignInRefused,
    AgencySignInRefused,
    SessionEnded,
    PasswordChanged,
    SecondFactorAdded,
    SecondFactorRemoved,
    RecoveryCodesMade,
    RecoveryCodeUsed,
)
