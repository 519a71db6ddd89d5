"""Scanners and their faults."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection, Select, select

from seal_service.adapters.sql import tables
from seal_service.adapters.sql.stores import TableStore, within
from seal_service.application.ports import Page
from seal_service.domain.devices import Device, Fault


class _Faults(TableStore[Fault]):
    record = Fault
    table = tables.device_fault


class SqlDevices(TableStore[Device]):
    """Scanners and their faults."""

    record = Device
    table = tables.device

    def __init__(self, connection: Connection) -> None:
        super().__init__(connection)
        self._faults = _Faults(connection)

    def listed(
        self, page: Page, *, reach: tuple[str, ...] | None, org: str, retired: bool
    ) -> list[Device]:
        """Return scanners whose organisation is in reach (None: all) and, if given, is `org`."""
        place, column = tables.org, self.table.c
        query = select(self.table).join(place, place.c.id == column.org_id)
        query = query.where(*within(place.c.path, reach))
        if org:
            query = query.where(column.org_id == org)
        if not retired:
            query = query.where(column.retired_at.is_(None))
        return self.many_of(self.paged(query, page))

    def faults(self, device_id: str) -> list[Fault]:
        """Return all faults of a scanner, the oldest first."""
        return self._faults.many_of(self._chosen((device_id,)))

    def open_faults(self, device_ids: Iterable[str]) -> list[Fault]:
        """Return the faults of several scanners that are not mended."""
        query = self._chosen(device_ids).where(tables.device_fault.c.resolved_at.is_(None))
        return self._faults.many_of(query)

    def fault(self, fault_id: str) -> Fault | None:
        """Return a fault."""
        return self._faults.get(fault_id)

    def add_fault(self, fault: Fault) -> None:
        """Add a new fault."""
        self._faults.add(fault)

    def save_fault(self, fault: Fault) -> Fault:
        """Replace the fault that has this version."""
        return self._faults.save(fault)

    @staticmethod
    def _chosen(device_ids: Iterable[str]) -> Select[Any]:
        column = tables.device_fault.c
        query = select(tables.device_fault).where(column.device_id.in_(sorted(set(device_ids))))
        return query.order_by(column.reported_at, column.id)
