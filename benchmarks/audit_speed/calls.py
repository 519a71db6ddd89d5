"""What authorising, auditing and committing add to a call of a running server, at a steady rate."""

from __future__ import annotations

import os
import socket
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from grpc_health.v1 import health_pb2

from audit_speed.wire import Calls
from seal_audit_check import check
from sealapi.v1 import identity_pb2 as ib
from sealapi.v1 import organization_pb2 as ob
from sealapi.v1 import session_pb2 as sb
from sealmatch.client import Client

PASSWORD = "Blue-Horse-47"  # noqa: S105  # of a bank that lives for a minute
WARM_UP_S = 1.0
_CONFIG = 'log_level = "warning"\n[quota]\nper_s = 100000\nburst = 100000\n'


QUIET_MS = 5.0
"""A disk whose own syncs, with nothing of ours to do, all take less is quiet."""


@dataclass(frozen=True, slots=True)
class Cost:
    """What one kind of call costs: until its answer, and of the server's processor time.

    disk_ms: the longest sync that the disk needed meanwhile for a page of nobody's.
    """

    p50_ms: float
    p99_ms: float
    processor_ms: float
    disk_ms: float


class Disk:
    """Writes and syncs a page of its own, fifty times a second: how long the disk itself takes."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / "page"
        self._end = threading.Event()
        self._took: list[float] = []
        self._thread = threading.Thread(target=self._watch)

    def _watch(self) -> None:
        page = os.urandom(4096)
        with self._path.open("wb", buffering=0) as file:
            while not self._end.wait(0.02):
                began = time.perf_counter()
                os.pwrite(file.fileno(), page, 0)
                os.fdatasync(file.fileno())
                self._took.append(time.perf_counter() - began)

    def __enter__(self) -> Self:
        """Begin."""
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """End."""
        self._end.set()
        self._thread.join()

    @property
    def longest_ms(self) -> float:
        """The longest sync so far."""
        return max(self._took, default=0.0) * 1e3


@contextmanager
def served(folder: Path, *options: str) -> Iterator[tuple[subprocess.Popen[bytes], str, float]]:
    """Start `sealmatch serve`; yield the process, its address and how long it took to answer."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    config = folder.parent / f"{folder.name}.toml"
    config.write_text(_CONFIG, encoding="utf-8")
    command = [
        sys.executable, "-c", "from seal_service.cli import main; main()", "serve", "--config",
        str(config), "--data-dir", str(folder), "--port", str(port), *options,
    ]  # fmt: skip
    began = time.perf_counter()
    with subprocess.Popen(command, env=_as_installed(folder)) as process:  # noqa: S603  # our own
        try:
            while True:
                try:
                    socket.create_connection(("127.0.0.1", port), timeout=1).close()
                    break
                except OSError:
                    if process.poll() is not None:
                        raise
                    time.sleep(0.01)
            yield process, f"127.0.0.1:{port}", time.perf_counter() - began
        finally:
            process.terminate()


def _as_installed(folder: Path) -> dict[str, str]:
    """Return an environment in which modules are compiled once, as they are where a bank installs.

    A development container may say that Python shall keep nothing.
    """
    kept = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
    return {**kept, "PYTHONPYCACHEPREFIX": str(folder.parent / "compiled")}


def sign_in(folder: Path, client: Client) -> None:
    """Set the bank up and sign its first administrator in."""
    token = (folder / "bootstrap.token").read_text("ascii").strip()
    client.identity.bootstrap_super_admin(
        ib.BootstrapSuperAdminRequest(
            bootstrap_token=token, user_id="root", display_name="root", password=PASSWORD,
            org_id="1000", org_display_name="HQ",
        )
    )  # fmt: skip
    client.login("root", PASSWORD)
    made = client.identity.create_user(
        ib.CreateUserRequest(
            user_id="hq1", display_name="hq1", org="orgs/1000", posts=["posts/hq-admin"],
            kind=ib.User.KIND_PERSON, reason="set-up",
        )
    )  # fmt: skip
    client.login("hq1", made.initial_password)
    change = sb.ChangePasswordRequest(old_password=made.initial_password, new_password=PASSWORD)
    client.session.change_password(change)
    client.login("hq1", PASSWORD)


