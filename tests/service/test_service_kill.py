"""kill -9 of the service at random instants under load: nothing acknowledged is lost."""

from __future__ import annotations

import os
import random
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from service_bank import PASSWORD, Clock, Template, running
from service_loss import held, verified

from sealapi.v1 import identity_pb2 as ib
from sealapi.v1 import organization_pb2 as ob
from sealmatch.client import CallError, Client, Retries

# `make service-kill` asks for 200, on each database.
KILLS = int(os.environ.get("SEALMATCH_KILLS", "3"))
THREADS = 4
PROGRAM = "from seal_service.cli import main; main()"


class Round:
    """One life of the server: started, loaded, killed."""

    def __init__(self, number: int, token: str, said: Path) -> None:
        self.number, self.token, self.said = number, token, said
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.pid = 0
        self.acknowledged: list[str] = []
        self.odd: list[CallError] = []
        self.answered = threading.Event()

    def wait(self) -> None:
        """Wait until the server listens."""
        until = time.monotonic() + 120
        while time.monotonic() < until:
            try:
                socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
            except OSError:
                assert is_there(self.pid), "the server ended by itself"
                time.sleep(0.02)
            else:
                return
        said = self.said.read_text("utf-8") if self.said.exists() else ""
        pytest.fail(f"the server of round {self.number} does not listen; it said: {said}")

    def client(self) -> Client:
        """Return a client that does not repeat."""
        return Client(f"127.0.0.1:{self.port}", token=self.token, retries=Retries(attempts=1))

    def load(self, thread: int) -> None:
        """Create and look until the server is gone."""
        with self.client() as client:
            for step in range(100_000):
                user = f"k{self.number}x{thread}x{step}"
                request = ib.CreateUserRequest(
                    user_id=user, display_name=user, org="orgs/2101", kind=ib.User.KIND_PERSON,
                    posts=["posts/sub-branch-teller"], reason="x",
                )  # fmt: skip
                try:
                    self.acknowledged.append(client.identity.create_user(request).change.name)
                    client.organization.get_org(ob.GetOrgRequest(name="orgs/2101"))
                except CallError as error:
                    if error.reason == "CONFLICT":  # PostgreSQL: others were faster, time and again
                        continue
                    if error.code not in {"UNAVAILABLE", "CANCELLED", "UNKNOWN"}:
                        self.odd.append(error)
                    return
                self.answered.set()

    def kill(self) -> None:
        """Kill every process of the server, which is a session of its own."""
        os.killpg(self.pid, signal.SIGKILL)
        while is_there(self.pid):
            time.sleep(0.01)


def is_there(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


@contextmanager
def started(forks: subprocess.Popen[str], folder: Path, url: str, life: Round) -> Iterator[None]:
    """Start a server, by fork because that is quick; each tenth as a bank does, with two workers.

    Whatever happens inside, it is killed at the end.
    """
    command = None
    if life.number % 10 == 1:
        with life.said.open("w") as said:
            command = subprocess.Popen(
                [sys.executable, "-c", PROGRAM, "serve", "--data-dir", str(folder),
                 "--port", str(life.port), "--workers", "2"],
                env={**os.environ, "SEALMATCH_DATABASE_URL": url,
                     "SEALMATCH_QUOTA__PER_S": "1e6", "SEALMATCH_LOG_LEVEL": "error"},
                stderr=said, start_new_session=True,
            )  # fmt: skip
        life.pid = command.pid
    else:
        assert forks.stdin is not None
        assert forks.stdout is not None
        forks.stdin.write(f"{folder} {life.port} {url}\n")
        forks.stdin.flush()
        life.pid = int(forks.stdout.readline())
    try:
        life.wait()
        yield
    finally:
        life.kill()
        if command is not None:
            command.wait(30)


def signed_in(folder: Path, url: str) -> str:
    now = Clock(datetime.now(UTC))  # That of the processes to come.
    with running(folder, url, now) as bank:
        return bank.sign_in("c11", PASSWORD).token


@pytest.fixture
def forks() -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, Path(__file__).parent / "server_forks.py"]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:
        yield process
        process.kill()


@pytest.mark.timeout(7200)
def test_e34_kill_9_of_the_service_under_load_loses_nothing(
    template: Template, forks: subprocess.Popen[str], tmp_path: Path
) -> None:
    folder, url = template.copy(tmp_path / "data")
    token = signed_in(folder, url)
    founding = held(url).without_change
    chance = random.Random(20261123)  # noqa: S311  # a test's instants
    acknowledged: set[str] = set()
    for number in range(KILLS):
        life = Round(number, token, tmp_path / "said")
        with started(forks, folder, url, life):
            threads = [threading.Thread(target=life.load, args=(n,)) for n in range(THREADS)]
            for thread in threads:
                thread.start()
            assert life.answered.wait(60), life.odd
            time.sleep(chance.uniform(0.0, 0.8))
        for thread in threads:
            thread.join(60)
        assert life.odd == []
        acknowledged.update(life.acknowledged)
        # Before anything has had a chance to repair it.
        assert verified(folder, url).findings == [], f"after kill {number}"
        found = held(url)
        lost = acknowledged - found.changes
        assert not lost, f"{len(lost)} lost by kill {number}"
        # Every act has its event and every event its act.
        assert found.without_change == founding
        if number % 20 == 19:
            print(f"{number + 1} kills, {len(acknowledged)} acknowledged", flush=True)
    with running(folder, url):
        pass  # It takes up what waits, and leaves nothing behind.
    report = verified(folder, url)
    assert (report.findings, report.waiting) == ([], 0)
    assert report.signed_size == report.events
    assert len(acknowledged) >= KILLS
    print(f"{KILLS} kills, {len(acknowledged)} acknowledged, {report.events} events")
    template.drop(url)
