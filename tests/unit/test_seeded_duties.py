"""Who a new bank lets build, review, verify and look after devices: the seeded posts' rights.

What a running bank makes of them is shown in `tests/service/test_duties.py`.
"""

from __future__ import annotations

from itertools import combinations

import pytest

from seal_service.domain import seed
from seal_service.domain.posts import RuleKind

ROLES = {role.id: set(role.permissions) for role in seed.ROLES}
POSTS = {post.id: set().union(*(ROLES[role] for role in post.roles)) for post in seed.POSTS}
LEVELS = {post.id: set(post.org_levels) for post in seed.POSTS}
APART = {
    frozenset((rule.first, rule.second)) for rule in seed.RULES if rule.kind is RuleKind.STATIC
}


def holders(permission: str) -> set[str]:
    """Return the posts that grant a permission."""
    return {post for post, granted in POSTS.items() if permission in granted}


def test_seeded_outlets_build_and_verify_and_nobody_else_builds() -> None:
    assert holders("card.draft") == {"sub-branch-teller"}
    assert {"card.draft", "card.submit", "verify.single"} <= POSTS["sub-branch-teller"]
    assert 3 in LEVELS["sub-branch-teller"]
    for permission in ("card.draft", "card.review"):
        assert all(1 not in LEVELS[post] for post in holders(permission)), "headquarters builds"


@pytest.mark.parametrize("permission", ["card.draft", "card.submit", "account.sync"])
def test_seeded_tellers_enter_account_and_seal_data(permission: str) -> None:
    assert holders(permission) == {"sub-branch-teller"}


def test_seeded_enterers_never_review() -> None:
    assert holders("card.review") == {"sub-branch-reviewer"}
    for maker in holders("card.draft"):
        for checker in holders("card.review"):
            assert maker != checker
            assert frozenset((maker, checker)) in APART
    acts = {
        frozenset((rule.first, rule.second)) for rule in seed.RULES if rule.kind is RuleKind.DYNAMIC
    }
    # Where a bank makes other posts: the same card by the same person is refused all the same.
    assert frozenset(("card.draft", "card.review")) in acts


def test_a06_devices_are_in_the_hands_of_operations_and_branches_only() -> None:
    assert holders("device.manage") == {"operator", "branch-admin"}
    # The technical side asks, and never agrees.
    assert holders("device.check") == {"hq-admin", "branch-admin"}
    business = {
        code for code in set().union(*POSTS.values()) if code.startswith(("card.", "verify."))
    }
    assert not business & POSTS["operator"]
    for post in holders("card.draft") | holders("verify.single") - {"core-interface"}:
        assert "device.manage" not in POSTS[post], "a teller sets the scanner up"


def test_a05_no_posts_that_may_be_held_together_speak_for_both_sides_of_maintenance() -> None:
    assert holders("maintenance.propose") == {"operator"}
    for agreeing in holders("maintenance.agree"):
        assert frozenset((agreeing, "operator")) in APART


def test_no_two_seeded_posts_that_may_be_held_together_both_build_and_review() -> None:
    for first, second in combinations(POSTS, 2):
        together = POSTS[first] | POSTS[second]
        if {"card.draft", "card.review"} <= together:
            assert frozenset((first, second)) in APART, (first, second)