def at_rate(server: int, calls: Calls, rate: float, seconds: float, folder: Path) -> Cost:
    """Begin calls at a steady rate, whether or not earlier ones have ended."""
    processor_began = processor_s(server)
    with Disk(folder) as disk:
        times = calls.at_rate(rate, seconds, warm_up_s=WARM_UP_S)
    calls.close()
    cuts = statistics.quantiles(times, n=100)
    processor_ms = (processor_s(server) - processor_began) / (rate * (seconds + WARM_UP_S)) * 1e3
    return Cost(cuts[49] * 1e3, cuts[98] * 1e3, processor_ms, disk.longest_ms)


def measure_calls(folder: Path, rates: Sequence[float], seconds: float, rounds: int) -> None:
    """Compare a call that passes the whole pipeline with one of the same server that does not."""
    with served(folder.with_name("first")):
        pass  # Everything is compiled now.
    with served(folder) as (process, address, start_s), Client(address) as client:
        idle_mib = resident_mib(process.pid)
        sign_in(folder, client)
        health = health_pb2.HealthCheckRequest().SerializeToString()
        request = ob.GetOrgRequest(name="orgs/1000").SerializeToString()
        bearer = (("authorization", f"Bearer {client.token}"),)

        def bare() -> Calls:
            return Calls(address, "/grpc.health.v1.Health/Check", health)

        def whole() -> Calls:
            path = "/sealapi.v1.OrganizationService/GetOrg"
            return Calls(address, path, request, metadata=bearer)

        for rate in rates:
            tell(
                rate,
                [
                    (
                        at_rate(process.pid, bare(), rate, seconds, folder.parent),
                        at_rate(process.pid, whole(), rate, seconds, folder.parent),
                    )
                    for _ in range(rounds)
                ],
            )
    report = check(str(folder))
    assert report.sound, report.findings[:5]
    assert report.events >= rounds * sum(rates) * seconds
    assert report.waiting == 0
    print(f"start-up       {start_s:.2f} s to the first connection with an empty data directory")
    print(f"idle           {idle_mib:.0f} MiB resident")


def tell(rate: float, found: Sequence[tuple[Cost, Cost]]) -> None:
    """Print what the whole pipeline adds to a bare call: each round, and medians.

    A disk that stands still for a tenth of a second, as a shared one may, makes every commit wait,
    whoever asks. So the medians are also given of those rounds in which it did not.
    """
    print(f"calls          {rate:.0f} a second, rounds:")
    for bare, whole in found:
        print(
            f"               adds p50 {whole.p50_ms - bare.p50_ms:.2f}, p99 "
            f"{whole.p99_ms - bare.p99_ms:.2f} ms (to {whole.p50_ms:.2f} and {whole.p99_ms:.2f}); "
            f"longest sync of the disk itself {whole.disk_ms:.1f} ms"
        )
    quiet = [pair for pair in found if pair[1].disk_ms < QUIET_MS]
    for name, rounds in (("all", found), (f"disk below {QUIET_MS:.0f} ms", quiet)):
        if rounds:
            added50 = statistics.median(whole.p50_ms - bare.p50_ms for bare, whole in rounds)
            added99 = statistics.median(whole.p99_ms - bare.p99_ms for bare, whole in rounds)
            print(
                f"               medians of {len(rounds)} rounds ({name}): adds p50 "
                f"{added50:.2f} ms, p99 {added99:.2f} ms"
            )
    bare_ms, whole_ms = (
        statistics.median(pair[which].processor_ms for pair in found) for which in (0, 1)
    )
    print(f"               processor time of a call {whole_ms:.2f} ms, of a bare one {bare_ms:.2f}")


def measure_start(folder: Path, rounds: int) -> None:
    """Start on a data directory that exists."""
    times = []
    for _ in range(rounds):
        with served(folder) as (process, _, start_s):
            times.append(start_s)
        assert process.returncode == 0
    print(
        f"start-up       {statistics.median(times):.2f} s again, median of "
        f"{', '.join(f'{s:.2f}' for s in times)}"
    )


def processor_s(pid: int) -> float:
    """Return how much processor time a process has used, in seconds."""
    fields = Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def resident_mib(pid: int) -> float:
    """Return how much memory a process holds."""
    for line in Path(f"/proc/{pid}/status").read_text("ascii").splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    raise AssertionError
