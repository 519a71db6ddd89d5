"""Check whatever a target is: a database, a published copy, an exported day."""

from __future__ import annotations

import os
import time
from dataclasses import replace
from pathlib import Path

from seal_audit_check.database import check_database
from seal_audit_check.export import check_export
from seal_audit_check.findings import CheckError, Report
from seal_audit_check.published import check_published
from seal_audit_check.sources import is_database
from seal_audit_check.trust import Trust

DATABASE, KEY, PUBLISHED = "sealmatch.sqlite", "audit.key.pub", "audit"
"""What a service's data directory holds of its log."""


def check(target: str, trust: Trust | None = None, *, processes: int | None = None) -> Report:
    """Check an audit log.

    Parameters
    ----------
    target
        `sqlite:///path`, `postgresql://…`, the data directory of a service (`sealmatch.sqlite`), a
        folder with a published copy (`checkpoint`, `tile/`) or one with an exported day
        (`manifest.json`).
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
    remarks: list[str] = []
    if (folder / DATABASE).is_file():
        target, trust, remarks = _service(folder, trust)
    if is_database(target):
        report = check_database(target, trust, processes or len(os.sched_getaffinity(0)))
    elif (folder / "manifest.json").is_file():
        report = check_export(folder, trust)
    elif (folder / "checkpoint").is_file():
        report = check_published(folder, trust)
    else:
        message = f"{target} is neither a database URL nor a folder with a log or an export"
        raise CheckError(message)
    report.remarks += remarks
    report.elapsed_s = time.monotonic() - began
    return report


def _service(folder: Path, trust: Trust) -> tuple[str, Trust, list[str]]:
    """Return where a service's log is, and what lies beside it where the reader brings nothing."""
    remarks = []
    if not trust.log_keys and (folder / KEY).is_file():
        trust = replace(trust, log_keys=Trust.of((str(folder / KEY),)).log_keys)
        remarks.append("the key beside the log was trusted: give --key with a copy kept elsewhere")
    if trust.published is None and (folder / PUBLISHED / "checkpoint").is_file():
        trust = replace(trust, published=folder / PUBLISHED)
    return f"sqlite:///{(folder / DATABASE).absolute()}", trust, remarks
