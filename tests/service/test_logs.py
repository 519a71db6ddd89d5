"""The process's log: one form for all that is said, and no password in it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
SECRET = "Correct-Battery-9"


def said(folder: Path, form: str) -> str:
    done = subprocess.run(
        [sys.executable, HERE / "failing_login.py", folder, form, SECRET],
        env={**os.environ, "PYTHONPATH": str(HERE.parent)},
        capture_output=True, text=True, check=True, timeout=60,
    )  # fmt: skip
    return done.stderr


@pytest.mark.parametrize("form", ["json", "console"])
def test_e05_a_fault_inside_a_login_writes_no_password(tmp_path: Path, form: str) -> None:
    log = said(tmp_path / "data", form)
    assert "internal error" in log
    assert "ZeroDivisionError" in log
    assert SECRET not in log


def test_e05_every_line_is_a_json_object_whoever_wrote_it(tmp_path: Path) -> None:
    lines = [json.loads(line) for line in said(tmp_path / "data", "json").splitlines()]
    (damage,) = [line for line in lines if line["event"] == "the log is damaged"]
    assert damage["level"] == "error"
    assert damage["logger"] == "seal_service.audit.store.appender"
    assert damage["exception"][0]["exc_type"] == "ZeroDivisionError"
    assert all({"level", "timestamp"} <= line.keys() for line in lines)
