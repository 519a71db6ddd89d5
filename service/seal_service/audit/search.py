"""What can be asked of the log, and what is found: by kind, person, organisation, account, time."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum

from seal_service.audit.entry import AuditKind, Decision, Entry


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
    below: str | None = None
    """A record: acts about it or about a part of it, such as a seal of a card."""
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
class Count:
    """How many events of one kind ended in one way."""

    kind: AuditKind
    decision: Decision
    reason: str
    count: int


@dataclass(frozen=True, slots=True)
class Tally:
    """What happened in a time: counts, and who was refused most often."""

    counts: tuple[Count, ...]
    refused: tuple[tuple[str, int], ...]
    size: int
    """How many events the log held."""


@dataclass(frozen=True, slots=True)
class Checked:
    """What a check of some events has shown: findings as number, place, problem."""

    start: int
    end: int
    pruned: int
    signed_size: int
    findings: tuple[tuple[int | None, str, str], ...]


@dataclass(frozen=True, slots=True)
class Page:
    """Events in order, and the cursor of the next page unless this is the last."""

    events: tuple[Found, ...]
    next: Cursor | None


def micros(at: datetime) -> int:
    """Return a time in microseconds since 1970 UTC (ValueError without a zone)."""
    if at.tzinfo is None:
        message = "a time needs its zone"
        raise ValueError(message)
    return round(at.timestamp() * 1_000_000)
