"""What the audit log needs every night: yesterday's export, and the retention of payloads.

Both take long, so they run outside of the transaction that marks them as done; both may be done
twice without harm, when a process ends in between or two begin at once.
"""

from __future__ import annotations

import shutil
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from secrets import token_hex
from zoneinfo import ZoneInfo

from seal_service.access.policies import by_data_class
from seal_service.adapters.sql.engine import Connections
from seal_service.application.nightly import ACTOR, LongJob
from seal_service.audit import AuditKind, Hasher
from seal_service.audit.store.export import export_day
from seal_service.audit.store.retention import prune
from seal_service.config import Settings
from seal_service.domain.reasons import Reason, Refusal

EXPORT, PRUNE = "export-audit-log", "prune-audit-payloads"
MOST_DAYS = 31
"""Of days that were missed while no server ran; older ones are exported by hand."""
TRIES = 20
"""How often in a night a transaction that removes payloads is lost against another one."""


def jobs(settings: Settings, database: Connections, hasher: Hasher) -> Mapping[str, LongJob]:
    """Return the jobs by name, the export first: it takes along what is pruned afterwards."""
    zone = ZoneInfo(settings.time_zone)

    def export(last: date | None, today: date, _at: datetime) -> int:
        return sum(_export(database, day, zone, settings.exports) for day in _missed(last, today))

    def retain(_last: date | None, _today: date, at: datetime) -> int:
        return sum(_prune(database, limit, at, hasher) for limit in _limits(settings))

    return {EXPORT: export, PRUNE: retain}


@dataclass(frozen=True, slots=True)
class _Limit:
    """How long payloads of a kind are kept: of these methods, or of all where none is named."""

    kind: AuditKind
    keep: timedelta
    rpcs: Collection[str] = ()


def _limits(settings: Settings) -> Iterator[_Limit]:
    """Yield the limits by kind, and those by data class (E28): of two, the shorter time counts."""
    for name, days in settings.audit.retention.items():
        yield _Limit(AuditKind[name], timedelta(days=days))
    policies = by_data_class()
    for data_class, days in settings.data_classes.log_kept_days.items():
        rpcs = defaultdict(list)
        for policy in policies.get(data_class, ()):
            rpcs[AuditKind[policy.audit_kind]].append(policy.rpc)
        for kind, named in rpcs.items():
            yield _Limit(kind, timedelta(days=days), named)


def _missed(last: date | None, today: date) -> Iterator[date]:
    """Yield the days that have ended since the last run; yesterday alone before the first."""
    begin = today - timedelta(days=1) if last is None else last
    begin = max(begin, today - timedelta(days=MOST_DAYS))
    yield from (begin + timedelta(days=n) for n in range((today - begin).days))


def _export(database: Connections, day: date, zone: ZoneInfo, folder: Path) -> int:
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


def _prune(database: Connections, limit: _Limit, at: datetime, hasher: Hasher) -> int:
    count = lost = 0
    while True:
        try:
            with database.write() as connection:
                done = prune(
                    connection, limit.kind, keep=limit.keep, actor=ACTOR, now=at, hasher=hasher,
                    actions=limit.rpcs,
                )  # fmt: skip
        except Refusal as refusal:
            # On PostgreSQL the appender, which numbers events meanwhile, may win.
            lost += 1
            if refusal.reason is not Reason.CONFLICT or lost == TRIES:
                raise
            continue
        if done is None:
            return count
        count += done.count
