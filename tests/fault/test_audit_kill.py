"""kill -9 at random instants under load: the log verifies, and no acknowledged event is missing."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from audit_log import Log
from sqlalchemy import select

from seal_service.audit import tables
from seal_service.audit.publish import PublishedLog
from seal_service.audit.witness import Witness

LOAD = Path(__file__).resolve().parent / "audit_load.py"
# `make audit-kill` asks for 200.
KILLS = int(os.environ.get("SEALMATCH_KILLS", "4"))


def load_until_killed(log: Log, key: Path, start: int, seconds: float) -> set[bytes]:
    """Run the load, kill it that long after its first answer, return what it acknowledged."""
    command = [sys.executable, LOAD, log.url, key, log.published, str(start)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        first = process.stdout.readline()
        assert first, process.stderr.read().decode()
        killer = threading.Timer(seconds, process.kill)
        killer.start()
        lines = [first, *process.stdout.readlines()]
        process.wait(timeout=30)
        killer.join()
        assert process.returncode == -9, process.stderr.read().decode()
    # The last line may have been cut by the kill.
    return {bytes.fromhex(line.decode().strip()) for line in lines if line.endswith(b"\n")}


@pytest.mark.timeout(3600)
def test_e34_kill_9_under_load_loses_nothing(database_url: str, tmp_path: Path) -> None:
    log = Log(database_url, tmp_path)
    key = tmp_path / "log.key"
    log.signer.save(key)
    witness = Witness.open(tmp_path / "witness", log.signer.verifier, "w")
    chance = random.Random(20261122)  # noqa: S311  # a test's instants
    acknowledged: set[bytes] = set()
    kills = KILLS if database_url.startswith("sqlite") else max(2, KILLS // 10)
    for turn in range(kills):
        acknowledged |= load_until_killed(log, key, turn * 100_000, chance.uniform(0.0, 0.6))
        # Before anything has had a chance to repair it.
        report = log.check()
        assert report.findings == [], f"after kill {turn}"
        with log.database.read() as connection:
            held = {
                bytes(found)
                for table in (tables.outbox, tables.event)
                for found in connection.scalars(select(table.c.event_id))
            }
        assert acknowledged <= held, f"{len(acknowledged - held)} lost by kill {turn}"
        witness.look(PublishedLog(log.published))
    deadline = time.monotonic() + 30
    while True:
        # PostgreSQL notices only after a while that the killed appender's session is gone.
        try:
            log.add([])
            break
        except Exception:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.2)
    assert witness.look(PublishedLog(log.published)) is not None
    report = log.check(str(witness.verifier), witness=tmp_path / "witness", published=True)
    assert report.findings == []
    assert report.waiting == 0
    assert report.events == report.cosigned_size >= len(acknowledged) > 0
    print(f"{kills} kills, {len(acknowledged)} acknowledged of {report.events} events")
    log.close()
