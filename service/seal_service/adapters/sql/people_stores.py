"""Users, posts held, sessions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import fields
from datetime import date, datetime
from itertools import groupby
from typing import Any

from sqlalchemy import bindparam, delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from seal_service.adapters.sql import tables
from seal_service.adapters.sql.prepared import Query
from seal_service.adapters.sql.stores import TableStore, values_of, within
from seal_service.application.bootstrap import SUPER_ADMIN
from seal_service.application.ports import Page, Standing
from seal_service.domain.people import Assignment, User
from seal_service.domain.sessions import Session

_SCHEME_CHARS = 20
"""Of a hash: its scheme's name and no salt, which would make each another."""


class SqlUsers(TableStore[User]):
    """Users, their wrong passwords and their former ones."""

    record = User
    table = tables.users

    def listed(self, page: Page, *, reach: tuple[str, ...] | None, org: str) -> list[User]:
        """Return users whose organisation is in reach (None: all) and, if given, is `org`."""
        place = tables.org
        query = select(self.table).join(place, place.c.id == self.table.c.org_id)
        query = query.where(*within(place.c.path, reach))
        if org:
            query = query.where(self.table.c.org_id == org)
        return self.many_of(self.paged(query, page))

    def by_certificate(self, sha256: str) -> User | None:
        """Return the service account of a client certificate."""
        return self.one(select(self.table).where(self.table.c.certificate_sha256 == sha256))

    def in_org(self, org_id: str) -> list[User]:
        """Return the users of one organisation."""
        query = select(self.table).where(self.table.c.org_id == org_id)
        return self.many_of(query.order_by(self.table.c.id))

    def with_posts(self) -> Iterator[tuple[User, list[Assignment]]]:
        """Yield everyone who holds posts, with them, by number."""
        held = SqlAssignments(self.connection).in_force()
        held.sort(key=lambda one: one.user_id)
        users = {user.id: user for user in self.all()}
        for user_id, posts in groupby(held, key=lambda one: one.user_id):
            yield users[user_id], list(posts)

    def wrong_passwords(self, user_id: str, day: date) -> int:
        """Return how many wrong passwords the user had on a bank day."""
        failure = tables.login_failure
        query = select(failure.c.n).where(failure.c.user_id == user_id, failure.c.bank_date == day)
        return self.connection.execute(query).scalar() or 0

    def count_wrong_password(self, user_id: str, day: date) -> int:
        """Count one more; return the day's number."""
        failure = tables.login_failure
        where = (failure.c.user_id == user_id, failure.c.bank_date == day)
        # Added up by the database, so that two wrong passwords at once are two.
        done = self.connection.execute(update(failure).where(*where).values(n=failure.c.n + 1))
        if done.rowcount == 0:
            self.connection.execute(insert(failure).values(user_id=user_id, bank_date=day, n=1))
        return self.wrong_passwords(user_id, day)

    def forget_wrong_passwords(self, user_id: str, day: date) -> None:
        """Begin the day's count anew: after an administrator has acted."""
        failure = tables.login_failure
        self.connection.execute(
            delete(failure).where(failure.c.user_id == user_id, failure.c.bank_date == day)
        )

    def hash_schemes(self) -> set[str]:
        """Return the names of the schemes that users' passwords are hashed with."""
        stored = self.table.c.password_hash
        found = select(func.substr(stored, 1, _SCHEME_CHARS)).where(stored.is_not(None)).distinct()
        parts = (begin.split("$") for begin in self.connection.execute(found).scalars())
        return {part[1] for part in parts if len(part) > 1}

    def recent_hashes(self, user_id: str, limit: int) -> list[str]:
        """Return the hashes of the latest passwords."""
        history = tables.password_history
        query = select(history.c.password_hash).where(history.c.user_id == user_id)
        query = query.order_by(history.c.at.desc()).limit(limit)
        return list(self.connection.execute(query).scalars())

    def remember_hash(self, user_id: str, password_hash: str, at: datetime) -> None:
        """Keep a hash, so that the password is not chosen again soon."""
        self.connection.execute(
            insert(tables.password_history).values(
                user_id=user_id, at=at, password_hash=password_hash
            )
        )


