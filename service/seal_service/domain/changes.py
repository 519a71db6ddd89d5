"""Maker and checker: the life of a change that needs a second person.

PENDING → APPROVED | REJECTED [checker ≠ maker] | WITHDRAWN [maker] | EXPIRED. Every other step is
refused. Whom a change is about neither asks for it nor decides it. The database repeats the two
rules that matter most: one pending change a target, and a checker who is not the maker.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from seal_service.domain.reasons import Reason, Refusal


class ChangeState(StrEnum):
    """Where a change is in its life."""

    PENDING = "PENDING"
    APPROVED = "APPROVED"
    REJECTED = "REJECTED"
    WITHDRAWN = "WITHDRAWN"
    EXPIRED = "EXPIRED"


@dataclass(frozen=True, slots=True)
class Change:
    """Something that one person asked for and another decides.

    `org_id` is the organisation under whose rights it is decided; `target_version` is the version
    of the target that the maker saw (None: it does not exist yet). `maker_may_be`: who else may
    have made it, because the maker's password went through their hands before.
    """

    id: str
    kind: str
    target: str
    org_id: str
    body: Mapping[str, Any]
    body_hash: str
    state: ChangeState
    maker: str
    made_at: datetime
    reason: str
    target_version: int | None
    expires_at: datetime
    checker: str | None = None
    decided_at: datetime | None = None
    decision_reason: str = ""
    maker_may_be: tuple[str, ...] = ()
    version: int = 1

    def expired(self, at: datetime) -> bool:
        """Tell whether its time is over although nobody has said so yet."""
        return self.state is ChangeState.PENDING and at >= self.expires_at


def refuse_own(persons: Iterable[str], target: str) -> None:
    """Refuse whoever is, or may be, one of these persons to act on that person's own record."""
    if target in {f"users/{person}" for person in persons}:
        raise Refusal(Reason.SAME_PERSON)


def approved(change: Change, checker: str, reason: str, at: datetime) -> Change:
    """Return the change approved by its second person."""
    return _decided(change, ChangeState.APPROVED, checker, reason, at)


def rejected(change: Change, checker: str, reason: str, at: datetime) -> Change:
    """Return the change refused by its second person."""
    return _decided(change, ChangeState.REJECTED, checker, reason, at)


def withdrawn(change: Change, person: str, at: datetime) -> Change:
    """Return the change taken back by its maker; nobody else can."""
    _require_pending(change, at)
    if person != change.maker:
        raise Refusal(Reason.NO_PERMISSION, permission="the maker's own change")
    return replace(change, state=ChangeState.WITHDRAWN, decided_at=at)


def expired(change: Change, at: datetime) -> Change:
    """Return a pending change whose time is over as expired."""
    if not change.expired(at):
        raise Refusal(Reason.CHANGE_NOT_PENDING, state=change.state)
    return replace(change, state=ChangeState.EXPIRED, decided_at=at)


def _decided(change: Change, state: ChangeState, checker: str, reason: str, at: datetime) -> Change:
    _require_pending(change, at)
    if checker == change.maker:
        raise Refusal(Reason.SAME_PERSON)
    refuse_own([checker], change.target)
    return replace(change, state=state, checker=checker, decided_at=at, decision_reason=reason)


def _require_pending(change: Change, at: datetime) -> None:
    if change.expired(at):
        raise Refusal(Reason.CHANGE_NOT_PENDING, state=ChangeState.EXPIRED)
    if change.state is not ChangeState.PENDING:
        raise Refusal(Reason.CHANGE_NOT_PENDING, state=change.state)
