"""`python -m audit_speed`: durable events per second, added latency, verified events per second.

Every figure is asserted before it is printed: the log that was measured must be sound, and no event
that was acknowledged may be missing in it.
"""

from __future__ import annotations

import argparse
import os
import platform
import resource
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

from sqlalchemy import text

from seal_audit_check import Report, Trust, check
from seal_service.audit import AuditKind, Event, Signer, tables
from seal_service.audit.store import (
    Appender,
    GroupCommit,
    LogSettings,
    append,
    open_engine,
    reading,
)

ORIGIN = "bench.example/audit"


def event_of(number: int) -> Event:
    """Return a typical event: a verification, with a payload of about 200 bytes."""
    payload = (
        f'{{"algo":"2026.11.2","business_type":"cheque","serial":"20261122{number:010d}",'
        f'"seals":[{{"score":{number % 900 / 100},"verdict":"PASS"}}],"stage":"AUTO_PASS",'
        f'"threshold":"2026.11.2","elapsed_ms":{number % 40},"channel":"CLEARING"}}'
    )
    return Event(
        kind=AuditKind(1 + number % 5),
        action="sealapi.v1.VerificationService/VerifySeal",
        actor=f"{number % 3000:06d}",
        organisation=f"BR{number % 600:04d}",
        account=f"6222{number % 100_000:012d}",
        target=f"verifications/20261122{number:010d}",
        correlation_id=f"{number:032x}",
        payload=payload.encode(),
    )


