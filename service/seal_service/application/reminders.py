"""Reminders of quarterly reviews, and the report of how far they are (A51)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from seal_service.application.call import Call, Rules
from seal_service.application.ports import Page, Work
from seal_service.domain import reminders as rules
from seal_service.domain import reviews
from seal_service.domain.orgs import Org
from seal_service.domain.people import bank_date
from seal_service.domain.reminders import Reminder
from seal_service.domain.reviews import Review, ReviewItem

JOB = "remind-of-reviews"


@dataclass(frozen=True, slots=True)
class Summary:
    """How far an organisation's review is; `review` is None where it has not been opened."""

    org: Org
    due_on: date
    review: Review | None
    items: tuple[ReviewItem, ...]
    reminders: int


def remind(work: Work, settings: Rules, day: date) -> int:
    """Write the reminders that are due; settle those whose review or organisation has ended."""
    made = 0
    for quarter in rules.quarters_to_watch(day):
        due_on = reviews.last_day(quarter)
        stage = rules.stage_of(due_on, day)
        completed = work.reviews.completed_orgs(quarter)
        open_orgs = {
            org.id
            for org in work.orgs.staffed()
            if org.id not in completed
            and bank_date(org.created_at, settings.zone, settings.day_starts_h) <= due_on
        }
        work.reminders.settle_others(quarter, open_orgs, day)
        known = work.reminders.at_stage(quarter, stage) if stage else set()
        for org_id in sorted(open_orgs - known) if stage else ():
            work.reminders.add(
                Reminder(f"{quarter}-{org_id}-{stage}", org_id, quarter, str(stage), due_on, day)
            )
            made += 1
    return made


def listed(call: Call, page: Page) -> list[Reminder]:
    """Return the reminders in reach that still wait for a review."""
    call.note("reminders/-")
    return call.work.reminders.waiting(page, reach=call.reach())


def summaries(call: Call, page: Page, *, quarter: str) -> list[Summary]:
    """Return how far the reviews of a quarter are, one organisation in reach a line."""
    quarter = quarter or reviews.quarter_of(call.today)
    call.note("reviews/-", after={"quarter": quarter})
    orgs = call.work.orgs.listed(page, reach=call.reach(), parent="", inactive=False)
    found = []
    for org in orgs:
        review = call.work.reviews.of_org(org.id, quarter)
        found.append(
            Summary(
                org, reviews.last_day(quarter), review,
                tuple(call.work.reviews.items(review.id)) if review else (),
                call.work.reminders.count(org.id, quarter),
            )
        )  # fmt: skip
    return found
