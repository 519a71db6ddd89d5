"""Entries as rows: column values in, entries out, and the statements that carry them in bulk.

Bulk statements go to the driver as they are: what SQLAlchemy does to each value of each row costs
more than the hashing of the whole event.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence
from itertools import chain
from typing import Any

from sqlalchemy import Connection, Table

from seal_service.audit.encoding import encode, encode_values
from seal_service.audit.entry import ENTRY_FIELDS, AuditKind, Decision, Entry
from seal_service.audit.errors import InvalidEventError, LogDamagedError
from seal_service.audit.hashing import HashId
from seal_service.audit.store.driver import run, signs

_ROWS = 64
"""Most rows of one statement."""


def values_of(entry: Entry) -> tuple[Any, ...]:
    """Return the column values of an entry in canonical order, enumerations as plain numbers."""
    return (
        int(entry.kind),
        int(entry.decision),
        int(entry.payload_alg),
        int(entry.state_alg),
        *(getattr(entry, name) for name in ENTRY_FIELDS[4:]),
    )


def entry_of(values: Mapping[str, Any], where: str) -> Entry:
    """Return the entry that a row holds; `where` names the row in errors.

    Raises
    ------
    LogDamagedError
        The row holds something that no writer of ours has stored.
    """
    fields = {name: values[name] for name in ENTRY_FIELDS}
    try:
        fields["kind"] = AuditKind(fields["kind"])
        fields["decision"] = Decision(fields["decision"])
        fields["payload_alg"] = HashId(fields["payload_alg"])
        fields["state_alg"] = HashId(fields["state_alg"])
        return Entry(**fields)
    except (InvalidEventError, ValueError, TypeError) as error:
        message = f"{where} is not an entry: {error}"
        raise LogDamagedError(message) from error


def canonical_bytes(values: Sequence[Any], where: str) -> bytes:
    """Return the canonical bytes of a row's entry columns (errors as of `entry_of`).

    Rows come from `Entry`, which has checked them; so this looks only at what a damaged row would
    most likely break, and at everything once something is odd.
    """
    kind, decision, payload_alg, state_alg = values[:4]
    try:
        if 1 <= kind <= 5 and 1 <= decision <= 3 and payload_alg <= 2 and state_alg <= 2:
            return encode_values(values)
    except (struct.error, TypeError, AttributeError, UnicodeError):
        pass
    return encode(entry_of(dict(zip(ENTRY_FIELDS, values, strict=True)), where))


def insert_many(
    connection: Connection,
    table: Table,
    columns: Sequence[str],
    rows: Sequence[tuple[Any, ...]],
    then: str = "",
) -> None:
    """Insert rows of plain numbers, texts and bytes, in the order of `columns`.

    Many rows are one statement: between two, a thread gives the interpreter away, and while calls
    want it as well it waits for it longer than the rows take. `then` ends the statement.
    """
    one = signs(connection, len(columns))
    for at in range(0, len(rows), _ROWS):
        some = rows[at : at + _ROWS]
        every = ", ".join([one] * len(some))
        statement = f"INSERT INTO {table.name} ({', '.join(columns)}) VALUES {every} {then}"  # noqa: S608  # names are ours
        run(connection, statement, tuple(chain.from_iterable(some)))
