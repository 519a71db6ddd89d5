"""The quarterly review of rights (A51)."""

from __future__ import annotations

from dataclasses import dataclass

from seal_service.application.appointing import require_above
from seal_service.application.call import Call
from seal_service.application.changes import require_seen
from seal_service.application.core_rights import beyond_core_rights
from seal_service.application.four_eyes import behind_caller
from seal_service.application.people import end_assignment
from seal_service.application.ports import Page
from seal_service.domain import reviews as rules
from seal_service.domain.changes import refuse_own
from seal_service.domain.orgs import require_active
from seal_service.domain.people import Assignment
from seal_service.domain.reasons import Reason, Refusal, invalid, not_found
from seal_service.domain.reminders import quarters_to_watch
from seal_service.domain.reviews import Review, ReviewItem, ReviewState, Verdict


@dataclass(frozen=True, slots=True)
class ItemView:
    """An item with the assignment that it is about, and what a reviewer should know of it."""

    item: ReviewItem
    assignment: Assignment
    beyond_core_rights: tuple[str, ...]


def start(call: Call, *, org_id: str, quarter: str) -> tuple[Review, list[ItemView]]:
    """Open an organisation's review: every assignment there must get a verdict.

    Of this quarter or the one before: one that was answered ahead would say nothing of its time.
    """
    org = call.org_named(org_id)
    call.require(org)
    call.note(f"orgs/{org_id}", after={"quarter": quarter})
    require_active(org)
    if quarter not in quarters_to_watch(call.today):
        raise invalid("quarter", "is neither this one nor the one before")
    existing = call.work.reviews.of_org(org_id, quarter)
    if existing is not None:
        raise Refusal(Reason.ALREADY_EXISTS, resource=f"reviews/{existing.id}")
    review = Review(
        id=call.new_id(), org_id=org_id, quarter=quarter, state=ReviewState.OPEN,
        due_on=rules.last_day(quarter), started_by=call.caller.user_id, started_at=call.now,
    )  # fmt: skip
    call.work.reviews.add(review)
    call.work.reviews.add_items(
        ReviewItem(call.new_id(), review.id, held.id)
        for held in call.work.assignments.at_org(org_id)
    )
    return review, _items(call, review)


def shown(call: Call, review_id: str) -> tuple[Review, list[ItemView]]:
    """Return a review with its items."""
    review = _named(call, review_id)
    return review, _items(call, review)


def listed(call: Call, page: Page, *, quarter: str) -> tuple[list[Review], list[str]]:
    """Return the reviews of a quarter in reach, and the organisations that have none yet."""
    quarter = quarter or rules.quarter_of(call.today)
    reach = call.reach()
    call.note("reviews/-", after={"quarter": quarter})
    found = call.work.reviews.of_quarter(quarter, page, reach=reach)
    if page.after:
        return found, []
    everything = call.work.reviews.of_quarter(quarter, Page(limit=100_000), reach=reach)
    opened = {review.org_id for review in everything}
    orgs = call.work.orgs.listed(Page(limit=100_000), reach=reach, parent="", inactive=False)
    return found, [f"orgs/{org.id}" for org in orgs if org.id not in opened]


def attest(
    call: Call, *, review_id: str, assignment_id: str, verdict: Verdict, note: str
) -> ItemView:
    """Say of one assignment whether it is still right."""
    review = _named(call, review_id)
    view = next((v for v in _items(call, review) if v.item.assignment_id == assignment_id), None)
    if view is None:
        raise not_found(f"assignments/{assignment_id}")
    refuse_own(behind_caller(call), f"users/{view.assignment.user_id}")
    require_above(call, [view.assignment], by=[call.caller.user_id])
    item = rules.attested(
        review, view.item, view.assignment, verdict=verdict, person=call.caller.user_id,
        note=note, at=call.now,
    )  # fmt: skip
    call.work.reviews.save_item(item)
    call.note(f"users/{view.assignment.user_id}",
              after={"review": review.id, "post": view.assignment.post_id,
                     "verdict": str(verdict)})  # fmt: skip
    return ItemView(item, view.assignment, view.beyond_core_rights)


def complete(call: Call, *, review_id: str, version: int) -> tuple[Review, list[ItemView]]:
    """End a review; assignments that were found wrong end with it (A50).

    Posts that were given after its start are asked about as well, before it can end.
    """
    review = _named(call, review_id)
    require_seen(review.version, version)
    if review.state is ReviewState.OPEN and _ask_late(call, review):
        views = _items(call, review)
        unanswered = sum(view.item.verdict is None for view in views)
        call.refuse_but_keep(Refusal(Reason.REVIEW_INCOMPLETE, open=unanswered))
        return review, views
    views = _items(call, review)
    done = rules.completed(review, [v.item for v in views], call.caller.user_id, call.now)
    revoked = []
    for view in views:
        if view.item.verdict is Verdict.REVOKE and view.assignment.valid_to is None:
            end_assignment(call, view.assignment, why="found wrong in the review")
            revoked.append(view.assignment.id)
    call.note(f"reviews/{review_id}", after={"revoked": revoked})
    call.work.reminders.settle(review.org_id, review.quarter, call.today)
    return call.work.reviews.save(done), _items(call, review)


def _ask_late(call: Call, review: Review) -> bool:
    """Add the assignments that the review does not ask about yet; tell whether there were any."""
    asked = {item.assignment_id for item in call.work.reviews.items(review.id)}
    late = [held for held in call.work.assignments.at_org(review.org_id) if held.id not in asked]
    call.work.reviews.add_items(ReviewItem(call.new_id(), review.id, held.id) for held in late)
    return bool(late)


def _named(call: Call, review_id: str) -> Review:
    review = call.work.reviews.get(review_id)
    if review is None:
        raise not_found(f"reviews/{review_id}")
    call.note(f"reviews/{review_id}")
    call.require(call.org_named(review.org_id))
    return review


def _items(call: Call, review: Review) -> list[ItemView]:
    views = []
    for item in call.work.reviews.items(review.id):
        held = call.work.assignments.get(item.assignment_id)
        if held is None:
            continue
        post = call.work.posts.get(held.post_id)
        user = call.user_named(held.user_id)
        beyond = beyond_core_rights(call.work, user, post) if post else ()
        views.append(ItemView(item, held, beyond))
    return views
