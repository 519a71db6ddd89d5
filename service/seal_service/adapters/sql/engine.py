"""The service's transactions: those of the audit log's store, with faults in the service's words.

Every act and its audit entry share a transaction, so there is one way to begin them
(`audit.store.transactions`). On PostgreSQL a serialization failure is tried again by the caller.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection
from sqlalchemy.engine import URL
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from seal_service.audit.errors import NotDurableError
from seal_service.audit.store import Transactions
from seal_service.audit.store.faults import SERIALIZATION, fault_name
from seal_service.domain.reasons import Reason, Refusal

STATEMENT_TIMEOUT_S = 30
_UNIQUE = {"23505", "SQLITE_CONSTRAINT_UNIQUE", "SQLITE_CONSTRAINT_PRIMARYKEY"}
_FULL = {"53100", "SQLITE_FULL"}
_DAMAGED = ("SQLITE_NOTADB", "SQLITE_CORRUPT", "XX001", "XX002")
"""Names of faults of a file that is none of a database, or not any more, or their beginnings."""


class Connections:
    """A database, and the way to begin transactions on it that fail with refusals."""

    def __init__(self, url: str | URL, *, pool_size: int = 16) -> None:
        self.transactions = Transactions(
            url, pool_size=pool_size, statement_timeout_s=STATEMENT_TIMEOUT_S
        )
        self.url = self.transactions.url
        self.is_sqlite = self.transactions.is_sqlite

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Open a transaction that writes nothing.

        Raises
        ------
        Refusal
            DATABASE_BUSY where the database cannot be reached.
        """
        with _refusals(), self.transactions.read() as connection:
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """Open a transaction that is durable when the block ends, and undone when it fails.

        Raises
        ------
        Refusal
            CONFLICT where another transaction was faster, STORAGE_FULL where the disk is full,
            DATABASE_BUSY where the database cannot be reached or cannot write, INVALID_FIELD where
            it cannot hold a value.
        """
        with _refusals(), self.transactions.write() as connection:
            yield connection

    def close(self) -> None:
        """Close every connection."""
        self.transactions.close()


@contextmanager
def _refusals() -> Iterator[None]:
    """Say in the service's own words what went wrong below; a driver's text never leaves."""
    try:
        yield
    except NotDurableError as error:
        cause = error.__cause__
        raise (_refusal_of(cause) if isinstance(cause, DBAPIError) else None) or Refusal(
            Reason.DATABASE_BUSY
        ) from error
    except PoolTimeoutError as error:
        raise Refusal(Reason.DATABASE_BUSY) from error
    except DBAPIError as error:
        refusal = _refusal_of(error)
        if refusal is None:
            raise
        raise refusal from error


def _refusal_of(error: DBAPIError) -> Refusal | None:
    """Return what to tell of a fault; None where it is our own."""
    name = fault_name(error)
    if name in _FULL:
        return Refusal(Reason.STORAGE_FULL)
    if name.startswith(_DAMAGED):
        return Refusal(Reason.DATA_DAMAGED, resource="database")
    if name in SERIALIZATION or (isinstance(error, IntegrityError) and name in _UNIQUE):
        return Refusal(Reason.CONFLICT)
    if isinstance(error, DataError):  # Too long, or with characters that it cannot hold.
        return Refusal(Reason.INVALID_FIELD)
    # psycopg gives a connection's loss without an SQLSTATE the class of no kind of fault.
    busy = error.connection_invalidated or isinstance(error, OperationalError)
    return Refusal(Reason.DATABASE_BUSY) if busy else None
