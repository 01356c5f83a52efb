"""What the tests of stores share: one PostgreSQL for a session."""

from tests.postgres import postgres as postgres
