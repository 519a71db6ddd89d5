"""What must happen although nobody calls: changes expire, old book-keeping goes."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta

from seal_service.application.ports import ALLOWED, AuditEntry, Work
from seal_service.domain import changes

KEEP_ANSWERS = timedelta(days=7)
ACTOR = "system:housekeeping"


def tidy(
    work: Work, at: datetime, shorter: Iterable[tuple[timedelta, Collection[str]]] = ()
) -> int:
    """Do what is due; return how many changes have expired. Each expiry is in the log.

    Parameters
    ----------
    shorter
        Times after which first answers of methods are forgotten before all others.
    """
    overdue = work.changes.overdue(at)
    for change in overdue:
        work.changes.save(changes.expired(change, at))
        work.audit.append(
            AuditEntry(
                kind="ORG_STAFF", actor=ACTOR, org=change.org_id, rpc="system/ExpireChange",
                target=change.target, decision=ALLOWED, at=at, trace_id="", request_id="",
                peer="", data_class=2, before={"change": change.id}, after={"state": "EXPIRED"},
            )
        )  # fmt: skip
    work.requests.forget(at - KEEP_ANSWERS)
    for kept, rpcs in shorter:
        work.requests.forget(at - kept, rpcs)
    work.sessions.forget_tickets(at)
    return len(overdue)
