"""Sessions: opened by a password or a ticket, ended by leaving, idling, time or changed rights."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from seal_service.domain.access_modes import AccessMode
from seal_service.domain.people import User, require_admitted
from seal_service.domain.reasons import Reason, Refusal


@dataclass(frozen=True, slots=True)
class SessionRules:
    """How long sessions live, in seconds."""

    idle_limit_s: int = 900
    lifetime_s: int = 43_200
    step_up_s: int = 300


@dataclass(frozen=True, slots=True)
class Session:
    """An open or ended session; of its token only a hash is kept.

    `rights_version` is the user's at the time of signing in: a later one ends the session.
    `certificate_sha256`: the client certificate of the connection that opened it; empty without.
    """

    id: str
    token_hash: str
    user_id: str
    rights_version: int
    created_at: datetime
    last_seen_at: datetime
    authenticated_at: datetime
    expires_at: datetime
    idle_limit_s: int
    restricted: bool
    peer: str
    mode: AccessMode
    certificate_sha256: str = ""
    ended_at: datetime | None = None
    ended_why: str | None = None


def opened(
    session_id: str,
    token_hash: str,
    user: User,
    *,
    rules: SessionRules,
    peer: str,
    mode: AccessMode,
    at: datetime,
    certificate_sha256: str = "",
) -> Session:
    """Return a new session; with an initial password it may only change that password."""
    return Session(
        id=session_id, token_hash=token_hash, user_id=user.id, rights_version=user.rights_version,
        created_at=at, last_seen_at=at, authenticated_at=at,
        expires_at=at + timedelta(seconds=rules.lifetime_s), idle_limit_s=rules.idle_limit_s,
        restricted=user.password_initial, peer=peer, mode=mode,
        certificate_sha256=certificate_sha256,
    )  # fmt: skip


def require_alive(session: Session, user: User, at: datetime) -> None:
    """Refuse a session that is over, for whatever reason."""
    if session.ended_at is not None or at >= session.expires_at:
        raise Refusal(Reason.SESSION_EXPIRED)
    # Whoever lost or gained a post signs in again: the old session ends with the next call.
    if session.rights_version != user.rights_version:
        raise Refusal(Reason.SESSION_EXPIRED)
    require_admitted(user)
    # A clock that was set back must not make an idle session young: never less than zero.
    if (at - session.last_seen_at).total_seconds() > session.idle_limit_s:
        raise Refusal(Reason.SESSION_IDLE, idle_limit_s=session.idle_limit_s)


def require_fresh(session: Session, rules: SessionRules, at: datetime) -> None:
    """Refuse a session whose password was given too long ago for a grave step."""
    # A clock that was set back proves nothing: the age must lie in the limits, not below them.
    if not 0 <= (at - session.authenticated_at).total_seconds() <= rules.step_up_s:
        raise Refusal(Reason.STEP_UP_REQUIRED, max_age_s=rules.step_up_s)


def seen(session: Session, at: datetime) -> Session:
    """Return the session as used now; time never runs backwards in it."""
    return replace(session, last_seen_at=max(at, session.last_seen_at))


def ended(session: Session, why: str, at: datetime) -> Session:
    """Return the session ended; a second end changes nothing."""
    return session if session.ended_at else replace(session, ended_at=at, ended_why=why)
