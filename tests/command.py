"""Running the command line in a process of its own, as a user does."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

PROGRAM = "from seal_service.cli import main; main()"


def run(*arguments: str | Path, timeout_s: float = 60.0) -> subprocess.CompletedProcess[str]:
    """Run `sealmatch`; whatever happens, no traceback may reach the user."""
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, *map(str, arguments)],
        capture_output=True,
        text=True,
        timeout=timeout_s,
        check=False,
        env={**os.environ, "COLUMNS": "100", "SEALMATCH_TRACEBACK": ""},
    )
    assert "Traceback" not in done.stderr + done.stdout, done.stderr
    return done


def run_json(*arguments: str | Path, exit_code: int = 0) -> dict[str, Any]:
    """Run a command that prints one JSON object."""
    done = run(*arguments, "--json")
    assert done.returncode == exit_code, done.stderr
    value = json.loads(done.stdout)
    assert isinstance(value, dict)
    return value


def read_rows(path: Path) -> list[dict[str, Any]]:
    """Read a batch's output."""
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def write_manifest(path: Path, rows: list[dict[str, Any] | str]) -> Path:
    """Write a manifest; a string is a line as it stands."""
    lines = [row if isinstance(row, str) else json.dumps(row) for row in rows]
    path.write_text("\n".join(lines) + "\n", "utf-8")
    return path
