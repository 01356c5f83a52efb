"""Accounts: e-mails, credentials, sessions and passes, sealed and found by keyed hash; no row tells whose it is."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
from sqlalchemy import (
    BigInteger,
    Column,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    case,
    delete,
    insert,
    select,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection
from sqlalchemy.exc import IntegrityError

from application.ports import BlindIndex, Seal, SealBroken
from interfaces.storage.databases import Database

META = MetaData()
EMAILS = Table(
    "emails",
    META,
    Column("person", LargeBinary, primary_key=True),
    Column("found_by", LargeBinary, nullable=False, unique=True),
    Column("sealed", LargeBinary, nullable=False),
)
CREDENTIALS = Table(
    "credentials",
    META,
    Column("id", LargeBinary, primary_key=True),
    Column("person", LargeBinary, nullable=False),
    Column("kind", String, nullable=False),
    Column("found_by", LargeBinary, unique=True),
    Column("counter", BigInteger, nullable=False),
    Column("made", BigInteger, nullable=False),
    Column("last_used", BigInteger),
    Column("sealed", LargeBinary, nullable=False),
    Index("credentials_of", "person", "kind"),
)
SESSIONS = Table(
    "sessions",
    META,
    Column("token", LargeBinary, primary_key=True),
    Column("person", LargeBinary, nullable=False),
    Column("begun", BigInteger, nullable=False),
    Column("seen", BigInteger, nullable=False),
    Column("ended", BigInteger),
    Column("sealed", LargeBinary, nullable=False),
    Index("sessions_of", "person", "begun"),
)
PASSES = Table(
    "passes",
    META,
    Column("token", LargeBinary, primary_key=True),
    Column("person", LargeBinary, nullable=False),
    Column("kind", String, nullable=False),
    Column("until", BigInteger, nullable=False),
    Column("tries", Integer, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    Index("passes_of", "person", "kind"),
)
ATTEMPTS = Table(
    "attempts",
    META,
    Column("found_by", LargeBinary, primary_key=True),
    Column("since", BigInteger, nullable=False),
    Column("count", Integer, nullable=False),
)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
OWNER = "hub"


class AddressTaken(ValueError):
    """Another person's account has this e-mail address."""


class MarkTaken(ValueError):
    """Another credential is found by this already: a passkey is one account's, and so is an identity elsewhere."""


class PassUsed(LookupError):
    """The pass was used already, has run out, or never was."""


class Credential(msgspec.Struct, frozen=True, kw_only=True):
    """What a person signs in with: a password, an authenticator, a recovery code, a passkey, an identity elsewhere.

    `value` is the secret or public part, by its kind; `name` is what the person calls it; `counter` only ever rises;
    `found` is by what it is found, where it must be: a passkey's id, an identity's issuer and subject.
    """

    id: bytes
    person: str
    kind: str
    value: dict[str, Any]
    made: datetime
    name: str = ""
    found: str = ""
    counter: int = 0
    last_used: datetime | None = None

    def __repr__(self) -> str:
        return f"Credential({self.kind})"


class Session(msgspec.Struct, frozen=True, kw_only=True):
    """A browser in which somebody signed in; `token` is a digest of what the browser holds."""

    token: bytes
    person: str
    method: str
    browser: str
    begun: datetime
    seen: datetime
    ended: datetime | None = None


class Pass(msgspec.Struct, frozen=True, kw_only=True):
    """Lets whoever holds its token go on for a while: half-way through signing in, or by a link."""

    token: bytes
    person: str
    kind: str
    until: datetime
    tries: int = 0
    data: dict[str, Any] = {}

    def __repr__(self) -> str:
        return f"Pass({self.kind})"


class _Content(msgspec.Struct, frozen=True):
    """What lies sealed in a row: whose it is, and what."""

    person: str
    content: dict[str, Any]


_content = msgspec.json.Decoder(_Content).decode


