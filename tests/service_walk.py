"""A random walk of many people over the use cases, one transaction a step.

Behind every account stands a person: at first its user, and whoever has reset a password may use it
and stand behind that account from then on. The walk knows who does; the service has to find out.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from service_bank import Bank

from seal_service.access.identity import Identities
from seal_service.application import admission, changes, orgs, people, posts, reviews
from seal_service.application.call import Call, Caller
from seal_service.application.ports import Page
from seal_service.domain import sessions
from seal_service.domain.access_modes import AccessMode
from seal_service.domain.changes import Change
from seal_service.domain.orgs import Org, OrgKind
from seal_service.domain.people import Assignment, User, UserKind, require_admitted
from seal_service.domain.posts import PERMISSIONS, ExclusionRule, Post, Role, RuleKind, RuleReach
from seal_service.domain.reasons import Reason, Refusal
from seal_service.domain.reviews import ReviewState, Verdict, quarter_of

PEOPLE = ["hq1", "hq2", "b1", "b1b", "b2", "c11", "c12", "t11", "r11", "aud"]
"""They keep their posts, so that the walk goes on."""
HEADQUARTERS = {"hq1", "hq2"}
"""Nobody gets into their hands: where one stands behind both, headquarters decides nothing more."""
POSTS = ["sub-branch-teller", "sub-branch-reviewer", "sub-branch-chief", "branch-admin", "auditor",
         "hq-admin"]  # fmt: skip
OWN = [f"w{number}" for number in range(5)]
"""Posts, roles and rules of the walk's own making: of the seeded ones the rest depends."""
OUTLETS = ["2101", "2102", "2201", *(f"23{number:02}" for number in range(40))]
EVERYTHING = Page(limit=1000)


def place_of(held: Assignment) -> tuple[str, str, str, datetime]:
    """Return by what assignments are put in an order that is the same in every run."""
    return held.user_id, held.post_id, held.org_id, held.valid_from


