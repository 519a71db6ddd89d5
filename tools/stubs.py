"""Generate the stub of the native module from the crate: ``stubs.py [FILE]``.

pyo3's macros leave a description of every class and function in a library that is built with the
crate's feature `stubs`; maturin builds one and reads it. An annotation that the crate gives as text
arrives as text, without the import that it needs: `HEAD` has them all, and ruff makes types of the
texts, drops imports that nothing names, and formats. Docstrings stay in the crate.
"""

from __future__ import annotations

import subprocess
import sys
import sysconfig
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CRATE = ROOT / "native/seal_match_rs"
STUB = CRATE / "python/seal_match_rs/_native.pyi"

HEAD = """\
# Written by `make stubs` from the crate; nobody edits it.

from collections.abc import Sequence
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from seal_match_rs._records import EnrolReport, FoldSweep, Stroke
from seal_match_rs._words import ScanKind
"""


def generate(target: Path) -> None:
    """Write the stub to `target`."""
    with tempfile.TemporaryDirectory() as folder:
        maturin = Path(sysconfig.get_path("scripts")) / "maturin"
        run(
            *(str(maturin), "generate-stubs", "--manifest-path", str(CRATE / "Cargo.toml")),
            *("--features", "stubs", "--profile", "stubs", "--locked"),
            *("--interpreter", sys.executable, "--out", folder),
        )
        (made,) = Path(folder).rglob("*.pyi")
        target.write_text(HEAD + made.read_text("utf-8"), "utf-8")
    ruff = (sys.executable, "-m", "ruff")
    config = ("--config", str(ROOT / "pyproject.toml"), "--quiet", str(target))
    run(*ruff, "check", "--fix-only", "--unsafe-fixes", *config)
    run(*ruff, "format", *config)


def run(*command: str) -> None:
    """Run a program; stop where it fails."""
    if subprocess.run(command, cwd=ROOT, check=False).returncode:
        sys.exit(1)


def main(arguments: list[str]) -> None:
    """Write the file that is named, or the committed one."""
    if len(arguments) > 1:
        sys.exit(str(__doc__))
    generate(Path(arguments[0]) if arguments else STUB)


if __name__ == "__main__":
    main(sys.argv[1:])
