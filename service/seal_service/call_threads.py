"""The threads that calls run in.

`concurrent.futures.ThreadPoolExecutor` makes a future with a lock and a condition for every call,
which nobody waits for: with them a tenth of a small call's time was spent. gRPC asks for no more
than is here.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import suppress
from queue import Empty, SimpleQueue
from typing import Any

import structlog

log = structlog.get_logger("seal_service.calls")

Done = Callable[[Any], object]


class Job:
    """A call that waits for a thread, runs, or has ended."""

    __slots__ = ("_ended", "_task", "_tell")

    def __init__(self, task: Callable[[], object]) -> None:
        self._task = task
        self._ended = False
        self._tell: list[Done] = []

    def add_done_callback(self, tell: Done) -> None:
        """Have `tell` called once the job has ended, or at once if it has."""
        self._tell.append(tell)
        if self._ended:
            self._tell_all()

    def run(self) -> None:
        """Do it."""
        try:
            self._task()
        except Exception:  # gRPC catches its handlers' faults: this one is its own
            log.exception("a call ended in an unforeseen way")
        self._ended = True
        self._tell_all()

    def _tell_all(self) -> None:
        # Two threads may come here at once; a list gives each of its elements to one of them.
        while self._tell:
            with suppress(IndexError):
                self._tell.pop()(self)


class CallThreads:
    """Up to `limit` threads, begun when there is work and none is idle.

    Parameters
    ----------
    limit
        How many calls run at a time; others wait in the order in which they came.
    """

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._jobs: SimpleQueue[Job | None] = SimpleQueue()
        self._idle: list[None] = []
        """One for each thread that no job has been given to. Exact below the limit, where alone it
        matters: at the limit a job that waits is taken by a thread that counts as idle."""
        self._threads: list[threading.Thread] = []
        self._gate = threading.Lock()

    def submit(self, function: Callable[..., object], /, *arguments: Any) -> Job:
        """Have a function called in one of the threads."""
        job = Job(lambda: function(*arguments))
        self._jobs.put(job)
        # Each job takes an idle thread off the list itself: were the thread to do it once it has
        # the job, another job could count on it in between, and wait behind a long one.
        try:
            self._idle.pop()
        except IndexError:
            self._begin_one()
        return job

    def _begin_one(self) -> None:
        """Begin a thread for a job that no idle one has; at the limit the job waits."""
        with self._gate:
            if len(self._threads) < self._limit:
                name = f"call-{len(self._threads)}"
                thread = threading.Thread(target=self._work, name=name, daemon=True)
                self._threads.append(thread)
                thread.start()

    def shutdown(self) -> None:
        """Forget what waits and let the threads end with what they do; wait for none of them."""
        with suppress(Empty):
            while True:
                self._jobs.get_nowait()
        for _ in self._threads:
            self._jobs.put(None)

    def _work(self) -> None:
        # Begun for a job, so not idle at first.
        while (job := self._jobs.get()) is not None:
            job.run()
            del job  # Else the last call's messages stay until the next one comes.
            self._idle.append(None)
