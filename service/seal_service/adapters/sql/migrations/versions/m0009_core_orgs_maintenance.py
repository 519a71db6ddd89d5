"""What the core system says of its organisations (A25), and agreed maintenance (A05).

The seeded roles of both sides get their rights; a role that headquarters has made is its own.

Revision ID: 0009
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from seal_service.adapters.sql.tables import epoch, role
from seal_service.domain import seed

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

loses: dict[str, str] = {
    "organisations as the core system reported them": "select count(*) from core_org",
    "announcements of maintenance": "select count(*) from maintenance",
}
"""What going back would lose: how many there are, each counted by a query (`migrate`)."""

_ADDED = {
    one.id: tuple(right for right in one.permissions if right.startswith("maintenance."))
    for one in seed.ROLES
}


def upgrade() -> None:
    """Make the tables, and add rights that are not there."""
    op.create_table(
        "core_org",
        sa.Column("id", sa.String(length=12), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("parent_id", sa.String(length=12), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("reported_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_core_org")),
    )
    op.create_table(
        "maintenance",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("starts_at", sa.BigInteger(), nullable=False),
        sa.Column("ends_at", sa.BigInteger(), nullable=False),
        sa.Column("notice", sa.Text(), nullable=False),
        sa.Column("change_id", sa.String(length=36), nullable=False),
        sa.Column("announced_at", sa.BigInteger(), nullable=False),
        sa.Column("cancelled_at", sa.BigInteger(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("ends_at > starts_at", name=op.f("ck_maintenance_ends_after_start")),
        sa.CheckConstraint(
            "announced_at < starts_at", name=op.f("ck_maintenance_announced_before")
        ),
        sa.ForeignKeyConstraint(
            ["change_id"], ["pending_change.id"], name=op.f("fk_maintenance_change_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_maintenance")),
    )
    op.create_index(op.f("ix_maintenance_ends_at"), "maintenance", ["ends_at"], unique=False)
    connection = op.get_bind()
    for key, permissions in connection.execute(sa.select(role.c.id, role.c.permissions)).all():
        missing = tuple(right for right in _ADDED.get(key, ()) if right not in permissions)
        if missing:
            connection.execute(
                sa.update(role)
                .where(role.c.id == key)
                .values(permissions=(*permissions, *missing), version=role.c.version + 1)
            )
            connection.execute(sa.update(epoch).values(n=epoch.c.n + 1))


def downgrade() -> None:
    """Drop both tables; the rights grant nothing in an older program."""
    op.drop_table("maintenance")
    op.drop_table("core_org")
