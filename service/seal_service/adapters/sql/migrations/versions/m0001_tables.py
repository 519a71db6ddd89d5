"""The tables of organisations, people, rights, changes and book-keeping.

Revision ID: 0001
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from seal_service.audit import tables as audit

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

loses: dict[str, str] = {"organisations and all that belongs to them": "select count(*) from org"}
"""What going back would lose: how many there are, each counted by a query (`migrate`)."""


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "audit_entry",
        sa.Column("seq", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("actor", sa.String(length=64), nullable=False),
        sa.Column("org", sa.String(length=12), nullable=False),
        sa.Column("rpc", sa.String(length=128), nullable=False),
        sa.Column("target", sa.String(length=160), nullable=False),
        sa.Column("decision", sa.String(length=32), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("trace_id", sa.String(length=32), nullable=False),
        sa.Column("request_id", sa.String(length=64), nullable=False),
        sa.Column("peer", sa.Text(), nullable=False),
        sa.Column("data_class", sa.Integer(), nullable=False),
        sa.Column("before", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("after", sa.JSON(none_as_null=True), nullable=True),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_audit_entry")),
    )
    op.create_index("ix_audit_entry_rpc", "audit_entry", ["rpc", "decision"], unique=False)
    op.create_table(
        "epoch",
        sa.Column("one", sa.Integer(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.CheckConstraint("one = 1", name=op.f("ck_epoch_single")),
        sa.PrimaryKeyConstraint("one", name=op.f("pk_epoch")),
    )
    op.create_table(
        "exclusion",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("first", sa.String(length=64), nullable=False),
        sa.Column("second", sa.String(length=64), nullable=False),
        sa.Column("reach", sa.String(length=32), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("first <> second", name=op.f("ck_exclusion_two_things")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_exclusion")),
    )
    op.create_table(
        "idempotency",
        sa.Column("principal", sa.String(length=64), nullable=False),
        sa.Column("request_id", sa.String(length=36), nullable=False),
        sa.Column("rpc", sa.String(length=128), nullable=False),
        sa.Column("body_hash", sa.String(length=64), nullable=False),
        sa.Column("response", sa.LargeBinary(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("principal", "request_id", name=op.f("pk_idempotency")),
    )
    op.create_index(op.f("ix_idempotency_at"), "idempotency", ["at"], unique=False)
    op.create_table(
        "login_failure",
        sa.Column("user_id", sa.String(length=20), nullable=False),
        sa.Column("bank_date", sa.Date(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("user_id", "bank_date", name=op.f("pk_login_failure")),
    )
    op.create_table(
        "org",
        sa.Column("id", sa.String(length=12), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("parent_id", sa.String(length=12), nullable=True),
        sa.Column("parent_level", sa.Integer(), nullable=True),
        sa.Column("path", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("merged_into", sa.String(length=12), nullable=True),
        sa.Column("admin_org_id", sa.String(length=12), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(level = 1 and parent_id is null and parent_level is null)"
            " or (level > 1 and parent_id is not null and level = parent_level + 1)",
            name=op.f("ck_org_one_below_parent"),
        ),
        sa.CheckConstraint("level between 1 and 3", name=op.f("ck_org_level")),
        sa.ForeignKeyConstraint(["merged_into"], ["org.id"], name=op.f("fk_org_merged_into")),
        sa.ForeignKeyConstraint(
            ["parent_id", "parent_level"],
            ["org.id", "org.level"],
            name=op.f("fk_org_parent_id_parent_level"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_org")),
        sa.UniqueConstraint("id", "level", name=op.f("uq_org_id_level")),
        sa.UniqueConstraint("path", name=op.f("uq_org_path")),
    )
    op.create_table(
        "org_version",
        sa.Column("seq", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("id", sa.String(length=12), nullable=False),
        sa.Column("valid_from", sa.BigInteger(), nullable=False),
        sa.Column("valid_to", sa.BigInteger(), nullable=True),
        sa.Column("change_id", sa.String(length=36), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("parent_id", sa.String(length=12), nullable=True),
        sa.Column("parent_level", sa.Integer(), nullable=True),
        sa.Column("path", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("merged_into", sa.String(length=12), nullable=True),
        sa.Column("admin_org_id", sa.String(length=12), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_org_version")),
    )
    op.create_index("ix_org_version_as_of", "org_version", ["id", "valid_from"], unique=False)
    op.create_table(
        "post",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("name_zh", sa.Text(), nullable=False),
        sa.Column("name_en", sa.Text(), nullable=False),
        sa.Column("org_levels", sa.JSON(), nullable=False),
        sa.Column("clearing_centre_only", sa.Boolean(), nullable=False),
        sa.Column("bank_wide", sa.Boolean(), nullable=False),
        sa.Column("roles", sa.JSON(), nullable=False),
        sa.Column("appointed_by", sa.JSON(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_post")),
    )
    op.create_table(
        "role",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("name_zh", sa.Text(), nullable=False),
        sa.Column("name_en", sa.Text(), nullable=False),
        sa.Column("permissions", sa.JSON(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_role")),
    )
    op.create_table(
        "sso_ticket",
        sa.Column("id", sa.String(length=128), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sso_ticket")),
    )
    op.create_index(op.f("ix_sso_ticket_expires_at"), "sso_ticket", ["expires_at"], unique=False)
    op.create_table(
        "system_mark",
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_system_mark")),
    )
    op.create_table(
        "pending_change",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("target", sa.String(length=128), nullable=False),
        sa.Column("org_id", sa.String(length=12), nullable=False),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.Column("body_hash", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("maker", sa.String(length=20), nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("target_version", sa.Integer(), nullable=True),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.Column("checker", sa.String(length=20), nullable=True),
        sa.Column("decided_at", sa.BigInteger(), nullable=True),
        sa.Column("decision_reason", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(state in ('APPROVED', 'REJECTED')) = (checker is not null)",
            name=op.f("ck_pending_change_decided_by_checker"),
        ),
        sa.CheckConstraint(
            "checker is null or checker <> maker", name=op.f("ck_pending_change_four_eyes")
        ),
        sa.ForeignKeyConstraint(["org_id"], ["org.id"], name=op.f("fk_pending_change_org_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pending_change")),
    )
    op.create_index("ix_pending_change_org", "pending_change", ["org_id", "state"], unique=False)
    op.create_index(
        "uq_pending_change_target",
        "pending_change",
        ["target"],
        unique=True,
        sqlite_where=sa.text("state = 'PENDING'"),
        postgresql_where=sa.text("state = 'PENDING'"),
    )
    op.create_table(
        "review",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("org_id", sa.String(length=12), nullable=False),
        sa.Column("quarter", sa.String(length=6), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("started_by", sa.String(length=20), nullable=False),
        sa.Column("started_at", sa.BigInteger(), nullable=False),
        sa.Column("completed_by", sa.String(length=20), nullable=True),
        sa.Column("completed_at", sa.BigInteger(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["org_id"], ["org.id"], name=op.f("fk_review_org_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review")),
        sa.UniqueConstraint("org_id", "quarter", name=op.f("uq_review_org_id_quarter")),
    )
    op.create_table(
        "users",
        sa.Column("id", sa.String(length=20), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("org_id", sa.String(length=12), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=True),
        sa.Column("password_initial", sa.Boolean(), nullable=False),
        sa.Column("password_changed_at", sa.BigInteger(), nullable=True),
        sa.Column("locked_at", sa.BigInteger(), nullable=True),
        sa.Column("lock_reason", sa.Text(), nullable=True),
        sa.Column("qualified_folding", sa.Boolean(), nullable=False),
        sa.Column("certificate_sha256", sa.String(length=64), nullable=True),
        sa.Column("core_rights", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("rights_version", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["org_id"], ["org.id"], name=op.f("fk_users_org_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_users")),
        sa.UniqueConstraint("certificate_sha256", name=op.f("uq_users_certificate_sha256")),
    )
    op.create_index(op.f("ix_users_org_id"), "users", ["org_id"], unique=False)
    op.create_table(
        "assignment",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("user_id", sa.String(length=20), nullable=False),
        sa.Column("post_id", sa.String(length=40), nullable=False),
        sa.Column("org_id", sa.String(length=12), nullable=False),
        sa.Column("valid_from", sa.BigInteger(), nullable=False),
        sa.Column("valid_to", sa.BigInteger(), nullable=True),
        sa.Column("change_id", sa.String(length=36), nullable=True),
        sa.ForeignKeyConstraint(["org_id"], ["org.id"], name=op.f("fk_assignment_org_id")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_assignment_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assignment")),
    )
    op.create_index(op.f("ix_assignment_org_id"), "assignment", ["org_id"], unique=False)
    op.create_index("ix_assignment_post_id", "assignment", ["post_id"], unique=False)
    op.create_index(op.f("ix_assignment_user_id"), "assignment", ["user_id"], unique=False)
    op.create_index(
        "uq_assignment_in_force",
        "assignment",
        ["user_id", "post_id", "org_id"],
        unique=True,
        sqlite_where=sa.text("valid_to is null"),
        postgresql_where=sa.text("valid_to is null"),
    )
    op.create_table(
        "password_history",
        sa.Column("user_id", sa.String(length=20), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_password_history_user_id")
        ),
        sa.PrimaryKeyConstraint("user_id", "at", name=op.f("pk_password_history")),
    )
    op.create_table(
        "session",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("user_id", sa.String(length=20), nullable=False),
        sa.Column("rights_version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("last_seen_at", sa.BigInteger(), nullable=False),
        sa.Column("authenticated_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.Column("idle_limit_s", sa.Integer(), nullable=False),
        sa.Column("restricted", sa.Boolean(), nullable=False),
        sa.Column("peer", sa.Text(), nullable=False),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.Column("ended_why", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_session_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_session")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_session_token_hash")),
    )
    op.create_index(op.f("ix_session_user_id"), "session", ["user_id"], unique=False)
    op.create_table(
        "review_item",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("review_id", sa.String(length=36), nullable=False),
        sa.Column("assignment_id", sa.String(length=36), nullable=False),
        sa.Column("verdict", sa.String(length=32), nullable=True),
        sa.Column("attested_by", sa.String(length=20), nullable=True),
        sa.Column("attested_at", sa.BigInteger(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["assignment_id"], ["assignment.id"], name=op.f("fk_review_item_assignment_id")
        ),
        sa.ForeignKeyConstraint(
            ["review_id"], ["review.id"], name=op.f("fk_review_item_review_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review_item")),
        sa.UniqueConstraint(
            "review_id", "assignment_id", name=op.f("uq_review_item_review_id_assignment_id")
        ),
    )


def downgrade() -> None:
    """Drop the tables."""
    op.drop_table("review_item")
    op.drop_index(op.f("ix_session_user_id"), table_name="session")
    op.drop_table("session")
    op.drop_table("password_history")
    op.drop_index(
        "uq_assignment_in_force",
        table_name="assignment",
        sqlite_where=sa.text("valid_to is null"),
        postgresql_where=sa.text("valid_to is null"),
    )
    op.drop_index(op.f("ix_assignment_user_id"), table_name="assignment")
    op.drop_index("ix_assignment_post_id", table_name="assignment")
    op.drop_index(op.f("ix_assignment_org_id"), table_name="assignment")
    op.drop_table("assignment")
    op.drop_index(op.f("ix_users_org_id"), table_name="users")
    op.drop_table("users")
    op.drop_table("review")
    op.drop_index(
        "uq_pending_change_target",
        table_name="pending_change",
        sqlite_where=sa.text("state = 'PENDING'"),
        postgresql_where=sa.text("state = 'PENDING'"),
    )
    op.drop_index("ix_pending_change_org", table_name="pending_change")
    op.drop_table("pending_change")
    op.drop_table("system_mark")
    op.drop_index(op.f("ix_sso_ticket_expires_at"), table_name="sso_ticket")
    op.drop_table("sso_ticket")
    op.drop_table("role")
    op.drop_table("post")
    op.drop_index("ix_org_version_as_of", table_name="org_version")
    op.drop_table("org_version")
    op.drop_table("org")
    op.drop_table("login_failure")
    op.drop_index(op.f("ix_idempotency_at"), table_name="idempotency")
    op.drop_table("idempotency")
    op.drop_table("exclusion")
    op.drop_table("epoch")
    op.drop_index("ix_audit_entry_rpc", table_name="audit_entry")
    op.drop_table("audit_entry")
    # Version 0003 leaves the log where it is; without a bank there is nothing to log.
    connection = op.get_bind()
    audit.metadata.drop_all(connection)
    for name in sa.inspect(connection).get_table_names():
        if name.startswith("kept_"):  # What later versions had beside.
            op.drop_table(name)
