"""Who calls: the session or the client certificate, and what its holder may do now.

Sessions, users and the epoch of the rules are read afresh on every call, so a revoked post ends a
session with its next call. Only the sum of a user's rights is kept between calls, under a key that
changes whenever one of the rows that it was made of does.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from seal_service.application import access
from seal_service.application.bootstrap import SUPER_ADMIN
from seal_service.application.call import Caller
from seal_service.application.ports import Standing, Work
from seal_service.application.sessions import sealed, token_hash
from seal_service.domain.authority import Authority
from seal_service.domain.people import User, require_admitted
from seal_service.domain.reasons import Reason, Refusal
from seal_service.domain.sessions import Session, require_alive, seen

K = TypeVar("K")
V = TypeVar("V")
TOUCH_AFTER_S = 1.0
"""A session's last use is written again when the one that is known is older than this."""


@dataclass(frozen=True, slots=True)
class Credentials:
    """What a caller shows: a session token, or the certificate of a service."""

    token: str = ""
    certificate_sha256: str = ""


class Identities:
    """Turns credentials into callers."""

    def __init__(self, *, remembered: int = 10_000) -> None:
        self._known: OrderedDict[tuple[str, int, int], Authority] = OrderedDict()
        self._seen: OrderedDict[str, Caller] = OrderedDict()
        self._limit = remembered
        self._gate = threading.Lock()

    def caller(self, work: Work, credentials: Credentials, at: datetime) -> Caller:
        """Return who calls; nobody in particular without credentials.

        Raises
        ------
        Refusal
            The credentials are not, or no longer, good for anything.
        """
        if credentials.token:
            key = token_hash(credentials.token)
            with self._gate:
                self._seen.pop(key, None)
            standing = work.sessions.standing(key)
            if standing is None or standing.session is None:
                raise Refusal(Reason.SESSION_EXPIRED)
            require_alive(standing.session, standing.user, at)
            if standing.session.certificate_sha256 != credentials.certificate_sha256:
                raise Refusal(Reason.SESSION_EXPIRED)  # a token that was carried elsewhere
            caller = self._caller(work, standing)
            self._remember(self._seen, key, Caller(user_id=caller.user_id, org_id=caller.org_id))
            return caller
        if credentials.certificate_sha256:
            user = work.users.by_certificate(credentials.certificate_sha256)
            if user is None:
                return Caller(unknown_certificate=True)  # a console's, say; its people sign in
            require_admitted(user)
            return self.service(work, user)
        return Caller()

    def seen(self, credentials: Credentials) -> Caller | None:
        """Return whose session it was a moment ago, without any right: for quota and log.

        It saves a call its first look at the database. The second, in its transaction, decides.
        """
        with self._gate:
            return self._seen.get(token_hash(credentials.token))

    def service(self, work: Work, user: User) -> Caller:
        """Return the caller that a user without a session is."""
        return self._caller(
            work, Standing(None, user, work.marks.get(SUPER_ADMIN), work.marks.epoch())
        )

    def _caller(self, work: Work, standing: Standing) -> Caller:
        user = standing.user
        super_admin = standing.super_admin == user.id
        return Caller(
            user_id=user.id,
            org_id=user.org_id,
            authority=self._authority(work, user, standing.epoch),
            session=standing.session,
            super_admin=super_admin,
            sealed=super_admin and sealed(work),
        )

    def _authority(self, work: Work, user: User, epoch: int) -> Authority:
        key = (user.id, user.rights_version, epoch)
        with self._gate:
            found = self._known.get(key)
        if found is None:
            found = access.authority_in(work, work.assignments.of_user(user.id))
            self._remember(self._known, key, found)
        return found

    def _remember(self, kept: OrderedDict[K, V], key: K, value: V) -> None:
        with self._gate:
            kept[key] = value
            while len(kept) > self._limit:
                kept.popitem(last=False)


def touch(work: Work, session: Session, at: datetime) -> None:
    """Write that a session is in use, unless that was written a moment ago."""
    if (at - session.last_seen_at).total_seconds() >= TOUCH_AFTER_S:
        work.sessions.touch(seen(session, at))
