"""The ways by which verification is reached, and by which one a session came.

Revision ID: 0006
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

loses: dict[str, str] = {
    "switches of access that were set": "select count(*) from access_mode where version > 1",
    "open sessions that came by a ticket": (
        "select count(*) from session where mode <> 'DIRECT' and ended_at is null"
    ),
}
"""What going back would lose: how many there are, each counted by a query (`migrate`)."""


def upgrade() -> None:
    """Make the switches; signing in directly is the way that is not in use (A03)."""
    table = op.create_table(
        "access_mode",
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_access_mode")),
    )
    op.bulk_insert(
        table,
        [
            {"id": mode, "enabled": enabled, "version": 1}
            for mode, enabled in (("DIRECT", False), ("CORE_TICKET", True), ("INTERFACE", True))
        ],
    )
    op.add_column(
        "session",
        sa.Column("mode", sa.String(length=32), nullable=False, server_default="DIRECT"),
    )


def downgrade() -> None:
    """Drop both."""
    op.drop_column("session", "mode")
    op.drop_table("access_mode")
