"""Domain records as messages of the contract."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta

from google.protobuf.json_format import ParseDict
from google.protobuf.struct_pb2 import Struct
from google.protobuf.timestamp_pb2 import Timestamp
from google.type.date_pb2 import Date

from seal_service.application.digests import shown
from seal_service.application.reviews import ItemView
from seal_service.domain.changes import Change
from seal_service.domain.maintenance import Maintenance
from seal_service.domain.orgs import Org
from seal_service.domain.people import Assignment, User
from seal_service.domain.posts import ExclusionRule, Post, Role
from seal_service.domain.reviews import Review
from seal_service.domain.sessions import Session
from seal_service.grpc_api.resources import etag_of
from sealapi.v1 import change_pb2, identity_pb2, maintenance_pb2, organization_pb2, session_pb2

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def timestamp(at: datetime | None) -> Timestamp | None:
    """Return an instant as a message."""
    if at is None:
        return None
    seconds, micros = divmod((at - _EPOCH) // _MICROSECOND, 1_000_000)
    return Timestamp(seconds=seconds, nanos=1000 * micros)


def instant(message: Timestamp) -> datetime:
    """Return a message as an instant; one outside the calendar was refused before."""
    return message.ToDatetime(tzinfo=UTC)


def date_message(day: date) -> Date:
    """Return a date as a message."""
    return Date(year=day.year, month=day.month, day=day.day)


def change_message(change: Change) -> change_pb2.Change:
    """Return a change as a message."""
    body_digest, body_sha256 = shown(change.body_hash)
    return change_pb2.Change(
        name=f"changes/{change.id}", kind=change.kind, target=change.target,
        org=f"orgs/{change.org_id}", body=ParseDict(dict(change.body), Struct()),
        state=f"STATE_{change.state}",
        maker=f"users/{change.maker}", make_time=timestamp(change.made_at), reason=change.reason,
        checker=f"users/{change.checker}" if change.checker else "",
        decide_time=timestamp(change.decided_at), decision_reason=change.decision_reason,
        expire_time=timestamp(change.expires_at), etag=etag_of(change.version),
        body_digest=body_digest, body_sha256=body_sha256,
    )  # fmt: skip


def maintenance_message(found: Maintenance) -> maintenance_pb2.Maintenance:
    """Return maintenance as a message."""
    return maintenance_pb2.Maintenance(
        name=f"maintenances/{found.id}", start_time=timestamp(found.starts_at),
        end_time=timestamp(found.cancelled_at or found.ends_at), notice=found.notice,
        announce_time=timestamp(found.announced_at), change=f"changes/{found.change_id}",
    )  # fmt: skip


def org_message(org: Org, pending: str = "") -> organization_pb2.Org:
    """Return an organisation as a message."""
    return organization_pb2.Org(
        name=f"orgs/{org.id}", display_name=org.name, level=org.level,
        parent=f"orgs/{org.parent_id}" if org.parent_id else "",
        kind=f"KIND_{org.kind}",
        state=f"STATE_{org.state}",
        merged_into=f"orgs/{org.merged_into}" if org.merged_into else "",
        admin_org=f"orgs/{org.admin_org_id}", create_time=timestamp(org.created_at),
        update_time=timestamp(org.updated_at), etag=etag_of(org.version), pending_change=pending,
    )  # fmt: skip


def assignment_message(held: Assignment) -> identity_pb2.Assignment:
    """Return a post held as a message."""
    return identity_pb2.Assignment(
        name=f"assignments/{held.id}", user=f"users/{held.user_id}", post=f"posts/{held.post_id}",
        org=f"orgs/{held.org_id}", start_time=timestamp(held.valid_from),
        end_time=timestamp(held.valid_to),
    )  # fmt: skip


def masked_number(number: str) -> str:
    """Return a telephone number of which only the last four digits show."""
    return "*" * max(0, len(number) - 4) + number[-4:]


def user_message(
    user: User, held: Iterable[Assignment] = (), pending: str = ""
) -> identity_pb2.User:
    """Return a user as a message, without anything of the password."""
    return identity_pb2.User(
        name=f"users/{user.id}", display_name=user.name,
        kind=f"KIND_{user.kind}", org=f"orgs/{user.org_id}",
        locked=user.locked, lock_reason=user.lock_reason or "",
        password_change_required=user.password_initial, qualified_folding=user.qualified_folding,
        certificate_sha256=user.certificate_sha256 or "", core_rights=user.core_rights,
        assignments=[assignment_message(one) for one in held],
        create_time=timestamp(user.created_at), etag=etag_of(user.version), pending_change=pending,
        disabled=user.disabled, disable_reason=user.disable_reason or "",
        mobile=masked_number(user.mobile or ""),
    )  # fmt: skip


def post_message(post: Post, pending: str = "") -> identity_pb2.Post:
    """Return a post as a message."""
    return identity_pb2.Post(
        name=f"posts/{post.id}", display_name_zh=post.name_zh, display_name_en=post.name_en,
        org_levels=post.org_levels, clearing_centre_only=post.clearing_centre_only,
        bank_wide=post.bank_wide, roles=[f"roles/{role}" for role in post.roles],
        appointed_by=[f"posts/{by}" for by in post.appointed_by], etag=etag_of(post.version),
        pending_change=pending,
    )  # fmt: skip


def role_message(role: Role, pending: str = "") -> identity_pb2.Role:
    """Return a role as a message."""
    return identity_pb2.Role(
        name=f"roles/{role.id}", display_name_zh=role.name_zh, display_name_en=role.name_en,
        permissions=role.permissions, etag=etag_of(role.version), pending_change=pending,
    )  # fmt: skip


def rule_message(rule: ExclusionRule, pending: str = "") -> identity_pb2.ExclusionRule:
    """Return an exclusion rule as a message."""
    return identity_pb2.ExclusionRule(
        name=f"exclusionRules/{rule.id}",
        kind=f"KIND_{rule.kind}",
        first=rule.first, second=rule.second,
        reach=f"REACH_{rule.reach}",
        etag=etag_of(rule.version), pending_change=pending,
    )  # fmt: skip


def item_message(view: ItemView) -> identity_pb2.ReviewItem:
    """Return an item of a review as a message."""
    item = view.item
    verdict = f"VERDICT_{item.verdict or 'UNSPECIFIED'}"
    return identity_pb2.ReviewItem(
        assignment=assignment_message(view.assignment),
        verdict=verdict,
        attested_by=f"users/{item.attested_by}" if item.attested_by else "",
        attest_time=timestamp(item.attested_at), note=item.note,
        beyond_core_rights=view.beyond_core_rights,
    )  # fmt: skip


def review_message(review: Review, views: Iterable[ItemView], today: date) -> identity_pb2.Review:
    """Return a review as a message."""
    return identity_pb2.Review(
        name=f"reviews/{review.id}", org=f"orgs/{review.org_id}", quarter=review.quarter,
        state=f"STATE_{review.state}",
        due_date=date_message(review.due_on), overdue=review.overdue(today),
        items=[item_message(view) for view in views], etag=etag_of(review.version),
    )  # fmt: skip


def session_message(session: Session) -> session_pb2.Session:
    """Return a session as a message, without its token."""
    return session_pb2.Session(
        name=f"sessions/{session.id}", user=f"users/{session.user_id}",
        create_time=timestamp(session.created_at), last_seen_time=timestamp(session.last_seen_at),
        expire_time=timestamp(session.expires_at),
        password_change_required=session.restricted, peer=session.peer,
    )  # fmt: skip
