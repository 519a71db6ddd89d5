"""Engines on which the log is safe: SQLite in WAL mode with every commit synced, or PostgreSQL."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event

from seal_service.audit.errors import UnsupportedDatabaseError

_BEGIN = "sealmatch_sqlite_begin"


def open_engine(url: str, *, pool_size: int = 5) -> Engine:
    """Return an engine for `sqlite:///path` or `postgresql+psycopg://…`.

    On SQLite a transaction begins with BEGIN IMMEDIATE, because one that began as a reader and
    then writes fails at once instead of waiting; `reading` begins one that only reads.

    Raises
    ------
    UnsupportedDatabaseError
        The URL is of another kind of database.
    """
    if not re.match(r"sqlite:|postgresql\+psycopg:", url):
        scheme = url.split(":", maxsplit=1)[0]
        message = f"{scheme}: the log is kept in sqlite: or postgresql+psycopg: only"
        raise UnsupportedDatabaseError(message)
    if not url.startswith("sqlite"):
        return create_engine(url, pool_size=pool_size, pool_pre_ping=True)
    engine = create_engine(url, pool_size=pool_size)

    @event.listens_for(engine, "connect")
    def _prepare(connection: Any, _record: object) -> None:
        connection.isolation_level = None  # SQLAlchemy's BEGIN below is the only one.
        cursor = connection.cursor()
        cursor.execute("PRAGMA busy_timeout = 10000")
        cursor.execute("PRAGMA journal_mode = WAL")
        cursor.execute("PRAGMA synchronous = FULL")
        cursor.execute("PRAGMA foreign_keys = ON")
        cursor.close()

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        mode = connection.get_execution_options().get(_BEGIN, "IMMEDIATE")
        connection.exec_driver_sql(f"BEGIN {mode}")

    return engine


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """Open one consistent view of the database that takes no write lock."""
    if engine.dialect.name == "sqlite":
        options: dict[str, Any] = {_BEGIN: "DEFERRED"}
    else:
        options = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
    with engine.connect().execution_options(**options) as connection, connection.begin():
        yield connection
