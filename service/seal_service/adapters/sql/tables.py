"""The tables. Migrations make them; a test compares the two.

What a rule forbids, a constraint forbids again wherever a database can say it.
"""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from seal_service.adapters.sql.columns import Capture, Instant, Name, Names
from seal_service.domain.access_modes import AccessMode
from seal_service.domain.changes import ChangeState
from seal_service.domain.core_rights import FindingKind
from seal_service.domain.devices import FaultKind
from seal_service.domain.orgs import OrgKind, OrgState
from seal_service.domain.people import UserKind
from seal_service.domain.posts import RuleKind, RuleReach
from seal_service.domain.reviews import ReviewState, Verdict

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

org = Table(
    "org",
    metadata,
    Column("id", String(12), primary_key=True),
    Column("name", Text, nullable=False),
    Column("level", Integer, nullable=False),
    Column("parent_id", String(12)),
    Column("parent_level", Integer),
    Column("path", String(64), nullable=False, unique=True),
    Column("kind", Name(OrgKind), nullable=False),
    Column("state", Name(OrgState), nullable=False),
    Column("merged_into", String(12), ForeignKey("org.id")),
    Column("admin_org_id", String(12), nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("updated_at", Instant, nullable=False),
    Column("version", Integer, nullable=False),
    # Level = parent's level + 1, said with a key that carries the parent's level along.
    UniqueConstraint("id", "level"),
    ForeignKeyConstraint(["parent_id", "parent_level"], ["org.id", "org.level"]),
    CheckConstraint("level between 1 and 3", name="level"),
    CheckConstraint(
        "(level = 1 and parent_id is null and parent_level is null)"
        " or (level > 1 and parent_id is not null and level = parent_level + 1)",
        name="one_below_parent",
    ),
)

org_version = Table(
    "org_version",
    metadata,
    Column("seq", BigInteger().with_variant(Integer, "sqlite"), primary_key=True),
    Column("id", String(12), nullable=False),
    Column("valid_from", Instant, nullable=False),
    Column("valid_to", Instant),
    Column("change_id", String(36)),
    Column("name", Text, nullable=False),
    Column("level", Integer, nullable=False),
    Column("parent_id", String(12)),
    Column("parent_level", Integer),
    Column("path", String(64), nullable=False),
    Column("kind", Name(OrgKind), nullable=False),
    Column("state", Name(OrgState), nullable=False),
    Column("merged_into", String(12)),
    Column("admin_org_id", String(12), nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("updated_at", Instant, nullable=False),
    Column("version", Integer, nullable=False),
    Index("ix_org_version_as_of", "id", "valid_from"),
)

users = Table(
    "users",
    metadata,
    Column("id", String(20), primary_key=True),
    Column("name", Text, nullable=False),
    Column("kind", Name(UserKind), nullable=False),
    Column("org_id", String(12), ForeignKey("org.id"), nullable=False, index=True),
    Column("password_hash", Text),
    Column("password_initial", Boolean, nullable=False),
    Column("password_changed_at", Instant),
    Column("locked_at", Instant),
    Column("lock_reason", Text),
    Column("qualified_folding", Boolean, nullable=False),
    Column("certificate_sha256", String(64), unique=True),
    Column("core_rights", Names, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("disabled_at", Instant),
    Column("disable_reason", Text),
    Column("mobile", String(24)),
    Column("password_known_to", Names, nullable=False),
    Column("rights_version", Integer, nullable=False),
    Column("version", Integer, nullable=False),
)

password_history = Table(
    "password_history",
    metadata,
    Column("user_id", String(20), ForeignKey("users.id"), primary_key=True),
    Column("at", Instant, primary_key=True),
    Column("password_hash", Text, nullable=False),
)

login_failure = Table(
    "login_failure",
    metadata,
    Column("user_id", String(20), primary_key=True),
    Column("bank_date", Date, primary_key=True),
    Column("n", Integer, nullable=False),
)

session = Table(
    "session",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("token_hash", String(64), nullable=False, unique=True),
    Column("user_id", String(20), ForeignKey("users.id"), nullable=False, index=True),
    Column("rights_version", Integer, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("last_seen_at", Instant, nullable=False),
    Column("authenticated_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("idle_limit_s", Integer, nullable=False),
    Column("restricted", Boolean, nullable=False),
    Column("peer", Text, nullable=False),
    Column("mode", Name(AccessMode), nullable=False),
    Column("certificate_sha256", String(64), nullable=False),
    Column("ended_at", Instant),
    Column("ended_why", Text),
)

access_mode = Table(
    "access_mode",
    metadata,
    Column("id", String(16), primary_key=True),
    Column("enabled", Boolean, nullable=False),
    Column("version", Integer, nullable=False),
)

sso_ticket = Table(
    "sso_ticket",
    metadata,
    Column("id", String(128), primary_key=True),
    Column("expires_at", Instant, nullable=False, index=True),
)

role = Table(
    "role",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("name_zh", Text, nullable=False),
    Column("name_en", Text, nullable=False),
    Column("permissions", Names, nullable=False),
    Column("version", Integer, nullable=False),
)

post = Table(
    "post",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("name_zh", Text, nullable=False),
    Column("name_en", Text, nullable=False),
    Column("org_levels", Names, nullable=False),
    Column("clearing_centre_only", Boolean, nullable=False),
    Column("bank_wide", Boolean, nullable=False),
    Column("roles", Names, nullable=False),
    Column("appointed_by", Names, nullable=False),
    Column("version", Integer, nullable=False),
)

exclusion = Table(
    "exclusion",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("kind", Name(RuleKind), nullable=False),
    Column("first", String(64), nullable=False),
    Column("second", String(64), nullable=False),
    Column("reach", Name(RuleReach), nullable=False),
    Column("version", Integer, nullable=False),
    CheckConstraint("first <> second", name="two_things"),
)

assignment = Table(
    "assignment",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("user_id", String(20), ForeignKey("users.id"), nullable=False, index=True),
    Column("post_id", String(40), nullable=False),
    Column("org_id", String(12), ForeignKey("org.id"), nullable=False, index=True),
    Column("valid_from", Instant, nullable=False),
    Column("valid_to", Instant),
    Column("change_id", String(36)),
    Index(
        "uq_assignment_in_force", "user_id", "post_id", "org_id", unique=True,
        sqlite_where=text("valid_to is null"), postgresql_where=text("valid_to is null"),
    ),
    Index("ix_assignment_post_id", "post_id"),
)  # fmt: skip

review = Table(
    "review",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("org_id", String(12), ForeignKey("org.id"), nullable=False),
    Column("quarter", String(6), nullable=False),
    Column("state", Name(ReviewState), nullable=False),
    Column("due_on", Date, nullable=False),
    Column("started_by", String(20), nullable=False),
    Column("started_at", Instant, nullable=False),
    Column("completed_by", String(20)),
    Column("completed_at", Instant),
    Column("version", Integer, nullable=False),
    UniqueConstraint("org_id", "quarter"),
)

review_item = Table(
    "review_item",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("review_id", String(36), ForeignKey("review.id"), nullable=False),
    Column("assignment_id", String(36), ForeignKey("assignment.id"), nullable=False),
    Column("verdict", Name(Verdict)),
    Column("attested_by", String(20)),
    Column("attested_at", Instant),
    Column("note", Text, nullable=False),
    UniqueConstraint("review_id", "assignment_id"),
)

reminder = Table(
    "reminder",
    metadata,
    Column("id", String(48), primary_key=True),
    Column("org_id", String(12), ForeignKey("org.id"), nullable=False),
    Column("quarter", String(6), nullable=False),
    Column("stage", String(16), nullable=False),
    Column("due_on", Date, nullable=False),
    Column("made_on", Date, nullable=False),
    Column("settled_on", Date),
    Index("ix_reminder_quarter_org", "quarter", "org_id"),
)

core_teller = Table(
    "core_teller",
    metadata,
    Column("id", String(20), primary_key=True),
    Column("name", Text, nullable=False),
    Column("org_id", String(12), nullable=False),  # the core's: it may not exist here
    Column("rights", Names, nullable=False),
    Column("active", Boolean, nullable=False),
    Column("reported_at", Instant, nullable=False),
)

core_org = Table(
    "core_org",
    metadata,
    Column("id", String(12), primary_key=True),
    Column("name", Text, nullable=False),
    Column("parent_id", String(12)),  # the core's: it may not exist here
    Column("active", Boolean, nullable=False),
    Column("reported_at", Instant, nullable=False),
)

maintenance = Table(
    "maintenance",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("starts_at", Instant, nullable=False),
    Column("ends_at", Instant, nullable=False, index=True),
    Column("notice", Text, nullable=False),
    Column("change_id", String(36), ForeignKey("pending_change.id"), nullable=False),
    Column("announced_at", Instant, nullable=False),
    Column("cancelled_at", Instant),
    Column("version", Integer, nullable=False),
    CheckConstraint("ends_at > starts_at", name="ends_after_start"),
    CheckConstraint("announced_at < starts_at", name="announced_before"),
)

device = Table(
    "device",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("org_id", String(12), ForeignKey("org.id"), nullable=False, index=True),
    Column("model", Text, nullable=False),
    Column("serial_no", String(64), nullable=False),
    Column("parameters", Capture, nullable=False),
    Column("change_id", String(36), ForeignKey("pending_change.id"), nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("retired_at", Instant),
    Column("version", Integer, nullable=False),
)

device_fault = Table(
    "device_fault",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("device_id", String(32), ForeignKey("device.id"), nullable=False, index=True),
    Column("kind", Name(FaultKind), nullable=False),
    Column("note", Text, nullable=False),
    Column("reported_by", String(20), nullable=False),
    Column("reported_at", Instant, nullable=False),
    Column("resolved_by", String(20)),
    Column("resolved_at", Instant),
    Column("resolution", Text, nullable=False),
    Column("version", Integer, nullable=False),
    CheckConstraint("(resolved_by is null) = (resolved_at is null)", name="resolved_by_somebody"),
)

rights_finding = Table(
    "rights_finding",
    metadata,
    Column("id", String(112), primary_key=True),
    Column("day", Date, nullable=False, index=True),
    Column("user_id", String(20), ForeignKey("users.id"), nullable=False),
    Column("org_id", String(12), ForeignKey("org.id"), nullable=False),
    Column("kind", Name(FindingKind), nullable=False),
    Column("post_id", String(40), nullable=False),
    Column("permissions", Names, nullable=False),
    Column("since", Date, nullable=False),
)

nightly_run = Table(
    "nightly_run",
    metadata,
    Column("job", String(40), primary_key=True),
    Column("day", Date, primary_key=True),
    Column("at", Instant, nullable=False),
    Column("found", Integer, nullable=False),
)

pending_change = Table(
    "pending_change",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("kind", String(64), nullable=False),
    Column("target", String(128), nullable=False),
    Column("org_id", String(12), ForeignKey("org.id"), nullable=False),
    Column("body", JSON, nullable=False),
    Column("body_hash", String(64), nullable=False),
    Column("state", Name(ChangeState), nullable=False),
    Column("maker", String(20), nullable=False),
    Column("made_at", Instant, nullable=False),
    Column("reason", Text, nullable=False),
    Column("target_version", Integer),
    Column("expires_at", Instant, nullable=False),
    Column("checker", String(20)),
    Column("decided_at", Instant),
    Column("decision_reason", Text, nullable=False),
    Column("maker_may_be", Names, nullable=False),
    Column("version", Integer, nullable=False),
    CheckConstraint("checker is null or checker <> maker", name="four_eyes"),
    CheckConstraint(
        "(state in ('APPROVED', 'REJECTED')) = (checker is not null)", name="decided_by_checker"
    ),
    Index(
        "uq_pending_change_target", "target", unique=True,
        sqlite_where=text("state = 'PENDING'"), postgresql_where=text("state = 'PENDING'"),
    ),
    Index("ix_pending_change_org", "org_id", "state"),
    Index("ix_pending_change_target", "target", "state"),
)  # fmt: skip

idempotency = Table(
    "idempotency",
    metadata,
    Column("principal", String(64), primary_key=True),
    Column("request_id", String(36), primary_key=True),
    Column("rpc", String(128), nullable=False),
    Column("body_hash", String(64), nullable=False),
    # Sealed with the installation's key: answers may hold initial passwords.
    Column("response", LargeBinary, nullable=False),
    Column("at", Instant, nullable=False, index=True),
)

system_mark = Table(
    "system_mark",
    metadata,
    Column("key", String(64), primary_key=True),
    Column("value", Text, nullable=False),
    Column("at", Instant, nullable=False),
)

epoch = Table(
    "epoch",
    metadata,
    Column("one", Integer, primary_key=True),
    Column("n", Integer, nullable=False),
    CheckConstraint("one = 1", name="single"),
)
