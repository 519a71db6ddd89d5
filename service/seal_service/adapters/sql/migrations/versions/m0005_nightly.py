"""What the nightly jobs need: the core's tellers, findings, reminders, runs.

Revision ID: 0005
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from seal_service.adapters.sql.tables import role

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

loses: dict[str, str] = {
    "reminders": "select count(*) from reminder",
    "tellers as the core system reported them": "select count(*) from core_teller",
    "findings about rights": "select count(*) from rights_finding",
    "nightly runs": "select count(*) from nightly_run",
}
"""What going back would lose: how many there are, each counted by a query (`migrate`)."""

_FEED = "core.feed"


def upgrade() -> None:
    """Make the tables, and let the core interface report its tellers."""
    op.create_table(
        "reminder",
        sa.Column("id", sa.String(length=48), nullable=False),
        sa.Column("org_id", sa.String(length=12), nullable=False),
        sa.Column("quarter", sa.String(length=6), nullable=False),
        sa.Column("stage", sa.String(length=16), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("made_on", sa.Date(), nullable=False),
        sa.Column("settled_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["org_id"], ["org.id"], name=op.f("fk_reminder_org_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reminder")),
    )
    op.create_index("ix_reminder_quarter_org", "reminder", ["quarter", "org_id"], unique=False)
    op.create_table(
        "core_teller",
        sa.Column("id", sa.String(length=20), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("org_id", sa.String(length=12), nullable=False),
        sa.Column("rights", sa.JSON(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("reported_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_core_teller")),
    )
    op.create_table(
        "rights_finding",
        sa.Column("id", sa.String(length=112), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("user_id", sa.String(length=20), nullable=False),
        sa.Column("org_id", sa.String(length=12), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("post_id", sa.String(length=40), nullable=False),
        sa.Column("permissions", sa.JSON(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["org_id"], ["org.id"], name=op.f("fk_rights_finding_org_id")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_rights_finding_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rights_finding")),
    )
    op.create_index(op.f("ix_rights_finding_day"), "rights_finding", ["day"], unique=False)
    op.create_table(
        "nightly_run",
        sa.Column("job", sa.String(length=40), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("found", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("job", "day", name=op.f("pk_nightly_run")),
    )
    found = sa.select(role.c.permissions).where(role.c.id == "core-interface")
    permissions = op.get_bind().execute(found).scalar()
    if permissions is not None and _FEED not in permissions:
        op.execute(
            role.update()
            .where(role.c.id == "core-interface")
            .values(permissions=(*permissions, _FEED))
        )


def downgrade() -> None:
    """Drop the tables; a permission that an older program does not know grants nothing there."""
    op.drop_table("nightly_run")
    op.drop_index(op.f("ix_rights_finding_day"), table_name="rights_finding")
    op.drop_table("rights_finding")
    op.drop_table("core_teller")
    op.drop_index("ix_reminder_quarter_org", table_name="reminder")
    op.drop_table("reminder")
