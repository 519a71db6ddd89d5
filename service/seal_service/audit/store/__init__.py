"""The audit log in a database: the only part of `audit` that knows SQLAlchemy, besides `tables`."""

from seal_service.audit.store.appender import Appender
from seal_service.audit.store.outbox import append
from seal_service.audit.store.recorder import Recorder
from seal_service.audit.store.state import LogSettings, create_log
from seal_service.audit.store.transactions import Transactions

__all__ = [
    "Appender",
    "LogSettings",
    "Recorder",
    "Transactions",
    "append",
    "create_log",
]
