"""What a person may do where: the sum of the posts held. Pure, so that it can explain itself."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from seal_service.domain.orgs import Org
from seal_service.domain.people import Assignment
from seal_service.domain.posts import Post, Role
from seal_service.domain.reasons import TABLE, Reason


@dataclass(frozen=True, slots=True)
class Grant:
    """One assignment with what it grants: permissions over the subtree of `path`."""

    assignment: Assignment
    post: Post
    path: str
    permissions: frozenset[str]

    def covers(self, path: str) -> bool:
        """Tell whether it reaches the organisation at `path`."""
        return self.post.bank_wide or path.startswith(self.path)


@dataclass(frozen=True, slots=True)
class Authority:
    """All that a person's posts grant."""

    grants: tuple[Grant, ...] = ()

    def holds(self, permission: str) -> bool:
        """Tell whether the permission is held anywhere."""
        return any(permission in grant.permissions for grant in self.grants)

    def over(self, permission: str, path: str) -> bool:
        """Tell whether the permission is held over the organisation at `path`."""
        return any(permission in g.permissions and g.covers(path) for g in self.grants)

    def bank_wide(self, permission: str) -> bool:
        """Tell whether the permission is held over the whole bank, by place or by reach."""
        return any(
            permission in g.permissions and (g.post.bank_wide or g.path.count("/") == 2)
            for g in self.grants
        )

    def reach(self, permission: str) -> tuple[str, ...] | None:
        """Return the paths of the subtrees where the permission is held; None for everywhere."""
        if self.bank_wide(permission):
            return None
        return tuple(sorted({g.path for g in self.grants if permission in g.permissions}))

    def holds_post(self, post_ids: Iterable[str], path: str) -> bool:
        """Tell whether one of the posts is held where it reaches the organisation at `path`."""
        wanted = set(post_ids)
        return any(g.post.id in wanted and g.covers(path) for g in self.grants)

    def granting(self, permission: str, path: str) -> list[Assignment]:
        """Return the assignments that grant the permission over the organisation at `path`."""
        return [g.assignment for g in self.grants if permission in g.permissions and g.covers(path)]


def authority_of(
    assignments: Iterable[Assignment],
    *,
    orgs: dict[str, Org],
    posts: dict[str, Post],
    roles: dict[str, Role],
) -> Authority:
    """Put together what assignments grant; one at a closed organisation grants nothing."""
    return Authority(
        tuple(
            Grant(
                assignment=held,
                post=posts[held.post_id],
                path=orgs[held.org_id].path,
                permissions=frozenset(
                    code for role in posts[held.post_id].roles for code in roles[role].permissions
                ),
            )
            for held in assignments
            if orgs[held.org_id].active
        )
    )


def explain(
    authority: Authority, permission: str, org: Org, *, barred: Reason | None, sealed: bool
) -> list[str]:
    """Say step by step why the permission is or is not held over an organisation."""
    steps = []
    if barred is not None:
        steps.append(f"{barred}: {TABLE[barred].english}")
    if sealed:
        steps.append("the user was the super administrator, who is locked for ever")
    if not authority.grants:
        steps.append("the user holds no post")
    for grant in authority.grants:
        name = f"{grant.post.id} at {grant.assignment.org_id}"
        if permission not in grant.permissions:
            steps.append(f"{name}: does not grant {permission}")
        elif not grant.covers(org.path):
            steps.append(f"{name}: grants {permission}, but does not reach {org.id}")
        else:
            steps.append(f"{name}: grants {permission} over {org.id}")
    return steps
