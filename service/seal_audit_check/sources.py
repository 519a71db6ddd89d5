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

from seal_audit_check.entries import FIELDS, TEXTS
from seal_audit_check.findings import CheckError

_ENTRY = ", ".join(f"e.{name}" for name in FIELDS)
EVENTS = (
    f"SELECT e.seq, {_ENTRY}, e.leaf_alg, e.leaf_hash"  # noqa: S608  # the names are ours
    " FROM audit_event e WHERE e.seq >= {} AND e.seq < {} ORDER BY e.seq"
)
# Not joined: two walks along the keys cost a fifth less than a look-up for each event.
PAYLOADS = "SELECT seq, salt, payload FROM audit_payload WHERE seq >= {} AND seq < {} ORDER BY seq"
Row = tuple[Any, ...]

_KINDS, _DECISIONS = (1, 2, 3, 4, 5), (1, 2, 3)

# A text that is stored as a blob has the same bytes, but no search for the text finds it; an id
# that is stored as a text is another id to the index that keeps ids apart. Of values of several
# types `max` takes a blob, and `min` anything else.
_BYTES = (
    "boot_id", "event_id", "leaf_hash",
    *(f"ifnull({name}, x'')" for name in ("payload_hash", "before_hash", "after_hash")),
)  # fmt: skip
_AS_THEY_SHOULD = (
    f"typeof(max({', '.join(TEXTS)})) = 'text' AND typeof(min({', '.join(_BYTES)})) = 'blob'"
)
_DISGUISED = (
    f"SELECT seq FROM audit_event WHERE seq >= {{}} AND seq < {{}} AND NOT ({_AS_THEY_SHOULD})"  # noqa: S608
)

# A driver takes longer to hand a column over than SQLite to look into it. So the small numbers of a
# row come as one, in the place that they have in an entry, and a row that is not in order is left
# out. `+` takes a column's affinity away: '1' and 1 are two things then; a sum with 1.0 is no
# integer, where `<<` and `|` would make it one. The other columns come as the types that they are
# stored as, and nothing but an entry's own types can be packed into one.
_ORDINARY = (
    "SELECT seq, leaf_hash,"  # noqa: S608  # the names are ours
    " kind * 16777216 + decision * 65536 + payload_alg * 256 + state_alg,"
    f" {', '.join(FIELDS[4:])} FROM audit_event WHERE seq >= {{0}} AND seq < {{1}}"
    " AND +leaf_alg IS {2} AND +payload_alg IN (0, {2}) AND +state_alg IN (0, {2})"
    f" AND +kind IN {_KINDS} AND +decision IN {_DECISIONS} ORDER BY seq"
)


class Source(Protocol):
    """One consistent view of a database."""

    def rows(self, query: str, *values: int) -> list[Row]:
        """Return all rows; `{}` in the query stand for the values, which are whole numbers."""
        ...

    def events(self, start: int, end: int) -> list[Row]:
        """Return the rows of events [start, end), texts as the bytes of their UTF-8."""
        ...

    def ordinary(self, start: int, end: int, algorithm: int) -> list[Row]:
        """Return those of the events that are stored as this log stores them, in fewer columns.

        They are: seq, leaf hash, the numbers as the bytes 5 to 8 of the entry read as one, and the
        rest of the fields, each as the type that it is stored as: str only what is a text, bytes
        only what is a blob. An event with a number that this log does not write is left out.
        """
        ...

    def disguised(self, start: int, end: int) -> list[int]:
        """Return the events of which a text, an id or a hash is stored as something else."""
        ...


def _lenient(data: bytes) -> str:
    return data.decode("utf-8", "surrogateescape")


class _Sqlite:
    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        # A text that is no UTF-8 any more is a finding, not a failure to read.
        connection.text_factory = _lenient

    def rows(self, query: str, *values: int) -> list[Row]:
        # Bound, or each of thousands of batches has its statement compiled anew.
        signs = (f"?{number}" for number in range(1, len(values) + 1))
        return self._connection.execute(query.format(*signs), tuple(map(int, values))).fetchall()

    def events(self, start: int, end: int) -> list[Row]:
        # Texts would be decoded only to be encoded again for hashing.
        self._connection.text_factory = bytes
        try:
            return self.rows(EVENTS, start, end)
        finally:
            self._connection.text_factory = _lenient

    def ordinary(self, start: int, end: int, algorithm: int) -> list[Row]:
        self._connection.text_factory = str
        try:
            return self.rows(_ORDINARY, start, end, algorithm)
        except sqlite3.OperationalError:
            return []  # Some text is no UTF-8; if it is something else, it will come again.
        finally:
            self._connection.text_factory = _lenient

    def disguised(self, start: int, end: int) -> list[int]:
        return [seq for (seq,) in self.rows(_DISGUISED, start, end)]


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

    def ordinary(self, start: int, end: int, algorithm: int) -> list[Row]:
        return [
            (row[0], row[21], row[1] << 24 | row[2] << 16 | row[3] << 8 | row[4], *row[5:20])
            for row in self.rows(EVENTS, start, end)
            # A larger decision would run over into the kind, and look like another one.
            if row[20] == algorithm
            and {row[3], row[4]} <= {0, algorithm}
            and row[1] in _KINDS
            and row[2] in _DECISIONS
        ]

    def disguised(self, _start: int, _end: int) -> list[int]:
        return []  # A column has its type here.


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
            # Nearly every page is read once; a larger cache asks for new memory for each instead.
            connection.execute("PRAGMA cache_size = -8192")
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
    """Return what a column of bytes holds, nothing for a text: SQLite lets it hold anything."""
    return bytes(value) if isinstance(value, bytes | bytearray | memoryview) else b""


def as_int(value: object) -> int:
    """Return what a column of numbers holds, −1 for anything else."""
    return value if type(value) is int else -1


def number(rows: Sequence[Row]) -> int:
    """Return the one number of a query's answer, 0 for NULL."""
    return int(rows[0][0] or 0)