def measure_append(folder: Path, url: str, count: int, in_flight: int) -> Path:
    """Hand in events one by one from two threads; return the file with the log's public key."""
    engine = open_engine(url)
    tables.metadata.drop_all(engine)
    tables.metadata.create_all(engine)
    signer = Signer.generate(ORIGIN)
    key = folder / "log.pub"
    key.write_text(f"{signer.verifier}\n", encoding="utf-8")
    appender = Appender(
        engine, LogSettings(ORIGIN), signer, publish_to=folder / "published", batch=1000
    )
    appender.start()
    group = GroupCommit(engine)
    window = threading.Semaphore(in_flight)
    latencies: list[float] = []

    def produce(start: int) -> None:
        for number in range(start, count, 2):
            window.acquire()
            began = time.perf_counter()

            def done(_: object, began: float = began) -> None:
                latencies.append(time.perf_counter() - began)
                window.release()

            group.record(event_of(number)).add_done_callback(done)

    began, processor_began = time.perf_counter(), processor_s()
    threads = [threading.Thread(target=produce, args=(start,)) for start in (0, 1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    group.close()
    durable_s = time.perf_counter() - began
    appender.stop(timeout_s=900)
    signed_s = time.perf_counter() - began
    processor_us = (processor_s() - processor_began) / count * 1e6
    status = appender.status
    assert (status.size, status.signed_size, status.published_size) == (count,) * 3, status
    assert len(latencies) == count
    with reading(engine) as connection:
        held = connection.execute(text("SELECT count(*) FROM audit_event")).scalar()
    assert held == count
    engine.dispose()
    cuts = statistics.quantiles(latencies, n=100)
    print(
        f"durable        {count / durable_s:10,.0f} events/s acknowledged after a synced commit "
        f"({in_flight} in flight; p50 {cuts[49] * 1e3:.0f} ms, p99 {cuts[98] * 1e3:.0f} ms)"
    )
    print(
        f"in the tree    {count / signed_s:10,.0f} events/s acknowledged, numbered, hashed, signed "
        f"and published ({processor_us:.0f} µs of processor time an event, all of it)"
    )
    return key


def measure_in_transaction(folder: Path, calls: int, rate: float) -> None:
    """Compare a call's own synced transaction with and without its audit event, at a rate."""
    url = f"sqlite:///{folder / 'calls.db'}"
    engine = open_engine(url)
    tables.metadata.create_all(engine)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE work (id INTEGER PRIMARY KEY, what TEXT)"))
    appender = Appender(engine, LogSettings(ORIGIN), Signer.generate(ORIGIN))
    appender.start()
    times: dict[bool, list[float]] = {False: [], True: []}
    due = time.perf_counter()
    for number in range(2 * calls):
        due += 1 / rate
        time.sleep(max(0.0, due - time.perf_counter()))
        audited = number % 2 == 1
        began = time.perf_counter()
        with engine.begin() as connection:
            connection.execute(text("INSERT INTO work (what) VALUES ('a row')"))
            if audited:
                append(connection, event_of(number))
        times[audited].append(time.perf_counter() - began)
    appender.stop(timeout_s=60)
    assert appender.status.size == calls, appender.status
    engine.dispose()
    for audited, name in ((False, "without"), (True, "with")):
        cuts = statistics.quantiles(times[audited], n=100)
        print(
            f"one call       {name} its audit event: p50 {cuts[49] * 1e3:.2f} ms, "
            f"p99 {cuts[98] * 1e3:.2f} ms ({rate:.0f} calls/s asked for, synced commit included)"
        )


def measure_verify(url: str, key: Path, count: int, processes: int) -> Report:
    """Check the log and print the rate."""
    began = processor_s()
    report = check(url, Trust.of((str(key),)), processes=processes)
    processor_us = (processor_s() - began) / count * 1e6
    assert report.sound, report.findings[:5]
    assert report.events == report.payloads == report.signed_size == count
    print(
        f"verify         {count / report.elapsed_s:10,.0f} events/s, {processes} processes, "
        f"{report.checkpoints} checkpoints ({processor_us:.1f} µs of processor time an event)"
    )
    return report


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="audit_speed", description=__doc__)
    parser.add_argument("--events", type=int, default=200_000)
    parser.add_argument("--calls", type=int, default=1000)
    parser.add_argument("--in-flight", type=int, default=512)
    parser.add_argument("--folder", type=Path, help="where to write; a folder on a real disk")
    parser.add_argument("--url", help="a PostgreSQL database to use up instead of SQLite")
    options = parser.parse_args()
    print(f"machine        {machine()}")
    with tempfile.TemporaryDirectory(dir=options.folder) as name:
        folder = Path(name)
        url = options.url or f"sqlite:///{folder / 'audit.db'}"
        print(f"one sync       {sync_ms(folder):10.2f} ms for a 4 KiB page, median of 50")
        key = measure_append(folder, url, options.events, options.in_flight)
        for processes in sorted({1, 2, len(os.sched_getaffinity(0))}):
            measure_verify(url, key, options.events, processes)
        measure_in_transaction(folder, options.calls, 500.0)
    return 0


def processor_s() -> float:
    """Return the processor time of this process and its ended children, in seconds.

    Beside the rate it tells what a busy machine took away.
    """
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(usage.ru_utime + usage.ru_stime for usage in used)


def sync_ms(folder: Path) -> float:
    """Return how long the disk takes to make one page durable, in ms."""
    times = []
    with (folder / "probe").open("wb", buffering=0) as file:
        for _ in range(50):
            file.write(bytes(4096))
            began = time.perf_counter()
            os.fdatasync(file.fileno())
            times.append(time.perf_counter() - began)
    return statistics.median(times) * 1e3


def machine() -> str:
    """Return processor, cores, load, Python and commit."""
    model = platform.processor() or platform.machine()
    for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
        if line.startswith("model name"):
            model = line.split(":", 1)[1].strip()
            break
    commit = subprocess.run(  # git, from a fixed command line
        ["git", "rev-parse", "--short", "HEAD"],  # noqa: S607
        capture_output=True,
        text=True,
        check=False,
    ).stdout.strip()
    load = os.getloadavg()[0]
    cores = len(os.sched_getaffinity(0))
    return f"{model}, {cores} cores, load {load:.1f}, Python {platform.python_version()}, {commit}"


if __name__ == "__main__":
    sys.exit(main())
