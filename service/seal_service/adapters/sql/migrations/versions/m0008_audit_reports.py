"""The right to make audit reports (E35), for banks that began before it was seeded.

Whoever of the seeded roles may read the log gets it; a role that headquarters has made is its own.

Revision ID: 0008
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from seal_service.adapters.sql.tables import epoch, role
from seal_service.domain import seed

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

loses: dict[str, str] = {}

_RIGHT = "report.make"
_SEEDED = {one.id for one in seed.ROLES if _RIGHT in one.permissions}


def upgrade() -> None:
    """Add it where it is not there; a bank that begins with this version has it from 0002."""
    connection = op.get_bind()
    for key, permissions in connection.execute(sa.select(role.c.id, role.c.permissions)).all():
        if key in _SEEDED and "log.read" in permissions and _RIGHT not in permissions:
            connection.execute(
                sa.update(role)
                .where(role.c.id == key)
                .values(permissions=(*permissions, _RIGHT), version=role.c.version + 1)
            )
            connection.execute(sa.update(epoch).values(n=epoch.c.n + 1))


def downgrade() -> None:
    """Leave it: it grants nothing in an older program."""
