"""What the nightly jobs read and write: the core's tellers, findings, reminders, runs."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import TypeVar

from sqlalchemy import Connection, delete, func, insert, select, update

from seal_service.adapters.sql import tables
from seal_service.adapters.sql.stores import TableStore, values_of, within
from seal_service.application.ports import NightlyRun, Page
from seal_service.domain.core_orgs import CoreOrg
from seal_service.domain.core_rights import CoreTeller, Finding
from seal_service.domain.reminders import Reminder

Reported = TypeVar("Reported", CoreTeller, CoreOrg)


class _SqlCoreReports(TableStore[Reported]):
    """What the core system said last of its own records."""

    def take(self, records: Iterable[Reported]) -> None:
        """Write records in place of what was known under the same ids."""
        rows = {record.id: values_of(record) for record in records}
        if rows:
            self.connection.execute(delete(self.table).where(self.table.c.id.in_(sorted(rows))))
            self.connection.execute(insert(self.table), list(rows.values()))

    def fed(self) -> bool:
        """Tell whether the core system has reported anything yet."""
        return self.connection.execute(select(self.table.c.id).limit(1)).first() is not None


class SqlCoreTellers(_SqlCoreReports[CoreTeller]):
    """The core system's tellers."""

    record = CoreTeller
    table = tables.core_teller


class SqlCoreOrgs(_SqlCoreReports[CoreOrg]):
    """The core system's organisations."""

    record = CoreOrg
    table = tables.core_org


class SqlFindings(TableStore[Finding]):
    """The nightly reports of rights that go beyond the core system's."""

    record = Finding
    table = tables.rights_finding

    def report(self, day: date, findings: Iterable[Finding]) -> None:
        """Write a day's report in place of an earlier one of the day."""
        self.connection.execute(delete(self.table).where(self.table.c.day == day))
        rows = [values_of(finding) for finding in findings]
        if rows:
            self.connection.execute(insert(self.table), rows)

    def of_day(self, day: date, page: Page, *, reach: tuple[str, ...] | None) -> list[Finding]:
        """Return a day's findings, in reach."""
        place = tables.org
        query = select(self.table).join(place, place.c.id == self.table.c.org_id)
        query = query.where(self.table.c.day == day, *within(place.c.path, reach))
        return self.many_of(self.paged(query, page))

    def latest_before(self, day: date) -> list[Finding]:
        """Return the findings of the last report before a day."""
        column = self.table.c.day
        last = select(func.max(column)).where(column < day).scalar_subquery()
        return self.many_of(select(self.table).where(column == last))


class SqlReminders(TableStore[Reminder]):
    """Reminders of reviews."""

    record = Reminder
    table = tables.reminder

    def at_stage(self, quarter: str, stage: str) -> set[str]:
        """Return the organisations that were reminded at this stage."""
        column = self.table.c
        query = select(column.org_id).where(column.quarter == quarter, column.stage == stage)
        return set(self.connection.execute(query).scalars())

    def waiting(self, page: Page, *, reach: tuple[str, ...] | None) -> list[Reminder]:
        """Return the reminders that are not settled, in reach."""
        place = tables.org
        query = select(self.table).join(place, place.c.id == self.table.c.org_id)
        query = query.where(self.table.c.settled_on.is_(None), *within(place.c.path, reach))
        return self.many_of(self.paged(query, page))

    def count(self, org_id: str, quarter: str) -> int:
        """Return how often an organisation was reminded."""
        column = self.table.c
        query = select(func.count()).where(column.org_id == org_id, column.quarter == quarter)
        return int(self.connection.execute(query).scalar_one())

    def settle(self, org_id: str, quarter: str, day: date) -> None:
        """Settle an organisation's reminders of a quarter."""
        column = self.table.c
        self.connection.execute(
            update(self.table)
            .where(column.org_id == org_id, column.quarter == quarter, column.settled_on.is_(None))
            .values(settled_on=day)
        )

    def settle_others(self, quarter: str, org_ids: Iterable[str], day: date) -> None:
        """Settle a quarter's reminders to organisations other than these."""
        column = self.table.c
        query = select(column.org_id).where(column.quarter == quarter, column.settled_on.is_(None))
        for org_id in set(self.connection.execute(query).scalars()) - set(org_ids):
            self.settle(org_id, quarter, day)


class SqlNightly:
    """Which job was done for which day."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection

    def run(self, job: str, day: date | None) -> NightlyRun | None:
        """Return the run of a day; without a day, the last one."""
        run = tables.nightly_run
        query = select(run).where(run.c.job == job).order_by(run.c.day.desc()).limit(1)
        if day is not None:
            query = query.where(run.c.day == day)
        row = self.connection.execute(query).mappings().first()
        return None if row is None else NightlyRun(**row)

    def add(self, run: NightlyRun) -> None:
        """Write a run; a second one for the day is a CONFLICT."""
        self.connection.execute(insert(tables.nightly_run).values(values_of(run)))
