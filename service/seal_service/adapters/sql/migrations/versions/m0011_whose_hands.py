"""Through whose hands passwords went, and by which client certificate a session came.

What was done before this version is read from the log. Going back puts what an older program has
no place for into `kept_0011`, and going forward again takes it from there: who may have taken an
account over is not forgotten on the way.

Revision ID: 0011
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

from seal_service.audit import Decision
from seal_service.audit.tables import event, outbox

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

loses: dict[str, str] = {}

users = sa.table("users", sa.column("id"), sa.column("password_known_to", sa.JSON))
change = sa.table("pending_change", sa.column("id"), sa.column("maker_may_be", sa.JSON))
waiting = sa.table("pending_change", *map(sa.column, ("id", "maker", "state")))
session = sa.table("session", sa.column("id"), sa.column("certificate_sha256"))
_COLUMNS = {
    users: "password_known_to", change: "maker_may_be", session: "certificate_sha256",
}  # fmt: skip
kept = sa.Table(
    "kept_0011",
    sa.MetaData(),
    sa.Column("what", sa.String(16), primary_key=True),
    sa.Column("id", sa.String(36), primary_key=True),
    sa.Column("value", sa.JSON, nullable=False),
)
_HANDED_OUT = ("ResetPassword", "AddFirstChief")
_RPCS = [f"sealapi.v1.IdentityService/{name}" for name in _HANDED_OUT]


def upgrade() -> None:
    """Add both, as they were or as the log tells; the history of a record gets an index."""
    op.add_column(
        "users", sa.Column("password_known_to", sa.JSON(), nullable=False, server_default="[]")
    )
    op.add_column(
        "pending_change",
        sa.Column("maker_may_be", sa.JSON(), nullable=False, server_default="[]"),
    )
    op.add_column(
        "session",
        sa.Column("certificate_sha256", sa.String(64), nullable=False, server_default=""),
    )
    op.create_index("ix_pending_change_target", "pending_change", ["target", "state"])
    connection = op.get_bind()
    was: dict[str, dict[str, Any]] = {"log": {}, **{table.name: {} for table in _COLUMNS}}
    if sa.inspect(connection).has_table(kept.name):
        for what, key, value in connection.execute(sa.select(kept)).all():
            was[what][key] = value
        kept.drop(connection)
    known = was[users.name]
    for actor, target in _handed_out(connection, after_us=was["log"].get("at_us", 0)):
        known[target.removeprefix("users/")] = sorted({actor, *known.get(actor, ())})
    if not was["log"]:
        query = sa.select(waiting.c.id, waiting.c.maker).where(waiting.c.state == "PENDING")
        was[change.name] = {key: known.get(maker, []) for key, maker in connection.execute(query)}
    for table, column in _COLUMNS.items():
        for key, value in was[table.name].items():
            connection.execute(sa.update(table).where(table.c.id == key).values({column: value}))


def downgrade() -> None:
    """Keep both beside, and how far the log was."""
    connection = op.get_bind()
    kept.create(connection)
    newest = [
        connection.execute(sa.select(sa.func.max(log.c.at_us))).scalar() for log in (event, outbox)
    ]
    rows = [{"what": "log", "id": "at_us", "value": max(at or 0 for at in newest)}]
    for table in _COLUMNS:
        for key, value in connection.execute(sa.select(table)).all():
            if value:
                rows.append({"what": table.name, "id": key, "value": value})
    op.bulk_insert(kept, rows)
    op.drop_index("ix_pending_change_target", "pending_change")
    for table, column in _COLUMNS.items():
        op.drop_column(table.name, column)


def _handed_out(connection: sa.Connection, *, after_us: int) -> list[tuple[str, str]]:
    """Return who gave whom an initial password after an instant, the earliest first."""
    found: list[Any] = []
    for log in (event, outbox):
        query = sa.select(log.c.at_us, log.c.actor, log.c.target).where(
            log.c.action.in_(_RPCS), log.c.at_us > after_us,
            log.c.decision == Decision.ALLOWED, log.c.reason == "",
        )  # fmt: skip
        found += connection.execute(query).all()
    return [(actor, target) for _, actor, target in sorted(found)]
