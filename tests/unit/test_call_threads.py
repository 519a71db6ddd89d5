"""The threads of calls: each job runs once, whoever waits is told, faults end no thread."""

from __future__ import annotations

import threading
from queue import SimpleQueue
from typing import Any

from seal_service.call_threads import CallThreads


def test_every_job_runs_once_in_no_more_threads_than_allowed() -> None:
    threads = CallThreads(3)
    ran: list[int] = []
    used: set[str] = set()
    told = threading.Semaphore(0)

    def work(number: int) -> None:
        used.add(threading.current_thread().name)
        ran.append(number)

    for number in range(500):
        threads.submit(work, number).add_done_callback(lambda _: told.release())
    assert all(told.acquire(timeout=10) for _ in range(500))
    assert sorted(ran) == list(range(500))
    assert 1 <= len(used) <= 3
    threads.shutdown()


def test_jobs_run_beside_each_other() -> None:
    threads = CallThreads(4)
    together = threading.Barrier(4)
    met = threading.Semaphore(0)

    def meet() -> None:
        together.wait(10)
        met.release()

    for _ in range(4):
        threads.submit(meet)
    assert all(met.acquire(timeout=10) for _ in range(4))
    threads.shutdown()


class Hesitant(SimpleQueue[Any]):
    """A queue whose first taker hesitates, job in hand, before it goes on."""

    def __init__(self) -> None:
        self.taken, self.go = threading.Event(), threading.Event()

    def get(self, *arguments: Any, **options: Any) -> Any:
        found = super().get(*arguments, **options)
        if not self.taken.is_set():
            self.taken.set()
            self.go.wait(10)
        return found


def test_a_thread_that_has_just_taken_a_job_counts_as_busy() -> None:
    threads = CallThreads(2)
    threads._jobs = hesitant = Hesitant()
    threads.submit(lambda: None)
    assert hesitant.taken.wait(10)
    ran = threading.Event()
    threads.submit(ran.set)
    assert ran.wait(5), "it waits behind another job although a second thread may begin"
    hesitant.go.set()
    threads.shutdown()


def test_a_fault_ends_no_thread_and_is_told() -> None:
    threads = CallThreads(1)
    told: list[str] = []
    done = threading.Event()

    def fail() -> None:
        raise LookupError

    first = threads.submit(fail)
    first.add_done_callback(lambda _: told.append("failed"))
    last = threads.submit(told.append, "ran")
    last.add_done_callback(lambda _: done.set())
    assert done.wait(10)
    assert told == ["failed", "ran"]
    first.add_done_callback(lambda _: told.append("late"))
    assert told[-1] == "late"
    threads.shutdown()


def test_what_waits_at_the_end_is_forgotten() -> None:
    threads = CallThreads(1)
    busy, go = threading.Event(), threading.Event()
    ran: list[str] = []

    def hold() -> None:
        busy.set()
        go.wait(10)

    threads.submit(hold)
    assert busy.wait(10)
    threads.submit(ran.append, "never")
    threads.shutdown()
    go.set()
    for thread in threads._threads:
        thread.join(10)
        assert not thread.is_alive()
    assert not ran
