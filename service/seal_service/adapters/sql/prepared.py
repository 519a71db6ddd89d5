"""Queries that every call asks: compiled once, and handed to the driver as they are.

SQLAlchemy looks a statement up in its cache, binds and wraps anew each time; for a query of one row
that is several times the work of the database.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import JSON, Connection, Select
from sqlalchemy.engine import Dialect

from seal_service.audit.store.answers import Rows, answers_of
from seal_service.audit.store.driver import fetch

Processor = Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class _Compiled:
    text: str
    names: tuple[str, ...] | None
    """The parameters by position; None where the driver takes them by name."""
    processors: tuple[tuple[int, Processor], ...]
    lasting: bool
    """Whether nobody can change the values of its rows, so that they may be kept."""


class Query:
    """A query with bound parameters that are plain texts or numbers, and an answer of a few rows.

    Parameters
    ----------
    statement
        A query whose parameters are all `bindparam`s, none of them expanding.
    """

    def __init__(self, statement: Select[Any]) -> None:
        self._statement = statement
        self._compiled: dict[str, _Compiled] = {}

    def first(self, connection: Connection, **values: str | int) -> tuple[Any, ...] | None:
        """Return the first row, its values as the columns' types make them, or None."""
        rows = self.all(connection, **values)
        return rows[0] if rows else None

    def all(self, connection: Connection, **values: str | int) -> Rows:
        """Return all rows; on SQLite's writing connection those of before, while they are true."""
        dialect = connection.dialect
        compiled = self._compiled.get(dialect.name)
        if compiled is None:
            compiled = self._compiled[dialect.name] = _compile(self._statement, dialect)
        bound: Any = (
            values if compiled.names is None else tuple(values[name] for name in compiled.names)
        )
        answers = answers_of(connection) if compiled.lasting else None
        if answers is None:
            return _rows(connection, compiled, bound)
        key = (compiled.text, bound)
        found = answers.find(key)
        if found is None:
            found = _rows(connection, compiled, bound)
            answers.keep(key, found)
        return found


def _rows(connection: Connection, compiled: _Compiled, bound: Any) -> Rows:
    rows = []
    for row in fetch(connection, compiled.text, bound):
        made = list(row)
        for at, process in compiled.processors:
            made[at] = process(made[at])
        rows.append(tuple(made))
    return tuple(rows)


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
