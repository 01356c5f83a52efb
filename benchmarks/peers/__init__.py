"""What a team would otherwise build on the same database: the record every system is given, and what each must answer.

A case has 121 answers, one for each of eleven agencies and eleven questions. A change gives one of them anew: option,
alternative, evidence, note, who, in which role, for which agency, under which justification, and when. Nothing of a
peer is sealed or proven. A peer keeps a row of the current answer and a row of history, both in the change's own
transaction, so that the next read needs nothing more.
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple, Protocol

from domain.instrument import instrument

CASES, CHANGES = 21, 1_000
BEGINS = datetime(2026, 1, 5, 9, tzinfo=UTC)
APART = timedelta(hours=1)
AGENCIES = tuple(f"agency-{number:02}" for number in range(1, 12))

Where = Path | str
"""An SQLite file, or a PostgreSQL connection string."""


class Change(NamedTuple):
    """One answer as given, in the order in which every system hands answers back."""

    agency: str
    question: int
    slot: int
    option: int
    alternative: int
    evidence: str
    note: str
    justification: str
    person: str
    role: str
    recorded: datetime


def moment(case: int, number: int) -> datetime:
    """When a case's change is recorded: an hour after its last, and never the same as another case's."""
    return BEGINS + APART * number + timedelta(seconds=case)


def change(case: int, number: int) -> Change:
    """Change after change goes round the agencies' answers; each time round another option is given."""
    questions = instrument().questions
    turn, place = divmod(number, len(AGENCIES) * len(questions))
    agency, question = AGENCIES[place // len(questions)], questions[place % len(questions)]
    option = question.options[(turn + place + case) % len(question.options)]
    return Change(
        agency=agency,
        question=question.number,
        slot=1,
        option=option.number,
        alternative=1 + turn % len(option.alternatives),
        evidence=f"Seen on visit {number}: gone before the last lesson.",
        note=f"As heard on visit {number}.",
        justification=agency,
        person=f"{agency}-worker",
        role="practitioner",
        recorded=moment(case, number),
    )


class Peer(Protocol):
    """A system under measurement, on an SQLite file or a PostgreSQL database of its own."""

    def set_up(self) -> None:
        """Make the tables, and open the connection that is then kept."""

    def fill(self, case_count: int = CASES, changes: int = CHANGES) -> None:
        """Bring in the history of all cases at once; the rows are those that `record` would have left."""

    def record(self, case: int, number: int) -> None:
        """Record one change, committed, with all that the next read needs."""

    def read_current(self, case: int) -> Sequence[Sequence[Any]]:
        """All current answers as plain values, in the order of a change's fields."""

    def forget(self) -> None:
        """Drop whatever this process remembers of any case, pages of the database file included; keep the connection.

        Reading after this is what we call cold; reading again and again is hot. A PostgreSQL server keeps its buffers,
        and the operating system its files, for every system alike.
        """

    def as_of(self, case: int, then: datetime) -> Sequence[Sequence[Any]]:
        """All answers as they stood once everything recorded up to this moment was."""

    def close(self) -> None: ...


def in_order(answers: Iterable[Sequence[Any]]) -> list[Change]:
    """Answers of any system in one order and with times in UTC, fit to be compared."""
    return sorted(Change(*values)._replace(recorded=_in_utc(values[-1])) for values in answers)


def digest(answers: Iterable[Sequence[Any]]) -> tuple[int, str]:
    """How many answers, and which option for which agency's question: the same for every system or the run is void."""
    given = [(one.agency, one.question, one.slot, one.option) for one in in_order(answers)]
    return len(given), sha256(repr(given).encode()).hexdigest()[:16]


def expected(case: int, changes: int) -> list[Change]:
    """The answers after so many changes, worked out without any database."""
    newest: dict[tuple[str, int, int], Change] = {}
    for one in (change(case, number) for number in range(changes)):
        newest[one.agency, one.question, one.slot] = one
    return sorted(newest.values())


def _in_utc(at: datetime) -> datetime:
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
