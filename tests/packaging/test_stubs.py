"""The stub of the native module: generated from the crate, and true of the library."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from seal_match_rs import _native

ROOT = Path(__file__).resolve().parents[2]
STUB = ROOT / "native/seal_match_rs/python/seal_match_rs/_native.pyi"


def run(*command: str) -> None:
    done = subprocess.run(
        [sys.executable, *command], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.slow
@pytest.mark.timeout(1200)
def test_committed_stub_is_what_the_crate_gives(tmp_path):
    made = tmp_path / STUB.name
    run("tools/stubs.py", str(made))
    assert made.read_text() == STUB.read_text(), "run `make stubs`"


@pytest.mark.slow
def test_stub_says_what_the_native_module_has():
    run("-m", "mypy.stubtest", "seal_match_rs._native")


def test_shipped_library_does_not_describe_itself():
    library = Path(str(_native.__file__)).read_bytes()
    assert b"PYO3_INTROSPECTION" not in library
