"""The audit log's tables, for `create_all` and for the service's migrations: `tables.metadata`.

What is never changed after it is written: `audit_event`, `audit_checkpoint`, `audit_cosignature`,
`audit_key`. `audit_outbox` empties itself, `audit_tile` grows at its right edge, and rows of
`audit_payload` may be deleted by retention. Every hash and signature has the id of its algorithm
beside it (`HashId`, `SignatureId`); hashes and ids are raw bytes.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    SmallInteger,
    Table,
    Text,
)

metadata = MetaData()

# SQLite counts only INTEGER PRIMARY KEY columns up by themselves.
_Count = BigInteger().with_variant(Integer, "sqlite")


def _entry_columns() -> Sequence[Column[object]]:
    """Return the columns of an entry, in the order of its canonical form."""
    return [
        Column("kind", SmallInteger, nullable=False),
        Column("decision", SmallInteger, nullable=False),
        Column("payload_alg", SmallInteger, nullable=False),
        Column("state_alg", SmallInteger, nullable=False),
        Column("at_us", BigInteger, nullable=False),
        Column("monotonic_ns", BigInteger, nullable=False),
        Column("boot_id", LargeBinary, nullable=False),
        Column("event_id", LargeBinary, nullable=False),
        Column("payload_bytes", Integer, nullable=False),
        Column("payload_hash", LargeBinary),
        Column("before_hash", LargeBinary),
        Column("after_hash", LargeBinary),
        Column("action", Text, nullable=False),
        Column("actor", Text, nullable=False),
        Column("organisation", Text, nullable=False),
        Column("account", Text, nullable=False),
        Column("target", Text, nullable=False),
        Column("reason", Text, nullable=False),
        Column("correlation_id", Text, nullable=False),
    ]


log = Table(
    "audit_log",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("origin", Text, nullable=False),
    Column("hash_alg", SmallInteger, nullable=False),
    Column("created_at_us", BigInteger, nullable=False),
    CheckConstraint("id = 1", name="audit_log_is_one"),
)
"""One row: which log this database holds."""

key = Table(
    "audit_key",
    metadata,
    Column("verifier", Text, primary_key=True),
    Column("since_size", BigInteger, nullable=False),
)
"""Public keys with which the log has signed, in text form. A checker brings its own copy."""

outbox = Table(
    "audit_outbox",
    metadata,
    Column("id", _Count, primary_key=True, autoincrement=True),
    *_entry_columns(),
    Column("salt", LargeBinary),
    Column("payload", LargeBinary),
)
"""Events as their transactions wrote them, waiting for a sequence number."""

event = Table(
    "audit_event",
    metadata,
    Column("seq", _Count, primary_key=True, autoincrement=False),
    *_entry_columns(),
    Column("leaf_alg", SmallInteger, nullable=False),
    Column("leaf_hash", LargeBinary, nullable=False),
    Index("audit_event_once", "event_id", unique=True),
    Index("audit_event_by_kind", "kind", "seq"),
    Index("audit_event_by_actor", "actor", "seq"),
    Index("audit_event_by_organisation", "organisation", "seq"),
    Index("audit_event_by_account", "account", "seq"),
    Index("audit_event_by_time", "at_us"),
)
"""The log: row `seq` is leaf `seq` of the tree, counted from 0."""

payload = Table(
    "audit_payload",
    metadata,
    Column("seq", _Count, primary_key=True, autoincrement=False),
    Column("salt", LargeBinary, nullable=False),
    Column("payload", LargeBinary, nullable=False),
)
"""What retention may remove; the entry keeps its hash."""

tile = Table(
    "audit_tile",
    metadata,
    Column("level", SmallInteger, primary_key=True, autoincrement=False),
    Column("idx", BigInteger, primary_key=True, autoincrement=False),
    Column("hash_alg", SmallInteger, nullable=False),
    Column("hashes", LargeBinary, nullable=False),
)
"""The tree, up to 256 hashes a row (C2SP tlog-tiles)."""

checkpoint = Table(
    "audit_checkpoint",
    metadata,
    Column("size", BigInteger, primary_key=True, autoincrement=False),
    Column("hash_alg", SmallInteger, nullable=False),
    Column("root", LargeBinary, nullable=False),
    Column("signature_alg", SmallInteger, nullable=False),
    Column("note", Text, nullable=False),
    Column("at_us", BigInteger, nullable=False),
)
"""Signed states of the log (C2SP signed notes)."""

cosignature = Table(
    "audit_cosignature",
    metadata,
    Column("size", BigInteger, primary_key=True, autoincrement=False),
    Column("witness", Text, primary_key=True),
    Column("line", Text, nullable=False),
)
"""What witnesses have signed over checkpoints."""
