"""Maintenance is asked for by the technical side and agreed to by the business side (A05)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from seal_service.application.call import Call
from seal_service.application.changes import Writes, kind, propose
from seal_service.domain import maintenance as rules
from seal_service.domain.changes import Change
from seal_service.domain.maintenance import AGREE, PROPOSE, Maintenance
from seal_service.domain.reasons import Reason, Refusal, not_found


def ask(call: Call, *, starts_at: datetime, ends_at: datetime, notice: str, reason: str) -> Change:
    """Ask for a time of maintenance."""
    call.require_bank()
    body = {"start": starts_at.isoformat(), "end": ends_at.isoformat(), "notice": notice}
    return propose(
        call, "maintenance.schedule", target=f"maintenances/{call.new_id()}",
        org=call.org_named(call.caller.org_id), body=body, reason=reason,
    )  # fmt: skip


@kind("maintenance.schedule", ask=PROPOSE, check=AGREE, bank_wide=True)
def _schedule(call: Call, change: Change) -> Writes:
    other = AGREE if call.caller.user_id == change.maker else PROPOSE
    if call.caller.authority.holds(other):
        raise Refusal(Reason.SAME_DEPARTMENT)
    window = Maintenance(
        id=change.target.removeprefix("maintenances/"),
        starts_at=datetime.fromisoformat(change.body["start"]),
        ends_at=datetime.fromisoformat(change.body["end"]),
        notice=change.body["notice"], change_id=change.id, announced_at=call.now,
    )  # fmt: skip
    rules.require_sensible(
        window.starts_at, window.ends_at, notice=call.rules.maintenance_notice, at=call.now
    )

    def write() -> Mapping[str, Any]:
        call.work.maintenances.add(window)
        return dict(change.body)

    return write


def cancel(call: Call, maintenance_id: str, *, reason: str) -> Maintenance:
    """Call maintenance off, or end it."""
    call.require_bank()
    found = call.work.maintenances.get(maintenance_id)
    if found is None:
        raise not_found(f"maintenances/{maintenance_id}")
    call.note(f"maintenances/{maintenance_id}", after={"cancelled": True, "reason": reason})
    return call.work.maintenances.save(rules.cancelled(found, call.now))


def announced(call: Call) -> list[Maintenance]:
    """Return what is announced or under way: everybody may know."""
    return [one for one in call.work.maintenances.not_over(call.now) if one.cancelled_at is None]
