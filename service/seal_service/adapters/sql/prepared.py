"""Queries that every call asks: compiled once, and handed to the driver as they are.

SQLAlchemy looks a statement up in its cache, binds and wraps anew each time; for a query of one row
that is several times the work of the database. What is kept between calls are the records, made:
to make one of forty columns takes longer than to look it up.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from sqlalchemy import JSON, Connection, Select
from sqlalchemy.engine import Dialect

from seal_service.audit.store.answers import answers_of
from seal_service.audit.store.driver import fetch

T = TypeVar("T")
Processor = Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class _Compiled:
    text: str
    names: tuple[str, ...] | None
    """The parameters by position; None where the driver takes them by name."""
    processors: tuple[tuple[int, Processor], ...]
    lasting: bool
    """Whether nobody can change the values of its rows, so that they may be kept."""


class Query(Generic[T]):
    """A query with bound parameters that are plain texts or numbers, and an answer of a few rows.

    Parameters
    ----------
    statement
        A query whose parameters are all `bindparam`s, none of them expanding.
    make
        Makes what is returned from a row's values; nobody can change it, for many calls share it.
    """

    def __init__(self, statement: Select[Any], make: Callable[..., T]) -> None:
        self._statement = statement
        self._make = make
        self._compiled: dict[str, _Compiled] = {}

    def first(self, connection: Connection, **values: str | int) -> T | None:
        """Return the record of the first row, its values as the columns' types make them."""
        found = self.all(connection, **values)
        return found[0] if found else None

    def all(self, connection: Connection, **values: str | int) -> tuple[T, ...]:
        """Return the rows' records; on SQLite's writing connection those of before, while true."""
        dialect = connection.dialect
        compiled = self._compiled.get(dialect.name)
        if compiled is None:
            compiled = self._compiled[dialect.name] = _compile(self._statement, dialect)
        bound: Any = (
            values if compiled.names is None else tuple(values[name] for name in compiled.names)
        )
        answers = answers_of(connection) if compiled.lasting else None
        if answers is None:
            return self._asked(connection, compiled, bound)
        key = (self, bound)
        found: tuple[T, ...] | None = answers.find(key)
        if found is None:
            found = self._asked(connection, compiled, bound)
            answers.keep(key, found)
        return found

    def _asked(self, connection: Connection, compiled: _Compiled, bound: Any) -> tuple[T, ...]:
        records = []
        for row in fetch(connection, compiled.text, bound):
            values = list(row)
            for at, process in compiled.processors:
                values[at] = process(values[at])
            records.append(self._make(*values))
        return tuple(records)


def _compile(statement: Select[Any], dialect: Dialect) -> _Compiled:
    compiled = statement.compile(dialect=dialect)
    if any(bound.value is not None for bound in compiled.binds.values()):
        message = "a constant in a prepared query must be a bindparam or a literal"
        raise ValueError(message)
    if any(str(part).startswith("audit_") for part in statement.get_final_froms()):
        message = "the log grows without ending what is kept: a prepared query must not read it"
        raise ValueError(message)
    processors = []
    for at, column in enumerate(statement.selected_columns):
        process = column.type.dialect_impl(dialect).result_processor(dialect, None)
        if process is not None:
            processors.append((at, process))
    names = None if compiled.positiontup is None else tuple(compiled.positiontup)
    lasting = not any(isinstance(column.type, JSON) for column in statement.selected_columns)
    return _Compiled(str(compiled), names, tuple(processors), lasting)
