"""Fill the disk of a running service for a while; run with io_faults.so preloaded.

Prints one JSON line: what callers were told, and what was wrong afterwards.
"""

from __future__ import annotations

import ctypes
import errno
import json
import shutil
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from audit_io_faults import WRITE
from service_bank import Bank, ask_user, running, sqlite_template

from seal_audit_check import check
from sealmatch.client import CallError

library = ctypes.CDLL(None)


def create(bank: Bank, user: str, told: list[str]) -> str:
    """Ask for a user; return the change's id, or note what was told instead."""
    try:
        return ask_user(bank, user, "2101", "sub-branch-teller", "c11").name.partition("/")[2]
    except CallError as error:
        told.append(f"{error.code} {error.reason}")
        return ""


def main() -> None:
    """Found a bank, work, fill the disk, work, make room, work, verify."""
    base = Path(tempfile.mkdtemp())
    template = sqlite_template(base / "founded")
    folder, url = template.copy(base / "bank")
    told: list[str] = []
    acknowledged = []
    with running(folder, url) as bank:
        for number in range(60):
            if number == 20:
                arm = library.fault_arm
                arm(WRITE, ctypes.c_long(1), errno.ENOSPC, 1, str(folder).encode())
            if number == 40:
                library.fault_disarm()
            acknowledged.append(create(bank, f"n{number}", told))
        stored = {row.id for row in bank.rows("pending_change")}
    report = check(str(folder), processes=1)
    wrong = [str(found) for found in report.findings]
    wrong += [f"{lost} is lost" for lost in {*acknowledged} - {""} - stored]
    if report.waiting or report.signed_size != report.events:
        wrong.append("not everything is signed")
    done = [number for number, change in enumerate(acknowledged) if change]
    shutil.rmtree(base)
    print(json.dumps({"told": sorted(set(told)), "done": done, "wrong": wrong}))  # for the test


if __name__ == "__main__":
    main()
