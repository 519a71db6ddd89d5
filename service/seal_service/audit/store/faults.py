"""Which faults of a database pass by themselves."""

from __future__ import annotations

from sqlalchemy.exc import DBAPIError, OperationalError

SERIALIZATION = {"40001", "40P01"}
"""Another transaction was faster, or two waited for one another."""
_SHUTTING_DOWN = {"57P01", "57P02", "57P03"}
_CONNECTION = "08"


def fault_name(error: DBAPIError) -> str:
    """Return the database's own name of a fault: an SQLSTATE, or SQLite's."""
    found = getattr(error.orig, "sqlstate", None) or getattr(error.orig, "sqlite_errorname", "")
    return str(found)


def passes(error: Exception) -> bool:
    """Tell whether the same transaction may succeed in a moment.

    On PostgreSQL: it lost against another one, or the connection was lost or not to be had, as
    while a server restarts. What it wrote may be durable after a lost connection: only what may
    be written twice is tried again. SQLite has no such faults: it has waited already.
    """
    if not isinstance(error, DBAPIError) or not hasattr(error.orig, "sqlstate"):
        return False
    name = fault_name(error)
    if name in SERIALIZATION or name in _SHUTTING_DOWN or name.startswith(_CONNECTION):
        return True
    return error.connection_invalidated or (isinstance(error, OperationalError) and not name)
