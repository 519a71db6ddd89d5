"""The log's single appender: a thread that sequences, signs and publishes, and survives faults."""

from __future__ import annotations

import logging
import threading
import time
from dataclasses import dataclass, replace
from pathlib import Path

from sqlalchemy.exc import SQLAlchemyError

from seal_service.audit.errors import (
    AppenderBusyError,
    AuditError,
    LogDamagedError,
    LogRolledBackError,
    PublishError,
)
from seal_service.audit.keys import Signer, Verifier
from seal_service.audit.note import open_checkpoint
from seal_service.audit.publish import PublishedLog
from seal_service.audit.store.lock import lock_of
from seal_service.audit.store.sequencer import Sequencer, Step, waiting_count
from seal_service.audit.store.state import (
    LogSettings,
    create_log,
    latest_note,
    log_size,
    tile_reader,
)
from seal_service.audit.store.transactions import Transactions
from seal_service.audit.tiles import tree_of

logger = logging.getLogger(__name__)

CHECKPOINT_ROWS = 1000
CHECKPOINT_S = 1.0
_POLL_S = 0.1
_MAX_BACKOFF_S = 5.0
_RESERVE_S = 1.0
_LAST_TRIES = 5
"""How often the thread tries to drain the outbox once it is to end: what fails may pass."""


@dataclass(frozen=True, slots=True)
class AppenderStatus:
    """How the appender fares, for health checks and metrics."""

    leading: bool = False
    """Whether this process is the appender, and not in reserve for it."""
    size: int = 0
    signed_size: int = 0
    published_size: int = 0
    repeated: int = 0
    fault: str = ""
    """What keeps it from working at present; it tries again by itself."""
    stopped: str = ""
    """Why it has stopped for good: a person must look."""


