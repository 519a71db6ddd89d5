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

from audit_speed.calls import measure_calls, measure_start
from seal_audit_check import Report, Trust, check
from seal_service.audit import AuditKind, Event, Signer, tables
from seal_service.audit.store import Appender, LogSettings, Recorder, Transactions

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
    database = Transactions(url)
    with database.write() as connection:
        tables.metadata.drop_all(connection)
        tables.metadata.create_all(connection)
    signer = Signer.generate(ORIGIN)
    key = folder / "log.pub"
    key.write_text(f"{signer.verifier}\n", encoding="utf-8")
    settings = LogSettings(ORIGIN)
    appender = Appender(database, settings, signer, publish_to=folder / "published", batch=1000)
    appender.start()
    recorder = Recorder(database, settings.hasher)
    window = threading.Semaphore(in_flight)
    latencies: list[float] = []

    def produce(start: int) -> None:
        for number in range(start, count, 2):
            window.acquire()
            began = time.perf_counter()

            def done(_: object, began: float = began) -> None:
                latencies.append(time.perf_counter() - began)
                window.release()

            recorder.record(event_of(number)).add_done_callback(done)

    began, processor_began = time.perf_counter(), processor_s()
    threads = [threading.Thread(target=produce, args=(start,)) for start in (0, 1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    recorder.close()
    durable_s = time.perf_counter() - began
    appender.stop(timeout_s=900)
    signed_s = time.perf_counter() - began
    processor_us = (processor_s() - processor_began) / count * 1e6
    status = appender.status
    assert (status.size, status.signed_size, status.published_size) == (count,) * 3, status
    assert len(latencies) == count
    with database.read() as connection:
        held = connection.execute(text("SELECT count(*) FROM audit_event")).scalar()
    assert held == count
    database.close()
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
    parser.add_argument("--in-flight", type=int, default=512)
    parser.add_argument("--seconds", type=float, default=10.0, help="of calls, in each round")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--folder", type=Path, help="where to write; a folder on a real disk")
    parser.add_argument("--url", help="a PostgreSQL database to use up instead of SQLite")
    parser.add_argument("--calls-only", action="store_true", help="leave the log itself out")
    options = parser.parse_args()
    print(f"machine        {machine()}")
    with tempfile.TemporaryDirectory(dir=options.folder) as name:
        folder = Path(name)
        url = options.url or f"sqlite:///{folder / 'audit.db'}"
        print(f"one sync       {sync_ms(folder):10.2f} ms for a 4 KiB page, median of 50")
        if not options.calls_only:
            key = measure_append(folder, url, options.events, options.in_flight)
            for processes in sorted({1, 2, len(os.sched_getaffinity(0))}):
                measure_verify(url, key, options.events, processes)
        bank = folder / "bank"
        measure_calls(bank, (100.0, 500.0), options.seconds, options.rounds)
        measure_start(bank, options.rounds)
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
