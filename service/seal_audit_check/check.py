"""Check whatever a target is: a database, a published copy, an exported day."""

from __future__ import annotations

import os
import time
from pathlib import Path

from seal_audit_check.database import check_database
from seal_audit_check.export import check_export
from seal_audit_check.findings import CheckError, Report
from seal_audit_check.published import check_published
from seal_audit_check.sources import is_database
from seal_audit_check.trust import Trust


def check(target: str, trust: Trust | None = None, *, processes: int | None = None) -> Report:
    """Check an audit log.

    Parameters
    ----------
    target
        `sqlite:///path`, `postgresql://…`, a folder with a published copy (`checkpoint`, `tile/`)
        or one with an exported day (`manifest.json`).
    trust
        Keys and witnesses that the reader knows from elsewhere.
    processes
        How many processes hash side by side; by default one for each processor.

    Raises
    ------
    CheckError
        Nothing could be checked. What is wrong with a log that could be read is in the report.
    """
    began = time.monotonic()
    trust = Trust() if trust is None else trust
    folder = Path(target)
    if is_database(target):
        report = check_database(target, trust, processes or len(os.sched_getaffinity(0)))
    elif (folder / "manifest.json").is_file():
        report = check_export(folder, trust)
    elif (folder / "checkpoint").is_file():
        report = check_published(folder, trust)
    else:
        message = f"{target} is neither a database URL nor a folder with a log or an export"
        raise CheckError(message)
    report.elapsed_s = time.monotonic() - began
    return report
