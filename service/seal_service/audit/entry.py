"""What an audit event says: the caller's event, and the entry that goes into the tree.

An `Event` is what a use case hands over. `Entry.of` stamps it with both clocks and replaces the
payload by a salted commitment: the entry stays for ever, the payload may be pruned one day, and the
tree still proves that the entry was there and what its payload hashed to.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum
from typing import NoReturn

from seal_service.audit.errors import InvalidEventError
from seal_service.audit.hashing import HASH_BYTES, Hasher, HashId
from seal_service.audit.stamp import Stamp, new_event_id

MAX_PAYLOAD_BYTES = 1 << 20
MAX_TEXT_BYTES = 1024
MAX_COUNT = (1 << 63) - 1
"""Largest clock reading that both databases can store."""

TEXT_FIELDS = (
    "action", "actor", "organisation", "account", "target", "reason", "correlation_id",
)  # fmt: skip
"""The texts of an entry in their canonical order."""

ENTRY_FIELDS = (
    "kind", "decision", "payload_alg", "state_alg", "at_us", "monotonic_ns", "boot_id",
    "event_id", "payload_bytes", "payload_hash", "before_hash", "after_hash", *TEXT_FIELDS,
)  # fmt: skip
"""All fields of an entry in their canonical order, which is that of the columns as well."""


class AuditKind(IntEnum):
    """The five logs of requirement A72."""

    ACCOUNT = 1
    BUSINESS = 2
    DOCUMENT = 3
    LOGIN = 4
    ORG_STAFF = 5


class Decision(IntEnum):
    """What became of the act: refused calls are logged as well."""

    ALLOWED = 1
    DENIED = 2
    FAILED = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One act, as the use case that performs or refuses it describes it.

    Parameters
    ----------
    kind
        Which of the five logs it belongs to.
    action
        The act's stable name, such as an RPC's full method name; never empty.
    actor
        Core teller number, service account or system component; never empty.
    decision
        ALLOWED, DENIED (with `reason`) or FAILED (with `reason`).
    organisation, account, target
        Organisation code, account number and resource name; empty where there is none.
    reason
        Reason code of a refusal or failure.
    correlation_id
        Ties the event to the call's trace.
    before_hash, after_hash
        32-byte hashes of the changed thing's state, by the log's profile; None where none applies.
    payload
        Anything more, usually canonical JSON; at most 1 MiB. None means that there is none.
    event_id
        16 bytes; the log holds each at most once.
    """

    kind: AuditKind
    action: str
    actor: str
    decision: Decision = Decision.ALLOWED
    organisation: str = ""
    account: str = ""
    target: str = ""
    reason: str = ""
    correlation_id: str = ""
    before_hash: bytes | None = None
    after_hash: bytes | None = None
    payload: bytes | None = None
    event_id: bytes = field(default_factory=new_event_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """An event as the tree knows it: everything of it but the payload itself.

    `payload_hash` and `payload_bytes` are None and 0 exactly when `payload_alg` is NONE; the state
    hashes may be None each, and `state_alg` is NONE exactly when both are.
    """

    kind: AuditKind
    decision: Decision
    payload_alg: HashId
    state_alg: HashId
    at_us: int
    monotonic_ns: int
    boot_id: bytes
    event_id: bytes
    payload_bytes: int
    payload_hash: bytes | None
    before_hash: bytes | None
    after_hash: bytes | None
    action: str
    actor: str
    organisation: str
    account: str
    target: str
    reason: str
    correlation_id: str

    def __post_init__(self) -> None:
        """Refuse what has no canonical form; every way into the log leads through here."""
        _check_entry(self)

    @property
    def stamp(self) -> Stamp:
        """Return both clock readings."""
        return Stamp(self.at_us, self.monotonic_ns, self.boot_id)

    @classmethod
    def of(cls, event: Event, hasher: Hasher, stamp: Stamp, salt: bytes) -> Entry:
        """Stamp an event and commit to its payload with 16 bytes of salt.

        Raises
        ------
        InvalidEventError
            A field is empty, too long, of the wrong type, or holds a control character.
        """
        payload = event.payload
        if payload is not None and not isinstance(payload, bytes):
            _refuse("payload", "must be bytes or None")
        if payload is not None and len(payload) > MAX_PAYLOAD_BYTES:
            problem = f"has {len(payload)} bytes, the limit is {MAX_PAYLOAD_BYTES}"
            _refuse("payload", problem)
        has_state = event.before_hash is not None or event.after_hash is not None
        return cls(
            kind=event.kind,
            decision=event.decision,
            payload_alg=HashId.NONE if payload is None else hasher.id,
            state_alg=hasher.id if has_state else HashId.NONE,
            at_us=stamp.at_us,
            monotonic_ns=stamp.monotonic_ns,
            boot_id=stamp.boot_id,
            event_id=event.event_id,
            payload_bytes=0 if payload is None else len(payload),
            payload_hash=None if payload is None else hasher.payload(salt, payload),
            before_hash=event.before_hash,
            after_hash=event.after_hash,
            action=event.action,
            actor=event.actor,
            organisation=event.organisation,
            account=event.account,
            target=event.target,
            reason=event.reason,
            correlation_id=event.correlation_id,
        )


def _refuse(field_name: str, problem: str) -> NoReturn:
    raise InvalidEventError(field_name, problem)


_CONTROLS = frozenset(map(chr, [*range(32), 127]))


def _check_text(name: str, text: str) -> None:
    if type(text) is str and len(text) <= MAX_TEXT_BYTES and text.isascii() and text.isprintable():
        return  # Nearly every text; the rest of this function is for the others.
    if not isinstance(text, str):
        _refuse(name, "must be text")
    try:
        size = len(text) if text.isascii() else len(text.encode("utf-8"))
    except UnicodeEncodeError:
        _refuse(name, "holds a lone surrogate")
    if size > MAX_TEXT_BYTES:
        _refuse(name, f"has {size} bytes, the limit is {MAX_TEXT_BYTES}")
    if not text.isprintable() and not _CONTROLS.isdisjoint(text):
        _refuse(name, "holds a control character")


def _check_bytes(name: str, value: object, size: int) -> None:
    if not isinstance(value, bytes) or len(value) != size:
        _refuse(name, f"must be {size} bytes")


def _check_hash(name: str, value: bytes | None) -> None:
    if value is None:
        return
    _check_bytes(name, value, HASH_BYTES)
    if not any(value):
        # Zeros stand for "none" in the canonical form; no real hash is that.
        _refuse(name, "must not be all zeros")


def _check_entry(entry: Entry) -> None:
    # Written out rather than looped over names: every event of the bank comes through here.
    for name, value, kind in (
        ("kind", entry.kind, AuditKind),
        ("decision", entry.decision, Decision),
        ("payload_alg", entry.payload_alg, HashId),
        ("state_alg", entry.state_alg, HashId),
    ):
        if type(value) is not kind:
            _refuse(name, f"must be a {kind.__name__}")
    _check_text("action", entry.action)
    _check_text("actor", entry.actor)
    _check_text("organisation", entry.organisation)
    _check_text("account", entry.account)
    _check_text("target", entry.target)
    _check_text("reason", entry.reason)
    _check_text("correlation_id", entry.correlation_id)
    if not entry.action:
        _refuse("action", "must not be empty")
    if not entry.actor:
        _refuse("actor", "must not be empty")
    _check_count("at_us", entry.at_us, MAX_COUNT)
    _check_count("monotonic_ns", entry.monotonic_ns, MAX_COUNT)
    _check_count("payload_bytes", entry.payload_bytes, MAX_PAYLOAD_BYTES)
    _check_bytes("boot_id", entry.boot_id, 16)
    _check_bytes("event_id", entry.event_id, 16)
    _check_hash("payload_hash", entry.payload_hash)
    _check_hash("before_hash", entry.before_hash)
    _check_hash("after_hash", entry.after_hash)
    has_payload = entry.payload_hash is not None
    if has_payload != (entry.payload_alg != HashId.NONE) or (
        entry.payload_bytes and not has_payload
    ):
        _refuse("payload_alg", "must be there exactly when a payload is")
    has_state = entry.before_hash is not None or entry.after_hash is not None
    if has_state != (entry.state_alg != HashId.NONE):
        _refuse("state_alg", "must be there exactly when a state hash is")


def _check_count(name: str, value: int, limit: int) -> None:
    if type(value) is not int or not 0 <= value <= limit:
        _refuse(name, f"must be a whole number from 0 to {limit}")
