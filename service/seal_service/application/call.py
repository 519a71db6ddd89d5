"""The call that a use case serves: who asks, in which transaction, when, under what rules."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, tzinfo
from typing import Any

from seal_service.application.ports import OneTimeCodes, PasswordHasher, Secrets, Tickets, Work
from seal_service.audit import Hasher, Verifier
from seal_service.domain.access_modes import AccessMode
from seal_service.domain.authority import Authority
from seal_service.domain.data_classes import DataClasses
from seal_service.domain.orgs import Org, survivor_id
from seal_service.domain.passwords import PasswordRules
from seal_service.domain.people import User, bank_date
from seal_service.domain.reasons import Reason, Refusal, not_found
from seal_service.domain.sessions import Session, SessionRules

HQ_ADMIN = "hq-admin"
"""The post of headquarters administrators; it cannot be deleted."""
ADMINS_NEEDED = 2
"""Headquarters never has fewer administrators than this who can act."""


@dataclass(frozen=True, slots=True)
class Rules:
    """What the configuration decides for the use cases."""

    zone: tzinfo
    day_starts_h: int = 0
    passwords: PasswordRules = field(default_factory=PasswordRules)
    sessions: SessionRules = field(default_factory=SessionRules)
    change_lifetime: timedelta = timedelta(days=5)
    maintenance_notice: timedelta = timedelta(hours=24)
    data_classes: DataClasses = field(default_factory=DataClasses)
    bootstrap_token: str | None = field(default=None, repr=False)
    witnesses: tuple[Verifier, ...] = ()
    """Whose cosignatures the audit log takes."""


@dataclass(frozen=True, slots=True)
class Tools:
    """What use cases need beside the database."""

    hasher: PasswordHasher
    secrets: Secrets
    tickets: Tickets | None
    rules: Rules
    hashes: Hasher
    """The algorithm of new hashes (E29)."""
    codes: OneTimeCodes | None = None


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks. Nobody in particular before signing in."""

    user_id: str = ""
    org_id: str = ""
    authority: Authority = field(default_factory=Authority)
    session: Session | None = None
    super_admin: bool = False
    sealed: bool = False
    """Was the super administrator, and can do nothing any more."""
    unknown_certificate: bool = False
    """Shown without a session, and no service account's."""

    @property
    def mode(self) -> AccessMode:
        """By which way the caller came in."""
        return AccessMode.INTERFACE if self.session is None else self.session.mode


@dataclass(slots=True)
class Call:
    """One call in its transaction.

    Every use case whose RPC has an organisation scope must ask `require` or `reach`, or the call
    is rolled back: `scope_checked` is looked at before the commit, so that no write path can
    forget it.
    """

    work: Work
    caller: Caller
    tools: Tools
    now: datetime
    permission: str
    peer: str = ""
    certificate_sha256: str = ""
    prepared: Any = None
    scope_checked: bool = False
    target: str = ""
    org: str = ""
    before: Mapping[str, Any] | None = None
    after: Mapping[str, Any] | None = None
    kept_refusal: Refusal | None = None

    @property
    def rules(self) -> Rules:
        """What the configuration decides."""
        return self.tools.rules

    @property
    def today(self) -> date:
        """The bank's date."""
        return bank_date(self.now, self.rules.zone, self.rules.day_starts_h)

    def new_id(self) -> str:
        """Return a new identifier; those made later sort after those made earlier."""
        stamp = int(self.now.timestamp() * 1000)
        random = uuid.uuid4().int
        value = (stamp << 80) | (0x7 << 76) | ((random >> 64 & 0xFFF) << 64)
        value |= (0b10 << 62) | (random & ((1 << 62) - 1))
        return str(uuid.UUID(int=value))

    def require(self, org: Org, *, permission: str = "") -> None:
        """Refuse unless the permission is held over the organisation."""
        permission = permission or self.permission
        self.scope_checked = True
        self.org = self.org or org.id
        if not self.caller.authority.over(permission, org.path):
            raise Refusal(Reason.OUT_OF_ORG_SCOPE, permission=permission)

    def require_bank(self, *, permission: str = "") -> None:
        """Refuse unless the permission is held over the whole bank."""
        permission = permission or self.permission
        self.scope_checked = True
        if not self.caller.authority.bank_wide(permission):
            raise Refusal(Reason.OUT_OF_ORG_SCOPE, permission=permission)

    def reach(self, *, permission: str = "") -> tuple[str, ...] | None:
        """Return the subtrees that a list may show; None for everything."""
        self.scope_checked = True
        return self.caller.authority.reach(permission or self.permission)

    def own_record(self) -> None:
        """Say that the call is about nothing but what everyone with the permission may see."""
        self.scope_checked = True

    def note(
        self,
        target: str,
        *,
        before: Mapping[str, Any] | None = None,
        after: Mapping[str, Any] | None = None,
    ) -> None:
        """Say for the log what the call was about."""
        self.target, self.before, self.after = target, before, after

    def refuse_but_keep(self, refusal: Refusal) -> None:
        """Refuse the call, and yet keep what it has written: a wrong password counts."""
        self.kept_refusal = refusal

    def user_named(self, user_id: str) -> User:
        """Return a user that exists."""
        user = self.work.users.get(user_id)
        if user is None:
            raise not_found(f"users/{user_id}")
        return user

    def org_named(self, org_id: str) -> Org:
        """Return an organisation that exists."""
        org = self.work.orgs.get(org_id)
        if org is None:
            raise not_found(f"orgs/{org_id}")
        return org

    def survivor_of(self, org_id: str) -> Org:
        """Return the organisation that goes on after all merges of this one: often itself."""
        return self.survivor(self.org_named(org_id))

    def survivor(self, org: Org) -> Org:
        """Return the organisation that goes on after all merges of this one: often itself."""
        if not org.merged_into:
            return org
        found = {org.id: org}

        def merged_into(org_id: str) -> str | None:
            found[org_id] = found.get(org_id) or self.org_named(org_id)
            return found[org_id].merged_into

        return found[survivor_id(org.id, merged_into)]
