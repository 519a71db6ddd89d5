"""Calls as events of the tamper-evident log, written in the transaction of the call."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, select

from seal_service.application.ports import ALLOWED, REPLAYED, AuditEntry
from seal_service.audit import AuditKind, Decision, Event, Hasher, Stamp, tables
from seal_service.audit.entry import MAX_TEXT_BYTES
from seal_service.audit.search import micros
from seal_service.audit.store import append
from seal_service.domain.reasons import TABLE, Code, Reason

_FAULTS = {
    Code.INTERNAL, Code.UNAVAILABLE, Code.DEADLINE_EXCEEDED, Code.ABORTED, Code.UNIMPLEMENTED,
}  # fmt: skip
"""Codes of calls that failed; every other refusal is a decision against the caller."""
_JSON = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False)
_CONTROLS = dict.fromkeys([*range(32), 127], "\ufffd")


class SqlAuditTrail:
    """The log, bound to the transaction of the call that it describes."""

    def __init__(self, connection: Connection, hasher: Hasher) -> None:
        self.connection = connection
        self._hasher = hasher

    def append(self, entry: AuditEntry) -> None:
        """Add an entry; it becomes durable with the transaction or not at all."""
        event = event_of(entry, self._hasher)
        append(self.connection, event, hasher=self._hasher, stamp=stamp_of(entry))

    def allowed(self, rpc: str) -> bool:
        """Tell whether the log holds a successful call of this method, numbered or waiting."""
        return any(
            self.connection.execute(
                select(table.c.event_id)
                .where(table.c.action == rpc, table.c.decision == int(Decision.ALLOWED))
                .limit(1)
            ).first()
            for table in (tables.outbox, tables.event)
        )


def event_of(entry: AuditEntry, hasher: Hasher) -> Event:
    """Return the event of a call.

    What was changed goes into the payload, which retention may remove one day, and as hashes of its
    state before and after into the entry, which stays. `payload` is canonical JSON.
    """
    decision, reason = decided(entry.decision)
    payload = {
        "request_id": entry.request_id, "peer": entry.peer, "data_class": entry.data_class,
        "before": entry.before, "after": entry.after, "asked": entry.asked,
    }  # fmt: skip
    return Event(
        kind=AuditKind[entry.kind],
        action=entry.rpc,
        actor=_text(entry.actor),
        decision=decision,
        organisation=_text(entry.org),
        account=account_in(entry.target),
        target=_text(entry.target),
        reason=reason,
        correlation_id=entry.trace_id,
        before_hash=_state_hash(entry.before, hasher),
        after_hash=_state_hash(entry.after, hasher),
        payload=canonical({key: value for key, value in payload.items() if value is not None}),
    )


def stamp_of(entry: AuditEntry) -> Stamp:
    """Return when a call was: by the service's clock, and by this machine's monotonic one."""
    return Stamp.now(at_us=micros(entry.at))


def decided(decision: str) -> tuple[Decision, str]:
    """Return the decision and the reason of a call's outcome."""
    if decision in {ALLOWED, REPLAYED}:
        return Decision.ALLOWED, "" if decision == ALLOWED else REPLAYED
    fault = TABLE[Reason(decision)].code in _FAULTS
    return Decision.FAILED if fault else Decision.DENIED, decision


def account_in(target: str) -> str:
    """Return the account of a resource name such as ``accounts/6222/cards/1``, if any."""
    parts = target.split("/")
    return _text(parts[1]) if len(parts) > 1 and parts[0] == "accounts" else ""


def canonical(value: Mapping[str, Any]) -> bytes:
    """Return canonical JSON: sorted keys, no spaces, UTF-8."""
    return _JSON.encode(value).encode("utf-8", "surrogatepass")


def _state_hash(state: Mapping[str, Any] | None, hasher: Hasher) -> bytes | None:
    return None if state is None else hasher.digest(canonical(state))


def _text(text: str) -> str:
    """Return a text as an entry can hold it: a call must be logged, whatever its sender wrote."""
    if text.isascii() and text.isprintable() and len(text) <= MAX_TEXT_BYTES:
        return text
    data = text.translate(_CONTROLS).encode(errors="replace")
    return data[:MAX_TEXT_BYTES].decode(errors="ignore")
