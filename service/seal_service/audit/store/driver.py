"""Statements of the hot path, handed to the driver as they are.

For a statement of one row what SQLAlchemy does around it takes several times as long as the
database. The statement runs in the connection's own transaction, and its faults are SQLAlchemy's.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

Values = Sequence[Any] | Mapping[str, Any]


def fetch(connection: Connection, text: str, values: Values) -> list[tuple[Any, ...]]:
    """Return all rows of a query, as the driver makes them (errors: `sqlalchemy.exc.DBAPIError`).

    Begin the transaction before: `Transactions.read` or `.write`.
    """
    driver: Any = connection.connection.driver_connection
    cursor = driver.cursor()
    try:
        found: list[tuple[Any, ...]] = cursor.execute(text, values).fetchall()
    except _errors(connection) as error:
        raise _fault(connection, text, error) from error
    finally:
        cursor.close()
    return found


def run(connection: Connection, text: str, values: Values = ()) -> None:
    """Run a statement that returns nothing (errors as of `fetch`)."""
    driver: Any = connection.connection.driver_connection
    cursor = driver.cursor()
    try:
        cursor.execute(text, values)
    except _errors(connection) as error:
        raise _fault(connection, text, error) from error
    finally:
        cursor.close()


def signs(connection: Connection, count: int) -> str:
    """Return a list of parameters as this driver writes them, in brackets."""
    sign = "?" if connection.dialect.paramstyle == "qmark" else "%s"
    return f"({', '.join([sign] * count)})"


def _errors(connection: Connection) -> Any:
    driver: Any = connection.dialect.loaded_dbapi
    return driver.Error


def _fault(connection: Connection, text: str, error: Exception) -> BaseException:
    """Return a driver's fault as SQLAlchemy's."""
    return DBAPIError.instance(
        text, None, error, _errors(connection), hide_parameters=True, dialect=connection.dialect
    )
