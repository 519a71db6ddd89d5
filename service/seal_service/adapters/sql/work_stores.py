"""Posts, roles, rules, changes, reviews, and the service's own book-keeping."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime

from sqlalchemy import Connection, bindparam, delete, insert, or_, select, update

from seal_service.adapters.sql import tables
from seal_service.adapters.sql.prepared import Query
from seal_service.adapters.sql.stores import TableStore, values_of, within
from seal_service.application.ports import Page, Remembered
from seal_service.domain.access_modes import ModeSwitch
from seal_service.domain.changes import Change, ChangeState
from seal_service.domain.maintenance import Maintenance
from seal_service.domain.posts import ExclusionRule, Post, Role
from seal_service.domain.reviews import Review, ReviewItem, ReviewState


class SqlPosts(TableStore[Post]):
    """Posts."""

    record = Post
    table = tables.post


class SqlRoles(TableStore[Role]):
    """Roles."""

    record = Role
    table = tables.role


class SqlRules(TableStore[ExclusionRule]):
    """Exclusion rules."""

    record = ExclusionRule
    table = tables.exclusion


class SqlModes(TableStore[ModeSwitch]):
    """The switches of the ways of access."""

    record = ModeSwitch
    table = tables.access_mode


class SqlMaintenances(TableStore[Maintenance]):
    """Maintenance."""

    record = Maintenance
    table = tables.maintenance

    def not_over(self, at: datetime) -> list[Maintenance]:
        """Return what has not ended, by its start; called off or not."""
        column = self.table.c
        query = select(self.table).where(column.ends_at > at)
        return self.many_of(query.order_by(column.starts_at, column.id))


_WAITING = tables.pending_change.c.state == ChangeState.PENDING
# Every view of a record asks this.
_PENDING_OF_ONE = Query(
    select(tables.pending_change.c.id).where(
        tables.pending_change.c.state == bindparam("state"),
        tables.pending_change.c.target == bindparam("target"),
    ),
    str,
)
_PENDING_OF = select(tables.pending_change.c.target, tables.pending_change.c.id).where(
    _WAITING, tables.pending_change.c.target.in_(bindparam("targets", expanding=True))
)


class SqlChanges(TableStore[Change]):
    """Changes."""

    record = Change
    table = tables.pending_change
    _waiting = _WAITING

    def pending_for(self, target: str) -> Change | None:
        """Return the pending change of a target."""
        return self.one(select(self.table).where(self._waiting, self.table.c.target == target))

    def approved_for(self, target: str) -> list[Change]:
        """Return the approved changes of a target, the oldest first."""
        column = self.table.c
        query = select(self.table).where(
            column.target == target, column.state == ChangeState.APPROVED
        )
        return self.many_of(query.order_by(column.id))

    def pending_for_many(self, targets: Iterable[str]) -> dict[str, str]:
        """Return the ids of the pending changes of several targets."""
        wanted = sorted(set(targets))
        if len(wanted) == 1:
            rows = _PENDING_OF_ONE.all(
                self.connection, state=str(ChangeState.PENDING), target=wanted[0]
            )
            return {wanted[0]: rows[0]} if rows else {}
        found = self.connection.execute(_PENDING_OF, {"targets": wanted})
        return {row.target: row.id for row in found}

    def pending(
        self, page: Page, *, reach: tuple[str, ...] | None, maker: str, kind: str, target: str
    ) -> list[Change]:
        """Return pending changes that are in reach or made by `maker`."""
        place = tables.org
        query = select(self.table).join(place, place.c.id == self.table.c.org_id)
        query = query.where(self._waiting)
        if reach is not None:
            query = query.where(or_(self.table.c.maker == maker, *within(place.c.path, reach)))
        if kind:
            query = query.where(self.table.c.kind == kind)
        if target:
            query = query.where(self.table.c.target == target)
        return self.many_of(self.paged(query, page))

    def overdue(self, at: datetime) -> list[Change]:
        """Return pending changes whose time is over."""
        query = select(self.table).where(self._waiting, self.table.c.expires_at <= at)
        return self.many_of(query.order_by(self.table.c.id))


class SqlReviews(TableStore[Review]):
    """Reviews and their items."""

    record = Review
    table = tables.review

    def of_quarter(
        self, quarter: str, page: Page, *, reach: tuple[str, ...] | None
    ) -> list[Review]:
        """Return the reviews of a quarter, in reach."""
        place = tables.org
        query = select(self.table).join(place, place.c.id == self.table.c.org_id)
        query = query.where(self.table.c.quarter == quarter, *within(place.c.path, reach))
        return self.many_of(self.paged(query, page))

    def of_org(self, org_id: str, quarter: str) -> Review | None:
        """Return an organisation's review."""
        column = self.table.c
        return self.one(
            select(self.table).where(column.org_id == org_id, column.quarter == quarter)
        )

    def completed_orgs(self, quarter: str) -> set[str]:
        """Return the organisations whose review of a quarter is completed."""
        column = self.table.c
        query = select(column.org_id).where(
            column.quarter == quarter, column.state == ReviewState.COMPLETED
        )
        return set(self.connection.execute(query).scalars())

    def add_items(self, items: Iterable[ReviewItem]) -> None:
        """Add items to a review."""
        rows = [values_of(item) for item in items]
        if rows:
            self.connection.execute(insert(tables.review_item), rows)

    def items(self, review_id: str) -> list[ReviewItem]:
        """Return the items of a review."""
        item = tables.review_item
        query = select(item).where(item.c.review_id == review_id).order_by(item.c.id)
        return [ReviewItem(**row) for row in self.connection.execute(query).mappings()]

    def save_item(self, item: ReviewItem) -> None:
        """Write an item's verdict."""
        values = values_of(item)
        where = tables.review_item.c.id == values.pop("id")
        self.connection.execute(update(tables.review_item).where(where).values(values))


