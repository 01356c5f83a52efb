"""The door: a password, then a second factor, then a session; ends sessions, and counts what is tried."""

import hashlib
import secrets
from datetime import datetime, timedelta
from typing import Any

import msgspec

from application.commands.accounts import note
from application.hub import Hub
from application.ports import Clock
from interfaces.settings import Settings
from interfaces.signing_in import codes
from interfaces.signing_in.browsers import KnownBrowsers
from interfaces.signing_in.passwords import PasswordRefused, Passwords, require_good
from interfaces.signing_in.providers import Provider
from interfaces.storage.accounts import Accounts, Credential, Pass, Session

HALF_WAY = timedelta(minutes=10)
WITHIN = timedelta(minutes=15)
TRIES = 10
"""Guesses within a quarter of an hour: for an account from all strange browsers, and from each one that is known."""
TRIES_HALF_WAY = 5
SEEN_EVERY = timedelta(seconds=30)
KEPT = timedelta(days=90)
RESCUED_WITHIN, RESCUED = timedelta(hours=24), 5
"""For how long after a session was last used what comes too late for it is kept, and how many forms of it."""
DEMO = "demo"
SIGN_IN = "sign_in"
NOBODY = "nobody"
WAITING = 2_000
"""How many passes of one kind wait at a time that strangers get for the asking, all of them together."""


class Refused(Exception):
    """What was given does not let anybody in; the message is the same whatever was wrong with it."""


class TooMany(Exception):
    """Too much was tried; `until` is when to try again."""

    def __init__(self, until: datetime) -> None:
        super().__init__("too many tries")
        self.until = until


class HalfWayOver(Exception):
    """The first step was too long ago, or was never made: begin again."""


class Begun(msgspec.Struct, frozen=True):
    """A session that has just begun: what the browser holds of it, and whose it is."""

    token: str
    person: str


