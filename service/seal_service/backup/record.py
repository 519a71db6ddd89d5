"""Who makes a backup or a drill, and its entry in the audit log.

Whoever may start a program on the service's machine is known to that machine alone. The command
asks for a user of the bank whose posts allow the act, and writes down both.
"""

from __future__ import annotations

import getpass
import socket
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from seal_service.adapters.sql.database import SqlDatabase
from seal_service.application.access import authority_in
from seal_service.application.ports import ALLOWED, AuditEntry
from seal_service.backup.errors import BackupError
from seal_service.domain.reasons import Reason, Refusal


def require(database: SqlDatabase, actor: str, permission: str, rpc: str) -> None:
    """Refuse whoever may not do this; the refusal is in the log.

    Raises
    ------
    BackupError
    """
    with database.read() as work:
        user = work.users.get(actor)
        held = work.assignments.of_user(actor) if user and user.barred is None else []
        allowed = authority_in(work, held).bank_wide(permission)
    if not allowed:
        write(database, actor, rpc, "backups/-", decision=Reason.NO_PERMISSION)
        message = f"user {actor} has no post with {permission} over the whole bank"
        raise BackupError(message)


def write(
    database: SqlDatabase,
    actor: str,
    rpc: str,
    target: str,
    *,
    decision: str = ALLOWED,
    after: Mapping[str, Any] | None = None,
) -> None:
    """Write an entry; with the server at rest it gets its number when it starts again.

    Raises
    ------
    BackupError
        It could not be written.
    """
    try:
        with database.write() as work:
            work.audit.append(
                AuditEntry(
                    kind="BUSINESS", actor=actor, org="", rpc=rpc, target=target,
                    decision=str(decision), at=datetime.now(UTC), trace_id="", request_id="",
                    peer=f"local:{getpass.getuser()}@{socket.gethostname()}", data_class=3,
                    after=after,
                )
            )  # fmt: skip
    except Refusal as error:
        message = f"the audit log cannot be written ({error.reason})"
        raise BackupError(message) from error
