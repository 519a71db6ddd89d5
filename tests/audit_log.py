"""Audit logs for tests: events, a log with an appender, and what its checker says of it."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import text

from seal_audit_check import Report, Trust, check
from seal_service.audit import AuditKind, Decision, Event, HashId, SignatureId, Signer, tables
from seal_service.audit.store import Appender, LogSettings, Transactions, append

ORIGIN = "bank.example/audit"


def event_of(number: int) -> Event:
    """Return an event that differs in every field from its neighbours."""
    has_payload = number % 7 != 3
    return Event(
        kind=AuditKind(1 + number % 5),
        action=f"sealapi.v1.Service/Act{number % 11}",
        actor=f"{number % 13:06d}",
        decision=Decision(1 + number % 3),
        organisation=f"机构{number % 6}",
        account=f"6222{number % 17:08d}" if number % 4 else "",
        target=f"cards/{number}",
        reason="OUT_OF_ORG_SCOPE" if number % 3 == 1 else "",
        correlation_id=f"{number:032x}",
        before_hash=bytes([1 + number % 255]) * 32 if number % 5 == 0 else None,
        after_hash=bytes([1 + number % 254]) * 32 if number % 5 < 2 else None,
        payload=json.dumps({"number": number, "账号": "x" * (number % 50)}).encode()
        if has_payload
        else None,
    )


@dataclass
class Log:
    """A log in a database, its key, its appender and the folder of its public copy."""

    url: str
    folder: Path
    algorithm: HashId = HashId.SHA256
    signature: SignatureId = SignatureId.ED25519
    batch: int = 100
    database: Transactions = field(init=False)
    signer: Signer = field(init=False)
    appender: Appender = field(init=False)

    def __post_init__(self) -> None:
        """Make tables, key and appender."""
        self.database = Transactions(self.url)
        with self.database.write() as connection:
            tables.metadata.create_all(connection)
        self.signer = Signer.generate(ORIGIN, self.signature)
        self.appender = self.new_appender()

    @property
    def settings(self) -> LogSettings:
        """Return name and algorithm."""
        return LogSettings(ORIGIN, self.algorithm)

    @property
    def published(self) -> Path:
        """Return the folder of the public copy."""
        return self.folder / "published"

    def new_appender(self) -> Appender:
        """Return another appender of the same log."""
        return Appender(
            self.database, self.settings, self.signer, publish_to=self.published, batch=self.batch
        )

    def add(self, events: Iterable[Event]) -> None:
        """Append events in one transaction, then sequence, sign and publish them."""
        with self.database.write() as connection:
            for event in events:
                append(connection, event, hasher=self.settings.hasher)
        if not self.appender.status.leading:
            self.appender.open()
        self.appender.drain()

    def check(self, *keys: str, witness: Path | None = None, published: bool = False) -> Report:
        """Let the independent checker look at the database."""
        trust = Trust.of(
            (str(self.signer.verifier), *keys),
            witness_folders=() if witness is None else (witness,),
            published=self.published if published else None,
            origin=ORIGIN,
        )
        return check(self.url, trust, processes=1)

    def close(self) -> None:
        """Let go of the lock and the database."""
        self.appender.stop()
        self.database.close()


@contextmanager
def a_log(url: str, folder: Path, count: int = 0, **options: object) -> Iterator[Log]:
    """Make a log with the first `count` events."""
    log = Log(url, folder, **options)  # type: ignore[arg-type]
    try:
        if count:
            log.add(map(event_of, range(count)))
        yield log
    finally:
        log.close()


def count(log: Log, name: str) -> int:
    """Return how many rows a table has."""
    with log.database.read() as connection:
        return int(connection.execute(text(f"SELECT count(*) FROM {name}")).scalar() or 0)  # noqa: S608


def wait_until(condition: Callable[[], bool]) -> None:
    """Wait until something is so, a minute at most."""
    deadline = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)
