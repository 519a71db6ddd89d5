"""Retention: remove old payloads, keep entries, hashes and proofs, and log the removal itself."""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, delete, select

from seal_service.audit import tables
from seal_service.audit.entry import AuditKind, Event
from seal_service.audit.errors import RetentionError
from seal_service.audit.hashing import Hasher, HashId, hasher_of
from seal_service.audit.store.outbox import append

PRUNE_ACTION = "audit.prune"
MINIMUM_KEEP = timedelta(days=183)
"""No payload is removed before six months: what network logs must be kept at least."""
_SHA256 = hasher_of(HashId.SHA256)


@dataclass(frozen=True, slots=True)
class Pruned:
    """What one prune has removed."""

    kind: AuditKind
    count: int
    first_seq: int
    last_seq: int
    actions: tuple[str, ...] = ()
    """Only payloads of these actions; empty for all."""


def prune(
    connection: Connection,
    kind: AuditKind,
    *,
    keep: timedelta,
    actor: str,
    now: datetime | None = None,
    limit: int = 5000,
    hasher: Hasher = _SHA256,
    actions: Collection[str] = (),
) -> Pruned | None:
    """Remove the oldest payloads of one kind in the caller's transaction, and log that.

    Call again, each time in a new transaction, until it returns None: so no prune holds the write
    lock for long. Prune events themselves are never pruned, for they explain the gaps.

    Parameters
    ----------
    keep
        How long payloads of this kind are kept.
    actor
        Who prunes.
    now
        The present; by default the wall clock.
    limit
        Most payloads to remove.
    actions
        Only payloads of these actions; empty for all.

    Raises
    ------
    RetentionError
        `keep` is shorter than six months.
    """
    if keep < MINIMUM_KEEP:
        message = f"payloads are kept {MINIMUM_KEEP.days} days at least, not {keep.days}"
        raise RetentionError(message)
    before = (datetime.now(UTC) if now is None else now) - keep
    before_us = int(before.timestamp() * 1_000_000)
    event, payload = tables.event, tables.payload
    query = (
        select(event.c.seq, event.c.action)
        .join(payload, payload.c.seq == event.c.seq)
        .where(
            event.c.kind == int(kind),
            event.c.at_us < before_us,
            event.c.action != PRUNE_ACTION,
        )
        .order_by(event.c.seq)
        .limit(limit)
    )
    if actions:
        query = query.where(event.c.action.in_(actions))
    found = connection.execute(query).all()
    if not found:
        return None
    seqs = [int(seq) for seq, _ in found]
    only = tuple(sorted({action for _, action in found})) if actions else ()
    done = Pruned(kind, len(seqs), seqs[0], seqs[-1], only)
    for at in range(0, len(seqs), 1000):
        chunk = seqs[at : at + 1000]
        connection.execute(delete(payload).where(payload.c.seq.in_(chunk)))
    append(connection, _event_of(done, before_us, actor), hasher=hasher)
    return done


def _event_of(done: Pruned, before_us: int, actor: str) -> Event:
    # The checker reads these names: whatever lacks its payload must fit such a record.
    payload: dict[str, object] = {
        "before_us": before_us,
        "count": done.count,
        "first_seq": done.first_seq,
        "kind": done.kind.name,
        "last_seq": done.last_seq,
    }
    if done.actions:
        payload["actions"] = done.actions
    return Event(
        kind=AuditKind.ORG_STAFF,
        action=PRUNE_ACTION,
        actor=actor,
        target=f"audit/{done.kind.name}/{done.first_seq}-{done.last_seq}",
        payload=json.dumps(payload, sort_keys=True, separators=(",", ":")).encode(),
    )
