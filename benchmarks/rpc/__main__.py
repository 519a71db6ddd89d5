"""Measure both servers and print one table."""

from __future__ import annotations

import multiprocessing
import statistics
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import grpc

from rpc.servers import OPTIONS, SERVICE, serve_aio, serve_threads

REQUEST = b"\x5a" * 150_000
SERVERS = {"thread pool": serve_threads, "aio": serve_aio}
KINDS = ("echo", "commit", "engine")
IN_FLIGHT = (1, 8, 32)
WORKERS = 16
SECONDS = 4.0


@contextmanager
def running(name: str) -> Iterator[str]:
    """Run one server in a process of its own; yield its address."""
    address = f"127.0.0.1:{54100 + list(SERVERS).index(name)}"
    with tempfile.TemporaryDirectory() as folder:
        process = multiprocessing.get_context("spawn").Process(
            target=SERVERS[name], args=(address, Path(folder), WORKERS)
        )
        process.start()
        try:
            with grpc.insecure_channel(address) as channel:
                grpc.channel_ready_future(channel).result(timeout=20)
            yield address
        finally:
            process.terminate()
            process.join()


def measure(address: str, kind: str, in_flight: int) -> tuple[float, float, float]:
    """Drive one method; return calls/s, median ms and 99th percentile ms of a call."""
    took: list[list[float]] = [[] for _ in range(in_flight)]
    stop = time.perf_counter() + SECONDS

    def drive(samples: list[float], call: grpc.UnaryUnaryMultiCallable[bytes, bytes]) -> None:
        while time.perf_counter() < stop:
            start = time.perf_counter()
            reply = call(REQUEST)
            samples.append(time.perf_counter() - start)
            if reply != b"150000":
                message = f"wrong reply {reply!r}"
                raise AssertionError(message)

    with grpc.insecure_channel(address, options=OPTIONS) as channel:
        call: grpc.UnaryUnaryMultiCallable[bytes, bytes] = channel.unary_unary(f"/{SERVICE}/{kind}")
        threads = [threading.Thread(target=drive, args=(samples, call)) for samples in took]
        begin = time.perf_counter()
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        elapsed = time.perf_counter() - begin
    all_ms = sorted(1e3 * sample for samples in took for sample in samples)
    return len(all_ms) / elapsed, statistics.median(all_ms), all_ms[int(0.99 * len(all_ms))]


def main() -> None:
    """Print the table of every server, kind of work and number of calls in flight."""
    print("| work | in flight | server | calls/s | p50 ms | p99 ms |\n|---|---|---|---|---|---|")
    for kind in KINDS:
        for in_flight in IN_FLIGHT:
            for name in SERVERS:
                with running(name) as address:
                    rate, p50, p99 = measure(address, kind, in_flight)
                print(
                    f"| {kind} | {in_flight} | {name} | {rate:.0f} | {p50:.2f} | {p99:.2f} |",
                    flush=True,
                )


if __name__ == "__main__":
    main()
