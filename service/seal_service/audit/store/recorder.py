"""Events that stand alone, such as refused calls: many of them in one turn of the database.

A thread collects what callers hand in while the disk is busy with those before, writes all of it in
one go and answers everybody after the commit. A go that loses against other transactions, or its
connection, is tried again like any other writer's: a refusal is in the log like an act.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import dataclass

from seal_service.audit.again import with_tries
from seal_service.audit.entry import Entry, Event
from seal_service.audit.errors import NotDurableError
from seal_service.audit.hashing import Hasher
from seal_service.audit.stamp import Stamp
from seal_service.audit.store.faults import passes
from seal_service.audit.store.outbox import Prepared, prepare, write
from seal_service.audit.store.transactions import BUSY_TIMEOUT_S, Transactions

MAX_EVENTS = 512
"""Most events of one go: the first of them waits for the last, and so does every other writer."""


@dataclass(frozen=True, slots=True)
class _Item:
    event: Prepared
    future: Future[Entry]


class Recorder:
    """Accept events from any thread; write them in groups.

    Parameters
    ----------
    database
        Where the log is.
    hasher
        The algorithm of the log's profile.
    """

    def __init__(self, database: Transactions, hasher: Hasher) -> None:
        self._database = database
        self._hasher = hasher
        self._queue: queue.SimpleQueue[_Item | None] = queue.SimpleQueue()
        self._closed = False
        self._closing = threading.Lock()
        self._thread = threading.Thread(target=self._run, name="audit-recorder", daemon=True)
        self._thread.start()

    def record(self, event: Event, *, stamp: Stamp | None = None) -> Future[Entry]:
        """Hand in one event; the future holds its entry once it is durable.

        Parameters
        ----------
        event
            What happened.
        stamp
            When; by default now.

        Raises
        ------
        InvalidEventError
            At once, if the event has no canonical form.
        NotDurableError
            At once after `close`; in the future, with its cause, if the commit failed: the event is
            not in the log, or (PostgreSQL, lost connection) may or may not be. Handing in the same
            event again is safe.
        """
        item = _Item(prepare(event, hasher=self._hasher, stamp=stamp), Future())
        with self._closing:
            if self._closed:
                message = "the recorder is closed"
                raise NotDurableError(message)
            self._queue.put(item)
        return item.future

    def close(self) -> None:
        """Write what has been handed in and end the thread."""
        with self._closing:
            if not self._closed:
                self._closed = True
                self._queue.put(None)
        self._thread.join()

    def _run(self) -> None:
        item: _Item | None = None
        while (item := self._queue.get()) is not None:
            group = [item]
            while len(group) < MAX_EVENTS:
                try:
                    item = self._queue.get_nowait()
                except queue.Empty:
                    break
                if item is None:
                    break
                group.append(item)
            self._write([one for one in group if one.future.set_running_or_notify_cancel()])
            if item is None:
                return

    def _write(self, group: Sequence[_Item]) -> None:
        try:
            with_tries(lambda: self._once(group), passes=passes, longest_s=BUSY_TIMEOUT_S)
        except Exception as error:  # noqa: BLE001  # every caller must hear of it, whatever it is
            failure = NotDurableError(f"the commit failed: {error}")
            failure.__cause__ = error.__cause__ if isinstance(error, NotDurableError) else error
            for item in group:
                item.future.set_exception(failure)
            return
        for item in group:
            item.future.set_result(item.event.entry)

    def _once(self, group: Sequence[_Item]) -> None:
        # The same events each time: where a lost connection hid a commit, they are logged once.
        with self._database.write() as connection:
            write(connection, [item.event for item in group])
