"""What queries have found on SQLite's writing connection, as long as it must still be true.

Who calls, and what they may do, is looked up anew in every call's transaction. Mostly nothing has
changed since the last call but the log, which no such query reads. SQLite tells so itself: a
connection counts the rows that it has changed, and sees whether another one has committed. So what
was found is kept until either number moves by more than the log's own rows account for. Nothing is
taken on trust from those who write: an `UPDATE` that somebody forgot to announce ends every answer
too.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection

from seal_service.audit.store.driver import fetch

LIMIT = 8192
"""Most queries that are remembered: some 1 kB each."""
_KEY = "answers"


class Answers:
    """What queries have found on one SQLite connection that writes.

    Members of a group (`transactions.py`) use it one after another. Once a member has changed
    anything but the log, nothing is found until the next one begins with no answers at all, whether
    the change was undone or not: SQLite's count of changes never goes back.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._driver: Any = connection.connection.driver_connection
        self._others = -1
        self._changes = 0
        self._found: dict[Any, tuple[Any, ...]] = {}

    def begin_group(self) -> None:
        """Forget everything if another connection has committed; the write lock must be held."""
        ((others,),) = fetch(self._connection, "PRAGMA data_version", ())
        if others != self._others:
            self.forget()
            self._others = others

    def begin_member(self) -> None:
        """Forget everything if the member before has changed anything but the log."""
        if self._driver.total_changes != self._changes:
            self.forget()

    def forget(self) -> None:
        """Forget everything."""
        self._found.clear()
        self._changes = self._driver.total_changes

    def find(self, key: Any) -> tuple[Any, ...] | None:
        """Return what a query has found; None where that is not known to be true still."""
        return self._found.get(key) if self._driver.total_changes == self._changes else None

    def keep(self, key: Any, found: tuple[Any, ...]) -> None:
        """Keep what a query has found; nobody can change the values."""
        if len(self._found) >= LIMIT:
            self._found.clear()
        self._found[key] = found

    @contextmanager
    def log_only(self) -> Iterator[None]:
        """Let the block's changes end no answer: it writes the log's own rows and no others."""
        before = self._driver.total_changes
        try:
            yield
        finally:
            self._changes += self._driver.total_changes - before


def remember(connection: Connection) -> Answers:
    """Let a connection's queries be remembered from now on."""
    connection.info[_KEY] = answers = Answers(connection)
    return answers


def answers_of(connection: Connection) -> Answers | None:
    """Return what is known on a connection; None where nothing is kept, as when only reading."""
    found: Answers | None = connection.info.get(_KEY)
    return found


@contextmanager
def log_only(connection: Connection) -> Iterator[None]:
    """Say that the block writes the log's own rows and no others."""
    answers = answers_of(connection)
    if answers is None:
        yield
        return
    with answers.log_only():
        yield
