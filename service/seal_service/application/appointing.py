"""Who may give a post, and who stands above those who hold one (A39)."""

from __future__ import annotations

from collections.abc import Iterable

from seal_service.application.access import authority_in
from seal_service.application.call import HQ_ADMIN, Call
from seal_service.domain.orgs import Org, OrgKind
from seal_service.domain.people import Assignment
from seal_service.domain.posts import Post
from seal_service.domain.reasons import Reason, Refusal, not_found


def require_appointer(call: Call, post_ids: Iterable[str], org: Org, *, by: Iterable[str]) -> None:
    """Refuse an appointment to a post that none of these people may give."""
    authorities = [authority_in(call.work, call.work.assignments.of_user(one)) for one in by]
    for post_id in post_ids:
        givers = _givers(call, post_id, org)
        if not any(one.holds_post(givers, org.path) for one in authorities):
            raise Refusal(Reason.MAY_NOT_APPOINT, post=f"posts/{post_id}")


def require_above(call: Call, held: Iterable[Assignment]) -> None:
    """Refuse to lay hands on holders of posts that are neither the caller's to give nor below.

    Whoever may not make a chief may not unmake, shut out or reset one either; but whoever holds the
    permission from a higher organisation looks after everyone below it.
    """
    authority = call.caller.authority
    for one in held:
        org = call.org_named(one.org_id)
        above = authority.from_above(call.permission, org.path)
        if not above and not authority.holds_post(_givers(call, one.post_id, org), org.path):
            raise Refusal(Reason.MAY_NOT_APPOINT, post=f"posts/{one.post_id}")


def post_named(call: Call, post_id: str) -> Post:
    """Return a post that exists."""
    post = call.work.posts.get(post_id)
    if post is None:
        raise not_found(f"posts/{post_id}")
    return post


def _givers(call: Call, post_id: str, org: Org) -> tuple[str, ...]:
    """Return the posts that give a post at an organisation.

    Headquarters acts for virtual organisations (A40), and alone for departments (A48).
    """
    if org.kind is OrgKind.DEPARTMENT:
        return (HQ_ADMIN,)
    own = post_named(call, post_id).appointed_by
    return (*own, HQ_ADMIN) if org.kind is OrgKind.VIRTUAL else own
