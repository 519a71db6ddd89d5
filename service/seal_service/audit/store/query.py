"""Find events by kind, person, organisation, account, target and time, a stable page at a time."""

from __future__ import annotations

from sqlalchemy import ColumnElement, Connection, RowMapping, func, or_, select

from seal_service.audit import tables
from seal_service.audit.entry import AuditKind, Decision
from seal_service.audit.search import Count, Cursor, Filter, Found, Order, Page, Tally, micros
from seal_service.audit.store.rows import entry_of
from seal_service.audit.store.state import log_size

MAX_PAGE = 1000
_WHOLE = select(tables.event, tables.payload.c.payload).outerjoin(
    tables.payload, tables.payload.c.seq == tables.event.c.seq
)


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
    event = tables.event
    size = log_size(connection) if after is None else after.size
    conditions = [*_conditions(wanted), event.c.seq < size]
    oldest_first = order is Order.OLDEST_FIRST
    if after is not None:
        last = after.seq
        conditions.append(event.c.seq > last if oldest_first else event.c.seq < last)
    query = (
        _WHOLE.where(*conditions)
        .order_by(event.c.seq.asc() if oldest_first else event.c.seq.desc())
        .limit(limit + 1)
    )
    rows = connection.execute(query).mappings().all()
    events = tuple(_found(row) for row in rows[:limit])
    more = len(rows) > limit
    return Page(events, Cursor(events[-1].seq, size) if more else None)


def event_at(connection: Connection, seq: int) -> Found | None:
    """Return the event with this number, or None (LogDamagedError as of `find`)."""
    row = connection.execute(_WHOLE.where(tables.event.c.seq == seq)).mappings().first()
    return None if row is None else _found(row)


def tally(connection: Connection, wanted: Filter, *, most: int = 20) -> Tally:
    """Count the events that a filter finds, and those who were refused most often."""
    event = tables.event.c
    size = log_size(connection)
    conditions = [*_conditions(wanted), event.seq < size]
    key = (event.kind, event.decision, event.reason)
    rows = connection.execute(
        select(*key, func.count()).where(*conditions).group_by(*key).order_by(*key)
    )
    counts = [
        Count(AuditKind(kind), Decision(decision), reason, number)
        for kind, decision, reason, number in rows
    ]
    number = func.count().label("number")
    refused = connection.execute(
        select(event.actor, number)
        .where(*conditions, event.decision == int(Decision.DENIED))
        .group_by(event.actor)
        .order_by(number.desc(), event.actor)
        .limit(most)
    )
    return Tally(tuple(counts), tuple((actor, count) for actor, count in refused), size)


def _found(row: RowMapping) -> Found:
    seq = row["seq"]
    entry = entry_of(dict(row), f"event {seq}")
    return Found(seq, entry, bytes(row["leaf_hash"]), row["payload"])


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
    if wanted.below is not None:
        part = f"{wanted.below}/"
        # Not LIKE: SQLite's does not tell capitals from small letters.
        inside = func.substr(event.target, 1, len(part)) == part
        found.append(or_(event.target == wanted.below, inside))
    if wanted.decision is not None:
        found.append(event.decision == int(wanted.decision))
    if wanted.since is not None:
        found.append(event.at_us >= micros(wanted.since))
    if wanted.before is not None:
        found.append(event.at_us < micros(wanted.before))
    return found
