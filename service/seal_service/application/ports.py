"""What the use cases need from outside: stores, one transaction, an audit trail, secrets.

A store holds one kind of domain record. `save` compares versions: the record in hand must be the
one that is stored, or the call is refused with ETAG_MISMATCH.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Protocol, TypeVar

from seal_service.audit.note import SignatureLine
from seal_service.audit.search import Checked, Cursor, Filter, Found, Order, Tally
from seal_service.audit.search import Page as FoundPage
from seal_service.audit.signed import Signed
from seal_service.domain.access_modes import ModeSwitch
from seal_service.domain.changes import Change
from seal_service.domain.core_orgs import CoreOrg
from seal_service.domain.core_rights import CoreTeller, Finding
from seal_service.domain.devices import Device, Fault
from seal_service.domain.maintenance import Maintenance
from seal_service.domain.orgs import Org
from seal_service.domain.people import Assignment, User
from seal_service.domain.posts import ExclusionRule, Post, Role
from seal_service.domain.reminders import Reminder
from seal_service.domain.reviews import Review, ReviewItem
from seal_service.domain.sessions import Session

T = TypeVar("T")

ALLOWED = "ALLOWED"
"""`AuditEntry.decision` of a call that took effect."""
REPLAYED = "REPLAYED"
"""`AuditEntry.decision` of a call whose answer was an earlier one; all others are refusals."""


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """What one call leaves in the log: who did what to what, when, and how it ended.

    `asked` is what a list was looked through for: it says who has looked up whom.
    """

    kind: str
    actor: str
    org: str
    rpc: str
    target: str
    decision: str
    at: datetime
    trace_id: str
    request_id: str
    peer: str
    data_class: int
    before: Mapping[str, Any] | None = None
    after: Mapping[str, Any] | None = None
    asked: Mapping[str, Any] | None = None


class AuditTrail(Protocol):
    """The log, bound to the transaction of the call that it describes."""

    def append(self, entry: AuditEntry) -> None:
        """Add an entry; it becomes durable with the transaction or not at all."""

    def allowed(self, rpc: str) -> bool:
        """Tell whether the log holds a successful call of this method."""


class AuditLog(Protocol):
    """The log as those see it who may read it. A damaged one is refused with AUDIT_MISMATCH."""

    def find(
        self,
        wanted: Filter,
        *,
        reach: tuple[str, ...] | None,
        limit: int,
        order: Order,
        after: Cursor | None,
    ) -> FoundPage:
        """Return a page of the events at organisations in reach (None: all events)."""

    def tally(self, wanted: Filter, *, below: str) -> Tally:
        """Count the events at an organisation's path and below it."""

    def event(self, seq: int) -> Found | None:
        """Return one event."""

    def checkpoint(self, size: int | None) -> Signed | None:
        """Return the checkpoint of this size, or the newest."""

    def inclusion(self, seq: int, size: int) -> Sequence[bytes]:
        """Return the proof that event `seq` is in the tree of a checkpoint that holds it."""

    def consistency(self, old_size: int, size: int) -> Sequence[bytes]:
        """Return the proof that a checkpoint's tree continues a smaller one."""

    def cosign(self, signed: Signed, line: SignatureLine) -> None:
        """Keep a witness's signature that was verified."""


@dataclass(frozen=True, slots=True)
class Page:
    """Which part of a list is wanted: `limit` records whose key is greater than `after`."""

    after: str = ""
    limit: int = 50


class Store(Protocol[T]):
    """Records of one kind, by key."""

    def get(self, key: str) -> T | None:
        """Return the record, or None."""

    def add(self, record: T) -> None:
        """Add a new record."""

    def save(self, record: T) -> T:
        """Replace the record that has this version; return it with its new one."""

    def remove(self, record: T) -> None:
        """Remove the record that has this version."""

    def page(self, page: Page) -> list[T]:
        """Return records in the order of their keys."""

    def all(self) -> list[T]:
        """Return all records: only for stores that are small by nature."""


class Orgs(Store[Org], Protocol):
    """Organisations and how they were."""

    def listed(
        self, page: Page, *, reach: tuple[str, ...] | None, parent: str, inactive: bool
    ) -> list[Org]:
        """Return organisations in reach (None: all) that match."""

    def below(self, path: str) -> list[Org]:
        """Return the organisations of a subtree without its top."""

    def remember(self, org: Org, *, change_id: str | None, at: datetime) -> None:
        """Write how the organisation is from `at` on."""

    def as_of(self, at: datetime, page: Page, *, reach: tuple[str, ...] | None) -> list[Org]:
        """Return organisations in reach as they were at an instant."""

    def many(self, keys: Iterable[str]) -> dict[str, Org]:
        """Return several organisations by id."""

    def staffed(self) -> list[Org]:
        """Return the organisations that do business and where someone holds a post."""


