"""Several server processes on one port (SO_REUSEPORT), watched by one that does nothing else."""

from __future__ import annotations

import gc
import multiprocessing
import os
import signal
import sys
import threading
from multiprocessing.process import BaseProcess
from types import FrameType

import structlog

from seal_service import logs
from seal_service.config import Settings
from seal_service.opening import StartError
from seal_service.server import Server

RESTART_AFTER_S = 1.0
LOOK_EVERY_S = 0.25
SWITCH_S = 0.0005
log = structlog.get_logger("seal_service.workers")


def run(settings: Settings) -> None:
    """Serve until SIGTERM or SIGINT, with as many processes as the configuration says.

    Raises
    ------
    StartError
    """
    if settings.workers == 1:
        serve(settings, 0)
    else:
        _watch(settings)


def serve(settings: Settings, worker: int) -> None:
    """Serve in this process until SIGTERM or SIGINT, then drain."""
    ended = _stop_event()
    # A call that comes back from the disk waits so long for the interpreter, while others compute.
    sys.setswitchinterval(SWITCH_S)
    server = Server(settings, worker=worker)
    server.start()
    # What is there now stays: no collection of garbage need look at it, for tens of milliseconds.
    gc.collect()
    gc.freeze()
    # With a limit: a signal that the kernel gives to one of gRPC's threads wakes nobody here.
    while not ended.wait(LOOK_EVERY_S):
        pass
    server.drain()


def _worker(settings: Settings, worker: int) -> None:
    logs.configure(settings)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    try:
        serve(settings, worker)
    except StartError as error:
        log.error("worker cannot start", worker=worker, why=str(error))  # noqa: TRY400
        sys.exit(1)


def _end_with_parent() -> None:
    """Drain when the watching process is gone, however it ended: nobody would restart us."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os.kill(os.getpid(), signal.SIGTERM)


def _watch(settings: Settings) -> None:
    ended = _stop_event()
    # The first opens the database and migrates it before others look.
    # A port that is opened and never served would stay open as long as this process lives.
    Server(settings, listen=False).stop()
    context = multiprocessing.get_context("spawn")

    def start(number: int) -> BaseProcess:
        process = context.Process(target=_worker, args=(settings, number), name=f"worker-{number}")
        process.start()
        return process

    processes = [start(number) for number in range(settings.workers)]
    while not ended.wait(RESTART_AFTER_S):
        for number, process in enumerate(processes):
            if not process.is_alive():
                log.error("worker ended; starting another", worker=number, code=process.exitcode)
                processes[number] = start(number)
    for process in processes:
        process.terminate()  # SIGTERM: it drains
    for process in processes:
        process.join(settings.drain_s + 10)
        if process.is_alive():
            process.kill()


def _stop_event() -> threading.Event:
    ended = threading.Event()

    def end(_signal: int, _frame: FrameType | None) -> None:
        ended.set()

    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGINT, end)
    return ended
