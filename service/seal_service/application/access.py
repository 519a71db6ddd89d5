"""Who may do what, and why: for administrators and auditors, and for every call's own check."""

from __future__ import annotations

from seal_service.application.bootstrap import SEALED, SUPER_ADMIN
from seal_service.application.call import Call
from seal_service.application.ports import Work
from seal_service.domain.access_modes import BOUND
from seal_service.domain.authority import Authority, authority_of, explain
from seal_service.domain.people import Assignment
from seal_service.domain.posts import PERMISSIONS
from seal_service.domain.reasons import invalid


def authority_in(work: Work, held: list[Assignment]) -> Authority:
    """Put together what assignments grant, from the records as they are."""
    orgs = work.orgs.many({one.org_id for one in held})
    posts = {post.id: post for post in work.posts.all()} if held else {}
    roles = {role.id: role for role in work.roles.all()} if held else {}
    return authority_of(held, orgs=orgs, posts=posts, roles=roles)


def explain_access(
    call: Call, *, user_id: str, permission: str, org_id: str
) -> tuple[bool, list[str], list[Assignment]]:
    """Say why a user may or may not do something at an organisation."""
    _known(permission)
    user = call.user_named(user_id)
    call.require(call.org_named(user.org_id))
    org = call.org_named(org_id)
    call.note(f"users/{user_id}", after={"permission": permission, "org": org_id})
    authority = authority_in(call.work, call.work.assignments.of_user(user_id))
    is_super = call.work.marks.get(SUPER_ADMIN) == user_id
    sealed = is_super and call.work.marks.get(SEALED) is not None
    steps = explain(authority, permission, org, barred=user.barred, sealed=sealed)
    if permission in BOUND:
        off = ", ".join(switch.id for switch in call.work.modes.all() if not switch.enabled)
        steps.append(f"{permission} is switched off for: {off or 'no way of access'}")
    granting = authority.granting(permission, org.path)
    return bool(granting) and user.barred is None and not sealed, steps, granting


def who_can(call: Call, *, permission: str, org_id: str) -> list[Assignment]:
    """Return the assignments that let someone do something at an organisation."""
    _known(permission)
    org = call.org_named(org_id)
    call.require(org)
    call.note(f"orgs/{org_id}", after={"permission": permission})
    admitted = [held for user, held in call.work.users.with_posts() if user.barred is None]
    authority = authority_in(call.work, [one for held in admitted for one in held])
    return authority.granting(permission, org.path)


def _known(permission: str) -> None:
    if permission not in PERMISSIONS:
        raise invalid("permission", "is not in the catalogue")
