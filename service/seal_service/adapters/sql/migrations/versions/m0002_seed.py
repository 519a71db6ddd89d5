"""The posts, roles and rules that a new bank starts with, and the guards of what never changes.

Revision ID: 0002
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa
from alembic import op

from seal_service.adapters.sql.stores import values_of
from seal_service.adapters.sql.tables import epoch, exclusion, post, role
from seal_service.domain import seed

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

loses: dict[str, str] = {
    "organisations, whose posts, roles and rules begin anew": "select count(*) from org"
}
"""What going back would lose: how many there are, each counted by a query (`migrate`)."""

# A mark is written once: the sealed super administrator stays sealed, whoever has the database.
_SQLITE_GUARDS = {
    f"system_mark_no_{verb}": f"create trigger system_mark_no_{verb} before {verb} on system_mark "
    "begin select raise(abort, 'marks are never changed'); end"
    for verb in ("update", "delete")
}
_POSTGRESQL_GUARD = """
create function refuse_mark_change() returns trigger language plpgsql as
$$ begin raise exception 'marks are never changed'; end $$
"""


def upgrade() -> None:
    """Write the seed and set the guards."""
    for table, records in ((role, seed.ROLES), (post, seed.POSTS), (exclusion, seed.RULES)):
        op.bulk_insert(table, rows(records))
    op.bulk_insert(epoch, [{"one": 1, "n": 1}])
    if op.get_bind().dialect.name == "sqlite":
        for statement in _SQLITE_GUARDS.values():
            op.execute(sa.text(statement))
    else:
        op.execute(sa.text(_POSTGRESQL_GUARD))
        op.execute(
            sa.text(
                "create trigger system_mark_guard before update or delete or truncate "
                "on system_mark execute function refuse_mark_change()"
            )
        )


def downgrade() -> None:
    """Remove the guards and the seed; what others wrote into the tables stays."""
    if op.get_bind().dialect.name == "sqlite":
        for name in _SQLITE_GUARDS:
            op.execute(sa.text(f"drop trigger {name}"))
    else:
        op.execute(sa.text("drop trigger system_mark_guard on system_mark"))
        op.execute(sa.text("drop function refuse_mark_change()"))
    op.execute(epoch.delete())
    for table, records in ((exclusion, seed.RULES), (post, seed.POSTS), (role, seed.ROLES)):
        op.execute(table.delete().where(table.c.id.in_([record.id for record in records])))


def rows(records: Iterable[object]) -> list[dict[str, Any]]:
    """Return records as rows."""
    return [values_of(record) for record in records]
