"""What is done once for every day of the bank, by whichever process comes first."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime

from seal_service.application import core_rights, reminders
from seal_service.application.call import Rules
from seal_service.application.ports import ALLOWED, AuditEntry, Database, NightlyRun, Work
from seal_service.domain.people import bank_date
from seal_service.domain.reasons import Reason, Refusal

ACTOR = "system:nightly"
Job = Callable[[Work, Rules, date], int]
LongJob = Callable[[date | None, date, datetime], int]
"""Too long for one transaction; it gets the day of its last run, the bank's day and the time."""
JOBS: dict[str, Job] = {core_rights.JOB: core_rights.compare, reminders.JOB: reminders.remind}
"""Each job by name: it does a day's work and returns how much it found."""


def run_due(database: Database, rules: Rules, at: datetime) -> list[NightlyRun]:
    """Run every job that has not run on this bank day; return what was run here.

    A job, its mark and its audit entry are one transaction: it has run for the day, or not.
    """
    day = bank_date(at, rules.zone, rules.day_starts_h)
    done = []
    for name, job in JOBS.items():
        try:
            with database.write() as work:
                last = work.nightly.run(name, None)
                # A clock that was set back runs nothing a second time.
                if last is not None and last.day >= day:
                    continue
                run = NightlyRun(name, day, at, job(work, rules, day))
                work.nightly.add(run)
                work.audit.append(_entry(run))
            done.append(run)
        except Refusal as refusal:
            if refusal.reason is not Reason.CONFLICT or not _has_run(database, name, day):
                raise  # Else another process ran it at the same time.
    return done


def run_long(
    database: Database, rules: Rules, at: datetime, name: str, job: LongJob
) -> NightlyRun | None:
    """Run a long job unless it has run on this bank day; then mark it, with an entry in the log.

    It may run twice at once or after a fault: it must not mind.
    """
    day = bank_date(at, rules.zone, rules.day_starts_h)
    with database.read() as work:
        last = work.nightly.run(name, None)
    if last is not None and last.day >= day:
        return None
    run = NightlyRun(name, day, at, job(last.day if last else None, day, at))
    with database.write() as work:
        if work.nightly.run(name, day) is not None:
            return None
        work.nightly.add(run)
        work.audit.append(_entry(run))
    return run


def _has_run(database: Database, name: str, day: date) -> bool:
    with database.read() as work:
        return work.nightly.run(name, day) is not None


def _entry(run: NightlyRun) -> AuditEntry:
    return AuditEntry(
        kind="ORG_STAFF", actor=ACTOR, org="", rpc=f"system/{run.job}", target=f"days/{run.day}",
        decision=ALLOWED, at=run.at, trace_id="", request_id="", peer="", data_class=3,
        after={"found": run.found},
    )  # fmt: skip
