"""Transactions on the databases that the log is safe in: SQLite and PostgreSQL.

SQLite has one writer at a time, and a synced commit costs it milliseconds whatever is in it. So
writers of one process take turns on one connection, each in a savepoint, and share a commit: who
leaves while nobody waits, or when those before have waited long enough, commits for everybody who
came before (group commit). A writer that fails takes nobody with it, and nobody goes on, not even
one who was refused, before what they saw is durable. ``BEGIN IMMEDIATE``, because a transaction
that begins as a reader and then writes ignores the busy timeout.

PostgreSQL groups syncs itself. Its transactions are SERIALIZABLE, so that two calls that each look
right alone cannot break a rule together.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import SQLAlchemyError

from seal_service.audit.errors import NotDurableError, UnsupportedDatabaseError
from seal_service.audit.store.answers import Answers, remember
from seal_service.audit.store.driver import run

BUSY_TIMEOUT_S = 10
COMMITS = 8
OPEN_S = (0.004, 0.1)
"""How long a group takes more writers: some times as long as the latest commit took, within these
bounds, for the first of them waits for the last."""
_PRAGMAS = (
    f"busy_timeout = {BUSY_TIMEOUT_S * 1000}",
    "journal_mode = WAL",
    "synchronous = FULL",
    "foreign_keys = ON",
    # Or the pages that a savepoint has changed go to a temporary file, as many bytes as the log.
    "temp_store = MEMORY",
)


@dataclass(slots=True)
class _Group:
    """Writers that share one commit."""

    until: float
    ended: threading.Event | None = None
    """Made by the first who waits: mostly nobody does."""
    fault: BaseException | None = None


class Transactions:
    """A database and the way to begin transactions on it.

    Parameters
    ----------
    url
        `sqlite:///path` or `postgresql+psycopg://…`.
    pool_size
        How many connections are kept open at most.
    statement_timeout_s
        How long one statement may take on PostgreSQL; None for as long as it likes.

    Raises
    ------
    UnsupportedDatabaseError
        The URL is of another kind of database.
    sqlalchemy.exc.ArgumentError
        It is no URL.
    """

    def __init__(
        self, url: str | URL, *, pool_size: int = 5, statement_timeout_s: int | None = None
    ) -> None:
        self.url = make_url(url)
        name, self.is_sqlite = self.url.drivername, self.url.drivername == "sqlite"
        if self.is_sqlite and self.url.database in {None, "", ":memory:"}:
            message = "a log is kept in a file, not in memory"
            raise UnsupportedDatabaseError(message)
        if not self.is_sqlite and name != "postgresql+psycopg":
            message = f"{name}: the log is kept in sqlite: or postgresql+psycopg: only"
            raise UnsupportedDatabaseError(message)
        self.engine = (
            _sqlite(self.url, pool_size)
            if self.is_sqlite
            else _postgresql(self.url, pool_size, statement_timeout_s)
        )
        self._turn = threading.Condition()
        self._taken = False
        self._waiting = 0
        self._group: _Group | None = None
        self._writer: Connection | None = None
        self._answers: Answers | None = None
        self._commit_s = 0.0

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Open one consistent view of the database that writes nothing and takes no write lock."""
        if self.is_sqlite:
            with self.engine.connect() as connection:
                connection.exec_driver_sql("BEGIN DEFERRED")
                yield connection  # The pool rolls back whatever comes back to it.
            return
        options: dict[str, Any] = {
            "isolation_level": "REPEATABLE READ",
            "postgresql_readonly": True,
        }
        with self.engine.connect().execution_options(**options) as connection, connection.begin():
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """Open a transaction that is durable when the block has ended, and undone if it fails.

        Raises
        ------
        NotDurableError
            SQLite: the commit failed, with the reason as its cause, or no turn came in time.
            Nothing of the block is stored.
        sqlalchemy.exc.SQLAlchemyError
            PostgreSQL: the commit failed; after a lost connection it may have succeeded.
        """
        if not self.is_sqlite:
            with self.engine.begin() as connection:
                yield connection
            return
        group, connection, answers = self._enter()
        driver: Any = connection.connection.driver_connection
        try:
            answers.begin_member()
            driver.execute("SAVEPOINT member")
            yield connection
            driver.execute("RELEASE member")
        except BaseException as error:
            if not _undone(driver):
                group.fault = error
            self._leave(group, connection)
            raise
        self._leave(group, connection)

    def close(self) -> None:
        """Close every connection."""
        if self._writer is not None:
            self._writer.close()
            self._writer = self._answers = None
        self.engine.dispose()

    def _enter(self) -> tuple[_Group, Connection, Answers]:
        """Wait for one's turn; join the group that is open, or open one.

        From here to `_leave` nothing may raise but the block itself: the turn would never end.
        """
        with self._turn:
            self._waiting += 1
            came = self._turn.wait_for(lambda: not self._taken, BUSY_TIMEOUT_S)
            self._waiting -= 1
            if not came:
                message = f"no turn to write came within {BUSY_TIMEOUT_S} s"
                raise NotDurableError(message)
            self._taken = True
        try:
            if self._writer is None or self._answers is None:
                self._writer = self.engine.connect()
                self._answers = remember(self._writer)
            if self._group is None:
                run(self._writer, "BEGIN IMMEDIATE")
                self._answers.begin_group()
                open_s = sorted((*OPEN_S, COMMITS * self._commit_s))[1]
                self._group = _Group(time.monotonic() + open_s)
        except BaseException:
            self._drop_writer()
            self._pass_on()
            raise
        return self._group, self._writer, self._answers

    def _leave(self, group: _Group, connection: Connection) -> None:
        """Commit if nobody else will; go on when it is done (NotDurableError if it failed)."""
        with self._turn:
            late = group.fault is not None or time.monotonic() >= group.until
            ended = None
            if self._waiting and not late:
                ended = group.ended = group.ended or threading.Event()
                self._taken = False
                self._turn.notify()
        if ended is None:
            self._end(group, connection)
        else:
            ended.wait()
        if group.fault is not None:
            message = f"the commit failed: {group.fault}"
            raise NotDurableError(message) from group.fault

    def _end(self, group: _Group, connection: Connection) -> None:
        began = time.monotonic()
        try:
            if group.fault is None:
                run(connection, "COMMIT")
                self._commit_s = time.monotonic() - began
        except BaseException as error:  # noqa: BLE001  # every member must hear of it
            group.fault = error
        try:
            if group.fault is not None:
                self._drop_writer()
        finally:
            self._group = None
            if group.ended is not None:
                group.ended.set()
            self._pass_on()

    def _drop_writer(self) -> None:
        """Give up the connection after a fault: closing it undoes whatever is not committed."""
        writer, self._writer, self._answers = self._writer, None, None
        if writer is not None:
            with suppress(SQLAlchemyError):
                writer.invalidate()
                writer.close()

    def _pass_on(self) -> None:
        with self._turn:
            self._taken = False
            self._turn.notify()


