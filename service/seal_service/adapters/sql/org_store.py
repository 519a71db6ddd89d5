"""Organisations, how they were, and what goes along when two of them merge."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Table, delete, func, insert, or_, select, update

from seal_service.adapters.sql import tables
from seal_service.adapters.sql.stores import TableStore, values_of, within
from seal_service.application.ports import Page
from seal_service.domain.changes import ChangeState
from seal_service.domain.orgs import Org, OrgState
from seal_service.domain.reviews import ReviewState


class SqlOrgs(TableStore[Org]):
    """Organisations."""

    record = Org
    table = tables.org

    def listed(
        self, page: Page, *, reach: tuple[str, ...] | None, parent: str, inactive: bool
    ) -> list[Org]:
        """Return organisations in reach (None: all) that match."""
        query = select(self.table).where(*within(self.table.c.path, reach))
        if parent:
            query = query.where(self.table.c.parent_id == parent)
        if not inactive:
            query = query.where(self.table.c.state == OrgState.ACTIVE)
        return self.many_of(self.paged(query, page))

    def below(self, path: str) -> list[Org]:
        """Return the organisations of a subtree without its top, from the top down."""
        column = self.table.c.path
        query = select(self.table).where(column.like(f"{path}%"), column != path)
        return self.many_of(query.order_by(column))

    def remember(self, org: Org, *, change_id: str | None, at: datetime) -> None:
        """Write how the organisation is from `at` on."""
        history = tables.org_version
        self.connection.execute(
            update(history)
            .where(history.c.id == org.id, history.c.valid_to.is_(None))
            .values(valid_to=at)
        )
        values = values_of(org) | {"valid_from": at, "valid_to": None, "change_id": change_id}
        self.connection.execute(insert(history).values(values))

    def as_of(self, at: datetime, page: Page, *, reach: tuple[str, ...] | None) -> list[Org]:
        """Return organisations in reach as they were at an instant."""
        history = tables.org_version
        query = (
            select(history)
            .where(
                history.c.valid_from <= at,
                or_(history.c.valid_to.is_(None), history.c.valid_to > at),
                history.c.id > page.after,
                *within(history.c.path, reach),
            )
            .order_by(history.c.id)
            .limit(page.limit)
        )
        return self.many_of(query)

    def many(self, keys: Iterable[str]) -> dict[str, Org]:
        """Return several organisations by id."""
        query = select(self.table).where(self.table.c.id.in_(sorted(set(keys))))
        return {org.id: org for org in self.many_of(query)}

    def staffed(self) -> list[Org]:
        """Return the organisations that do business and where someone holds a post."""
        held = tables.assignment
        busy = select(held.c.org_id).where(held.c.valid_to.is_(None))
        query = select(self.table).where(
            self.table.c.state == OrgState.ACTIVE, self.table.c.id.in_(busy)
        )
        return self.many_of(query.order_by(self.table.c.id))


class ColumnFollower:
    """Records of a table that name their organisation in a column."""

    def __init__(
        self,
        connection: Connection,
        name: str,
        table: Table,
        *where: ColumnElement[bool],
        versioned: bool = False,
    ) -> None:
        self.connection = connection
        self.name = name
        self.table = table
        self.where = where
        self.versioned = versioned

    def count(self, org_id: str) -> int:
        """Return how many there are."""
        query = select(func.count()).select_from(self.table)
        query = query.where(self.table.c.org_id == org_id, *self.where)
        return int(self.connection.execute(query).scalar_one())

    def move(self, org_id: str, into: str, at: datetime) -> None:  # noqa: ARG002
        """Make them the other organisation's."""
        change: dict[str, Any] = {"org_id": into}
        if self.versioned:
            change["version"] = self.table.c.version + 1
        self.connection.execute(
            update(self.table).where(self.table.c.org_id == org_id, *self.where).values(change)
        )


class AssignmentFollower(ColumnFollower):
    """Posts held: where the user holds the same post at both outlets, one assignment ends."""

    def move(self, org_id: str, into: str, at: datetime) -> None:
        """Make them the other organisation's."""
        held = tables.assignment
        twin = held.alias()
        double = (
            select(twin.c.id)
            .where(
                twin.c.user_id == held.c.user_id,
                twin.c.post_id == held.c.post_id,
                twin.c.org_id == into,
                twin.c.valid_to.is_(None),
            )
            .exists()
        )
        self.connection.execute(
            update(held).where(held.c.org_id == org_id, *self.where, double).values(valid_to=at)
        )
        super().move(org_id, into, at)


# Every transaction has them at hand: the conditions are built once.
_HELD = tables.assignment.c.valid_to.is_(None)
_PENDING = tables.pending_change.c.state == ChangeState.PENDING
_OPEN = tables.review.c.state == ReviewState.OPEN
_AT_WORK = tables.device.c.retired_at.is_(None)


class ReviewFollower(ColumnFollower):
    """Open reviews of rights: what they have not answered yet is asked in the other's review."""

    def move(self, org_id: str, into: str, at: datetime) -> None:
        """Make them the other organisation's; one that its review is completed for ends here."""
        review, item = tables.review, tables.review_item
        known = dict(
            self.connection.execute(
                select(review.c.quarter, review.c.id).where(review.c.org_id == into)
            ).all()
        )
        mine = select(review.c.quarter, review.c.id)
        mine = mine.where(review.c.org_id == org_id, *self.where)
        for quarter, ended in self.connection.execute(mine).all():
            if quarter not in known:
                continue
            asked = select(item.c.assignment_id).where(item.c.review_id == known[quarter])
            state = select(review.c.state).where(review.c.id == known[quarter])
            if self.connection.execute(state).scalar() == ReviewState.OPEN:
                self.connection.execute(
                    update(item)
                    .where(item.c.review_id == ended, item.c.assignment_id.not_in(asked))
                    .values(review_id=known[quarter])
                )
            self.connection.execute(delete(item).where(item.c.review_id == ended))
            self.connection.execute(delete(review).where(review.c.id == ended))
        super().move(org_id, into, at)


def followers(connection: Connection) -> tuple[ColumnFollower, ...]:
    """Return everything that goes along in a merge; accounts and cards join with their tables."""
    return (
        ColumnFollower(connection, "users", tables.users, versioned=True),
        AssignmentFollower(connection, "assignments", tables.assignment, _HELD),
        ColumnFollower(
            connection, "pending_changes", tables.pending_change, _PENDING, versioned=True
        ),
        ReviewFollower(connection, "reviews", tables.review, _OPEN, versioned=True),
        ColumnFollower(connection, "devices", tables.device, _AT_WORK, versioned=True),
    )