class Accounts:
    """Rows by SQLAlchemy Core, on SQLite or PostgreSQL; holds no rule."""

    def __init__(self, desk: Database, seal: Seal, blind: BlindIndex) -> None:
        self._desk = desk
        self._seal = seal
        self._blind = blind
        self._dialect: Any = postgresql if desk.writing.dialect.name == "postgresql" else sqlite

    # ---- e-mail

    def put_email(self, person: str, email: str) -> None:
        """Raises: AddressTaken."""
        of = self._of(person)
        sealed = self._closed(b"emails", b"", person, {"email": email})
        row = {"found_by": self._found("email", email), "sealed": sealed}
        statement = self._dialect.insert(EMAILS).values(person=of, **row)
        try:
            with self._desk.writing.begin() as connection:
                connection.execute(statement.on_conflict_do_update(index_elements=["person"], set_=row))
        except IntegrityError as error:
            raise AddressTaken from error

    def email_of(self, person: str) -> str:
        of = self._of(person)
        found = self._one(select(EMAILS.c.sealed).where(EMAILS.c.person == of))
        return "" if found is None else str(self._opened(b"emails", b"", of, found.sealed).content["email"])

    def person_with(self, email: str) -> str:
        """Whose address this is; empty when nobody's."""
        wanted = EMAILS.c.found_by == self._found("email", email)
        found = self._one(select(EMAILS.c.person, EMAILS.c.sealed).where(wanted))
        return "" if found is None else self._opened(b"emails", b"", found.person, found.sealed).person

    # ---- credentials

    def add_credential(self, given: Credential) -> None:
        """Raises: MarkTaken."""
        self.put_in_place(given.person, (), [given])

    def credentials(self, person: str, *kinds: str) -> list[Credential]:
        """A person's credentials, oldest first; of some kinds, or all."""
        wanted = select(CREDENTIALS).where(CREDENTIALS.c.person == self._of(person))
        if kinds:
            wanted = wanted.where(CREDENTIALS.c.kind.in_(kinds))
        with self._desk.reading.begin() as connection:
            rows = connection.execute(wanted.order_by(CREDENTIALS.c.made, CREDENTIALS.c.id)).all()
        return [self._credential(row) for row in rows]

    def find_credential(self, kind: str, found: str) -> Credential | None:
        row = self._one(select(CREDENTIALS).where(CREDENTIALS.c.found_by == self._found(kind, found)))
        held = None if row is None else self._credential(row)
        if held is not None and held.found != found:  # the row was made to be found by another's mark
            raise SealBroken
        return held

    def enrolled(self, kind: str) -> set[bytes]:
        """The keyed hashes of everybody who has a credential of a kind; see `is_among`."""
        with self._desk.reading.begin() as connection:
            rows = connection.execute(select(CREDENTIALS.c.person).where(CREDENTIALS.c.kind == kind).distinct())
            return {row.person for row in rows}

    def is_among(self, person: str, found: set[bytes]) -> bool:
        return self._of(person) in found

    def advance(self, credential: bytes, counter: int, at: datetime) -> bool:
        """Raise a credential's counter, if it is lower still: so that of two who use it at once only one does."""
        wanted = (CREDENTIALS.c.id == credential) & (CREDENTIALS.c.counter < counter)
        with self._desk.writing.begin() as connection:
            moved = connection.execute(
                update(CREDENTIALS).where(wanted).values(counter=counter, last_used=_microseconds(at))
            )
            return moved.rowcount == 1

    def was_used(self, credential: bytes, at: datetime) -> None:
        """A credential without a counter was used at this moment."""
        with self._desk.writing.begin() as connection:
            wanted = CREDENTIALS.c.id == credential
            connection.execute(update(CREDENTIALS).where(wanted).values(last_used=_microseconds(at)))

    def replace_value(self, credential: Credential, value: dict[str, Any]) -> None:
        """Another value in the place of the one that was read; nothing, where that has changed meanwhile."""
        sealed = self._close_credential(msgspec.structs.replace(credential, value=value))
        with self._desk.writing.begin() as connection:
            held = select(CREDENTIALS.c.sealed).where(CREDENTIALS.c.id == credential.id)
            row = connection.execute(held.with_for_update()).first()
            if row is not None and self._opened_credential(credential, row.sealed) == credential.value:
                connection.execute(update(CREDENTIALS).where(CREDENTIALS.c.id == credential.id).values(sealed=sealed))

    def use_up(self, kind: str, found: str) -> bool:
        """Take a credential that works once; whether it was there to be taken."""
        with self._desk.writing.begin() as connection:
            wanted = CREDENTIALS.c.found_by == self._found(kind, found)
            return connection.execute(delete(CREDENTIALS).where(wanted)).rowcount == 1

    def remove_credential(self, person: str, credential: bytes) -> bool:
        wanted = (CREDENTIALS.c.id == credential) & (CREDENTIALS.c.person == self._of(person))
        with self._desk.writing.begin() as connection:
            return connection.execute(delete(CREDENTIALS).where(wanted)).rowcount == 1

    def put_in_place(self, person: str, kinds: Sequence[str], given: Iterable[Credential], by: bytes = b"") -> None:
        """In one transaction use up the pass `by` and put these in the place of the person's credentials of `kinds`.

        Raises:
            PassUsed: when somebody used it first; then nothing is changed.
            MarkTaken: when another's is found by the same; then nothing is changed.
        """
        try:
            with self._desk.writing.begin() as connection:
                if by and connection.execute(delete(PASSES).where(PASSES.c.token == by)).rowcount != 1:
                    raise PassUsed
                mine = (CREDENTIALS.c.person == self._of(person)) & CREDENTIALS.c.kind.in_(kinds)
                connection.execute(delete(CREDENTIALS).where(mine))
                self._insert(connection, given)
        except IntegrityError as error:
            raise MarkTaken from error

    def _insert(self, connection: Connection, given: Iterable[Credential]) -> None:
        rows = [
            {
                "id": one.id,
                "person": self._of(one.person),
                "kind": one.kind,
                "found_by": self._found(one.kind, one.found) if one.found else None,
                "counter": one.counter,
                "made": _microseconds(one.made),
                "last_used": _microseconds(one.last_used) if one.last_used else None,
                "sealed": self._close_credential(one),
            }
            for one in given
        ]
        if rows:
            connection.execute(insert(CREDENTIALS), rows)

    def _close_credential(self, one: Credential) -> bytes:
        content = {"value": one.value, "name": one.name, "found": one.found}
        return self._closed(b"credentials|" + one.kind.encode(), one.id, one.person, content)

    def _opened_credential(self, one: Credential, sealed: bytes) -> Any:
        return self._opened(b"credentials|" + one.kind.encode(), one.id, self._of(one.person), sealed).content["value"]

    def _credential(self, row: Any) -> Credential:
        held = self._opened(b"credentials|" + row.kind.encode(), row.id, row.person, row.sealed)
        return Credential(
            id=row.id,
            person=held.person,
            kind=row.kind,
            made=_moment(row.made),
            counter=row.counter,
            last_used=_moment(row.last_used) if row.last_used is not None else None,
            **held.content,
        )

    # ---- sessions

    def begin_session(self, one: Session) -> None:
        row = {
            "token": one.token,
            "person": self._of(one.person),
            "begun": _microseconds(one.begun),
            "seen": _microseconds(one.seen),
            "sealed": self._closed(
                b"sessions", one.token, one.person, {"method": one.method, "browser": one.browser}
            ),
        }
        with self._desk.writing.begin() as connection:
            connection.execute(insert(SESSIONS), row)

    def session(self, token: bytes) -> Session | None:
        row = self._one(select(SESSIONS).where(SESSIONS.c.token == token))
        return None if row is None else self._session(row)

    def sessions(self, person: str) -> list[Session]:
        """A person's sessions, the newest first, those that ended among them."""
        wanted = select(SESSIONS).where(SESSIONS.c.person == self._of(person)).order_by(SESSIONS.c.begun.desc())
        with self._desk.reading.begin() as connection:
            return [self._session(row) for row in connection.execute(wanted).all()]

    def touch(self, token: bytes, at: datetime) -> None:
        """The session was used at this moment; one that has ended stays ended."""
        with self._desk.writing.begin() as connection:
            wanted = (SESSIONS.c.token == token) & SESSIONS.c.ended.is_(None)
            connection.execute(update(SESSIONS).where(wanted).values(seen=_microseconds(at)))

    def end_session(self, token: bytes, at: datetime) -> bool:
        with self._desk.writing.begin() as connection:
            wanted = (SESSIONS.c.token == token) & SESSIONS.c.ended.is_(None)
            return connection.execute(update(SESSIONS).where(wanted).values(ended=_microseconds(at))).rowcount == 1

    def end_sessions(self, person: str, at: datetime, *, but: bytes = b"") -> int:
        """End all of a person's sessions, `but` one; how many."""
        mine = (SESSIONS.c.person == self._of(person)) & SESSIONS.c.ended.is_(None) & (SESSIONS.c.token != but)
        with self._desk.writing.begin() as connection:
            return connection.execute(update(SESSIONS).where(mine).values(ended=_microseconds(at))).rowcount

    def _session(self, row: Any) -> Session:
        held = self._opened(b"sessions", row.token, row.person, row.sealed)
        return Session(
            token=row.token,
            person=held.person,
            begun=_moment(row.begun),
            seen=_moment(row.seen),
            ended=_moment(row.ended) if row.ended is not None else None,
            **held.content,
        )

    # ---- passes

    def give_pass(self, one: Pass, *, alone: bool = False, most: int = 0) -> None:
        """Keep a pass; `alone` takes back what the person had of its kind, `most` says how many there may be of it.

        With one more, that which runs out first goes: so that passes which strangers ask for fill nothing.
        """
        of = self._of(one.person)
        row = {
            "token": one.token,
            "person": of,
            "kind": one.kind,
            "until": _microseconds(one.until),
            "tries": one.tries,
            "sealed": self._closed(b"passes|" + one.kind.encode(), one.token, one.person, one.data),
        }
        with self._desk.writing.begin() as connection:
            if alone:
                connection.execute(delete(PASSES).where((PASSES.c.person == of) & (PASSES.c.kind == one.kind)))
            connection.execute(insert(PASSES), row)
            if most:
                mine = (PASSES.c.person == of) & (PASSES.c.kind == one.kind)
                others = mine & (PASSES.c.token != one.token)
                too_many = select(PASSES.c.token).where(others).order_by(PASSES.c.until.desc()).offset(most - 1)
                connection.execute(delete(PASSES).where(PASSES.c.token.in_(too_many)))

    def find_pass(self, token: bytes, kind: str, at: datetime) -> Pass | None:
        """The pass, if it is of this kind and has not run out."""
        row = self._one(select(PASSES).where((PASSES.c.token == token) & (PASSES.c.kind == kind)))
        if row is None or _moment(row.until) <= at:
            return None
        held = self._opened(b"passes|" + kind.encode(), token, row.person, row.sealed)
        return Pass(
            token=token,
            person=held.person,
            kind=kind,
            until=_moment(row.until),
            tries=row.tries,
            data=held.content,
        )

    def change_pass(self, one: Pass, data: dict[str, Any]) -> None:
        """What the pass carries from now on."""
        sealed = self._closed(b"passes|" + one.kind.encode(), one.token, one.person, data)
        with self._desk.writing.begin() as connection:
            connection.execute(update(PASSES).where(PASSES.c.token == one.token).values(sealed=sealed))

    def count_try(self, token: bytes) -> int:
        """How often something was tried on this pass, this time among them."""
        counted = update(PASSES).where(PASSES.c.token == token).values(tries=PASSES.c.tries + 1)
        with self._desk.writing.begin() as connection:
            return connection.execute(counted.returning(PASSES.c.tries)).scalar() or 0

    def use_pass(self, token: bytes) -> bool:
        """Use a pass up; whether it was there to be used."""
        with self._desk.writing.begin() as connection:
            return connection.execute(delete(PASSES).where(PASSES.c.token == token)).rowcount == 1

    def take_back_passes(self, person: str) -> None:
        with self._desk.writing.begin() as connection:
            connection.execute(delete(PASSES).where(PASSES.c.person == self._of(person)))

    # ---- attempts

    def count_attempt(self, of: str, at: datetime, within: timedelta) -> tuple[int, datetime]:
        """How many attempts there were since when, this one among them; counted anew once `within` has passed."""
        now, found_by = _microseconds(at), self._found("attempts", of)
        old = ATTEMPTS.c.since <= now - within // timedelta(microseconds=1)
        counted = (
            self._dialect.insert(ATTEMPTS)
            .values(found_by=found_by, since=now, count=1)
            .on_conflict_do_update(
                index_elements=["found_by"],
                set_={
                    "since": case((old, now), else_=ATTEMPTS.c.since),
                    "count": case((old, 1), else_=ATTEMPTS.c.count + 1),
                },
            )
            .returning(ATTEMPTS.c.count, ATTEMPTS.c.since)
        )
        with self._desk.writing.begin() as connection:
            count, since = connection.execute(counted).one()
        return count, _moment(since)

    def forget_attempts(self, of: str) -> None:
        with self._desk.writing.begin() as connection:
            connection.execute(delete(ATTEMPTS).where(ATTEMPTS.c.found_by == self._found("attempts", of)))

    def tidy(self, at: datetime, *, kept: timedelta) -> None:
        """Let go of passes that ran out, and of sessions and attempts that are past for longer than `kept`."""
        now, past = _microseconds(at), _microseconds(at - kept)
        with self._desk.writing.begin() as connection:
            connection.execute(delete(PASSES).where(PASSES.c.until < now))
            connection.execute(delete(SESSIONS).where(SESSIONS.c.seen < past))
            connection.execute(delete(ATTEMPTS).where(ATTEMPTS.c.since < past))

    # ---- sealing

    def _of(self, person: str) -> bytes:
        return bytes.fromhex(self._blind.key("account of a person", person))

    def _found(self, kind: str, value: str) -> bytes:
        return bytes.fromhex(self._blind.key(f"account by {kind}", value))

    def _closed(self, kind: bytes, key: bytes, person: str, content: dict[str, Any]) -> bytes:
        place = _place(kind, key, self._of(person))
        return self._seal.close(OWNER, place, msgspec.json.encode(_Content(person, content)))

    def _opened(self, kind: bytes, key: bytes, of: bytes, sealed: bytes) -> _Content:
        """What a row holds; it opens only as this kind of thing, in this row, of this person."""
        return _content(self._seal.open(_place(kind, key, of), sealed))

    def _one(self, wanted: Any) -> Any:
        with self._desk.reading.begin() as connection:
            return connection.execute(wanted).first()

    def close(self) -> None:
        self._desk.close()


def _place(kind: bytes, key: bytes, of: bytes) -> bytes:
    return b"|".join((b"hub.desk.1", kind, key, of))


def _microseconds(at: datetime) -> int:
    return (at - EPOCH) // timedelta(microseconds=1)


def _moment(microseconds: int) -> datetime:
    return EPOCH + timedelta(microseconds=microseconds)