def _undone(driver: Any) -> bool:
    """Undo what one member of a group has done; False where all of the group is lost.

    After a full or failing disk SQLite may have undone the whole, or cannot undo a part.
    """
    try:
        if driver.in_transaction:
            driver.execute("ROLLBACK TO member")
            driver.execute("RELEASE member")
            return True
    except driver.Error:
        pass
    return False


def _sqlite(url: URL, pool_size: int) -> Engine:
    engine = create_engine(url, pool_size=pool_size, hide_parameters=True)

    @event.listens_for(engine, "connect")
    def _prepare(connection: Any, _record: object) -> None:
        connection.isolation_level = None  # Transactions are begun here, not by the driver.
        for line in _PRAGMAS:
            connection.execute(f"PRAGMA {line}")

    return engine


def _postgresql(url: URL, pool_size: int, statement_timeout_s: int | None) -> Engine:
    options = f"-c lock_timeout={BUSY_TIMEOUT_S}s"
    if statement_timeout_s is not None:
        options += f" -c statement_timeout={statement_timeout_s}s"
    return create_engine(
        url, pool_size=pool_size, max_overflow=4, pool_pre_ping=True, hide_parameters=True,
        pool_timeout=BUSY_TIMEOUT_S, isolation_level="SERIALIZABLE",
        connect_args={"connect_timeout": BUSY_TIMEOUT_S, "options": options},
    )  # fmt: skip
