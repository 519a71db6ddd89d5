"""The register of scanners (A06), and the rights that go with it.

Going back keeps the register beside the tables of the older program; going forward again takes it
up, at the outlets that have gone on where some were merged in between. A role that headquarters has
made is its own.

Revision ID: 0012
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from alembic.util import CommandError

from seal_service.adapters.sql.tables import epoch, role
from seal_service.domain import seed

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

loses: dict[str, str] = {}

_ADDED = {
    one.id: tuple(right for right in one.permissions if right in {"device.use", "device.check"})
    for one in seed.ROLES
}
_TABLES = ("device", "device_fault")
_KEPT = "kept_"
_FOLLOW = sa.text(
    "UPDATE device SET org_id = (SELECT merged_into FROM org WHERE org.id = device.org_id) "
    "WHERE retired_at IS NULL "
    "AND org_id IN (SELECT id FROM org WHERE merged_into IS NOT NULL)"
)
_ORGS = sa.text("SELECT count(*) FROM org")


def upgrade() -> None:
    """Make the tables, take up what was kept, and add rights that are not there."""
    op.create_table(
        "device",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("org_id", sa.String(length=12), nullable=False),
        sa.Column("model", sa.Text(), nullable=False),
        sa.Column("serial_no", sa.String(length=64), nullable=False),
        sa.Column("parameters", sa.JSON(), nullable=False),
        sa.Column("change_id", sa.String(length=36), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("retired_at", sa.BigInteger(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["org_id"], ["org.id"], name=op.f("fk_device_org_id")),
        sa.ForeignKeyConstraint(
            ["change_id"], ["pending_change.id"], name=op.f("fk_device_change_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_device")),
    )
    op.create_index(op.f("ix_device_org_id"), "device", ["org_id"], unique=False)
    op.create_table(
        "device_fault",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("device_id", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("reported_by", sa.String(length=20), nullable=False),
        sa.Column("reported_at", sa.BigInteger(), nullable=False),
        sa.Column("resolved_by", sa.String(length=20), nullable=True),
        sa.Column("resolved_at", sa.BigInteger(), nullable=True),
        sa.Column("resolution", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(resolved_by is null) = (resolved_at is null)",
            name=op.f("ck_device_fault_resolved_by_somebody"),
        ),
        sa.ForeignKeyConstraint(
            ["device_id"], ["device.id"], name=op.f("fk_device_fault_device_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_device_fault")),
    )
    op.create_index(op.f("ix_device_fault_device_id"), "device_fault", ["device_id"], unique=False)
    _take_up()
    _add_rights()


def _take_up() -> None:
    connection = op.get_bind()
    known = sa.inspect(connection).get_table_names()
    for name in _TABLES:
        if f"{_KEPT}{name}" in known:
            op.execute(f"INSERT INTO {name} SELECT * FROM {_KEPT}{name}")  # noqa: S608
            op.drop_table(f"{_KEPT}{name}")
    # No chain of merges is longer than there are organisations, unless somebody has damaged it.
    for _ in range(connection.execute(_ORGS).scalar_one() + 1):
        if not connection.execute(_FOLLOW).rowcount:
            return
    message = "the merges of organisations lead in a circle: a person must look"
    raise CommandError(message)


def _add_rights() -> None:
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
    """Keep the register beside; the rights grant nothing in an older program."""
    for name in _TABLES:
        op.execute(f"CREATE TABLE {_KEPT}{name} AS SELECT * FROM {name}")  # noqa: S608
    for name in reversed(_TABLES):
        op.drop_table(name)
