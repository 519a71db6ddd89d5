"""Read a log's tables through the plain drivers: sqlite3 and psycopg.

Every reader sees one state of the database. Several processes read ranges of events side by side;
that is sound while the log grows, because nothing that has a sequence number ever changes but for
payloads that retention removes, and those are judged last, in a newer state.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import quote, unquote

from seal_audit_check.entries import FIELDS
from seal_audit_check.findings import CheckError

_ENTRY = ", ".join(f"e.{name}" for name in FIELDS)
EVENTS = (
    f"SELECT e.seq, {_ENTRY}, e.leaf_alg, e.leaf_hash"  # noqa: S608  # the names are ours
    " FROM audit_event e WHERE e.seq >= {} AND e.seq < {} ORDER BY e.seq"
)
# Not joined: two walks along the keys cost a fifth less than a look-up for each event.
PAYLOADS = "SELECT seq, salt, payload FROM audit_payload WHERE seq >= {} AND seq < {} ORDER BY seq"
Row = tuple[Any, ...]


class Source(Protocol):
    """One consistent view of a database."""

    def rows(self, query: str, *values: int) -> list[Row]:
        """Return all rows; `{}` in the query stand for the values, which are whole numbers."""
        ...

    def events(self, start: int, end: int) -> list[Row]:
        """Return the rows of events [start, end), texts as the bytes of their UTF-8."""
        ...


def _lenient(data: bytes) -> str:
    return data.decode("utf-8", "surrogateescape")


class _Sqlite:
    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        # A text that is no UTF-8 any more is a finding, not a failure to read.
        connection.text_factory = _lenient

    def rows(self, query: str, *values: int) -> list[Row]:
        return self._connection.execute(query.format(*map(int, values))).fetchall()

    def events(self, start: int, end: int) -> list[Row]:
        # Texts would be decoded only to be encoded again for hashing.
        self._connection.text_factory = bytes
        try:
            return self.rows(EVENTS, start, end)
        finally:
            self._connection.text_factory = _lenient


class _Postgres:
    def __init__(self, cursor: Any) -> None:
        self._cursor = cursor

    def rows(self, query: str, *values: int) -> list[Row]:
        self._cursor.execute(query.format(*map(int, values)).encode())
        found: list[Row] = self._cursor.fetchall()
        return found

    def events(self, start: int, end: int) -> list[Row]:
        rows = self.rows(EVENTS, start, end)
        return [(*row[:13], *map(str.encode, row[13:20]), *row[20:]) for row in rows]


def is_database(target: str) -> bool:
    """Tell whether a target is a database URL."""
    return re.match(r"(sqlite|postgres(ql)?)(\+\w+)?://", target) is not None


@contextmanager
def open_source(url: str) -> Iterator[Source]:
    """Open `sqlite:///path` or `postgresql://…` for reading only.

    Raises
    ------
    CheckError
        There is no such database, or it cannot be read.
    """
    if url.startswith("sqlite"):
        path = Path(unquote(url.split(":///", 1)[-1].split("?", maxsplit=1)[0]))
        if not path.is_file():
            message = f"there is no database {path}"
            raise CheckError(message)
        try:
            connection = sqlite3.connect(
                f"file:{quote(str(path.absolute()))}?mode=ro", uri=True, timeout=10
            )
        except sqlite3.Error as error:
            message = f"{path} cannot be opened: {error}"
            raise CheckError(message) from error
        try:
            connection.isolation_level = None
            connection.execute("PRAGMA cache_size = -65536")
            connection.execute("BEGIN")
            yield _Sqlite(connection)
        except sqlite3.Error as error:
            message = f"{path} cannot be read: {error}"
            raise CheckError(message) from error
        finally:
            connection.close()
        return
    try:
        import psycopg
    except ImportError as error:
        message = "to check a log in PostgreSQL: pip install psycopg"
        raise CheckError(message) from error
    try:
        with psycopg.connect(re.sub(r"^postgres(ql)?(\+\w+)?:", "postgresql:", url)) as session:
            session.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
            session.read_only = True
            with session.cursor(binary=True) as cursor:
                yield _Postgres(cursor)
    except psycopg.Error as error:
        message = f"the database cannot be read: {' '.join(str(error).split())}"
        raise CheckError(message) from error


def as_bytes(value: object) -> bytes:
    """Return what a column of bytes holds; SQLite lets any column hold anything."""
    if isinstance(value, str):
        return value.encode("utf-8", "surrogateescape")
    return bytes(value) if isinstance(value, bytes | bytearray | memoryview) else b""


def as_int(value: object) -> int:
    """Return what a column of numbers holds, −1 for anything else."""
    return value if type(value) is int else -1


def number(rows: Sequence[Row]) -> int:
    """Return the one number of a query's answer, 0 for NULL."""
    return int(rows[0][0] or 0)
