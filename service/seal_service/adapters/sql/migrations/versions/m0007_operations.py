"""The posts of business operations (E36), for banks that began before they were seeded.

Revision ID: 0007
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from seal_service.adapters.sql.stores import values_of
from seal_service.adapters.sql.tables import exclusion, post, role
from seal_service.domain import seed

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

loses: dict[str, str] = {}

_POSTS = ("operations-manager", "business-operator")


def upgrade() -> None:
    """Write what is not there; a bank that begins with this version has it from 0002."""
    for table, records in ((role, seed.ROLES), (post, seed.POSTS), (exclusion, seed.RULES)):
        known = set(op.get_bind().scalars(sa.select(table.c.id)))
        wanted = [one for one in records if one.id.startswith(_POSTS) and one.id not in known]
        op.bulk_insert(table, [values_of(one) for one in wanted])


def downgrade() -> None:
    """Leave them: someone may hold one, and an older program knows any post."""
