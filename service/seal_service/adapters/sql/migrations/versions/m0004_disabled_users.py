"""Users who are shut out.

Revision ID: 0004
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

loses: dict[str, str] = {
    "users shut out (they stay locked)": "select count(*) from users where disabled_at is not null"
}
"""What going back would lose: how many there are, each counted by a query (`migrate`)."""


def upgrade() -> None:
    """Add since when and why a user is shut out."""
    op.add_column("users", sa.Column("disabled_at", sa.BigInteger()))
    op.add_column("users", sa.Column("disable_reason", sa.Text()))


def downgrade() -> None:
    """Drop both; who was shut out is locked, so that going back lets nobody in."""
    op.execute(
        "update users set locked_at = disabled_at, lock_reason = disable_reason"
        " where disabled_at is not null and locked_at is null"
    )
    op.drop_column("users", "disable_reason")
    op.drop_column("users", "disabled_at")