class SqlAssignments(TableStore[Assignment]):
    """Posts held."""

    record = Assignment
    table = tables.assignment
    _open = tables.assignment.c.valid_to.is_(None)

    def of_user(self, user_id: str) -> list[Assignment]:
        """Return the assignments of a user that are in force."""
        return self.of_users([user_id]).get(user_id, [])

    def of_users(self, user_ids: Iterable[str]) -> dict[str, list[Assignment]]:
        """Return the assignments in force of several users."""
        found: dict[str, list[Assignment]] = {}
        column = self.table.c.user_id
        query = select(self.table).where(self._open, column.in_(sorted(set(user_ids))))
        for held in self.many_of(query.order_by(self.table.c.id)):
            found.setdefault(held.user_id, []).append(held)
        return found

    def at_org(self, org_id: str) -> list[Assignment]:
        """Return the assignments in force at an organisation."""
        query = select(self.table).where(self._open, self.table.c.org_id == org_id)
        return self.many_of(query.order_by(self.table.c.id))

    def of_post(self, post_id: str) -> list[Assignment]:
        """Return the assignments in force of a post."""
        query = select(self.table).where(self._open, self.table.c.post_id == post_id)
        return self.many_of(query.order_by(self.table.c.id))

    def in_force(self) -> list[Assignment]:
        """Return all assignments in force."""
        return self.many_of(select(self.table).where(self._open).order_by(self.table.c.id))


_SESSION_FIELDS = len(fields(Session))


def _standing(*values: Any) -> Standing:
    *rest, super_admin, epoch = values
    session, user = Session(*rest[:_SESSION_FIELDS]), User(*rest[_SESSION_FIELDS:])
    return Standing(session=session, user=user, super_admin=super_admin, epoch=epoch)


# Every call asks this.
_STANDING = Query(
    select(
        *(tables.session.c[field.name].label(f"s_{field.name}") for field in fields(Session)),
        *(tables.users.c[field.name].label(f"u_{field.name}") for field in fields(User)),
        select(tables.system_mark.c.value)
        .where(tables.system_mark.c.key == bindparam("super_admin"))
        .scalar_subquery()
        .label("super_admin"),
        select(tables.epoch.c.n).scalar_subquery().label("epoch"),
    )
    .join_from(tables.session, tables.users, tables.users.c.id == tables.session.c.user_id)
    .where(tables.session.c.token_hash == bindparam("token")),
    _standing,
)


class SqlSessions(TableStore[Session]):
    """Sessions and the tickets that opened some of them."""

    record = Session
    table = tables.session

    def standing(self, token_hash: str) -> Standing | None:
        """Return the session of a token, its user, and the marks that every call looks at."""
        return _STANDING.first(self.connection, token=token_hash, super_admin=SUPER_ADMIN)

    def touch(self, session: Session) -> None:
        """Write when the session was last used."""
        self.connection.execute(
            update(self.table)
            .where(self.table.c.id == session.id)
            .values(last_seen_at=session.last_seen_at)
        )

    def update(self, session: Session) -> None:
        """Write a session whose state or token has changed."""
        values = values_of(session)
        self.connection.execute(
            update(self.table).where(self.table.c.id == values.pop("id")).values(values)
        )

    def open_of(self, user_id: str, page: Page, at: datetime) -> list[Session]:
        """Return a user's open sessions."""
        column = self.table.c
        query = select(self.table).where(
            column.user_id == user_id, column.ended_at.is_(None), column.expires_at > at
        )
        return self.many_of(self.paged(query, page))

    def end_all(self, user_id: str, why: str, at: datetime, *, keep: str = "") -> None:
        """End all sessions of a user, but the one with the id `keep`."""
        column = self.table.c
        self.connection.execute(
            update(self.table)
            .where(column.user_id == user_id, column.ended_at.is_(None), column.id != keep)
            .values(ended_at=at, ended_why=why)
        )

    def forget_tickets(self, before: datetime) -> None:
        """Forget the tickets that have expired: none of them is accepted any more."""
        ticket = tables.sso_ticket
        self.connection.execute(delete(ticket).where(ticket.c.expires_at < before))

    def give_back_ticket(self, ticket_id: str) -> None:
        """Undo the taking of a ticket that came to nothing."""
        ticket = tables.sso_ticket
        self.connection.execute(delete(ticket).where(ticket.c.id == ticket_id))

    def use_ticket(self, ticket_id: str, expires_at: datetime) -> bool:
        """Take a single sign-on ticket; False where it was taken before."""
        ticket = tables.sso_ticket
        known = select(ticket.c.id).where(ticket.c.id == ticket_id)
        if self.connection.execute(known).first() is not None:
            return False
        values = {"id": ticket_id, "expires_at": expires_at}
        try:
            with self.connection.begin_nested():
                self.connection.execute(insert(ticket).values(values))
        except IntegrityError:  # another call took it at the same time
            return False
        return True
