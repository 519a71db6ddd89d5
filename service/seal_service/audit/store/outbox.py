"""Write an event in the caller's transaction: it is in the log exactly if the act took place."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from seal_service.audit import tables
from seal_service.audit.entry import ENTRY_FIELDS, Entry, Event
from seal_service.audit.hashing import Hasher, HashId, hasher_of
from seal_service.audit.stamp import Stamp
from seal_service.audit.store.answers import log_only
from seal_service.audit.store.rows import insert_many, values_of

SALT_BYTES = 16
_SHA256 = hasher_of(HashId.SHA256)
_COLUMNS = (*ENTRY_FIELDS, "salt", "payload")


@dataclass(frozen=True, slots=True)
class Prepared:
    """An event that is known to have a canonical form, and its row."""

    entry: Entry
    row: tuple[Any, ...]


def prepare(event: Event, *, hasher: Hasher = _SHA256, stamp: Stamp | None = None) -> Prepared:
    """Check and stamp an event without writing it (errors as for `append`)."""
    salt = None if event.payload is None else os.urandom(SALT_BYTES)
    entry = Entry.of(event, hasher, Stamp.now() if stamp is None else stamp, salt or b"")
    return Prepared(entry, (*values_of(entry), salt, event.payload))


def write(connection: Connection, events: Sequence[Prepared]) -> None:
    """Write prepared events through an open transaction."""
    with log_only(connection):
        insert_many(connection, tables.outbox, _COLUMNS, [event.row for event in events])


def append(
    connection: Connection, event: Event, *, hasher: Hasher = _SHA256, stamp: Stamp | None = None
) -> Entry:
    """Write one event through an open transaction and return its entry.

    The event becomes durable with the caller's commit and vanishes with its rollback. Its sequence
    number comes later, from the log's single appender, so that no transaction waits for another.
    An event id that the log holds already is not logged a second time: an act that is sent again
    with the same `Event` is one act.

    Parameters
    ----------
    connection
        A connection in a transaction (on SQLite one begun with BEGIN IMMEDIATE).
    event
        What happened.
    hasher
        The algorithm of the log's profile.
    stamp
        When it happened; by default now.

    Raises
    ------
    InvalidEventError
        The event has no canonical form; nothing is written.
    """
    prepared = prepare(event, hasher=hasher, stamp=stamp)
    write(connection, [prepared])
    return prepared.entry