class Users(Store[User], Protocol):
    """Users."""

    def listed(self, page: Page, *, reach: tuple[str, ...] | None, org: str) -> list[User]:
        """Return users whose organisation is in reach (None: all) and, if given, is `org`."""

    def by_certificate(self, sha256: str) -> User | None:
        """Return the service account of a client certificate."""

    def wrong_passwords(self, user_id: str, day: date) -> int:
        """Return how many wrong passwords the user had on a bank day."""

    def count_wrong_password(self, user_id: str, day: date) -> int:
        """Count one more; return the day's number."""

    def forget_wrong_passwords(self, user_id: str, day: date) -> None:
        """Begin the day's count anew: after an administrator has acted."""

    def hash_schemes(self) -> set[str]:
        """Return the names of the schemes that users' passwords are hashed with."""

    def recent_hashes(self, user_id: str, limit: int) -> list[str]:
        """Return the hashes of the latest passwords."""

    def remember_hash(self, user_id: str, password_hash: str, at: datetime) -> None:
        """Keep a hash, so that the password is not chosen again soon."""

    def in_org(self, org_id: str) -> list[User]:
        """Return the users of one organisation."""

    def with_posts(self) -> Iterator[tuple[User, list[Assignment]]]:
        """Yield everyone who holds posts, with them, by number."""


class Assignments(Store[Assignment], Protocol):
    """Posts held."""

    def of_user(self, user_id: str) -> list[Assignment]:
        """Return the assignments of a user that are in force."""

    def of_users(self, user_ids: Iterable[str]) -> dict[str, list[Assignment]]:
        """Return the assignments in force of several users."""

    def at_org(self, org_id: str) -> list[Assignment]:
        """Return the assignments in force at an organisation."""

    def of_post(self, post_id: str) -> list[Assignment]:
        """Return the assignments in force of a post."""

    def in_force(self) -> list[Assignment]:
        """Return all assignments in force."""


@dataclass(frozen=True, slots=True)
class Standing:
    """A session with everything that decides whether it is still good, read in one look."""

    session: Session | None
    user: User
    super_admin: str | None
    epoch: int


class Sessions(Store[Session], Protocol):
    """Sessions."""

    def standing(self, token_hash: str) -> Standing | None:
        """Return the session of a token, its user, and the marks that every call looks at."""

    def touch(self, session: Session) -> None:
        """Write when the session was last used."""

    def update(self, session: Session) -> None:
        """Write a session whose state or token has changed."""

    def open_of(self, user_id: str, page: Page, at: datetime) -> list[Session]:
        """Return a user's open sessions."""

    def end_all(self, user_id: str, why: str, at: datetime, *, keep: str = "") -> None:
        """End all sessions of a user, but the one with the id `keep`."""

    def forget_tickets(self, before: datetime) -> None:
        """Forget the tickets that have expired: none of them is accepted any more."""

    def give_back_ticket(self, ticket_id: str) -> None:
        """Undo the taking of a ticket that came to nothing."""

    def use_ticket(self, ticket_id: str, expires_at: datetime) -> bool:
        """Take a single sign-on ticket; False where it was taken before."""


class Changes(Store[Change], Protocol):
    """Changes that wait for a second person, and decided ones."""

    def pending_for(self, target: str) -> Change | None:
        """Return the pending change of a target."""

    def approved_for(self, target: str) -> list[Change]:
        """Return the approved changes of a target, the oldest first."""

    def pending_for_many(self, targets: Iterable[str]) -> dict[str, str]:
        """Return the ids of the pending changes of several targets."""

    def pending(
        self, page: Page, *, reach: tuple[str, ...] | None, maker: str, kind: str, target: str
    ) -> list[Change]:
        """Return pending changes that are in reach or made by `maker`."""

    def overdue(self, at: datetime) -> list[Change]:
        """Return pending changes whose time is over."""


