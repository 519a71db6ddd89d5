"""What the audit log needs every night: yesterday's export, and the retention of payloads.

Both take long, so they run outside of the transaction that marks them as done; both may be done
twice without harm, when a process ends in between or two begin at once.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from pathlib import Path
from secrets import token_hex
from zoneinfo import ZoneInfo

from seal_service.application.nightly import ACTOR, LongJob
from seal_service.audit import AuditKind, Hasher
from seal_service.audit.store import Transactions
from seal_service.audit.store.export import export_day
from seal_service.audit.store.retention import prune
from seal_service.config import Settings

EXPORT, PRUNE = "export-audit-log", "prune-audit-payloads"
MOST_DAYS = 31
"""Of days that were missed while no server ran; older ones are exported by hand."""


def jobs(settings: Settings, database: Transactions, hasher: Hasher) -> Mapping[str, LongJob]:
    """Return the jobs by name, the export first: it takes along what is pruned afterwards."""
    zone = ZoneInfo(settings.time_zone)

    def export(last: date | None, today: date, _at: datetime) -> int:
        return sum(_export(database, day, zone, settings.exports) for day in _missed(last, today))

    def retain(_last: date | None, _today: date, at: datetime) -> int:
        return sum(
            _prune(database, AuditKind[kind], timedelta(days=days), at, hasher)
            for kind, days in settings.audit.retention.items()
        )

    return {EXPORT: export, PRUNE: retain}


def _missed(last: date | None, today: date) -> Iterator[date]:
    """Yield the days that have ended since the last run; yesterday alone before the first."""
    begin = today - timedelta(days=1) if last is None else last
    begin = max(begin, today - timedelta(days=MOST_DAYS))
    yield from (begin + timedelta(days=n) for n in range((today - begin).days))


def _export(database: Transactions, day: date, zone: ZoneInfo, folder: Path) -> int:
    """Write a day's folder, whole or not at all; return how many events are in it."""
    final = folder / day.isoformat()
    if final.exists():
        return 0
    beside = folder / f".{day}.{token_hex(4)}"
    try:
        with database.read() as connection:
            done = export_day(connection, day, zone, beside)
        beside.rename(final)
    except OSError:
        if not final.exists():  # Else another process was faster.
            raise
        return 0
    finally:
        shutil.rmtree(beside, ignore_errors=True)
    return done.count


def _prune(
    database: Transactions, kind: AuditKind, keep: timedelta, at: datetime, hasher: Hasher
) -> int:
    count = 0
    while True:
        with database.write() as connection:
            done = prune(connection, kind, keep=keep, actor=ACTOR, now=at, hasher=hasher)
        if done is None:
            return count
        count += done.count
