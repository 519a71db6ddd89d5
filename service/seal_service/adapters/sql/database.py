"""The unit of work: one transaction with every store in it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection

from seal_audit_check import Trust, check_stretch
from seal_audit_check.findings import CheckError
from seal_service.adapters.sql.audit_log import SqlAuditLog
from seal_service.adapters.sql.audit_trail import SqlAuditTrail, event_of, stamp_of
from seal_service.adapters.sql.device_store import SqlDevices
from seal_service.adapters.sql.engine import Connections
from seal_service.adapters.sql.nightly_stores import (
    SqlCoreOrgs,
    SqlCoreTellers,
    SqlFindings,
    SqlNightly,
    SqlReminders,
)
from seal_service.adapters.sql.org_store import SqlOrgs, followers
from seal_service.adapters.sql.people_stores import SqlAssignments, SqlSessions, SqlUsers
from seal_service.adapters.sql.work_stores import (
    SqlChanges,
    SqlMaintenances,
    SqlMarks,
    SqlModes,
    SqlPosts,
    SqlRequests,
    SqlReviews,
    SqlRoles,
    SqlRules,
)
from seal_service.application import ports
from seal_service.application.ports import AuditEntry, Work
from seal_service.audit import Hasher, Verifier
from seal_service.audit.search import Checked
from seal_service.audit.store import Recorder
from seal_service.domain.access_modes import ModeSwitch
from seal_service.domain.posts import ExclusionRule, Post, Role
from seal_service.domain.reasons import Reason, Refusal


class SqlWork:
    """Stores over one connection."""

    def __init__(self, connection: Connection, hasher: Hasher) -> None:
        self.connection = connection
        self.orgs: ports.Orgs = SqlOrgs(connection)
        self.users: ports.Users = SqlUsers(connection)
        self.assignments: ports.Assignments = SqlAssignments(connection)
        self.posts: ports.Store[Post] = SqlPosts(connection)
        self.roles: ports.Store[Role] = SqlRoles(connection)
        self.rules: ports.Store[ExclusionRule] = SqlRules(connection)
        self.sessions: ports.Sessions = SqlSessions(connection)
        self.changes: ports.Changes = SqlChanges(connection)
        self.reviews: ports.Reviews = SqlReviews(connection)
        self.reminders: ports.Reminders = SqlReminders(connection)
        self.core: ports.CoreTellers = SqlCoreTellers(connection)
        self.core_orgs: ports.CoreOrgs = SqlCoreOrgs(connection)
        self.maintenances: ports.Maintenances = SqlMaintenances(connection)
        self.devices: ports.Devices = SqlDevices(connection)
        self.findings: ports.Findings = SqlFindings(connection)
        self.nightly: ports.Nightly = SqlNightly(connection)
        self.modes: ports.Store[ModeSwitch] = SqlModes(connection)
        self.marks: ports.SystemMarks = SqlMarks(connection)
        self.requests: ports.Requests = SqlRequests(connection)
        self.audit: ports.AuditTrail = SqlAuditTrail(connection, hasher)
        self.log: ports.AuditLog = SqlAuditLog(connection)

    @property
    def followers(self) -> tuple[ports.Follower, ...]:
        """What goes along when organisations merge."""
        return followers(self.connection)


class SqlDatabase:
    """Where transactions come from.

    Parameters
    ----------
    connections
        The database.
    hasher
        The algorithm of the audit log's profile.
    log_key
        The public key with which the log is signed.
    """

    def __init__(self, connections: Connections, hasher: Hasher, *, log_key: Verifier) -> None:
        self.connections = connections
        self._hasher = hasher
        self._log_key = log_key
        self._recorder = Recorder(connections.transactions, hasher)
        self._latest: SqlWork | None = None

    def record(self, entry: AuditEntry) -> None:
        """Write an entry that stands alone; it is durable when this returns.

        Raises
        ------
        NotDurableError
            It could not be written.
        """
        event = event_of(entry, self._hasher)
        self._recorder.record(event, stamp=stamp_of(entry)).result()

    def close(self) -> None:
        """Write what has been recorded."""
        self._recorder.close()

    def check_log(self, start: int, end: int) -> Checked:
        """Let the independent checker hash events [start, end) again."""
        url = self.connections.url.render_as_string(hide_password=False)
        try:
            found = check_stretch(url, Trust.of((str(self._log_key),)), start, end)
        except CheckError as error:
            raise Refusal(Reason.DATABASE_BUSY) from error
        return Checked(
            found.start, found.end, found.pruned, found.signed_size,
            tuple((one.seq, one.place, one.problem) for one in found.findings),
        )  # fmt: skip

    @contextmanager
    def read(self) -> Iterator[Work]:
        """Open a transaction that writes nothing."""
        with self.connections.read() as connection:
            yield SqlWork(connection, self._hasher)

    @contextmanager
    def write(self) -> Iterator[Work]:
        """Open a transaction that is durable when its block ends without an error."""
        with self.connections.write() as connection:
            work = self._latest
            # SQLite's writers take turns on one connection; its stores are made once.
            if work is None or work.connection is not connection:
                work = self._latest = SqlWork(connection, self._hasher)
            yield work
