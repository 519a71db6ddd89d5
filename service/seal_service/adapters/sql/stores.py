"""Stores over tables: a table whose columns are a record's fields reads and writes that record."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields, replace
from typing import Any, Generic, TypeVar

from sqlalchemy import (
    Connection,
    RowMapping,
    Select,
    Table,
    bindparam,
    delete,
    insert,
    or_,
    select,
    update,
)
from sqlalchemy.sql.elements import ColumnElement

from seal_service.adapters.sql.prepared import Query
from seal_service.application.ports import Page
from seal_service.domain.reasons import Reason, Refusal

T = TypeVar("T")


class TableStore(Generic[T]):
    """Records of one type in one table, by the column ``id``."""

    record: type[T]
    table: Table

    def __init__(self, connection: Connection) -> None:
        self.connection = connection

    def get(self, key: str) -> T | None:
        """Return the record, or None."""
        return _by_id(self.table, self.record).first(self.connection, key=key)

    def add(self, record: T) -> None:
        """Add a new record."""
        self.connection.execute(insert(self.table).values(values_of(record)))

    def save(self, record: T) -> T:
        """Replace the record that has this version; return it with its new one."""
        values = values_of(record)
        key = values.pop("id")
        where = [self.table.c.id == key]
        versioned = "version" in values
        if versioned:
            where.append(self.table.c.version == values["version"])
            values["version"] += 1
        done = self.connection.execute(update(self.table).where(*where).values(values))
        if done.rowcount != 1:
            raise Refusal(Reason.ETAG_MISMATCH)
        changed: Any = record
        return replace(changed, version=values["version"]) if versioned else record

    def remove(self, record: T) -> None:
        """Remove the record that has this version."""
        values = values_of(record)
        where = (self.table.c.id == values["id"], self.table.c.version == values["version"])
        if self.connection.execute(delete(self.table).where(*where)).rowcount != 1:
            raise Refusal(Reason.ETAG_MISMATCH)

    def page(self, page: Page) -> list[T]:
        """Return records in the order of their keys."""
        return self.many_of(self.paged(select(self.table), page))

    def all(self) -> list[T]:
        """Return all records, in the order of their keys."""
        return self.many_of(select(self.table).order_by(self.table.c.id))

    def paged(self, query: Select[Any], page: Page) -> Select[Any]:
        """Cut a part out of a list."""
        key = self.table.c.id
        return query.where(key > page.after).order_by(key).limit(page.limit)

    def one(self, query: Select[Any]) -> T | None:
        """Return the only record of a query, or None."""
        row = self.connection.execute(query).mappings().first()
        return None if row is None else self.record_of(row)

    def many_of(self, query: Select[Any]) -> list[T]:
        """Return the records of a query."""
        return [self.record_of(row) for row in self.connection.execute(query).mappings()]

    def record_of(self, row: RowMapping) -> T:
        """Make the record of a row."""
        return self.record(**{name: row[name] for name in _names(self.record)})


def values_of(record: object) -> dict[str, Any]:
    """Return a record's fields by name."""
    return {name: getattr(record, name) for name in _names(type(record))}


_BY_ID: dict[tuple[Table, type], Query[Any]] = {}


def _by_id(table: Table, record_type: type[T]) -> Query[T]:
    """Return the look-up by id: it is asked for all the time. Columns are a record's fields."""
    key = (table, record_type)
    if key not in _BY_ID:
        columns = [table.c[name] for name in _names(record_type)]
        by_id = select(*columns).where(table.c.id == bindparam("key"))
        _BY_ID[key] = Query(by_id, record_type)
    return _BY_ID[key]


_NAMES: dict[type, tuple[str, ...]] = {}


def _names(record_type: type) -> tuple[str, ...]:
    if record_type not in _NAMES:
        _NAMES[record_type] = tuple(field.name for field in fields(record_type))
    return _NAMES[record_type]


def within(path: Any, reach: Iterable[str] | None) -> list[ColumnElement[bool]]:
    """Return the condition that an organisation's path lies in reach (None: anywhere)."""
    if reach is None:
        return []
    # Organisation codes are letters and digits: nothing in a path means anything to LIKE.
    return [or_(*(path.like(f"{prefix}%") for prefix in reach))] if reach else [path.is_(None)]
