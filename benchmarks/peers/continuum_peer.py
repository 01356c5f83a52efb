"""The other peer: SQLAlchemy's ORM with SQLAlchemy-Continuum and its own default, the validity strategy.

A session lives as long as one command or question, its connection comes from a pool that keeps it, the row is locked
while it is changed, reads are prepared statements of plain columns. Continuum notes a version by transaction; the
moment of a transaction is indexed, as are a case's versions. SQLite runs in WAL with synchronous FULL.

`make_versioned` would listen to every engine and session of the process, and so slow what is measured beside this peer:
the same listeners are set here on this peer's own.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from psycopg.conninfo import conninfo_to_dict
from sqlalchemy import orm
from sqlalchemy_continuum import Operation, transaction_class, version_class, versioning_manager
from sqlalchemy_continuum.plugins import Plugin

from benchmarks.peers import CASES, CHANGES, Change, Where, change

FIELDS = Change._fields


class VersionedSession(orm.Session):
    """Sessions whose changes Continuum follows."""


class RecordedAt(Plugin):
    """The moment of a transaction is that of the change, which the session carries."""

    def transaction_args(self, uow: Any, session: orm.Session) -> dict[str, Any]:
        return {"issued_at": session.info["recorded"]}


versioning_manager.user_cls = None
versioning_manager.plugins = [RecordedAt()]
versioning_manager.apply_class_configuration_listeners(orm.Mapper)
versioning_manager.track_operations(orm.Mapper)
versioning_manager.track_session(VersionedSession)


class Base(orm.DeclarativeBase):
    """The peer's tables."""


class Case(Base):
    """A case; its answers are what is measured."""

    __tablename__ = "peer_case"

    id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
    reference: orm.Mapped[str] = orm.mapped_column(sa.String(40), unique=True)


class Answer(Base):
    """One current answer; the unique constraint is also the index by which a case's answers are found."""

    __tablename__ = "peer_answer"
    __table_args__ = (sa.UniqueConstraint("case_id", "agency", "question", "slot"),)
    __versioned__: dict[str, Any] = {}  # noqa: RUF012 -- as Continuum has it

    id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
    case_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey(Case.id))
    agency: orm.Mapped[str] = orm.mapped_column(sa.String(40))
    question: orm.Mapped[int]
    slot: orm.Mapped[int]
    option: orm.Mapped[int]
    alternative: orm.Mapped[int]
    evidence: orm.Mapped[str] = orm.mapped_column(sa.Text)
    note: orm.Mapped[str] = orm.mapped_column(sa.Text)
    justification: orm.Mapped[str] = orm.mapped_column(sa.String(40))
    person: orm.Mapped[str] = orm.mapped_column(sa.String(80))
    role: orm.Mapped[str] = orm.mapped_column(sa.String(40))
    recorded: orm.Mapped[datetime]


orm.configure_mappers()
Version: Any = version_class(Answer)
Transaction: Any = transaction_class(Answer)
sa.Index("ix_transaction_issued_at", Transaction.issued_at)
sa.Index("ix_peer_answer_version_case", Version.case_id, Version.transaction_id)

CASE: sa.BindParameter[int] = sa.bindparam("case")
THEN: sa.BindParameter[datetime] = sa.bindparam("then")
LAST: sa.BindParameter[int] = sa.bindparam("last")
TO_CHANGE = (
    sa.select(Answer)
    .where(
        Answer.case_id == CASE,
        Answer.agency == sa.bindparam("agency"),
        Answer.question == sa.bindparam("question"),
        Answer.slot == sa.bindparam("slot"),
    )
    .with_for_update()
)
CURRENT = sa.select(*(getattr(Answer, name) for name in FIELDS)).where(Answer.case_id == CASE)
NEWEST = sa.select(Transaction.id).where(Transaction.issued_at <= THEN).order_by(Transaction.issued_at.desc()).limit(1)
AS_OF = sa.select(*(getattr(Version, name) for name in FIELDS)).where(
    Version.case_id == CASE,
    Version.transaction_id <= LAST,
    sa.or_(Version.end_transaction_id > LAST, Version.end_transaction_id.is_(None)),
    Version.operation_type != Operation.DELETE,
)


