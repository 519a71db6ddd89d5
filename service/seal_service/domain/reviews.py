"""The quarterly review of rights (A51): every assignment of an organisation gets a verdict."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum

from seal_service.domain.people import Assignment
from seal_service.domain.reasons import Reason, Refusal, invalid


class ReviewState(StrEnum):
    """Where a review is in its life."""

    OPEN = "OPEN"
    COMPLETED = "COMPLETED"


class Verdict(StrEnum):
    """What a reviewer says of an assignment."""

    KEEP = "KEEP"
    REVOKE = "REVOKE"


@dataclass(frozen=True, slots=True)
class Review:
    """An organisation's review for a quarter."""

    id: str
    org_id: str
    quarter: str
    state: ReviewState
    due_on: date
    started_by: str
    started_at: datetime
    completed_by: str | None = None
    completed_at: datetime | None = None
    version: int = 1

    def overdue(self, today: date) -> bool:
        """Tell whether it should have been completed by now."""
        return self.state is ReviewState.OPEN and today > self.due_on


@dataclass(frozen=True, slots=True)
class ReviewItem:
    """One assignment in a review."""

    id: str
    review_id: str
    assignment_id: str
    verdict: Verdict | None = None
    attested_by: str | None = None
    attested_at: datetime | None = None
    note: str = ""


def quarter_of(day: date) -> str:
    """Return the quarter of a date, for example ``2026Q4``."""
    return f"{day.year}Q{(day.month + 2) // 3}"


def last_day(quarter: str) -> date:
    """Return the last day of a quarter: when its review is due."""
    found = re.fullmatch(r"(20\d\d)Q([1-4])", quarter)
    if not found:
        raise invalid("quarter", "is not like 2026Q4")
    year, number = int(found[1]), int(found[2])
    first_after = date(year + number // 4, number * 3 % 12 + 1, 1)
    return first_after - timedelta(days=1)


def attested(
    review: Review,
    item: ReviewItem,
    assignment: Assignment,
    *,
    verdict: Verdict,
    person: str,
    note: str,
    at: datetime,
) -> ReviewItem:
    """Return the item with a verdict; nobody gives one on an assignment of one's own."""
    if review.state is not ReviewState.OPEN:
        raise Refusal(Reason.REVIEW_CLOSED)
    if assignment.user_id == person:
        raise Refusal(Reason.SAME_PERSON)
    return replace(item, verdict=verdict, attested_by=person, attested_at=at, note=note)


def completed(review: Review, items: list[ReviewItem], person: str, at: datetime) -> Review:
    """Return the review completed, once every item has its verdict."""
    if review.state is not ReviewState.OPEN:
        raise Refusal(Reason.REVIEW_CLOSED)
    unanswered = sum(item.verdict is None for item in items)
    if unanswered:
        raise Refusal(Reason.REVIEW_INCOMPLETE, open=unanswered)
    return replace(review, state=ReviewState.COMPLETED, completed_by=person, completed_at=at)
