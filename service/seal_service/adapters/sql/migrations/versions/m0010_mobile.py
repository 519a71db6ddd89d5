"""Where a user's one-time codes are sent (E26).

Revision ID: 0010
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

loses: dict[str, str] = {"telephone numbers": "select count(*) from users where mobile is not null"}
"""What going back would lose: how many there are, each counted by a query (`migrate`)."""


def upgrade() -> None:
    """Add the number."""
    op.add_column("users", sa.Column("mobile", sa.String(length=24)))


def downgrade() -> None:
    """Drop it: an older program asks for no codes."""
    op.drop_column("users", "mobile")