class ContinuumPeer:
    """SQLAlchemy with Continuum on one database."""

    def __init__(self, where: Where) -> None:
        self.engine = _engine(where)
        for name, heard in (
            ("before_execute", versioning_manager.track_association_operations),
            ("rollback", versioning_manager.clear_connection),
            ("set_connection_execution_options", versioning_manager.track_cloned_connections),
        ):
            sa.event.listen(self.engine, name, heard)
        self.sessions = orm.sessionmaker(self.engine, class_=VersionedSession)

    def set_up(self) -> None:
        Base.metadata.create_all(self.engine)

    def fill(self, case_count: int = CASES, changes: int = CHANGES) -> None:
        current: dict[tuple[int, str, int, int], dict[str, Any]] = {}
        newest: dict[int, dict[str, Any]] = {}
        versions: list[dict[str, Any]] = []
        transactions: list[dict[str, Any]] = []
        for number in range(changes):
            for case in range(case_count):
                one = change(case, number)
                answer = current.setdefault((case, one.agency, one.question, one.slot), {"id": len(current) + 1})
                answer |= {"case_id": case + 1, **_values(one)}
                at = len(transactions) + 1
                transactions.append({"id": at, "issued_at": answer["recorded"]})
                before = newest.get(answer["id"])
                if before:
                    before["end_transaction_id"] = at
                kind = {"operation_type": 1 if before else 0, "transaction_id": at, "end_transaction_id": None}
                newest[answer["id"]] = {**answer, **kind}
                versions.append(newest[answer["id"]])
        cases = [{"id": case + 1, "reference": f"case-{case}"} for case in range(case_count)]
        with self.engine.begin() as connection:
            filled = ((Case, cases), (Answer, list(current.values())), (Transaction, transactions), (Version, versions))
            for table, rows in filled:
                if rows:
                    connection.execute(sa.insert(table), rows)
            if self.engine.dialect.name == "postgresql":
                for name, next_one in (("transaction", len(transactions) + 1), ("peer_answer", len(current) + 1)):
                    connection.execute(sa.select(sa.func.setval(f"{name}_id_seq", next_one, False)))
            connection.execute(sa.text("ANALYZE"))

    def record(self, case: int, number: int) -> None:
        one = _values(change(case, number))
        with self.sessions(info={"recorded": one["recorded"]}) as session, session.begin():
            place = {"case": case + 1, "agency": one["agency"], "question": one["question"], "slot": one["slot"]}
            answer = session.scalars(TO_CHANGE, place).one_or_none()
            if answer is None:
                session.add(Answer(case_id=case + 1, **one))
            else:
                for name, value in one.items():
                    setattr(answer, name, value)

    def read_current(self, case: int) -> Sequence[Sequence[Any]]:
        with self.sessions() as session:
            return session.execute(CURRENT, {"case": case + 1}).all()

    def forget(self) -> None:
        """A session and its identity map end with each question; SQLite keeps pages of the file."""
        if self.engine.dialect.name == "sqlite":
            with self.engine.connect() as connection:
                connection.exec_driver_sql("PRAGMA shrink_memory")

    def as_of(self, case: int, then: datetime) -> Sequence[Sequence[Any]]:
        """The newest transaction by then and the versions valid at it, in two statements: quicker than in one."""
        with self.sessions() as session:
            last = session.scalar(NEWEST, {"then": _naive(then)})
            return session.execute(AS_OF, {"case": case + 1, "last": last}).all()

    def close(self) -> None:
        self.engine.dispose()


def _values(one: Change) -> dict[str, Any]:
    return one._replace(recorded=_naive(one.recorded))._asdict()


def _naive(at: datetime) -> datetime:
    """UTC without saying so, as Continuum keeps the moments of its transactions."""
    return at.astimezone(UTC).replace(tzinfo=None)


def _engine(where: Where) -> sa.Engine:
    if isinstance(where, Path):
        engine = sa.create_engine(sa.URL.create("sqlite", database=str(where)))
        sa.event.listen(engine, "connect", _durable)
        return engine
    given: dict[str, Any] = {name: str(value) for name, value in conninfo_to_dict(where).items()}
    return sa.create_engine("postgresql+psycopg://", connect_args=given)


def _durable(connection: Any, _: object) -> None:
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("PRAGMA foreign_keys=ON")    # as Django has it
