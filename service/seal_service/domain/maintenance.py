"""Maintenance: the only times at which the service pauses (A05)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from seal_service.domain.reasons import Reason, Refusal, invalid

LONGEST = timedelta(hours=24)
PROPOSE, AGREE = "maintenance.propose", "maintenance.agree"


@dataclass(frozen=True, slots=True)
class Maintenance:
    """A time of maintenance on which both sides have agreed. Cancelled, it ends at that instant."""

    id: str
    starts_at: datetime
    ends_at: datetime
    notice: str
    change_id: str
    announced_at: datetime
    cancelled_at: datetime | None = None
    version: int = 1


def require_sensible(
    starts_at: datetime, ends_at: datetime, *, notice: timedelta, at: datetime
) -> None:
    """Refuse a time that is empty, too long, or nearer than the notice that users are owed."""
    if starts_at - at < notice:
        hours = notice / timedelta(hours=1)
        raise invalid("start_time", f"is announced less than {hours:g} hours beforehand")
    if not timedelta(0) < ends_at - starts_at <= LONGEST:
        hours = LONGEST / timedelta(hours=1)
        raise invalid("end_time", f"must be after start_time, by {hours:g} hours at most")


def cancelled(maintenance: Maintenance, at: datetime) -> Maintenance:
    """Return the maintenance called off, or ended if it is under way."""
    if maintenance.cancelled_at is not None or maintenance.ends_at <= at:
        raise invalid("name", "is over or was called off")
    return replace(maintenance, cancelled_at=at)


def require_open(known: Iterable[Maintenance], at: datetime) -> None:
    """Refuse a call during maintenance.

    Raises
    ------
    Refusal
        MAINTENANCE, with the instant at which it is over.
    """
    ends = [
        one.ends_at
        for one in known
        if one.cancelled_at is None and one.starts_at <= at < one.ends_at
    ]
    if ends:
        until = max(ends)
        raise Refusal(
            Reason.MAINTENANCE, until=until.isoformat(), retry_after_s=(until - at).total_seconds()
        )
