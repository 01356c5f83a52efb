"""The peer a Python team would reach for first: Django's ORM with django-simple-history, no HTTP.

One connection is kept open, every change is one `transaction.atomic`, the row is locked while it is changed, and reads
take plain values rather than model instances. SQLite runs in WAL with synchronous FULL; on PostgreSQL psycopg 3 binds
and prepares on the server, which Django leaves off unless asked. Each was measured and is Django at its quicker.
Settings are made in code; each database is an alias of its own.
"""

from collections.abc import Sequence
from datetime import datetime
from itertools import count
from pathlib import Path
from typing import Any

import django
from django.conf import settings
from django.db import connections, models, transaction
from django.db.models import Window
from django.db.models.functions import RowNumber
from psycopg.conninfo import conninfo_to_dict

from benchmarks.peers import CASES, CHANGES, Change, Where, change

if not settings.configured:
    settings.configure(
        INSTALLED_APPS=["simple_history", "benchmarks.peers"],
        USE_TZ=True,
        TIME_ZONE="UTC",
        SIMPLE_HISTORY_DATE_INDEX="composite",
    )
    django.setup()

from simple_history.models import HistoricalRecords

ALIASES = (f"peer{number}" for number in count(1))
BATCH = 1_000


class Case(models.Model):
    """A case; its answers are what is measured."""

    reference = models.CharField(max_length=40, unique=True)

    class Meta:
        app_label = "peers"


class Answer(models.Model):
    """One current answer; the unique constraint is also the index by which a case's answers are found."""

    case = models.ForeignKey(Case, models.PROTECT, db_index=False)
    agency = models.CharField(max_length=40)
    question = models.PositiveSmallIntegerField()
    slot = models.PositiveSmallIntegerField()
    option = models.PositiveSmallIntegerField()
    alternative = models.PositiveSmallIntegerField()
    evidence = models.TextField()
    note = models.TextField()
    justification = models.CharField(max_length=40)
    person = models.CharField(max_length=80)
    role = models.CharField(max_length=40)
    recorded = models.DateTimeField()
    history = HistoricalRecords(
        use_base_model_db=True,
        history_user_id_field=models.CharField(max_length=80, null=True),
        history_user_getter=lambda row: row.history_user_id,
        history_user_setter=lambda row, user: setattr(row, "history_user_id", user),
    )

    class Meta:
        app_label = "peers"
        constraints = [  # noqa: RUF012 -- as Django has it
            models.UniqueConstraint(fields=["case", "agency", "question", "slot"], name="one_current_answer")
        ]


class DjangoPeer:
    """Django with simple-history on one database."""

    def __init__(self, where: Where) -> None:
        self.alias = next(ALIASES)
        connections.databases.update(connections.configure_settings({"default": {}, self.alias: _database(where)}))

    @property
    def connection(self) -> Any:
        return connections[self.alias]

    def set_up(self) -> None:
        with self.connection.schema_editor() as editor:
            for table in (Case, Answer, Answer.history.model):
                editor.create_model(table)

    def fill(self, case_count: int = CASES, changes: int = CHANGES) -> None:
        with transaction.atomic(using=self.alias):
            cases = Case.objects.using(self.alias).bulk_create(
                [Case(pk=case + 1, reference=f"case-{case}") for case in range(case_count)]
            )
            newest: dict[tuple[int, str, int, int], Answer] = {}
            told = []
            for number in range(changes):
                for case in cases:
                    one = change(case.pk - 1, number)
                    place = (case.pk, one.agency, one.question, one.slot)
                    told.append((place, one, "~" if place in newest else "+"))
                    newest[place] = Answer(case=case, **one._asdict())
            Answer.objects.using(self.alias).bulk_create(newest.values(), batch_size=BATCH)
            row = Answer.history.model
            Answer.history.using(self.alias).bulk_create(
                [
                    row(
                        id=newest[place].pk,
                        case_id=place[0],
                        **one._asdict(),
                        history_date=one.recorded,
                        history_user=one.person,
                        history_type=kind,
                    )
                    for place, one, kind in told
                ],
                batch_size=BATCH,
            )
        with self.connection.cursor() as cursor:
            cursor.execute("ANALYZE")

    def record(self, case: int, number: int) -> None:
        one = change(case, number)
        with transaction.atomic(using=self.alias):
            answer = self._answer(case, one)
            for name, value in one._asdict().items():
                setattr(answer, name, value)
            answer._history_date = one.recorded
            answer._history_user = one.person
            answer.save(using=self.alias)

    def _answer(self, case: int, one: Change) -> Answer:
        """The row to change, locked; a new one where there is none yet."""
        rows = Answer.objects.using(self.alias).select_for_update()
        try:
            return rows.get(case_id=case + 1, agency=one.agency, question=one.question, slot=one.slot)
        except Answer.DoesNotExist:
            return Answer(case_id=case + 1)

    def read_current(self, case: int) -> Sequence[Sequence[Any]]:
        return list(Answer.objects.using(self.alias).filter(case_id=case + 1).values_list(*Change._fields))

    def forget(self) -> None:
        """Django itself remembers no rows between queries; SQLite keeps pages of the file."""
        if self.connection.vendor == "sqlite":
            with self.connection.cursor() as cursor:
                cursor.execute("PRAGMA shrink_memory")

    def as_of(self, case: int, then: datetime) -> Sequence[Sequence[Any]]:
        history = Answer.history.db_manager(self.alias)
        return list(history.as_of(then).filter(case_id=case + 1).values_list(*Change._fields))

    def as_of_by_hand(self, case: int, then: datetime) -> Sequence[Sequence[Any]]:
        """The same with a window over the case's history, which somebody has to write and to know is quicker."""
        newest = Window(RowNumber(), partition_by="id", order_by="-history_date")
        told = Answer.history.using(self.alias).filter(case_id=case + 1, history_date__lte=then)
        return list(told.annotate(place=newest).filter(place=1).order_by().values_list(*Change._fields))

    def close(self) -> None:
        self.connection.close()


def _database(where: Where) -> dict[str, Any]:
    if isinstance(where, Path):
        durable = "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL"
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": where,
            "OPTIONS": {"init_command": durable, "transaction_mode": "IMMEDIATE"},
        }
    given = conninfo_to_dict(where)
    named = {"dbname": "NAME", "user": "USER", "password": "PASSWORD", "host": "HOST", "port": "PORT"}
    return {
        "ENGINE": "django.db.backends.postgresql",
        "CONN_MAX_AGE": None,
        **{key: str(given[name]) for name, key in named.items() if name in given},
        "OPTIONS": {
            **{name: value for name, value in given.items() if name not in named},
            "server_side_binding": True,
            "prepare_threshold": 5,
        },
    }
