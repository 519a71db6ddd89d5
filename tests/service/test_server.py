"""The server as a process of the bank: starts, draining, workers."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from audit_log import wait_until
from refusals import refused
from service_bank import Bank, cheap_hasher, free_port, running

from seal_audit_check import check
from seal_service.adapters.sql.engine import Connections
from seal_service.config import load
from seal_service.opening import StartError
from seal_service.server import Server
from sealapi.v1 import organization_pb2 as ob
from sealmatch.client import Client, Retries

ORG = ob.GetOrgRequest(name="orgs/2101")


PROGRAM = "from seal_service.cli import main; main()"


def test_draining_lets_running_calls_end_and_refuses_new_ones(sqlite_bank: Bank) -> None:
    bank = sqlite_bank
    client = bank.as_("c11")
    started, release = threading.Event(), threading.Event()
    original = cheap_hasher()

    class Slow:
        hash = original.hash

        def matches(self, password_hash: str | None, password: str) -> bool:
            started.set()
            release.wait(10)
            return original.matches(password_hash, password)

    object.__setattr__(bank.server.pipeline.tools, "hasher", Slow())
    results: list[object] = []
    slow = threading.Thread(target=lambda: results.append(bank.sign_in("t11").token))
    slow.start()
    assert started.wait(10)
    drain = threading.Thread(target=bank.server.drain)
    drain.start()
    time.sleep(0.1)
    with refused("DRAINING") as caught:
        client.organization.get_org(ORG)
    assert caught.value.code == "UNAVAILABLE"
    assert caught.value.retry_after_s
    with refused("DRAINING"):
        client.organization.get_org(ORG)
    # Of a flood one a second is in the log.
    assert len(bank.log("sealapi.v1.OrganizationService/GetOrg", "DRAINING")) == 1
    release.set()
    slow.join(10)
    drain.join(10)
    assert results
    assert results[0]


def test_e33_each_start_says_in_the_log_what_is_in_force(copied: tuple[Path, str]) -> None:
    with running(*copied, passwords={"initial": "888888"}, threads=5) as bank:
        before = len(bank.log("system/Start"))
        kept = [*bank.rows("audit_outbox"), *bank.rows("audit_payload")]
        (said,) = (one.payload for one in kept if b'"threads":5' in bytes(one.payload or b""))
    assert b'"initial":"**********"' in bytes(said)
    with running(*copied) as bank:
        assert len(bank.log("system/Start")) == before + 1


def test_a_port_in_use_and_a_wrong_schema_are_said_in_one_line(
    copied: tuple[Path, str], tmp_path: Path
) -> None:
    with running(*copied) as bank:
        settings = load(None, data_dir=tmp_path / "x", port=bank.server.port)
        with pytest.raises(StartError, match="is the port in use"):
            Server(settings)
    from seal_service.adapters.sql.migrate import migrate

    folder, url = copied
    connections = Connections(url)
    migrate(connections, "0001", lose_data=True)
    connections.close()
    with pytest.raises(StartError, match="sealmatch migrate"):
        Server(load(None, data_dir=folder, database_url=url, port=0))


def start(folder: Path, port: int, *options: str) -> subprocess.Popen[str]:
    arguments = ["serve", "--data-dir", str(folder), "--port", str(port), *options]
    return subprocess.Popen(
        [sys.executable, "-c", PROGRAM, *arguments], stderr=subprocess.PIPE, text=True
    )


def wait_for(port: int, process: subprocess.Popen[str]) -> None:
    # Not with a channel: after a refused connection it waits longer and longer.
    for _ in range(600):
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    process.kill()
    pytest.fail(process.communicate()[1])


@pytest.mark.parametrize("workers", ["1", "2"])
def test_serve_makes_its_data_directory_and_drains_on_sigterm(tmp_path: Path, workers: str) -> None:
    port = free_port()
    process = start(tmp_path / "bank", port, "--workers", workers)
    try:
        wait_for(port, process)
        with (
            Client(f"127.0.0.1:{port}") as client,
            refused("BAD_CREDENTIALS"),
        ):
            client.login("nobody", "x")
    finally:
        process.send_signal(signal.SIGTERM)
        log = process.communicate(timeout=60)[1]
    assert process.returncode == 0, log
    events = [json.loads(line) for line in log.splitlines() if line.startswith("{")]
    names = [event["event"] for event in events]
    assert names.count("draining") == int(workers)
    assert (tmp_path / "bank" / "bootstrap.token").stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "bank" / "sealmatch.key").stat().st_mode & 0o777 == 0o600
    # Whichever process numbered it: nothing waits, everything is signed and published.
    report = check(str(tmp_path / "bank"), processes=1)
    assert report.findings == []
    assert report.signed_size == report.events >= 1
    assert report.waiting == 0
    assert f"\n{report.events}\n" in (tmp_path / "bank" / "audit" / "checkpoint").read_text()
    assert (tmp_path / "bank" / "audit.key").stat().st_mode & 0o777 == 0o600
    call = next(event for event in events if event["event"] == "call")
    assert call["outcome"] == "BAD_CREDENTIALS"
    assert len(call["trace_id"]) == 32


def test_workers_end_with_the_process_that_watches_them(tmp_path: Path) -> None:
    port = free_port()
    process = start(tmp_path / "bank", port, "--workers", "2")
    wait_for(port, process)
    process.kill()
    process.communicate(timeout=60)  # the workers hold its error stream open while they live
    with pytest.raises(OSError, match="refused"):
        socket.create_connection(("127.0.0.1", port), timeout=1)


def workers_of(process: int) -> set[int]:
    """Return the processes that serve for one that watches them."""
    tasks = Path(f"/proc/{process}/task").iterdir()
    children = {int(one) for task in tasks for one in (task / "children").read_text().split()}
    return {one for one in children if "spawn_main" in Path(f"/proc/{one}/cmdline").read_text()}


@pytest.mark.timeout(240)
def test_a_worker_that_is_killed_is_replaced_and_the_log_goes_on(tmp_path: Path) -> None:
    port = free_port()
    process = start(tmp_path / "bank", port, "--workers", "2")

    def call() -> None:
        # A read, so that the client repeats it where the one who was asked has just been killed.
        patient = Retries(attempts=50, longest_wait_s=0.2)
        with Client(f"127.0.0.1:{port}", retries=patient) as client, refused("SESSION_EXPIRED"):
            client.organization.get_org(ORG)

    try:
        wait_for(port, process)
        wait_until(lambda: len(workers_of(process.pid)) == 2)
        # One after the other: whichever numbers the log, the other takes over.
        for victim in sorted(workers_of(process.pid)):
            call()
            os.kill(victim, signal.SIGKILL)
            call()
            wait_until(lambda gone=victim: len(workers_of(process.pid) - {gone}) == 2)
            call()
    finally:
        process.send_signal(signal.SIGTERM)
        log = process.communicate(timeout=60)[1]
    assert process.returncode == 0, log
    assert log.count("worker ended; starting another") == 2
    report = check(str(tmp_path / "bank"), processes=1)
    assert (report.findings, report.waiting) == ([], 0)
    assert report.events >= 6