class SqlMarks:
    """Facts that are written once, and the number that tells caches that rules have changed."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection

    def get(self, key: str) -> str | None:
        """Return a mark."""
        mark = tables.system_mark
        found = self.connection.execute(select(mark.c.value).where(mark.c.key == key)).scalar()
        return None if found is None else str(found)

    def put_once(self, key: str, value: str, at: datetime) -> None:
        """Write a mark that does not exist yet; triggers keep it from being changed or removed."""
        self.connection.execute(insert(tables.system_mark).values(key=key, value=value, at=at))

    def epoch(self) -> int:
        """Return a number that grows whenever posts, roles or organisations change."""
        return int(self.connection.execute(select(tables.epoch.c.n)).scalar_one())

    def next_epoch(self) -> None:
        """Say that posts, roles or organisations have changed."""
        self.connection.execute(update(tables.epoch).values(n=tables.epoch.c.n + 1))


class SqlRequests:
    """First answers to request ids."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection

    def find(self, principal: str, request_id: str) -> Remembered | None:
        """Return the first answer."""
        column = tables.idempotency.c
        query = select(column.rpc, column.body_hash, column.response).where(
            column.principal == principal, column.request_id == request_id
        )
        row = self.connection.execute(query).first()
        return None if row is None else Remembered(*row)

    def keep(self, principal: str, request_id: str, answer: Remembered, *, at: datetime) -> None:
        """Keep the first answer."""
        self.connection.execute(
            insert(tables.idempotency).values(
                principal=principal, request_id=request_id, at=at, **values_of(answer)
            )
        )

    def forget(self, before: datetime, rpcs: Collection[str] | None = None) -> None:
        """Forget the answers that were given before an instant: of these methods, or of all."""
        answers = tables.idempotency
        query = delete(answers).where(answers.c.at < before)
        self.connection.execute(query if rpcs is None else query.where(answers.c.rpc.in_(rpcs)))