class Reviews(Store[Review], Protocol):
    """Reviews of rights and their items."""

    def of_quarter(
        self, quarter: str, page: Page, *, reach: tuple[str, ...] | None
    ) -> list[Review]:
        """Return the reviews of a quarter, in reach."""

    def of_org(self, org_id: str, quarter: str) -> Review | None:
        """Return an organisation's review."""

    def completed_orgs(self, quarter: str) -> set[str]:
        """Return the organisations whose review of a quarter is completed."""

    def add_items(self, items: Iterable[ReviewItem]) -> None:
        """Add items to a review."""

    def items(self, review_id: str) -> list[ReviewItem]:
        """Return the items of a review."""

    def save_item(self, item: ReviewItem) -> None:
        """Write an item's verdict."""


class CoreTellers(Protocol):
    """What the core system said last of its tellers."""

    def get(self, key: str) -> CoreTeller | None:
        """Return a teller by number."""

    def take(self, tellers: Iterable[CoreTeller]) -> None:
        """Write tellers in place of what was known of the same numbers."""

    def all(self) -> list[CoreTeller]:
        """Return every teller."""

    def fed(self) -> bool:
        """Tell whether the core system has reported anything yet."""


class CoreOrgs(Protocol):
    """What the core system said last of its organisations."""

    def get(self, key: str) -> CoreOrg | None:
        """Return an organisation."""

    def take(self, records: Iterable[CoreOrg]) -> None:
        """Write organisations in place of what was known of the same codes."""

    def all(self) -> list[CoreOrg]:
        """Return every organisation."""

    def fed(self) -> bool:
        """Tell whether the core system has reported anything yet."""


class Maintenances(Protocol):
    """The maintenance on which both sides have agreed."""

    def get(self, key: str) -> Maintenance | None:
        """Return one."""

    def add(self, record: Maintenance) -> None:
        """Add one."""

    def save(self, record: Maintenance) -> Maintenance:
        """Replace the one that has this version."""

    def not_over(self, at: datetime) -> list[Maintenance]:
        """Return what has not ended, by its start; called off or not."""


class Devices(Store[Device], Protocol):
    """Scanners and their faults."""

    def listed(
        self, page: Page, *, reach: tuple[str, ...] | None, org: str, retired: bool
    ) -> list[Device]:
        """Return scanners whose organisation is in reach (None: all) and, if given, is `org`."""

    def faults(self, device_id: str) -> list[Fault]:
        """Return all faults of a scanner, the oldest first."""

    def open_faults(self, device_ids: Iterable[str]) -> list[Fault]:
        """Return the faults of several scanners that are not mended."""

    def fault(self, fault_id: str) -> Fault | None:
        """Return a fault."""

    def add_fault(self, fault: Fault) -> None:
        """Add a new fault."""

    def save_fault(self, fault: Fault) -> Fault:
        """Replace the fault that has this version; return it with its new one."""


class Findings(Protocol):
    """The nightly reports of rights that go beyond the core system's."""

    def report(self, day: date, findings: Iterable[Finding]) -> None:
        """Write a day's report in place of an earlier one of the day."""

    def of_day(self, day: date, page: Page, *, reach: tuple[str, ...] | None) -> list[Finding]:
        """Return a day's findings, in reach."""

    def latest_before(self, day: date) -> list[Finding]:
        """Return the findings of the last report before a day."""


@dataclass(frozen=True, slots=True)
class NightlyRun:
    """A job that was done for a day of the bank, and how much it found."""

    job: str
    day: date
    at: datetime
    found: int


class Nightly(Protocol):
    """Which job was done for which day."""

    def run(self, job: str, day: date | None) -> NightlyRun | None:
        """Return the run of a day; without a day, the last one."""

    def add(self, run: NightlyRun) -> None:
        """Write a run; a second one for the day is a CONFLICT."""


class Reminders(Protocol):
    """Reminders of reviews."""

    def add(self, record: Reminder) -> None:
        """Add a reminder."""

    def at_stage(self, quarter: str, stage: str) -> set[str]:
        """Return the organisations that were reminded at this stage."""

    def waiting(self, page: Page, *, reach: tuple[str, ...] | None) -> list[Reminder]:
        """Return the reminders that are not settled, in reach."""

    def count(self, org_id: str, quarter: str) -> int:
        """Return how often an organisation was reminded."""

    def settle(self, org_id: str, quarter: str, day: date) -> None:
        """Settle an organisation's reminders of a quarter."""

    def settle_others(self, quarter: str, org_ids: Iterable[str], day: date) -> None:
        """Settle a quarter's reminders to organisations other than these."""


