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

users = sa.table("users", sa.column("id"), sa.column("password_known_to", sa.JSON))
session = sa.table("session", sa.column("id"), sa.column("certificate_sha256"))
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
        "session",
        sa.Column("certificate_sha256", sa.String(64), nullable=False, server_default=""),
    )
    op.create_index("ix_pending_change_target", "pending_change", ["target", "state"])
    connection = op.get_bind()
    was: dict[str, dict[str, Any]] = {"users": {}, "session": {}, "log": {}}
    if sa.inspect(connection).has_table(kept.name):
        for what, key, value in connection.execute(sa.select(kept)).all():
            was[what][key] = value
        kept.drop(connection)
    known = was["users"]
    for actor, target in _handed_out(connection, after_us=was["log"].get("at_us", 0)):
        known[target.removeprefix("users/")] = sorted({actor, *known.get(actor, ())})
    for key, value in known.items():
        connection.execute(
            sa.update(users).where(users.c.id == key).values(password_known_to=value)
        )
    for key, value in was["session"].items():
        connection.execute(
            sa.update(session).where(session.c.id == key).values(certificate_sha256=value)
        )


def downgrade() -> None:
    """Keep both beside, and how far the log was."""
    connection = op.get_bind()
    kept.create(connection)
    newest = [
        connection.execute(sa.select(sa.func.max(log.c.at_us))).scalar() for log in (event, outbox)
    ]
    rows = [{"what": "log", "id": "at_us", "value": max(at or 0 for at in newest)}]
    for table in (users, session):
        for key, value in connection.execute(sa.select(table)).all():
            if value:
                rows.append({"what": table.name, "id": key, "value": value})
    op.bulk_insert(kept, rows)
    op.drop_index("ix_pending_change_target", "pending_change")
    op.drop_column("session", "certificate_sha256")
    op.drop_column("users", "password_known_to")


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
