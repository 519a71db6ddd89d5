"""The audit log in a database: the only part of `audit` that knows SQLAlchemy, besides `tables`."""

from seal_service.audit.store.appender import Appender
from seal_service.audit.store.connect import open_engine, reading
from seal_service.audit.store.group_commit import GroupCommit
from seal_service.audit.store.outbox import append
from seal_service.audit.store.state import LogSettings, create_log

__all__ = [
    "Appender",
    "GroupCommit",
    "LogSettings",
    "append",
    "create_log",
    "open_engine",
    "reading",
]
