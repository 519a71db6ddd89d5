"""One commit for many callers: on SQLite a synced commit costs milliseconds, whatever is in it.

A thread collects what callers hand in while the disk is busy with the group before, runs all of it
in one transaction and answers everybody after the commit. A caller's work runs in a savepoint, so
one that fails takes nobody with it. On PostgreSQL callers have their own transactions and the
server groups their syncs; there this is of use only for events that stand alone.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine

from seal_service.audit.entry import Entry, Event
from seal_service.audit.errors import NotDurableError
from seal_service.audit.hashing import Hasher, HashId, hasher_of
from seal_service.audit.store.outbox import Prepared, prepare, write

T = TypeVar("T")
MAX_GROUP = 512


@dataclass(slots=True)
class _Item:
    future: Future[Any]
    event: Prepared | None = None
    work: Callable[[Connection], Any] | None = None


class GroupCommit:
    """Accept events and work from any thread; commit them in groups.

    Parameters
    ----------
    engine
        From `open_engine`.
    hasher
        The algorithm of the log's profile.
    committed
        Called after each commit, such as `Appender.wake`.
    """

    def __init__(
        self,
        engine: Engine,
        *,
        hasher: Hasher | None = None,
        committed: Callable[[], None] | None = None,
    ) -> None:
        self._engine = engine
        self._hasher = hasher_of(HashId.SHA256) if hasher is None else hasher
        self._committed = committed
        self._queue: queue.SimpleQueue[_Item | None] = queue.SimpleQueue()
        self._closed = False
        self._closing = threading.Lock()
        self._thread = threading.Thread(target=self._run, name="audit-group-commit", daemon=True)
        self._thread.start()

    def record(self, event: Event) -> Future[Entry]:
        """Hand in one event; the future holds its entry once it is durable.

        Raises
        ------
        InvalidEventError
            At once, if the event has no canonical form.
        NotDurableError
            In the future, if the commit failed: the event is not in the log, or (PostgreSQL, lost
            connection) may or may not be. Handing in the same event again is safe.
        """
        item = _Item(Future(), event=prepare(event, hasher=self._hasher))
        self._put(item)
        return item.future

    def submit(self, work: Callable[[Connection], T]) -> Future[T]:
        """Run `work` in a savepoint of the next group; the future holds its answer once durable.

        What `work` raises rolls back its savepoint and comes out of the future.
        """
        future: Future[T] = Future()
        self._put(_Item(future, work=work))
        return future

    def close(self) -> None:
        """Commit what has been handed in and end the thread."""
        with self._closing:
            if not self._closed:
                self._closed = True
                self._queue.put(None)
        self._thread.join()

    def _put(self, item: _Item) -> None:
        with self._closing:
            if self._closed:
                message = "the group commit is closed"
                raise NotDurableError(message)
            self._queue.put(item)

    def _run(self) -> None:
        while True:
            item = self._queue.get()
            group: list[_Item] = []
            while item is not None:
                group.append(item)
                if len(group) == MAX_GROUP:
                    break
                try:
                    item = self._queue.get_nowait()
                except queue.Empty:
                    break
            if group:
                self._commit(group)
            if item is None:
                return

    def _commit(self, group: Sequence[_Item]) -> None:
        live = [item for item in group if item.future.set_running_or_notify_cancel()]
        answers: list[tuple[Future[Any], Any, BaseException | None]] = []
        try:
            with self._engine.begin() as connection:
                events = [item.event for item in live if item.event is not None]
                write(connection, events)
                answers += [self._answer(connection, item) for item in live]
        except Exception as error:  # noqa: BLE001  # every caller must hear of it, whatever it is
            for item in live:
                message = f"the group's commit failed: {error}"
                failure = NotDurableError(message)
                failure.__cause__ = error
                item.future.set_exception(failure)
            return
        for future, value, fault in answers:
            if fault is None:
                future.set_result(value)
            else:
                future.set_exception(fault)
        if self._committed is not None:
            self._committed()

    @staticmethod
    def _answer(
        connection: Connection, item: _Item
    ) -> tuple[Future[Any], Any, BaseException | None]:
        if item.event is not None:
            return item.future, item.event.entry, None
        savepoint = connection.begin_nested()
        try:
            value = item.work(connection) if item.work is not None else None
        except Exception as error:  # noqa: BLE001  # it belongs to the caller
            savepoint.rollback()
            return item.future, None, error
        savepoint.commit()
        return item.future, value, None
