"""When to remind of a quarterly review that is not completed (A51)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from seal_service.domain.reviews import quarter_of

DAYS_BEFORE = (1, 7, 14)
"""Reminders before a review is due; afterwards one every week."""
WEEK = 7


@dataclass(frozen=True, slots=True)
class Reminder:
    """One reminder to those who answer for an organisation's review."""

    id: str
    org_id: str
    quarter: str
    stage: str
    due_on: date
    made_on: date
    settled_on: date | None = None


def stage_of(due_on: date, today: date) -> str | None:
    """Return which reminder is due: ``D-14``, ``D-7``, ``D-1``, ``OVERDUE-1`` (weeks), or none.

    A server that was down on the very day reminds on the next one.
    """
    left = (due_on - today).days
    if left < 0:
        return f"OVERDUE-{(-left - 1) // WEEK + 1}"
    return next((f"D-{days}" for days in DAYS_BEFORE if left <= days), None)


def quarters_to_watch(today: date) -> tuple[str, str]:
    """Return the quarter before this one and this one: what may be overdue, what will be due."""
    year, number = int(quarter_of(today)[:4]), int(quarter_of(today)[5])
    before = f"{year}Q{number - 1}" if number > 1 else f"{year - 1}Q4"
    return before, quarter_of(today)
