"""Who may give a post, and who stands above those who hold one (A39; services.md section 5).

Whoever manages people manages "posts below own": those that the own post gives, those that these
give, and so on; headquarters stands above all. Every act on a user asks here. Who acts alone is
above each post that the user holds; so is who asks for a change of the user's record, and of two
who move a user or give one more post, either. The second person may be a peer, but never someone
below whom the change is about.
"""

from __future__ import annotations

from collections.abc import Iterable

from seal_service.application.access import authority_in
from seal_service.application.call import HQ_ADMIN, Call
from seal_service.domain.authority import Authority
from seal_service.domain.changes import refuse_own
from seal_service.domain.orgs import Org, OrgKind
from seal_service.domain.people import Assignment, User
from seal_service.domain.posts import Post, above
from seal_service.domain.reasons import Reason, Refusal, not_found


def require_appointer(call: Call, post_ids: Iterable[str], org: Org, *, by: Iterable[str]) -> None:
    """Refuse an appointment to a post that none of these people may give."""
    authorities = _authorities(call, by)
    for post_id in post_ids:
        givers = _givers(call, post_id, org)
        if not any(one.holds_post(givers, org.path) for one in authorities):
            raise Refusal(Reason.MAY_NOT_APPOINT, post=f"posts/{post_id}")


def require_above(call: Call, held: Iterable[Assignment], *, by: Iterable[str]) -> None:
    """Refuse to lay hands on the holder of a post that is not below one of these people's own.

    Whoever may not make a chief may not unmake, shut out, reset or alter one either.
    """
    authorities = _authorities(call, by)
    for one in held:
        if not any(_is_above(call, authority, one) for authority in authorities):
            raise Refusal(Reason.MAY_NOT_APPOINT, post=f"posts/{one.post_id}")


def require_subordinate(call: Call, user: User) -> None:
    """Refuse to act at once on oneself, out of reach, or on whoever is not below the caller."""
    call.require(call.org_named(user.org_id))
    refuse_own([call.caller.user_id], f"users/{user.id}")
    require_above(call, call.work.assignments.of_user(user.id), by=[call.caller.user_id])


def refuse_from_below(call: Call, target: str) -> None:
    """Refuse a second person who holds a post below those of the user whom a change is about."""
    kind, _, user_id = target.partition("/")
    theirs = call.work.assignments.of_user(user_id) if kind == "users" else []
    if not theirs:
        return
    authority = authority_in(call.work, theirs)
    mine = call.work.assignments.of_user(call.caller.user_id)
    below = any(_is_above(call, authority, one) for one in mine)
    # Those who stand above each other, as at headquarters, decide about each other.
    if below and not all(_is_above(call, call.caller.authority, one) for one in theirs):
        raise Refusal(Reason.MAY_NOT_APPOINT, post=f"posts/{theirs[0].post_id}")


def post_named(call: Call, post_id: str) -> Post:
    """Return a post that exists."""
    post = call.work.posts.get(post_id)
    if post is None:
        raise not_found(f"posts/{post_id}")
    return post


def _authorities(call: Call, by: Iterable[str]) -> list[Authority]:
    return [authority_in(call.work, call.work.assignments.of_user(one)) for one in by]


def _is_above(call: Call, authority: Authority, held: Assignment) -> bool:
    org = call.org_named(held.org_id)
    posts = {post.id: post for post in call.work.posts.all()}
    # As with giving: a department is headquarters' alone (A48).
    higher = set() if org.kind is OrgKind.DEPARTMENT else above(held.post_id, posts)
    return authority.holds_post({HQ_ADMIN, *higher}, org.path)


def _givers(call: Call, post_id: str, org: Org) -> tuple[str, ...]:
    """Return the posts that give a post at an organisation.

    Headquarters acts for virtual organisations (A40), and alone for departments (A48).
    """
    if org.kind is OrgKind.DEPARTMENT:
        return (HQ_ADMIN,)
    own = post_named(call, post_id).appointed_by
    return (*own, HQ_ADMIN) if org.kind is OrgKind.VIRTUAL else own
