"""Rights here against rights in the core system (A49): the feed, the check, the nightly report."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from seal_service.application.call import Call, Rules
from seal_service.application.ports import NightlyRun, Page, Work
from seal_service.domain import core_rights as rules
from seal_service.domain.core_rights import CoreTeller, Finding
from seal_service.domain.orgs import survivor_id
from seal_service.domain.people import User
from seal_service.domain.posts import Post

JOB = "compare-rights"


def record(call: Call, tellers: Iterable[CoreTeller]) -> int:
    """Take over what the core system says of its tellers; return of how many."""
    call.require_bank()
    given = list(tellers)
    call.work.core.take(given)
    call.note("coreTellers/-", after={"tellers": [teller.id for teller in given]})
    return len(given)


def beyond_core_rights(work: Work, user: User, post: Post) -> tuple[str, ...]:
    """Return the post's permissions that the core system does not grant the user."""
    rights = rules.rights_in_core(user, work.core.get(user.id), fed=work.core.fed())
    return () if rights is None else rules.beyond(granted(work, post), rights)


def compare(work: Work, _rules: Rules, day: date) -> int:
    """Compare everyone who holds a post with the core system; return how much differs.

    The report of the day takes the place of an earlier one; what differed in the last report
    already keeps the day on which it began.
    """
    # All at once: one question a user would hold the database's only writer for minutes.
    posts = {post.id: (post.id, granted(work, post)) for post in work.posts.all()}
    tellers = {teller.id: teller for teller in work.core.all()}
    merged_into = {org.id: org.merged_into for org in work.orgs.all()}
    began = {finding.matter: finding.since for finding in work.findings.latest_before(day)}
    found = []
    for user, assignments in work.users.with_posts():
        teller = tellers.get(user.id)
        held = sorted({one.post_id for one in assignments})  # at however many organisations
        for kind, post_id, permissions in rules.differences(
            user, [posts[post_id] for post_id in held], teller,
            teller_org=survivor_id(teller.org_id, merged_into.get) if teller else "",
            fed=bool(tellers),
        ):  # fmt: skip
            finding = Finding(
                id=f"{day:%Y%m%d}-{user.id}-{kind}-{post_id}", day=day, user_id=user.id,
                org_id=user.org_id, kind=kind, post_id=post_id, permissions=permissions, since=day,
            )  # fmt: skip
            found.append(finding)
    work.findings.report(day, [rules.lasting(finding, began) for finding in found])
    return len(found)


def report(call: Call, page: Page, *, day: date | None) -> tuple[NightlyRun | None, list[Finding]]:
    """Return a night's run (by default the last one) and its findings in reach."""
    reach = call.reach()
    run = call.work.nightly.run(JOB, day)
    call.note("rightsFindings/-", after={"day": run.day.isoformat() if run else None})
    if run is None:
        return None, []
    return run, call.work.findings.of_day(run.day, page, reach=reach)


def granted(work: Work, post: Post) -> frozenset[str]:
    """Return the permissions of a post."""
    roles = [work.roles.get(role_id) for role_id in post.roles]
    return frozenset(code for role in roles if role for code in role.permissions)