class SystemMarks(Protocol):
    """Facts about this installation that are written once, such as when it was sealed."""

    def get(self, key: str) -> str | None:
        """Return a mark."""

    def put_once(self, key: str, value: str, at: datetime) -> None:
        """Write a mark that does not exist yet; none is ever changed or removed."""

    def epoch(self) -> int:
        """Return a number that grows whenever posts, roles or organisations change."""

    def next_epoch(self) -> None:
        """Say that posts, roles or organisations have changed."""


@dataclass(frozen=True, slots=True)
class Remembered:
    """The first answer to a request id."""

    rpc: str
    body_hash: str
    response: bytes


class Requests(Protocol):
    """First answers, so that a repeated request has the same one."""

    def find(self, principal: str, request_id: str) -> Remembered | None:
        """Return the first answer."""

    def keep(self, principal: str, request_id: str, answer: Remembered, *, at: datetime) -> None:
        """Keep the first answer."""

    def forget(self, before: datetime, rpcs: Collection[str] | None = None) -> None:
        """Forget the answers that were given before an instant: of these methods, or of all."""


class Follower(Protocol):
    """A kind of record that belongs to an organisation and goes along in a merge."""

    name: str

    def count(self, org_id: str) -> int:
        """Return how many there are."""

    def move(self, org_id: str, into: str, at: datetime) -> None:
        """Make them the other organisation's."""


class Work(Protocol):
    """One transaction and everything in its reach."""

    orgs: Orgs
    users: Users
    assignments: Assignments
    posts: Store[Post]
    roles: Store[Role]
    rules: Store[ExclusionRule]
    sessions: Sessions
    changes: Changes
    reviews: Reviews
    reminders: Reminders
    core: CoreTellers
    core_orgs: CoreOrgs
    maintenances: Maintenances
    devices: Devices
    findings: Findings
    nightly: Nightly
    modes: Store[ModeSwitch]
    marks: SystemMarks
    requests: Requests
    audit: AuditTrail
    log: AuditLog

    @property
    def followers(self) -> tuple[Follower, ...]:
        """What goes along when organisations merge."""
        ...


class Database(Protocol):
    """Where transactions come from."""

    def check_log(self, start: int, end: int) -> Checked:
        """Let the independent checker hash events [start, end) again.

        Raises
        ------
        Refusal
            DATABASE_BUSY where nothing could be read.
        """

    def read(self) -> AbstractContextManager[Work]:
        """Open a transaction that writes nothing."""

    def write(self) -> AbstractContextManager[Work]:
        """Open a transaction that is durable when its block ends without an error."""

    def record(self, entry: AuditEntry) -> None:
        """Write an entry that stands alone; it is durable when this returns."""


class PasswordHasher(Protocol):
    """Slow, salted hashes; never called while a transaction is open, except where noted."""

    def hash(self, password: str) -> str:
        """Return a hash to store."""

    def matches(self, password_hash: str | None, password: str) -> bool:
        """Compare in the same time for no hash at all as for a wrong password."""


class Tickets(Protocol):
    """Single sign-on tickets of the core system."""

    def check(self, ticket: str, at: datetime) -> tuple[str, str, datetime]:
        """Return user id, ticket id and expiry of a valid ticket; refuse any other."""


class OneTimeCodes(Protocol):
    """Codes that are sent to a user's telephone and are good once, for a short time."""

    def present(self, user_id: str) -> tuple[str, datetime, datetime]:
        """Return the name under which sending the present code is noted, its instant, its end."""

    def send(self, user_id: str, mobile: str, at: datetime) -> None:
        """Send the code of an instant (Refusal: CODE_NOT_SENT)."""

    def check(self, user_id: str, code: str, at: datetime) -> tuple[str, datetime] | None:
        """Return the name of a code, under which it is used up, and when it ends; None: wrong."""


class Secrets(Protocol):
    """Keyed functions under the installation's own key, by the algorithms of its profile."""

    def mac(self, data: bytes) -> bytes:
        """Return a keyed hash of 32 bytes that is not stored."""

    def tag(self, data: bytes) -> str:
        """Return a keyed hash to store or to give out, with its algorithm's name."""

    def is_tag(self, tag: str, data: bytes) -> bool:
        """Tell whether `tag` made this of the data, under whichever profile."""

    def seal(self, data: bytes, context: bytes) -> bytes:
        """Encrypt data; it can be opened with the same context only."""

    def unseal(self, data: bytes, context: bytes) -> bytes:
        """Open what `seal` made, under whichever profile."""
