"""The fast path of a new organisation's first chief (A42).

Nobody of the organisation can ask yet, so somebody rings. What stands in for the second person is
the core system: it must already show the teller at work there. The note of the call and the
evidence go into the log.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from seal_service.application import posts
from seal_service.application.appointing import require_appointer
from seal_service.application.call import Call
from seal_service.application.core_rights import granted
from seal_service.application.people import create_at_once
from seal_service.domain import people as rules
from seal_service.domain.orgs import require_active
from seal_service.domain.people import User
from seal_service.domain.posts import Post
from seal_service.domain.reasons import Reason, Refusal, invalid

NEW_FOR = timedelta(days=30)
MANAGES = "user.manage"


def add(
    call: Call,
    *,
    user_id: str,
    org_id: str,
    post_id: str,
    called_at: datetime,
    note: Mapping[str, str],
) -> tuple[User, str]:
    """Create a new organisation's first chief at once; return the user and the initial password.

    Parameters
    ----------
    called_at
        When the organisation rang: not in the future.
    note
        Who rang, what was said, and which document proves it: for the log.
    """
    org = call.org_named(org_id)
    call.require(org)
    require_active(org)
    require_appointer(call, [post_id], org, by=[call.caller.user_id])
    if called_at > call.now:
        raise invalid("phone_note.call_time", "lies in the future")
    post = posts.named(call, Post, post_id)
    taken = any(held.post_id == post_id for held in call.work.assignments.at_org(org_id))
    if taken or MANAGES not in granted(call.work, post) or call.now - org.created_at > NEW_FOR:
        raise Refusal(Reason.NOT_FIRST_CHIEF, org=f"orgs/{org_id}")
    teller = call.work.core.get(user_id)
    if teller is None or not teller.active or teller.org_id != org_id:
        raise Refusal(Reason.CORE_TELLER_ELSEWHERE, teller=user_id, org=f"orgs/{org_id}")
    created = create_at_once(
        call, rules.new_user(user_id, teller.name, org_id, at=call.now), org, [post_id]
    )
    call.note(
        f"users/{user_id}",
        after={"org": org_id, "posts": [post_id], "called_at": called_at.isoformat(), **note},
    )
    return created
