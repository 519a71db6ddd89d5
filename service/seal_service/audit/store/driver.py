"""Statements of the hot path, handed to the driver as they are.

For a statement of one row what SQLAlchemy does around it takes several times as long as the
database. The statement runs in the connection's own transaction, and its faults are SQLAlchemy's.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

Values = Sequence[Any] | Mapping[str, Any]


@contextmanager
def _faults(connection: Connection, text: str) -> Iterator[None]:
    dialect = connection.dialect
    driver: Any = dialect.loaded_dbapi
    try:
        yield
    except driver.Error as error:
        raise DBAPIError.instance(
            text, None, error, driver.Error, hide_parameters=True, dialect=dialect
        ) from error


def fetch(connection: Connection, text: str, values: Values) -> list[tuple[Any, ...]]:
    """Return all rows of a query, as the driver makes them (errors: `sqlalchemy.exc.DBAPIError`).

    Begin the transaction before: `Transactions.read` or `.write`.
    """
    driver: Any = connection.connection.driver_connection
    with _faults(connection, text):
        cursor = driver.cursor()
        try:
            found: list[tuple[Any, ...]] = cursor.execute(text, values).fetchall()
        finally:
            cursor.close()
    return found


def run(connection: Connection, text: str, rows: Sequence[Values]) -> None:
    """Run a statement that returns nothing, for each of some rows (errors as of `fetch`)."""
    driver: Any = connection.connection.driver_connection
    with _faults(connection, text):
        cursor = driver.cursor()
        try:
            if len(rows) == 1:
                cursor.execute(text, rows[0])
            else:
                cursor.executemany(text, rows)
        finally:
            cursor.close()
