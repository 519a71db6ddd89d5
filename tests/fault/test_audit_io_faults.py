"""The audit log under failing disks: each system call breaks once, and nothing is lost or torn."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent


@pytest.fixture(scope="module")
def shim(tmp_path_factory: pytest.TempPathFactory) -> Path:
    library = tmp_path_factory.mktemp("shim") / "io_faults.so"
    command = ["cc", "-shared", "-fPIC", "-O1", "-Wall", "-Werror", "-o", library]
    subprocess.run([*command, HERE / "io_faults.c", "-ldl", "-pthread"], check=True)
    return library


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_e34_every_write_sync_and_rename_may_fail_once(shim: Path) -> None:
    # Every call, or every nth of them: `make audit-faults` breaks each.
    stride = os.environ.get("SEALMATCH_FAULT_STRIDE", "5")
    done = subprocess.run(
        [sys.executable, HERE / "audit_io_faults.py", stride],
        env={**os.environ, "LD_PRELOAD": str(shim)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    outcome = json.loads(done.stdout)
    assert outcome["wrong"] == []
    # Were the shim not at work, nothing would have been tested.
    broken = outcome["broken"]
    for name in ("write", "sync", "rename", "short write", "disk full"):
        assert broken[name] >= 12 // int(stride), broken


@pytest.mark.timeout(300)
def test_e34_a_full_disk_is_said_and_loses_nothing(shim: Path) -> None:
    done = subprocess.run(
        [sys.executable, HERE / "service_disk_full.py"],
        env={**os.environ, "LD_PRELOAD": str(shim)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    outcome = json.loads(done.stdout.splitlines()[-1])
    assert outcome["wrong"] == []
    # Where not even the log's index can be opened, SQLite does not say why.
    assert "UNAVAILABLE STORAGE_FULL" in outcome["told"]
    assert set(outcome["told"]) <= {"UNAVAILABLE STORAGE_FULL", "UNAVAILABLE DATABASE_BUSY"}
    assert outcome["done"] == [*range(20), *range(40, 60)]
