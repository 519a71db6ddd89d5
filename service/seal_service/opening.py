"""What a server opens before it serves: the database at its schema, the audit log and its key."""

from __future__ import annotations

from secrets import token_hex

from sqlalchemy.exc import SQLAlchemyError

from seal_service.adapters.sql.engine import Connections
from seal_service.adapters.sql.migrate import migrate, newest, version
from seal_service.audit import Signer, profile_of
from seal_service.audit.errors import AppenderBusyError, AuditError
from seal_service.audit.files import write_atomically
from seal_service.audit.store import Appender, LogSettings
from seal_service.audit.store.state import find_settings
from seal_service.config import Settings
from seal_service.domain.reasons import Reason, Refusal


class StartError(Exception):
    """The server cannot start; the text says why, and what to do."""


def open_database(settings: Settings) -> Connections:
    """Open the database; an empty one is brought to the newest schema.

    Raises
    ------
    StartError
        The database cannot be reached, or has another program version's schema.
    """
    settings.data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    connections = Connections(settings.url, pool_size=settings.threads)
    try:
        found = version(connections)
        if found is None:
            migrate(connections)
            found = version(connections)
    except Refusal as error:
        connections.close()
        raise StartError(unusable(connections, error)) from error
    if found != newest():
        connections.close()
        message = (
            f"the database has schema {found}, this program needs {newest()}: sealmatch migrate"
        )
        raise StartError(message)
    return connections


def unusable(connections: Connections, refusal: Refusal) -> str:
    """Say in one line why the database cannot be opened."""
    place = f"the database {connections.url.render_as_string()}"
    if refusal.reason is Reason.DATA_DAMAGED:
        return f"{place} is damaged, or the file is none of a database: restore a backup"
    return f"{place} cannot be reached"


def signer_of(settings: Settings, connections: Connections) -> Signer:
    """Return the audit log's signing key; a new log has a new one, its public half beside it.

    Raises
    ------
    StartError
        The key cannot be used, or the log has one and it is not here.
    """
    path = settings.audit_key
    try:
        if not path.exists():
            with connections.read() as connection:
                begun = find_settings(connection)
            if begun is not None:
                message = (
                    f"the database holds audit log {begun.origin} but its key {path} is missing: "
                    "restore it"
                )
                raise StartError(message)
            name = settings.audit.name or f"sealmatch/{token_hex(8)}"
            signer = Signer.generate(name, profile_of(settings.crypto.profile)[1])
            write_atomically(path.with_name(f"{path.name}.pub"), f"{signer.verifier}\n".encode())
            signer.save(path)
        return Signer.load(path)
    except (AuditError, OSError) as error:
        message = f"the audit log's key {path} cannot be used: {error}"
        raise StartError(message) from error


def open_log(settings: Settings, connections: Connections) -> Appender:
    """Return the audit log's appender, at work or in reserve for another process's.

    A log that has begun goes on with its own hash, whatever the cryptographic profile is now.

    Raises
    ------
    StartError
        The log cannot be continued; `sealmatch audit verify` says what is wrong with it.
    """
    signer = signer_of(settings, connections)
    with connections.read() as connection:
        begun = find_settings(connection)
    algorithm = begun.algorithm if begun else profile_of(settings.crypto.profile)[0]
    log_settings = LogSettings(signer.verifier.name, algorithm)
    appender = Appender(
        connections.transactions, log_settings, signer, publish_to=settings.published_log
    )
    try:
        appender.open()
    except AppenderBusyError:
        pass
    except (AuditError, OSError, SQLAlchemyError) as error:
        message = f"the audit log cannot be continued: {error}"
        raise StartError(message) from error
    return appender
