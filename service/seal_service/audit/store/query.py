"""Find events by kind, person, organisation, account, target and time, a stable page at a time."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum

from sqlalchemy import ColumnElement, Connection, select

from seal_service.audit import tables
from seal_service.audit.entry import AuditKind, Decision, Entry
from seal_service.audit.store.rows import entry_of
from seal_service.audit.store.state import log_size

MAX_PAGE = 1000


class Order(IntEnum):
    """Which events come first."""

    NEWEST_FIRST = 0
    OLDEST_FIRST = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """What to look for; None means everything.

    `organisations` is whatever the caller may see: a scope of rights is turned into codes by who
    knows the tree of organisations, and an empty set finds nothing. Times are those of the wall
    clock: `since` is inside, `before` outside.
    """

    kinds: Collection[AuditKind] | None = None
    actor: str | None = None
    organisations: Collection[str] | None = None
    account: str | None = None
    action: str | None = None
    target: str | None = None
    decision: Decision | None = None
    since: datetime | None = None
    before: datetime | None = None


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where a page ended: `seq` was its last event; nothing from `size` on belongs to the search.

    Sequence numbers never change and events are never removed, so pages neither repeat nor skip
    an event, however many are appended meanwhile.
    """

    seq: int
    size: int


@dataclass(frozen=True, slots=True)
class Found:
    """One event with its place in the tree; `payload` is None if there is none any more."""

    seq: int
    entry: Entry
    leaf_hash: bytes
    payload: bytes | None


@dataclass(frozen=True, slots=True)
class Page:
    """Events in order, and the cursor of the next page unless this is the last."""

    events: tuple[Found, ...]
    next: Cursor | None


def find(
    connection: Connection,
    wanted: Filter,
    *,
    limit: int = 100,
    order: Order = Order.NEWEST_FIRST,
    after: Cursor | None = None,
) -> Page:
    """Return a page of events that have a sequence number.

    Parameters
    ----------
    limit
        Most events of the page, 1 to 1000.
    after
        Cursor of the page before, with the same filter and order.

    Raises
    ------
    ValueError
        `limit` is out of range, or a time has no zone.
    LogDamagedError
        A stored row is not an entry.
    """
    if not 1 <= limit <= MAX_PAGE:
        message = f"a page has 1 to {MAX_PAGE} events, not {limit}"
        raise ValueError(message)
    event, payload = tables.event, tables.payload
    size = log_size(connection) if after is None else after.size
    conditions = [*_conditions(wanted), event.c.seq < size]
    oldest_first = order is Order.OLDEST_FIRST
    if after is not None:
        last = after.seq
        conditions.append(event.c.seq > last if oldest_first else event.c.seq < last)
    query = (
        select(event, payload.c.payload)
        .outerjoin(payload, payload.c.seq == event.c.seq)
        .where(*conditions)
        .order_by(event.c.seq.asc() if oldest_first else event.c.seq.desc())
        .limit(limit + 1)
    )
    rows = connection.execute(query).mappings().all()
    events = tuple(
        Found(
            row["seq"],
            entry_of(dict(row), f"event {row['seq']}"),
            bytes(row["leaf_hash"]),
            row["payload"],
        )
        for row in rows[:limit]
    )
    more = len(rows) > limit
    return Page(events, Cursor(events[-1].seq, size) if more else None)


def _conditions(wanted: Filter) -> list[ColumnElement[bool]]:
    event = tables.event.c
    found: list[ColumnElement[bool]] = []
    if wanted.kinds is not None:
        found.append(event.kind.in_([int(kind) for kind in wanted.kinds]))
    if wanted.organisations is not None:
        found.append(event.organisation.in_(list(wanted.organisations)))
    for column, value in (
        (event.actor, wanted.actor),
        (event.account, wanted.account),
        (event.action, wanted.action),
        (event.target, wanted.target),
    ):
        if value is not None:
            found.append(column == value)
    if wanted.decision is not None:
        found.append(event.decision == int(wanted.decision))
    if wanted.since is not None:
        found.append(event.at_us >= micros(wanted.since))
    if wanted.before is not None:
        found.append(event.at_us < micros(wanted.before))
    return found


def micros(at: datetime) -> int:
    """Return a time in microseconds since 1970 UTC (ValueError without a zone)."""
    if at.tzinfo is None:
        message = "a time needs its zone"
        raise ValueError(message)
    return round(at.timestamp() * 1_000_000)
