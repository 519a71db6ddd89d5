"""PostgreSQL restarts under the load of calls, as by a crash: the service goes on by itself."""

from __future__ import annotations

import itertools
import subprocess
import threading
import time
import uuid
from pathlib import Path

import pytest
from databases import SCRIPT
from service_bank import Bank, postgres_template, running
from service_loss import held, verified

from sealapi.v1 import identity_pb2 as ib
from sealmatch.client import CallError, Client, Retries

MAKERS = ("c11", "c11", "c12", "b2")
OUTLETS = {"c11": "2101", "c12": "2102", "b2": "2201"}


class Load:
    """Callers that ask for new users, each again with the same request id until it is answered."""

    def __init__(self, bank: Bank) -> None:
        self.acknowledged: list[str] = []
        self.refusals: list[str] = []
        self.done = threading.Event()
        self._threads = [
            threading.Thread(target=self._ask, args=(bank.address, number, maker, token))
            for number, maker in enumerate(MAKERS)
            for token in [bank.sign_in(maker).token]
        ]
        for thread in self._threads:
            thread.start()

    def _ask(self, address: str, number: int, maker: str, token: str) -> None:
        with Client(address, token=token, retries=Retries(attempts=1)) as client:
            for step in itertools.count():
                user = f"k{number}x{step}"
                request = ib.CreateUserRequest(
                    request_id=str(uuid.uuid4()), user_id=user, display_name=user, reason="x",
                    org=f"orgs/{OUTLETS[maker]}", kind=ib.User.KIND_PERSON,
                )  # fmt: skip
                while True:
                    if self.done.is_set() and step:
                        return
                    try:
                        name = client.identity.create_user(request).change.name
                    except CallError as error:
                        self.refusals.append(error.reason or error.code)
                        time.sleep(0.02)
                    else:
                        self.acknowledged.append(name)
                        break

    def wait_for(self, more: int) -> None:
        """Wait until so many more calls have been acknowledged."""
        until, wanted = time.monotonic() + 60, len(self.acknowledged) + more
        while len(self.acknowledged) < wanted:
            assert time.monotonic() < until, set(self.refusals)
            time.sleep(0.02)

    def stop(self) -> None:
        """Let every caller end."""
        self.done.set()
        for thread in self._threads:
            thread.join()


def restart(server: Path) -> None:
    """Restart the database as by a crash."""
    done = subprocess.run(
        [SCRIPT, "restart", server], capture_output=True, text=True, check=False, timeout=110
    )
    assert done.returncode == 0, done.stderr + (server / "server.log").read_text()[-2000:]


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_e34_a_database_that_restarts_under_load_loses_nothing_acknowledged(
    cluster: tuple[Path, str], tmp_path: Path
) -> None:
    server, url = cluster
    template = postgres_template(tmp_path / "bank", url)
    founding = held(template.url).without_change
    with running(template.folder, template.url) as bank:
        load = Load(bank)
        try:
            for _ in range(2):
                load.wait_for(20)
                restart(server)
            load.wait_for(20)
        finally:
            load.stop()
        # Nobody saw a fault of ours, and somebody felt the restart.
        assert set(load.refusals) <= {"DATABASE_BUSY", "CONFLICT"}
        assert "DATABASE_BUSY" in load.refusals
        stored = [f"changes/{row.id}" for row in bank.rows("pending_change", "state = 'PENDING'")]
    assert len(set(load.acknowledged)) == len(load.acknowledged)
    assert set(load.acknowledged) <= set(stored)
    # Of a call that nobody acknowledged, at most the last try of each caller took effect.
    assert len(stored) - len(load.acknowledged) <= len(MAKERS)
    # Every act has its event and every event its act, and the log is whole.
    assert held(template.url).without_change == founding
    report = verified(template.folder, template.url)
    assert (report.findings, report.waiting) == ([], 0)
    assert report.signed_size == report.events
