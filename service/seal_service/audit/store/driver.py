"""Statements of the hot path, handed to the driver as they are.

For a statement of one row what SQLAlchemy does around it takes several times as long as the
database. The statement runs in the connection's own transaction, and its faults are SQLAlchemy's.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

Values = Sequence[Any] | Mapping[str, Any]


def fetch(connection: Connection, text: str, values: Values) -> list[tuple[Any, ...]]:
    """Return all rows of a query, as the driver makes them (errors: `sqlalchemy.exc.DBAPIError`).

    Begin the transaction before: `Transactions.read` or `.write`.
    """
    with _cursor(connection, text) as cursor:
        found: list[tuple[Any, ...]] = cursor.execute(text, values).fetchall()
    return found


def run(connection: Connection, text: str, values: Values = ()) -> None:
    """Run a statement that returns nothing (errors as of `fetch`)."""
    with _cursor(connection, text) as cursor:
        cursor.execute(text, values)


def signs(connection: Connection, count: int) -> str:
    """Return a list of parameters as this driver writes them, in brackets."""
    sign = "?" if connection.dialect.paramstyle == "qmark" else "%s"
    return f"({', '.join([sign] * count)})"


@contextmanager
def _cursor(connection: Connection, text: str) -> Iterator[Any]:
    """Open a cursor of the driver; its faults leave as SQLAlchemy's, and say of a lost connection.

    Already a cursor may not be had: another statement has found the connection lost.
    """
    dialect: Any = connection.dialect
    driver: Any = connection.connection.driver_connection
    fault: type[Exception] = dialect.loaded_dbapi.Error
    try:
        with closing(driver.cursor()) as cursor:
            yield cursor
    except fault as error:
        raise DBAPIError.instance(
            text, None, error, fault, hide_parameters=True, dialect=dialect,
            connection_invalidated=dialect.is_disconnect(error, driver, None),
        ) from error  # fmt: skip
