"""What a database that cannot be read raises, whichever driver meets it."""

import sqlite3

from eventsourcing.persistence import PersistenceError
from sqlalchemy.exc import DBAPIError

UNREADABLE = (sqlite3.Error, DBAPIError, PersistenceError)
