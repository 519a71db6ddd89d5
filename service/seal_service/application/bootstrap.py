"""The first set-up: a super administrator creates two administrators and is then sealed (A31)."""

from __future__ import annotations

import hmac
from datetime import datetime

from seal_service.application.call import ADMINS_NEEDED, HQ_ADMIN, Call
from seal_service.domain import orgs, people
from seal_service.domain.passwords import broken_rules
from seal_service.domain.people import User
from seal_service.domain.reasons import Reason, Refusal

SUPER_ADMIN = "super_admin"
"""Mark: the user number of the super administrator."""
SEALED = "super_admin_sealed"
"""Mark: when the super administrator was locked for ever."""


def bootstrap(
    call: Call,
    *,
    token: str,
    user_id: str,
    name: str,
    password: str,
    password_hash: str,
    org_id: str,
    org_name: str,
) -> User:
    """Create headquarters and the super administrator, once in the life of an installation."""
    call.note(f"users/{user_id}")
    expected = call.rules.bootstrap_token
    if expected is None or not hmac.compare_digest(expected.encode(), token.encode()):
        raise Refusal(Reason.BOOTSTRAP_REFUSED)
    if call.work.marks.get(SUPER_ADMIN) is not None:
        raise Refusal(Reason.BOOTSTRAP_REFUSED)
    broken = broken_rules(password, user_id=user_id, rules=call.rules.passwords)
    if broken:
        raise Refusal(
            Reason.WEAK_PASSWORD, rules=",".join(broken),
            fields=tuple(("password", rule) for rule in broken),
        )  # fmt: skip
    org = orgs.headquarters(org_id, org_name, call.now)
    call.work.orgs.add(org)
    call.work.orgs.remember(org, change_id=None, at=call.now)
    user = people.with_password(
        people.new_user(user_id, name, org_id, at=call.now), password_hash, initial=False,
        at=call.now,
    )  # fmt: skip
    call.work.users.add(user)
    call.work.marks.put_once(SUPER_ADMIN, user_id, call.now)
    call.work.marks.next_epoch()
    call.note(f"users/{user_id}", after={"org": org_id})
    return user


def seal(call: Call) -> datetime:
    """Lock the super administrator for ever; nothing in this program undoes it."""
    call.own_record()
    call.note(f"users/{call.caller.user_id}")
    present = len({held.user_id for held in call.work.assignments.of_post(HQ_ADMIN)})
    if present < ADMINS_NEEDED:
        raise Refusal(Reason.TOO_FEW_ADMINS, needed=ADMINS_NEEDED, present=present)
    call.work.marks.put_once(SEALED, call.now.isoformat(), call.now)
    # The session stays, good for nothing but to hear the answer again if it got lost on the way.
    return call.now
