"""A random walk of many people never lets one person act twice where two are needed."""

from __future__ import annotations

import os
import random
from collections import Counter

import pytest
from service_bank import Bank, Template, running
from service_walk import Walk
from sqlalchemy import event

from seal_service.domain.changes import Change, ChangeState
from seal_service.domain.people import Assignment
from seal_service.domain.posts import conflicts

STEPS = int(os.environ.get("SEALMATCH_WALK_STEPS", "1500"))
"""`make walk` takes 10,000."""
FIRST = int(os.environ.get("SEALMATCH_WALK_SEED", "4"))
RUNS = int(os.environ.get("SEALMATCH_WALK_RUNS", "1"))
"""Walks with seeds of their own: the first one's, and those after it."""


def check(bank: Bank) -> list[Change]:
    """Look at the whole database: every rule must hold of what is there."""
    with bank.server.pipeline.database.read() as work:
        decided = [
            Change(**dict(row._mapping))
            for row in work.changes.connection.execute(work.changes.table.select())  # type: ignore[attr-defined]
        ]
        for change in decided:
            if change.state in {ChangeState.APPROVED, ChangeState.REJECTED}:
                assert change.checker
                assert change.checker != change.maker
                assert change.target not in {f"users/{change.checker}", f"users/{change.maker}"}
            else:
                assert change.checker is None
        approved = {change.id: change for change in decided if change.state is ChangeState.APPROVED}
        rules = work.rules.all()
        posts = {post.id for post in work.posts.all()}
        active = {org.id for org in work.orgs.all() if org.active}
        by_user: dict[str, list[Assignment]] = {}
        for held in work.assignments.in_force():
            # Nobody but the first two administrators holds a post without a second person.
            assert held.user_id in {"hq1", "hq2"} or held.change_id in approved
            # What belonged to an outlet that was merged belongs to the one that goes on.
            assert held.org_id in active
            assert held.post_id in posts
            by_user.setdefault(held.user_id, []).append(held)
        for held_by_one in by_user.values():
            assert not list(conflicts(held_by_one, rules))
        assert {user.org_id for user in work.users.all()} <= active
        assert len(work.assignments.of_post("hq-admin")) >= 2
        for review in work.reviews.all():
            for item in work.reviews.items(review.id):
                about = work.assignments.get(item.assignment_id)
                assert about is not None
                assert item.attested_by != about.user_id
        waiting = [change for change in decided if change.state is ChangeState.PENDING]
        assert len(waiting) == len({change.target for change in waiting})
        lost = [change for change in waiting if change.org_id not in active]
        assert not lost
    return decided


@pytest.mark.timeout(7200)
@pytest.mark.parametrize("seed", range(FIRST, FIRST + RUNS))
def test_a_random_walk_keeps_every_rule(
    founded_sqlite: Template, tmp_path_factory: pytest.TempPathFactory, seed: int
) -> None:
    folder, url = founded_sqlite.copy(tmp_path_factory.mktemp("walk") / "data")
    with running(folder, url) as bank:
        # The walk is about the rules: fsync only makes it slow.
        transactions = bank.server.pipeline.database.connections.transactions  # type: ignore[attr-defined]
        bank.server._appender.stop()
        transactions.close()
        event.listen(
            transactions.engine, "checkout", lambda c, *_: c.execute("pragma synchronous=off")
        )
        walk = Walk(bank, random.Random(seed))  # noqa: S311
        for number in range(STEPS):
            walk.step()
            if number % 500 == 0:
                check(bank)
        decided = check(bank)
    print(f"seed {seed}: {dict(walk.outcomes.most_common())}")
    approved = Counter(one.kind for one in decided if one.state is ChangeState.APPROVED)
    print(f"approved: {dict(approved.most_common())}")
    # A walk that is refused everything would prove nothing.
    assert approved.total() > STEPS // 150
    assert walk.outcomes["SAME_PERSON"] > STEPS // 200
    for act in ("reset", "attest", "admit"):
        assert walk.outcomes[act] > STEPS // 500, act
    assert walk.outcomes["complete_review"]
    expected = {"org.create", "user.create"}
    if STEPS >= 10_000:
        assert walk.outcomes["EXCLUSIVE_POST"]
        expected |= {
            "org.transfer", "org.merge", "user.transfer", "post.assign", "posts.create",
            "posts.delete", "roles.create", "roles.update", "exclusionRules.create",
            "exclusionRules.update", "exclusionRules.delete",
        }  # fmt: skip
    assert set(approved) >= expected
