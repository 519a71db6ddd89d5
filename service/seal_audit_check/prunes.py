"""Which payloads retention has removed by right: each prune is an event that says what it took."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from seal_audit_check.sources import Row, Source

ACTION = "audit.prune"
_KINDS = {"ACCOUNT": 1, "BUSINESS": 2, "DOCUMENT": 3, "LOGIN": 4, "ORG_STAFF": 5}
_NUMBERED = (
    "SELECT p.payload FROM audit_event e JOIN audit_payload p ON p.seq = e.seq"
    " WHERE e.kind = 5 AND e.action = 'audit.prune'"
)
_WAITING = "SELECT payload FROM audit_outbox WHERE kind = 5 AND action = 'audit.prune'"


@dataclass(frozen=True, slots=True)
class Prune:
    """Payloads of one kind from `first_seq` to `last_seq`, older than `before_us`.

    `actions`: only theirs; empty for all.
    """

    kind: int
    first_seq: int
    last_seq: int
    before_us: int
    actions: Sequence[str] = ()

    def covers(self, seq: int, kind: int, action: bytes, at_us: int) -> bool:
        """Tell whether this prune removed an event's payload."""
        inside = self.first_seq <= seq <= self.last_seq
        if not inside or kind != self.kind or at_us >= self.before_us:
            return False
        return not self.actions or action.decode(errors="replace") in self.actions


def prune_of(payload: bytes | str) -> Prune | None:
    """Read a prune event's payload; None if it is not one."""
    try:
        values = json.loads(payload)
        first, last = int(values["first_seq"]), int(values["last_seq"])
        actions = tuple(map(str, values.get("actions", ())))
        return Prune(_KINDS[values["kind"]], first, last, int(values["before_us"]), actions)
    except (ValueError, KeyError, TypeError):
        return None


def prunes_in(source: Source) -> tuple[Prune, ...]:
    """Return every prune that the log tells of, those without a sequence number included."""
    rows: list[Row] = []
    for query in (_NUMBERED, _WAITING):
        rows += source.rows(query)
    return tuple(found for (payload,) in rows if (found := prune_of(payload)) is not None)


def is_covered(prunes: Iterable[Prune], seq: int, kind: int, action: bytes, at_us: int) -> bool:
    """Tell whether some prune removed an event's payload."""
    return any(prune.covers(seq, kind, action, at_us) for prune in prunes)
