"""`python -m speed`: bytes to verdict on one core beside libjpeg-turbo's decode of the files.

And what a print check and a replay check add to it (at all resolutions that the folder has).
"""

from __future__ import annotations

import argparse
import os
import platform
import resource
import sys
import tempfile
import time
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import numpy as np

import seal_planes
from accuracy.__main__ import default_profile
from accuracy.extract import by_card, scan_of, truth_rows
from seal_match_rs import _native
from simulator.dataset import simulate
from speed.beside import measured_beside

if TYPE_CHECKING:
    from collections.abc import Callable

SEED = 404
PLAN = {
    ("genuine", "good"): 2,
    ("genuine", "typical"): 4,
    ("genuine", "hard"): 1,
    ("sibling", "good"): 1,
    ("recut", "good"): 1,
}


def _milliseconds(work: Callable[[], object]) -> float:
    begin = time.thread_time_ns()
    work()
    return (time.thread_time_ns() - begin) / 1e6


def _row(name: str, values: list[float], base: float) -> str:
    v = np.array(values)
    return (
        f"{name:40} {v.min():8.2f} {np.median(v):8.2f} {np.quantile(v, 0.95):8.2f} "
        f"{np.median(v) / base:8.2f}"
    )


def _cpu() -> str:
    lines = (
        Path("/proc/cpuinfo").read_text("utf-8").splitlines()
        if Path("/proc/cpuinfo").exists()
        else []
    )
    return next(
        (line.partition(":")[2].strip() for line in lines if line.startswith("model name")),
        platform.processor(),
    )


def main() -> int:
    """Run from the command line; returns the exit code."""
    parser = argparse.ArgumentParser(prog="speed", description=__doc__)
    parser.add_argument(
        "--folder", type=Path, help="a folder in the practice format (default: simulated here)"
    )
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    if _native.build_profile() != "release":
        print(
            "speed: this is a debug build; run make setup without SEALMATCH_DEBUG", file=sys.stderr
        )
        return 1
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    cv2.setNumThreads(1)
    with tempfile.TemporaryDirectory() as temporary:
        folder: Path = options.folder or Path(temporary) / "speed"
        if options.folder is None:
            simulate(folder, seed=SEED, dies=10, per_die=PLAN, jobs=1)
        profile = _native.Profile.from_toml(default_profile())
        decode: list[float] = []
        colour: list[float] = []
        verify: list[float] = []
        above_mib = 0.0
        rows = truth_rows(folder)
        for group in by_card([r for r in rows if r["dpi"] == 200]):
            card, _ = scan_of(folder / group[0]["card"], group[0]["card_dpi"])
            template, _ = _native.Template.enrol([(card, None)])
            for row in group:
                data = (folder / row["voucher"]).read_bytes()
                array = np.frombuffer(data, np.uint8)

                def whole(data: bytes = data, template: _native.Template = template) -> None:
                    planes = seal_planes.decode(data, dpi=200)
                    scan = _native.Scan(planes.y, planes.cb, planes.cr, dpi=200.0)
                    profile.decide(_native.examine(template, scan), kind=planes.kind)

                before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
                whole()
                above_mib = max(
                    above_mib, (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
                )
                for _ in range(options.rounds):
                    decode.append(_milliseconds(partial(seal_planes.decode, data, dpi=200)))
                    colour.append(_milliseconds(partial(cv2.imdecode, array, cv2.IMREAD_COLOR)))
                    verify.append(_milliseconds(whole))
        beside = measured_beside(folder, rows, rounds=options.rounds, clock=_milliseconds)
    base = float(np.median(colour))
    print(
        f"{_cpu()}; engine {_native.__version__}; Python {platform.python_version()}; "
        f"{len(verify)} runs; CPU ms on one core"
    )
    print(f"{'':40} {'min':>8} {'median':>8} {'p95':>8} {'ratio':>8}")
    print(_row("libjpeg-turbo to BGR (OpenCV)", colour, base))
    print(_row("libjpeg-turbo to Y, Cb, Cr", decode, base))
    print(_row("bytes to verdict", verify, base))
    for name in sorted(beside):
        print(_row(name, beside[name], base))
    print(f"largest growth of peak memory in one verification: {above_mib:.0f} MiB")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
