"""A random walk of many people never lets one person act twice where two are needed."""

from __future__ import annotations

import os
import random
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest
from service_bank import Bank, Template, running

from seal_service.access.identity import Identities
from seal_service.application import admission, changes, orgs, people
from seal_service.application.call import Call, Caller
from seal_service.application.ports import Page
from seal_service.domain.changes import Change, ChangeState
from seal_service.domain.people import UserKind
from seal_service.domain.posts import conflicts
from seal_service.domain.reasons import Reason, Refusal

STEPS = int(os.environ.get("SEALMATCH_WALK_STEPS", "1500"))
"""``SEALMATCH_WALK_STEPS=10000`` is the long form."""
PEOPLE = ["hq1", "hq2", "b1", "b1b", "b2", "c11", "c12", "t11", "r11", "aud"]
ORGS = ["1000", "2100", "2101", "2102", "2200", "2201"]
POSTS = ["sub-branch-teller", "sub-branch-reviewer", "sub-branch-chief", "branch-admin", "auditor"]


@dataclass
class Walk:
    """A walk over the use cases themselves, one transaction a step."""

    bank: Bank
    random: random.Random
    outcomes: dict[str, int] = field(default_factory=dict)

    def step(self) -> None:
        """Have someone do something; a refusal is an outcome, anything else an error."""
        person = self.random.choice(PEOPLE)
        act = self.random.choice([self.create, self.assign, self.transfer, self.revoke,
                                  self.admit, self.org, self.decide, self.decide, self.decide,
                                  self.reject, self.withdraw])  # fmt: skip
        pipeline = self.bank.server.pipeline
        try:
            with pipeline.database.write() as work:
                user = work.users.get(person)
                assert user is not None
                caller = Identities().service(work, user)
                call = Call(
                    work=work, caller=caller, tools=pipeline.tools, now=self.bank.clock(),
                    permission="change.read",
                )  # fmt: skip
                self.allowed(act, call, caller)
                outcome = act.__name__
        except Refusal as refusal:
            assert refusal.reason is not Reason.INTERNAL
            outcome = str(refusal.reason)
        self.outcomes[outcome] = self.outcomes.get(outcome, 0) + 1
        if self.random.random() < 0.01:
            self.bank.clock.forward(days=2)

    def allowed(self, act: Callable[[Call], None], call: Call, caller: Caller) -> None:
        """Ask for the permission that the method would ask for, then act."""
        wanted = {
            "create": "user.manage", "assign": "post.assign", "transfer": "user.transfer",
            "revoke": "post.assign", "admit": "user.manage", "org": "org.manage",
            "decide": "change.decide", "reject": "change.decide", "withdraw": "change.read",
        }[act.__name__]  # fmt: skip
        if not caller.authority.holds(wanted):
            raise Refusal(Reason.NO_PERMISSION, permission=wanted)
        call.permission = wanted
        act(call)

    def create(self, call: Call) -> None:
        people.ask_create(
            call, user_id=f"n{self.random.randrange(60)}", name="x",
            org_id=self.random.choice(ORGS), kind_of=UserKind.PERSON,
            post_ids=self.random.sample(POSTS, self.random.randrange(3)), certificate_sha256=None,
            qualified_folding=False, core_rights=[], mobile=None, reason="x",
        )  # fmt: skip

    def assign(self, call: Call) -> None:
        # A walker may gain a post too: nobody may be party to what is about oneself.
        user_id = self.somebody(call)
        if self.random.random() < 0.3:
            user_id = self.random.choice(PEOPLE)
        people.ask_assign(
            call, user_id=user_id, post_id=self.random.choice(POSTS),
            org_id=self.random.choice(ORGS), application=None, reason="x",
        )  # fmt: skip

    def transfer(self, call: Call) -> None:
        user = call.work.users.get(self.somebody(call))
        assert user is not None
        people.ask_transfer(
            call, user_id=user.id, version=user.version, new_org=self.random.choice(ORGS),
            post_ids=self.random.sample(POSTS, self.random.randrange(2)), reason="x",
        )  # fmt: skip

    def revoke(self, call: Call) -> None:
        held = call.work.assignments.in_force()
        # The walkers keep their posts, so that the walk goes on.
        loose = [one for one in held if one.user_id not in PEOPLE]
        if loose:
            people.revoke(call, self.random.choice(loose).id, reason="x")

    def admit(self, call: Call) -> None:
        user = call.work.users.get(self.somebody(call))
        assert user is not None
        if user.disabled:
            admission.ask_enable(call, user_id=user.id, version=user.version, reason="x")
        else:
            admission.disable(call, user.id, reason="x")

    def org(self, call: Call) -> None:
        code = self.random.choice(["2101", "2201", "2102"])
        version = call.org_named(code).version
        orgs.ask_transfer(
            call, org_id=code, version=version, new_parent=self.random.choice(["2100", "2200"]),
            reason="x",
        )  # fmt: skip

    def decide(self, call: Call) -> None:
        change = self.waiting(call)
        if change:
            changes.approve(call, change.id, version=change.version, reason="")

    def reject(self, call: Call) -> None:
        change = self.waiting(call)
        if change:
            changes.reject(call, change.id, version=change.version, reason="x")

    def withdraw(self, call: Call) -> None:
        change = self.waiting(call)
        if change:
            changes.withdraw(call, change.id, version=change.version)

    def somebody(self, call: Call) -> str:
        users = call.work.users.listed(Page(limit=100), reach=None, org="")
        return self.random.choice([u.id for u in users if u.id not in {*PEOPLE, "root"}] or ["t12"])

    def waiting(self, call: Call) -> Change | None:
        found = call.work.changes.pending(Page(limit=100), reach=None, maker="", kind="", target="")
        return self.random.choice(found) if found else None


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
        by_user: dict[str, list[object]] = {}
        for held in work.assignments.in_force():
            # Nobody but the first two administrators holds a post without a second person.
            assert held.user_id in {"hq1", "hq2"} or held.change_id in approved
            by_user.setdefault(held.user_id, []).append(held)
        for held_by_one in by_user.values():
            assert not list(conflicts(held_by_one, rules))  # type: ignore[arg-type]
        targets = [change.target for change in decided if change.state is ChangeState.PENDING]
        assert len(targets) == len(set(targets))
    return decided


@pytest.mark.timeout(1800)
def test_a_random_walk_keeps_every_rule(
    founded_sqlite: Template, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder, url = founded_sqlite.copy(tmp_path_factory.mktemp("walk") / "data")
    with running(folder, url) as bank:
        # The walk is about the rules: fsync only makes it slow.
        from sqlalchemy import event

        transactions = bank.server.pipeline.database.connections.transactions  # type: ignore[attr-defined]
        bank.server._appender.stop()
        transactions.close()
        event.listen(
            transactions.engine, "checkout", lambda c, *_: c.execute("pragma synchronous=off")
        )
        walk = Walk(bank, random.Random(4))  # noqa: S311
        for number in range(STEPS):
            walk.step()
            if number % 500 == 0:
                check(bank)
        decided = check(bank)
    approved = sum(change.state is ChangeState.APPROVED for change in decided)
    # A walk that is refused everything would prove nothing.
    assert approved > STEPS // 70, walk.outcomes
    assert walk.outcomes["SAME_PERSON"] > STEPS // 200
    assert walk.outcomes["EXCLUSIVE_POST"] > STEPS // 2000
    assert walk.outcomes["admit"] > STEPS // 500
