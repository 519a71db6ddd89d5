"""Users, their posts, and the day's count of wrong passwords."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta, tzinfo
from enum import StrEnum

from seal_service.domain.reasons import Reason, Refusal, invalid

MAX_WRONG_PASSWORDS_A_DAY = 5
"""A46: "more than five times a day" — the sixth locks."""


class UserKind(StrEnum):
    """Who or what acts."""

    PERSON = "PERSON"
    SERVICE = "SERVICE"


@dataclass(frozen=True, slots=True)
class User:
    """A core teller number (A49) or a service account.

    `password_hash` is None while the configured initial password, or none at all, is in force.
    `password_known_to`: who may have taken the account over, because the present password began
    as an initial one that went through their hands (`known_through`).
    `rights_version` grows whenever the user's posts change; a session remembers it.
    """

    id: str
    name: str
    kind: UserKind
    org_id: str
    password_hash: str | None
    password_initial: bool
    password_changed_at: datetime | None
    locked_at: datetime | None
    lock_reason: str | None
    qualified_folding: bool
    certificate_sha256: str | None
    core_rights: tuple[str, ...]
    created_at: datetime
    disabled_at: datetime | None = None
    disable_reason: str | None = None
    mobile: str | None = None
    password_known_to: tuple[str, ...] = ()
    rights_version: int = 1
    version: int = 1

    @property
    def locked(self) -> bool:
        """Whether an administrator must act first."""
        return self.locked_at is not None

    @property
    def disabled(self) -> bool:
        """Whether an administrator has shut the user out."""
        return self.disabled_at is not None

    @property
    def barred(self) -> Reason | None:
        """Why the user can do nothing at all, whatever posts say; None where that is not so."""
        if self.disabled:
            return Reason.USER_DISABLED
        return Reason.USER_LOCKED if self.locked else None


def require_admitted(user: User) -> None:
    """Refuse a user who is locked or shut out."""
    if user.barred is not None:
        raise Refusal(user.barred)


def require_not_shut_out(user: User) -> None:
    """Refuse a user who is shut out; one who is only locked comes back."""
    if user.disabled:
        raise Refusal(Reason.USER_DISABLED)


def new_user(
    user_id: str,
    name: str,
    org_id: str,
    *,
    at: datetime,
    kind: UserKind = UserKind.PERSON,
    certificate_sha256: str | None = None,
    qualified_folding: bool = False,
    core_rights: tuple[str, ...] = (),
    mobile: str | None = None,
) -> User:
    """Return a user who has yet to choose a password."""
    return User(
        id=user_id, name=name, kind=kind, org_id=org_id, password_hash=None, password_initial=True,
        password_changed_at=None, locked_at=None, lock_reason=None,
        qualified_folding=qualified_folding, certificate_sha256=certificate_sha256,
        core_rights=core_rights, created_at=at, mobile=mobile,
    )  # fmt: skip


def checked(user: User) -> User:
    """Refuse a user without a name, or with a telephone number that is none."""
    if not user.name:
        raise invalid("display_name", "must not be empty")
    if user.mobile is not None and not user.mobile.removeprefix("+").isdecimal():
        raise invalid("mobile", "must be a telephone number")
    return user


def locked(user: User, reason: str, at: datetime) -> User:
    """Return the user locked; it stays so over midnight until someone unlocks (A46)."""
    return user if user.locked else replace(user, locked_at=at, lock_reason=reason)


def unlocked(user: User) -> User:
    """Return the user without the lock."""
    return replace(user, locked_at=None, lock_reason=None)


def disabled(user: User, reason: str, at: datetime) -> User:
    """Return the user shut out; who is so already stays so for the first reason."""
    return user if user.disabled else replace(user, disabled_at=at, disable_reason=reason)


def enabled(user: User) -> User:
    """Return the user let in again."""
    return replace(user, disabled_at=None, disable_reason=None)


def with_password(user: User, password_hash: str | None, *, initial: bool, at: datetime) -> User:
    """Return the user with another password."""
    return replace(
        user, password_hash=password_hash, password_initial=initial, password_changed_at=at
    )


def known_through(*givers: User) -> tuple[str, ...]:
    """Return who learns of a password that goes through these hands.

    Whoever may act as a giver learns of it as well: a chain of accounts taken over one by one
    leads back to its beginning.
    """
    return tuple(sorted({one for giver in givers for one in (giver.id, *giver.password_known_to)}))


def with_rights_changed(user: User) -> User:
    """Return the user as someone whose running sessions are out of date."""
    return replace(user, rights_version=user.rights_version + 1)


def locks(wrong_today: int) -> bool:
    """Tell whether this many wrong passwords on one bank day lock."""
    return wrong_today > MAX_WRONG_PASSWORDS_A_DAY


def bank_date(at: datetime, zone: tzinfo, day_starts_h: int = 0) -> date:
    """Return the bank's date of an instant: its local date, from an hour on that is set."""
    return (at.astimezone(zone) - timedelta(hours=day_starts_h)).date()


@dataclass(frozen=True, slots=True)
class Assignment:
    """A post held by a user at an organisation, from an instant until another."""

    id: str
    user_id: str
    post_id: str
    org_id: str
    valid_from: datetime
    valid_to: datetime | None
    change_id: str | None

    def ended(self, at: datetime) -> Assignment:
        """Return it ended."""
        return replace(self, valid_to=at)
