"""The tamper-evident log takes the place of `audit_entry`; its rows become events of the log.

A log is never undone: going back leaves it where it is and writes its events into `audit_entry` for
the program of that time; going forward again adds only what came since.

Revision ID: 0003
"""

from __future__ import annotations

import hashlib
import json
from typing import Any

import sqlalchemy as sa
from alembic import op

from seal_service.adapters.sql.stores import values_of
from seal_service.adapters.sql.tables import exclusion, post, role
from seal_service.audit import AuditKind, Decision, Event, Stamp, tables
from seal_service.audit.stamp import boot_id
from seal_service.audit.store import append
from seal_service.domain import seed

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

loses: dict[str, str] = {}

entry = sa.Table(
    "audit_entry",
    sa.MetaData(),
    sa.Column("seq", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), primary_key=True),
    sa.Column("kind", sa.String(16), nullable=False),
    sa.Column("actor", sa.String(64), nullable=False),
    sa.Column("org", sa.String(12), nullable=False),
    sa.Column("rpc", sa.String(128), nullable=False),
    sa.Column("target", sa.String(160), nullable=False),
    sa.Column("decision", sa.String(32), nullable=False),
    sa.Column("at", sa.BigInteger, nullable=False),
    sa.Column("trace_id", sa.String(32), nullable=False),
    sa.Column("request_id", sa.String(64), nullable=False),
    sa.Column("peer", sa.Text, nullable=False),
    sa.Column("data_class", sa.Integer, nullable=False),
    sa.Column("before", sa.JSON(none_as_null=True)),
    sa.Column("after", sa.JSON(none_as_null=True)),
    sa.Index("ix_audit_entry_rpc", "rpc", "decision"),
)
_SEED: tuple[tuple[sa.Table, list[Any]], ...] = (
    (role, [one for one in seed.ROLES if one.id == "witness"]),
    (post, [one for one in seed.POSTS if one.id == "witness"]),
    (exclusion, [one for one in seed.RULES if one.id.startswith("witness-")]),
)
"""The witness's post; a bank that begins with this version has it from 0002."""
_IN_PAYLOAD = ("request_id", "peer", "data_class", "before", "after")
_FAILED = {"INTERNAL", "DEADLINE", "CONFLICT", "ETAG_MISMATCH", "NOT_BUILT"}
_CHUNK = 1000


def upgrade() -> None:
    """Make the log's tables and hand it the entries that it does not hold yet."""
    connection = op.get_bind()
    tables.metadata.create_all(connection)
    held = _count(connection, tables.event) + _count(connection, tables.outbox)
    waiting = sa.select(entry).where(entry.c.seq > held).order_by(entry.c.seq)
    for row in connection.execute(waiting).mappings().fetchall():
        # Nobody knows the monotonic clock of that time any more.
        append(connection, event_of(row), stamp=Stamp(row["at"], 0, boot_id()))
    entry.drop(connection)
    for table, records in _SEED:
        known = set(connection.scalars(sa.select(table.c.id)))
        fresh = [values_of(record) for record in records if record.id not in known]
        op.bulk_insert(table, fresh)


def downgrade() -> None:
    """Write the log's events into `audit_entry` as well; the log itself stays."""
    connection = op.get_bind()
    entry.create(connection)
    query = sa.select(tables.event, tables.payload.c.payload).outerjoin(
        tables.payload, tables.payload.c.seq == tables.event.c.seq
    )
    numbered = connection.execute(query.order_by(tables.event.c.seq)).mappings()
    waiting = connection.execute(sa.select(tables.outbox).order_by(tables.outbox.c.id)).mappings()
    for found in (numbered, waiting):
        while rows := found.fetchmany(_CHUNK):
            first = _count(connection, entry) + 1
            connection.execute(
                sa.insert(entry), [row_of(row, seq) for seq, row in enumerate(rows, first)]
            )
    if connection.dialect.name == "postgresql":
        connection.execute(
            sa.text("select setval(pg_get_serial_sequence('audit_entry', 'seq'), :n + 1, false)"),
            {"n": _count(connection, entry)},
        )


def event_of(row: Any) -> Event:
    """Return the event of an entry."""
    payload = {name: row[name] for name in _IN_PAYLOAD if row[name] is not None}
    text = json.dumps(payload, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    decision, reason = Decision.ALLOWED, row["decision"].replace("ALLOWED", "")
    if reason not in {"", "REPLAYED"}:
        decision = Decision.FAILED if reason in _FAILED else Decision.DENIED
    return Event(
        kind=AuditKind[row["kind"]], action=row["rpc"], actor=row["actor"],
        organisation=row["org"], target=row["target"], decision=decision, reason=reason,
        correlation_id=row["trace_id"], payload=text.encode(),
        # The same in every try, so that an entry is in the log once.
        event_id=hashlib.sha256(f"audit_entry {row['seq']} {row['at']}".encode()).digest()[:16],
    )  # fmt: skip


def row_of(event: Any, seq: int) -> dict[str, Any]:
    """Return the entry of an event."""
    known = json.loads(event["payload"] or b"{}")
    payload = {"request_id": "", "peer": "", "data_class": 1, **dict.fromkeys(("before", "after"))}
    payload |= {name: known[name] for name in _IN_PAYLOAD if name in known}
    return {
        "seq": seq, "kind": AuditKind(event["kind"]).name, "actor": event["actor"][:64],
        "org": event["organisation"][:12], "rpc": event["action"][:128],
        "target": event["target"][:160], "decision": event["reason"] or "ALLOWED",
        "at": event["at_us"], "trace_id": event["correlation_id"][:32], **payload,
    }  # fmt: skip


def _count(connection: sa.Connection, table: sa.Table) -> int:
    found: int = connection.execute(sa.select(sa.func.count()).select_from(table)).scalar_one()
    return found