@dataclass
class Walk:
    """Where the walk is."""

    bank: Bank
    random: random.Random
    outcomes: Counter[str] = field(default_factory=Counter)
    behind: dict[str, str] = field(default_factory=dict)
    """Who stands behind an account; its user, where nobody is named."""
    made_by: dict[str, str] = field(default_factory=dict)
    """Who stood behind the account that made a change, when it was made."""

    def step(self) -> None:
        """Have someone do something; a refusal is an outcome, anything else an error."""
        permission, act = self.random.choice(self.acts())
        pipeline = self.bank.server.pipeline
        try:
            with pipeline.database.write() as work:
                self.act(self.call(work, permission), act)
            outcome = act.__name__
        except Refusal as refusal:
            assert refusal.reason is not Reason.INTERNAL
            outcome = str(refusal.reason)
        self.outcomes[outcome] += 1
        if self.random.random() < 0.01:
            self.bank.clock.forward(days=2)

    def acts(self) -> list[tuple[str, Callable[[Call], None]]]:
        """Return what can be done, often what is done often, with its method's permission."""
        return [
            ("user.manage", self.create), ("post.assign", self.assign),
            ("user.transfer", self.transfer), ("post.assign", self.revoke),
            ("user.manage", self.admit), ("user.unlock", self.reset),
            ("org.manage", self.create_org), ("org.manage", self.transfer_org),
            ("org.manage", self.merge_org), ("post.manage", self.change_role),
            ("post.manage", self.change_post), ("rule.manage", self.change_rule),
            ("review.start", self.start_review), ("review.attest", self.attest),
            ("review.attest", self.attest), ("review.attest", self.complete_review),
            *[("change.decide", self.approve)] * 8, ("change.decide", self.reject),
            ("change.read", self.withdraw),
        ]  # fmt: skip

    def call(self, work: Any, permission: str) -> Call:
        """Return the call of somebody who has signed in with a password."""
        pipeline, now = self.bank.server.pipeline, self.bank.clock()
        user, held = self.able(work, permission)
        require_admitted(user)
        if not held.authority.holds(permission):
            raise Refusal(Reason.NO_PERMISSION, permission=permission)
        session = sessions.opened(
            "s", "t", replace(user, password_initial=False), rules=pipeline.tools.rules.sessions,
            peer="walk", mode=AccessMode.DIRECT, at=now,
        )  # fmt: skip
        return Call(
            work=work, caller=replace(held, session=session), tools=pipeline.tools, now=now,
            permission=permission,
        )  # fmt: skip

    def able(self, work: Any, permission: str) -> tuple[User, Caller]:
        """Return one who most often can do it: most calls are refused early otherwise."""
        for _ in range(5):
            walker = self.random.random() < 0.7
            user = work.users.get(self.random.choice(PEOPLE) if walker else self.somebody(work))
            held = Identities().service(work, user)
            if user.barred is None and held.authority.holds(permission):
                break
        return user, held

    def act(self, call: Call, act: Callable[[Call], None]) -> None:
        """Act, and note who has really made the change that may have come of it."""
        before = {one.id for one in self.pending(call)}
        act(call)
        for change in self.pending(call):
            if change.id not in before:
                self.made_by[change.id] = self.who(change.maker)
                self.look_at_target(change, change.maker)

    def create(self, call: Call) -> None:
        people.ask_create(
            call, user_id=f"n{self.random.randrange(60)}", name="x", org_id=self.place(call).id,
            kind_of=UserKind.PERSON, certificate_sha256=None, qualified_folding=False,
            post_ids=self.random.sample([*POSTS, *OWN], self.random.randrange(3)), core_rights=[],
            mobile=None, reason="x",
        )  # fmt: skip

    def assign(self, call: Call) -> None:
        # A walker may gain a post too: nobody may be party to what is about oneself.
        user = call.user_named(self.anybody(call))
        at_home = self.random.random() < 0.7
        people.ask_assign(
            call, user_id=user.id, post_id=self.random.choice([*POSTS, *OWN]),
            org_id=user.org_id if at_home else self.place(call).id, application=None, reason="x",
        )  # fmt: skip

    def transfer(self, call: Call) -> None:
        user = call.user_named(self.somebody(call.work))
        people.ask_transfer(
            call, user_id=user.id, version=user.version, new_org=self.place(call).id,
            post_ids=self.random.sample(POSTS, self.random.randrange(2)), reason="x",
        )  # fmt: skip

    def revoke(self, call: Call) -> None:
        held = call.work.assignments.in_force()
        loose = sorted((one for one in held if one.user_id not in PEOPLE), key=place_of)
        if loose:
            people.revoke(call, self.random.choice(loose).id, reason="x")

    def admit(self, call: Call) -> None:
        user = call.user_named(self.somebody(call.work))
        if user.disabled:
            admission.ask_enable(call, user_id=user.id, version=user.version, reason="x")
        else:
            admission.disable(call, user.id, reason="x")

    def reset(self, call: Call) -> None:
        user_id, person = self.anybody(call), self.who(call.caller.user_id)
        if user_id in HEADQUARTERS:
            return
        admission.reset_password(call, user_id)
        self.behind[user_id] = person if self.random.random() < 0.5 else user_id

    def create_org(self, call: Call) -> None:
        orgs.ask_create(
            call, org_id=self.random.choice(OUTLETS), name="x", kind_of=OrgKind.REAL,
            parent=self.random.choice(["2100", "2200"]), reason="x",
        )  # fmt: skip

    def transfer_org(self, call: Call) -> None:
        org = self.outlet(call)
        orgs.ask_transfer(
            call, org_id=org.id, version=org.version, reason="x",
            new_parent=self.random.choice(["2100", "2200"]),
        )  # fmt: skip

    def merge_org(self, call: Call) -> None:
        org, into = self.outlet(call), self.outlet(call)
        orgs.ask_merge(call, org_id=org.id, version=org.version, into=into.id, reason="x")

    def change_role(self, call: Call) -> None:
        permissions = self.random.sample(sorted(PERMISSIONS), self.random.randrange(1, 12))
        self.change_record(call, Role(self.random.choice(OWN), "岗", "x", tuple(permissions)))

    def change_post(self, call: Call) -> None:
        key = self.random.choice(OWN)
        levels = tuple(sorted(self.random.sample([1, 2, 3], self.random.randrange(1, 4))))
        givers = tuple(self.random.sample(POSTS, self.random.randrange(1, 4)))
        wide = self.random.random() < 0.2
        self.change_record(
            call, Post(key, "岗", "x", levels, False, wide, (self.random.choice(OWN),), givers)
        )

    def change_rule(self, call: Call) -> None:
        key, reach = self.random.choice(OWN), self.random.choice(list(RuleReach))
        kind = self.random.choice(list(RuleKind))
        things = sorted(changes.acts()) if kind is RuleKind.DYNAMIC else [*POSTS, *OWN]
        first, second = self.random.sample(things, 2)
        self.change_record(call, ExclusionRule(key, kind, first, second, reach))

    def change_record(self, call: Call, record: Role | Post | ExclusionRule) -> None:
        """Ask for a record, or for another in its place, or to delete it."""
        kind: Any = type(record)
        stored = posts.store_of(call, kind).get(record.id)
        if stored is None:
            posts.ask_create(call, record, reason="x")
        elif self.random.random() < 0.5:
            posts.ask_delete(call, kind, record.id, version=stored.version, reason="x")
        else:
            fields = {name: getattr(record, name) for name in record.__slots__}
            del fields["version"]
            posts.ask_update(
                call, kind, record.id, version=stored.version, fields=fields, reason="x"
            )

    def start_review(self, call: Call) -> None:
        reviews.start(call, org_id=self.place(call).id, quarter=quarter_of(call.today))

    def attest(self, call: Call) -> None:
        review = self.review(call)
        items = call.work.reviews.items(review) if review else []
        about = [call.work.assignments.get(item.assignment_id) for item in items]
        if not about:
            return
        held = self.random.choice(sorted((one for one in about if one), key=place_of))
        staying = held.user_id in PEOPLE or self.random.random() < 0.7
        reviews.attest(
            call, review_id=str(review), assignment_id=held.id, note="",
            verdict=Verdict.KEEP if staying else Verdict.REVOKE,
        )  # fmt: skip
        assert self.who(call.caller.user_id) != held.user_id, "attested oneself"

    def complete_review(self, call: Call) -> None:
        key = self.review(call)
        review = call.work.reviews.get(key) if key else None
        if review:
            reviews.complete(call, review_id=review.id, version=review.version)

    def approve(self, call: Call) -> None:
        change = self.waiting(call)
        if change:
            changes.approve(call, change.id, version=change.version, reason="")
            self.look_at_both(change, call)

    def reject(self, call: Call) -> None:
        change = self.waiting(call)
        if change:
            changes.reject(call, change.id, version=change.version, reason="x")
            self.look_at_both(change, call)

    def withdraw(self, call: Call) -> None:
        change = self.waiting(call)
        if change:
            changes.withdraw(call, change.id, version=change.version)

    def look_at_both(self, change: Change, call: Call) -> None:
        """Find one person on both sides, unless two accounts were taken over for it."""
        if call.kept_refusal is not None:
            return
        maker, checker = change.maker, call.caller.user_id
        person = self.made_by[change.id]
        alone = person == self.who(checker) and person in {maker, checker}
        assert not alone, f"{person} has made and decided {change.kind} as {maker} and {checker}"
        self.look_at_target(change, checker)

    def look_at_target(self, change: Change, account: str) -> None:
        """Find one who asks for, or decides, what is about that very person."""
        person = self.who(account)
        assert change.target != f"users/{person}", f"{person} as {account}: {change.kind}"

    def who(self, account: str) -> str:
        """Return the person behind an account."""
        return self.behind.get(account, account)

    def anybody(self, call: Call) -> str:
        """Return a user, one of those who keep their posts now and then."""
        walker = self.random.random() < 0.3
        return self.random.choice(PEOPLE) if walker else self.somebody(call.work)

    def somebody(self, work: Any) -> str:
        """Return a user who may lose every post."""
        users = work.users.listed(EVERYTHING, reach=None, org="")
        return self.random.choice([u.id for u in users if u.id not in {*PEOPLE, "root"}])

    def place(self, call: Call) -> Org:
        """Return an organisation, active or not; more often one in the caller's reach."""
        found = call.work.orgs.all()
        return self.random.choice([org for org in found if self.near(call, org)] or found)

    def near(self, call: Call, org: Org) -> bool:
        """Tell whether to choose from here: three times in four only where the caller reaches."""
        in_reach = org.active and call.caller.authority.over(call.permission, org.path)
        return in_reach or self.random.random() < 0.25

    def outlet(self, call: Call) -> Org:
        """Return an outlet, active or not."""
        return self.random.choice([org for org in call.work.orgs.all() if org.level == 3])

    def review(self, call: Call) -> str | None:
        """Return an open review of this quarter."""
        found = call.work.reviews.of_quarter(quarter_of(call.today), EVERYTHING, reach=None)
        waiting = {one.org_id: one.id for one in found if one.state is ReviewState.OPEN}
        return waiting[self.random.choice(sorted(waiting))] if waiting else None

    def waiting(self, call: Call) -> Change | None:
        """Return a change that waits."""
        found = self.pending(call)
        near = [one for one in found if self.near(call, call.org_named(one.org_id))]
        return self.random.choice(near or found) if found else None

    def pending(self, call: Call) -> list[Change]:
        """Return all changes that wait, in an order that is the same in every run."""
        found = call.work.changes.pending(EVERYTHING, reach=None, maker="", kind="", target="")
        return sorted(found, key=lambda change: change.target)
