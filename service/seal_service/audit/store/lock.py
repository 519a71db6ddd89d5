"""See to it that a log has one appender at a time.

The lock saves work and gives a clear error; safety does not hang on it. Should two appenders ever
run, the primary key of `audit_event` lets only one of them have a sequence number.
"""

from __future__ import annotations

import fcntl
import os
from contextlib import suppress
from pathlib import Path
from typing import Protocol

from sqlalchemy import Connection, text
from sqlalchemy.exc import SQLAlchemyError

from seal_service.audit.errors import AppenderBusyError
from seal_service.audit.store.transactions import Transactions

_PG_LOCK = 0x7365616C6175  # "sealau"
_BUSY = "another process is the appender of this audit log"


class AppenderLock(Protocol):
    """Held while this process is the appender."""

    def hold(self) -> None:
        """Take the lock, or see that it is still held (AppenderBusyError if another has it)."""
        ...

    def release(self) -> None:
        """Let another process have it."""
        ...


class _FileLock:
    """An flock beside the SQLite database: the kernel releases it when the process dies."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._handle: int | None = None

    def hold(self) -> None:
        if self._handle is not None:
            return
        handle = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o644)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            os.close(handle)
            raise AppenderBusyError(_BUSY) from error
        self._handle = handle

    def release(self) -> None:
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None


class _PostgresLock:
    """An advisory lock of one session, which ends with the session."""

    def __init__(self, database: Transactions) -> None:
        self._engine = database.engine
        self._connection: Connection | None = None

    def hold(self) -> None:
        if self._connection is not None and not self._connection.closed:
            try:
                self._connection.execute(text("SELECT 1"))
            except Exception:
                self.release()
                raise
            return
        connection = self._engine.connect().execution_options(isolation_level="AUTOCOMMIT")
        taken = connection.execute(
            text("SELECT pg_try_advisory_lock(:key)"), {"key": _PG_LOCK}
        ).scalar()
        if not taken:
            connection.close()
            raise AppenderBusyError(_BUSY)
        self._connection = connection

    def release(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            with suppress(SQLAlchemyError):  # A session that is gone has let go.
                connection.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": _PG_LOCK})
            # Not back into the pool: whatever came of that, a session's end lets go.
            connection.invalidate()
            connection.close()


def lock_of(database: Transactions) -> AppenderLock:
    """Return the lock that fits the database."""
    if not database.is_sqlite:
        return _PostgresLock(database)
    return _FileLock(Path(f"{database.url.database}.appender"))
