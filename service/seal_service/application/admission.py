"""Letting users in and shutting them out: locks, initial passwords, leaving and coming back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from seal_service.application.appointing import require_above, require_subordinate
from seal_service.application.call import ADMINS_NEEDED, HQ_ADMIN, Call
from seal_service.application.changes import Writes, kind, propose, require_seen
from seal_service.domain import people as rules
from seal_service.domain.changes import Change
from seal_service.domain.passwords import random_password
from seal_service.domain.people import User
from seal_service.domain.reasons import Reason, Refusal, invalid

ASK, CHECK = "user.manage", "user.check"


def disable(call: Call, user_id: str, *, reason: str) -> User:
    """Shut a user out at once; headquarters keeps two administrators who are not."""
    user = call.user_named(user_id)
    call.note(f"users/{user_id}", before={"disabled": user.disabled}, after={"reason": reason})
    require_subordinate(call, user)
    if any(held.post_id == HQ_ADMIN for held in call.work.assignments.of_user(user_id)):
        keep_administrators(call, user_id)
    return rights_changed(call, rules.disabled(user, reason, call.now), why="user disabled")


def ask_enable(call: Call, *, user_id: str, version: int, reason: str) -> Change:
    """Ask to let a disabled user in again."""
    return ask_about(call, "user.enable", user_id, version=version, body={}, reason=reason)


@kind("user.enable", ask=ASK, check=CHECK)
def _enable(call: Call, change: Change) -> Writes:
    user = seen_from_above(call, change)
    if not user.disabled:
        raise invalid("name", "is not disabled")

    def write() -> Mapping[str, Any]:
        call.work.users.save(rules.enabled(user))
        return {"disabled": False}

    return write


def ask_about(
    call: Call, name: str, user_id: str, *, version: int, body: Mapping[str, Any], reason: str
) -> Change:
    """Ask for a change of a user's own record, decided where the user is."""
    org = call.org_named(call.user_named(user_id).org_id)
    call.require(org)
    return propose(
        call, name, target=f"users/{user_id}", org=org, body=body, reason=reason,
        target_version=version,
    )  # fmt: skip


def seen(call: Call, change: Change) -> User:
    """Return the user that a change is about, as its maker saw it; refuse one changed since."""
    user = call.user_named(change.target.removeprefix("users/"))
    require_seen(user.version, change.target_version)
    return user


def seen_from_above(call: Call, change: Change) -> User:
    """Return the user that a change is about; refuse one who is not below the change's maker."""
    user = seen(call, change)
    require_above(call, call.work.assignments.of_user(user.id), by=[change.maker])
    return user


def reset_password(call: Call, user_id: str) -> str:
    """Give a user a new initial password and lift the lock; return the password (A46)."""
    user = _for_unlocking(call, user_id)
    fresh, password = with_initial_password(call, rules.unlocked(user))
    call.work.users.save(fresh)
    call.work.users.forget_wrong_passwords(user_id, call.today)
    call.work.sessions.end_all(user_id, "password reset", call.now)
    return password


def with_initial_password(call: Call, user: User) -> tuple[User, str]:
    """Return the user with a new initial password, which the caller learns, and the password."""
    initial = call.rules.passwords.initial
    password = initial or random_password()
    # The configured initial password needs no hash: it is compared as it is. A random one has 80
    # bits; hashing it here keeps the transaction open for a moment, which a rare call may.
    hashed = None if initial else call.tools.hasher.hash(password)
    fresh = rules.with_password(user, hashed, initial=True, at=call.now)
    known_to = rules.known_through(call.user_named(call.caller.user_id))
    return replace(fresh, password_known_to=known_to), password


def unlock(call: Call, user_id: str) -> User:
    """Lift a user's lock."""
    user = _for_unlocking(call, user_id)
    call.work.users.forget_wrong_passwords(user_id, call.today)
    return call.work.users.save(rules.unlocked(user))


def rights_changed(call: Call, user: User, *, why: str) -> User:
    """End a user's sessions because posts have changed; return the user."""
    call.work.sessions.end_all(user.id, why, call.now)
    return call.work.users.save(rules.with_rights_changed(user))


def keep_administrators(call: Call, leaving: str) -> None:
    """Refuse to take headquarters its last two administrators who can sign in or be unlocked."""
    holders = {held.user_id for held in call.work.assignments.of_post(HQ_ADMIN)} - {leaving}
    staying = [one for one in holders if not call.user_named(one).disabled]
    if len(staying) < ADMINS_NEEDED:
        raise Refusal(
            Reason.TOO_FEW_ADMINS, needed=ADMINS_NEEDED + 1, present=len(staying) + 1
        )  # fmt: skip


def _for_unlocking(call: Call, user_id: str) -> User:
    user = call.user_named(user_id)
    call.note(f"users/{user_id}", before={"locked": user.locked})
    require_subordinate(call, user)
    if user_id == call.work.marks.get("super_admin"):
        raise Refusal(Reason.SUPER_ADMIN_SEALED)
    return user
