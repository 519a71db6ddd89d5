"""Connections and transactions of the two databases.

SQLite: WAL with full fsync, ``BEGIN IMMEDIATE`` for writes (a deferred transaction that turns into
a write ignores the busy timeout), and one writer at a time in this process by a lock, because
SQLite's own waiting is a poll that starves. PostgreSQL: SERIALIZABLE, so that two calls that each
look right alone cannot break a rule together; a serialization failure is tried again.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError

from seal_service.domain.reasons import Reason, Refusal

BUSY_TIMEOUT_S = 10
_SERIALIZATION = {"40001", "40P01"}
_UNIQUE = "23505"


def sqlite_url(path: Path) -> URL:
    """Return the address of a database file."""
    return URL.create("sqlite", database=str(path))


class Connections:
    """An engine and the way to begin transactions on it."""

    def __init__(self, url: str | URL, *, pool_size: int = 16) -> None:
        self.url = make_url(url)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        self._gate = threading.Lock()
        self.engine = self._sqlite() if self.is_sqlite else self._postgresql(pool_size)

    def _sqlite(self) -> Engine:
        engine = create_engine(self.url, connect_args={"timeout": BUSY_TIMEOUT_S})

        @event.listens_for(engine, "connect")
        def prepare(connection: Any, _record: object) -> None:
            connection.isolation_level = None  # transactions are begun by us, not by the driver
            for line in ("journal_mode=wal", "synchronous=full", "foreign_keys=on"):
                connection.execute(f"pragma {line}")

        return engine

    def _postgresql(self, pool_size: int) -> Engine:
        return create_engine(
            self.url, pool_size=pool_size, max_overflow=4, pool_pre_ping=True, pool_timeout=10,
            isolation_level="SERIALIZABLE",
            connect_args={"connect_timeout": BUSY_TIMEOUT_S,
                          "options": "-c lock_timeout=10s -c statement_timeout=30s"},
        )  # fmt: skip

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Open a transaction that writes nothing.

        Raises
        ------
        Refusal
            DATABASE_BUSY where the database cannot be reached.
        """
        with _refusals(), self.engine.connect() as connection:
            if self.is_sqlite:
                connection.exec_driver_sql("begin deferred")
            try:
                yield connection
            finally:
                connection.rollback()

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """Open a transaction that is durable when the block ends, and undone when it fails.

        Raises
        ------
        Refusal
            CONFLICT where another transaction was faster, DATABASE_BUSY where the database cannot
            be reached.
        """
        if not self.is_sqlite:
            with _refusals(), self.engine.begin() as connection:
                yield connection
            return
        if not self._gate.acquire(timeout=BUSY_TIMEOUT_S):
            raise Refusal(Reason.DATABASE_BUSY)
        try:
            with _refusals(), self.engine.connect() as connection:
                connection.exec_driver_sql("begin immediate")
                try:
                    yield connection
                except BaseException:
                    connection.rollback()
                    raise
                connection.commit()
        finally:
            self._gate.release()

    def close(self) -> None:
        """Close every connection."""
        self.engine.dispose()


@contextmanager
def _refusals() -> Iterator[None]:
    """Say in the service's own words what went wrong below; a driver's text never leaves."""
    try:
        yield
    except IntegrityError as error:
        if is_unique(error):
            raise Refusal(Reason.CONFLICT) from error
        raise
    except DBAPIError as error:
        if getattr(error.orig, "sqlstate", None) in _SERIALIZATION:
            raise Refusal(Reason.CONFLICT) from error
        if isinstance(error, OperationalError):
            raise Refusal(Reason.DATABASE_BUSY) from error
        raise


def is_unique(error: IntegrityError) -> bool:
    """Tell whether a row is there already: a race that the rules could not see."""
    state = getattr(error.orig, "sqlstate", None)
    return state == _UNIQUE or getattr(error.orig, "sqlite_errorname", "") in {
        "SQLITE_CONSTRAINT_UNIQUE", "SQLITE_CONSTRAINT_PRIMARYKEY",
    }  # fmt: skip