class Door:
    """Knows people by what they sign in with; the clock is the machine's, never the record's (design §6)."""

    def __init__(self, hub: Hub, settings: Settings, accounts: Accounts, clock: Clock) -> None:
        self.hub = hub
        self.settings = settings
        self.accounts = accounts
        self.clock = clock
        self.passwords = Passwords(settings.signing_in)
        self.known = KnownBrowsers(settings.session_key)
        secrets_by = settings.client_secrets
        self.providers = {one.agency: Provider(one, secrets_by.get(one.agency, "")) for one in settings.single_sign_on}

    # ---- the first step

    def first_step(self, email: str, password: str, *, mark: str, browser: str, onward: str = "") -> str:
        """The password; gives the token with which the second step goes on.

        A known and an unknown address cost the same and come to the same.

        Raises:
            Refused, TooMany
        """
        address = normal_address(email)
        person = self.accounts.person_with(address)
        counted = self._count(f"password|{address}", mark, person)
        held = self.accounts.credentials(person or NOBODY, "password")
        right = self.passwords.check(held[0].value["hash"] if held else "", password)
        if not right or not self.may_enter(person):
            self.refused(person, "password", browser)
            raise Refused
        self._strengthen(held[0], password)
        self.accounts.forget_attempts(counted)
        return self.half_way(person, "password", onward)

    def half_way(self, person: str, by: str, onward: str = "") -> str:
        """A first factor was right: what the browser holds until the second."""
        token = secrets.token_urlsafe(32)
        data = {"by": by, "onward": onward}
        until = self.clock.now() + HALF_WAY
        self.accounts.give_pass(Pass(token=digest(token), person=person, kind=SIGN_IN, until=until, data=data))
        return token

    def _strengthen(self, held: Credential, password: str) -> None:
        """Hash the password anew where the parameters of the day are others than those it was hashed with."""
        if self.passwords.is_outdated(held.value["hash"]):
            self.accounts.replace_value(held, {"hash": self.passwords.hash(password)})

    # ---- the second step

    def waiting(self, half: str) -> Pass:
        """Who waits for the second step.

        Raises:
            HalfWayOver
        """
        found = self.accounts.find_pass(digest(half), SIGN_IN, self.clock.now())
        if found is None or found.tries >= TRIES_HALF_WAY or not self.may_enter(found.person):
            raise HalfWayOver
        return found

    def second_step(self, half: str, code: str, *, mark: str, browser: str) -> Begun:
        """The authenticator's code; the session.

        Raises:
            Refused, TooMany, HalfWayOver
        """
        waiting = self.waiting(half)
        counted = self._try(waiting, mark)
        if not self.code_is_right(waiting.person, code):
            self.refused(waiting.person, "code", browser)
            raise Refused
        self.accounts.forget_attempts(counted)
        return self.let_in(waiting, "totp", browser)

    def by_recovery_code(self, half: str, code: str, *, mark: str, browser: str) -> Begun:
        """One of the ten codes, which is used up by it; the session.

        Raises:
            Refused, TooMany, HalfWayOver
        """
        waiting = self.waiting(half)
        counted = self._try(waiting, mark)
        if not self.accounts.use_up("recovery", recovery_mark(waiting.person, code)):
            self.refused(waiting.person, "recovery_code", browser)
            raise Refused
        left = len(self.accounts.credentials(waiting.person, "recovery"))
        note(self.hub, "recovery_code.used", waiting.person, left=left)
        self.accounts.forget_attempts(counted)
        return self.let_in(waiting, "recovery_code", browser)

    def code_is_right(self, person: str, code: str) -> bool:
        """Whether one of the person's authenticators shows this code now; from then on it is used up."""
        at = self.clock.now()
        for held in self.accounts.credentials(person, "totp"):
            step = codes.counter_of(held.value["secret"], code, at, after=held.counter)
            if step is not None and self.accounts.advance(held.id, step, at):
                return True
        return False

    def let_in(self, waiting: Pass, method: str, browser: str) -> Begun:
        """The second factor was right: the session, once.

        Raises:
            HalfWayOver: when the step was made already.
        """
        if not self.accounts.use_pass(waiting.token):
            raise HalfWayOver
        return self.begin(waiting.person, method, browser)

    # ---- what is tried

    def _try(self, waiting: Pass, mark: str) -> str:
        counted = self._count(f"code|{waiting.person}", mark, waiting.person)
        if self.accounts.count_try(waiting.token) > TRIES_HALF_WAY:
            raise HalfWayOver
        return counted

    def _count(self, of: str, mark: str, person: str) -> str:
        """Count a try before it is judged; a stranger's many tries leave those of a known browser alone.

        Raises:
            TooMany
        """
        counted = f"{of}|{self.known.known_to(mark, self._hashed(person)) if person else ''}"
        count, since = self.accounts.count_attempt(counted, self.clock.now(), WITHIN)
        if count > TRIES:
            if count == TRIES + 1:
                self.refused(person, "too_many", "")
            raise TooMany(since + WITHIN)
        return counted

    def refused(self, person: str, why: str, browser: str) -> None:
        """On record for an account there is; for none there is a write all the same, so that both take as long."""
        if person in self.hub.directory().people:
            note(self.hub, "sign_in.refused", person, by=NOBODY, why=why, browser=browser)
        else:
            self.accounts.count_attempt(NOBODY, self.clock.now(), WITHIN)

    def require_own_password(self, person: str, password: str, *, mark: str, browser: str) -> None:
        """Before what a stranger at an open desk must not do.

        Raises:
            Refused, TooMany
        """
        counted = self._count(f"password|{self.accounts.email_of(person)}", mark, person)
        held = self.accounts.credentials(person, "password")
        if not self.passwords.check(held[0].value["hash"] if held else "", password):
            self.refused(person, "password", browser)
            raise Refused
        self.accounts.forget_attempts(counted)

    # ---- sessions

    def begin(self, person: str, method: str, browser: str) -> Begun:
        """A session with a token of its own; on record before anybody is let in."""
        note(self.hub, "sign_in.succeeded", person, method=method, browser=browser)
        token, at = secrets.token_urlsafe(32), self.clock.now()
        self.accounts.tidy(at, kept=KEPT)
        self.accounts.begin_session(
            Session(token=digest(token), person=person, method=method, browser=browser, begun=at, seen=at)
        )
        return Begun(token, person)

    def session(self, token: str) -> Session | None:
        """The session of a token, if it goes on; one whose person may not be in any more is over for good."""
        found = self.accounts.session(digest(token)) if token else None
        at = self.clock.now()
        if found is None or not self.goes_on(found, at):
            return None
        if not self.may_enter(found.person):
            if self.accounts.end_session(found.token, at):
                note(self.hub, "session.ended", found.person, by=NOBODY, why="may_not_enter")
            return None
        if at - found.seen >= SEEN_EVERY:
            self.accounts.touch(found.token, at)
        return found

    def ran_out(self, token: str) -> str:
        """Whose session this was that ended of itself, left alone for too long or too old, and not long ago."""
        found = self.accounts.session(digest(token)) if token else None
        at = self.clock.now()
        if found is None or found.ended is not None or self.goes_on(found, at) or not self.may_enter(found.person):
            return ""
        if at - found.seen >= RESCUED_WITHIN:
            return ""
        limits = self.settings.signing_in
        return found.person if at - found.seen >= limits.idle or at - found.begun >= limits.longest else ""

    def begins_a_draft(self, token: str) -> bool:
        """Whether a session that ran out may leave one more draft: whoever holds its cookie fills no list with them."""
        count, _ = self.accounts.count_attempt(f"rescued|{digest(token).hex()}", self.clock.now(), RESCUED_WITHIN)
        return count <= RESCUED

    def goes_on(self, one: Session, at: datetime) -> bool:
        """Neither ended, nor left alone for too long, nor too old; a demo's session is worth nothing elsewhere."""
        limits = self.settings.signing_in
        return (
            one.ended is None
            and one.begun <= at + WITHIN
            and at - one.seen < limits.idle
            and at - one.begun < limits.longest
            and (one.method != DEMO or self.settings.demo_stands_at is not None)
        )

    def sessions(self, person: str) -> list[Session]:
        """Where the person is signed in."""
        at = self.clock.now()
        return [one for one in self.accounts.sessions(person) if self.goes_on(one, at)]

    def sign_out(self, token: str) -> None:
        found = self.accounts.session(digest(token))
        if found is not None and self.accounts.end_session(found.token, self.clock.now()):
            note(self.hub, "session.ended", found.person, why="signed_out")

    def end_one(self, person: str, token: bytes) -> None:
        """End one of the person's own sessions; another's is not touched."""
        mine = self.accounts.session(token)
        if mine is not None and mine.person == person and self.accounts.end_session(token, self.clock.now()):
            note(self.hub, "session.ended", person, why="from_elsewhere")

    def end_all(self, person: str, why: str, *, but: str = "", by: str = "") -> int:
        ended = self.accounts.end_sessions(person, self.clock.now(), but=digest(but) if but else b"")
        if ended:
            note(self.hub, "session.ended", person, by=by, why=why, sessions=ended)
        return ended

    # ---- what people sign in with

    def change_password(self, person: str, new: str, *, but: str) -> None:
        """A new password; every other session ends, and whoever is half-way in by the old one begins again.

        Raises:
            PasswordRefused
        """
        (held,) = self.accounts.credentials(person, "password")
        require_good(new, not_in=self.names_of(person))
        if self.passwords.check(held.value["hash"], new):
            raise PasswordRefused("This is the password you have. Choose another.")
        self.accounts.put_in_place(person, ["password"], [self.made(person, "password", hash=self.passwords.hash(new))])
        self.accounts.take_back_passes(person)
        note(self.hub, "password.changed", person)
        self.end_all(person, "password_changed", but=but)

    def new_recovery_codes(self, person: str) -> list[str]:
        """Ten new ones; the old ones work no more."""
        fresh = codes.new_recovery_codes()
        self.accounts.put_in_place(person, ["recovery"], self.recovery_credentials(person, fresh))
        note(self.hub, "recovery_code.made", person)
        return fresh

    def recovery_credentials(self, person: str, fresh: list[str]) -> list[Credential]:
        return [self.made(person, "recovery", found=recovery_mark(person, code)) for code in fresh]

    def made(
        self, person: str, kind: str, *, found: str = "", counter: int = 0, called: str = "", **value: Any
    ) -> Credential:
        return Credential(
            id=secrets.token_bytes(16), person=person, kind=kind, value=value, made=self.clock.now(), found=found,
            counter=counter, name=called,
        )  # fmt: skip

    def names_of(self, person: str) -> tuple[str, ...]:
        """Words that a guesser would try first for this person."""
        return (self.hub.person(person)[0].name, self.accounts.email_of(person))

    def is_shut(self, person: str) -> bool:
        """Whether the person has left, or the account was disabled."""
        standing = self.hub.person(person)[0].standing
        return standing.disabled or standing.left is not None

    def marked(self, mark: str, person: str) -> str:
        """The mark of a browser from which this person has signed in."""
        return self.known.marked(mark, self._hashed(person))

    def _hashed(self, person: str) -> str:
        return self.hub.blind.key("person of a known browser", person)[:32]

    def may_enter(self, person: str) -> bool:
        found = self.hub.directory().people.get(person)
        return found is not None and found.may_enter(self.hub.now())

    def close(self) -> None:
        self.accounts.close()


def digest(token: str) -> bytes:
    """What is kept of a token: whoever reads the table cannot use it."""
    return hashlib.sha256(token.encode()).digest()


def normal_address(email: str) -> str:
    return email.strip().casefold()[:254]


def recovery_mark(person: str, code: str) -> str:
    """By what a recovery code is found; only its keyed hash is kept."""
    return f"{person}|{codes.as_typed(code)}"