class Appender:
    """Drive the log of one database.

    Parameters
    ----------
    database
        Where the log is.
    settings, signer
        The log's name and algorithm; its signing key.
    publish_to
        Folder of the public copy, or None for none.
    batch
        Most events of one transaction, 1 to 1000: the shorter it is, the shorter business waits for
        SQLite's write lock.

    Raises
    ------
    ValueError
        `batch` is out of range.
    """

    def __init__(
        self,
        database: Transactions,
        settings: LogSettings,
        signer: Signer,
        *,
        publish_to: Path | None = None,
        batch: int = 256,
        checkpoint_s: float = CHECKPOINT_S,
        poll_s: float = _POLL_S,
    ) -> None:
        if not 1 <= batch <= CHECKPOINT_ROWS:
            # The checker takes it for a fault when more than this are not signed.
            message = f"a batch has 1 to {CHECKPOINT_ROWS} events, not {batch}"
            raise ValueError(message)
        self._database = database
        self.settings = settings
        self._signer = signer
        self._sequencer = Sequencer(database, settings, signer)
        self._published = None if publish_to is None else PublishedLog(publish_to)
        self._lock = lock_of(database)
        self._batch = batch
        self._checkpoint_s = checkpoint_s
        self._poll_s = poll_s
        self._unsigned_since: float | None = None
        self._publish_failed_at = float("-inf")
        self._wake = threading.Event()
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None
        self.status = AppenderStatus()

    @property
    def verifier(self) -> Verifier:
        """Return the public key with which the log is signed."""
        return self._signer.verifier

    def open(self) -> None:
        """Take the lock, begin the log if there is none, and check it against its public copy.

        Raises
        ------
        AppenderBusyError
            Another process is the appender.
        ProfileMismatchError, LogDamagedError, LogRolledBackError
            The log is not one to append to.
        SQLAlchemyError
            The database failed.
        """
        self._lock.hold()
        try:
            with self._database.write() as connection:
                create_log(connection, self.settings)
            self._sequencer.load()
            self._compare_published()
        except BaseException:
            self._lock.release()
            raise
        self._note_status(leading=True)

    def step(self, *, sign: bool | None = None) -> Step:
        """Sequence one batch; sign and publish when it is time, or as `sign` says.

        Raises
        ------
        PublishError
            The events are in the log and signed, but the public copy could not be written.
        AuditError, SQLAlchemyError
            As of `Sequencer.step`.
        """
        done = self._sequence(sign=sign)
        self._publish()
        return done

    def _sequence(self, *, sign: bool | None) -> Step:
        self._lock.hold()
        done = self._sequencer.step(
            limit=self._batch, sign=self._is_due() if sign is None else sign
        )
        if self._sequencer.size == self._sequencer.signed_size:
            self._unsigned_since = None
        elif self._unsigned_since is None:
            self._unsigned_since = time.monotonic()
        self.status = replace(self.status, repeated=self.status.repeated + done.repeated)
        self._note_status()
        return done

    def drain(self) -> None:
        """Sequence everything that waits, sign and publish it."""
        while self.step(sign=True).events:
            pass

    def start(self) -> None:
        """Run in a thread until `stop`; in reserve while another process is the appender."""
        self._thread = threading.Thread(target=self._run, name="audit-appender", daemon=True)
        self._thread.start()

    def wake(self) -> None:
        """Look for waiting events now instead of at the next turn."""
        self._wake.set()

    def stop(self, *, timeout_s: float = 10.0) -> None:
        """End the thread after it has drained the outbox, and let go of the lock."""
        self._stopping.set()
        self._wake.set()
        if self._thread is not None:
            self._thread.join(timeout_s)
            if self._thread.is_alive():
                return  # It still holds the lock by right; the process's end releases it.
        self._lock.release()

    def _is_due(self) -> bool:
        unsigned = self._sequencer.size - self._sequencer.signed_size
        since = self._unsigned_since
        waited = since is not None and time.monotonic() - since >= self._checkpoint_s
        return waited or unsigned + self._batch >= CHECKPOINT_ROWS

    def _run(self) -> None:
        pause, tries = self._poll_s, _LAST_TRIES
        while True:
            stopping = self._stopping.is_set()
            try:
                if not self.status.leading:
                    self.open()
                done = self._sequence(sign=True if stopping else None)
                # The log goes on although its copy cannot be written: it is only a copy.
                fault = self._try_to_publish(now=stopping)
                self._note_fault(fault)
                if stopping and not done.events:
                    return
                pause = 0.0 if done.events == self._batch else self._poll_s
            except AppenderBusyError:
                self._lock.release()
                self._note_status(leading=False)
                pause = _RESERVE_S
                if stopping:
                    if not self._anything_waits():
                        return
                    # The one that leads may be ending too, and have looked for the last time.
                    pause = self._poll_s
            except LogDamagedError as error:
                logger.critical("the audit log is damaged; nothing is appended: %s", error)
                self._note_status(stopped=str(error))
                return
            except (AuditError, SQLAlchemyError, OSError) as error:
                self._note_fault(str(error))
                pause = min(max(2 * pause, self._poll_s), _MAX_BACKOFF_S)
                if stopping:
                    pause, tries = self._poll_s, tries - 1
                    if not tries:
                        return
            self._wake.wait(pause)
            self._wake.clear()

    def _anything_waits(self) -> bool:
        try:
            with self._database.read() as connection:
                return waiting_count(connection) > 0
        except SQLAlchemyError:
            return False

    def _try_to_publish(self, *, now: bool) -> str:
        """Publish and return what went wrong; after a failure no sooner than a second later."""
        since = time.monotonic() - self._publish_failed_at
        if not now and since < _RESERVE_S:
            return self.status.fault
        try:
            self._publish()
        except PublishError as error:
            self._publish_failed_at = time.monotonic()
            return str(error)
        return ""

    def _note_fault(self, fault: str) -> None:
        if fault and fault != self.status.fault:
            logger.error("the audit appender is held up: %s", fault)
        self._note_status(fault=fault)

    def _compare_published(self) -> None:
        """Refuse a database that is older than, or differs from, what the world has seen."""
        note = None if self._published is None else self._published.note()
        if note is None:
            return
        keys = [self._signer.verifier]
        with self._database.read() as connection:
            size = log_size(connection)
            checkpoint = open_checkpoint(note, keys, self.settings.origin)
            if checkpoint.size > size:
                raise LogRolledBackError(size, checkpoint.size)
            tree = tree_of(self.settings.hasher, tile_reader(connection), checkpoint.size)
            if tree.root() != checkpoint.root:
                message = f"the database and the published checkpoint over {tree.size} differ"
                raise LogDamagedError(message)

    def _publish(self) -> None:
        published = self._published
        if published is None or self.status.published_size == self._sequencer.signed_size:
            return
        try:
            with self._database.read() as connection:
                note = latest_note(connection)
                if note is not None:
                    size = published.publish(note, tile_reader(connection))
                    self.status = replace(self.status, published_size=size)
        except OSError as error:
            message = f"the public copy could not be written: {error}"
            raise PublishError(message) from error

    def _note_status(
        self,
        *,
        leading: bool | None = None,
        fault: str | None = None,
        stopped: str | None = None,
    ) -> None:
        status = self.status
        self.status = replace(
            status,
            leading=status.leading if leading is None else leading,
            size=self._sequencer.known_size,
            signed_size=self._sequencer.signed_size,
            fault=status.fault if fault is None else fault,
            stopped=status.stopped if stopped is None else stopped,
        )
